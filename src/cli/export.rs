//! `export`: drives become folders on this machine.
//!
//! Each file is written under another name, brought to the disk, and only then given its own: what has its name is whole.
//! Run again, it passes over files whose size and time, or whose bytes, are the same.

use std::{
    fs::{self, File},
    io::{ErrorKind, Write as _},
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use aws_lc_rs::digest::{Context, SHA256};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use indicatif::ProgressBar;

use super::{
    Outcome,
    args::ExportArgs,
    failure::{Code, Failure},
    files::page,
    print,
    session::Session,
    transfer::{bar, fingerprint},
    users,
};
use crate::{
    api::{
        Place,
        calls::{Carrying, Entry, FileInfo, Find},
        transfer::{DOWNLOAD, Download, HASH},
    },
    clock::Timestamp,
    ids::NodeId,
    names::FileName,
    store::records::NodeKind,
};

/// The longest name that Linux takes, in bytes.
const LONGEST_LOCAL_NAME: usize = 255;

#[derive(Default)]
struct Tally {
    written: u64,
    same: u64,
    bytes: u64,
    failed: u64,
    worst: Option<Failure>,
}

struct Export<'a> {
    session: &'a mut Session,
    bar: ProgressBar,
    tally: Tally,
}

pub(super) async fn run(session: &mut Session, arguments: ExportArgs) -> Outcome {
    let ExportArgs { dir, path, owner } = arguments;
    let mut starts = Vec::new();
    if path.is_none() && owner.is_none() {
        for user in users::all(session).await? {
            let drive = session.call(&Find { place: Place { path: format!("{}:/", user.user), user: None } }).await?;
            starts.push((drive, dir.join(user.user.as_str())));
        }
    } else {
        let place = Place { path: path.unwrap_or_else(|| "/".to_owned()), user: owner };
        starts.push((session.call(&Find { place }).await?, dir.clone()));
    }
    fs::create_dir_all(&dir).map_err(|error| cannot(&dir, &error))?;
    let mut export = Export { session, bar: bar(None)?, tally: Tally::default() };
    let mut outcome = Ok(());
    for (start, local) in starts {
        export.session.call(&Carrying { node: start.id.clone(), into: false }).await?;
        outcome = match start.kind {
            NodeKind::Container => export.walk(start.id, local).await,
            NodeKind::File => export.entries(&start.id, &local, &mut Vec::new()).await,
        };
        if outcome.is_err() {
            break;
        }
    }
    export.bar.finish_and_clear();
    outcome?;
    export.tally.told()
}

impl Tally {
    fn told(self) -> Outcome {
        print::line(&format!(
            "{} exported ({}), {} there already, {} failed",
            print::count(self.written, "file"),
            print::bytes(self.bytes),
            self.same,
            self.failed
        ))?;
        match self.worst {
            None => Ok(()),
            Some(worst) => Err(Failure::new(
                worst.code,
                format!("{} could not be exported, see above", print::count(self.failed, "file or folder")),
            )),
        }
    }
}

fn cannot(path: &Path, error: &std::io::Error) -> Failure {
    Failure::failed(format!("{} cannot be written: {error}", path.display()))
}

