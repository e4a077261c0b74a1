//! `/admin`: the pages of administrators. For everybody else there is nothing here; who is an administrator is asked at each
//! request. What is done on them is done by forms that carry the mark, and goes into the audit trail.

mod audit;
mod doctor;
mod editors;
mod health;
mod locks;
mod overview;
mod store;
mod user;
mod users;

use std::collections::HashMap;

use actix_web::{HttpRequest, HttpResponse, guard, http::StatusCode, web};
use askama::Template;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

use super::{
    assets::{ADMIN_CSS, ADMIN_JS},
    desk::{Desk, DeskPage, Section, Tone},
    language::AdminTexts,
    visit::Depth,
};
use crate::{host::HostError, oauth::Identity, server::note_operation};

/// Adds the routes.
pub(super) fn routes(config: &mut web::ServiceConfig) {
    let read = || web::route().guard(guard::Any(guard::Get()).or(guard::Head()));
    config
        .service(web::resource("/admin").route(read().to(overview::get)))
        .service(web::resource("/admin/users").route(read().to(users::get)).route(web::post().to(users::post)))
        .service(web::resource("/admin/users/{user}").route(read().to(user::get)).route(web::post().to(user::post)))
        .service(web::resource("/admin/editors").route(read().to(editors::get)).route(web::post().to(editors::post)))
        .service(web::resource("/admin/store").route(read().to(store::get)).route(web::post().to(store::post)))
        .service(web::resource("/admin/locks").route(read().to(locks::get)).route(web::post().to(locks::post)))
        .service(web::resource("/admin/audit").route(read().to(audit::get)))
        .service(web::resource("/admin/doctor").route(read().to(doctor::get)).route(web::post().to(doctor::post)));
}

/// An administrator who asks for a page.
///
/// # Errors
/// The answer, for somebody who is none.
async fn open<'a>(request: &'a HttpRequest, identity: &'a Identity, depth: Depth) -> Result<Desk<'a>, HttpResponse> {
    note_operation(request, "administration");
    let desk = Desk::open(request, identity, depth).await?;
    if desk.me.admin { Ok(desk) } else { Err(desk.refusal(&HostError::NotFound)) }
}

/// An administrator who sends a form.
///
/// # Errors
/// The answer, for somebody who is none, or for a form that none of our pages made.
async fn form<'a>(
    request: &'a HttpRequest,
    identity: &'a Identity,
    depth: Depth,
    body: &[u8],
) -> Result<(Desk<'a>, HashMap<String, String>), HttpResponse> {
    note_operation(request, "administration");
    let (desk, fields) = Desk::form(request, identity, depth, body).await?;
    if desk.me.admin { Ok((desk, fields)) } else { Err(desk.refusal(&HostError::NotFound)) }
}

/// The pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tab {
    Overview,
    Users,
    Editors,
    Store,
    Locks,
    Audit,
    Doctor,
}

impl Tab {
    const ALL: [Self; 7] =
        [Self::Overview, Self::Users, Self::Editors, Self::Store, Self::Locks, Self::Audit, Self::Doctor];

    const fn path(self) -> &'static str {
        match self {
            Self::Overview => "admin",
            Self::Users => "admin/users",
            Self::Editors => "admin/editors",
            Self::Store => "admin/store",
            Self::Locks => "admin/locks",
            Self::Audit => "admin/audit",
            Self::Doctor => "admin/doctor",
        }
    }

    const fn label(self, texts: &AdminTexts) -> &'static str {
        match self {
            Self::Overview => texts.overview,
            Self::Users => texts.users,
            Self::Editors => texts.editors,
            Self::Store => texts.store,
            Self::Locks => texts.locks,
            Self::Audit => texts.audit,
            Self::Doctor => texts.doctor,
        }
    }
}

