//! The one place that builds and takes apart keys.
//!
//! Parts are joined by `/`, which no identifier contains; numbers are sixteen hexadecimal digits, so that they sort.

use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

use crate::{
    clock::Timestamp,
    ids::{NodeId, UserId},
    store::{engine::Key, records::ManifestId},
};

/// The key prefixes, each with its trailing slash.
pub mod prefix {
    /// Accounts.
    pub const ACCOUNTS: &[u8] = b"a/";
    /// Bin rows.
    pub const BIN: &[u8] = b"b/";
    /// Containers.
    pub const CONTAINERS: &[u8] = b"c/";
    /// Authorization codes.
    pub const CODES: &[u8] = b"e/";
    /// File heads.
    pub const FILES: &[u8] = b"f/";
    /// Grants by node.
    pub const GRANTS: &[u8] = b"g/";
    /// Grants by user.
    pub const GRANTED: &[u8] = b"h/";
    /// Share links by node.
    pub const SHARED: &[u8] = b"j/";
    /// Signing keys.
    pub const SIGNING_KEYS: &[u8] = b"k/";
    /// Share links.
    pub const SHARE_LINKS: &[u8] = b"l/";
    /// Manifest pages.
    pub const MANIFESTS: &[u8] = b"m/";
    /// Name rows.
    pub const NAMES: &[u8] = b"n/";
    /// OAuth clients.
    pub const CLIENTS: &[u8] = b"o/";
    /// Files removed for good of which something may be left.
    pub const PURGED: &[u8] = b"p/";
    /// Rescued versions.
    pub const RESCUED: &[u8] = b"r/";
    /// Activities.
    pub const ACTIVITIES: &[u8] = b"t/";
    /// Grants to clients.
    pub const FAMILIES: &[u8] = b"u/";
    /// Versions.
    pub const VERSIONS: &[u8] = b"v/";
    /// Grants to clients by user.
    pub const FAMILIES_OF: &[u8] = b"w/";
    /// Sessions.
    pub const SESSIONS: &[u8] = b"x/";
    /// Sessions by user.
    pub const SESSIONS_OF: &[u8] = b"y/";
    /// Consents.
    pub const CONSENTS: &[u8] = b"z/";
    /// The audit trail.
    pub const AUDIT: &[u8] = b"A/";
    /// Users by who they are at the outside provider.
    pub const SUBJECTS: &[u8] = b"S/";
}

fn join(parts: &[&[u8]]) -> Key {
    parts.join(&b'/')
}

fn number(n: u64) -> String {
    format!("{n:016x}")
}

/// `a/<user>`, by folded name.
pub fn account(user: &UserId) -> Key {
    join(&[b"a", user.folded().as_bytes()])
}

/// `b/<owner>/<node>`.
pub fn bin_row(owner: &UserId, node: &NodeId) -> Key {
    join(&[b"b", owner.folded().as_bytes(), node.as_str().as_bytes()])
}

/// All of `b/<owner>/`.
pub fn bin_of(owner: &UserId) -> Key {
    join(&[b"b", owner.folded().as_bytes(), b""])
}

/// `c/<node>`.
pub fn container(node: &NodeId) -> Key {
    join(&[b"c", node.as_str().as_bytes()])
}

/// `d/<node>`: the child revision.
pub fn child_revision(node: &NodeId) -> Key {
    join(&[b"d", node.as_str().as_bytes()])
}

/// `e/<hash>`, the hash in base64url.
pub fn code(hash: &str) -> Key {
    join(&[b"e", hash.as_bytes()])
}

/// `f/<node>`.
pub fn file(node: &NodeId) -> Key {
    join(&[b"f", node.as_str().as_bytes()])
}

/// `g/<node>/<user>`.
pub fn grant(node: &NodeId, user: &UserId) -> Key {
    join(&[b"g", node.as_str().as_bytes(), user.folded().as_bytes()])
}

/// All of `g/<node>/`.
pub fn grants_on(node: &NodeId) -> Key {
    join(&[b"g", node.as_str().as_bytes(), b""])
}

/// `h/<user>/<node>`.
pub fn granted(user: &UserId, node: &NodeId) -> Key {
    join(&[b"h", user.folded().as_bytes(), node.as_str().as_bytes()])
}

/// All of `h/<user>/`.
pub fn granted_to(user: &UserId) -> Key {
    join(&[b"h", user.folded().as_bytes(), b""])
}

/// `i/<user>`.
pub fn user_info(user: &UserId) -> Key {
    join(&[b"i", user.folded().as_bytes()])
}

/// `j/<node>/<link>`.
pub fn shared(node: &NodeId, link: &NodeId) -> Key {
    join(&[b"j", node.as_str().as_bytes(), link.as_str().as_bytes()])
}

