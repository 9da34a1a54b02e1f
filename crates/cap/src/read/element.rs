//! The elements of CAP, by name.

use std::fmt;

macro_rules! elements {
    ($($element:ident = $name:literal,)+) => {
        /// An element that CAP knows.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub(super) enum Element {
            $($element,)+
        }

        impl Element {
            /// All of them.
            const ALL: &[Element] = &[$(Element::$element),+];

            /// The name as it is written.
            pub(super) const fn as_str(self) -> &'static str {
                match self {
                    $(Element::$element => $name,)+
                }
            }
        }
    };
}

elements! {
    Identifier = "identifier",
    Sender = "sender",
    Sent = "sent",
    Status = "status",
    MsgType = "msgType",
    Password = "password",
    Source = "source",
    Scope = "scope",
    Restriction = "restriction",
    Addresses = "addresses",
    Code = "code",
    Note = "note",
    References = "references",
    Incidents = "incidents",
    Info = "info",
    Signature = "Signature",
    Language = "language",
    Category = "category",
    Event = "event",
    ResponseType = "responseType",
    Urgency = "urgency",
    Severity = "severity",
    Certainty = "certainty",
    Audience = "audience",
    EventCode = "eventCode",
    Effective = "effective",
    Onset = "onset",
    Expires = "expires",
    SenderName = "senderName",
    Headline = "headline",
    Description = "description",
    Instruction = "instruction",
    Web = "web",
    Contact = "contact",
    Parameter = "parameter",
    Resource = "resource",
    Area = "area",
    ResourceDesc = "resourceDesc",
    MimeType = "mimeType",
    Size = "size",
    Uri = "uri",
    DerefUri = "derefUri",
    Digest = "digest",
    AreaDesc = "areaDesc",
    Polygon = "polygon",
    Circle = "circle",
    Geocode = "geocode",
    Altitude = "altitude",
    Ceiling = "ceiling",
    ValueName = "valueName",
    Value = "value",
}

impl Element {
    /// Its number, from 1.
    #[inline]
    pub(super) fn number(self) -> u8 {
        self as u8 + 1
    }

    /// The element of a number.
    #[inline]
    pub(super) fn of_number(number: u8) -> Option<Element> {
        Element::ALL.get(usize::from(number).wrapping_sub(1)).copied()
    }

    /// The element of a name.
    pub(super) fn of(name: &str) -> Option<Element> {
        Element::ALL.iter().find(|element| element.as_str() == name).copied()
    }
}

impl fmt::Display for Element {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How a start tag of nothing but a name goes on behind its `<` and its prefix: `name>`, to be compared at once.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mark {
    word: u128,
    /// Ones where the bytes of the mark stand.
    mask: u128,
    /// Bytes of the name.
    pub(super) len: usize,
}

impl Mark {
    /// Bytes that are looked at.
    pub(super) const BYTES: usize = 16;

    /// The mark of an element.
    pub(super) const fn of(element: Element) -> Mark {
        let name = element.as_str().as_bytes();
        assert!(name.len() < Mark::BYTES, "names of CAP are short");
        let (mut word, mut mask) = ([0; Mark::BYTES], [0; Mark::BYTES]);
        let mut at = 0;
        while at < name.len() {
            (word[at], mask[at]) = (name[at], 0xFF);
            at += 1;
        }
        (word[at], mask[at]) = (b'>', 0xFF);
        Mark { word: u128::from_le_bytes(word), mask: u128::from_le_bytes(mask), len: name.len() }
    }

    /// Whether the bytes begin with it.
    #[inline]
    pub(super) fn begins(&self, bytes: &[u8; Mark::BYTES]) -> bool {
        (u128::from_le_bytes(*bytes) ^ self.word) & self.mask == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_element_is_found_by_its_name_and_its_mark() {
        for element in Element::ALL {
            assert_eq!(Element::of(element.as_str()), Some(*element));
            assert_eq!(Element::of_number(element.number()), Some(*element));
            let begins = |text: &str| {
                let text = format!("{text}                ");
                Mark::of(*element).begins(text.as_bytes().first_chunk().unwrap())
            };
            assert!(begins(&format!("{element}>")) && begins(&format!("{element}><")));
            assert!(!begins(element.as_str()) && !begins(&format!("{element}s>")));
        }
        assert_eq!(Element::of("Info"), None);
        assert_eq!(Element::of_number(0), None);
    }
}
