use std::io::Write as _;

use super::*;
use crate::settings::{LogFormat, Period, Size};

fn file(text: &str) -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(text.as_bytes()).unwrap();
    file
}

fn load(text: &str, environment: &[(&str, &str)], flags: &[(&str, &str)]) -> Result<Loaded, SettingsError> {
    let owned = |pairs: &[(&str, &str)]| pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
    let file = file(text);
    Settings::load(&Sources {
        file: FileChoice::Named(file.path().to_owned()),
        environment: owned(environment),
        flags: owned(flags),
    })
}

fn refusal(text: &str, environment: &[(&str, &str)], flags: &[(&str, &str)]) -> String {
    load(text, environment, flags).unwrap_err().to_string()
}

#[test]
fn nothing_set_gives_the_defaults() {
    let loaded = Settings::load(&Sources { file: FileChoice::Nothing, ..Sources::default() }).unwrap();
    assert_eq!(loaded.settings, Settings::default());
    assert!(loaded.shown().iter().all(|shown| shown.origin == Origin::Default));
}

#[test]
fn the_default_file_sets_every_key_to_its_default() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("config/lockhouse.toml");
    let loaded = Settings::load(&Sources { file: FileChoice::Named(path), ..Sources::default() }).unwrap();
    assert_eq!(loaded.settings, Settings::default());
    for shown in loaded.shown() {
        assert!(matches!(shown.origin, Origin::File { .. }), "{} is missing in the file", shown.key);
    }
}

#[test]
fn the_production_example_can_be_used() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("config/production.toml");
    let loaded = Settings::load(&Sources { file: FileChoice::Named(path), ..Sources::default() }).unwrap();
    assert!(loaded.settings.public_url.is_some_and(|url| url.is_https()));
}

#[test]
fn each_source_wins_over_the_one_before() {
    let text = "listen = \"127.0.0.1:1\"\n[log]\nformat = \"json\"\nfilter = \"debug\"\n";
    let variables = [("LOCKHOUSE_LISTEN", "127.0.0.1:2"), ("LOCKHOUSE_LOG__FILTER", "warn"), ("PATH", "/bin")];
    let loaded = load(text, &variables, &[("listen", "127.0.0.1:3")]).unwrap();
    assert_eq!(loaded.settings.listen.port(), 3);
    assert_eq!(loaded.settings.log.filter, "warn");
    assert_eq!(loaded.settings.log.format, LogFormat::Json);
    assert_eq!(loaded.origin("listen").to_string(), "flag --listen");
    assert_eq!(loaded.origin("log.filter").to_string(), "environment LOCKHOUSE_LOG__FILTER");
    assert!(loaded.origin("log.format").to_string().ends_with(":3"));
    assert_eq!(loaded.origin("workers"), Origin::Default);
}

#[test]
fn every_kind_of_value_can_come_from_the_environment() {
    let variables = [
        ("LOCKHOUSE_DATA_DIR", "/srv/x"),
        ("LOCKHOUSE_PUBLIC_URL", "https://docs.example.org/"),
        ("LOCKHOUSE_TRUSTED_PROXIES", "10.0.0.0/8, ::1"),
        ("LOCKHOUSE_ALLOW_PLAIN_HTTP", "true"),
        ("LOCKHOUSE_WORKERS", "3"),
        ("LOCKHOUSE_LIMITS__BODY", "10 MiB"),
        ("LOCKHOUSE_HISTORY__KEEP_FOR", "90d"),
        ("LOCKHOUSE_TEST_ROUNDS", "7"),
        ("LOCKHOUSE_CONFIG", "elsewhere"),
    ];
    let settings = load("", &variables, &[]).unwrap().settings;
    assert_eq!(settings.data_dir, Path::new("/srv/x"));
    assert_eq!(settings.public_url.unwrap().as_str(), "https://docs.example.org");
    assert!(settings.trusted_proxies.contain("10.1.1.1".parse().unwrap()));
    assert!(settings.allow_plain_http);
    assert_eq!(settings.workers, 3);
    assert_eq!(settings.limits.body, Size::mib(10));
    assert_eq!(settings.history.keep_for, Some(Period::days(90)));
}

#[test]
fn every_key_has_a_variable_that_sets_it() {
    for shown in Settings::load(&Sources { file: FileChoice::Nothing, ..Sources::default() }).unwrap().shown() {
        let value = shown.value.replace(['"', '[', ']'], "");
        let variable = variable(&shown.key);
        let loaded = load("", &[(&variable, &value)], &[]).unwrap_or_else(|error| panic!("{variable}: {error}"));
        assert_eq!(loaded.settings, Settings::default(), "{variable}={value}");
        assert_eq!(loaded.origin(&shown.key), Origin::Variable(variable));
    }
}

