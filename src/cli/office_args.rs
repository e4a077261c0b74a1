//! The arguments of what makes this host a place in Office: OAuth clients, launch links, the onboarding sheet.

#![allow(clippy::doc_markdown, reason = "these texts are shown to people as they stand")]

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use crate::launch::{Origin, Scheme};

/// `client`.
#[derive(Debug, Subcommand)]
pub enum ClientCommand {
    /// Add a client; its secret is printed, this once.
    Add(ClientAddArgs),
    /// Make a further secret, which is printed this once. The one before stays valid beside it, until the next.
    RotateSecret {
        /// The client's id.
        id: String,
        /// Print a JSON object.
        #[arg(long)]
        json: bool,
    },
    /// List the clients.
    List {
        /// Print a JSON array.
        #[arg(long)]
        json: bool,
    },
    /// Remove a client; everybody is signed out of it.
    Rm {
        /// The client's id.
        id: String,
    },
}

/// `client add`.
#[derive(Debug, Args)]
pub struct ClientAddArgs {
    /// Its id (`client_id`): letters, digits and - _ .
    pub id: String,
    /// What people are told that asks [default: Office for the id `office`, else ID].
    #[arg(long, value_name = "TEXT")]
    pub name: Option<String>,
    /// Where codes may be sent; can be given several times.
    #[arg(long, value_name = "URI", default_value = "https://localhost")]
    pub redirect_uri: Vec<String>,
    /// What it may ask for: wopi for Office, app for your own mobile app; can be given several times.
    #[arg(long, default_value = "wopi")]
    pub scope: Vec<ScopeName>,
    /// A client that cannot keep a secret, such as an app: it has none, and must use PKCE.
    #[arg(long)]
    pub public: bool,
    /// Print a JSON object.
    #[arg(long)]
    pub json: bool,
}

/// What a client may ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ScopeName {
    /// To open the bootstrapper, as Office does.
    Wopi,
    /// The interface for your own mobile app.
    App,
}

impl ScopeName {
    /// As OAuth writes it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Wopi => "wopi",
            Self::App => "app",
        }
    }
}

/// `office-link`.
#[derive(Debug, Args)]
pub struct OfficeLinkArgs {
    /// The file: in the drive of the user, unless it is written as NAME:/path.
    pub path: String,
    /// For whom. A user who may only view it gets a link for reading.
    #[arg(long, value_name = "NAME")]
    pub user: String,
    /// A link for reading.
    #[arg(long)]
    pub view: bool,
    /// The URL scheme of your own app on iOS, without a colon: Office goes back to it.
    #[arg(long, value_name = "SCHEME", value_parser = Scheme::parse)]
    pub pass_back: Option<Scheme>,
    /// Any text, which Office hands back then.
    #[arg(long, value_name = "TEXT")]
    pub context: Option<String>,
    /// Where the link is followed.
    #[arg(long, default_value = "app")]
    pub origin: OriginName,
    /// Print one JSON object: the link, and its parts.
    #[arg(long)]
    pub json: bool,
}

/// Where a link is followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum OriginName {
    /// In an app.
    App,
    /// On a web site.
    Web,
}

impl From<OriginName> for Origin {
    fn from(origin: OriginName) -> Self {
        match origin {
            OriginName::App => Self::App,
            OriginName::Web => Self::Web,
        }
    }
}

/// `onboarding`.
#[derive(Debug, Args)]
#[allow(clippy::struct_excessive_bools, reason = "each is one switch of the command")]
pub struct OnboardingArgs {
    /// Print one JSON object (with --test-accounts an array).
    #[arg(long)]
    pub json: bool,
    /// Do not ask the addresses whether they answer as they must.
    #[arg(long)]
    pub offline: bool,
    /// Make three test accounts of private persons and three of business users, each with documents; print their
    /// passwords, this once. Those that are there stay as they are.
    #[arg(long, conflicts_with_all = ["offline", "icons"])]
    pub test_accounts: bool,
    /// Give the test accounts that are there new passwords.
    #[arg(long, requires = "test_accounts")]
    pub reset: bool,
    /// Draw the six icons that Microsoft asks for from a picture (PNG or JPEG), on white, into the folder of --out.
    #[arg(long, value_name = "PICTURE", requires = "out", conflicts_with_all = ["offline", "json"])]
    pub icons: Option<PathBuf>,
    /// The folder for the icons `16.png` to `96.png`; made if it is missing. Put it where `office.icons_url` points.
    #[arg(long, value_name = "DIR", requires = "icons")]
    pub out: Option<PathBuf>,
}
