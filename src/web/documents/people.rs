//! The names of people, as those who are on a page know them.

use std::collections::HashMap;

use crate::{
    host::{Host, links::is_guest_id},
    ids::UserId,
    store::records::AccountRecord,
    web::{desk::Desk, language::DocumentTexts},
};

/// The longest name of somebody unknown that is shown, in characters: editors report what they like.
const LONGEST: usize = 64;

/// Looks up names, each once for a page.
pub(super) struct People<'a> {
    host: &'a Host,
    me: &'a AccountRecord,
    texts: &'static DocumentTexts,
    known: HashMap<String, String>,
}

impl<'a> People<'a> {
    /// For one page.
    pub(super) fn new(desk: &'a Desk<'_>) -> Self {
        Self { host: desk.host(), me: &desk.me, texts: DocumentTexts::of(desk.language()), known: HashMap::new() }
    }

    /// The name of a user, with a note if it is the reader himself.
    pub(super) fn name(&mut self, user: &UserId) -> String {
        let folded = user.folded();
        if let Some(known) = self.known.get(&folded) {
            return known.clone();
        }
        let name = if is_guest_id(user) {
            self.texts.guest.to_owned()
        } else if folded == self.me.user.folded() {
            self.texts.you.replace("{name}", display_name(self.me))
        } else {
            // What cannot be looked up is told by its id: a page is worth more than a name.
            let account = self.host.accounts().get(user).ok().flatten();
            account.map_or_else(|| user.to_string(), |account| display_name(&account).to_owned())
        };
        self.known.insert(folded, name.clone());
        name
    }

    /// The name of somebody whom an editor reported.
    pub(super) fn reported(&mut self, id: &str) -> String {
        match UserId::parse(id) {
            Ok(user) => self.name(&user),
            Err(_) => id.chars().take(LONGEST).collect(),
        }
    }
}

/// The name that others see.
pub(super) fn display_name(account: &AccountRecord) -> &str {
    match account.display_name.trim() {
        "" => account.user.as_str(),
        name => name,
    }
}
