//! The architecture page names what is there: every path in it, and every test that holds an
//! invariant.

use std::collections::BTreeSet;

use super::Finding;
use super::tree::File;

const PAGE: &str = "ARCHITECTURE.md";
const MOST: usize = 250;

/// Names on the page that the tree does not have, and a page grown too long to be read.
pub fn findings(files: &[File]) -> Vec<Finding> {
    let Some(page) = files.iter().find(|f| f.path == PAGE) else {
        return vec![Finding::of(PAGE, "is not there")];
    };
    let tests: BTreeSet<&str> =
        files.iter().filter(|f| f.has_extension(&["rs"])).flat_map(tests_of).collect();
    let mut findings = Vec::new();
    for (i, line) in page.text.lines().enumerate() {
        for name in line.split('`').skip(1).step_by(2) {
            let is_missing = match kind_of(name) {
                Kind::Path => !files.iter().any(|f| f.path == name || f.path.starts_with(name)),
                Kind::Test => !tests.contains(name),
                Kind::Other => false,
            };
            if is_missing {
                findings.push(Finding::at(
                    PAGE,
                    i + 1,
                    format!("names `{name}`, which is not there: correct it"),
                ));
            }
        }
    }
    let lines = page.text.lines().count();
    if lines > MOST {
        findings.push(Finding::of(PAGE, format!("has {lines} lines, more than {MOST}: it is a bird's eye")));
    }
    findings
}

enum Kind {
    Path,
    Test,
    Other,
}

/// Paths start at a folder of the root; names of tests are sentences.
fn kind_of(name: &str) -> Kind {
    let folders = ["crates/", "xtask/", "docs/", "e2e/", "fuzz/", "packs/", "samples/", "console/"];
    let is_name = name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    if folders.iter().any(|folder| name.starts_with(folder)) {
        Kind::Path
    } else if is_name && name.matches('_').count() >= 3 {
        Kind::Test
    } else {
        Kind::Other
    }
}

fn tests_of(file: &File) -> impl Iterator<Item = &str> {
    file.text.lines().filter_map(|line| {
        let rest = line.trim_start();
        let rest = rest.strip_prefix("async ").unwrap_or(rest).strip_prefix("fn ")?;
        rest.split('(').next()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_there_is_found() {
        let file = |path: &str, text: &str| File { path: path.into(), text: text.into() };
        let tree = |page: &str| {
            vec![file(PAGE, page), file("crates/geo/src/lib.rs", "    fn it_is_as_it_is() {}\n")]
        };
        assert_eq!(findings(&tree("`crates/geo/src/` and `it_is_as_it_is`, `decide`, `flow/x`\n")), []);
        assert_eq!(findings(&tree("a\n`crates/geo/a.rs`\n"))[0].line, 2);
        assert_eq!(findings(&tree("`it_is_not_as_it_was`\n")).len(), 1);
        assert_eq!(findings(&tree(&"\n".repeat(251))).len(), 1);
    }
}
