//! Rows of numbers, line by line, as they arrive: bodies of any length in bounded memory.

use super::newest::Newest;
use super::series_csv::Header;
use super::{Options, ParseError, Parsed, series_ndjson, time};
use beaconfire_core::Observation;

/// Bytes of one line; longer ones are unread, whole.
const MAX_LINE: usize = 64 << 10;
/// Bytes of a series' key.
const MAX_KEY: usize = 200;

/// How rows are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// A header line and comma-separated rows.
    Csv,
    /// One JSON object a line.
    Ndjson,
}

/// What became of one row.
#[derive(Clone, Debug, PartialEq)]
pub enum Row {
    /// It holds a number.
    Taken(Observation),
    /// The source leaves its value out.
    Missing,
    /// It cannot be read.
    Unread {
        /// Line, from 1.
        line: u64,
        /// What is wrong, and the mend.
        message: String,
    },
}

/// Reads rows from chunks of bytes; holds at most one line.
///
/// ```
/// use beaconfire_flow::source::series::{Format, Reader, Row};
/// let mut rows = Vec::new();
/// let mut reader = Reader::new(Format::Csv);
/// reader.push(b"series,time,value\na,2026-11-21T17:0", &mut |row| rows.push(row))?;
/// reader.push(b"0:00Z,1.5\na,2026-11-21T17:15:00Z,NA\n", &mut |row| rows.push(row))?;
/// reader.finish(&mut |row| rows.push(row))?;
/// assert!(matches!(&rows[..], [Row::Taken(_), Row::Missing]));
/// # Ok::<(), beaconfire_flow::source::ParseError>(())
/// ```
#[derive(Debug)]
pub struct Reader {
    format: Format,
    header: Option<Header>,
    /// The beginning of a line whose end has not come yet.
    partial: Vec<u8>,
    /// Whether that line is already longer than a line may be.
    overlong: bool,
    line: u64,
}

impl Reader {
    /// A reader at the beginning of a body.
    #[must_use]
    pub fn new(format: Format) -> Self {
        Self { format, header: None, partial: Vec::new(), overlong: false, line: 0 }
    }

    /// Reads the lines that end in `chunk`, and keeps the beginning of the next.
    ///
    /// # Errors
    /// If the first line of a CSV body is no header; the reader is of no use afterwards.
    pub fn push(&mut self, chunk: &[u8], take: &mut impl FnMut(Row)) -> Result<(), ParseError> {
        let mut rest = chunk;
        while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
            let (line, after) = (&rest[..end], &rest[end + 1..]);
            rest = after;
            if self.partial.is_empty() && !self.overlong {
                self.whole_line(line, take)?;
            } else {
                self.keep(line);
                let partial = std::mem::take(&mut self.partial);
                self.whole_line(&partial, take)?;
                self.partial = partial;
                self.partial.clear();
                self.overlong = false;
            }
        }
        self.keep(rest);
        Ok(())
    }

    /// Reads the last line.
    ///
    /// # Errors
    /// If the body is CSV and has no header.
    pub fn finish(mut self, take: &mut impl FnMut(Row)) -> Result<(), ParseError> {
        if !self.partial.is_empty() || self.overlong {
            let partial = std::mem::take(&mut self.partial);
            self.whole_line(&partial, take)?;
        }
        if self.format == Format::Csv && self.header.is_none() {
            return Err(Header::missing(""));
        }
        Ok(())
    }

    fn keep(&mut self, bytes: &[u8]) {
        let room = MAX_LINE.saturating_sub(self.partial.len());
        self.overlong |= bytes.len() > room;
        self.partial.extend_from_slice(&bytes[..bytes.len().min(room)]);
    }

    fn whole_line(&mut self, line: &[u8], take: &mut impl FnMut(Row)) -> Result<(), ParseError> {
        self.line += 1;
        let line = if self.line == 1 { line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line) } else { line };
        if self.overlong || line.len() > MAX_LINE {
            if self.format == Format::Csv && self.header.is_none() {
                return Err(Header::missing("a line of more than 64 KiB"));
            }
            take(self.unread(format!("it has more than {MAX_LINE} bytes; write one row a line")));
            return Ok(());
        }
        let line = line.trim_ascii();
        if line.is_empty() {
            return Ok(());
        }
        let Ok(text) = std::str::from_utf8(line) else {
            if self.format == Format::Csv && self.header.is_none() {
                return Err(Header::missing("bytes that are not UTF-8"));
            }
            take(self.unread("it is not UTF-8; write the body in UTF-8".to_owned()));
            return Ok(());
        };
        let row = match (self.format, &self.header) {
            (Format::Ndjson, _) => series_ndjson::row(text),
            (Format::Csv, Some(header)) => header.row(text),
            (Format::Csv, None) => {
                self.header = Some(Header::read(text)?);
                return Ok(());
            }
        };
        take(match row {
            Ok(Some(observation)) => Row::Taken(observation),
            Ok(None) => Row::Missing,
            Err(message) => self.unread(message),
        });
        Ok(())
    }

    fn unread(&self, message: String) -> Row {
        Row::Unread { line: self.line, message }
    }
}

