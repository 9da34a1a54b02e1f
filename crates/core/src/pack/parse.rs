//! Reading a pack from TOML: errors say the line and the mend.

use super::{Pack, PackFinding, check};

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
    Err(findings.into_iter().map(|finding| locate(text, finding)).collect())
}

/// Puts a finding beside the text it speaks of: the first line that holds its needle.
fn locate(text: &str, finding: PackFinding) -> PackError {
    let start = text.find(&finding.needle).unwrap_or(0);
    error_at(text, start..start + finding.needle.len().min(text.len() - start), finding.message)
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
