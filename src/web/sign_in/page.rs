//! The sign-in page.

use actix_web::{
    HttpResponse,
    http::StatusCode,
    http::header::{self, HeaderValue},
};
use askama::Template;

use super::{
    super::{
        frame::{self, Page},
        language::Texts,
        visit::{SignedIn, Visit},
    },
    ReturnTo,
    finish::add,
    guard,
};
use crate::{host::trouble::Trouble, oauth::authorize::Asked};

/// What the page says beside its form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Say {
    /// Nothing.
    #[default]
    Nothing,
    /// Signed out.
    SignedOut,
    /// Wrong name or password: 403.
    Wrong,
    /// The form was not ours: 403.
    Stale,
    /// Too many sign-ins at once: 503.
    Busy,
    /// Cancelled at the outside provider: 403.
    #[cfg_attr(not(feature = "oidc"), allow(dead_code, reason = "only the provider makes it"))]
    ProviderDenied,
    /// What the outside provider said does not hold: 403.
    #[cfg_attr(not(feature = "oidc"), allow(dead_code, reason = "only the provider makes it"))]
    ProviderFailed,
    /// The outside provider cannot be reached: 503.
    #[cfg_attr(not(feature = "oidc"), allow(dead_code, reason = "only the provider makes it"))]
    ProviderDown,
    /// Too many wrong attempts: 429, to come back after so many seconds.
    TooMany(u64),
}

impl Say {
    /// Too many wrong attempts; to come back after this time.
    pub(crate) fn too_many(wait: std::time::Duration) -> Self {
        Self::TooMany((wait.as_secs() + u64::from(wait.subsec_nanos() > 0)).max(1))
    }

    const fn status(&self) -> StatusCode {
        match self {
            Self::Nothing | Self::SignedOut => StatusCode::OK,
            Self::Wrong | Self::Stale | Self::ProviderDenied | Self::ProviderFailed => StatusCode::FORBIDDEN,
            Self::Busy | Self::ProviderDown => StatusCode::SERVICE_UNAVAILABLE,
            Self::TooMany(_) => StatusCode::TOO_MANY_REQUESTS,
        }
    }

    fn error(&self, texts: &Texts, provider: &str) -> String {
        match self {
            Self::Nothing | Self::SignedOut => String::new(),
            Self::Wrong => texts.wrong.to_owned(),
            Self::Stale => texts.stale.to_owned(),
            Self::Busy => texts.busy.to_owned(),
            Self::ProviderDenied => texts.provider_denied.replace("{provider}", provider),
            Self::ProviderFailed => texts.provider_failed.replace("{provider}", provider),
            Self::ProviderDown => texts.provider_down.replace("{provider}", provider),
            Self::TooMany(seconds) => texts.too_many.replace("{wait}", &texts.wait(*seconds)),
        }
    }

    const fn retry_after(&self) -> Option<u64> {
        match self {
            Self::TooMany(seconds) => Some(*seconds),
            Self::Busy => Some(2),
            Self::ProviderDown => Some(5),
            _ => None,
        }
    }
}

/// The page to be.
#[derive(Default)]
pub(crate) struct SignInPage<'a> {
    /// Where to go afterwards.
    pub(crate) return_to: Option<&'a ReturnTo>,
    /// The app that asks, if one does: the page then offers to go back to it.
    pub(crate) asked: Option<&'a Asked>,
    /// The name that was typed before.
    pub(crate) name: &'a str,
    /// What to say.
    pub(crate) say: Say,
    /// Ask for a password although the settings leave signing in to the provider: administrators may use theirs.
    pub(crate) passwords: bool,
}

#[derive(Template)]
#[template(
    ext = "html",
    source = r#"{% if !lead.is_empty() %}<p>{{ lead }}</p>
{% endif %}{% if !note.is_empty() %}<p class="note" role="status">{{ note }}</p>
{% endif %}{% if !error.is_empty() %}<p class="error" role="alert" id="error">{{ error }}</p>
{% endif %}{% if passwords %}<form method="post" action="{{ root }}sign-in">
<input type="hidden" name="form" value="{{ mark }}">
<input type="hidden" name="return_to" value="{{ return_to }}">
<input type="hidden" name="rs" value="{{ texts.language }}">
<label for="name">{{ texts.name }}</label>
<input id="name" name="name" type="text" value="{{ name }}" autocomplete="username" autocapitalize="none" autocorrect="off" spellcheck="false" enterkeyhint="next" maxlength="256" required{% if wrong %} aria-invalid="true" aria-describedby="error"{% endif %}{% if name.is_empty() %} autofocus{% endif %}>
<label for="password">{{ texts.password }}</label>
<input id="password" name="password" type="password" autocomplete="current-password" enterkeyhint="go" maxlength="1024" required{% if wrong %} aria-invalid="true" aria-describedby="error"{% endif %}{% if !name.is_empty() %} autofocus{% endif %}>
<button class="first" type="submit">{{ texts.sign_in }}</button>
</form>
{% endif %}{% if !provider.is_empty() %}{% if passwords %}<p class="or">{{ texts.or }}</p>
{% endif %}<form method="post" action="{{ root }}sign-in/oidc/start">
<input type="hidden" name="form" value="{{ mark }}">
<input type="hidden" name="rs" value="{{ texts.language }}">
<input type="hidden" name="return_to" value="{{ return_to }}">
<button{% if !passwords %} class="first"{% endif %} type="submit">{{ provider }}</button>
</form>
{% endif %}{% if !request.is_empty() %}<form method="post" action="{{ root }}oauth/consent">
<input type="hidden" name="form" value="{{ mark }}">
<input type="hidden" name="request" value="{{ request }}">
<button class="plain" type="submit" name="decision" value="cancel">{{ texts.cancel }}</button>
</form>
{% endif %}"#
)]
struct Body<'a> {
    texts: &'a Texts,
    root: &'a str,
    mark: &'a str,
    lead: &'a str,
    note: &'a str,
    error: &'a str,
    wrong: bool,
    passwords: bool,
    provider: &'a str,
    return_to: &'a str,
    name: &'a str,
    request: &'a str,
}

