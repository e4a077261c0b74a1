//! The web view of a device: keeps cookies, follows redirects, fills in forms, and stops at an address that is
//! not the host's. It runs no script.

use crate::net::{Net, form};
use crate::support::Reply;
use reqwest::Method;
use url::Url;

/// What was set by the host, as it came.
#[derive(Clone, Debug)]
pub(crate) struct Cookie {
    pub(crate) name: String,
    pub(crate) value: String,
    /// Its attributes, in lower case.
    pub(crate) attributes: Vec<String>,
}

impl Cookie {
    fn parse(text: &str) -> Self {
        let mut parts = text.split(';').map(str::trim);
        let (name, value) = parts.next().and_then(|pair| pair.split_once('=')).expect("a cookie");
        Self { name: name.into(), value: value.into(), attributes: parts.map(str::to_lowercase).collect() }
    }

    pub(crate) fn has(&self, attribute: &str) -> bool {
        self.attributes.iter().any(|known| known == attribute)
    }

    fn path(&self) -> &str {
        self.attributes.iter().find_map(|attribute| attribute.strip_prefix("path=")).unwrap_or("/")
    }

    fn is_over(&self) -> bool {
        self.value.is_empty() || self.has("max-age=0")
    }
}

/// Where the web view came to rest.
#[derive(Clone, Debug)]
pub(crate) enum Landing {
    /// On a page of the host.
    Page(Page),
    /// At an address that is not the host's, which was not loaded.
    Stop(String),
}

impl Landing {
    #[track_caller]
    pub(crate) fn page(self) -> Page {
        match self {
            Self::Page(page) => page,
            Self::Stop(url) => panic!("a page was expected, not {url}"),
        }
    }

    #[track_caller]
    pub(crate) fn stop(self) -> String {
        match self {
            Self::Stop(url) => url,
            Self::Page(page) => panic!("an address elsewhere was expected, not {}", page.reply),
        }
    }
}

/// A page that is shown.
#[derive(Clone, Debug)]
pub(crate) struct Page {
    pub(crate) url: String,
    pub(crate) reply: Reply,
}

/// A form as it stands, to be filled in.
#[derive(Clone, Debug)]
pub(crate) struct Form {
    pub(crate) action: String,
    pub(crate) method: String,
    pub(crate) fields: Vec<Field>,
    pub(crate) buttons: Vec<Field>,
}

/// A field or button.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Field {
    pub(crate) kind: String,
    pub(crate) name: String,
    pub(crate) value: String,
    /// What a button says.
    pub(crate) text: String,
}

impl Form {
    pub(crate) fn field_of(&self, kinds: &[&str]) -> Option<&Field> {
        self.fields.iter().find(|field| kinds.contains(&field.kind.as_str()))
    }

    /// Fills in name and password.
    #[track_caller]
    pub(crate) fn signed_by(mut self, user: &str, password: &str) -> Self {
        let mut filled = 0;
        for field in &mut self.fields {
            match field.kind.as_str() {
                "text" | "email" => user.clone_into(&mut field.value),
                "password" => password.clone_into(&mut field.value),
                _ => continue,
            }
            filled += 1;
        }
        assert_eq!(filled, 2, "a name and a password are asked for: {self:?}");
        self
    }

    /// Without its hidden fields: what a page elsewhere could send.
    pub(crate) fn without_hidden(mut self) -> Self {
        self.fields.retain(|field| field.kind != "hidden");
        self
    }

    /// What is sent when `button` is pressed.
    pub(crate) fn pressed(&self, button: Option<&Field>) -> Vec<(String, String)> {
        let checked = |field: &&Field| field.kind != "checkbox";
        let named = self.fields.iter().filter(checked).chain(button).filter(|field| !field.name.is_empty());
        named.map(|field| (field.name.clone(), field.value.clone())).collect()
    }
}

const ALLOW: [&str; 12] = [
    "allow",
    "accept",
    "approve",
    "consent",
    "grant",
    "yes",
    "zulassen",
    "erlauben",
    "autoriser",
    "permitir",
    "许",
    "許可",
];
const CANCEL: [&str; 8] = ["cancel", "deny", "refuse", "decline", "no", "abbrechen", "ablehnen", "annuler"];

