//! Floor 6: the command line.
//!
//! Every command that touches data talks to the host over the socket in the data directory ([`session`]): to the server's,
//! or, when none runs, to one that the command serves from inside itself. So there is one way in, whoever runs.
//!
//! Results go to standard output, everything else to standard error. Exit codes: [`failure::Code`].

pub mod args;
mod audit;
mod bin;
mod checking;
mod clients;
mod doctor;
mod export;
mod failure;
mod files;
mod history;
pub mod hosting;
mod icons;
mod import;
mod keys;
mod links;
mod locks;
mod maintenance;
mod office_args;
mod office_link;
mod onboarding;
mod password;
mod print;
mod probes;
pub mod serve;
mod session;
mod settings;
mod stress;
mod stress_args;
mod tokens;
mod transfer;
mod users;

use std::process::ExitCode;

use clap::Parser as _;

use self::{
    args::{Cli, Command, ConfigCommand, OnboardingArgs},
    failure::Failure,
    session::Session,
};
use crate::settings::Loaded;

/// What every command ends with.
type Outcome = Result<(), Failure>;

/// The program: reads the arguments, does what they say, and tells how it went.
pub fn main() -> ExitCode {
    // Whatever is written holds documents, passwords' hashes or keys: it is for this user alone.
    rustix::process::umask(rustix::fs::Mode::RWXG | rustix::fs::Mode::RWXO);
    let cli = Cli::parse();
    match run(cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            failure.tell();
            failure.code.into()
        }
    }
}

fn run(cli: Cli) -> Outcome {
    // It needs no host here, and no settings: it may be somebody else's that is tried.
    if let Command::Stress(arguments) = cli.command {
        return stress::run(*arguments, cli.globals);
    }
    let loaded = settings::load(&cli.globals)?;
    match cli.command {
        Command::Serve => serve::run(&loaded.settings),
        Command::Config { command: ConfigCommand::Show { json } } => settings::show(&loaded, json),
        command => {
            settings::logs(&cli.globals, &loaded)?;
            match command {
                Command::RestoreBackup(arguments) => maintenance::restore_backup(&loaded, &arguments),
                Command::Check(arguments) => checking::run(&loaded, &arguments),
                Command::Onboarding(OnboardingArgs { icons: Some(picture), out: Some(folder), .. }) => {
                    icons::run(&picture, &folder)
                }
                command => with_session(&loaded, command),
            }
        }
    }
}

fn with_session(loaded: &Loaded, command: Command) -> Outcome {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    // Only the first user may make a data directory: elsewhere a mistyped one would look like an empty house.
    let may_create = command.may_create();
    let mut session = runtime.block_on(Session::open(&loaded.settings, may_create))?;
    let outcome = runtime.block_on(perform(&mut session, command));
    session.close();
    outcome
}

async fn perform(session: &mut Session, command: Command) -> Outcome {
    match command {
        Command::User { command } => users::run(session, command).await,
        Command::Grant { user, role, path, drive } => users::grant(session, user, role.into(), drive.place(path)).await,
        Command::Revoke { user, path, drive } => users::revoke(session, user, drive.place(path)).await,
        Command::Ls(arguments) => files::list(session, arguments).await,
        Command::Mkdir { path, drive } => files::make(session, drive.place(path)).await,
        Command::Mv { from, to, drive } => files::relocate(session, drive.place(from), drive.place(to)).await,
        Command::Rm { path, recursive, drive } => files::remove(session, drive.place(path), recursive).await,
        Command::Import(arguments) => import::run(session, arguments).await,
        Command::Export(arguments) => export::run(session, arguments).await,
        Command::Token(arguments) => tokens::run(session, arguments).await,
        Command::OfficeLink(arguments) => office_link::run(session, arguments).await,
        Command::Onboarding(arguments) => onboarding::run(session, &arguments).await,
        Command::Bin { command } => bin::run(session, command).await,
        Command::Versions { path, drive, json } => history::versions(session, drive.place(path), json).await,
        Command::Restore { path, number, rescued, drive } => {
            history::restore(session, drive.place(path), number, rescued).await
        }
        Command::Lock { command } => locks::run(session, command).await,
        Command::Link { command } => links::run(session, command).await,
        Command::Client { command } => clients::run(session, command).await,
        Command::Key { command } => keys::run(session, command).await,
        Command::Audit(arguments) => audit::run(session, arguments).await,
        Command::Doctor(arguments) => doctor::run(session, arguments).await,
        Command::Collect => history::collect(session).await,
        Command::Backup(arguments) => maintenance::backup(session, &arguments).await,
        Command::RestoreBackup(_)
        | Command::Check(_)
        | Command::Serve
        | Command::Stress(_)
        | Command::Config { .. } => Err(Failure::failed("this command does not go through the host")),
    }
}
