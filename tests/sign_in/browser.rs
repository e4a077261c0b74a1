//! The pages in a real browser: Chromium, driven over `WebDriver`. What it saw is kept as pictures in the build folder.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::Duration,
};

use fantoccini::{Client, ClientBuilder, Locator, key::Key, wd::WebDriverCompatibleCommand};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};

use crate::{
    house::House,
    support::{PASSWORD, Start},
};

/// What the driver looks for.
const BROWSERS: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

fn is_installed(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
}

/// A driver of browsers; ends with the test.
struct Driver {
    child: Child,
    port: u16,
    profile: tempfile::TempDir,
}

impl Drop for Driver {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Driver {
    /// Starts the driver on a free port; `None`, said loudly, where no browser is installed.
    fn start() -> Option<Self> {
        if !is_installed("chromedriver") || !BROWSERS.into_iter().any(is_installed) {
            let told = "\n*** SKIPPED: no chromium and chromedriver here, so the pages were NOT tried in a browser \
                        (Debian: apt-get install chromium chromium-driver) ***\n\n";
            // Not by a macro: the test program would keep that to itself.
            std::io::stderr().write_all(told.as_bytes()).unwrap();
            assert!(std::env::var_os("LOCKHOUSE_TEST_BROWSER").is_none(), "LOCKHOUSE_TEST_BROWSER demands a browser");
            return None;
        }
        let mut command = Command::new("chromedriver");
        command.arg("--port=0").stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().expect("the driver starts");
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let port = lines.find_map(|line| {
            let line = line.expect("a line of the driver");
            let port = line.split("on port ").nth(1)?;
            port.trim_end_matches('.').parse().ok().filter(|port| *port != 0)
        });
        std::thread::spawn(move || lines.for_each(drop));
        Some(Self { child, port: port.expect("the driver tells its port"), profile: tempfile::tempdir().unwrap() })
    }

