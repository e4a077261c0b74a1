//! Links into Office, and what is needed to be offered there.

use actix_web::{http::StatusCode, web};

use super::{
    Admin, Perform, Refusal,
    calls::{MakeTestAccounts, OfficeLink, OnboardingSheet, TestAccountInfo},
    route,
};
use crate::{
    host::{Host, TestAccountState, audit::Note},
    launch::Scheme,
    office::{Launch, Launcher, NoLaunch, Wish, sheet},
    samples::TEST_DOCUMENTS,
    store::records::AuditEvent,
};

pub(super) fn routes(config: &mut web::ServiceConfig) {
    route::<OfficeLink>(config);
    route::<OnboardingSheet>(config);
    route::<MakeTestAccounts>(config);
}

impl Perform for OfficeLink {
    async fn perform(self, admin: &Admin) -> Result<Launch, Refusal> {
        let account = admin.account(&self.user)?;
        let found = admin.find_file(&self.place)?;
        let pass_back = self.pass_back.as_deref().map(Scheme::parse).transpose();
        let pass_back = pass_back.map_err(|error| Refusal::invalid(error.to_string()))?;
        let wish = Wish { view: self.view, origin: self.origin, pass_back, context: self.context };
        let launcher = Launcher { host: &admin.host, urls: &admin.urls, settings: &admin.settings };
        launcher.link(&account, &found.id, wish).map_err(|error| match error {
            NoLaunch::NotFound => Refusal::new(
                StatusCode::FORBIDDEN,
                format!(
                    "`{user}` has no right on `{path}`; give him one with `lockhouse grant {user} editor {path}`",
                    user = account.user,
                    path = found.path
                ),
            ),
            NoLaunch::NoAddress => Refusal::conflict(
                "no server runs, and the settings do not tell its address: start it, or set `public_url`, or name its \
                 address and port with --listen",
            ),
            NoLaunch::Host(error) => Refusal::about(&found.path, &error),
            NoLaunch::Unsupported(_) | NoLaunch::Wish(_) => Refusal::invalid(error.to_string()),
        })
    }
}

impl Perform for OnboardingSheet {
    async fn perform(self, admin: &Admin) -> Result<sheet::Sheet, Refusal> {
        Ok(sheet::sheet(&admin.host, &admin.urls, &admin.settings)?)
    }
}

impl Perform for MakeTestAccounts {
    async fn perform(self, admin: &Admin) -> Result<Vec<TestAccountInfo>, Refusal> {
        let accounts = admin.host.make_test_accounts(TEST_DOCUMENTS, self.reset).await?;
        admin.host.audit().note(Note::by_command(AuditEvent::TestAccountsMade)).await;
        let told = accounts.into_iter().map(|account| TestAccountInfo {
            folder: (account.state != TestAccountState::Foreign).then(|| Host::test_folder(&account.user)),
            user: account.user,
            kind: account.kind,
            state: account.state,
            password: account.password,
        });
        Ok(told.collect())
    }
}
