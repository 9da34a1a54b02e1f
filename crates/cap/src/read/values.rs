//! Values inside texts: numbers, rings, circles, lists.

use memchr::memchr_iter;

use super::decimal::short_decimal;
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
    if let Some((value, len)) = short_decimal(text.as_bytes())
        && len == text.len()
    {
        return Some((value, true));
    }
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
    let bytes = text.as_bytes();
    // Positions are many and memory is not: there is one for each comma, and no more.
    let commas = memchr_iter(b',', bytes).count();
    let mut ring = Ring { points: Vec::with_capacity(commas.min(room)), ..Ring::default() };
    let mut at = after_space(bytes, 0);
    while at < bytes.len() {
        let (position, len) = match plain_pair(&bytes[at..]) {
            Some((position, len)) => (Some(position), len),
            None => {
                let token = first_token(&text[at..]);
                (pair(token).filter(|(_, exact)| *exact).map(|(position, _)| position), token.len())
            }
        };
        match position {
            Some(position) if ring.points.len() < room => ring.points.push(position),
            Some(_) => {
                ring.too_many = true;
                return ring;
            }
            None => {
                ring.odd = Some(cut(&text[at..at + len]));
                return loose_ring(text, room, ring);
            }
        }
        at = after_space(bytes, at + len);
    }
    ring
}

/// Where the first byte at or after `at` stands that is no white space; mostly it is the second.
#[inline]
fn after_space(bytes: &[u8], at: usize) -> usize {
    match bytes.get(at..) {
        Some([b' ', next, ..]) if next.is_ascii_graphic() => at + 1,
        Some(rest) => bytes.len() - rest.trim_ascii_start().len(),
        None => bytes.len(),
    }
}

/// Text up to the first white space.
fn first_token(text: &str) -> &str {
    let end = text.find(|c: char| c.is_ascii_whitespace()).unwrap_or(text.len());
    &text[..end]
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
    if let Some((center, len)) = plain_pair(text.as_bytes())
        && let Some(rest) = text.as_bytes()[len..].strip_prefix(b" ")
        && let Some((radius_km, radius_len)) = short_decimal(rest)
        && radius_len == rest.len()
    {
        return Some((Circle { center, radius_km }, true));
    }
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
        let item = item.trim();
        let item = if item.contains('"') { item.replace('"', "") } else { item.to_owned() };
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
#[inline]
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
    fn plain_pairs_end_at_white_space() {
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
