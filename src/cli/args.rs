//! The arguments. Scripts rely on them: names, meanings and outputs stay.

#![allow(clippy::doc_markdown, reason = "these texts are shown to people as they stand")]

use std::{net::SocketAddr, path::PathBuf};

use clap::{Args, Parser, Subcommand, ValueEnum};

pub use super::{
    office_args::{ClientAddArgs, ClientCommand, OfficeLinkArgs, OnboardingArgs, ScopeName},
    stress_args::StressArgs,
};
use crate::{api::Place, host::tokens::ClientKind, permission::Role, settings::Period, store::records::AccountKind};

const AFTER_HELP: &str = "\
Paths are in the drive of a user: name the user with an option (--user NAME or --owner NAME), or write NAME:/path.

All commands work while the server runs and while it does not.

Exit codes: 0 done; 1 failed; 2 wrong arguments or settings; 3 no such user, file, folder or version; 4 refused as things \
are (locked, in use, not empty, taken); 5 the store or the disk cannot do it; 6 `lockhouse doctor` found something that \
cannot work. Of `lockhouse stress` also: 10 the host is \
convicted; 11 undecided; 12 this machine does not allow what was asked for.";

/// Keeps Office documents, and lets Word, Excel, PowerPoint, Collabora Online and ONLYOFFICE edit them over WOPI.
#[derive(Debug, Parser)]
#[command(name = "lockhouse", version, after_help = AFTER_HELP, subcommand_required = true, arg_required_else_help = true)]
pub struct Cli {
    /// What holds for every command.
    #[command(flatten)]
    pub globals: Globals,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What holds for every command.
#[derive(Clone, Debug, Default, Args)]
pub struct Globals {
    /// Where everything is kept [env: LOCKHOUSE_DATA_DIR] [default: data/store].
    #[arg(long, global = true, value_name = "DIR", help_heading = "Options for every command")]
    pub data_dir: Option<PathBuf>,
    /// The address and port that the server listens on [env: LOCKHOUSE_LISTEN] [default: 127.0.0.1:8080].
    #[arg(long, global = true, value_name = "ADDR:PORT", help_heading = "Options for every command")]
    pub listen: Option<SocketAddr>,
    /// The file with the settings [env: LOCKHOUSE_CONFIG] [default: config/lockhouse.toml, then
    /// /etc/lockhouse/lockhouse.toml, if there is one].
    #[arg(long, global = true, value_name = "FILE", help_heading = "Options for every command")]
    pub config: Option<PathBuf>,
    /// Tell on standard error what goes on inside [env: LOCKHOUSE_LOG takes a level or a filter].
    #[arg(long, short, global = true, help_heading = "Options for every command")]
    pub verbose: bool,
}

/// In whose drive a path is.
#[derive(Clone, Debug, Default, Args)]
pub struct Drive {
    /// The user in whose drive the path is, unless it is written as NAME:/path.
    #[arg(long = "user", visible_alias = "owner", value_name = "NAME")]
    pub user: Option<String>,
}

impl Drive {
    /// A path in this drive.
    pub fn place(&self, path: String) -> Place {
        Place { path, user: self.user.clone() }
    }
}

/// The same, for commands in which `--user` would be mistaken.
#[derive(Clone, Debug, Default, Args)]
pub struct OwnersDrive {
    /// The user in whose drive the path is, unless it is written as NAME:/path.
    #[arg(long, value_name = "NAME")]
    pub owner: Option<String>,
}

impl OwnersDrive {
    /// A path in this drive.
    pub fn place(&self, path: String) -> Place {
        Place { path, user: self.owner.clone() }
    }
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run the server until it is told to stop; prints its address as soon as it answers.
    Serve,
    /// Make, list, change and remove users.
    User {
        /// What to do.
        #[command(subcommand)]
        command: UserCommand,
    },
    /// Give a user a role on a file or folder; a role given there before is replaced.
    Grant {
        /// To whom.
        user: String,
        /// What he may do: viewer (see and download), editor (also change and share), owner (also see rescued versions
        /// and break locks).
        role: RoleName,
        /// On what file or folder. On a folder the role holds for all that is in it.
        path: String,
        /// Whose.
        #[command(flatten)]
        drive: OwnersDrive,
    },
    /// Take back the role that a user was given on a file or folder.
    Revoke {
        /// From whom.
        user: String,
        /// On what file or folder.
        path: String,
        /// Whose.
        #[command(flatten)]
        drive: OwnersDrive,
    },
    /// List what is in a folder, or, without a path and user, all drives.
    Ls(LsArgs),
    /// Make a folder, with those on the way to it; one that exists is fine.
    Mkdir {
        /// The folder.
        path: String,
        /// Whose.
        #[command(flatten)]
        drive: Drive,
    },
    /// Move or rename a file or folder. If TO is a folder, it goes into it, else TO is its new path.
    Mv {
        /// What to move.
        from: String,
        /// Where to.
        to: String,
        /// Whose.
        #[command(flatten)]
        drive: Drive,
    },
    /// Put a file into the bin, or remove an empty folder. Refused for a file that an editor has locked.
    Rm {
        /// What to remove.
        path: String,
        /// Put all files below the folder into the bin, and remove the folders.
        #[arg(long, short)]
        recursive: bool,
        /// Whose.
        #[command(flatten)]
        drive: Drive,
    },
    /// Copy a folder of documents into a user's drive. Run again, it goes on where it was interrupted.
    Import(ImportArgs),
    /// Copy all drives, or one, or a part of one, into a folder on this machine. Run again, it goes on where it was
    /// interrupted.
    Export(ExportArgs),
    /// Print what points a WOPI client at a file or folder: the WOPISrc, an access token, and when the token ends.
    Token(TokenArgs),
    /// Print the link that opens a file in Word, Excel or PowerPoint on a phone, tablet or computer.
    OfficeLink(OfficeLinkArgs),
    /// Print all that Microsoft asks for before this host is offered in Office for iOS and Android, and say what is
    /// missing; make the test accounts, draw the icons.
    Onboarding(OnboardingArgs),
    /// List, bring back or remove for good the files that were deleted.
    Bin {
        /// What to do.
        #[command(subcommand)]
        command: BinCommand,
    },
    /// List the versions of a file, and the rescued ones: saves that had to be refused and were kept.
    Versions {
        /// The file.
        path: String,
        /// Whose.
        #[command(flatten)]
        drive: Drive,
        /// Print a JSON array.
        #[arg(long)]
        json: bool,
    },
    /// Bring a version back as the newest; the present one stays in the history. Refused while an editor has the file locked.
    Restore {
        /// The file.
        path: String,
        /// The number that `lockhouse versions` shows.
        number: u64,
        /// Take the rescued version of that number.
        #[arg(long)]
        rescued: bool,
        /// Whose.
        #[command(flatten)]
        drive: Drive,
    },
    /// See which files editors have locked, and end locks.
    Lock {
        /// What to do.
        #[command(subcommand)]
        command: LockCommand,
    },
    /// See the links by which files and folders are shared, and end them.
    Link {
        /// What to do.
        #[command(subcommand)]
        command: LinkCommand,
    },
    /// Add, list and remove the clients that people can sign in to, such as Office for iOS and Android.
    Client {
        /// What to do.
        #[command(subcommand)]
        command: ClientCommand,
    },
    /// See the keys that sign access tokens, and replace them.
    Key {
        /// What to do.
        #[command(subcommand)]
        command: KeyCommand,
    },
    /// Tell who signed in, shared, broke locks and administered, from where and when; the latest first.
    Audit(AuditArgs),
    /// Free the disk space that no version needs any more now, instead of when it is due.
    Collect,
    /// Write everything into one file, also while the server runs.
    Backup(BackupArgs),
    /// Make a data directory from a file that `lockhouse backup` wrote.
    RestoreBackup(RestoreBackupArgs),
    /// Verify every record and every piece of content, and say what is damaged.
    Check(CheckArgs),
    /// Find out what is wrong with the wiring between browsers, proxy, editors and this host, and what to change where.
    Doctor(DoctorArgs),
    /// Find out whether a WOPI host, this one or any other, keeps its word when everybody wants the same at once.
    Stress(Box<StressArgs>),
    /// See the settings.
    Config {
        /// What to do.
        #[command(subcommand)]
        command: ConfigCommand,
    },
}

impl Command {
    /// Whether the command makes a data directory where there is none.
    pub(super) const fn may_create(&self) -> bool {
        matches!(self, Self::User { command: UserCommand::Add(_) })
    }
}

/// `user`.
#[derive(Debug, Subcommand)]
pub enum UserCommand {
    /// Make a user and a drive for his files.
    Add(UserAddArgs),
    /// List the users.
    List {
        /// Print a JSON array.
        #[arg(long)]
        json: bool,
    },
    /// Give a user a new password; everything he is signed in with ends.
    Passwd {
        /// Who.
        name: String,
        /// Read the password from the first line of standard input instead of asking for it.
        #[arg(long)]
        password_stdin: bool,
    },
    /// Shut a user out; everything he is signed in with ends, his files stay.
    Disable {
        /// Who.
        name: String,
        /// Let him in again.
        #[arg(long)]
        enable: bool,
    },
    /// Let somebody whom the outside provider knows (`oidc.issuer`) sign in as a user who is there already.
    Link {
        /// Who.
        name: String,
        /// What the provider calls him for ever: the claim `sub` of its ID tokens. It is not his name or e-mail address.
        #[arg(long, value_name = "SUB", required_unless_present = "none")]
        subject: Option<String>,
        /// The provider's issuer URL [default: the setting oidc.issuer].
        #[arg(long, value_name = "URL")]
        issuer: Option<String>,
        /// End it: nobody signs in as him by the provider any more, and whoever did is signed out.
        #[arg(long, conflicts_with_all = ["subject", "issuer"])]
        none: bool,
    },
    /// End everything a user is signed in with, everywhere: browsers, Office, open documents.
    SignOut {
        /// Who.
        name: String,
    },
    /// Take back what a user granted to a client, such as Office: it has to ask him again.
    Revoke {
        /// Who.
        name: String,
        /// The client's id.
        client: String,
    },
    /// Remove a user who owns nothing any more, or give what he owns to another.
    Rm {
        /// Who.
        name: String,
        /// Move his files into a folder of his name in the drive of this user.
        #[arg(long, value_name = "OTHER")]
        transfer_to: Option<String>,
        /// Remove what is in his bin for good.
        #[arg(long)]
        empty_bin: bool,
    },
}

/// `user add`.
#[derive(Debug, Args)]
pub struct UserAddArgs {
    /// The name by which he signs in: letters and digits.
    pub name: String,
    /// Read the password from the first line of standard input instead of asking for it.
    #[arg(long)]
    pub password_stdin: bool,
    /// He may administer the host.
    #[arg(long)]
    pub admin: bool,
    /// The kind of account, from which Office decides which licence it asks for.
    #[arg(long, default_value = "consumer")]
    pub kind: KindName,
    /// The name that others see [default: NAME].
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    pub display_name: String,
    /// His e-mail address.
    #[arg(long, value_name = "ADDRESS")]
    pub email: Option<String>,
    /// The region whose token endpoint Office is to use for him, one of those in `oauth.regions`.
    #[arg(long, value_name = "REGION")]
    pub region: Option<String>,
}

/// Kinds of accounts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum KindName {
    /// A private person.
    Consumer,
    /// A business user.
    Business,
    /// A pupil, student or teacher.
    Education,
}

