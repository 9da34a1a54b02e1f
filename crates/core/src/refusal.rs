//! A command that is refused: a code for programs, words and a mend for people.

use serde::Serialize;

/// Why a command has no effect. Nothing is journalled for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("{message}; {mend}")]
pub struct Refusal {
    /// Stable code, such as `own_approval`.
    pub code: &'static str,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub mend: String,
}

impl Refusal {
    /// A refusal.
    #[must_use]
    pub fn new(code: &'static str, message: impl Into<String>, mend: impl Into<String>) -> Self {
        Self { code, message: message.into(), mend: mend.into() }
    }

    /// Something that is not there.
    #[must_use]
    pub fn unknown(what: &str, name: &dyn std::fmt::Display) -> Self {
        Self::new("unknown", format!("there is no {what} {name}"), "look at the list again")
    }
}
