//! The three apps, and what each opens.

use std::fmt;

use serde::{Deserialize, Serialize};

/// An Office app.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OfficeApp {
    /// Word.
    Word,
    /// Excel.
    Excel,
    /// PowerPoint.
    PowerPoint,
}

/// What an app does with a file that it opens (section 9.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Opening {
    /// It edits the file.
    Edited,
    /// It makes a file of a present-day type beside it first, and edits that (rule B-90): whoever opens it needs the right
    /// to create files in the folder.
    Converted,
}

impl OfficeApp {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Word, Self::Excel, Self::PowerPoint];

    /// The name that settings and JSON use.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Word => "word",
            Self::Excel => "excel",
            Self::PowerPoint => "powerpoint",
        }
    }

    /// The app of that name, whatever the case of its letters.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|app| app.as_str().eq_ignore_ascii_case(name))
    }

    /// The URL scheme that opens it, without the colon.
    pub const fn scheme(self) -> &'static str {
        match self {
            Self::Word => "ms-word",
            Self::Excel => "ms-excel",
            Self::PowerPoint => "ms-powerpoint",
        }
    }

    /// The app that a URL scheme opens.
    pub fn of_scheme(scheme: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|app| app.scheme().eq_ignore_ascii_case(scheme))
    }

    /// A scheme that iOS knows when the installed app is new enough for WOPI: to be asked for by `canOpenURL`, never to be
    /// opened.
    pub const fn support_scheme(self) -> &'static str {
        match self {
            Self::Word => "ms-word-wopi-support-1605",
            Self::Excel => "ms-excel-wopi-support-1605",
            Self::PowerPoint => "ms-powerpoint-wopi-support-1605",
        }
    }

    /// Its package on Android.
    pub const fn android_package(self) -> &'static str {
        match self {
            Self::Word => "com.microsoft.office.word",
            Self::Excel => "com.microsoft.office.excel",
            Self::PowerPoint => "com.microsoft.office.powerpoint",
        }
    }

    /// The extensions of the files that it opens so, in lower case without the dot.
    pub const fn extensions(self, opening: Opening) -> &'static [&'static str] {
        match (self, opening) {
            (Self::Word, Opening::Edited) => &["docx", "docm", "dotm", "dotx"],
            (Self::Word, Opening::Converted) => &["doc", "dot", "odt"],
            (Self::Excel, Opening::Edited) => &["xlsx", "xltx", "xlsb", "xlsm"],
            (Self::Excel, Opening::Converted) => &["xls", "csv", "ods"],
            (Self::PowerPoint, Opening::Edited) => &["pptx", "ppsx", "potm", "potx", "ppsm", "pptm", "thmx"],
            (Self::PowerPoint, Opening::Converted) => &["ppt", "pps", "pot", "odp"],
        }
    }

    /// Which app opens a file of this name, and how; `None` when none does.
    ///
    /// ```
    /// use lockhouse::launch::{OfficeApp, Opening};
    /// assert_eq!(OfficeApp::of_file("Budget.XLSX"), Some((OfficeApp::Excel, Opening::Edited)));
    /// assert_eq!(OfficeApp::of_file("old.odt"), Some((OfficeApp::Word, Opening::Converted)));
    /// assert_eq!(OfficeApp::of_file("holiday.jpg"), None);
    /// ```
    pub fn of_file(name: &str) -> Option<(Self, Opening)> {
        let (_, extension) = name.rsplit_once('.')?;
        Self::ALL.into_iter().find_map(|app| {
            [Opening::Edited, Opening::Converted]
                .into_iter()
                .find(|opening| app.extensions(*opening).iter().any(|known| known.eq_ignore_ascii_case(extension)))
                .map(|opening| (app, opening))
        })
    }
}

impl fmt::Display for OfficeApp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Word => "Word",
            Self::Excel => "Excel",
            Self::PowerPoint => "PowerPoint",
        })
    }
}
