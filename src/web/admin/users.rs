//! `/admin/users`: who there is, and new ones.

use std::collections::HashMap;

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};
use askama::Template;

use super::{Shown, Tab, query};
use crate::{
    host::{
        Host, HostError,
        accounts::{AccountError, NewAccount},
        passwords,
    },
    ids::UserId,
    oauth::Identity,
    store::records::{AccountKind, AccountRecord, AuditEvent},
    web::{desk::Desk, language::AdminTexts, sizes::size, visit::Depth},
};

/// Users of a page.
const PAGE: usize = 50;

/// Users that are read in one go.
const STEP: usize = 256;

#[expect(clippy::struct_excessive_bools, reason = "each is a tag of its own")]
struct Row {
    user: String,
    name: String,
    email: String,
    size: String,
    admin: bool,
    disabled: bool,
    outside: bool,
    you: bool,
}

#[derive(Template)]
#[template(
    ext = "html",
    source = r#"<form class="card field-row" method="get" action="users" role="search">
<div><label for="q">{{ texts.search }}</label><input id="q" name="q" type="search" value="{{ wanted }}" autocapitalize="none" autocorrect="off" spellcheck="false" maxlength="256"></div>
<button type="submit">{{ texts.search_button }}</button>
</form>
<div class="card">{% if users.is_empty() %}<p class="quiet">{{ texts.nobody }}</p>{% else %}<ul class="rows">
{% for row in users %}<li><div><a class="name" href="users/{{ row.user }}">{{ row.name }}</a>{% if row.you %} <span class="tag">{{ texts.you }}</span>{% endif %}{% if row.admin %} <span class="tag good">{{ texts.administrator }}</span>{% endif %}{% if row.disabled %} <span class="tag bad">{{ texts.disabled }}</span>{% endif %}{% if row.outside %} <span class="tag">{{ texts.outside }}</span>{% endif %}
<span class="quiet">{{ row.user }}{% if !row.email.is_empty() %} · {{ row.email }}{% endif %}</span></div>
<span class="quiet number">{{ row.size }}</span></li>
{% endfor %}</ul>{% endif %}</div>
<p class="buttons">{% if !next.is_empty() %}<a class="button" href="users?{{ next }}">{{ texts.more }}</a>{% endif %}{% if further %}<a class="button plain" href="users?{{ first }}">{{ texts.from_start }}</a>{% endif %}</p>
<section class="card" aria-labelledby="add">
<h2 id="add">{{ texts.add_user }}</h2>
<form method="post" action="users">
<input type="hidden" name="form" value="{{ mark }}">
<div class="field-row three">
<div><label for="user">{{ texts.user_name }}</label><input id="user" name="user" type="text" value="{{ given.user }}" pattern="[A-Za-z0-9]+" maxlength="64" autocomplete="off" autocapitalize="none" autocorrect="off" spellcheck="false" required aria-describedby="rule"></div>
<div><label for="name">{{ texts.display_name }}</label><input id="name" name="name" type="text" value="{{ given.name }}" maxlength="256" autocomplete="off"></div>
<div><label for="email">{{ texts.email }}</label><input id="email" name="email" type="email" value="{{ given.email }}" maxlength="256" autocomplete="off"></div>
</div>
<p class="quiet hint" id="rule">{{ texts.user_name_rule }}</p>
<label class="check"><input type="checkbox" name="admin" value="yes"{% if given.admin %} checked{% endif %}> {{ texts.may_administer }}</label>
<p class="quiet">{{ texts.password_follows }}</p>
<button class="first" type="submit">{{ texts.add_user }}</button>
</form>
</section>
"#
)]
struct Body<'a> {
    texts: &'a AdminTexts,
    mark: &'a str,
    wanted: String,
    users: Vec<Row>,
    next: String,
    first: String,
    further: bool,
    given: Given<'a>,
}

/// What was typed into the form for a new user.
#[derive(Clone, Copy, Default)]
struct Given<'a> {
    user: &'a str,
    name: &'a str,
    email: &'a str,
    admin: bool,
}

impl<'a> Given<'a> {
    fn of(fields: &'a HashMap<String, String>) -> Self {
        let field = |name: &str| fields.get(name).map_or("", |value| value.trim());
        Self { user: field("user"), name: field("name"), email: field("email"), admin: field("admin") == "yes" }
    }
}

/// A password, shown this once.
#[derive(Template)]
#[template(
    ext = "html",
    source = r#"<div class="card once">
<p>{{ texts.password_once }}</p>
<p class="password"><code id="password">{{ password }}</code> <button type="button" data-copies="password" data-done="{{ texts.copied }}" hidden>{{ texts.copy }}</button></p>
<p><a class="button first" href="{{ root }}admin/users/{{ user }}">{{ onward }}</a></p>
</div>
"#
)]
struct Once<'a> {
    texts: &'a AdminTexts,
    root: &'a str,
    user: &'a str,
    password: &'a str,
    onward: String,
}

