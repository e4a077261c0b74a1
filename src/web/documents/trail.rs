//! The trail of what people do that others may want to know of later: shares, lock breaks, deletions for good.

use crate::{ids::NodeId, web::desk::Desk};

/// Writes a line of the trail: who did what, to which file or folder, and what belongs to it. No secrets.
pub(super) fn note(desk: &Desk<'_>, deed: &'static str, node: Option<&NodeId>, about: &str) {
    let (user, address) = (&desk.me.user, desk.visit.address());
    let node = node.map(NodeId::as_str);
    tracing::info!(target: "lockhouse::audit", deed, %user, %address, node, about, "audit: {user} did {deed}");
}
