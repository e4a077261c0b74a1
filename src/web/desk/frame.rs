//! What is around every page: navigation, account menu, message, and the headers that guard it.

use actix_web::{
    HttpResponse,
    http::{
        StatusCode,
        header::{self, HeaderValue},
    },
};
use askama::Template;

use super::{
    super::{
        assets::{Asset, DESK_CSS, DESK_JS},
        frame::{HEAD, HOUSE, guard},
        language::{DeskTexts, Texts},
    },
    Desk, icons,
};

/// What pages may load and do: their own scripts, styles and pictures, and nothing of anybody else's.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; \
                      base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// That, with frames of these origins.
fn policy(frames: &[String]) -> HeaderValue {
    let strict = HeaderValue::from_static(POLICY);
    if frames.is_empty() {
        return strict;
    }
    HeaderValue::from_str(&format!("{POLICY}; frame-src {}", frames.join(" "))).unwrap_or(strict)
}

/// Which part of the navigation a page belongs to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Section {
    /// None.
    #[default]
    None,
    /// One's folders.
    Files,
    /// What others share.
    Shared,
    /// The bin.
    Bin,
    /// The administrators' pages.
    Admin,
    /// One's account.
    Account,
}

/// How a message is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tone {
    /// Something was done.
    Good,
    /// Something to know.
    Neutral,
    /// Something was not done.
    Bad,
}

/// A page: what is in the frame.
#[derive(Default)]
pub(crate) struct DeskPage<'a> {
    /// Its heading, and the window's title.
    pub(crate) title: &'a str,
    /// Where it belongs.
    pub(crate) section: Section,
    /// What was done, or was not.
    pub(crate) message: Option<(Tone, &'a str)>,
    /// What is below, rendered. A page whose content has its own `h1` sets `own_heading`.
    pub(crate) content: &'a str,
    /// Whether the content has the heading in it.
    pub(crate) own_heading: bool,
    /// Style sheets beside the common one.
    pub(crate) styles: &'a [Asset],
    /// Scripts beside the common one.
    pub(crate) scripts: &'a [Asset],
    /// Whose frames it may hold: origins.
    pub(crate) frames: &'a [String],
}

#[derive(Template)]
#[template(
    ext = "html",
    source = r##"<!doctype html>
<html lang="{{ tag }}">
<head>
{{ HEAD|safe }}
<title>{{ page.title }} – {{ place }}</title>
{% for sheet in styles %}<link rel="stylesheet" href="{{ root }}{{ sheet }}">
{% endfor %}{% for script in scripts %}<script src="{{ root }}{{ script }}" defer></script>
{% endfor %}</head>
<body data-root="{{ root }}" data-form="{{ mark }}" data-language="{{ tag }}">
<a class="skip" href="#main">{{ texts.skip }}</a>
<header class="bar">
<a class="brand" href="{{ root }}">{{ HOUSE|safe }}<span>{{ place }}</span></a>
<nav class="main-nav" aria-label="{{ texts.navigation }}"><ul>
{% for item in items %}<li><a href="{{ root }}{{ item.path }}"{% if item.here %} aria-current="page"{% endif %}>{{ item.icon|safe }}<span>{{ item.label }}</span></a></li>
{% endfor %}</ul></nav>
<details class="menu me"><summary aria-label="{{ account_menu }}"><span class="face" aria-hidden="true">{{ initial }}</span></summary>
<div class="menu-items"><p class="who"><b>{{ name }}</b><span>{{ user }}</span></p>
<a href="{{ root }}account">{{ texts.account }}</a>
<form method="post" action="{{ root }}sign-out"><input type="hidden" name="form" value="{{ mark }}"><input type="hidden" name="rs" value="{{ language }}"><button type="submit">{{ sign_out }}</button></form>
</div></details>
</header>
<main id="main" tabindex="-1">
{% if !page.own_heading %}<h1>{{ page.title }}</h1>
{% endif %}{% if let Some((tone, text)) = page.message %}<p class="message {{ tone.class() }}" role="{% if tone.is_bad() %}alert{% else %}status{% endif %}">{{ text }}</p>
{% endif %}{{ page.content|safe }}
</main>
</body>
</html>
"##
)]
struct Frame<'a> {
    tag: &'a str,
    language: &'a str,
    page: &'a DeskPage<'a>,
    place: &'a str,
    root: &'a str,
    mark: &'a str,
    texts: &'a DeskTexts,
    items: Vec<Item>,
    account_menu: String,
    sign_out: &'a str,
    name: &'a str,
    user: &'a str,
    initial: String,
    styles: Vec<String>,
    scripts: Vec<String>,
}

impl Tone {
    /// The message's class.
    const fn class(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Neutral => "neutral",
            Self::Bad => "bad",
        }
    }

    /// Whether it is to be read out at once.
    const fn is_bad(self) -> bool {
        matches!(self, Self::Bad)
    }
}

/// A link of the navigation.
struct Item {
    path: String,
    icon: &'static str,
    label: &'static str,
    here: bool,
}

fn items(desk: &Desk<'_>, section: Section) -> Vec<Item> {
    let texts = desk.texts();
    let item = |path: String, icon, label, of| Item { path, icon, label, here: section == of };
    let mut items = vec![item(format!("folder/{}", desk.me.drive), icons::FOLDER, texts.files, Section::Files)];
    if let Some(shared) = crate::host::shared_with_me::id_for(&desk.me.drive) {
        items.push(item(format!("folder/{shared}"), icons::PEOPLE, texts.shared, Section::Shared));
    }
    items.push(item("bin".to_owned(), icons::BIN, texts.bin, Section::Bin));
    if desk.me.admin {
        items.push(item("admin".to_owned(), icons::ADMIN, texts.administration, Section::Admin));
    }
    items
}

impl Desk<'_> {
    /// Puts a page into the frame.
    pub(crate) fn answer(&self, status: StatusCode, page: &DeskPage<'_>) -> HttpResponse {
        let Texts { tag, language, sign_out, .. } = self.language();
        let name = match self.me.display_name.trim() {
            "" => self.me.user.as_str(),
            name => name,
        };
        let paths = |first: Asset, others: &[Asset]| {
            std::iter::once(&first).chain(others).map(|asset| asset.path()).collect::<Vec<_>>()
        };
        let frame = Frame {
            tag,
            language,
            page,
            place: self.visit.place(),
            root: self.root(),
            mark: self.mark(),
            texts: self.texts(),
            items: items(self, page.section),
            account_menu: self.texts().account_menu.replace("{name}", name),
            sign_out,
            name,
            user: self.me.user.as_str(),
            initial: name.chars().next().map(|first| first.to_uppercase().collect()).unwrap_or_default(),
            styles: paths(DESK_CSS, page.styles),
            scripts: paths(DESK_JS, page.scripts),
        };
        let mut response = HttpResponse::build(status)
            .content_type("text/html; charset=utf-8")
            .insert_header((header::CONTENT_LANGUAGE, *tag))
            .body(frame.render().unwrap_or_default());
        guard(&mut response);
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy(page.frames));
        self.with_cookie(response)
    }
}
