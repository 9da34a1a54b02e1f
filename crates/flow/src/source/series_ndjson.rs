//! Counts and measurements as one JSON object a line.

use super::json::Loose;
use super::series::{self, Format};
use super::{Kind, Options, ParseError, Parsed};
use beaconfire_core::Observation;
use serde::Deserialize;

/// The kind.
pub(super) static KIND: Kind = Kind {
    name: "series-ndjson",
    title: "counts and measurements, NDJSON",
    doc: "\
Reads one JSON object a line, pulled from an address or a file, or pushed over HTTP:

```json
{\"series\":\"08171000\",\"time\":\"2026-11-21T17:00:00Z\",\"value\":40.21}
{\"series\":\"08171000\",\"time\":\"2026-11-21T17:15:00Z\",\"value\":null,\"quality\":\"Eqp\"}
```

The keys mean what the columns of `series-csv` mean; other keys are passed over. `value` is a number, or
`null` or `\"NA\"` where it is missing.",
    example: r#"[[source]]
id = "city-gauges"
kind = "series-ndjson"
title = "The city's own gauges, pushed"
expected_every_s = 900
must_advance = true
"#,
    parse,
    follows_links: false,
};

fn parse(options: &Options, bytes: &[u8]) -> Result<Parsed, ParseError> {
    series::parse(Format::Ndjson, options, bytes)
}

/// Reads a line.
pub(super) fn row(line: &str) -> Result<Option<Observation>, String> {
    match plain(line) {
        Some(fields) => series::observation(fields.series, fields.time, fields.value, fields.quality),
        None => general(line),
    }
}

/// The fields of an object that is written plainly.
struct Plain<'l> {
    series: &'l str,
    time: &'l str,
    value: Option<f64>,
    quality: Option<&'l str>,
}

/// Reads the flat object that nearly all lines are: known keys, each once, texts without escapes. Whatever
/// else is there is left to the general parser.
fn plain(line: &str) -> Option<Plain<'_>> {
    let mut rest = Rest { text: line, at: 0 };
    let (mut series, mut time, mut value, mut quality) = (None, None, None, None);
    rest.symbol(b'{')?;
    loop {
        let key = rest.string()?;
        rest.symbol(b':')?;
        match key {
            "series" if series.is_none() => series = Some(rest.string()?),
            "time" if time.is_none() => time = Some(rest.string()?),
            "value" if value.is_none() => value = Some(rest.number()?),
            "quality" if quality.is_none() => quality = Some(rest.string()?),
            _ => return None,
        }
        match rest.next()? {
            b',' => {}
            b'}' => break,
            _ => return None,
        }
    }
    rest.end()?;
    Some(Plain { series: series?, time: time?, value: value?, quality })
}

struct Rest<'l> {
    text: &'l str,
    at: usize,
}

impl<'l> Rest<'l> {
    /// The next byte that is no white space.
    fn next(&mut self) -> Option<u8> {
        loop {
            let byte = *self.text.as_bytes().get(self.at)?;
            self.at += 1;
            if !matches!(byte, b' ' | b'\t' | b'\r' | b'\n') {
                return Some(byte);
            }
        }
    }

    fn symbol(&mut self, symbol: u8) -> Option<()> {
        (self.next()? == symbol).then_some(())
    }

    fn string(&mut self) -> Option<&'l str> {
        self.symbol(b'"')?;
        let start = self.at;
        loop {
            match *self.text.as_bytes().get(self.at)? {
                b'"' => break,
                b'\\' | 0..=0x1f => return None,
                _ => self.at += 1,
            }
        }
        self.at += 1;
        Some(&self.text[start..self.at - 1])
    }

    /// A number as JSON writes it, or null.
    fn number(&mut self) -> Option<Option<f64>> {
        let first = self.next()?;
        let start = self.at - 1;
        if first == b'n' {
            let null = self.text.as_bytes().get(start..start + 4)? == b"null";
            self.at = start + 4;
            return null.then_some(None);
        }
        while matches!(
            self.text.as_bytes().get(self.at),
            Some(b'0'..=b'9' | b'.' | b'-' | b'+' | b'e' | b'E')
        ) {
            self.at += 1;
        }
        // Whatever stands here may be the beginning of a longer character.
        let text = self.text.get(start..self.at)?;
        let digits = text.strip_prefix('-').unwrap_or(text).as_bytes();
        // JSON knows neither +1 nor 01 nor .5 nor 1.; Rust does.
        let plain = match digits {
            [b'0'] | [b'0', b'.' | b'e' | b'E', ..] | [b'1'..=b'9', ..] => !text.contains(".."),
            _ => false,
        };
        if !plain || !digits.last()?.is_ascii_digit() || text.contains(".e") || text.contains(".E") {
            return None;
        }
        text.parse().ok().filter(|number: &f64| number.is_finite()).map(Some)
    }

    fn end(&mut self) -> Option<()> {
        self.next().is_none().then_some(())
    }
}

#[derive(Deserialize)]
struct General {
    #[serde(default)]
    series: Loose,
    #[serde(default)]
    time: Loose,
    #[serde(default, deserialize_with = "present")]
    value: Option<Loose>,
    #[serde(default)]
    quality: Loose,
}