#[test]
fn an_empty_text_unsets_what_a_file_set() {
    let loaded = load("public_url = \"https://x\"", &[("LOCKHOUSE_PUBLIC_URL", "")], &[]).unwrap();
    assert_eq!(loaded.settings.public_url, None);
}

#[test]
fn an_unknown_key_is_refused_with_its_place_and_the_nearest_name() {
    let error = refusal("workers = 1\n[limits]\nbdoy = \"1 MiB\"\n", &[], &[]);
    assert!(error.contains("no setting `limits.bdoy`") && error.contains(":3)"), "{error}");
    assert!(error.ends_with("did you mean `limits.body`?"), "{error}");
    let error = refusal("[limit]\nbody = 1\n", &[], &[]);
    assert!(error.ends_with("did you mean `limits.body`?"), "{error}");
    assert_eq!(
        refusal("", &[("LOCKHOUSE_LISTEM", "x")], &[]),
        "there is no setting `LOCKHOUSE_LISTEM` (environment LOCKHOUSE_LISTEM); did you mean `LOCKHOUSE_LISTEN`?"
    );
    assert!(refusal("", &[("LOCKHOUSE_LIMITS_BODY", "1")], &[]).ends_with("did you mean `LOCKHOUSE_LIMITS__BODY`?"));
    assert!(refusal("", &[], &[("zzzz", "1")]).ends_with("(flag --zzzz)"));
}

#[test]
fn a_value_that_does_not_fit_is_refused_with_its_key_and_place() {
    for (text, parts) in [
        ("[limits]\nbody = \"much\"\n", ["`limits.body`", ":2)", "no size"]),
        ("[limits]\nkeep_alive = 30\n", ["`limits.keep_alive`", ":2)", "no duration"]),
        ("listen = \"here\"\n", ["`listen`", ":1)", "socket address"]),
        ("allow_plain_http = \"perhaps\"\n", ["`allow_plain_http`", ":1)", "boolean"]),
        ("trusted_proxies = [\"::1\", \"x\"]\n", ["`trusted_proxies", ":1)", "no address"]),
        ("public_url = \"x\"\n", ["`public_url`", ":1)", "https://"]),
        ("[log]\nformat = \"xml\"\n", ["`log.format`", ":2)", "xml"]),
        ("workers = 70000\n", ["`workers`", ":1)", "70000"]),
    ] {
        let error = refusal(text, &[], &[]);
        assert!(parts.iter().all(|part| error.contains(part)), "{text}: {error}");
    }
}

#[test]
fn a_section_is_not_a_value_and_a_value_no_section() {
    assert!(refusal("limits = 5\n", &[], &[]).contains("`limits`"));
    assert!(refusal("[listen]\nport = 1\n", &[], &[]).contains("`listen.port`"));
}

#[test]
fn values_that_contradict_each_other_are_refused() {
    for (text, key) in [
        ("[tls]\ncertificate = \"a.pem\"\n", "tls.certificate"),
        ("[tokens]\nkey_retire = \"1h\"\n", "tokens.key_retire"),
        ("[limits]\nhead = \"1 MiB\"\n", "limits.head"),
        ("[limits]\nbody = 0\n", "limits.body"),
        ("[oauth]\nregions = [\"eu=http://x\"]\n", "oauth.regions"),
        ("[oauth]\nsession_context = \"ä\"\n", "oauth.session_context"),
        ("[office]\nandroid_apps = [\"a/b/c\"]\n", "office.android_apps"),
        ("[office]\nprovider_id = \"a,b\"\n", "office.provider_id"),
    ] {
        let error = refusal(text, &[], &[]);
        assert!(error.contains(&format!("`{key}`")) && error.contains(":2)"), "{error}");
    }
}

#[test]
fn a_file_that_is_absent_or_broken_is_named() {
    let absent = Sources { file: FileChoice::Named("/nowhere/x.toml".into()), ..Sources::default() };
    assert!(Settings::load(&absent).unwrap_err().to_string().contains("/nowhere/x.toml"));
    assert!(refusal("listen = \n", &[], &[]).contains("line 1"));
}

#[test]
fn discovery_documents_are_fetched_as_often_as_editors_expect() {
    let editors = Settings::default().editors;
    let hours = editors.refresh.get().as_secs() / 3600;
    assert!((12..=24).contains(&hours), "web-host.md rule W-1: {hours} hours");
    assert_eq!(editors.early_refresh.get().as_secs(), 60);
}
