//! `GET /folder/{id}`: what is in a folder.
//!
//! | parameter | |
//! |---|---|
//! | `sort`, `down` | `name`, `changed` or `size`; from the end |
//! | `as` | `list` or `grid`; remembered in a cookie |
//! | `q`, `below` | what to look for in the names; in the folders below, too |
//! | `rows`, `from`, `after` | how many rows (100, at most 1,000), and where they begin |
//!
//! The script that shows more rows in place asks for the next page and takes them out of it. Rows are written tersely: there
//! are many of them, and the whole page is to arrive in the time of a blink.

use std::collections::BTreeSet;

use actix_web::{HttpRequest, HttpResponse, cookie::time::Duration as Age, http::StatusCode, web};
use askama::Template;

use super::{
    super::{
        assets::{FOLDER_CSS, FOLDER_JS},
        desk::{Desk, DeskPage, Section, icons},
        language::{FolderTexts, Texts},
        sign_in::finish::add,
        sizes,
        visit::Depth,
    },
    Crumb, folder,
    rows::{Row, Rows},
    said, special_name,
    view::View,
    way,
};
use crate::{
    discovery::action_url,
    host::{Browsed, Cut, HostError, LOOKED_AT, Order, SEARCHED, access::Access, shared_with_me},
    ids::NodeId,
    oauth::Identity,
    server::note_operation,
    wopi::Wopi,
};

/// The cookie that remembers the kind of view.
const VIEW: &str = "lockhouse-view";

/// The head of a column.
struct Column {
    label: &'static str,
    href: String,
    sort: &'static str,
    class: &'static str,
}

#[derive(Template)]
#[template(
    ext = "html",
    source = r##"<nav class="crumbs" aria-label="{{ texts.way }}"><ol>{% for crumb in way %}<li><a href="{{ crumb.id }}">{{ crumb.name }}</a>{% endfor %}<li><h1>{{ name }}</h1></ol></nav>
