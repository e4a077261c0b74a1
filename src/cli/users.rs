//! `user`, `grant`, `revoke`.

use super::{
    Outcome,
    args::{UserAddArgs, UserCommand},
    failure::Failure,
    password::new_password,
    print,
    session::Session,
};
use crate::{
    api::{
        Place,
        calls::{
            AddUser, DisableUser, Grant, LinkUser, ListUsers, RemoveUser, Revoke, RevokeClient, SetPassword,
            SignOutUser, UserInfo,
        },
    },
    permission::Role,
    store::records::AccountKind,
};

pub(super) async fn run(session: &mut Session, command: UserCommand) -> Outcome {
    match command {
        UserCommand::Add(arguments) => add(session, arguments).await,
        UserCommand::List { json } => list(session, json).await,
        UserCommand::Passwd { name, password_stdin } => {
            let password = new_password(&name, password_stdin)?;
            let user = session.call(&SetPassword { user: name, password }).await?.user;
            print::line(&format!("{user} has a new password; what he was signed in with has ended"))
        }
        UserCommand::Disable { name, enable } => {
            let user = session.call(&DisableUser { user: name, disabled: !enable }).await?.user;
            print::line(&if enable { format!("{user} can sign in again") } else { format!("{user} is shut out") })
        }
        UserCommand::Link { name, subject, issuer, none: _ } => {
            let told = session.call(&LinkUser { user: name, subject, issuer }).await?;
            print::line(&match told.subject {
                Some(_) => format!("the outside provider signs {} in", told.user),
                None => format!("the outside provider does not sign {} in any more", told.user),
            })
        }
        UserCommand::SignOut { name } => {
            let user = session.call(&SignOutUser { user: name }).await?.user;
            print::line(&format!("what {user} was signed in with has ended"))
        }
        UserCommand::Revoke { name, client } => {
            let ended = session.call(&RevokeClient { user: name, client: client.clone() }).await?;
            let count = print::count(ended.ended, "sign-in");
            print::line(&format!("{client} has to ask {} again; {count} ended", ended.user))
        }
        UserCommand::Rm { name, transfer_to, empty_bin } => {
            let call = RemoveUser { user: name.clone(), heir: transfer_to, empty_bin };
            let removed = session.call(&call).await?;
            if let Some(folder) = removed.folder {
                print::line(&format!("{} moved to {folder}", print::count(removed.transferred, "file")))?;
            }
            if removed.purged > 0 {
                print::line(&format!("{} of the bin removed for good", print::count(removed.purged, "file")))?;
            }
            print::line(&format!("removed {name}"))
        }
    }
}

async fn add(session: &mut Session, arguments: UserAddArgs) -> Outcome {
    let UserAddArgs { name, password_stdin, admin, kind, display_name, email, region } = arguments;
    let password = Some(new_password(&name, password_stdin)?);
    let call = AddUser { user: name, password, admin, kind: kind.into(), display_name, email, region };
    let user = session.call(&call).await?.user;
    print::line(&format!("made {user}"))
}

/// Everybody.
pub(super) async fn all(session: &mut Session) -> Result<Vec<UserInfo>, Failure> {
    let mut users: Vec<UserInfo> = Vec::new();
    loop {
        let after = users.last().map(|last| last.user.clone());
        let page = session.call(&ListUsers { after }).await?;
        if page.is_empty() {
            return Ok(users);
        }
        users.extend(page);
    }
}

async fn list(session: &mut Session, json: bool) -> Outcome {
    let users = all(session).await?;
    if json {
        return print::json(&users);
    }
    let row = |user: &UserInfo| {
        let kind = match user.kind {
            AccountKind::Consumer => "consumer",
            AccountKind::Business => "business",
            AccountKind::Education => "education",
        };
        let mut marks = vec![kind];
        marks.extend(user.admin.then_some("admin"));
        marks.extend(user.disabled.then_some("disabled"));
        let (files, bytes) = (user.files.to_string(), print::bytes(user.bytes));
        let email = user.email.clone().unwrap_or_default();
        vec![user.user.to_string(), user.display_name.clone(), marks.join(","), files, bytes, email]
    };
    print::table(&["NAME", "SHOWN AS", "KIND", "FILES", "SIZE", "E-MAIL"], &users.iter().map(row).collect::<Vec<_>>())
}

pub(super) async fn grant(session: &mut Session, user: String, role: Role, place: Place) -> Outcome {
    let found = session.call(&Grant { user: user.clone(), role, place }).await?;
    print::line(&format!("{user} is {} of {}", role.as_str(), found.path))
}

pub(super) async fn revoke(session: &mut Session, user: String, place: Place) -> Outcome {
    let found = session.call(&Revoke { user: user.clone(), place }).await?;
    print::line(&format!("{user} has no role of his own on {} any more", found.path))
}
