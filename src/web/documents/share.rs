//! `GET /share/{id}`: who has access to a file or folder, and the links to it.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use super::{
    figures::{day, moment},
    people::People,
    subject::{self, Subject, Tab},
};
use crate::{
    host::{
        HostError,
        rights::{DEEPEST, may_give},
    },
    ids::{NodeId, UserId},
    oauth::Identity,
    permission::Role,
    server::note_operation,
    store::records::{GrantRecord, ShareLinkRecord},
    web::{
        desk::{Desk, Tone},
        language::{DocumentTexts, SharingTexts},
        visit::Depth,
    },
};

/// A person in the list.
struct Row {
    user: UserId,
    name: String,
    role: Role,
    /// Whether the reader may give another role, or take this one away.
    may_change: bool,
    /// Where an inherited right comes from.
    from: String,
    /// The page of that folder and its name, for somebody who may share there.
    there: Option<(NodeId, String)>,
}

/// A link in the list.
struct LinkRow {
    id: NodeId,
    number: String,
    role: Role,
    /// The address; empty for somebody who may not see it.
    url: String,
    /// When it ends, as an element; empty for never.
    ends: String,
    made: String,
    made_by: String,
    may_end: bool,
}

#[derive(Template)]
#[template(
    ext = "html",
    source = r##"{% if !may_share %}<p>{{ may_not }}</p>
{% if may_leave %}<form method="post" class="buttons"><input type="hidden" name="form" value="{{ mark }}"><button name="deed" value="leave" data-confirm="{{ texts.leave_question }}">{{ texts.leave }}</button></form>
{% endif %}{% else %}<section class="card" aria-labelledby="add"><h2 id="add">{{ texts.add }}</h2>
<form method="post"><input type="hidden" name="form" value="{{ mark }}">
<div class="field-row"><div class="wide"><label for="who">{{ texts.who }}</label><input id="who" name="who" type="text" required maxlength="254" autocomplete="off" autocapitalize="none" spellcheck="false"></div>
<div><label for="role">{{ texts.role }}</label><select id="role" name="role"><option value="viewer">{{ common.viewer }}</option><option value="editor">{{ common.editor }}</option></select></div>
<button class="first" name="deed" value="add">{{ texts.give }}</button></div></form></section>
<section class="card" aria-labelledby="people"><h2 id="people">{{ texts.people }}</h2>
<table class="stack people"><caption class="seldom">{{ texts.people }}</caption><thead><tr><th scope="col">{{ texts.person }}</th><th scope="col">{{ texts.access }}</th><th scope="col">{{ texts.change }}</th></tr></thead><tbody>
{% for row in rows %}<tr><th scope="row"><span class="person"><b>{{ row.name }}</b><span>{{ row.user }}</span></span></th>
{% if row.may_change %}<td colspan="2"><form method="post" class="change"><input type="hidden" name="form" value="{{ mark }}"><input type="hidden" name="user" value="{{ row.user }}">
<label class="seldom" for="role-{{ row.user }}">{{ self.role_of(row) }}</label><select id="role-{{ row.user }}" name="role"><option value="viewer"{% if row.role == Role::Viewer %} selected{% endif %}>{{ common.viewer }}</option><option value="editor"{% if row.role == Role::Editor %} selected{% endif %}>{{ common.editor }}</option>{% if row.role == Role::Owner %}<option value="owner" selected>{{ common.owner }}</option>{% endif %}</select>
<button name="deed" value="role">{{ texts.save }}</button><button class="danger" name="deed" value="take" data-confirm="{{ self.take_question(row) }}">{{ texts.take }}<span class="seldom"> {{ row.name }}</span></button></form></td>
{% else %}<td>{{ self.role(row.role) }}{% if !row.from.is_empty() %}<span class="quiet from">{{ row.from }}</span>{% endif %}</td><td>{% if let Some((folder, label)) = row.there %}<a href="{{ folder }}">{{ label }}</a>{% endif %}</td>
{% endif %}</tr>
{% endfor %}</tbody></table></section>
<section class="card" aria-labelledby="links"><h2 id="links">{{ texts.links }}</h2><p>{{ texts.links_lead }}</p>
<form method="post" data-days><input type="hidden" name="form" value="{{ mark }}">
<div class="field-row"><div><label for="link-role">{{ texts.role }}</label><select id="link-role" name="role"><option value="viewer">{{ common.viewer }}</option><option value="editor">{{ common.editor }}</option></select></div>
<div><label for="ends">{{ texts.ends }}</label><select id="ends" name="ends"><option value="week">{{ texts.week }}</option><option value="month">{{ texts.month }}</option><option value="day">{{ texts.day }}</option><option value="never">{{ texts.never }}</option></select></div>
<div data-day><label for="day">{{ texts.last_day }}</label><input id="day" name="day" type="date" min="{{ today }}"></div>
<button class="first" name="deed" value="link">{{ texts.make }}</button></div></form>
<h3>{{ texts.existing }}</h3>
{% if links.is_empty() %}<p class="quiet">{{ texts.no_links }}</p>{% else %}<ul class="links">
{% for link in links %}<li><div class="address">{% if link.url.is_empty() %}<p class="quiet">{{ texts.hidden }}</p>{% else %}<label class="seldom" for="link-{{ link.id }}">{{ self.address(link) }}</label><input id="link-{{ link.id }}" type="text" readonly value="{{ link.url }}"><button type="button" class="copy" data-copies="link-{{ link.id }}" data-copied="{{ texts.copied }}" hidden>{{ texts.copy }}</button>{% endif %}</div>
<p class="facts"><span class="tag{% if link.role == Role::Editor %} warn{% endif %}">{{ self.role(link.role) }}</span> <span>{% if link.ends.is_empty() %}{{ texts.endless }}{% else %}{{ texts.until }} {{ link.ends|safe }}{% endif %}</span> <span class="quiet">{{ link.made_by }}, {{ link.made|safe }}</span></p>
{% if link.may_end %}<form method="post"><input type="hidden" name="form" value="{{ mark }}"><input type="hidden" name="link" value="{{ link.id }}"><button class="danger" name="deed" value="unlink" data-confirm="{{ texts.end_question }}">{{ texts.end_link }}<span class="seldom"> {{ link.number }}</span></button></form>{% endif %}</li>
{% endfor %}</ul>{% endif %}</section>
{% endif %}"##
)]
struct Page<'a> {
    mark: &'a str,
    texts: &'static SharingTexts,
    common: &'static DocumentTexts,
    may_share: bool,
    may_not: String,
    may_leave: bool,
    rows: Vec<Row>,
    links: Vec<LinkRow>,
    today: String,
}