<div class="tools">
{% if may_create %}<details class="menu new"><summary class="button first">{{ icons::PLUS|safe }}<span>{{ texts.new }}</span></summary><div class="menu-items">
<a href="{{ id }}/new?kind=folder" data-new="folder"><i class="f"></i>{{ texts.folder }}</a>
<a href="{{ id }}/new?kind=docx" data-new="docx"><i class="w"></i>{{ texts.document }}</a>
<a href="{{ id }}/new?kind=xlsx" data-new="xlsx"><i class="s"></i>{{ texts.spreadsheet }}</a>
<a href="{{ id }}/new?kind=pptx" data-new="pptx"><i class="p"></i>{{ texts.presentation }}</a>
</div></details>
<button type="button" id="send" hidden>{{ icons::UPLOAD|safe }}<span>{{ texts.upload }}</span></button><input type="file" id="files" multiple hidden aria-label="{{ texts.upload }}">
<noscript><p class="quiet">{{ texts.upload_needs_script }}</p></noscript>
{% endif %}<form class="find" role="search" action="{{ id }}"><label class="seldom" for="q">{{ texts.find }}</label><input type="search" id="q" name="q" value="{{ view.find }}" placeholder="{{ texts.find }}" maxlength="200"><label class="check"><input type="checkbox" name="below" value="1"{% if view.below %} checked{% endif %}>{{ texts.below }}</label><button class="icon-button" aria-label="{{ texts.find }}">{{ icons::SEARCH|safe }}</button></form>
<a class="button icon-button" href="{{ other_view }}" aria-label="{% if grid %}{{ texts.as_list }}{% else %}{{ texts.as_grid }}{% endif %}" title="{% if grid %}{{ texts.as_list }}{% else %}{{ texts.as_grid }}{% endif %}">{% if grid %}{{ icons::LIST|safe }}{% else %}{{ icons::GRID|safe }}{% endif %}</a>
</div>
{% if !note.is_empty() %}<p class="message warn">{{ note }}</p>
{% endif %}{% if !view.find.is_empty() %}<p class="quiet">{{ texts.found }} <b>{{ view.find }}</b>{% if !count.is_empty() %} · {{ count }}{% endif %} · <a href="{{ plain }}">{{ texts.show_all }}</a></p>
{% endif %}{% if !first.is_empty() %}<p><a href="{{ first }}">{{ texts.to_first }}</a></p>
{% endif %}{% if rows.is_empty() %}<div class="empty">{% if !view.find.is_empty() %}<p>{{ texts.nothing_found }}</p>{% else if shared %}<p>{{ texts.nothing_shared }}</p>{% else %}<p><b>{{ texts.empty }}</b></p>{% if may_create %}<p>{{ texts.empty_hint }}</p>{% endif %}{% endif %}</div>
{% else %}<form id="s" class="chosen" method="post" action="{{ id }}/items"><input type="hidden" name="form" value="{{ mark }}"><input type="hidden" name="back" value="{{ here }}"><span id="chosen" role="status">{{ texts.chosen }}</span>
<button name="act" value="move">{{ icons::FOLDER|safe }}<span>{{ texts.move_or_copy }}</span></button><button type="button" data-many="download" hidden>{{ icons::DOWNLOAD|safe }}<span>{{ texts.download }}</span></button><button name="act" value="bin" class="danger">{{ icons::BIN|safe }}<span>{{ texts.delete }}</span></button><button type="button" data-many="none" class="plain" hidden>{{ cancel }}</button></form>
<table class="items{% if grid %} grid{% endif %}"><caption class="seldom">{{ name }}</caption><thead><tr><th class="b"><span class="seldom">{{ texts.choose }}</span><input type="checkbox" id="all" aria-label="{{ texts.choose_all }}" hidden></th>{% for column in columns %}<th class="{{ column.class }}" aria-sort="{{ column.sort }}" scope="col"><a href="{{ column.href }}">{{ column.label }}</a></th>{% endfor %}<th class="y" scope="col">{{ texts.by }}</th><th class="m"><span class="seldom">{{ texts.more_actions }}</span></th></tr></thead>
<tbody id="rows">
{% for row in rows %}<tr class="{{ row.class }}"><td class=b><input type=checkbox form=s name=i{{ row.id }} aria-label="{{ row.name }}"><td><a href={{ row.href }}>{{ row.name }}</a>{% if row.held %}<span class=k title="{{ texts.held }}">{{ icons::LOCK|safe }}<span class=seldom>{{ texts.held }}</span></span>{% endif %}{% if let Some((id, names)) = row.place %}<a class=at href={{ id }}>{{ names }}</a>{% endif %}<td class=c>{% if !row.at.is_empty() %}<time datetime={{ row.at }}>{{ row.when }}</time>{% endif %}<td class=z>{{ row.size }}<td class=y>{{ row.by }}<td class=m><a href=../file/{{ row.id }} aria-label="{{ texts.actions }}: {{ row.name }}">⋯</a>
{% endfor %}</tbody></table>
{% if !count.is_empty() && view.find.is_empty() %}<p class="quiet count">{{ count }}</p>{% endif %}
{% if !more.is_empty() %}<p class="more"><a class="button" id="more" href="{{ more }}">{{ texts.show_more }}</a></p>{% endif %}
{% endif %}<template id="actions"><a data-act="open">{{ icons::FILE|safe }}{{ texts.open }}</a><a data-act="download" class="of-file">{{ icons::DOWNLOAD|safe }}{{ texts.download }}</a><a data-act="app" class="of-office">{{ icons::FILE|safe }}{{ texts.open_in_app }}</a><a data-act="share" class="of-e">{{ icons::PEOPLE|safe }}{{ texts.share }}</a><a data-act="versions" class="of-file">{{ icons::HISTORY|safe }}{{ texts.versions }}</a><button type="button" data-act="rename" class="of-e">{{ icons::EDIT|safe }}{{ texts.rename }}</button><a data-act="move">{{ icons::FOLDER|safe }}{{ texts.move_or_copy }}</a><a data-act="details">{{ icons::LIST|safe }}{{ texts.details }}</a><button type="button" data-act="bin" class="of-x danger">{{ icons::BIN|safe }}{{ texts.delete }}</button></template>
<dialog id="rename" aria-labelledby="rename-title"><form method="post"><h2 id="rename-title">{{ texts.rename }}</h2><input type="hidden" name="form" value="{{ mark }}"><input type="hidden" name="back" value="{{ here }}"><label for="rename-name">{{ texts.name }}</label><input id="rename-name" name="name" required maxlength="250" autocomplete="off"><div class="dialog-buttons"><button type="button" data-closes>{{ cancel }}</button><button class="first">{{ texts.rename }}</button></div></form></dialog>
{% if may_create %}<dialog id="new" aria-labelledby="new-title"><form method="post" action="{{ id }}/new"><h2 id="new-title">{{ texts.new }}</h2><input type="hidden" name="form" value="{{ mark }}"><input type="hidden" name="kind"><label for="new-name">{{ texts.name }}</label><input id="new-name" name="name" required maxlength="250" autocomplete="off"><div class="dialog-buttons"><button type="button" data-closes>{{ cancel }}</button><button class="first">{{ texts.create }}</button></div></form></dialog>
<dialog id="taken" aria-labelledby="taken-title"><form method="dialog"><h2 id="taken-title">{{ texts.taken_title }}</h2><p id="taken-text"></p><label class="check"><input type="checkbox" name="all">{{ texts.for_all }}</label><div class="dialog-buttons"><button value="skip">{{ texts.skip_one }}</button><button value="replace">{{ texts.replace }}</button><button value="keep" class="first">{{ texts.keep_both }}</button></div></form></dialog>
<section id="uploads" class="uploads" aria-labelledby="uploads-title" hidden><header><h2 id="uploads-title" role="status"></h2><button type="button" class="plain" data-up="all">{{ cancel }}</button><button type="button" class="plain" data-up="close" hidden>{{ texts.done }}</button></header><progress id="uploads-total" max="1" value="0" aria-labelledby="uploads-title"></progress><ul></ul></section>
<div id="drop" hidden><p>{{ icons::UPLOAD|safe }}{{ texts.drop_here }}</p></div>
{% endif %}<dialog id="sure" aria-labelledby="sure-text"><form method="dialog"><p id="sure-text"></p><div class="dialog-buttons"><button value="" autofocus>{{ cancel }}</button><button value="yes" class="danger">{{ texts.delete }}</button></div></form></dialog>
<div id="folder" data-id="{{ id }}" data-words="{{ words }}"{% if !ahead.is_empty() %} data-ahead="{{ ahead }}"{% endif %} hidden></div>"##
)]
struct Content<'a> {
    texts: &'a FolderTexts,
    cancel: &'a str,
    id: &'a str,
    mark: &'a str,
    name: String,
    way: Vec<Crumb>,
    may_create: bool,
    shared: bool,
    grid: bool,
    view: &'a View,
    /// This page, seen from the root.
    here: String,
    /// Without looking for anything.
    plain: String,
    other_view: String,
    columns: [Column; 3],
    rows: Vec<Row>,
    more: String,
    /// The first page, when this is a later one.
    first: String,
    note: String,
    count: String,
    words: String,
    /// Pages of an editor that the browser may load ahead, in JSON; empty when there are none.
    ahead: String,
}

