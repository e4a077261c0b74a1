//! What a folder page costs: the processor time of the server's process, in user and in system, for pages of 1,000 and of 100
//! items; and the bytes of a first visit, the page with all that it names.
//!
//! `LOCKHOUSE_BENCH_PAGES` sets how many in a round (200), `LOCKHOUSE_BENCH_ROUNDS` the rounds (3).
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::cast_precision_loss,
    dead_code,
    reason = "a benchmark prints and may panic, and uses a part of what the tests share"
)]

#[path = "../pages/person.rs"]
mod person;
#[path = "../support/mod.rs"]
mod support;

use std::time::Instant;

use person::{Person, between, house, html, location};

/// Clock ticks a second in `/proc`, which is the same on every Linux.
const TICKS: f64 = 100.0;

/// What a page of 1,000 items may cost, in milliseconds of processor time.
const WANTED: f64 = 10.0;

/// What a first visit may load, in bytes.
const WANTED_BYTES: usize = 100 * 1024;

fn setting(name: &str, default: usize) -> usize {
    std::env::var(name).ok().and_then(|value| value.parse().ok()).unwrap_or(default)
}

/// The server: the child of the shell that watches over it.
fn server() -> u32 {
    let shell = house().binary().pid();
    let children = std::fs::read_to_string(format!("/proc/{shell}/task/{shell}/children")).unwrap();
    let names = |pid: &u32| std::fs::read_to_string(format!("/proc/{pid}/comm")).unwrap().trim() == "lockhouse";
    children.split_whitespace().map(|pid| pid.parse().unwrap()).find(names).expect("the server is the shell's child")
}

/// Milliseconds of processor time that the server has used so far.
fn used() -> f64 {
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", server())).unwrap();
    let fields: Vec<&str> = stat.rsplit_once(')').unwrap().1.split_whitespace().collect();
    let ticks: u64 = fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap();
    ticks as f64 * 1000.0 / TICKS
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Processor and waiting time of a page, in milliseconds.
async fn measure(person: &mut Person, path: &str) -> (f64, f64) {
    let (count, rounds) = (setting("LOCKHOUSE_BENCH_PAGES", 200), setting("LOCKHOUSE_BENCH_ROUNDS", 3));
    let (mut cpu, mut wall) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        let (before, begun) = (used(), Instant::now());
        for _ in 0..count {
            person.get(path).await.expect(200);
        }
        cpu.push((used() - before) / count as f64);
        wall.push(begun.elapsed().as_secs_f64() * 1000.0 / count as f64);
    }
    (median(cpu), median(wall))
}

/// The style sheets and scripts that a page names.
fn named(page: &str) -> Vec<String> {
    let parts = page.split("=\"../assets/").skip(1);
    parts.map(|rest| format!("/assets/{}", rest.split('"').next().unwrap())).collect()
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let mut person = Person::new("bench").await;
    let files: Vec<(String, Vec<u8>)> =
        (0..1000).map(|n| (format!("Folder/Report of {n:04}.docx"), vec![b'x'; 100 + n])).collect();
    let files: Vec<(&str, &[u8])> = files.iter().map(|(name, bytes)| (&**name, &**bytes)).collect();
    house().binary().import("bench", &files);
    let home = location(&person.get("/").await.expect(303));
    let page = html(&person.get(&home).await.expect(200));
    let folder = format!("/folder/{}", between(&page, "name=i", " ").unwrap());

    println!("\nmilliseconds each\n");
    println!("| page | processor time of the server | waiting | bytes | wanted |");
    println!("|---|---:|---:|---:|---:|");
    for (name, query, wanted) in [
        ("1,000 items", "?rows=1000", format!("under {WANTED}")),
        ("1,000 items by size", "?rows=1000&sort=size", format!("under {WANTED}")),
        ("100 of 1,000 items", "", String::new()),
        ("a search in 1,000 items", "?q=0999&below=1", String::new()),
    ] {
        let path = format!("{folder}{query}");
        let bytes = person.get(&path).await.expect(200).body.len();
        let (cpu, wall) = measure(&mut person, &path).await;
        println!("| {name} | {cpu:.2} | {wall:.2} | {bytes} | {wanted} |");
    }

    person.headers.push(("Accept-Encoding", "gzip".to_owned()));
    println!("\n| a first visit | bytes as they are sent | wanted |");
    println!("|---|---:|---:|");
    for (name, path) in [("to a folder of 1,000 items", &folder), ("to a folder of one item", &home)] {
        let page = person.get(path).await.expect(200);
        let mut bytes = page.body.len();
        for asset in named(&html(&page)) {
            bytes += person.get(&asset).await.expect(200).body.len();
        }
        println!("| {name} | {bytes} | under {WANTED_BYTES} |");
    }
}
