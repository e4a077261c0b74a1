//! The clients that people can sign in to.

use actix_web::web;

use super::{
    Admin, Perform, Refusal,
    calls::{AddClient, ClientInfo, ClientMade, ListClients, RemoveClient, RotateClientSecret},
    route,
};
use crate::{
    host::{
        audit::Note,
        oauth::{ClientError, NewClient},
    },
    store::records::{AuditEvent, ClientRecord},
};

pub(super) fn routes(config: &mut web::ServiceConfig) {
    route::<AddClient>(config);
    route::<RotateClientSecret>(config);
    route::<ListClients>(config);
    route::<RemoveClient>(config);
}

fn told(client: ClientRecord) -> ClientInfo {
    ClientInfo {
        public: client.is_public(),
        secrets: client.secrets.iter().map(|secret| secret.created.to_iso()).collect(),
        id: client.id,
        name: client.name,
        redirect_uris: client.redirect_uris,
        scopes: client.scopes,
        created: client.created.to_iso(),
    }
}

fn unknown(id: &str) -> Refusal {
    Refusal::not_found(format!("there is no client `{id}`; `lockhouse client list` shows which there are"))
}

impl From<ClientError> for Refusal {
    fn from(error: ClientError) -> Self {
        match error {
            ClientError::Exists(_) => Self::conflict(error.to_string()),
            ClientError::NoSuchClient(id) => unknown(&id),
            ClientError::Invalid(words) => Self::invalid(words),
            ClientError::Trouble(trouble) => trouble.into(),
        }
    }
}

impl Perform for AddClient {
    async fn perform(self, admin: &Admin) -> Result<ClientMade, Refusal> {
        let Self { id, name, redirect_uris, scopes, public } = self;
        let (client, secret) = admin.host.clients().add(NewClient { id, name, redirect_uris, scopes, public }).await?;
        admin.host.audit().note(Note::by_command(AuditEvent::ClientAdded).id(&client.id)).await;
        Ok(ClientMade { client: told(client), secret })
    }
}

impl Perform for RotateClientSecret {
    async fn perform(self, admin: &Admin) -> Result<ClientMade, Refusal> {
        let (client, secret) = admin.host.clients().rotate_secret(&self.id).await?;
        admin.host.audit().note(Note::by_command(AuditEvent::ClientSecretMade).id(&client.id)).await;
        Ok(ClientMade { client: told(client), secret: Some(secret) })
    }
}

impl Perform for ListClients {
    async fn perform(self, admin: &Admin) -> Result<Vec<ClientInfo>, Refusal> {
        Ok(admin.host.clients().list()?.into_iter().map(told).collect())
    }
}

impl Perform for RemoveClient {
    async fn perform(self, admin: &Admin) -> Result<ClientInfo, Refusal> {
        let client = admin.host.clients().get(&self.id)?;
        // Also when there is none: a removal that was cut off is finished so.
        if admin.host.clients().remove(&self.id).await? {
            admin.host.audit().note(Note::by_command(AuditEvent::ClientRemoved).id(&self.id)).await;
        }
        client.map(told).ok_or_else(|| unknown(&self.id))
    }
}