fn says(button: &Field, words: &[&str]) -> bool {
    let of = |text: &str| text.to_lowercase();
    let (name, value, text) = (of(&button.name), of(&button.value), of(&button.text));
    words.iter().any(|word| name == *word || value == *word || text == *word || text.starts_with(word))
}

impl Page {
    pub(crate) fn html(&self) -> String {
        String::from_utf8_lossy(&self.reply.body).into_owned()
    }

    /// All forms of the page.
    pub(crate) fn forms(&self) -> Vec<Form> {
        let html = self.html();
        let base = Url::parse(&self.url).expect("a URL");
        let mut forms = Vec::new();
        for tag in tags(&html) {
            match tag.name.as_str() {
                "form" => {
                    let action = tag.get("action").unwrap_or_default();
                    let action = if action.is_empty() { base.clone() } else { base.join(&action).expect("a URL") };
                    let method = tag.get("method").unwrap_or_else(|| "get".into()).to_lowercase();
                    forms.push(Form { action: action.into(), method, fields: Vec::new(), buttons: Vec::new() });
                }
                "input" | "button" => {
                    let Some(form) = forms.last_mut() else { continue };
                    let default = if tag.name == "input" { "text" } else { "submit" };
                    let get = |name: &str| tag.get(name).unwrap_or_default();
                    let kind = tag.get("type").unwrap_or_else(|| default.into()).to_lowercase();
                    let button = kind == "submit";
                    let field =
                        Field { kind, name: get("name"), value: get("value"), text: tag.text.trim().to_owned() };
                    if button { form.buttons.push(field) } else { form.fields.push(field) }
                }
                _ => {}
            }
        }
        forms
    }

    /// The form that asks for a password.
    pub(crate) fn sign_in_form(&self) -> Option<Form> {
        self.forms().into_iter().find(|form| form.field_of(&["password"]).is_some())
    }

    /// The form and button that allows.
    pub(crate) fn allow(&self) -> Option<(Form, Field)> {
        self.button(&ALLOW)
    }

    /// The form and button that refuses.
    pub(crate) fn cancel(&self) -> Option<(Form, Field)> {
        self.button(&CANCEL)
    }

    fn button(&self, words: &[&str]) -> Option<(Form, Field)> {
        self.forms().into_iter().find_map(|form| {
            let button = form.buttons.iter().find(|button| says(button, words)).cloned()?;
            Some((form, button))
        })
    }

    /// The tags of the page.
    pub(crate) fn tags(&self) -> Vec<Tag> {
        tags(&self.html())
    }
}

/// An opening tag and the plain text up to the end of the element, when it holds no other.
#[derive(Clone, Debug)]
pub(crate) struct Tag {
    pub(crate) name: String,
    attributes: Vec<(String, String)>,
    pub(crate) text: String,
}

impl Tag {
    pub(crate) fn get(&self, name: &str) -> Option<String> {
        self.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone())
    }
}

fn tags(html: &str) -> Vec<Tag> {
    let mut tags = Vec::new();
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        rest = &rest[at + 1..];
        if !rest.starts_with(|c: char| c.is_ascii_alphabetic()) {
            continue;
        }
        let name_end = rest.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(rest.len());
        let name = rest[..name_end].to_ascii_lowercase();
        rest = &rest[name_end..];
        let mut attributes = Vec::new();
        loop {
            rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '/');
            if rest.is_empty() || rest.starts_with('>') {
                break;
            }
            let end = rest.find(|c: char| c.is_whitespace() || "=>/".contains(c)).unwrap_or(rest.len()).max(1);
            let key = rest[..end].to_ascii_lowercase();
            rest = rest[end..].trim_start();
            let mut value = String::new();
            if let Some(after) = rest.strip_prefix('=') {
                let after = after.trim_start();
                let (text, left) = match after.chars().next() {
                    Some(quote @ ('"' | '\'')) => after[1..].split_once(quote).unwrap_or((&after[1..], "")),
                    _ => after.split_at(after.find(|c: char| c.is_whitespace() || c == '>').unwrap_or(after.len())),
                };
                value = unescape(text);
                rest = left;
            }
            attributes.push((key, value));
        }
        rest = rest.strip_prefix('>').unwrap_or(rest);
        let text = match rest.find(&format!("</{name}")) {
            Some(end) => without_tags(&rest[..end]),
            None => String::new(),
        };
        tags.push(Tag { name, attributes, text });
    }
    tags
}

