//! A window of the browser, and what a person does in it: look for names, press, type, wait until something is there.

use std::{
    path::PathBuf,
    time::{Duration, Instant},
};

use fantoccini::{
    Client, Locator,
    actions::{Actions, InputSource as _, KeyAction, KeyActions},
    elements::Element,
    key::Key,
    wd::WindowHandle,
};
use serde_json::{Value, json};

use crate::driver::{Cdp, Device, OnTop};

/// How long something may take on a busy machine before the test gives up.
const PATIENCE: Duration = Duration::from_secs(20);

/// Finds what is shown and bears a name: links, buttons, menus, tabs, fields. What is in an open dialog, or in an open menu,
/// comes first, as it does for a person.
const BY_NAME: &str = r"
const [wanted, scope] = arguments;
const words = e => (e.textContent || '').replace(/\s+/g, ' ').trim();
const name = e => {
  const by = e.getAttribute('aria-labelledby');
  if (by) return by.split(' ').map(id => words(document.getElementById(id) || document.createElement('i'))).join(' ').trim();
  const said = e.getAttribute('aria-label');
  if (said) return said.trim();
  if (e.labels && e.labels.length) return [...e.labels].map(words).join(' ');
  return words(e) || e.getAttribute('title') || e.value || '';
};
const root = scope ? document.querySelector(scope) : document.querySelector('dialog[open]') || document;
if (!root) return null;
const all = [...root.querySelectorAll('a[href],button,summary,input:not([type=hidden]),select,textarea,[role=button],[role=menuitem],[role=tab],[role=option]')];
const shown = all.filter(e => e.checkVisibility({ visibilityProperty: true }) && e.getClientRects().length);
const exact = shown.filter(e => name(e) === wanted);
const found = exact.length ? exact : shown.filter(e => name(e).startsWith(wanted));
const menu = found.filter(e => e.closest('details[open], [role=menu]'));
// The box that chooses a file bears its name, too.
const link = found.filter(e => e.type !== 'checkbox');
return (menu.length ? menu : link.length ? link : found)[0] || null;
";

/// What is in the focus, as a screen reader would say it; a box to tick with `[ ]`.
const FOCUSED: &str = r"
let e = document.activeElement;
if (!e || e === document.body) return '';
const words = e => (e.textContent || '').replace(/\s+/g, ' ').trim();
const by = e.getAttribute('aria-labelledby');
if (by) return by.split(' ').map(id => words(document.getElementById(id) || document.createElement('i'))).join(' ').trim();
return (e.type === 'checkbox' ? '[ ] ' : '') + (e.getAttribute('aria-label') || (e.labels && e.labels.length ? [...e.labels].map(words).join(' ') : '') || words(e) || e.title || e.value || e.tagName);
";

/// A window.
pub(crate) struct Window {
    pub(crate) client: Client,
    pub(crate) device: Device,
}

impl Window {
    pub(crate) const fn new(client: Client, device: Device) -> Self {
        Self { client, device }
    }

    /// Ends the browser.
    pub(crate) async fn close(self) {
        self.client.close().await.expect("the browser ends");
    }

    pub(crate) async fn cdp(&self, command: &'static str, parameters: Value) -> Value {
        self.client.issue_cmd(Cdp(command, parameters)).await.expect(command)
    }

