//! The size of what is built on: few features, few packages in the lockfile.

use serde_json::Value;

use super::Finding;
use super::layers::members;
use super::tree::File;

const MOST_FEATURES: usize = 4;
const MOST_LOCKED: usize = 450;

/// A binary with too many features.
pub fn binary(metadata: &Value) -> Vec<Finding> {
    let features = members(metadata)
        .find(|p| p["name"] == "beaconfire")
        .and_then(|p| p["features"].as_object())
        .map_or(0, |features| features.keys().filter(|k| *k != "default").count());
    if features <= MOST_FEATURES {
        return Vec::new();
    }
    vec![Finding::of(
        "crates/beaconfire/Cargo.toml",
        format!("has {features} features, more than {MOST_FEATURES}: make it a setting instead"),
    )]
}

/// A lockfile with too many packages.
pub fn lockfile(files: &[File]) -> Vec<Finding> {
    let text = files.iter().find(|f| f.path == "Cargo.lock").map_or("", |f| &f.text);
    let locked = text.lines().filter(|l| *l == "[[package]]").count();
    if locked <= MOST_LOCKED {
        return Vec::new();
    }
    vec![Finding::of(
        "Cargo.lock",
        format!(
            "locks {locked} packages, more than {MOST_LOCKED}: find what the last dependency brought (cargo tree)"
        ),
    )]
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn both_limits_hold() {
        let lock = |n| vec![File { path: "Cargo.lock".into(), text: "[[package]]\n".repeat(n) }];
        assert_eq!(lockfile(&lock(450)), []);
        assert_eq!(lockfile(&lock(451)).len(), 1);
        let metadata = json!({
            "workspace_members": ["b"],
            "packages": [{"id": "b", "name": "beaconfire", "features": {"default": [], "a": [], "b": [], "c": [], "d": [], "e": []}}],
        });
        assert_eq!(binary(&metadata).len(), 1);
    }
}
