//! What the editor serves to browsers: its page, and what that page asks for.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{
    Launch, Shape, Shared,
    discovery::{capabilities, document},
    http::{Answer, Request},
    session,
};

const SCRIPT: &str = include_str!("page.js");
const STYLE: &str = include_str!("page.css");

/// Posts a message to the window on top, and then says so to the one around it.
const STRANGER: &str = "const message = new URL(location).searchParams.get('message');
window.top.postMessage(message, '*');
window.parent.postMessage('stranger has spoken', '*');
";

pub(super) async fn answer(shared: Arc<Shared>, request: Request) -> Answer {
    let path = request.path().to_owned();
    let parts: Vec<&str> = path.split('/').skip(1).collect();
    match (request.method.as_str(), parts.as_slice()) {
        ("GET", ["hosting", "discovery"]) => {
            shared.state().discoveries += 1;
            Answer::xml(document(&shared))
        }
        ("GET", ["hosting", "capabilities"]) => Answer::json(&capabilities(&shared)),
        ("GET", ["editor.js"]) => Answer::script(SCRIPT),
        ("GET", ["editor.css"]) => Answer::style(STYLE),
        ("GET", ["stranger.js"]) => Answer::script(STRANGER),
        ("GET", ["stranger"]) => Answer::html("<!doctype html><script src=\"/stranger.js\"></script>".to_owned()),
        ("GET", ["icon.svg"]) => Answer {
            status: 200,
            kind: "image/svg+xml",
            body: "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 8 8\"><path fill=\"#2a7\" d=\"M0 0h8v8H0z\"/></svg>".to_owned(),
        },
        ("POST", ["session", number, action]) => {
            let asked: Value = serde_json::from_slice(&request.body).unwrap_or_default();
            Answer::json(&session::act(&shared, number.parse().unwrap_or(0), action, &asked).await)
        }
        ("POST", _) if is_action(shared.shape, &parts) => open(&shared, &request, &parts).await,
        _ => Answer::nothing(),
    }
}

fn is_action(shape: Shape, parts: &[&str]) -> bool {
    match shape {
        Shape::Collabora => parts == ["browser", "5d1e", "cool.html"],
        Shape::OnlyOffice => matches!(parts, ["hosting", "wopi", "word" | "convert-and-edit", ..]),
        Shape::Office => matches!(parts, ["x", _]),
    }
}

/// The page that goes into the frame.
async fn open(shared: &Arc<Shared>, request: &Request, parts: &[&str]) -> Answer {
    let launch = Launch {
        target: request.target.clone(),
        query: request.query(),
        fields: request.form(),
        referer: request.headers.get("referer").cloned(),
    };
    let field = |name: &str| launch.fields.get(name).map_or("", String::as_str);
    let read_only = parts.last() == Some(&"view")
        || launch.query.get("permission").is_some_and(|permission| permission == "readonly")
        || field("permission") == "readonly";
    let (src, token, ttl) = (launch.wopi_src(), field("access_token"), field("access_token_ttl"));
    shared.state().launches.push(launch.clone());
    let converts = match parts {
        ["hosting", "wopi", "convert-and-edit", _, to] => Some(*to),
        ["x", "convert"] => Some("xlsx"),
        _ => None,
    };
    match session::open(shared, src, token, ttl, read_only || converts.is_some()).await {
        Ok(number) => Answer::html(page(shared, number, converts)),
        Err(status) => Answer::html(refused(shared, status)),
    }
}

fn page(shared: &Shared, number: u64, converts: Option<&str>) -> String {
    let session = shared.state().sessions[&number].clone();
    let text = if session.is_text() { String::from_utf8_lossy(&session.bytes).into_owned() } else { String::new() };
    let about = json!({
        "session": number,
        "shape": shared.shape.name(),
        "info": session.info,
        "canWrite": session.can_write,
        "converts": converts,
    });
    let name = session.info["BaseFileName"].as_str().unwrap_or_default();
    let state = if session.can_write { "Ready" } else { "Read only" };
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Editor</title>\
         <link rel=\"stylesheet\" href=\"/editor.css\"></head><body data-about=\"{}\"><header><b>{}</b>\
         <span id=\"buttons\"></span><span id=\"state\" role=\"status\">{state}</span></header>\
         <main><textarea id=\"text\" aria-label=\"Text\"{}>{}</textarea></main><script src=\"/editor.js\"></script></body></html>",
        escaped(&about.to_string()),
        escaped(name),
        if session.can_write { "" } else { " readonly" },
        escaped(&text),
    )
}

fn refused(shared: &Shared, status: u16) -> String {
    let about = json!({"shape": shared.shape.name(), "refused": status});
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Editor</title></head>\
         <body data-about=\"{}\"><p id=\"state\">Refused: {status}</p></body></html>",
        escaped(&about.to_string())
    )
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}
