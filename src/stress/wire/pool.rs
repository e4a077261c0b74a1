//! The connections that clients share.

use std::{
    cell::RefCell,
    time::{Duration, Instant},
};

use tokio::sync::Semaphore;

use super::{Address, Answer, Connection, Lost, Request, stream::Stream};

/// A connection that was not used for so long is not used again: the other side may be closing it just now, and whether it
/// took the request could not be told.
const STALE: Duration = Duration::from_secs(4);

/// Connections to one host.
#[derive(Debug)]
pub struct Pool {
    address: Address,
    permits: Semaphore,
    idle: RefCell<Vec<Connection>>,
}

impl Pool {
    /// At most so many.
    pub fn new(address: Address, connections: u32) -> Self {
        let permits = Semaphore::new(usize::try_from(connections.max(1)).unwrap_or(1));
        Self { address, permits, idle: RefCell::default() }
    }

    /// Where they lead.
    pub const fn address(&self) -> &Address {
        &self.address
    }

    /// Waits for a connection; one that is used next to nothing is the first choice, since it is warm.
    ///
    /// # Errors
    /// When none can be made.
    async fn take(&self) -> Result<Connection, Lost> {
        while let Some(connection) = self.idle.borrow_mut().pop() {
            if connection.used.elapsed() < STALE {
                return Ok(connection);
            }
        }
        let stream = Stream::open(&self.address).await.map_err(Lost::Unreachable)?;
        Ok(Connection { stream, buffer: Vec::with_capacity(8 * 1024), used: Instant::now() })
    }

    /// Takes a connection, when one is free, and hands it to `send`.
    pub async fn place(&self) -> Result<Held<'_>, Lost> {
        let permit = self.permits.acquire().await.map_err(|closed| Lost::Unreachable(std::io::Error::other(closed)))?;
        let connection = self.take().await?;
        Ok(Held { pool: self, connection, _permit: permit })
    }

    /// Forgets all connections that are not in use.
    pub fn forget(&self) {
        self.idle.borrow_mut().clear();
    }
}

/// A connection for one request.
#[derive(Debug)]
pub struct Held<'a> {
    pool: &'a Pool,
    connection: Connection,
    _permit: tokio::sync::SemaphorePermit<'a>,
}

impl Held<'_> {
    /// Sends a request and reads its answer.
    ///
    /// # Errors
    /// When there is none.
    pub async fn send(mut self, request: &Request<'_>) -> Result<Answer, Lost> {
        let (answer, open) = self.connection.exchange(&self.pool.address, request).await?;
        if open {
            self.connection.used = Instant::now();
            self.pool.idle.borrow_mut().push(self.connection);
        }
        Ok(answer)
    }
}