/// Reads a whole body.
pub(super) fn parse(format: Format, options: &Options, bytes: &[u8]) -> Result<Parsed, ParseError> {
    options.check_size(bytes)?;
    let mut parsed = Parsed::default();
    let mut newest = Newest::new(options.row_entries());
    let mut take = |row| {
        parsed.entries += 1;
        match row {
            Row::Taken(observation) => {
                parsed.saw(Some(observation.time));
                newest.push(observation.time, observation);
            }
            Row::Missing => parsed.missing += 1,
            Row::Unread { line, message } => parsed.unread(|| format!("line {line}: {message}")),
        }
    };
    let mut reader = Reader::new(format);
    reader.push(bytes, &mut take)?;
    reader.finish(&mut take)?;
    if parsed.entries == 0 && format == Format::Ndjson {
        return Err(ParseError::NotThis { wanted: "one JSON object a line", found: "nothing".to_owned() });
    }
    if parsed.entries > 0 && parsed.unread == parsed.entries {
        return Err(ParseError::NothingReadable {
            entries: parsed.entries,
            first: parsed.problems.swap_remove(0),
        });
    }
    (parsed.observations, parsed.dropped) = newest.finish();
    Ok(parsed)
}

/// A row's fields as an observation; `value` is `None` where the source leaves it out.
pub(super) fn observation(
    series: &str,
    at: &str,
    value: Option<f64>,
    quality: Option<&str>,
) -> Result<Option<Observation>, String> {
    let series = series.trim();
    if series.is_empty() || series.len() > MAX_KEY || series.chars().any(char::is_control) {
        return Err(format!(
            "the series {:?} is no key: write 1 to {MAX_KEY} bytes without control characters",
            series.chars().take(40).collect::<String>()
        ));
    }
    let time = time::parse(at.trim()).ok_or_else(|| {
        format!("the time {:?} cannot be read: {}", at.chars().take(40).collect::<String>(), time::TIME_MEND)
    })?;
    let Some(value) = value else {
        return Ok(None);
    };
    if !value.is_finite() {
        return Err("the value is not finite: write a number, or NA where there is none".to_owned());
    }
    let suspect = quality.is_some_and(is_suspect);
    Ok(Some(Observation { series: series.to_owned(), time, value, suspect }))
}

/// Whether a quality mark makes a value doubtful: every mark does that is not known to be good.
fn is_suspect(quality: &str) -> bool {
    const GOOD: [&str; 10] =
        ["", "good", "ok", "valid", "a", "p", "approved", "provisional", "reviewed", "0"];
    let quality = quality.trim();
    !GOOD.iter().any(|good| quality.eq_ignore_ascii_case(good))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rows(format: Format, chunks: &[&[u8]]) -> Vec<Row> {
        let mut rows = Vec::new();
        let mut reader = Reader::new(format);
        for chunk in chunks {
            reader.push(chunk, &mut |row| rows.push(row)).unwrap();
        }
        reader.finish(&mut |row| rows.push(row)).unwrap();
        rows
    }

    proptest! {
        #[test]
        fn where_a_body_is_cut_into_chunks_changes_nothing(cuts in proptest::collection::vec(0_usize..200, 0..6)) {
            let body: &[u8] = "series,time,value,quality\r\na,2026-11-21T17:00:00Z,1.5,\n\nb,2026-11-21,NA,\n\
                c,2026-11-21T17:00:00Z,inf,\nd\u{e9},2026-11-21T17:00:00+01:00,-2e3,estimated".as_bytes();
            let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut % body.len()).collect();
            cuts.extend([0, body.len()]);
            cuts.sort_unstable();
            let chunks: Vec<&[u8]> = cuts.windows(2).map(|cut| &body[cut[0]..cut[1]]).collect();
            let whole = rows(Format::Csv, &[body]);
            prop_assert_eq!(&rows(Format::Csv, &chunks), &whole);
            prop_assert_eq!(whole.len(), 4);
        }
    }

    #[test]
    fn an_endless_line_is_unread_and_the_next_one_is_read() {
        let long = vec![b'x'; 3 * MAX_LINE];
        let good = b"\n{\"series\":\"a\",\"time\":\"2026-11-21\",\"value\":1}\n";
        let rows = rows(Format::Ndjson, &[&long, &long, good]);
        assert!(matches!(&rows[..], [Row::Unread { line: 1, .. }, Row::Taken(_)]), "{rows:?}");
    }

    #[test]
    fn marks_that_nobody_knows_are_doubtful() {
        for (mark, suspect) in [("", false), ("A", false), ("Good", false), ("e", true), ("Ice", true)] {
            assert_eq!(is_suspect(mark), suspect, "{mark}");
        }
    }
}
