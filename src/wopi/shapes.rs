//! The JSON that stands for a container wherever one is told of (containers-ecosystem.md section 3), and the names in it.

use serde::Serialize;

use super::Wopi;
use crate::{
    host::{
        ContainerFacts, Host, HostError,
        access::Access,
        tokens::{ClientKind, Resource},
    },
    ids::NodeId,
    licence::Licence,
    names::for_office_mobile,
    settings::Supports,
    urls::Urls,
};

/// Office for iOS cannot take some characters that a name may have; editors known to take them get the name as it is
/// (files.md section 6.2). What is told of a file or container is masked everywhere alike, so that it stays equal
/// (containers-ecosystem.md rule C-28).
pub(super) fn reported_name(client: ClientKind, name: &str) -> String {
    match client {
        ClientKind::Any | ClientKind::Office => for_office_mobile(name),
        ClientKind::Collabora | ClientKind::OnlyOffice => name.to_owned(),
    }
}

/// Whether containers and the ecosystem are there for this caller: not for whoever holds a share link, which is to open one
/// file and not its neighbours (rule C-11). To offer containers is to promise `DeleteFile` (section 2).
pub(crate) const fn offers_containers(supports: &Supports, access: &Access) -> bool {
    supports.containers && supports.delete && !access.is_anonymous()
}

/// The share types that a caller may ask for: those who may edit share both ways, others not at all.
pub(super) const fn share_types(may_share: bool, supports: &Supports) -> &'static [&'static str] {
    if may_share && supports.share_url { &["ReadOnly", "ReadWrite"] } else { &[] }
}

/// A named reference to a container that carries a token (rule C-38).
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ContainerPointer {
    name: String,
    url: String,
}

/// The answer of CheckContainerInfo (section 4.1).
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
#[allow(clippy::struct_excessive_bools, reason = "the protocol's flags")]
pub(crate) struct ContainerInfo {
    name: String,
    host_url: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    sharing_url: Option<String>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    supported_share_url_types: &'static [&'static str],
    is_anonymous_user: bool,
    is_edu_user: bool,
    license_check_for_edit_is_enabled: bool,
    user_can_create_child_container: bool,
    user_can_create_child_file: bool,
    user_can_delete: bool,
    user_can_rename: bool,
}

/// A pointer with all that CheckContainerInfo would say of the container (rule C-39).
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ContainerAnswer {
    container_pointer: ContainerPointer,
    container_info: ContainerInfo,
}

/// What the shapes are made from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shapes<'a> {
    /// The host.
    pub host: &'a Host,
    /// Where it is reached.
    pub urls: &'a Urls,
    /// What clients may do at all.
    pub supports: &'a Supports,
}

impl<'a> From<&'a Wopi> for Shapes<'a> {
    fn from(wopi: &'a Wopi) -> Self {
        Self { host: &wopi.host, urls: &wopi.urls, supports: &wopi.supports }
    }
}

impl Shapes<'_> {
    /// The address of a container with a token that ends when the caller's does (rule C-9).
    pub(crate) fn pointer(&self, access: &Access, id: &NodeId, name: &str) -> Result<ContainerPointer, HostError> {
        let token = self.host.tokens().issue_traded(&access.claims, Resource::Container(id.clone()))?;
        Ok(ContainerPointer {
            name: reported_name(access.client(), name),
            url: self.urls.wopi_container_with_token(id, &token.text),
        })
    }

    /// What the caller is told of a container.
    pub(crate) fn info(&self, access: &Access, facts: &ContainerFacts) -> ContainerInfo {
        let licence = Licence::of(access.account().map(|account| account.kind));
        let supported_share_url_types = share_types(facts.may_share, self.supports);
        ContainerInfo {
            name: reported_name(access.client(), &facts.name),
            host_url: self.urls.folder(&facts.id),
            sharing_url: facts.may_share.then(|| self.urls.sharing(&facts.id)),
            supported_share_url_types,
            is_anonymous_user: access.is_anonymous(),
            is_edu_user: licence.is_edu_user,
            license_check_for_edit_is_enabled: licence.check_for_edit,
            user_can_create_child_container: facts.may_create,
            user_can_create_child_file: facts.may_create && self.supports.update,
            user_can_delete: facts.may_delete,
            user_can_rename: facts.may_rename,
        }
    }

    /// Both, for a container that the caller may see.
    pub(crate) fn answer(&self, access: &Access, id: &NodeId) -> Result<ContainerAnswer, HostError> {
        let facts = self.host.container_facts(access, id)?;
        Ok(ContainerAnswer {
            container_pointer: self.pointer(access, id, &facts.name)?,
            container_info: self.info(access, &facts),
        })
    }

    /// The caller's root (GetRootContainer): the root of his drive.
    pub(crate) fn root(&self, access: &Access) -> Result<ContainerAnswer, HostError> {
        let account = access.account().ok_or(HostError::NoRight)?;
        self.answer(access, &account.drive)
    }

    /// The address of the ecosystem, with a token that ends when the caller's does.
    pub(crate) fn ecosystem_url(&self, access: &Access) -> Result<String, HostError> {
        let token = self.host.tokens().issue_traded(&access.claims, Resource::Ecosystem)?;
        Ok(self.urls.wopi_ecosystem_with_token(&token.text))
    }
}
