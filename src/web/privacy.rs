//! The privacy page for an operator who has named none of his own (rule B-43).

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};
use askama::Template;

use super::{
    frame::{self, Page},
    visit::{Depth, Visit},
};
use crate::{oauth::Identity, server::note_operation};

#[derive(Template)]
#[template(ext = "html", source = "{% for text in texts %}<p>{{ text }}</p>{% endfor %}")]
struct Body<'a> {
    texts: &'a [String],
}

/// What this host keeps, in plain words.
pub(super) async fn page(request: HttpRequest, identity: web::Data<Identity>) -> HttpResponse {
    note_operation(&request, "privacy");
    let visit = Visit::new(&request, &identity, Depth::One, super::sign_in::culture(request.query_string()).as_deref());
    let texts = visit.texts;
    let texts = [texts.privacy_kept, texts.privacy_cookies, texts.privacy_apps, texts.privacy_ask];
    let filled = texts.map(|text| text.replace("{place}", visit.place()));
    let content = Body { texts: &filled }.render().unwrap_or_default();
    frame::answer(&visit, StatusCode::OK, &Page { title: visit.texts.title_privacy, content: &content, leads_to: &[] })
}
