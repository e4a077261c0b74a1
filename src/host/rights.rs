//! Who holds which role on what: ownership and grants, inherited from container to content.

use std::{fmt, sync::Arc};

use crate::{
    clock::Clock,
    host::trouble::{ATTEMPTS, MARK, Trouble, all_under, commit, load},
    ids::{NodeId, UserId},
    permission::Role,
    store::{
        engine::{Batch, Engine, Expect, Key, Revision, scan_prefix},
        records::{AccountRecord, ContainerRecord, FileHead, GrantRecord, NodeKind, decode, encode, keys},
    },
};

/// Containers inside each other that are climbed at most. A deeper line can only be damage.
pub const DEEPEST: usize = 1024;

/// A file or a container as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Node {
    /// A file; it may be in the bin.
    File(Box<FileHead>),
    /// A container.
    Container(ContainerRecord),
}

impl Node {
    /// File or container.
    pub const fn kind(&self) -> NodeKind {
        match self {
            Self::File(_) => NodeKind::File,
            Self::Container(_) => NodeKind::Container,
        }
    }

    /// Whose drive it lives in.
    pub const fn owner(&self) -> &UserId {
        match self {
            Self::File(head) => &head.owner,
            Self::Container(record) => &record.owner,
        }
    }

    /// The container it is in; `None` for the root of a drive.
    pub const fn parent(&self) -> Option<&NodeId> {
        match self {
            Self::File(head) => Some(&head.parent),
            Self::Container(record) => record.parent.as_ref(),
        }
    }
}

/// Why a grant was not made.
#[derive(Clone, Debug, thiserror::Error)]
pub enum GrantError {
    /// There is no such user.
    #[error("there is no user `{0}`")]
    NoSuchUser(UserId),
    /// There is no such file or container.
    #[error("there is no such file or folder")]
    NoSuchNode,
    /// Whoever gives it may not: he has less himself, or the other one has more.
    #[error("nobody gives a role that he does not have")]
    MayNot,
    /// An owner has every right already.
    #[error("`{0}` owns it and has every right already")]
    AlreadyOwner(UserId),
    /// The store could not do it.
    #[error(transparent)]
    Trouble(#[from] Trouble),
}

/// May somebody with the role `holder` give the role `given` to others? Nobody gives more than he has.
pub const fn may_give(holder: Role, given: Role) -> bool {
    holder.can_share() && given as u8 <= holder as u8
}

/// Answers who may do what, from the records as they are now: a right withdrawn counts at once (files.md F-32).
///
/// Administrators have no rights on documents by being administrators.
#[derive(Clone)]
pub struct Rights {
    pub(super) engine: Arc<dyn Engine>,
    clock: Arc<dyn Clock>,
}

impl fmt::Debug for Rights {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rights").finish_non_exhaustive()
    }
}

impl Rights {
    /// Works on the records of `engine`.
    pub fn new(engine: Arc<dyn Engine>, clock: Arc<dyn Clock>) -> Self {
        Self { engine, clock }
    }

    /// Reads a file (in the bin or not) or a container.
    ///
    /// # Errors
    /// [`Trouble`] when the store cannot be read.
    pub fn node(&self, node: &NodeId) -> Result<Option<Node>, Trouble> {
        match self.node_of_kind(node, NodeKind::File)? {
            None => self.node_of_kind(node, NodeKind::Container),
            found => Ok(found),
        }
    }

    /// Reads a file or a container, whose kind is known.
    ///
    /// # Errors
    /// [`Trouble`] when the store cannot be read.
    pub fn node_of_kind(&self, node: &NodeId, kind: NodeKind) -> Result<Option<Node>, Trouble> {
        Ok(self.stored(node, kind)?.map(|(record, _)| record))
    }

    /// The same, with the record's revision.
    pub(super) fn stored(&self, node: &NodeId, kind: NodeKind) -> Result<Option<(Node, Revision)>, Trouble> {
        Ok(match kind {
            NodeKind::File => load(&*self.engine, &keys::file(node))?.map(|(head, at)| (Node::File(head), at)),
            NodeKind::Container => {
                load(&*self.engine, &keys::container(node))?.map(|(it, at)| (Node::Container(it), at))
            }
        })
    }

    /// The role of `user` on a file or container: the highest of owning it or a container around it, a grant on it, a
    /// grant on a container around it. `None` when he has no right or there is no such node. A file in the bin still
    /// has its roles.
    ///
    /// # Errors
    /// [`Trouble`] when the store cannot be read.
    pub fn role_on(&self, user: &UserId, node: &NodeId) -> Result<Option<Role>, Trouble> {
        match self.node(node)? {
            None => Ok(None),
            Some(record) => self.role_from(user, node, &record),
        }
    }

