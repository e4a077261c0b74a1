//! The actor of the tree: containers are made, renamed, moved and removed here, one after another.
//!
//! It keeps no copy of the tree. Each change names the records it was decided on: every container on the way to the root
//! for a move (so that two moves cannot close a circle), the child revision for a removal (so that no file is left behind).
//! Having no memory, an actor that died is replaced by another without more ado.

use std::{
    ops::Bound,
    sync::{Arc, Mutex, PoisonError},
};

use actix::{Actor, Addr, Context, Handler, Message};

use super::{ActorError, ActorSystem};
use crate::{
    clock::Clock,
    ids::{NodeId, UserId},
    names::FileName,
    store::{
        engine::{Batch, CommitError, Engine, Expect, Revision, Ticket, prefix_end, scan_prefix},
        records::{self, ContainerRecord, NameRow, NodeKind, keys},
    },
};

/// How deep containers may be nested.
pub const MAX_DEPTH: usize = 128;

const ATTEMPTS: usize = 16;

/// Grants, and share links, that a removal clears in its one commit.
const MOST_TRACES: usize = 4096;

/// An operation on a container.
#[derive(Clone, Debug)]
pub enum TreeOperation {
    /// Makes a container with a new id.
    Create {
        /// Its id.
        id: NodeId,
        /// The container it is put into.
        parent: NodeId,
        /// Its name.
        name: FileName,
    },
    /// Gives a container another name where it is.
    Rename {
        /// Which.
        id: NodeId,
        /// The name.
        name: FileName,
    },
    /// Puts a container into another one of the same drive.
    Move {
        /// Which.
        id: NodeId,
        /// Where it must still be: rights come from there. Elsewhere it is [`ActorError::NotFound`].
        from: Option<NodeId>,
        /// Where.
        parent: NodeId,
        /// The name there; `None` for the one that it has.
        name: Option<FileName>,
    },
    /// Removes an empty container.
    Delete {
        /// Which.
        id: NodeId,
    },
    /// Dies, as a fault in our own code would; for tests of supervision.
    #[cfg(test)]
    Panic,
}

/// The message of the tree's actor.
struct AskTree(Arc<TreeOperation>);

impl Message for AskTree {
    type Result = Outcome;
}

struct TreeActor {
    engine: Arc<dyn Engine>,
    clock: Arc<dyn Clock>,
}

impl Actor for TreeActor {
    type Context = Context<Self>;
}

impl Handler<AskTree> for TreeActor {
    type Result = Outcome;

    fn handle(&mut self, AskTree(operation): AskTree, _: &mut Self::Context) -> Self::Result {
        match operation.as_ref() {
            TreeOperation::Create { id, parent, name } => self.create(id, parent, name),
            TreeOperation::Rename { id, name } => self.rename(id, name),
            TreeOperation::Move { id, from, parent, name } => self.move_to(id, from.as_ref(), parent, name.as_ref()),
            TreeOperation::Delete { id } => self.delete(id),
            #[cfg(test)]
            TreeOperation::Panic => panic!("asked to"),
        }
    }
}

type Outcome = Result<(ContainerRecord, Option<Ticket>), ActorError>;

impl TreeActor {
    fn container(&self, id: &NodeId) -> Result<(ContainerRecord, Revision), ActorError> {
        let key = keys::container(id);
        let record = self.engine.get(&key)?.ok_or(ActorError::NotFound)?;
        Ok((records::decode(&key, &record.value)?, record.revision))
    }

    fn enter(&self, batch: Batch, id: &NodeId, parent: &NodeId, name: &FileName) -> Result<Batch, ActorError> {
        let key = keys::name(parent, &name.folded());
        if self.engine.get(&key)?.is_some() {
            return Err(ActorError::NameTaken);
        }
        let row = NameRow { kind: NodeKind::Container, node: id.clone(), name: name.as_str().to_owned() };
        Ok(batch
            .require(key.clone(), Expect::Absent)
            .set(key, records::encode(&row))
            .set(keys::child_revision(parent), records::MARK))
    }

