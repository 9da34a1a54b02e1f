//! The command line as scripts see it: exit codes, stdout for data, stderr for words, an example in every help.

mod common;

use common::{beaconfire, fixture_folder};
use std::fs;

#[test]
fn every_command_has_a_help_with_an_example() {
    let listed = beaconfire(&["generate", "cli"]);
    assert_eq!(listed.code, 0, "{}", listed.err);
    let sections: Vec<&str> = listed.out.split("\n## `").skip(1).collect();
    assert!(sections.len() > 20, "{} commands", sections.len());
    for section in sections {
        let (name, help) = section.split_once('`').expect("a name");
        assert!(help.contains("Example"), "{name} has no example");
        assert!(help.contains("Usage: beaconfire"), "{name}");
    }
}

#[test]
fn a_wrong_use_exits_with_2_and_words_on_stderr() {
    for args in [
        &["nothing"][..],
        &["demo", "--speed", "0"],
        &["check"],
        &["detect", "none", "x.csv"],
        &["journal", "verify", "--data", "nowhere"],
    ] {
        let run = beaconfire(args);
        assert_eq!(run.code, 2, "{args:?}: {}", run.err);
        assert!(run.out.is_empty() && !run.err.is_empty(), "{args:?}");
    }
}

#[test]
fn packs_check_shows_line_caret_and_mend_and_exits_with_1() {
    let folder = fixture_folder();
    let pack = fs::read_to_string(common::root().join("packs/earthquake/pack.toml")).expect("a pack");
    let broken = pack
        .replace("within_minutes = 15", "within_minutes = 0")
        .replace("kind = \"earth", "kinds = \"earth");
    let path = folder.path().join("earthquake");
    fs::create_dir(&path).expect("made");
    fs::write(path.join("pack.toml"), &broken).expect("written");
    let run = beaconfire(&["packs", "check", path.to_str().expect("a path")]);
    assert_eq!(run.code, 1, "{}", run.err);
    let line = broken.lines().position(|line| line.starts_with("kinds")).expect("there") + 1;
    assert!(run.err.contains(&format!("pack.toml:{line}:1")), "{}", run.err);
    assert!(run.err.contains("^") && run.err.contains("unknown field `kinds`"), "{}", run.err);

    fs::write(path.join("pack.toml"), pack.replace("within_minutes = 15", "within_minutes = 0"))
        .expect("written");
    let run = beaconfire(&["packs", "check", path.to_str().expect("a path")]);
    assert!(run.err.contains("write 1 to 10080 minutes"), "{}", run.err);

    let good = beaconfire(&["packs", "check", common::root().join("packs").to_str().expect("a path")]);
    assert_eq!((good.code, good.out.lines().count()), (0, 4), "{}", good.err);
}

#[test]
fn kinds_are_listed_as_markdown_and_json() {
    let page = beaconfire(&["kinds"]);
    assert!(
        page.out.contains("### `ears`")
            && page.out.contains("### `webhook`")
            && page.out.contains("### `cap`")
    );
    let json = beaconfire(&["kinds", "--format", "json"]);
    let kinds: serde_json::Value = serde_json::from_str(&json.out).expect("JSON");
    for list in ["sources", "detectors", "channels"] {
        let all = kinds[list].as_array().expect(list);
        assert!(
            all.len() >= 3 && all.iter().all(|kind| kind["example"].as_str().is_some_and(|e| !e.is_empty()))
        );
    }
}

#[test]
fn the_configuration_is_checked_whole_before_anything_starts() {
    let folder = fixture_folder();
    let config = folder.path().join("beaconfire.toml");
    fs::write(&config, "mode = \"live\"\ndata = 3\n").expect("written");
    let run = beaconfire(&["serve", "--config", config.to_str().expect("a path")]);
    assert_eq!(run.code, 2);
    assert!(run.err.contains("beaconfire.toml:2:8") && run.err.contains("^"), "{}", run.err);
    assert_eq!(fs::read_dir(folder.path()).expect("read").count(), 1, "nothing else was made");
    let example = common::root().join("docs/beaconfire.example.toml");
    let run = beaconfire(&["serve", "--check", "--config", example.to_str().expect("a path")]);
    assert_eq!(run.code, 0, "{}", run.err);
}

#[test]
fn accounts_and_tokens_are_made_listed_and_ended() {
    let folder = fixture_folder();
    let data = folder.path().to_str().expect("a path");
    let create = ["account", "create", "--data", data, "--login", "ana", "--name", "Ana", "--role", "author"];
    let made = common::beaconfire_with(&create, b"correct horse battery\n");
    assert_eq!(made.code, 0, "{}", made.err);
    assert!(made.out.starts_with("op-"), "{}", made.out);
    let short = common::beaconfire_with(&create, b"short\n");
    assert_eq!(short.code, 2, "a short password, and the login is taken");
    let list = || beaconfire(&["account", "list", "--data", data]).out;
    assert!(list().contains("\tana\tauthor\tactive"), "{}", list());
    let once = beaconfire(&["account", "sign-in", "ana", "--data", data]);
    assert!(once.code == 0 && once.out.starts_with("once_"), "{}", once.err);
    assert_eq!(beaconfire(&["account", "setup-token", "--data", data]).code, 2, "there is an account");
    assert_eq!(beaconfire(&["account", "disable", "ana", "--data", data]).code, 0);
    assert_eq!(beaconfire(&["account", "disable", "bob", "--data", data]).code, 1);
    assert!(list().contains("\tdisabled"), "{}", list());

    let token = beaconfire(&["token", "create", "--data", data, "--name", "g", "--scope", "intake:gauges"]);
    assert!(token.code == 0 && token.out.starts_with("bf_"), "{}", token.err);
    assert_eq!(beaconfire(&["token", "create", "--data", data, "--name", "g", "--scope", "all"]).code, 2);
    let listed = beaconfire(&["token", "list", "--data", data]).out;
    assert!(listed.contains("intake:gauges") && !listed.contains(token.out.trim()), "{listed}");
    let id = listed.split('\t').next().expect("an id").to_owned();
    assert_eq!(beaconfire(&["token", "revoke", &id, "--data", data]).code, 0);
    assert_eq!(beaconfire(&["token", "revoke", &id, "--data", data]).code, 1);
}

#[test]
fn a_crash_point_that_is_no_number_is_refused() {
    let run = common::program(&["kinds"]).env("BEACONFIRE_CRASH_AT", "soon").output().expect("runs");
    assert_eq!(run.status.code(), Some(2));
}
