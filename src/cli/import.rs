//! `import`: a folder of documents goes into a drive, file by file.
//!
//! It can be interrupted and run again: a file that is there with the same bytes is passed over. So is one that was changed
//! in the drive since it was imported, unless the command is told to replace it.

use std::{
    collections::HashSet,
    ffi::OsStr,
    fs::{self, File, FileType},
    os::unix::fs::FileTypeExt as _,
    path::{Path, PathBuf},
    time::{Duration, UNIX_EPOCH},
};

use indicatif::ProgressBar;

use super::{
    Outcome,
    args::ImportArgs,
    failure::{Code, Failure},
    print,
    session::{Session, answered},
    transfer::{bar, body, fingerprint},
};
use crate::{
    api::{
        Place,
        calls::{Carrying, Entry, Find, MakeFolder, Probe},
        transfer::{UPLOAD, Upload},
    },
    clock::Timestamp,
    ids::NodeId,
    names::FileName,
    store::records::NodeKind,
};

/// How far the times of files may lag behind the clock: the kernel's tick, at its longest.
const FILE_CLOCK: Duration = Duration::from_millis(10);

/// What an import did.
#[derive(Default)]
struct Tally {
    created: u64,
    replaced: u64,
    same: u64,
    /// Files that were changed in the drive.
    changed: u64,
    bytes: u64,
    skipped: u64,
    failed: u64,
    /// The worst reason of a failure: one of the store ends the import.
    worst: Option<Failure>,
}

struct Import<'a> {
    session: &'a mut Session,
    owner: String,
    overwrite: bool,
    bar: ProgressBar,
    tally: Tally,
}

/// A folder of this machine, and what it is in the drive.
struct Pair {
    local: PathBuf,
    remote: NodeId,
    path: String,
}

pub(super) async fn run(session: &mut Session, arguments: ImportArgs) -> Outcome {
    let ImportArgs { dir, owner, into, overwrite } = arguments;
    let meta = fs::metadata(&dir)
        .map_err(|error| Failure::new(Code::NotFound, format!("{} cannot be imported: {error}", dir.display())))?;
    if !meta.is_dir() {
        return Err(Failure::usage(format!("{} is not a folder; name the folder that it is in", dir.display())));
    }
    let root = session.call(&Find { place: Place { path: format!("{owner}:/"), user: None } }).await?;
    let into = session.call(&MakeFolder { place: Place { path: into, user: Some(root.owner.to_string()) } }).await?;
    session.call(&Carrying { node: into.id.clone(), into: true }).await?;
    let owner = into.owner.to_string();
    let mut import = Import { owner, overwrite, session, bar: bar(None)?, tally: Tally::default() };
    let outcome = import.walk(Pair { local: dir, remote: into.id, path: into.path }).await;
    import.bar.finish_and_clear();
    outcome?;
    import.tally.told()
}

impl Tally {
    fn told(self) -> Outcome {
        print::line(&format!(
            "{} imported ({}), {} as new versions, {} there already, {} passed over, {} failed",
            print::count(self.created + self.replaced, "file"),
            print::bytes(self.bytes),
            self.replaced,
            self.same,
            self.skipped,
            self.failed
        ))?;
        if self.changed > 0 {
            print::complaint(&format!(
                "{} not replaced; --overwrite replaces them",
                print::count(self.changed, "file")
            ));
        }
        match self.worst {
            None => Ok(()),
            Some(worst) => Err(Failure::new(
                worst.code,
                format!(
                    "{} could not be imported, see above; run the command again for what is missing",
                    print::count(self.failed, "file or folder")
                ),
            )),
        }
    }
}

