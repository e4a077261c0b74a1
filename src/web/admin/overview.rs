//! `/admin`: how things are, and what happened lately.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use super::{
    Shown, Tab,
    audit::{self, Entry},
    health::{self, Finding},
};
use crate::{
    host::HostError,
    oauth::Identity,
    web::{desk::Desk, language::AdminTexts, visit::Depth},
    wopi::Wopi,
};

/// How many of the latest things are shown.
const LATEST: usize = 6;

#[derive(Template)]
#[template(
    ext = "html",
    source = r#"<div class="cards">
<section class="card wide" aria-labelledby="health">
<h2 id="health">{{ texts.health }}</h2>
<ul class="findings">
{% for finding in findings %}<li><span class="tag {{ finding.grade.class() }}">{{ finding.grade.word(texts) }}</span>
<div>{{ super::coded(finding.text.as_str())|safe }}{% if let Some(when) = finding.when %} <time datetime="{{ when.machine }}">{{ when.person }}</time>{% endif %}{% if !finding.detail.is_empty() %} <span class="quiet" lang="en">{{ finding.detail }}</span>{% endif %}</div></li>
{% endfor %}</ul>
</section>
<section class="card" aria-labelledby="about">
<h2 id="about">{{ texts.about }}</h2>
<dl class="facts">
<div><dt>{{ texts.version }}</dt><dd>{{ version }}</dd></div>
<div><dt>{{ texts.address }}</dt><dd>{{ address }}</dd></div>
<div><dt>{{ texts.in_use }}</dt><dd>{{ in_use }}</dd></div>
<div><dt>{{ texts.rescued }}</dt><dd>{{ rescued }}</dd></div>
</dl>
</section>
<section class="card" aria-labelledby="latest">
<h2 id="latest">{{ texts.latest }}</h2>
{% if latest.is_empty() %}<p class="quiet">{{ texts.nothing }}</p>
{% else %}<ul class="rows">
{% for entry in latest %}<li><div><b>{{ entry.event }}</b>
<span class="quiet">{{ entry.who }} · <time datetime="{{ entry.at.machine }}">{{ entry.at.person }}</time></span></div></li>
{% endfor %}</ul>
<p><a href="{{ root }}admin/audit">{{ texts.see_all }}</a></p>
{% endif %}</section>
</div>
"#
)]
struct Body<'a> {
    texts: &'a AdminTexts,
    root: &'a str,
    findings: Vec<Finding>,
    version: &'a str,
    address: String,
    in_use: usize,
    rescued: u64,
    latest: Vec<Entry>,
}

/// `GET /admin`.
pub(super) async fn get(request: HttpRequest, identity: web::Data<Identity>, wopi: web::Data<Wopi>) -> HttpResponse {
    let desk = match super::open(&request, &identity, Depth::One).await {
        Ok(desk) => desk,
        Err(response) => return response,
    };
    match body(&desk, &wopi) {
        Ok(body) => Shown::new(&desk, Tab::Overview).answer(&desk, &body),
        Err(error) => desk.refusal(&error),
    }
}

fn body<'a>(desk: &Desk<'a>, wopi: &Wopi) -> Result<Body<'a>, HostError> {
    let (host, identity) = (desk.host(), desk.visit.identity);
    let latest = host.audit().page(None, LATEST)?;
    Ok(Body {
        texts: AdminTexts::of(desk.language()),
        root: desk.root(),
        findings: health::look(identity, &wopi.editors, desk.language()),
        version: env!("CARGO_PKG_VERSION"),
        address: identity.urls.home(),
        in_use: host.actors_live(),
        rescued: host.rescued(),
        latest: latest.into_iter().map(|(_, record)| audit::entry(record, desk.language())).collect(),
    })
}
