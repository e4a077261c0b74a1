//! Share links: whoever holds one has a role on one file or container, without an account.

use std::{fmt, fmt::Write as _, sync::Arc};

use aws_lc_rs::hmac;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

use crate::{
    clock::{Clock, Timestamp},
    host::{
        random,
        rights::node_key,
        trouble::{ATTEMPTS, MARK, Trouble, all_under, commit, load},
    },
    ids::{NodeId, UserId},
    permission::Role,
    store::{
        engine::{Batch, Engine, Expect, scan_prefix},
        records::{AccountRecord, NodeKind, ShareLinkRecord, decode, encode, keys},
    },
};

/// What the user id of a link's holder begins with; 32 hexadecimal digits follow.
const GUEST: &str = "guest";

/// The store's record with the key of the codes.
const CODE_KEY: &str = "link-key";

/// Why a link was not made.
#[derive(Clone, Debug, thiserror::Error)]
pub enum LinkError {
    /// There is no such file or container.
    #[error("there is no such file or folder")]
    NoSuchNode,
    /// There is no such user to make it.
    #[error("there is no user `{0}`")]
    NoSuchUser(UserId),
    /// A link makes nobody an owner.
    #[error("a link gives the right to view or to edit, not ownership")]
    NotAnOwner,
    /// The end of its life is over.
    #[error("the link would end before it begins")]
    AlreadyOver,
    /// The store could not do it.
    #[error(transparent)]
    Trouble(#[from] Trouble),
}

/// The share links of the house. Whoever knows a link's *code* holds the link. The code is the link's id and a keyed hash of
/// it; tokens and records name the id alone, from which nobody can make the code. The house itself names the code to whoever
/// shows a token that was issued for the link: he came by it.
#[derive(Clone)]
pub struct Links {
    engine: Arc<dyn Engine>,
    clock: Arc<dyn Clock>,
}

impl fmt::Debug for Links {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Links").finish_non_exhaustive()
    }
}

impl Links {
    /// Works on the records of `engine`.
    pub fn new(engine: Arc<dyn Engine>, clock: Arc<dyn Clock>) -> Self {
        Self { engine, clock }
    }

    /// The link of `by` that gives `role` on `node`: an earlier one when it lives about as long as asked, else a new one.
    /// So `GetShareUrl` (files.md section 4.8) answers the same URL each time, and rows do not pile up. Links on the node
    /// that are over are cleared away on this occasion. Whether `by` may share is the caller's decision.
    ///
    /// # Errors
    /// [`LinkError`].
    pub async fn create_or_reuse(
        &self,
        node: &NodeId,
        role: Role,
        by: &UserId,
        expires: Option<Timestamp>,
    ) -> Result<NodeId, LinkError> {
        self.make(node, role, by, expires, serves).await
    }

    /// The same for somebody who names the end of the link: an earlier one is given only when it ends at exactly that moment.
    ///
    /// # Errors
    /// [`LinkError`].
    pub async fn create_until(
        &self,
        node: &NodeId,
        role: Role,
        by: &UserId,
        expires: Option<Timestamp>,
    ) -> Result<NodeId, LinkError> {
        let same = |old: &ShareLinkRecord, wanted: &ShareLinkRecord, now| {
            old.expires == wanted.expires && serves(old, wanted, now)
        };
        self.make(node, role, by, expires, same).await
    }

