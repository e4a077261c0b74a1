//! What each kind of editor is told in the address of its frame and in CheckFileInfo (web-host.md sections 3.1, 9.4, 10 and
//! 12.2; files.md sections 6.4 and 6.5).

use serde_json::Value;

use crate::{
    host_page::{Writer, action, collabora, office, onlyoffice, parameter},
    person::{Person, between, html, location},
    schema,
    support::Shared,
};

/// What only Collabora understands.
const OF_COLLABORA: &[&str] =
    &["EnableOwnerTermination", "EnableShare", "IsAdminUser", "UserExtraInfo", "TemplateSource"];

/// What the conformance suite knows of rule W-86.
const PAGES: &[&str] = &[
    "CloseUrl",
    "DownloadUrl",
    "FileSharingUrl",
    "FileUrl",
    "FileVersionUrl",
    "HostEditUrl",
    "HostEmbeddedViewUrl",
    "HostViewUrl",
    "SignInUrl",
    "SignoutUrl",
    "WorkflowUrl",
];

#[track_caller]
fn check(info: &Value, server: &Shared, is_collabora: bool) {
    schema::check_file_info(info);
    for name in OF_COLLABORA {
        assert!(is_collabora || info[*name].is_null(), "{name} is Collabora's alone: {info}");
    }
    for name in PAGES.iter().filter(|name| !info[**name].is_null()) {
        let url = info[*name].as_str().expect("text");
        assert!(url.starts_with(server.binary().url().trim_end_matches('/')), "{name}: {url}");
    }
    // The name of others is told to whoever may read; how to reach them is not.
    assert!(!info.to_string().contains("@secret.example"), "{info}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn w84_to_w89_every_editor_and_everybody_gets_a_valid_answer_without_what_is_anothers() {
    for (server, own) in [(collabora(), "c"), (onlyoffice(), "n"), (office(), "o")] {
        for (file, bytes) in [("a.docx", &b"text"[..]), ("empty.docx", b"")] {
            let name = |what: &str| format!("told{own}{what}{}", bytes.len());
            let mut anna = Writer::with(server, &name("anna"), file, bytes, &["--email", "anna@secret.example"]).await;
            let mut answers = Vec::new();
            let page = anna.edit().await;
            answers.push(anna.editor(&page).info().await.expect(200).json());
            for role in ["editor", "viewer"] {
                let mut person = anna.shared_with(&name(role), role).await;
                let page = person.get(&format!("/edit/{}", anna.id)).await.expect(200);
                // Nobody is shown an empty document that he cannot begin.
                if html(&page).contains("office_form") {
                    answers.push(anna.editor(&page).info().await.expect(200).json());
                }
            }
            let code = anna.link("ReadWrite").await;
            let page = Person::stranger(server.binary()).get(&format!("/s/{code}/open")).await.expect(200);
            let guest = anna.editor(&page).info().await.expect(200).json();
            assert_eq!(guest["IsAnonymousUser"], true);
            answers.push(guest);
            assert!(answers.len() >= 3);
            for info in answers {
                check(&info, server, own == "c");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn w47_only_people_of_a_business_are_announced_as_such_on_every_action_that_asks() {
    for (name, kind, expected) in
        [("w47bea", "business", Some("1")), ("w47cora", "consumer", None), ("w47edda", "education", None)]
    {
        let mut writer = Writer::with(office(), name, "a.docx", b"text", &["--kind", kind]).await;
        for page in [writer.view().await, writer.edit().await] {
            assert_eq!(parameter(&action(&page), "IsLicensedUser").as_deref(), expected, "{kind}");
            let info = writer.editor(&page).info().await.expect(200).json();
            assert_eq!(info["LicenseCheckForEditIsEnabled"], expected.is_some(), "{kind}");
            assert!(info["HostEditUrl"].is_string() && info["DownloadUrl"].is_string(), "{info}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn w49_a_folder_page_lets_the_browser_load_office_ahead_with_a_language_and_without_source_or_token() {
    let mut anna = Writer::new(office(), "w49anna", "a.docx", b"text").await;
    anna.person.headers = vec![("Accept-Language", "de".to_owned())];
    let home = anna.person.get("/").await;
    let folder = anna.person.get(&location(&home)).await.expect(200);
    let text = html(&folder);
    let pages = between(&text, "data-ahead=\"", "\"").expect("pages to load ahead").replace("&#34;", "\"");
    let pages: Vec<String> = serde_json::from_str(&pages.replace("&#38;", "&")).unwrap();
    assert_eq!(
        pages,
        [
            "https://word.office.example/word/preload.aspx?new=1&ui=de-DE",
            "https://word.office.example/word/preload.aspx?ui=de-DE"
        ]
    );
    let policy = folder.header("content-security-policy").unwrap();
    assert!(policy.contains("; frame-src https://word.office.example"), "{policy}");
    // Other pages hold no frames, and other editors have nothing to load ahead.
    let account = anna.person.get("/account").await.expect(200);
    assert!(!account.header("content-security-policy").unwrap().contains("frame-src"));
    let mut ben = Writer::new(collabora(), "w49ben", "a.docx", b"text").await;
    let home = ben.person.get("/").await;
    let folder = ben.person.get(&location(&home)).await.expect(200);
    assert!(!html(&folder).contains("data-ahead"));
    assert!(!folder.header("content-security-policy").unwrap().contains("frame-src"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn w9_w10_colours_and_session_are_filled_in_where_they_are_known_and_nothing_else_is() {
    let mut anna = Writer::new(onlyoffice(), "w10anna", "a.docx", b"text").await;
    for (prefers, theme) in [(Some("dark"), Some("2")), (Some("\"light\""), Some("1")), (None, None)] {
        anna.person.headers =
            prefers.map(|said| ("Sec-CH-Prefers-Color-Scheme", said.to_owned())).into_iter().collect();
        let url = action(&anna.edit().await);
        assert_eq!(parameter(&url, "thm").as_deref(), theme, "{prefers:?}");
        assert!(parameter(&url, "hid").is_some_and(|id| id.len() >= 16), "{url}");
        for unset in ["dchat", "embed", "fs", "rec", "sc"] {
            assert_eq!(parameter(&url, unset), None, "{unset}");
        }
        assert_eq!(url.as_str().to_lowercase().matches("wopisrc=").count(), 1, "{url}");
    }
    // Each page is a session of its own.
    let (one, two) = (anna.edit().await, anna.edit().await);
    assert_ne!(parameter(&action(&one), "hid"), parameter(&action(&two), "hid"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn w80_the_validators_category_is_the_one_that_was_asked_for() {
    let mut anna = Writer::new(office(), "w80anna", "a.wopitest", b"test").await;
    for (asked, told) in [
        ("", "All"),
        ("?testcategory=OfficeOnline", "OfficeOnline"),
        ("?testcategory=OfficeNativeClient", "OfficeNativeClient"),
        ("?testcategory=%22x", "All"),
    ] {
        let page = anna.person.get(&format!("/view/{}{asked}", anna.id)).await.expect(200);
        assert_eq!(parameter(&action(&page), "testcategory").as_deref(), Some(told), "{asked}");
    }
    let mut ben = Writer::new(office(), "w80ben", "a.docx", b"text").await;
    assert_eq!(parameter(&action(&ben.edit().await), "testcategory"), None, "other documents are no tests");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn w27_a_name_or_a_parameter_that_looks_like_markup_is_text_wherever_it_stands() {
    // Quotes and angle brackets are in no name; what stands for them may be.
    let mut anna = Writer::new(collabora(), "w27anna", "&#34;&gt;&lt;script&gt;alert('1').odt", b"text").await;
    for mode in ["edit", "view"] {
        let path = format!("/{mode}/{}?wdX=%22%3E%3Cscript%3E&%22%3E%3Cscript%3E=1", anna.id);
        let page = anna.person.get(&path).await.expect(200);
        let text = html(&page);
        assert!(text.contains("office_form"), "it opens in its editor");
        assert!(
            !text.contains("<script>") && !text.contains("&lt;script&gt;alert(") && !text.contains("\"><script"),
            "{text}"
        );
        assert!(text.contains("<title>&#38;#34;&#38;gt;&#38;lt;script&#38;gt;alert(&#39;1&#39;).odt – "), "{text}");
        assert_eq!(parameter(&action(&page), "wdX").as_deref(), Some("\"><script>"));
    }
}

/// Where Collabora and ONLYOFFICE look whether somebody else wrote meanwhile (rule W-66).
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn w66_w69a_the_time_of_a_save_is_told_and_asked_for_and_locks_are_announced() {
    for (server, name, header) in
        [(collabora(), "w66anna", "X-COOL-WOPI-Timestamp"), (onlyoffice(), "w66ben", "X-LOOL-WOPI-Timestamp")]
    {
        let mut writer = Writer::new(server, name, "a.docx", b"text").await;
        let page = writer.edit().await;
        let editor = writer.editor(&page);
        let info = editor.info().await.expect(200).json();
        assert_eq!((&info["SupportsLocks"], &info["SupportsUpdate"]), (&true.into(), &true.into()));
        let first = info["LastModifiedTime"].as_str().expect("a time").to_owned();
        editor.lock("A").await.expect(200);
        let put = |time: &str, body: &str| {
            editor.post("PUT").header("X-WOPI-Lock", "A").header(header, time).body(body.to_owned()).send()
        };
        let second = put(&first, "one").await.expect(200).text("LastModifiedTime");
        assert_ne!(first, second);
        assert_eq!(editor.info().await.text("LastModifiedTime"), second);
        let refused = put(&first, "two").await.expect(409);
        assert_eq!(
            (&refused.json()["COOLStatusCode"], &refused.json()["LOOLStatusCode"]),
            (&1010.into(), &1010.into())
        );
        assert_eq!(editor.get().await.expect(200).body, b"one");
        editor.put(Some("A"), "overwritten all the same").await.expect(200);
    }
}
