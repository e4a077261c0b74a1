//! `/s/{code}`: what a guest sees behind a share link.
//!
//! Whoever holds the link sees one file, or one folder and everything below it, as the link's role holds there; never what
//! is around it. Its pages carry no token: the code in their address is the guest's right, asked anew each time.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};
use askama::Template;

use super::{figures::moment, guest_folder};
use crate::{
    host::{
        Host, HostError,
        access::Access,
        tokens::{ClientKind, NewToken, Resource},
    },
    ids::NodeId,
    launch::Origin,
    oauth::Identity,
    office::{Launcher, Wish},
    permission::Role,
    server::{note_operation, note_reason},
    store::records::{AccountRecord, ShareLinkRecord},
    web::{
        downloads::attach,
        frame::{self, Page},
        language::ShareLinkTexts,
        sign_in::culture,
        sizes::size,
        visit::{Depth, Visit},
    },
};

/// A share link that is not over, and whoever follows it.
pub(super) struct Guest<'a> {
    pub(super) visit: Visit<'a>,
    pub(super) texts: &'static ShareLinkTexts,
    pub(super) code: &'a str,
    pub(super) link: NodeId,
    pub(super) record: ShareLinkRecord,
}

impl<'a> Guest<'a> {
    fn find(visit: Visit<'a>, code: &'a str) -> Result<Self, HostError> {
        let links = visit.identity.host.links();
        let link = links.by_code(code)?.ok_or(HostError::NotFound)?;
        let record = links.get(&link)?.ok_or(HostError::NotFound)?;
        Ok(Self { texts: ShareLinkTexts::of(visit.texts), visit, code, link, record })
    }

    pub(super) fn host(&self) -> &'a Host {
        &self.visit.identity.host
    }

    /// What the link is worth at a file or folder at this moment: whoever made it may have lost the right.
    pub(super) fn access(&self, resource: &Resource) -> Result<Access, HostError> {
        let host = self.host();
        let new = NewToken::for_link(self.link.clone(), resource.clone(), self.record.role, ClientKind::Any);
        let token = host.tokens().issue(&new, host.options().token_lifetime)?;
        Ok(host.access_control().authorize(&token.text, resource)?)
    }

    /// Who is signed in in the same browser and has a right of his own.
    pub(super) fn insider(&self, resource: Resource) -> Option<AccountRecord> {
        let account = self.visit.signed_in().ok()??.account;
        let control = self.host().access_control();
        control.for_account(&account, resource, Role::Viewer, ClientKind::Any).is_ok().then_some(account)
    }

    /// When the link ends, as an element; empty for never.
    pub(super) fn ends(&self) -> String {
        self.record.expires.map(moment).unwrap_or_default()
    }
}

#[derive(Template)]
#[template(
    ext = "html",
    source = r#"<p>{{ texts.document }} {% if may_edit %}{{ texts.may_edit }}{% else %}{{ texts.may_view }}{% endif %}</p>
<p class="quiet">{{ size }}{% if !ends.is_empty() %} · {{ texts.ends }} {{ ends|safe }}{% endif %}</p>
<p class="do"><a class="button first" href="{{ base }}/open" rel="noreferrer">{{ texts.open }}</a>
<a class="button" href="{{ base }}/download" rel="noreferrer">{{ texts.download }}</a>
{% if !app.is_empty() %}<a class="button" href="{{ app }}">{{ texts.in_app }}</a>{% endif %}</p>
{% if !place.is_empty() %}<p class="note">{{ texts.own_right }} <a href="{{ place }}">{{ texts.real_place }}</a></p>{% endif %}"#
)]
struct Document<'a> {
    texts: &'static ShareLinkTexts,
    may_edit: bool,
    size: String,
    ends: String,
    base: &'a str,
    app: String,
    place: String,
}

