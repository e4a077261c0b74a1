//! The file or folder that a page is about, what its reader may do with it, and the way to its other pages.

use actix_web::http::StatusCode;
use askama::Template;

use crate::{
    host::{HostError, access::Access, rights::Node, tokens::Resource},
    ids::NodeId,
    permission::Role,
    store::records::{FileHead, NodeKind},
    web::{
        assets::{DOCUMENTS_CSS, DOCUMENTS_JS},
        desk::{Desk, DeskPage, Section, Tone, icons},
        language::DocumentTexts,
    },
};

/// A file or folder, with the right to it as it is now.
pub(super) struct Subject {
    pub(super) id: NodeId,
    pub(super) node: Node,
    pub(super) access: Access,
}

impl Subject {
    /// Finds it for the reader of a page.
    ///
    /// # Errors
    /// [`HostError::NotFound`] and its like when there is no such thing for him; a file in the bin is none.
    pub(super) fn find(desk: &Desk<'_>, id: &str) -> Result<Self, HostError> {
        let id = NodeId::parse(id).map_err(|_| HostError::NotFound)?;
        let node = desk.host().rights().node(&id)?.ok_or(HostError::NotFound)?;
        let resource = match &node {
            Node::File(head) if head.binned.is_some() => return Err(HostError::NotFound),
            Node::File(_) => Resource::File(id.clone()),
            Node::Container(_) => Resource::Container(id.clone()),
        };
        Ok(Self { access: desk.access(resource)?, id, node })
    }

    /// The same for pages that only files have.
    ///
    /// # Errors
    /// As [`Self::find`].
    pub(super) fn file(desk: &Desk<'_>, id: &str) -> Result<(Self, FileHead), HostError> {
        let subject = Self::find(desk, id)?;
        match &subject.node {
            Node::File(head) => {
                let head = (**head).clone();
                Ok((subject, head))
            }
            Node::Container(_) => Err(HostError::NotFound),
        }
    }

    /// Its name.
    pub(super) fn name(&self) -> &str {
        match &self.node {
            Node::File(head) => &head.name,
            Node::Container(record) => &record.name,
        }
    }

    /// What the reader may do with it.
    pub(super) const fn role(&self) -> Role {
        self.access.role
    }

    pub(super) fn is_file(&self) -> bool {
        self.node.kind() == NodeKind::File
    }
}

/// Which of the pages of a subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tab {
    Share,
    Versions,
    Lock,
}

#[derive(Template)]
#[template(
    ext = "html",
    source = r#"<div class="about"><a class="button" href="{{ root }}{{ back }}">{{ back_label }}</a>
{% if let Some((folder, label)) = folder %}<a class="button plain" href="{{ root }}folder/{{ folder }}">{{ icon|safe }}{{ label }}</a>
{% endif %}{% if !tabs.is_empty() %}<nav class="tabs" aria-label="{{ about }}"><ul>{% for (path, label, here) in tabs %}<li><a href="{{ root }}{{ path }}"{% if *here %} aria-current="page"{% endif %}>{{ label }}</a></li>{% endfor %}</ul></nav>
{% endif %}</div>
"#
)]
struct Ways {
    root: &'static str,
    back: String,
    back_label: &'static str,
    folder: Option<(NodeId, String)>,
    icon: &'static str,
    about: &'static str,
    tabs: Vec<(String, &'static str, bool)>,
}

/// Where to go from a page of a subject: back to it, to the folder around it, to its other pages.
fn ways(desk: &Desk<'_>, subject: &Subject, here: Tab) -> Result<String, HostError> {
    let texts = DocumentTexts::of(desk.language());
    let id = &subject.id;
    let (back, back_label) = match (subject.is_file(), subject.role().can_write()) {
        (true, true) => (format!("edit/{id}"), texts.back_document),
        (true, false) => (format!("view/{id}"), texts.back_document),
        (false, _) => (format!("folder/{id}"), texts.back_folder),
    };
    let around = desk.host().ancestors(&subject.access)?.pop();
    let folder = around.map(|folder| (folder.id, texts.to_folder.replace("{folder}", &folder.name)));
    let mut tabs = vec![(format!("share/{id}"), texts.share, here == Tab::Share)];
    if subject.is_file() {
        tabs.push((format!("versions/{id}"), texts.versions, here == Tab::Versions));
        tabs.push((format!("lock/{id}"), texts.lock, here == Tab::Lock));
    } else {
        tabs.clear();
    }
    let ways = Ways { root: desk.root(), back, back_label, folder, icon: icons::FOLDER, about: texts.about, tabs };
    Ok(ways.render().unwrap_or_default())
}

/// Answers with a page of a subject.
///
/// # Errors
/// What the store says.
pub(super) fn answer(
    desk: &Desk<'_>,
    subject: &Subject,
    here: Tab,
    title: &str,
    message: Option<(Tone, &str)>,
    content: &str,
) -> Result<actix_web::HttpResponse, HostError> {
    let content = format!("{}{content}", ways(desk, subject, here)?);
    let mine = *subject.node.owner() == desk.me.user;
    Ok(desk.answer(
        StatusCode::OK,
        &DeskPage {
            title,
            section: if mine { Section::Files } else { Section::Shared },
            message,
            content: &content,
            styles: &[DOCUMENTS_CSS],
            scripts: &[DOCUMENTS_JS],
            ..DeskPage::default()
        },
    ))
}
