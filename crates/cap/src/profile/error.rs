//! What is wrong with a pack.

/// A mistake in the text of a pack, with its place and its mend.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("read the pack at line {line}, column {column}: {message}")]
pub struct PackError {
    /// Line from 1.
    pub line: u32,
    /// Column from 1, in characters.
    pub column: u32,
    /// What is wrong, and the mend.
    pub message: String,
}

impl PackError {
    /// A mistake at a byte of the text.
    pub(super) fn at(text: &str, offset: usize, message: impl Into<String>) -> PackError {
        let mut end = offset.min(text.len());
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        let before = &text[..end];
        let line = before.rsplit('\n').next().unwrap_or("");
        let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        PackError {
            line: number(before.matches('\n').count() + 1),
            column: number(line.chars().count() + 1),
            message: message.into(),
        }
    }
}
