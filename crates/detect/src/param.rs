//! Reading a detector's parameters.

use serde::de::DeserializeOwned;

/// The most bytes a detector's parameters may take.
pub const MAX_PARAM_BYTES: usize = 64 * 1024;

/// Why parameters were refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParamError {
    /// More than [`MAX_PARAM_BYTES`].
    #[error("the parameters take {0} bytes, over the limit of 65536")]
    TooLarge(usize),
    /// No JSON, a missing or unknown name, or a value of the wrong sort.
    #[error("{message} at line {line}, column {column} of the parameters")]
    Json {
        /// What is wrong.
        message: String,
        /// From 1; 0 when it concerns the whole.
        line: usize,
        /// From 1; 0 when it concerns the whole.
        column: usize,
    },
    /// A value that makes no sense.
    #[error("{name} {problem}")]
    Value {
        /// The parameter.
        name: &'static str,
        /// What is wrong with it, and what to do.
        problem: &'static str,
    },
}

/// Reads parameters of a kind; unknown names are refused by the type itself.
pub(crate) fn read<P: DeserializeOwned>(json: &str) -> Result<P, ParamError> {
    if json.len() > MAX_PARAM_BYTES {
        return Err(ParamError::TooLarge(json.len()));
    }
    serde_json::from_str(json).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        let text = error.to_string();
        let place = format!(" at line {line} column {column}");
        ParamError::Json { message: text.strip_suffix(&place).unwrap_or(&text).to_owned(), line, column }
    })
}

/// Refuses the parameter unless the condition holds.
pub(crate) fn require(holds: bool, name: &'static str, problem: &'static str) -> Result<(), ParamError> {
    if holds { Ok(()) } else { Err(ParamError::Value { name, problem }) }
}