impl From<KindName> for AccountKind {
    fn from(kind: KindName) -> Self {
        match kind {
            KindName::Consumer => Self::Consumer,
            KindName::Business => Self::Business,
            KindName::Education => Self::Education,
        }
    }
}

/// Roles.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum RoleName {
    /// May see and download.
    Viewer,
    /// May also change and share.
    Editor,
    /// May do everything.
    Owner,
}

impl From<RoleName> for Role {
    fn from(role: RoleName) -> Self {
        match role {
            RoleName::Viewer => Self::Viewer,
            RoleName::Editor => Self::Editor,
            RoleName::Owner => Self::Owner,
        }
    }
}

/// Editors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ClientName {
    /// Not known.
    Any,
    /// Office for the web, for iOS and Android.
    Office,
    /// Collabora Online.
    Collabora,
    /// ONLYOFFICE Docs.
    Onlyoffice,
}

impl From<ClientName> for ClientKind {
    fn from(client: ClientName) -> Self {
        match client {
            ClientName::Any => Self::Any,
            ClientName::Office => Self::Office,
            ClientName::Collabora => Self::Collabora,
            ClientName::Onlyoffice => Self::OnlyOffice,
        }
    }
}

/// `ls`.
#[derive(Debug, Args)]
pub struct LsArgs {
    /// The folder, or a file.
    pub path: Option<String>,
    /// Whose.
    #[command(flatten)]
    pub drive: Drive,
    /// Print a JSON array.
    #[arg(long)]
    pub json: bool,
    /// Also show sizes, times, versions and locks.
    #[arg(long, short)]
    pub long: bool,
}

