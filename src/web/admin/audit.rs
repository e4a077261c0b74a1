//! `/admin/audit`: what somebody did, latest first.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use super::{Shown, Tab, mark_bytes, mark_text, query};
use crate::{
    host::{HostError, audit},
    ids::UserId,
    oauth::Identity,
    store::records::{AuditEvent, AuditRecord},
    web::{
        account::shown::{self, When},
        desk::Desk,
        language::{AccountTexts, AdminTexts, AuditTexts, Texts},
        visit::Depth,
    },
};

/// Entries of a page.
const PAGE: usize = 50;

/// Records that are looked through for one page: beyond them one has to ask for more.
const LOOKED_THROUGH: usize = 5_000;

/// An entry, in words.
pub(super) struct Entry {
    /// What was done.
    pub(super) event: &'static str,
    /// By whom.
    pub(super) who: String,
    /// When.
    pub(super) at: When,
    is_bad: bool,
    from: String,
    times: String,
    last: Option<When>,
    user: String,
    path: String,
    id: String,
    detail: String,
}

/// Puts a record into words.
pub(super) fn entry(record: AuditRecord, texts: &Texts) -> Entry {
    let words = AdminTexts::of(texts);
    let from = match record.from.as_str() {
        audit::COMMAND_LINE => words.command_line.to_owned(),
        audit::HOST => words.by_host.to_owned(),
        audit::MANY => words.many_addresses.to_owned(),
        address => address.to_owned(),
    };
    let by_name = record.by.as_ref().map(ToString::to_string);
    let is_machine = record.from == audit::COMMAND_LINE || record.from == audit::HOST;
    let who = match by_name {
        Some(name) => name,
        None if is_machine => from.clone(),
        None => words.somebody.to_owned(),
    };
    let browser = record.agent.as_deref().map(|agent| shown::browser(agent, AccountTexts::of(texts)));
    let place: Vec<String> = [(!is_machine).then_some(from), browser].into_iter().flatten().collect();
    Entry {
        event: AuditTexts::of(texts).event(record.event),
        who,
        at: record.at.into(),
        is_bad: record.event == AuditEvent::SignInFailed,
        from: place.join(" · "),
        times: if record.times > 1 { words.times.replace("{n}", &record.times.to_string()) } else { String::new() },
        last: record.last.map(When::from),
        user: record.user.map(|user| user.to_string()).unwrap_or_default(),
        // A file's id tells a person nothing beside its path.
        id: if record.path.is_some() { String::new() } else { record.id.unwrap_or_default() },
        path: record.path.unwrap_or_default(),
        detail: record.detail.unwrap_or_default(),
    }
}

#[derive(Template)]
#[template(
    ext = "html",
    source = r#"<form class="card field-row" method="get" action="audit">
<div><label for="user">{{ texts.filter_user }}</label><input id="user" name="user" type="text" value="{{ user }}" autocapitalize="none" autocorrect="off" spellcheck="false" maxlength="64"></div>
<div><label for="event">{{ texts.filter_event }}</label><select id="event" name="event" data-sends><option value="">{{ texts.all_events }}</option>
{% for (name, label, chosen) in events %}<option value="{{ name }}"{% if *chosen %} selected{% endif %}>{{ label }}</option>
{% endfor %}</select></div>
<button type="submit">{{ texts.filter }}</button>
</form>
{% if entries.is_empty() && next.is_empty() %}<p class="empty">{{ texts.nothing }}</p>
{% else %}<div class="card"><ol class="rows trail">
{% for entry in entries %}<li><div><b{% if entry.is_bad %} class="ill"{% endif %}>{{ entry.event }}</b> <span>{{ entry.who }}{% if !entry.user.is_empty() %} → <a href="users/{{ entry.user }}">{{ entry.user }}</a>{% endif %}</span>{% if !entry.times.is_empty() %} <span class="tag warn">{{ entry.times }}</span>{% endif %}
{% if !entry.path.is_empty() %}<span class="what">{{ entry.path }}</span>
{% endif %}{% if !entry.id.is_empty() || !entry.detail.is_empty() %}<span class="quiet">{{ entry.id }}{% if !entry.id.is_empty() && !entry.detail.is_empty() %} · {% endif %}{{ entry.detail }}</span>
{% endif %}{% if !entry.from.is_empty() %}<span class="quiet">{{ entry.from }}</span>{% endif %}</div>
<span class="quiet at"><time datetime="{{ entry.at.machine }}">{{ entry.at.person }}</time>{% if let Some(last) = entry.last %} – <time datetime="{{ last.machine }}">{{ last.person }}</time>{% endif %}</span></li>
{% endfor %}</ol></div>
{% endif %}<p class="buttons">{% if !next.is_empty() %}<a class="button" href="audit?{{ next }}">{{ texts.earlier }}</a>{% endif %}{% if further %}<a class="button plain" href="audit?{{ first }}">{{ texts.from_start }}</a>{% endif %}</p>
<p class="quiet">{{ super::coded(kept.as_str())|safe }}</p>
"#
)]
struct Body<'a> {
    texts: &'a AdminTexts,
    user: String,
    events: Vec<(&'static str, &'static str, bool)>,
    entries: Vec<Entry>,
    next: String,
    first: String,
    further: bool,
    kept: String,
}

