//! Folders and files, as somebody uses them who has no script; and uploads, as the script of the page sends them.

use reqwest::Method;

use crate::{
    person::{Person, between, house, html, location, mark},
    support::{Reply, Wopi, percent, wopi::http_client},
};

/// What the rows of a page show: id and name.
fn rows(page: &Reply) -> Vec<(String, String)> {
    let page = html(page);
    let Some((_, body)) = page.split_once("<tbody id=\"rows\">") else { return Vec::new() };
    let row = |row: &str| (between(row, "name=i", " ").unwrap(), plain(&between(row, "aria-label=\"", "\"").unwrap()));
    body.split("<tr class=").skip(1).map(row).collect()
}

fn names(page: &Reply) -> Vec<String> {
    rows(page).into_iter().map(|(_, name)| name).collect()
}

/// The id of the row of this name.
#[track_caller]
fn id(page: &Reply, name: &str) -> String {
    let found = rows(page).into_iter().find(|(_, shown)| shown == name);
    found.unwrap_or_else(|| panic!("no {name} among {:?}", names(page))).0
}

/// A text without its character references.
fn plain(text: &str) -> String {
    let mut text = text.to_owned();
    for (reference, character) in [("&#60;", "<"), ("&#62;", ">"), ("&#34;", "\""), ("&#39;", "'"), ("&#38;", "&")] {
        text = text.replace(reference, character);
    }
    text
}

/// His own folder, and its page.
async fn home(person: &mut Person) -> (String, Reply) {
    let folder = location(&person.get("/").await.expect(303));
    let page = person.get(&folder).await.expect(200);
    (folder, page)
}

async fn make_folder(person: &mut Person, folder: &str, name: &str) -> String {
    let page = person.get(&format!("{folder}/new?kind=folder")).await.expect(200);
    let reply = person.submit(&page, &format!("{folder}/new"), &[("kind", "folder"), ("name", name)]).await.expect(303);
    let page = person.get(&location(&reply)).await.expect(200);
    format!("/folder/{}", id(&page, name))
}

/// Sends something as the script of a page does, with its mark.
async fn by_script(person: &mut Person, method: Method, path: &str, offset: Option<u64>, body: &[u8]) -> Reply {
    let (_, page) = home(person).await;
    person.headers.push(("x-lockhouse-form", mark(&page)));
    if let Some(offset) = offset {
        person.headers.push(("upload-offset", offset.to_string()));
    }
    let reply = person.send(method, path, Some("application/octet-stream"), body.to_vec()).await;
    person.headers.clear();
    reply
}

async fn begin(person: &mut Person, folder: &str, name: &str, size: usize, more: &str) -> Reply {
    let path = format!("{folder}/upload?name={}&size={size}{more}", percent(name));
    by_script(person, Method::POST, &path, None, b"").await
}

async fn piece(person: &mut Person, upload: &str, offset: u64, body: &[u8]) -> Reply {
    by_script(person, Method::PATCH, &format!("/upload/{upload}"), Some(offset), body).await
}

async fn upload(person: &mut Person, folder: &str, name: &str, bytes: &[u8], more: &str) -> serde_json::Value {
    let upload = begin(person, folder, name, bytes.len(), more).await.expect(201).text("upload");
    piece(person, &upload, 0, bytes).await.expect(200).json()["done"].clone()
}

async fn bytes(person: &mut Person, file: &str) -> Vec<u8> {
    person.get(&format!("/file/{file}/download")).await.expect(200).body
}

fn says(page: &Reply, text: &str) {
    let page = html(page);
    assert!(plain(&page).contains(text), "`{text}` is not said: {page}");
}

