//! The direction of dependencies between the project's crates.

use serde_json::Value;

use super::Finding;

/// Each package and the project's packages it may depend on.
const LAYERS: [(&str, &[&str]); 9] = [
    ("beaconfire-cap", &[]),
    ("beaconfire-cover", &[]),
    ("beaconfire-detect", &[]),
    ("beaconfire-geo", &[COVER]),
    ("beaconfire-core", &[CAP, COVER, DETECT, GEO]),
    ("beaconfire-store", &[CAP, COVER, DETECT, GEO, CORE]),
    ("beaconfire-flow", &[CAP, COVER, DETECT, GEO, CORE, STORE]),
    ("beaconfire-serve", &[CAP, COVER, DETECT, GEO, CORE, STORE, FLOW]),
    ("beaconfire", &[CAP, COVER, DETECT, GEO, CORE, STORE, FLOW, SERVE]),
];

const CAP: &str = "beaconfire-cap";
const COVER: &str = "beaconfire-cover";
const DETECT: &str = "beaconfire-detect";
const GEO: &str = "beaconfire-geo";
const CORE: &str = "beaconfire-core";
const STORE: &str = "beaconfire-store";
const FLOW: &str = "beaconfire-flow";
const SERVE: &str = "beaconfire-serve";

/// Dependencies that point the wrong way, and packages that have no place yet.
pub fn findings(metadata: &Value) -> Vec<Finding> {
    let mut findings = Vec::new();
    for package in members(metadata) {
        let name = package["name"].as_str().unwrap_or_default();
        let file = format!("the manifest of {name}");
        if name == "xtask" {
            for (on, kind) in ours(package) {
                if kind != "dev" {
                    findings.push(Finding::of(
                        &file,
                        format!("depends on {on}: xtask drives the binary from outside; use it there, or as a dev-dependency"),
                    ));
                }
            }
            continue;
        }
        let Some((_, allowed)) = LAYERS.iter().find(|(layer, _)| *layer == name) else {
            findings.push(Finding::of(
                &file,
                "has no place among the layers: give it one in xtask/src/tidy/layers.rs",
            ));
            continue;
        };
        for (on, _) in ours(package) {
            if on != name && !allowed.contains(&on) {
                let may = if allowed.is_empty() { "none of ours".to_owned() } else { allowed.join(", ") };
                findings.push(Finding::of(&file, format!("depends on {on}; it may depend on {may}")));
            }
        }
    }
    findings
}

/// The workspace's own packages.
pub fn members(metadata: &Value) -> impl Iterator<Item = &Value> {
    let ids: Vec<&str> = list(&metadata["workspace_members"]).iter().filter_map(Value::as_str).collect();
    list(&metadata["packages"]).iter().filter(move |p| p["id"].as_str().is_some_and(|id| ids.contains(&id)))
}

/// A JSON array's items; none when it is no array.
pub fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// The project's packages a package names, with the kind: `normal`, `dev` or `build`.
fn ours(package: &Value) -> Vec<(&str, &str)> {
    list(&package["dependencies"])
        .iter()
        .filter_map(|d| Some((d["name"].as_str()?, d["kind"].as_str().unwrap_or("normal"))))
        .filter(|(name, _)| name.starts_with("beaconfire"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn workspace(name: &str, on: &str, kind: Value) -> Value {
        json!({
            "workspace_members": ["x"],
            "packages": [{"id": "x", "name": name, "dependencies": [{"name": on, "kind": kind}]}],
        })
    }

    #[test]
    fn a_dependency_upwards_is_found() {
        assert_eq!(findings(&workspace(GEO, CORE, Value::Null)).len(), 1);
        assert_eq!(findings(&workspace(GEO, CORE, json!("dev"))).len(), 1);
        assert_eq!(findings(&workspace(GEO, COVER, Value::Null)), []);
    }

    #[test]
    fn xtask_may_use_crates_in_tests_only() {
        assert_eq!(findings(&workspace("xtask", CAP, Value::Null)).len(), 1);
        assert_eq!(findings(&workspace("xtask", CAP, json!("dev"))), []);
    }

    #[test]
    fn a_new_crate_needs_a_place() {
        assert_eq!(findings(&workspace("beaconfire-misc", CAP, Value::Null)).len(), 1);
    }
}
