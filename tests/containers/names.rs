//! Names: UTF-7, uniqueness, masks, repair, proposals: C-22 to C-34.

use crate::support::container::{RELATIVE, SUGGESTED, entry_of};
use crate::support::utf7::{from_utf7, utf7, utf7_dotnet};
use crate::support::{Container, Reply, Shared, Wopi};
use std::collections::HashSet;

/// The table of section 1.7: the name, always closed, as .NET writes it.
const VECTORS: [(&str, &str, &str); 9] = [
    ("madeup_name.wopitestx", "madeup+AF8-name.wopitestx", "madeup+AF8-name.wopitestx"),
    ("Q3_plan_v2", "Q3+AF8-plan+AF8-v2", "Q3+AF8-plan+AF8-v2"),
    ("A+B.xlsx", "A+-B.xlsx", "A+-B.xlsx"),
    ("Übersicht.docx", "+ANw-bersicht.docx", "+ANw-bersicht.docx"),
    ("日本語.pptx", "+ZeVnLIqe-.pptx", "+ZeVnLIqe.pptx"),
    ("50% off!.docx", "50+ACU- off+ACE-.docx", "50+ACU off+ACE.docx"),
    ("😀.docx", "+2D3eAA-.docx", "+2D3eAA.docx"),
    ("a~b", "a+AH4-b", "a+AH4-b"),
    ("R&D [draft].docx", "R+ACY-D +AFs-draft+AF0-.docx", "R+ACY-D +AFs-draft+AF0.docx"),
];

/// What Office for iOS cannot load, replaced as C-28 says.
fn masked(name: &str) -> String {
    name.replace(['\\', '/', ':', '*', '?', '"', '<', '>', '|', '#', '{', '}', '^', '[', ']', '`', '%'], "-")
}

#[test]
fn the_encoders_of_these_tests_write_the_table() {
    for (name, closed, dotnet) in VECTORS {
        assert_eq!((utf7(name).as_str(), utf7_dotnet(name).as_str()), (closed, dotnet));
        assert_eq!((from_utf7(closed).as_str(), from_utf7(dotnet).as_str()), (name, name));
    }
}

/// A folder of its own for each, so that names do not meet.
fn folder() -> Container {
    Shared::server().document(b"content").container()
}

#[tokio::test]
async fn c22_c23_both_spellings_of_utf_7_are_decoded_wherever_a_name_arrives() {
    for (name, closed, dotnet) in VECTORS {
        for wire in [closed, dotnet] {
            let top = folder();
            // C-57 wants the name as it was asked for; a host that masks reports its mask (C-28).
            let is_it = |given: &str| given == name || given == masked(name);
            for (header, operation) in [(RELATIVE, "specific"), (SUGGESTED, "suggested")] {
                let top = top.new_container(operation).await;
                let reply = top.file_call().header(header, wire).send().await.expect(200);
                if header == RELATIVE {
                    assert!(is_it(&reply.text("Name")), "C-57: {name} became {reply}");
                    let reported = top.made_file(&reply).info().await.expect(200).text("BaseFileName");
                    assert_eq!(reported, masked(name));
                } else {
                    // Suggested, a name without an extension may get one.
                    assert!(reply.text("Name").starts_with(name) || is_it(&reply.text("Name")), "{name}: {reply}");
                }
                let reply = top.container_call().header(header, &format!("{wire}+AF8-")).send().await.expect(200);
                let info = top.made_container(&reply).info().await.expect(200);
                assert_eq!(info.text("Name"), format!("{}_", masked(name)), "{operation}, {wire}");
            }
            let other = top.new_container("other").await;
            let reply = other.post("RENAME_CONTAINER").header("X-WOPI-RequestedName", wire).send().await.expect(200);
            assert!(is_it(&reply.text("Name")), "{name}: {reply}");
            assert_eq!(other.info().await.expect(200).text("Name"), masked(name));
        }
    }
}