/// The page with a password that nobody is shown again; the frame forbids to keep it.
pub(super) fn once(desk: &Desk<'_>, user: &UserId, password: &str) -> HttpResponse {
    let (texts, user) = (AdminTexts::of(desk.language()), user.as_str());
    let body = Once { texts, root: desk.root(), user, password, onward: texts.to_user.replace("{user}", user) };
    let title = texts.password_for.replace("{user}", user);
    Shown { title: &title, ..Shown::new(desk, Tab::Users) }.answer(desk, &body)
}

/// `GET /admin/users?q=&after=`.
pub(super) async fn get(request: HttpRequest, identity: web::Data<Identity>) -> HttpResponse {
    let desk = match super::open(&request, &identity, Depth::Two).await {
        Ok(desk) => desk,
        Err(response) => return response,
    };
    show(&desk, &Shown::new(&desk, Tab::Users), Given::default()).await
}

async fn show(desk: &Desk<'_>, shown: &Shown<'_>, given: Given<'_>) -> HttpResponse {
    match body(desk, given).await {
        Ok(body) => shown.answer(desk, &body),
        Err(error) => desk.refusal(&error),
    }
}

async fn body<'a>(desk: &'a Desk<'_>, given: Given<'a>) -> Result<Body<'a>, HostError> {
    let wanted = desk.parameter("q").unwrap_or_default().trim().chars().take(256).collect::<String>();
    let after = desk.parameter("after").and_then(|name| UserId::parse(&name).ok());
    let further = after.is_some();
    let (host, part) = (desk.host().clone(), wanted.to_lowercase());
    let (found, next) = super::off_the_loop(move || find(&host, &part, after)).await?;
    let row = |account: AccountRecord| {
        Ok::<_, HostError>(Row {
            size: size(desk.host().usage(&account.user)?.bytes, desk.language()),
            you: account.user == desk.me.user,
            user: account.user.to_string(),
            name: account.display_name,
            email: account.email.unwrap_or_default(),
            admin: account.admin,
            disabled: account.disabled,
            outside: account.subject.is_some(),
        })
    };
    Ok(Body {
        texts: AdminTexts::of(desk.language()),
        mark: desk.mark(),
        users: found.into_iter().map(row).collect::<Result<_, _>>()?,
        next: next.map(|last| query(&[("q", &wanted), ("after", last.as_str())])).unwrap_or_default(),
        first: query(&[("q", &wanted)]),
        further,
        wanted,
        given,
    })
}

/// Users in whose names or address `part` is, and the one to go on from.
fn find(host: &Host, part: &str, mut after: Option<UserId>) -> Result<(Vec<AccountRecord>, Option<UserId>), HostError> {
    let is_in = |text: &str| text.to_lowercase().contains(part);
    let mut found: Vec<AccountRecord> = Vec::new();
    loop {
        let page = host.accounts().list(after.as_ref(), STEP)?;
        let Some(last) = page.last() else { return Ok((found, None)) };
        after = Some(last.user.clone());
        for account in page {
            let is_wanted = part.is_empty()
                || is_in(account.user.as_str())
                || is_in(&account.display_name)
                || account.email.as_deref().is_some_and(is_in);
            if !is_wanted {
                continue;
            }
            if found.len() == PAGE {
                let last = found.last().map(|last| last.user.clone());
                return Ok((found, last));
            }
            found.push(AccountRecord { password: None, ..account });
        }
    }
}

/// `POST /admin/users`: a new user; the answer shows his password.
pub(super) async fn post(request: HttpRequest, body: web::Bytes, identity: web::Data<Identity>) -> HttpResponse {
    let (desk, fields) = match super::form(&request, &identity, Depth::Two, &body).await {
        Ok(sent) => sent,
        Err(response) => return response,
    };
    let (texts, given) = (AdminTexts::of(desk.language()), Given::of(&fields));
    let refused = |status, text| Shown::new(&desk, Tab::Users).refusing(status, text);
    match add(&desk, given).await {
        Ok((user, password)) => once(&desk, &user, &password),
        Err(AccountError::Exists(_)) => show(&desk, &refused(StatusCode::CONFLICT, texts.name_taken), given).await,
        Err(AccountError::BadText { .. }) => {
            show(&desk, &refused(StatusCode::UNPROCESSABLE_ENTITY, texts.text_bad), given).await
        }
        Err(AccountError::Reserved | AccountError::NoSuchUser(_)) => {
            show(&desk, &refused(StatusCode::UNPROCESSABLE_ENTITY, texts.name_bad), given).await
        }
        Err(error) => desk.refusal(&error.into()),
    }
}

async fn add(desk: &Desk<'_>, given: Given<'_>) -> Result<(UserId, String), AccountError> {
    // A name that cannot be is answered as one that is reserved.
    let user = UserId::parse(given.user).map_err(|_| AccountError::Reserved)?;
    let password = passwords::generate().map_err(crate::host::trouble::Trouble::from)?;
    let new = NewAccount {
        user,
        display_name: given.name,
        email: Some(given.email),
        password: Some(&password),
        admin: given.admin,
        kind: AccountKind::default(),
    };
    let account = desk.host().accounts().add(new).await?;
    let role = if account.admin { "administrator" } else { "" };
    desk.host().audit().note(desk.noted(AuditEvent::UserAdded).about(&account.user).detail(role)).await;
    Ok((account.user, password))
}
