//! `CreateChildContainer`: C-47 to C-52.

use crate::support::Shared;
use crate::support::container::{RELATIVE, SUGGESTED};

#[tokio::test]
async fn c47_exactly_one_target_is_needed() {
    let top = Shared::server().document(b"content").container();
    let both = top.container_call().header(RELATIVE, "x").header(SUGGESTED, "x");
    both.send().await.expect(501).expect_message();
    top.container_call().send().await.expect(400).expect_message();
    top.container_call().header(RELATIVE, "").send().await.expect(400);
    assert_eq!(top.names().await.0, Vec::<String>::new());
}

#[tokio::test]
async fn c48_the_same_suggestion_twice_makes_two_containers_that_can_be_deleted() {
    let top = Shared::server().document(b"content").container();
    let mut made = Vec::new();
    for _ in 0..3 {
        made.push(top.made_container(&top.suggest_container("Minutes").await.expect(200)));
    }
    let names = top.names().await.0;
    assert_eq!(names.len(), 3, "{names:?}");
    assert!(names.contains(&"Minutes".to_owned()) && names.iter().all(|name| name.starts_with("Minutes")), "{names:?}");
    for container in made {
        container.remove().await.expect(200);
        container.info().await.expect(404);
    }
    assert_eq!(top.names().await.0, Vec::<String>::new());
}

#[tokio::test]
async fn c49_an_exact_name_is_used_exactly_or_not_at_all() {
    let top = Shared::server().document(b"content").container();
    for name in ["plain", "With Spaces", "madeup_name", "dots.in.it", "日本語 😀", "a+b", "x.docx", "(1)"] {
        let reply = top.create_container(name).await.expect(200);
        assert_eq!(reply.json()["ContainerPointer"]["Name"], name);
        assert_eq!(reply.json()["ContainerInfo"]["Name"], name);
        let before = top.names().await;
        let taken = top.create_container(name).await.expect(409);
        assert_eq!(taken.lock().unwrap_or_default(), "", "{taken}");
        assert_eq!(top.names().await, before, "nothing is created");
    }
    // Leave to overwrite means nothing for containers.
    let call = top.container_call().header(RELATIVE, "plain").header("X-WOPI-OverwriteRelativeTarget", "true");
    call.send().await.expect(409);
}

#[tokio::test]
async fn c50_c51_the_url_of_a_new_container_works_at_once() {
    let top = Shared::server().document(b"content").container();
    let new = top.new_container("new").await;
    assert_eq!(new.info().await.expect(200).text("Name"), "new");
    let (name, parent) = new.ancestors().await.pop().expect("C-51: its parent");
    assert_eq!((name, parent.src()), (top.info().await.text("Name"), top.src()));
    assert_eq!(new.names().await, (vec![], vec![]));
    assert_eq!(new.rename_to("renamed").await.expect(200).text("Name"), "renamed");
    assert_eq!(new.info().await.expect(200).text("Name"), "renamed");
    let deep = new.new_container("deep").await;
    assert_eq!(deep.parent().await.src(), new.src());
    deep.remove().await.expect(200);
    new.remove().await.expect(200);
}

#[tokio::test]
async fn c52_whoever_may_not_create_gets_404_for_every_variant() {
    let doc = Shared::server().document(b"content");
    let viewer = doc.container_shared_with("bob", "viewer");
    for headers in [
        vec![(RELATIVE, "x")],
        vec![(SUGGESTED, "x")],
        vec![(RELATIVE, "a/b")],
        vec![(RELATIVE, "x"), (SUGGESTED, "x")],
        vec![],
    ] {
        let mut call = viewer.container_call();
        for (name, value) in &headers {
            call = call.header(name, value);
        }
        let reply = call.send().await;
        assert_eq!(reply.status, 404, "{headers:?}: {reply}");
    }
    assert_eq!(doc.container().names().await.0, Vec::<String>::new());
}

#[tokio::test]
async fn containers_nest_deeply_and_every_level_answers() {
    let mut place = Shared::server().document(b"content").container();
    let depth = 60;
    for level in 0..depth {
        place = place.new_container(&format!("level {level}")).await;
    }
    let chain = place.ancestors().await;
    assert!(chain.len() >= depth, "{}", chain.len());
    for (level, (name, _)) in chain.iter().rev().enumerate().take(depth - 1) {
        assert_eq!(*name, format!("level {}", depth - 2 - level));
    }
    place.new_file("deep.docx").await.put(None, "bytes").await.expect(200);
}