#[tokio::test]
async fn c25_the_decoder_is_lenient_and_the_undecodable_is_an_illegal_name() {
    let top = folder();
    for (wire, name) in [
        ("direct_under_score.docx", "direct_under_score.docx"),
        ("direct ! & = @ ; $.docx", "direct ! & = @ ; $.docx"),
        ("end +ZeVnLIqe", "end 日本語"),
        ("e+AwE-.docx", "é.docx"),
    ] {
        let reply = top.file_call().header(RELATIVE, wire).send().await.expect(200);
        assert_eq!(reply.text("Name"), name, "{wire}");
    }
    let utf8 = top.file_call().header_bytes(RELATIVE, "Äpfel & Öl.docx".as_bytes()).send().await.expect(200);
    assert_eq!(utf8.text("Name"), "Äpfel & Öl.docx");
    let before = top.names().await;
    for undecodable in ["+2D0-.docx", "+3gA-.docx", "+AGHYPQ-.docx", "+AAAA/.docx"] {
        let reply = top.file_call().header(RELATIVE, undecodable).send().await.expect(400);
        assert!(reply.header("X-WOPI-InvalidFileNameError").is_some_and(|e| !e.is_empty()), "{undecodable}: {reply}");
        let reply = top.container_call().header(RELATIVE, undecodable).send().await.expect(400);
        assert!(reply.header("X-WOPI-InvalidContainerNameError").is_some_and(|e| !e.is_empty()), "{reply}");
    }
    let invalid = top.file_call().header_bytes(RELATIVE, b"\xff\xfe.docx").send().await;
    invalid.expect(400);
    assert_eq!(top.names().await, before);
    // Suggested, whatever it is becomes a name.
    for undecodable in ["+2D0-.docx", "a+!b.docx"] {
        let reply = top.file_call().header(SUGGESTED, undecodable).send().await.expect(200);
        assert!(reply.text("Name").ends_with(".docx"), "{undecodable}: {reply}");
        top.container_call().header(SUGGESTED, undecodable).send().await.expect(200);
    }
}

/// Names that no path component may be, in plain text.
const ILLEGAL: [&str; 18] = [
    "..",
    ".",
    "a/b.docx",
    "/etc/passwd",
    "../up.docx",
    "a\\b.docx",
    "a:b.docx",
    "a*b.docx",
    "a?b.docx",
    "a\"b.docx",
    "a<b.docx",
    "a>b.docx",
    "a|b.docx",
    "nul\0.docx",
    "tab\t.docx",
    "line\nend.docx",
    "del\u{7f}.docx",
    "\u{1}.docx",
];

#[tokio::test]
async fn c26_c27_c33_an_illegal_exact_name_is_refused_with_a_reason_for_logs_only() {
    let top = folder();
    let victim = top.new_container("victim").await;
    let before = top.names().await;
    for name in ILLEGAL {
        // Everything is shifted: a header holds no control characters.
        let wire = shifted(name);
        let files = top.file_call().header(RELATIVE, &wire).send().await.expect(400);
        let made = top.container_call().header(RELATIVE, &wire).send().await.expect(400);
        let renamed = victim.post("RENAME_CONTAINER").header("X-WOPI-RequestedName", &wire).send().await.expect(400);
        for (reply, header) in [
            (files, "X-WOPI-InvalidFileNameError"),
            (made, "X-WOPI-InvalidContainerNameError"),
            (renamed, "X-WOPI-InvalidContainerNameError"),
        ] {
            let reason = reply.header(header).unwrap_or_else(|| panic!("C-33: {name:?}: {reply}"));
            assert!(!reason.is_empty() && reason.is_ascii(), "C-33: {reply}");
        }
    }
    assert_eq!(top.names().await, before);
    // The reason is sent with 400 only.
    let taken = top.create_container("victim").await.expect(409);
    assert!(taken.header("X-WOPI-InvalidContainerNameError").is_none(), "{taken}");
    let taken = top.create_file("document.wopitest", None).await.expect(409);
    assert!(taken.header("X-WOPI-InvalidFileNameError").is_none(), "{taken}");
}

