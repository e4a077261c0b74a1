//! Tests of codes, families and consent, by the clock.

use std::{sync::Arc, time::Duration};

use proptest::prelude::*;

use super::*;
use crate::{
    clock::Clock as _,
    host::{
        SignInOptions,
        access::{AccessControl, AccessError},
        testing::{House, user},
        tokens::{ClientKind, NewToken, Resource, Tokens},
    },
    permission::Role,
    store::{
        engine::scan_prefix,
        records::{AccountRecord, ClientRecord, keys},
    },
};

const HOUR: Duration = Duration::from_secs(3600);
const MINUTE: Duration = Duration::from_secs(60);
const SECOND: Duration = Duration::from_secs(1);
/// RFC 7636 appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// A house with a client and a user.
struct Scene {
    house: House,
    clients: Clients,
    grants: Grants,
    tokens: Tokens,
    office: ClientRecord,
    anna: AccountRecord,
}

fn new_client(id: &str, public: bool) -> NewClient {
    NewClient {
        id: id.to_owned(),
        name: "Office".to_owned(),
        redirect_uris: vec!["https://localhost".to_owned()],
        scopes: vec!["wopi".to_owned(), "app".to_owned()],
        public,
    }
}

impl Scene {
    async fn new() -> Self {
        let house = House::new();
        let clients = Clients::new(house.engine.clone(), house.clock.clone());
        let tokens = Tokens::new(Arc::new(house.key_ring().await), house.clock.clone());
        let options = SignInOptions::default();
        let grants = Grants::new(house.engine.clone(), house.clock.clone(), tokens.clone(), options);
        let (office, _) = clients.add(new_client("office", false)).await.unwrap();
        let anna = house.add("anna").await;
        Self { house, clients, grants, tokens, office, anna }
    }

    fn new_code(&self) -> NewCode {
        NewCode {
            client: self.office.id.clone(),
            redirect_uri: Some("https://localhost".to_owned()),
            user: self.anna.user.clone(),
            generation: self.anna.generation,
            scopes: vec!["wopi".to_owned(), "app".to_owned()],
            challenge: None,
        }
    }

    async fn code(&self) -> String {
        self.grants.issue_code(self.new_code()).await.unwrap()
    }

    async fn redeem(&self, code: &str) -> Result<TokenSet, GrantError> {
        self.grants.redeem(&self.office, plain(code)).await
    }

    async fn signed_in(&self) -> TokenSet {
        self.redeem(&self.code().await).await.unwrap()
    }

    async fn refresh(&self, tokens: &TokenSet) -> Result<TokenSet, GrantError> {
        self.grants.refresh(&self.office, &tokens.refresh_token, None).await
    }

    fn advance(&self, by: Duration) {
        self.house.clock.advance(by);
    }

    fn count(&self, prefix: &[u8]) -> usize {
        scan_prefix(&*self.house.engine, prefix, None, 1000).unwrap().len()
    }

    /// Whether a token for the ecosystem that the family gave is good now.
    fn opens(&self, wopi: &str) -> bool {
        let access = AccessControl::new(self.house.engine.clone(), self.house.clock.clone(), self.tokens.clone());
        match access.authorize(wopi, &Resource::Ecosystem) {
            Ok(_) => true,
            Err(AccessError::Trouble(trouble)) => panic!("{trouble}"),
            Err(_) => false,
        }
    }

    fn wopi_token(&self, tokens: &TokenSet) -> String {
        let bearer = self.grants.authorize(&tokens.access_token).unwrap();
        let new = NewToken::for_user(&bearer.account, Resource::Ecosystem, Role::Owner, ClientKind::Office);
        self.tokens.issue(&new.by_grant(bearer.family), 10 * HOUR).unwrap().text
    }
}

fn plain(code: &str) -> CodeUse<'_> {
    CodeUse { code, redirect_uri: Some("https://localhost"), verifier: None }
}

