//! `key`.

use super::{Outcome, args::KeyCommand, print, session::Session};
use crate::api::calls::{KeyInfo, ListKeys, RetireKey, RotateKeys};

pub(super) async fn run(session: &mut Session, command: KeyCommand) -> Outcome {
    match command {
        KeyCommand::List { json } => list(session, json).await,
        KeyCommand::Rotate => {
            let key = session.call(&RotateKeys {}).await?;
            print::line(&format!("{} signs from now on", key.kid))
        }
        KeyCommand::Retire { kid } => {
            let key = session.call(&RetireKey { kid: kid.clone() }).await?;
            print::line(&format!("tokens that {kid} signed are refused; {} signs", key.kid))
        }
    }
}

async fn list(session: &mut Session, json: bool) -> Outcome {
    let keys = session.call(&ListKeys {}).await?;
    if json {
        return print::json(&keys);
    }
    let row = |key: &KeyInfo| {
        let state = match &key.retired {
            _ if key.signs => "signs".to_owned(),
            Some(retired) => format!("retired {retired}"),
            None => "its tokens are accepted".to_owned(),
        };
        vec![key.kid.clone(), key.made.clone(), state]
    };
    print::table(&["ID", "MADE", ""], &keys.iter().map(row).collect::<Vec<_>>())
}
