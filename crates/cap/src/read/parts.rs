//! Reading elements: children against their table, texts, times, words.

use std::borrow::Cow;

use super::Version;
use super::error::ReadError;
use super::scan::{Ns, Scanner, Tag, TextFaults, Token, normal_lines};
use super::sheet::{At, Sheet};
use super::signature::skip_signature;
use super::table::{Child, WIDEST, find};
use super::values::{cut, trim};
use crate::model::Word;
use crate::time::{CapTime, parse};

/// Elements whose type is a closed vocabulary: white space around the word is part of it.
const WORDS: [&str; 8] =
    ["status", "msgType", "scope", "category", "responseType", "urgency", "severity", "certainty"];

/// Reads one alert: the scanner stands behind its start tag.
pub(super) struct Reader<'s, 'a> {
    pub(super) scan: &'s mut Scanner<'a>,
    pub(super) sheet: Sheet,
    /// The namespace its elements should have.
    pub(super) ns: Ns,
}

/// A child element whose start tag has been read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Item {
    pub(super) name: &'static str,
    pub(super) at: At,
    pub(super) offset: usize,
}

impl<'a> Reader<'_, 'a> {
    /// Walks the children of the open element `base`; `take` reads each of them to its end.
    pub(super) fn children(
        &mut self,
        base: u32,
        offset: usize,
        table: &'static [Child],
        take: &mut impl FnMut(&mut Self, Item) -> Result<(), ReadError>,
    ) -> Result<(), ReadError> {
        let version = self.sheet.version;
        let mut counts = [0u32; WIDEST];
        let mut last = 0;
        loop {
            self.scan.pass_space();
            let tag = match self.scan.next()? {
                Token::Start(tag) => tag,
                Token::End | Token::Eof => break,
                Token::Text(text) => {
                    if !text.trim_ascii().is_empty() {
                        let text = normal_lines(text.trim());
                        let message =
                            format!("text {:?} stands between elements; it was left out", cut(&text));
                        self.sheet.error(offset, At::base(base), "stray-text", message);
                    }
                    continue;
                }
            };
            // Whatever belongs to the namespace of signatures may stand where they may.
            let name = if tag.ns == Ns::Signature { "Signature" } else { tag.name };
            let Some((index, exact)) = find(table, name, last) else {
                let message = format!("<{}> has no place here; it was left out", cut(tag.name));
                self.sheet.error(tag.offset, At::base(base), "unknown-element", message);
                self.scan.skip()?;
                self.sheet.keep_foreign(base, self.scan.since(tag.offset));
                continue;
            };
            let child = &table[index];
            counts[index] = counts[index].saturating_add(1);
            let at = At { base, name: child.name, nth: if child.many { counts[index] } else { 0 } };
            let item = Item { name: child.name, at, offset: tag.offset };
            if !self.admit(item, child, &tag, exact) {
                self.scan.skip()?;
                continue;
            }
            if index < last {
                let message = format!("<{}> stands after <{}>; move it before", child.name, table[last].name);
                self.sheet.error(tag.offset, at, "element-order", message);
            }
            last = last.max(index);
            if !child.many && counts[index] > 1 {
                let message =
                    format!("<{}> stands {} times; only the first counts", child.name, counts[index]);
                self.sheet.error(tag.offset, at, "element-repeated", message);
                self.scan.skip()?;
                continue;
            }
            self.sheet.place(at, tag.offset);
            match item.name {
                "Signature" => skip_signature(self, &tag, item)?,
                _ => take(self, item)?,
            }
        }
        for (child, count) in table.iter().zip(counts) {
            if count == 0 && child.needed_since.is_some_and(|since| version >= since) {
                let nth = if child.many { 1 } else { 0 };
                self.sheet.missing(offset, At { base, name: child.name, nth });
            }
        }
        Ok(())
    }

    /// Checks a start tag; false if the element cannot be taken.
    fn admit(&mut self, item: Item, child: &Child, tag: &Tag<'a>, exact: bool) -> bool {
        let Item { at, offset, .. } = item;
        self.sheet.elements += 1;
        if self.sheet.elements > self.sheet.limits.max_elements {
            if self.sheet.elements == self.sheet.limits.max_elements + 1 {
                let message =
                    format!("more than {} elements; the rest was left out", self.sheet.limits.max_elements);
                self.sheet.error(offset, at, "too-many-elements", message);
            }
            return false;
        }
        if !exact {
            let message = format!("<{}> is spelled <{}>; mind the case", tag.name, child.name);
            self.sheet.error(offset, at, "element-case", message);
        }
        let wanted = if item.name == "Signature" { Ns::Signature } else { self.ns };
        if tag.ns != wanted {
            let message =
                format!("<{}> is in another namespace than its alert; declare one and use it", tag.name);
            self.sheet.error(offset, at, "namespace", message);
        }
        let version = self.sheet.version;
        if version < child.since || version > child.until {
            self.sheet.error(offset, at, "element-version", format!("CAP {version} has no <{}>", child.name));
        }
        if item.name != "Signature" && tag.has_attributes() {
            for name in self.scan.odd_attributes(tag) {
                let message = format!("attribute {:?} has no place in CAP; remove it", cut(&name));
                self.sheet.error(offset, at, "attribute", message);
            }
        }
        true
    }

    /// The text of an element, without white space at its ends; `None` if there is nothing.
    pub(super) fn text(&mut self, item: Item) -> Result<Option<Cow<'a, str>>, ReadError> {
        Ok(self.text_up_to(item, None)?.0)
    }

    /// Like [`Reader::text`], with a limit of its own and what was odd.
    pub(super) fn text_up_to(
        &mut self,
        item: Item,
        limit: Option<usize>,
    ) -> Result<(Option<Cow<'a, str>>, TextFaults), ReadError> {
        let (text, mut faults) = self.scan.text(limit)?;
        faults.padded = trim(&text).len() != text.len();
        let Item { at, offset, .. } = item;
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
    pub(super) fn string(&mut self, item: Item) -> Result<Option<String>, ReadError> {
        let text = self.text(item)?;
        if text.is_none() {
            self.empty(item);
        }
        Ok(text.map(Cow::into_owned))
    }

    /// Notes an empty element that passes the schema; such are frequent.
    pub(super) fn empty(&mut self, item: Item) {
        let message = format!("<{}> is empty; leave it out", item.name);
        self.sheet.warning(item.offset, item.at, "empty-element", message);
    }

    /// An identifier or sender: a text that is mandatory and bears no white space.
    pub(super) fn name(&mut self, item: Item) -> Result<Option<String>, ReadError> {
        let (text, faults) = self.text_up_to(item, None)?;
        if faults.padded && text.is_some() {
            let message = format!("white space stands around the value of <{}>; remove it", item.name);
            self.sheet.error(item.offset, item.at, "padded-name", message);
        }
        if text.is_none() {
            let message = format!("<{}> is empty; it is mandatory", item.name);
            self.sheet.error(item.offset, item.at, "empty-name", message);
        }
        Ok(text.map(Cow::into_owned))
    }

    /// A text that the schema does not let be empty.
    pub(super) fn typed(&mut self, item: Item) -> Result<Option<Cow<'a, str>>, ReadError> {
        let (text, faults) = self.text_up_to(item, None)?;
        if faults.padded && text.is_some() && WORDS.contains(&item.name) {
            let message = format!("white space stands around the value of <{}>; remove it", item.name);
            self.sheet.error(item.offset, item.at, "padded-value", message);
        }
        if text.is_none() {
            let message = format!("<{}> is empty; leave it out", item.name);
            self.sheet.error(item.offset, item.at, "empty-value", message);
        }
        Ok(text)
    }

    /// A time.
    pub(super) fn time(&mut self, item: Item) -> Result<Option<CapTime>, ReadError> {
        let Some(text) = self.typed(item)? else { return Ok(None) };
        let Item { at, offset, name } = item;
        let Some((time, faults)) = parse(&text) else {
            let message = format!("{:?} is no time; write <{name}> as 2026-11-21T17:00:00-06:00", cut(&text));
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
        let Item { at, offset, name } = item;
        let version = self.sheet.version;
        match text.parse::<W>() {
            Ok(word) if allowed(version, word) => return Some(word),
            Ok(word) => {
                self.sheet.error(
                    offset,
                    at,
                    "word-version",
                    format!("CAP {version} has no {word} in <{name}>"),
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
