//! Values inside texts: numbers, rings, circles, lists.

use memchr::memchr_iter;

use crate::{Circle, Position};

/// Text without the white space of XML at its ends; a no-break space is content.
#[inline]
pub(crate) fn trim(text: &str) -> &str {
    let content = |b: &u8| !matches!(b, b' ' | b'\t' | b'\n' | b'\r');
    let bytes = text.as_bytes();
    let start = bytes.iter().position(content).unwrap_or(bytes.len());
    let end = bytes.iter().rposition(content).map_or(start, |at| at + 1);
    &text[start..end]
}

/// A number; the second answer is whether it is an xs:decimal as CAP writes it.
pub(super) fn number(text: &str) -> Option<(f64, bool)> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let exact =
        digits.bytes().all(|b| b.is_ascii_digit() || b == b'.') && digits.bytes().any(|b| b.is_ascii_digit());
    // Only forms with digits: Rust itself would also read "inf" and "nan".
    if !exact && !digits.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
        return None;
    }
    text.parse().ok().filter(|n: &f64| n.is_finite()).map(|n| (n, exact))
}

/// A ring as far as it can be read.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Ring {
    pub(super) points: Vec<Position>,
    /// The text that is no "lat,lon" pair.
    pub(super) odd: Option<String>,
    /// Whether the ring has more than the positions left.
    pub(super) too_many: bool,
    /// Whether the odd text left no way to read the ring.
    pub(super) unreadable: bool,
}

/// Reads "lat,lon lat,lon …", at most `room` positions.
pub(super) fn ring(text: &str, room: usize) -> Ring {
    // Positions are many and memory is not: there is one for each comma, and no more.
    let commas = memchr_iter(b',', text.as_bytes()).count();
    let mut ring = Ring { points: Vec::with_capacity(commas.min(room)), ..Ring::default() };
    let mut rest = text.trim_ascii_start();
    while !rest.is_empty() {
        let (position, len) = match plain_pair(rest.as_bytes()) {
            Some((position, len)) => (Some(position), len),
            None => {
                let len = rest.find(|c: char| c.is_ascii_whitespace()).unwrap_or(rest.len());
                (pair(&rest[..len]).filter(|(_, exact)| *exact).map(|(position, _)| position), len)
            }
        };
        match position {
            Some(position) if ring.points.len() < room => ring.points.push(position),
            Some(_) => {
                ring.too_many = true;
                return ring;
            }
            None => {
                ring.odd = Some(cut(&rest[..len]));
                return loose_ring(text, room, ring);
            }
        }
        rest = after_space(&rest[len..]);
    }
    ring
}

/// Text from the first character that is no white space, which mostly is the second.
fn after_space(text: &str) -> &str {
    match text.as_bytes() {
        [b' ', next, ..] if next.is_ascii_graphic() => &text[1..],
        _ => text.trim_ascii_start(),
    }
}

/// A ring with brackets, semicolons, exponents or white space around commas: all its numbers, two by two.
fn loose_ring(text: &str, room: usize, mut ring: Ring) -> Ring {
    ring.points.clear();
    let is_mark = |c: char| c.is_ascii_whitespace() || matches!(c, ',' | ';' | '(' | ')' | '[' | ']');
    let mut lat = None;
    for token in text.split(is_mark).filter(|t| !t.is_empty()) {
        let Some((value, _)) = number(token) else {
            ring.odd = Some(cut(token));
            ring.unreadable = true;
            return ring;
        };
        match lat.take() {
            None => lat = Some(value),
            Some(_) if ring.points.len() == room => {
                ring.too_many = true;
                return ring;
            }
            Some(lat) => ring.points.push(Position { lat, lon: value }),
        }
    }
    ring.unreadable = lat.is_some();
    ring
}

