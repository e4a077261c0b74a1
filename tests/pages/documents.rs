//! The pages about one document, the bin, and the share links of guests. What they have in common is here.

mod bin;
mod lock;
mod share_links;
mod sharing;
mod versions;

use crate::{
    person::{Person, house, html},
    support::{Reply, Wopi, wopi::http_client},
};

/// A file of this person's, as an editor has it.
fn file(owner: &Person, path: &str, bytes: &[u8]) -> Wopi {
    house().binary().import(&owner.name, &[(path, bytes)]);
    Wopi::from_json(http_client(), &house().binary().token(&owner.name, &format!("/{path}")))
}

/// The id of a folder of this person's.
fn folder_id(owner: &Person, path: &str) -> String {
    Wopi::from_json(http_client(), &house().binary().token(&owner.name, path)).id().to_owned()
}

/// A page as text, without the marks of its forms.
#[track_caller]
fn text(page: &Reply) -> String {
    assert_eq!(page.status, 200, "{page}");
    html(page)
}

/// All texts between two others.
fn all_between<'a>(text: &'a str, before: &str, after: &str) -> Vec<&'a str> {
    let parts = text.split(before).skip(1);
    parts.map(|rest| rest.split(after).next().unwrap_or_default()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_but_those_who_may_sees_a_page_of_a_document_or_does_anything_there() {
    let mut anna = Person::new("docsanna").await;
    let mut eve = Person::new("docseve").await;
    let file = file(&anna, "private.docx", b"private");
    let hers = anna.get(&format!("/versions/{}", file.id())).await.expect(200);
    let own = eve.get("/bin").await.expect(200);
    for page in ["share", "versions", "lock"] {
        let path = format!("/{page}/{}", file.id());
        let answer = eve.get(&path).await.expect(404);
        assert!(!html(&answer).contains("private.docx"), "{path}");
        assert_eq!(html(&answer), html(&eve.get(&format!("/{page}/nosuchfile")).await.expect(404)), "{path}");
        eve.submit(&own, &path, &[("deed", "restore"), ("version", "1")]).await.expect(404);
        // A mark of another session is none.
        eve.submit(&hers, &path, &[("deed", "restore"), ("version", "1")]).await.expect(403);
        Person::stranger(house().binary()).get(&path).await.expect(303);
        Person::stranger(house().binary()).post(&path, &[("deed", "restore")]).await.expect(303);
    }
    eve.get(&format!("/versions/{}/1/download", file.id())).await.expect(404);
    eve.post("/bin", &[("deed", "empty")]).await.expect(403);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_form_of_another_site_changes_nothing() {
    let mut anna = Person::new("docscsrf").await;
    let file = file(&anna, "a.docx", b"a");
    let path = format!("/share/{}", file.id());
    let page = anna.get(&path).await.expect(200);
    let fields = [("deed", "link"), ("role", "editor"), ("ends", "never")];
    anna.post(&path, &fields).await.expect(403);
    anna.headers.push(("Sec-Fetch-Site", "cross-site".to_owned()));
    anna.submit(&page, &path, &fields).await.expect(403);
    anna.headers.clear();
    assert!(text(&anna.get(&path).await).contains("There is no link to this yet."));
    anna.submit(&page, &path, &fields).await.expect(303);
    assert!(!text(&anna.get(&path).await).contains("There is no link to this yet."));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn names_are_text_and_never_markup_on_any_page() {
    const NAME: &str = "a&b 'c' <img src=x onerror=alert(1)>.docx";
    let mut anna = Person::new("docsmarkup").await;
    let first = file(&anna, "in/plain.docx", b"x");
    // Only what RenameFile lets through can be a name; what it lets through is shown as it is.
    let reply = first.rename("a+ACY-b 'c' +ADw-b+AD4-", None).await;
    let name = if reply.status == 200 { reply.text("Name") } else { NAME.to_owned() };
    let folder = folder_id(&anna, "/in");
    for path in ["share", "versions", "lock"] {
        let page = text(&anna.get(&format!("/{path}/{}", first.id())).await);
        assert!(!page.contains("<b>'") && !page.contains("a&b"), "{path}: {name}");
        assert!(page.contains("a&#38;b") || page.contains("a&amp;b"), "{path}: {name}");
    }
    let page = anna.get(&format!("/share/{folder}")).await.expect(200);
    anna.submit(&page, &format!("/share/{folder}"), &[("deed", "link"), ("role", "viewer"), ("ends", "never")]).await;
    let page = text(&anna.get(&format!("/share/{folder}")).await);
    let link = all_between(&page, "readonly value=\"", "\"")[0].to_owned();
    let path = link.split_once("/s/").unwrap().1.to_owned();
    let guest = text(&Person::stranger(house().binary()).get(&format!("/s/{path}")).await);
    assert!(!guest.contains("a&b") && guest.contains("&#38;b"), "{guest}");
    first.delete().await.expect(200);
    let bin = text(&anna.get("/bin").await);
    assert!(!bin.contains("a&b") && bin.contains("&#38;b"), "{bin}");
    // What stands in the address is never said.
    let said = text(&anna.get("/bin?said=<b>x&ask=<b>y&after=<b>z").await);
    assert!(!said.contains("<b>x") && !said.contains("<b>y") && !said.contains("<b>z"));
}
