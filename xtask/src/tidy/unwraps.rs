//! No `.unwrap()` outside tests, and nothing left to do.

use super::Finding;
use super::source::Source;
use super::tree::File;

const FOUND: [(&str, &str); 4] = [
    (".unwrap()", "return an error, or `expect` with the reason why it cannot happen"),
    ("todo!(", "write it, or leave it out"),
    ("unimplemented!(", "write it, or leave it out"),
    ("dbg!(", "take it out"),
];

/// Places that panic without a reason, outside tests.
pub fn findings(files: &[File]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in files.iter().filter(|f| f.has_extension(&["rs"]) && !f.is_test()) {
        let source = Source::read(&file.text).without_tests();
        for (i, line) in source.code().lines().enumerate() {
            for (what, mend) in FOUND.iter().filter(|(what, _)| line.contains(what)) {
                findings.push(Finding::at(&file.path, i + 1, format!("has `{what}` outside tests: {mend}")));
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_runs_counts() {
        let file = |path: &str, text: &str| File { path: path.into(), text: text.into() };
        let hit = "fn a() {\n    b.unwrap();\n}\n";
        assert_eq!(findings(&[file("crates/geo/src/a.rs", hit)])[0].line, 2);
        assert_eq!(
            findings(&[file("crates/geo/tests/a.rs", hit), file("crates/geo/src/a_tests.rs", hit)]),
            []
        );
        assert_eq!(
            findings(&[file("a.rs", "/// `b.unwrap()`\n#[cfg(test)]\nmod tests { fn a() { b.unwrap() } }")]),
            []
        );
    }
}
