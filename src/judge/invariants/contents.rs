//! What the file holds: the checks that look at bytes and versions.

use std::collections::{HashMap, HashSet};

use super::{
    super::{
        history::{Authority, Call, Content, Framing, Mark, Operation},
        steps::{FOREVER, LONG_AGO, Time, time},
        timeline,
    },
    Invariant, Notes, Scene,
    holds::Holds,
};

/// A PutFile that may have been carried out.
struct Writing {
    place: usize,
    invoked: Time,
    /// The last moment at which it can have taken effect.
    effect: Time,
    acknowledged: bool,
}

/// The writings of a file, and what was wished for but never written.
struct Writings {
    /// In order of invocation.
    all: Vec<Writing>,
    /// In that order: the latest effect so far.
    latest: Vec<Time>,
    /// Acknowledged: (answered, place in `all` of the last invoked of those answered so far), in order of answer.
    answered: Vec<(Time, usize)>,
    /// Per content: the latest moment at which it can have been written, and the first at which.
    written: HashMap<Content, (Time, Time)>,
    /// Contents of writings that were refused or cut off, and when the first of them was invoked.
    refused: HashSet<Content>,
    first_refused: Option<Time>,
}

impl Writings {
    fn new(scene: &Scene<'_>) -> Self {
        let mut this = Self {
            all: Vec::new(),
            latest: Vec::new(),
            answered: Vec::new(),
            written: HashMap::new(),
            refused: HashSet::new(),
            first_refused: None,
        };
        if let Some(content) = scene.start.content {
            this.written.insert(content, (LONG_AGO, LONG_AGO));
        }
        for (place, operation) in scene.operations.iter().enumerate() {
            let Call::Put { body, cut, .. } = &operation.call else { continue };
            let invoked = time(operation.invoked);
            if *cut || !operation.succeeded() && !operation.open() || operation.authority != Authority::Full {
                this.refused.insert(*body);
                this.first_refused = Some(this.first_refused.unwrap_or(invoked));
                continue;
            }
            let effect = scene.lives.last_effect(operation);
            let when = this.written.entry(*body).or_insert((effect, invoked));
            *when = (when.0.max(effect), when.1.min(invoked));
            let latest = this.latest.last().map_or(effect, |latest| effect.max(*latest));
            this.latest.push(latest);
            this.all.push(Writing { place, invoked, effect, acknowledged: operation.succeeded() });
        }
        let mut order: Vec<usize> = (0..this.all.len()).filter(|place| this.all[*place].acknowledged).collect();
        order.sort_by_key(|place| this.all[*place].effect);
        for place in order {
            let last = this.answered.last().map_or(place, |(_, last)| place.max(*last));
            this.answered.push((this.all[place].effect, last));
        }
        this
    }

    /// The last invoked of the writings that were acknowledged before `moment`.
    fn before(&self, moment: Time) -> Option<usize> {
        let before = self.answered.partition_point(|(answered, _)| *answered < moment).checked_sub(1)?;
        Some(self.answered[before].1)
    }

    /// Whether no other writing can have taken effect after this one was invoked and before `moment`.
    fn alone(&self, place: usize, moment: Time) -> bool {
        let earlier = place.checked_sub(1).is_none_or(|before| self.latest[before] < self.all[place].invoked);
        earlier && self.all.get(place + 1).is_none_or(|next| next.invoked > moment)
    }

    /// Whether any writing but `except` can have taken effect between two moments.
    fn between(&self, from: Time, to: Time, except: usize) -> bool {
        let before = self.all.partition_point(|writing| writing.invoked <= to);
        self.all[..before].iter().rev().any(|writing| writing.effect >= from && writing.place != except)
    }
}

pub(super) fn check(scene: &Scene<'_>, notes: &mut Notes) {
    let writings = Writings::new(scene);
    let deleted = scene
        .operations
        .iter()
        .any(|operation| operation.call == Call::Delete && (operation.succeeded() || operation.open()));
    for (place, operation) in scene.operations.iter().enumerate() {
        let Some(reply) = operation.reply() else { continue };
        let reads = operation.call == Call::Get && operation.authority != Authority::Invalid;
        match reply.content {
            Some(content) if reads && reply.success() => {
                readable(scene, &writings, (place, operation), Some(content), notes);
                whole(scene, &writings, (place, operation), content, notes);
                framed(scene, &writings, (place, operation), content, notes);
            }
            _ if reads && reply.status == 404 && operation.authority == Authority::Full && !deleted => {
                readable(scene, &writings, (place, operation), None, notes);
            }
            _ => {}
        }
    }
    refused_for_framing(scene, notes);
    versions(scene, &writings, notes);
}

type Reading<'a> = (usize, &'a Operation);

fn told((_, operation): Reading<'_>) -> String {
    format!("{} of client {} was answered {}", timeline::call(operation), operation.client, timeline::reply(operation))
}

/// After a restart, what was acknowledged before it is there, or something newer.
fn readable(scene: &Scene<'_>, writings: &Writings, reading: Reading<'_>, content: Option<Content>, notes: &mut Notes) {
    const NAME: Invariant = Invariant::AcknowledgedPutIsReadable;
    let from = time(reading.1.invoked);
    let Some(last) = writings.before(from).map(|place| &writings.all[place]) else { return };
    if !scene.lives.upheavals.restarted_between(last.effect, from) {
        return;
    }
    notes.check(NAME);
    let fresh = content.and_then(|content| writings.written.get(&content));
    if fresh.is_none_or(|(effect, _)| *effect < last.invoked) {
        let summary = format!("After a restart, {}; a newer PutFile was acknowledged before it.", told(reading));
        notes.broken(NAME, vec![last.place, reading.0], summary);
    }
}

