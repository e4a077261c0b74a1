//! How a file's actor is reached: by mail, or, when there is no mail for it, by whoever has a brief question.
//!
//! Everything that an actor decides it decides at its workplace, whose lock lets one in at a time. Mail is taken up there by
//! the actor's own thread, in the order in which it was sent. The way to another thread and back takes many times as long as
//! deciding on a lock, so a caller who finds that nothing is in the mail may step up to the workplace himself: the actor
//! decides on the caller's thread. Whoever comes while mail is waiting or being worked on stands behind it.

use std::sync::{
    Arc, Mutex, MutexGuard,
    atomic::{AtomicBool, Ordering},
};

use actix::{Actor, AsyncContext as _, Context, Handler, WrapFuture as _};

use super::{FileActor, SETTLE_AGAIN};
use crate::{
    actors::{
        ActorError,
        messages::{Ask, Decided, Operation},
    },
    store::engine::{Batch, EngineError},
};

/// Where a file's actor decides.
pub struct Workplace {
    /// Poisoned when the actor has died of an operation.
    actor: Mutex<FileActor>,
    /// What was submitted by actors before this one is decided: it may load and decide.
    settled: AtomicBool,
    /// Another actor has taken its place.
    left: AtomicBool,
}

impl std::fmt::Debug for Workplace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Workplace").field("settled", &self.settled).field("left", &self.left).finish_non_exhaustive()
    }
}

impl Workplace {
    /// The workplace of an actor that has loaded nothing yet; unless `settled`, it first waits for the commits before it.
    pub fn new(actor: FileActor, settled: bool) -> Self {
        Self { actor: Mutex::new(actor), settled: AtomicBool::new(settled), left: AtomicBool::new(false) }
    }

    /// Whether the actor may decide.
    pub fn is_settled(&self) -> bool {
        self.settled.load(Ordering::Acquire)
    }

    /// Lets the actor decide nothing more: another one takes its place.
    pub fn leave(&self) {
        self.left.store(true, Ordering::Release);
    }

    /// Decides an operation, after those who came before; `begun` is called when it is taken up. `None` when the actor has
    /// died or was replaced: then nothing has come of the operation, and the next actor is to be asked.
    pub fn decide(&self, operation: &Operation, begun: impl FnOnce()) -> Option<Result<Decided, ActorError>> {
        let mut actor = self.enter()?;
        begun();
        Some(match actor.decide(operation) {
            // What the store says is no secret, and there may be no commit to wait for.
            Err(
                error @ (ActorError::Overloaded
                | ActorError::ShuttingDown
                | ActorError::ReadOnly(_)
                | ActorError::Unreadable(_)),
            ) => Err(error),
            answer => Ok(Decided { answer, after: actor.last.clone() }),
        })
    }

    fn enter(&self) -> Option<MutexGuard<'_, FileActor>> {
        let actor = self.actor.lock().ok()?;
        (!self.left.load(Ordering::Acquire)).then_some(actor)
    }
}

/// The mailbox of a file's actor, emptied on the actor's own thread.
pub struct Mailbox(pub Arc<Workplace>);

impl Actor for Mailbox {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        self.settle(ctx);
    }
}

impl Handler<Ask> for Mailbox {
    type Result = Option<Result<Decided, ActorError>>;

    fn handle(&mut self, ask: Ask, _: &mut Self::Context) -> Self::Result {
        if !self.0.is_settled() {
            return Some(Err(ActorError::Overloaded));
        }
        self.0.decide(&ask.operation, || ask.begin())
    }
}

impl Mailbox {
    /// The actor before may have submitted what is not decided yet: an empty batch is decided after all that. Until then
    /// nothing is loaded, and nobody is answered.
    fn settle(&mut self, ctx: &mut Context<Self>) {
        if self.0.is_settled() {
            return;
        }
        let Some(submitted) = self.0.enter().map(|actor| actor.around.engine.submit(Batch::new())) else { return };
        let workplace = Arc::clone(&self.0);
        let settled = move || workplace.settled.store(true, Ordering::Release);
        match submitted {
            Ok(ticket) => {
                let waited = async move {
                    _ = ticket.wait().await;
                    settled();
                };
                ctx.wait(waited.into_actor(self));
            }
            Err(EngineError::Busy) => {
                ctx.run_later(SETTLE_AGAIN, Self::settle);
            }
            // Nothing will be decided any more.
            Err(_) => settled(),
        }
    }
}
