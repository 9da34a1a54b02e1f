//! What is wrong with a message, and where.

use std::borrow::Cow;
use std::fmt;

/// How much a finding weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FindingSeverity {
    /// Worth knowing; conformant.
    Info,
    /// Conformant, but readers may stumble over it.
    Warning,
    /// Breaks the schema or the mandatory text of the standard: the message is not strict.
    Error,
}

impl FindingSeverity {
    /// The word in lower case: `info`, `warning` or `error`.
    pub fn as_str(self) -> &'static str {
        match self {
            FindingSeverity::Info => "info",
            FindingSeverity::Warning => "warning",
            FindingSeverity::Error => "error",
        }
    }
}

impl fmt::Display for FindingSeverity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One thing that is wrong with a message, or that was repaired while it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Id of the rule, such as `polygon-open`; stable between releases. Those of a profile bear its name first, such
    /// as `ipaws:expires`.
    pub rule: Cow<'static, str>,
    /// How much it weighs.
    pub severity: FindingSeverity,
    /// The element, such as `/alert/info[2]/area[1]/polygon[1]`; counts start at 1.
    pub path: String,
    /// Line from 1; 0 where there is no text, as in findings of [`check`](crate::check()).
    pub line: u32,
    /// Column from 1, in characters; 0 where there is no text.
    pub column: u32,
    /// What is wrong, and the mend.
    pub message: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.line > 0 {
            write!(f, "{}:{}: ", self.line, self.column)?;
        }
        write!(f, "{} [{}] {}: {}", self.severity, self.rule, self.path, self.message)
    }
}
