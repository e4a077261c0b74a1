//! The consent page, and what is decided on it (rules B-44, B-46, B-47).

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};
use askama::Template;

use super::{
    Identity,
    authorize::{self, Asked},
    redirect::{self, ErrorCode, Hints},
};
use crate::{
    host::{oauth::NewCode, trouble::Trouble},
    server::{note_operation, note_reason},
    store::records::AuditEvent,
    web::{
        frame::{self, Page},
        language::Texts,
        sign_in::{
            fields,
            finish::{add, consented, may_consent},
            guard,
            page::{Say, face},
        },
        visit::{Depth, SignedIn, Visit},
    },
};

#[derive(Template)]
#[template(
    ext = "html",
    source = r#"<p class="quiet" id="account">{{ texts.account }}</p>
<div class="account" aria-labelledby="account" role="group"><span class="face" aria-hidden="true">{{ face }}</span><div><b>{{ display_name }}</b><span class="quiet">{{ user }}</span></div></div>
<p>{{ will }}</p>
<ul>{% for scope in scopes %}<li>{{ scope }}</li>{% endfor %}</ul>
<p class="quiet">{{ note }}</p>
<form method="post" action="consent">
<input type="hidden" name="form" value="{{ mark }}">
<input type="hidden" name="request" value="{{ request }}">
<button class="first" type="submit" name="decision" value="allow">{{ allow }}</button>
<button type="submit" name="decision" value="cancel">{{ texts.cancel }}</button>
<button class="plain" type="submit" name="decision" value="other">{{ texts.other }}</button>
</form>
"#
)]
struct Body<'a> {
    texts: &'a Texts,
    face: &'a str,
    display_name: &'a str,
    user: &'a str,
    will: &'a str,
    scopes: &'a [String],
    note: &'a str,
    mark: &'a str,
    request: &'a str,
    allow: &'a str,
}

/// Shows who asks for what, and for which account. What was allowed before is asked in other words, but never passed over:
/// a code never leaves without a press of a button.
pub(super) async fn show(visit: &Visit<'_>, asked: &Asked, signed_in: &SignedIn) -> Result<HttpResponse, Trouble> {
    let (texts, request, account) = (visit.texts, &asked.request, &signed_in.account);
    let earlier = visit.identity.host.grants().consent(&account.user, &request.client.id)?;
    let covered = earlier.is_some_and(|earlier| request.scopes.iter().all(|scope| earlier.scopes.contains(scope)));
    let fill = |text: &str| text.replace("{app}", &request.client.name).replace("{place}", visit.place());
    let mark = guard::mark(visit, Some(&signed_in.cookie)).await?;
    let scopes: Vec<String> = request.scopes.iter().map(|scope| fill(in_words(texts, scope))).collect();
    let content = Body {
        texts,
        face: &face(&account.display_name),
        display_name: &account.display_name,
        user: account.user.as_str(),
        will: &fill(texts.will),
        scopes: &scopes,
        note: &fill(if covered { texts.earlier } else { texts.no_password }),
        mark: &mark.text,
        request: &asked.query,
        allow: if covered { texts.go_on } else { texts.allow },
    };
    let content = content.render().unwrap_or_default();
    let title = fill(if covered { texts.title_again } else { texts.title_consent });
    let page = Page { title: &title, content: &content, leads_to: &[asked.redirect_source()] };
    let mut response = frame::answer(visit, StatusCode::OK, &page);
    if let Some(cookie) = &mark.cookie {
        add(&mut response, cookie);
    }
    Ok(response)
}

/// What a scope allows.
fn in_words<'a>(texts: &'a Texts, scope: &'a str) -> &'a str {
    match scope {
        "wopi" => texts.scope_wopi,
        "app" => texts.scope_app,
        // There is no other; it would be better named than kept silent about.
        other => other,
    }
}

