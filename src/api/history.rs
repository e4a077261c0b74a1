//! Versions, the bin, locks, and space that can be freed.

use actix_web::web;

use super::{
    Admin, Perform, Refusal,
    calls::{
        BinInfo, BinPage, BreakLock, Collect, Collected, Emptied, EmptyBin, ListBin, ListLocks, Located, LockInfo,
        LockPage, Restore, RestoreBin, ShowLock, VersionInfo, Versions,
    },
    files::{mark_bytes, mark_text},
    route,
};
use crate::{
    host::{BinEntry, HeldLock, HostError, Unless, VersionChoice, audit::Note},
    ids::UserId,
    store::records::{AuditEvent, NodeKind},
};

/// Users looked at in one go.
const PAGE: usize = 256;

pub(super) fn routes(config: &mut web::ServiceConfig) {
    route::<ListBin>(config);
    route::<RestoreBin>(config);
    route::<EmptyBin>(config);
    route::<Versions>(config);
    route::<Restore>(config);
    route::<ListLocks>(config);
    route::<ShowLock>(config);
    route::<BreakLock>(config);
    route::<Collect>(config);
}

/// The users whose bins are meant: one, or all.
fn owners(admin: &Admin, user: Option<&str>) -> Result<Vec<UserId>, Refusal> {
    if let Some(name) = user {
        return Ok(vec![admin.account(name)?.user]);
    }
    let mut users: Vec<UserId> = Vec::new();
    loop {
        let page = admin.host.accounts().list(users.last(), PAGE)?;
        if page.is_empty() {
            return Ok(users);
        }
        users.extend(page.into_iter().map(|account| account.user));
    }
}

/// The one file in these bins that has this id, or this name.
fn chosen(admin: &Admin, owners: &[UserId], what: &str) -> Result<BinEntry, Refusal> {
    let (mut named, mut others) = (None, 0);
    for owner in owners {
        let mut after: Option<Vec<u8>> = None;
        loop {
            let (entries, next) = admin.host.bin_page(owner, after.as_deref())?;
            for entry in entries {
                if entry.node.as_str() == what {
                    return Ok(entry);
                }
                if entry.head.name == what && named.replace(entry).is_some() {
                    others += 1;
                }
            }
            after = next;
            if after.is_none() {
                break;
            }
        }
    }
    match (named, others) {
        (Some(entry), 0) => Ok(entry),
        (Some(_), others) => Err(Refusal::conflict(format!(
            "{} files of the name `{what}` are in the bin: name one by its id, which `lockhouse bin list` shows",
            others + 1
        ))),
        (None, _) => {
            Err(Refusal::not_found(format!("there is no `{what}` in the bin; `lockhouse bin list` shows all")))
        }
    }
}

fn told_binned(BinEntry { node, head }: BinEntry) -> BinInfo {
    let (deleted, deleted_by) = match head.binned {
        Some(binned) => (binned.at.to_iso(), binned.by),
        None => (String::new(), head.owner.clone()),
    };
    BinInfo { id: node, name: head.name, owner: head.owner, size: head.content.size, deleted, deleted_by }
}

impl Perform for ListBin {
    async fn perform(self, admin: &Admin) -> Result<BinPage, Refusal> {
        let user = admin.account(&self.user)?.user;
        let after = mark_bytes(self.after.as_deref())?;
        let (entries, next) = admin.host.bin_page(&user, after.as_deref())?;
        Ok(BinPage { files: entries.into_iter().map(told_binned).collect(), next: next.as_deref().map(mark_text) })
    }
}

impl Perform for RestoreBin {
    async fn perform(self, admin: &Admin) -> Result<Located, Refusal> {
        let entry = chosen(admin, &owners(admin, self.user.as_deref())?, &self.what)?;
        admin.host.undelete(&entry.node).await.map_err(|error| Refusal::about(&entry.head.name, &error))?;
        let located = admin.located(NodeKind::File, &entry.node)?;
        admin.host.audit().note(Note::by_command(AuditEvent::Undeleted).on(&located.path, &located.id)).await;
        Ok(located)
    }
}

impl Perform for EmptyBin {
    async fn perform(self, admin: &Admin) -> Result<Emptied, Refusal> {
        let user = admin.account(&self.user)?.user;
        let Some(what) = self.what else {
            let purged = admin.host.empty_bin(&user).await?;
            let note = Note::by_command(AuditEvent::Purged).about(&user).detail(&format!("{purged} in the bin"));
            admin.host.audit().note(note).await;
            return Ok(Emptied { purged });
        };
        let entry = chosen(admin, std::slice::from_ref(&user), &what)?;
        admin.host.purge(&entry.node).await.map_err(|error| Refusal::about(&entry.head.name, &error))?;
        let note = Note::by_command(AuditEvent::Purged).about(&user).on(&entry.head.name, &entry.node);
        admin.host.audit().note(note).await;
        Ok(Emptied { purged: 1 })
    }
}

