//! Where Office is had when it is not on the device (section 9.3). The lists date from the original publication; Microsoft's
//! own links for a partner are settings.

use serde::Serialize;

use super::OfficeApp;

/// How a store on Android is asked for an app.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum IntentForm {
    /// `market://details?id=<package>&referrer=<string>`.
    Market,
    /// `amzn://apps/android?p=<package>`.
    Amazon,
    /// `samsungapps://ProductDetail/<package>`.
    Samsung,
}

impl IntentForm {
    /// The intent's URL, with `{package}` and `{referrer}` (percent-encoded) to be put in.
    pub const fn template(self) -> &'static str {
        match self {
            Self::Market => "market://details?id={package}&referrer={referrer}",
            Self::Amazon => "amzn://apps/android?p={package}",
            Self::Samsung => "samsungapps://ProductDetail/{package}",
        }
    }
}

/// A store on Android: to be offered only when it is installed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct AndroidStore {
    /// The store's own package.
    pub package: &'static str,
    /// How it is asked.
    pub form: IntentForm,
    /// [`IntentForm::template`] of that form.
    pub intent: &'static str,
}

impl AndroidStore {
    const fn new(package: &'static str, form: IntentForm) -> Self {
        Self { package, form, intent: form.template() }
    }

    /// The packages to look for, in the order to offer them.
    pub const ALL: [Self; 11] = [
        Self::new("com.android.vending", IntentForm::Market),
        Self::new("com.sec.android.app.samsungapps", IntentForm::Samsung),
        Self::new("com.tencent.android.qqdownloader", IntentForm::Market),
        Self::new("com.xiaomi.market", IntentForm::Market),
        Self::new("com.baidu.appsearch", IntentForm::Market),
        Self::new("com.wandoujia.phoenix2", IntentForm::Market),
        Self::new("com.qihoo.appstore", IntentForm::Market),
        Self::new("com.hiapk.marketpho", IntentForm::Market),
        Self::new("com.amazon.mShop.android", IntentForm::Amazon),
        Self::new("com.huawei.appmarket", IntentForm::Market),
        Self::new("com.lenovo.leos.appstore", IntentForm::Market),
    ];
}

/// A page of an app in a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct StorePage {
    /// The store.
    pub store: &'static str,
    /// The page.
    pub url: &'static str,
}

impl OfficeApp {
    /// Its page in Google Play.
    pub const fn play_page(self) -> &'static str {
        match self {
            Self::Word => "https://play.google.com/store/apps/details?id=com.microsoft.office.word",
            Self::Excel => "https://play.google.com/store/apps/details?id=com.microsoft.office.excel",
            Self::PowerPoint => "https://play.google.com/store/apps/details?id=com.microsoft.office.powerpoint",
        }
    }

    /// Its pages in the stores of China, as far as they are published: those of Word. Microsoft supplies the others.
    pub const fn pages_in_china(self) -> &'static [StorePage] {
        match self {
            Self::Word => &[
                StorePage { store: "Baidu", url: "http://shouji.baidu.com/software/9450548.html" },
                StorePage { store: "360", url: "http://zhushou.360.cn/detail/index/soft_id/2483089" },
                StorePage {
                    store: "Tencent",
                    url: "http://android.myapp.com/myapp/detail.htm?apkName=com.microsoft.office.word",
                },
                StorePage { store: "Wandoujia", url: "http://www.wandoujia.com/apps/com.microsoft.office.word" },
                StorePage { store: "Xiaomi", url: "http://app.mi.com/detail/91625" },
                StorePage { store: "Huawei", url: "http://appstore.huawei.com/app/C10586094" },
                StorePage { store: "Lenovo", url: "http://www.lenovomm.com/app/20682833.html" },
                StorePage { store: "Oppo", url: "http://store.oppomobile.com/product/0010/458/460_1.html?from=1152_2" },
            ],
            Self::Excel | Self::PowerPoint => &[],
        }
    }
}

/// Why a setting is no store link.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no store link: write word=URL, excel=URL or powerpoint=URL, each once, with a URL of https or http")]
pub struct BadStoreLink(String);

/// The links to a store that Microsoft gave the operator, by app.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StoreLinks(Vec<(OfficeApp, String)>);

impl StoreLinks {
    /// Reads them from settings of the form `word=URL`.
    ///
    /// # Errors
    /// [`BadStoreLink`] names the first that is none.
    pub fn parse<'a>(settings: impl IntoIterator<Item = &'a str>) -> Result<Self, BadStoreLink> {
        let mut links = Self::default();
        for setting in settings {
            let wrong = || BadStoreLink(setting.to_owned());
            let (app, url) = setting.split_once('=').ok_or_else(wrong)?;
            let app = OfficeApp::parse(app.trim()).ok_or_else(wrong)?;
            let url = url.trim();
            let is_url =
                ["https://", "http://"].iter().any(|scheme| url.len() > scheme.len() && url.starts_with(scheme));
            if !is_url || url.contains(|character: char| !character.is_ascii_graphic()) || links.of(app).is_some() {
                return Err(wrong());
            }
            links.0.push((app, url.to_owned()));
        }
        Ok(links)
    }

    /// The link of an app.
    pub fn of(&self, app: OfficeApp) -> Option<&str> {
        self.0.iter().find(|(of, _)| *of == app).map(|(_, url)| url.as_str())
    }
}
