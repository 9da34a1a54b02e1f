//! Texts, names, lists and named values.

use memchr::memchr2;

use super::{Notes, Spot};
use crate::model::Named;
use crate::read::is_xml_char;

impl Notes {
    /// An identifier or sender.
    pub(super) fn name(&mut self, name: &str, spot: Spot) {
        if name.is_empty() {
            self.error("empty-name", spot, "a name is empty; it is mandatory");
        } else if name.bytes().fold(false, |any, b| any | is_barred(b))
            || !name.is_ascii() && name.contains(char::is_whitespace)
        {
            self.error("name-characters", spot, "names must not hold white space, commas, < or &");
        }
        self.text(name, spot);
    }

    /// A mandatory text, which the schemas let be empty: no error in a foreign message.
    pub(super) fn mandatory(&mut self, text: &str, spot: Spot) {
        if is_blank(text) {
            self.warning("empty-mandatory", spot, "this mandatory text is empty");
        }
        self.text(text, spot);
    }

    pub(super) fn optional(&mut self, text: &Option<String>, spot: Spot) {
        if let Some(text) = text {
            self.text(text, spot);
        }
    }

    pub(super) fn text(&mut self, text: &str, spot: Spot) {
        if self.clean {
            return;
        }
        // Most texts hold nothing that could be the beginning of a forbidden character.
        let odd = text.bytes().any(|b| b < 0x20 && !matches!(b, b'\t' | b'\n' | b'\r') || b == 0xEF);
        if odd && !text.chars().all(is_xml_char) {
            self.error("illegal-character", spot, "XML forbids some of these characters");
        }
    }

    /// A text for people.
    pub(super) fn plain(&mut self, text: &Option<String>, spot: Spot) {
        self.optional(text, spot);
        if let Some(mark) = text.as_deref().and_then(markup) {
            let message = format!("{mark:?} is markup; receivers show it as it stands: write plain text");
            self.warning("markup", spot, message);
        }
    }

    pub(super) fn items(&mut self, items: &[String], spot: Spot) {
        for item in items {
            self.text(item, spot);
            if is_blank(item) || item.contains('"') {
                self.error("list-item", spot, "an item must not be empty or hold a double quote");
            }
        }
    }

    pub(super) fn named(&mut self, values: &[Named], spot: Spot, name: &'static str) {
        for (named, n) in values.iter().zip(1..) {
            let (value_name, value) = (named.name(), named.value());
            let spot = spot.nth(name, n);
            self.text(value_name, spot);
            self.text(value, spot);
            if is_blank(value_name) {
                self.warning("value-name", spot, "the value has no name to tell what it means");
            }
        }
    }
}

/// Whether a byte must not stand in a name.
fn is_barred(byte: u8) -> bool {
    byte.is_ascii_whitespace() | matches!(byte, b',' | b'<' | b'&')
}

/// Whether there is nothing but white space.
fn is_blank(text: &str) -> bool {
    text.chars().all(char::is_whitespace)
}

/// Tags and entities that were meant for a browser.
const TAGS: &[&str] = &[
    "b", "i", "u", "p", "br", "a", "ul", "ol", "li", "div", "span", "strong", "em", "h1", "h2", "h3", "font",
];
const ENTITIES: &[&str] = &["&amp;", "&lt;", "&gt;", "&nbsp;", "&quot;", "&#39;"];

fn markup(text: &str) -> Option<String> {
    // Both are rare, and each text would be searched for many words.
    memchr2(b'<', b'&', text.as_bytes())?;
    for (at, _) in text.match_indices('<') {
        let rest = &text[at + 1..];
        let rest = rest.strip_prefix('/').unwrap_or(rest);
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(rest.len());
        let closes = rest[end..].starts_with(['>', ' ', '/']) && rest[end..].contains('>');
        if closes && TAGS.iter().any(|tag| tag.eq_ignore_ascii_case(&rest[..end])) {
            return Some(text[at..].chars().take_while(|c| *c != '>').take(20).chain(['>']).collect());
        }
    }
    ENTITIES.iter().find(|entity| text.contains(**entity)).map(|entity| (*entity).to_owned())
}

#[cfg(test)]
mod tests {
    use super::markup;

    #[test]
    fn tags_are_told_from_comparisons() {
        for text in ["rises.<br/>", "<P>a", "</b>", "<a href='x'>y</a>", "Go &amp; stay", "5 &gt; 4"] {
            assert!(markup(text).is_some(), "{text}");
        }
        for text in ["x < 7 m & more > 2", "a <b", "<warning>", "R & D", "i<j>k", ""] {
            assert!(markup(text).is_none(), "{text}");
        }
    }
}
