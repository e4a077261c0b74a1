//! `client`.

use super::{
    Outcome,
    args::{ClientAddArgs, ClientCommand},
    print,
    session::Session,
};
use crate::api::calls::{AddClient, ClientInfo, ClientMade, ListClients, RemoveClient, RotateClientSecret};

pub(super) async fn run(session: &mut Session, command: ClientCommand) -> Outcome {
    match command {
        ClientCommand::Add(arguments) => add(session, arguments).await,
        ClientCommand::RotateSecret { id, json } => {
            let made = session.call(&RotateClientSecret { id }).await?;
            if json { print::json(&made) } else { secret(&made) }
        }
        ClientCommand::List { json } => list(session, json).await,
        ClientCommand::Rm { id } => {
            let client = session.call(&RemoveClient { id }).await?;
            print::line(&format!("removed {}; nobody is signed in to it any more", client.id))
        }
    }
}

async fn add(session: &mut Session, arguments: ClientAddArgs) -> Outcome {
    let ClientAddArgs { id, name, redirect_uri, scope, public, json } = arguments;
    let name = name.unwrap_or_else(|| if id == "office" { "Office".to_owned() } else { id.clone() });
    let scopes = scope.iter().map(|scope| scope.as_str().to_owned()).collect();
    let made = session.call(&AddClient { id, name, redirect_uris: redirect_uri, scopes, public }).await?;
    if json {
        return print::json(&made);
    }
    print::line(&format!("client id      {}", made.client.id))?;
    secret(&made)
}

/// The secret alone can be cut out by a script; what it means goes to a person.
fn secret(made: &ClientMade) -> Outcome {
    match &made.secret {
        Some(secret) => {
            print::line(&format!("client secret  {secret}"))?;
            print::complaint("the secret is shown only this once");
            Ok(())
        }
        None => print::line("client secret  none: a public client uses PKCE"),
    }
}

async fn list(session: &mut Session, json: bool) -> Outcome {
    let clients = session.call(&ListClients {}).await?;
    if json {
        return print::json(&clients);
    }
    let row = |client: &ClientInfo| {
        let secrets =
            if client.public { "public".to_owned() } else { print::count(client.secrets.len() as u64, "secret") };
        let (scopes, uris) = (client.scopes.join(","), client.redirect_uris.join(" "));
        vec![client.id.clone(), client.name.clone(), scopes, secrets, uris]
    };
    print::table(&["ID", "NAME", "SCOPES", "", "REDIRECT URIS"], &clients.iter().map(row).collect::<Vec<_>>())
}
