//! Writing a table.

use std::collections::BTreeMap;

use super::draft::{Drawing, EntryDraft, TableDraft};
use super::entry::{HAS_FROM, HAS_NAME, HAS_RINGS, HAS_SUCCESSORS, HAS_TARGETS, HAS_UNTIL};
use super::rings::{self, Grid};
use super::varint::{put, put_signed, put_text};
use super::{
    BLOCK, MAGIC, MAX_CODE, MAX_CODES, MAX_ENTRIES, MAX_NAME, MAX_RINGS, MAX_VERSIONS, MAX_WORDS, Table,
    VERSION, check, crc, meaning, scheme,
};
use crate::point::EARTH_RADIUS_KM;

/// An encoded table, and what rounding did to it.
#[derive(Clone, Debug, PartialEq)]
pub struct Encoded {
    /// The table.
    pub bytes: Vec<u8>,
    /// Entries in it.
    pub entries: usize,
    /// Rings in it.
    pub rings: usize,
    /// Points in its rings.
    pub points: usize,
    /// How far rounding moved a point at most, metres.
    pub moved_m: f64,
    /// Rings so small that rounding left nothing of them: each is drawn as a box of one step around it.
    pub tiny: usize,
}

/// Why a table could not be encoded.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum EncodeError {
    /// Something about the table as a whole; the words say what.
    #[error("{0}")]
    Table(&'static str),
    /// Something about one entry; the words say what.
    #[error("code {code:?}: {what}")]
    Entry {
        /// The code as it was given.
        code: String,
        /// What is wrong with it, and the mend.
        what: String,
    },
}

/// Encodes a table. Entries of one code that begin at the same time are joined where both are drawn.
///
/// # Errors
/// [`EncodeError`] when a code, time, ring or count cannot be a table's.
pub fn encode(draft: &TableDraft) -> Result<Encoded, EncodeError> {
    let named = scheme(&draft.scheme);
    let words = [&named, &draft.title, &draft.licence, &draft.attribution, &draft.source];
    if named.is_empty() {
        return Err(EncodeError::Table("the scheme has no name; give one"));
    }
    if words.iter().any(|text| text.len() > MAX_WORDS) {
        return Err(EncodeError::Table("the words about the table are over 8192 bytes; shorten them"));
    }
    if !(1..=1_000_000).contains(&draft.units) {
        return Err(EncodeError::Table("the steps in a degree are not from 1 to 1000000"));
    }
    let mut result = Encoded { bytes: Vec::new(), entries: 0, rings: 0, points: 0, moved_m: 0.0, tiny: 0 };
    let mut rows: BTreeMap<(String, Option<i64>), Row<'_>> = BTreeMap::new();
    for entry in &draft.entries {
        let fail = |what: String| EncodeError::Entry { code: entry.code.clone(), what };
        let (code, row) = row(&named, draft.units, entry, &mut result).map_err(fail)?;
        match rows.get_mut(&(code.clone(), entry.from)) {
            None => drop(rows.insert((code, entry.from), row)),
            Some(known) => known.join(row).map_err(|what| fail(what.to_owned()))?,
        }
    }
    if rows.len() > MAX_ENTRIES {
        return Err(EncodeError::Table("there are over 1048576 codes; split the table"));
    }
    result.entries = rows.len();
    write(draft, &words, &rows, &mut result.bytes)?;
    // What was written is what can be read; this also finds rings that are none.
    Table::from_bytes(result.bytes.as_slice()).map_err(|error| match error {
        super::TableError::Entry { entry, what } => EncodeError::Entry {
            code: rows.keys().nth(entry).map(|(code, _)| code.clone()).unwrap_or_default(),
            what: format!("the {what} cannot be used; mend or leave out this place"),
        },
        super::TableError::TooMany(_) => {
            EncodeError::Table("the table is over a limit of the format; split it")
        }
        _ => EncodeError::Table("the table cannot be read back; this is a mistake of the program"),
    })?;
    Ok(result)
}

/// An entry, sorted and rounded.
struct Row<'d> {
    name: &'d str,
    until: Option<i64>,
    successors: Vec<String>,
    place: RowPlace,
}

enum RowPlace {
    Nowhere,
    Rings(Vec<Grid>),
    As(Vec<(String, String)>),
}