impl Page<'_> {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "a template hands references out")]
    const fn role(&self, role: &Role) -> &'static str {
        match role {
            Role::Viewer => self.common.viewer,
            Role::Editor => self.common.editor,
            Role::Owner => self.common.owner,
        }
    }

    fn role_of(&self, row: &Row) -> String {
        self.texts.role_of.replace("{name}", &row.name)
    }

    fn take_question(&self, row: &Row) -> String {
        self.texts.take_question.replace("{name}", &row.name)
    }

    fn address(&self, link: &LinkRow) -> String {
        self.texts.address.replace("{n}", &link.number)
    }
}

/// `GET /share/{id}`.
pub(super) async fn show(request: HttpRequest, id: web::Path<String>, identity: web::Data<Identity>) -> HttpResponse {
    note_operation(&request, "sharing page");
    Desk::page(&request, &identity, Depth::Two, async |desk| page(desk, &id)).await
}

fn page(desk: &Desk<'_>, id: &str) -> Result<HttpResponse, HostError> {
    let subject = Subject::find(desk, id)?;
    let texts = SharingTexts::of(desk.language());
    let mut people = People::new(desk);
    let may_share = subject.role().can_share();
    let mine = desk.host().rights().grants_on(&subject.id)?.iter().any(|grant| is(&grant.user, &desk.me.user));
    let page = Page {
        mark: desk.mark(),
        texts,
        common: DocumentTexts::of(desk.language()),
        may_share,
        may_not: texts.may_not.replace("{owner}", &people.name(subject.node.owner())),
        may_leave: mine,
        rows: if may_share { rows(desk, &subject, &mut people)? } else { Vec::new() },
        links: if may_share { links(desk, &subject, &mut people)? } else { Vec::new() },
        today: day(desk.host().clock().wall()),
    };
    let content = page.render().unwrap_or_default();
    let title = texts.title.replace("{name}", subject.name());
    subject::answer(desk, &subject, Tab::Share, &title, said(desk, texts), &content)
}

