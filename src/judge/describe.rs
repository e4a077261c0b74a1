//! States in words.

use super::{
    history::{FileStart, LockBefore},
    model::State,
    steps::{ANY, Answer, Facet, NONE, Steps},
    timeline::bytes,
};

/// What is known of a file before its first request.
pub(super) fn start(start: &FileStart) -> String {
    let mut known = Vec::new();
    match &start.lock {
        LockBefore::Unknown => {}
        LockBefore::Unlocked => known.push("unlocked".to_owned()),
        LockBefore::Held(id) => known.push(format!("locked by {id}")),
    }
    known.extend(start.content.as_ref().map(bytes));
    known.extend(start.version.as_ref().map(|version| format!("version {version}")));
    if known.is_empty() { "nothing is known".to_owned() } else { known.join(", ") }
}

fn state(state: &State, steps: &Steps, facet: Facet) -> String {
    if state.gone {
        return "deleted".to_owned();
    }
    let mut so = Vec::new();
    if facet != Facet::Contents {
        so.push(match state.lock {
            NONE => "unlocked".to_owned(),
            ANY => "locked or not".to_owned(),
            id => format!("locked by {}", steps.ids.value(id).map_or("?", |id| id)),
        });
    }
    if facet != Facet::Locks {
        so.push(steps.contents.value(state.content).map_or_else(|| "of unknown bytes".to_owned(), bytes));
        if let Some(version) = steps.versions.value(state.version) {
            so.push(format!("version {version}"));
        }
    }
    so.join(", ")
}

/// Why a reply fits nothing.
pub(super) fn misfit(op: usize, states: &[State], steps: &Steps, facet: Facet) -> String {
    let step = steps.steps.iter().find(|step| step.op == op);
    if let Some(Answer::Impossible(why)) = step.map(|step| step.answer) {
        return format!("never the answer to this request: {why}.");
    }
    let mut all: Vec<String> = states.iter().map(|each| state(each, steps, facet)).collect();
    all.dedup();
    format!("after everything answered before, the file was {}.", all.join("; or "))
}
