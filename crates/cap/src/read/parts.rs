//! Reading elements: texts, times, words.

use std::borrow::Cow;
use std::mem;

use super::Version;
use super::element::Element;
use super::error::ReadError;
use super::scan::{Leaf, Ns, Scanner, TextFaults};
use super::sheet::{At, Sheet};
use super::values::{cut, trim};
use crate::model::Word;
use crate::time::{CapTime, parse};

/// Elements whose type is a closed vocabulary: white space around the word is part of it.
const WORDS: [Element; 8] = [
    Element::Status,
    Element::MsgType,
    Element::Scope,
    Element::Category,
    Element::ResponseType,
    Element::Urgency,
    Element::Severity,
    Element::Certainty,
];

/// Reads one alert: the scanner stands behind its start tag.
pub(super) struct Reader<'s, 'a> {
    pub(super) scan: &'s mut Scanner<'a>,
    pub(super) sheet: Sheet,
    /// The namespace its elements should have.
    pub(super) ns: Ns,
    /// The prefix that its own name bears, with the colon; its elements mostly bear it too.
    pub(super) prefix: &'a str,
    /// What is known of the text of the element that has just begun.
    pub(super) leaf: Leaf<'a>,
}

/// A child element whose start tag has been read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Item {
    pub(super) at: At,
    pub(super) offset: usize,
}

impl Item {
    /// Which element it is.
    #[inline]
    pub(super) fn element(self) -> Element {
        self.at.element().expect("an item is a child of something")
    }
}

