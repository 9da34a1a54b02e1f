//! Reading a pack from TOML: errors say the line and the mend.

use super::{Pack, PackFinding, check, locate};

/// Why a pack cannot be used.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("line {line}, column {column}: {message}")]
pub struct PackError {
    /// 1-based line.
    pub line: usize,
    /// 1-based column, in characters.
    pub column: usize,
    /// Byte range in the text.
    pub span: std::ops::Range<usize>,
    /// What is wrong and how to mend it.
    pub message: String,
}

/// The largest pack that is read, bytes.
const MAX_BYTES: usize = 1 << 20;

/// Reads and checks a pack.
///
/// # Errors
/// Every mistake found, each with its place; never an empty list.
pub fn parse(text: &str) -> Result<Pack, Vec<PackError>> {
    if text.len() > MAX_BYTES {
        return Err(vec![error_at(text, 0..0, format!("the pack is larger than {MAX_BYTES} bytes"))]);
    }
    let pack: Pack = toml::from_str(text)
        .map_err(|error| vec![error_at(text, error.span().unwrap_or(0..0), error.message().to_owned())])?;
    let findings = check::check(&pack);
    if findings.is_empty() {
        return Ok(pack);
    }
    Err(findings.into_iter().map(|finding| place(text, finding)).collect())
}

/// Puts a finding beside the value it speaks of.
fn place(text: &str, finding: PackFinding) -> PackError {
    error_at(text, locate(text, &finding.path), format!("{}: {}", finding.path, finding.message))
}

fn error_at(text: &str, span: std::ops::Range<usize>, message: String) -> PackError {
    let before = &text[..floor_boundary(text, span.start)];
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
    PackError { line, column, span, message }
}

fn floor_boundary(text: &str, mut at: usize) -> usize {
    at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    const PACK: &str = include_str!("../../../../packs/river-flood/pack.toml");

    /// The pack with one passage changed: the line of that passage, and what is found.
    fn spoilt(passage: &str, by: &str) -> (usize, Vec<PackError>) {
        let at = PACK.find(passage).expect("the pack has this passage");
        let found = parse(&PACK.replacen(passage, by, 1)).expect_err("it is a mistake");
        (PACK[..at].matches('\n').count() + 1, found)
    }

    #[test]
    fn each_mistake_is_told_at_its_own_line_with_the_mend() {
        for (passage, by, says) in [
            ("people = [200, 2000,", "people = [200, 20,", "must ascend"),
            ("impact_when_unknown = 3", "impact_when_unknown = 1", "for none"),
            ("within_minutes = 30", "within_minutes = 0", "1 to 10080"),
            ("max_growth = 8.0", "max_growth = 0.5", "1 or more"),
            ("name = \"minor-stage\"", "name = \"action-stage\"", "every rule needs its own"),
            ("params = { on = \"$minor\"", "params = { onn = \"$minor\"", "refuses its parameters"),
            (
                "params = { on = \"$moderate\", off",
                "params = { on = \"$moderate\", of",
                "refuses its parameters",
            ),
            ("distance_km = ", "distance_km = -", "km, from 0 on"),
            ("expires_minutes = ", "expires_minutes = -", "two weeks"),
        ] {
            let (line, found) = spoilt(passage, by);
            assert_eq!(found.len(), 1, "{by}: {found:?}");
            assert_eq!(found[0].line, line, "{by}: {}", found[0]);
            assert!(found[0].message.contains(says), "{by}: {}", found[0]);
        }
    }

    #[test]
    fn a_mistake_in_a_text_of_several_lines_is_told_where_the_text_begins() {
        let begins = PACK.find("description = \"\"\"").expect("a text of several lines");
        let inside = begins + PACK[begins..].find("{{").expect("a placeholder");
        let spoilt = format!("{}{{{{ nobody }}}}{}", &PACK[..inside], &PACK[inside..]);
        let found = parse(&spoilt).expect_err("it is a mistake");
        assert_eq!(found[0].line, PACK[..begins].matches('\n').count() + 1, "{}", found[0]);
        assert!(found[0].message.starts_with("texts[0].description: "), "{}", found[0]);
    }
}
