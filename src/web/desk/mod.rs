//! The pages for somebody who is signed in: who he is, the frame that they all have, forms that only they can send.
//!
//! ```text
//! GET  ─ Desk::page ─ no session? 303 to /sign-in and back ─ page ─ Desk::answer
//! POST ─ Desk::sent ─ session and mark ─ host ─ 303 back to the page, which says what was done (`said`)
//! ```
//!
//! All of them are read, and most of what they offer is done, without script. A script gets the form's mark from the page
//! (`data-form` of the body) and sends it as `x-lockhouse-form`.

mod frame;
pub(crate) mod icons;

use std::collections::HashMap;

use actix_web::{HttpRequest, HttpResponse, http::StatusCode};

pub(crate) use frame::{DeskPage, Section, Tone};

use super::{
    frame::{redirect, trouble},
    language::{self, DeskTexts, Texts},
    sign_in::{
        ReturnTo, culture, fields,
        guard::{self, Mark},
    },
    visit::{Depth, Visit},
};
use crate::{
    host::{
        Host, HostError,
        access::Access,
        tokens::{ClientKind, Resource},
        trouble::Trouble,
    },
    oauth::Identity,
    permission::Role,
    server::note_reason,
    store::records::AccountRecord,
};

/// The header in which a script sends the form's mark.
const MARK_HEADER: &str = "x-lockhouse-form";

/// A request of somebody who is signed in.
pub(crate) struct Desk<'a> {
    pub(crate) visit: Visit<'a>,
    /// Who; without the password's hash.
    pub(crate) me: AccountRecord,
    /// What the cookie of the session holds.
    pub(crate) cookie: String,
    mark: Mark,
}

impl<'a> Desk<'a> {
    /// Whoever asks for a page.
    ///
    /// # Errors
    /// The answer, for somebody who has to sign in first; he comes back afterwards.
    pub(crate) async fn open(
        request: &'a HttpRequest,
        identity: &'a Identity,
        depth: Depth,
    ) -> Result<Self, HttpResponse> {
        let visit = Visit::new(request, identity, depth, culture(request.query_string()).as_deref());
        match Self::known(visit).await {
            Ok(Some(desk)) => Ok(desk),
            Ok(None) => Err(sign_in_first(&visit)),
            Err(error) => Err(trouble(&visit, &error)),
        }
    }

    /// Whoever sends a form, with its fields.
    ///
    /// # Errors
    /// The answer, for a form that nobody sent who is signed in, or that none of our pages made.
    pub(crate) async fn form(
        request: &'a HttpRequest,
        identity: &'a Identity,
        depth: Depth,
        body: &[u8],
    ) -> Result<(Self, HashMap<String, String>), HttpResponse> {
        let fields = fields(request, body).unwrap_or_default();
        let mark = fields.get("form").map_or("", String::as_str);
        let desk = Self::marked(request, identity, depth, mark).await?;
        Ok((desk, fields))
    }

    /// The answer to whoever asks for a page: `make` makes it once it is known who asks. What stands against it is told on a
    /// page, too.
    pub(crate) async fn page<F>(request: &'a HttpRequest, identity: &'a Identity, depth: Depth, make: F) -> HttpResponse
    where
        F: AsyncFnOnce(&Self) -> Result<HttpResponse, HostError>,
    {
        match Self::open(request, identity, depth).await {
            Ok(desk) => make(&desk).await.unwrap_or_else(|error| desk.refusal(&error)),
            Err(answer) => answer,
        }
    }

    /// The answer to whoever sends a form: `act` does what its fields say.
    pub(crate) async fn sent<F>(
        request: &'a HttpRequest,
        identity: &'a Identity,
        depth: Depth,
        body: &[u8],
        act: F,
    ) -> HttpResponse
    where
        F: AsyncFnOnce(&Self, &HashMap<String, String>) -> Result<HttpResponse, HostError>,
    {
        match Self::form(request, identity, depth, body).await {
            Ok((desk, fields)) => act(&desk, &fields).await.unwrap_or_else(|error| desk.refusal(&error)),
            Err(answer) => answer,
        }
    }

    /// Whoever sends something else than a form, by script: a file.
    ///
    /// # Errors
    /// As [`Self::form`].
    pub(crate) async fn script(
        request: &'a HttpRequest,
        identity: &'a Identity,
        depth: Depth,
    ) -> Result<Self, HttpResponse> {
        Self::marked(request, identity, depth, "").await
    }