/// `import`.
#[derive(Debug, Args)]
pub struct ImportArgs {
    /// The folder on this machine whose contents are copied.
    pub dir: PathBuf,
    /// The user into whose drive they go.
    #[arg(long, visible_alias = "user", value_name = "NAME")]
    pub owner: String,
    /// The folder in the drive that they go into; made if it is missing [default: the drive's root].
    #[arg(long, value_name = "PATH", default_value = "/", hide_default_value = true)]
    pub into: String,
    /// Also replace files that were changed in the drive since they were imported; what is replaced stays in the history.
    #[arg(long)]
    pub overwrite: bool,
}

/// `export`.
#[derive(Debug, Args)]
pub struct ExportArgs {
    /// The folder on this machine that is written into; made if it is missing.
    pub dir: PathBuf,
    /// The file or folder to copy [default: the whole drive].
    pub path: Option<String>,
    /// Copy only what is in the drive of this user. Without it and without a path all drives are copied, each into a
    /// folder of its owner's name.
    #[arg(long, visible_alias = "user", value_name = "NAME")]
    pub owner: Option<String>,
}

/// `token`.
#[derive(Debug, Args)]
pub struct TokenArgs {
    /// The file or folder: in the drive of the user, unless it is written as NAME:/path.
    pub path: String,
    /// For whom the token speaks.
    #[arg(long, value_name = "NAME")]
    pub user: String,
    /// Print one JSON object: `wopisrc`, `access_token`, and `access_token_ttl` in milliseconds since 1970.
    #[arg(long)]
    pub json: bool,
    /// A token that only reads.
    #[arg(long)]
    pub view: bool,
    /// Which editor it is for.
    #[arg(long, default_value = "any")]
    pub client: ClientName,
    /// For how long, such as `30m` or `10h`; never longer than the setting `tokens.lifetime`, which is the default.
    #[arg(long, value_name = "TIME")]
    pub lifetime: Option<Period>,
}

