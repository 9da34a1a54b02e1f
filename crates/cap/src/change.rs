//! What became of a message when it was converted or mended.

use std::fmt;

use crate::Finding;

/// What kind a [`Change`] is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ChangeKind {
    /// Written as the standard wants it; it means the same.
    Mended,
    /// Carried over in another form; it means the same.
    Mapped,
    /// The standard demands it and the message did not say it: look at it.
    Added,
    /// Left out, since the result has no place for it or it could not be read.
    Lost,
    /// A person must say it; until then there is no result.
    Needed,
}

impl ChangeKind {
    /// The word in lower case, such as `mended`.
    pub fn as_str(self) -> &'static str {
        match self {
            ChangeKind::Mended => "mended",
            ChangeKind::Mapped => "mapped",
            ChangeKind::Added => "added",
            ChangeKind::Lost => "lost",
            ChangeKind::Needed => "needed",
        }
    }
}

/// One thing that is otherwise than in the message, or must be before there is a result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// What kind it is of.
    pub kind: ChangeKind,
    /// The element in the message, such as `/alert/info[2]/area[1]`.
    pub path: String,
    /// Its line in the document that was read, from 1; 0 where none is known.
    pub line: u32,
    /// What it is.
    pub what: String,
}

impl Change {
    pub(crate) fn new(kind: ChangeKind, path: impl Into<String>, what: impl Into<String>) -> Self {
        Change { kind, path: path.into(), line: 0, what: what.into() }
    }

    pub(crate) fn of(kind: ChangeKind, finding: &Finding) -> Self {
        let Finding { path, line, message, .. } = finding;
        Change { kind, path: path.clone(), line: *line, what: message.clone() }
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.line > 0 {
            write!(f, "line {}: ", self.line)?;
        }
        write!(f, "{} {}: {}", self.kind.as_str(), self.path, self.what)
    }
}