pub(super) async fn page(
    request: HttpRequest,
    id: web::Path<String>,
    identity: web::Data<Identity>,
    wopi: web::Data<Wopi>,
) -> HttpResponse {
    note_operation(&request, "folder page");
    Desk::page(&request, &identity, Depth::Two, async |desk| show(desk, &id, &wopi).await).await
}

async fn show(desk: &Desk<'_>, id: &str, wopi: &Wopi) -> Result<HttpResponse, HostError> {
    let (id, access) = folder(desk, id)?;
    let view = View::read(|name| desk.parameter(name));
    let browsed = {
        let (host, access, wish) = (desk.host().clone(), access.clone(), view.wish());
        desk.host().away(move || host.browse(&access, &wish)).await?
    };
    let (grid, chosen) = kind_of_view(desk);
    let ahead = ahead(desk, wopi);
    let mut content = content(desk, &id, &access, &view, browsed, grid, wopi)?;
    if !ahead.is_empty() {
        content.ahead = serde_json::json!(ahead).to_string();
    }
    let message = said::message(desk, content.texts);
    let top = content.way.first().map_or(&id, |first| &first.id);
    let is_shared = shared_with_me::drive_of(top).is_some();
    let mut frames: Vec<String> = ahead.iter().filter_map(|page| action_url::origin(page)).collect();
    frames.dedup();
    let page = DeskPage {
        title: &content.name,
        section: if is_shared { Section::Shared } else { Section::Files },
        message: message.as_ref().map(|(tone, text)| (*tone, text.as_str())),
        content: &content.render().unwrap_or_default(),
        own_heading: true,
        styles: &[FOLDER_CSS],
        scripts: &[FOLDER_JS],
        frames: &frames,
    };
    let mut answer = desk.answer(StatusCode::OK, &page);
    if chosen {
        let value = if grid { "grid" } else { "list" };
        add(&mut answer, &desk.visit.keep(VIEW, value.to_owned(), Some(Age::days(365))));
    }
    Ok(answer)
}

