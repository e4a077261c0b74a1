//! `/share/{id}`.

use super::{all_between, file, folder_id, text};
use crate::person::{Person, house, location};

/// Sends a form of the page of sharing and tells the word that is said.
async fn share(person: &mut Person, id: &str, fields: &[(&str, &str)]) -> String {
    let path = format!("/share/{id}");
    let page = person.get(&path).await.expect(200);
    let reply = person.submit(&page, &path, fields).await.expect(303);
    let to = location(&reply);
    to.split_once("?said=").map_or(to.clone(), |(_, said)| said.to_owned())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sharing_with_a_person_gives_real_access_and_taking_it_away_ends_it() {
    let mut anna = Person::new("shareanna").await;
    let mut ben = Person::new("shareben").await;
    let file = file(&anna, "plan.docx", b"plan");
    let id = file.id().to_owned();
    let versions = format!("/versions/{id}");
    ben.get(&versions).await.expect(404);
    assert_eq!(share(&mut anna, &id, &[("deed", "add"), ("who", " ShareBen "), ("role", "viewer")]).await, "added");
    let seen = text(&ben.get(&versions).await);
    assert!(seen.contains("Earlier versions are shown to people who may edit."));
    assert!(!seen.contains("value=\"restore\""));
    let page = text(&anna.get(&format!("/share/{id}?said=added")).await);
    assert!(page.contains("role=\"status\">Shared.</p>"));
    assert!(page.contains("shareben"));

    assert_eq!(share(&mut anna, &id, &[("deed", "role"), ("user", "shareben"), ("role", "editor")]).await, "changed");
    assert!(text(&ben.get(&versions).await).contains("Nothing is overwritten."));
    assert_eq!(share(&mut anna, &id, &[("deed", "take"), ("user", "shareben")]).await, "taken");
    ben.get(&versions).await.expect(404);
    // Changing what was taken away meanwhile does not give it again.
    assert_eq!(share(&mut anna, &id, &[("deed", "role"), ("user", "shareben"), ("role", "editor")]).await, "taken");
    ben.get(&versions).await.expect(404);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_person_is_found_by_user_name_address_or_shown_name_if_only_one_fits() {
    let binary = house().binary();
    let mut anna = Person::new("findanna").await;
    binary.add_user("findben", &["--email", "Ben@Find.example", "--display-name", "Ben Finder"]);
    binary.add_user("findcleo", &["--email", "two@find.example", "--display-name", "Two Finders"]);
    binary.add_user("finddora", &["--email", "two@find.example", "--display-name", "Two Finders"]);
    let file = file(&anna, "a.docx", b"a");
    for (who, said) in [
        ("ben@find.example", "added"),
        ("ben finder", "added"),
        ("FINDBEN", "added"),
        ("two@find.example", "several"),
        ("Two Finders", "several"),
        ("nobody@find.example", "unknown"),
        ("", "unknown"),
        ("findanna", "self"),
    ] {
        let fields = [("deed", "add"), ("who", who), ("role", "viewer")];
        assert_eq!(share(&mut anna, file.id(), &fields).await, said, "{who}");
    }
    let page = text(&anna.get(&format!("/share/{}", file.id())).await);
    assert!(page.contains("<b>Ben Finder</b><span>findben</span>"), "{page}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_editor_shares_what_he_has_and_nobody_gives_or_takes_more() {
    let mut anna = Person::new("giveanna").await;
    let mut ben = Person::new("giveben").await;
    let mut cleo = Person::new("givecleo").await;
    let file = file(&anna, "a.docx", b"a");
    let id = file.id().to_owned();
    house().binary().cli_ok(&["grant", "givecleo", "owner", "giveanna:/a.docx"], "");
    share(&mut anna, &id, &[("deed", "add"), ("who", "giveben"), ("role", "viewer")]).await;
    // A viewer shares nothing, but may go.
    let page = text(&ben.get(&format!("/share/{id}")).await);
    assert!(page.contains("giveanna") && !page.contains("givecleo") && !page.contains("name=\"who\""), "{page}");
    for deed in ["add", "role", "take", "link", "unlink", "nonsense"] {
        let fields = [("deed", deed), ("who", "giveanna"), ("user", "giveben"), ("role", "editor"), ("ends", "never")];
        assert_eq!(share(&mut ben, &id, &fields).await, "refused", "{deed}");
    }
    share(&mut anna, &id, &[("deed", "role"), ("user", "giveben"), ("role", "editor")]).await;
    for (fields, said) in [
        ([("deed", "role"), ("user", "givecleo"), ("role", "viewer")], "refused"),
        ([("deed", "take"), ("user", "givecleo"), ("role", "")], "refused"),
        ([("deed", "add"), ("who", "givecleo"), ("role", "owner")], "refused"),
        ([("deed", "add"), ("who", "givecleo"), ("role", "viewer")], "refused"),
        ([("deed", "add"), ("who", "giveanna"), ("role", "viewer")], "owner"),
    ] {
        assert_eq!(share(&mut ben, &id, &fields).await, said, "{fields:?}");
    }
    assert!(text(&cleo.get(&format!("/share/{id}")).await).contains("name=\"who\""));
    assert_eq!(share(&mut ben, &id, &[("deed", "leave")]).await, "/");
    ben.get(&format!("/share/{id}")).await.expect(404);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_folder_gives_is_told_at_its_files_with_the_way_to_change_it() {
    let mut anna = Person::new("herita").await;
    let mut ben = Person::new("heritb").await;
    let mut cleo = Person::new("heritc").await;
    let file = file(&anna, "team/plans/a.docx", b"a");
    let team = folder_id(&anna, "/team");
    assert_eq!(share(&mut anna, &team, &[("deed", "add"), ("who", "heritb"), ("role", "editor")]).await, "added");
    let page = text(&anna.get(&format!("/share/{}", file.id())).await);
    assert!(page.contains("by the folder “team”"), "{page}");
    assert!(page.contains(&format!("<a href=\"{team}\">Change at “team”</a>")), "{page}");
    ben.get(&format!("/versions/{}", file.id())).await.expect(200);
    // Who has a right to the file alone is not told what the folders around it are called.
    share(&mut anna, file.id(), &[("deed", "add"), ("who", "heritc"), ("role", "editor")]).await;
    let page = text(&cleo.get(&format!("/share/{}", file.id())).await);
    assert!(page.contains("by a folder around it") && !page.contains("team"), "{page}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_link_is_listed_with_its_end_and_opens_until_it_is_ended() {
    let mut anna = Person::new("linkanna").await;
    let mut ben = Person::new("linkben").await;
    let file = file(&anna, "a.docx", b"shared bytes");
    let (id, path) = (file.id().to_owned(), format!("/share/{}", file.id()));
    for (ends, day, said) in [
        ("day", "2020-01-01", "day"),
        ("day", "soon", "day"),
        ("day", "", "day"),
        ("always", "", "day"),
        ("day", "2999-12-31", "linked"),
        ("week", "", "linked"),
        ("never", "", "linked"),
    ] {
        let fields = [("deed", "link"), ("role", "viewer"), ("ends", ends), ("day", day)];
        assert_eq!(share(&mut anna, &id, &fields).await, said, "{ends} {day}");
    }
    let page = text(&anna.get(&path).await);
    let links: Vec<String> =
        all_between(&page, "readonly value=\"", "\"").iter().map(|link| (*link).to_owned()).collect();
    assert_eq!(links.len(), 3, "{page}");
    assert!(page.contains("datetime=\"2999-12-31T23:59:59Z\"") && page.contains("Never ends"), "{page}");
    let mut guest = Person::stranger(house().binary());
    for link in &links {
        let at = format!("/s/{}", link.rsplit_once("/s/").unwrap().1);
        guest.get(&at).await.expect(200);
        assert_eq!(guest.get(&format!("{at}/download")).await.expect(200).body, b"shared bytes");
    }
    // Another editor sees that there are links, and neither their addresses nor their ends to decide on.
    share(&mut anna, &id, &[("deed", "add"), ("who", "linkben"), ("role", "editor")]).await;
    let his = text(&ben.get(&path).await);
    assert!(his.contains("Only its maker and the owner see the address") && !his.contains("/s/"), "{his}");
    let link_id = all_between(&page, "name=\"link\" value=\"", "\"")[0].to_owned();
    assert_eq!(share(&mut ben, &id, &[("deed", "unlink"), ("link", &link_id)]).await, "refused");
    for link in all_between(&page, "name=\"link\" value=\"", "\"") {
        assert_eq!(share(&mut anna, &id, &[("deed", "unlink"), ("link", link)]).await, "unlinked");
    }
    for link in &links {
        let at = format!("/s/{}", link.rsplit_once("/s/").unwrap().1);
        guest.get(&at).await.expect(404);
        guest.get(&format!("{at}/download")).await.expect(404);
    }
    let trail = house().binary().cli_ok(&["audit", "--user", "linkanna"], "").text();
    assert!(trail.contains("link-made") && trail.contains("link-ended"), "{trail}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_link_dies_with_the_right_of_whoever_made_it() {
    let mut anna = Person::new("makeranna").await;
    let mut ben = Person::new("makerben").await;
    let file = file(&anna, "a.docx", b"a");
    let id = file.id().to_owned();
    share(&mut anna, &id, &[("deed", "add"), ("who", "makerben"), ("role", "editor")]).await;
    share(&mut ben, &id, &[("deed", "link"), ("role", "editor"), ("ends", "never")]).await;
    let page = text(&ben.get(&format!("/share/{id}")).await);
    let link = all_between(&page, "readonly value=\"", "\"")[0].to_owned();
    let at = format!("/s/{}", link.rsplit_once("/s/").unwrap().1);
    Person::stranger(house().binary()).get(&at).await.expect(200);
    // The owner sees the link of another, and could end it.
    assert!(text(&anna.get(&format!("/share/{id}")).await).contains(&link));
    share(&mut anna, &id, &[("deed", "take"), ("user", "makerben")]).await;
    Person::stranger(house().binary()).get(&at).await.expect(404);
}
