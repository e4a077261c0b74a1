//! `onboarding`: the sheet for Microsoft, and the test accounts.

use serde::Serialize;

use super::{
    Outcome,
    args::OnboardingArgs,
    failure::Failure,
    print,
    probes::{self, Probe},
    session::Session,
};
use crate::{
    api::calls::{MakeTestAccounts, OnboardingSheet, TestAccountInfo},
    host::TestAccountState,
    licence::AccountKind,
    office::sheet::{Gap, Sheet},
};

/// What `--json` prints.
#[derive(Serialize)]
struct Report<'a> {
    #[serde(flatten)]
    sheet: &'a Sheet,
    /// `null` with `--offline`.
    checks: Option<&'a [Probe]>,
    /// Nothing is missing, and every address that was asked answered as it must.
    complete: bool,
}

pub(super) async fn run(session: &mut Session, arguments: &OnboardingArgs) -> Outcome {
    if arguments.test_accounts {
        return test_accounts(session, arguments).await;
    }
    let sheet = session.call(&OnboardingSheet {}).await?;
    let checks = if arguments.offline { None } else { Some(probes::all(&sheet).await?) };
    let failed = checks.iter().flatten().filter(|probe| !probe.ok).count();
    let complete = sheet.missing.is_empty() && failed == 0;
    if arguments.json {
        print::json(&Report { sheet: &sheet, checks: checks.as_deref(), complete })?;
    } else {
        print_sheet(&sheet)?;
        print_checks(checks.as_deref())?;
        print_gaps("Missing", &sheet.missing)?;
        print_gaps("From Microsoft, later", &sheet.later)?;
    }
    if complete {
        return Ok(());
    }
    Err(Failure::failed(format!(
        "the sheet cannot be handed in yet: {} missing, {} of the checks failed",
        print::count(sheet.missing.len() as u64, "thing"),
        failed
    )))
}

fn print_sheet(sheet: &Sheet) -> Outcome {
    let (fields, also) = (&sheet.fields, &sheet.also);
    let yes = |is: bool| if is { "yes" } else { "no" };
    let period = |seconds: u64| crate::settings::Period::seconds(seconds).to_string();
    let secret = match (&fields.client_secret.valid, &fields.client_secret.newest) {
        (valid, Some(newest)) => format!("({valid} valid, the newest of {newest})"),
        (_, None) => "(none)".to_owned(),
    };
    let mut rows = Vec::new();
    let mut add = |name: &str, value: &str| rows.push(vec![name.to_owned(), value.to_owned()]);
    add("Localized provider name", &fields.localized_provider_name);
    for (at, icon) in fields.icon_locations.iter().enumerate() {
        add(if at == 0 { "Icon locations" } else { "" }, icon);
    }
    add("BootstrapperUri", &fields.bootstrapper_uri);
    add("English description", &fields.english_description);
    add("Client ID", &fields.client_id);
    add("Client secret", &secret);
    add("", &fields.client_secret.how);
    add("Client app name", &fields.client_app_name);
    add("RedirectUri", &fields.redirect_uri);
    add("ProviderId", &fields.provider_id);
    add("TrustedDomain", &fields.trusted_domain.join(", "));
    add("Scope", &fields.scope);
    add("SupportRefresh", yes(fields.support_refresh));
    add("SiteUrl", &fields.site_url);
    print::line("The form")?;
    print::table(&["", ""], &rows)?;
    rows.clear();
    let mut add = |name: &str, value: &str| rows.push(vec![name.to_owned(), value.to_owned()]);
    add("Authorization endpoint", &also.authorization_uri);
    add("Token endpoint", &also.token_issuance_uri);
    add("WOPI addresses begin with", &also.wopi_base);
    add("Privacy statement", &also.privacy_url);
    add("Web interface", &also.web_interface);
    add("Authorization codes live", &period(also.authorization_code_lifetime));
    add("Access tokens live", &period(also.access_token_lifetime));
    add("Refresh tokens live", &format!("{} after their last use", period(also.refresh_token_lifetime)));
    add("WOPI tokens live", &period(also.wopi_token_lifetime));
    add("Is the redirect URI checked?", yes(also.redirect_uri_checked));
    add("Consumer test accounts", &also.consumer_test_accounts.join(", "));
    add("Commercial test accounts", &also.business_test_accounts.join(", "));
    add("Running the validator", &also.validator);
    let apps = also.apps;
    add("Apps that sign people in", &format!("iOS {}, Android {}, UWP {}", apps.ios, apps.android, apps.uwp));
    print::line("")?;
    print::line("Also asked")?;
    print::table(&["", ""], &rows)
}

fn print_checks(checks: Option<&[Probe]>) -> Outcome {
    let Some(checks) = checks else { return Ok(()) };
    print::line("")?;
    print::line("Asked from this machine (whether others reach it, only others can tell)")?;
    let row = |probe: &Probe| {
        let mark = if probe.ok { "ok" } else { "FAILS" };
        vec![mark.to_owned(), probe.what.clone(), probe.url.clone(), probe.found.clone()]
    };
    print::table(&["", "", "", ""], &checks.iter().map(row).collect::<Vec<_>>())
}

fn print_gaps(title: &str, gaps: &[Gap]) -> Outcome {
    if gaps.is_empty() {
        return Ok(());
    }
    print::line("")?;
    print::line(title)?;
    print::table(&["", ""], &gaps.iter().map(|gap| vec![gap.what.clone(), gap.how.clone()]).collect::<Vec<_>>())
}

async fn test_accounts(session: &mut Session, arguments: &OnboardingArgs) -> Outcome {
    let accounts = session.call(&MakeTestAccounts { reset: arguments.reset }).await?;
    let foreign: Vec<_> = accounts.iter().filter(|account| account.state == TestAccountState::Foreign).collect();
    if arguments.json {
        print::json(&accounts)?;
    } else {
        let row = |account: &TestAccountInfo| {
            let kind = if account.kind == AccountKind::Business { "business" } else { "consumer" };
            let password = match (&account.password, account.state) {
                (Some(password), _) => password.clone(),
                (None, TestAccountState::Foreign) => "(not a test account; left alone)".to_owned(),
                (None, _) => "(as before)".to_owned(),
            };
            vec![account.user.to_string(), kind.to_owned(), password, account.folder.clone().unwrap_or_default()]
        };
        print::table(&["NAME", "KIND", "PASSWORD", "DOCUMENTS"], &accounts.iter().map(row).collect::<Vec<_>>())?;
        if accounts.iter().any(|account| account.password.is_some()) {
            print::complaint("the passwords are shown only this once; --reset gives new ones");
        }
    }
    match foreign.first() {
        None => Ok(()),
        Some(account) => Err(Failure::new(
            super::failure::Code::Refused,
            format!(
                "{} of the names belong to accounts that are no test accounts, `{}` first: rename or remove them, then run \
                 this again",
                foreign.len(),
                account.user
            ),
        )),
    }
}
