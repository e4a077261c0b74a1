//! `/admin/doctor`: a check-up, on request: what `lockhouse doctor` finds, and how things are besides.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use super::{
    Shown, Tab,
    health::{self, Grade},
};
use crate::{
    doctor::{Doctor, Finding, Report, Thoroughness, Verdict},
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
{% if let Some((here, report)) = found %}<section class="card" aria-labelledby="findings">
<h2 id="findings">{{ texts.findings }}</h2>
<ul class="findings">
{% for finding in here %}<li><span class="tag {{ finding.grade.class() }}">{{ finding.grade.word(texts) }}</span>
<div>{{ super::coded(finding.text.as_str())|safe }}{% if let Some(when) = finding.when %} <time datetime="{{ when.machine }}">{{ when.person }}</time>{% endif %}{% if !finding.detail.is_empty() %} <span class="quiet" lang="en">{{ finding.detail }}</span>{% endif %}{% if !finding.advice.is_empty() %}<p class="advice" lang="en">{{ finding.advice }}</p>{% endif %}</div></li>
{% endfor %}</ul>
</section>
{% for (area, findings) in report.by_area() %}<section class="card" aria-labelledby="area-{{ loop.index }}" lang="en">
<h2 id="area-{{ loop.index }}">{{ area.title() }}</h2>
<ul class="findings">
{% for finding in findings %}<li><span class="tag {{ Self::class(finding) }}" lang="{{ language }}">{{ Self::word(finding, texts) }}</span>
<div>{{ finding.what }}: {{ finding.seen }}{% for remedy in finding.remedies %}<p class="advice">{{ remedy.change }}<br>{{ remedy.place }}</p>{% endfor %}</div></li>
{% endfor %}</ul>
</section>
{% endfor %}{% endif %}"#
)]
struct Body<'a> {
    texts: &'a AdminTexts,
    language: &'a str,
    mark: &'a str,
    found: Option<(Vec<health::Finding>, Report)>,
}

impl Body<'_> {
    const fn grade(finding: &Finding) -> Grade {
        match finding.verdict {
            Verdict::Ok => Grade::Well,
            Verdict::Skipped | Verdict::Warning => Grade::Look,
            Verdict::Failure => Grade::Ill,
        }
    }

    const fn class(finding: &Finding) -> &'static str {
        Self::grade(finding).class()
    }

    const fn word(finding: &Finding, texts: &AdminTexts) -> &'static str {
        Self::grade(finding).word(texts)
    }
}

fn show(desk: &Desk<'_>, found: Option<(Vec<health::Finding>, Report)>) -> HttpResponse {
    let language = desk.language().tag;
    let body = Body { texts: AdminTexts::of(desk.language()), language, mark: desk.mark(), found };
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
    doctor: web::Data<Doctor>,
) -> HttpResponse {
    let desk = match super::form(&request, &identity, Depth::Two, &body).await {
        Ok((desk, _)) => desk,
        Err(response) => return response,
    };
    let here = health::look(desk.visit.identity, &wopi.editors, desk.language());
    // What takes long is left to the command: somebody waits in front of this page.
    let report = doctor.examine(Thoroughness::Quick).await;
    show(&desk, Some((here, report)))
}
