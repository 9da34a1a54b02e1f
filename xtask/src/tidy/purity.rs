//! The pure crates (cap, cover, geo, detect, core): no runtime, file, socket, clock or chance in
//! reach, by what they depend on, by what their text names, and by their own `clippy.toml`.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::Finding;
use super::layers::{list, members};
use super::licences::name_and_version;
use super::source::Source;
use super::tree::File;

const PURE: [&str; 5] = ["cap", "cover", "geo", "detect", "core"];

const CLOSED_TO: [&str; 14] = [
    "async-std",
    "axum",
    "getrandom",
    "hyper",
    "mio",
    "rand",
    "rand_core",
    "reqwest",
    "rusqlite",
    "smol",
    "socket2",
    "tokio",
    "ureq",
    "uuid",
];

const UNNAMED: [&str; 14] = [
    "std::fs",
    "std::net",
    "std::env",
    "std::process",
    "std::thread",
    "fs::read",
    "fs::File",
    "env::var",
    "SystemTime",
    "Instant::now",
    "Timestamp::now",
    "Zoned::now",
    "RandomState",
    "thread_rng",
];

const FORBIDDEN_IN_CLIPPY: [&str; 6] = [
    "std::time::Instant::now",
    "std::time::SystemTime::now",
    "jiff::Timestamp::now",
    "jiff::Zoned::now",
    "std::fs::write",
    "std::process::Command",
];

/// Impure packages in what the pure crates normally depend on, with the way there.
///
/// The metadata also list packages that no feature really brings (cargo counts `package?/feature`), so only those
/// in `built` are looked at.
pub fn dependencies(metadata: &Value, built: &BTreeSet<String>) -> Vec<Finding> {
    let names: BTreeMap<&str, &str> = list(&metadata["packages"])
        .iter()
        .filter(|p| built.contains(&name_and_version(p)))
        .filter_map(|p| Some((p["id"].as_str()?, p["name"].as_str()?)))
        .collect();
    let edges: BTreeMap<&str, Vec<&str>> = list(&metadata["resolve"]["nodes"])
        .iter()
        .filter_map(|node| Some((node["id"].as_str()?, normal_edges(node))))
        .collect();
    let mut findings = Vec::new();
    for package in members(metadata) {
        let name = package["name"].as_str().unwrap_or_default();
        if !PURE.iter().any(|pure| name.strip_prefix("beaconfire-") == Some(pure)) {
            continue;
        }
        let start = package["id"].as_str().unwrap_or_default();
        for way in ways_to_impurity(start, &edges, &names) {
            findings.push(Finding::of(
                &format!("the manifest of {name}"),
                format!("reaches {way}: move what needs it to store, flow or the binary"),
            ));
        }
    }
    findings
}

/// Names of the outside world in the text of the pure crates, outside tests.
pub fn text(files: &[File]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in files.iter().filter(|f| is_pure(f) && !f.is_test()) {
        let source = Source::read(&file.text).without_tests();
        for (i, line) in source.code().lines().enumerate() {
            for name in UNNAMED.iter().filter(|name| names(line, name)) {
                findings.push(Finding::at(
                    &file.path,
                    i + 1,
                    format!("names {name}: pure crates take time, bytes and settings as parameters"),
                ));
            }
        }
    }
    findings
}

/// Pure crates without a `clippy.toml` that forbids clocks, files and processes.
pub fn clippy(files: &[File]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for pure in PURE {
        let path = format!("crates/{pure}/clippy.toml");
        let text = files.iter().find(|f| f.path == path).map_or("", |f| &f.text);
        for name in FORBIDDEN_IN_CLIPPY.iter().filter(|name| !text.contains(*name)) {
            findings.push(Finding::of(
                &path,
                format!("does not forbid {name}: list it as in the other pure crates"),
            ));
        }
    }
    findings
}

fn is_pure(file: &File) -> bool {
    let mut parts = file.path.split('/');
    parts.next() == Some("crates")
        && parts.next().is_some_and(|name| PURE.contains(&name))
        && parts.next() == Some("src")
        && file.has_extension(&["rs"])
}

/// Whether a line of code names `name` as a whole path.
fn names(line: &str, name: &str) -> bool {
    line.match_indices(name).any(|(at, found)| {
        let before = line[..at].chars().next_back();
        let after = line[at + found.len()..].chars().next();
        !before.is_some_and(is_word) && !after.is_some_and(is_word)
    })
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn normal_edges(node: &Value) -> Vec<&str> {
    list(&node["deps"])
        .iter()
        .filter(|dep| list(&dep["dep_kinds"]).iter().any(|kind| kind["kind"].is_null()))
        .filter_map(|dep| dep["pkg"].as_str())
        .collect()
}

fn ways_to_impurity(
    start: &str,
    edges: &BTreeMap<&str, Vec<&str>>,
    names: &BTreeMap<&str, &str>,
) -> Vec<String> {
    let mut seen = BTreeSet::from([start]);
    let mut open = vec![(start, String::new())];
    let mut ways = Vec::new();
    while let Some((id, way)) = open.pop() {
        for next in edges.get(id).into_iter().flatten() {
            let Some(name) = names.get(next).copied() else { continue };
            let way = if way.is_empty() { name.to_owned() } else { format!("{way} -> {name}") };
            if !seen.insert(next) {
                continue;
            }
            if CLOSED_TO.contains(&name) {
                ways.push(way);
            } else {
                open.push((next, way));
            }
        }
    }
    ways
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_runtime_two_steps_away_is_found() {
        let node = |id: &str, on: &str, kind: Value| json!({"id": id, "deps": [{"pkg": on, "dep_kinds": [{"kind": kind}]}]});
        let metadata = |kind: Value| {
            json!({
                "workspace_members": ["core"],
                "packages": [
                    {"id": "core", "name": "beaconfire-core", "version": "1"},
                    {"id": "m", "name": "middle", "version": "1"},
                    {"id": "t", "name": "tokio", "version": "1"},
                ],
                "resolve": {"nodes": [node("core", "m", Value::Null), node("m", "t", kind)]},
            })
        };
        let built = BTreeSet::from(["beaconfire-core v1", "middle v1", "tokio v1"].map(str::to_owned));
        let found = dependencies(&metadata(Value::Null), &built);
        assert!(found[0].text.contains("middle -> tokio"), "{found:?}");
        assert_eq!(dependencies(&metadata(json!("dev")), &built), []);
        let not_built = BTreeSet::from(["beaconfire-core v1", "middle v1"].map(str::to_owned));
        assert_eq!(dependencies(&metadata(Value::Null), &not_built), []);
    }

    #[test]
    fn a_clock_in_code_is_found_and_one_in_words_or_tests_is_not() {
        let text_of = |text: &str| text_of_file("crates/geo/src/lib.rs", text);
        assert_eq!(text_of("fn a() { jiff::Timestamp::now(); }\n")[0].line, 1);
        assert_eq!(text_of("// std::fs\n#[cfg(test)]\nmod tests { use std::fs; }\n"), []);
        assert_eq!(text_of_file("crates/flow/src/lib.rs", "use std::fs;"), []);
    }

    fn text_of_file(path: &str, content: &str) -> Vec<Finding> {
        text(&[File { path: path.into(), text: content.into() }])
    }
}
