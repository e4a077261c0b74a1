//! What the account page shows.

use actix_web::{HttpResponse, http::StatusCode};
use askama::Template;

use super::{
    apps::{self, App},
    shown::{self, When},
};
use crate::{
    host::{HostError, sessions::name_of},
    web::{
        assets::{ADMIN_CSS, ADMIN_JS},
        desk::{Desk, DeskPage, Section, Tone},
        language::{self, AccountTexts},
        sign_in::page::offers_passwords,
        sizes::size,
    },
};

#[derive(Template)]
#[template(
    ext = "html",
    source = r##"<div class="cards">
<section class="card" aria-labelledby="profile">
<h2 id="profile">{{ texts.profile }}</h2>
<dl class="facts">
<div><dt>{{ texts.user }}</dt><dd>{{ user }}</dd></div>
<div><dt>{{ texts.name }}</dt><dd>{{ name }}</dd></div>
{% if !email.is_empty() %}<div><dt>{{ texts.email }}</dt><dd>{{ email }}</dd></div>
{% endif %}<div><dt>{{ texts.storage }}</dt><dd>{{ size }} <span class="quiet">({{ files }})</span></dd></div>
</dl>
<p class="quiet">{{ texts.ask_admin }}</p>
</section>
<section class="card" aria-labelledby="language">
<h2 id="language">{{ texts.language }}</h2>
<form method="post" action="account">
<input type="hidden" name="form" value="{{ mark }}"><input type="hidden" name="do" value="language">
<label for="language-choice">{{ texts.language_label }}</label>
<select id="language-choice" name="language"><option value="">{{ texts.as_browser }}</option>
{% for (tag, own, chosen) in languages %}<option value="{{ tag }}" lang="{{ tag }}"{% if *chosen %} selected{% endif %}>{{ own }}</option>
{% endfor %}</select>
<button class="first" type="submit">{{ texts.save }}</button>
</form>
</section>
{% if password %}<section class="card" aria-labelledby="password">
<h2 id="password">{{ texts.password }}</h2>
<p class="quiet">{{ texts.password_note }}</p>
<form method="post" action="account#password">
<input type="hidden" name="form" value="{{ mark }}"><input type="hidden" name="do" value="password">
<input class="seldom" type="text" name="user" value="{{ user }}" autocomplete="username" tabindex="-1" aria-hidden="true" readonly>
<label for="old">{{ texts.old_password }}</label>
<input id="old" name="old" type="password" autocomplete="current-password" maxlength="1024" required>
<label for="new">{{ texts.new_password }}</label>
<input id="new" name="new" type="password" autocomplete="new-password" minlength="8" maxlength="1024" required aria-describedby="rule">
<p class="quiet hint" id="rule">{{ texts.password_rule }}</p>
<label for="again">{{ texts.repeat_password }}</label>
<input id="again" name="again" type="password" autocomplete="new-password" maxlength="1024" required data-differ="{{ texts.passwords_differ }}">
<button class="first" type="submit">{{ texts.change_password }}</button>
</form>
</section>
{% endif %}<div class="stack">
<section class="card" aria-labelledby="sessions">
<h2 id="sessions">{{ texts.sessions }}</h2>
<ul class="rows">
{% for session in sessions %}<li><div><b>{{ session.browser }}</b>{% if session.this %} <span class="tag good">{{ texts.this_one }}</span>{% endif %}
<span class="quiet">{{ texts.last_seen }} <time datetime="{{ session.seen.machine }}">{{ session.seen.person }}</time> · {{ texts.signed_in }} <time datetime="{{ session.began.machine }}">{{ session.began.person }}</time></span></div>
{% if !session.this %}<form method="post" action="account"><input type="hidden" name="form" value="{{ mark }}"><input type="hidden" name="do" value="session"><input type="hidden" name="session" value="{{ session.name }}"><button type="submit" aria-label="{{ session.end }}">{{ texts.end }}</button></form>
{% endif %}</li>
{% endfor %}</ul>
{% if sessions.len() > 1 %}<form method="post" action="account"><input type="hidden" name="form" value="{{ mark }}"><input type="hidden" name="do" value="sessions"><button type="submit">{{ texts.end_others }}</button></form>
{% endif %}</section>
<section class="card" aria-labelledby="apps">
<h2 id="apps">{{ texts.apps }}</h2>
{% if apps.is_empty() %}<p class="quiet">{{ texts.no_apps }}</p>
{% else %}<ul class="rows">
{% for app in apps %}<li><div><b>{{ app.name }}</b>
<span class="quiet">{{ texts.since }} <time datetime="{{ app.since.machine }}">{{ app.since.person }}</time> · {{ texts.last_used }} <time datetime="{{ app.used.machine }}">{{ app.used.person }}</time></span></div>
<form method="post" action="account"><input type="hidden" name="form" value="{{ mark }}"><input type="hidden" name="do" value="app"><input type="hidden" name="client" value="{{ app.client }}"><button class="danger" type="submit" aria-label="{{ app.revoke }}" data-confirm="{{ app.sure }}">{{ texts.revoke }}</button></form></li>
{% endfor %}</ul>
{% endif %}</section>
</div>
</div>
"##
)]
struct Body<'a> {
    texts: &'a AccountTexts,
    mark: &'a str,
    user: &'a str,
    name: &'a str,
    email: &'a str,
    size: String,
    files: String,
    languages: Vec<(&'a str, &'a str, bool)>,
    password: bool,
    sessions: Vec<Session>,
    apps: Vec<App>,
}

