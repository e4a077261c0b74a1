//! Plots as SVG.

use std::fmt::Write as _;

use super::{FileHolds, html::escaped, time};
use crate::{
    judge::{
        history::Mark,
        timeline::{Kind, Timeline},
    },
    stress::measure::Second,
};

const WIDTH: f64 = 960.0;
const HEIGHT: f64 = 220.0;
const LEFT: f64 = 70.0;
const BOTTOM: f64 = 26.0;
/// Colours that are told apart on light and dark ground.
const COLOURS: [&str; 10] =
    ["#4e79a7", "#f28e2b", "#59a14f", "#b07aa1", "#e15759", "#76b7b2", "#d4a72c", "#9c755f", "#ff9da7", "#8d99ae"];
/// No plot has more points than this: of further ones the highest are drawn.
const POINTS: usize = 480;

/// What is drawn of a second.
type Curve = fn(&Second) -> u64;

#[expect(clippy::cast_precision_loss, reason = "a plot is read to three digits")]
fn f(number: u64) -> f64 {
    number as f64
}

fn open(out: &mut String, height: f64, label: &str) {
    _ = writeln!(out, "<svg viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" aria-label=\"{}\">", escaped(label));
}

fn words(out: &mut String, (x, y): (f64, f64), anchor: &str, text: &str) {
    _ = writeln!(out, "<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\">{}</text>", escaped(text));
}

fn rule(out: &mut String, (x1, y1): (f64, f64), (x2, y2): (f64, f64)) {
    _ = writeln!(out, "<line class=\"axis\" x1=\"{x1:.1}\" y1=\"{y1:.1}\" x2=\"{x2:.1}\" y2=\"{y2:.1}\"/>");
}

/// An upper end for an axis, and its steps.
fn rounded(most: f64) -> (f64, f64) {
    let most = most.max(1e-9);
    let step = 10f64.powf((most / 4.0).log10().floor());
    let step =
        [1.0, 2.0, 5.0, 10.0].into_iter().map(|by| by * step).find(|step| most / step <= 5.0).unwrap_or(step * 10.0);
    ((most / step).ceil() * step, step)
}

fn line(out: &mut String, points: &[(f64, f64)], colour: &str) {
    let path: Vec<String> = points.iter().map(|(x, y)| format!("{x:.1},{y:.1}")).collect();
    _ = writeln!(
        out,
        "<polyline fill=\"none\" stroke=\"{colour}\" stroke-width=\"1.6\" points=\"{}\"/>",
        path.join(" ")
    );
}

/// A logarithmic axis of microseconds: where a value stands.
fn high(micros: u64, (low, most): (f64, f64)) -> f64 {
    let part = (f(micros.max(1)).log10() - low) / (most - low).max(1e-9);
    (HEIGHT - BOTTOM) - part.clamp(0.0, 1.0) * (HEIGHT - BOTTOM - 12.0)
}

/// From which to which power of ten, with the lines drawn.
fn decades(out: &mut String, least: u64, most: u64) -> (f64, f64) {
    let low = f(least.max(1)).log10().floor();
    let most = f(most.max(1)).log10().ceil().max(low + 1.0);
    let mut power = low;
    while power <= most {
        let micros = 10f64.powf(power);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a power of ten below 10^9")]
        let micros = micros as u64;
        let y = high(micros, (low, most));
        rule(out, (LEFT, y), (WIDTH, y));
        words(out, (LEFT - 6.0, y + 4.0), "end", &time(micros));
        power += 1.0;
    }
    (low, most)
}

/// Thins out: of neighbours the highest stays.
fn thinned(seconds: &[Second]) -> Vec<Second> {
    let step = seconds.len().div_ceil(POINTS).max(1);
    seconds.chunks(step).filter_map(|chunk| chunk.iter().max_by_key(|second| second.max).copied()).collect()
}

fn across(at: u64, last: u64) -> f64 {
    LEFT + (WIDTH - LEFT) * f(at) / f(last.max(1))
}

fn second_marks(out: &mut String, last: u64) {
    let (_, step) = rounded(f(last));
    let mut at = 0.0;
    while at <= f(last) {
        let x = LEFT + (WIDTH - LEFT) * at / f(last.max(1));
        words(out, (x.min(WIDTH - 14.0), HEIGHT - 8.0), "middle", &format!("{at} s"));
        at += step.max(1.0);
    }
}