impl Import<'_> {
    fn remark(&self, text: &str) {
        self.bar.suspend(|| print::complaint(text));
    }

    /// Notes a failure. Only what would befall every other file too ends the import.
    fn failed(&mut self, local: &Path, failure: Failure) -> Outcome {
        if failure.code == Code::Store {
            return Err(Failure::new(failure.code, format!("{} could not be imported: {failure}", local.display())));
        }
        self.remark(&format!("failed: {}: {failure}", local.display()));
        self.tally.failed += 1;
        self.tally.worst.get_or_insert(failure);
        Ok(())
    }

    async fn walk(&mut self, root: Pair) -> Outcome {
        let mut waiting = vec![root];
        while let Some(folder) = waiting.pop() {
            let children = match children(&folder.local) {
                Ok(children) => children,
                Err(error) => {
                    self.failed(&folder.local, error.into())?;
                    continue;
                }
            };
            let mut taken = HashSet::new();
            let mut below = Vec::new();
            for (local_name, kind) in children {
                let local = folder.local.join(&local_name);
                if !kind.is_file() && !kind.is_dir() {
                    self.remark(&format!("passed over: {} is {}", local.display(), what_it_is(kind)));
                    self.tally.skipped += 1;
                    continue;
                }
                let name = self.name_for(&local, &local_name, &mut taken);
                let outcome = if kind.is_dir() {
                    self.folder(&folder, local.clone(), &name).await.map(|pair| below.push(pair))
                } else {
                    self.file(&folder, &local, &name).await
                };
                if let Err(failure) = outcome {
                    self.failed(&local, failure)?;
                }
            }
            // The last one in is the next one out: in the order of names.
            waiting.extend(below.into_iter().rev());
        }
        Ok(())
    }

    /// The name in the drive: the same, unless that is not allowed, or taken by another one of this folder.
    fn name_for(&self, local: &Path, local_name: &OsStr, taken: &mut HashSet<String>) -> FileName {
        let legal = local_name.to_str().and_then(|text| FileName::parse(text).ok());
        let renamed = legal.is_none();
        let wanted = legal.unwrap_or_else(|| FileName::sanitised(&local_name.to_string_lossy(), ""));
        let mut name = wanted.clone();
        let mut counter = 1;
        while !taken.insert(name.folded()) {
            counter += 1;
            name = wanted.with_counter(counter);
        }
        if renamed || name != wanted {
            self.remark(&format!("renamed: {} is `{name}` in the drive", local.display()));
        }
        name
    }

    async fn folder(&mut self, above: &Pair, local: PathBuf, name: &FileName) -> Result<Pair, Failure> {
        let path = format!("{}/{name}", above.path.trim_end_matches('/'));
        let place = Place { path: path.clone(), user: Some(self.owner.clone()) };
        let made = self.session.call(&MakeFolder { place }).await?;
        Ok(Pair { local, remote: made.id, path })
    }

    async fn file(&mut self, folder: &Pair, local: &Path, name: &FileName) -> Outcome {
        self.bar.set_message(local.display().to_string());
        let probe = Probe { parent: folder.remote.clone(), name: name.as_str().to_owned() };
        let there = self.session.call(&probe).await?;
        let size = fs::metadata(local)?.len();
        if let Some(entry) = &there {
            if entry.kind == NodeKind::Container {
                return Err(Failure::new(Code::Refused, format!("`{}/{name}` is a folder", folder.path)));
            }
            if is_same(entry, local, size)? {
                self.tally.same += 1;
                return Ok(());
            }
            if !self.overwrite && was_changed_since(entry, local)? {
                let there = format!("`{}/{name}`", folder.path.trim_end_matches('/'));
                self.remark(&format!(
                    "passed over: {}: {there} was changed since it was imported; --overwrite replaces it",
                    local.display()
                ));
                self.tally.skipped += 1;
                self.tally.changed += 1;
                return Ok(());
            }
        }
        let stored = self.upload(folder, local, name, size).await?;
        self.tally.bytes += stored.file.map_or(0, |file| file.size);
        if there.is_some() {
            self.tally.replaced += 1;
        } else {
            self.tally.created += 1;
        }
        Ok(())
    }

    async fn upload(&mut self, folder: &Pair, local: &Path, name: &FileName, size: u64) -> Result<Entry, Failure> {
        let upload = Upload { parent: folder.remote.clone(), name: name.as_str().to_owned(), size };
        let url = Session::transfer_url(UPLOAD, &upload)?;
        let bar = self.bar.clone();
        let sent = self.session.send(move |client| Ok(client.put(&url).body(body(File::open(local)?, bar.clone()))));
        answered(sent.await?).await
    }
}

fn is_same(entry: &Entry, local: &Path, size: u64) -> Result<bool, Failure> {
    match &entry.file {
        Some(file) if file.size == size => Ok(fingerprint(local)? == (size, file.sha256.clone())),
        _ => Ok(false),
    }
}

/// Whether the drive's file may hold work that is not in the local one: it is not the first version that an import leaves, or
/// it is newer than the local file.
fn was_changed_since(entry: &Entry, local: &Path) -> Result<bool, Failure> {
    let Some(file) = &entry.file else { return Ok(false) };
    let written = fs::metadata(local)?.modified()?;
    // A file from before 1970 is older than anything in a drive.
    let written = written.duration_since(UNIX_EPOCH).unwrap_or_default();
    let written = Timestamp::from_unix_ms(0).plus(written + FILE_CLOCK);
    Ok(file.version > 1 || Timestamp::parse_iso(&file.modified).is_none_or(|modified| modified > written))
}

/// The names in a folder, in their order, so that every run takes the same way.
fn children(folder: &Path) -> std::io::Result<Vec<(std::ffi::OsString, FileType)>> {
    let mut children = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        children.push((entry.file_name(), entry.file_type()?));
    }
    children.sort_by(|(one, _), (other, _)| one.cmp(other));
    Ok(children)
}

fn what_it_is(kind: FileType) -> &'static str {
    if kind.is_symlink() {
        "a symbolic link"
    } else if kind.is_fifo() {
        "a pipe"
    } else if kind.is_socket() {
        "a socket"
    } else {
        "a device"
    }
}
