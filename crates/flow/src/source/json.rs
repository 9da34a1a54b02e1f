//! Reading foreign JSON: bounded depth, entries one at a time, and no field whose wrong type would
//! lose the whole payload.

use super::error::ParseError;
use super::options::Options;
use serde::Deserialize;
use serde::de::{
    DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor, value::MapAccessDeserializer,
};
use std::fmt;
use std::marker::PhantomData;

/// Arrays and objects open at once; no feed here needs more than 12.
const MAX_DEPTH: usize = 64;

/// The bytes as JSON text: within the limits, without byte order mark.
pub(super) fn text<'a>(options: &Options, bytes: &'a [u8]) -> Result<&'a str, ParseError> {
    let text = utf8(options, bytes)?;
    check_depth(text.as_bytes())?;
    Ok(text)
}

/// The bytes as text: within the limit of size, without byte order mark.
pub(super) fn utf8<'a>(options: &Options, bytes: &'a [u8]) -> Result<&'a str, ParseError> {
    options.check_size(bytes)?;
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    std::str::from_utf8(bytes).map_err(|error| ParseError::Encoding { at: error.valid_up_to() })
}

/// The methods of a visitor that passes over whatever is no list or object.
macro_rules! pass_over_scalars {
    () => {
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("any value")
        }

        fn visit_bool<E>(self, _: bool) -> Result<(), E> {
            Ok(())
        }

        fn visit_i64<E>(self, _: i64) -> Result<(), E> {
            Ok(())
        }

        fn visit_u64<E>(self, _: u64) -> Result<(), E> {
            Ok(())
        }

        fn visit_f64<E>(self, _: f64) -> Result<(), E> {
            Ok(())
        }

        fn visit_str<E>(self, _: &str) -> Result<(), E> {
            Ok(())
        }

        fn visit_unit<E>(self) -> Result<(), E> {
            Ok(())
        }
    };
}

/// Receives the members of one object, in order.
pub(super) trait Members<'de>: Sized {
    /// Takes the value of `key`; must consume exactly one value.
    fn member<A: MapAccess<'de>>(&mut self, key: &str, value: &mut A) -> Result<(), A::Error>;
}

/// Walks the outermost object of `text`.
pub(super) fn walk<'de>(
    wanted: &'static str,
    text: &'de str,
    members: &mut impl Members<'de>,
) -> Result<(), ParseError> {
    if !text.trim_ascii_start().starts_with('{') {
        let found: String = text.trim_ascii_start().chars().take(20).collect();
        return Err(ParseError::NotThis { wanted, found: format!("the text begins with {found:?}") });
    }
    let mut json = serde_json::Deserializer::from_str(text);
    Object(members).deserialize(&mut json).map_err(error)?;
    json.end().map_err(error)
}

fn error(error: serde_json::Error) -> ParseError {
    let mut reason = error.to_string();
    if let Some(place) = reason.rfind(" at line ") {
        reason.truncate(place);
    }
    ParseError::Json { line: error.line(), column: error.column(), reason }
}

/// An object whose members go to `M`; any other value is passed over.
pub(super) struct Object<'m, M>(pub(super) &'m mut M);

impl<'de, M: Members<'de>> DeserializeSeed<'de> for Object<'_, M> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, M: Members<'de>> Visitor<'de> for Object<'_, M> {
    type Value = ();

    pass_over_scalars!();

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<(), A::Error> {
        IgnoredAny.visit_seq(seq).map(drop)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<String>()? {
            self.0.member(&key, &mut map)?;
        }
        Ok(())
    }
}

/// A list whose elements go to a function one at a time; any other value is passed over.
pub(super) struct Each<'f, T, F> {
    found: &'f mut bool,
    take: F,
    element: PhantomData<T>,
}

/// Calls `take` with each element of a list, and sets `found` if the value is a list.
pub(super) fn list<T, F: FnMut(T)>(found: &mut bool, take: F) -> Each<'_, T, F> {
    Each { found, take, element: PhantomData }
}

