//! `/s/{code}`: what guests see.

use super::{all_between, file, folder_id, text};
use crate::person::{Person, house, html};

/// The path of a link of this person's to a file or folder.
async fn link(person: &mut Person, id: &str, role: &str) -> String {
    let path = format!("/share/{id}");
    let page = person.get(&path).await.expect(200);
    person.submit(&page, &path, &[("deed", "link"), ("role", role), ("ends", "month")]).await.expect(303);
    let page = text(&person.get(&path).await);
    let url = all_between(&page, "readonly value=\"", "\"")[0].to_owned();
    format!("/s/{}", url.rsplit_once("/s/").unwrap().1)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_guest_sees_the_document_downloads_it_and_is_led_to_open_it() {
    let mut anna = Person::new("guestanna").await;
    let file = file(&anna, "page.html", b"<script>1</script>");
    let at = link(&mut anna, file.id(), "editor").await;
    let code = at.strip_prefix("/s/").unwrap();
    let mut guest = Person::stranger(house().binary());
    let page = guest.get(&at).await.expect(200);
    let shown = html(&page);
    assert!(shown.contains("<h1>page.html</h1>") && shown.contains("18\u{a0}B"), "{shown}");
    assert!(shown.contains("You can view and change it.") && shown.contains("This link ends"), "{shown}");
    assert!(shown.contains(&format!("href=\"{code}/open\"")), "{shown}");
    assert!(shown.contains(&format!("href=\"{code}/download\"")), "{shown}");
    assert!(!shown.contains("access_token") && !shown.contains("?t=") && !shown.contains("guestanna"), "{shown}");
    assert!(page.header("Content-Security-Policy").unwrap().starts_with("default-src 'none'"), "{page}");
    assert_eq!(page.header("Referrer-Policy"), Some("no-referrer"));
    let bytes = guest.get(&format!("{at}/download")).await.expect(200);
    assert_eq!(bytes.body, b"<script>1</script>");
    assert!(bytes.header("Content-Disposition").unwrap().starts_with("attachment"), "{bytes}");
    assert!(bytes.header("Content-Security-Policy").unwrap().starts_with("sandbox"), "{bytes}");
    guest.headers.push(("Accept-Language", "ja".to_owned()));
    assert!(text(&guest.get(&at).await).contains("このドキュメントがあなたと共有されています。"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_has_a_right_of_his_own_is_shown_the_way_there() {
    let mut anna = Person::new("ownrightanna").await;
    let mut eve = Person::new("ownrighteve").await;
    let file = file(&anna, "a.docx", b"a");
    let at = link(&mut anna, file.id(), "viewer").await;
    let place = format!("href=\"../view/{}\"", file.id());
    anna.headers.push(("User-Agent", "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X)".to_owned()));
    let page = text(&anna.get(&at).await);
    assert!(page.contains(&place) && page.contains("href=\"ms-word:ofe|u|"), "{page}");
    eve.headers.push(("User-Agent", "Mozilla/5.0 (Linux; Android 15)".to_owned()));
    let page = text(&eve.get(&at).await);
    assert!(!page.contains(&place) && !page.contains("ms-word:"), "{page}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_guest_walks_through_a_shared_folder_and_not_out_of_it() {
    let mut anna = Person::new("walkanna").await;
    let inside = file(&anna, "top/shared/inner/deep.docx", b"deep bytes");
    let beside = file(&anna, "top/beside.docx", b"beside");
    file(&anna, "top/shared/near.docx", b"near");
    let (top, shared, inner) =
        (folder_id(&anna, "/top"), folder_id(&anna, "/top/shared"), folder_id(&anna, "/top/shared/inner"));
    let at = link(&mut anna, &shared, "viewer").await;
    let mut guest = Person::stranger(house().binary());
    let page = text(&guest.get(&at).await);
    assert!(page.contains("<h1>shared</h1>") && page.contains("near.docx") && page.contains("inner"), "{page}");
    assert!(!page.contains("class=\"way\"") && !page.contains("beside.docx"), "{page}");
    assert!(page.contains("/open?file="), "{page}");
    let deeper = text(&guest.get(&format!("{at}?folder={inner}")).await);
    assert!(deeper.contains("class=\"way\"") && deeper.contains(&format!("?folder={shared}\"")), "{deeper}");
    let bytes = guest.get(&format!("{at}/download?file={}", inside.id())).await.expect(200);
    assert_eq!(bytes.body, b"deep bytes");
    for out in [format!("?folder={top}"), "?folder=nosuch".to_owned(), "?folder=../x".to_owned()] {
        guest.get(&format!("{at}{out}")).await.expect(404);
    }
    guest.get(&format!("{at}/download?file={}", beside.id())).await.expect(404);
    guest.get(&format!("{at}/download")).await.expect(404);
    inside.delete().await.expect(200);
    guest.get(&format!("{at}/download?file={}", inside.id())).await.expect(404);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_large_shared_folder_is_told_page_by_page() {
    let mut anna = Person::new("largeanna").await;
    let names: Vec<String> = (0..203).map(|n| format!("big/f{n:03} ä.docx")).collect();
    let files: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), b"x".as_slice())).collect();
    house().binary().import("largeanna", &files);
    let folder = folder_id(&anna, "/big");
    let at = link(&mut anna, &folder, "viewer").await;
    let mut guest = Person::stranger(house().binary());
    let first = text(&guest.get(&at).await);
    assert_eq!(first.matches("/download?file=").count(), 200);
    let more = all_between(&first, "class=\"button\" href=\"", "\"")[0].replace("&#38;", "&").replace("&amp;", "&");
    let second = text(&guest.get(&format!("/s/{more}")).await);
    assert_eq!(second.matches("/download?file=").count(), 3);
    assert!(second.contains("f202 ä.docx"), "{second}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_link_that_opens_nothing_says_so_in_plain_words_and_always_the_same() {
    let mut anna = Person::new("overanna").await;
    let file = file(&anna, "gone.docx", b"a");
    let at = link(&mut anna, file.id(), "viewer").await;
    let mut guest = Person::stranger(house().binary());
    let nothing = html(&guest.get("/s/nosuch.code").await.expect(404));
    assert!(nothing.contains("<h1>This link does not work</h1>"), "{nothing}");
    let bent = format!("{}x", &at[..at.len() - 1]);
    assert_eq!(html(&guest.get(&bent).await.expect(404)), nothing);
    file.delete().await.expect(200);
    assert_eq!(html(&guest.get(&at).await.expect(404)), nothing);
}
