//! What is in a container, page by page (containers-ecosystem.md section 4.7).
//!
//! Roles are inherited and only ever added to further down, so whoever sees a container sees everything in it: the right is
//! looked at once, when the listing begins, and a child costs the same in a folder of fifty thousand as in one of ten. A
//! listing is no snapshot: what moves in the order of names while it is read may be told twice or not at all, as in a
//! directory of any file system.

use super::{Host, HostError, access::Access, rights::Node, shared_with_me, threads::blocking};
use crate::{
    ids::NodeId,
    store::{
        engine::Key,
        records::{self, AccountRecord, FileHead, NodeKind, keys},
    },
};

/// Names read in one go.
const PAGE: usize = 256;

/// A child of a container, with what is told of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Listed {
    /// A container.
    Container {
        /// Its id.
        id: NodeId,
        /// Its name.
        name: String,
    },
    /// A file.
    File {
        /// Its id.
        id: NodeId,
        /// Its head as it is now.
        head: Box<FileHead>,
    },
}

/// Where the children come from.
#[derive(Clone, Debug)]
enum Source {
    /// The names in a container.
    Names(NodeId),
    /// What was granted to this user.
    Grants(Box<AccountRecord>),
}

/// The children of one container that are of one kind.
#[derive(Clone, Debug)]
pub struct Listing {
    host: Host,
    source: Source,
    kind: NodeKind,
    extensions: Option<Vec<String>>,
    first: Option<Listed>,
    after: Option<Key>,
    ended: bool,
}

impl Host {
    /// Begins to list the children of the container that `access` names which are of this kind. In the user's own root his
    /// "Shared with me" comes first; everything else comes by folded name, in "Shared with me" by id.
    ///
    /// # Errors
    /// [`HostError::NotFound`], [`HostError::NoRight`].
    pub fn listing(&self, access: &Access, kind: NodeKind) -> Result<Listing, HostError> {
        let (id, _) = access.resource().node().ok_or(HostError::NotFound)?;
        let mut first = None;
        let source = match access.account() {
            Some(account) if shared_with_me::drive_of(id).is_some_and(|drive| drive == account.drive) => {
                Source::Grants(Box::new(account.clone()))
            }
            Some(account) if *id == account.drive && kind == NodeKind::Container => {
                if let Some(id) = self.shared_with_me(account)? {
                    first = Some(Listed::Container { id, name: self.shared_with_me_name(account)? });
                }
                Source::Names(id.clone())
            }
            _ => {
                self.container(id)?;
                Source::Names(id.clone())
            }
        };
        Ok(Listing { host: self.clone(), source, kind, extensions: None, first, after: None, ended: false })
    }

    /// Runs what may wait for the disk, or takes its time, away from the event loop, on the few threads of the host.
    ///
    /// # Errors
    /// What `work` says, or [`HostError::ShuttingDown`].
    pub async fn away<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, HostError> + Send + 'static,
    ) -> Result<T, HostError> {
        blocking(&self.threads()?, work).await
    }
}

impl Listing {
    /// Only files whose last extension, with its dot, is one of these, whatever the case of the letters.
    #[must_use]
    pub fn with_extensions(mut self, extensions: &[String]) -> Self {
        self.extensions = Some(extensions.iter().map(|extension| extension.to_lowercase()).collect());
        self
    }

    /// The next children, perhaps none although more follow; `None` at the end. May wait for the disk.
    ///
    /// # Errors
    /// What the store says.
    pub fn next_page(&mut self) -> Result<Option<Vec<Listed>>, HostError> {
        if let Some(first) = self.first.take() {
            return Ok(Some(vec![first]));
        }
        if self.ended {
            return Ok(None);
        }
        let listed = match &self.source {
            Source::Names(container) => {
                let page = self.host.children(container, self.after.as_deref(), PAGE)?;
                self.ended = page.len() < PAGE;
                self.after = page.last().map(|(mark, _)| mark.clone()).or(self.after.take());
                let mut listed = Vec::with_capacity(page.len());
                for (_, child) in page {
                    if child.kind != self.kind || !self.wants(&child.name) {
                        continue;
                    }
                    match child.kind {
                        NodeKind::Container => listed.push(Listed::Container { id: child.node, name: child.name }),
                        NodeKind::File => listed.extend(self.file_in(container, child.node)?),
                    }
                }
                listed
            }
            Source::Grants(account) => {
                let (page, next) = self.host.granted_page(account, self.after.as_deref())?;
                self.ended = next.is_none();
                self.after = next;
                page.into_iter().filter_map(|(id, node)| self.granted(id, node)).collect()
            }
        };
        Ok(Some(listed))
    }

    /// The file, unless it was moved or deleted since its name was read. One whose record is damaged is passed over, so
    /// that the others can still be reached.
    fn file_in(&self, container: &NodeId, id: NodeId) -> Result<Option<Listed>, HostError> {
        let key = keys::file(&id);
        let Some(record) = self.host.engine().get(&key)? else { return Ok(None) };
        let head: Option<FileHead> = match records::decode(&key, &record.value) {
            Ok(head) => Some(head),
            Err(error) => {
                tracing::error!(%container, file = %id, %error, "a file is left out of its folder's listing; run `lockhouse check`");
                None
            }
        };
        let head = head.filter(|head| head.binned.is_none() && head.parent == *container);
        Ok(head.map(|head| Listed::File { id, head: Box::new(head) }))
    }

    fn granted(&self, id: NodeId, node: Node) -> Option<Listed> {
        match node {
            Node::Container(record) if self.kind == NodeKind::Container => {
                Some(Listed::Container { id, name: record.name })
            }
            Node::File(head) if self.kind == NodeKind::File && self.wants(&head.name) => {
                Some(Listed::File { id, head })
            }
            Node::File(_) | Node::Container(_) => None,
        }
    }

    fn wants(&self, name: &str) -> bool {
        match &self.extensions {
            Some(wanted) if self.kind == NodeKind::File => {
                let extension = name.rfind('.').filter(|dot| *dot > 0).map(|dot| name[dot..].to_lowercase());
                extension.is_some_and(|extension| wanted.contains(&extension))
            }
            _ => true,
        }
    }
}