/// `GET /admin/audit?user=&event=&after=`.
pub(super) async fn get(request: HttpRequest, identity: web::Data<Identity>) -> HttpResponse {
    let desk = match super::open(&request, &identity, Depth::Two).await {
        Ok(desk) => desk,
        Err(response) => return response,
    };
    match body(&desk).await {
        Ok(body) => Shown::new(&desk, Tab::Audit).answer(&desk, &body),
        Err(error) => desk.refusal(&error),
    }
}

/// What is wanted of the trail.
#[derive(Clone)]
struct Wanted {
    user: Option<String>,
    event: Option<AuditEvent>,
}

impl Wanted {
    fn is(&self, record: &AuditRecord) -> bool {
        let is = |who: &Option<UserId>| who.as_ref().map(UserId::folded) == self.user;
        (self.user.is_none() || is(&record.by) || is(&record.user))
            && self.event.is_none_or(|event| event == record.event)
    }
}

/// Records that are wanted, and the mark to go on from.
type Found = (Vec<AuditRecord>, Option<Vec<u8>>);

fn find(audit: &audit::Audit, wanted: &Wanted, mut after: Option<Vec<u8>>) -> Result<Found, HostError> {
    const STEP: usize = 500;
    let mut found = Vec::new();
    for _ in 0..LOOKED_THROUGH / STEP {
        let page = audit.page(after.as_deref(), STEP)?;
        let is_last = page.len() < STEP;
        for (mark, record) in page {
            if wanted.is(&record) {
                if found.len() == PAGE {
                    return Ok((found, after));
                }
                found.push(record);
            }
            after = Some(mark);
        }
        if is_last {
            return Ok((found, None));
        }
    }
    Ok((found, after))
}

async fn body<'a>(desk: &Desk<'a>) -> Result<Body<'a>, HostError> {
    let (texts, events) = (AdminTexts::of(desk.language()), AuditTexts::of(desk.language()));
    let user = desk.parameter("user").unwrap_or_default().trim().chars().take(64).collect::<String>();
    let event = desk.parameter("event").and_then(|name| AuditEvent::named(&name));
    let wanted = Wanted { user: Some(user.to_ascii_lowercase()).filter(|user| !user.is_empty()), event };
    let (audit, after) = (desk.host().audit().clone(), mark_bytes(desk));
    let further = after.is_some();
    let (records, next) = super::off_the_loop(move || find(&audit, &wanted, after)).await?;
    let event_name = event.map_or("", AuditEvent::name);
    let filters = [("user", user.as_str()), ("event", event_name)];
    let next = next.map(|mark| query(&[filters[0], filters[1], ("after", &mark_text(&mark))]));
    let days = desk.host().options().audit_keep.as_secs() / 86_400;
    Ok(Body {
        texts,
        events: AuditEvent::ALL.iter().map(|it| (it.name(), events.event(*it), Some(*it) == event)).collect(),
        entries: records.into_iter().map(|record| entry(record, desk.language())).collect(),
        next: next.unwrap_or_default(),
        first: query(&filters),
        further,
        kept: texts.audit_kept.replace("{days}", &days.to_string()),
        user,
    })
}
