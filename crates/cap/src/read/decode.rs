//! Bytes to text, and places in the text back to bytes.

use std::borrow::Cow;
#[cfg(feature = "sign")]
use std::ops::Range;

use super::error::ReadError;

/// How bytes turn into characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Coding {
    Utf8,
    /// UTF-8 with stray bytes, which are read as Windows-1252.
    Utf8Broken,
    /// One byte a character, 0x80 to 0x9F by Windows-1252 or as control characters.
    Single {
        windows: bool,
    },
    Utf16 {
        big_endian: bool,
    },
}

/// A document as text.
#[derive(Debug)]
pub(crate) struct Decoded<'a> {
    /// The text, without byte order mark.
    pub(super) text: Cow<'a, str>,
    /// Whether bytes had to be guessed.
    pub(super) repaired: bool,
    coding: Coding,
    bytes: &'a [u8],
    start: usize,
}

#[cfg(feature = "sign")]
impl<'a> Decoded<'a> {
    /// Decodes a document.
    pub(crate) fn of(bytes: &'a [u8]) -> Result<Decoded<'a>, ReadError> {
        decode(bytes)
    }

    /// The text, without byte order mark.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// Whether no bytes had to be guessed.
    pub(crate) fn is_exact(&self) -> bool {
        !self.repaired
    }

    /// The text of some of the bytes, which begin and end between characters; `None` if they lie outside.
    pub(crate) fn part(&self, bytes: Range<usize>) -> Option<Cow<'_, str>> {
        if self.coding == Coding::Utf8 {
            let text = bytes.start.checked_sub(self.start)?..bytes.end.checked_sub(self.start)?;
            return self.text.get(text).map(Cow::Borrowed);
        }
        let mut rest = self.bytes.get(bytes)?;
        let mut text = String::with_capacity(rest.len());
        while !rest.is_empty() {
            let (ch, width) = step(self.coding, rest);
            text.push(ch);
            rest = &rest[width.min(rest.len())..];
        }
        Some(Cow::Owned(text))
    }

    /// The bytes where the characters at ascending places of the text begin.
    pub(crate) fn bytes_of(&self, places: impl Iterator<Item = usize>) -> Vec<usize> {
        let mut map = SourceMap::new(self);
        places.map(|place| map.source(place)).collect()
    }
}

/// Decodes by byte order mark, then by XML declaration, then as UTF-8.
pub(super) fn decode(bytes: &[u8]) -> Result<Decoded<'_>, ReadError> {
    let (coding, mark): (_, &[u8]) = match bytes {
        [0xEF, 0xBB, 0xBF, ..] => (Coding::Utf8, b"\xEF\xBB\xBF"),
        [0xFF, 0xFE, ..] => (Coding::Utf16 { big_endian: false }, b"\xFF\xFE"),
        [0xFE, 0xFF, ..] => (Coding::Utf16 { big_endian: true }, b"\xFE\xFF"),
        [b'<', 0, ..] => (Coding::Utf16 { big_endian: false }, b""),
        [0, b'<', ..] => (Coding::Utf16 { big_endian: true }, b""),
        _ => (declared(bytes)?, b""),
    };
    let mut start = mark.len();
    // Files put together from others have the mark more than once, and the XML reader drops one
    // that it meets without counting it.
    while !mark.is_empty() && bytes[start..].starts_with(mark) {
        start += mark.len();
    }
    let body = &bytes[start..];
    let repaired = start > mark.len();
    let mut decoded = Decoded { text: Cow::Borrowed(""), repaired, coding, bytes, start };
    if coding == Coding::Utf8 {
        if let Ok(text) = simdutf8::basic::from_utf8(body) {
            decoded.text = Cow::Borrowed(text);
            return Ok(decoded);
        }
        decoded.coding = Coding::Utf8Broken;
        decoded.repaired = true;
    }
    let mut text = String::with_capacity(body.len());
    let mut at = 0;
    while at < body.len() {
        let plain = ascii(decoded.coding, &body[at..]);
        text.push_str(plain);
        at += plain.len();
        if at < body.len() {
            let (ch, width) = step(decoded.coding, &body[at..]);
            text.push(ch);
            at += width;
        }
    }
    decoded.repaired |= matches!(coding, Coding::Utf16 { .. }) && body.len() % 2 == 1;
    decoded.text = Cow::Owned(text);
    Ok(decoded)
}

/// Walks from places in the text to places in the bytes; cheap as long as it goes forward.
#[derive(Debug)]
pub(super) struct SourceMap<'d, 'a> {
    decoded: &'d Decoded<'a>,
    text_at: usize,
    byte_at: usize,
}

impl<'d, 'a> SourceMap<'d, 'a> {
    pub(super) fn new(decoded: &'d Decoded<'a>) -> Self {
        SourceMap { decoded, text_at: 0, byte_at: decoded.start }
    }

    /// The byte where the character at `offset` of the text begins.
    pub(super) fn source(&mut self, offset: usize) -> usize {
        let Decoded { coding, bytes, start, .. } = *self.decoded;
        if coding == Coding::Utf8 {
            return start + offset;
        }
        if offset < self.text_at {
            (self.text_at, self.byte_at) = (0, start);
        }
        while self.text_at < offset && self.byte_at < bytes.len() {
            let rest = &bytes[self.byte_at..];
            let plain = ascii(coding, &rest[..rest.len().min(offset - self.text_at)]).len();
            if plain > 0 {
                (self.text_at, self.byte_at) = (self.text_at + plain, self.byte_at + plain);
                continue;
            }
            let (ch, width) = step(coding, &bytes[self.byte_at..]);
            self.text_at += ch.len_utf8();
            self.byte_at += width;
        }
        self.byte_at
    }
}

