//! The URLs that are handed out: all of them begin with the host's public URL.

use std::sync::OnceLock;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::{ids::NodeId, settings::PublicUrl};

/// What stays as it is in a query parameter: what a JWT is made of.
const PARAMETER: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_');

/// Builds URLs.
#[derive(Debug, Default)]
pub struct Urls {
    base: OnceLock<PublicUrl>,
}

impl Urls {
    /// URLs below a base that is known already.
    pub fn new(base: PublicUrl) -> Self {
        Self { base: OnceLock::from(base) }
    }

    /// Sets the base, once: when the listening socket has told its port.
    pub fn settle(&self, base: PublicUrl) {
        _ = self.base.set(base);
    }

    fn base(&self) -> &str {
        self.base.get().map_or("", PublicUrl::as_str)
    }

    fn at(&self, path: &str) -> String {
        format!("{}{path}", self.base())
    }

    /// Scheme and host, as a browser sends them in `Origin`.
    pub fn origin(&self) -> String {
        self.base.get().map_or_else(String::new, |base| base.origin().to_owned())
    }

    /// The first page.
    pub fn home(&self) -> String {
        self.at("/")
    }

    /// The page to sign in.
    pub fn sign_in(&self) -> String {
        self.at("/sign-in")
    }

    /// The redirect URI at the outside provider.
    pub fn outside_callback(&self) -> String {
        self.at("/sign-in/oidc")
    }

    /// The WOPISrc of a file: absolute, without token and query (files.md section 1.4).
    pub fn wopi_src(&self, file: &NodeId) -> String {
        self.at(&format!("/wopi/files/{file}"))
    }

    /// The address of a container: absolute, without token and query.
    pub fn wopi_container(&self, container: &NodeId) -> String {
        self.at(&format!("/wopi/containers/{container}"))
    }

    /// The WOPISrc with a token (files.md section 1.4).
    pub fn wopi_src_with_token(&self, file: &NodeId, token: &str) -> String {
        format!("{}?access_token={}", self.wopi_src(file), utf8_percent_encode(token, PARAMETER))
    }

    /// The page that shows the file.
    pub fn view(&self, file: &NodeId) -> String {
        self.at(&format!("/view/{file}"))
    }

    /// The page that edits the file.
    pub fn edit(&self, file: &NodeId) -> String {
        self.at(&format!("/edit/{file}"))
    }

    /// The page of a folder.
    pub fn folder(&self, container: &NodeId) -> String {
        self.at(&format!("/folder/{container}"))
    }

    /// The page that shares the file.
    pub fn sharing(&self, file: &NodeId) -> String {
        self.at(&format!("/share/{file}"))
    }

    /// The page of the file's versions.
    pub fn versions(&self, file: &NodeId) -> String {
        self.at(&format!("/versions/{file}"))
    }

    /// The page behind a share link, by its code.
    pub fn share_link(&self, code: &str) -> String {
        self.at(&format!("/s/{code}"))
    }

    /// The latest bytes as a browser's download (`DownloadUrl`).
    pub fn download(&self, file: &NodeId, token: &str) -> String {
        self.at(&format!("/download/{file}?t={}", utf8_percent_encode(token, PARAMETER)))
    }

    /// The latest bytes for an editor (`FileUrl`, files.md section 4.2).
    pub fn file_bytes(&self, file: &NodeId, token: &str) -> String {
        self.at(&format!("/bytes/{file}?t={}", utf8_percent_encode(token, PARAMETER)))
    }
}