/// A lock as an editor takes it.
async fn lock(person: &Person, name: &str) -> Wopi {
    let token = house().binary().token(&person.name, &format!("/{name}"));
    let file = Wopi::from_json(http_client(), &token);
    file.lock("an editor's lock").await.expect(200);
    file
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_house_leads_to_ones_own_files_and_strangers_to_the_sign_in() {
    let mut stranger = Person::stranger(house().binary());
    assert_eq!(location(&stranger.get("/").await.expect(303)), "/sign-in");
    let mut anna = Person::new("foldershome").await;
    let (folder, page) = home(&mut anna).await;
    says(&page, "This folder is empty");
    assert!(html(&anna.get("/sign-in").await.expect(200)).contains("href=\"./\""), "a way on to the files");
    let reply = stranger.get(&folder).await.expect(303);
    assert!(location(&reply).starts_with("/sign-in?return_to=%2Ffolder%2F"));
    stranger.get(&format!("{folder}/move?items=a")).await.expect(303);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_document_is_the_blank_one_that_ships_and_opens_for_editing() {
    let mut anna = Person::new("foldersnew").await;
    let (folder, page) = home(&mut anna).await;
    for (kind, blank) in [
        ("docx", &include_bytes!("../../data/blank/document.docx")[..]),
        ("xlsx", include_bytes!("../../data/blank/spreadsheet.xlsx")),
        ("pptx", include_bytes!("../../data/blank/presentation.pptx")),
    ] {
        let form = anna.get(&format!("{folder}/new?kind={kind}")).await.expect(200);
        let suggested = between(&html(&form), "name=\"name\" value=\"", "\"").unwrap();
        for name in [format!("{suggested}.{kind}"), format!("{suggested} (2).{kind}")] {
            let fields = [("kind", kind), ("name", &*suggested)];
            let reply = anna.submit(&page, &format!("{folder}/new"), &fields).await.expect(303);
            let file = location(&reply).strip_prefix("/edit/").expect("the editor").to_owned();
            assert_eq!(id(&anna.get(&folder).await, &name), file);
            assert_eq!(bytes(&mut anna, &file).await, blank);
        }
    }
    anna.get(&format!("{folder}/new?kind=exe")).await.expect(404);
    let typed = [("kind", "docx"), ("name", "Plan.DOCX")];
    anna.submit(&page, &format!("{folder}/new"), &typed).await.expect(303);
    id(&anna.get(&folder).await, "Plan.DOCX");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn names_of_all_kinds_are_shown_as_they_are_and_never_become_markup() {
    let mut anna = Person::new("foldersnames").await;
    let (folder, page) = home(&mut anna).await;
    let odd =
        ["Tom & Jerry's &lt;b&gt;", "🎉 Party 👩\u{200d}👩\u{200d}👧", "تقرير السنة", "{{ name }} ${x}", "a%2Fb+c#d"];
    for name in odd {
        let inside = make_folder(&mut anna, &folder, name).await;
        let inner = anna.get(&inside).await.expect(200);
        assert!(plain(&html(&inner)).contains(&format!("<h1>{name}</h1>")), "{name}");
        assert!(html(&inner).contains("<a href=\"") && html(&inner).contains("Files</a>"), "the way back");
    }
    let mut shown = names(&anna.get(&folder).await);
    shown.sort();
    let mut expected: Vec<String> = odd.iter().map(ToString::to_string).collect();
    expected.sort();
    assert_eq!(shown, expected);
    for bad in ["<script>alert(1)</script>", "a/b", "", ".", "con", "x\u{202e}y"] {
        let fields = [("kind", "folder"), ("name", bad)];
        let refused = anna.submit(&page, &format!("{folder}/new"), &fields).await.expect(422);
        says(&refused, "That name cannot be used.");
        assert!(!html(&refused).contains("<script>alert"), "{bad}");
    }
    let taken = anna.submit(&page, &format!("{folder}/new"), &[("kind", "folder"), ("name", odd[0])]).await.expect(409);
    says(&taken, "That name is taken here.");
    let found = anna.get(&format!("{folder}?q={}", percent("\"><script>x</script>"))).await.expect(200);
    assert!(!html(&found).contains("<script>x"));
    says(&found, "No name matches.");
    // A message is made of keys and numbers, not of what an address says.
    let page = anna.get(&format!("{folder}?said=moved&done=%3Cb%3E1&held=9e9")).await.expect(200);
    assert!(!html(&page).contains("class=\"message"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_upload_in_pieces_goes_on_where_it_stopped_and_is_a_file_only_when_it_is_whole() {
    let mut anna = Person::new("foldersupload").await;
    let (folder, _) = home(&mut anna).await;
    let content: Vec<u8> = (0..700_000_u32).flat_map(u32::to_le_bytes).collect();
    let up = begin(&mut anna, &folder, "Film über alles.mp4", content.len(), "").await.expect(201).text("upload");
    let (first, second) = content.split_at(1_234_567);
    let reply = piece(&mut anna, &up, 0, first).await.expect(200).json();
    assert_eq!(reply["offset"], 1_234_567);
    assert_eq!(names(&anna.get(&folder).await), [""; 0], "nothing is there before all is there");
    for wrong in [0, 1_234_566, 1_234_568] {
        assert_eq!(piece(&mut anna, &up, wrong, b"x").await.expect(409).json()["offset"], 1_234_567);
    }
    let state = by_script(&mut anna, Method::HEAD, &format!("/upload/{up}"), None, b"").await.expect(200);
    assert_eq!((state.header("upload-offset"), state.header("upload-length")), (Some("1234567"), Some("2800000")));

    let mut ben = Person::new("foldersuploadother").await;
    by_script(&mut ben, Method::HEAD, &format!("/upload/{up}"), None, b"").await.expect(404);
    piece(&mut ben, &up, 1_234_567, second).await.expect(404);
    by_script(&mut ben, Method::DELETE, &format!("/upload/{up}"), None, b"").await.expect(204);

    let done = piece(&mut anna, &up, 1_234_567, second).await.expect(200).json()["done"].clone();
    assert_eq!((done["as"].as_str(), done["name"].as_str()), (Some("new"), Some("Film über alles.mp4")));
    let again = piece(&mut anna, &up, content.len() as u64, b"").await.expect(200).json()["done"].clone();
    assert_eq!(again, done, "an answer that was lost is given again");
    assert_eq!(bytes(&mut anna, done["id"].as_str().unwrap()).await, content);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_upload_that_is_cancelled_or_too_long_leaves_nothing_and_an_empty_file_is_a_file() {
    let mut anna = Person::new("folderscancel").await;
    let (folder, _) = home(&mut anna).await;
    let up = begin(&mut anna, &folder, "gone.docx", 100, "").await.expect(201).text("upload");
    piece(&mut anna, &up, 0, &[1; 50]).await.expect(200);
    by_script(&mut anna, Method::DELETE, &format!("/upload/{up}"), None, b"").await.expect(204);
    piece(&mut anna, &up, 50, &[1; 50]).await.expect(404);
    let up = begin(&mut anna, &folder, "long.docx", 10, "").await.expect(201).text("upload");
    piece(&mut anna, &up, 0, &[1; 11]).await.expect(409);
    let refused = begin(&mut anna, &folder, "huge.bin", usize::MAX >> 1, "").await.expect(413);
    assert!(refused.text("error").contains("at most 2\u{a0}GB"), "{refused:?}");
    for bad in ["a\"b.docx", "", "..", "x/y.docx"] {
        begin(&mut anna, &folder, bad, 1, "").await.expect(422);
    }
    by_script(&mut anna, Method::POST, &format!("{folder}/upload?name=a.txt"), None, b"").await.expect(400);
    assert_eq!(names(&anna.get(&folder).await), [""; 0]);
    upload(&mut anna, &folder, "empty.txt", b"", "").await;
    assert_eq!(names(&anna.get(&folder).await), ["empty.txt"]);
    let nested = upload(&mut anna, &folder, "deep.txt", b"deep", "&path=one%2Ftwo").await;
    assert_eq!(bytes(&mut anna, nested["id"].as_str().unwrap()).await, b"deep");
    assert_eq!(names(&anna.get(&folder).await), ["one", "empty.txt"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn when_a_name_is_taken_one_is_asked_and_replacing_keeps_what_was_there_as_a_version() {
    let mut anna = Person::new("folderstaken").await;
    let (folder, _) = home(&mut anna).await;
    let first = upload(&mut anna, &folder, "Plan.docx", b"first", "").await["id"].as_str().unwrap().to_owned();
    let asked = begin(&mut anna, &folder, "PLAN.docx", 6, "").await.expect(409).json();
    assert_eq!((asked["replaceable"].as_bool(), asked["held"].as_bool()), (Some(true), Some(false)));
    let kept = upload(&mut anna, &folder, "Plan.docx", b"second", "&if=keep").await;
    assert_eq!(kept["name"], "Plan (2).docx");
    let replaced = upload(&mut anna, &folder, "Plan.docx", b"third", "&if=replace").await;
    assert_eq!((replaced["id"].as_str(), replaced["as"].as_str()), (Some(&*first), Some("version")));
    assert_eq!(bytes(&mut anna, &first).await, b"third");
    assert_eq!(house().binary().versions(&anna.name, "/Plan.docx").len(), 2);

    make_folder(&mut anna, &folder, "Taken").await;
    let asked = begin(&mut anna, &folder, "Taken", 6, "&if=replace").await.expect(409).json();
    assert_eq!(asked["replaceable"], false, "a folder is not replaced by a file");

    // An editor takes the file while its replacement is on its way.
    let up = begin(&mut anna, &folder, "Plan.docx", 6, "&if=replace").await.expect(201).text("upload");
    lock(&anna, "Plan.docx").await;
    assert_eq!(piece(&mut anna, &up, 0, b"fourth").await.expect(200).json()["done"]["as"], "rescued");
    assert_eq!(bytes(&mut anna, &first).await, b"third");
    assert_eq!(house().binary().rescued(&anna.name, "/Plan.docx").len(), 1);
    let asked = begin(&mut anna, &folder, "Plan.docx", 6, "&if=replace").await.expect(409).json();
    assert_eq!(asked["held"], true);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_is_renamed_moved_copied_downloaded_and_deleted() {
    let mut anna = Person::new("foldersactions").await;
    let (folder, page) = home(&mut anna).await;
    let file = upload(&mut anna, &folder, "Old.docx", b"content", "").await["id"].as_str().unwrap().to_owned();
    let target = make_folder(&mut anna, &folder, "Archive").await;

    let rename = format!("/file/{file}/rename");
    let reply = anna.submit(&page, &rename, &[("name", "New"), ("back", &folder[1..])]).await.expect(303);
    assert_eq!(location(&reply), format!("{folder}?said=renamed"));
    anna.submit(&page, &rename, &[("name", "Newer.docx"), ("back", "//evil.example")]).await.expect(303);
    says(&anna.submit(&page, &rename, &[("name", "a:b")]).await.expect(422), "That name cannot be used.");
    upload(&mut anna, &folder, "Other.docx", b"other", "").await;
    says(&anna.submit(&page, &rename, &[("name", "other")]).await.expect(409), "That name is taken here.");
    assert_eq!(names(&anna.get(&folder).await), ["Archive", "Newer.docx", "Other.docx"]);

    let chosen = anna.submit(&page, &format!("{folder}/items"), &[(&format!("i{file}"), "on"), ("act", "move")]).await;
    let chooser = anna.get(&location(&chosen.expect(303))).await.expect(200);
    says(&chooser, "Newer.docx");
    let next = between(&html(&chooser), "<ul class=\"choose\"><li><a href=\"", "\"").expect("a folder");
    let inside = anna.get(&format!("{folder}/{}", next.replace("&amp;", "&"))).await.expect(200);
    let to = target.trim_start_matches("/folder/");
    assert!(html(&inside).contains(&format!("name=\"to\" value=\"{to}\"")), "the chooser went into the folder");
    for (act, said) in [("copy", "Copied: 1."), ("move", "Name taken there: 1.")] {
        let fields = [("items", &*file), ("to", to), ("act", act)];
        let reply = anna.submit(&inside, &format!("{folder}/move"), &fields).await.expect(303);
        says(&anna.get(&location(&reply)).await, said);
    }
    let copy = id(&anna.get(&target).await, "Newer.docx");
    assert_ne!(copy, file);
    assert_eq!(bytes(&mut anna, &copy).await, b"content");
    let reply = anna.submit(&page, &format!("{folder}/items"), &[(&format!("i{copy}"), "on"), ("act", "bin")]).await;
    says(&anna.get(&location(&reply.expect(303))).await, "Moved to the bin: 1.");
    let fields = [("items", &*file), ("to", to), ("act", "move")];
    let reply = anna.submit(&inside, &format!("{folder}/move"), &fields).await.expect(303);
    says(&anna.get(&location(&reply)).await, "Moved: 1.");
    assert_eq!(names(&anna.get(&target).await), ["Newer.docx"]);

    let reply = anna.get(&format!("/file/{file}/download")).await.expect(200);
    assert!(reply.header("Content-Disposition").unwrap().starts_with("attachment"), "{reply:?}");
    assert!(reply.header("Content-Security-Policy").unwrap().contains("sandbox"));
    says(&anna.get(&format!("/file/{file}")).await.expect(200), "Archive</a>");

    let into_itself = [("items", to), ("to", to), ("act", "move")];
    let reply = anna.submit(&inside, &format!("{folder}/move"), &into_itself).await.expect(303);
    says(&anna.get(&location(&reply)).await, "Not possible: 1.");
    let reply = anna.submit(&page, &format!("{folder}/items"), &[(&format!("i{to}"), "on"), ("act", "bin")]).await;
    says(&anna.get(&location(&reply.expect(303))).await, "Moved to the bin: 1.");
    anna.get(&target).await.expect(404);
    anna.get(&format!("/file/{file}")).await.expect(404);
    assert_eq!(names(&anna.get(&folder).await), ["Other.docx"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_an_editor_holds_is_marked_and_neither_renamed_nor_deleted() {
    let mut anna = Person::new("foldersheld").await;
    let (folder, page) = home(&mut anna).await;
    let within = make_folder(&mut anna, &folder, "Within").await;
    let file = upload(&mut anna, &folder, "Held.docx", b"content", "").await["id"].as_str().unwrap().to_owned();
    let editor = lock(&anna, "Held.docx").await;
    says(&anna.get(&folder).await, "Being edited");
    says(&anna.get(&format!("/file/{file}")).await, "Somebody has this file open");
    let refused = anna.submit(&page, &format!("/file/{file}/rename"), &[("name", "Free")]).await.expect(423);
    says(&refused, "Nothing was changed: somebody has this file open");
    assert!(html(&refused).contains(&format!("href=\"../../lock/{file}\"")), "the way to who holds it");
    editor.relock("an editor's lock", "cool-lock0123").await.expect(200);
    says(&anna.submit(&page, &format!("/file/{file}/rename"), &[("name", "Free")]).await, "open in Collabora Online.");
    let bin = [(&*format!("i{file}"), "on"), ("act", "bin")];
    let reply = anna.submit(&page, &format!("{folder}/items"), &bin).await.expect(303);
    says(&anna.get(&location(&reply)).await, "Open in an editor, and left as it was: 1.");
    // The lock goes along to another folder (the name stays), and keeps that folder from being deleted.
    let to = within.trim_start_matches("/folder/");
    anna.submit(&page, &format!("{folder}/move"), &[("items", &*file), ("to", to), ("act", "move")]).await.expect(303);
    let bin = [(&*format!("i{to}"), "on"), ("act", "bin")];
    let reply = anna.submit(&page, &format!("{folder}/items"), &bin).await.expect(303);
    says(&anna.get(&location(&reply)).await, "Open in an editor, and left as it was: 1.");
    assert_eq!(names(&anna.get(&within).await), ["Held.docx"]);
    editor.unlock("cool-lock0123").await.expect(200);
    assert!(!html(&anna.get(&within).await).contains("Being edited"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_folder_of_1200_items_is_shown_page_by_page_sorted_and_searched() {
    let mut anna = Person::new("foldersmany").await;
    let files: Vec<(String, Vec<u8>)> =
        (0..1200).map(|n| (format!("Many/Report {n:04}.docx"), vec![b'x'; n])).collect();
    let files: Vec<(&str, &[u8])> = files.iter().map(|(name, bytes)| (&**name, &**bytes)).collect();
    house().binary().import(&anna.name, &files);
    let (_, page) = home(&mut anna).await;
    let many = format!("/folder/{}", id(&page, "Many"));
    let (mut seen, mut next) = (Vec::new(), many.clone());
    loop {
        let page = anna.get(&next).await.expect(200);
        let shown = names(&page);
        assert_eq!(shown.len(), 100);
        seen.extend(shown);
        let Some(more) = between(&html(&page), "id=\"more\" href=\"", "\"") else { break };
        next = format!("/folder/{}", plain(&more));
    }
    let expected: Vec<String> = (0..1200).map(|n| format!("Report {n:04}.docx")).collect();
    assert_eq!(seen, expected);
    assert_eq!(rows(&anna.get(&format!("{many}?rows=1000")).await).len(), 1000);
    assert_eq!(rows(&anna.get(&format!("{many}?rows=100000")).await).len(), 1000);
    let by_size = anna.get(&format!("{many}?sort=size&down=1&rows=2")).await;
    assert_eq!(names(&by_size), ["Report 1199.docx", "Report 1198.docx"]);
    assert!(html(&by_size).contains("class=\"z\" aria-sort=\"descending\""));
    assert_eq!(names(&anna.get(&format!("{many}?down=1&rows=1")).await), ["Report 1199.docx"]);
    assert_eq!(rows(&anna.get(&format!("{many}?sort=changed&rows=7")).await).len(), 7);
    assert_eq!(names(&anna.get(&format!("{many}?q=REPORT+11&from=99")).await), ["Report 1199.docx"]);
    let (folder, _) = home(&mut anna).await;
    assert!(names(&anna.get(&format!("{folder}?q=report+0007")).await).is_empty());
    let below = anna.get(&format!("{folder}?q=report+0007&below=1")).await;
    assert_eq!(names(&below), ["Report 0007.docx"]);
    assert!(html(&below).contains(">Many</a>"), "it says where");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tiles_are_remembered() {
    let mut anna = Person::new("folderstiles").await;
    let (folder, _) = home(&mut anna).await;
    make_folder(&mut anna, &folder, "One").await;
    assert!(!html(&anna.get(&folder).await).contains("items grid"));
    assert!(html(&anna.get(&format!("{folder}?as=grid")).await).contains("items grid"));
    assert!(html(&anna.get(&folder).await).contains("items grid"));
    assert!(!html(&anna.get(&format!("{folder}?as=list")).await).contains("items grid"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_may_only_look_is_offered_nothing_else_and_refused_everything_else() {
    let mut anna = Person::new("foldersgiver").await;
    let mut ben = Person::new("foldersviewer").await;
    let mut cleo = Person::new("foldersnobody").await;
    let (folder, _) = home(&mut anna).await;
    let team = make_folder(&mut anna, &folder, "Team").await;
    let plans = make_folder(&mut anna, &team, "Plans").await;
    let file = upload(&mut anna, &plans, "Plan.docx", b"content", "").await["id"].as_str().unwrap().to_owned();
    house().binary().cli_ok(&["grant", &ben.name, "viewer", &format!("{}:/Team/Plans", anna.name)], "");

    let (own, page) = home(&mut ben).await;
    let shared = format!("/folder/shared-{}", own.trim_start_matches("/folder/"));
    assert_eq!(names(&ben.get(&shared).await.expect(200)), ["Plans"]);
    let seen = ben.get(&plans).await.expect(200);
    let text = html(&seen);
    assert!(text.contains("Shared with me</a>") && !text.contains("Team"), "the way begins where his right begins");
    assert!(!text.contains("/new?kind=") && !text.contains("id=\"files\""));
    assert!(text.contains(&format!("../file/{file}")));
    let details = html(&ben.get(&format!("/file/{file}")).await.expect(200));
    assert!(!details.contains("/rename") && !details.contains("value=\"bin\"") && !details.contains("../share/"));
    assert_eq!(bytes(&mut ben, &file).await, b"content");

    ben.submit(&page, &format!("{plans}/new"), &[("kind", "docx"), ("name", "Mine")]).await.expect(404);
    ben.submit(&page, &format!("{plans}/new"), &[("kind", "folder"), ("name", "Mine")]).await.expect(404);
    ben.submit(&page, &format!("/file/{file}/rename"), &[("name", "Mine")]).await.expect(404);
    begin(&mut ben, &plans, "Mine.docx", 1, "").await.expect(404);
    let own_id = own.trim_start_matches("/folder/");
    for fields in [
        [("items", &*file), ("to", own_id), ("act", "move")],
        [("items", &plans[8..]), ("to", own_id), ("act", "move")],
    ] {
        let reply = ben.submit(&page, &format!("{plans}/move"), &fields).await.expect(303);
        says(&ben.get(&location(&reply)).await, "Not possible: 1.");
    }
    let fields = [("items", &*file), ("to", &plans[8..]), ("act", "copy")];
    ben.submit(&page, &format!("{plans}/move"), &fields).await.expect(404);
    let reply = ben.submit(&page, &format!("{plans}/items"), &[(&format!("i{file}"), "on"), ("act", "bin")]).await;
    says(&ben.get(&location(&reply.expect(303))).await, "Not possible: 1.");
    assert_eq!(names(&anna.get(&plans).await), ["Plan.docx"]);

    for path in [plans.clone(), team.clone(), format!("/file/{file}"), format!("/file/{file}/download"), shared] {
        says(&cleo.get(&path).await.expect(404), "Nothing here for you");
    }
    ben.get(&team).await.expect(404);

    // An editor of the folder may do it all, except take it away from its owner.
    house().binary().cli_ok(&["grant", &ben.name, "editor", &format!("{}:/Team/Plans", anna.name)], "");
    upload(&mut ben, &plans, "Mine.docx", b"mine", "").await;
    let fields = [("items", &*file), ("to", own_id), ("act", "move")];
    let reply = ben.submit(&page, &format!("{plans}/move"), &fields).await.expect(303);
    says(&ben.get(&location(&reply)).await, "Not possible: 1.");
    assert_eq!(names(&anna.get(&plans).await), ["Mine.docx", "Plan.docx"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_upload_ends_with_the_right_to_make_it() {
    let mut anna = Person::new("folderswithdraws").await;
    let mut ben = Person::new("folderswithdrawn").await;
    let (folder, _) = home(&mut anna).await;
    let team = make_folder(&mut anna, &folder, "Team").await;
    let place = format!("{}:/Team", anna.name);
    house().binary().cli_ok(&["grant", &ben.name, "editor", &place], "");
    let up = begin(&mut ben, &team, "late.docx", 4, "").await.expect(201).text("upload");
    piece(&mut ben, &up, 0, b"la").await.expect(200);
    house().binary().cli_ok(&["revoke", &ben.name, &place], "");
    piece(&mut ben, &up, 2, b"te").await.expect(404);
    assert!(names(&anna.get(&team).await).is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_changes_by_a_form_that_is_not_ours() {
    let mut anna = Person::new("foldersforms").await;
    let (folder, page) = home(&mut anna).await;
    let file = upload(&mut anna, &folder, "a.docx", b"content", "").await["id"].as_str().unwrap().to_owned();
    let up = begin(&mut anna, &folder, "b.docx", 4, "").await.expect(201).text("upload");
    let own = folder.trim_start_matches("/folder/");
    let ticked = format!("i{file}");
    let sent: [(String, Vec<(&str, &str)>); 4] = [
        (format!("{folder}/new"), vec![("kind", "folder"), ("name", "x")]),
        (format!("{folder}/items"), vec![(&ticked, "on"), ("act", "bin")]),
        (format!("{folder}/move"), vec![("items", &file), ("to", own), ("act", "copy")]),
        (format!("/file/{file}/rename"), vec![("name", "x")]),
    ];
    for (path, fields) in &sent {
        anna.post(path, fields).await.expect(403);
        let wrong: Vec<(&str, &str)> = fields.iter().copied().chain([("form", "wrong")]).collect();
        anna.post(path, &wrong).await.expect(403);
    }
    let octets = Some("application/octet-stream");
    anna.send(Method::POST, &format!("{folder}/upload?name=c.docx&size=1"), octets, vec![]).await.expect(403);
    anna.send(Method::PATCH, &format!("/upload/{up}"), octets, b"four".to_vec()).await.expect(403);
    anna.send(Method::DELETE, &format!("/upload/{up}"), None, vec![]).await.expect(403);
    // Nor by one that another site sends with our mark.
    anna.headers.push(("sec-fetch-site", "cross-site".to_owned()));
    anna.submit(&page, &sent[0].0, &sent[0].1).await.expect(403);
    anna.headers.clear();
    assert_eq!(names(&anna.get(&folder).await), ["a.docx"]);
    assert_eq!(piece(&mut anna, &up, 0, b"four").await.expect(200).json()["done"]["as"], "new");
}
