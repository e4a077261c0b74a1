//! Which editor opens a document for somebody, with which action, and with what it is told (rules W-5, W-6, W-26, W-41, W-43,
//! W-68 and W-78).

use actix_web::http::header::{HeaderMap, USER_AGENT};

use super::Seat;
use crate::{
    discovery::{Able, ActionUrlError, FileType, Want},
    editors::{Editors, Opening, Way},
    host::{
        HostError, random,
        tokens::{ClientKind, IssuedToken, NewToken, Resource},
    },
    licence::AccountKind,
    names::FileName,
    permission::Role,
};

/// Parameters of the page that are handed on to the editor, at most.
const MOST_PASSED_ON: usize = 32;

/// What a page is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Reading.
    View,
    /// Editing.
    Edit,
    /// Reading inside somebody else's page.
    Embed,
}

/// How a document opens.
#[derive(Debug)]
pub(crate) enum Opens {
    /// In this editor.
    Editor(Box<Chosen>),
    /// Its format is old: this editor edits a copy of it.
    Copy(Box<Opening>),
    /// Nothing is in it, and the reader may not change that.
    Empty,
    /// Not at all.
    Nowhere,
}

impl Opens {
    /// After somebody has agreed that a copy is made: the editor makes it and then opens that.
    pub(crate) fn agreed(self) -> Self {
        match self {
            Self::Copy(opening) => Self::Editor(Box::new(Chosen::converting(*opening))),
            other => other,
        }
    }
}

/// An editor with what its token may do.
#[derive(Debug)]
pub(crate) struct Chosen {
    /// The editor.
    pub(crate) opening: Opening,
    /// The most that its token may do.
    pub(crate) ceiling: Role,
    /// Whether it edits.
    pub(crate) edits: bool,
    /// Whether it only reads because another app is at work on the document.
    pub(crate) elsewhere: bool,
}

impl Chosen {
    /// The editor that makes the copy of an old format and then opens that.
    const fn converting(opening: Opening) -> Self {
        Self { opening, ceiling: Role::Editor, edits: true, elsewhere: false }
    }
}

/// How a document opens for somebody.
///
/// # Errors
/// [`HostError`] when the document's lock cannot be asked for.
pub(crate) async fn choose(seat: &Seat<'_>, mode: Mode) -> Result<Opens, HostError> {
    let (editors, head, supports) = (&seat.wopi.editors, &seat.facts.head, &seat.wopi.supports);
    let extension = FileName::parse(&head.name).map(|name| name.extension().to_owned()).unwrap_or_default();
    let file = FileType { extension: &extension, mime: None };
    let able = Able { update: supports.update, locks: supports.locks, write: seat.facts.role.can_write() };
    let writes = able.write && able.update;
    let phone = is_phone(seat.visit.request.headers());
    let is_empty = head.content.size == 0;

    // What is empty is never merely shown to whoever may begin it (rule W-41).
    if writes && mode != Mode::Embed && (mode == Mode::Edit || is_empty) {
        if let Some(opening) = editing(editors, &file, able, phone, is_empty) {
            if !held_elsewhere(seat, opening.client).await? {
                return Ok(edited(opening));
            }
            return Ok(reading(editors, &file, able, phone, mode)
                .map_or(Opens::Nowhere, |opening| read(opening, Role::Viewer, true)));
        }
        let copies = seat.facts.may_create_siblings && supports.save_as && !is_empty;
        let copy = editors.choose(&file, Want::Convert, able);
        if let Some(opening) = copy.filter(|_| copies) {
            return Ok(Opens::Copy(Box::new(opening)));
        }
    }
    if is_empty {
        return Ok(Opens::Empty);
    }
    let Some(opening) = reading(editors, &file, able, phone, mode) else { return Ok(Opens::Nowhere) };
    let ceiling = if writes && mode == Mode::View && offers_editing(&opening) { Role::Editor } else { Role::Viewer };
    Ok(read(opening, ceiling, false))
}

fn edited(opening: Opening) -> Opens {
    Opens::Editor(Box::new(Chosen { opening, ceiling: Role::Editor, edits: true, elsewhere: false }))
}

fn read(opening: Opening, ceiling: Role, elsewhere: bool) -> Opens {
    Opens::Editor(Box::new(Chosen { opening, ceiling, edits: false, elsewhere }))
}

/// The editor that edits it; the action for the occasion only where it belongs to the editor that would edit it anyway.
fn editing(editors: &Editors, file: &FileType<'_>, able: Able, phone: bool, is_empty: bool) -> Option<Opening> {
    let plain = editors.choose(file, Want::Edit, able).filter(|opening| !opening.read_only);
    let special = |want, action: &str| {
        let found = editors.choose(file, want, able).filter(|opening| opening.action == action)?;
        plain.as_ref().is_none_or(|plain| plain.editor == found.editor).then_some(found)
    };
    let special = if is_empty {
        // Collabora is told of a template instead (rule W-68).
        special(Want::EditNew, "editnew")
    } else if phone {
        special(Want::MobileEdit, "mobileedit")
    } else {
        None
    };
    special.or(plain)
}