/// Reads "lat,lon radius".
pub(super) fn circle(text: &str) -> Option<(Circle, bool)> {
    let mut tokens = text.split_ascii_whitespace();
    if let (Some(center), Some(radius), None) = (tokens.next(), tokens.next(), tokens.next())
        && let (Some((center, true)), Some((radius_km, true))) = (pair(center), number(radius))
    {
        return Some((Circle { center, radius_km }, true));
    }
    let is_mark = |c: char| c.is_ascii_whitespace() || matches!(c, ',' | ';' | '(' | ')' | '[' | ']');
    let mut numbers = text.split(is_mark).filter(|t| !t.is_empty()).map(|t| number(t).map(|(n, _)| n));
    let (lat, lon, radius_km) = (numbers.next()??, numbers.next()??, numbers.next()??);
    match numbers.next() {
        None => Some((Circle { center: Position { lat, lon }, radius_km }, false)),
        Some(_) => None,
    }
}

/// Brings longitudes past ±180 round, if that is all that is wrong; says whether it did.
pub(super) fn bring_round(points: &mut [Position]) -> bool {
    let within = |p: &Position| p.lat.abs() <= 90.0 && p.lon.abs() <= 180.0;
    let round = |p: &Position| p.lat.abs() <= 90.0 && p.lon.abs() <= 360.0;
    if points.iter().all(within) || !points.iter().all(round) {
        return false;
    }
    for point in points.iter_mut().filter(|p| p.lon.abs() > 180.0) {
        point.lon -= 360.0 * point.lon.signum();
    }
    true
}

/// The items of a list.
#[derive(Debug, Default, PartialEq)]
pub(super) struct List {
    pub(super) items: Vec<String>,
    /// Other white space than single spaces stands between items.
    pub(super) spaced: bool,
    /// Quotes do not come in pairs around whole items, or hold nothing.
    pub(super) quoted: bool,
}

/// Items between spaces; those in double quotes may hold spaces.
pub(super) fn list(text: &str) -> List {
    let mut list = List::default();
    let mut rest = text.trim_ascii_start();
    while !rest.is_empty() {
        let item;
        if let Some(quoted) = rest.strip_prefix('"') {
            let end = quoted.find('"');
            list.quoted |= end.is_none();
            let end = end.unwrap_or(quoted.len());
            item = &quoted[..end];
            rest = quoted.get(end + 1..).unwrap_or("");
            let apart = rest.is_empty() || rest.starts_with(|c: char| c.is_ascii_whitespace());
            list.quoted |= item.trim().is_empty() || !apart;
        } else {
            let end = rest.find(|c: char| c.is_ascii_whitespace()).unwrap_or(rest.len());
            item = &rest[..end];
            list.quoted |= item.contains('"');
            rest = &rest[end..];
        }
        let item: String = item.trim().replace('"', "");
        if !item.is_empty() {
            list.items.push(item);
        }
        let next = rest.trim_ascii_start();
        list.spaced |= !matches!(&rest[..rest.len() - next.len()], "" | " ");
        rest = next;
    }
    list
}

/// The start of a text, for a message.
pub(super) fn cut(text: &str) -> String {
    text.chars().take(40).collect()
}

/// Reads "lat,lon" in short decimals at the start of `bytes`, up to white space or the end.
///
/// The second answer is how many bytes it takes. What is longer or other is left to [`pair`].
fn plain_pair(bytes: &[u8]) -> Option<(Position, usize)> {
    let (lat, comma) = short_decimal(bytes)?;
    if bytes.get(comma) != Some(&b',') {
        return None;
    }
    let (lon, len) = short_decimal(&bytes[comma + 1..])?;
    let end = comma + 1 + len;
    let ends = bytes.get(end).is_none_or(u8::is_ascii_whitespace);
    ends.then_some((Position { lat, lon }, end))
}

/// Powers of ten.
const TENS: [u64; 16] = {
    let mut tens = [1; 16];
    let mut at = 1;
    while at < 16 {
        tens[at] = tens[at - 1] * 10;
        at += 1;
    }
    tens
};

