//! Tokens for pointing a WOPI client at a file.

use std::time::Duration;

use actix_web::{http::StatusCode, web};

use super::{
    Admin, Perform, Refusal,
    calls::{IssueToken, TokenInfo},
    route,
};
use crate::{
    host::{
        audit::Note,
        tokens::{NewToken, Resource},
    },
    store::records::{AuditEvent, NodeKind},
};

pub(super) fn routes(config: &mut web::ServiceConfig) {
    route::<IssueToken>(config);
}

impl Perform for IssueToken {
    async fn perform(self, admin: &Admin) -> Result<TokenInfo, Refusal> {
        let account = admin.account(&self.user)?;
        let found = admin.find(&self.place)?;
        if account.disabled {
            return Err(Refusal::conflict(format!(
                "`{0}` is shut out, so a token would open nothing; `lockhouse user disable {0} --enable` lets him in",
                account.user
            )));
        }
        if admin.host.rights().role_on(&account.user, &found.id)?.is_none() {
            return Err(Refusal::new(
                StatusCode::FORBIDDEN,
                format!(
                    "`{user}` has no right on `{path}`; give him one with `lockhouse grant {user} editor {path}`",
                    user = account.user,
                    path = found.path
                ),
            ));
        }
        if admin.urls.origin().is_empty() {
            return Err(Refusal::conflict(
                "no server runs, and the settings do not tell its address: start it, or set `public_url`, or name its \
                 address and port with --listen",
            ));
        }
        let (resource, wopisrc) = match found.kind {
            NodeKind::File => (Resource::File(found.id.clone()), admin.urls.wopi_src(&found.id)),
            NodeKind::Container => (Resource::Container(found.id.clone()), admin.urls.wopi_container(&found.id)),
        };
        let new = NewToken::for_user(&account, resource, self.ceiling, self.client);
        let lifetime = self.lifetime.map_or(admin.host.options().token_lifetime, Duration::from_secs);
        let issued = admin.host.tokens().issue(&new, lifetime)?;
        let note = Note::by_command(AuditEvent::TokenIssued).about(&account.user).on(&found.path, &found.id);
        admin.host.audit().note(note.detail(self.ceiling.as_str())).await;
        Ok(TokenInfo { wopisrc, access_token: issued.text, access_token_ttl: issued.expires.unix_ms() })
    }
}
