//! The keys that sign tokens.

use actix_web::web;

use super::{
    Admin, Perform, Refusal,
    calls::{KeyInfo, ListKeys, RetireKey, RotateKeys},
    route,
};
use crate::{
    clock::Timestamp,
    host::{audit::Note, keys::SigningKey},
    store::records::AuditEvent,
};

pub(super) fn routes(config: &mut web::ServiceConfig) {
    route::<ListKeys>(config);
    route::<RotateKeys>(config);
    route::<RetireKey>(config);
}

fn told(key: &SigningKey, signing: &SigningKey) -> KeyInfo {
    KeyInfo {
        kid: key.kid().to_owned(),
        made: key.created().to_iso(),
        signs: key.kid() == signing.kid(),
        retired: key.retired().map(Timestamp::to_iso),
    }
}

impl Perform for ListKeys {
    async fn perform(self, admin: &Admin) -> Result<Vec<KeyInfo>, Refusal> {
        let signing = admin.host.keys().current();
        Ok(admin.host.keys().list().iter().map(|key| told(key, &signing)).collect())
    }
}

impl Perform for RotateKeys {
    async fn perform(self, admin: &Admin) -> Result<KeyInfo, Refusal> {
        let key = admin.host.keys().rotate().await?;
        admin.host.audit().note(Note::by_command(AuditEvent::KeyRotated).id(key.kid())).await;
        Ok(told(&key, &key))
    }
}

impl Perform for RetireKey {
    async fn perform(self, admin: &Admin) -> Result<KeyInfo, Refusal> {
        if !admin.host.keys().retire(&self.kid).await? {
            let text = format!("there is no key `{}`; `lockhouse key list` shows which there are", self.kid);
            return Err(Refusal::not_found(text));
        }
        admin.host.audit().note(Note::by_command(AuditEvent::KeyRetired).id(&self.kid)).await;
        let signing = admin.host.keys().current();
        Ok(told(&signing, &signing))
    }
}
