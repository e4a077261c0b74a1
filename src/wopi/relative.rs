//! PutRelativeFile (files.md section 4.4).

use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::json;

use super::{
    Wopi,
    contents::DRAINED,
    dispatch::body_of,
    headers,
    pages::Pages,
    reply::{self, Problem},
    session::Session,
};
use crate::{
    host::{Host, HostError, Relative, RelativeTarget, Unless, tokens::Resource},
    ids::NodeId,
    names::FileName,
    server::BodyReader,
    store::records::FileHead,
};

pub(super) const SUGGESTED: &str = "X-WOPI-SuggestedTarget";
pub(super) const SPECIFIC: &str = "X-WOPI-RelativeTarget";

pub(super) async fn handle(
    request: &HttpRequest,
    session: &Session,
    wopi: &Wopi,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    let mut body = body_of(request, payload, wopi, wopi.limits.body.get());
    let outcome = put(request, session, wopi, &mut body).await;
    if outcome.is_err() {
        body.drain(DRAINED).await;
    }
    outcome
}

async fn put(
    request: &HttpRequest,
    session: &Session,
    wopi: &Wopi,
    body: &mut BodyReader,
) -> Result<HttpResponse, Problem> {
    // Whoever may not create files here gets 501, whatever his headers say (F-104).
    if !wopi.host.facts(&session.access)?.may_create_siblings {
        return Err(Problem::NotSupported("saving another file here for this user"));
    }
    let limit = wopi.limits.body.get();
    let source = wopi.host.head(&session.file)?;
    let target = target(request, &source)?;
    let wanted = match &target {
        RelativeTarget::Specific { name, .. } => Some(name.clone()),
        RelativeTarget::Suggested(_) => None,
    };
    let begun = wopi.host.begin_relative(&session.access, target, body.announced()).await?;
    let too_large = headers::number(request, "X-WOPI-Size").is_some_and(|size| size > limit);
    let (id, head) = match begun {
        Relative::Taken(holder, free) => return Err(Problem::Taken(holder, Some(free))),
        Relative::Over(_) | Relative::New(..) if too_large => return Err(HostError::TooLarge { limit }.into()),
        Relative::Over(mut replacement) => {
            while let Some(piece) = body.next().await? {
                replacement.write(&piece).await?;
            }
            match replacement.finish().await {
                Ok(Unless::Done(done)) => done,
                Ok(Unless::Locked(current)) => return Err(Problem::Taken(current, None)),
                // Deleted or renamed while the body arrived: the name is free now.
                Err(HostError::NotFound) => return Err(Problem::Taken(None, wanted)),
                Err(error) => return Err(error.into()),
            }
        }
        Relative::New(mut creation, target) => {
            while let Some(piece) = body.next().await? {
                creation.write(&piece).await?;
            }
            match target {
                RelativeTarget::Suggested(name) => creation.finish_suggested(&name).await?,
                RelativeTarget::Specific { name, .. } => match creation.finish(&name).await {
                    // Somebody took the name while the body arrived.
                    Err(HostError::NameTaken) => {
                        return Err(Problem::Taken(None, wopi.host.free_name(&source.parent, &name).ok()));
                    }
                    made => made?,
                },
            }
        }
    };
    answer(session, wopi, &id, &head)
}

fn target(request: &HttpRequest, source: &FileHead) -> Result<RelativeTarget, Problem> {
    match (headers::utf7_lossy(request, SUGGESTED), headers::utf7_text(request, SPECIFIC)) {
        (Some(_), Some(_)) => Err(Problem::Bad(format!("the request has both {SUGGESTED} and {SPECIFIC}"))),
        (None, None) => Err(Problem::Bad(format!("the request needs {SUGGESTED} or {SPECIFIC} and has neither"))),
        (Some(suggestion), None) => Ok(RelativeTarget::Suggested(Host::suggested_name(source, &suggestion))),
        (None, Some(text)) => {
            let illegal = |words: String| {
                let repaired = headers::utf7_lossy(request, SPECIFIC).unwrap_or_default();
                Problem::BadTarget(words, Some(Host::suggested_name(source, &repaired)))
            };
            let text = text.map_err(|error| illegal(format!("{SPECIFIC}: {error}")))?;
            let name = FileName::parse(&text).map_err(|error| illegal(format!("{SPECIFIC}: {error}")))?;
            Ok(RelativeTarget::Specific { name, overwrite: headers::flag(request, "X-WOPI-OverwriteRelativeTarget") })
        }
    }
}

fn answer(session: &Session, wopi: &Wopi, id: &NodeId, head: &FileHead) -> Result<HttpResponse, Problem> {
    // The new token ends when the presented one does (files.md section 1.7).
    let token =
        wopi.host.tokens().issue_traded(&session.access.claims, Resource::File(id.clone())).map_err(HostError::from)?;
    let pages = Pages::of(wopi, &session.access)?;
    Ok(reply::ok().json(json!({
        "Name": head.name,
        "Url": wopi.urls.wopi_src_with_token(id, &token.text),
        "HostViewUrl": pages.view(id),
        "HostEditUrl": pages.edit(id),
        "LastModifiedTime": head.modified.to_iso(),
    })))
}
