//! What Collabora Online and ONLYOFFICE tell of themselves (web-host.md section 9.2).

use serde::{Deserialize, Serialize};

/// The document at `/hosting/capabilities`; what it does not say is `false` or empty (rule W-64).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[allow(clippy::struct_excessive_bools, reason = "each is one switch of its own in the protocol")]
pub struct Capabilities {
    /// The conversion service.
    #[serde(rename = "convert-to")]
    pub convert_to: ConvertTo,
    /// New documents from a template by URL.
    pub has_template_source: bool,
    /// Saving as a template.
    pub has_template_save_as: bool,
    /// Made for phones, too.
    pub has_mobile_support: bool,
    /// Can be put below a path of the host by its own proxy.
    pub has_proxy_prefix: bool,
    /// Answers `wopiAccessCheck` (rule W-65).
    pub has_wopi_access_check: bool,
    /// Has a frame for its settings.
    pub has_setting_iframe_support: bool,
    /// Signs documents.
    pub has_document_signing_support: bool,
    /// What it is called.
    pub product_name: String,
    /// Which version it is.
    pub product_version: String,
}

/// The conversion service of an editor.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ConvertTo {
    /// Whether whoever asked may use it.
    pub available: bool,
    /// Its path.
    pub endpoint: String,
}

impl Capabilities {
    /// Reads the document; `None` when it is not one.
    pub fn parse(document: &[u8]) -> Option<Self> {
        // A list would do for a structure, too.
        let object: serde_json::Map<String, serde_json::Value> = serde_json::from_slice(document).ok()?;
        serde_json::from_value(object.into()).ok()
    }
}