/// p50, p99 and the slowest, second by second.
pub(super) fn latency(out: &mut String, seconds: &[Second]) {
    let seconds: Vec<Second> = thinned(seconds).into_iter().filter(|second| second.answers > 0).collect();
    let Some(last) = seconds.last().map(|second| second.at) else {
        out.push_str("<p class=\"dim\">The run was too short.</p>");
        return;
    };
    open(out, HEIGHT, "latency over time");
    let least = seconds.iter().map(|second| second.p50).min().unwrap_or(1);
    let most = seconds.iter().map(|second| second.max).max().unwrap_or(1);
    let scale = decades(out, least, most);
    if let Some(end) = seconds.iter().filter(|second| second.warm_up).map(|second| second.at + 1).max() {
        let x = across(end.min(last), last);
        _ = writeln!(
            out,
            "<rect x=\"{LEFT}\" y=\"0\" width=\"{:.1}\" height=\"{}\" fill=\"#888\" opacity=\".12\"/>",
            x - LEFT,
            HEIGHT - BOTTOM
        );
        words(out, (LEFT + 4.0, 12.0), "start", "warm-up");
    }
    let curves: [(&str, Curve); 3] =
        [("p50", |second| second.p50), ("p99", |second| second.p99), ("slowest", |second| second.max)];
    for (place, (name, of)) in curves.iter().enumerate() {
        let points: Vec<_> = seconds.iter().map(|second| (across(second.at, last), high(of(second), scale))).collect();
        line(out, &points, COLOURS[place]);
        legend(out, place, name, COLOURS[place]);
    }
    second_marks(out, last);
    out.push_str("</svg>\n");
}

fn legend(out: &mut String, place: usize, name: &str, colour: &str) {
    let x = WIDTH - 230.0 + 75.0 * f(place as u64);
    _ = writeln!(out, "<rect x=\"{x:.1}\" y=\"3\" width=\"10\" height=\"10\" fill=\"{colour}\"/>");
    words(out, (x + 14.0, 12.0), "start", name);
}

/// Answers and errors, second by second.
pub(super) fn throughput(out: &mut String, seconds: &[Second]) {
    let seconds = thinned(seconds);
    let Some(last) = seconds.last().map(|second| second.at) else {
        out.push_str("<p class=\"dim\">The run was too short.</p>");
        return;
    };
    open(out, HEIGHT, "answers a second");
    let most = seconds.iter().map(|second| second.answers.max(second.errors)).max().unwrap_or(1);
    let (most, step) = rounded(f(most));
    let y = |count: f64| (HEIGHT - BOTTOM) - count / most * (HEIGHT - BOTTOM - 12.0);
    let mut at = 0.0;
    while at <= most {
        rule(out, (LEFT, y(at)), (WIDTH, y(at)));
        words(out, (LEFT - 6.0, y(at) + 4.0), "end", &format!("{at}"));
        at += step;
    }
    let curves: [(&str, Curve); 2] = [("answers", |second| second.answers), ("errors", |second| second.errors)];
    for (place, (name, of)) in curves.iter().enumerate() {
        let points: Vec<_> = seconds.iter().map(|second| (across(second.at, last), y(f(of(second))))).collect();
        let colour = COLOURS[place * 4];
        line(out, &points, colour);
        legend(out, place, name, colour);
    }
    second_marks(out, last);
    out.push_str("</svg>\n");
}

/// Latency against the part of answers that were faster, as HDR histograms are drawn: each step to the right has ten times
/// fewer slower ones.
pub(super) fn percentiles(out: &mut String, percentiles: &[(f64, u64)]) {
    let Some((_, most)) = percentiles.last().copied() else { return };
    open(out, HEIGHT, "percentiles");
    let least = percentiles.first().map_or(1, |(_, micros)| *micros);
    let scale = decades(out, least, most);
    let x = |quantile: f64| LEFT + (WIDTH - LEFT - 20.0) * ((-(1.0 - quantile).max(1e-5).log10()) / 5.0);
    let points: Vec<_> = percentiles.iter().map(|(quantile, micros)| (x(*quantile), high(*micros, scale))).collect();
    line(out, &points, COLOURS[0]);
    for (quantile, name) in
        [(0.0, "0"), (0.5, "50 %"), (0.9, "90 %"), (0.99, "99 %"), (0.999, "99.9 %"), (0.9999, "99.99 %")]
    {
        words(out, (x(quantile), HEIGHT - 8.0), "middle", name);
    }
    out.push_str("</svg>\n");
}

