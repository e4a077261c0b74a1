//! Floor 4: who may do what, and the library's face. It knows the store and the actors; it knows nothing of HTTP.
//!
//! A [`Host`] is everything that Lockhouse is without a network: open it on a data directory, give users accounts, ask it
//! for tokens, and do with files what WOPI does. Every method that takes an [`access::Access`] checks the caller's right
//! itself; those that do not are for whoever owns the host, and say so.

pub mod access;
pub mod accounts;
mod administration;
mod ancestry;
pub mod audit;
mod bin;
mod browse;
mod carrying;
mod containers;
mod copying;
mod error;
mod files;
mod first_start;
pub mod folded;
mod giving;
mod history;
mod housekeeping;
mod kept;
pub mod keys;
pub mod links;
mod listing;
mod naming;
pub mod oauth;
mod options;
pub mod passwords;
mod people;
pub mod random;
mod reading;
pub mod rights;
pub mod saves;
mod saving;
pub mod seal;
pub mod sessions;
pub mod shared_with_me;
mod small;
mod test_accounts;
mod threads;
pub mod tokens;
mod tree;
pub mod trouble;
mod uploads;

#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicU64, Ordering},
};

use self::{
    access::AccessControl,
    accounts::Accounts,
    audit::Audit,
    housekeeping::Housekeeper,
    keys::{KeyRing, KeySettings},
    links::Links,
    oauth::{Clients, Grants},
    rights::Rights,
    saves::Saves,
    sessions::Sessions,
    small::SmallContents,
    threads::Threads,
    tokens::Tokens,
};
pub use self::{
    administration::{Belongings, Cleared, Transferred, Usage},
    ancestry::Ancestor,
    bin::BinMark,
    browse::{Browse, Browsed, Cut, Item, LOOKED_AT, MOST_ROWS, Next, Order, Place, SEARCHED},
    carrying::Copying,
    containers::{ContainerFacts, ContainerTarget, NewFile},
    error::{HostError, OpenError},
    files::{FileFacts, LockAnswer, Unless},
    first_start::{Administrator, FirstStart},
    history::{BinEntry, HeldLock, HistoryEntry},
    listing::{Listed, Listing},
    naming::NEW_DOCUMENT,
    options::{HostOptions, SignInOptions},
    people::Found,
    reading::Reading,
    saving::{Creation, Put, PutOutcome, PutRequest, Relative, RelativeTarget, Replacement},
    test_accounts::{TestAccount, TestAccountState},
    tree::{Child, DrivePath},
    uploads::{BegunUpload, IfTaken, UploadRequest, UploadState, Uploaded},
};
pub use crate::actors::messages::VersionChoice;
use crate::{
    actors::{ActorSystem, Directory, DirectoryOptions, tree::Tree},
    clock::Clock,
    ids::NodeId,
    store::{Store, content::Content, engine::Engine},
};

/// What the host counts for its metrics.
#[derive(Debug, Default)]
pub struct Counters {
    /// Rescued versions kept since the start.
    pub rescued: AtomicU64,
}

/// A document host on one data directory. Cheap to clone; all clones are one host.
#[derive(Clone)]
pub struct Host(Arc<Inner>);

struct Inner {
    options: HostOptions,
    clock: Arc<dyn Clock>,
    accounts: Accounts,
    rights: Rights,
    links: Links,
    keys: Arc<KeyRing>,
    clients: Clients,
    grants: Grants,
    sessions: Sessions,
    audit: Audit,
    access: AccessControl,
    directory: Directory,
    tree: Tree,
    counters: Counters,
    uploads: uploads::Uploads,
    saves: Saves,
    threads: Threads,
    small: SmallContents,
    housekeeper: Mutex<Option<Housekeeper>>,
    // Dropped after what uses them.
    system: Arc<ActorSystem>,
    store: Store,
}

impl std::fmt::Debug for Host {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Host").field("data", &self.0.store.directory.path()).finish_non_exhaustive()
    }
}

impl Host {
    /// Opens the host on the data directory of `options`, making it if there is none. Must be called within a tokio
    /// runtime; blocks it while the databases are opened.
    ///
    /// # Errors
    /// [`OpenError`], in words that say what to do.
    pub async fn open(options: HostOptions, clock: Arc<dyn Clock>) -> Result<Self, OpenError> {
        let store = Store::open(&options.data_dir, &options.store, clock.as_ref()).await?;
        let unusable = |reason: String| OpenError::Unusable { path: options.data_dir.clone(), reason };
        let engine: Arc<dyn Engine> = store.engine.clone();
        let system = ActorSystem::start(options.arbiters).map_err(|error| unusable(error.to_string()))?;
        let system = Arc::new(system);
        let keys = KeyRing::open(
            Arc::clone(&engine),
            Arc::clone(&clock),
            KeySettings {
                rotate_after: options.rotate_keys_after,
                keep_for: options.keep_keys_for,
                longest_token: options.token_lifetime.max(options.sign_in.access),
            },
        );
        let keys = Arc::new(keys.await.map_err(|error| unusable(error.to_string()))?);
        let tokens = Tokens::new(Arc::clone(&keys), Arc::clone(&clock));
        let directory = Directory::new(
            Arc::clone(&engine),
            Arc::clone(&clock),
            Arc::clone(&system),
            DirectoryOptions {
                in_flight_per_file: options.in_flight_per_file,
                idle: options.actor_idle,
                retention: options.retention,
                incarnation: store.incarnation,
            },
        );
        let host = Self(Arc::new(Inner {
            accounts: Accounts::new(Arc::clone(&engine), Arc::clone(&clock)),
            rights: Rights::new(Arc::clone(&engine), Arc::clone(&clock)),
            links: Links::new(Arc::clone(&engine), Arc::clone(&clock)),
            clients: Clients::new(Arc::clone(&engine), Arc::clone(&clock)),
            grants: Grants::new(Arc::clone(&engine), Arc::clone(&clock), tokens.clone(), options.sign_in.clone()),
            sessions: Sessions::new(Arc::clone(&engine), Arc::clone(&clock), options.sign_in.session),
            audit: Audit::new(Arc::clone(&engine), Arc::clone(&clock)),
            access: AccessControl::new(Arc::clone(&engine), Arc::clone(&clock), tokens),
            tree: Tree::start(Arc::clone(&engine), Arc::clone(&clock), Arc::clone(&system)),
            keys,
            directory,
            counters: Counters::default(),
            uploads: uploads::Uploads::default(),
            saves: Saves::default(),
            threads: Threads::new().map_err(|error| unusable(error.to_string()))?,
            small: SmallContents::default(),
            housekeeper: Mutex::new(None),
            system,
            store,
            clock,
            options,
        }));
        host.links().prepare().await.map_err(|error| OpenError::Unusable {
            path: host.0.options.data_dir.clone(),
            reason: error.to_string(),
        })?;
        let housekeeper = Housekeeper::start(&host).map_err(|error| OpenError::Unusable {
            path: host.0.options.data_dir.clone(),
            reason: error.to_string(),
        })?;
        *host.0.housekeeper.lock().unwrap_or_else(PoisonError::into_inner) = Some(housekeeper);
        Ok(host)
    }

