//! The list of all kinds of detectors.

use crate::any::{AnyDetector, AnyParams, RestoreError, State};
use crate::param::ParamError;

/// A kind of detector: what the reference page, the configuration and the command line know of it.
#[derive(Debug)]
pub struct Kind {
    /// Its name in the configuration.
    pub name: &'static str,
    /// What it does and what its parameters mean, in Markdown.
    pub doc: &'static str,
    /// Parameters to begin from, as JSON.
    pub example: &'static str,
    /// Reads and checks parameters.
    pub(crate) read: fn(&str) -> Result<AnyParams, ParamError>,
}

/// Every kind there is, by name.
pub static KINDS: &[&Kind] = &[&crate::ears::KIND, &crate::rate::KIND, &crate::threshold::KIND];

/// The kind of this name.
#[must_use]
pub fn kind(name: &str) -> Option<&'static Kind> {
    KINDS.iter().copied().find(|kind| kind.name == name)
}

/// Why a detector could not be restored.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ResumeError {
    /// The parameters were refused.
    #[error(transparent)]
    Param(#[from] ParamError),
    /// The state is another kind's.
    #[error(transparent)]
    State(#[from] RestoreError),
}

impl Kind {
    /// Reads and checks parameters, to be shared by many series.
    ///
    /// # Errors
    /// [`ParamError`] says which parameter is wrong, and the mend.
    pub fn parse(&self, json: &str) -> Result<AnyParams, ParamError> {
        (self.read)(json)
    }

    /// A detector with these parameters that has seen nothing yet.
    ///
    /// # Errors
    /// As [`parse`](Self::parse).
    pub fn build(&self, json: &str) -> Result<AnyDetector, ParamError> {
        Ok(self.parse(json)?.start())
    }

    /// A detector with these parameters that goes on from a saved state.
    ///
    /// # Errors
    /// [`ResumeError`] when the parameters are refused or the state is of another kind.
    pub fn restore(&self, json: &str, state: &State) -> Result<AnyDetector, ResumeError> {
        Ok(self.parse(json)?.restore(state)?)
    }
}