/// Reads a decimal of at most 15 digits, and says how many bytes it takes.
///
/// Digits and power of ten are then exact as `f64`, so their quotient is the nearest to the decimal
/// (Clinger 1990, "How to read floating point numbers accurately"), the same that the standard library finds.
#[inline]
fn short_decimal(bytes: &[u8]) -> Option<(f64, usize)> {
    const POWERS: [f64; 16] =
        [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];
    let negative = bytes.first() == Some(&b'-');
    let start = usize::from(matches!(bytes.first(), Some(b'-' | b'+')));
    let (whole, wholes) = digits(&bytes[start..]);
    let (mut number, mut count, mut at) = (whole, wholes, start + wholes);
    let mut decimals = 0;
    if bytes.get(at) == Some(&b'.') {
        let (fraction, len) = digits(&bytes[at + 1..]);
        (decimals, count, at) = (len, count + len, at + 1 + len);
        if count > 15 {
            return None;
        }
        number = number * TENS[len] + fraction;
    }
    if count == 0 || count > 15 {
        return None;
    }
    let value = number as f64 / POWERS[decimals];
    Some((if negative { -value } else { value }, at))
}

/// The number that the digits at the start make, and how many they are; of more than 15 the number is not told.
#[inline]
fn digits(bytes: &[u8]) -> (u64, usize) {
    let (mut number, mut count) = (0u64, 0);
    if let Some((word, _)) = bytes.split_first_chunk::<8>() {
        (number, count) = eight_digits(u64::from_le_bytes(*word));
        if count < 8 {
            return (number, count);
        }
    }
    if let Some((word, _)) = bytes.get(8..).and_then(|rest| rest.split_first_chunk::<8>()) {
        let (more, len) = eight_digits(u64::from_le_bytes(*word));
        if len < 8 {
            return (number * TENS[len] + more, 8 + len);
        }
    }
    while let Some(digit) = bytes.get(count).map(|b| b.wrapping_sub(b'0')).filter(|d| *d < 10) {
        if count < 15 {
            number = number * 10 + u64::from(digit);
        }
        count += 1;
    }
    (number, count)
}

/// The digits at the start of eight bytes, the first of which is the lowest.
///
/// They are shifted up so that zeros stand before them, then joined in pairs, fours and eights (Lemire 2018, "Quickly
/// parsing eight digits").
fn eight_digits(word: u64) -> (u64, usize) {
    const LOW: u64 = 0x0101_0101_0101_0101;
    let values = word ^ (LOW * 0x30);
    // A byte above 9 reaches its highest bit, or has it already; a carry only spoils bytes after it.
    let others = (values.wrapping_add(LOW * 0x76) | values) & (LOW * 0x80);
    let count = others.trailing_zeros() as usize / 8;
    if count == 0 {
        return (0, 0);
    }
    let values = values << (8 * (8 - count));
    let pairs = values.wrapping_mul(10).wrapping_add(values >> 8) & 0x00FF_00FF_00FF_00FF;
    let fours = pairs.wrapping_mul(100).wrapping_add(pairs >> 16) & 0x0000_FFFF_0000_FFFF;
    let eight = fours.wrapping_mul(10_000).wrapping_add(fours >> 32) & 0xFFFF_FFFF;
    (eight, count)
}

