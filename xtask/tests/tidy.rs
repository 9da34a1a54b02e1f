//! The rules of the house, held: layers, purity, ownership, length, docs, words, licences.

use xtask::house;
use xtask::tidy::{self, Finding, tree};

#[test]
fn dependencies_point_one_way() {
    hold(tidy::layers::findings(&house::metadata().unwrap()));
}

#[test]
fn pure_crates_reach_no_runtime_file_socket_clock_or_chance() {
    let (metadata, built) = (house::metadata().unwrap(), house::built().unwrap());
    hold(tidy::purity::dependencies(&metadata, &built));
}

#[test]
fn pure_crates_name_no_file_socket_clock_or_chance() {
    hold(tidy::purity::text(&tree::files().unwrap()));
}

#[test]
fn pure_crates_forbid_clocks_and_files_to_clippy() {
    hold(tidy::purity::clippy(&tree::files().unwrap()));
}

#[test]
fn only_store_knows_sql() {
    hold(tidy::ownership::sql(&tree::files().unwrap()));
}

#[test]
fn only_serve_serves_http_and_only_flow_calls_it() {
    hold(tidy::ownership::dependencies(&house::metadata().unwrap()));
}

#[test]
fn no_file_is_longer_than_800_lines() {
    hold(tidy::length::findings(&tree::files().unwrap()));
}

#[test]
fn every_rust_file_opens_with_module_docs() {
    hold(tidy::docs::findings(&tree::files().unwrap()));
}

#[test]
fn nothing_unwraps_outside_tests() {
    hold(tidy::unwraps::findings(&tree::files().unwrap()));
}

#[test]
fn no_file_names_a_path_of_one_machine() {
    hold(tidy::paths::findings(&tree::files().unwrap()));
}

#[test]
fn the_project_speaks_of_itself_alone() {
    hold(tidy::words::findings(&tree::files().unwrap()));
}

#[test]
fn the_architecture_page_names_what_is_there() {
    hold(tidy::architecture::findings(&tree::files().unwrap()));
}

#[test]
fn licences_sources_and_bans_hold() {
    let (metadata, built) = (house::metadata().unwrap(), house::built().unwrap());
    assert!(built.len() > 100, "{} packages are built", built.len());
    hold(tidy::licences::packages(&metadata, &built));
}

#[test]
fn deny_toml_says_what_the_tests_hold() {
    hold(tidy::licences::deny(&tree::files().unwrap()));
}

#[test]
fn the_binary_has_few_features_and_the_lockfile_few_packages() {
    hold(tidy::features::binary(&house::metadata().unwrap()));
    hold(tidy::features::lockfile(&tree::files().unwrap()));
}

#[test]
fn cargo_deny_agrees() {
    let probe = house::cargo().args(["deny", "--version"]).output();
    if !probe.is_ok_and(|out| out.status.success()) {
        eprintln!(
            "skipped: cargo deny: cargo-deny is not installed; licences, sources and bans were held by the tidy tests, advisories were not looked at"
        );
        return;
    }
    let check = ["deny", "--offline", "check", "bans", "licenses", "sources"];
    let out = house::cargo().args(check).output().unwrap();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));

    let advisories = house::cargo().args(["deny", "check", "advisories"]).output().unwrap();
    let words = String::from_utf8_lossy(&advisories.stderr).into_owned();
    if !advisories.status.success() && words.contains("failed to fetch advisory database") {
        eprintln!("skipped: advisories: their database cannot be reached");
        return;
    }
    assert!(advisories.status.success(), "{words}");
}

#[track_caller]
fn hold(findings: Vec<Finding>) {
    let lines: Vec<String> = findings.iter().map(Finding::to_string).collect();
    assert!(lines.is_empty(), "{} to mend:\n{}\n", lines.len(), lines.join("\n"));
}