/// A browser that is signed in.
struct Session {
    name: String,
    browser: String,
    end: String,
    seen: When,
    began: When,
    this: bool,
}

/// The languages by their own names.
fn own_name(language: &str) -> &'static str {
    match language {
        "de" => "Deutsch",
        "fr" => "Français",
        "es" => "Español",
        "ja" => "日本語",
        "zh" => "中文",
        _ => "English",
    }
}

/// Whether somebody signs in with a password of this house, and so can change it.
pub(super) fn has_password(desk: &Desk<'_>) -> Result<bool, HostError> {
    let allowed = offers_passwords(&desk.visit) || desk.me.admin;
    Ok(allowed && desk.host().accounts().get(&desk.me.user)?.is_some_and(|account| account.password.is_some()))
}

fn sessions(desk: &Desk<'_>, texts: &AccountTexts) -> Result<Vec<Session>, HostError> {
    let (all, this) = (desk.host().sessions(), name_of(&desk.cookie));
    let mut found = all.of_user(&desk.me.user)?;
    found.sort_by_key(|(name, session)| (*name != this, std::cmp::Reverse(session.expires)));
    let told = found.into_iter().map(|(name, session)| {
        let browser = shown::browser(&session.agent, texts);
        Session {
            this: name == this,
            end: texts.end_named.replace("{browser}", &browser),
            seen: all.last_used(&session).into(),
            began: session.created.into(),
            browser,
            name,
        }
    });
    Ok(told.collect())
}

/// Shows the page.
pub(super) fn show(desk: &Desk<'_>, status: StatusCode, message: Option<(Tone, &str)>) -> HttpResponse {
    match render(desk) {
        Ok(content) => {
            let texts = AccountTexts::of(desk.language());
            let page = DeskPage {
                title: texts.title,
                section: Section::Account,
                message,
                content: &content,
                styles: &[ADMIN_CSS],
                scripts: &[ADMIN_JS],
                ..DeskPage::default()
            };
            desk.answer(status, &page)
        }
        Err(error) => desk.refusal(&error),
    }
}

fn render(desk: &Desk<'_>) -> Result<String, HostError> {
    let (texts, me) = (AccountTexts::of(desk.language()), &desk.me);
    let usage = desk.host().usage(&me.user)?;
    let chosen = me.language.as_deref().and_then(language::of_culture).map(|texts| texts.language);
    let body = Body {
        texts,
        mark: desk.mark(),
        user: me.user.as_str(),
        name: &me.display_name,
        email: me.email.as_deref().unwrap_or_default(),
        size: size(usage.bytes, desk.language()),
        files: shown::files(usage.files, texts),
        languages: language::ALL
            .iter()
            .map(|texts| (texts.tag, own_name(texts.language), chosen == Some(texts.language)))
            .collect(),
        password: has_password(desk)?,
        sessions: sessions(desk, texts)?,
        apps: apps::of(desk, me)?,
    };
    Ok(body.render().unwrap_or_default())
}