    async fn make(
        &self,
        node: &NodeId,
        role: Role,
        by: &UserId,
        expires: Option<Timestamp>,
        serves: impl Fn(&ShareLinkRecord, &ShareLinkRecord, Timestamp) -> bool,
    ) -> Result<NodeId, LinkError> {
        if role == Role::Owner {
            return Err(LinkError::NotAnOwner);
        }
        let now = self.clock.wall();
        if expires.is_some_and(|end| end <= now) {
            return Err(LinkError::AlreadyOver);
        }
        for _ in 0..ATTEMPTS {
            let account = load::<AccountRecord>(&*self.engine, &keys::account(by))?;
            let Some((account, revision)) = account.filter(|(account, _)| !account.removed) else {
                return Err(LinkError::NoSuchUser(by.clone()));
            };
            let kind = self.kind_of(node)?.ok_or(LinkError::NoSuchNode)?;
            let wanted = ShareLinkRecord { node: node.clone(), role, by: account.user, at: now, expires };
            let link = random::node_id().map_err(Trouble::from)?;
            let mut batch = Batch::new()
                .require(keys::account(by), Expect::Revision(revision))
                .require(node_key(node, kind), Expect::Present)
                .require(keys::share_link(&link), Expect::Absent);
            for (old, record) in self.on(node)? {
                if is_over(&record, now) {
                    batch = batch.clear(keys::share_link(&old)).clear(keys::shared(node, &old));
                } else if serves(&record, &wanted, now) {
                    return Ok(old);
                }
            }
            batch = batch.set(keys::share_link(&link), encode(&wanted)).set(keys::shared(node, &link), MARK);
            if commit(&*self.engine, batch).await? {
                return Ok(link);
            }
        }
        Err(Trouble::Contended.into())
    }

    /// Makes the key of the codes, if there is none yet. To be called once, before the first code.
    ///
    /// # Errors
    /// [`Trouble`].
    pub async fn prepare(&self) -> Result<(), Trouble> {
        let key = keys::system(CODE_KEY);
        if self.engine.get(&key)?.is_some() {
            return Ok(());
        }
        let secret = URL_SAFE_NO_PAD.encode(random::bytes::<32>()?);
        // Should another have made it meanwhile, his counts.
        let batch = Batch::new().require(key.clone(), Expect::Absent).set(key, encode(&secret));
        commit(&*self.engine, batch).await.map(drop)
    }

    fn code_key(&self) -> Result<hmac::Key, Trouble> {
        let (secret, _) = load::<String>(&*self.engine, &keys::system(CODE_KEY))?.ok_or(Trouble::Contended)?;
        Ok(hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes()))
    }

    /// What stands in the URL of a link: a secret.
    ///
    /// # Errors
    /// [`Trouble`] when the store cannot be read.
    pub fn code_of(&self, link: &NodeId) -> Result<String, Trouble> {
        let mark = hmac::sign(&self.code_key()?, link.as_str().as_bytes());
        Ok(format!("{link}.{}", URL_SAFE_NO_PAD.encode(mark)))
    }

    /// The link that a code stands for; `None` when it is none of ours. Whether there is such a link still is another question.
    ///
    /// # Errors
    /// [`Trouble`] when the store cannot be read.
    pub fn by_code(&self, code: &str) -> Result<Option<NodeId>, Trouble> {
        let Some((id, mark)) = code.split_once('.') else { return Ok(None) };
        let (Ok(link), Ok(mark)) = (NodeId::parse(id), URL_SAFE_NO_PAD.decode(mark)) else { return Ok(None) };
        let good = hmac::verify(&self.code_key()?, link.as_str().as_bytes(), &mark).is_ok();
        Ok(good.then_some(link))
    }

    /// A link that is not over.
    ///
    /// # Errors
    /// [`Trouble`] when the store cannot be read.
    pub fn get(&self, link: &NodeId) -> Result<Option<ShareLinkRecord>, Trouble> {
        let now = self.clock.wall();
        let found = load::<ShareLinkRecord>(&*self.engine, &keys::share_link(link))?;
        Ok(found.map(|(record, _)| record).filter(|record| !is_over(record, now)))
    }

    /// All links on exactly this node, those that are over among them.
    ///
    /// # Errors
    /// [`Trouble`] when the store cannot be read.
    pub fn on(&self, node: &NodeId) -> Result<Vec<(NodeId, ShareLinkRecord)>, Trouble> {
        let mut links = Vec::new();
        for (key, _) in all_under(&*self.engine, &keys::shared_on(node))? {
            let Some(link) = keys::last_part(&key).and_then(|id| NodeId::parse(id).ok()) else { continue };
            if let Some((record, _)) = load(&*self.engine, &keys::share_link(&link))? {
                links.push((link, record));
            }
        }
        Ok(links)
    }

    /// At most `limit` links whose id begins with `start`, by id, those that are over among them.
    ///
    /// # Errors
    /// [`Trouble`] when the store cannot be read.
    pub fn beginning_with(&self, start: &NodeId, limit: usize) -> Result<Vec<(NodeId, ShareLinkRecord)>, Trouble> {
        let mut links = Vec::new();
        for (key, stored) in scan_prefix(&*self.engine, &keys::share_link(start), None, limit)? {
            if let Some(link) = keys::last_part(&key).and_then(|id| NodeId::parse(id).ok()) {
                links.push((link, decode(&key, &stored.value)?));
            }
        }
        Ok(links)
    }

    /// Ends a link at once; `false` when there was none.
    ///
    /// # Errors
    /// [`Trouble`] when the store cannot be read or written.
    pub async fn revoke(&self, link: &NodeId) -> Result<bool, Trouble> {
        let Some((record, _)) = load::<ShareLinkRecord>(&*self.engine, &keys::share_link(link))? else {
            return Ok(false);
        };
        let batch = Batch::new().clear(keys::share_link(link)).clear(keys::shared(&record.node, link));
        if commit(&*self.engine, batch).await? { Ok(true) } else { Err(Trouble::Contended) }
    }

    fn kind_of(&self, node: &NodeId) -> Result<Option<NodeKind>, Trouble> {
        for kind in [NodeKind::File, NodeKind::Container] {
            if self.engine.get(&node_key(node, kind))?.is_some() {
                return Ok(Some(kind));
            }
        }
        Ok(None)
    }
}