/// Reads "lat,lon"; the second answer is whether both are plain decimals.
fn pair(token: &str) -> Option<(Position, bool)> {
    let (lat, lon) = token.split_once(',')?;
    let ((lat, a), (lon, b)) = (number(lat)?, number(lon)?);
    Some((Position { lat, lon }, a && b))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn p(lat: f64, lon: f64) -> Position {
        Position { lat, lon }
    }

    #[test]
    fn numbers_are_decimals() {
        assert_eq!(number("-12.50"), Some((-12.5, true)));
        assert_eq!(number("1e3"), Some((1000.0, false)));
        for text in ["", "-", ".", "nan", "inf", "-inf", "infinity", "1e999", "0x10", "1,5", "--1"] {
            assert_eq!(number(text), None, "{text}");
        }
    }

    #[test]
    fn short_decimals_are_what_the_standard_library_reads() {
        let texts =
            ["0", "-0", "+7", "90.", ".5", "-179.999999", "38.47", "0.1", "123456789.012345", "00.300"];
        for text in texts {
            let (value, len) = short_decimal(text.as_bytes()).unwrap();
            assert_eq!(value.to_bits(), text.parse::<f64>().unwrap().to_bits(), "{text}");
            assert_eq!(len, text.len());
        }
        for text in ["", "-", ".", "x", "1234567890.123456"] {
            assert_eq!(short_decimal(text.as_bytes()), None, "{text}");
        }
        for n in 0..100_000u32 {
            let text = format!("{}.{:06}", n % 180, u64::from(n) * 7_919_999 % 1_000_000);
            assert_eq!(short_decimal(text.as_bytes()), Some((text.parse().unwrap(), text.len())), "{text}");
        }
        assert_eq!(plain_pair(b"1,2 3"), Some((p(1.0, 2.0), 3)));
        for text in ["1 2", "1,2,3", "1,2)", "1,", "1e1,2"] {
            assert_eq!(plain_pair(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn rings_are_read_strictly_then_loosely() {
        let points = vec![p(1.0, 2.0), p(3.0, -4.0)];
        assert_eq!(ring(" 1,2\n  3,-4 ", 9), Ring { points: points.clone(), ..Ring::default() });
        for text in ["1,2 3,-4)", "(1, 2) (3, -4)", "1,2; 3,-4", "1 2 3 -4"] {
            let read = ring(text, 9);
            assert_eq!(read.points, points, "{text}");
            assert!(read.odd.is_some() && !read.unreadable, "{text}");
        }
        assert!(ring("north of the river", 9).unreadable);
        assert!(ring("1,2 3", 9).unreadable);
        assert!(ring("1,2 nan,4", 9).unreadable);
        assert!(ring("1,2 3,4 5,6", 2).too_many);
    }

    #[test]
    fn longitudes_are_brought_round_and_nothing_else_is_touched() {
        let check = |points: &[Position], want: bool, first: Position| {
            let mut points = points.to_vec();
            assert_eq!(bring_round(&mut points), want);
            assert_eq!(points[0], first);
        };
        check(&[p(90.0, -180.0)], false, p(90.0, -180.0));
        check(&[p(1.0, 190.0), p(2.0, 170.0)], true, p(1.0, -170.0));
        check(&[p(100.5, 13.0), p(101.0, 14.0)], false, p(100.5, 13.0));
        check(&[p(1.0, 361.0)], false, p(1.0, 361.0));
    }

    #[test]
    fn circles_are_read() {
        assert_eq!(circle("1,2 3.5"), Some((Circle { center: p(1.0, 2.0), radius_km: 3.5 }, true)));
        assert_eq!(circle("1, 2, 3.5"), Some((Circle { center: p(1.0, 2.0), radius_km: 3.5 }, false)));
        assert_eq!(circle("1,2"), None);
        assert_eq!(circle("1,2 3 4"), None);
    }

    #[test]
    fn lists_know_quotes() {
        let check = |text: &str, items: &[&str], spaced: bool, quoted: bool| {
            let items: Vec<String> = items.iter().map(|i| i.to_string()).collect();
            assert_eq!(list(text), List { items, spaced, quoted }, "{text}");
        };
        check("a b", &["a", "b"], false, false);
        check("\"two words\" b", &["two words", "b"], false, false);
        check("\"two words\"\nb", &["two words", "b"], true, false);
        check("a  b\n c", &["a", "b", "c"], true, false);
        check("\"open end", &["open end"], false, true);
        check("\"a\"b", &["a", "b"], false, true);
        check("a\"b", &["ab"], false, true);
        check("\"\" a", &["a"], false, true);
        check("", &[], false, false);
    }
}
