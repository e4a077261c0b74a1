//! `/bin`.

use super::{all_between, file, text};
use crate::person::{Person, house, location};

async fn submit(person: &mut Person, deed: &str, file: &str) -> String {
    let page = person.get("/bin").await.expect(200);
    let reply = person.submit(&page, "/bin", &[("deed", deed), ("file", file)]).await.expect(303);
    location(&reply).split_once("?said=").expect("a word").1.to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deleted_file_comes_back_to_where_it_was_under_a_name_that_is_free() {
    let mut anna = Person::new("binanna").await;
    assert!(text(&anna.get("/bin").await).contains("Nothing is in the bin."));
    let deleted = file(&anna, "work/2026/plan.docx", b"kept bytes");
    deleted.delete().await.expect(200);
    let page = text(&anna.get("/bin").await);
    assert!(page.contains("plan.docx") && page.contains("Files / work / 2026"), "{page}");
    assert!(page.contains("by binanna (you)") && page.contains("10\u{a0}B"), "{page}");
    // Meanwhile another file has the name.
    file(&anna, "work/2026/plan.docx", b"new");
    let said = submit(&mut anna, "back", deleted.id()).await;
    let page = text(&anna.get(&format!("/bin?said={said}")).await);
    assert!(page.contains("“plan (2).docx” is back in Files / work / 2026."), "{page}");
    assert!(page.contains("Nothing is in the bin."), "{page}");
    assert_eq!(deleted.get().await.expect(200).body, b"kept bytes");
    assert_eq!(submit(&mut anna, "back", deleted.id()).await, "gone");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_is_deleted_for_good_only_after_a_question() {
    let mut anna = Person::new("purgeanna").await;
    let (one, two) = (file(&anna, "one.docx", b"1"), file(&anna, "two.docx", b"2"));
    one.delete().await.expect(200);
    two.delete().await.expect(200);
    let page = text(&anna.get("/bin").await);
    assert!(!page.contains("value=\"purge\"") && !page.contains("value=\"empty\""), "{page}");
    let asked = text(&anna.get(&format!("/bin?ask={}", one.id())).await);
    assert!(asked.contains("Delete “one.docx” for good") && asked.contains("value=\"purge\""), "{asked}");
    assert_eq!(submit(&mut anna, "purge", one.id()).await, "purged");
    let page = text(&anna.get("/bin").await);
    assert!(!page.contains("one.docx") && page.contains("two.docx"), "{page}");
    assert_eq!(submit(&mut anna, "purge", one.id()).await, "gone");
    assert!(text(&anna.get("/bin?ask=all").await).contains("value=\"empty\""));
    assert_eq!(submit(&mut anna, "empty", "").await, "emptied");
    assert!(text(&anna.get("/bin?said=emptied").await).contains("Nothing is in the bin."));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_reaches_into_the_bin_of_another() {
    let anna = Person::new("reachanna").await;
    let mut eve = Person::new("reacheve").await;
    let (hers, there) = (file(&anna, "secret.docx", b"1"), file(&anna, "there.docx", b"2"));
    hers.delete().await.expect(200);
    for deed in ["back", "purge"] {
        for id in [hers.id(), there.id(), "nosuch", "", "../x"] {
            assert_eq!(submit(&mut eve, deed, id).await, "gone", "{deed} {id}");
        }
    }
    for query in [format!("ask={}", hers.id()), format!("said=back&file={}", there.id())] {
        let page = text(&eve.get(&format!("/bin?{query}")).await);
        assert!(!page.contains("secret.docx") && !page.contains("there.docx"), "{page}");
    }
    submit(&mut eve, "empty", "").await;
    let listed = house().binary().cli_ok(&["bin", "list", "--user", "reachanna"], "").stdout;
    assert!(listed.contains("secret.docx"), "{listed}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_bin_is_told_page_by_page_the_last_deleted_first() {
    let mut anna = Person::new("fullanna").await;
    let names: Vec<String> = (0..53).map(|n| format!("f{n:02}.docx")).collect();
    let files: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), b"x".as_slice())).collect();
    house().binary().import("fullanna", &files);
    for name in &names {
        house().binary().cli_ok(&["rm", &format!("/{name}"), "--user", "fullanna"], "");
    }
    let first = text(&anna.get("/bin").await);
    let shown = |page: &str| -> Vec<String> {
        let rows = all_between(page, "<th scope=\"row\">", "</th>");
        rows.iter().map(|row| row.rsplit("</svg>").next().unwrap().replace("</span>", "")).collect()
    };
    let expected: Vec<String> = names.iter().rev().cloned().collect();
    assert_eq!(shown(&first), expected[..50]);
    let next = all_between(&first, "href=\"bin?after=", "\"")[0].to_owned();
    let second = text(&anna.get(&format!("/bin?after={next}")).await);
    assert_eq!(shown(&second), expected[50..]);
    assert!(!second.contains("href=\"bin?after="), "{second}");
    for odd in ["x", "1", "1.", "1.a%20b", "99999999999999999999.a"] {
        assert_eq!(shown(&text(&anna.get(&format!("/bin?after={odd}")).await)).len(), 50, "{odd}");
    }
}
