//! A client: sends WOPI requests at its pace, and writes down each with what became of it.

use std::{
    rc::Rc,
    time::{Duration, Instant},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::Deserialize;
use tokio::time::{sleep, sleep_until, timeout};

use super::{
    body::Body,
    chance::Chance,
    run::{Run, Sent},
    target::Target,
    wire::{Answer, Keep, Lost, Request},
};
use crate::judge::history::{Authority, Call, Content, Digest, Framing, Loss, Outcome, Reply, Text};

/// How long a client waits before it tries again to reach a host that does not take its connection.
const AGAIN: Duration = Duration::from_millis(10);

/// What a client learnt.
#[derive(Debug)]
pub enum Seen {
    /// The answer.
    Reply(Reply),
    /// Nothing: whether it was done is not known.
    Unknown,
    /// It was not sent: nobody can be reached.
    NotSent,
}

impl Seen {
    /// Whether it was done.
    pub fn done(&self) -> bool {
        matches!(self, Self::Reply(reply) if reply.success())
    }

    /// Whether an answer came that says that it was not done.
    pub fn refused(&self) -> bool {
        matches!(self, Self::Reply(reply) if !reply.success() && !reply.leaves_open())
    }

    /// The lock that a 409 names.
    pub fn holder(&self) -> Option<&str> {
        match self {
            Self::Reply(reply) => reply.lock.as_deref().filter(|lock| !lock.is_empty()),
            _ => None,
        }
    }
}

/// A client.
#[derive(Debug)]
pub struct Client {
    /// Its number, from 1; 0 is the run itself.
    pub number: u32,
    /// Its own chance.
    pub chance: Chance,
    /// What it shares with the others.
    pub run: Rc<Run>,
    /// Whether it has held a lock that others fight for.
    pub has_held: bool,
    /// When the next request is due, at a set rate.
    due: Option<Instant>,
    gap: f64,
    path: String,
    chunked: bool,
}

impl Client {
    /// One of the run's clients.
    pub fn new(number: u32, run: &Rc<Run>) -> Self {
        let mut chance = Chance::new(run.plan.seed, u64::from(number) + 1);
        let gap = run.plan.rate.map_or(0.0, |rate| f64::from(run.plan.clients) / rate.max(1e-3));
        let due = run.plan.rate.map(|_| run.epoch + Duration::from_secs_f64(gap * chance.unit()));
        let (run, chunked) = (Rc::clone(run), number.is_multiple_of(2));
        Self { number, chance, run, has_held: false, due, gap, path: String::new(), chunked }
    }

    /// A client that keeps to no rate.
    pub fn aside(number: u32, run: &Rc<Run>) -> Self {
        Self { due: None, ..Self::new(number, run) }
    }

    /// Whether it is to begin something new.
    pub fn going(&self) -> bool {
        self.run.going()
    }

    /// A lock id that was never used before.
    pub fn fresh_id(&self) -> Rc<str> {
        format!("c{}-{}", self.number, self.run.serial()).into()
    }

    /// Waits until the next request is to be sent, and says when it should have been.
    async fn turn(&mut self) -> Instant {
        if let Some(due) = &mut self.due {
            let intended = *due;
            *due += Duration::from_secs_f64(self.gap * self.chance.exponential());
            let now = Instant::now();
            if intended > now {
                sleep_until(intended.into()).await;
            } else if now - intended > Duration::from_millis(1) {
                self.run.measures.borrow_mut().late += 1;
            }
            return intended;
        }
        let think = self.run.plan.think;
        if !think.is_zero() {
            sleep(think.mul_f64(self.chance.exponential().min(20.0))).await;
        }
        Instant::now()
    }

    /// Holds a lock for a while.
    pub async fn hold(&mut self) {
        let hold = self.run.plan.hold;
        if !hold.is_zero() && self.going() {
            sleep(hold.mul_f64(self.chance.exponential().min(10.0))).await;
        }
    }

    /// Makes a body of the plan's sizes.
    pub fn body(&mut self) -> Body {
        self.run.bodies.borrow_mut().next(&mut self.chance)
    }

    /// Content-Length and chunked in turn.
    pub fn framing(&mut self) -> Framing {
        self.chunked = !self.chunked;
        if self.chunked { Framing::Chunked } else { Framing::Length }
    }

    /// One of the file's tokens that may do everything: mostly this client's own.
    fn token<'a>(&mut self, target: &'a Target) -> &'a str {
        let own = usize::try_from(self.number).unwrap_or(0) % target.full.len().max(1);
        target.full.get(own).map_or("", |token| token)
    }

    /// Sends a request with a token that allows it.
    pub async fn send(&mut self, target: &Target, call: Call) -> Seen {
        let token = self.token(target);
        self.perform(target, Authority::Full, token, call, &[], None).await
    }

    /// Saves.
    pub async fn put(&mut self, target: &Target, lock: Option<&str>, body: &Body) -> Seen {
        let cut = self.run.plan.faults.cut && body.bytes.len() > 64 && self.chance.of_thousand(50);
        let framing = self.framing();
        let call = Call::Put { lock: lock.map(Text::from), body: body.content, framing, cut };
        let token = self.token(target);
        let at = cut.then(|| 1 + self.chance.place(body.bytes.len() - 1));
        self.perform(target, Authority::Full, token, call, &body.bytes, at).await
    }

    /// Sends a request with a token of another worth.
    pub async fn send_as(
        &mut self,
        target: &Target,
        authority: Authority,
        token: &str,
        call: Call,
        bytes: &[u8],
    ) -> Seen {
        self.perform(target, authority, token, call, bytes, None).await
    }

    /// Sends a PutFile and stops in the middle of its body.
    pub async fn cut_off(&mut self, target: &Target, lock: Option<&str>, body: &Body) -> Seen {
        let framing = self.framing();
        let call = Call::Put { lock: lock.map(Text::from), body: body.content, framing, cut: true };
        let at = self.chance.place(body.bytes.len());
        let token = self.token(target);
        self.perform(target, Authority::Full, token, call, &body.bytes, Some(at)).await
    }

    async fn perform(
        &mut self,
        target: &Target,
        authority: Authority,
        token: &str,
        call: Call,
        bytes: &[u8],
        cut: Option<usize>,
    ) -> Seen {
        let intended = self.turn().await;
        self.path.clear();
        let contents = matches!(call, Call::Get | Call::Put { .. });
        self.path.push_str(if contents { &target.contents } else { &target.info });
        self.path.push_str(token);
        let run = Rc::clone(&self.run);
        let Ok(Ok(place)) = timeout(run.plan.patience, target.pool.place()).await else {
            run.unreachable(&call);
            sleep(AGAIN).await;
            return Seen::NotSent;
        };
        let invoked = run.now();
        let answer = {
            let (headers, count) = headers(&call);
            let request = Request {
                post: !matches!(call, Call::Get | Call::Info),
                path: &self.path,
                headers: &headers[..count],
                body: bytes,
                framing: if let Call::Put { framing, .. } = &call { *framing } else { Framing::Length },
                cut,
                keep: match call {
                    Call::Get => Keep::Digest,
                    Call::Info | Call::Rename { .. } => Keep::Bytes,
                    _ => Keep::Nothing,
                },
            };
            timeout(run.plan.patience, place.send(&request)).await
        };
        let now = run.now();
        let outcome = match answer {
            Ok(Ok(answer)) => Outcome::Answered { at: now, reply: reply(&call, answer) },
            Ok(Err(Lost::Unreachable(_))) => {
                run.unreachable(&call);
                sleep(AGAIN).await;
                return Seen::NotSent;
            }
            Ok(Err(Lost::Cut)) => Outcome::Unknown { why: Loss::Cut, gave_up: now, by: None },
            Ok(Err(Lost::Broken(_))) => Outcome::Unknown { why: Loss::Reset, gave_up: now, by: None },
            Err(_) => Outcome::Unknown { why: Loss::TimedOut, gave_up: now, by: None },
        };
        let seen = match &outcome {
            Outcome::Answered { reply, .. } => Seen::Reply(reply.clone()),
            Outcome::Unknown { .. } => Seen::Unknown,
        };
        let sent = Sent { file: target.number, client: self.number, authority, invoked, call };
        run.record(sent, outcome, intended);
        seen
    }
}