/// All of `j/<node>/`.
pub fn shared_on(node: &NodeId) -> Key {
    join(&[b"j", node.as_str().as_bytes(), b""])
}

/// `k/<key id>`.
pub fn signing_key(kid: &str) -> Key {
    join(&[b"k", kid.as_bytes()])
}

/// `l/<link>`.
pub fn share_link(link: &NodeId) -> Key {
    join(&[b"l", link.as_str().as_bytes()])
}

/// `m/<node>/<manifest>/<page>`.
pub fn manifest_page(node: &NodeId, manifest: ManifestId, page: u32) -> Key {
    join(&[b"m", node.as_str().as_bytes(), number(manifest.0).as_bytes(), format!("{page:08x}").as_bytes()])
}

/// All of `m/<node>/<manifest>/`.
pub fn manifest_pages(node: &NodeId, manifest: ManifestId) -> Key {
    join(&[b"m", node.as_str().as_bytes(), number(manifest.0).as_bytes(), b""])
}

/// Takes `m/<node>/<manifest>/<page>` apart.
pub fn parse_manifest_page(key: &[u8]) -> Option<(NodeId, ManifestId, u32)> {
    let mut parts = std::str::from_utf8(key.strip_prefix(prefix::MANIFESTS)?).ok()?.split('/');
    let node = NodeId::parse(parts.next()?).ok()?;
    let manifest = u64::from_str_radix(parts.next()?, 16).ok()?;
    let page = u32::from_str_radix(parts.next()?, 16).ok()?;
    // One page has one key: no sign, sixteen and eight digits.
    let is_key = manifest_page(&node, ManifestId(manifest), page) == key;
    is_key.then_some((node, ManifestId(manifest), page))
}

/// `n/<parent>/<folded name>`. The folded name is the last part and may hold any byte.
pub fn name(parent: &NodeId, folded: &str) -> Key {
    join(&[b"n", parent.as_str().as_bytes(), folded.as_bytes()])
}

/// All of `n/<parent>/`.
pub fn names_in(parent: &NodeId) -> Key {
    join(&[b"n", parent.as_str().as_bytes(), b""])
}

/// `o/<client>`.
pub fn client(id: &str) -> Key {
    join(&[b"o", id.as_bytes()])
}

/// `p/<node>`: a file that was removed for good, of which something may be left.
pub fn purged(node: &NodeId) -> Key {
    join(&[b"p", node.as_str().as_bytes()])
}

/// `q/<owner>/bytes`: a counter.
pub fn usage_bytes(owner: &UserId) -> Key {
    join(&[b"q", owner.folded().as_bytes(), b"bytes"])
}

/// `q/<owner>/files`: a counter.
pub fn usage_files(owner: &UserId) -> Key {
    join(&[b"q", owner.folded().as_bytes(), b"files"])
}

/// `r/<node>/<number>`.
pub fn rescued(node: &NodeId, n: u64) -> Key {
    join(&[b"r", node.as_str().as_bytes(), number(n).as_bytes()])
}

/// All of `r/<node>/`.
pub fn rescued_of(node: &NodeId) -> Key {
    join(&[b"r", node.as_str().as_bytes(), b""])
}

/// `s/<what>`.
pub fn system(what: &str) -> Key {
    join(&[b"s", what.as_bytes()])
}

/// `t/<node>/<number>`.
pub fn activity(node: &NodeId, n: u64) -> Key {
    join(&[b"t", node.as_str().as_bytes(), number(n).as_bytes()])
}

/// All of `t/<node>/`.
pub fn activities_of(node: &NodeId) -> Key {
    join(&[b"t", node.as_str().as_bytes(), b""])
}

/// `u/<family>`.
pub fn family(family: &NodeId) -> Key {
    join(&[b"u", family.as_str().as_bytes()])
}

/// `v/<node>/<sequence>`.
pub fn version(node: &NodeId, sequence: u64) -> Key {
    join(&[b"v", node.as_str().as_bytes(), number(sequence).as_bytes()])
}

/// All of `v/<node>/`.
pub fn versions_of(node: &NodeId) -> Key {
    join(&[b"v", node.as_str().as_bytes(), b""])
}

/// `w/<user>/<family>`.
pub fn family_of(user: &UserId, family: &NodeId) -> Key {
    join(&[b"w", user.folded().as_bytes(), family.as_str().as_bytes()])
}

/// All of `w/<user>/`.
pub fn families_of(user: &UserId) -> Key {
    join(&[b"w", user.folded().as_bytes(), b""])
}

/// `x/<hash>`, the hash in base64url.
pub fn session(hash: &str) -> Key {
    join(&[b"x", hash.as_bytes()])
}

