//! The checks of the house: each reads the tree or `cargo metadata` and says where it is broken,
//! and how to mend it. They run as ordinary tests (`xtask/tests/tidy.rs`).

pub mod architecture;
pub mod docs;
pub mod features;
pub mod layers;
pub mod length;
pub mod licences;
pub mod ownership;
pub mod paths;
pub mod purity;
pub mod source;
pub mod tree;
pub mod unwraps;
pub mod words;

use std::fmt;

/// One place where a rule of the house is broken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The file, from the root.
    pub file: String,
    /// The line, from 1; 0 when it is about the file as a whole.
    pub line: usize,
    /// What is wrong, and how to mend it.
    pub text: String,
}

impl Finding {
    /// A finding at a line, from 1.
    pub fn at(file: &str, line: usize, text: impl Into<String>) -> Self {
        Self { file: file.to_owned(), line, text: text.into() }
    }

    /// A finding about a whole file.
    pub fn of(file: &str, text: impl Into<String>) -> Self {
        Self::at(file, 0, text)
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(f, "{}: {}", self.file, self.text),
            line => write!(f, "{}:{line}: {}", self.file, self.text),
        }
    }
}
