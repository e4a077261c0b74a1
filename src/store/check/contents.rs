//! The bytes of every version, and the chunks that are nobody's.

use std::{collections::BTreeMap, ops::ControlFlow, sync::Arc};

use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use roaring::RoaringTreemap;

use super::{CheckError, CheckProgress, Finding, Report, What, fault::damage, go_on, names::path_of, records::Walk};
use crate::{
    ids::NodeId,
    store::{
        Store,
        content::{Content, Page},
        engine::{Engine, EngineError, Key, scan_prefix},
        records::{ContentRef, FileHead, VersionRow, decode, keys, keys::prefix},
    },
};

const ROWS: usize = 256;

/// A record of a file that names a content.
#[derive(Clone, Debug)]
pub(super) struct Named {
    pub(super) key: Key,
    pub(super) content: ContentRef,
}

pub(super) fn check(
    store: &Store,
    report: &mut Report,
    tell: &mut dyn FnMut(Finding),
    progress: &mut dyn FnMut(CheckProgress) -> ControlFlow<()>,
) -> Result<(), CheckError> {
    let (engine, content): (&dyn Engine, _) = (store.engine.as_ref(), &store.content);
    let mut files = 0;
    let mut walk = Walk::under(store, prefix::FILES)?;
    while let Some((page, _)) = walk.next()? {
        for (key, _) in page {
            files += 1;
            let Some(node) = keys::node_of(&key) else { continue };
            match file(engine, content, &node, report, tell) {
                Err(CheckError::Engine(EngineError::Read(reason))) => {
                    let reason = format!("not all of its versions can be read: {reason}");
                    tell(damage(What::History, &key, path_of(engine, &node), reason));
                }
                outcome => outcome?,
            }
            go_on(progress(CheckProgress::Contents { files, bytes: report.bytes }))?;
        }
    }
    unused(store, report, tell)
}

/// Reads every content of a file once.
fn file(
    engine: &dyn Engine,
    content: &Arc<Content>,
    node: &NodeId,
    report: &mut Report,
    tell: &mut dyn FnMut(Finding),
) -> Result<(), CheckError> {
    let mut verified = BTreeMap::new();
    for named in named_by(engine, node)? {
        let verdict = verified.entry(named.content.manifest).or_insert_with(|| {
            report.contents += 1;
            report.bytes += named.content.size;
            verify(content, node, &named.content)
        });
        // Of one manifest named twice, both records must say the same of it.
        let reason = match verdict {
            Some(reason) => Some(reason.clone()),
            None if named.content.manifest.is_none() => verify(content, node, &named.content),
            None => None,
        };
        let Some(reason) = reason else { continue };
        // Only what is still named counts, and is looked at once more.
        if still_named(engine, &named)?
            && let Some(reason) = verify(content, node, &named.content).map(|_| reason)
        {
            tell(damage(What::Content, &named.key, path_of(engine, node), reason));
        }
    }
    Ok(())
}

/// The file's records that name contents: rescued versions, versions, the head.
pub(super) fn named_by(engine: &dyn Engine, node: &NodeId) -> Result<Vec<Named>, EngineError> {
    let mut named = Vec::new();
    for prefix in [keys::rescued_of(node), keys::versions_of(node)] {
        let mut after: Option<Key> = None;
        loop {
            let rows = scan_prefix(engine, &prefix, after.as_deref(), ROWS)?;
            let Some((last, _)) = rows.last() else { break };
            after = Some(last.clone());
            for (key, record) in rows {
                // One that cannot be understood is found as a record.
                if let Ok(row) = decode::<VersionRow>(&key, &record.value) {
                    named.push(Named { key, content: row.content });
                }
            }
        }
    }
    let key = keys::file(node);
    if let Some(record) = engine.get(&key)?
        && let Ok(head) = decode::<FileHead>(&key, &record.value)
    {
        named.push(Named { key, content: head.content });
    }
    Ok(named)
}

fn still_named(engine: &dyn Engine, named: &Named) -> Result<bool, EngineError> {
    let Some(record) = engine.get(&named.key)? else { return Ok(false) };
    let content = if named.key.starts_with(prefix::FILES) {
        decode::<FileHead>(&named.key, &record.value).ok().map(|head| head.content)
    } else {
        decode::<VersionRow>(&named.key, &record.value).ok().map(|row| row.content)
    };
    Ok(content.is_some_and(|content| content == named.content))
}

/// What is wrong with a content, in words; `None` when it is whole.
pub(super) fn verify(content: &Arc<Content>, node: &NodeId, expected: &ContentRef) -> Option<String> {
    let Some(manifest) = expected.manifest else {
        let empty = expected.size == 0 && expected.sha256 == STANDARD.encode(digest(&SHA256, b""));
        return (!empty).then(|| format!("{} bytes are recorded, and none are stored", expected.size));
    };
    let damages = content.verify_manifest(node, manifest, expected).err()?;
    let first = damages.first()?;
    let chunk = first.chunk.map_or_else(String::new, |number| format!("chunk {number}: "));
    let more = match damages.len() - 1 {
        0 => String::new(),
        more => format!(" (and {more} more)"),
    };
    Some(format!("its bytes are damaged at {} of {}: {chunk}{}{more}", first.offset, expected.size, first.reason))
}

/// Counts the chunks that no content names, and those that the index does not have.
fn unused(store: &Store, report: &mut Report, tell: &mut dyn FnMut(Finding)) -> Result<(), CheckError> {
    let content = &store.content;
    let horizon = content.chunks().next_number();
    let mut named = RoaringTreemap::new();
    let mut walk = Walk::under(store, prefix::MANIFESTS)?;
    while let Some((pages, _)) = walk.next()? {
        for page in pages.into_iter().filter_map(|(_, record)| Page::decode(record.value).ok()) {
            named.extend(page.entries().map(|entry| entry.number));
        }
    }
    let mut listed = RoaringTreemap::new();
    let mut after = None;
    loop {
        let (rows, last) = content.chunks().index_page(after.as_deref(), ROWS)?;
        listed.extend(rows.iter().map(|row| row.number));
        for row in rows.iter().filter(|row| row.number < horizon && !named.contains(row.number)) {
            report.unused_chunks += 1;
            report.unused_bytes += u64::from(row.length);
        }
        match last {
            None => break,
            last => after = last,
        }
    }
    // One that is not there, or damaged, is told of by the contents that need it.
    let unlisted = (named - listed).iter().filter(|&number| content.chunks().read_any(number).is_ok()).count();
    report.unlisted_chunks = unlisted as u64;
    if unlisted > 0 {
        let reason =
            format!("{unlisted} chunks in use are not in it: they are neither shared with new contents nor collected");
        tell(super::fault::notice(b"index", reason));
    }
    Ok(())
}