fn without_tags(html: &str) -> String {
    let mut text = String::new();
    for (n, part) in html.split('<').enumerate() {
        text.push_str(if n == 0 { part } else { part.split_once('>').map_or("", |(_, text)| text) });
    }
    unescape(&text)
}

fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        let Some((entity, after)) = rest.split_once(';').filter(|(entity, _)| entity.len() < 9) else {
            out.push('&');
            continue;
        };
        let code = entity.strip_prefix('#').and_then(|code| match code.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16).ok(),
            None => code.parse().ok(),
        });
        match (entity, code.and_then(char::from_u32)) {
            (_, Some(c)) => out.push(c),
            ("amp", _) => out.push('&'),
            ("lt", _) => out.push('<'),
            ("gt", _) => out.push('>'),
            ("quot", _) => out.push('"'),
            ("apos", _) => out.push('\''),
            ("nbsp", _) => out.push(' '),
            _ => {
                out.push('&');
                continue;
            }
        }
        rest = after;
    }
    out + rest
}

/// Where a reference on a page leads; an absolute one is kept as it is written.
pub(crate) fn resolve(page: &str, to: String) -> String {
    match Url::parse(&to) {
        Ok(_) => to,
        Err(_) => Url::parse(page).expect("a URL").join(&to).expect("a URL").into(),
    }
}

/// A web view with cookies of its own.
#[derive(Clone, Debug)]
pub(crate) struct WebView {
    pub(crate) net: Net,
    pub(crate) cookies: Vec<Cookie>,
    /// What the device sends with everything.
    pub(crate) headers: Vec<(String, String)>,
    /// Every answer so far.
    pub(crate) seen: Vec<Reply>,
}

impl WebView {
    pub(crate) fn new(net: &Net) -> Self {
        let agent = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148";
        let headers = vec![("User-Agent".into(), agent.into()), ("Accept".into(), "text/html,*/*;q=0.8".into())];
        Self { net: net.clone(), cookies: Vec::new(), headers, seen: Vec::new() }
    }

    pub(crate) fn speaking(mut self, languages: &str) -> Self {
        self.headers.push(("Accept-Language".into(), languages.into()));
        self
    }

    /// Opens an address and follows it to where it rests.
    pub(crate) async fn open(&mut self, url: &str) -> Landing {
        self.travel(Method::GET, url.to_owned(), None, "").await
    }

    /// Presses a button of a form.
    pub(crate) async fn press(&mut self, page: &Page, form_of: &Form, button: Option<&Field>) -> Landing {
        let fields = form_of.pressed(button);
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let text = form(&fields);
        if form_of.method == "get" {
            let mut url = Url::parse(&form_of.action).expect("a URL");
            url.set_query(Some(&text));
            return self.travel(Method::GET, url.into(), None, "").await;
        }
        // A page that keeps its address to itself also keeps its origin to itself (Fetch, "append a request Origin header").
        let silent = page.reply.header("Referrer-Policy").is_some_and(|policy| policy == "no-referrer");
        let url = Url::parse(&page.url).expect("a URL");
        let origin = if silent { "null".into() } else { url.origin().ascii_serialization() };
        self.travel(Method::POST, form_of.action.clone(), Some(text), &origin).await
    }

    /// Signs in on a page that asks for it.
    pub(crate) async fn sign_in(&mut self, page: &Page, user: &str, password: &str) -> Landing {
        let form = page.sign_in_form().unwrap_or_else(|| panic!("no sign-in form: {}", page.reply));
        let form = form.signed_by(user, password);
        let button = form.buttons.iter().find(|button| !says(button, &CANCEL)).cloned();
        self.press(page, &form, button.as_ref()).await
    }