    /// As [`Rights::role_on`], for callers that have the record already.
    ///
    /// # Errors
    /// [`Trouble`] when the store cannot be read.
    pub fn role_from(&self, user: &UserId, node: &NodeId, record: &Node) -> Result<Option<Role>, Trouble> {
        self.climb_for_role(user, node, record.owner(), record.parent())
    }

    /// As [`Rights::role_on`], for callers that have the file's head already.
    ///
    /// # Errors
    /// [`Trouble`] when the store cannot be read.
    pub fn role_on_file(&self, user: &UserId, node: &NodeId, head: &FileHead) -> Result<Option<Role>, Trouble> {
        self.climb_for_role(user, node, &head.owner, Some(&head.parent))
    }

    /// As [`Rights::role_on`], for callers that have the container's record already.
    ///
    /// # Errors
    /// [`Trouble`] when the store cannot be read.
    pub fn role_on_container(
        &self,
        user: &UserId,
        node: &NodeId,
        record: &ContainerRecord,
    ) -> Result<Option<Role>, Trouble> {
        self.climb_for_role(user, node, &record.owner, record.parent.as_ref())
    }

    /// True when `node` is `around` or lies in it at any depth.
    ///
    /// # Errors
    /// [`Trouble`] when the store cannot be read.
    pub fn is_within(&self, node: &NodeId, record: &Node, around: &NodeId) -> Result<bool, Trouble> {
        let mut found = false;
        self.climb(node, record.owner(), record.parent(), |id, _| {
            found |= id == around;
            Ok(!found)
        })?;
        Ok(found)
    }

    /// Gives `user` a role on a file or container, in place of the one granted to him there before, whether or not `by` may
    /// do so: for whoever owns the house. Among users it is [`Rights::give`].
    ///
    /// # Errors
    /// [`GrantError`].
    pub async fn grant(
        &self,
        by: &UserId,
        user: &UserId,
        node: &NodeId,
        role: Role,
    ) -> Result<GrantRecord, GrantError> {
        for _ in 0..ATTEMPTS {
            if let Some(grant) = self.commit_grant(Batch::new(), by, user, node, role).await? {
                return Ok(grant);
            }
        }
        Err(Trouble::Contended.into())
    }

    /// One attempt to make a grant on what `batch` demands; `None` when that did not hold any more.
    pub(super) async fn commit_grant(
        &self,
        batch: Batch,
        by: &UserId,
        user: &UserId,
        node: &NodeId,
        role: Role,
    ) -> Result<Option<GrantRecord>, GrantError> {
        let account = load::<AccountRecord>(&*self.engine, &keys::account(user))?;
        let Some((account, revision)) = account.filter(|(account, _)| !account.removed) else {
            return Err(GrantError::NoSuchUser(user.clone()));
        };
        let record = self.node(node)?.ok_or(GrantError::NoSuchNode)?;
        if same(record.owner(), user) {
            return Err(GrantError::AlreadyOwner(account.user));
        }
        let grant = GrantRecord { user: account.user, role, by: by.clone(), at: self.clock.wall() };
        let batch = batch
            .require(keys::account(user), Expect::Revision(revision))
            .require(node_key(node, record.kind()), Expect::Present)
            .set(keys::grant(node, user), encode(&grant))
            .set(keys::granted(user, node), MARK);
        Ok(commit(&*self.engine, batch).await?.then_some(grant))
    }

    /// Takes a grant back; `false` when there was none. What the user holds by ownership or by a container stays.
    ///
    /// # Errors
    /// [`Trouble`] when the store cannot be read or written.
    pub async fn revoke(&self, user: &UserId, node: &NodeId) -> Result<bool, Trouble> {
        let there = self.engine.get(&keys::grant(node, user))?.is_some();
        let batch = Batch::new().clear(keys::grant(node, user)).clear(keys::granted(user, node));
        if commit(&*self.engine, batch).await? { Ok(there) } else { Err(Trouble::Contended) }
    }

    /// The grants made on exactly this node, by user.
    ///
    /// # Errors
    /// [`Trouble`] when the store cannot be read.
    pub fn grants_on(&self, node: &NodeId) -> Result<Vec<GrantRecord>, Trouble> {
        all_under(&*self.engine, &keys::grants_on(node))?
            .iter()
            .map(|(key, record)| Ok(decode(key, &record.value)?))
            .collect()
    }

