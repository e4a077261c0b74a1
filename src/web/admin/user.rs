//! `/admin/users/{user}`: one user. What can be done is a form each, told apart by the field `do`.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};
use askama::Template;

use super::{Shown, Tab, users::once};
use crate::{
    host::{HostError, accounts::AccountError, passwords},
    ids::UserId,
    oauth::Identity,
    store::records::{AccountKind, AccountRecord, AuditEvent},
    web::{
        account::{
            apps,
            shown::{self, When},
        },
        desk::{Desk, Tone},
        language::{AccountTexts, AdminTexts},
        sizes::size,
        visit::Depth,
    },
};

/// Something that can be done with a user.
struct Action {
    what: &'static str,
    label: &'static str,
    note: &'static str,
    danger: bool,
}

/// A browser of his.
struct Session {
    browser: String,
    seen: When,
}

#[derive(Template)]
#[template(
    ext = "html",
    source = r#"<div class="cards">
<section class="card" aria-label="{{ name }}">
<dl class="facts">
<div><dt>{{ texts.user_name }}</dt><dd>{{ user }}</dd></div>
{% if !email.is_empty() %}<div><dt>{{ texts.email }}</dt><dd>{{ email }}</dd></div>
{% endif %}<div><dt>{{ texts.state }}</dt><dd>{% if account.disabled %}<span class="tag bad">{{ texts.disabled }}</span>{% else %}<span class="tag good">{{ texts.ordinary }}</span>{% endif %}{% if account.admin %} <span class="tag">{{ texts.administrator }}</span>{% endif %} <span class="tag">{{ kind }}</span></dd></div>
{% if let Some(subject) = account.subject %}<div><dt>{{ texts.outside }}</dt><dd>{{ subject }}</dd></div>
{% endif %}<div><dt>{{ texts.storage }}</dt><dd>{{ size }} <span class="quiet">({{ files }})</span></dd></div>
<div><dt>{{ texts.made }}</dt><dd><time datetime="{{ made.machine }}">{{ made.person }}</time></dd></div>
<div><dt>{{ texts.signed_in_at }}</dt><dd>{% if sessions.is_empty() %}{{ texts.none }}{% else %}<ul class="plain">{% for session in sessions %}<li>{{ session.browser }} <span class="quiet">{{ own.last_seen }} <time datetime="{{ session.seen.machine }}">{{ session.seen.person }}</time></span></li>{% endfor %}</ul>{% endif %}</dd></div>
<div><dt>{{ texts.apps }}</dt><dd>{% if apps.is_empty() %}{{ texts.none }}{% else %}<ul class="plain">{% for app in apps %}<li>{{ app.name }}</li>{% endfor %}</ul>{% endif %}</dd></div>
</dl>
<p><a href="{{ root }}admin/audit?user={{ user }}">{{ texts.what_he_did }}</a></p>
</section>
<section class="card" aria-labelledby="actions">
<h2 id="actions">{{ texts.actions }}</h2>
{% if you %}<p>{{ texts.yourself }}</p>
<p><a class="button" href="{{ root }}account">{{ to_account }}</a></p>
{% else %}<ul class="rows actions">
{% for action in actions %}<li><div><span class="quiet">{{ action.note }}</span></div><form method="post" action="{{ user }}"><input type="hidden" name="form" value="{{ mark }}"><button type="submit" name="do" value="{{ action.what }}"{% if action.danger %} class="danger"{% endif %} data-confirm="{{ sure }}">{{ action.label }}</button></form></li>
{% endfor %}</ul>
{% endif %}</section>
</div>
"#
)]
struct Body<'a> {
    texts: &'a AdminTexts,
    own: &'a AccountTexts,
    root: &'a str,
    mark: &'a str,
    account: &'a AccountRecord,
    user: &'a str,
    name: &'a str,
    email: &'a str,
    kind: &'a str,
    size: String,
    files: String,
    made: When,
    sessions: Vec<Session>,
    apps: Vec<apps::App>,
    you: bool,
    to_account: &'a str,
    actions: Vec<Action>,
    sure: String,
}

fn actions(texts: &AdminTexts, account: &AccountRecord) -> Vec<Action> {
    let action = |what, label, note, danger| Action { what, label, note, danger };
    let mut actions = vec![
        action("password", texts.reset_password, texts.reset_note, false),
        action("sign-out", texts.sign_out, texts.sign_out_note, false),
    ];
    actions.push(if account.admin {
        action("no-admin", texts.unmake_admin, texts.unmake_admin_note, true)
    } else {
        action("admin", texts.make_admin, texts.make_admin_note, false)
    });
    actions.push(if account.disabled {
        action("enable", texts.enable, texts.ordinary, false)
    } else {
        action("disable", texts.disable, texts.disable_note, true)
    });
    actions
}

fn find(desk: &Desk<'_>, name: &str) -> Result<AccountRecord, HostError> {
    let account = desk.host().accounts().find(name)?.ok_or(HostError::NotFound)?;
    Ok(AccountRecord { password: None, ..account })
}