/// Tells null from absent.
fn present<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Loose>, D::Error> {
    Loose::deserialize(deserializer).map(Some)
}

fn general(line: &str) -> Result<Option<Observation>, String> {
    // Derived readers take a list for an object, by position.
    if !line.starts_with('{') {
        return Err("it is no JSON object; write one a line, with series, time and value".to_owned());
    }
    let row: General = serde_json::from_str(line).map_err(|error| {
        let (column, mut reason) = (error.column(), error.to_string());
        if let Some(place) = reason.rfind(" at line ") {
            reason.truncate(place);
        }
        format!("column {column}: {reason}; write one JSON object with series, time and value")
    })?;
    let Some(series) = row.series.text() else {
        return Err("it has no text `series`; write the series' key in quotes".to_owned());
    };
    let Some(time) = row.time.text() else {
        return Err("it has no text `time`; write it as \"2026-11-21T17:00:00Z\"".to_owned());
    };
    let value = match &row.value {
        None => return Err("it has no `value`; write null where there is none".to_owned()),
        Some(Loose::Null) => None,
        Some(Loose::Text(text)) if matches!(text.trim(), "" | "NA") => None,
        Some(value) => {
            Some(value.number().ok_or("the value is no number: write digits without quotes, or null")?)
        }
    };
    let quality = match &row.quality {
        Loose::Null => None,
        Loose::Text(text) => Some(text.as_str()),
        _ => return Err("the quality is no text; write it in quotes".to_owned()),
    };
    series::observation(series, time, value, quality)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn plain_and_unusual_lines_are_read() {
        for (line, value, suspect) in [
            (r#"{"series":"a","time":"2026-11-21T17:00:00Z","value":40.21}"#, Some(40.21), false),
            (r#" { "value" : -1e-3 , "time":"2026-11-21", "series" : "a" } "#, Some(-0.001), false),
            (r#"{"series":"a","time":"2026-11-21","value":null}"#, None, false),
            (r#"{"series":"a","time":"2026-11-21","value":"NA","unit":["ft"]}"#, None, false),
            (r#"{"series":"\u0061","time":"2026-11-21","value":0,"quality":"Ice"}"#, Some(0.0), true),
        ] {
            let got = row(line).unwrap_or_else(|error| panic!("{line}: {error}"));
            assert_eq!(
                got.as_ref().map(|o| (o.value, o.suspect)),
                value.map(|value| (value, suspect)),
                "{line}"
            );
            assert!(got.is_none_or(|o| o.series == "a"));
        }
    }

    #[test]
    fn what_is_no_row_is_refused_in_words() {
        for (line, words) in [
            (r#"{"series":"a","time":"2026-11-21","value":NaN}"#, "column"),
            (r#"{"series":"a","time":"2026-11-21","value":1e999}"#, "out of range"),
            (r#"{"series":"a","time":"2026-11-21","value":"1.5"}"#, "without quotes"),
            (r#"{"series":"a","time":"2026-11-21","value":01}"#, "column"),
            (r#"{"series":"a","time":"2026-11-21","value":+1}"#, "column"),
            (r#"{"series":"a","time":"2026-11-21"}"#, "no `value`"),
            (r#"{"series":1,"time":"2026-11-21","value":1}"#, "no text `series`"),
            (r#"{"series":"a","time":1772431320,"value":1}"#, "no text `time`"),
            (r#"{"series":"a","time":"99999-01-01T00:00:00Z","value":1}"#, "9999"),
            (r#"{"series":"a","series":"b","time":"2026-11-21","value":1}"#, "duplicate"),
            (r#"[1,2]"#, "JSON object"),
            ("series,time,value", "JSON object"),
            (r#"{"series":"a","time":"2026-11-21","value":1}}"#, "trailing"),
        ] {
            let error = row(line).unwrap_err();
            assert!(error.contains(words), "{line}: {error}");
        }
    }

    proptest! {
        #[test]
        fn a_number_is_read_to_the_same_bits(value in any::<f64>().prop_filter("finite", |v| v.is_finite())) {
            let line = serde_json::json!({"series": "a", "time": "2026-11-21", "value": value}).to_string();
            let got = row(&line).unwrap().unwrap();
            prop_assert_eq!(got.value.to_bits(), value.to_bits());
        }

        #[test]
        fn the_fast_reader_takes_no_line_that_json_does_not(
            line in r#"\{"series":"a","time":"2026-11-21","value":[-+.0-9eE]{0,6}\}"#,
        ) {
            if plain(&line).is_some() {
                prop_assert!(serde_json::from_str::<serde_json::Value>(&line).is_ok(), "{}", line);
            }
        }
    }

    #[test]
    fn a_long_character_where_a_number_belongs_is_a_problem_with_its_line() {
        let text = "{\"series\":\"a\",\"time\":\"2026-03-02T06:00:00Z\",\"value\":1}\n{\"value\": \u{4da}\n{\"value\":\u{31a}1}";
        let parsed = (KIND.parse)(&Options::default(), text.as_bytes()).expect("the first line is good");
        assert_eq!((parsed.observations.len(), parsed.unread), (1, 2));
    }
}
