//! The URLs that are handed out: all of them begin with the host's public URL.

use std::sync::OnceLock;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::{host::tokens::Resource, ids::NodeId, settings::PublicUrl};

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
    /// Where the OAuth endpoints are, when that is elsewhere.
    oauth: OnceLock<PublicUrl>,
}

impl Urls {
    /// URLs below a base that is known already.
    pub fn new(base: PublicUrl) -> Self {
        Self { base: OnceLock::from(base), oauth: OnceLock::new() }
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
    /// and fragment do not matter, but where they name the file in a shared folder. `None` for every other text; none is ever fetched (containers-ecosystem.md rule C-112).
    pub fn named_by(&self, text: &str) -> Option<Named> {
        let text = text.trim().strip_prefix(self.base.get()?.as_str())?.split('#').next()?;
        let (path, query) = text.split_once('?').unwrap_or((text, ""));
        let parts: Vec<&str> = path.strip_prefix('/')?.split('/').collect();
        match parts.as_slice() {
            ["view" | "edit" | "share" | "versions" | "folder", id] | ["wopi", "files" | "containers", id] => {
                NodeId::parse(id).ok().map(Named::Node)
            }
            ["s", code, "view" | "open"] if !code.is_empty() => {
                match query.split('&').find_map(|pair| pair.strip_prefix("file=")) {
                    Some(id) => NodeId::parse(id).ok().map(Named::Node),
                    None => Some(Named::Link((*code).to_owned())),
                }
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

    /// The page that shows what is behind a share link, or this file in the folder that is behind it.
    pub fn shared_view(&self, code: &str, within: Option<&NodeId>) -> String {
        self.shared_file(code, "view", within)
    }

    /// The page that edits it, if the link gives the right to.
    pub fn shared_edit(&self, code: &str, within: Option<&NodeId>) -> String {
        self.shared_file(code, "open", within)
    }

    fn shared_file(&self, code: &str, page: &str, within: Option<&NodeId>) -> String {
        let file = within.map(|file| format!("?file={file}")).unwrap_or_default();
        format!("{}/{page}{file}", self.share_link(code))
    }

    /// The page behind a share link for other pages to frame (web-host.md rule W-45).
    pub fn embedded(&self, code: &str) -> String {
        format!("{}/embed", self.share_link(code))
    }

    /// An empty document of the file's type, while the file itself is empty (`TemplateSource`, web-host.md rule W-68).
    pub fn template(&self, file: &NodeId, token: &str) -> String {
        self.at(&format!("/template/{file}?t={}", utf8_percent_encode(token, PARAMETER)))
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

/// Signing in from elsewhere (bootstrapper-oauth.md).
impl Urls {
    /// Sets the base of the OAuth endpoints (`oauth.public_url`), once, when it is not that of everything else.
    pub fn settle_oauth(&self, base: PublicUrl) {
        _ = self.oauth.set(base);
    }

    fn oauth_base(&self) -> &str {
        self.oauth.get().map_or_else(|| self.base(), PublicUrl::as_str)
    }

    /// What names this authorization server (`issuer`, RFC 8414 section 2).
    pub fn issuer(&self) -> String {
        self.oauth_base().to_owned()
    }

    /// The authorization endpoint.
    pub fn authorize(&self) -> String {
        format!("{}/oauth/authorize", self.oauth_base())
    }

    /// The token endpoint.
    pub fn token(&self) -> String {
        format!("{}/oauth/token", self.oauth_base())
    }

    /// The revocation endpoint.
    pub fn revoke(&self) -> String {
        format!("{}/oauth/revoke", self.oauth_base())
    }

    /// The bootstrapper, at the path that the settings give it.
    pub fn bootstrapper(&self, path: &str) -> String {
        self.at(path)
    }

    /// The file or container whose address `url` is: scheme, host, port and the path in
    /// front must be ours, and nothing may follow but a query (bootstrapper-oauth.md rule B-20).
    pub fn resource_at(&self, url: &str) -> Option<Resource> {
        let base = self.base.get()?;
        let (given, ours) = (url::Url::parse(url).ok()?, url::Url::parse(base.as_str()).ok()?);
        if given.origin() != ours.origin() || !given.username().is_empty() || given.password().is_some() {
            return None;
        }
        let path = given.path().strip_prefix(base.path())?.strip_prefix("/wopi/")?;
        match path.split_once('/')? {
            ("files", id) => NodeId::parse(id).ok().map(Resource::File),
            ("containers", id) => NodeId::parse(id).ok().map(Resource::Container),
            _ => None,
        }
    }

    /// What the addresses of all files and containers begin with.
    pub fn wopi_base(&self) -> String {
        self.at("/wopi/")
    }

    /// The icon of that many pixels that this host serves.
    pub fn icon(&self, size: u32) -> String {
        self.at(&format!("/icons/{size}.png"))
    }
}

#[cfg(test)]
mod sign_in_tests {
    use super::*;

    #[test]
    fn only_addresses_of_this_host_lead_to_its_files_and_containers() {
        let urls = Urls::new("https://docs.example/office".parse().unwrap());
        let node = NodeId::parse("f_71").unwrap();
        for good in [
            urls.wopi_src(&node),
            urls.wopi_src_with_token(&node, "a.b"),
            "HTTPS://DOCS.example:443/office/wopi/files/f_71".to_owned(),
            "https://docs.example/office/wopi/files/f_71#x".to_owned(),
        ] {
            assert_eq!(urls.resource_at(&good), Some(Resource::File(node.clone())), "{good}");
        }
        assert_eq!(urls.resource_at(&urls.wopi_container(&node)), Some(Resource::Container(node)));
        for bad in [
            "",
            "/office/wopi/files/f_71",
            "http://docs.example/office/wopi/files/f_71",
            "https://docs.example.evil/office/wopi/files/f_71",
            "https://docs.example:8443/office/wopi/files/f_71",
            "https://me@docs.example/office/wopi/files/f_71",
            "https://docs.example/wopi/files/f_71",
            "https://docs.example/officex/wopi/files/f_71",
            "https://docs.example/office/wopi/files/f_71/contents",
            "https://docs.example/office/wopi/files/f_71/",
            "https://docs.example/office/wopi/files/",
            "https://docs.example/office/wopi/files/f%2F71",
            "https://docs.example/office/wopi/ecosystem/f_71",
            "https://docs.example/office/wopi/files/../containers",
        ] {
            assert_eq!(urls.resource_at(bad), None, "{bad}");
        }
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
        let link = Some(Named::Link("code.mark".to_owned()));
        for url in [urls.shared_view("code.mark", None), urls.shared_edit("code.mark", None)] {
            assert_eq!(urls.named_by(&url), link, "{url}");
        }
        for url in [urls.shared_view("code.mark", Some(&node)), urls.shared_edit("code.mark", Some(&node))] {
            assert_eq!(urls.named_by(&url), named, "{url}");
        }
        for text in [
            "",
            "/view/x",
            "https://docs.example/office/s//open",
            "https://docs.example/office/s/code.mark/state",
            "https://docs.example/office/s/code.mark/open?file=a/b",
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
