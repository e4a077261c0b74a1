//! Chromium, driven over `WebDriver`.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    os::unix::process::CommandExt as _,
    path::PathBuf,
    process::{Child, Command, Stdio},
};

use fantoccini::{ClientBuilder, wd::WebDriverCompatibleCommand};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};

use crate::window::Window;

/// What the driver looks for.
const BROWSERS: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/// What a phone says that it is.
const PHONE: &str = "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36";

/// What somebody looks at the pages with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Device {
    /// 1440 by 900, a mouse, a keyboard.
    Desktop,
    /// 768 by 1024.
    Tablet,
    /// 360 by 740, a finger.
    Phone,
    /// As [`Self::Desktop`], with scripts switched off.
    WithoutScript,
}

impl Device {
    pub(crate) const fn size(self) -> (u32, u32) {
        match self {
            Self::Desktop | Self::WithoutScript => (1440, 900),
            Self::Tablet => (768, 1024),
            Self::Phone => (360, 740),
        }
    }
}

fn is_installed(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
}

/// Says something that must be seen whether the test fails or not; the test program would keep a macro's output to itself.
pub(crate) fn say_loudly(text: &str) {
    std::io::stderr().write_all(format!("\n*** {text} ***\n\n").as_bytes()).unwrap();
}

/// A driver of browsers; ends with the test, and its browsers with it.
pub(crate) struct Driver {
    child: Child,
    port: u16,
    profiles: tempfile::TempDir,
    browsers: std::sync::atomic::AtomicUsize,
}

impl Drop for Driver {
    fn drop(&mut self) {
        let group = rustix::process::Pid::from_child(&self.child);
        // The browsers are in the group, too.
        _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
        _ = self.child.wait();
    }
}

impl Driver {
    /// Starts the driver on a free port; `None`, said loudly, where no browser is installed.
    pub(crate) fn start() -> Option<Self> {
        if !is_installed("chromedriver") || !BROWSERS.into_iter().any(is_installed) {
            say_loudly(
                "SKIPPED: no chromium and chromedriver here, so the pages were NOT tried in a browser \
                 (Debian: apt-get install chromium chromium-driver)",
            );
            assert!(std::env::var_os("LOCKHOUSE_TEST_BROWSER").is_none(), "LOCKHOUSE_TEST_BROWSER demands a browser");
            return None;
        }
        let mut command = Command::new("chromedriver");
        command.arg("--port=0").stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).process_group(0);
        let mut child = command.spawn().expect("the driver starts");
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let port = lines.find_map(|line| {
            let line = line.expect("a line of the driver");
            let port = line.split("on port ").nth(1)?;
            port.trim_end_matches('.').parse().ok().filter(|port| *port != 0)
        });
        std::thread::spawn(move || lines.for_each(drop));
        let profiles = tempfile::Builder::new().prefix("browser-").tempdir().unwrap();
        Some(Self { child, port: port.expect("the driver tells its port"), profiles, browsers: 0.into() })
    }

    /// A browser of its own, without anything that another one kept.
    pub(crate) async fn browser(&self, device: Device) -> Window {
        let number = self.browsers.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let profile: PathBuf = self.profiles.path().join(number.to_string());
        let (width, height) = device.size();
        let mut arguments = vec![
            "--headless=new".to_owned(),
            "--no-sandbox".to_owned(),
            "--disable-gpu".to_owned(),
            "--disable-dev-shm-usage".to_owned(),
            "--no-first-run".to_owned(),
            "--no-default-browser-check".to_owned(),
            "--disable-extensions".to_owned(),
            "--disable-component-update".to_owned(),
            "--disable-background-networking".to_owned(),
            "--disable-features=PasswordLeakDetection,Translate,OptimizationHints".to_owned(),
            "--hide-scrollbars".to_owned(),
            "--lang=en-US".to_owned(),
            format!("--window-size={width},{height}"),
            format!("--user-data-dir={}", profile.display()),
        ];
        if device == Device::Phone {
            arguments.push(format!("--user-agent={PHONE}"));
            arguments.push("--touch-events=enabled".to_owned());
        }
        let mut preferences = json!({
            "credentials_enable_service": false,
            "profile.password_manager_enabled": false,
            "intl.accept_languages": "en-US,en",
        });
        if device == Device::WithoutScript {
            preferences["profile.managed_default_content_settings.javascript"] = json!(2);
        }
        let capabilities = json!({
            "goog:chromeOptions": {"args": arguments, "prefs": preferences},
            "unhandledPromptBehavior": "ignore",
        });
        let mut builder = ClientBuilder::new(HttpConnector::new());
        builder.capabilities(capabilities.as_object().unwrap().clone());
        let client = builder.connect(&format!("http://127.0.0.1:{}", self.port)).await.expect("a browser");
        let window = Window::new(client, device);
        window.resize(width, height).await;
        window
    }
}

/// A command of Chromium's own.
#[derive(Debug)]
pub(crate) struct Cdp(pub(crate) &'static str, pub(crate) Value);

impl WebDriverCompatibleCommand for Cdp {
    fn endpoint(&self, base: &url::Url, session: Option<&str>) -> Result<url::Url, url::ParseError> {
        base.join(&format!("session/{}/goog/cdp/execute", session.unwrap_or_default()))
    }

    fn method_and_body(&self, _: &url::Url) -> (reqwest::Method, Option<String>) {
        (reqwest::Method::POST, Some(json!({"cmd": self.0, "params": self.1}).to_string()))
    }
}

/// Out of all frames; `Client` has no word for it.
#[derive(Debug)]
pub(crate) struct OnTop;

impl WebDriverCompatibleCommand for OnTop {
    fn endpoint(&self, base: &url::Url, session: Option<&str>) -> Result<url::Url, url::ParseError> {
        base.join(&format!("session/{}/frame", session.unwrap_or_default()))
    }

    fn method_and_body(&self, _: &url::Url) -> (reqwest::Method, Option<String>) {
        (reqwest::Method::POST, Some(json!({"id": null}).to_string()))
    }
}
