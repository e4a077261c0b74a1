//! What names what: which contents a file's records name, and where a file is.

use serde::de::DeserializeOwned;

use crate::{
    ids::NodeId,
    store::{
        engine::{Engine, EngineError, Key, scan_prefix},
        records::{ContainerRecord, FileHead, ManifestId, VersionRow, decode, keys},
    },
};

/// Deeper than this nobody nests containers; it ends a circle.
const MAX_DEPTH: usize = 160;

/// Reads a record; `None` when there is none or it is damaged.
pub(super) fn load<T: DeserializeOwned>(engine: &dyn Engine, key: &[u8]) -> Result<Option<T>, EngineError> {
    Ok(engine.get(key)?.and_then(|record| decode(key, &record.value).ok()))
}

/// Whether a record of the file names the content: its head, a version, a rescued version. Without a head there is no file,
/// and what is left of it names nothing. The head is looked at last: a content moves from rescued to kept to current.
pub(crate) fn names(engine: &dyn Engine, node: &NodeId, manifest: ManifestId) -> Result<bool, EngineError> {
    if engine.get(&keys::file(node))?.is_none() {
        return Ok(false);
    }
    for prefix in [keys::rescued_of(node), keys::versions_of(node)] {
        let mut after: Option<Key> = None;
        loop {
            let rows = scan_prefix(engine, &prefix, after.as_deref(), 64)?;
            let Some((last, _)) = rows.last() else { break };
            after = Some(last.clone());
            for (key, record) in rows {
                if decode::<VersionRow>(&key, &record.value).is_ok_and(|row| row.content.manifest == Some(manifest)) {
                    return Ok(true);
                }
            }
        }
    }
    let head = load::<FileHead>(engine, &keys::file(node))?;
    Ok(head.is_some_and(|head| head.content.manifest == Some(manifest)))
}

/// Where a file or container is, for messages: `anna:/folder/report.docx`. `None` when that cannot be found out.
pub(crate) fn path_of(engine: &dyn Engine, node: &NodeId) -> Option<String> {
    let mut names = Vec::new();
    let mut above = match load::<FileHead>(engine, &keys::file(node)).ok()? {
        Some(head) if head.binned.is_some() => return Some(format!("{}: (bin) {}", head.owner, head.name)),
        Some(head) => {
            names.push(head.name);
            head.parent
        }
        None => node.clone(),
    };
    for _ in 0..MAX_DEPTH {
        let container: ContainerRecord = load(engine, &keys::container(&above)).ok()??;
        let Some(parent) = container.parent else {
            names.reverse();
            return Some(format!("{}:/{}", container.owner, names.join("/")));
        };
        names.push(container.name);
        above = parent;
    }
    None
}
