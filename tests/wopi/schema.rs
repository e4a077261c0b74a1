//! The schema of `CheckFileInfo` for hosts without co-authoring: sections 3.10 and 3.12.

use serde_json::Value;

const BOOLEANS: &[&str] = &[
    "AllowAddActivitiesUserBatching",
    "AllowAdditionalMicrosoftServices",
    "AllowEarlyFeatures",
    "AllowErrorReportPrompt",
    "AllowExternalMarketplace",
    "AppStateHistoryPostMessage",
    "CloseButtonClosesWindow",
    "ClosePostMessage",
    "DisableBrowserCachingOfUserContent",
    "DisablePrint",
    "DisableTranslation",
    "EditingCannotSave",
    "EditModePostMessage",
    "EditNotificationPostMessage",
    "FileEmbedCommandPostMessage",
    "FileSharingPostMessage",
    "FileVersionPostMessage",
    "InsertImagePostMessage",
    "IsAnonymousUser",
    "IsEduUser",
    "IsYammerEnabled",
    "LicenseCheckForEditIsEnabled",
    "OpenInClientPostMessage",
    "PermissionsPostMessage",
    "PolicyCheckPostMessage",
    "ProtectedFile",
    "ProtectInClient",
    "ReadOnly",
    "ReportAbusePostMessage",
    "RestrictedWebViewOnly",
    "TemporarilyNotWritable",
    "UserCanAttend",
    "UserCanNotWriteRelative",
    "UserCanPresent",
    "UserCanRename",
    "UserCanReview",
    "UserCanWrite",
    "WebEditingDisabled",
    "WorkflowPostMessage",
];

const STRINGS: &[&str] = &[
    "AADUserObjectId",
    "AppliedPolicyId",
    "BreadcrumbBrandName",
    "BreadcrumbDocName",
    "BreadcrumbFolderName",
    "ComplianceDomainPrefix",
    "EmbeddingPageSessionInfo",
    "FileExtension",
    "HostAuthenticationId",
    "HostAuthenticationIdType",
    "HostName",
    "HostNotes",
    "IrmPolicyDescription",
    "IrmPolicyTitle",
    "LastModifiedTime",
    "LicensedOrganization",
    "PresenceProvider",
    "PresenceUserId",
    "SafeLinksStatus",
    "SHA256",
    "TenantId",
    "TimeZone",
    "UniqueContentId",
    "UserFriendlyName",
    "UserInfo",
    "UserPrincipalName",
];

const ADDRESSES: &[&str] = &[
    "AppCatalogUrl",
    "BreadcrumbBrandUrl",
    "BreadcrumbDocUrl",
    "BreadcrumbFolderUrl",
    "ClientUrl",
    "CloseUrl",
    "DirectInvokeDAVUrl",
    "DownloadUrl",
    "EditAndReplyUrl",
    "EmbeddingPageOrigin",
    "FileEmbedCommandUrl",
    "FileSharingUrl",
    "FileUrl",
    "FileVersionUrl",
    "HostDivSyndicationViewUrl",
    "HostEditUrl",
    "HostEmbeddedEditUrl",
    "HostEmbeddedViewUrl",
    "HostRestUrl",
    "HostViewUrl",
    "OpenInClientCommandUrl",
    "PostMessageOrigin",
    "PrivacyUrl",
    "ReportAbuseUrl",
    "SignInUrl",
    "SignoutUrl",
    "TermsOfUseUrl",
    "WorkflowUrl",
];

/// The mere presence of one of these makes the answer one of a co-authoring host, and an invalid one.
const CO_AUTHORING: &[&str] = &[
    "SupportsCoauth",
    "SequenceNumber",
    "OfficeCollaborationServiceEndpointUrl",
    "RealTimeChannelEndpointUrl",
    "AccessTokenExpiry",
    "ServerTime",
    "SharingStatus",
    "FileGeoLocationCode",
];

const ENUMERATIONS: &[(&str, &[&str])] = &[
    ("ClientThrottlingProtection", &["MostProtected", "Protected", "Normal", "LessProtected", "LeastProtected"]),
    ("CopyPasteRestrictions", &["BlockAll", "CurrentDocumentOnly"]),
    ("RequestedCallThrottling", &["Unknown", "Normal", "Minor", "Medium", "Major", "Critical"]),
];

const LISTS: &[(&str, &[&str])] = &[
    ("CobaltCapabilities", &["DownloadStreaming"]),
    ("SupportedShareUrlTypes", &["ReadOnly", "ReadWrite"]),
    ("WorkflowType", &["Assign", "Submit"]),
];

/// Fails unless `info` is valid for a host without co-authoring.
#[track_caller]
pub(crate) fn check_file_info(info: &Value) {
    let object = info.as_object().unwrap_or_else(|| panic!("not an object: {info}"));
    for name in ["BaseFileName", "OwnerId", "UserId", "Version", "Size"] {
        assert!(object.contains_key(name), "{name} is missing: {info}");
    }
    for (name, value) in object {
        check_property(name, value);
    }
    let name = object["BaseFileName"].as_str().expect("checked");
    assert!(!name.starts_with('.') && !name.contains(['/', '\\']), "BaseFileName: {name}");
}

#[track_caller]
fn check_property(name: &str, value: &Value) {
    assert!(!CO_AUTHORING.contains(&name), "{name} belongs to co-authoring hosts");
    assert!(!value.is_null(), "{name} is null");
    if matches!(name, "BaseFileName" | "OwnerId" | "UserId" | "Version") || STRINGS.contains(&name) {
        assert!(value.is_string(), "{name}: {value} is not a string");
    } else if matches!(name, "Size" | "FileNameMaxLength") {
        assert!(value.is_i64() || value.is_u64(), "{name}: {value} is not an integer");
    } else if BOOLEANS.contains(&name) || name.starts_with("Supports") {
        assert!(value.is_boolean(), "{name}: {value} is not a Boolean");
    } else if ADDRESSES.contains(&name) {
        let text = value.as_str().unwrap_or_else(|| panic!("{name}: {value} is not a string"));
        assert!(reqwest::Url::parse(text).is_ok_and(|url| url.has_host()), "{name}: {text} is not absolute");
    }
    if let Some((_, known)) = ENUMERATIONS.iter().find(|(known, _)| *known == name) {
        assert!(value.as_str().is_some_and(|text| known.contains(&text)), "{name}: {value}");
    }
    if let Some((_, known)) = LISTS.iter().find(|(known, _)| *known == name) {
        let items = value.as_array().unwrap_or_else(|| panic!("{name}: {value} is not a list"));
        let all = items.iter().all(|item| item.as_str().is_some_and(|text| known.contains(&text)));
        assert!(all, "{name}: {value}");
    }
}
