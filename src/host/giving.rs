//! Roles that users give each other and take back.
//!
//! By what right somebody does so is read from records that the commit then demands to be unchanged: his account, the grant
//! or the ownership that gives him his role, and the way from there down to the file. A right that is withdrawn, or a file
//! that is moved away from it, before the commit gives nothing any more.

use super::{
    rights::{GrantError, Node, Rights, may_give, node_key, same},
    trouble::{ATTEMPTS, Trouble, commit, load},
};
use crate::{
    host::rights::DEEPEST,
    ids::{NodeId, UserId},
    permission::Role,
    store::{
        engine::{Batch, Expect, Revision},
        records::{AccountRecord, GrantRecord, NodeKind, keys},
    },
};

impl Rights {
    /// Gives `user` a role on a file or container by the right that `by` has to it at that moment, in place of the one granted
    /// to him there before: nobody gives more than he has, nor takes from somebody who was given more.
    ///
    /// # Errors
    /// [`GrantError`].
    pub async fn give(&self, by: &UserId, user: &UserId, node: &NodeId, role: Role) -> Result<GrantRecord, GrantError> {
        for _ in 0..ATTEMPTS {
            let (batch, _) = self.entitled(by, user, node, role)?;
            if let Some(grant) = self.commit_grant(batch, by, user, node, role).await? {
                return Ok(grant);
            }
        }
        Err(Trouble::Contended.into())
    }

    /// Takes back what was granted to `user` on exactly this, by the right that `by` has to it at that moment; the role, or
    /// `None` when there was none.
    ///
    /// # Errors
    /// [`GrantError`].
    pub async fn take(&self, by: &UserId, user: &UserId, node: &NodeId) -> Result<Option<Role>, GrantError> {
        for _ in 0..ATTEMPTS {
            let (batch, until_now) = self.entitled(by, user, node, Role::Viewer)?;
            let Some(role) = until_now else { return Ok(None) };
            let batch = batch.clear(keys::grant(node, user)).clear(keys::granted(user, node));
            if commit(&*self.engine, batch).await? {
                return Ok(Some(role));
            }
        }
        Err(Trouble::Contended.into())
    }

    /// What a commit must demand for `by` to decide on a role of `user`, and the role granted to that one until now.
    fn entitled(
        &self,
        by: &UserId,
        user: &UserId,
        node: &NodeId,
        role: Role,
    ) -> Result<(Batch, Option<Role>), GrantError> {
        let (held, batch) = self.grounds(by, node)?.ok_or(GrantError::MayNot)?;
        let key = keys::grant(node, user);
        let granted = load::<GrantRecord>(&*self.engine, &key)?;
        let expected = granted.as_ref().map_or(Expect::Absent, |(_, revision)| Expect::Revision(*revision));
        let until_now = granted.map(|(grant, _)| grant.role);
        if !may_give(held, role) || until_now.is_some_and(|until_now| !may_give(held, until_now)) {
            return Err(GrantError::MayNot);
        }
        Ok((batch.require(key, expected), until_now))
    }

    /// The role of a user on a file or container, as [`Rights::role_on`] has it, and the records on which that rests. `None`
    /// when he has none, and for what is in the bin.
    fn grounds(&self, user: &UserId, node: &NodeId) -> Result<Option<(Role, Batch)>, Trouble> {
        let account = load::<AccountRecord>(&*self.engine, &keys::account(user))?;
        let Some((_, revision)) = account.filter(|(account, _)| !account.removed && !account.disabled) else {
            return Ok(None);
        };
        let mut way = Batch::new().require(keys::account(user), Expect::Revision(revision));
        let mut best: Option<(Role, Batch)> = None;
        let mut here = self.present(node)?.map(|(record, revision)| (node.clone(), record, revision));
        for _ in 0..=DEEPEST {
            let Some((id, record, revision)) = here else { break };
            way = way.require(node_key(&id, record.kind()), Expect::Revision(revision));
            if same(record.owner(), user) {
                return Ok(Some((Role::Owner, way)));
            }
            let key = keys::grant(&id, user);
            if let Some((grant, revision)) = load::<GrantRecord>(&*self.engine, &key)?
                && best.as_ref().is_none_or(|(role, _)| grant.role > *role)
            {
                best = Some((grant.role, way.clone().require(key, Expect::Revision(revision))));
            }
            here = match record.parent() {
                Some(parent) => {
                    self.stored(parent, NodeKind::Container)?.map(|(above, at)| (parent.clone(), above, at))
                }
                None => None,
            };
        }
        Ok(best)
    }