    /// A browser, without anything that it kept before.
    async fn browser(&self) -> Browser {
        let profile = format!("--user-data-dir={}", self.profile.path().display());
        let arguments = [
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--no-first-run",
            "--lang=en-US",
            &profile,
        ];
        let capabilities = json!({"goog:chromeOptions": {"args": arguments}});
        let capabilities = capabilities.as_object().unwrap().clone();
        let mut builder = ClientBuilder::new(HttpConnector::new());
        builder.capabilities(capabilities);
        Browser(builder.connect(&format!("http://127.0.0.1:{}", self.port)).await.expect("a browser"))
    }
}

/// A command of Chromium's own.
#[derive(Debug)]
struct Cdp(&'static str, Value);

impl WebDriverCompatibleCommand for Cdp {
    fn endpoint(&self, base: &url::Url, session: Option<&str>) -> Result<url::Url, url::ParseError> {
        base.join(&format!("session/{}/goog/cdp/execute", session.unwrap_or_default()))
    }

    fn method_and_body(&self, _: &url::Url) -> (reqwest::Method, Option<String>) {
        (reqwest::Method::POST, Some(json!({"cmd": self.0, "params": self.1}).to_string()))
    }
}

struct Browser(Client);

/// What is wrong with how a page is laid out; empty when all is well. Colours are compared by WCAG 2 (4.5 to 1).
const JUDGE: &str = r"
const wrong = [];
const say = (what, e) => wrong.push(what + ': ' + (e ? e.outerHTML.slice(0, 120) : ''));
const root = document.documentElement;
if (root.scrollWidth > innerWidth) say('wider than the window, ' + root.scrollWidth + ' > ' + innerWidth);
const numbers = c => { const n = c.match(/[\d.]+/g).map(Number); return n.length < 4 ? [...n, 1] : n; };
const light = c => { const [r, g, b] = c.map(v => { v /= 255; return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
const ground = e => { for (; e; e = e.parentElement) { const c = numbers(getComputedStyle(e).backgroundColor); if (c[3] > 0) return c; } return [255, 255, 255, 1]; };
for (const e of document.querySelectorAll('body *')) {
  const box = e.getBoundingClientRect();
  if (box.width === 0 || getComputedStyle(e).display === 'none') continue;
  if (box.right > innerWidth + 0.5 || box.left < -0.5) say('out of the window', e);
  if (e.matches('button, input:not([type=hidden]), footer a') && box.height < 43.9) say('too small for a finger, ' + box.height, e);
  if (e.matches('input:not([type=hidden])')) {
    if (!e.labels.length) say('without a label', e);
    if (parseFloat(getComputedStyle(e).fontSize) < 16) say('would be zoomed', e);
  }
  const own = [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim());
  if (own) {
    const a = light(numbers(getComputedStyle(e).color).slice(0, 3)), b = light(ground(e).slice(0, 3));
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) say('hard to read, ' + ratio.toFixed(2), e);
  }
}
return wrong;
";

impl Browser {
    async fn cdp(&self, command: &'static str, parameters: Value) {
        self.0.issue_cmd(Cdp(command, parameters)).await.expect(command);
    }

    async fn look(&self, width: u32, scheme: &str) {
        let height = if width < 600 { 640 } else { 800 };
        let metrics = json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600});
        self.cdp("Emulation.setDeviceMetricsOverride", metrics).await;
        let scheme = json!({"features": [{"name": "prefers-color-scheme", "value": scheme}]});
        self.cdp("Emulation.setEmulatedMedia", scheme).await;
    }

    /// Judges the page that is shown and keeps a picture of it.
    async fn judge(&self, name: &str) {
        let wrong = self.0.execute(JUDGE, vec![]).await.expect("the page's judgement");
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("pages");
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join(format!("{name}.png")), self.0.screenshot().await.unwrap()).unwrap();
        assert_eq!(wrong, json!([]), "{name}");
    }

    async fn press(&self, css: &str) {
        let button = self.0.find(Locator::Css(css)).await.unwrap_or_else(|error| panic!("{css}: {error}"));
        button.click().await.unwrap_or_else(|error| panic!("{css}: {error}"));
    }

    async fn fill_in(&self, name: &str, password: &str) {
        let field = self.0.find(Locator::Id("name")).await.unwrap();
        field.clear().await.unwrap();
        field.send_keys(name).await.unwrap();
        self.0.find(Locator::Id("password")).await.unwrap().send_keys(password).await.unwrap();
        self.press("button.first").await;
    }

    async fn language(&self) -> String {
        let language = self.0.execute("return document.documentElement.lang", vec![]).await.unwrap();
        language.as_str().unwrap().to_owned()
    }

    /// Waits until the page that the browser is on its way to shows something.
    async fn see(&self, css: &str) -> String {
        self.wait_for(css, |_| true).await
    }

    /// Waits until it shows these very words.
    async fn expect(&self, css: &str, words: &str) {
        self.wait_for(css, |seen| seen == words).await;
    }

    async fn wait_for(&self, css: &str, fits: impl Fn(&str) -> bool) -> String {
        let mut last = String::new();
        for _ in 0..400 {
            // What was found may be gone a moment later, with the page before.
            let seen = match self.0.find(Locator::Css(css)).await {
                Ok(found) => found.text().await,
                Err(error) => Err(error),
            };
            match seen {
                Ok(text) if fits(&text) => return text,
                Ok(text) => last = text,
                Err(error) => last = error.to_string(),
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("{css}: {last}");
    }

    /// Waits until the page at this path is loaded.
    async fn arrived(&self, path: &str) {
        for _ in 0..400 {
            let at = self.0.execute("return location.pathname + ' ' + document.readyState", vec![]).await;
            if at.is_ok_and(|at| at == json!(format!("{path} complete"))) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("not at {path} but at {}", self.0.current_url().await.unwrap());
    }

    /// Waits until the browser has been sent to `https://localhost`, which it cannot load.
    async fn stopped_at(&self) -> url::Url {
        for _ in 0..400 {
            let at = self.0.current_url().await.expect("an address");
            if at.host_str() == Some("localhost") && at.scheme() == "https" {
                return at;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("still at {}", self.0.current_url().await.unwrap());
    }

    async fn says(&self, parameter: &str) -> Option<String> {
        let at = self.stopped_at().await;
        at.query_pairs().find(|(name, _)| name == parameter).map(|(_, value)| value.into_owned())
    }
}

struct Look {
    width: u32,
    scheme: &'static str,
    culture: &'static str,
    tag: &'static str,
    sign_in: &'static str,
    wrong: &'static str,
    allow: &'static str,
    again: &'static str,
}

const LOOKS: [Look; 3] = [
    Look {
        width: 320,
        scheme: "light",
        culture: "de-DE",
        tag: "de",
        sign_in: "Anmelden",
        wrong: "Der Benutzername oder das Kennwort ist nicht richtig.",
        allow: "Erlauben",
        again: "Weiter",
    },
    Look {
        width: 1280,
        scheme: "light",
        culture: "enUS",
        tag: "en",
        sign_in: "Sign in",
        wrong: "The user name or the password is not correct.",
        allow: "Allow",
        again: "Continue",
    },
    Look {
        width: 320,
        scheme: "dark",
        culture: "ja-JP",
        tag: "ja",
        sign_in: "サインイン",
        wrong: "ユーザー名またはパスワードが正しくありません。",
        allow: "許可",
        again: "続行",
    },
];

#[tokio::test(flavor = "multi_thread")]
async fn people_sign_in_refuse_and_accept_on_small_and_large_screens() {
    let Some(driver) = Driver::start() else { return };
    for look in LOOKS {
        let house = House::open();
        let browser = driver.browser().await;
        browser.look(look.width, look.scheme).await;
        walk(&house, &browser, &look).await;
        browser.0.close().await.unwrap();
    }
}

async fn walk(house: &House, browser: &Browser, look: &Look) {
    let Look { width, tag, .. } = look;
    let authorize = format!("{}{}", house.origin(), House::authorize(&format!("&rs={}&state=s", look.culture)));
    browser.0.goto(&authorize).await.unwrap();
    browser.expect("h1", look.sign_in).await;
    assert_eq!(browser.language().await, *tag);
    browser.judge(&format!("{tag}-{width}-sign-in")).await;

    // Refused before signing in.
    browser.press("button[value=cancel]").await;
    assert_eq!(browser.says("error").await.as_deref(), Some("access_denied"));

    browser.0.goto(&authorize).await.unwrap();
    browser.fill_in("ines", "wrong password").await;
    browser.expect("[role=alert]", look.wrong).await;
    browser.judge(&format!("{tag}-{width}-wrong")).await;

    // Signed in, and refused then.
    browser.fill_in("ines", PASSWORD).await;
    browser.expect("button[value=allow]", look.allow).await;
    browser.expect(".account b", "Ines Marlow").await;
    browser.judge(&format!("{tag}-{width}-consent")).await;
    browser.press("button[value=cancel]").await;
    assert_eq!(browser.says("error").await.as_deref(), Some("access_denied"));

    // Another account, and accepted.
    browser.0.goto(&authorize).await.unwrap();
    browser.expect(".account b", "Ines Marlow").await;
    browser.press("button[value=other]").await;
    browser.expect("h1", look.sign_in).await;
    browser.fill_in("berta", PASSWORD).await;
    browser.expect(".account b", "Berta Quist").await;
    browser.press("button[value=allow]").await;
    assert!(browser.says("code").await.is_some_and(|code| code.len() >= 22));
    assert_eq!(browser.says("state").await.as_deref(), Some("s"));

    // The second time.
    browser.0.goto(&authorize).await.unwrap();
    browser.expect("button[value=allow]", look.again).await;
    browser.judge(&format!("{tag}-{width}-again")).await;
    browser.press("button[value=allow]").await;
    assert!(browser.says("code").await.is_some());

    browser.0.goto(&format!("{}/sign-in?rs={}", house.origin(), look.culture)).await.unwrap();
    browser.judge(&format!("{tag}-{width}-signed-in")).await;
    browser.press("main button").await;
    browser.see("[role=status]").await;
    assert_eq!(browser.language().await, *tag);
    browser.judge(&format!("{tag}-{width}-signed-out")).await;
    browser.press("footer a").await;
    browser.arrived("/privacy").await;
    assert_eq!(browser.language().await, *tag);
    browser.judge(&format!("{tag}-{width}-privacy")).await;
    browser.0.goto(&format!("{}/oauth/authorize?client_id=nobody&rs={}", house.origin(), look.culture)).await.unwrap();
    browser.judge(&format!("{tag}-{width}-refused")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_keyboard_is_enough_and_every_language_fits() {
    let Some(driver) = Driver::start() else { return };
    let long = "An organisation with an uncommonly long name and a Donaudampfschifffahrtsgesellschaftskapitänspatent";
    let house = House::open_with(
        Start::default()
            .set("LOCKHOUSE_OFFICE__PROVIDER_NAME", long)
            .set("LOCKHOUSE_SIGN_IN__ATTEMPTS", "1")
            .set("LOCKHOUSE_SIGN_IN__ATTEMPT_EVERY", "1h"),
    );
    let browser = driver.browser().await;
    browser.look(320, "dark").await;
    for culture in ["en", "de", "fr", "es", "ja", "zh"] {
        let authorize = format!("{}{}", house.origin(), House::authorize(&format!("&rs={culture}")));
        browser.0.goto(&authorize).await.unwrap();
        browser.judge(&format!("{culture}-long-sign-in")).await;
        browser.fill_in("nobody", "wrong password").await;
        browser.see("[role=alert]").await;
        browser.judge(&format!("{culture}-long-waits")).await;
    }
    let authorize = format!("{}{}", house.origin(), House::authorize("&rs=en"));
    browser.0.goto(&authorize).await.unwrap();
    let keys = |text: &str, key: Key| format!("{text}{}", char::from(key));
    browser.0.active_element().await.unwrap().send_keys(&keys("ines", Key::Tab)).await.unwrap();
    browser.0.active_element().await.unwrap().send_keys(&keys(PASSWORD, Key::Enter)).await.unwrap();
    browser.expect("button[value=allow]", "Allow").await;
    browser.judge("en-long-consent").await;
    let mut passed = Vec::new();
    loop {
        browser.0.active_element().await.unwrap().send_keys(&keys("", Key::Tab)).await.unwrap();
        let focused = browser.0.active_element().await.unwrap();
        let text = focused.text().await.unwrap();
        if text == "Allow" {
            browser.judge("en-long-focus").await;
            focused.send_keys(&keys("", Key::Enter)).await.unwrap();
            break;
        }
        passed.push(text);
        assert!(passed.len() < 5, "the button is not reached: {passed:?}");
    }
    assert!(browser.says("code").await.is_some());
    browser.0.close().await.unwrap();
}
