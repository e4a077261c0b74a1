//! CheckFileInfo (files.md section 3): each property from what is true now.

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{self, HeaderValue},
};
use bytes::Bytes;
use serde::Serialize;

use super::{
    Wopi,
    browser::Browser,
    pages::Pages,
    reply::{self, Problem},
    session::{self, Session},
    shapes::{offers_containers, reported_name, share_types},
    sharing,
};
use crate::{
    host::{FileFacts, HostError},
    licence::Licence,
    names::{FILE_NAME_MAX_LENGTH, FileName},
    server::note_operation,
    settings::Supports,
    store::records::AccountRecord,
};

/// The answer. Properties that do not apply are absent, never null (files.md section 1.10).
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
#[allow(clippy::struct_excessive_bools, reason = "the protocol's flags")]
struct CheckFileInfo {
    base_file_name: String,
    owner_id: String,
    size: u64,
    user_id: String,
    version: String,

    #[serde(skip_serializing_if = "String::is_empty")]
    file_extension: String,
    file_name_max_length: usize,
    last_modified_time: String,
    #[serde(rename = "SHA256")]
    sha256: String,

    user_friendly_name: String,
    is_anonymous_user: bool,
    is_edu_user: bool,
    license_check_for_edit_is_enabled: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_info: Option<String>,
    read_only: bool,
    temporarily_not_writable: bool,
    user_can_write: bool,
    user_can_not_write_relative: bool,
    user_can_rename: bool,

    supports_update: bool,
    supports_locks: bool,
    supports_get_lock: bool,
    supports_extended_lock_length: bool,
    supports_rename: bool,
    supports_delete_file: bool,
    supports_user_info: bool,
    supports_add_activities: bool,
    allow_add_activities_user_batching: bool,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    supported_share_url_types: &'static [&'static str],
    supports_containers: bool,
    supports_ecosystem: bool,
    supports_get_file_wopi_src: bool,

    host_view_url: String,
    host_edit_url: String,
    close_url: String,
    download_url: String,
    file_url: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    file_sharing_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    file_version_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sign_in_url: Option<String>,
    post_message_origin: String,

    breadcrumb_brand_name: &'static str,
    breadcrumb_brand_url: String,
    breadcrumb_doc_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    breadcrumb_folder_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    breadcrumb_folder_url: Option<String>,

    #[serde(flatten)]
    browser: Browser,
}

pub(super) fn handle(request: &HttpRequest, id: &str, wopi: &Wopi) -> Result<HttpResponse, Problem> {
    note_operation(request, "CheckFileInfo");
    let session = session::open(request, id, wopi)?;
    let body = match session.access.memo.get() {
        // What was said before is what would be said now, but for the host's own state.
        Some(said) if wopi.host.can_write() => said.clone(),
        _ => say(&session, wopi)?,
    };
    Ok(reply::ok().insert_header((header::CONTENT_TYPE, HeaderValue::from_static("application/json"))).body(body))
}

fn say(session: &Session, wopi: &Wopi) -> Result<Bytes, Problem> {
    let facts = wopi.host.facts(&session.access)?;
    let said = answer(session, wopi, facts)?;
    let writable = !said.temporarily_not_writable;
    let body =
        serde_json::to_vec(&said).map(Bytes::from).map_err(|error| HostError::Failed(error.to_string().into()))?;
    if writable {
        _ = session.access.memo.set(body.clone());
    }
    Ok(body)
}

fn answer(session: &Session, wopi: &Wopi, facts: FileFacts) -> Result<CheckFileInfo, Problem> {
    let FileFacts { head, role, may_create_siblings, folder, user_info } = facts;
    let (access, urls, id) = (&session.access, &wopi.urls, &session.file);
    let (account, pages) = (access.account(), Pages::of(wopi, access)?);
    let licence = Licence::of(account.map(|account| account.kind));
    let Supports { update, save_as, locks, get_lock, rename, delete, user_info: keeps_info, activities, .. } =
        wopi.supports;
    let download = wopi.host.tokens().issue_download(&access.claims, id).map_err(HostError::from)?.text;
    let name = reported_name(access.client(), &head.name);
    let owner = wopi.host.accounts().get(&head.owner).map_err(HostError::from)?;
    // Every user comes from every file that he may see to a root of his own (`Host::ancestors`).
    let containers = offers_containers(&wopi.supports, access);
    Ok(CheckFileInfo {
        browser: Browser::of(session, wopi, &head, &download),
        file_extension: FileName::parse(&name).map(|name| name.extension().to_owned()).unwrap_or_default(),
        breadcrumb_doc_name: name.clone(),
        base_file_name: name,
        owner_id: owner.as_ref().map_or(&head.owner, AccountRecord::wopi_id).as_str().to_owned(),
        size: head.content.size,
        user_friendly_name: account.map_or_else(|| "Guest".to_owned(), |account| account.display_name.clone()),
        user_id: access.wopi_id().as_str().to_owned(),
        version: head.version.to_string(),
        file_name_max_length: FILE_NAME_MAX_LENGTH,
        last_modified_time: head.modified.to_iso(),
        sha256: head.content.sha256.clone(),
        is_anonymous_user: access.is_anonymous(),
        is_edu_user: licence.is_edu_user,
        license_check_for_edit_is_enabled: licence.check_for_edit,
        user_info,
        read_only: !role.can_write(),
        temporarily_not_writable: !wopi.host.can_write(),
        user_can_write: role.can_write() && update,
        user_can_not_write_relative: !(may_create_siblings && update && save_as),
        user_can_rename: role.can_write() && rename,
        supports_update: update,
        supports_locks: locks,
        supports_get_lock: locks && get_lock,
        supports_extended_lock_length: locks,
        supports_rename: rename,
        supports_delete_file: delete,
        supports_user_info: keeps_info && sharing::keeps_user_info(access),
        supports_add_activities: activities,
        allow_add_activities_user_batching: activities,
        supported_share_url_types: share_types(sharing::may_share(access), &wopi.supports),
        supports_containers: containers,
        supports_ecosystem: containers,
        supports_get_file_wopi_src: containers,
        host_view_url: pages.view(id),
        host_edit_url: pages.edit(id),
        close_url: if folder.is_some() { pages.folder(&head.parent) } else { pages.home() },
        download_url: urls.download(id, &download),
        file_url: urls.file_bytes(id, &download),
        // Both are pages for people with an account.
        file_sharing_url: account.map(|_| urls.sharing(id)),
        file_version_url: account.map(|_| urls.versions(id)),
        sign_in_url: access.is_anonymous().then(|| urls.sign_in()),
        post_message_origin: urls.origin(),
        breadcrumb_brand_name: "Lockhouse",
        breadcrumb_brand_url: pages.home(),
        breadcrumb_folder_url: folder.as_ref().map(|_| pages.folder(&head.parent)),
        breadcrumb_folder_name: folder,
    })
}
