//! `token`.

use super::{Outcome, args::TokenArgs, print, session::Session};
use crate::{
    api::{Place, calls::IssueToken},
    clock::Timestamp,
    permission::Role,
};

pub(super) async fn run(session: &mut Session, arguments: TokenArgs) -> Outcome {
    let TokenArgs { path, user, json, view, client, lifetime } = arguments;
    let call = IssueToken {
        place: Place { path, user: Some(user.clone()) },
        user,
        ceiling: if view { Role::Viewer } else { Role::Owner },
        client: client.into(),
        lifetime: lifetime.map(|period| period.get().as_secs()),
    };
    let token = session.call(&call).await?;
    if json {
        return print::json(&token);
    }
    let ends = Timestamp::from_unix_ms(token.access_token_ttl);
    print::line(&format!("wopisrc           {}", token.wopisrc))?;
    print::line(&format!("access_token      {}", token.access_token))?;
    print::line(&format!("access_token_ttl  {} ({ends})", token.access_token_ttl))
}
