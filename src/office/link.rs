//! The link that opens a file of this host in Office, for a user.

use serde::{Deserialize, Serialize};

use crate::{
    host::{Host, HostError},
    ids::NodeId,
    launch::{LONGEST_CONTEXT, LaunchLink, LinkError, Mode, OfficeApp, Opening, Origin, Scheme, StoreLinks},
    names::for_office_mobile,
    settings::Settings,
    store::records::AccountRecord,
    urls::Urls,
};

/// What a link is wanted for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wish {
    /// Reading, though the user may write.
    pub view: bool,
    /// Where it is followed.
    pub origin: Origin,
    /// The scheme of the app that Office is to go back to.
    pub pass_back: Option<Scheme>,
    /// A text that Office is to hand back then.
    pub context: Option<String>,
}

/// A link, and all that an app must know to follow it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Launch {
    /// The link itself.
    pub link: String,
    /// What it says.
    #[serde(flatten)]
    pub parts: LaunchLink,
    /// `ofe` or `ofv`.
    pub command: String,
    /// Edited as it is, or converted to a new file beside it first.
    pub opening: Opening,
    /// The App Store link of the app, if Microsoft gave one: for when it is missing.
    pub ios_store: Option<String>,
    /// The same for Android.
    pub android_store: Option<String>,
}

/// Why there is no link.
#[derive(Clone, Debug, thiserror::Error)]
pub enum NoLaunch {
    /// There is no such file, or it is not for this user.
    #[error("there is no such file")]
    NotFound,
    /// No Office app opens such files.
    #[error("no Office app opens `{0}`")]
    Unsupported(String),
    /// Something that was wished cannot stand in a link.
    #[error(transparent)]
    Wish(#[from] LinkError),
    /// The host does not know its own address.
    #[error("the address of this host is not known: set `public_url`")]
    NoAddress,
    /// The store could not do it.
    #[error(transparent)]
    Host(HostError),
}

impl From<HostError> for NoLaunch {
    fn from(error: HostError) -> Self {
        if matches!(error, HostError::NotFound) { Self::NotFound } else { Self::Host(error) }
    }
}

/// Builds links.
#[derive(Clone, Copy, Debug)]
pub struct Launcher<'a> {
    /// The host whose files they open.
    pub host: &'a Host,
    /// Where it is reached.
    pub urls: &'a Urls,
    /// The settings in force.
    pub settings: &'a Settings,
}

impl Launcher<'_> {
    /// The link that opens a file in Office for a user: for reading if he cannot write (rule B-87).
    ///
    /// # Errors
    /// [`NoLaunch`]; a file that the user may not see is one that is not there.
    pub fn link(&self, account: &AccountRecord, file: &NodeId, wish: Wish) -> Result<Launch, NoLaunch> {
        if self.urls.origin().is_empty() {
            return Err(NoLaunch::NoAddress);
        }
        if wish.context.as_ref().is_some_and(|context| context.len() > LONGEST_CONTEXT) {
            return Err(LinkError::Context.into());
        }
        let head = self.host.head(file)?;
        let role = self.host.rights().role_on_file(&account.user, file, &head).map_err(HostError::from)?;
        let role = role.ok_or(NoLaunch::NotFound)?;
        let (app, opening) = OfficeApp::of_file(&head.name).ok_or_else(|| NoLaunch::Unsupported(head.name.clone()))?;
        let writes = role.can_write() && self.settings.supports.update && !wish.view;
        let office = &self.settings.office;
        // Settings with a link that is none are refused at the start.
        let store = |links: &crate::settings::Texts| {
            StoreLinks::parse(links.iter()).ok().and_then(|links| links.of(app).map(str::to_owned))
        };
        let parts = LaunchLink {
            app,
            mode: if writes { Mode::Edit } else { Mode::View },
            wopi_src: self.urls.wopi_src(file),
            service: Some(office.provider_id.clone()).filter(|id| !id.is_empty()),
            user: account.wopi_id().as_str().to_owned(),
            // As CheckFileInfo tells it to Office.
            name: for_office_mobile(&head.name),
            origin: wish.origin,
            pass_back: wish.pass_back,
            context: wish.context,
        };
        Ok(Launch {
            link: parts.to_string(),
            command: parts.mode.command().to_owned(),
            parts,
            opening,
            ios_store: store(&office.ios_store_links),
            android_store: store(&office.android_store_links),
        })
    }
}