    /// What others have shared with `user`: at most `limit` grants after the node `after`, by node id.
    ///
    /// # Errors
    /// [`Trouble`] when the store cannot be read.
    pub fn granted_to(
        &self,
        user: &UserId,
        after: Option<&NodeId>,
        limit: usize,
    ) -> Result<Vec<(NodeId, GrantRecord)>, Trouble> {
        let after = after.map(|node| keys::granted(user, node));
        let rows = scan_prefix(&*self.engine, &keys::granted_to(user), after.as_deref(), limit)?;
        let mut granted = Vec::with_capacity(rows.len());
        for (key, _) in rows {
            let Some(node) = keys::last_part(&key).and_then(|id| NodeId::parse(id).ok()) else { continue };
            if let Some((grant, _)) = load(&*self.engine, &keys::grant(&node, user))? {
                granted.push((node, grant));
            }
        }
        Ok(granted)
    }

    /// The keys of everything that rests on a node besides the node itself: grants, their mirror rows, share links. Who
    /// deletes the node for good clears them in the same batch.
    ///
    /// # Errors
    /// [`Trouble`] when the store cannot be read.
    pub fn traces_of(&self, node: &NodeId) -> Result<Vec<Key>, Trouble> {
        let mut traces = Vec::new();
        for (key, _) in all_under(&*self.engine, &keys::grants_on(node))? {
            if let Some(user) = keys::last_part(&key).and_then(|user| UserId::parse(user).ok()) {
                traces.push(keys::granted(&user, node));
            }
            traces.push(key);
        }
        for (key, _) in all_under(&*self.engine, &keys::shared_on(node))? {
            if let Some(link) = keys::last_part(&key).and_then(|link| NodeId::parse(link).ok()) {
                traces.push(keys::share_link(&link));
            }
            traces.push(key);
        }
        Ok(traces)
    }

    fn climb_for_role(
        &self,
        user: &UserId,
        node: &NodeId,
        owner: &UserId,
        parent: Option<&NodeId>,
    ) -> Result<Option<Role>, Trouble> {
        let mut best = None;
        self.climb(node, owner, parent, |id, owner| {
            let here = if same(owner, user) {
                Some(Role::Owner)
            } else {
                load::<GrantRecord>(&*self.engine, &keys::grant(id, user))?.map(|(grant, _)| grant.role)
            };
            best = best.max(here);
            Ok(best != Some(Role::Owner))
        })?;
        Ok(best)
    }

    /// Visits the node and then each container around it, until `visit` says that it has seen enough. A container that
    /// is gone (around a file in the bin) ends the line.
    fn climb(
        &self,
        node: &NodeId,
        owner: &UserId,
        parent: Option<&NodeId>,
        mut visit: impl FnMut(&NodeId, &UserId) -> Result<bool, Trouble>,
    ) -> Result<(), Trouble> {
        let mut parent = parent.cloned();
        let mut goes_on = visit(node, owner)?;
        for _ in 0..DEEPEST {
            let Some(id) = parent.filter(|_| goes_on) else { return Ok(()) };
            let Some((record, _)) = load::<ContainerRecord>(&*self.engine, &keys::container(&id))? else {
                return Ok(());
            };
            goes_on = visit(&id, &record.owner)?;
            parent = record.parent;
        }
        if goes_on && parent.is_some() {
            tracing::warn!(%node, "is in more than {DEEPEST} folders; run `lockhouse check`");
        }
        Ok(())
    }
}

/// The key of a file or container.
pub(super) fn node_key(node: &NodeId, kind: NodeKind) -> Key {
    match kind {
        NodeKind::File => keys::file(node),
        NodeKind::Container => keys::container(node),
    }
}

