//! What was acknowledged survives a kill: codes, families, revocations, sessions, secrets.

use crate::client::{Place, Returned};
use crate::desk::{Desk, settings};
use crate::support::PASSWORD;
use crate::web_view::Landing;
use reqwest::Method;

/// A desk with one user who has a file.
fn desk() -> (Desk, String) {
    let desk = Desk::with(settings());
    let user = desk.someone(&[]);
    desk.binary().import(&user, &[("a.docx", b"text")]);
    (desk, user)
}

#[tokio::test]
async fn a_code_that_was_issued_is_redeemed_after_a_kill_and_only_once() {
    let (mut desk, user) = desk();
    let mut office = desk.office();
    let challenge = office.challenge().await;
    let returned = Returned::read(&office.walk(&user, &[]).await);
    desk.binary_mut().crash_and_restart();
    let place = office.service.accept(&returned, &challenge).await;
    desk.binary_mut().crash_and_restart();
    place.bootstrap().await;
    // The use was acknowledged, too: a second one still kills the family.
    let reply = office.service.redeem(&place.token_url, returned.code()).await.expect(400);
    assert_eq!(reply.text("error"), "invalid_grant");
    place.call(Method::GET, None, &[]).await.expect(401);
    desk.binary_mut().crash_and_restart();
    place.call(Method::GET, None, &[]).await.expect(401);
    let reply = office.service.refresh(&place.token_url, &place.refresh).await.expect(400);
    assert_eq!(reply.text("error"), "invalid_grant");
}

#[tokio::test]
async fn every_acknowledged_refresh_survives_a_kill() {
    let (mut desk, user) = desk();
    let mut place: Place = desk.office().add_place(&user).await;
    for _ in 0..4 {
        let file = place.find(&["a.docx"]).await;
        place.refreshed().await.expect(200);
        desk.binary_mut().crash_and_restart();
        place.bootstrap().await;
        assert_eq!(file.bytes().await, b"text");
    }
    place.refreshed().await.expect(200);
}

#[tokio::test]
async fn what_was_revoked_stays_revoked_after_a_kill() {
    for way in ["client", "sign-out", "passwd", "rfc 7009"] {
        let (mut desk, user) = desk();
        let mut place = desk.office().add_place(&user).await;
        let file = place.find(&["a.docx"]).await;
        let binary = desk.binary();
        drop(match way {
            "client" => Some(binary.cli_ok(&["user", "revoke", &user, "office"], "")),
            "sign-out" => Some(binary.cli_ok(&["user", "sign-out", &user], "")),
            "passwd" => Some(binary.cli_ok(&["user", "passwd", &user, "--password-stdin"], "a new pass phrase\n")),
            _ => {
                place.service.ask_revocation(&[("token", &place.refresh)]).await.expect(200);
                None
            }
        });
        desk.binary_mut().crash_and_restart();
        place.call(Method::GET, None, &[]).await.expect(401);
        file.try_info().await.expect(401);
        assert_eq!(place.refreshed().await.expect(400).text("error"), "invalid_grant", "{way}");
    }
}

#[tokio::test]
async fn a_web_session_and_a_consent_survive_a_kill() {
    let (mut desk, user) = desk();
    let mut office = desk.office();
    office.add_place(&user).await;
    desk.binary_mut().crash_and_restart();
    let landing = office.first_page(&[]).await;
    if let Landing::Page(page) = &landing {
        assert!(page.sign_in_form().is_none(), "the session is gone: {}", page.html());
    }
    let stop = office.view.consent(landing, &user, PASSWORD).await;
    let challenge = office.challenge().await;
    office.service.accept(&Returned::read(&stop), &challenge).await.root().await;
}

#[tokio::test]
async fn a_sign_in_that_was_begun_before_a_restart_can_be_finished() {
    let (mut desk, user) = desk();
    let mut office = desk.office();
    let challenge = office.challenge().await;
    let page = office.first_page(&[]).await.page();
    desk.binary_mut().crash_and_restart();
    let landing = office.view.sign_in(&page, &user, PASSWORD).await;
    // The form may have to be shown once more, but the way must lead on.
    let stop = office.view.consent(landing, &user, PASSWORD).await;
    office.service.accept(&Returned::read(&stop), &challenge).await.bootstrap().await;
}

#[tokio::test]
async fn many_refreshes_and_sign_ins_at_once_each_keep_what_they_were_told() {
    let (mut desk, _) = desk();
    let users: Vec<String> = (0..4).map(|_| desk.someone(&[])).collect();
    let work = users.iter().map(|user| {
        let mut office = desk.office();
        async move {
            let mut place = office.add_place(user).await;
            for _ in 0..5 {
                place.refreshed().await.expect(200);
            }
            place
        }
    });
    let places = futures::future::join_all(work).await;
    desk.binary_mut().crash_and_restart();
    for mut place in places {
        place.bootstrap().await;
        place.refreshed().await.expect(200);
    }
}

#[tokio::test]
async fn of_one_code_redeemed_by_many_at_once_at_most_one_use_lasts() {
    let (desk, user) = desk();
    let mut office = desk.office();
    let url = office.token_url().await;
    let code = office.code(&user).await;
    let replies = futures::future::join_all((0..6).map(|_| office.service.redeem(&url, &code))).await;
    let good: Vec<_> = replies.iter().filter(|reply| reply.status == 200).collect();
    assert!(good.len() <= 1, "a code is used once: {}", good.len());
    for reply in replies.iter().filter(|reply| reply.status != 200) {
        assert_eq!((reply.status, reply.text("error").as_str()), (400, "invalid_grant"), "{reply}");
    }
    // The others were second uses: what the first one gave is dead.
    for reply in good {
        let refresh = office.service.refresh(&url, &reply.text("refresh_token")).await.expect(400);
        assert_eq!(refresh.text("error"), "invalid_grant");
    }
}

#[tokio::test]
async fn one_refresh_token_used_by_many_at_once_leaves_a_working_session() {
    let (desk, user) = desk();
    let mut place = desk.office().add_place(&user).await;
    let url = place.token_url.clone();
    let tries = (0..6).map(|_| place.service.refresh(&url, &place.refresh));
    let replies = futures::future::join_all(tries).await;
    for reply in &replies {
        assert_eq!(reply.status, 200, "B-69: the grace period covers a repeated call: {reply}");
    }
    // Whichever answer the service keeps, the session goes on.
    place.take(replies.last().expect("a reply"));
    place.bootstrap().await;
    place.refreshed().await.expect(200);
}
