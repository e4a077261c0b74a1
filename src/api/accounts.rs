//! Users, and who may do what.

use actix_web::web;

use super::{
    Admin, Perform, Refusal,
    calls::{
        AddUser, DisableUser, Grant, GrantsEnded, LinkUser, ListUsers, Located, RemoveUser, Revoke, RevokeClient,
        SetPassword, SignOutUser, UserInfo, UserRemoved,
    },
    route,
};
use crate::{
    host::{
        accounts::{AccountError, NewAccount, is_region, outside::Subject},
        audit::Note,
    },
    ids::UserId,
    store::records::{AccountRecord, AuditEvent},
};

/// Users told of at once.
const PAGE: usize = 256;

pub(super) fn routes(config: &mut web::ServiceConfig) {
    route::<AddUser>(config);
    route::<ListUsers>(config);
    route::<SetPassword>(config);
    route::<DisableUser>(config);
    route::<LinkUser>(config);
    route::<RemoveUser>(config);
    route::<SignOutUser>(config);
    route::<RevokeClient>(config);
    route::<Grant>(config);
    route::<Revoke>(config);
}

fn count(number: u64, one: &str) -> String {
    if number == 1 { format!("1 {one}") } else { format!("{number} {one}s") }
}

/// Writes down what was done to a user.
async fn note(admin: &Admin, event: AuditEvent, user: &UserId) {
    admin.host.audit().note(Note::by_command(event).about(user)).await;
}

fn told(admin: &Admin, account: AccountRecord) -> Result<UserInfo, Refusal> {
    let usage = admin.host.usage(&account.user)?;
    Ok(UserInfo {
        files: usage.files,
        bytes: usage.bytes,
        user: account.user,
        display_name: account.display_name,
        email: account.email,
        admin: account.admin,
        kind: account.kind,
        disabled: account.disabled,
        subject: account.subject,
        created: account.created.to_iso(),
    })
}

impl Perform for AddUser {
    async fn perform(self, admin: &Admin) -> Result<UserInfo, Refusal> {
        let user = UserId::parse(&self.user).map_err(|error| Refusal::invalid(error.to_string()))?;
        let new = NewAccount {
            user,
            display_name: &self.display_name,
            email: self.email.as_deref(),
            password: self.password.as_deref(),
            admin: self.admin,
            kind: self.kind,
        };
        // Before anything is made: a user without his region would be sent to the wrong place.
        if self.region.as_deref().is_some_and(|region| !is_region(region)) {
            return Err(AccountError::BadRegion.into());
        }
        let made = admin.host.accounts().add(new).await?;
        let role = if made.admin { "administrator" } else { "" };
        admin.host.audit().note(Note::by_command(AuditEvent::UserAdded).about(&made.user).detail(role)).await;
        match &self.region {
            None => told(admin, made),
            region => told(admin, admin.host.accounts().set_region(&made.user, region.as_deref()).await?),
        }
    }
}

impl Perform for ListUsers {
    async fn perform(self, admin: &Admin) -> Result<Vec<UserInfo>, Refusal> {
        let accounts = admin.host.accounts().list(self.after.as_ref(), PAGE)?;
        accounts.into_iter().map(|account| told(admin, account)).collect()
    }
}

impl Perform for SetPassword {
    async fn perform(self, admin: &Admin) -> Result<UserInfo, Refusal> {
        let user = admin.account(&self.user)?.user;
        let account = admin.host.accounts().set_password(&user, &self.password).await?;
        note(admin, AuditEvent::PasswordChanged, &user).await;
        told(admin, account)
    }
}

impl Perform for DisableUser {
    async fn perform(self, admin: &Admin) -> Result<UserInfo, Refusal> {
        let user = admin.account(&self.user)?.user;
        let account = admin.host.accounts().disable(&user, self.disabled).await?;
        let event = if self.disabled { AuditEvent::UserDisabled } else { AuditEvent::UserEnabled };
        note(admin, event, &user).await;
        told(admin, account)
    }
}

impl Perform for LinkUser {
    async fn perform(self, admin: &Admin) -> Result<UserInfo, Refusal> {
        let user = admin.account(&self.user)?.user;
        let issuer = self.issuer.unwrap_or_else(|| admin.settings.oidc.issuer.clone());
        if self.subject.is_some() && issuer.is_empty() {
            return Err(Refusal::invalid("no provider is set (`oidc.issuer`); name one with --issuer"));
        }
        let subject = self.subject.map(|subject| Subject::new(&issuer, &subject)).transpose()?;
        let account = admin.host.accounts().link(&user, subject.as_ref()).await?;
        let event = if subject.is_some() { AuditEvent::UserLinked } else { AuditEvent::UserUnlinked };
        note(admin, event, &user).await;
        told(admin, account)
    }
}

