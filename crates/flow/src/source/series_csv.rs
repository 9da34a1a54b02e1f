//! Counts and measurements as CSV.

use super::series::{self, Format};
use super::{Kind, Options, ParseError, Parsed};
use beaconfire_core::Observation;
use std::borrow::Cow;

/// The kind.
pub(super) static KIND: Kind = Kind {
    name: "series-csv",
    title: "counts and measurements, CSV",
    doc: "\
Reads rows of numbers, pulled from an address or a file, or pushed over HTTP. The first line names the
columns: `series`, `time`, `value` and, if there is one, `quality`; other columns are passed over. Comma,
semicolon or tab separates, a field may stand in double quotes but not span lines.

`time` is `2026-11-21T17:00:00Z`, or with an offset, or a date alone for midnight UTC. An empty `value` or
`NA` is missing, which is no observation and no zero. `NaN`, `inf`, `1e999` and years beyond 9999 are
refused, each with its line. A `quality` other than `good`, `ok`, `valid`, `A`, `P`, `approved`,
`provisional`, `reviewed` or `0` marks the value as doubtful.

Later rows of the same series and time correct earlier ones. Counts must be aggregated: no rows about
persons.",
    example: r#"[[source]]
id = "salmonella-weekly"
kind = "series-csv"
title = "Weekly cases of Salmonella Newport by region"
url = "https://counts.example/salmonella-newport.csv"
poll_every_s = 21600
expected_every_s = 604800
must_advance = true
"#,
    parse,
    follows_links: false,
};

fn parse(options: &Options, bytes: &[u8]) -> Result<Parsed, ParseError> {
    series::parse(Format::Csv, options, bytes)
}

/// Where the columns are.
#[derive(Debug)]
pub(super) struct Header {
    separator: u8,
    series: usize,
    time: usize,
    value: usize,
    quality: Option<usize>,
    columns: usize,
}

impl Header {
    /// Reads the first line.
    pub(super) fn read(line: &str) -> Result<Self, ParseError> {
        let separator = [b',', b';', b'\t'].into_iter().find(|separator| line.as_bytes().contains(separator));
        let separator = separator.ok_or_else(|| Self::missing(line))?;
        let names: Vec<String> = fields(line, separator)
            .map(|field| field.map(|name| name.trim().to_ascii_lowercase()))
            .collect::<Result<_, _>>()
            .map_err(|_| Self::missing(line))?;
        let column = |wanted: &str| {
            let mut found = names.iter().enumerate().filter(|(_, name)| *name == wanted).map(|(at, _)| at);
            // A name that stands twice is as good as none: nobody can say which is meant.
            (found.next(), found.next())
        };
        match (column("series"), column("time"), column("value"), column("quality")) {
            ((Some(series), None), (Some(time), None), (Some(value), None), (quality, None)) => {
                Ok(Self { separator, series, time, value, quality, columns: names.len() })
            }
            _ => Err(Self::missing(line)),
        }
    }

    /// The error of a body without header.
    pub(super) fn missing(line: &str) -> ParseError {
        let found: String = line.chars().take(60).collect();
        ParseError::NotThis {
            wanted: "a CSV header with the columns series, time and value, each once",
            found: if found.is_empty() {
                "no line".to_owned()
            } else {
                format!("the first line is {found:?}")
            },
        }
    }

    /// Reads a line below it.
    pub(super) fn row(&self, line: &str) -> Result<Option<Observation>, String> {
        let (mut series, mut time, mut value, mut quality) = (None, None, None, None);
        let mut columns = 0;
        for field in fields(line, self.separator) {
            let field = field?;
            match columns {
                at if at == self.series => series = Some(field),
                at if at == self.time => time = Some(field),
                at if at == self.value => value = Some(field),
                at if Some(at) == self.quality => quality = Some(field),
                _ => {}
            }
            columns += 1;
        }
        let (Some(series), Some(time), Some(value), true) = (series, time, value, columns == self.columns)
        else {
            return Err(format!(
                "it has {columns} fields and the header {}; write all of them",
                self.columns
            ));
        };
        let number = match value.trim() {
            "" | "NA" => None,
            text => Some(text.parse::<f64>().map_err(|_| {
                let text: String = text.chars().take(40).collect();
                format!("the value {text:?} is no number: write digits, or NA where there is none")
            })?),
        };
        series::observation(&series, &time, number, quality.as_deref())
    }
}

