//! A length of time in the configuration: `"90s"`, `"15m"`, `"6h"`, `"1d"`, or a whole number of seconds.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer};
use std::borrow::Cow;
use std::fmt;

/// A length of time, whole seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Span(pub(crate) u64);

/// The longest: a year.
const MAX: u64 = 366 * 86_400;

const MEND: &str = "write a length of time such as \"90s\", \"15m\", \"6h\" or \"1d\", at most a year";

impl Span {
    /// Reads `"15m"`; several parts may follow each other, as in `"1h30m"`.
    pub(crate) fn parse(text: &str) -> Result<Self, &'static str> {
        let mut seconds = 0u64;
        let mut rest = text.trim();
        if rest.is_empty() {
            return Err(MEND);
        }
        while !rest.is_empty() {
            let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
            let number: u64 = rest[..digits].parse().map_err(|_| MEND)?;
            let mut after = rest[digits..].chars();
            let unit = match after.next() {
                Some('s') => 1,
                Some('m') => 60,
                Some('h') => 3_600,
                Some('d') => 86_400,
                _ => return Err(MEND),
            };
            seconds = number.checked_mul(unit).and_then(|s| s.checked_add(seconds)).ok_or(MEND)?;
            rest = after.as_str().trim_start();
        }
        if seconds <= MAX { Ok(Self(seconds)) } else { Err(MEND) }
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (unit, word) = [(86_400, "d"), (3_600, "h"), (60, "m")]
            .into_iter()
            .find(|(unit, _)| self.0 >= *unit && self.0.is_multiple_of(*unit))
            .unwrap_or((1, "s"));
        write!(f, "{}{word}", self.0 / unit)
    }
}

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Either;
        impl Visitor<'_> for Either {
            type Value = Span;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a length of time such as \"15m\"")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Span, E> {
                Span::parse(text).map_err(E::custom)
            }

            fn visit_i64<E: Error>(self, seconds: i64) -> Result<Span, E> {
                u64::try_from(seconds).ok().filter(|s| *s <= MAX).map(Span).ok_or_else(|| E::custom(MEND))
            }

            fn visit_u64<E: Error>(self, seconds: u64) -> Result<Span, E> {
                Some(seconds).filter(|s| *s <= MAX).map(Span).ok_or_else(|| E::custom(MEND))
            }
        }
        from.deserialize_any(Either)
    }
}

impl JsonSchema for Span {
    fn schema_name() -> Cow<'static, str> {
        "Span".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "A length of time such as \"90s\", \"15m\", \"6h\" or \"1d\", or whole seconds.",
            "anyOf": [
                { "type": "string", "pattern": "^\\s*(\\d+[smhd]\\s*)+$" },
                { "type": "integer", "minimum": 0, "maximum": MAX },
            ],
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_read_in_every_unit_and_shown_in_the_largest_that_fits() {
        for (text, seconds, shown) in [
            ("90s", 90, "90s"),
            ("15m", 900, "15m"),
            ("1h30m", 5_400, "90m"),
            ("1d", 86_400, "1d"),
            ("0s", 0, "0s"),
        ] {
            let span = Span::parse(text).expect(text);
            assert_eq!((span.0, span.to_string().as_str()), (seconds, shown));
        }
    }

    #[test]
    fn what_is_no_length_is_refused_with_the_mend() {
        for text in ["", "15", "m", "-1m", "1.5h", "9999999999999999999d", "400d", "15 minutes", "1ü"] {
            assert!(Span::parse(text).expect_err(text).contains("15m"), "{text}");
        }
    }
}
