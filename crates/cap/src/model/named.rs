//! A value under a name.

use std::fmt;

/// A value under a name: event code, parameter or geocode (`valueName` and `value`; CAP 1.2, section 3.2.2).
///
/// Alerts have dozens of them, and most are short: both texts lie in one piece of memory.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Named {
    /// The name, and the value behind it.
    texts: Box<str>,
    name_len: usize,
}

impl Named {
    /// A value under a name.
    #[must_use]
    pub fn new(name: &str, value: &str) -> Self {
        let mut texts = String::with_capacity(name.len() + value.len());
        texts.push_str(name);
        texts.push_str(value);
        Self { texts: texts.into_boxed_str(), name_len: name.len() }
    }

    /// The code system or the parameter (`valueName`).
    #[must_use]
    pub fn name(&self) -> &str {
        &self.texts[..self.name_len]
    }

    /// Its value.
    #[must_use]
    pub fn value(&self) -> &str {
        &self.texts[self.name_len..]
    }
}

impl fmt::Debug for Named {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Named").field("name", &self.name()).field("value", &self.value()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn name_and_value_stay_apart() {
        let named = Named::new("SAME", "é1");
        assert_eq!((named.name(), named.value()), ("SAME", "é1"));
        assert_ne!(Named::new("a", "bc"), Named::new("ab", "c"));
        assert_eq!(Named::new("", "").name(), "");
        assert_eq!(format!("{:?}", Named::new("n", "v")), "Named { name: \"n\", value: \"v\" }");
    }
}
