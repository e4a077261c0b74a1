//! The host page behind a share link: where an editor leads whoever has no account.

use serde_json::Value;

use super::{Person, Reply, Wopi, Writer, collabora, field, http_client};
use crate::support::{Container, Shared};

/// The code of a link on a folder of this user's.
async fn folder_link(server: &Shared, name: &str, path: &str, kind: &str) -> String {
    let folder = Container::from_json(http_client(), &server.binary().token(name, path));
    let url = folder.share_url(Some(kind)).await.expect(200).text("ShareUrl");
    url.rsplit('/').next().unwrap().to_owned()
}

/// What a page's editor is told of this document.
async fn info(server: &Shared, id: &str, page: &Reply) -> Value {
    let src = format!("{}/wopi/files/{id}", server.binary().url().trim_end_matches('/'));
    Wopi::new(http_client(), &src, &field(page, "access_token")).info().await.expect(200).json()
}

/// The addresses in what an editor is told, as paths of the house.
fn paths<'a>(server: &Shared, info: &'a Value) -> Vec<(&'a str, &'a str)> {
    let base = server.binary().url().trim_end_matches('/').to_owned();
    let texts = info.as_object().unwrap().iter().filter_map(|(name, value)| Some((name.as_str(), value.as_str()?)));
    texts
        .filter_map(|(name, text)| Some((name, text.strip_prefix(&base)?)))
        .filter(|(_, path)| !path.is_empty())
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_editor_leads_a_guest_to_no_page_that_asks_for_an_account() {
    let server = collabora();
    let mut anna = Writer::new(server, "leadsanna", "top/inner/a.odt", b"text").await;
    let (file, id) = (anna.link("ReadOnly").await, anna.id.clone());
    let folder = folder_link(server, "leadsanna", "/top", "ReadWrite").await;
    let mut guest = Person::stranger(server.binary());
    for (code, which) in [(&file, String::new()), (&folder, format!("?file={id}"))] {
        for page in ["open", "view"] {
            let page = guest.get(&format!("/s/{code}/{page}{which}")).await.expect(200);
            let told = info(server, &id, &page).await;
            for (name, path) in paths(server, &told) {
                guest.get(path).await.expect(200);
                assert!(
                    path.contains(&**code) || ["DownloadUrl", "FileUrl", "SignInUrl"].contains(&name),
                    "{name} {path}"
                );
            }
            let at = |name: &str| told[name].as_str().unwrap().split_once("/s/").unwrap().1.to_owned();
            assert_eq!(at("HostViewUrl"), format!("{code}/view{which}"));
            assert_eq!(at("HostEditUrl"), format!("{code}/open{which}"));
            assert_eq!(at("BreadcrumbBrandUrl"), **code);
        }
    }
    // The folder around a document is shown by a link to a folder alone.
    let page = guest.get(&format!("/s/{file}/open")).await.expect(200);
    let told = info(server, &id, &page).await;
    assert!(told["CloseUrl"].as_str().unwrap().ends_with(&format!("/s/{file}")), "{told}");
    assert!(told["BreadcrumbFolderUrl"].is_null() && told["BreadcrumbFolderName"].is_null(), "{told}");
    let page = guest.get(&format!("/s/{folder}/open?file={id}")).await.expect(200);
    let told = info(server, &id, &page).await;
    assert!(told["CloseUrl"].as_str().unwrap().contains(&format!("/s/{folder}?folder=")), "{told}");
    assert_eq!((&told["BreadcrumbFolderUrl"], &told["BreadcrumbFolderName"]), (&told["CloseUrl"], &"inner".into()));
    // Whoever is signed in is told of no link, though his document has two.
    let page = anna.edit().await;
    let told = info(server, &id, &page).await;
    assert!(!told.to_string().contains("/s/"), "{told}");
    assert!(told["HostEditUrl"].as_str().unwrap().ends_with(&format!("/edit/{id}")));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_guest_reads_where_he_could_edit_and_goes_on_to_editing_from_there() {
    let mut anna = Writer::new(collabora(), "readsanna", "a.odt", b"text").await;
    let (reads, writes) = (anna.link("ReadOnly").await, anna.link("ReadWrite").await);
    let mut guest = Person::stranger(collabora().binary());
    let page = guest.get(&format!("/s/{writes}/view")).await.expect(200);
    assert_eq!(super::data(&page)["edits"], false);
    assert!(super::html(&page).contains(&format!("id=\"edit\" href=\"../../s/{writes}/open\"")));
    let page = guest.get(&format!("/s/{reads}/view")).await.expect(200);
    assert!(!super::html(&page).contains("id=\"edit\""));
    anna.edit().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn w42_w44_a_guest_who_may_write_into_the_folder_converts_an_old_format_and_is_led_to_the_copy() {
    let server = super::office();
    let anna = Writer::new(server, "convertsanna", "top/old.xls", b"old").await;
    let mut guest = Person::stranger(server.binary());
    let offer = "The original stays as it is";
    // Behind these links there is no place for the copy.
    let reads = folder_link(server, "convertsanna", "/top", "ReadOnly").await;
    for path in [format!("/s/{}/open", anna.link("ReadWrite").await), format!("/s/{reads}/open?file={}", anna.id)] {
        let page = guest.get(&path).await.expect(200);
        assert!(!super::html(&page).contains(offer));
        let page = guest.post(&path, &[]).await.expect(200);
        assert!(!super::html(&page).contains("convert.aspx"));
    }
    let code = folder_link(server, "convertsanna", "/top", "ReadWrite").await;
    let path = format!("/s/{code}/open?file={}", anna.id);
    let page = super::html(&guest.get(&path).await.expect(200));
    assert!(page.contains(offer) && page.contains(".xlsx") && !page.contains("office_form"), "{page}");
    assert!(page.contains(&format!("action=\"../..{path}\"")), "{page}");
    let reading = format!("/s/{code}/view?file={}", anna.id);
    assert!(page.contains(&format!("href=\"../..{reading}\"")), "{page}");
    assert!(!super::html(&guest.get(&reading).await.expect(200)).contains(offer));
    let converting = guest.post(&path, &[]).await.expect(200);
    assert_eq!(super::action(&converting).path(), "/x/convert.aspx");
    let editor = anna.editor(&converting);
    let call = editor.post("PUT_RELATIVE").header("X-WOPI-SuggestedTarget", ".xlsx");
    let made = call.header("X-WOPI-FileConversion", "true").body("new").send().await.expect(200).json();
    for (name, page) in [("HostEditUrl", "open"), ("HostViewUrl", "view")] {
        let url = made[name].as_str().unwrap();
        let path = url.strip_prefix(server.binary().url().trim_end_matches('/')).unwrap();
        assert!(path.starts_with(&format!("/s/{code}/{page}?file=")), "{name}: {url}");
        let page = guest.get(path).await.expect(200);
        assert_eq!(super::data(&page)["edits"], name == "HostEditUrl");
    }
    assert_eq!(editor.get().await.expect(200).body, b"old", "the original is as it was");
}
