//! Filling a template from an incident, in a sandbox: no includes, no loops without end.

use minijinja::{Environment, UndefinedBehavior};
use serde::Serialize;

/// Why a text could not be filled.
#[derive(Debug, thiserror::Error)]
#[error("fill the template: {0}; check its placeholders")]
pub struct TextError(String);

/// Instructions that one template may use.
const FUEL: u64 = 10_000;

/// Fills `template` from `facts`. A placeholder that `facts` does not have is an error: a warning
/// never leaves with a hole in it.
///
/// # Errors
/// A template that does not parse, names an unknown placeholder, or runs too long.
pub fn fill<S: Serialize>(template: &str, facts: &S) -> Result<String, TextError> {
    let mut environment = Environment::empty();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_fuel(Some(FUEL));
    environment
        .render_str(template, minijinja::value::Serde(facts))
        .map(|text| text.trim().to_owned())
        .map_err(|error| TextError(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_placeholder_is_refused_never_left_empty() {
        let facts = std::collections::BTreeMap::from([("place", "Houston")]);
        assert_eq!(fill("Flood at {{ place }}", &facts).expect("known"), "Flood at Houston");
        assert!(fill("Flood at {{ river }}", &facts).is_err());
    }
}
