//! The project speaks of itself alone: its text does not talk about who writes it or how the
//! writing is organised.

use super::Finding;
use super::tree::File;

/// Written in halves, so that this file does not find itself. Whole words, in lower case.
const WORDS: [&str; 10] = [
    concat!("cla", "ude"),
    concat!("anth", "ropic"),
    concat!("chat", "gpt"),
    concat!("co", "pilot"),
    concat!("sub", "agent"),
    concat!("ai ag", "ent"),
    concat!("other help", "ers"),
    concat!("another help", "er"),
    concat!("your pro", "mpt"),
    concat!("co-auth", "ored-by"),
];

const EXTENSIONS: [&str; 11] = ["rs", "md", "toml", "ts", "js", "mjs", "svelte", "css", "sql", "html", "txt"];

/// What says that something is not finished; as written, in code and text.
const MARKS: [&str; 5] = [
    concat!("TO", "DO"),
    concat!("FIX", "ME"),
    concat!("STAND", "-IN"),
    concat!("X", "XX"),
    concat!("HA", "CK"),
];

/// Lines that talk about the work instead of the thing.
pub fn findings(files: &[File]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in files.iter().filter(|f| f.is_by_hand() && f.has_extension(&EXTENSIONS)) {
        for (i, line) in file.text.lines().enumerate() {
            if let Some(mark) = MARKS.iter().find(|mark| has_word(line, mark)) {
                findings.push(Finding::at(
                    &file.path,
                    i + 1,
                    format!("says {mark}: finish it, or leave it out"),
                ));
            }
            let line = line.to_lowercase();
            if let Some(word) = WORDS.iter().find(|word| has_word(&line, word)) {
                findings.push(Finding::at(
                    &file.path,
                    i + 1,
                    format!("says \"{word}\": speak of the project alone"),
                ));
            }
            if numbers_a_task(&line) {
                findings.push(Finding::at(
                    &file.path,
                    i + 1,
                    "names a numbered issue: say what it is about instead",
                ));
            }
        }
    }
    findings
}

/// The word and a bare number, but not `issue #12` of another project's tracker.
fn numbers_a_task(line: &str) -> bool {
    line.match_indices("issue ").any(|(at, found)| {
        let before = line[..at].chars().next_back();
        let after = line[at + found.len()..].chars().next();
        !before.is_some_and(char::is_alphanumeric) && after.is_some_and(|c| c.is_ascii_digit())
    })
}

fn has_word(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(at, found)| {
        let before = line[..at].chars().next_back();
        let after = line[at + found.len()..].chars().next();
        !before.is_some_and(char::is_alphanumeric) && !after.is_some_and(char::is_alphanumeric)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: String) -> usize {
        findings(&[File { path: "a.rs".into(), text }]).len()
    }

    #[test]
    fn the_work_is_not_the_subject() {
        assert_eq!(found(format!("// {} 2 says so", "issue")), 1);
        assert_eq!(found(format!("// as {} wrote", WORDS[0])), 1);
        assert_eq!(found(format!("// {}: later", MARKS[0])), 1);
        assert_eq!(found("// the causative agent, User-Agent, issue #12, issued 3, a helper".into()), 0);
    }
}