    /// Demands that every container from `parent` to the root stays as it is, and that `moved` is not among them.
    fn require_path(
        &self,
        mut batch: Batch,
        parent: &NodeId,
        moved: Option<&NodeId>,
    ) -> Result<(Batch, ContainerRecord), ActorError> {
        let (record, revision) = self.container(parent)?;
        batch = batch.require(keys::container(parent), Expect::Revision(revision));
        if moved == Some(parent) {
            return Err(ActorError::Misplaced);
        }
        let mut above = record.parent.clone();
        for _ in 0..MAX_DEPTH {
            let Some(id) = above else { return Ok((batch, record)) };
            if moved == Some(&id) {
                return Err(ActorError::Misplaced);
            }
            let (next, revision) = self.container(&id)?;
            batch = batch.require(keys::container(&id), Expect::Revision(revision));
            above = next.parent;
        }
        Err(ActorError::Misplaced)
    }

    fn create(&self, id: &NodeId, parent: &NodeId, name: &FileName) -> Outcome {
        let (batch, above) = self.require_path(Batch::new(), parent, None)?;
        let record = ContainerRecord {
            parent: Some(parent.clone()),
            name: name.as_str().to_owned(),
            owner: above.owner,
            created: self.clock.wall(),
        };
        let key = keys::container(id);
        let batch = self
            .enter(batch, id, parent, name)?
            .require(key.clone(), Expect::Absent)
            .set(key, records::encode(&record))
            .set(keys::child_revision(id), records::MARK);
        Ok((record, Some(self.engine.submit(batch)?)))
    }

    fn rename(&self, id: &NodeId, name: &FileName) -> Outcome {
        let (record, _) = self.container(id)?;
        let parent = record.parent.clone().ok_or(ActorError::Misplaced)?;
        self.relocate(id, &parent, name)
    }

    fn move_to(&self, id: &NodeId, from: Option<&NodeId>, parent: &NodeId, name: Option<&FileName>) -> Outcome {
        let (record, _) = self.container(id)?;
        if from.is_some() && record.parent.as_ref() != from {
            return Err(ActorError::NotFound);
        }
        let (above, _) = self.container(parent)?;
        // What is below would have to change its owner record by record.
        if above.owner != record.owner || record.parent.is_none() {
            return Err(ActorError::Misplaced);
        }
        match name {
            Some(name) => self.relocate(id, parent, name),
            None => self.relocate(id, parent, &FileName::stored(&record.name)),
        }
    }

    fn relocate(&self, id: &NodeId, parent: &NodeId, name: &FileName) -> Outcome {
        let (record, revision) = self.container(id)?;
        let old_parent = record.parent.clone().ok_or(ActorError::Misplaced)?;
        let old = FileName::parse(&record.name).map_or_else(|_| record.name.clone(), |name| name.folded());
        let (mut batch, _) = self.require_path(Batch::new(), parent, Some(id))?;
        if old_parent == *parent && old == name.folded() {
            let row = NameRow { kind: NodeKind::Container, node: id.clone(), name: name.as_str().to_owned() };
            batch = batch.set(keys::name(parent, &old), records::encode(&row));
        } else {
            batch = self
                .enter(batch, id, parent, name)?
                .clear(keys::name(&old_parent, &old))
                .set(keys::child_revision(&old_parent), records::MARK);
        }
        let record = ContainerRecord { parent: Some(parent.clone()), name: name.as_str().to_owned(), ..record };
        let key = keys::container(id);
        let batch = batch.require(key.clone(), Expect::Revision(revision)).set(key, records::encode(&record));
        Ok((record, Some(self.engine.submit(batch)?)))
    }

