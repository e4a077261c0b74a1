//! A host of one file, right but for its fault. Written for itself: neither the lock machine of this house nor the judge's
//! automaton is in it.

use super::{
    super::history::{Authority, Call, Content, Digest, Nanos, Operation, Reply, Text},
    Chance, Fault, Shape, nanos,
};

struct Lock {
    id: Text,
    expires: Nanos,
    /// How much longer it may still be made to live by restarts.
    slack: Nanos,
}

pub(super) struct Host {
    lock: Option<Lock>,
    pub(super) content: Content,
    sequence: u64,
    /// Content and sequence before the last acknowledged writing.
    earlier: Option<(Content, u64)>,
    /// What GetLock would have said before the last change, and when that was.
    stale: (Option<Text>, Nanos),
    timeout: Nanos,
    slack: Nanos,
    seen: Nanos,
    fault: Option<Fault>,
    pub(super) faults: u64,
}

pub(super) fn content(shape: &Shape, chance: &mut Chance) -> Content {
    if chance.of_thousand(shape.empty) {
        return Content { digest: Digest([0; 32]), length: 0 };
    }
    let mut digest = [0; 32];
    for part in digest.chunks_mut(8) {
        part.copy_from_slice(&chance.next().to_le_bytes());
    }
    Content { digest: Digest(digest), length: 1 + chance.below(100_000) }
}

fn plain(status: u16) -> Reply {
    Reply { status, ..Reply::default() }
}

impl Host {
    pub(super) fn new(shape: &Shape, chance: &mut Chance) -> Self {
        Self {
            lock: None,
            content: content(shape, chance),
            sequence: 1,
            earlier: None,
            stale: (None, 0),
            timeout: nanos(shape.lock_timeout),
            slack: nanos(shape.restart_slack),
            seen: 0,
            fault: shape.fault,
            faults: 0,
        }
    }

    pub(super) fn version(&self) -> Text {
        format!("v{}", self.sequence).into()
    }

    /// Whether the planted fault strikes, in one of three cases.
    fn strikes(&mut self, fault: Fault, chance: &mut Chance) -> bool {
        let strikes = self.fault == Some(fault) && chance.below(3) == 0;
        self.faults += u64::from(strikes);
        strikes
    }

    fn restarts(&mut self, now: Nanos, crashes: &[(Nanos, Nanos, Nanos)], chance: &mut Chance) {
        let many = crashes.iter().filter(|(down, ..)| (self.seen..now).contains(down)).count();
        for _ in 0..many {
            if let Some(lock) = &mut self.lock {
                let more = chance.below(lock.slack + 1);
                lock.expires += more;
                lock.slack -= more;
                if self.strikes(Fault::LostLock, chance) {
                    self.lock = None;
                }
            }
            if let Some((content, sequence)) = self.earlier.take()
                && self.strikes(Fault::LostWrite, chance)
            {
                (self.content, self.sequence) = (content, sequence);
            }
        }
        self.seen = now;
    }

    fn expire(&mut self, now: Nanos) {
        let Some(lock) = &self.lock else { return };
        let early = self.fault == Some(Fault::EarlyExpiry) && now + self.timeout / 5 >= lock.expires;
        self.faults += u64::from(early && now < lock.expires);
        if early || now >= lock.expires {
            self.lock = None;
        }
    }

    fn held(&self) -> Option<Text> {
        self.lock.as_ref().map(|lock| lock.id.clone())
    }

    fn conflict(&self) -> Reply {
        Reply { status: 409, lock: Some(self.held().unwrap_or_default()), ..Reply::default() }
    }

    fn done(&self) -> Reply {
        Reply { status: 200, version: Some(self.version()), ..Reply::default() }
    }

    fn become_held(&mut self, id: Option<Text>, now: Nanos) -> Reply {
        if self.held() != id {
            self.stale = (self.held(), now);
        }
        self.lock = id.map(|id| Lock { id, expires: now + self.timeout, slack: self.slack });
        self.done()
    }

    /// Carries out a request at `now`.
    pub(super) fn serve(
        &mut self,
        operation: &Operation,
        now: Nanos,
        crashes: &[(Nanos, Nanos, Nanos)],
        chance: &mut Chance,
    ) -> Reply {
        self.restarts(now, crashes, chance);
        self.expire(now);
        let call = &operation.call;
        match operation.authority {
            Authority::ViewOnly if call.changes() => {
                if let Call::Put { body, .. } = call
                    && self.strikes(Fault::ViewTokenWrites, chance)
                {
                    self.write(*body);
                }
                return plain(404);
            }
            Authority::OtherFile | Authority::Invalid => return plain(401),
            Authority::Full | Authority::ViewOnly => {}
        }
        let held = self.held();
        match call {
            Call::GetLock => self.get_lock(operation, chance),
            Call::Get if self.strikes(Fault::TornRead, chance) => {
                let torn = Content { digest: Digest([0x55; 32]), ..self.content };
                Reply { content: Some(torn), ..self.done() }
            }
            Call::Get => Reply { content: Some(self.content), ..self.done() },
            Call::Info => Reply { size: Some(self.content.length), ..self.done() },
            Call::Lock { id: None } | Call::Refresh { id: None } | Call::Unlock { id: None } => plain(400),
            Call::Lock { id } if held.is_none() || held == *id => self.become_held(id.clone(), now),
            Call::Lock { id } if self.strikes(Fault::TwoHolders, chance) => self.become_held(id.clone(), now),
            Call::Refresh { id } if held == *id => self.become_held(id.clone(), now),
            Call::Unlock { id } if held == *id => {
                if self.strikes(Fault::LostUnlock, chance) {
                    self.done()
                } else {
                    self.become_held(None, now)
                }
            }
            Call::Unlock { .. } if held.is_some() && self.strikes(Fault::StaleUnlock, chance) => {
                self.become_held(None, now)
            }
            Call::Relock { old, new } if held.as_ref() == Some(old) => self.become_held(new.clone(), now),
            Call::Put { lock, body, .. } => self.put(lock.as_ref(), *body, chance),
            Call::Rename { .. } | Call::Delete | Call::UserInfo => plain(501),
            Call::Lock { .. } | Call::Refresh { .. } | Call::Unlock { .. } | Call::Relock { .. } => self.conflict(),
        }
    }

    fn get_lock(&mut self, operation: &Operation, chance: &mut Chance) -> Reply {
        let (old, until) = self.stale.clone();
        let stale = until > 0 && until < operation.invoked && old != self.held();
        let told = if stale && self.strikes(Fault::StaleGetLock, chance) { old } else { self.held() };
        Reply { lock: Some(told.unwrap_or_default()), ..self.done() }
    }

    fn put(&mut self, lock: Option<&Text>, body: Content, chance: &mut Chance) -> Reply {
        let allowed = match &self.lock {
            Some(held) => lock == Some(&held.id),
            None => self.content.length == 0,
        };
        if allowed {
            self.write(body);
            if self.strikes(Fault::ReusedVersion, chance) {
                self.sequence -= 1;
            }
            return self.done();
        }
        if self.strikes(Fault::RefusedPutStored, chance) {
            self.write(body);
        }
        self.conflict()
    }

    fn write(&mut self, body: Content) {
        self.earlier = Some((self.content, self.sequence));
        self.content = body;
        self.sequence += 1;
    }
}
