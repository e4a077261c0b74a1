//! What guards each answer that a browser gets: a policy, no caches, no referrer, and no secret in an address or in the log.

use crate::{
    host_page::{Writer, collabora},
    person::{Person, between, field, html, location},
    support::{Reply, wopi::http_client},
};

/// Every kind of page, and what its scripts ask for.
async fn pages(anna: &mut Writer) -> Vec<(String, Reply)> {
    let (id, home) = (anna.id.clone(), location(&anna.person.get("/").await.expect(303)));
    let code = anna.link("ReadWrite").await;
    let me = anna.person.name.clone();
    let mut all = Vec::new();
    for path in [
        home.clone(),
        format!("{home}?sort=size&order=down&find=a"),
        format!("{home}/new?kind=docx"),
        format!("{home}/move?items={id}"),
        format!("/file/{id}"),
        format!("/view/{id}"),
        format!("/edit/{id}"),
        format!("/state/{id}"),
        format!("/share/{id}"),
        format!("/versions/{id}"),
        format!("/lock/{id}"),
        "/bin".to_owned(),
        "/account".to_owned(),
        "/admin".to_owned(),
        "/admin/users".to_owned(),
        format!("/admin/users/{me}"),
        "/admin/editors".to_owned(),
        "/admin/store".to_owned(),
        "/admin/locks".to_owned(),
        "/admin/audit".to_owned(),
        "/admin/doctor".to_owned(),
        "/sign-in".to_owned(),
        "/privacy".to_owned(),
        format!("/s/{code}"),
        format!("/s/{code}/open"),
        format!("/s/{code}/state"),
    ] {
        let reply = anna.person.get(&path).await;
        assert!(matches!(reply.status, 200 | 303), "{reply}");
        all.push((path, reply));
    }
    for path in ["/folder/nothing", "/file/nothing", "/edit/nothing", "/share/nothing", "/s/nothing", "/s/nothing/open"]
    {
        all.push((path.to_owned(), anna.person.get(path).await.expect(404)));
    }
    let mut stranger = Person::stranger(collabora().binary());
    for path in [home, format!("/edit/{id}"), "/admin".to_owned(), "/account".to_owned()] {
        all.push((path.clone(), stranger.get(&path).await.expect(303)));
    }
    all
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_answer_is_kept_framed_guessed_at_or_told_to_the_next_site() {
    let mut anna = Writer::admin(collabora(), "guardanna", "a.odt", b"text").await;
    for (path, reply) in pages(&mut anna).await {
        assert_eq!(reply.header("X-Content-Type-Options"), Some("nosniff"), "{path}");
        assert_eq!(reply.header("Referrer-Policy"), Some("no-referrer"), "{path}");
        assert!(reply.header("Cache-Control").is_some_and(|kept| kept.contains("no-store")), "{path}: {reply}");
        assert!(matches!(reply.header("X-Frame-Options"), Some("DENY" | "SAMEORIGIN")), "{path}: {reply}");
        if reply.header("Content-Type").is_some_and(|kind| kind.starts_with("text/html")) {
            check_policy(&path, &reply);
            check_markup(&path, &html(&reply));
        }
    }
}

#[track_caller]
fn check_policy(path: &str, page: &Reply) {
    let policy = page.header("Content-Security-Policy").unwrap_or_else(|| panic!("{path}: no policy"));
    assert!(policy.starts_with("default-src 'none';"), "{path}: {policy}");
    for part in ["base-uri 'none'", "form-action ", "frame-ancestors '"] {
        assert!(policy.contains(part), "{path}: {part}: {policy}");
    }
    for part in ["unsafe", "*", "data: ;", "http:;", "https:;", "script-src 'sha", "'nonce"] {
        assert!(!policy.contains(part), "{path}: {part}: {policy}");
    }
}

/// What the policy forbids is not there either: it would only be dead; and addresses hold no token.
#[track_caller]
fn check_markup(path: &str, page: &str) {
    for tag in page.split('<').skip(1).map(|rest| rest.split('>').next().unwrap_or_default()) {
        let name = tag.split([' ', '/']).next().unwrap_or_default();
        assert!(name != "script" || tag.contains(" src="), "{path}: an inline script");
        for attribute in [" onclick=", " onload=", " onsubmit=", " onchange=", " style="] {
            assert!(!tag.contains(attribute), "{path}: {tag}");
        }
        let addresses = [" href=\"", " src=\"", " action=\""].map(|before| between(tag, before, "\""));
        for address in addresses.into_iter().flatten() {
            assert!(
                !address.contains("token=") && !address.contains("?t=") && !address.contains("&t="),
                "{path}: {tag}"
            );
            assert!(!address.starts_with("javascript:") && !address.starts_with("data:"), "{path}: {tag}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_somebody_uploads_is_never_shown_from_here() {
    let mut anna = Writer::new(collabora(), "bytesanna", "page.html", b"<script>alert(1)</script>").await;
    let token = collabora().binary().token("bytesanna", "/page.html");
    let editor = crate::support::Wopi::from_json(http_client(), &token);
    let info = editor.info().await.expect(200).json();
    let base = collabora().binary().url().trim_end_matches('/');
    let within = |name: &str| info[name].as_str().unwrap()[base.len()..].to_owned();
    let (id, code) = (anna.id.clone(), anna.link("ReadOnly").await);
    for path in [
        format!("/file/{id}/download"),
        format!("/versions/{id}/1/download"),
        format!("/s/{code}/download"),
        within("DownloadUrl"),
        within("FileUrl"),
    ] {
        let reply = anna.person.get(&path).await.expect(200);
        assert_eq!(reply.body, b"<script>alert(1)</script>", "{path}");
        assert_eq!(reply.header("X-Content-Type-Options"), Some("nosniff"), "{path}");
        assert!(reply.header("Content-Security-Policy").is_some_and(|policy| policy.starts_with("sandbox")), "{reply}");
        let attached = reply.header("Content-Disposition").is_some_and(|said| said.starts_with("attachment"));
        let plain = reply.header("Content-Type") == Some("application/octet-stream");
        assert!(attached || plain, "{reply}");
        assert!(reply.header("Cache-Control").is_some_and(|kept| kept.contains("private")), "{reply}");
    }
    let bytes = editor.get().await.expect(200);
    assert_eq!(bytes.header("Content-Type"), Some("application/octet-stream"));
    assert_eq!(bytes.header("X-Content-Type-Options"), Some("nosniff"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_log_holds_no_secret() {
    let mut anna = Writer::new(collabora(), "loganna", "a.odt", b"text").await;
    let page = anna.edit().await;
    let editor = anna.editor(&page);
    let info = editor.info().await.expect(200).json();
    let base = collabora().binary().url().trim_end_matches('/');
    let download = info["DownloadUrl"].as_str().unwrap().to_owned();
    anna.person.get(&download[base.len()..]).await.expect(200);
    let code = anna.link("ReadWrite").await;
    for path in ["", "/open", "/state", "/download", "/embed"] {
        anna.person.get(&format!("/s/{code}{path}")).await.expect(200);
    }
    anna.person.get(&format!("/s/{code}?access_token={}", editor.token())).await.expect(200);
    anna.person.get(&format!("/edit/{}?access_token={}", anna.id, editor.token())).await.expect(200);
    editor.put(Some("A"), "refused").await.expect(409);
    let form = page.header("Content-Type").map(|_| between(&html(&page), "data-form=\"", "\"").unwrap()).unwrap();
    let mut secrets = vec![
        editor.token().to_owned(),
        field(&page, "access_token"),
        download.split("t=").nth(1).unwrap().to_owned(),
        code,
        form,
        crate::support::PASSWORD.to_owned(),
    ];
    secrets.extend(anna.person.cookies.values().cloned());
    // The lines are there before anybody looks for what is not in them.
    crate::support::eventually("the requests are in the log", std::time::Duration::from_secs(10), || {
        collabora().binary().log().contains(&anna.id).then_some(())
    });
    let log = collabora().binary().log();
    for secret in secrets.iter().filter(|secret| secret.len() > 8) {
        assert!(!log.contains(secret.as_str()), "{secret}");
    }
}
