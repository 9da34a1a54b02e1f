//! Why a document could not be read at all.

use crate::{Finding, FindingSeverity};

/// Why a document could not be read at all; line and column count from 1, columns in characters.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// More bytes than [`Limits::max_bytes`](crate::Limits::max_bytes).
    #[error("read a document of {bytes} bytes: at most {limit} are taken; split it or raise the limit")]
    TooLarge {
        /// Its size.
        bytes: usize,
        /// The limit.
        limit: usize,
    },
    /// An encoding other than UTF-8, UTF-16, ISO-8859-1, Windows-1252 and US-ASCII.
    #[error("decode {name:?}: the encoding is not known here; write the document in UTF-8")]
    Encoding {
        /// The encoding as declared.
        name: String,
    },
    /// Not well-formed XML.
    #[error("read XML at line {line}, column {column}: {reason}")]
    Xml {
        /// Line.
        line: u32,
        /// Column.
        column: u32,
        /// What is wrong there.
        reason: String,
    },
    /// Not well-formed JSON, or JSON in none of the forms that bear alerts.
    #[error("read JSON at line {line}, column {column}: {reason}")]
    Json {
        /// Line.
        line: u32,
        /// Column.
        column: u32,
        /// What is wrong there.
        reason: String,
    },
    /// A document type declaration; CAP has no place for one, and entities could do harm.
    #[error(
        "read line {line}, column {column}: document type declarations are refused; remove the <!DOCTYPE>"
    )]
    Dtd {
        /// Line.
        line: u32,
        /// Column.
        column: u32,
    },
    /// An entity other than the five of XML and numeric ones.
    #[error(
        "read line {line}, column {column}: entity &{name}; is not defined; write the character or its number"
    )]
    Entity {
        /// Line.
        line: u32,
        /// Column.
        column: u32,
        /// Its name, cut after 40 characters.
        name: String,
    },
    /// More elements open at once than [`Limits::max_depth`](crate::Limits::max_depth).
    #[error(
        "read line {line}, column {column}: more than {limit} elements are open; CAP needs 6, check the writer"
    )]
    TooDeep {
        /// Line.
        line: u32,
        /// Column.
        column: u32,
        /// The limit.
        limit: usize,
    },
    /// XML, but neither a CAP alert nor a feed, nor a list with alerts.
    #[error("find a CAP alert or feed: the document is a <{root}>; check the address it came from")]
    NotCap {
        /// Name of the outermost element, cut after 40 characters.
        root: String,
    },
}

impl ReadError {
    /// The same at another place.
    pub(super) fn moved(mut self, place: impl FnOnce(u32, u32) -> (u32, u32)) -> ReadError {
        match &mut self {
            ReadError::TooLarge { .. } | ReadError::Encoding { .. } | ReadError::NotCap { .. } => {}
            ReadError::Xml { line, column, .. }
            | ReadError::Json { line, column, .. }
            | ReadError::Dtd { line, column }
            | ReadError::Entity { line, column, .. }
            | ReadError::TooDeep { line, column, .. } => (*line, *column) = place(*line, *column),
        }
        self
    }

    /// The rule that is broken.
    pub fn rule(&self) -> &'static str {
        match self {
            ReadError::TooLarge { .. } => "too-large",
            ReadError::Encoding { .. } => "encoding-unknown",
            ReadError::Xml { .. } => "xml",
            ReadError::Json { .. } => "json",
            ReadError::Dtd { .. } => "doctype",
            ReadError::Entity { .. } => "entity",
            ReadError::TooDeep { .. } => "too-deep",
            ReadError::NotCap { .. } => "not-cap",
        }
    }

    /// The same as a finding on the document as a whole.
    pub fn finding(&self) -> Finding {
        let (line, column) = match self {
            ReadError::TooLarge { .. } | ReadError::Encoding { .. } | ReadError::NotCap { .. } => (1, 1),
            ReadError::Xml { line, column, .. }
            | ReadError::Json { line, column, .. }
            | ReadError::Dtd { line, column }
            | ReadError::Entity { line, column, .. }
            | ReadError::TooDeep { line, column, .. } => (*line, *column),
        };
        let (rule, path) = (self.rule().into(), "/alert".to_owned());
        Finding { rule, severity: FindingSeverity::Error, path, line, column, message: self.to_string() }
    }
}
