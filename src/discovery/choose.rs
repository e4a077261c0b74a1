//! Which action opens a file (web-host.md rules W-5 to W-7).

use super::{Action, App, Discovery};

/// What kind of file it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FileType<'a> {
    /// The extension, with or without its dot, in any case.
    pub extension: &'a str,
    /// The MIME type; counts only when there is no extension.
    pub mime: Option<&'a str>,
}

/// What somebody wants to do with a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Want {
    /// Read it.
    View,
    /// Edit it.
    Edit,
    /// Begin a document in an empty file.
    EditNew,
    /// Make a modern file of an old one, and edit that.
    Convert,
    /// Read it inside somebody else's page.
    EmbedView,
    /// Read it on a phone.
    MobileView,
    /// Edit it on a phone.
    MobileEdit,
}

impl Want {
    /// The actions to try in turn, each with whether it gets a token that cannot write.
    ///
    /// Rule W-5: for editing, viewing will do; for viewing, the editor with a token that only reads. Between both stands
    /// Collabora's viewing with comments, which is all that it offers for some types. An empty file is never merely shown
    /// (rule W-41).
    const fn ways(self) -> &'static [(&'static str, bool)] {
        match self {
            Self::View => &[("view", true), ("view_comment", true), ("edit", true)],
            Self::Edit => {
                &[("edit", false), ("view_comment", false), ("view", true), ("view_comment", true), ("edit", true)]
            }
            Self::EditNew => &[("editnew", false), ("edit", false)],
            Self::Convert => &[("convert", false)],
            Self::EmbedView => &[("embedview", true), ("view", true)],
            Self::MobileView => &[("mobileview", true), ("view", true), ("view_comment", true), ("edit", true)],
            Self::MobileEdit => {
                &[("mobileedit", false), ("edit", false), ("view_comment", false), ("view", true), ("edit", true)]
            }
        }
    }
}

/// What host and user are able to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Able {
    /// The host has the operations of the group `update`.
    pub update: bool,
    /// The host has the operations of the group `locks`.
    pub locks: bool,
    /// The user may write this file.
    pub write: bool,
}

impl Able {
    /// Everything.
    pub const ALL: Self = Self { update: true, locks: true, write: true };

    /// Whether the host has every group that the action requires (rule W-6). `cobalt` and the old `containers` are groups
    /// that it does not have (section 2.3).
    fn meets(self, action: &Action) -> bool {
        action.requires.iter().all(|group| match group.as_str() {
            "update" => self.update,
            "locks" => self.locks,
            _ => false,
        })
    }
}

/// An action that was chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Choice<'a> {
    /// The program.
    pub app: &'a App,
    /// Its action.
    pub action: &'a Action,
    /// Its token must not be able to write.
    pub read_only: bool,
    /// It is what was wanted, and no substitute.
    pub exact: bool,
}

impl Discovery {
    /// The action for a file; `None` when this editor has none for it.
    pub fn choose(&self, file: &FileType<'_>, want: Want, able: Able) -> Option<Choice<'_>> {
        want.ways().iter().enumerate().find_map(|(at, &(name, read_only))| {
            let allowed = read_only || (able.write && able.update);
            let (app, action) = self.best(file, name, able).filter(|_| allowed)?;
            Some(Choice { app, action, read_only, exact: at == 0 })
        })
    }

    /// Of several programs the one whose action is a default, then the first (rule W-5).
    fn best(&self, file: &FileType<'_>, name: &str, able: Able) -> Option<(&App, &Action)> {
        let mut first = None;
        for (app, action) in self.offered(file) {
            if action.name == name && !action.on_parent && able.meets(action) {
                if action.is_default {
                    return Some((app, action));
                }
                first = first.or(Some((app, action)));
            }
        }
        first
    }
}