/// A name wholly in one shift sequence.
fn shifted(name: &str) -> String {
    use base64::Engine as _;
    let units: Vec<u8> = name.encode_utf16().flat_map(u16::to_be_bytes).collect();
    format!("+{}-", base64::engine::general_purpose::STANDARD_NO_PAD.encode(units))
}

#[tokio::test]
async fn c27_c65_a_name_of_more_than_512_characters_is_exact_or_refused() {
    let top = folder();
    let before = top.names().await;
    for length in [513, 600, 3000] {
        let name = format!("{}.wopitest", "n".repeat(length));
        let reply = top.create_file(&name, None).await.expect_one_of(&[200, 400]);
        if reply.status == 200 {
            assert_eq!(reply.text("Name"), name);
        } else {
            assert!(reply.header("X-WOPI-InvalidFileNameError").is_some_and(|e| !e.is_empty()), "C-65: {reply}");
            assert_eq!(top.names().await, before);
        }
        let reply = top.create_container(&"n".repeat(length)).await.expect_one_of(&[200, 400]);
        assert!(reply.status == 200 || reply.header("X-WOPI-InvalidContainerNameError").is_some(), "{reply}");
    }
}

#[tokio::test]
async fn c27_the_announced_longest_name_is_the_longest() {
    let doc = Shared::server().document(b"content");
    let top = doc.container();
    let most = doc.alice.info().await.expect(200).json()["FileNameMaxLength"].as_u64().expect("a length");
    let most = usize::try_from(most).expect("small");
    for letter in ["n", "ü", "日"] {
        let name = format!("{}.docx", letter.repeat(most));
        let reply = top.create_file(&name, None).await.expect(200);
        assert_eq!(reply.text("Name"), name);
        top.create_file(&format!("{}.docx", letter.repeat(most + 1)), None).await.expect(400);
    }
}

/// The names under which a client meets one container, and one file in it.
async fn every_report(top: &Container, container: &Container, file: &Wopi) -> (Vec<String>, Vec<String>) {
    let listed = top.children().await.expect(200).json();
    let listed = listed["ChildContainers"].as_array().expect("a list").iter();
    let entry = listed.map(|entry| Container::pointed_at(top, entry)).find(|(_, found)| found.id() == container.id());
    let ancestors = file.ancestors().await;
    let containers = vec![
        container.info().await.expect(200).text("Name"),
        entry.expect("listed").0,
        ancestors.last().expect("a parent").0.clone(),
    ];
    let children = container.children().await.expect(200).json();
    let files = children["ChildFiles"].as_array().expect("a list").iter();
    let listed = files.map(|entry| (entry["Name"].as_str().unwrap().to_owned(), entry["Url"].as_str().unwrap()));
    let listed = listed.filter(|(_, url)| url.contains(file.id())).map(|(name, _)| name);
    let files = listed.chain([file.info().await.expect(200).text("BaseFileName")]).collect();
    (containers, files)
}

#[tokio::test]
async fn c28_c38_names_are_masked_for_office_on_ios_in_all_places_alike() {
    let top = folder();
    let odd = "100% #1 {a} ^b [c] `d`";
    let reply = top.create_container(odd).await.expect(200);
    let container = top.made_container(&reply);
    let pointer = reply.json()["ContainerPointer"]["Name"].clone();
    assert_eq!(pointer, masked(odd), "C-38: the pointer's name is the container's");
    let file = container.new_file(&format!("{odd}.docx")).await;
    let (containers, files) = every_report(&top, &container, &file).await;
    assert!(containers.iter().all(|name| *name == masked(odd)), "{containers:?}");
    assert!(files.len() == 2 && files.iter().all(|name| *name == format!("{}.docx", masked(odd))), "{files:?}");
    // The mask is no name: what was asked for is stored, and is taken, and the mask is free.
    top.create_container(odd).await.expect(409);
    let info = file.info().await.expect(200).json();
    for id in ["UserId", "OwnerId"] {
        let id = info[id].as_str().expect("an id");
        assert_eq!(id, masked(id));
        assert!(id.is_ascii(), "{id}");
    }
    // Renamed to another odd name, all of them follow.
    container.rename_to("[x]#y").await.expect(200);
    file.rename("+AFs-z+AF0-", None).await.expect(200);
    let (containers, files) = every_report(&top, &container, &file).await;
    assert!(containers.iter().all(|name| name == "-x--y"), "{containers:?}");
    assert!(files.len() == 2 && files.iter().all(|name| name == "-z-.docx"), "{files:?}");
}

