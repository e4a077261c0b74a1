//! The server and the three editors that the tests share, and people who use them. Each test has users of its own.

use std::sync::OnceLock;

use crate::{
    driver::{Device, Driver},
    editor::{Editor, Shape},
    support::{Binary, PASSWORD, Shared, Start},
    window::Window,
};

/// A server with its editors.
pub(crate) struct House {
    server: Shared,
    pub(crate) collabora: Editor,
    pub(crate) only_office: Editor,
    pub(crate) office: Editor,
}

/// The one that the tests share.
pub(crate) fn house() -> &'static House {
    static HOUSE: OnceLock<House> = OnceLock::new();
    HOUSE.get_or_init(|| House::open(Start::default()))
}

impl House {
    /// A server with three editors; each demands proofs.
    pub(crate) fn open(start: Start) -> Self {
        Self::with(start, Editor::start(Shape::Collabora))
    }

    /// The same with a Collabora of one's own.
    pub(crate) fn with(start: Start, collabora: Editor) -> Self {
        let (only_office, office) = (Editor::start(Shape::OnlyOffice), Editor::start(Shape::Office));
        let discovery = [&collabora, &only_office, &office].map(Editor::setting).join(",");
        let start = start
            .set("LOCKHOUSE_EDITORS__DISCOVERY", &discovery)
            .set("LOCKHOUSE_EDITORS__PROOF", "collabora=require,onlyoffice=require,office=require")
            .set("LOCKHOUSE_EDITORS__EARLY_REFRESH", "100ms")
            .set("LOCKHOUSE_EDITORS__TIMEOUT", "2s");
        let house = Self { server: Shared::begin(start, &[]), collabora, only_office, office };
        let editors = [&house.collabora, &house.only_office, &house.office];
        let asked = || editors.iter().all(|editor| editor.discoveries() > 0).then_some(());
        crate::support::eventually("every editor is asked what it can do", std::time::Duration::from_secs(20), asked);
        house
    }

    pub(crate) fn binary(&self) -> &Binary {
        self.server.binary()
    }

    /// An address of this house.
    pub(crate) fn at(&self, path: &str) -> String {
        format!("{}{path}", self.binary().url().trim_end_matches('/'))
    }

    /// Adds a user; the name must be no other test's.
    pub(crate) fn user(&self, name: &str, display_name: &str) {
        self.binary().add_user(name, &["--display-name", display_name]);
    }

    /// The id of a file or folder in a user's drive.
    pub(crate) fn id(&self, user: &str, path: &str) -> String {
        let token = self.binary().token(user, path);
        let src = token["wopisrc"].as_str().unwrap_or_else(|| panic!("no wopisrc in {token}")).to_owned();
        src.rsplit('/').next().unwrap().to_owned()
    }

    /// The latest bytes of a file.
    pub(crate) async fn bytes(&self, user: &str, path: &str) -> Vec<u8> {
        let token = self.binary().token(user, path);
        let wopi = crate::support::Wopi::from_json(crate::support::wopi::http_client(), &token);
        wopi.get().await.expect(200).body
    }

    /// A browser with this user signed in, as he is after typing name and password.
    pub(crate) async fn signed_in(&self, driver: &Driver, device: Device, user: &str) -> Window {
        let window = driver.browser(device).await;
        self.sign_in(&window, user).await;
        window
    }

    /// Signs a user in, in this window.
    pub(crate) async fn sign_in(&self, window: &Window, user: &str) {
        window.goto(&self.at("/sign-in?return_to=%2F")).await;
        self.fill_in(window, user).await;
        if window.device == Device::WithoutScript {
            window.until("signed in", async || window.path().await.starts_with("/folder/").then_some(())).await;
        } else {
            window.arrives("/folder/").await;
        }
    }

    /// Types name and password on the page that is shown.
    pub(crate) async fn fill_in(&self, window: &Window, user: &str) {
        let name = window.element("#name").await;
        name.clear().await.unwrap();
        name.send_keys(user).await.unwrap();
        window.element("#password").await.send_keys(PASSWORD).await.unwrap();
        window.press_css("button.first").await;
    }
}