/// Who held a file when.
pub(super) fn holds(out: &mut String, file: &FileHolds, marks: &[Mark]) {
    let (Some(first), Some(last)) = (file.holds.first(), file.holds.last()) else { return };
    let (from, to) = (first.from, last.to.max(first.from + 1));
    let x = |at: u64| LEFT + (WIDTH - LEFT) * f(at.clamp(from, to) - from) / f(to - from);
    let shown = file.holds.len();
    _ = writeln!(
        out,
        "<p><code>{}</code> <span class=\"dim\">{shown} of {} holds</span></p>",
        escaped(&file.file),
        file.count
    );
    let mut clients: Vec<u32> = file.holds.iter().map(|hold| hold.client).collect();
    clients.sort_unstable();
    clients.dedup();
    let rows = clients.len().min(40);
    let height = 14.0 * f(rows as u64) + 40.0;
    open(out, height, "who held the lock when");
    for (row, client) in clients.iter().take(rows).enumerate() {
        let y = 14.0 * f(row as u64) + 8.0;
        words(out, (LEFT - 6.0, y + 9.0), "end", &format!("client {client}"));
        rule(out, (LEFT, y + 12.0), (WIDTH, y + 12.0));
    }
    for hold in &file.holds {
        let Ok(row) = clients.binary_search(&hold.client) else { continue };
        if row >= rows {
            continue;
        }
        let y = 14.0 * f(row as u64) + 8.0;
        let colour = COLOURS[row % COLOURS.len()];
        let wide = (x(hold.to) - x(hold.from)).max(0.8);
        _ = writeln!(
            out,
            "<rect x=\"{:.1}\" y=\"{y:.1}\" width=\"{wide:.1}\" height=\"10\" fill=\"{colour}\"><title>{} for {}</title></rect>",
            x(hold.from),
            escaped(&hold.id),
            time((hold.to - hold.from) / 1000)
        );
    }
    for mark in marks.iter().filter(|mark| (from..=to).contains(&mark.at())) {
        let at = x(mark.at());
        _ = writeln!(
            out,
            "<line x1=\"{at:.1}\" y1=\"0\" x2=\"{at:.1}\" y2=\"{:.1}\" stroke=\"#e15759\" stroke-dasharray=\"3 2\"><title>{}</title></line>",
            height - 28.0,
            escaped(&told(mark))
        );
    }
    words(out, (LEFT, height - 8.0), "start", &format!("{:.3} s", f(from) / 1e9));
    words(out, (WIDTH, height - 8.0), "end", &format!("{:.3} s", f(to) / 1e9));
    out.push_str("</svg>\n");
}

fn told(mark: &Mark) -> String {
    match mark {
        Mark::Restart { .. } => "the host goes down".to_owned(),
        Mark::ClockSet { by_ms, .. } => format!("the clock is moved by {by_ms} ms"),
        Mark::Note { text, .. } => text.to_string(),
    }
}

/// A violation: a column for each client, time downwards, in even steps, since what matters is the order.
pub(super) fn timeline(out: &mut String, timeline: &Timeline) {
    const STEP: f64 = 20.0;
    let mut times: Vec<u64> = timeline.bars.iter().flat_map(|bar| [bar.from, bar.to]).collect();
    times.extend(timeline.lines.iter().map(|line| line.at));
    times.sort_unstable();
    times.dedup();
    let y = |at: u64| 40.0 + STEP * f(times.partition_point(|time| *time < at) as u64);
    let column = ((WIDTH - 100.0) / f(timeline.clients.len().max(1) as u64)).max(230.0);
    let width = 100.0 + column * f(timeline.clients.len() as u64);
    let height = 40.0 + STEP * f(times.len() as u64) + 24.0;
    if !timeline.before.is_empty() {
        _ = writeln!(out, "<p class=\"dim\">Before: {}</p>", escaped(&timeline.before));
    }
    _ = writeln!(
        out,
        "<div class=\"wide\"><svg viewBox=\"0 0 {width:.0} {height:.0}\" style=\"min-width:{width:.0}px\" role=\"img\" aria-label=\"timeline\">"
    );
    for time in &times {
        words(out, (88.0, y(*time) + 4.0), "end", &format!("{:.6} s", f(*time) / 1e9));
    }
    for (place, client) in timeline.clients.iter().enumerate() {
        words(out, (106.0 + column * f(place as u64), 18.0), "start", &format!("client {client}"));
    }
    for line in &timeline.lines {
        let at = y(line.at);
        _ = writeln!(
            out,
            "<line x1=\"96\" y1=\"{at:.1}\" x2=\"{width:.0}\" y2=\"{at:.1}\" stroke=\"#e15759\" stroke-dasharray=\"4 3\"/>"
        );
        words(out, (width - 6.0, at - 3.0), "end", &line.text);
    }
    for bar in &timeline.bars {
        let x = 104.0 + column * f(bar.column as u64);
        let (from, to) = (y(bar.from), y(bar.to).max(y(bar.from) + 3.0));
        let colour = match bar.kind {
            Kind::Done => "#59a14f",
            Kind::Refused => "#8d99ae",
            Kind::Unknown => "#d4a72c",
        };
        let edge = if bar.culprit { " stroke=\"#e15759\" stroke-width=\"3\"" } else { "" };
        _ = writeln!(
            out,
            "<rect x=\"{x:.1}\" y=\"{from:.1}\" width=\"8\" height=\"{:.1}\" rx=\"2\" fill=\"{colour}\"{edge}/>",
            to - from
        );
        let (call, reply) = (escaped(&bar.call), escaped(&bar.reply));
        _ = writeln!(out, "<text class=\"ink\" x=\"{:.1}\" y=\"{:.1}\">{call}</text>", x + 14.0, from + 8.0);
        let below = (to + 2.0).max(from + 20.0);
        _ = writeln!(out, "<text x=\"{:.1}\" y=\"{below:.1}\">→ {reply}</text>", x + 14.0);
    }
    out.push_str("</svg></div>\n");
}
