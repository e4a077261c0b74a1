//! What CheckFileInfo says for the sake of the page around an editor (web-host.md sections 5, 6.3 and 9.4), to each editor what
//! it understands (rule W-89).

use serde::Serialize;

use super::{Wopi, picture, session::Session, sharing};
use crate::{
    host::{
        access::Access,
        tokens::{ClientKind, Principal},
    },
    store::records::FileHead,
};

/// Empty documents, by extension.
const TEMPLATES: &[(&str, &[u8])] = &[
    ("docx", include_bytes!("../../data/blank/document.docx")),
    ("xlsx", include_bytes!("../../data/blank/spreadsheet.xlsx")),
    ("pptx", include_bytes!("../../data/blank/presentation.pptx")),
];

/// The document that a new file of this name begins with, if its type cannot begin with nothing.
pub(crate) fn template_for(name: &str) -> Option<&'static [u8]> {
    let (_, extension) = name.rsplit_once('.')?;
    TEMPLATES.iter().find(|(known, _)| known.eq_ignore_ascii_case(extension)).map(|(_, bytes)| *bytes)
}

/// The properties. A switch that is off is absent.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "PascalCase")]
#[allow(clippy::struct_excessive_bools, reason = "the protocol's flags")]
pub(super) struct Browser {
    #[serde(skip_serializing_if = "is_off")]
    close_post_message: bool,
    #[serde(skip_serializing_if = "is_off")]
    edit_mode_post_message: bool,
    #[serde(skip_serializing_if = "is_off")]
    edit_notification_post_message: bool,
    #[serde(skip_serializing_if = "is_off")]
    file_sharing_post_message: bool,
    #[serde(skip_serializing_if = "is_off")]
    file_version_post_message: bool,
    #[serde(skip_serializing_if = "is_off")]
    file_embed_command_post_message: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    file_embed_command_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    signout_url: Option<String>,

    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    collabora: Option<Collabora>,
}

/// What Collabora Online alone understands (files.md section 6.4). What is missing here has no meaning in this house:
///
/// - `Hide…`, `Disable…`, `WatermarkText`, `UserCanOnlyComment`: there are no such rights; whoever may read may print and copy.
/// - `EnableInsertRemote…`, `EnableRemote…`, `DownloadAsPostMessage`: buttons that only ask the page for something it has not.
/// - `UserPrivateInfo`, `ServerPrivateInfo`: keys of other services, of which none are kept here.
/// - `UserSettings`, `SharedSettings`: settings live in the editor's own storage.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Collabora {
    /// The owner may close the document for everybody.
    enable_owner_termination: bool,
    enable_share: bool,
    is_admin_user: bool,
    user_extra_info: ExtraInfo,
    #[serde(skip_serializing_if = "Option::is_none")]
    template_source: Option<String>,
}

/// What all who are in the document are told of each other, guests too. So there is no `mail` in it: an address is nobody's
/// business there.
#[derive(Debug, Serialize)]
struct ExtraInfo {
    #[serde(skip_serializing_if = "Option::is_none")]
    avatar: Option<String>,
    #[serde(skip_serializing_if = "is_off")]
    is_guest: bool,
}

// By reference because serde hands it one.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature is serde's")]
const fn is_off(switch: &bool) -> bool {
    !*switch
}

/// Whether the token was given to an app by OAuth: around that there is no page.
fn is_app(access: &Access) -> bool {
    matches!(&access.claims.principal, Principal::User { family: Some(_), .. })
}

impl Browser {
    /// For the holder of this token; `download` is a download token of his for the file.
    pub(super) fn of(session: &Session, wopi: &Wopi, head: &FileHead, download: &str) -> Self {
        let (access, urls) = (&session.access, &wopi.urls);
        if is_app(access) {
            return Self::default();
        }
        let (shares, is_guest) = (sharing::may_share(access), access.is_anonymous());
        let signout_url = (!is_guest).then(|| urls.sign_in());
        if access.client() == ClientKind::Collabora {
            let collabora = Some(Collabora::of(session, wopi, head, download));
            return Self { signout_url, collabora, ..Self::default() };
        }
        // An address for others to frame is a new share link, so it is made when it is asked for (rule W-45).
        let embeds = shares && wopi.supports.share_url;
        Self {
            close_post_message: true,
            edit_mode_post_message: access.role.can_write() && wopi.supports.update,
            edit_notification_post_message: true,
            file_sharing_post_message: shares,
            file_version_post_message: !is_guest,
            file_embed_command_post_message: embeds,
            file_embed_command_url: embeds.then(|| urls.sharing(&session.file)),
            signout_url,
            collabora: None,
        }
    }
}

impl Collabora {
    fn of(session: &Session, wopi: &Wopi, head: &FileHead, download: &str) -> Self {
        let access = &session.access;
        let account = access.account();
        // It begins a document from a template of the house's as long as nothing is in the file (rule W-68).
        let begins = head.content.size == 0 && access.role.can_write() && wopi.supports.update;
        let template = template_for(&head.name).filter(|_| begins);
        Self {
            enable_owner_termination: access.role.is_owner()
                || account.is_some_and(|account| account.user == head.owner),
            enable_share: sharing::may_share(access),
            is_admin_user: account.is_some_and(|account| account.admin),
            user_extra_info: ExtraInfo {
                avatar: account.map(|account| picture::of(&account.display_name, access.wopi_id().as_str())),
                is_guest: access.is_anonymous(),
            },
            template_source: template.map(|_| wopi.urls.template(&session.file, download)),
        }
    }
}
