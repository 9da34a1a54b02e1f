//! No path of one machine in the tree: it builds and runs anywhere.

use super::Finding;
use super::tree::File;

/// Written in two halves, so that this file does not find itself.
const PATHS: [&str; 4] =
    [concat!("/wo", "rk"), concat!("/ho", "me/"), concat!("/ro", "ot/"), concat!("../sha", "red")];

/// The one file that may say where the reference data lies beside a checkout.
const MAY_NAME_DATA: &str = ".ci/run";

/// Lines that name a path of a machine.
pub fn findings(files: &[File]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in files.iter().filter(|f| !f.path.starts_with("fuzz/corpus/")) {
        for (i, line) in file.text.lines().enumerate() {
            for path in PATHS.iter().filter(|path| names(line, path)) {
                if file.path == MAY_NAME_DATA && path.starts_with("..") {
                    continue;
                }
                findings.push(Finding::at(
                    &file.path,
                    i + 1,
                    format!("names {path}: take it from a parameter, a temporary folder or BEACONFIRE_REFERENCE_DATA"),
                ));
            }
        }
    }
    findings
}

fn names(line: &str, path: &str) -> bool {
    line.match_indices(path).any(|(at, found)| {
        let before = line[..at].chars().next_back();
        let after = line[at + found.len()..].chars().next();
        let is_part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '}' | '/');
        let starts = path.starts_with('.') || !before.is_some_and(is_part);
        let ends = path.ends_with('/') || !after.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == '-');
        starts && ends
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, text: String) -> usize {
        findings(&[File { path: path.into(), text }]).len()
    }

    #[test]
    fn paths_of_a_machine_are_found_and_addresses_are_not() {
        assert_eq!(found("a.rs", format!("open(\"{}/data\")", PATHS[0])), 1);
        assert_eq!(found("a.rs", format!("\"{}me/x\"", PATHS[1])), 1);
        assert_eq!(found("a.rs", format!("https://example.org{}x {}er", PATHS[1], PATHS[0])), 0);
    }

    #[test]
    fn only_the_ci_script_names_the_data() {
        assert_eq!(found("README.md", format!("in {}/data", PATHS[3])), 1);
        assert_eq!(found(MAY_NAME_DATA, format!("in {}/data", PATHS[3])), 0);
    }
}
