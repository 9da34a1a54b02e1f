//! Start tags: name and attributes.

use std::borrow::Cow;

use memchr::{memchr, memchr3};
use quick_xml::XmlVersion;
use quick_xml::events::BytesStart;
use quick_xml::events::attributes::{Attribute, Attributes};

use super::Ns;

/// Attributes of one element that are looked at.
const MAX_ATTRIBUTES: usize = 64;

/// A start tag.
#[derive(Clone, Copy, Debug)]
pub(in crate::read) struct Tag<'a> {
    /// Name without prefix.
    pub(in crate::read) name: &'a str,
    pub(in crate::read) ns: Ns,
    /// Where it begins in the text.
    pub(in crate::read) offset: usize,
    /// All between `<` and `>`, but for the slash of an empty element.
    pub(super) content: &'a str,
    pub(super) name_len: usize,
}

impl<'a> Tag<'a> {
    /// The first attributes as name and value, without namespace declarations.
    pub(in crate::read) fn attributes(&self) -> Vec<(String, String)> {
        own_attributes(&BytesStart::from_content(self.content, self.name_len))
            .map(|a| {
                let value = a.normalized_value(XmlVersion::Implicit1_0).unwrap_or(Cow::Borrowed(""));
                (a.key.as_ref().to_owned(), value.into_owned())
            })
            .collect()
    }

    /// The names of the same that are not `known`.
    pub(in crate::read) fn odd_names(&self, known: impl Fn(&str) -> bool) -> Vec<String> {
        if only_attribute(&self.content[self.name_len..])
            .is_some_and(|(key, _)| declared_prefix(key).is_some())
        {
            return Vec::new();
        }
        let start = BytesStart::from_content(self.content, self.name_len);
        let names = own_attributes(&start).map(|a| a.key.into_inner());
        names.filter(|name| !known(name)).map(str::to_owned).collect()
    }

    /// Whether there is anything beside the name.
    pub(in crate::read) fn has_attributes(&self) -> bool {
        self.content.len() > self.name_len && !self.content[self.name_len..].trim().is_empty()
    }

    /// The prefix of the name with its colon, or nothing.
    pub(in crate::read) fn prefix(&self) -> &'a str {
        &self.content[..self.name_len - self.name.len()]
    }
}

/// Bytes of a tag from `<` to `>`, which counts in no quotes; none if it does not end.
pub(super) fn tag_len(bytes: &[u8]) -> Option<usize> {
    let mut at = 0;
    loop {
        at += memchr3(b'>', b'\'', b'"', &bytes[at..])? + 1;
        let mark = bytes[at - 1];
        if mark == b'>' {
            return Some(at);
        }
        at += memchr(mark, &bytes[at..])? + 1;
    }
}

/// The attribute behind the name of an element, if it is the only one and its value is written as it is meant.
pub(super) fn only_attribute(behind: &str) -> Option<(&str, &str)> {
    let (key, value) = behind.strip_prefix(' ')?.split_once('=')?;
    let value = value.strip_prefix('"')?.strip_suffix('"')?;
    let is_plain = |b: u8| matches!(b, b' '..=b'~') && !matches!(b, b'"' | b'<' | b'&');
    let is_key = key.is_ascii() && is_name(key) && !key.ends_with(':');
    (is_key && value.bytes().all(is_plain)).then_some((key, value))
}

/// The prefix that an attribute declares a namespace for, if it does.
pub(super) fn declared_prefix(key: &str) -> Option<&str> {
    match key.strip_prefix("xmlns") {
        Some("") => Some(""),
        Some(rest) => rest.strip_prefix(':'),
        None => None,
    }
}

/// Attributes without the search for repeated names, which takes quadratic time.
pub(super) fn raw_attributes<'t>(tag: &'t BytesStart<'_>) -> Attributes<'t> {
    let mut attributes = tag.attributes();
    attributes.with_checks(false);
    attributes
}

/// The first attributes, without namespace declarations.
fn own_attributes<'t>(tag: &'t BytesStart<'_>) -> impl Iterator<Item = Attribute<'t>> {
    let is_own = |name: &str| name != "xmlns" && !name.starts_with("xmlns:");
    raw_attributes(tag).flatten().filter(move |a| is_own(a.key.as_ref())).take(MAX_ATTRIBUTES)
}

/// The first attribute, in the order of the alphabet, that stands twice.
pub(super) fn repeated(start: &BytesStart<'_>) -> Option<String> {
    // Most tags that have any have one.
    let _second = raw_attributes(start).nth(1)?;
    let mut names: Vec<&str> = raw_attributes(start).flatten().map(|a| a.key.into_inner()).collect();
    names.sort_unstable();
    names.windows(2).find(|pair| pair[0] == pair[1]).map(|pair| pair[0].to_owned())
}

/// Bytes that names of XML are made of, as far as ASCII goes.
pub(super) const IS_NAME: [bool; 256] = {
    let mut is_name = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        is_name[byte] = byte >= 0x80
            || (byte as u8).is_ascii_alphanumeric()
            || matches!(byte as u8, b'-' | b'.' | b'_' | b':');
        byte += 1;
    }
    is_name
};

/// Whether a text is a name of XML, as far as ASCII goes.
pub(super) fn is_name(name: &str) -> bool {
    let first = name.as_bytes().first();
    first.is_some_and(|b| b.is_ascii_alphabetic() || matches!(b, b'_' | b':' | 0x80..))
        && name.bytes().all(|b| IS_NAME[usize::from(b)])
}

/// Why a processing instruction of this name is none (XML 1.0, section 2.6).
pub(crate) fn instruction_fault(name: &str) -> Option<&'static str> {
    match name {
        name if name.eq_ignore_ascii_case("xml") => Some("the name xml is kept for the declaration"),
        name if !is_name(name) => Some("a processing instruction begins with a name and a space"),
        _ => None,
    }
}