impl Perform for Versions {
    async fn perform(self, admin: &Admin) -> Result<Vec<VersionInfo>, Refusal> {
        let found = admin.find_file(&self.place)?;
        let history = admin.host.history(&found.id).map_err(|error| Refusal::about(&found.path, &error))?;
        let told = history.into_iter().map(|entry| {
            let (number, rescued) = match entry.choice {
                VersionChoice::Version(number) => (number, false),
                VersionChoice::Rescued(number) => (number, true),
            };
            VersionInfo {
                number,
                version: entry.row.version.to_string(),
                rescued,
                current: entry.current,
                size: entry.row.content.size,
                sha256: entry.row.content.sha256,
                at: entry.row.at.to_iso(),
                by: entry.row.by,
                editors: entry.row.editors,
                kind: entry.row.kind,
                reason: entry.row.reason,
            }
        });
        Ok(told.collect())
    }
}

impl Perform for Restore {
    async fn perform(self, admin: &Admin) -> Result<Located, Refusal> {
        let found = admin.find_file(&self.place)?;
        let history = admin.host.history(&found.id).map_err(|error| Refusal::about(&found.path, &error))?;
        let there = |choice| history.iter().any(|entry| entry.choice == choice);
        let (version, rescued) = (VersionChoice::Version(self.number), VersionChoice::Rescued(self.number));
        let which = if self.rescued || !there(version) { rescued } else { version };
        if !there(which) {
            return Err(Refusal::not_found(format!(
                "`{}` has no {}version {}; `lockhouse versions {}` shows all",
                found.path,
                if self.rescued { "rescued " } else { "" },
                self.number,
                found.path
            )));
        }
        match admin.host.restore_version(&found.id, which, &found.owner).await {
            Ok(Unless::Done(())) => {
                let kind = if matches!(which, VersionChoice::Rescued(_)) { "rescued version" } else { "version" };
                let note = Note::by_command(AuditEvent::VersionRestored).on(&found.path, &found.id);
                admin.host.audit().note(note.detail(&format!("{kind} {}", self.number))).await;
                Ok(found)
            }
            Ok(Unless::Locked(_)) => Err(Refusal::locked(&found.path)),
            Err(error) => Err(Refusal::about(&found.path, &error)),
        }
    }
}

fn told_lock(path: String, held: HeldLock) -> LockInfo {
    LockInfo { id: held.node, path, lock: held.id, expires: held.expires.to_iso() }
}

impl Perform for ListLocks {
    async fn perform(self, admin: &Admin) -> Result<LockPage, Refusal> {
        let after = mark_bytes(self.after.as_deref())?;
        let (files, next) = admin.host.maybe_locked(after.as_deref())?;
        let mut locks = Vec::new();
        for file in files {
            match admin.host.lock_of(&file).await {
                Ok(Some(held)) => locks.push(told_lock(admin.host.path_of(&file)?.to_string(), held)),
                // Released or deleted meanwhile.
                Ok(None) | Err(HostError::NotFound) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(LockPage { locks, next: next.as_deref().map(mark_text) })
    }
}

impl Perform for ShowLock {
    async fn perform(self, admin: &Admin) -> Result<Option<LockInfo>, Refusal> {
        let found = admin.find_file(&self.place)?;
        let held = admin.host.lock_of(&found.id).await.map_err(|error| Refusal::about(&found.path, &error))?;
        Ok(held.map(|held| told_lock(found.path, held)))
    }
}

impl Perform for BreakLock {
    async fn perform(self, admin: &Admin) -> Result<Option<LockInfo>, Refusal> {
        let found = admin.find_file(&self.place)?;
        let failed = |error: HostError| Refusal::about(&found.path, &error);
        let Some(held) = admin.host.lock_of(&found.id).await.map_err(failed)? else { return Ok(None) };
        // Whichever is there: who types the command means the file. What is told is the one that was ended.
        let Unless::Done(Some(ended)) = admin.host.break_lock(&found.id, None).await.map_err(failed)? else {
            return Ok(None);
        };
        let id = ended.as_str().to_owned();
        let note = Note::by_command(AuditEvent::LockBroken).on(&found.path, &found.id);
        admin.host.audit().note(note.detail(&id.escape_default().to_string())).await;
        Ok(Some(told_lock(found.path, HeldLock { id, ..held })))
    }
}

impl Perform for Collect {
    async fn perform(self, admin: &Admin) -> Result<Collected, Refusal> {
        let report = admin.host.collect_now().await?;
        Ok(Collected { bytes_freed: report.bytes_freed, chunks_removed: report.chunks_removed })
    }
}