    /// Signs in where asked, allows where asked, until the host leads elsewhere.
    pub(crate) async fn consent(&mut self, begun: Landing, user: &str, password: &str) -> String {
        let (mut landing, mut signed) = (begun, false);
        for _ in 0..6 {
            let page = match landing {
                Landing::Stop(url) => return url,
                Landing::Page(page) => page,
            };
            assert_eq!(page.reply.status, 200, "{}", page.reply);
            landing = if page.sign_in_form().is_some() {
                assert!(!signed, "the password was given already: {}\n{}", page.reply, page.html());
                signed = true;
                self.sign_in(&page, user, password).await
            } else {
                let Some((form, button)) = page.allow() else { panic!("no way on: {}\n{}", page.url, page.html()) };
                self.press(&page, &form, Some(&button)).await
            };
        }
        panic!("the sign-in never ends: {landing:?}")
    }

    async fn travel(&mut self, mut method: Method, mut url: String, mut body: Option<String>, origin: &str) -> Landing {
        for _ in 0..10 {
            if !self.net.leads_here(&url) {
                return Landing::Stop(url);
            }
            let reply = self.ask(method.clone(), &url, body.take(), origin).await;
            if !(300..400).contains(&reply.status) {
                return Landing::Page(Page { url, reply });
            }
            assert!([302, 303].contains(&reply.status), "B-49: a redirect is 302 or 303: {reply}");
            let to = reply.header("Location").unwrap_or_else(|| panic!("no Location: {reply}")).to_owned();
            url = resolve(&url, to);
            method = Method::GET;
        }
        panic!("too many redirects, the last to {url}")
    }

    /// One request with the cookies, which its answer may change.
    pub(crate) async fn ask(&mut self, method: Method, url: &str, body: Option<String>, origin: &str) -> Reply {
        let path = Url::parse(url).expect("a URL").path().to_owned();
        let sent = self.cookies.iter().filter(|cookie| path.starts_with(cookie.path()));
        let jar: Vec<String> = sent.map(|cookie| format!("{}={}", cookie.name, cookie.value)).collect();
        let jar = jar.join("; ");
        let mut headers: Vec<(&str, &str)> =
            self.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        if !jar.is_empty() {
            headers.push(("Cookie", &jar));
        }
        if body.is_some() {
            headers.push(("Content-Type", "application/x-www-form-urlencoded"));
            headers.push(("Origin", origin));
        }
        let reply = self.net.send(method, url, &headers, body.map(String::into_bytes)).await;
        for cookie in reply.headers.get_all("set-cookie") {
            let cookie = Cookie::parse(cookie.to_str().expect("ASCII"));
            self.cookies.retain(|known| known.name != cookie.name);
            if !cookie.is_over() {
                self.cookies.push(cookie);
            }
        }
        self.seen.push(reply.clone());
        reply
    }
}

#[test]
fn forms_are_read_as_a_browser_reads_them() {
    let html = r#"<p>x < y</p><form method=post action="/a?b=1&amp;c=2"><input type="hidden" name='t' value="&quot;&#x27;&#39;">
        <input name=user autofocus/><input type=password name=p><button name="do" value="allow"><b>Allow</b> it</button></form>"#;
    let page = Page {
        url: "https://h.example/x".into(),
        reply: Reply {
            asked: String::new(),
            status: 200,
            headers: reqwest::header::HeaderMap::new(),
            body: html.into(),
        },
    };
    let form = page.sign_in_form().expect("a form");
    assert_eq!((form.method.as_str(), form.action.as_str()), ("post", "https://h.example/a?b=1&c=2"));
    assert_eq!(form.fields.iter().map(|f| f.kind.as_str()).collect::<Vec<_>>(), ["hidden", "text", "password"]);
    assert_eq!(form.fields[0].value, "\"''");
    assert_eq!(page.allow().expect("a button").1.text, "Allow it");
}
