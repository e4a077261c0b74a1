//! `/admin/editors`: the editors in the browser, and how their discovery documents stand.

use std::time::Duration;

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use super::{Shown, Tab};
use crate::{
    editors::EditorState,
    host::HostError,
    oauth::Identity,
    web::{
        account::shown::When,
        desk::{Desk, Tone},
        language::AdminTexts,
        visit::Depth,
    },
    wopi::Wopi,
};

/// How long the page waits for an editor that was asked again.
const PATIENCE: Duration = Duration::from_secs(3);

struct Shape {
    state: EditorState,
    fetched: Option<When>,
    attempted: Option<When>,
    kinds: String,
}

impl Shape {
    const fn class(&self) -> &'static str {
        match (&self.state.error, &self.state.fetched) {
            (None, Some(_)) => "good",
            (Some(_), Some(_)) => "warn",
            (_, None) => "bad",
        }
    }

    const fn word(&self, texts: &AdminTexts) -> &'static str {
        match (&self.state.error, &self.state.fetched) {
            (None, Some(_)) => texts.answers,
            (Some(_), Some(_)) => texts.kept,
            (_, None) => texts.unknown,
        }
    }
}

#[derive(Template)]
#[template(
    ext = "html",
    source = r#"{% if editors.is_empty() %}<p class="card">{{ super::coded(texts.editors_none)|safe }}</p>
{% endif %}{% for editor in editors %}<section class="card" aria-label="{{ editor.state.name }}">
<div class="head"><h2>{{ editor.state.name }}</h2> <span class="tag {{ editor.class() }}">{{ editor.word(texts) }}</span>
<form method="post" action="editors"><input type="hidden" name="form" value="{{ mark }}"><button type="submit" name="editor" value="{{ editor.state.name }}">{{ texts.ask_again }}</button></form></div>
<dl class="facts">
<div><dt>{{ texts.discovery }}</dt><dd>{{ editor.state.url }}</dd></div>
{% if let Some(when) = editor.fetched %}<div><dt>{{ texts.fetched }}</dt><dd><time datetime="{{ when.machine }}">{{ when.person }}</time></dd></div>
{% endif %}{% if let Some(when) = editor.attempted %}<div><dt>{{ texts.tried }}</dt><dd><time datetime="{{ when.machine }}">{{ when.person }}</time></dd></div>
{% endif %}{% if let Some(error) = editor.state.error %}<div><dt>{{ texts.failure }}</dt><dd class="ill" lang="en">{{ error }}</dd></div>
{% endif %}<div><dt>{{ texts.proofs }}</dt><dd><code>{{ editor.state.proof }}</code></dd></div>
<div><dt>{{ texts.proof_key }}</dt><dd>{% if let Some(keys) = editor.state.keys %}RSA {{ keys.bits }} <span class="quiet">{{ keys.current }}{% if let Some(old) = keys.old %} / {{ old }}{% endif %}</span>{% else %}{% if let Some(error) = editor.state.key_error %}<span class="ill" lang="en">{{ error }}</span>{% else %}{{ texts.no_key }}{% endif %}{% endif %}</dd></div>
<div><dt>{{ texts.opens }}</dt><dd>{{ editor.kinds }}</dd></div>
</dl>
{% if !editor.state.extensions.is_empty() %}<details class="more"><summary>{{ texts.opens }}</summary>
<ul class="kinds">{% for (extension, actions) in editor.state.extensions %}<li><b>{% if extension.is_empty() %}*{% else %}{{ extension }}{% endif %}</b> <span class="quiet">{{ actions.join(", ") }}</span></li>{% endfor %}</ul></details>
{% endif %}</section>
{% endfor %}{% if !refused.is_empty() %}<p class="quiet">{{ refused }}</p>{% endif %}"#
)]
struct Body<'a> {
    texts: &'a AdminTexts,
    mark: &'a str,
    editors: Vec<Shape>,
    refused: String,
}

/// `GET /admin/editors`.
pub(super) async fn get(request: HttpRequest, identity: web::Data<Identity>, wopi: web::Data<Wopi>) -> HttpResponse {
    let desk = match super::open(&request, &identity, Depth::Two).await {
        Ok(desk) => desk,
        Err(response) => return response,
    };
    let texts = AdminTexts::of(desk.language());
    let page = Shown::new(&desk, Tab::Editors);
    let page = match desk.parameter("said").as_deref() {
        Some("asked") => page.saying(Tone::Good, texts.asked),
        Some("later") => page.saying(Tone::Neutral, texts.asked_later),
        _ => page,
    };
    page.answer(&desk, &body(&desk, &wopi))
}

fn body<'a>(desk: &'a Desk<'_>, wopi: &Wopi) -> Body<'a> {
    let texts = AdminTexts::of(desk.language());
    let shape = |state: EditorState| Shape {
        fetched: state.fetched.as_deref().and_then(When::parse),
        attempted: state.attempted.as_deref().and_then(When::parse),
        kinds: texts.kinds.replace("{n}", &state.extensions.len().to_string()),
        state,
    };
    let refused = wopi.editors.refused();
    let told = if refused > 0 { texts.refused.replace("{n}", &refused.to_string()) } else { String::new() };
    Body { texts, mark: desk.mark(), editors: wopi.editors.states().into_iter().map(shape).collect(), refused: told }
}

/// `POST /admin/editors`: asks one of them again.
pub(super) async fn post(
    request: HttpRequest,
    body: web::Bytes,
    identity: web::Data<Identity>,
    wopi: web::Data<Wopi>,
) -> HttpResponse {
    let (desk, fields) = match super::form(&request, &identity, Depth::Two, &body).await {
        Ok(sent) => sent,
        Err(response) => return response,
    };
    match wopi.editors.ask_again(fields.get("editor").map_or("", String::as_str), PATIENCE).await {
        Some(true) => desk.go("admin/editors?said=asked"),
        Some(false) => desk.go("admin/editors?said=later"),
        None => desk.refusal(&HostError::NotFound),
    }
}
