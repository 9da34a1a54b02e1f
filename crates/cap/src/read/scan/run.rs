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
        let (len, odd) = look(block);
        noted |= odd;
        if len < block.len() {
            let len = n * block.len() + len;
            return if noted { Run::of(&bytes[..len]) } else { Run { len, ..Run::default() } };
        }
    }
    let passed = bytes.len().min(64) / 16 * 16;
    let len = memchr2(b'<', b'&', &bytes[passed..]).map_or(bytes.len(), |more| passed + more);
    Run::of(&bytes[..len])
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

/// Where a run ends in a block, or the length of the block, and whether anything before that has to be looked at.
///
/// Apart from its caller it becomes vector instructions; as a part of it, it does not.
#[inline(never)]
fn look(block: &[u8; 16]) -> (usize, bool) {
    let stops = zeros(each(block, |b| (b ^ b'<').min(b ^ b'&')));
    let odd = zeros(each(block, |b| (b & 0xE0).min(b ^ 0xEF).min(b ^ b']')));
    let before = (stops & stops.wrapping_neg()).wrapping_sub(1);
    (stops.trailing_zeros() as usize / 8, odd & before != 0)
}

/// Each byte of a block brought to another. Minima and exclusive ors become vector instructions; what is compared
/// and joined byte by byte does not.
#[inline]
fn each(block: &[u8; 16], of: impl Fn(u8) -> u8) -> u128 {
    let mut bytes = [0; 16];
    for (to, from) in bytes.iter_mut().zip(block) {
        *to = of(*from);
    }
    u128::from_le_bytes(bytes)
}

/// The highest bit of each byte that is zero; above the lowest of them there may be others.
#[inline]
fn zeros(word: u128) -> u128 {
    const LOW: u128 = u128::MAX / 0xFF;
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
