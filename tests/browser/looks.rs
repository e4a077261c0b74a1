//! What is wrong with a page: for those who cannot see it or hardly (axe-core), and for those who can (what hangs out of the
//! window, what is too small for a finger). Each page that is looked at leaves pictures in the build folder.

use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::OnceLock,
};

use serde_json::{Value, json};

use crate::{
    driver::{Device, say_loudly},
    window::{Window, folder_of_pictures},
};

/// The release of axe-core that pages are held to.
const AXE: &str = "axe-core@4.10.3";

/// Runs the rules of WCAG 2.1, levels A and AA, and gives what breaks one of them badly.
const CHECK: &str = "const done = arguments[arguments.length - 1];
// The page around an editor must not be zoomed: the editor in it is (rule W-22).
const rules = document.getElementById('office_form') ? { 'meta-viewport': { enabled: false } } : {};
axe.run(document, { iframes: false, resultTypes: ['violations'], rules,
  runOnly: { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'] } }).then(
  found => done(found.violations.filter(v => v.impact === 'serious' || v.impact === 'critical').map(
    v => v.id + ': ' + v.help + ' ' + v.nodes.slice(0, 4).map(
      n => n.html.slice(0, 160) + ' [' + n.any.concat(n.all, n.none).map(c => c.message).join('; ') + ']').join(' | '))),
  error => done(['axe failed: ' + error]));";

/// What hangs out of the window, or cannot be hit with a finger. Links within a text may be small.
const LAYOUT: &str = r"
const wrong = [];
const say = (what, e) => wrong.push(what + (e ? ': ' + e.outerHTML.slice(0, 140) : ''));
const root = document.documentElement;
if (root.scrollWidth > innerWidth + 1) say('wider than the window, ' + root.scrollWidth + ' > ' + innerWidth);
const scrolls = e => { for (; e; e = e.parentElement) if (['auto', 'scroll'].includes(getComputedStyle(e).overflowX)) return true; return false; };
const clipped = e => {
  for (; e; e = e.parentElement) { const s = getComputedStyle(e); if (s.clipPath !== 'none' || s.opacity === '0') return true; }
  return false;
};
for (const e of document.querySelectorAll('body *')) {
  if (!e.checkVisibility({ visibilityProperty: true }) || e.closest('svg')) continue;
  const box = e.getBoundingClientRect();
  if (box.width < 2 || clipped(e)) continue;
  if ((box.right > innerWidth + 1 || box.left < -1) && !scrolls(e)) say('out of the window', e);
  const finger = e.matches('button, summary, select, input:not([type=hidden]):not([type=checkbox]):not([type=radio]):not([type=file]), .button, nav a, .menu-items a');
  if (arguments[0] && finger && box.height < 43.5) say('too small for a finger, ' + box.height.toFixed(1), e);
}
return wrong.slice(0, 12);
";

/// The script of axe-core, from the npm package, kept in the build folder; `None`, said loudly, where it cannot be had.
fn axe() -> Option<&'static str> {
    static AXE_SCRIPT: OnceLock<Option<String>> = OnceLock::new();
    let script = AXE_SCRIPT.get_or_init(|| {
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("axe");
        let script = folder.join("package/axe.min.js");
        if !script.is_file() && !fetched(&folder) {
            say_loudly(&format!(
                "SKIPPED: `npm pack {AXE}` did not work here, so the pages were NOT checked for accessibility; \
                 package/axe.min.js can be put into {}",
                folder.display()
            ));
            let demanded = std::env::var_os("LOCKHOUSE_TEST_AXE").is_some();
            assert!(!demanded, "LOCKHOUSE_TEST_AXE demands the accessibility check");
            return None;
        }
        Some(std::fs::read_to_string(script).unwrap())
    });
    script.as_deref()
}

fn fetched(folder: &Path) -> bool {
    let new = tempfile::Builder::new().prefix("axe-").tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let run = |program: &str, arguments: &[&str]| {
        let mut command = Command::new(program);
        command
            .args(arguments)
            .current_dir(new.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        command.status().is_ok_and(|status| status.success())
    };
    if !run("npm", &["pack", AXE, "--silent"]) {
        return false;
    }
    let packed = std::fs::read_dir(new.path()).unwrap().find_map(|entry| {
        let name = entry.unwrap().file_name().into_string().unwrap();
        name.starts_with("axe-core").then_some(name)
    });
    let Some(packed) = packed else { return false };
    if !run("tar", &["-xzf", &packed]) {
        return false;
    }
    // Another process may have done the same meanwhile.
    _ = std::fs::create_dir_all(folder.parent().unwrap());
    std::fs::rename(new.path(), folder).is_ok() || folder.join("package/axe.min.js").is_file()
}

/// What is wrong with the page as it is shown now.
async fn faults(window: &Window) -> Vec<String> {
    let finger = window.device == Device::Phone || window.width().await < 600;
    let mut faults = list(&window.run(LAYOUT, vec![json!(finger)]).await);
    if let Some(axe) = axe() {
        window.run(axe, vec![]).await;
        let found = window.client.execute_async(CHECK, vec![]).await.expect("the check of the page");
        faults.extend(list(&found));
    }
    faults
}

fn list(value: &Value) -> Vec<String> {
    value.as_array().into_iter().flatten().map(|one| one.as_str().unwrap_or_default().to_owned()).collect()
}

/// Holds the page that is shown against the rules at three widths, light and dark, with a picture of each.
#[must_use]
pub(crate) async fn judge_everywhere(window: &Window, name: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    for device in [Device::Phone, Device::Tablet, Device::Desktop] {
        let (width, height) = device.size();
        window.resize(width, height).await;
        for scheme in ["light", "dark"] {
            window.prefer(scheme).await;
            window.keep(&format!("{name}-{width}-{scheme}")).await;
            // Colours do not depend on the width, nor the width on colours.
            if scheme == "light" || device == Device::Desktop {
                let found = faults(window).await;
                wrong.extend(found.into_iter().map(|fault| format!("{name}, {width}, {scheme}: {fault}")));
            }
        }
    }
    window.prefer("light").await;
    let (width, height) = window.device.size();
    window.resize(width, height).await;
    wrong
}

/// Keeps a small picture for the README, when `LOCKHOUSE_TEST_PICTURES` asks for it.
pub(crate) async fn picture(window: &Window, name: &str) {
    use base64::Engine as _;
    window.prefer("light").await;
    let shot = window.cdp("Page.captureScreenshot", json!({"format": "webp", "quality": 82})).await;
    let bytes = base64::engine::general_purpose::STANDARD.decode(shot["data"].as_str().unwrap()).unwrap();
    assert!(bytes.len() < 80 * 1024, "{name}: {} bytes are too many for the README", bytes.len());
    std::fs::write(folder_of_pictures().join(format!("{name}.webp")), &bytes).unwrap();
    if std::env::var_os("LOCKHOUSE_TEST_PICTURES").is_some() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/browser/pictures");
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join(format!("{name}.webp")), bytes).unwrap();
    }
}
