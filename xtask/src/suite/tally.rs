//! Counts of passed, failed and skipped, and how each runner words them.

use std::fmt;
use std::ops::AddAssign;

/// How many checks passed, failed and were skipped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Ran and held.
    pub passed: u64,
    /// Ran and did not hold, or could not be run at all.
    pub failed: u64,
    /// Did not run; a line says why.
    pub skipped: u64,
}

impl Tally {
    /// Only passes.
    pub fn passed(passed: u64) -> Self {
        Self { passed, ..Self::default() }
    }

    /// Only failures.
    pub fn failed(failed: u64) -> Self {
        Self { failed, ..Self::default() }
    }

    /// Counts as skipped what its runner could only see pass.
    pub fn move_to_skipped(&mut self, tests: u64) {
        self.passed = self.passed.saturating_sub(tests);
        self.skipped += tests;
    }
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed, {} skipped", self.passed, self.failed, self.skipped)
    }
}

/// Reads nextest's last `Summary [...] N tests run: ...` line. None when there is none.
pub fn nextest(text: &str) -> Option<Tally> {
    let line = text.lines().rev().find(|l| l.trim_start().starts_with("Summary ["))?;
    let (_, counts) = line.split_once(" run: ")?;
    let mut tally = Tally::default();
    for (count, word) in pairs(counts) {
        match word.as_str() {
            "passed" => tally.passed += count,
            "failed" | "timed" | "exec" => tally.failed += count,
            "skipped" => tally.skipped += count,
            _ => {}
        }
    }
    Some(tally)
}

/// Sums libtest's `test result:` lines. None when there is none.
pub fn libtest(text: &str) -> Option<Tally> {
    let mut sum = None;
    for line in text.lines().filter_map(|l| l.strip_prefix("test result: ")) {
        let tally = sum.get_or_insert_with(Tally::default);
        for (count, word) in pairs(line) {
            match word.as_str() {
                "passed" => tally.passed += count,
                "failed" => tally.failed += count,
                "ignored" => tally.skipped += count,
                _ => {}
            }
        }
    }
    sum
}

/// Reads the summary of Node's test runner, in its spec (`ℹ pass 3`) or TAP (`# pass 3`) form.
pub fn node(text: &str) -> Option<Tally> {
    let mut seen = false;
    let mut tally = Tally::default();
    for line in text.lines() {
        let Some(rest) = line.strip_prefix("ℹ ").or_else(|| line.strip_prefix("# ")) else {
            continue;
        };
        let mut words = rest.split_whitespace();
        let (Some(word), Some(Ok(count)), None) =
            (words.next(), words.next().map(str::parse::<u64>), words.next())
        else {
            continue;
        };
        match word {
            "pass" => {
                seen = true;
                tally.passed += count;
            }
            "fail" | "cancelled" => tally.failed += count,
            "skipped" | "todo" => tally.skipped += count,
            _ => {}
        }
    }
    seen.then_some(tally)
}

/// `3 passed (1 slow), 2 failed; 0 ignored` as (3, passed), (1, slow), (2, failed), (0, ignored).
fn pairs(text: &str) -> Vec<(u64, String)> {
    let words: Vec<&str> = text.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).collect();
    words.windows(2).filter_map(|w| Some((w[0].parse().ok()?, w[1].to_owned()))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(passed: u64, failed: u64, skipped: u64) -> Tally {
        Tally { passed, failed, skipped }
    }

    #[test]
    fn reads_nextest() {
        let text = "     Summary [   1.204s] 12/14 tests run: 8 passed (1 slow, 2 leaky), 2 failed, 1 timed out, 1 exec failed, 3 skipped\n error: test run failed";
        assert_eq!(nextest(text), Some(tally(8, 4, 3)));
        assert_eq!(nextest("error: could not compile"), None);
    }

    #[test]
    fn reads_libtest_over_many_binaries() {
        let text = "test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s\n\
            test result: FAILED. 1 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s\n";
        assert_eq!(libtest(text), Some(tally(4, 2, 1)));
        assert_eq!(libtest(""), None);
    }

    #[test]
    fn reads_both_forms_of_node() {
        let spec = "ℹ tests 5\nℹ suites 0\nℹ pass 3\nℹ fail 1\nℹ cancelled 0\nℹ skipped 1\nℹ todo 0\n";
        assert_eq!(node(spec), Some(tally(3, 1, 1)));
        assert_eq!(node(&spec.replace('ℹ', "#")), Some(tally(3, 1, 1)));
        assert_eq!(node("npm error"), None);
    }

    #[test]
    fn closes_with_the_agreed_words() {
        assert_eq!(tally(1, 0, 2).to_string(), "1 passed, 0 failed, 2 skipped");
    }
}