impl<'de, T: Deserialize<'de>, F: FnMut(T)> DeserializeSeed<'de> for Each<'_, T, F> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, T: Deserialize<'de>, F: FnMut(T)> Visitor<'de> for Each<'_, T, F> {
    type Value = ();

    pass_over_scalars!();

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<(), A::Error> {
        IgnoredAny.visit_map(map).map(drop)
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut seq: A) -> Result<(), A::Error> {
        *self.found = true;
        while let Some(element) = seq.next_element()? {
            (self.take)(element);
        }
        Ok(())
    }
}

/// A list each of whose objects is walked by its own [`Members`].
pub(super) struct EachObject<N, D>(pub(super) N, pub(super) D);

impl<'de, M, N, D> DeserializeSeed<'de> for EachObject<N, D>
where
    M: Members<'de>,
    N: FnMut() -> M,
    D: FnMut(M),
{
    type Value = ();

    fn deserialize<De: Deserializer<'de>>(self, deserializer: De) -> Result<(), De::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, M, N, D> Visitor<'de> for EachObject<N, D>
where
    M: Members<'de>,
    N: FnMut() -> M,
    D: FnMut(M),
{
    type Value = ();

    pass_over_scalars!();

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<(), A::Error> {
        IgnoredAny.visit_map(map).map(drop)
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut seq: A) -> Result<(), A::Error> {
        loop {
            let mut members = (self.0)();
            if seq.next_element_seed(Object(&mut members))?.is_none() {
                return Ok(());
            }
            (self.1)(members);
        }
    }
}

/// A value of any type: an object is read as `T`, whatever else is there is only named.
#[derive(Debug, Default)]
pub(super) enum Slot<T> {
    Object(T),
    #[default]
    Absent,
    Other(&'static str),
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Slot<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct AnyValue<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for AnyValue<T> {
            type Value = Slot<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("any value")
            }

            fn visit_bool<E>(self, _: bool) -> Result<Slot<T>, E> {
                Ok(Slot::Other("true or false"))
            }

            fn visit_i64<E>(self, _: i64) -> Result<Slot<T>, E> {
                Ok(Slot::Other("a number"))
            }

            fn visit_u64<E>(self, _: u64) -> Result<Slot<T>, E> {
                Ok(Slot::Other("a number"))
            }

            fn visit_f64<E>(self, _: f64) -> Result<Slot<T>, E> {
                Ok(Slot::Other("a number"))
            }

            fn visit_str<E>(self, _: &str) -> Result<Slot<T>, E> {
                Ok(Slot::Other("a text"))
            }

            fn visit_unit<E>(self) -> Result<Slot<T>, E> {
                Ok(Slot::Absent)
            }

            fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Slot<T>, A::Error> {
                IgnoredAny.visit_seq(seq)?;
                Ok(Slot::Other("a list"))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Slot<T>, A::Error> {
                T::deserialize(MapAccessDeserializer::new(map)).map(Slot::Object)
            }
        }
        deserializer.deserialize_any(AnyValue(PhantomData))
    }
}

/// A scalar of any type; lists and objects are only named.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) enum Loose {
    #[default]
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(String),
    Other,
}

impl Loose {
    /// The text of a string.
    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// A whole number.
    pub(super) fn int(&self) -> Option<i64> {
        match self {
            Self::Int(number) => Some(*number),
            // Some writers put whole milliseconds as 1.5e12.
            Self::Float(number) if number.fract() == 0.0 && number.abs() < 9e15 => Some(*number as i64),
            _ => None,
        }
    }

    /// A number that is finite.
    pub(super) fn number(&self) -> Option<f64> {
        match self {
            Self::Int(number) => Some(*number as f64),
            Self::Float(number) => Some(*number).filter(|number| number.is_finite()),
            _ => None,
        }
    }