/// Shows the sign-in page.
///
/// # Errors
/// [`Trouble`] when the key for its forms cannot be read.
pub(crate) async fn show(visit: &Visit<'_>, page: &SignInPage<'_>) -> Result<HttpResponse, Trouble> {
    let (texts, settings) = (visit.texts, &visit.identity.settings);
    // Its forms work whoever is signed in: the mark is for whoever holds the cookie.
    let mark = guard::mark(visit, None).await?;
    let provider = if offers_provider(visit) {
        texts.with_provider.replace("{provider}", &settings.oidc.name)
    } else {
        String::new()
    };
    let lead = page.asked.map_or_else(String::new, |asked| {
        texts.sign_in_lead.replace("{app}", &asked.request.client.name).replace("{place}", visit.place())
    });
    let content = Body {
        texts,
        root: visit.depth.root(),
        mark: &mark.text,
        lead: &lead,
        note: if page.say == Say::SignedOut { texts.signed_out } else { "" },
        error: &page.say.error(texts, &settings.oidc.name),
        wrong: page.say == Say::Wrong,
        passwords: page.passwords || offers_passwords(visit),
        provider: &provider,
        return_to: page.return_to.map_or("", ReturnTo::as_str),
        name: page.name,
        request: page.asked.map_or("", |asked| &asked.query),
    };
    let mut leads_to: Vec<String> = page.asked.map(Asked::redirect_source).into_iter().collect();
    if !provider.is_empty() {
        // Where the provider's own pages are, only its discovery document tells.
        leads_to.push("https:".to_owned());
        leads_to
            .extend(url::Url::parse(&settings.oidc.issuer).ok().map(|issuer| issuer.origin().ascii_serialization()));
    }
    let content = content.render().unwrap_or_default();
    let page_in_frame = Page { title: texts.title_sign_in, content: &content, leads_to: &leads_to };
    let mut response = frame::answer(visit, page.say.status(), &page_in_frame);
    if let Some(seconds) = page.say.retry_after() {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    if let Some(cookie) = &mark.cookie {
        add(&mut response, cookie);
    }
    Ok(response)
}

/// Whether people can sign in by an outside provider.
pub(crate) fn offers_provider(visit: &Visit<'_>) -> bool {
    cfg!(feature = "oidc") && !visit.identity.settings.oidc.issuer.is_empty()
}

/// Whether people can sign in with a password of this host.
pub(crate) fn offers_passwords(visit: &Visit<'_>) -> bool {
    visit.identity.settings.oidc.passwords || !offers_provider(visit)
}

#[derive(Template)]
#[template(
    ext = "html",
    source = r#"<div class="account"><span class="face" aria-hidden="true">{{ face }}</span><div><b>{{ display_name }}</b><span class="quiet">{{ user }}</span></div></div>
{% if !onward.is_empty() %}<p><a href="{{ onward }}">{{ texts.go_on }}</a></p>
{% endif %}<form method="post" action="{{ root }}sign-out">
<input type="hidden" name="form" value="{{ mark }}">
<input type="hidden" name="rs" value="{{ texts.language }}">
<button type="submit">{{ texts.sign_out }}</button>
</form>
"#
)]
struct SignedInBody<'a> {
    texts: &'a Texts,
    root: &'a str,
    mark: &'a str,
    face: &'a str,
    display_name: &'a str,
    user: &'a str,
    onward: &'a str,
}

/// Shows somebody who is signed in who he is, and the way out.
///
/// # Errors
/// [`Trouble`] when the key for its form cannot be read.
pub(crate) async fn show_signed_in(
    visit: &Visit<'_>,
    signed_in: &SignedIn,
    return_to: Option<&ReturnTo>,
) -> Result<HttpResponse, Trouble> {
    let mark = guard::mark(visit, Some(&signed_in.cookie)).await?;
    let (account, root) = (&signed_in.account, visit.depth.root());
    let content = SignedInBody {
        texts: visit.texts,
        root,
        mark: &mark.text,
        face: &face(&account.display_name),
        display_name: &account.display_name,
        user: account.user.as_str(),
        onward: &return_to.map_or_else(|| root.to_owned(), |return_to| return_to.reference(visit.depth)),
    };
    let content = content.render().unwrap_or_default();
    let page = Page { title: visit.texts.title_signed_in, content: &content, leads_to: &[] };
    let mut response = frame::answer(visit, StatusCode::OK, &page);
    if let Some(cookie) = &mark.cookie {
        add(&mut response, cookie);
    }
    Ok(response)
}

/// The letter that stands for a person.
pub(crate) fn face(display_name: &str) -> String {
    display_name.chars().find(|c| c.is_alphanumeric()).map(|c| c.to_uppercase().collect()).unwrap_or_default()
}