    /// Gives the window this size.
    pub(crate) async fn resize(&self, width: u32, height: u32) {
        let metrics = json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600});
        self.cdp("Emulation.setDeviceMetricsOverride", metrics).await;
        let touch = json!({"enabled": width < 600, "maxTouchPoints": 5});
        self.cdp("Emulation.setTouchEmulationEnabled", touch).await;
    }

    /// How wide it is.
    pub(crate) async fn width(&self) -> u64 {
        self.run("return innerWidth", vec![]).await.as_u64().unwrap_or(0)
    }

    /// What the person prefers: `light` or `dark`.
    pub(crate) async fn prefer(&self, scheme: &str) {
        // Colours that change slowly would be seen on their way.
        let still = json!({"name": "prefers-reduced-motion", "value": "reduce"});
        let scheme = json!({"features": [{"name": "prefers-color-scheme", "value": scheme}, still]});
        self.cdp("Emulation.setEmulatedMedia", scheme).await;
    }

    /// Cuts the window off from all servers, requests on their way among them, or lets it reach them again.
    pub(crate) async fn online(&self, online: bool) {
        self.connection(online, -1).await;
    }

    /// The same, with as many bytes a second on the way out; -1 for as many as there can be.
    pub(crate) async fn connection(&self, online: bool, upload: i64) {
        self.cdp("Network.enable", json!({})).await;
        let conditions =
            json!({"offline": !online, "latency": 0, "downloadThroughput": -1, "uploadThroughput": upload});
        self.cdp("Network.emulateNetworkConditions", conditions).await;
    }

    /// Opens a tab and goes on in it.
    pub(crate) async fn new_tab(&self) -> WindowHandle {
        let made = self.client.new_window(true).await.expect("a tab").handle;
        self.client.switch_to_window(made.clone()).await.expect("the tab");
        made
    }

    pub(crate) async fn goto(&self, url: &str) {
        self.client.goto(url).await.unwrap_or_else(|error| panic!("{url}: {error}"));
    }

    /// Runs a script in the page, or in the frame that was entered.
    pub(crate) async fn run(&self, script: &str, arguments: Vec<Value>) -> Value {
        self.client.execute(script, arguments).await.unwrap_or_else(|error| panic!("{script}: {error}"))
    }

    /// The path, with its query.
    pub(crate) async fn path(&self) -> String {
        let at = self.client.current_url().await.expect("an address");
        at.query().map_or_else(|| at.path().to_owned(), |query| format!("{}?{query}", at.path()))
    }

    pub(crate) async fn title(&self) -> String {
        self.client.title().await.expect("a title")
    }

    /// Everything that the page says.
    pub(crate) async fn text(&self) -> String {
        match self.client.find(Locator::Css("body")).await {
            Ok(body) => body.text().await.unwrap_or_default(),
            Err(_) => String::new(),
        }
    }

    /// Waits until `probe` gives something.
    pub(crate) async fn until<T>(&self, what: &str, probe: impl AsyncFnMut() -> Option<T>) -> T {
        self.until_for(PATIENCE, what, probe).await
    }

    /// The same for what takes its time.
    pub(crate) async fn until_for<T>(
        &self,
        patience: Duration,
        what: &str,
        mut probe: impl AsyncFnMut() -> Option<T>,
    ) -> T {
        let begun = Instant::now();
        loop {
            if let Some(found) = probe().await {
                return found;
            }
            if begun.elapsed() > patience {
                self.keep("failed").await;
                let (path, text) = (self.path().await, self.text().await);
                panic!("{what}: not within {patience:?}; at {path}, which says\n{text}");
            }
            tokio::time::sleep(Duration::from_millis(40)).await;
        }
    }

    /// Waits until a script gives something that is neither null nor false.
    pub(crate) async fn until_script(&self, what: &str, script: &str, arguments: Vec<Value>) -> Value {
        self.until(what, async || {
            let given = self.client.execute(script, arguments.clone()).await.ok()?;
            (given != Value::Null && given != json!(false)).then_some(given)
        })
        .await
    }

    /// Waits until the address has this path (and perhaps a query), and the page is loaded.
    pub(crate) async fn arrives(&self, path: &str) {
        let script = "return document.readyState === 'complete' && location.pathname.startsWith(arguments[0])";
        self.until_script(&format!("arrives at {path}"), script, vec![json!(path)]).await;
    }

    /// Waits until the page says this somewhere.
    pub(crate) async fn says(&self, words: &str) {
        self.until(&format!("says {words:?}"), async || self.text().await.contains(words).then_some(())).await;
    }

    /// Waits until the page does not say this any more.
    pub(crate) async fn no_longer_says(&self, words: &str) {
        self.until(&format!("no longer says {words:?}"), async || (!self.text().await.contains(words)).then_some(()))
            .await;
    }

    /// Waits for an element and gives its text.
    pub(crate) async fn see(&self, css: &str) -> String {
        self.until(css, async || self.client.find(Locator::Css(css)).await.ok()?.text().await.ok()).await
    }

    /// The first element that fits, when it is there.
    pub(crate) async fn element(&self, css: &str) -> Element {
        self.until(css, async || self.client.find(Locator::Css(css)).await.ok()).await
    }

    /// What is shown and bears a name, when it is there.
    pub(crate) async fn named(&self, name: &str) -> Element {
        self.named_in(name, None).await
    }

    /// The same within the element that fits.
    pub(crate) async fn named_in(&self, name: &str, scope: Option<&str>) -> Element {
        self.until(&format!("something called {name:?}"), async || self.find_named(name, scope).await).await
    }

    /// Whether something shown bears this name now.
    pub(crate) async fn offers(&self, name: &str) -> bool {
        self.find_named(name, None).await.is_some()
    }

    async fn find_named(&self, name: &str, scope: Option<&str>) -> Option<Element> {
        let found = self.client.execute(BY_NAME, vec![json!(name), json!(scope)]).await.ok()?;
        let reference = found.as_object()?.values().next()?.as_str()?.to_owned();
        Some(Element::from_element_id(self.client.clone(), reference.into()))
    }

    /// Presses what bears a name.
    pub(crate) async fn press(&self, name: &str) {
        self.press_in(name, None).await;
    }

    /// Presses what bears a name within the element that fits.
    pub(crate) async fn press_in(&self, name: &str, scope: Option<&str>) {
        // It may move or go while it is looked for: the page is alive.
        self.until(&format!("{name:?} is pressed"), async || self.hit(self.find_named(name, scope).await?).await).await;
    }

    /// Presses an element; if something lies above it, it is moved to where a person would press it.
    async fn hit(&self, element: Element) -> Option<()> {
        if element.click().await.is_ok() {
            return Some(());
        }
        let reference = serde_json::to_value(&element).ok()?;
        self.client.execute("arguments[0].scrollIntoView({ block: 'center' })", vec![reference]).await.ok()?;
        element.click().await.ok()
    }

    /// Presses what fits.
    pub(crate) async fn press_css(&self, css: &str) {
        self.until(&format!("{css} is pressed"), async || {
            self.hit(self.client.find(Locator::Css(css)).await.ok()?).await
        })
        .await;
    }

    /// Writes into the field of this name, in place of what was there.
    pub(crate) async fn fill(&self, name: &str, text: &str) {
        let field = self.named(name).await;
        field.clear().await.unwrap_or_else(|error| panic!("{name}: {error}"));
        field.send_keys(text).await.unwrap_or_else(|error| panic!("{name}: {error}"));
    }

    /// Goes into the frame with this id.
    pub(crate) async fn enter(&self, id: &str) {
        let frame = self.element(&format!("iframe#{id}")).await;
        frame.enter_frame().await.expect("the frame");
    }

    /// Leaves the frame, which may be gone with its page.
    pub(crate) async fn leave(&self) {
        self.client.issue_cmd(OnTop).await.expect("the page around the frame");
    }
}

