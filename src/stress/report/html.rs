//! The report as one page that needs nothing else: styles and plots are inside, and there are no scripts.

use std::fmt::Write as _;

use super::{RunSummary, Summary, plots, time};
use crate::judge::{Undecided, Verdict, Violation};

const STYLE: &str = "\
:root{--ink:#1b1f24;--dim:#667085;--line:#d9dee5;--good:#1a7f4b;--bad:#b42318;--odd:#a15c07;--page:#fff;--soft:#f5f7f9}\
@media(prefers-color-scheme:dark){:root{--ink:#e6e9ee;--dim:#98a2b3;--line:#344054;--good:#4cc38a;--bad:#ff7b6e;\
--odd:#f0b357;--page:#14181d;--soft:#1d232a}}\
body{font:15px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--page);max-width:70rem;margin:2rem auto;padding:0 1rem}\
h1{font-size:1.6rem;margin:0}h2{font-size:1.15rem;margin:2.2rem 0 .6rem}p{margin:.4rem 0}.dim{color:var(--dim)}\
.verdict{font-size:1.3rem;font-weight:600;padding:.6rem 1rem;border-left:6px solid;background:var(--soft);margin:1rem 0}\
.good{color:var(--good)}.bad{color:var(--bad)}.odd{color:var(--odd)}\
table{border-collapse:collapse;width:100%}th,td{text-align:right;padding:.3rem .6rem;border-bottom:1px solid var(--line);\
font-variant-numeric:tabular-nums}th:first-child,td:first-child,.left{text-align:left}\
.wide{overflow-x:auto}svg{max-width:100%;height:auto;display:block}svg text{fill:var(--dim);font:11px system-ui,sans-serif}\
svg .ink{fill:var(--ink)}svg .axis{stroke:var(--line)}code{font-size:.9em}\
.violation{border:1px solid var(--line);border-radius:6px;padding:.8rem 1rem;margin:1rem 0}";

/// Text as it may stand in a page: what comes from hosts and clients is shown, never obeyed.
pub(super) fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            // Controls, and characters that turn around the order of others.
            c if c.is_control() && c != '\n' => safe.push('\u{fffd}'),
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => safe.push('\u{fffd}'),
            c => safe.push(c),
        }
    }
    safe
}

/// The page.
pub fn page(summary: &Summary) -> String {
    let title = summary
        .run
        .as_ref()
        .map_or_else(|| "A history, judged".to_owned(), |run| format!("{} on {}", run.workload, run.host));
    let title = escaped(&title);
    let mut out = String::with_capacity(64 * 1024);
    // Writing into a `String` cannot fail, here and below.
    _ = write!(
        out,
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title}</title>\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\
         <style>{STYLE}</style></head><body>\n<p class=\"dim\">lockhouse stress</p><h1>{title}</h1>\n"
    );
    verdict(&mut out, summary);
    if let Some(run) = &summary.run {
        measured(&mut out, run);
    }
    promises(&mut out, summary);
    if let Some(judge) = &summary.judge {
        violations(&mut out, &judge.violations, judge.guilty_files);
        undecided(&mut out, &judge.undecided);
    }
    holders(&mut out, summary);
    out.push_str("</body></html>\n");
    out
}

fn verdict(out: &mut String, summary: &Summary) {
    let (class, text) = match summary.verdict {
        Some(Verdict::Acquitted) => ("good", "Acquitted: every reply can be explained"),
        Some(Verdict::Convicted) => ("bad", "Convicted: no right host can have answered so"),
        Some(Verdict::Undecided) => ("odd", "Undecided: some files were too entangled to be searched"),
        None => ("odd", "Not judged: nothing was recorded"),
    };
    _ = writeln!(out, "<p class=\"verdict {class}\">{text}</p>");
    if let Some(judge) = &summary.judge {
        _ = writeln!(
            out,
            "<p class=\"dim\">{} operations on {} files, {} without a certain outcome</p>",
            judge.operations, judge.files, judge.unknown
        );
    }
}