fn show(desk: &Desk<'_>, account: &AccountRecord, shown: &Shown<'_>) -> Result<HttpResponse, HostError> {
    let (texts, own, host) = (AdminTexts::of(desk.language()), AccountTexts::of(desk.language()), desk.host());
    let usage = host.usage(&account.user)?;
    let sessions = host.sessions().of_user(&account.user)?.into_iter().map(|(_, session)| Session {
        browser: shown::browser(&session.agent, own),
        seen: host.sessions().last_used(&session).into(),
    });
    let body = Body {
        texts,
        own,
        root: desk.root(),
        mark: desk.mark(),
        user: account.user.as_str(),
        name: &account.display_name,
        email: account.email.as_deref().unwrap_or_default(),
        kind: match account.kind {
            AccountKind::Consumer => "consumer",
            AccountKind::Business => "business",
            AccountKind::Education => "education",
        },
        size: size(usage.bytes, desk.language()),
        files: shown::files(usage.files, own),
        made: account.created.into(),
        sessions: sessions.collect(),
        apps: apps::of(desk, account)?,
        you: account.user == desk.me.user,
        to_account: desk.texts().account,
        actions: actions(texts, account),
        sure: texts.sure.replace("{user}", account.user.as_str()),
        account,
    };
    Ok(shown.answer(desk, &body))
}

fn titled(account: &AccountRecord) -> Shown<'_> {
    Shown { title: &account.display_name, message: None, status: StatusCode::OK, tab: Tab::Users }
}

/// `GET /admin/users/{user}`.
pub(super) async fn get(request: HttpRequest, name: web::Path<String>, identity: web::Data<Identity>) -> HttpResponse {
    let desk = match super::open(&request, &identity, Depth::Three).await {
        Ok(desk) => desk,
        Err(response) => return response,
    };
    let texts = AdminTexts::of(desk.language());
    let shown = find(&desk, &name).and_then(|account| {
        let page = titled(&account);
        let page = if desk.parameter("said").is_some() { page.saying(Tone::Good, texts.done) } else { page };
        show(&desk, &account, &page)
    });
    shown.unwrap_or_else(|error| desk.refusal(&error))
}

/// `POST /admin/users/{user}`.
pub(super) async fn post(
    request: HttpRequest,
    name: web::Path<String>,
    body: web::Bytes,
    identity: web::Data<Identity>,
) -> HttpResponse {
    let (desk, fields) = match super::form(&request, &identity, Depth::Three, &body).await {
        Ok(sent) => sent,
        Err(response) => return response,
    };
    let done = async {
        let account = find(&desk, &name)?;
        // What one does to oneself belongs to one's own account page: here one would lock oneself out.
        if account.user == desk.me.user {
            return Err(HostError::NoRight);
        }
        match act(&desk, &account.user, fields.get("do").map_or("", String::as_str)).await {
            Ok(Some(password)) => Ok(once(&desk, &account.user, &password)),
            Ok(None) => Ok(desk.go(&format!("admin/users/{}?said=done", account.user))),
            Err(Refused::Account(AccountError::LastAdmin(_))) => {
                let texts = AdminTexts::of(desk.language());
                let page = titled(&account).refusing(StatusCode::CONFLICT, texts.last_admin);
                show(&desk, &account, &page)
            }
            Err(Refused::Account(error)) => Err(error.into()),
            Err(Refused::Unknown) => Err(HostError::NotFound),
        }
    };
    done.await.unwrap_or_else(|error| desk.refusal(&error))
}

/// Why something was not done.
enum Refused {
    Account(AccountError),
    /// There is nothing of that name to be done.
    Unknown,
}

impl From<AccountError> for Refused {
    fn from(error: AccountError) -> Self {
        Self::Account(error)
    }
}

/// Does it; a new password is for showing it once.
async fn act(desk: &Desk<'_>, user: &UserId, what: &str) -> Result<Option<String>, Refused> {
    let accounts = desk.host().accounts();
    let (event, password) = match what {
        "password" => {
            let password = passwords::generate().map_err(|error| AccountError::Trouble(error.into()))?;
            accounts.set_password(user, &password).await?;
            (AuditEvent::PasswordChanged, Some(password))
        }
        "sign-out" => {
            accounts.sign_out_everywhere(user).await?;
            (AuditEvent::SignedOutEverywhere, None)
        }
        "disable" => {
            accounts.disable(user, true).await?;
            (AuditEvent::UserDisabled, None)
        }
        "enable" => {
            accounts.disable(user, false).await?;
            (AuditEvent::UserEnabled, None)
        }
        "admin" => {
            accounts.set_admin(user, true).await?;
            (AuditEvent::AdminGiven, None)
        }
        "no-admin" => {
            accounts.set_admin(user, false).await?;
            (AuditEvent::AdminTaken, None)
        }
        _ => return Err(Refused::Unknown),
    };
    desk.host().audit().note(desk.noted(event).about(user)).await;
    Ok(password)
}