/// What of an editor the browser may load before a document is opened (rule W-49).
fn ahead(desk: &Desk<'_>, wopi: &Wopi) -> BTreeSet<String> {
    wopi.editors.ahead(Some(&desk.visit.spoken(desk.me.language.as_deref())))
}

/// Whether tiles are wanted, and whether that was chosen just now.
fn kind_of_view(desk: &Desk<'_>) -> (bool, bool) {
    match desk.parameter("as").as_deref() {
        Some("grid") => (true, true),
        Some("list") => (false, true),
        _ => (desk.visit.cookie(VIEW).as_deref() == Some("grid"), false),
    }
}

fn content<'a>(
    desk: &'a Desk<'_>,
    id: &'a NodeId,
    access: &Access,
    view: &'a View,
    browsed: Browsed,
    grid: bool,
    wopi: &Wopi,
) -> Result<Content<'a>, HostError> {
    let texts = FolderTexts::of(desk.language());
    let facts = desk.host().container_facts(access, id)?;
    let Browsed { items, next, total, cut } = browsed;
    let mut rows = Rows::new(desk, wopi);
    let rows = items.into_iter().map(|item| rows.row(item, access.role)).collect::<Result<Vec<_>, _>>()?;
    let at = |view: &View| format!("{id}{}", view.query());
    let column = |order: Order, label, class| Column {
        label,
        href: at(&view.sorted(order)),
        sort: match (view.order == order, view.descending) {
            (false, _) => "none",
            (true, false) => "ascending",
            (true, true) => "descending",
        },
        class,
    };
    let first = view.first();
    let joint = if first.query().is_empty() { '?' } else { '&' };
    Ok(Content {
        texts,
        cancel: desk.texts().cancel,
        id: id.as_str(),
        mark: desk.mark(),
        name: special_name(desk, id).map_or(facts.name, str::to_owned),
        way: way(desk, access)?,
        may_create: facts.may_create,
        shared: shared_with_me::drive_of(id).is_some(),
        grid,
        view,
        here: format!("folder/{}", at(view)),
        plain: at(&View { find: String::new(), below: false, ..first.clone() }),
        other_view: format!("{}{joint}as={}", at(&first), if grid { "list" } else { "grid" }),
        columns: [
            column(Order::Name, texts.name, "n"),
            column(Order::Changed, texts.changed, "c"),
            column(Order::Size, texts.size, "z"),
        ],
        more: next.map(|next| at(&view.goes_on(&next))).unwrap_or_default(),
        first: if *view == first { String::new() } else { at(&first) },
        note: match cut {
            Some(Cut::Sorting) => texts.cut_sorting.replace("{n}", &LOOKED_AT.to_string()),
            Some(Cut::Search) => texts.cut_search.replace("{n}", &SEARCHED.to_string()),
            None => String::new(),
        },
        count: total.map(|total| texts.count.replace("{n}", &total.to_string())).unwrap_or_default(),
        words: words(desk.language()),
        ahead: String::new(),
        rows,
    })
}

/// What the script says.
fn words(language: &Texts) -> String {
    let texts = FolderTexts::of(language);
    serde_json::json!({
        "chosen": texts.chosen_count, "sure": texts.sure, "sureFolder": texts.sure_folder, "sureMany": texts.sure_many,
        "folder": texts.new_folder, "docx": texts.document, "xlsx": texts.spreadsheet, "pptx": texts.presentation,
        "taken": texts.taken_text, "takenHeld": texts.taken_held, "takenFolder": texts.taken_folder,
        "sending": texts.sending, "sent": texts.sent, "failed": texts.failed, "some": texts.sent_some,
        "waiting": texts.waiting, "again": texts.again, "cancel": texts.cancel_one, "retry": texts.retry,
        "skipped": texts.skipped, "stopped": texts.stopped, "keptAside": texts.kept_aside, "version": texts.new_version,
        "leave": texts.leave, "signedOut": texts.signed_out, "units": sizes::units(language), "loading": texts.loading,
    })
    .to_string()
}