impl<'a> Reader<'_, 'a> {
    /// The text of the element that has just begun, if it is as most are.
    #[inline]
    fn plain_element(&mut self, limit: Option<usize>) -> Option<&'a str> {
        match mem::take(&mut self.leaf) {
            Leaf::Plain(text) => Some(text),
            Leaf::Odd => None,
            Leaf::Unread => self.scan.plain_element(limit),
        }
    }

    /// Passes over the rest of the element that has just begun.
    pub(super) fn skip(&mut self) -> Result<(), ReadError> {
        match mem::take(&mut self.leaf) {
            Leaf::Plain(_) => Ok(()),
            Leaf::Odd | Leaf::Unread => self.scan.skip(),
        }
    }

    /// The text of an element, without white space at its ends; `None` if there is nothing.
    #[inline]
    pub(super) fn text(&mut self, item: Item) -> Result<Option<Cow<'a, str>>, ReadError> {
        match self.plain_element(None).map(trim) {
            Some(text) => Ok((!text.is_empty()).then_some(Cow::Borrowed(text))),
            None => Ok(self.odd_text(item, None)?.0),
        }
    }

    /// Like [`Reader::text`], with a limit of its own and what was odd.
    #[inline]
    pub(super) fn text_up_to(
        &mut self,
        item: Item,
        limit: Option<usize>,
    ) -> Result<(Option<Cow<'a, str>>, TextFaults), ReadError> {
        let Some(all) = self.plain_element(limit) else { return self.odd_text(item, limit) };
        let text = trim(all);
        let faults = TextFaults { padded: text.len() != all.len(), ..TextFaults::default() };
        Ok(((!text.is_empty()).then_some(Cow::Borrowed(text)), faults))
    }

    /// A text with anything in it but plain characters.
    fn odd_text(
        &mut self,
        item: Item,
        limit: Option<usize>,
    ) -> Result<(Option<Cow<'a, str>>, TextFaults), ReadError> {
        let (text, mut faults) = self.scan.mixed_text(limit)?;
        faults.padded = trim(&text).len() != text.len();
        let Item { at, offset } = item;
        if faults.element {
            self.sheet.error(
                offset,
                at,
                "element-in-text",
                "elements stand inside a text; only their text was kept",
            );
        }
        if faults.too_long {
            let message = format!("the text is longer than {} bytes; it was cut", self.sheet.limits.max_text);
            self.sheet.error(offset, at, "text-too-long", message);
        }
        if faults.section_end {
            let message = "]]> may not stand in a text; write ]]&gt;";
            self.sheet.error(offset, at, "section-end", message);
        }
        if faults.illegal {
            self.sheet.error(
                offset,
                at,
                "illegal-character",
                "XML forbids some of these characters; they were removed",
            );
        }
        let text = match text {
            Cow::Borrowed(text) => Cow::Borrowed(trim(text)),
            Cow::Owned(text) if !faults.padded => Cow::Owned(text),
            Cow::Owned(text) => Cow::Owned(trim(&text).to_owned()),
        };
        Ok((Some(text).filter(|t| !t.is_empty()), faults))
    }

    /// An optional text; an empty element is absent, with a finding.
    pub(super) fn some_text(&mut self, item: Item) -> Result<Option<Cow<'a, str>>, ReadError> {
        let text = self.text(item)?;
        if text.is_none() {
            self.empty(item);
        }
        Ok(text)
    }

    /// The same, as a text of its own.
    pub(super) fn string(&mut self, item: Item) -> Result<Option<String>, ReadError> {
        let mut text = None;
        self.string_into(item, &mut text)?;
        Ok(text)
    }

    /// The same, put where it belongs: alerts are made of texts, and each is moved no more than it must.
    pub(super) fn string_into(&mut self, item: Item, place: &mut Option<String>) -> Result<(), ReadError> {
        match self.plain_element(None).map(trim) {
            Some("") => *place = None,
            Some(text) => *place = Some(text.to_owned()),
            None => *place = self.odd_text(item, None)?.0.map(Cow::into_owned),
        }
        if place.is_none() {
            self.empty(item);
        }
        Ok(())
    }

    /// A mandatory text, put where it belongs; nothing if there is none.
    pub(super) fn text_into(&mut self, item: Item, place: &mut String) -> Result<(), ReadError> {
        match self.plain_element(None) {
            Some(text) => *place = trim(text).to_owned(),
            None => *place = self.odd_text(item, None)?.0.unwrap_or_default().into_owned(),
        }
        Ok(())
    }

    /// Notes an empty element that passes the schema; such are frequent.
    pub(super) fn empty(&mut self, item: Item) {
        let message = format!("<{}> is empty; leave it out", item.element());
        self.sheet.warning(item.offset, item.at, "empty-element", message);
    }

    /// An identifier or sender: a text that is mandatory and bears no white space.
    pub(super) fn name(&mut self, item: Item) -> Result<Option<String>, ReadError> {
        let (text, faults) = self.text_up_to(item, None)?;
        if faults.padded && text.is_some() {
            let message = format!("white space stands around the value of <{}>; remove it", item.element());
            self.sheet.error(item.offset, item.at, "padded-name", message);
        }
        if text.is_none() {
            let message = format!("<{}> is empty; it is mandatory", item.element());
            self.sheet.error(item.offset, item.at, "empty-name", message);
        }
        Ok(text.map(Cow::into_owned))
    }

    /// A text that the schema does not let be empty.
    pub(super) fn typed(&mut self, item: Item) -> Result<Option<Cow<'a, str>>, ReadError> {
        let (text, faults) = self.text_up_to(item, None)?;
        if faults.padded && text.is_some() && WORDS.contains(&item.element()) {
            let message = format!("white space stands around the value of <{}>; remove it", item.element());
            self.sheet.error(item.offset, item.at, "padded-value", message);
        }
        if text.is_none() {
            let message = format!("<{}> is empty; leave it out", item.element());
            self.sheet.error(item.offset, item.at, "empty-value", message);
        }
        Ok(text)
    }

    /// A time.
    pub(super) fn time(&mut self, item: Item) -> Result<Option<CapTime>, ReadError> {
        let Some(text) = self.typed(item)? else { return Ok(None) };
        let (Item { at, offset }, element) = (item, item.element());
        let Some((time, faults)) = parse(&text) else {
            let message =
                format!("{:?} is no time; write <{element}> as 2026-11-21T17:00:00-06:00", cut(&text));
            self.sheet.error(offset, at, "time-unreadable", message);
            return Ok(None);
        };
        let version = self.sheet.version;
        if faults.shape {
            let message =
                format!("{:?} is not written as a time should be; it was read as {time}", cut(&text));
            self.sheet.error(offset, at, "time-form", message);
        }
        if faults.far {
            let message = format!("{:?} cannot be kept; it was read as {time}", cut(&text));
            self.sheet.warning(offset, at, "time-far", message);
        }
        if faults.no_offset {
            self.sheet.error(
                offset,
                at,
                "time-offset",
                "the time has no offset from UTC; it was read as UTC",
            );
        }
        if faults.letter {
            let message = format!("the letter Z is not allowed in times; write {time}");
            match version {
                Version::V1_0 => self.sheet.warning(offset, at, "time-letter", message),
                _ => self.sheet.error(offset, at, "time-letter", message),
            }
        }
        if faults.fraction && version == Version::V1_2 {
            self.sheet.error(
                offset,
                at,
                "time-fraction",
                format!("fractions of seconds are not allowed; write {time}"),
            );
        }
        if faults.plus_zero && version == Version::V1_2 {
            self.sheet.error(offset, at, "time-utc", format!("UTC must be written -00:00; write {time}"));
        }
        Ok(Some(time))
    }

    /// A word of a vocabulary; `allowed` narrows it to those the message's version knows.
    pub(super) fn word<W: Word + PartialEq>(
        &mut self,
        item: Item,
        allowed: impl Fn(Version, W) -> bool,
    ) -> Result<Option<W>, ReadError> {
        let Some(text) = self.typed(item)? else { return Ok(None) };
        Ok(self.word_of(item, &text, allowed))
    }

    /// The word that a text means.
    pub(super) fn word_of<W: Word + PartialEq>(
        &mut self,
        item: Item,
        text: &str,
        allowed: impl Fn(Version, W) -> bool,
    ) -> Option<W> {
        let (Item { at, offset }, element) = (item, item.element());
        let version = self.sheet.version;
        match text.parse::<W>() {
            Ok(word) if allowed(version, word) => return Some(word),
            Ok(word) => {
                self.sheet.error(
                    offset,
                    at,
                    "word-version",
                    format!("CAP {version} has no {word} in <{element}>"),
                );
                return Some(word);
            }
            Err(_) => {}
        }
        let squeezed: String =
            text.chars().filter(|c| !c.is_whitespace() && *c != '-' && *c != '_').collect();
        let near = W::ALL.iter().find(|w| w.to_string().eq_ignore_ascii_case(&squeezed)).copied();
        match near {
            Some(word) => {
                self.sheet.error(offset, at, "word-form", format!("{:?} is spelled {word}", cut(text)));
            }
            None => {
                let error = text.parse::<W>().err().map_or(String::new(), |e| e.to_string());
                self.sheet.error(offset, at, "word-unknown", format!("failed to {error}"));
            }
        }
        near
    }
}
