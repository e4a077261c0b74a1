//! What somebody allowed to apps.

use super::shown::When;
use crate::{
    clock::Timestamp,
    host::HostError,
    store::records::AccountRecord,
    web::{desk::Desk, language::AccountTexts},
};

/// An app that was allowed to use the documents.
pub(crate) struct App {
    pub(crate) client: String,
    pub(crate) name: String,
    pub(crate) since: When,
    pub(crate) used: When,
    pub(super) revoke: String,
    pub(super) sure: String,
}

/// The clients that a user allowed to use his documents, by name.
pub(crate) fn of(desk: &Desk<'_>, user: &AccountRecord) -> Result<Vec<App>, HostError> {
    let (host, texts) = (desk.host(), AccountTexts::of(desk.language()));
    let now = host.clock().wall();
    let mut found: Vec<(String, Timestamp, Timestamp)> = Vec::new();
    for (_, family) in host.grants().of_user(&user.user)? {
        if family.expires <= now || family.generation != user.generation {
            continue;
        }
        match found.iter_mut().find(|(client, ..)| *client == family.client) {
            Some((_, since, used)) => {
                *since = (*since).min(family.created);
                *used = (*used).max(family.used);
            }
            None => found.push((family.client, family.created, family.used)),
        }
    }
    let mut apps = Vec::with_capacity(found.len());
    for (client, since, used) in found {
        let name = host.clients().get(&client)?.map_or_else(|| client.clone(), |client| client.name);
        apps.push(App {
            since: since.into(),
            used: used.into(),
            revoke: texts.revoke_app.replace("{app}", &name),
            sure: texts.revoke_sure.replace("{app}", &name),
            client,
            name,
        });
    }
    apps.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(apps)
}