/// `bin`.
#[derive(Debug, Subcommand)]
pub enum BinCommand {
    /// List the files that were deleted.
    List {
        /// Whose [default: everybody's].
        #[command(flatten)]
        drive: Drive,
        /// Print a JSON array.
        #[arg(long)]
        json: bool,
    },
    /// Bring a file back to where it was; to the root of the drive if that folder is gone.
    Restore {
        /// The id that `lockhouse bin list` shows, or the file's name if only one in the bin has it.
        file: String,
        /// Whose [default: everybody's].
        #[command(flatten)]
        drive: Drive,
    },
    /// Remove deleted files for good.
    Empty {
        /// Only this file: its id, or its name if only one in the bin has it [default: all in the user's bin].
        file: Option<String>,
        /// Whose.
        #[arg(long = "user", visible_alias = "owner", value_name = "NAME")]
        user: String,
    },
}

/// `lock`.
#[derive(Debug, Subcommand)]
pub enum LockCommand {
    /// List the files that editors have locked.
    List {
        /// Print a JSON array.
        #[arg(long)]
        json: bool,
    },
    /// Tell who has a file locked.
    Show {
        /// The file.
        path: String,
        /// Whose.
        #[command(flatten)]
        drive: Drive,
        /// Print a JSON object; `null` when it is not locked.
        #[arg(long)]
        json: bool,
    },
    /// End the lock of a file. What its editor saves afterwards is refused, and kept as a rescued version.
    Break {
        /// The file.
        path: String,
        /// Whose.
        #[command(flatten)]
        drive: Drive,
    },
}