fn refused<T: std::fmt::Debug>(outcome: Result<T, GrantError>) -> &'static str {
    match outcome {
        Err(GrantError::Invalid(reason)) => reason,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_code_gives_tokens_that_say_whose_they_are() {
    let scene = Scene::new().await;
    let tokens = scene.signed_in().await;
    let bearer = scene.grants.authorize(&tokens.access_token).unwrap();
    assert_eq!(bearer.account.user, user("anna"));
    assert_eq!((bearer.client.as_str(), &bearer.family), ("office", &tokens.family));
    assert!(bearer.may("wopi") && bearer.may("app") && !bearer.may("admin"));
    assert_eq!(tokens.expires.since(scene.house.clock.wall()).as_secs(), 3599);
    assert_eq!(scene.grants.of_user(&user("ANNA")).unwrap().len(), 1);
}

#[tokio::test]
async fn no_secret_is_in_the_store_and_none_in_a_debug_form() {
    let scene = Scene::new().await;
    let code = scene.code().await;
    let tokens = scene.redeem(&code).await.unwrap();
    let next = scene.refresh(&tokens).await.unwrap();
    let rows = scan_prefix(&*scene.house.engine, b"", None, 1000).unwrap();
    let stored: Vec<u8> = rows.iter().flat_map(|(key, row)| [key.as_slice(), &row.value[..]].concat()).collect();
    let stored = stored.escape_ascii().to_string();
    let shown = format!("{tokens:?}{:?}", scene.grants.of_user(&user("anna")).unwrap());
    for secret in [&code, &tokens.access_token, &tokens.refresh_token, &next.refresh_token] {
        let tail = &secret[secret.len() - 40..];
        assert!(!stored.contains(tail) && !shown.contains(tail));
        let middle = secret.rsplit('.').next().unwrap().get(..40).unwrap();
        assert!(!stored.contains(middle) && !shown.contains(middle));
    }
}

#[tokio::test]
async fn a_second_use_of_a_code_ends_what_the_first_one_gave() {
    let scene = Scene::new().await;
    let code = scene.code().await;
    let tokens = scene.redeem(&code).await.unwrap();
    let next = scene.refresh(&tokens).await.unwrap();
    let wopi = scene.wopi_token(&next);
    assert!(scene.opens(&wopi));
    scene.advance(HOUR);
    assert!(refused(scene.redeem(&code).await).contains("used before"));
    assert!(!scene.opens(&wopi));
    refused(scene.grants.authorize(&next.access_token));
    refused(scene.refresh(&next).await);
    assert_eq!(scene.count(keys::prefix::FAMILIES) + scene.count(keys::prefix::FAMILIES_OF), 0);
    assert!(refused(scene.redeem(&code).await).contains("used before"));
}

#[tokio::test]
async fn of_many_who_redeem_a_code_at_once_at_most_one_has_tokens_and_they_are_dead() {
    let scene = Scene::new().await;
    let code = scene.code().await;
    let all = futures::future::join_all((0..8).map(|_| scene.redeem(&code))).await;
    let won: Vec<_> = all.iter().filter_map(|outcome| outcome.as_ref().ok()).collect();
    assert_eq!(won.len(), 1);
    refused(scene.grants.authorize(&won[0].access_token));
    assert_eq!(scene.count(keys::prefix::FAMILIES), 0);
}

#[tokio::test]
async fn a_code_is_for_its_client_its_time_and_its_user_as_he_was() {
    let scene = Scene::new().await;
    let (other, _) = scene.clients.add(new_client("other", false)).await.unwrap();
    let code = scene.code().await;
    assert!(refused(scene.grants.redeem(&other, plain(&code)).await).contains("another client"));
    assert!(scene.redeem(&code).await.is_ok(), "the other client's attempt changed nothing");
    let code = scene.code().await;
    scene.advance(SignInOptions::default().code);
    assert!(refused(scene.redeem(&code).await).contains("expired"));
    let code = scene.code().await;
    scene.house.accounts().sign_out_everywhere(&user("anna")).await.unwrap();
    refused(scene.redeem(&code).await);
    for nonsense in ["", "x", "../x", &"x".repeat(10_000)] {
        assert!(refused(scene.redeem(nonsense).await).contains("unknown"));
    }
}

#[tokio::test]
async fn the_redirect_uri_must_be_that_of_the_request_or_may_be_left_out() {
    let scene = Scene::new().await;
    let asked = Some("https://localhost".to_owned());
    for (in_request, in_use, fits) in [
        (asked.clone(), Some("https://localhost"), true),
        (asked.clone(), Some("https://localhost/"), true),
        (asked.clone(), None, true),
        (asked.clone(), Some("https://localhost:8443"), false),
        (None, None, true),
        (None, Some("https://localhost"), true),
        (None, Some("https://evil.example"), false),
    ] {
        let code = NewCode { redirect_uri: in_request.clone(), ..scene.new_code() };
        let code = scene.grants.issue_code(code).await.unwrap();
        let wanted = CodeUse { code: &code, redirect_uri: in_use, verifier: None };
        let outcome = scene.grants.redeem(&scene.office, wanted).await;
        assert_eq!(outcome.is_ok(), fits, "{in_request:?} {in_use:?} {outcome:?}");
    }
}

#[tokio::test]
async fn a_challenge_must_be_met_and_a_public_client_must_set_one() {
    let scene = Scene::new().await;
    let (app, secret) = scene.clients.add(new_client("app", true)).await.unwrap();
    assert!(secret.is_none() && app.is_public());
    let wrong = VERIFIER.replace('d', "e");
    for (client, challenge, verifier, fits) in [
        (&scene.office, Some(CHALLENGE), Some(VERIFIER), true),
        (&scene.office, Some(CHALLENGE), Some(wrong.as_str()), false),
        (&scene.office, Some(CHALLENGE), None, false),
        (&scene.office, None, Some(VERIFIER), false),
        (&scene.office, None, None, true),
        (&app, Some(CHALLENGE), Some(VERIFIER), true),
        (&app, None, None, false),
    ] {
        let code = NewCode { client: client.id.clone(), challenge: challenge.map(str::to_owned), ..scene.new_code() };
        let code = scene.grants.issue_code(code).await.unwrap();
        let wanted = CodeUse { verifier, ..plain(&code) };
        let outcome = scene.grants.redeem(client, wanted).await;
        assert_eq!(outcome.is_ok(), fits, "{challenge:?} {verifier:?} {outcome:?}");
    }
    let code = NewCode { client: "app".to_owned(), challenge: Some(CHALLENGE.to_owned()), ..scene.new_code() };
    let code = scene.grants.issue_code(code).await.unwrap();
    let wanted = CodeUse { redirect_uri: None, verifier: Some(VERIFIER), code: &code };
    refused(scene.grants.redeem(&app, wanted).await);
}

#[tokio::test]
async fn an_answer_that_was_lost_is_given_again_and_again() {
    let scene = Scene::new().await;
    let first = scene.signed_in().await;
    scene.advance(HOUR);
    let lost = scene.refresh(&first).await.unwrap();
    for _ in 0..3 {
        scene.advance(10 * SECOND);
        let again = scene.refresh(&first).await.unwrap();
        assert_eq!(again.refresh_token, lost.refresh_token);
        assert!(scene.grants.authorize(&again.access_token).is_ok());
    }
    let next = scene.refresh(&lost).await.unwrap();
    assert_eq!(scene.refresh(&first).await.unwrap().refresh_token, next.refresh_token, "it leads to the newest");
    scene.advance(31 * SECOND);
    assert!(scene.refresh(&next).await.is_ok());
}

#[tokio::test]
async fn refreshes_at_one_time_all_end_with_a_token_that_is_good() {
    let scene = Scene::new().await;
    let first = scene.signed_in().await;
    let all = futures::future::join_all((0..8).map(|_| scene.refresh(&first))).await;
    let all: Vec<_> = all.into_iter().map(Result::unwrap).collect();
    assert!(all.iter().all(|set| set.refresh_token == all[0].refresh_token));
    scene.advance(2 * MINUTE);
    assert!(scene.refresh(&all[7]).await.is_ok());
}

#[tokio::test]
async fn an_old_refresh_token_ends_its_family_after_the_grace() {
    let scene = Scene::new().await;
    let first = scene.signed_in().await;
    let second = scene.refresh(&first).await.unwrap();
    let wopi = scene.wopi_token(&second);
    scene.advance(SignInOptions::default().grace);
    assert!(scene.opens(&wopi));
    assert!(refused(scene.refresh(&first).await).contains("replaced earlier"));
    assert!(!scene.opens(&wopi));
    refused(scene.refresh(&second).await);
    refused(scene.grants.authorize(&second.access_token));
}

#[tokio::test]
async fn a_token_of_long_ago_is_known_for_what_it_is_and_a_made_up_one_ends_nothing() {
    let scene = Scene::new().await;
    let first = scene.signed_in().await;
    let mut newest = first.clone();
    for _ in 0..30 {
        scene.advance(HOUR);
        newest = scene.refresh(&newest).await.unwrap();
    }
    let (head, tail) = first.refresh_token.rsplit_once('.').unwrap();
    let made_up = format!("{head}.{}", tail.chars().rev().collect::<String>());
    assert!(refused(scene.grants.refresh(&scene.office, &made_up, None).await).contains("none of ours"));
    let (other, _) = scene.clients.add(new_client("other", false)).await.unwrap();
    assert!(refused(scene.grants.refresh(&other, &first.refresh_token, None).await).contains("another client"));
    newest = scene.refresh(&newest).await.unwrap();
    assert!(refused(scene.refresh(&first).await).contains("replaced earlier"));
    refused(scene.refresh(&newest).await);
}

#[tokio::test]
async fn a_refresh_token_lives_as_long_as_it_is_used() {
    let scene = Scene::new().await;
    let mut tokens = scene.signed_in().await;
    let life = SignInOptions::default().refresh;
    for _ in 0..5 {
        scene.advance(life - SECOND);
        tokens = scene.refresh(&tokens).await.unwrap();
    }
    scene.advance(life);
    assert!(refused(scene.refresh(&tokens).await).contains("expired"));
}

#[tokio::test]
async fn an_access_token_ends_with_its_time() {
    let scene = Scene::new().await;
    let tokens = scene.signed_in().await;
    scene.advance(HOUR - SECOND);
    assert!(scene.grants.authorize(&tokens.access_token).is_ok());
    scene.advance(SECOND);
    assert!(refused(scene.grants.authorize(&tokens.access_token)).contains("expired"));
    assert!(refused(scene.grants.authorize("")).contains("no access token"));
    refused(scene.grants.authorize(&tokens.refresh_token));
}

#[tokio::test]
async fn oauth_tokens_open_no_file_and_wopi_tokens_no_bootstrapper() {
    let scene = Scene::new().await;
    let tokens = scene.signed_in().await;
    let wopi = scene.wopi_token(&tokens);
    assert!(scene.opens(&wopi));
    assert!(!scene.opens(&tokens.access_token));
    assert!(refused(scene.grants.authorize(&wopi)).contains("another kind"));
}

#[tokio::test]
async fn a_refresh_can_ask_for_less_and_never_for_more() {
    let scene = Scene::new().await;
    let code = NewCode { scopes: vec!["wopi".to_owned()], ..scene.new_code() };
    let tokens = scene.redeem(&scene.grants.issue_code(code).await.unwrap()).await.unwrap();
    let more = ["wopi".to_owned(), "app".to_owned()];
    let refused = scene.grants.refresh(&scene.office, &tokens.refresh_token, Some(&more)).await;
    assert!(matches!(refused, Err(GrantError::Scope)), "{refused:?}");
    let both = scene.signed_in().await;
    let less = scene.grants.refresh(&scene.office, &both.refresh_token, Some(&more[..1])).await.unwrap();
    assert_eq!(less.scopes, ["wopi"]);
    let bearer = scene.grants.authorize(&less.access_token).unwrap();
    assert!(bearer.may("wopi") && !bearer.may("app"));
    let again = scene.refresh(&less).await.unwrap();
    assert!(scene.grants.authorize(&again.access_token).unwrap().may("app"), "the grant itself was not narrowed");
}

#[tokio::test]
async fn whatever_shuts_a_user_out_ends_his_tokens_at_once() {
    for change in 0..4 {
        let scene = Scene::new().await;
        let tokens = scene.signed_in().await;
        let wopi = scene.wopi_token(&tokens);
        assert!(scene.opens(&wopi));
        let accounts = scene.house.accounts();
        let anna = user("anna");
        match change {
            0 => drop(accounts.set_password(&anna, "correct horse battery").await.unwrap()),
            1 => drop(accounts.disable(&anna, true).await.unwrap()),
            2 => drop(accounts.sign_out_everywhere(&anna).await.unwrap()),
            _ => accounts.remove_empty(&anna).await.unwrap(),
        }
        refused(scene.grants.authorize(&tokens.access_token));
        refused(scene.refresh(&tokens).await);
        assert!(!scene.opens(&wopi), "{change}");
        if change == 1 {
            accounts.disable(&anna, false).await.unwrap();
            refused(scene.grants.authorize(&tokens.access_token));
        }
        if change == 3 {
            assert_eq!(scene.count(keys::prefix::FAMILIES) + scene.count(keys::prefix::FAMILIES_OF), 0);
            scene.house.add("anna").await;
        }
        refused(scene.refresh(&tokens).await);
        scene.grants.collect(&|| false).await.unwrap();
        assert_eq!(scene.count(keys::prefix::FAMILIES) + scene.count(keys::prefix::FAMILIES_OF), 0);
    }
}

#[tokio::test]
async fn a_token_is_revoked_by_its_own_client_only() {
    let scene = Scene::new().await;
    let (other, _) = scene.clients.add(new_client("other", false)).await.unwrap();
    for which in 0..3 {
        let first = scene.signed_in().await;
        let tokens = scene.refresh(&first).await.unwrap();
        let text = [&tokens.refresh_token, &tokens.access_token, &first.refresh_token][which];
        scene.grants.revoke_token(&other, text).await.unwrap();
        assert!(scene.grants.authorize(&tokens.access_token).is_ok());
        scene.grants.revoke_token(&scene.office, text).await.unwrap();
        refused(scene.grants.authorize(&tokens.access_token));
        refused(scene.refresh(&tokens).await);
        scene.grants.revoke_token(&scene.office, text).await.unwrap();
    }
    for unknown in ["", "rt.", "rt.a.0.b", "a.b.c", &"x".repeat(10_000)] {
        scene.grants.revoke_token(&scene.office, unknown).await.unwrap();
    }
    assert_eq!(scene.count(keys::prefix::FAMILIES_OF), 0);
}

#[tokio::test]
async fn taking_back_a_grant_ends_every_family_and_code_of_that_client_and_no_other() {
    let scene = Scene::new().await;
    let (other, _) = scene.clients.add(new_client("other", false)).await.unwrap();
    let code = NewCode { client: "other".to_owned(), ..scene.new_code() };
    let others = scene.grants.issue_code(code).await.unwrap();
    let others = scene.grants.redeem(&other, plain(&others)).await.unwrap();
    let mine = [scene.signed_in().await, scene.signed_in().await];
    let pending = scene.code().await;
    let anna = user("anna");
    scene.grants.allow(&anna, "office", &["wopi".to_owned()]).await.unwrap();
    assert_eq!(scene.grants.revoke_client(&user("ANNA"), "office").await.unwrap(), 2);
    for tokens in &mine {
        refused(scene.grants.authorize(&tokens.access_token));
    }
    refused(scene.redeem(&pending).await);
    assert!(scene.grants.consent(&anna, "office").unwrap().is_none());
    assert!(scene.grants.authorize(&others.access_token).is_ok());
    assert_eq!(scene.grants.revoke_client(&anna, "no/such").await.unwrap(), 0);
    assert_eq!(scene.grants.of_user(&anna).unwrap().len(), 1);
    assert!(scene.grants.revoke_family(&anna, &others.family).await.unwrap());
    assert!(!scene.grants.revoke_family(&anna, &others.family).await.unwrap());
    refused(scene.grants.authorize(&others.access_token));
}

#[tokio::test]
async fn consent_grows_and_needs_a_user_and_a_client() {
    let scene = Scene::new().await;
    let anna = user("anna");
    assert!(scene.grants.consent(&anna, "office").unwrap().is_none());
    scene.grants.allow(&anna, "office", &["wopi".to_owned()]).await.unwrap();
    scene.grants.allow(&anna, "office", &["app".to_owned(), "wopi".to_owned()]).await.unwrap();
    assert_eq!(scene.grants.consent(&anna, "office").unwrap().unwrap().scopes, ["wopi", "app"]);
    assert!(scene.grants.allow(&user("nobody"), "office", &[]).await.is_err());
    assert!(scene.grants.allow(&anna, "nobody", &[]).await.is_err());
}

#[tokio::test]
async fn a_client_that_is_removed_takes_with_it_what_was_granted() {
    let scene = Scene::new().await;
    let tokens = scene.signed_in().await;
    let wopi = scene.wopi_token(&tokens);
    let pending = scene.code().await;
    scene.grants.allow(&user("anna"), "office", &["wopi".to_owned()]).await.unwrap();
    assert!(scene.clients.remove("office").await.unwrap());
    assert!(!scene.clients.remove("office").await.unwrap());
    refused(scene.grants.authorize(&tokens.access_token));
    assert!(!scene.opens(&wopi));
    scene.clients.add(new_client("office", false)).await.unwrap();
    refused(scene.refresh(&tokens).await);
    refused(scene.redeem(&pending).await);
    assert!(scene.grants.consent(&user("anna"), "office").unwrap().is_none());
}

#[tokio::test]
async fn housekeeping_takes_what_is_over_and_nothing_that_may_still_be_good() {
    let scene = Scene::new().await;
    let unused = scene.code().await;
    let tokens = scene.signed_in().await;
    assert_eq!(scene.grants.collect(&|| false).await.unwrap(), 0);
    scene.advance(SignInOptions::default().code);
    assert_eq!(scene.grants.collect(&|| false).await.unwrap(), 1, "the code that nobody used");
    refused(scene.redeem(&unused).await);
    scene.advance(24 * HOUR);
    assert_eq!(scene.grants.collect(&|| false).await.unwrap(), 1, "the one that was used");
    // The last moment of the refresh token, of an access token, of a WOPI token: each by the one before.
    let left = SignInOptions::default().refresh - SignInOptions::default().code - 24 * HOUR;
    scene.advance(left - SECOND);
    let last = scene.refresh(&tokens).await.unwrap();
    scene.advance(SignInOptions::default().refresh - SECOND);
    let last = scene.refresh(&last).await.unwrap();
    scene.advance(HOUR - SECOND);
    let wopi = scene.wopi_token(&last);
    scene.advance(9 * HOUR);
    assert_eq!(scene.grants.collect(&|| false).await.unwrap(), 0);
    assert!(scene.opens(&wopi));
    scene.advance(SignInOptions::default().refresh + 24 * HOUR);
    assert_eq!(scene.grants.collect(&|| true).await.unwrap(), 0, "it stops when told");
    assert_eq!(scene.grants.collect(&|| false).await.unwrap(), 1);
    assert_eq!(scene.count(keys::prefix::FAMILIES) + scene.count(keys::prefix::FAMILIES_OF), 0);
}

/// What a client may do next.
#[derive(Clone, Copy, Debug)]
enum Step {
    /// Refresh with the token that was received so many answers ago.
    Refresh(usize),
    /// Let seconds pass.
    Wait(u64),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![3 => (0..4_usize).prop_map(Step::Refresh), 2 => (1..45_u64).prop_map(Step::Wait)]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Against a model that knows of each token when it was replaced.
    #[test]
    fn a_family_goes_on_exactly_as_long_as_no_token_is_used_after_its_grace(
        steps in proptest::collection::vec(step(), 1..30),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let scene = Scene::new().await;
            let grace = SignInOptions::default().grace.as_secs();
            // Every token in the order of its number, and when it was replaced.
            let mut known = vec![(scene.signed_in().await, None::<u64>)];
            let (mut now, mut alive) = (0, true);
            for step in steps {
                let ago = match step {
                    Step::Wait(seconds) => {
                        now += seconds;
                        scene.advance(Duration::from_secs(seconds));
                        continue;
                    }
                    Step::Refresh(ago) => ago,
                };
                let index = known.len().saturating_sub(1 + ago);
                let newest = known.len() - 1;
                let outcome = scene.refresh(&known[index].0).await;
                match known[index].1 {
                    _ if !alive => assert!(outcome.is_err()),
                    None => {
                        known[newest].1 = Some(now);
                        known.push((outcome.unwrap(), None));
                    }
                    Some(replaced) if now < replaced + grace && known.len() - index <= 9 => {
                        assert_eq!(outcome.unwrap().refresh_token, known[newest].0.refresh_token);
                    }
                    Some(_) => {
                        refused(outcome);
                        alive = false;
                    }
                }
            }
        });
    }
}
