//! What an app must know of the Office apps: how to find out whether they are there, and where they are had.

use serde::Serialize;

use crate::{
    launch::{AndroidStore, OfficeApp, Opening, StoreLinks, StorePage},
    settings::Office,
};

/// All of it.
#[derive(Clone, Debug, Serialize)]
pub struct Apps {
    /// The apps.
    pub apps: Vec<AppFacts>,
    /// The stores on Android, in the order to look for them.
    pub android_stores: &'static [AndroidStore],
    /// The URL schemes by which the operator's own apps can sign people in, on iOS.
    pub sign_in_schemes: Vec<String>,
}

/// One app.
#[derive(Clone, Debug, Serialize)]
pub struct AppFacts {
    /// Which.
    pub app: OfficeApp,
    /// What people call it.
    pub name: String,
    /// The types that it edits.
    pub edited: &'static [&'static str],
    /// The types that it converts first.
    pub converted: &'static [&'static str],
    /// On iOS.
    pub ios: IosFacts,
    /// On Android.
    pub android: AndroidFacts,
}

/// An app on iOS.
#[derive(Clone, Debug, Serialize)]
pub struct IosFacts {
    /// The scheme of its links.
    pub scheme: &'static str,
    /// Ask `canOpenURL` for it: is the app there?
    pub installed_check: String,
    /// Ask `canOpenURL` for it, and never open it: is the app new enough?
    pub version_check: String,
    /// The App Store link that Microsoft gave the operator.
    pub store: Option<String>,
}

/// An app on Android.
#[derive(Clone, Debug, Serialize)]
pub struct AndroidFacts {
    /// Ask the package manager for it.
    pub package: &'static str,
    /// The tracking link that Microsoft gave the operator: to be called before a store is opened.
    pub store: Option<String>,
    /// Its page in Google Play.
    pub play: &'static str,
    /// Its pages in other stores.
    pub pages: &'static [StorePage],
}

/// What is known, with the links of the settings.
pub fn apps(office: &Office) -> Apps {
    // Settings with a link that is none are refused at the start.
    let ios = StoreLinks::parse(office.ios_store_links.iter()).unwrap_or_default();
    let android = StoreLinks::parse(office.android_store_links.iter()).unwrap_or_default();
    let facts = |app: OfficeApp| AppFacts {
        app,
        name: app.to_string(),
        edited: app.extensions(Opening::Edited),
        converted: app.extensions(Opening::Converted),
        ios: IosFacts {
            scheme: app.scheme(),
            installed_check: format!("{}:", app.scheme()),
            version_check: format!("{}:", app.support_scheme()),
            store: ios.of(app).map(str::to_owned),
        },
        android: AndroidFacts {
            package: app.android_package(),
            store: android.of(app).map(str::to_owned),
            play: app.play_page(),
            pages: app.pages_in_china(),
        },
    };
    Apps {
        apps: OfficeApp::ALL.into_iter().map(facts).collect(),
        android_stores: &AndroidStore::ALL,
        sign_in_schemes: office.ios_schemes.iter().map(str::to_owned).collect(),
    }
}
