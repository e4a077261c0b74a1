//! Floor 5: what is wrong with the wiring. Most of what goes wrong between an editor, a proxy and a host is not in any of
//! them but between them: so it is looked at from both ends.
//!
//! ```text
//! the far end: requests to the public URL, as editors send them   ──>  proxy  ──>  the near end: an echo ([`echo`])
//!          └───────────────────────── what was sent is held against what arrived ─────────────┘
//! ```
//!
//! Collabora Online is asked to come, too ([`access`]). Only the URLs of the settings are asked, and what they lead to. The
//! outcome is data ([`Report`]); each finding says what to change and where.

mod access;
mod actions;
mod ask;
mod body;
mod certificate;
mod directives;
pub mod echo;
mod editor;
mod finding;
mod here;
mod net;
mod proxy;
mod tls;
mod way;

use std::{
    net::SocketAddr,
    sync::{Arc, OnceLock},
    time::Duration,
};

use futures_util::future::join_all;
use serde::{Deserialize, Serialize};
use tokio::{sync::Semaphore, time::timeout};

pub use self::finding::{Area, Detail, Finding, Remedy, Report, Verdict};
use self::{
    ask::Asker,
    echo::{Echo, Mark, PATH},
};
use crate::{
    clock::{Clock, Timestamp},
    editors::Editors,
    server::{run::local_url, tls::install_crypto_provider},
    settings::Settings,
    urls::Urls,
};

/// All together may take so long; each part has limits of its own, which end before.
const PATIENCE: Duration = Duration::from_secs(29);

/// Examinations at one time; further ones wait.
const AT_ONE_TIME: usize = 2;

/// How thorough an examination is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Thoroughness {
    /// Everything; it takes half a minute at most.
    #[default]
    Whole,
    /// Without what takes long by nature: whether slow answers are waited for.
    Quick,
}

/// Examines the wiring of one host. Cheap to clone.
#[derive(Clone)]
pub struct Doctor(Arc<Inner>);

struct Inner {
    settings: Arc<Settings>,
    urls: Arc<Urls>,
    editors: Editors,
    clock: Arc<dyn Clock>,
    echo: Arc<Echo>,
    listening: OnceLock<SocketAddr>,
    places: Semaphore,
}

impl std::fmt::Debug for Doctor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Doctor").field("listening", &self.0.listening).finish_non_exhaustive()
    }
}

impl Doctor {
    /// For a host with these settings. Until [`Self::serves_at`] says otherwise no server runs, and only one end is looked at.
    pub fn new(settings: Arc<Settings>, urls: Arc<Urls>, editors: Editors, clock: Arc<dyn Clock>) -> Self {
        let places = Semaphore::new(AT_ONE_TIME);
        let (echo, listening) = (Arc::default(), OnceLock::new());
        Self(Arc::new(Inner { settings, urls, editors, clock, echo, listening, places }))
    }

    /// The server listens there, and has the routes of [`echo::routes`].
    pub fn serves_at(&self, address: SocketAddr) {
        _ = self.0.listening.set(address);
    }

    /// Looks at everything; ends within half a minute.
    pub async fn examine(&self, thoroughness: Thoroughness) -> Report {
        let _place = self.0.places.acquire().await;
        install_crypto_provider();
        let scene = Scene::new(self, thoroughness);
        let mut findings = here::examine(&scene);
        let editors = scene.settings.editors.list().unwrap_or_default();
        let (way, editors) = tokio::join!(
            Box::pin(limited(&scene, the_way(&scene))),
            join_all(editors.iter().map(|entry| Box::pin(editor::examine(&scene, entry)))),
        );
        findings.extend(way);
        findings.extend(editors.into_iter().flatten());
        if scene.settings.editors.discovery.is_empty() {
            let check = finding::Check::new(Area::Host, "host.editors", "editors in the browser");
            let none = check.skipped("none is set up").mend(
                "name its discovery document: `\"collabora=https://office.example.org/hosting/discovery\"`",
                "Lockhouse, setting `editors.discovery`",
            );
            findings.insert(1, none);
        }
        Report { both_ends: scene.listening.is_some(), at: scene.now().to_iso(), public_url: scene.base(), findings }
    }
}

/// From the public URL to here, and what stands between.
async fn the_way(scene: &Scene) -> Vec<Finding> {
    let asker = scene.mark.as_ref().and_then(|mark| Asker::new(format!("{}{PATH}", scene.base()), mark.text()).ok());
    let (mut findings, reached) = way::examine(scene, asker.as_ref()).await;
    if let (Some(asker), Some(reached)) = (&asker, &reached) {
        findings.extend(proxy::examine(scene, asker, reached).await);
    }
    findings
}

async fn limited(scene: &Scene, looking: impl Future<Output = Vec<Finding>>) -> Vec<Finding> {
    timeout(PATIENCE, looking).await.unwrap_or_else(|_| {
        let check = finding::Check::new(Area::PublicUrl, "url.reached", "this host at its public URL");
        let late = check.fails(format!("{} takes too long over its answers", scene.base()));
        vec![late.mend("look what is slow on the way", "the proxy in front, and the network between")]
    })
}

/// What one examination works with.
struct Scene {
    settings: Arc<Settings>,
    urls: Arc<Urls>,
    editors: Editors,
    clock: Arc<dyn Clock>,
    echo: Arc<Echo>,
    /// `None` when no server runs.
    listening: Option<SocketAddr>,
    /// For the requests to the public URL; `None` when no server runs.
    mark: Option<Mark>,
    quick: bool,
}

impl Scene {
    fn new(doctor: &Doctor, thoroughness: Thoroughness) -> Self {
        let inner = &doctor.0;
        let listening = inner.listening.get().copied();
        Self {
            settings: Arc::clone(&inner.settings),
            urls: Arc::clone(&inner.urls),
            editors: inner.editors.clone(),
            clock: Arc::clone(&inner.clock),
            echo: Arc::clone(&inner.echo),
            listening,
            mark: listening.and_then(|_| inner.echo.mark()),
            quick: thoroughness == Thoroughness::Quick,
        }
    }

    /// A mark for somebody who is asked to come; `None` when no server runs.
    fn new_mark(&self) -> Option<Mark> {
        self.listening.and_then(|_| self.echo.mark())
    }

    fn now(&self) -> Timestamp {
        self.clock.wall()
    }

    /// The public URL, without a slash at the end.
    fn base(&self) -> String {
        self.urls.home().trim_end_matches('/').to_owned()
    }

    /// The path of the public URL.
    fn prefix(&self) -> &str {
        self.settings.public_url.as_ref().map_or("", |url| url.path())
    }

    /// The port of the public URL.
    fn port(&self) -> Option<u16> {
        url::Url::parse(&self.base()).ok()?.port_or_known_default()
    }

    /// Where this machine reaches the server itself.
    fn local(&self) -> Option<String> {
        self.listening.map(|address| local_url(address, self.settings.tls.certificate.is_some()))
    }
}