#[tokio::test]
async fn c29_names_that_differ_in_case_or_in_normal_form_alone_are_one_name() {
    for (first, second) in [
        ("Plan", "PLAN"),
        ("Résumé", "Re\u{301}sume\u{301}"),
        ("Résumé", "RE\u{301}SUME\u{301}"),
        ("Straße", "STRASSE"),
        ("ΣΊΣΥΦΟΣ", "σίσυφος"),
        ("Å", "\u{212b}"),
    ] {
        let top = folder();
        let name = format!("{first}.docx");
        let file = top.new_file(&name).await;
        file.put(None, "precious").await.expect(200);
        top.create_file(&format!("{second}.DOCX"), None).await.expect(409);
        let other = top.suggest_file(&format!("{second}.docx")).await.expect(200).text("Name");
        assert!(other.ends_with(".docx") && other != name, "{other}");
        assert_eq!(file.info().await.text("BaseFileName"), name, "the spelling that the user chose is kept");
        assert_eq!(file.get().await.expect(200).body, b"precious");

        let container = top.new_container(first).await;
        top.create_container(second).await.expect(409);
        assert_ne!(top.made_container(&top.suggest_container(second).await.expect(200)).id(), container.id());
        let third = top.new_container("third").await;
        third.rename_to(second).await.expect(409);
        assert_eq!(third.info().await.expect(200).text("Name"), "third");
        // C-78: one's own name in other letters is no conflict.
        container.rename_to(second).await.expect(200);
    }
}

#[tokio::test]
async fn c30_a_container_blocks_a_container_of_its_name_and_the_store_is_consistent_about_files() {
    let top = folder();
    top.new_container("Plan").await;
    top.create_container("Plan").await.expect(409);
    let file = top.create_file("Plan", None).await.expect_one_of(&[200, 409]);
    let top = folder();
    top.new_file("Plan").await;
    let container = top.create_container("Plan").await.expect_one_of(&[200, 409]);
    assert_eq!(file.status, container.status, "one name space or two, whoever comes first");
    if file.status == 409 {
        assert_eq!(container.lock().unwrap_or_default(), "");
        // Leave to overwrite is for files.
        let top = folder();
        let blocking = top.new_container("Plan").await;
        top.create_file("Plan", Some("true")).await.expect(409);
        blocking.info().await.expect(200);
    }
}