/// `POST /oauth/consent`: fields `request`, `form` and `decision` (`allow`, `cancel` or `other`).
pub(super) async fn post(request: HttpRequest, body: web::Bytes, identity: web::Data<Identity>) -> HttpResponse {
    note_operation(&request, "consent");
    let fields = fields(&request, &body).unwrap_or_default();
    let field = |name: &str| fields.get(name).map_or("", String::as_str);
    let visit = Visit::new(&request, &identity, Depth::Two, authorize::culture(field("request")).as_deref());
    let asked = match authorize::read(&identity, field("request")) {
        Ok(Ok(asked)) => asked,
        Ok(Err(wrong)) => return authorize::wrong(&visit, wrong, StatusCode::SEE_OTHER),
        Err(trouble) => return frame::trouble(&visit, &trouble),
    };
    match decide(&visit, &asked, field("form"), field("decision")).await {
        Ok(response) => response,
        Err(trouble) => authorize::troubled(&visit, &asked, &trouble, StatusCode::SEE_OTHER),
    }
}

async fn decide(visit: &Visit<'_>, asked: &Asked, form: &str, decision: &str) -> Result<HttpResponse, Trouble> {
    let cookie = visit.session_cookie();
    // The form of the sign-in page, which can only cancel, is made for nobody in particular.
    let passes = guard::passes(visit, cookie.as_deref(), form).await?
        || (decision == "cancel" && guard::passes(visit, None, form).await?);
    if !passes {
        note_reason(visit.request, "the form was not made for this browser and session");
        return authorize::sign_in_page(visit, asked, Say::Stale).await;
    }
    match (decision, cookie) {
        ("allow", Some(_)) => allow(visit, asked).await,
        ("other", Some(cookie)) => {
            if let Some((account, _)) = visit.identity.host.sessions().find(&cookie)? {
                visit.identity.host.audit().note(visit.noted(AuditEvent::SignOut, Some(&account.user))).await;
            }
            visit.identity.host.sessions().end(&cookie).await?;
            let mut response = frame::redirect(StatusCode::SEE_OTHER, &format!("./authorize?{}", asked.query));
            add(&mut response, &visit.drop_session());
            Ok(response)
        }
        ("cancel", _) => {
            note_reason(visit.request, "the user refused");
            let to = asked.refusal(ErrorCode::AccessDenied, "the user refused");
            let mut response = frame::redirect(StatusCode::SEE_OTHER, &to);
            consented(visit, &mut response);
            Ok(response)
        }
        _ => authorize::sign_in_page(visit, asked, Say::Stale).await,
    }
}

async fn allow(visit: &Visit<'_>, asked: &Asked) -> Result<HttpResponse, Trouble> {
    let signed_in = match visit.signed_in()? {
        Some(signed_in) if may_consent(visit, &signed_in).await? => signed_in,
        // The session has ended while the page was open.
        _ => return authorize::sign_in_page(visit, asked, Say::Nothing).await,
    };
    let (account, request, grants) = (&signed_in.account, &asked.request, visit.identity.host.grants());
    let code = NewCode {
        client: request.client.id.clone(),
        redirect_uri: request.redirect_uri.clone(),
        user: account.user.clone(),
        generation: account.generation,
        scopes: request.scopes.clone(),
        challenge: request.challenge.clone(),
    };
    grants.allow(&account.user, &request.client.id, &request.scopes).await?;
    let code = grants.issue_code(code).await?;
    let note = visit.noted(AuditEvent::AppAllowed, Some(&account.user)).id(&request.client.id);
    visit.identity.host.audit().note(note.detail(&request.scopes.join(" "))).await;
    let hints = Hints::of(&visit.identity.settings.oauth, account.region.as_deref());
    let to = redirect::success(&request.answer_to, &code, request.state.as_deref(), &hints);
    let mut response = frame::redirect(StatusCode::SEE_OTHER, &to);
    consented(visit, &mut response);
    Ok(response)
}