/// The user id that is reported for the holders of a link: letters and digits (files.md section 3.1), always the same for
/// one link, and nothing from which the link could be guessed.
pub fn guest_id(link: &NodeId) -> UserId {
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, link.as_str().as_bytes());
    let mut text = GUEST.to_owned();
    for byte in &digest.as_ref()[..16] {
        // Writing into a `String` cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    #[expect(clippy::expect_used, reason = "37 letters and digits are a user id")]
    UserId::parse(&text).expect("37 letters and digits are a user id")
}

/// True for ids that [`guest_id`] can give: no account may have one.
pub fn is_guest_id(user: &UserId) -> bool {
    let folded = user.folded();
    folded.strip_prefix(GUEST).is_some_and(|rest| rest.len() == 32 && rest.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

fn is_over(record: &ShareLinkRecord, now: Timestamp) -> bool {
    record.expires.is_some_and(|end| end <= now)
}

/// True when `old` can be handed out for `wanted`: it ends no later, and at least half of the time asked for is left.
fn serves(old: &ShareLinkRecord, wanted: &ShareLinkRecord, now: Timestamp) -> bool {
    let long_enough = match (old.expires, wanted.expires) {
        (None, None) => true,
        (Some(old), Some(wanted)) => old <= wanted && old.since(now) >= wanted.since(now) / 2,
        _ => false,
    };
    long_enough && old.role == wanted.role && old.by == wanted.by
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::host::testing::{House, user};

    #[tokio::test]
    async fn nobody_makes_a_code_from_the_id_that_tokens_carry() {
        let house = House::new();
        let anna = house.add("anna").await;
        let (file, links) = (house.file(&anna.drive, "anna"), house.links());
        links.prepare().await.unwrap();
        let link = links.create_or_reuse(&file, Role::Editor, &user("anna"), None).await.unwrap();
        let code = links.code_of(&link).unwrap();
        assert_eq!(links.by_code(&code).unwrap(), Some(link.clone()));
        links.prepare().await.unwrap();
        assert_eq!(links.code_of(&link).unwrap(), code, "the key stays");
        let other = links.code_of(&NodeId::from_random_bits([1; 16])).unwrap();
        let (_, foreign) = other.split_once('.').unwrap();
        for wrong in
            [link.to_string(), format!("{link}."), format!("{link}.{foreign}"), format!("{code}A"), String::new()]
        {
            assert_eq!(links.by_code(&wrong).unwrap(), None, "{wrong}");
        }
    }

    #[tokio::test]
    async fn the_same_wish_gets_the_same_link_and_another_wish_another() {
        let house = House::new();
        let anna = house.add("anna").await;
        house.add("ben").await;
        let (file, links, ann) = (house.file(&anna.drive, "anna"), house.links(), user("anna"));
        let view = links.create_or_reuse(&file, Role::Viewer, &ann, None).await.unwrap();
        assert_eq!(links.create_or_reuse(&file, Role::Viewer, &ann, None).await.unwrap(), view);
        let edit = links.create_or_reuse(&file, Role::Editor, &ann, None).await.unwrap();
        assert_ne!(view, edit);
        assert_ne!(links.create_or_reuse(&file, Role::Viewer, &user("ben"), None).await.unwrap(), view);
        assert_eq!(links.get(&edit).unwrap().unwrap().role, Role::Editor);
        let start = NodeId::parse(&edit.as_str()[..8]).unwrap();
        assert_eq!(links.beginning_with(&start, 2).unwrap()[0].0, edit);
        assert!(links.revoke(&edit).await.unwrap());
        assert!(links.beginning_with(&start, 2).unwrap().is_empty());
        assert!(!links.revoke(&edit).await.unwrap());
        assert_eq!(links.get(&edit).unwrap(), None);
        assert_eq!(links.on(&file).unwrap().len(), 2);
    }

    #[tokio::test]
    async fn a_link_with_an_end_is_reused_for_half_its_life_and_over_at_its_end() {
        let house = House::new();
        let anna = house.add("anna").await;
        let (file, links, ann) = (house.file(&anna.drive, "anna"), house.links(), user("anna"));
        let day = Duration::from_secs(24 * 3600);
        let end = |house: &House| Some(house.clock.wall().plus(day));
        let first = links.create_or_reuse(&file, Role::Viewer, &ann, end(&house)).await.unwrap();
        house.clock.advance(day / 2);
        assert_eq!(links.create_or_reuse(&file, Role::Viewer, &ann, end(&house)).await.unwrap(), first);
        house.clock.advance(Duration::from_secs(1));
        let second = links.create_or_reuse(&file, Role::Viewer, &ann, end(&house)).await.unwrap();
        assert_ne!(second, first);
        house.clock.advance(day / 2 - Duration::from_secs(2));
        assert!(links.get(&first).unwrap().is_some());
        house.clock.advance(Duration::from_secs(1));
        assert_eq!(links.get(&first).unwrap(), None);
        links.create_or_reuse(&file, Role::Editor, &ann, None).await.unwrap();
        assert!(links.on(&file).unwrap().iter().all(|(link, _)| *link != first), "what is over was cleared away");
    }

    #[tokio::test]
    async fn a_link_needs_a_node_a_maker_a_future_and_gives_no_ownership() {
        let house = House::new();
        let anna = house.add("anna").await;
        let (links, ann, nowhere) = (house.links(), user("anna"), NodeId::parse("nowhere").unwrap());
        let refused = links.create_or_reuse(&nowhere, Role::Viewer, &ann, None).await;
        assert!(matches!(refused, Err(LinkError::NoSuchNode)), "{refused:?}");
        let refused = links.create_or_reuse(&anna.drive, Role::Owner, &ann, None).await;
        assert!(matches!(refused, Err(LinkError::NotAnOwner)), "{refused:?}");
        let refused = links.create_or_reuse(&anna.drive, Role::Viewer, &user("nobody"), None).await;
        assert!(matches!(refused, Err(LinkError::NoSuchUser(_))), "{refused:?}");
        let refused = links.create_or_reuse(&anna.drive, Role::Viewer, &ann, Some(house.clock.wall())).await;
        assert!(matches!(refused, Err(LinkError::AlreadyOver)), "{refused:?}");
    }

    #[test]
    fn a_guest_has_a_steady_alphanumeric_id_that_hides_the_link() {
        let link = NodeId::from_random_bits([9; 16]);
        let guest = guest_id(&link);
        assert_eq!(guest, guest_id(&link));
        assert_ne!(guest, guest_id(&NodeId::from_random_bits([8; 16])));
        assert!(is_guest_id(&guest) && !is_guest_id(&user("guest")) && !is_guest_id(&user("guest7")));
        assert!(!guest.as_str().contains(link.as_str()));
    }
}
