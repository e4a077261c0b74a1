//! A backup and a check, as streams, while the host serves.

use std::{
    io::{self, Write},
    ops::ControlFlow,
};

use actix_web::{
    HttpResponse,
    http::StatusCode,
    web::{self, Bytes},
};
use futures_util::stream;
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;

use super::{Admin, Refusal};
use crate::{
    host::Host,
    store::{
        backup::{self, BackupError},
        check::{self, CheckOptions, CheckProgress, Finding, Report},
        records::LastCheck,
    },
};

/// `GET` from it: a backup ([`crate::store::backup`]). One that the host could not finish ends too early.
pub const BACKUP: &str = "/v1/backup";

/// `GET` from it: [`CheckLine`]s, each as one line of JSON. The last one is a report or a failure.
pub const CHECK: &str = "/v1/check";

/// How many pieces may wait for a slow reader.
const WAITING: usize = 8;
/// Bytes of one piece of a backup.
const PIECE: usize = 64 * 1024;

/// A line of the answer to a check.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CheckLine {
    /// How far it has come.
    Progress(CheckProgress),
    /// Something that was found.
    Finding(Finding),
    /// The end.
    Report(Report),
    /// It could not be carried through, and why.
    Failure(String),
}

pub(super) fn routes(config: &mut web::ServiceConfig) {
    config.route(BACKUP, web::get().to(backup)).route(CHECK, web::get().to(check));
}

type Pieces = mpsc::Receiver<Result<Bytes, BackupError>>;

async fn backup(admin: web::Data<Admin>) -> HttpResponse {
    let (out, mut pieces) = mpsc::channel(WAITING);
    let host = admin.host.clone();
    tokio::task::spawn_blocking(move || write_backup(&host, &out));
    // The first piece decides what is answered: a refusal is one, and no torn body.
    match pieces.recv().await {
        Some(Ok(first)) => HttpResponse::Ok().content_type("application/octet-stream").streaming(follow(first, pieces)),
        Some(Err(error)) => refusal(&error).response(),
        None => Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, "the backup could not be begun").response(),
    }
}

fn follow(first: Bytes, pieces: Pieces) -> impl futures_util::Stream<Item = Result<Bytes, BackupError>> {
    stream::unfold((Some(first), pieces), |(first, mut pieces)| async move {
        match first {
            Some(first) => Some((Ok(first), (None, pieces))),
            None => pieces.recv().await.map(|piece| (piece, (None, pieces))),
        }
    })
}

fn refusal(error: &BackupError) -> Refusal {
    match error {
        BackupError::Busy => Refusal::conflict(error.to_string()),
        error => Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, error.to_string()),
    }
}

fn write_backup(host: &Host, out: &mpsc::Sender<Result<Bytes, BackupError>>) {
    let mut writer = io::BufWriter::with_capacity(PIECE, Sender(out));
    match backup::write(host.store(), host.clock(), &mut writer, &mut |_| {}) {
        Ok(summary) => {
            tracing::info!(summary.records, summary.chunks, "a backup was made");
            for content in &summary.damaged {
                let path = content.path.clone().unwrap_or_default();
                tracing::error!(file.id = %content.node, path, "a version is damaged and could not be backed up whole");
            }
        }
        // Nobody is there to be told.
        Err(BackupError::Output(_)) => tracing::warn!("whoever asked for a backup went away before its end"),
        Err(error) => {
            tracing::error!(%error, "a backup could not be made");
            // What was written so far is no backup without its end; that it ends with an error tears the body.
            let _ = out.blocking_send(Err(error));
        }
    }
}

/// Passes bytes to the body of the answer.
struct Sender<'a>(&'a mpsc::Sender<Result<Bytes, BackupError>>);

impl Write for Sender<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let sent = self.0.blocking_send(Ok(Bytes::copy_from_slice(bytes)));
        sent.map(|()| bytes.len()).map_err(|_| io::ErrorKind::BrokenPipe.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

async fn check(admin: web::Data<Admin>) -> HttpResponse {
    let (out, lines) = mpsc::channel(WAITING);
    let host = admin.host.clone();
    tokio::task::spawn_blocking(move || look(&host, &out));
    let body = stream::unfold(lines, |mut lines| async move {
        lines.recv().await.map(|line| (Ok::<_, actix_web::Error>(line), lines))
    });
    HttpResponse::Ok().content_type("application/x-ndjson").streaming(body)
}

/// Lets the pages of administrators say when the store was looked through last.
fn remember(host: &Host, report: &Report) {
    let Report { records, bytes, damages, .. } = *report;
    let last = LastCheck { at: host.clock().wall(), records, bytes, damages };
    if let Err(error) = tokio::runtime::Handle::current().block_on(host.remember_check(&last)) {
        tracing::warn!(%error, "that the store was looked through could not be written down");
    }
}

fn look(host: &Host, out: &mpsc::Sender<Bytes>) {
    let say = |line: &CheckLine| -> ControlFlow<()> {
        let Ok(mut text) = serde_json::to_vec(line) else { return ControlFlow::Continue(()) };
        text.push(b'\n');
        match out.blocking_send(text.into()) {
            Ok(()) => ControlFlow::Continue(()),
            // Whoever asked has gone.
            Err(_) => ControlFlow::Break(()),
        }
    };
    let mut found = |finding| _ = say(&CheckLine::Finding(finding));
    let mut progress = |step| say(&CheckLine::Progress(step));
    let last = match check::check(host.store(), CheckOptions::default(), &mut found, &mut progress) {
        Ok(report) => {
            remember(host, &report);
            CheckLine::Report(report)
        }
        Err(error) => CheckLine::Failure(error.to_string()),
    };
    _ = say(&last);
}
