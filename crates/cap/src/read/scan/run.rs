//! Runs of text: how far they reach, and whether anything in them is odd.

use std::borrow::Cow;

use memchr::{memchr, memchr_iter, memchr2};

/// Bytes up to the next `<` or `&`. Two values, and no more, come back from a function in registers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Run {
    pub(super) len: usize,
    pub(super) notes: Notes,
}

/// What there is among the bytes of a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Notes(u8);

impl Notes {
    pub(super) fn new(odd: bool, returns: bool) -> Notes {
        Notes(u8::from(odd) | (u8::from(returns) << 1))
    }

    /// Whether some may begin what XML forbids.
    pub(super) fn odd(self) -> bool {
        self.0 & 1 != 0
    }

    /// Whether there are carriage returns.
    pub(super) fn returns(self) -> bool {
        self.0 & 2 != 0
    }
}

/// Measures a run of text.
///
/// Most are short, so the first blocks are looked at here and now, and only what is longer is worth a search.
#[inline]
pub(super) fn plain_run(bytes: &[u8]) -> Run {
    let mut noted = false;
    for (n, block) in bytes.as_chunks::<16>().0.iter().take(4).enumerate() {
        if is_quiet(block) {
            continue;
        }
        let word = u128::from_le_bytes(*block);
        let stops = equal(word, b'<') | equal(word, b'&');
        if stops == 0 {
            noted = true;
            continue;
        }
        // What stands before the lowest stop, with spaces for the rest.
        let before = (stops & stops.wrapping_neg()).wrapping_sub(1) >> 7;
        let len = n * 16 + stops.trailing_zeros() as usize / 8;
        let word = (word & before) | ((LOW * 0x20) & !before);
        noted |= below_space(word) | equal(word, 0xEF) | equal(word, b']') != 0;
        return if noted { Run::of(&bytes[..len]) } else { Run { len, ..Run::default() } };
    }
    let passed = bytes.len().min(64) / 16 * 16;
    let len = memchr2(b'<', b'&', &bytes[passed..]).map_or(bytes.len(), |more| passed + more);
    Run::of(&bytes[..len])
}

/// Whether nothing in a block ends a run or has to be looked at.
#[inline]
fn is_quiet(block: &[u8; 16]) -> bool {
    let has = |mark: u8| block.iter().fold(false, |any, b| any | (*b == mark));
    let has_control = block.iter().fold(false, |any, b| any | (*b < 0x20));
    !(has_control | has(b'<') | has(b'&') | has(0xEF) | has(b']'))
}

impl Run {
    /// The run that is the whole of some bytes.
    fn of(bytes: &[u8]) -> Run {
        let is_odd =
            |b: u8| (b < 0x20) & (b != b'\n') & (b != b'\t') & (b != b'\r') | (b == 0xEF) | (b == b']');
        let any = |is: fn(u8) -> bool| {
            let (blocks, rest) = bytes.as_chunks::<32>();
            let has = |block: &[u8]| block.iter().fold(false, |any, b| any | is(*b));
            blocks.iter().any(|block| has(block)) || has(rest)
        };
        // 0xEF begins U+FFFE and U+FFFF.
        let notes = Notes::new(any(is_odd), memchr(b'\r', bytes).is_some());
        Run { len: bytes.len(), notes }
    }
}

/// Whether a text that may be odd is as it should be after all: many letters of Asia begin with 0xEF too.
pub(super) fn is_regular(text: &str) -> bool {
    let bytes = text.as_bytes();
    let is_control = |b: u8| b < 0x20 && !matches!(b, b'\n' | b'\t' | b'\r');
    let is_forbidden = |at: usize| matches!(bytes.get(at + 1..at + 3), Some([0xBF, 0xBE | 0xBF]));
    let has_control = bytes.iter().fold(false, |any, b| any | is_control(*b));
    let is_irregular = has_control
        || memchr_iter(0xEF, bytes).any(is_forbidden)
        || (memchr(b']', bytes).is_some() && text.contains("]]>"));
    !is_irregular
}

/// The lowest bit of each byte.
const LOW: u128 = u128::MAX / 0xFF;

/// The highest bit of each control character; above the lowest of them there may be others.
#[inline]
fn below_space(word: u128) -> u128 {
    word.wrapping_sub(LOW * 0x20) & !word & (LOW * 0x80)
}

/// The highest bit of each byte that is `byte`; above the lowest of them there may be others.
#[inline]
fn equal(word: u128, byte: u8) -> u128 {
    let word = word ^ (LOW * u128::from(byte));
    word.wrapping_sub(LOW) & !word & (LOW * 0x80)
}

/// Whether XML 1.0 lets a character stand.
pub(crate) fn is_xml_char(ch: char) -> bool {
    !matches!(ch, '\0'..='\u{8}' | '\u{B}' | '\u{C}' | '\u{E}'..='\u{1F}' | '\u{FFFE}' | '\u{FFFF}')
}

/// Line ends as XML passes them on.
pub(in crate::read) fn normal_lines(text: &str) -> Cow<'_, str> {
    let Some(mut at) = memchr(b'\r', text.as_bytes()) else { return Cow::Borrowed(text) };
    let mut normal = String::with_capacity(text.len());
    let mut rest = text;
    loop {
        normal.push_str(&rest[..at]);
        normal.push('\n');
        rest = &rest[at + 1..];
        rest = rest.strip_prefix('\n').unwrap_or(rest);
        match memchr(b'\r', rest.as_bytes()) {
            Some(next) => at = next,
            None => break,
        }
    }
    normal.push_str(rest);
    Cow::Owned(normal)
}
