//! What only shows with many files: the first answer after a kill, memory, and whether latency grows.

use std::{
    fs,
    path::Path,
    time::{Duration, Instant},
};

use super::{
    house::House,
    load::{alternating, drive},
    peers::{Noise, place},
    setting,
};

/// Files in one folder.
const IN_FOLDER: usize = 1000;

/// Documents of `size` bytes, a thousand in each folder.
fn fill(house: &House, source: &Path, folders: std::ops::Range<usize>, size: usize) {
    let (mut noise, mut bytes) = (Noise(3 + folders.start as u64), vec![0; size]);
    for folder in folders {
        let here = source.join(format!("many{folder:04}"));
        fs::create_dir_all(&here).unwrap();
        for number in 0..IN_FOLDER {
            noise.fill(&mut bytes);
            fs::write(here.join(format!("{number:06}.docx")), &bytes).unwrap();
        }
        house.import(source);
        fs::remove_dir_all(&here).unwrap();
    }
}

/// Medians in microseconds of CheckFileInfo and of Lock and Unlock, over a thousand files.
fn latency(house: &House, folder: usize) -> (f64, f64) {
    let documents = house.in_folder(&format!("many{folder:04}"));
    let connections = |requests: &dyn Fn(usize) -> Vec<Vec<u8>>| (0..8).map(requests).collect::<Vec<_>>();
    let infos = connections(&|at| documents.iter().skip(at).step_by(8).map(super::house::Document::info).collect());
    let locks = connections(&|at| {
        let own = documents.iter().skip(at).step_by(8);
        own.flat_map(|document| [document.lock("LOCK", "l"), document.lock("UNLOCK", "l")]).collect()
    });
    let run = |turns: &[Vec<Vec<u8>>]| drive(&house.address, alternating(turns), Duration::from_secs(5)).at(0.5);
    (run(&infos), run(&locks))
}

pub fn all() {
    let files = setting("LOCKHOUSE_BENCH_FILES", 100_000);
    let size = setting("LOCKHOUSE_BENCH_FILE_SIZE", 50_000);
    let directory = tempfile::tempdir_in(place()).unwrap();
    let mut house = House::start(&directory.path().join("house"));
    let source = directory.path().join("source");
    let begun = Instant::now();
    fill(&house, &source, 0..files / IN_FOLDER / 10, size);
    let (info_few, lock_few) = latency(&house, 0);
    fill(&house, &source, files / IN_FOLDER / 10..files / IN_FOLDER, size);
    println!("\n{files} files of {size} bytes imported in {:.0} s", begun.elapsed().as_secs_f64());
    let (info_many, lock_many) = latency(&house, 0);
    println!(
        "median latency with {} and with {files} files: CheckFileInfo {info_few:.0} and {info_many:.0} µs ({:.2}), Lock and \
         Unlock {lock_few:.0} and {lock_many:.0} µs ({:.2}); wanted at most 1.3",
        files / 10,
        info_many / info_few,
        lock_many / lock_few
    );
    house.kill();
    println!("kill -9 to the first answer: {:.2} s", house.serve().as_secs_f64());
    let (_, _) = latency(&house, 1);
    println!("resident with {files} files, {IN_FOLDER} of them active: {:.0} MiB (wanted under 200)", house.resident());
}