/// `y/<user>/<hash>`.
pub fn session_of(user: &UserId, hash: &str) -> Key {
    join(&[b"y", user.folded().as_bytes(), hash.as_bytes()])
}

/// All of `y/<user>/`.
pub fn sessions_of(user: &UserId) -> Key {
    join(&[b"y", user.folded().as_bytes(), b""])
}

/// `z/<user>/<client>`.
pub fn consent(user: &UserId, client: &str) -> Key {
    join(&[b"z", user.folded().as_bytes(), client.as_bytes()])
}

/// All of `z/<user>/`.
pub fn consents_of(user: &UserId) -> Key {
    join(&[b"z", user.folded().as_bytes(), b""])
}

/// `S/<hash>`: the SHA-256 of issuer and subject as the account has them, in base64url.
pub fn subject(subject: &str) -> Key {
    let hash = digest(&SHA256, subject.as_bytes());
    join(&[b"S", URL_SAFE_NO_PAD.encode(hash).as_bytes()])
}

/// `A/<time><number>`: the time is turned around, so that the latest come first; the number tells those of one moment apart.
pub fn audit(at: Timestamp, tell_apart: [u8; 4]) -> Key {
    let (earliest_last, number) = (u64::MAX - at.ticks().max(0).unsigned_abs(), u32::from_be_bytes(tell_apart));
    format!("A/{earliest_last:016x}{number:08x}").into_bytes()
}

/// The time in `A/<time><number>`.
pub fn audit_time(key: &[u8]) -> Option<Timestamp> {
    let text = std::str::from_utf8(key.strip_prefix(prefix::AUDIT)?).ok()?;
    let (time, number) = text.split_at_checked(16)?;
    let turned = u64::from_str_radix(time, 16).ok()?;
    let at = Timestamp::from_ticks(i64::try_from(u64::MAX - turned).ok()?);
    let number = u32::from_str_radix(number, 16).ok()?;
    // One moment has one form: lower case, no sign.
    (audit(at, number.to_be_bytes()) == key).then_some(at)
}

/// Whether what a person may do follows from the record of this key: accounts, containers, grants, links, keys, what was
/// granted to clients, the text of `PutUserInfo`. Those of files and their contents, names and counters are not among them:
/// they change with every save; nor what changes with every sign-in and what nobody's right depends on.
pub fn changes_seldom(key: &[u8]) -> bool {
    matches!(key.first(), Some(b'a' | b'c' | b'g' | b'h' | b'i' | b'j' | b'k' | b'l' | b's' | b'u'))
}

/// The file or container in the second part of a key: of a head, a version, a rescued version.
pub fn node_of(key: &[u8]) -> Option<NodeId> {
    let part = key.split(|&byte| byte == b'/').nth(1)?;
    NodeId::parse(std::str::from_utf8(part).ok()?).ok()
}

/// The last part of a key, as text: the user of a grant, the node of a bin row, the number of a version.
pub fn last_part(key: &[u8]) -> Option<&str> {
    std::str::from_utf8(key.rsplit(|&byte| byte == b'/').next()?).ok()
}

/// The number in the last part of a key.
pub fn last_number(key: &[u8]) -> Option<u64> {
    u64::from_str_radix(last_part(key)?, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manifest_key_comes_apart_as_it_was_put_together() {
        let node = NodeId::from_random_bits([7; 16]);
        let key = manifest_page(&node, ManifestId(u64::MAX), 3);
        assert_eq!(parse_manifest_page(&key), Some((node, ManifestId(u64::MAX), 3)));
        for other in ["m/x", "m/x/7/3", "m/x/+00000000000000f/00000003", "m/x/00000000000000FF/00000003"] {
            assert_eq!(parse_manifest_page(other.as_bytes()), None, "{other}");
        }
    }

    #[test]
    fn the_latest_of_the_audit_trail_comes_first_and_its_time_can_be_read() {
        let (early, late) = (Timestamp::from_unix_ms(1_700_000_000_000), Timestamp::from_unix_ms(1_700_000_000_001));
        assert!(audit(late, [0; 4]) < audit(early, [0; 4]));
        assert_eq!(audit_time(&audit(late, [7; 4])), Some(late));
        for other in ["A/", "A/00", "A/000000000000000000000000", "A/+fffffffffffffff00000000", "A/ä"] {
            assert_eq!(audit_time(other.as_bytes()), None, "{other}");
        }
    }

    #[test]
    fn version_keys_sort_by_sequence() {
        let node = NodeId::from_random_bits([7; 16]);
        assert!(version(&node, 9) < version(&node, 10));
        assert_eq!(last_number(&version(&node, 255)), Some(255));
    }
}