impl Row<'_> {
    /// Another part of the same entry, such as a further island.
    fn join(&mut self, other: Self) -> Result<(), &'static str> {
        if self.until != other.until {
            return Err("it stands twice with the same beginning and different ends; leave out one of them");
        }
        match (&mut self.place, other.place) {
            (RowPlace::Rings(rings), RowPlace::Rings(more)) => rings.extend(more),
            (RowPlace::As(targets), RowPlace::As(more)) => {
                targets.extend(more);
                targets.sort();
                targets.dedup();
            }
            (RowPlace::Nowhere, RowPlace::Nowhere) => {}
            _ => return Err("it stands twice, drawn in different ways; leave out one of them"),
        }
        self.successors.extend(other.successors);
        self.successors.sort();
        self.successors.dedup();
        Ok(())
    }
}

fn row<'d>(
    named: &str,
    units: u32,
    entry: &'d EntryDraft,
    result: &mut Encoded,
) -> Result<(String, Row<'d>), String> {
    let code = code(named, &entry.code)?;
    if entry.name.len() > MAX_NAME {
        return Err(format!("its name is over {MAX_NAME} bytes; shorten it"));
    }
    if entry.from.zip(entry.until).is_some_and(|(from, until)| from >= until) {
        return Err("it ends before it begins; check both times".to_owned());
    }
    let successors = entry.successors.iter().map(|code| self::code(named, code)).collect::<Result<_, _>>()?;
    let place = match &entry.drawing {
        Drawing::Nowhere => RowPlace::Nowhere,
        Drawing::As(targets) if targets.is_empty() => RowPlace::Nowhere,
        Drawing::As(targets) => {
            let spelled = |(named, code): &(String, String)| {
                let scheme = scheme(named);
                self::code(&scheme, code).map(|code| (scheme, code))
            };
            RowPlace::As(targets.iter().map(spelled).collect::<Result<_, _>>()?)
        }
        Drawing::Rings(rings) if rings.is_empty() => RowPlace::Nowhere,
        Drawing::Rings(rings) => {
            let mut grids = Vec::with_capacity(rings.len());
            for ring in rings {
                let grid = round(ring, units, result)?;
                result.rings += 1;
                result.points += grid.len();
                grids.push(grid);
            }
            RowPlace::Rings(grids)
        }
    };
    Ok((code, Row { name: &entry.name, until: entry.until, successors, place }))
}

/// A code in the spelling of tables.
fn code(named: &str, code: &str) -> Result<String, String> {
    let meaning = meaning(named, code).map_err(|error| format!("{code:?} is no such code: {error}"))?;
    if meaning.scheme != named {
        return Err(format!("{code:?} is a code of {}, not of {named}", meaning.scheme));
    }
    if !check::is_code(named, &meaning.code) {
        return Err(format!("{code:?} is empty, longer than {MAX_CODE} bytes, or holds control characters"));
    }
    Ok(meaning.code)
}

/// A ring in units, without the point that closes it and without points that fell together.
fn round(ring: &[(f64, f64)], units: u32, result: &mut Encoded) -> Result<Grid, String> {
    let scale = f64::from(units);
    let mut grid: Grid = Vec::with_capacity(ring.len());
    for &(lat, lon) in ring {
        if !(lat.abs() <= 90.0 && lon.abs() <= 360.0) {
            return Err(format!("{lat} north, {lon} east is nowhere; longitude comes first in GeoJSON"));
        }
        let lon = if lon.abs() <= 180.0 { lon } else { lon - 360.0f64.copysign(lon) };
        let point = ((lat * scale).round(), (lon * scale).round());
        let (north, east) = ((point.0 / scale - lat).to_radians(), (point.1 / scale - lon).to_radians());
        let moved = north.hypot(east * lat.to_radians().cos()) * EARTH_RADIUS_KM * 1000.0;
        result.moved_m = result.moved_m.max(moved);
        let point = (point.0 as i64, point.1 as i64);
        if grid.last() != Some(&point) {
            grid.push(point);
        }
    }
    while grid.len() > 1 && grid.first() == grid.last() {
        grid.pop();
    }
    if grid.len() >= 3 {
        return Ok(grid);
    }
    let &(lat, lon) = grid.first().ok_or("a ring has no points; leave it out")?;
    let last = *grid.last().unwrap_or(&(lat, lon));
    result.tiny += 1;
    let limit =
        |value: i64, degrees: i64| value.clamp(-degrees * i64::from(units), degrees * i64::from(units));
    let (south, north) = (limit(lat.min(last.0) - 1, 90), limit(lat.max(last.0) + 1, 90));
    // Where the two lie on both sides of the antimeridian, the box is drawn about the first alone.
    let last_lon = if (lon - last.1).abs() > 180 * i64::from(units) { lon } else { last.1 };
    let (west, east) = (limit(lon.min(last_lon) - 1, 180), limit(lon.max(last_lon) + 1, 180));
    Ok(vec![(south, west), (south, east), (north, east), (north, west)])
}