/// What is read was written whole, by a writing that was not refused.
fn whole(scene: &Scene<'_>, writings: &Writings, reading: Reading<'_>, content: Content, notes: &mut Notes) {
    const NAME: Invariant = Invariant::RefusedPutLeavesOldBytes;
    let to = time(reading.1.ended());
    if writings.first_refused.is_some_and(|first| first < to) {
        notes.check(NAME);
    }
    if writings.written.get(&content).is_some_and(|(_, invoked)| *invoked <= to) {
        return;
    }
    if writings.refused.contains(&content) {
        let source = scene.operations.iter().position(|operation| {
            matches!(&operation.call, Call::Put { body, .. } if *body == content) && !operation.succeeded()
        });
        let summary = format!("{}: the bytes of a PutFile that was refused or cut off.", told(reading));
        notes.broken(NAME, source.into_iter().chain([reading.0]).collect(), summary);
    } else if scene.start.content.is_some() || writings.before(time(reading.1.invoked)).is_some() {
        let last = writings.before(time(reading.1.invoked)).map(|place| writings.all[place].place);
        let summary = format!("{}: bytes that nobody wrote.", told(reading));
        notes.broken(NAME, last.into_iter().chain([reading.0]).collect(), summary);
    }
}

/// What was written chunked is read as it was sent.
fn framed(scene: &Scene<'_>, writings: &Writings, reading: Reading<'_>, content: Content, notes: &mut Notes) {
    const NAME: Invariant = Invariant::ChunkedEqualsContentLength;
    let Some(last) = writings.before(time(reading.1.invoked)) else { return };
    let writing = &writings.all[last];
    let Call::Put { body, framing: Framing::Chunked, .. } = &scene.operations[writing.place].call else { return };
    if !writings.alone(last, time(reading.1.ended())) {
        return;
    }
    notes.check(NAME);
    if *body != content {
        let summary = format!("{}: not what the chunked PutFile before it sent.", told(reading));
        notes.broken(NAME, vec![writing.place, reading.0], summary);
    }
}

/// Under the right lock, a chunked writing is not refused for being chunked. A host that refuses the others there, too, has
/// another fault.
fn refused_for_framing(scene: &Scene<'_>, notes: &mut Notes) {
    const NAME: Invariant = Invariant::ChunkedEqualsContentLength;
    let is_refused = |status: u16| matches!(status, 400 | 405 | 409 | 411 | 415 | 501);
    let mut holds = None;
    let (mut chunked, mut others_are_refused) = (Vec::new(), false);
    for (place, operation) in scene.operations.iter().enumerate() {
        let Call::Put { lock: Some(lock), framing, cut: false, .. } = &operation.call else { continue };
        let Some(reply) = operation.reply().filter(|_| operation.authority == Authority::Full) else { continue };
        let holds = holds.get_or_insert_with(|| Holds::new(scene));
        if !holds.own(time(operation.invoked), time(operation.ended()), lock) {
            continue;
        }
        match framing {
            Framing::Chunked => chunked.push((place, operation, is_refused(reply.status))),
            Framing::Length => others_are_refused |= is_refused(reply.status),
        }
    }
    for (place, operation, refused) in chunked {
        notes.check(NAME);
        if refused && !others_are_refused {
            notes.broken(NAME, vec![place], format!("{} under the lock it held.", told((place, operation))));
        }
    }
}

/// Around each restart: the same version, if nobody wrote.
fn versions(scene: &Scene<'_>, writings: &Writings, notes: &mut Notes) {
    const NAME: Invariant = Invariant::LockAndVersionSurviveAKill;
    let version = |operation: &Operation| {
        let reply = operation.reply().filter(|reply| reply.success())?;
        let on_lock = !matches!(operation.call, Call::Get | Call::Info | Call::Put { .. });
        reply.version.clone().filter(|_| !on_lock || scene.profile.versions_on_locks)
    };
    let told: Vec<(usize, Box<str>)> = scene
        .operations
        .iter()
        .enumerate()
        .filter_map(|(place, operation)| Some((place, version(operation)?)))
        .collect();
    let mut by_end: Vec<usize> = (0..told.len()).collect();
    by_end.sort_by_key(|place| scene.operations[told[*place].0].ended());
    for mark in scene.marks {
        let Mark::Restart { down, dead, up } = mark else { continue };
        let over = dead.or(*up).unwrap_or(*down);
        let before = by_end.partition_point(|place| scene.operations[told[*place].0].ended() < *down);
        let after = told.partition_point(|(place, _)| scene.operations[*place].invoked <= over);
        let (Some(before), Some((second, new))) =
            (before.checked_sub(1).map(|before| &told[by_end[before]]), told.get(after))
        else {
            continue;
        };
        let (first, old) = before;
        let (from, to) = (time(scene.operations[*first].invoked), time(scene.operations[*second].ended()));
        let itself = if matches!(scene.operations[*first].call, Call::Put { .. }) { *first } else { usize::MAX };
        if writings.between(from, to.min(FOREVER), itself) {
            continue;
        }
        notes.check(NAME);
        if old != new {
            let summary = format!("The version was {old} before a restart and {new} after it, and nobody wrote.");
            notes.broken(NAME, vec![*first, *second], summary);
        }
    }
}
