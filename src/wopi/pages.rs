//! The pages that CheckFileInfo and PutRelativeFile name, for whoever holds the token (files.md section 3.5, web-host.md rules
//! W-28 and W-42): somebody with an account is sent to the pages of the house, a guest to those behind his share link, since
//! he could not open any other.
//!
//! The code of a link is the right itself and stands in these URLs. It is told to nobody but the holder of a token that was
//! issued to whoever came with that code; the token of somebody with an account never has one.

use super::Wopi;
use crate::{
    host::{
        HostError,
        access::{Access, Who},
        tokens::Principal,
    },
    ids::NodeId,
    urls::Urls,
};

/// Where the holder of a token finds pages.
pub(super) struct Pages<'a> {
    urls: &'a Urls,
    link: Option<Link>,
}

/// The share link that somebody came by.
struct Link {
    code: String,
    /// What it is a link to.
    top: NodeId,
}

impl<'a> Pages<'a> {
    /// For the holder of this token.
    ///
    /// # Errors
    /// [`HostError`] when the code of his link cannot be worked out.
    pub(super) fn of(wopi: &'a Wopi, access: &Access) -> Result<Self, HostError> {
        let link = match (&access.who, &access.claims.principal) {
            (Who::Guest(record), Principal::Link(link)) => {
                Some(Link { code: wopi.host.links().code_of(link)?, top: record.node.clone() })
            }
            _ => None,
        };
        Ok(Self { urls: &wopi.urls, link })
    }

    /// The page that shows a file.
    pub(super) fn view(&self, file: &NodeId) -> String {
        match &self.link {
            Some(link) => self.urls.shared_view(&link.code, link.within(file)),
            None => self.urls.view(file),
        }
    }

    /// The page that edits a file.
    pub(super) fn edit(&self, file: &NodeId) -> String {
        match &self.link {
            Some(link) => self.urls.shared_edit(&link.code, link.within(file)),
            None => self.urls.edit(file),
        }
    }

    /// The page of a folder that he may see.
    pub(super) fn folder(&self, folder: &NodeId) -> String {
        match &self.link {
            Some(link) => match link.within(folder) {
                Some(inner) => self.urls.share_link_folder(&link.code, inner, None),
                None => self.urls.share_link(&link.code),
            },
            None => self.urls.folder(folder),
        }
    }

    /// Where he begins.
    pub(super) fn home(&self) -> String {
        self.link.as_ref().map_or_else(|| self.urls.home(), |link| self.urls.share_link(&link.code))
    }
}

impl Link {
    /// What has to be named besides the link; nothing for what it is a link to.
    fn within<'n>(&self, node: &'n NodeId) -> Option<&'n NodeId> {
        (self.top != *node).then_some(node)
    }
}
