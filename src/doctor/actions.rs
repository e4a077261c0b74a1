//! At what URL an editor opens each kind of file (rules W-5, W-11 to W-14).

use std::borrow::Cow;

use super::{editor::Subject, finding::Finding, way::sample};
use crate::discovery::{Able, Discovery, FileType, LONGEST_URL, Values, Want, action_url};

/// The kinds of file that people ask for.
const EXTENSIONS: [&str; 12] = ["docx", "xlsx", "pptx", "odt", "ods", "odp", "pdf", "txt", "csv", "doc", "xls", "ppt"];

/// Those that an editor is there for.
const MODERN: [&str; 6] = ["docx", "xlsx", "pptx", "odt", "ods", "odp"];

pub(super) fn examine(subject: &Subject<'_>, discovery: &Discovery) -> Finding {
    let check = subject.check("editor.actions", "the action URL of each extension");
    let wopi_src = subject.scene.urls.wopi_src(&sample());
    let supports = &subject.scene.settings.supports;
    let able = Able { update: supports.update, locks: supports.locks, write: true };
    let mut faults = Vec::new();
    let (mut edits, mut views, mut details) = (Vec::new(), Vec::new(), Vec::new());
    for extension in EXTENSIONS {
        let file = FileType { extension, mime: None };
        let Some(choice) = discovery.choose(&file, Want::Edit, able) else {
            details.push((extension, "none".to_owned()));
            continue;
        };
        let kinds = if choice.read_only { &mut views } else { &mut edits };
        kinds.push(extension);
        match action_url(&choice.action.template, &Values::new(&wopi_src)) {
            Ok(url) => {
                faults.extend(fault(&url, &wopi_src).map(|fault| format!("{extension}: {fault}")));
                details.push((extension, format!("{} {url}", choice.action.name)));
            }
            Err(error) => {
                faults.push(format!("{extension}: {error}"));
                details.push((extension, format!("{} {error}", choice.action.name)));
            }
        }
    }
    let place = subject.place("coolwsd.xml", "local.json");
    let told = format!("edits {}; shows {}", list(&edits), list(&views));
    let finding = if !faults.is_empty() {
        check
            .fails(format!("{told}; {}", faults.join("; ")))
            .mend("use a shorter or plainer public URL", "Lockhouse, setting `public_url`")
    } else if edits.iter().any(|extension| MODERN.contains(extension)) {
        check.ok(told)
    } else if supports.update && supports.locks {
        check
            .warns(format!("{told}: no document can be edited"))
            .mend("see what kinds of file it is licensed and set up for", place)
    } else {
        check
            .warns(format!("{told}: this host is set up not to be written to"))
            .mend("`true`, if documents are to be edited", "Lockhouse, settings `supports.update` and `supports.locks`")
    };
    details.into_iter().fold(finding, |finding, (extension, url)| finding.detail(extension, url))
}

fn list(extensions: &[&str]) -> String {
    if extensions.is_empty() { "none of the usual".to_owned() } else { extensions.join(" ") }
}

/// What is wrong with an action URL: the WOPISrc must be in it once, encoded once, without a query.
fn fault(url: &str, wopi_src: &str) -> Option<String> {
    let parsed = url::Url::parse(url).ok()?;
    let sources: Vec<Cow<'_, str>> =
        parsed.query_pairs().filter(|(name, _)| name.eq_ignore_ascii_case("wopisrc")).map(|(_, value)| value).collect();
    match &sources[..] {
        [source] if source == wopi_src && !source.contains('?') => {}
        [source] => return Some(format!("its WOPISrc reads {source}")),
        sources => return Some(format!("the WOPISrc stands in it {} times", sources.len())),
    }
    // The page adds language and the like.
    (url.len() + 200 > LONGEST_URL)
        .then(|| format!("with {} bytes there is hardly room up to {LONGEST_URL}", url.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wopi_src_must_be_there_once_and_encoded_once() {
        let src = "https://docs.example/office/wopi/files/f_1";
        let good = action_url("https://e.example/cool.html?", &Values::new(src)).unwrap();
        assert_eq!(fault(&good, src), None);
        for bad in [
            "https://e.example/cool.html?x=1",
            "https://e.example/cool.html?WOPISrc=https%253A%252F%252Fdocs.example%252Foffice%252Fwopi%252Ffiles%252Ff_1",
            &format!("{good}&wopisrc=x"),
        ] {
            assert!(fault(bad, src).is_some(), "{bad}");
        }
        assert!(fault(&format!("{good}&x={}", "y".repeat(2000)), src).is_some());
    }
}