/// Keys.
impl Window {
    /// Types, key by key, to whatever has the focus.
    pub(crate) async fn type_text(&self, text: &str) {
        let mut keys = KeyActions::new("keyboard".to_owned());
        for value in text.chars() {
            keys = keys.then(KeyAction::Down { value }).then(KeyAction::Up { value });
        }
        self.client.perform_actions(Actions::from(keys)).await.expect("keys");
    }

    /// One key.
    pub(crate) async fn key(&self, key: Key) {
        self.type_text(&char::from(key).to_string()).await;
    }

    /// A key while another is held.
    pub(crate) async fn chord(&self, held: Key, key: char) {
        let keys = KeyActions::new("keyboard".to_owned())
            .then(KeyAction::Down { value: held.into() })
            .then(KeyAction::Down { value: key })
            .then(KeyAction::Up { value: key })
            .then(KeyAction::Up { value: held.into() });
        self.client.perform_actions(Actions::from(keys)).await.expect("keys");
    }

    /// The name of what has the focus.
    pub(crate) async fn focused(&self) -> String {
        let name = self.client.execute(FOCUSED, vec![]).await.unwrap_or_default();
        name.as_str().unwrap_or_default().to_owned()
    }

    /// Tabs until what bears this name has the focus.
    pub(crate) async fn tab_to(&self, name: &str) {
        let mut passed = Vec::new();
        let begun = Instant::now();
        while begun.elapsed() < PATIENCE {
            let focused = self.focused().await;
            if focused == name || (focused.starts_with(name) && !name.is_empty()) {
                return;
            }
            passed.push(focused);
            self.key(Key::Tab).await;
            if passed.len() > 120 {
                break;
            }
        }
        self.keep("failed").await;
        panic!("{name:?} is not reached by Tab; passed {passed:?}");
    }

    /// Tabs on until what bears this name in the editor's frame has the focus.
    pub(crate) async fn tab_into_frame(&self, name: &str) {
        self.tab_in_frame(name, async || self.key(Key::Tab).await).await;
    }

    /// Tabs back until what bears this name in the editor's frame has the focus.
    pub(crate) async fn back_tab_in_frame_to(&self, name: &str) {
        self.tab_in_frame(name, async || self.chord(Key::Shift, Key::Tab.into()).await).await;
    }

    async fn tab_in_frame(&self, name: &str, step: impl AsyncFn()) {
        let mut passed = Vec::new();
        while passed.len() < 40 {
            self.enter("office_frame").await;
            let (focused, has_it) = (self.focused().await, self.run("return document.hasFocus()", vec![]).await);
            self.leave().await;
            if has_it == json!(true) && focused == name {
                return;
            }
            passed.push(focused);
            step().await;
        }
        panic!("{name:?} is not reached by Tab in the frame; passed {passed:?}");
    }

    /// Tabs to what bears this name and presses Enter.
    pub(crate) async fn enter_on(&self, name: &str) {
        self.tab_to(name).await;
        self.key(Key::Enter).await;
    }
}

/// Pictures.
impl Window {
    /// Keeps a picture of what is shown in the build folder.
    pub(crate) async fn keep(&self, name: &str) -> PathBuf {
        let folder = folder_of_pictures();
        let own = std::thread::current().name().map(|name| name.replace("::", "-")).unwrap_or_default();
        let name = if name == "failed" { format!("failed-{own}-{}", std::process::id()) } else { name.to_owned() };
        let path = folder.join(format!("{name}.png"));
        if let Ok(picture) = self.client.screenshot().await {
            std::fs::write(&path, picture).unwrap();
        }
        path
    }
}

/// Where pictures are kept: `screenshots` in the build folder.
pub(crate) fn folder_of_pictures() -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).parent().unwrap().join("screenshots");
    std::fs::create_dir_all(&folder).unwrap();
    folder
}