fn write(
    draft: &TableDraft,
    words: &[&String; 5],
    rows: &BTreeMap<(String, Option<i64>), Row<'_>>,
    out: &mut Vec<u8>,
) -> Result<(), EncodeError> {
    let mut head = Vec::new();
    for text in words {
        put_text(&mut head, text);
    }
    let (mut blocks, mut records, mut body) = (Vec::new(), Vec::new(), Vec::new());
    let (mut before, mut versions) = ("", 0);
    for (index, ((code, from), row)) in rows.iter().enumerate() {
        versions = if before == code { versions + 1 } else { 1 };
        let fail = |what: &str| EncodeError::Entry { code: code.clone(), what: what.to_owned() };
        if versions > MAX_VERSIONS {
            return Err(fail("it has over 64 entries; leave out the oldest"));
        }
        if row.successors.len() > MAX_CODES || matches!(&row.place, RowPlace::As(t) if t.len() > MAX_CODES) {
            return Err(fail("it names over 2048 codes; split it"));
        }
        if matches!(&row.place, RowPlace::Rings(rings) if rings.len() > MAX_RINGS) {
            return Err(fail("it has over 50000 rings; leave out the smallest"));
        }
        let opens = index % BLOCK == 0;
        if opens {
            let at = u32::try_from(records.len())
                .map_err(|_| EncodeError::Table("the table is too large; split it"))?;
            blocks.extend_from_slice(&at.to_le_bytes());
        }
        body.clear();
        entry(&mut body, if opens { "" } else { before }, code, *from, row);
        put(&mut records, body.len() as u64);
        records.extend_from_slice(&body);
        before = code;
    }
    head.extend_from_slice(&blocks);
    let length = (head.len() - blocks.len()) as u32;
    let mut rest = Vec::with_capacity(16 + head.len() + records.len());
    for number in [rows.len() as u32, draft.units, draft.resolution_m, length] {
        rest.extend_from_slice(&number.to_le_bytes());
    }
    rest.extend_from_slice(&head);
    rest.extend_from_slice(&records);
    out.extend_from_slice(MAGIC);
    out.extend_from_slice(&VERSION.to_le_bytes());
    out.extend_from_slice(&crc::crc32(&rest).to_le_bytes());
    out.extend_from_slice(&rest);
    Ok(())
}

fn entry(out: &mut Vec<u8>, before: &str, code: &str, from: Option<i64>, row: &Row<'_>) {
    let shared: usize =
        before.chars().zip(code.chars()).take_while(|(a, b)| a == b).map(|(a, _)| a.len_utf8()).sum();
    put(out, shared as u64);
    put_text(out, &code[shared..]);
    let flag = |is_there: bool, flag: u8| if is_there { flag } else { 0 };
    out.push(
        flag(!row.name.is_empty(), HAS_NAME)
            | flag(from.is_some(), HAS_FROM)
            | flag(row.until.is_some(), HAS_UNTIL)
            | flag(!row.successors.is_empty(), HAS_SUCCESSORS)
            | flag(matches!(row.place, RowPlace::Rings(_)), HAS_RINGS)
            | flag(matches!(row.place, RowPlace::As(_)), HAS_TARGETS),
    );
    if !row.name.is_empty() {
        put_text(out, row.name);
    }
    from.into_iter().chain(row.until).for_each(|second| put_signed(out, second));
    if !row.successors.is_empty() {
        put(out, row.successors.len() as u64);
        row.successors.iter().for_each(|code| put_text(out, code));
    }
    match &row.place {
        RowPlace::Nowhere => {}
        RowPlace::Rings(grids) => rings::write(out, grids),
        RowPlace::As(targets) => {
            put(out, targets.len() as u64);
            for (scheme, code) in targets {
                put_text(out, scheme);
                put_text(out, code);
            }
        }
    }
}
