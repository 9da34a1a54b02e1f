//! What was left out, in words.
//!
//! A test that cannot run here prints a line `skipped: what: why` and passes. The line is read
//! from the runner's report or output, and from the file named by `BEACONFIRE_SKIP_LOG`, to which
//! a test may also append it; a line found in both is one.

use std::path::Path;

const MARK: &str = "skipped: ";

/// The lines, and what they count for.
#[derive(Debug, Default)]
pub struct Skips {
    /// Every line, mark included.
    pub lines: Vec<String>,
    /// How many came from tests that their runner counted as passed.
    pub of_tests: u64,
    /// How many stand for whole steps.
    pub of_steps: u64,
}

impl Skips {
    /// Joins the lines that a runner captured with those in the log.
    pub fn gather(captured: Vec<String>, log: &Path) -> Self {
        let logged = std::fs::read_to_string(log).unwrap_or_default();
        let mut unmatched = captured.clone();
        let mut lines = captured;
        for line in logged.lines().filter_map(marked) {
            match unmatched.iter().position(|known| *known == line) {
                Some(at) => drop(unmatched.swap_remove(at)),
                None => lines.push(line),
            }
        }
        Self { of_tests: lines.len() as u64, lines, of_steps: 0 }
    }

    /// Notes a step that was left out.
    pub fn note(&mut self, what: &str) {
        self.lines.push(format!("{MARK}{what}"));
        self.of_steps += 1;
    }
}

/// Marked lines in plain output.
pub fn in_output(text: &str) -> Vec<String> {
    text.lines().filter_map(marked).collect()
}

/// Marked lines in a JUnit report, the first of each test case.
pub fn in_report(xml: &str) -> Vec<String> {
    xml.split("<testcase ")
        .skip(1)
        .filter_map(|case| {
            let text = case.replace('>', ">\n");
            text.lines().find_map(marked).map(|line| unescaped(&line))
        })
        .collect()
}

fn marked(line: &str) -> Option<String> {
    let line = line.trim();
    let line = line.split("</").next().unwrap_or(line);
    line.starts_with(MARK).then(|| line.to_owned())
}

fn unescaped(text: &str) -> String {
    let mut text = text.to_owned();
    for (entity, character) in
        [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&amp;", "&")]
    {
        text = text.replace(entity, character);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_a_report() {
        let xml = r#"<testsuite><testcase name="a" classname="x"><system-out>
running 1 test
</system-out><system-err>skipped: maps: BEACONFIRE_REFERENCE_DATA is not set
skipped: maps again: no</system-err></testcase>
<testcase name="b"><system-err>fine</system-err></testcase>
<testcase name="c"><system-err>
skipped: a &amp; b: no</system-err></testcase></testsuite>"#;
        assert_eq!(
            in_report(xml),
            ["skipped: maps: BEACONFIRE_REFERENCE_DATA is not set", "skipped: a & b: no"]
        );
    }

    #[test]
    fn a_line_in_report_and_log_is_one() {
        let dir = tempfile::tempdir().unwrap();
        let log = dir.path().join("log");
        std::fs::write(&log, "skipped: a: no\nskipped: a: no\nskipped: b: no\n").unwrap();
        let skips = Skips::gather(vec!["skipped: a: no".into(), "skipped: c: no".into()], &log);
        assert_eq!(skips.of_tests, 4);
        assert_eq!(skips.lines[2..], ["skipped: a: no", "skipped: b: no"]);
    }

    #[test]
    fn a_missing_log_is_an_empty_one() {
        let skips = Skips::gather(Vec::new(), Path::new("no such file"));
        assert_eq!(skips.of_tests, 0);
    }
}