impl Perform for SignOutUser {
    async fn perform(self, admin: &Admin) -> Result<UserInfo, Refusal> {
        let user = admin.account(&self.user)?.user;
        let account = admin.host.accounts().sign_out_everywhere(&user).await?;
        note(admin, AuditEvent::SignedOutEverywhere, &user).await;
        told(admin, account)
    }
}

impl Perform for RevokeClient {
    async fn perform(self, admin: &Admin) -> Result<GrantsEnded, Refusal> {
        let user = admin.account(&self.user)?.user;
        let known = admin.host.clients().get(&self.client)?.is_some();
        let had_consent = admin.host.grants().consent(&user, &self.client)?.is_some();
        let ended = admin.host.grants().revoke_client(&user, &self.client).await?;
        if !known && !had_consent && ended == 0 {
            return Err(Refusal::not_found(format!(
                "there is no client `{}`; `lockhouse client list` shows which there are",
                self.client
            )));
        }
        let note = Note::by_command(AuditEvent::AppRevoked).about(&user).id(&self.client);
        admin.host.audit().note(note).await;
        Ok(GrantsEnded { user, ended })
    }
}

impl Perform for RemoveUser {
    async fn perform(self, admin: &Admin) -> Result<UserRemoved, Refusal> {
        let account = admin.account(&self.user)?;
        let user = &account.user;
        let heir = self.heir.as_deref().map(|name| admin.account(name)).transpose()?;
        if heir.as_ref().is_some_and(|heir| heir.user == *user) {
            return Err(Refusal::invalid(format!("`{user}` cannot get what he owns already; name somebody else")));
        }
        let owned = admin.host.belongings(&account)?;
        if heir.is_none() && (owned.files > 0 || owned.folders > 0) {
            return Err(Refusal::conflict(format!(
                "`{user}` still owns things: {} in the drive, {} at its root, {} in the bin. Give them to somebody with \
                 `lockhouse user rm {user} --transfer-to OTHER`, or remove them first",
                count(owned.files, "file"),
                count(owned.folders, "folder"),
                count(owned.binned, "file")
            )));
        }
        if owned.binned > 0 && !self.empty_bin {
            return Err(Refusal::conflict(format!(
                "`{user}` has {} in the bin: bring back what is wanted with `lockhouse bin restore`, or add --empty-bin \
                 to remove it for good",
                count(owned.binned, "file")
            )));
        }
        // Shut out first: he must not bring anything new while this goes on, and the last administrator stays.
        admin.host.accounts().disable(user, true).await?;
        if !account.disabled {
            note(admin, AuditEvent::UserDisabled, user).await;
        }
        let purged = if owned.binned > 0 { admin.host.empty_bin(user).await? } else { 0 };
        if purged > 0 {
            let note = Note::by_command(AuditEvent::Purged).about(user).detail(&format!("{purged} in the bin"));
            admin.host.audit().note(note).await;
        }
        let (mut transferred, mut folder) = (0, None);
        if let Some(heir) = heir {
            let moved = admin.host.transfer_drive(&account, &heir).await.map_err(|error| {
                Refusal::conflict(format!(
                    "not everything of `{user}` could be transferred to `{}`: {error}. He is shut out, nothing is lost: \
                     run the command again",
                    heir.user
                ))
            })?;
            transferred = moved.files;
            folder = moved.folder.map(|folder| folder.to_string());
        }
        admin.host.accounts().remove_empty(user).await?;
        let moved = folder.as_ref().map(|folder| format!("{} to {folder}", count(transferred, "file")));
        let note = Note::by_command(AuditEvent::UserRemoved).about(user);
        admin.host.audit().note(note.detail(moved.as_deref().unwrap_or_default())).await;
        Ok(UserRemoved { transferred, folder, purged })
    }
}

impl Perform for Grant {
    async fn perform(self, admin: &Admin) -> Result<Located, Refusal> {
        let user = admin.account(&self.user)?.user;
        let found = admin.find(&self.place)?;
        admin.host.rights().grant(&found.owner, &user, &found.id, self.role).await?;
        let note = Note::by_command(AuditEvent::RoleGiven).about(&user).on(&found.path, &found.id);
        admin.host.audit().note(note.detail(self.role.as_str())).await;
        Ok(found)
    }
}

impl Perform for Revoke {
    async fn perform(self, admin: &Admin) -> Result<Located, Refusal> {
        let user = admin.account(&self.user)?.user;
        let found = admin.find(&self.place)?;
        if !admin.host.rights().revoke(&user, &found.id).await? {
            return Err(Refusal::not_found(format!(
                "`{user}` was given no role on `{}` itself; a role on a folder around it is taken back there",
                found.path
            )));
        }
        let note = Note::by_command(AuditEvent::RoleTaken).about(&user).on(&found.path, &found.id);
        admin.host.audit().note(note).await;
        Ok(found)
    }
}
