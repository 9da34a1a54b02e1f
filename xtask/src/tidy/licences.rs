//! Licences of what is built on, where it comes from, and what is kept out; `deny.toml` says the
//! same to `cargo deny`, and a test holds the two together.

use std::collections::BTreeSet;

use serde_json::Value;

use super::Finding;
use super::layers::{list, members};
use super::tree::File;

/// Licences that may be linked in.
pub const ALLOWED: [&str; 13] = [
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

/// Packages kept out: a second crypto provider, a C library where there is a better way, dead ones.
pub const BANNED: [&str; 10] = [
    "async-std",
    "chrono",
    "native-tls",
    "openssl",
    "openssl-sys",
    "ring",
    "rsa",
    "rustls-pemfile",
    "serde_yaml",
    "sqlx",
];

const REGISTRY: &str = "registry+https://github.com/rust-lang/crates.io-index";

/// Own packages under another licence, and foreign ones under none that is allowed, from another
/// place than crates.io, or banned. `built` is [`crate::house::built`]: the lockfile also names
/// packages that no feature turns on.
pub fn packages(metadata: &Value, built: &BTreeSet<String>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for package in members(metadata) {
        if package["license"] != "Apache-2.0" {
            let name = package["name"].as_str().unwrap_or_default();
            findings.push(Finding::of(
                &format!("the manifest of {name}"),
                "is not under Apache-2.0: write `license.workspace = true`",
            ));
        }
    }
    let foreign = list(&metadata["packages"])
        .iter()
        .filter(|p| !p["source"].is_null() && built.contains(&name_and_version(p)));
    for package in foreign {
        let name = package["name"].as_str().unwrap_or_default();
        let place = format!("the package {name}");
        let licence = package["license"].as_str().unwrap_or("no licence at all");
        if !is_allowed(licence) {
            findings.push(Finding::of(
                &place,
                format!("is under {licence}: find another, or argue for it in deny.toml"),
            ));
        }
        if package["source"] != REGISTRY {
            findings.push(Finding::of(
                &place,
                format!("comes from {}: only crates.io is allowed", package["source"]),
            ));
        }
        if BANNED.contains(&name) {
            findings.push(Finding::of(
                &place,
                "is banned (deny.toml says why): turn off the feature that brings it",
            ));
        }
    }
    findings
}

/// As `cargo tree` prints a package.
pub(super) fn name_and_version(package: &Value) -> String {
    let text = |key: &str| package[key].as_str().unwrap_or_default().to_owned();
    format!("{} v{}", text("name"), text("version"))
}

/// Licences and bans here that `deny.toml` does not name.
pub fn deny(files: &[File]) -> Vec<Finding> {
    let text = files.iter().find(|f| f.path == "deny.toml").map_or("", |f| &f.text);
    let unnamed = ALLOWED.iter().chain(&BANNED).filter(|name| !text.contains(&format!("\"{name}\"")));
    unnamed
        .map(|name| Finding::of("deny.toml", format!("does not name {name}, which the tidy test does")))
        .collect()
}

/// Whether an SPDX expression can be met with allowed licences: `AND` binds over `OR` only in
/// brackets here, which is how crates write it.
fn is_allowed(expression: &str) -> bool {
    let expression = expression.replace('/', " OR ");
    let mut parser = Parser { words: words(&expression), at: 0 };
    let met = parser.either();
    met && parser.at == parser.words.len()
}

fn words(expression: &str) -> Vec<String> {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ").replace(" WITH ", "+WITH+");
    spaced.split_whitespace().map(|w| w.replace("+WITH+", " WITH ")).collect()
}

struct Parser {
    words: Vec<String>,
    at: usize,
}

impl Parser {
    fn either(&mut self) -> bool {
        let mut met = self.both();
        while self.take("OR") {
            met |= self.both();
        }
        met
    }

    fn both(&mut self) -> bool {
        let mut met = self.one();
        while self.take("AND") {
            met &= self.one();
        }
        met
    }

    fn one(&mut self) -> bool {
        if self.take("(") {
            let met = self.either();
            return self.take(")") && met;
        }
        let word = self.words.get(self.at).cloned().unwrap_or_default();
        self.at += 1;
        ALLOWED.contains(&word.as_str())
    }

    fn take(&mut self, word: &str) -> bool {
        let found = self.words.get(self.at).is_some_and(|w| w == word);
        self.at += usize::from(found);
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn expressions() {
        for met in [
            "MIT",
            "MIT/Apache-2.0",
            "GPL-3.0 OR MIT",
            "(MIT OR Apache-2.0) AND Unicode-3.0",
            "Apache-2.0 WITH LLVM-exception OR GPL-2.0",
            "ISC AND (Apache-2.0 OR ISC)",
        ] {
            assert!(is_allowed(met), "{met}");
        }
        for unmet in
            ["GPL-3.0", "MIT AND GPL-3.0", "no licence at all", "", "(GPL-3.0 OR MPL-2.0) AND MIT", "MIT)"]
        {
            assert!(!is_allowed(unmet), "{unmet}");
        }
    }

    #[test]
    fn foreign_packages_are_looked_at() {
        let metadata = json!({
            "workspace_members": ["a"],
            "packages": [
                {"id": "a", "name": "beaconfire-cap", "license": "MIT", "source": null},
                {"id": "b", "name": "openssl", "version": "1.0.0", "license": "GPL-3.0", "source": "git+https://example.org"},
                {"id": "c", "name": "ring", "version": "0.17.0", "license": "ISC", "source": REGISTRY},
            ],
        });
        let built = BTreeSet::from(["openssl v1.0.0".to_owned()]);
        assert_eq!(packages(&metadata, &built).len(), 4);
    }
}
