//! `/admin/store`: how the store is, what it takes, the last backup, the last check.

use std::sync::atomic::{AtomicBool, Ordering};

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use super::{Shown, Tab, health::Grade};
use crate::{
    host::{Host, HostError},
    oauth::Identity,
    web::{
        account::shown::When,
        desk::{Desk, Tone},
        language::AdminTexts,
        sizes,
        visit::Depth,
    },
};

/// A collection that somebody began here is under way.
static COLLECTING: AtomicBool = AtomicBool::new(false);

struct Backup {
    when: When,
    file: String,
    holds: String,
    torn: bool,
}

struct Check {
    when: When,
    holds: String,
    damages: u64,
}

#[derive(Template)]
#[template(
    ext = "html",
    source = r#"<div class="cards">
<section class="card" aria-labelledby="state">
<h2 id="state">{{ texts.health }}</h2>
<ul class="findings"><li><span class="tag {{ grade.class() }}">{{ grade.word(texts) }}</span>
<div>{% if ill.is_empty() %}{{ texts.store_well }}{% else %}{{ texts.store_ill }} <span lang="en">{{ ill }}</span>{% endif %}</div></li></ul>
<dl class="facts">
<div><dt>{{ texts.data_dir }}</dt><dd><code>{{ place }}</code></dd></div>
<div><dt>{{ texts.free }}</dt><dd>{{ free }}</dd></div>
<div><dt>{{ texts.floor }}</dt><dd>{{ floor }}</dd></div>
<div><dt>{{ texts.records }}</dt><dd>{{ records }}</dd></div>
<div><dt>{{ texts.contents }}</dt><dd>{{ contents }}</dd></div>
<div><dt>{{ texts.garbage }}</dt><dd>{{ garbage }}</dd></div>
<div><dt>{{ texts.rescued }}</dt><dd>{{ rescued }}</dd></div>
</dl>
<form method="post" action="store"><input type="hidden" name="form" value="{{ mark }}"><button type="submit" name="do" value="collect">{{ texts.collect }}</button></form>
</section>
<div class="stack">
<section class="card" aria-labelledby="backup">
<h2 id="backup">{{ texts.backup }}</h2>
{% match backup %}{% when Some(backup) %}<dl class="facts">
<div><dt>{{ texts.when }}</dt><dd><time datetime="{{ backup.when.machine }}">{{ backup.when.person }}</time></dd></div>
<div><dt>{{ texts.place }}</dt><dd><code>{{ backup.file }}</code></dd></div>
<div><dt>{{ texts.holds }}</dt><dd>{{ backup.holds }}</dd></div>
</dl>
{% if backup.torn %}<p class="message bad">{{ super::coded(texts.backup_torn)|safe }}</p>{% endif %}
{% when None %}<p class="message warn">{{ super::coded(texts.backup_none)|safe }}</p>
{% endmatch %}</section>
<section class="card" aria-labelledby="check">
<h2 id="check">{{ texts.check }}</h2>
{% match check %}{% when Some(check) %}<dl class="facts">
<div><dt>{{ texts.when }}</dt><dd><time datetime="{{ check.when.machine }}">{{ check.when.person }}</time></dd></div>
<div><dt>{{ texts.holds }}</dt><dd>{{ check.holds }}</dd></div>
<div><dt>{{ texts.damages }}</dt><dd{% if check.damages > 0 %} class="ill"{% endif %}>{{ check.damages }}</dd></div>
</dl>
{% when None %}<p class="quiet">{{ super::coded(texts.check_none)|safe }}</p>
{% endmatch %}</section>
</div>
</div>
"#
)]
struct Body<'a> {
    texts: &'a AdminTexts,
    mark: &'a str,
    grade: Grade,
    ill: String,
    place: String,
    free: String,
    floor: String,
    records: String,
    contents: String,
    garbage: String,
    rescued: u64,
    backup: Option<Backup>,
    check: Option<Check>,
}

/// `GET /admin/store`.
pub(super) async fn get(request: HttpRequest, identity: web::Data<Identity>) -> HttpResponse {
    let desk = match super::open(&request, &identity, Depth::Two).await {
        Ok(desk) => desk,
        Err(response) => return response,
    };
    let texts = AdminTexts::of(desk.language());
    let page = Shown::new(&desk, Tab::Store);
    let said = desk.parameter("said");
    let page = if said.is_some() { page.saying(Tone::Good, texts.collecting) } else { page };
    match body(&desk).await {
        Ok(body) => page.answer(&desk, &body),
        Err(error) => desk.refusal(&error),
    }
}

async fn body<'a>(desk: &'a Desk<'_>) -> Result<Body<'a>, HostError> {
    let (host, texts) = (desk.host(), AdminTexts::of(desk.language()));
    let size = |bytes: u64| sizes::size(bytes, desk.language());
    let looking = host.clone();
    let (ready, sizes, free) = super::off_the_loop(move || {
        let store = looking.store();
        Ok((looking.ready(), store.sizes_on_disk(), store.directory.free_space()))
    })
    .await?;
    // What the operating system does not tell is no reason to show nothing.
    let (records, contents) = sizes.unwrap_or_default();
    let holds = |records: u64, bytes: u64| {
        texts.records_and.replace("{n}", &records.to_string()).replace("{size}", &size(bytes))
    };
    Ok(Body {
        texts,
        mark: desk.mark(),
        grade: if ready.is_ok() { Grade::Well } else { Grade::Ill },
        ill: ready.err().unwrap_or_default(),
        place: std::path::absolute(&host.options().data_dir)
            .unwrap_or_else(|_| host.options().data_dir.clone())
            .display()
            .to_string(),
        free: free.map(size).unwrap_or_default(),
        floor: size(host.options().store.free_space_floor),
        records: size(records),
        contents: size(contents),
        garbage: size(host.store().content.garbage_estimate()),
        rescued: host.rescued(),
        backup: host.last_backup().map(|backup| Backup {
            when: backup.at.into(),
            holds: holds(backup.records, backup.bytes),
            torn: backup.unreadable > 0,
            file: backup.file,
        }),
        check: host.last_check().map(|check| Check {
            when: check.at.into(),
            holds: holds(check.records, check.bytes),
            damages: check.damages,
        }),
    })
}

/// `POST /admin/store`: begins to free space; it goes on when the page is long there.
pub(super) async fn post(request: HttpRequest, body: web::Bytes, identity: web::Data<Identity>) -> HttpResponse {
    let (desk, fields) = match super::form(&request, &identity, Depth::Two, &body).await {
        Ok(sent) => sent,
        Err(response) => return response,
    };
    if fields.get("do").map(String::as_str) != Some("collect") {
        return desk.refusal(&HostError::NotFound);
    }
    if !COLLECTING.swap(true, Ordering::AcqRel) {
        actix_web::rt::spawn(collect(desk.host().clone()));
    }
    desk.go("admin/store?said=collecting")
}

async fn collect(host: Host) {
    match host.collect_now().await {
        Ok(report) => tracing::info!(bytes = report.bytes_freed, "an administrator freed space"),
        Err(error) => tracing::warn!(%error, "space could not be freed"),
    }
    COLLECTING.store(false, Ordering::Release);
}
