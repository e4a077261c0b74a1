//! Style sheets and scripts: compiled in, at addresses that name their content, so that browsers may keep them for good.

use std::sync::LazyLock;

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{self, HeaderValue},
    web,
};
use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

use crate::server::{note_operation, reply};

/// What a browser may hold on to: the content of an address never changes.
const FOR_GOOD: &str = "public, max-age=31536000, immutable";

/// A file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Asset {
    name: &'static str,
    content: &'static str,
}

macro_rules! assets {
    ($($(#[$about:meta])* $constant:ident = $file:literal $(of [$($part:literal),+])?;)*) => {
        $($(#[$about])* pub(crate) const $constant: Asset = Asset { name: $file, content: content!($file $(, $($part),+)?) };)*
        const ALL: &[Asset] = &[$($constant,)*];
    };
}

/// A file, or the parts of a script in their order: each sees what stands in the others, and no other script does.
macro_rules! content {
    ($file:literal) => { include_str!($file) };
    ($file:literal, $($part:literal),+) => { concat!("(() => {\n'use strict';\n", $(include_str!($part),)+ "})();\n") };
}

assets! {
    /// The looks of all pages for people who are signed in.
    DESK_CSS = "desk.css";
    /// What all of these pages share: menus, dialogs, messages.
    DESK_JS = "desk.js";
    /// The looks of the account page and of the administrators' pages.
    ADMIN_CSS = "admin.css";
    /// What makes them easier.
    ADMIN_JS = "admin.js";
    /// The looks of the pages about one document, and of the bin.
    DOCUMENTS_CSS = "documents.css";
    /// What these pages do with a script: copy an address, show a field only where it counts.
    DOCUMENTS_JS = "documents.js";
    /// The looks of folders and files.
    FOLDER_CSS = "folder.css";
    /// Choosing, menus and uploads in folders.
    FOLDER_JS = "folder.js";
    /// The looks of the host page.
    HOST_PAGE_CSS = "host_page.css";
    /// The host page's side of the conversation with its editor.
    HOST_PAGE_JS = "host_page.js" of [
        "host_page/known.js",
        "host_page/bar.js",
        "host_page/frame.js",
        "host_page/windows.js",
        "host_page/saves.js",
        "host_page/token.js",
        "host_page/says.js",
        "host_page/restore.js",
        "host_page/start.js"
    ];
}

/// The first bytes of each file's hash.
static MARKS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let mark = |asset: &Asset| URL_SAFE_NO_PAD.encode(&digest(&SHA256, asset.content.as_bytes()).as_ref()[..9]);
    ALL.iter().map(mark).collect()
});

impl Asset {
    /// Its address, seen from the root of the house.
    pub(crate) fn path(self) -> String {
        let mark = ALL.iter().position(|other| other.name == self.name).map_or("", |at| MARKS[at].as_str());
        format!("assets/{mark}/{}", self.name)
    }

    /// Its length in bytes.
    #[cfg(test)]
    const fn size(self) -> usize {
        self.content.len()
    }

    fn kind(self) -> &'static str {
        match self.name.rsplit('.').next() {
            Some("css") => "text/css; charset=utf-8",
            _ => "text/javascript; charset=utf-8",
        }
    }
}

/// `GET /assets/{mark}/{name}`. An older mark gets today's file, too, but nobody keeps that.
pub(super) async fn serve(request: HttpRequest, path: web::Path<(String, String)>) -> HttpResponse {
    note_operation(&request, "asset");
    let (mark, name) = path.into_inner();
    let Some(at) = ALL.iter().position(|asset| asset.name == name) else { return reply::not_found() };
    let keep = if MARKS[at] == mark { FOR_GOOD } else { "no-store" };
    HttpResponse::Ok()
        .content_type(ALL[at].kind())
        .insert_header((header::CACHE_CONTROL, HeaderValue::from_static(keep)))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")))
        .body(ALL[at].content)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_files_together_stay_small() {
        let total: usize = ALL.iter().map(|asset| asset.size()).sum();
        assert!(total < 100 * 1024, "{total} bytes");
    }

    #[test]
    fn a_style_sheet_loads_nothing_from_elsewhere() {
        for asset in ALL.iter().filter(|asset| asset.name.ends_with("css")) {
            for word in ["@import", "http:", "https:", "//"] {
                assert!(!asset.content.contains(word), "{}: {word}", asset.name);
            }
        }
    }
}