/// The headers of a call, and how many they are.
fn headers(call: &Call) -> ([(&'static str, &str); 3], usize) {
    const OVERRIDE: &str = "X-WOPI-Override";
    const LOCK: &str = "X-WOPI-Lock";
    let none = ("", "");
    match call {
        Call::Lock { id } => ([(OVERRIDE, "LOCK"), (LOCK, id.as_deref().unwrap_or("")), none], 2),
        Call::Relock { old, new } => {
            ([(OVERRIDE, "LOCK"), ("X-WOPI-OldLock", old), (LOCK, new.as_deref().unwrap_or(""))], 3)
        }
        Call::Refresh { id } => ([(OVERRIDE, "REFRESH_LOCK"), (LOCK, id.as_deref().unwrap_or("")), none], 2),
        Call::Unlock { id } => ([(OVERRIDE, "UNLOCK"), (LOCK, id.as_deref().unwrap_or("")), none], 2),
        Call::GetLock => ([(OVERRIDE, "GET_LOCK"), none, none], 1),
        Call::Put { lock, .. } => {
            ([(OVERRIDE, "PUT"), (LOCK, lock.as_deref().unwrap_or("")), none], 1 + usize::from(lock.is_some()))
        }
        Call::Get | Call::Info => ([none; 3], 0),
        Call::Rename { lock, name } => {
            let stem = name.rsplit_once('.').map_or(&**name, |(stem, _)| stem);
            let count = 2 + usize::from(lock.is_some());
            let lock = lock.as_deref().unwrap_or("");
            ([(OVERRIDE, "RENAME_FILE"), ("X-WOPI-RequestedName", stem), (LOCK, lock)], count)
        }
        Call::Delete => ([(OVERRIDE, "DELETE"), none, none], 1),
        Call::UserInfo => ([(OVERRIDE, "PUT_USER_INFO"), none, none], 1),
    }
}

/// What is read of CheckFileInfo and RenameFile.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Told {
    base_file_name: Option<Text>,
    version: Option<Text>,
    size: Option<u64>,
    #[serde(rename = "SHA256")]
    sha256: Option<String>,
    name: Option<String>,
}

fn reply(call: &Call, answer: Answer) -> Reply {
    let Answer { status, lock, version, content, bytes } = answer;
    let mut reply = Reply { status, lock, version, content, ..Reply::default() };
    if bytes.is_empty() {
        return reply;
    }
    let told: Told = serde_json::from_slice(&bytes).unwrap_or_default();
    match call {
        Call::Info => {
            reply.version = told.version;
            reply.size = told.size;
            reply.name = told.base_file_name;
            let digest = told.sha256.as_deref().and_then(sha256);
            reply.content = digest.zip(told.size).map(|(digest, length)| Content { digest, length });
        }
        Call::Rename { name, .. } => {
            let extension = name.rsplit_once('.').map(|(_, extension)| extension);
            reply.name = told.name.zip(extension).map(|(stem, extension)| format!("{stem}.{extension}").into());
        }
        _ => {}
    }
    reply
}

fn sha256(text: &str) -> Option<Digest> {
    Some(Digest(STANDARD.decode(text).ok()?.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_check_file_info_tells_is_read_as_the_judge_wants_it() {
        let json = br#"{"BaseFileName":"a.docx","Version":"7","Size":3,"SHA256":"ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0="}"#;
        let told = reply(&Call::Info, Answer { status: 200, bytes: json.to_vec(), ..Answer::default() });
        assert_eq!(told.content, Some(super::super::body::content_of(b"abc")));
        assert_eq!((told.name.as_deref(), told.version.as_deref()), (Some("a.docx"), Some("7")));
    }

    #[test]
    fn a_rename_is_told_with_its_extension() {
        let call = Call::Rename { lock: None, name: "b.docx".into() };
        let answer = Answer { status: 200, bytes: br#"{"Name":"b (2)"}"#.to_vec(), ..Answer::default() };
        assert_eq!(reply(&call, answer).name.as_deref(), Some("b (2).docx"));
        assert_eq!(headers(&call).0[1], ("X-WOPI-RequestedName", "b"));
    }
}