/// `GET /s/{code}`: what the link is of, or what is in it.
pub(super) async fn show(request: HttpRequest, code: web::Path<String>, identity: web::Data<Identity>) -> HttpResponse {
    note_operation(&request, "share link");
    let visit = visit(&request, &identity, Depth::Two);
    let answered = Guest::find(visit, &code).and_then(|guest| {
        if guest.host().container(&guest.record.node).is_ok() { guest_folder::page(&guest) } else { document(&guest) }
    });
    answered.unwrap_or_else(|error| over(&visit, &error))
}

fn visit<'a>(request: &'a HttpRequest, identity: &'a Identity, depth: Depth) -> Visit<'a> {
    Visit::new(request, identity, depth, culture(request.query_string()).as_deref())
}

fn document(guest: &Guest<'_>) -> Result<HttpResponse, HostError> {
    let file = &guest.record.node;
    let resource = Resource::File(file.clone());
    let access = guest.access(&resource)?;
    let head = guest.host().head(file)?;
    let insider = guest.insider(resource);
    let page = Document {
        texts: guest.texts,
        may_edit: access.role.can_write(),
        size: size(head.content.size, guest.visit.texts),
        ends: guest.ends(),
        base: guest.code,
        app: insider.as_ref().and_then(|account| in_app(&guest.visit, account, file)).unwrap_or_default(),
        place: insider.map(|_| format!("{}view/{file}", guest.visit.depth.root())).unwrap_or_default(),
    };
    let content = page.render().unwrap_or_default();
    Ok(frame::answer(&guest.visit, StatusCode::OK, &Page { title: &head.name, content: &content, leads_to: &[] }))
}

/// The link into the Office app, on a phone or tablet: the app signs its user in, so a guest without an account has none.
fn in_app(visit: &Visit<'_>, account: &AccountRecord, file: &NodeId) -> Option<String> {
    if !["iPhone", "iPad", "Android"].iter().any(|device| visit.agent().contains(device)) {
        return None;
    }
    let Identity { host, urls, settings, .. } = visit.identity;
    let wish = Wish { origin: Origin::Web, ..Wish::default() };
    Launcher { host, urls, settings }.link(account, file, wish).ok().map(|launch| launch.link)
}

/// `GET /s/{code}/download?file=`: the bytes of the file, or of one in the folder.
pub(super) async fn download(
    request: HttpRequest,
    code: web::Path<String>,
    identity: web::Data<Identity>,
) -> HttpResponse {
    note_operation(&request, "share link download");
    let visit = visit(&request, &identity, Depth::Three);
    let opened = Guest::find(visit, &code).and_then(|guest| {
        let file = match parameter(&request, "file") {
            Some(id) => NodeId::parse(id).map_err(|_| HostError::NotFound)?,
            None => guest.record.node.clone(),
        };
        guest.access(&Resource::File(file.clone()))?;
        guest.host().read(&file)
    });
    match opened {
        Ok(reading) => {
            let (name, tag) = (reading.head.name.clone(), reading.head.version.to_string());
            attach(&request, reading, &name, tag).await
        }
        Err(error) => over(&visit, &error),
    }
}

/// A parameter of the address that is plain text: an id, or base64url.
pub(super) fn parameter<'a>(request: &'a HttpRequest, name: &str) -> Option<&'a str> {
    request.query_string().split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))
}

/// The same whatever is the matter with a link, so that it tells nobody what there is.
fn over(visit: &Visit<'_>, error: &HostError) -> HttpResponse {
    note_reason(visit.request, error.to_string());
    let texts = ShareLinkTexts::of(visit.texts);
    match error {
        HostError::Corrupt(_) | HostError::Failed(_) => {
            tracing::error!(%error, "a share link could not be answered");
            let texts = visit.texts;
            frame::notice(visit, StatusCode::INTERNAL_SERVER_ERROR, texts.title_trouble, texts.trouble, "")
        }
        _ => frame::notice(visit, StatusCode::NOT_FOUND, texts.title_over, texts.over, ""),
    }
}
