//! What stands where no editor opens a document: what it is, its bytes, and what else can be done with it.

use actix_web::{HttpResponse, http::StatusCode};
use askama::Template;

use super::{
    super::{
        desk::{Desk, DeskPage, Section, icons},
        frame::{self, Page},
        language::EditorTexts,
        sizes::size,
    },
    Seat,
    opening::{self, Opens},
};
use crate::{
    launch::Origin,
    office::{Launcher, Wish},
};

#[derive(Template)]
#[template(
    ext = "html",
    source = r#"<div class="card">
<p>{{ reason }}</p>
<p class="quiet">{{ texts.kind }}: {{ kind }} · {{ texts.size }}: {{ size }} · {{ texts.changed_at }}: <time datetime="{{ changed }}">{{ changed_plain }}</time></p>
{% if let Some(path) = converts %}<form method="post" action="{{ root }}{{ path }}">{% if !mark.is_empty() %}<input type="hidden" name="form" value="{{ mark }}">{% endif %}<p class="buttons"><button class="first" type="submit">{{ icons::EDIT|safe }}{{ texts.convert_now }}</button> <a class="button" href="{{ root }}{{ places.view }}">{{ texts.only_read }}</a></p></form>
{% endif %}<p class="buttons">
<a class="button{% if converts.is_none() %} first{% endif %}" href="{{ root }}{{ places.download }}" download rel="noreferrer">{{ icons::DOWNLOAD|safe }}{{ texts.download }}</a>
{% if let Some((link, label)) = app %}<a class="button" href="{{ link }}">{{ label }}</a>
{% endif %}{% if let Some(path) = places.versions %}<a class="button" href="{{ root }}{{ path }}">{{ icons::HISTORY|safe }}{{ texts.versions }}</a>
{% endif %}{% if let Some(path) = places.share %}<a class="button" href="{{ root }}{{ path }}">{{ icons::PEOPLE|safe }}{{ texts.share }}</a>
{% endif %}<a class="button plain" href="{{ root }}{{ places.close }}">{{ texts.back }}</a>
</p>
</div>
"#
)]
struct Content<'a> {
    texts: &'static EditorTexts,
    reason: String,
    kind: String,
    size: String,
    changed: String,
    changed_plain: String,
    converts: Option<&'a str>,
    app: Option<(String, String)>,
    places: &'a super::Places,
    root: &'a str,
    mark: &'a str,
}

/// The page for somebody who is signed in.
pub(super) fn of_account(desk: &Desk<'_>, seat: &Seat<'_>, opens: &Opens) -> HttpResponse {
    let content = content(seat, opens, app(desk, seat)).render().unwrap_or_default();
    let title = &seat.facts.head.name;
    desk.answer(StatusCode::OK, &DeskPage { title, section: Section::Files, content: &content, ..DeskPage::default() })
}

/// The page for a guest, who has nothing but the document.
pub(super) fn of_guest(seat: &Seat<'_>, opens: &Opens) -> HttpResponse {
    let content = content(seat, opens, None).render().unwrap_or_default();
    let page = Page { title: &seat.facts.head.name, content: &content, leads_to: &[] };
    frame::answer(&seat.visit, StatusCode::OK, &page)
}

fn content<'a>(seat: &'a Seat<'_>, opens: &Opens, app: Option<(String, String)>) -> Content<'a> {
    let (texts, head) = (EditorTexts::of(seat.visit.texts), &seat.facts.head);
    let reason = match opens {
        Opens::Copy(opening) => {
            let extension = opening.target_extension.as_deref().unwrap_or_default();
            texts.convert.replace("{extension}", &format!(".{}", extension.trim_start_matches('.')))
        }
        Opens::Empty => texts.empty.to_owned(),
        Opens::Editor(_) => texts.editor_away.to_owned(),
        Opens::Nowhere if seat.wopi.editors.unknown() > 0 => texts.editor_away.to_owned(),
        Opens::Nowhere => texts.no_editor.to_owned(),
    };
    let kind = mime_guess::from_path(&head.name).first_or_octet_stream().essence_str().to_owned();
    let changed = head.modified.to_iso();
    Content {
        texts,
        reason,
        kind,
        size: size(head.content.size, seat.visit.texts),
        changed_plain: changed.chars().take(16).map(|letter| if letter == 'T' { ' ' } else { letter }).collect(),
        changed,
        converts: seat.places.edit.as_deref().filter(|_| matches!(opens, Opens::Copy(_))),
        app,
        places: &seat.places,
        root: seat.visit.depth.root(),
        mark: &seat.mark,
    }
}

/// The link into an Office app, on devices that have such apps, and what it says.
fn app(desk: &Desk<'_>, seat: &Seat<'_>) -> Option<(String, String)> {
    if !opening::is_handheld(seat.visit.request.headers()) {
        return None;
    }
    let identity = seat.visit.identity;
    let launcher = Launcher { host: &identity.host, urls: &identity.urls, settings: &identity.settings };
    let launch = launcher.link(&desk.me, &seat.file, Wish { origin: Origin::Web, ..Wish::default() }).ok()?;
    let label = EditorTexts::of(seat.visit.texts).in_app.replace("{app}", &launch.parts.app.to_string());
    Some((launch.link, label))
}
