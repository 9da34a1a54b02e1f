//! What only one crate may do: SQL in store, serving HTTP in serve, calling HTTP in flow.

use serde_json::Value;

use super::Finding;
use super::layers::{list, members};
use super::source::Source;
use super::tree::File;

/// A package, and who may depend on it outside tests.
const OWNERS: [(&str, &[&str]); 8] = [
    ("rusqlite", &["beaconfire-store", "xtask"]),
    ("tokio-postgres", &["beaconfire-store"]),
    ("async-nats", &["beaconfire-store"]),
    ("axum", &["beaconfire-serve"]),
    ("tower-http", &["beaconfire-serve"]),
    ("hyper", &["beaconfire-serve"]),
    ("reqwest", &["beaconfire-flow", "beaconfire"]),
    ("quick-xml", &["beaconfire-cap", "beaconfire-flow"]),
];

const STATEMENTS: [&str; 9] = [
    "SELECT ",
    "INSERT INTO ",
    "INSERT OR ",
    "DELETE FROM ",
    "CREATE TABLE ",
    "CREATE INDEX ",
    "DROP TABLE ",
    "PRAGMA ",
    "ON CONFLICT",
];

/// Packages used by a crate that is not their owner.
pub fn dependencies(metadata: &Value) -> Vec<Finding> {
    let mut findings = Vec::new();
    for package in members(metadata) {
        let name = package["name"].as_str().unwrap_or_default();
        for dependency in list(&package["dependencies"]).iter().filter(|d| d["kind"].as_str() != Some("dev"))
        {
            let on = dependency["name"].as_str().unwrap_or_default();
            let owner = OWNERS.iter().find(|(owned, _)| *owned == on);
            if let Some((_, owners)) = owner
                && !owners.contains(&name)
            {
                findings.push(Finding::of(
                    &format!("the manifest of {name}"),
                    format!("depends on {on}, which is for {} alone", owners.join(" and ")),
                ));
            }
        }
    }
    findings
}

/// SQL outside store.
pub fn sql(files: &[File]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in files.iter().filter(|f| f.path.starts_with("crates/") && !f.path.starts_with("crates/store/"))
    {
        if file.has_extension(&["sql"]) {
            findings.push(Finding::of(&file.path, "is SQL outside crates/store: move it there"));
        }
        if !file.has_extension(&["rs"]) {
            continue;
        }
        let source = Source::read(&file.text);
        for (i, (bare, code)) in source.bare().lines().zip(source.code().lines()).enumerate() {
            let statement = STATEMENTS.iter().find(|s| bare.contains(*s));
            let name = ["rusqlite", "tokio_postgres"].into_iter().find(|n| code.contains(n));
            if let Some(what) = statement.copied().or(name) {
                findings.push(Finding::at(
                    &file.path,
                    i + 1,
                    format!(
                        "names `{}`: only crates/store knows SQL; give store a function for it",
                        what.trim()
                    ),
                ));
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_owners_depend() {
        let metadata = |kind: Value| {
            json!({
                "workspace_members": ["s"],
                "packages": [{"id": "s", "name": "beaconfire-flow", "dependencies": [{"name": "axum", "kind": kind}]}],
            })
        };
        assert_eq!(dependencies(&metadata(Value::Null)).len(), 1);
        assert_eq!(dependencies(&metadata(json!("dev"))), []);
    }

    #[test]
    fn sql_lives_in_store() {
        let file = |path: &str| File { path: path.into(), text: "\nf(\"SELECT a FROM b\");\n".into() };
        assert_eq!(sql(&[file("crates/flow/src/a.rs")])[0].line, 2);
        assert_eq!(sql(&[file("crates/store/src/a.rs")]), []);
    }
}
