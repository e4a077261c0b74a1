//! `/admin/doctor`: a check-up, on request.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use super::{
    Shown, Tab,
    health::{self, Finding},
};
use crate::{
    oauth::Identity,
    web::{desk::Desk, language::AdminTexts, visit::Depth},
    wopi::Wopi,
};

#[derive(Template)]
#[template(
    ext = "html",
    source = r#"<div class="card">
<p>{{ texts.doctor_note }}</p>
<form method="post" action="doctor"><input type="hidden" name="form" value="{{ mark }}"><button class="first" type="submit">{{ texts.check_now }}</button></form>
</div>
{% if let Some(findings) = findings %}<section class="card" aria-labelledby="findings">
<h2 id="findings">{{ texts.findings }}</h2>
<ul class="findings">
{% for finding in findings %}<li><span class="tag {{ finding.grade.class() }}">{{ finding.grade.word(texts) }}</span>
<div>{{ super::coded(finding.text.as_str())|safe }}{% if let Some(when) = finding.when %} <time datetime="{{ when.machine }}">{{ when.person }}</time>{% endif %}{% if !finding.detail.is_empty() %} <span class="quiet" lang="en">{{ finding.detail }}</span>{% endif %}{% if !finding.advice.is_empty() %}<p class="advice" lang="en">{{ finding.advice }}</p>{% endif %}</div></li>
{% endfor %}</ul>
</section>
{% endif %}"#
)]
struct Body<'a> {
    texts: &'a AdminTexts,
    mark: &'a str,
    findings: Option<Vec<Finding>>,
}

fn show(desk: &Desk<'_>, findings: Option<Vec<Finding>>) -> HttpResponse {
    let body = Body { texts: AdminTexts::of(desk.language()), mark: desk.mark(), findings };
    Shown::new(desk, Tab::Doctor).answer(desk, &body)
}

/// `GET /admin/doctor`.
pub(super) async fn get(request: HttpRequest, identity: web::Data<Identity>) -> HttpResponse {
    match super::open(&request, &identity, Depth::Two).await {
        Ok(desk) => show(&desk, None),
        Err(response) => response,
    }
}

/// `POST /admin/doctor`: looks now. It changes nothing, but asks others over the network.
pub(super) async fn post(
    request: HttpRequest,
    body: web::Bytes,
    identity: web::Data<Identity>,
    wopi: web::Data<Wopi>,
) -> HttpResponse {
    let desk = match super::form(&request, &identity, Depth::Two, &body).await {
        Ok((desk, _)) => desk,
        Err(response) => return response,
    };
    let findings = look(&desk, &wopi);
    show(&desk, Some(findings))
}

/// All that can be found out.
fn look(desk: &Desk<'_>, wopi: &Wopi) -> Vec<Finding> {
    health::look(desk.visit.identity, &wopi.editors, desk.language())
}
