//! How a file or folder is shown: its picture, its size, its time, and who it was.

use std::collections::HashMap;

use super::super::{desk::Desk, language::FolderTexts, moments, sizes::size};
use crate::{
    discovery::{Able, FileType, Want},
    host::{HostError, Item, Place, links::is_guest_id},
    ids::UserId,
    launch::OfficeApp,
    permission::Role,
    wopi::Wopi,
};

/// A row as the template shows it.
pub(super) struct Row {
    pub(super) id: String,
    pub(super) name: String,
    /// Where its name leads, seen from the page of a folder.
    pub(super) href: String,
    /// Its classes: the letter of its picture and what may be done with it (`e` change, `x` remove, `k` held).
    pub(super) class: String,
    pub(super) held: bool,
    pub(super) by: String,
    pub(super) at: String,
    pub(super) when: String,
    pub(super) size: String,
    pub(super) place: Option<(String, String)>,
}

/// Makes rows: remembers what many of them have in common.
pub(super) struct Rows<'a> {
    desk: &'a Desk<'a>,
    wopi: &'a Wopi,
    texts: &'static FolderTexts,
    people: HashMap<UserId, String>,
    opens: HashMap<(String, bool), bool>,
}

impl<'a> Rows<'a> {
    pub(super) fn new(desk: &'a Desk<'a>, wopi: &'a Wopi) -> Self {
        let texts = FolderTexts::of(desk.language());
        Self { desk, wopi, texts, people: HashMap::new(), opens: HashMap::new() }
    }

    /// The row of an item in a folder in which he has this role.
    pub(super) fn row(&mut self, item: Item, folder: Role) -> Result<Row, HostError> {
        let Item { id, name, head, role, held, place } = item;
        let mut class = picture(&name, head.is_none()).to_string();
        if role.can_write() {
            class.push_str(" e");
        }
        if role.is_owner() || (role.can_write() && folder.can_write()) {
            class.push_str(" x");
        }
        if held {
            class.push_str(" k");
        }
        let place = place.map(|place| self.place(&place));
        let (href, by, at, when, size) = match &head {
            None => (id.to_string(), String::new(), String::new(), String::new(), String::new()),
            Some(head) => (
                self.way_in(id.as_str(), &name, role),
                self.person(&head.modified_by)?,
                moments::second(head.modified),
                moments::minute(head.modified),
                size(head.content.size, self.desk.language()),
            ),
        };
        Ok(Row { id: id.to_string(), name, href, class, held, by, at, when, size, place })
    }

    fn place(&self, place: &Place) -> (String, String) {
        let names = if place.names.is_empty() { self.texts.this_folder.to_owned() } else { place.names.clone() };
        (place.id.to_string(), names)
    }

    /// Where the name of a file leads: into an editor if one opens it, else to its own page.
    fn way_in(&mut self, id: &str, name: &str, role: Role) -> String {
        let page = match (self.is_opened(name, role), role.can_write()) {
            (false, _) => "file",
            (true, true) => "edit",
            (true, false) => "view",
        };
        format!("../{page}/{id}")
    }

    /// Whether an editor in the browser opens files of such a name.
    pub(super) fn is_opened(&mut self, name: &str, role: Role) -> bool {
        let extension = extension(name);
        let write = role.can_write();
        let Self { wopi, opens, .. } = self;
        *opens.entry((extension, write)).or_insert_with_key(|(extension, write)| {
            let able = Able { update: wopi.supports.update, locks: wopi.supports.locks, write: *write };
            let want = if *write { Want::Edit } else { Want::View };
            wopi.editors.choose(&FileType { extension, mime: None }, want, able).is_some()
        })
    }

    /// What a person is called.
    pub(super) fn person(&mut self, user: &UserId) -> Result<String, HostError> {
        if let Some(name) = self.people.get(user) {
            return Ok(name.clone());
        }
        let name = if is_guest_id(user) {
            self.texts.guest.to_owned()
        } else {
            let account = self.desk.host().accounts().get(user)?;
            let name = account.map(|account| account.display_name).filter(|name| !name.trim().is_empty());
            name.unwrap_or_else(|| user.to_string())
        };
        self.people.insert(user.clone(), name.clone());
        Ok(name)
    }
}

/// The extension in small letters, without its dot.
pub(super) fn extension(name: &str) -> String {
    name.rfind('.').filter(|dot| *dot > 0).map(|dot| name[dot + 1..].to_lowercase()).unwrap_or_default()
}

/// The letter of a picture, which `folder.css` draws.
pub(super) fn picture(name: &str, is_folder: bool) -> char {
    if is_folder {
        return 'f';
    }
    if let Some((app, _)) = OfficeApp::of_file(name) {
        return match app {
            OfficeApp::Word => 'w',
            OfficeApp::Excel => 's',
            OfficeApp::PowerPoint => 'p',
        };
    }
    match extension(name).as_str() {
        "pdf" => 'd',
        "odt" | "rtf" => 'w',
        "ods" | "csv" => 's',
        "odp" => 'p',
        "png" | "jpg" | "jpeg" | "gif" | "svg" | "webp" | "heic" | "bmp" | "tif" | "tiff" => 'i',
        "mp3" | "m4a" | "wav" | "ogg" | "mp4" | "mov" | "mkv" | "webm" => 'm',
        "zip" | "gz" | "7z" | "tar" | "rar" => 'z',
        "txt" | "md" | "log" | "json" | "xml" | "html" => 't',
        _ => 'o',
    }
}

/// What kind of thing a picture stands for.
pub(super) const fn kind(picture: char, texts: &FolderTexts) -> &'static str {
    match picture {
        'f' => texts.folder,
        'w' => texts.document,
        's' => texts.spreadsheet,
        'p' => texts.presentation,
        'd' => "PDF",
        'i' => texts.image,
        _ => texts.file,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_follows_the_extension_whatever_its_letters() {
        for (name, letter) in
            [("a.DOCX", 'w'), ("a.xlsx", 's'), ("a.pptx", 'p'), ("a.Pdf", 'd'), (".docx", 'w'), ("docx", 'o')]
        {
            assert_eq!(picture(name, false), letter, "{name}");
        }
        assert_eq!(picture("a.docx", true), 'f');
    }
}