/// The fields of a line.
fn fields(line: &str, separator: u8) -> impl Iterator<Item = Result<Cow<'_, str>, String>> {
    let mut rest = Some(line);
    std::iter::from_fn(move || {
        let text = rest?;
        if let Some(quoted) = text.strip_prefix('"') {
            return Some(match quoted_field(quoted, separator) {
                Some((field, after)) => {
                    rest = after;
                    Ok(field)
                }
                None => {
                    rest = None;
                    Err("a double quote is not closed on the line; write one row a line".to_owned())
                }
            });
        }
        match text.bytes().position(|byte| byte == separator) {
            Some(end) => {
                rest = Some(&text[end + 1..]);
                Some(Ok(Cow::Borrowed(&text[..end])))
            }
            None => {
                rest = None;
                Some(Ok(Cow::Borrowed(text)))
            }
        }
    })
}

/// The field after an opening quote, and what follows its separator.
fn quoted_field(text: &str, separator: u8) -> Option<(Cow<'_, str>, Option<&str>)> {
    let bytes = text.as_bytes();
    let mut at = 0;
    loop {
        at += bytes[at..].iter().position(|byte| *byte == b'"')?;
        match bytes.get(at + 1) {
            Some(b'"') => at += 2,
            next => {
                let field = &text[..at];
                let field = if field.contains("\"\"") {
                    Cow::Owned(field.replace("\"\"", "\""))
                } else {
                    field.into()
                };
                return match next {
                    None => Some((field, None)),
                    Some(byte) if *byte == separator => Some((field, Some(&text[at + 2..]))),
                    Some(_) => None,
                };
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn csv(text: &str) -> Result<Parsed, ParseError> {
        parse(&Options::default(), text.as_bytes())
    }

    #[test]
    fn rows_are_observations_and_gaps_are_none() {
        let parsed =
            csv("series,time,value\nwest,2025-01-06T00:00:00Z,1\nwest,2025-01-13,NA\neast,2025-01-13,\n\
            east,2025-01-20T01:00:00+01:00,0\n")
            .unwrap();
        let got: Vec<_> =
            parsed.observations.iter().map(|o| (o.series.as_str(), o.time.to_string(), o.value)).collect();
        assert_eq!(
            got,
            [
                ("west", "2025-01-06T00:00:00Z".to_owned(), 1.0),
                ("east", "2025-01-20T00:00:00Z".to_owned(), 0.0),
            ]
        );
        assert_eq!((parsed.entries, parsed.missing, parsed.unread), (4, 2, 0));
        assert_eq!(parsed.newest, Some("2025-01-20T00:00:00Z".parse().unwrap()));
    }

    #[test]
    fn what_is_no_finite_number_and_no_time_is_refused_with_its_line() {
        let rows = [
            "a,2026-01-01,NaN",
            "a,2026-01-01,inf",
            "a,2026-01-01,1e999",
            "a,99999-01-01,1",
            "a,2026-01-01",
            "a,2026-01-01,1,2",
            "\"a,2026-01-01,1",
            ",2026-01-01,1",
            "a,2026-01-01T00:00:00,1",
            "a,2026-01-01,0x1",
        ];
        let parsed = csv(&format!("series,time,value\nok,2026-01-01,7\n{}\n", rows.join("\n"))).unwrap();
        assert_eq!((parsed.observations.len(), parsed.unread as usize), (1, rows.len()));
        for (at, problem) in parsed.problems.iter().enumerate() {
            assert!(problem.starts_with(&format!("line {}: ", at + 3)), "{problem}");
        }
    }

    #[test]
    fn columns_are_found_by_name_and_fields_may_be_quoted() {
        let text = "Quality;unit;VALUE;time;\"series\"\n;ft;-1.5;2026-01-01;\"a \"\"b\"\"; c\"\nIce;ft;2;2026-01-02;d\n";
        let parsed = csv(text).unwrap();
        assert_eq!(parsed.observations[0].series, "a \"b\"; c");
        assert_eq!((parsed.observations[0].value, parsed.observations[0].suspect), (-1.5, false));
        assert!(parsed.observations[1].suspect);
    }

    #[test]
    fn without_header_nothing_is_read() {
        for text in ["", "\n\n", "a,2026-01-01,1\n", "series,time\n", "series,time,value,value\n", "<html>"] {
            assert!(matches!(csv(text), Err(ParseError::NotThis { .. })), "{text:?}");
        }
        assert_eq!(csv("series,time,value\n").unwrap().entries, 0);
    }

    #[test]
    fn over_the_limit_the_newest_are_kept() {
        let options = Options { max_entries: Some(2), ..Options::default() };
        let text = "series,time,value\na,2026-01-03,3\na,2026-01-01,1\na,2026-01-02,2\n";
        let parsed = parse(&options, text.as_bytes()).unwrap();
        assert_eq!(parsed.observations.iter().map(|o| o.value).collect::<Vec<_>>(), [3.0, 2.0]);
        assert_eq!((parsed.entries, parsed.dropped), (3, 1));
    }
}
