//! The way to the host: the socket of whoever has the data directory open, or our own.

use std::{
    fs::File,
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::{Client, RequestBuilder, Response};
use serde::{Serialize, de::DeserializeOwned};

use super::{
    failure::{Code, Failure},
    hosting::{PATIENCE, PAUSE, host_options, is_in_use, outlive_limits, warn_of_exposure},
};
use crate::{
    api::{
        self, Admin, AdminSocket, Call, Refusal,
        calls::{Greeting, Hello},
        socket::{SOCKET, short_path},
    },
    clock::SystemClock,
    doctor::Doctor,
    editors::Editors,
    host::{Host, OpenError},
    server::{run::local_url, tls},
    settings::Settings,
    urls::Urls,
};

/// The host in the address does not matter: the socket is the address.
const BASE: &str = "http://lockhouse";

/// How long commands of others, which came in through our socket, may go on after ours has ended.
const OTHERS: Duration = Duration::from_secs(24 * 3600);

/// The longest answer that is read as text when something was refused.
const LONGEST_REFUSAL: usize = 64 * 1024;

/// A way to the host that holds for one command.
pub(super) struct Session {
    settings: Arc<Settings>,
    client: Client,
    /// The socket's path goes through it.
    _directory: File,
    own: Option<Own>,
}

/// A host of our own, because no server runs.
struct Own {
    socket: AdminSocket,
    host: Host,
}

impl Own {
    fn close(self) {
        self.socket.stop();
        self.host.close();
    }
}

impl Session {
    /// Finds the host of the data directory, or opens it.
    ///
    /// # Errors
    /// When there is none and none may be made, or when it cannot be reached.
    pub(super) async fn open(settings: &Settings, may_create: bool) -> Result<Self, Failure> {
        let path = &settings.data_dir;
        if !may_create && !path.join("format").exists() {
            return Err(Failure::new(
                Code::Store,
                format!(
                    "there is no Lockhouse data in {}: name the right place with --data-dir, or begin there with \
                     `lockhouse serve` or `lockhouse user add`",
                    path.display()
                ),
            ));
        }
        tls::install_crypto_provider();
        outlive_limits();
        let mut own = None;
        let directory = match File::open(path) {
            Ok(directory) => directory,
            // The host makes it.
            Err(error) if error.kind() == std::io::ErrorKind::NotFound && may_create => {
                own = Some(open_own(settings).await?);
                opened(path)?
            }
            Err(error) => return Err(cannot_open(path, &error)),
        };
        let client = Client::builder()
            .unix_socket(short_path(&directory, SOCKET))
            .no_proxy()
            // A connection that is kept could be closed by the other side just when it is used again.
            .pool_max_idle_per_host(0)
            .build()?;
        let mut session = Self { settings: Arc::new(settings.clone()), client, _directory: directory, own };
        session.reach().await?;
        Ok(session)
    }

    /// Ends our own host, if we have one; others who still use it are waited for. Blocking.
    pub(super) fn close(self) {
        if let Some(own) = self.own {
            own.close();
        }
    }

    /// Asks the host.
    ///
    /// # Errors
    /// The refusal.
    pub(super) async fn call<C: Call>(&mut self, call: &C) -> Result<C::Answer, Failure> {
        let url = format!("{BASE}/v1/{}", C::NAME);
        let response = self.send(|client| Ok(client.post(&url).json(call))).await?;
        answered(response).await
    }

    /// Sends a request, and again when the one who served the socket has just ended.
    ///
    /// # Errors
    /// The refusal, or what happened to the connection.
    pub(super) async fn send(
        &mut self,
        request: impl Fn(&Client) -> Result<RequestBuilder, Failure>,
    ) -> Result<Response, Failure> {
        let began = Instant::now();
        let response = loop {
            match request(&self.client)?.send().await {
                // Nothing was asked yet. Whoever is reached next may be a command that ends at once, too.
                Err(error) if error.is_connect() && began.elapsed() < PATIENCE => self.reach().await?,
                outcome => break outcome?,
            }
        };
        if response.status().is_success() { Ok(response) } else { Err(refusal(response).await) }
    }

    /// The address of a transfer.
    pub(super) fn transfer_url(path: &str, request: &impl Serialize) -> Result<String, Failure> {
        let json = serde_json::to_string(request).map_err(std::io::Error::other)?;
        Ok(format!("{BASE}{path}?request={}", utf8_percent_encode(&json, NON_ALPHANUMERIC)))
    }

    /// Waits until somebody serves the socket; ourselves, when the data directory is free.
    async fn reach(&mut self) -> Result<(), Failure> {
        let began = Instant::now();
        loop {
            let url = format!("{BASE}/v1/{}", Hello::NAME);
            match self.client.post(&url).timeout(PATIENCE).json(&Hello {}).send().await {
                Ok(response) if response.status().is_success() => return greeted(response).await,
                Ok(response) => return Err(refusal(response).await),
                Err(error) if error.is_timeout() => {
                    let place = self.settings.data_dir.display();
                    let text = format!("the process that has the data directory {place} open does not answer");
                    return Err(Failure::new(Code::Refused, text));
                }
                // Nobody there, or it ended between our connection and its answer: nothing was asked of it yet.
                Err(error) if error.is_connect() || error.is_request() => {}
                Err(error) => return Err(error.into()),
            }
            if let Some(own) = self.own.take() {
                own.close();
            }
            match open_own(&self.settings).await {
                Ok(own) => self.own = Some(own),
                Err(Opening::InUse(_)) if began.elapsed() < PATIENCE => tokio::time::sleep(PAUSE).await,
                Err(error) => return Err(error.into()),
            }
        }
    }
}

/// Why our own host was not opened.
enum Opening {
    InUse(OpenError),
    Other(Failure),
}

impl From<Opening> for Failure {
    fn from(opening: Opening) -> Self {
        match opening {
            Opening::InUse(error) => Self::from(error),
            Opening::Other(failure) => failure,
        }
    }
}

/// A log that lost its end is an error in the server's log; a command says it, too.
fn warn_of_loss(host: &Host) {
    if let Some(lost) = host.store().engine.opened().tail_lost {
        super::print::complaint(&format!(
            "changes that had been made are gone from {}: there are {} of at least {}. Look whether the newest documents \
             are there; a backup from before has them",
            host.options().data_dir.display(),
            lost.recovered,
            lost.acked
        ));
    }
}

async fn open_own(settings: &Settings) -> Result<Own, Opening> {
    let host = Host::open(host_options(settings, None), Arc::new(SystemClock))
        .await
        .map_err(|error| if is_in_use(&error) { Opening::InUse(error) } else { Opening::Other(error.into()) })?;
    warn_of_exposure(&host);
    warn_of_loss(&host);
    let (urls, shared) = (Arc::new(urls(settings)), Arc::new(settings.clone()));
    let clock = Arc::new(SystemClock);
    let doctor = Doctor::new(Arc::clone(&shared), Arc::clone(&urls), Editors::none(clock.clone()), clock);
    let admin = Admin { host: host.clone(), urls, settings: shared, doctor };
    match api::socket::serve(admin, OTHERS) {
        Ok(socket) => Ok(Own { socket, host }),
        Err(error) => {
            host.close();
            Err(Opening::Other(error.into()))
        }
    }
}

/// The URLs that a server with these settings would hand out; none when it would listen on a port that is not known.
fn urls(settings: &Settings) -> Urls {
    let local = || local_url(settings.listen, settings.tls.certificate.is_some()).parse().ok();
    let urls = settings.public_url.clone().or_else(local).map_or_else(Urls::default, Urls::new);
    if let Some(url) = settings.oauth.public_url.clone() {
        urls.settle_oauth(url);
    }
    urls
}

fn opened(path: &Path) -> Result<File, Failure> {
    File::open(path).map_err(|error| cannot_open(path, &error))
}

fn cannot_open(path: &Path, error: &std::io::Error) -> Failure {
    Failure::new(Code::Store, format!("the data directory {} cannot be opened: {error}", path.display()))
}

async fn greeted(response: Response) -> Result<(), Failure> {
    let greeting: Greeting = answered(response).await?;
    let own = env!("CARGO_PKG_VERSION");
    if greeting.version == own {
        return Ok(());
    }
    Err(Failure::new(
        Code::Refused,
        format!(
            "the data directory is in use by Lockhouse {}, and this is {own}: use the same version, or stop the other",
            greeting.version
        ),
    ))
}

/// The answer as JSON.
pub(super) async fn answered<T: DeserializeOwned>(response: Response) -> Result<T, Failure> {
    Ok(response.json().await?)
}

async fn refusal(mut response: Response) -> Failure {
    let status = response.status();
    let mut text = Vec::new();
    while let Ok(Some(piece)) = response.chunk().await {
        text.extend_from_slice(&piece);
        if text.len() > LONGEST_REFUSAL {
            break;
        }
    }
    match serde_json::from_slice::<Refusal>(&text) {
        Ok(refusal) => refusal.into(),
        Err(_) => Refusal { status: status.as_u16(), message: format!("the host answered {status}") }.into(),
    }
}