    /// Whether there is no value.
    pub(super) fn is_null(&self) -> bool {
        *self == Self::Null
    }
}

impl<'de> Deserialize<'de> for Loose {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct AnyScalar;
        impl<'de> Visitor<'de> for AnyScalar {
            type Value = Loose;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("any value")
            }

            fn visit_bool<E>(self, value: bool) -> Result<Loose, E> {
                Ok(Loose::Bool(value))
            }

            fn visit_i64<E>(self, value: i64) -> Result<Loose, E> {
                Ok(Loose::Int(value))
            }

            fn visit_u64<E>(self, value: u64) -> Result<Loose, E> {
                Ok(i64::try_from(value).map_or(Loose::Float(value as f64), Loose::Int))
            }

            fn visit_f64<E>(self, value: f64) -> Result<Loose, E> {
                Ok(Loose::Float(value))
            }

            fn visit_str<E>(self, value: &str) -> Result<Loose, E> {
                Ok(Loose::Text(value.to_owned()))
            }

            fn visit_unit<E>(self) -> Result<Loose, E> {
                Ok(Loose::Null)
            }

            fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Loose, A::Error> {
                IgnoredAny.visit_seq(seq)?;
                Ok(Loose::Other)
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Loose, A::Error> {
                IgnoredAny.visit_map(map)?;
                Ok(Loose::Other)
            }
        }
        deserializer.deserialize_any(AnyScalar)
    }
}

/// The first scalars of a list, or a single one.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Few(pub(super) Vec<Loose>);

impl<'de> Deserialize<'de> for Few {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct AnyList;
        impl<'de> Visitor<'de> for AnyList {
            type Value = Few;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("any value")
            }

            fn visit_bool<E>(self, value: bool) -> Result<Few, E> {
                Ok(Few(vec![Loose::Bool(value)]))
            }

            fn visit_i64<E>(self, value: i64) -> Result<Few, E> {
                Ok(Few(vec![Loose::Int(value)]))
            }

            fn visit_u64<E>(self, value: u64) -> Result<Few, E> {
                Ok(Few(vec![Loose::Float(value as f64)]))
            }

            fn visit_f64<E>(self, value: f64) -> Result<Few, E> {
                Ok(Few(vec![Loose::Float(value)]))
            }

            fn visit_str<E>(self, value: &str) -> Result<Few, E> {
                Ok(Few(vec![Loose::Text(value.to_owned())]))
            }

            fn visit_unit<E>(self) -> Result<Few, E> {
                Ok(Few::default())
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Few, A::Error> {
                IgnoredAny.visit_map(map)?;
                Ok(Few(vec![Loose::Other]))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Few, A::Error> {
                let mut few = Vec::new();
                while few.len() < 8 {
                    let Some(value) = seq.next_element()? else {
                        return Ok(Few(few));
                    };
                    few.push(value);
                }
                while seq.next_element::<IgnoredAny>()?.is_some() {}
                Ok(Few(few))
            }
        }
        deserializer.deserialize_any(AnyList)
    }
}

/// A text of at most `chars` characters.
pub(super) fn cut(text: &str, chars: usize) -> String {
    text.chars().take(chars).collect()
}

/// Refuses what nests deeper than any feed, before a parser sees it.
fn check_depth(bytes: &[u8]) -> Result<(), ParseError> {
    let (mut depth, mut line, mut in_text, mut at) = (0_usize, 1_u64, false, 0);
    while at < bytes.len() {
        match bytes[at] {
            b'\n' => line += 1,
            b'\\' if in_text => at += 1,
            b'"' => in_text = !in_text,
            b'[' | b'{' if !in_text => {
                depth += 1;
                if depth > MAX_DEPTH {
                    return Err(ParseError::TooDeep { line, limit: MAX_DEPTH });
                }
            }
            b']' | b'}' if !in_text => depth = depth.saturating_sub(1),
            _ => {}
        }
        at += 1;
    }
    Ok(())
}