/// Names of UTF-8. A text that was read up to its declaration byte by byte is no UTF-16, whatever it declares.
const UTF: [&str; 9] = ["utf-8", "", "utf8", "us-ascii", "ascii", "utf-16", "utf16", "utf-16le", "utf-16be"];
/// Names of ISO-8859-1.
const LATIN: [&str; 5] = ["iso-8859-1", "iso8859-1", "iso_8859-1", "latin1", "latin-1"];
/// Names of Windows-1252.
const WINDOWS: [&str; 2] = ["windows-1252", "cp1252"];

/// The coding that the XML declaration names.
fn declared(bytes: &[u8]) -> Result<Coding, ReadError> {
    let head = bytes.trim_ascii_start();
    let head = &head[..head.len().min(200)];
    let Some(end) = head.iter().position(|b| *b == b'>').filter(|_| head.starts_with(b"<?xml")) else {
        return Ok(Coding::Utf8);
    };
    let head = String::from_utf8_lossy(&head[..end]);
    let Some((_, value)) = head.split_once("encoding") else {
        return Ok(Coding::Utf8);
    };
    let value = value.trim_start().trim_start_matches('=').trim_start();
    let name = value.split(['"', '\'']).nth(1).unwrap_or_default().trim();
    let is_one_of = |names: &[&str]| names.iter().any(|known| known.eq_ignore_ascii_case(name));
    if is_one_of(&UTF) {
        Ok(Coding::Utf8)
    } else if is_one_of(&LATIN) {
        Ok(Coding::Single { windows: false })
    } else if is_one_of(&WINDOWS) {
        Ok(Coding::Single { windows: true })
    } else {
        Err(ReadError::Encoding { name: name.chars().take(40).collect() })
    }
}

/// The letters of ASCII at the start, which are the same bytes in every coding but UTF-16.
fn ascii(coding: Coding, bytes: &[u8]) -> &str {
    if matches!(coding, Coding::Utf16 { .. }) {
        return "";
    }
    let blocks = bytes.as_chunks::<16>().0.iter().take_while(|block| block.is_ascii()).count();
    let len = blocks * 16 + bytes[blocks * 16..].iter().take_while(|b| b.is_ascii()).count();
    str::from_utf8(&bytes[..len]).unwrap_or_default()
}

/// The first character of `bytes`, which is not empty, and its width in bytes.
fn step(coding: Coding, bytes: &[u8]) -> (char, usize) {
    let first = bytes[0];
    match coding {
        Coding::Single { windows: false } => (char::from(first), 1),
        Coding::Single { windows: true } => (windows_1252(first), 1),
        Coding::Utf8 | Coding::Utf8Broken => {
            let width = match first {
                ..0xC0 => 1,
                0xC0..0xE0 => 2,
                0xE0..0xF0 => 3,
                0xF0.. => 4,
            };
            let valid = bytes.get(..width).and_then(|b| str::from_utf8(b).ok());
            match valid.and_then(|text| text.chars().next()) {
                Some(ch) => (ch, width),
                None => (windows_1252(first), 1),
            }
        }
        Coding::Utf16 { big_endian } => {
            let unit = |at: usize| {
                let pair = [*bytes.get(at)?, *bytes.get(at + 1)?];
                Some(if big_endian { u16::from_be_bytes(pair) } else { u16::from_le_bytes(pair) })
            };
            let units = [unit(0), unit(2)].into_iter().map_while(|u| u);
            match char::decode_utf16(units).next() {
                Some(Ok(ch)) => (ch, 2 * ch.len_utf16()),
                _ => (char::REPLACEMENT_CHARACTER, bytes.len().min(2)),
            }
        }
    }
}

fn windows_1252(byte: u8) -> char {
    const HIGH: [char; 32] = [
        '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}',
        '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
    ];
    match byte {
        0x80..=0x9F => HIGH[usize::from(byte - 0x80)],
        _ => char::from(byte),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(bytes: &[u8], want: &str, repaired: bool) {
        let decoded = decode(bytes).unwrap();
        assert_eq!(decoded.text, want);
        assert_eq!(decoded.repaired, repaired);
        let mut map = SourceMap::new(&decoded);
        assert_eq!(map.source(decoded.text.len()), bytes.len());
        assert_eq!(map.source(0), decoded.start);
    }

    #[test]
    fn each_encoding_is_decoded_and_mapped_back() {
        check("<é/>".as_bytes(), "<é/>", false);
        check(b"\xEF\xBB\xBF<a/>", "<a/>", false);
        check(b"\xFF\xFE<\0\xe9\0=\xd8\0\xde>\0", "<é😀>", false);
        check(b"\xFE\xFF\0<\0a", "<a", false);
        check(b"\xEF\xBB\xBF\xEF\xBB\xBF<a/>", "<a/>", true);
        check(b"\xFF\xFE\xFF\xFE<\0", "<", true);
        check(
            b"<?xml version='1.0' encoding='ISO-8859-1'?>\xe9",
            "<?xml version='1.0' encoding='ISO-8859-1'?>é",
            false,
        );
        check(b"<?xml encoding = \"cp1252\"?>\x80", "<?xml encoding = \"cp1252\"?>€", false);
    }

    #[test]
    fn stray_bytes_are_guessed_and_owned_up_to() {
        check(b"<a>\xc3\xa9t\xe9</a>", "<a>été</a>", true);
        check(b"\xFF\xFE<\0a", "<\u{FFFD}", true);
    }

    #[test]
    fn an_unknown_encoding_is_named() {
        let error = decode(b"<?xml version='1.0' encoding='Big5'?><a/>").unwrap_err();
        assert_eq!(error, ReadError::Encoding { name: "Big5".into() });
    }
}