/// `link`.
#[derive(Debug, Subcommand)]
pub enum LinkCommand {
    /// List the links on a file or folder. A link opens what it is on, so only the beginning of its id is shown.
    List {
        /// The file or folder.
        path: String,
        /// Whose.
        #[command(flatten)]
        drive: Drive,
        /// Print a JSON array.
        #[arg(long)]
        json: bool,
    },
    /// End a link, or all links on a file or folder, at once.
    Revoke {
        /// The id that `lockhouse link list` shows; or the file or folder, which holds a `/` unless --user is given.
        #[arg(allow_hyphen_values = true)]
        what: String,
        /// Whose.
        #[command(flatten)]
        drive: Drive,
    },
}

/// `key`.
#[derive(Debug, Subcommand)]
pub enum KeyCommand {
    /// List the keys, oldest first.
    List {
        /// Print a JSON array.
        #[arg(long)]
        json: bool,
    },
    /// Make a new key that signs from now on; tokens of the older ones stay good until they end.
    Rotate,
    /// Refuse, from now on, all tokens that a key signed: when it became known to somebody.
    Retire {
        /// The id that `lockhouse key list` shows.
        #[arg(allow_hyphen_values = true)]
        kid: String,
    },
}

/// `audit`.
#[derive(Debug, Args)]
pub struct AuditArgs {
    /// Nothing that was before: a time such as `2026-01-31` or `2026-01-31T08:00:00Z`, or how long ago, such as `36h` or `7d`.
    #[arg(long, value_name = "TIME")]
    pub since: Option<String>,
    /// Only what this user did, or what was done to him.
    #[arg(long, value_name = "NAME")]
    pub user: Option<String>,
    /// Print a JSON array.
    #[arg(long)]
    pub json: bool,
}

/// `backup`.
#[derive(Debug, Args)]
pub struct BackupArgs {
    /// The file to write; it must not exist.
    pub file: PathBuf,
}

/// `restore-backup`.
#[derive(Debug, Args)]
pub struct RestoreBackupArgs {
    /// The file that `lockhouse backup` wrote; `-` for standard input. The data directory must be new or empty.
    pub file: PathBuf,
    /// Restore also where there is data: what is there is moved aside, into `replaced-TIME` in the data directory.
    #[arg(long)]
    pub force: bool,
}

/// `check`.
#[derive(Debug, Args)]
pub struct CheckArgs {
    /// Move what is damaged aside and keep the rest. The server must be stopped.
    #[arg(long)]
    pub repair: bool,
    /// Print one JSON object.
    #[arg(long)]
    pub json: bool,
}

/// `doctor`.
#[derive(Debug, Args)]
pub struct DoctorArgs {
    /// Leave out what takes long: whether the proxy waits for slow answers.
    #[arg(long)]
    pub quick: bool,
    /// Show all that was seen, also where nothing is wrong.
    #[arg(long)]
    pub details: bool,
    /// Print one JSON object.
    #[arg(long)]
    pub json: bool,
}

/// `config`.
#[derive(Debug, Subcommand)]
pub enum ConfigCommand {
    /// Show every setting with its value and where it was set.
    Show {
        /// Print one JSON object.
        #[arg(long)]
        json: bool,
    },
}

#[cfg(test)]
mod tests {
    use clap::{CommandFactory as _, Parser as _};

    use super::{Cli, Command, KeyCommand};

    #[test]
    fn the_id_of_a_key_may_begin_as_an_option_does() {
        for id in ["abc123", "-abc12", "-hVq-1", "--abcd", "_-abcd"] {
            let cli = Cli::try_parse_from(["lockhouse", "key", "retire", id]).unwrap();
            let Command::Key { command: KeyCommand::Retire { kid } } = cli.command else { panic!("{id}") };
            assert_eq!(kid, id);
        }
    }

    #[test]
    fn the_arguments_contradict_each_other_nowhere() {
        super::Cli::command().debug_assert();
    }
}