    /// A file that is not in the bin, or a container.
    fn present(&self, node: &NodeId) -> Result<Option<(Node, Revision)>, Trouble> {
        match self.stored(node, NodeKind::File)? {
            Some((Node::File(head), _)) if head.binned.is_some() => Ok(None),
            None => self.stored(node, NodeKind::Container),
            found => Ok(found),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::testing::{House, user};

    struct Scene {
        house: House,
        folder: NodeId,
        file: NodeId,
    }

    impl Scene {
        /// Anna's folder with a file in it, of which Ben is an editor.
        async fn new() -> Self {
            let house = House::new();
            let anna = house.add("anna").await;
            house.add("ben").await;
            house.add("cleo").await;
            house.add("dora").await;
            let folder = house.folder(&anna.drive, "anna");
            let file = house.file(&folder, "anna");
            house.rights().grant(&user("anna"), &user("ben"), &folder, Role::Editor).await.unwrap();
            Self { house, folder, file }
        }

        fn role(&self, name: &str) -> Option<Role> {
            self.house.rights().role_on(&user(name), &self.file).unwrap()
        }
    }

    fn refused<T: std::fmt::Debug>(outcome: &Result<T, GrantError>) {
        assert!(matches!(outcome, Err(GrantError::MayNot)), "{outcome:?}");
    }

    #[tokio::test]
    async fn nobody_gives_more_than_he_has_nor_takes_from_him_who_has_more() {
        let it = Scene::new().await;
        let (rights, anna, ben, cleo) = (it.house.rights(), user("anna"), user("ben"), user("cleo"));
        assert_eq!(rights.give(&ben, &cleo, &it.file, Role::Viewer).await.unwrap().by, ben);
        assert_eq!(it.role("cleo"), Some(Role::Viewer));
        refused(&rights.give(&cleo, &user("dora"), &it.file, Role::Viewer).await);
        refused(&rights.give(&ben, &cleo, &it.file, Role::Owner).await);
        rights.give(&anna, &cleo, &it.file, Role::Owner).await.unwrap();
        refused(&rights.give(&ben, &cleo, &it.file, Role::Viewer).await);
        refused(&rights.take(&ben, &cleo, &it.file).await);
        assert_eq!(rights.give(&cleo, &ben, &it.file, Role::Owner).await.unwrap().role, Role::Owner);
        assert_eq!(rights.take(&ben, &cleo, &it.file).await.unwrap(), Some(Role::Owner));
        assert_eq!(rights.take(&ben, &cleo, &it.file).await.unwrap(), None);
        assert_eq!(it.role("cleo"), None);
        let nowhere = NodeId::parse("nowhere").unwrap();
        refused(&rights.give(&anna, &ben, &nowhere, Role::Viewer).await);
        it.house.accounts().disable(&ben, true).await.unwrap();
        refused(&rights.give(&ben, &cleo, &it.file, Role::Viewer).await);
    }

    /// What is on its way to the disk when `later` is decided, and commits before it.
    async fn meanwhile<T>(
        it: &Scene,
        first: impl Future<Output = ()>,
        later: impl Future<Output = Result<T, GrantError>>,
    ) -> Result<T, GrantError> {
        let held = it.house.database.hold_flushes();
        let release = async {
            held.wait_until_flushing();
            held.release();
        };
        let ((), outcome, ()) = futures::join!(first, later, release);
        outcome
    }

    #[tokio::test]
    async fn a_right_that_is_withdrawn_while_it_is_made_use_of_gives_nothing() {
        let it = Scene::new().await;
        let (rights, anna, ben, cleo) = (it.house.rights(), user("anna"), user("ben"), user("cleo"));
        let withdrawn = async { assert!(rights.revoke(&ben, &it.folder).await.unwrap()) };
        refused(&meanwhile(&it, withdrawn, rights.give(&ben, &cleo, &it.file, Role::Viewer)).await);
        assert_eq!(it.role("cleo"), None);

        rights.grant(&anna, &ben, &it.folder, Role::Editor).await.unwrap();
        rights.grant(&anna, &cleo, &it.file, Role::Viewer).await.unwrap();
        let lowered = async { drop(rights.grant(&anna, &ben, &it.folder, Role::Viewer).await.unwrap()) };
        refused(&meanwhile(&it, lowered, rights.take(&ben, &cleo, &it.file)).await);
        assert_eq!(it.role("cleo"), Some(Role::Viewer));

        rights.grant(&anna, &ben, &it.folder, Role::Editor).await.unwrap();
        let raised = async { drop(rights.grant(&anna, &cleo, &it.file, Role::Owner).await.unwrap()) };
        refused(&meanwhile(&it, raised, rights.give(&ben, &cleo, &it.file, Role::Viewer)).await);
        assert_eq!(it.role("cleo"), Some(Role::Owner));

        let disabled = async { drop(it.house.accounts().disable(&ben, true).await.unwrap()) };
        refused(&meanwhile(&it, disabled, rights.give(&ben, &user("dora"), &it.file, Role::Viewer)).await);
    }

    #[tokio::test]
    async fn a_file_that_is_moved_away_from_a_right_is_not_shared_by_it() {
        let it = Scene::new().await;
        let (rights, ben, cleo) = (it.house.rights(), user("ben"), user("cleo"));
        let (record, _) = rights.stored(&it.folder, NodeKind::Container).unwrap().unwrap();
        let private = it.house.folder(record.parent().unwrap(), "anna");
        let Some(Node::File(mut head)) = rights.node(&it.file).unwrap() else { panic!("a file") };
        head.parent = private;
        let moved = it.house.commit(Batch::new().set(keys::file(&it.file), crate::store::records::encode(&*head)));
        refused(&meanwhile(&it, moved, rights.give(&ben, &cleo, &it.file, Role::Viewer)).await);
        assert_eq!(it.role("cleo"), None);
    }
}
