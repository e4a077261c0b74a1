//! Connections that do not move. The HTTP layer times only the first head on a connection, and never an answer that the
//! client does not take; this watch ends both.

use std::{
    any::Any,
    net::{Shutdown, TcpStream},
    os::fd::AsFd as _,
    sync::{
        Arc, Mutex, PoisonError, Weak,
        atomic::{AtomicU32, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use actix_tls::accept::rustls_0_23::TlsStream;
use actix_web::{dev::Extensions, rt};

use crate::settings::Limits;

/// HTTP/2 connections are kept by their clients, with pings; they may idle this long.
const IDLE_HTTP2: Duration = Duration::from_secs(300);

/// An answer may lie so many times as long as a body may pause: the system's buffer is refilled in large steps, which a slow
/// client takes a while to make room for.
const ANSWER_PATIENCE: u32 = 4;

/// How one connection gets on.
#[derive(Debug)]
pub(super) struct Progress {
    began: Instant,
    last_ms: AtomicU64,
    /// Requests whose handler runs; it has time limits of its own.
    working: AtomicU32,
    /// Answers that the client is taking.
    answering: AtomicU32,
    idle: Duration,
    socket: TcpStream,
}

impl Progress {
    /// Something arrived or was taken.
    pub(super) fn made(&self) {
        self.last_ms.store(self.elapsed_ms(), Ordering::Relaxed);
    }

    /// A handler begins.
    pub(super) fn working(&self) {
        self.made();
        self.working.fetch_add(1, Ordering::Relaxed);
    }

    /// A handler has answered; the client takes the answer.
    pub(super) fn answering(&self) {
        self.made();
        self.answering.fetch_add(1, Ordering::Relaxed);
        self.working.fetch_sub(1, Ordering::Relaxed);
    }

    /// A handler was dropped without an answer.
    pub(super) fn abandoned(&self) {
        self.working.fetch_sub(1, Ordering::Relaxed);
    }

    /// The answer is taken, or given up.
    pub(super) fn answered(&self) {
        self.made();
        self.answering.fetch_sub(1, Ordering::Relaxed);
    }

    fn elapsed_ms(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// Ends the connection if it has not moved for too long.
    fn end_if_stalled(&self, answer: Duration) {
        if self.working.load(Ordering::Relaxed) > 0 {
            return;
        }
        let patience = if self.answering.load(Ordering::Relaxed) > 0 { answer } else { self.idle };
        let last = self.last_ms.load(Ordering::Relaxed);
        let still = Duration::from_millis(self.elapsed_ms().saturating_sub(last));
        if still > patience {
            tracing::debug!(seconds = still.as_secs(), "ended a connection that did not move");
            let _already_gone = self.socket.shutdown(Shutdown::Both);
        }
    }
}

/// All open connections of one server.
#[derive(Clone, Debug)]
pub(super) struct Watch {
    open: Arc<Mutex<Vec<Weak<Progress>>>>,
    idle: Duration,
    answer: Duration,
}

impl Watch {
    pub(super) fn new(limits: &Limits) -> Self {
        let idle = limits.keep_alive.get().saturating_add(limits.header_timeout.get());
        Self { open: Arc::default(), idle, answer: limits.body_idle_timeout.get() * ANSWER_PATIENCE }
    }

    /// Notices a new connection.
    pub(super) fn opened(&self, connection: &dyn Any, data: &mut Extensions) {
        let plain = connection.downcast_ref::<rt::net::TcpStream>();
        let secure = connection.downcast_ref::<TlsStream<rt::net::TcpStream>>();
        let http2 = secure.is_some_and(|tls| tls.get_ref().1.alpn_protocol() == Some(b"h2"));
        let Some(stream) = plain.or_else(|| secure.map(|tls| tls.get_ref().0)) else { return };
        // Without a handle of its own the connection goes unwatched; descriptors have run out then anyway.
        let Ok(socket) = stream.as_fd().try_clone_to_owned() else { return };
        let progress = Arc::new(Progress {
            began: Instant::now(),
            last_ms: AtomicU64::new(0),
            working: AtomicU32::new(0),
            answering: AtomicU32::new(0),
            idle: if http2 { self.idle.max(IDLE_HTTP2) } else { self.idle },
            socket: socket.into(),
        });
        self.open.lock().unwrap_or_else(PoisonError::into_inner).push(Arc::downgrade(&progress));
        data.insert(progress);
    }

    /// Looks after the connections for as long as it is polled.
    pub(super) async fn run(self) {
        let mut pause = rt::time::interval(Duration::from_millis(500));
        loop {
            pause.tick().await;
            let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
            open.retain(|connection| {
                connection.upgrade().is_some_and(|progress| {
                    progress.end_if_stalled(self.answer);
                    true
                })
            });
        }
    }
}