/// `Anna` and `anna` are one person.
pub(super) fn same(one: &UserId, other: &UserId) -> bool {
    one.as_str().eq_ignore_ascii_case(other.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::testing::{House, user};

    #[tokio::test]
    async fn the_owner_has_every_right_and_a_stranger_none() {
        let house = House::new();
        let (anna, _ben) = (house.add("Anna").await, house.add("ben").await);
        let folder = house.folder(&anna.drive, "anna");
        let file = house.file(&folder, "anna");
        let rights = house.rights();
        for node in [&anna.drive, &folder, &file] {
            assert_eq!(rights.role_on(&user("ANNA"), node).unwrap(), Some(Role::Owner));
            assert_eq!(rights.role_on(&user("ben"), node).unwrap(), None);
        }
        assert_eq!(rights.role_on(&user("anna"), &NodeId::parse("nowhere").unwrap()).unwrap(), None);
    }

    #[tokio::test]
    async fn a_grant_on_a_folder_holds_for_everything_in_it_and_the_highest_counts() {
        let house = House::new();
        let anna = house.add("anna").await;
        house.add("ben").await;
        let (ann, ben) = (user("anna"), user("ben"));
        let outer = house.folder(&anna.drive, "anna");
        let inner = house.folder(&outer, "anna");
        let (file, other) = (house.file(&inner, "anna"), house.file(&anna.drive, "anna"));
        let rights = house.rights();
        rights.grant(&ann, &ben, &outer, Role::Viewer).await.unwrap();
        assert_eq!(rights.role_on(&ben, &file).unwrap(), Some(Role::Viewer));
        rights.grant(&ann, &ben, &file, Role::Editor).await.unwrap();
        assert_eq!(rights.role_on(&ben, &file).unwrap(), Some(Role::Editor));
        assert_eq!(rights.role_on(&ben, &inner).unwrap(), Some(Role::Viewer));
        assert_eq!(rights.role_on(&ben, &other).unwrap(), None);
        rights.grant(&ann, &ben, &outer, Role::Owner).await.unwrap();
        assert_eq!(rights.role_on(&ben, &file).unwrap(), Some(Role::Owner));
        assert!(rights.revoke(&ben, &outer).await.unwrap());
        assert!(!rights.revoke(&ben, &outer).await.unwrap());
        assert_eq!(rights.role_on(&ben, &file).unwrap(), Some(Role::Editor));
        assert_eq!(rights.role_on(&ben, &inner).unwrap(), None);
    }

    #[tokio::test]
    async fn grants_are_seen_from_both_ends_and_leave_no_trace() {
        let house = House::new();
        let anna = house.add("anna").await;
        house.add("ben").await;
        house.add("cleo").await;
        let file = house.file(&anna.drive, "anna");
        let rights = house.rights();
        rights.grant(&user("anna"), &user("Ben"), &file, Role::Viewer).await.unwrap();
        rights.grant(&user("anna"), &user("cleo"), &file, Role::Editor).await.unwrap();
        let names: Vec<_> = rights.grants_on(&file).unwrap().into_iter().map(|grant| grant.user).collect();
        assert_eq!(names, [user("ben"), user("cleo")]);
        let seen = rights.granted_to(&user("BEN"), None, 10).unwrap();
        assert_eq!((seen.len(), &seen[0].0, seen[0].1.role), (1, &file, Role::Viewer));
        assert!(rights.granted_to(&user("ben"), Some(&file), 10).unwrap().is_empty());
        assert_eq!(rights.traces_of(&file).unwrap().len(), 4);
        rights.revoke(&user("ben"), &file).await.unwrap();
        rights.revoke(&user("cleo"), &file).await.unwrap();
        assert!(rights.traces_of(&file).unwrap().is_empty());
        assert!(rights.granted_to(&user("ben"), None, 10).unwrap().is_empty());
    }

    #[tokio::test]
    async fn a_grant_needs_a_user_a_node_and_a_reason() {
        let house = House::new();
        let anna = house.add("anna").await;
        house.add("ben").await;
        let (ann, ben, rights) = (user("anna"), user("ben"), house.rights());
        let nowhere = NodeId::parse("nowhere").unwrap();
        let refused = rights.grant(&ann, &user("nobody"), &anna.drive, Role::Viewer).await;
        assert!(matches!(refused, Err(GrantError::NoSuchUser(_))), "{refused:?}");
        let refused = rights.grant(&ann, &ben, &nowhere, Role::Viewer).await;
        assert!(matches!(refused, Err(GrantError::NoSuchNode)), "{refused:?}");
        let refused = rights.grant(&ann, &ann, &anna.drive, Role::Viewer).await;
        assert!(matches!(refused, Err(GrantError::AlreadyOwner(_))), "{refused:?}");
    }

    #[tokio::test]
    async fn a_circle_of_folders_ends_the_climb() {
        let house = House::new();
        house.add("anna").await;
        let (one, two) = (NodeId::parse("one").unwrap(), NodeId::parse("two").unwrap());
        house.folder_at(&one, Some(&two), "anna");
        house.folder_at(&two, Some(&one), "anna");
        assert_eq!(house.rights().role_on(&user("ben"), &one).unwrap(), None);
    }

    #[test]
    fn nobody_gives_more_than_he_has() {
        assert!(!may_give(Role::Viewer, Role::Viewer));
        assert!(may_give(Role::Editor, Role::Editor));
        assert!(!may_give(Role::Editor, Role::Owner));
        assert!(may_give(Role::Owner, Role::Owner));
    }
}