    fn delete(&self, id: &NodeId) -> Outcome {
        let (record, revision) = self.container(id)?;
        let parent = record.parent.clone().ok_or(ActorError::Misplaced)?;
        let children = keys::child_revision(id);
        // Read before looking for children: whoever enters meanwhile raises it.
        let seen = self.engine.get(&children)?.map_or(Expect::Absent, |record| Expect::Revision(record.revision));
        let prefix = keys::names_in(id);
        let end = prefix_end(&prefix);
        let to = end.as_deref().map_or(Bound::Unbounded, Bound::Excluded);
        if !self.engine.scan(Bound::Included(&prefix), to, 1)?.is_empty() {
            return Err(ActorError::NotEmpty);
        }
        let folded = FileName::parse(&record.name).map_or_else(|_| record.name.clone(), |name| name.folded());
        let mut batch = Batch::new()
            .require(keys::container(id), Expect::Revision(revision))
            .require(children.clone(), seen)
            .clear(keys::container(id))
            .clear(children)
            .clear(keys::name(&parent, &folded))
            .set(keys::child_revision(&parent), records::MARK);
        // What rests on it goes with it. Should there be more, it leads nowhere: an id is never given twice.
        for (key, _) in scan_prefix(self.engine.as_ref(), &keys::grants_on(id), None, MOST_TRACES)? {
            if let Some(user) = keys::last_part(&key).and_then(|user| UserId::parse(user).ok()) {
                batch = batch.clear(keys::granted(&user, id));
            }
            batch = batch.clear(key);
        }
        for (key, _) in scan_prefix(self.engine.as_ref(), &keys::shared_on(id), None, MOST_TRACES)? {
            if let Some(link) = keys::last_part(&key).and_then(|link| NodeId::parse(link).ok()) {
                batch = batch.clear(keys::share_link(&link));
            }
            batch = batch.clear(key);
        }
        Ok((record, Some(self.engine.submit(batch)?)))
    }
}

/// The way to the tree's actor.
#[derive(Clone)]
pub struct Tree(Arc<Inner>);

struct Inner {
    engine: Arc<dyn Engine>,
    clock: Arc<dyn Clock>,
    system: Arc<ActorSystem>,
    addr: Mutex<Addr<TreeActor>>,
}

impl std::fmt::Debug for Tree {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tree").finish_non_exhaustive()
    }
}

fn begin(engine: &Arc<dyn Engine>, clock: &Arc<dyn Clock>, system: &ActorSystem) -> Addr<TreeActor> {
    let (engine, clock) = (Arc::clone(engine), Arc::clone(clock));
    TreeActor::start_in_arbiter(system.arbiter(0), move |_| TreeActor { engine, clock })
}

impl Tree {
    /// Starts the actor.
    pub fn start(engine: Arc<dyn Engine>, clock: Arc<dyn Clock>, system: Arc<ActorSystem>) -> Self {
        let addr = Mutex::new(begin(&engine, &clock, &system));
        Self(Arc::new(Inner { engine, clock, system, addr }))
    }

    /// The actor; a fresh one when the last has died.
    fn addr(&self) -> Addr<TreeActor> {
        let inner = &self.0;
        let mut addr = inner.addr.lock().unwrap_or_else(PoisonError::into_inner);
        if !addr.connected() {
            *addr = begin(&inner.engine, &inner.clock, &inner.system);
        }
        addr.clone()
    }

    /// Asks the actor and waits until what it answered is durable.
    ///
    /// # Errors
    /// [`ActorError`].
    pub async fn ask(&self, operation: TreeOperation) -> Result<ContainerRecord, ActorError> {
        let operation = Arc::new(operation);
        for _ in 0..ATTEMPTS {
            let sent = self.addr().send(AskTree(Arc::clone(&operation))).await;
            let (record, after) = sent.map_err(|_| {
                tracing::error!("the actor of the folders died of an operation and is replaced");
                ActorError::Crashed
            })??;
            let Some(ticket) = after else { return Ok(record) };
            match ticket.wait().await {
                Ok(()) => return Ok(record),
                Err(CommitError::Conflict { .. }) => {}
                Err(failed) => return Err(failed.into()),
            }
        }
        Err(ActorError::Contended)
    }
}

#[cfg(test)]
#[path = "tree_tests.rs"]
mod tests;