/// Everybody with a right: the owner, those to whom this was granted, those to whom a folder around it was.
fn rows(desk: &Desk<'_>, subject: &Subject, people: &mut People<'_>) -> Result<Vec<Row>, HostError> {
    let (host, texts) = (desk.host(), SharingTexts::of(desk.language()));
    let owner = subject.node.owner().clone();
    let mut rows = vec![Row {
        name: people.name(&owner),
        user: owner,
        role: Role::Owner,
        may_change: false,
        from: String::new(),
        there: None,
    }];
    for grant in host.rights().grants_on(&subject.id)? {
        let may_change = may_give(subject.role(), grant.role);
        let GrantRecord { user, role, .. } = grant;
        rows.push(Row { name: people.name(&user), user, role, may_change, from: String::new(), there: None });
    }
    let mut above = subject.node.parent().cloned();
    for _ in 0..DEEPEST {
        let Some(folder) = above.take() else { break };
        let record = match host.container(&folder) {
            Ok(record) => record,
            Err(HostError::NotFound) => break,
            Err(error) => return Err(error),
        };
        let seen = host.access_control().role_elsewhere(&subject.access, &folder)?;
        let from = match seen {
            Some(_) => texts.from_folder.replace("{folder}", &record.name),
            None => texts.from_above.to_owned(),
        };
        for GrantRecord { user, role, .. } in host.rights().grants_on(&folder)? {
            let there = seen
                .filter(|role| role.can_share())
                .map(|_| (folder.clone(), texts.change_there.replace("{folder}", &record.name)));
            rows.push(Row { name: people.name(&user), user, role, may_change: false, from: from.clone(), there });
        }
        above = record.parent;
    }
    Ok(rows)
}

/// The links that are not over, the newest first. Somebody else's address is told to the owner only: whoever knows it
/// keeps a way in when his own right is taken away.
fn links(desk: &Desk<'_>, subject: &Subject, people: &mut People<'_>) -> Result<Vec<LinkRow>, HostError> {
    let (host, texts, now) = (desk.host(), SharingTexts::of(desk.language()), desk.host().clock().wall());
    let mut found = host.links().on(&subject.id)?;
    found.retain(|(_, link)| link.expires.is_none_or(|end| end > now));
    found.sort_by_key(|(_, link)| std::cmp::Reverse(link.at));
    let mut rows = Vec::with_capacity(found.len());
    for (number, (id, link)) in (1..).zip(found) {
        let his = may_end(desk, subject, &link);
        let url = if his { desk.visit.identity.urls.share_link(&host.links().code_of(&id)?) } else { String::new() };
        rows.push(LinkRow {
            number: number.to_string(),
            role: link.role,
            url,
            ends: link.expires.map(moment).unwrap_or_default(),
            made: moment(link.at),
            made_by: texts.made_by.replace("{name}", &people.name(&link.by)),
            may_end: his,
            id,
        });
    }
    Ok(rows)
}

/// Whether the reader may see the address of a link and end it: he made it, or he owns what it leads to.
pub(super) fn may_end(desk: &Desk<'_>, subject: &Subject, link: &ShareLinkRecord) -> bool {
    subject.role().is_owner() || is(&link.by, &desk.me.user)
}

/// `Anna` and `anna` are one person.
pub(super) fn is(one: &UserId, other: &UserId) -> bool {
    one.as_str().eq_ignore_ascii_case(other.as_str())
}

fn said(desk: &Desk<'_>, texts: &'static SharingTexts) -> Option<(Tone, &'static str)> {
    let common = DocumentTexts::of(desk.language());
    Some(match desk.parameter("said")?.as_str() {
        "added" => (Tone::Good, texts.said_added),
        "changed" => (Tone::Good, texts.said_changed),
        "taken" => (Tone::Good, texts.said_taken),
        "linked" => (Tone::Good, texts.said_linked),
        "unlinked" => (Tone::Good, texts.said_unlinked),
        "unknown" => (Tone::Bad, texts.said_unknown),
        "several" => (Tone::Bad, texts.said_several),
        "owner" => (Tone::Neutral, texts.said_owner),
        "self" => (Tone::Neutral, texts.said_self),
        "day" => (Tone::Bad, texts.said_day),
        "many" => (Tone::Bad, texts.said_many),
        "refused" => (Tone::Bad, common.said_refused),
        _ => return None,
    })
}