impl Export<'_> {
    async fn walk(&mut self, root: NodeId, local: PathBuf) -> Outcome {
        let mut waiting = vec![(root, local)];
        while let Some((folder, local)) = waiting.pop() {
            if let Err(error) = fs::create_dir_all(&local) {
                self.failed(&local, cannot(&local, &error));
                continue;
            }
            let mut below = Vec::new();
            self.entries(&folder, &local, &mut below).await?;
            waiting.extend(below.into_iter().rev());
        }
        Ok(())
    }

    /// The files of one folder; the folders in it are for later.
    async fn entries(&mut self, node: &NodeId, local: &Path, below: &mut Vec<(NodeId, PathBuf)>) -> Outcome {
        let mut after = None;
        loop {
            let (entries, next) = page(self.session, node, after).await?;
            for entry in entries {
                let path = local.join(self.local_name(&entry, local));
                match &entry.file {
                    None => below.push((entry.id, path)),
                    Some(file) => {
                        if let Err(failure) = self.file(&entry, file, &path).await {
                            self.failed(&path, failure);
                        }
                    }
                }
            }
            after = next;
            if after.is_none() {
                return Ok(());
            }
        }
    }

    fn failed(&mut self, local: &Path, failure: Failure) {
        self.bar.suspend(|| print::complaint(&format!("failed: {}: {failure}", local.display())));
        self.tally.failed += 1;
        self.tally.worst.get_or_insert(failure);
    }

    /// The name on this machine: the same, unless this machine cannot bear it.
    fn local_name(&self, entry: &Entry, folder: &Path) -> String {
        let legal = FileName::parse(&entry.name).unwrap_or_else(|_| FileName::sanitised(&entry.name, ""));
        let mut name = legal.as_str().to_owned();
        if name.len() > LONGEST_LOCAL_NAME {
            // The id makes it unique among those that are cut to the same.
            let tail = format!("~{}{}", entry.id, legal.extension());
            let room = LONGEST_LOCAL_NAME.saturating_sub(tail.len());
            let end = (0..=room).rev().find(|&end| legal.stem().is_char_boundary(end)).unwrap_or(0);
            name = format!("{}{tail}", &legal.stem()[..end]);
        }
        if name != entry.name {
            let text = format!("renamed: `{}` is {}", entry.name, folder.join(&name).display());
            self.bar.suspend(|| print::complaint(&text));
        }
        name
    }

    async fn file(&mut self, entry: &Entry, file: &FileInfo, path: &Path) -> Outcome {
        self.bar.set_message(path.display().to_string());
        let modified = system_time(&file.modified);
        if is_same(path, file, modified)? {
            self.tally.same += 1;
            return Ok(());
        }
        let folder = path.parent().unwrap_or(path);
        let unfinished = folder.join(format!(".lockhouse-{}.part", entry.id));
        let written = self.write(&entry.id, &unfinished, modified).await;
        match written
            .and_then(|size| fs::rename(&unfinished, path).map(|()| size).map_err(|error| cannot(path, &error)))
        {
            Ok(size) => {
                File::open(folder).and_then(|folder| folder.sync_all()).map_err(|error| cannot(folder, &error))?;
                self.tally.written += 1;
                self.tally.bytes += size;
                Ok(())
            }
            Err(failure) => {
                _ = fs::remove_file(&unfinished);
                Err(failure)
            }
        }
    }

    /// Writes the file's present content; the host says with it how long it is and what its bytes must hash to.
    async fn write(&mut self, id: &NodeId, path: &Path, modified: Option<SystemTime>) -> Result<u64, Failure> {
        let url = Session::transfer_url(DOWNLOAD, &Download { file: id.clone() })?;
        let mut response = self.session.send(|client| Ok(client.get(&url))).await?;
        let announced = response.headers().get(HASH).cloned();
        let mut out = File::create(path).map_err(|error| cannot(path, &error))?;
        let mut digest = Context::new(&SHA256);
        let mut size = 0;
        while let Some(piece) = response.chunk().await? {
            out.write_all(&piece).map_err(|error| cannot(path, &error))?;
            digest.update(&piece);
            size += piece.len() as u64;
            self.bar.inc(piece.len() as u64);
        }
        if announced.is_none_or(|hash| hash.as_bytes() != STANDARD.encode(digest.finish()).as_bytes()) {
            return Err(Failure::new(
                Code::Store,
                "what arrived is not what was stored; `lockhouse check` finds out what is damaged",
            ));
        }
        if let Some(modified) = modified {
            out.set_modified(modified).map_err(|error| cannot(path, &error))?;
        }
        out.sync_all().map_err(|error| cannot(path, &error))?;
        Ok(size)
    }
}

fn system_time(iso: &str) -> Option<SystemTime> {
    let since = Timestamp::parse_iso(iso)?.since(Timestamp::from_unix_ms(0));
    SystemTime::UNIX_EPOCH.checked_add(Duration::new(since.as_secs(), since.subsec_nanos()))
}

/// Whether the file is there already: by size and time, else by its bytes.
fn is_same(path: &Path, file: &FileInfo, modified: Option<SystemTime>) -> Result<bool, Failure> {
    let meta = match fs::symlink_metadata(path) {
        Ok(meta) => meta,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(cannot(path, &error)),
    };
    if meta.is_dir() {
        return Err(Failure::new(Code::Refused, "a folder is in the way"));
    }
    if !meta.is_file() || meta.len() != file.size {
        return Ok(false);
    }
    if modified.is_some() && meta.modified().ok() == modified {
        return Ok(true);
    }
    let print = fingerprint(path).map_err(|error| cannot(path, &error))?;
    Ok(print == (file.size, file.sha256.clone()))
}