fn measured(out: &mut String, run: &RunSummary) {
    let pace =
        run.rate.map_or_else(|| "as fast as answers come".to_owned(), |rate| format!("{rate} requests a second"));
    _ = writeln!(
        out,
        "<p>{} clients, {} connections, {pace}; bodies {}; seed {}. {} requests in {:.1} s: <b>{:.0} a second</b>.</p>",
        run.clients,
        run.connections,
        escaped(&run.sizes),
        run.seed,
        run.requests,
        run.seconds,
        run.per_second
    );
    if let Some(why) = &run.cut_short {
        _ = writeln!(out, "<p class=\"odd\">Ended before its time: {}</p>", escaped(why));
    }
    let generator = &run.generator;
    let class = if generator.was_the_limit { "bad" } else { "dim" };
    let limit = if generator.was_the_limit { " The generator was the limit: the host may be faster." } else { "" };
    _ = writeln!(
        out,
        "<p class=\"{class}\">The generator was busy for {:.0} % of the time, {:.1} µs for each request.{limit}</p>",
        generator.busy * 100.0,
        generator.us_per_request
    );
    out.push_str(
        "<h2>Operations</h2><div class=\"wide\"><table><tr><th>operation</th><th>answers</th><th>p50</th><th>p90</th>",
    );
    out.push_str("<th>p99</th><th>p99.9</th><th>max</th><th class=\"left\">outcomes</th></tr>\n");
    for operation in &run.operations {
        let times = operation.latency_us;
        let outcomes: Vec<String> =
            operation.outcomes.iter().map(|(outcome, count)| format!("{}: {count}", escaped(outcome))).collect();
        _ = writeln!(
            out,
            "<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td class=\"left\">{}</td></tr>",
            operation.operation,
            times.count,
            time(times.p50),
            time(times.p90),
            time(times.p99),
            time(times.p999),
            time(times.max),
            outcomes.join(", ")
        );
    }
    out.push_str("</table></div>\n<h2>Latency over time</h2>");
    plots::latency(out, &run.timeline);
    out.push_str("<h2>Answers a second</h2>");
    plots::throughput(out, &run.timeline);
    out.push_str("<h2>Percentiles</h2>");
    plots::percentiles(out, &run.percentiles);
}

fn promises(out: &mut String, summary: &Summary) {
    if summary.invariants.is_empty() {
        return;
    }
    out.push_str("<h2>Ten promises</h2><table><tr><th>promise</th><th class=\"left\"></th><th>put to the test</th><th>fared</th></tr>\n");
    for promise in &summary.invariants {
        let class = match promise.state {
            "held" => "good",
            "violated" => "bad",
            _ => "dim",
        };
        let fared = if promise.violated > 0 {
            format!("violated {} times", promise.violated)
        } else {
            promise.state.to_owned()
        };
        _ = writeln!(
            out,
            "<tr><td><code>{}</code></td><td class=\"left\">{}</td><td>{}</td><td class=\"{class}\">{fared}</td></tr>",
            promise.name,
            escaped(promise.promise),
            promise.checked
        );
    }
    out.push_str("</table>\n");
}

fn violations(out: &mut String, violations: &[Violation], guilty: usize) {
    if violations.is_empty() {
        return;
    }
    _ = writeln!(
        out,
        "<h2>Violations</h2><p>{guilty} files have no explanation. The smallest histories that show it:</p>"
    );
    for violation in violations {
        _ = writeln!(
            out,
            "<div class=\"violation\"><b class=\"bad\">{}</b> on <code>{}</code><p>{}</p>",
            escaped(&violation.rule.to_string()),
            escaped(&violation.file),
            escaped(&violation.summary)
        );
        plots::timeline(out, &violation.timeline);
        out.push_str("</div>\n");
    }
}

fn undecided(out: &mut String, undecided: &[Undecided]) {
    if undecided.is_empty() {
        return;
    }
    out.push_str("<h2>Undecided</h2><ul>");
    for file in undecided {
        let (explained, operations) = (file.explained, file.operations);
        _ = writeln!(
            out,
            "<li><code>{}</code>: {explained} of {operations} operations explained</li>",
            escaped(&file.file)
        );
    }
    out.push_str("</ul>\n");
}

fn holders(out: &mut String, summary: &Summary) {
    if summary.holds.is_empty() {
        return;
    }
    out.push_str(
        "<h2>Who held the lock when</h2><p class=\"dim\">From the reply that granted it to the request that released \
                  it; a colour for each client. Of the files most fought for, the first holds.</p>",
    );
    for file in &summary.holds {
        plots::holds(out, file, &summary.marks);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::{History, Judge, Profile};

    #[test]
    fn what_hosts_and_clients_send_is_shown_and_never_obeyed() {
        let lines = r#"
{"file":{"number":1,"label":"<script>alert(1)</script>","lock":"unlocked"}}
{"operation":{"file":1,"client":1,"invoked":0,"call":{"lock":{"id":"\"><b>"}},"outcome":{"answered":{"at":5,"reply":{"status":200}}}}}
{"operation":{"file":1,"client":2,"invoked":6,"call":{"lock":{"id":"<i>"}},"outcome":{"answered":{"at":9,"reply":{"status":200}}}}}
"#;
        let history = History::read(lines.as_bytes()).unwrap();
        let report = Judge::new(Profile::strict()).judge(&history);
        let page = page(&Summary::of_history(&history, Some(report)));
        assert!(page.contains("Convicted") && page.contains("&lt;script&gt;"), "{page}");
        assert!(!page.contains("<script") && !page.contains("<b>\"") && !page.contains("<i>"), "{page}");
        assert!(page.contains("<svg") && page.ends_with("</html>\n"));
    }
}
