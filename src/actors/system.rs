//! The threads on which actors live: an actix system of its own, so that the library runs under any async runtime.

use std::{
    sync::{Mutex, PoisonError, mpsc},
    thread::JoinHandle,
};

use actix::{Arbiter, ArbiterHandle, System};

/// A running actix system with a fixed set of arbiters.
pub struct ActorSystem {
    arbiters: Vec<ArbiterHandle>,
    system: System,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl std::fmt::Debug for ActorSystem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ActorSystem").field("arbiters", &self.arbiters.len()).finish_non_exhaustive()
    }
}

impl ActorSystem {
    /// Starts `arbiters` threads for actors (at least one), and one that keeps the system.
    ///
    /// # Errors
    /// The operating system's, when a thread cannot be started.
    pub fn start(arbiters: usize) -> std::io::Result<Self> {
        let (send, receive) = mpsc::channel();
        let thread = std::thread::Builder::new().name("lockhouse-actors".to_owned()).spawn(move || {
            let runner = System::new();
            let arbiters: Vec<_> =
                runner.block_on(async { (0..arbiters.max(1)).map(|_| Arbiter::new().handle()).collect() });
            let told = send.send((System::current(), arbiters));
            if told.is_ok() {
                _ = runner.run();
            }
        })?;
        let (system, arbiters) = receive.recv().map_err(std::io::Error::other)?;
        Ok(Self { arbiters, system, thread: Mutex::new(Some(thread)) })
    }

    /// The arbiter on which the actor with this hash lives.
    pub fn arbiter(&self, hash: u64) -> &ArbiterHandle {
        let count = self.arbiters.len() as u64;
        // The remainder is below the length, which came from a usize.
        #[expect(clippy::cast_possible_truncation, reason = "the remainder is below the number of arbiters")]
        &self.arbiters[(hash % count) as usize]
    }

    /// Stops every actor and joins the system's thread. What is in flight is lost: stop the faces first.
    pub fn stop(&self) {
        for arbiter in &self.arbiters {
            arbiter.stop();
        }
        self.system.stop();
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread {
            _ = thread.join();
        }
    }
}

impl Drop for ActorSystem {
    fn drop(&mut self) {
        self.stop();
    }
}