    /// Finishes what was acknowledged and refuses the rest. Stop the faces first. Blocking; idempotent.
    pub fn close(&self) {
        // They hold the host.
        self.0.uploads.clear();
        self.0.directory.close();
        let housekeeper = self.0.housekeeper.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(housekeeper) = housekeeper {
            housekeeper.stop();
        }
        self.0.store.close();
        self.0.system.stop();
    }

    /// How the host is set up.
    pub fn options(&self) -> &HostOptions {
        &self.0.options
    }

    /// The time.
    pub fn clock(&self) -> &dyn Clock {
        self.0.clock.as_ref()
    }

    /// Users.
    pub fn accounts(&self) -> &Accounts {
        &self.0.accounts
    }

    /// Who holds which role on what.
    pub fn rights(&self) -> &Rights {
        &self.0.rights
    }

    /// Share links.
    pub fn links(&self) -> &Links {
        &self.0.links
    }

    /// The OAuth clients that people can sign in to.
    pub fn clients(&self) -> &Clients {
        &self.0.clients
    }

    /// What was granted to OAuth clients.
    pub fn grants(&self) -> &Grants {
        &self.0.grants
    }

    /// Browsers that are signed in.
    pub fn sessions(&self) -> &Sessions {
        &self.0.sessions
    }

    /// The audit trail.
    pub fn audit(&self) -> &Audit {
        &self.0.audit
    }

    /// The keys that sign tokens.
    pub fn keys(&self) -> &KeyRing {
        &self.0.keys
    }

    /// From a token to what its holder may do.
    pub fn access_control(&self) -> &AccessControl {
        &self.0.access
    }

    /// Access tokens.
    pub fn tokens(&self) -> &Tokens {
        self.0.access.tokens()
    }

    /// What the host counts.
    pub fn counters(&self) -> &Counters {
        &self.0.counters
    }

    /// What became of the saves of files since the start.
    pub fn saves(&self) -> &Saves {
        &self.0.saves
    }

    /// The store beneath, for backup, checking and measuring. Changing a file by it breaks every promise.
    pub fn store(&self) -> &Store {
        &self.0.store
    }

    /// How many file actors live.
    pub fn actors_live(&self) -> usize {
        self.0.directory.live()
    }

    /// Why the host cannot serve writes, if so: what `/readyz` says.
    ///
    /// # Errors
    /// The reason, for a person.
    pub fn ready(&self) -> Result<(), String> {
        self.engine().health().map_err(|error| error.to_string())?;
        self.content().health().map_err(|error| error.to_string())?;
        let floor = self.0.options.store.free_space_floor;
        let free = self.0.store.directory.free_space().map_err(|error| error.to_string())?;
        if free < floor {
            return Err(format!(
                "{} MiB are free on the disk, less than storage.free_space_floor ({} MiB): nothing can be saved",
                free >> 20,
                floor >> 20
            ));
        }
        match self.0.store.blobs() {
            0 => Ok(()),
            blobs => Err(format!(
                "{blobs} values were stored in a way that is not durable; make a backup and report this as a fault"
            )),
        }
    }

    /// Whether changes can be made durable at the moment.
    pub fn can_write(&self) -> bool {
        self.engine().health().is_ok() && self.content().health().is_ok()
    }

    /// How many refused saves were kept since the start.
    pub fn rescued(&self) -> u64 {
        self.0.counters.rescued.load(Ordering::Relaxed)
    }

    fn engine(&self) -> &dyn Engine {
        self.0.store.engine.as_ref()
    }

    fn content(&self) -> &Arc<Content> {
        &self.0.store.content
    }

    /// The threads that read and write contents.
    fn threads(&self) -> Result<tokio::runtime::Handle, HostError> {
        self.0.threads.handle().ok_or(HostError::ShuttingDown)
    }

    fn directory(&self) -> &Directory {
        &self.0.directory
    }

    fn uploads(&self) -> &uploads::Uploads {
        &self.0.uploads
    }

    fn tree(&self) -> &Tree {
        &self.0.tree
    }
}

/// A new identifier.
fn new_id() -> Result<NodeId, HostError> {
    random::node_id().map_err(|error| HostError::Failed(error.to_string().into()))
}