/// What is around every page here: the way to the others, heading, message.
#[derive(Template)]
#[template(
    ext = "html",
    source = r#"<nav class="tabs" aria-label="{{ texts.pages }}"><ul>
{% for (path, label, here) in tabs %}<li><a href="{{ root }}{{ path }}"{% if *here %} aria-current="page"{% endif %}>{{ label }}</a></li>
{% endfor %}</ul></nav>
<h1>{{ title }}</h1>
{% if let Some((tone, text)) = message %}<p class="message{% if *tone == Tone::Good %} good{% endif %}{% if *tone == Tone::Bad %} bad{% endif %}" role="{% if *tone == Tone::Bad %}alert{% else %}status{% endif %}">{{ text }}</p>
{% endif %}{{ content|safe }}"#
)]
struct Around<'a> {
    texts: &'a AdminTexts,
    root: &'a str,
    tabs: [(&'a str, &'a str, bool); 7],
    title: &'a str,
    message: Option<(Tone, &'a str)>,
    content: &'a str,
}

/// A page to be shown.
struct Shown<'a> {
    status: StatusCode,
    tab: Tab,
    title: &'a str,
    message: Option<(Tone, &'a str)>,
}

impl<'a> Shown<'a> {
    /// A page under its own name.
    fn new(desk: &Desk<'_>, tab: Tab) -> Self {
        let texts = AdminTexts::of(desk.language());
        let title = if tab == Tab::Overview { texts.title } else { tab.label(texts) };
        Self { status: StatusCode::OK, tab, title, message: None }
    }

    fn saying(self, tone: Tone, text: &'a str) -> Self {
        Self { message: Some((tone, text)), ..self }
    }

    /// Something was refused.
    fn refusing(self, status: StatusCode, text: &'a str) -> Self {
        Self { status, ..self.saying(Tone::Bad, text) }
    }

    fn answer(&self, desk: &Desk<'_>, content: &impl Template) -> HttpResponse {
        let content = content.render().unwrap_or_default();
        let texts = AdminTexts::of(desk.language());
        let around = Around {
            texts,
            root: desk.root(),
            tabs: Tab::ALL.map(|tab| (tab.path(), tab.label(texts), tab == self.tab)),
            title: self.title,
            message: self.message,
            content: &content,
        };
        let page = DeskPage {
            title: self.title,
            section: Section::Admin,
            content: &around.render().unwrap_or_default(),
            own_heading: true,
            styles: &[ADMIN_CSS],
            scripts: &[ADMIN_JS],
            ..DeskPage::default()
        };
        desk.answer(self.status, &page)
    }
}

/// HTML of one of our texts, in which backticks stand around commands and settings.
fn coded(text: &str) -> String {
    let mut html = String::with_capacity(text.len() + 16);
    for (n, part) in text.split('`').enumerate() {
        if n > 0 {
            html.push_str(if n % 2 == 1 { "<code>" } else { "</code>" });
        }
        for character in part.chars() {
            match character {
                '&' => html.push_str("&#38;"),
                '<' => html.push_str("&#60;"),
                '>' => html.push_str("&#62;"),
                '"' => html.push_str("&#34;"),
                other => html.push(other),
            }
        }
    }
    html
}

/// The mark of a page, as a parameter of an address.
fn mark_text(mark: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(mark)
}

/// The mark that an address names; what is none leads to the beginning.
fn mark_bytes(desk: &Desk<'_>) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(desk.parameter("after")?).ok().filter(|mark| !mark.is_empty() && mark.len() <= 1024)
}

/// A query of an address, encoded.
fn query(parameters: &[(&str, &str)]) -> String {
    let given = parameters.iter().filter(|(_, value)| !value.is_empty());
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(given).finish()
}

/// Looks through the store on a thread that may block.
async fn off_the_loop<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, HostError> + Send + 'static,
) -> Result<T, HostError> {
    web::block(work).await.unwrap_or(Err(HostError::ShuttingDown))
}

#[cfg(test)]
mod tests {
    use super::coded;

    #[test]
    fn commands_in_texts_are_marked_and_nothing_else_becomes_html() {
        assert_eq!(coded("run `a <b>` & \"c\""), "run <code>a &#60;b&#62;</code> &#38; &#34;c&#34;");
        assert_eq!(coded("plain"), "plain");
    }
}