    async fn marked(
        request: &'a HttpRequest,
        identity: &'a Identity,
        depth: Depth,
        mark: &str,
    ) -> Result<Self, HttpResponse> {
        let desk = Self::open(request, identity, depth).await?;
        let by_script = request.headers().get(MARK_HEADER).and_then(|mark| mark.to_str().ok());
        match guard::passes(&desk.visit, Some(&desk.cookie), by_script.unwrap_or(mark)).await {
            Ok(true) => Ok(desk),
            Ok(false) => {
                note_reason(request, "the form was not made for this browser");
                let texts = desk.texts();
                Err(desk.notice(StatusCode::FORBIDDEN, desk.visit.texts.title_refused, texts.stale))
            }
            Err(error) => Err(trouble(&desk.visit, &error)),
        }
    }

    async fn known(visit: Visit<'a>) -> Result<Option<Self>, Trouble> {
        let Some(signed_in) = visit.signed_in()? else { return Ok(None) };
        visit.identity.host.sessions().touch(&signed_in.cookie).await?;
        let mark = guard::mark(&visit, Some(&signed_in.cookie)).await?;
        let asked = culture(visit.request.query_string());
        let his = if asked.is_none() { signed_in.account.language.as_deref() } else { None };
        let texts = his.and_then(language::of_culture).unwrap_or(visit.texts);
        Ok(Some(Self { visit: Visit { texts, ..visit }, me: signed_in.account, cookie: signed_in.cookie, mark }))
    }

    /// The host.
    pub(crate) fn host(&self) -> &'a Host {
        &self.visit.identity.host
    }

    /// What the frame says, in his language.
    pub(crate) fn texts(&self) -> &'static DeskTexts {
        DeskTexts::of(self.visit.texts)
    }

    /// The language of the page; tables of texts are found by it.
    pub(crate) const fn language(&self) -> &'static Texts {
        self.visit.texts
    }

    /// The root of the house, as a relative reference.
    pub(crate) const fn root(&self) -> &'static str {
        self.visit.depth.root()
    }

    /// The mark for the forms of this page: their field `form`.
    pub(crate) fn mark(&self) -> &str {
        &self.mark.text
    }

    /// What he may do with a file or container at this moment.
    ///
    /// # Errors
    /// [`HostError`]; [`Self::refusal`] makes a page of it.
    pub(crate) fn access(&self, resource: Resource) -> Result<Access, HostError> {
        Ok(self.host().access_control().for_account(&self.me, resource, Role::Owner, ClientKind::Any)?)
    }

    /// A parameter of the address.
    pub(crate) fn parameter(&self, wanted: &str) -> Option<String> {
        url::form_urlencoded::parse(self.visit.request.query_string().as_bytes())
            .find(|(name, _)| name == wanted)
            .map(|(_, value)| value.into_owned())
    }

    /// Sends the browser to another page of this house after a form; `path` is seen from the root.
    pub(crate) fn go(&self, path: &str) -> HttpResponse {
        self.with_cookie(redirect(StatusCode::SEE_OTHER, &format!("{}{path}", self.root())))
    }

    /// A page with one message.
    pub(crate) fn notice(&self, status: StatusCode, title: &str, text: &str) -> HttpResponse {
        self.answer(status, &DeskPage { title, message: Some((Tone::Neutral, text)), ..DeskPage::default() })
    }

    /// The page for what cannot be done: nothing there, or trouble of the machine's.
    pub(crate) fn refusal(&self, error: &HostError) -> HttpResponse {
        match error {
            HostError::NotFound | HostError::NoRight | HostError::Access(_) => {
                let DeskTexts { title_nothing: title, nothing, to_files, .. } = *self.texts();
                let content = format!("<p><a class=\"button\" href=\"{}\">{to_files}</a></p>", self.root());
                let message = Some((Tone::Neutral, nothing));
                let page = DeskPage { title, message, content: &content, ..DeskPage::default() };
                self.answer(StatusCode::NOT_FOUND, &page)
            }
            other => {
                tracing::error!(error = %other, "a page could not be answered");
                let texts = self.visit.texts;
                self.notice(StatusCode::INTERNAL_SERVER_ERROR, texts.title_trouble, texts.trouble)
            }
        }
    }

    /// Adds the cookie that goes with the mark of the page's forms, if the browser has none yet.
    pub(crate) fn with_cookie(&self, mut response: HttpResponse) -> HttpResponse {
        if let Some(cookie) = &self.mark.cookie {
            super::sign_in::finish::add(&mut response, cookie);
        }
        response
    }
}

fn sign_in_first(visit: &Visit<'_>) -> HttpResponse {
    let asked = visit.request.uri().path_and_query().map_or("/", |asked| asked.as_str());
    let is_read = visit.request.method().is_safe();
    let back = Some(asked).filter(|_| is_read).and_then(ReturnTo::parse);
    let query = back.map(|back| {
        let back = url::form_urlencoded::byte_serialize(back.as_str().as_bytes()).collect::<String>();
        format!("?return_to={back}")
    });
    redirect(StatusCode::SEE_OTHER, &format!("{}sign-in{}", visit.depth.root(), query.unwrap_or_default()))
}
