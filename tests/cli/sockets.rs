//! Who answers a command: the server, the command itself, or another command.

use std::{
    fs,
    os::unix::{fs::PermissionsExt as _, net::UnixListener},
    process::{Command, Stdio},
};

use crate::{
    House,
    support::{Binary, Start, noise},
};

fn command(house: &House, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lockhouse"));
    command
        .args(arguments)
        .arg("--data-dir")
        .arg(house.binary().data_dir())
        .env("LOCKHOUSE_STORAGE__FREE_SPACE_FLOOR", "0 B")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

#[test]
fn commands_at_the_same_time_all_succeed() {
    let house = House::quiet();
    house.add("anna");
    let large = noise(3, 5_000_000);
    let folder = house.folder("in", &[("a.docx", b"a"), ("large", &large)]);
    let source = folder.to_str().unwrap();
    let children: Vec<_> = (0..6)
        .map(|n| {
            let into = format!("/copy{n}");
            let import = ["import", source, "--owner", "anna", "--into", &into];
            let listing = ["user", "list", "--json"];
            let arguments: &[&str] = if n % 2 == 0 { &import } else { &listing };
            command(&house, arguments).spawn().unwrap()
        })
        .collect();
    for child in children {
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{output:?}");
    }
    assert_eq!(house.names("anna:/"), ["copy0/", "copy2/", "copy4/"]);
    for copy in ["copy0", "copy2", "copy4"] {
        assert_eq!(house.names(&format!("anna:/{copy}")), ["a.docx", "large"]);
    }
}

#[test]
fn a_data_directory_with_a_long_path_works() {
    let house = House::quiet();
    // Too long for the path of a Unix socket, which has 107 bytes.
    let long = house.binary().scratch().join("x".repeat(150)).join("y".repeat(150));
    let run = |arguments: &[&str], stdin: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_lockhouse"));
        command.args(arguments).arg("--data-dir").arg(&long).env("LOCKHOUSE_STORAGE__FREE_SPACE_FLOOR", "0 B");
        crate::support::binary::run(command, stdin)
    };
    let added = run(&["user", "add", "anna", "--password-stdin"], "a long password");
    assert!(added.status.success(), "{added:?}");
    let listed = run(&["user", "list"], "");
    assert!(listed.stdout.contains("anna"), "{listed:?}");
}

#[test]
fn the_socket_is_for_its_owner_alone_and_goes_with_the_server() {
    let mut binary = Binary::serve();
    let socket = binary.data_dir().join("admin.sock");
    assert_eq!(fs::metadata(&socket).unwrap().permissions().mode() & 0o777, 0o600);
    assert!(binary.terminate().success());
    assert!(!socket.exists());
    // What a killed server left behind hinders neither commands nor the next server.
    binary.launch();
    binary.kill();
    assert!(socket.exists());
    binary.add_user("anna", &[]);
    binary.launch();
    assert!(binary.cli_ok(&["user", "list"], "").stdout.contains("anna"));
}

#[test]
fn a_second_server_and_a_foreign_socket_are_told_in_words() {
    let house = House::serving();
    house.refused("serve --listen 127.0.0.1:0", 4, &["in use by process", "--data-dir"]);

    let quiet = House::quiet();
    quiet.add("anna");
    // Nobody listens, or somebody who is not Lockhouse.
    let socket = quiet.binary().data_dir().join("admin.sock");
    drop(UnixListener::bind(&socket).unwrap());
    assert!(quiet.ok("user list").contains("anna"));
    assert!(!socket.exists());
}

#[test]
fn only_the_first_user_makes_a_data_directory() {
    let house = House::quiet();
    for arguments in ["user list", "ls", "bin list", "collect"] {
        house.refused(arguments, 5, &["no Lockhouse data", "--data-dir", "lockhouse serve"]);
    }
    assert!(!house.binary().data_dir().exists());
    house.add("anna");
    assert!(house.ok("user list").contains("anna"));
}

#[test]
fn wrong_arguments_and_settings_have_a_code_of_their_own() {
    let house = House(Binary::stopped_with(Start::default().set("LOCKHOUSE_LISTENN", "1")));
    house.refused("ls", 2, &["LOCKHOUSE_LISTENN", "did you mean `LOCKHOUSE_LISTEN`"]);
    let house = House::quiet();
    for arguments in ["nonsense", "ls --nonsense", "user", "grant anna", "token /x", "ls --listen nowhere"] {
        assert_eq!(house.run(arguments).status.code(), Some(2), "{arguments}");
    }
    house.refused("ls --config /nonexistent", 2, &["/nonexistent"]);
}

#[test]
fn results_go_to_standard_output_and_logs_only_where_asked_for() {
    let house = House::quiet();
    house.add("anna");
    assert_eq!(house.run("user list").stderr, "");
    let run = house.run("user list --verbose");
    assert!(run.status.success() && !run.stdout.contains("INFO"), "{run:?}");
}

#[test]
fn every_command_explains_itself() {
    let house = House::quiet();
    let commands = [
        "",
        "serve",
        "user",
        "user add",
        "user list",
        "user passwd",
        "user disable",
        "user rm",
        "grant",
        "revoke",
        "ls",
        "mkdir",
        "mv",
        "rm",
        "import",
        "export",
        "token",
        "bin",
        "bin list",
        "bin restore",
        "bin empty",
        "versions",
        "restore",
        "lock",
        "lock list",
        "lock show",
        "lock break",
        "collect",
        "backup",
        "restore-backup",
        "check",
        "config",
        "config show",
    ];
    for command in commands {
        let help = house.ok(format!("{command} --help").trim_start());
        assert!(help.len() > 200 && help.contains("Usage:"), "{command}: {help}");
    }
}