fn reading(editors: &Editors, file: &FileType<'_>, able: Able, phone: bool, mode: Mode) -> Option<Opening> {
    if mode == Mode::Embed {
        return editors.choose(file, Want::EmbedView, able);
    }
    let plain = editors.choose(file, Want::View, able);
    let mobile = editors.choose(file, Want::MobileView, able).filter(|mobile| {
        let same = plain.as_ref().is_none_or(|plain| plain.editor == mobile.editor);
        phone && same && mobile.action == "mobileview"
    });
    mobile.or(plain)
}

/// Whether the viewer has a button of its own that leads to editing: it shows that only to whoever may write, so its token has
/// to say so. It changes nothing; the button asks this page for another one.
fn offers_editing(opening: &Opening) -> bool {
    matches!(opening.client, ClientKind::Office | ClientKind::OnlyOffice)
        && matches!(opening.action.as_str(), "view" | "mobileview")
}

/// Whether an app of another kind was the last to take the document's lock, and has it still.
async fn held_elsewhere(seat: &Seat<'_>, client: ClientKind) -> Result<bool, HostError> {
    let contact = seat.wopi.host.saves().of(&seat.file).contact;
    let foreign = contact.is_some_and(|contact| contact.held && contact.client != client);
    Ok(foreign && seat.wopi.host.lock_of(&seat.file).await?.is_some())
}

fn is_phone(headers: &HeaderMap) -> bool {
    let agent = headers.get(USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default();
    agent.contains("Mobi") || agent.contains("Android")
}

/// Whether somebody comes with a phone or a tablet.
pub(crate) fn is_handheld(headers: &HeaderMap) -> bool {
    let agent = headers.get(USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default();
    is_phone(headers) || agent.contains("iPad")
}

/// Where the token is posted to; `None` when the editor's document gives nothing that could be used.
pub(crate) fn url(seat: &Seat<'_>, chosen: &Chosen) -> Option<String> {
    let opening = &chosen.opening;
    let source = seat.wopi.urls.wopi_src(&seat.file);
    let way = way(seat, chosen);
    let url = match opening.url(&source, &way) {
        // What was to be handed on is not worth a document that does not open (rule W-14).
        Err(ActionUrlError::TooLong(_)) => opening.url(&source, &Way { further: own(opening), ..way.clone() }),
        made => made,
    };
    url.inspect(|_| {
        tracing::info!(file.id = %seat.file, editor = opening.editor, action = opening.action,
            session = way.session.as_deref(), "a document is opened in its editor");
    })
    .inspect_err(|error| tracing::warn!(editor = opening.editor, %error, "an editor gives no usable address"))
    .ok()
}

fn way(seat: &Seat<'_>, chosen: &Chosen) -> Way {
    let request = seat.visit.request;
    let account = seat.access.account();
    let asked = url::form_urlencoded::parse(request.query_string().as_bytes());
    let mut further = own(&chosen.opening);
    further.extend(
        asked
            .filter(|(name, _)| name.starts_with("wd"))
            .take(MOST_PASSED_ON)
            .map(|(name, value)| (name.into_owned(), value.into_owned())),
    );
    let category = || {
        let mut asked = asked;
        let wished = asked.find(|(name, _)| name == "testcategory").map(|(_, value)| value.into_owned());
        let known = ["OfficeOnline", "OfficeNativeClient"];
        wished.filter(|wished| known.contains(&wished.as_str())).unwrap_or_else(|| "All".to_owned())
    };
    let colours = request.headers().get("sec-ch-prefers-color-scheme").and_then(|colours| colours.to_str().ok());
    Way {
        language: Some(seat.visit.spoken(account.and_then(|account| account.language.as_deref()))),
        business: account.is_some_and(|account| account.kind == AccountKind::Business),
        dark: colours.map(|colours| colours.trim_matches('"') == "dark"),
        session: random::node_id().ok().map(|id| id.to_string()),
        context: None,
        versions: seat.places.versions.is_some(),
        tests: chosen.opening.app.eq_ignore_ascii_case("WopiTest").then(category),
        further,
    }
}

/// What this page itself adds: Office asks it then whether it is trusted (rule W-16, `App_IsFrameTrusted`).
fn own(opening: &Opening) -> Vec<(String, String)> {
    let asks = opening.client == ClientKind::Office && !opening.app.eq_ignore_ascii_case("WopiTest");
    if asks { vec![("sftc".to_owned(), "1".to_owned())] } else { Vec::new() }
}

/// A fresh token for the editor, which says whose it is (rules W-21 and W-78).
///
/// # Errors
/// [`HostError`] when it cannot be signed.
pub(crate) fn issue(seat: &Seat<'_>, chosen: &Chosen) -> Result<IssuedToken, HostError> {
    let new = NewToken {
        principal: seat.access.claims.principal.clone(),
        resource: Resource::File(seat.file.clone()),
        ceiling: chosen.ceiling.min(seat.access.claims.ceiling),
        client: chosen.opening.client,
    };
    let host = &seat.wopi.host;
    Ok(host.tokens().issue(&new, host.options().token_lifetime)?)
}

/// The word for a kind of editor, for scripts.
pub(crate) const fn family(client: ClientKind) -> &'static str {
    match client {
        ClientKind::Office => "office",
        ClientKind::Collabora => "collabora",
        ClientKind::OnlyOffice => "onlyoffice",
        ClientKind::Any => "other",
    }
}
