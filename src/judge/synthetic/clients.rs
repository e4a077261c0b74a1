//! Clients that want a file: mostly as editors do, now and then as nobody should.

use super::{
    super::history::{Call, Framing, Reply, Text},
    Chance, Shape, host,
};

pub(super) struct Client {
    number: u32,
    ids: u32,
    taken: u32,
    /// The lock that it believes to hold.
    holds: Option<Text>,
    /// The last lock id that it heard of.
    heard: Option<Text>,
}

impl Client {
    pub(super) fn new(number: u32, shape: &Shape) -> Self {
        Self { number, ids: shape.ids, taken: 0, holds: None, heard: None }
    }

    fn fresh(&mut self, chance: &mut Chance) -> Text {
        self.taken += 1;
        match self.ids {
            0 => format!("{}-{}", self.number, self.taken).into(),
            ids => format!("shared-{}", chance.below(u64::from(ids))).into(),
        }
    }

    fn put(lock: Option<Text>, shape: &Shape, chance: &mut Chance) -> Call {
        let framing = if chance.below(2) == 0 { Framing::Chunked } else { Framing::Length };
        let cut = chance.of_thousand(shape.lost);
        Call::Put { lock, body: host::content(shape, chance), framing, cut }
    }

    /// What it asks for next.
    pub(super) fn wants(&mut self, shape: &Shape, chance: &mut Chance) -> Call {
        let dice = chance.below(100);
        let heard = self.heard.clone();
        match (self.holds.clone(), dice) {
            (_, 0..8) => Call::Get,
            (_, 8..16) => Call::Info,
            (_, 16..26) => Call::GetLock,
            (Some(id), 26..45) => Call::Refresh { id: Some(id) },
            (Some(id), 45..70) => Self::put(Some(id), shape, chance),
            (Some(old), 70..80) => Call::Relock { old, new: Some(self.fresh(chance)) },
            (Some(id), _) => Call::Unlock { id: Some(id) },
            (None, 26..34) => Call::Unlock { id: heard.or_else(|| Some(self.fresh(chance))) },
            (None, 34..36) => Call::Refresh { id: heard },
            (None, 36..42) => Self::put(heard, shape, chance),
            (None, 42..46) => Self::put(None, shape, chance),
            (None, _) => Call::Lock { id: Some(self.fresh(chance)) },
        }
    }

    /// A reply has come.
    pub(super) fn hears(&mut self, call: &Call, reply: &Reply) {
        let named = reply.lock.clone().filter(|id| !id.is_empty());
        match call {
            Call::Lock { id } | Call::Refresh { id } | Call::Relock { new: id, .. } if reply.success() => {
                self.holds.clone_from(id);
            }
            Call::Unlock { .. } if reply.success() => self.holds = None,
            _ if reply.status == 409 => self.holds = None,
            _ => {}
        }
        if named.is_some() {
            self.heard = named;
        }
    }

    /// It gives up waiting.
    pub(super) fn hears_nothing(&mut self) {
        if let Some(id) = self.holds.take() {
            self.heard = Some(id);
        }
    }
}