#[tokio::test]
async fn c31_c32_a_suggested_file_name_is_repaired_and_its_extension_never_changes() {
    let top = folder();
    let long = format!("{}.docx", "n".repeat(700));
    let wide = format!("{}.docx", "日".repeat(400));
    let full = format!("{}.docx", "m".repeat(250));
    let mut given = HashSet::new();
    for round in 0..2 {
        for name in [
            "plain.docx",
            "a/b\\c.docx",
            "../../up.docx",
            "*?\"<>|:.docx",
            " .docx",
            "  x  .docx",
            "x..docx",
            "....docx",
            "CON.docx",
            "nul.docx",
            "Com1.docx",
            "a\0b.docx",
            "a\u{202e}b.docx",
            "-.docx",
            "x .docx",
            &long,
            &wide,
            &full,
            "😀/.docx",
            ".x.docx",
            "two.parts.docx",
        ] {
            let reply = top.file_call().header(SUGGESTED, &shifted(name)).send().await;
            assert_eq!(reply.status, 200, "{name:?}: {reply}");
            let got = reply.text("Name");
            assert!(got.ends_with(".docx") && got.len() > ".docx".len(), "C-32: {name:?} became {got:?}");
            assert!(!got.contains(['/', '\\', '\0', ':']) && !got.contains(char::is_control), "{got:?}");
            assert!(given.insert(got.to_lowercase()), "round {round}: {got:?} came twice");
            let info = top.made_file(&reply).info().await.expect(200).json();
            assert_eq!((&info["FileExtension"], &info["Size"]), (&".docx".into(), &0.into()), "{name:?}");
        }
    }
    for extension in [".XLSX", ".wopitestx", ".tar.gz", ".d", ".日本"] {
        let reply = top.suggest_file(&format!("name?{extension}")).await.expect(200);
        assert!(reply.text("Name").ends_with(extension), "{extension}: {reply}");
    }
    for name in ["..", ".", "no extension", "/", "", "x."] {
        let reply = top.file_call().header(SUGGESTED, &utf7(name)).send().await;
        // An empty header may pass for none.
        assert!(reply.status == 200 || (name.is_empty() && reply.status == 400), "{name:?}: {reply}");
    }
}

#[tokio::test]
async fn c48_a_suggested_container_name_is_never_refused() {
    let top = folder();
    let long = "n".repeat(700);
    let mut given = HashSet::new();
    for round in 0..2 {
        for name in ["Minutes", "a/b", "..", ".", "CON", " ", "*", "../..", "a\0b", ".hidden", "end.", "a.docx", &long]
        {
            // Shifted, because a header's value has no blanks at its ends.
            let reply = top.container_call().header(SUGGESTED, &shifted(name)).send().await;
            assert_eq!(reply.status, 200, "{name:?}: {reply}");
            let made = top.made_container(&reply);
            let got = made.info().await.expect(200).text("Name");
            assert!(!got.contains(['/', '\\', '\0']) && ![".", ".."].contains(&&*got), "{got:?}");
            assert!(given.insert(got.to_lowercase()), "round {round}: {got:?} came twice");
        }
    }
    assert!(given.contains("minutes"), "free and legal is taken as it is");
}

#[tokio::test]
async fn c34_a_refused_name_comes_with_one_that_would_work() {
    let top = folder();
    let twin = top.new_container("Grüße_1").await;
    let propose = |reply: &Reply| {
        let wire = reply.header("X-WOPI-ValidRelativeTarget").unwrap_or_else(|| panic!("C-34: {reply}")).to_owned();
        assert!(wire.is_ascii(), "{wire}");
        wire
    };
    top.new_file("Grüße_1.docx").await;
    for name in ["Grüße_1.docx", "GRÜSSE_1.docx", "document.wopitest"] {
        let reply = top.create_file(name, None).await.expect(409);
        let wire = propose(&reply);
        let made = top.file_call().header(RELATIVE, &wire).send().await.expect(200);
        assert_eq!(made.text("Name"), from_utf7(&wire));
        let extension = &name[name.rfind('.').unwrap()..];
        assert!(made.text("Name").ends_with(extension), "{made}");
    }
    for name in ["a/b.docx", "..", "CON.docx", "x|y.docx"] {
        let reply = top.create_file(name, None).await.expect(400);
        let wire = propose(&reply);
        assert!(!from_utf7(&wire).contains('('), "the repaired name is free as it is: {wire}");
        top.file_call().header(RELATIVE, &wire).send().await.expect(200);
    }
    let reply = top.create_container("Grüße_1").await.expect(409);
    let wire = propose(&reply);
    let made = top.container_call().header(RELATIVE, &wire).send().await.expect(200);
    assert_ne!(top.made_container(&made).id(), twin.id());
    entry_of(&top.children().await.expect(200).json()["ChildContainers"], &from_utf7(&wire));
}
