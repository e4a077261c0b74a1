//! The discovery document of each shape (web-host.md sections 2, 9.1 and 10).

use std::fmt::Write as _;

use super::{Shape, Shared};

/// The document with the keys of this moment.
pub(super) fn document(shared: &Shared) -> String {
    let origin = shared.origin();
    let apps = match shared.shape {
        Shape::Collabora => collabora(&origin),
        Shape::OnlyOffice => only_office(&origin),
        Shape::Office => office(&origin),
    };
    let (current, old) = shared.keys.lock().unwrap().clone();
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?><wopi-discovery><net-zone name=\"external-http\">{apps}</net-zone>\
         <proof-key modulus=\"{}\" exponent=\"AQAB\" oldmodulus=\"{}\" oldexponent=\"AQAB\"/></wopi-discovery>",
        current.modulus(),
        old.modulus(),
    )
}

/// What it says about itself; only Collabora and ONLYOFFICE do.
pub(super) fn capabilities(shared: &Shared) -> serde_json::Value {
    match shared.shape {
        Shape::Collabora => serde_json::json!({
            "convert-to": {"available": false}, "hasMobileSupport": true, "hasTemplateSource": true,
            "productName": "Stand-in for Collabora Online", "productVersion": "25.04.1.1", "productVersionHash": "5d1e",
        }),
        _ => serde_json::json!({"hasMobileSupport": true, "productVersion": "9.0.0"}),
    }
}

/// No placeholders; old formats are edited as they are.
fn collabora(origin: &str) -> String {
    let mut apps = String::new();
    for (app, extensions) in
        [("writer", &["odt", "txt", "rtf", "doc"][..]), ("calc", &["ods", "csv"][..]), ("impress", &["odp"][..])]
    {
        _ = write!(apps, "<app name=\"{app}\" favIconUrl=\"{origin}/icon.svg\">");
        for extension in extensions {
            for action in ["view", "edit"] {
                _ = write!(
                    apps,
                    "<action default=\"true\" ext=\"{extension}\" name=\"{action}\" urlsrc=\"{origin}/browser/5d1e/cool.html?\"/>"
                );
            }
        }
        apps.push_str("</app>");
    }
    _ = write!(
        apps,
        "<app name=\"Capabilities\"><action ext=\"\" name=\"getinfo\" urlsrc=\"{origin}/hosting/capabilities\"/></app>"
    );
    apps
}

const PLACEHOLDERS: &str = "&lt;rs=DC_LLCC&amp;&gt;&lt;dchat=DISABLE_CHAT&amp;&gt;&lt;embed=EMBEDDED&amp;&gt;\
                            &lt;fs=FULLSCREEN&amp;&gt;&lt;hid=HOST_SESSION_ID&amp;&gt;&lt;sc=SESSION_CONTEXT&amp;&gt;\
                            &lt;thm=THEME_ID&amp;&gt;&lt;ui=UI_LLCC&amp;&gt;&lt;wopisrc=WOPI_SOURCE&amp;&gt;&amp;";

/// Placeholders with a `&` at the end; new and old files have actions of their own.
fn only_office(origin: &str) -> String {
    let mut app = format!("<app name=\"Word\" favIconUrl=\"{origin}/icon.svg\">");
    for action in ["view", "edit", "editnew", "mobileView", "mobileEdit"] {
        let (path, more) = match action {
            "view" | "edit" => (action, ""),
            "editnew" => ("edit", ""),
            "mobileView" => ("view", "mobile=1&amp;"),
            _ => ("edit", "mobile=1&amp;"),
        };
        let requires = if action.contains("iew") { "" } else { " requires=\"locks,update\"" };
        let default = if action == "edit" { " default=\"true\"" } else { "" };
        _ = write!(
            app,
            "<action name=\"{action}\" ext=\"docx\"{default}{requires} \
             urlsrc=\"{origin}/hosting/wopi/word/{path}?{more}{PLACEHOLDERS}\"/>"
        );
    }
    _ = write!(
        app,
        "<action name=\"convert\" ext=\"docm\" targetext=\"docx\" requires=\"update\" \
         urlsrc=\"{origin}/hosting/wopi/convert-and-edit/docm/docx?{PLACEHOLDERS}\"/>"
    );
    app.push_str("</app>");
    app
}

/// Placeholders, new names among them; what only Office has: licences, statistics, the validator.
fn office(origin: &str) -> String {
    let placeholders = "&lt;ui=UI_LLCC&amp;&gt;&lt;rs=DC_LLCC&amp;&gt;&lt;sc=SESSION_CONTEXT&amp;&gt;\
                        &lt;IsLicensedUser=BUSINESS_USER&amp;&gt;&lt;testcategory=VALIDATOR_TEST_CATEGORY&amp;&gt;\
                        &lt;zz=SOMETHING_NEW&amp;&gt;&lt;thm=THEME_ID&amp;&gt;";
    let mut apps = String::new();
    for (app, extension) in [("Excel", "xlsx"), ("PowerPoint", "pptx"), ("WopiTest", "wopitest")] {
        _ = write!(apps, "<app name=\"{app}\" favIconUrl=\"{origin}/icon.svg\" checkLicense=\"true\">");
        for (action, requires) in
            [("view", ""), ("edit", " requires=\"locks,update\""), ("editnew", " requires=\"locks,update\"")]
        {
            _ = write!(
                apps,
                "<action name=\"{action}\" ext=\"{extension}\"{requires} urlsrc=\"{origin}/x/{action}?{placeholders}\"/>"
            );
        }
        apps.push_str("</app>");
    }
    _ = write!(
        apps,
        "<app name=\"Excel\" favIconUrl=\"{origin}/icon.svg\"><action name=\"view\" ext=\"xls\" \
         urlsrc=\"{origin}/x/view?{placeholders}\"/><action name=\"convert\" ext=\"xls\" targetext=\"xlsx\" \
         requires=\"update\" urlsrc=\"{origin}/x/convert?{placeholders}\"/></app>"
    );
    apps
}
