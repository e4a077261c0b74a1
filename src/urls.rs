//! The URLs that are handed out: all of them begin with the host's public URL.

use std::sync::OnceLock;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::{ids::NodeId, settings::PublicUrl};

/// What stays as it is in a query parameter: what a JWT is made of.
const PARAMETER: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_');

/// What a URL of this host leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Named {
    /// A file or container.
    Node(NodeId),
    /// A share link, by its code.
    Link(String),
}

fn with_token(url: &str, token: &str) -> String {
    format!("{url}?access_token={}", utf8_percent_encode(token, PARAMETER))
}

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

    /// The URL that a client asked for, as it sees it: a proxy may have taken TLS, host and the public URL's path away. Path
    /// and query stay exactly as they were sent (files.md section 5.2).
    pub fn as_asked(&self, path_and_query: &str) -> String {
        let Some(base) = self.base.get() else { return path_and_query.to_owned() };
        let default_port = if base.is_https() { ":443" } else { ":80" };
        // Clients leave out the port that goes without saying.
        let origin = base.origin().strip_suffix(default_port).unwrap_or(base.origin());
        let prefix = base.path();
        let is_whole = path_and_query.strip_prefix(prefix).is_some_and(|rest| rest.starts_with("/wopi/"));
        let prefix = if is_whole { "" } else { prefix };
        format!("{origin}{prefix}{path_and_query}")
    }

    /// The first page.
    pub fn home(&self) -> String {
        self.at("/")
    }

    /// The page to sign in.
    pub fn sign_in(&self) -> String {
        self.at("/sign-in")
    }

    /// The WOPISrc of a file: absolute, without token and query (files.md section 1.4).
    pub fn wopi_src(&self, file: &NodeId) -> String {
        self.at(&format!("/wopi/files/{file}"))
    }

    /// The address of a container: absolute, without token and query.
    pub fn wopi_container(&self, container: &NodeId) -> String {
        self.at(&format!("/wopi/containers/{container}"))
    }

    /// The address of the ecosystem: one for all users, whom only the token tells apart.
    pub fn wopi_ecosystem(&self) -> String {
        self.at("/wopi/ecosystem")
    }

    /// The WOPISrc with a token (files.md section 1.4).
    pub fn wopi_src_with_token(&self, file: &NodeId, token: &str) -> String {
        with_token(&self.wopi_src(file), token)
    }

    /// The address of a container with a token (containers-ecosystem.md rule C-4).
    pub fn wopi_container_with_token(&self, container: &NodeId, token: &str) -> String {
        with_token(&self.wopi_container(container), token)
    }

    /// The address of the ecosystem with a token.
    pub fn wopi_ecosystem_with_token(&self, token: &str) -> String {
        with_token(&self.wopi_ecosystem(), token)
    }

    /// What one of the URLs leads to that this host gives to people: the page of a file or folder, or a share link. Query
    /// and fragment do not matter. `None` for every other text; none is ever fetched (containers-ecosystem.md rule C-112).
    pub fn named_by(&self, text: &str) -> Option<Named> {
        let path = text.trim().strip_prefix(self.base.get()?.as_str())?.split(['?', '#']).next()?;
        let parts: Vec<&str> = path.strip_prefix('/')?.split('/').collect();
        match parts.as_slice() {
            ["view" | "edit" | "share" | "versions" | "folder", id] | ["wopi", "files" | "containers", id] => {
                NodeId::parse(id).ok().map(Named::Node)
            }
            ["s", code] if !code.is_empty() => Some(Named::Link((*code).to_owned())),
            _ => None,
        }
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

    /// A folder inside the one behind a share link, or further on in it: `mark` is the base64url of where to go on from.
    pub fn share_link_folder(&self, code: &str, folder: &NodeId, mark: Option<&str>) -> String {
        let after = mark.map(|mark| format!("&after={mark}")).unwrap_or_default();
        format!("{}?folder={folder}{after}", self.share_link(code))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_url_that_was_asked_for_is_the_public_one_whatever_a_proxy_cut_off() {
        let at = |base: &str, sent: &str| Urls::new(base.parse().unwrap()).as_asked(sent);
        let query = "?access_token=a%2fb&x=%20";
        for (base, sent, asked) in [
            ("https://d.example", "/wopi/files/1", "https://d.example/wopi/files/1"),
            ("https://d.example:443", "/wopi/files/1", "https://d.example/wopi/files/1"),
            ("http://d.example:443", "/wopi/files/1", "http://d.example:443/wopi/files/1"),
            ("https://d.example:8443/office", "/wopi/files/1", "https://d.example:8443/office/wopi/files/1"),
            ("https://d.example/office", "/office/wopi/files/1", "https://d.example/office/wopi/files/1"),
            ("https://d.example/wopi", "/wopi/files/1", "https://d.example/wopi/wopi/files/1"),
            ("https://d.example/wopi", "/wopi/wopi/files/1", "https://d.example/wopi/wopi/files/1"),
        ] {
            assert_eq!(at(base, &format!("{sent}{query}")), format!("{asked}{query}"), "{base} {sent}");
        }
    }

    #[test]
    fn a_url_given_to_people_leads_back_and_no_other_text_does() {
        let urls = Urls::new("https://docs.example/office".parse().unwrap());
        let node = NodeId::from_random_bits([3; 16]);
        let named = Some(Named::Node(node.clone()));
        for url in [urls.view(&node), urls.edit(&node), urls.folder(&node), urls.wopi_src(&node)] {
            assert_eq!(urls.named_by(&url), named, "{url}");
            assert_eq!(urls.named_by(&format!("{url}?access_token=x#y")), named);
        }
        assert_eq!(urls.named_by(&urls.share_link("code.mark")), Some(Named::Link("code.mark".to_owned())));
        for text in [
            "",
            "/view/x",
            "https://docs.example/office/s/",
            "https://docs.example/view/x",
            "https://elsewhere.example/office/view/x",
            "https://docs.example/office/view/../x",
            "https://docs.example/office/view/a/b",
            "file:///etc/passwd",
        ] {
            assert_eq!(urls.named_by(text), None, "{text}");
        }
        assert_eq!(Urls::default().named_by("/view/x"), None, "nothing is known before the base is");
    }
}
