//! River gauges of the United States Geological Survey.

mod ogc;
mod rdb;
mod waterml;

use super::json::{self, Loose};
use super::newest::Newest;
use super::{Kind, Options, ParseError, Parsed};
use beaconfire_core::Observation;
use jiff::Timestamp;

/// The kind.
pub(super) static KIND: Kind = Kind {
    name: "usgs-nwis",
    title: "river gauges, USGS water data",
    doc: "\
Reads instantaneous values of the US Geological Survey in three forms: the JSON and the tab-separated text
(RDB) of the [instantaneous values service](https://waterservices.usgs.gov/docs/instantaneous-values/), and
the GeoJSON of the [water data OGC API](https://api.waterdata.usgs.gov/ogcapi/v0/) (`continuous`,
`latest-continuous`).

The series' key is the station number, such as `08171000`, for the configured `parameter` (default `00065`,
gauge height); other parameters are kept as `08171000:00060`, a daily or other statistic as
`08171000:00060:00003`. Where a station has several sensors of one parameter, the one without description
bears the bare key, the others `…:method-69512`.

The no-data value (`-999999`) and words in place of numbers (`Ice`, `Eqp`) are missing. Values that are
neither plainly approved nor provisional (`e` estimated, `<`, `Ice` …) are doubtful. Set `unit = \"ft\"` to
refuse a series that comes in another unit; RDB states none.",
    example: r#"[[source]]
id = "texas-gauges"
kind = "usgs-nwis"
title = "River gauges in Texas, USGS"
url = "https://waterservices.usgs.gov/nwis/iv/?format=json&sites=08171000,08073600&parameterCd=00065"
poll_every_s = 300
expected_every_s = 3600
must_advance = true

[source.options]
parameter = "00065"
unit = "ft"
"#,
    parse,
    follows_links: false,
};

const WANTED: &str = "USGS instantaneous values (JSON, RDB or OGC GeoJSON)";

fn parse(options: &Options, bytes: &[u8]) -> Result<Parsed, ParseError> {
    let text = json::utf8(options, bytes)?;
    let mut gauges = Gauges::new(options);
    if text.trim_ascii_start().starts_with('{') {
        let text = json::text(options, bytes)?;
        if !waterml::read(text, &mut gauges)? && !ogc::read(text, &mut gauges)? {
            return Err(ParseError::NotThis {
                wanted: WANTED,
                found: "an object with neither value.timeSeries nor features".to_owned(),
            });
        }
    } else {
        rdb::read(text, &mut gauges)?;
    }
    gauges.finish()
}

/// What the three forms fill.
struct Gauges<'o> {
    options: &'o Options,
    observations: Newest<Observation>,
    parsed: Parsed,
    /// The newest value of any kind: a gauge that reports "no data" at this time is not silent.
    newest: Option<Timestamp>,
}

impl<'o> Gauges<'o> {
    fn new(options: &'o Options) -> Self {
        Self {
            options,
            observations: Newest::new(options.row_entries()),
            parsed: Parsed::default(),
            newest: None,
        }
    }

    /// A series' key.
    fn key(&self, station: &str, parameter: &str, statistic: &str, method: Option<&str>) -> String {
        let mut key = station.to_owned();
        // 00011 is the OGC API's name of an instantaneous value; 00000 that of the older service.
        let instantaneous = matches!(statistic, "" | "00000" | "00011");
        if parameter != self.options.parameter || !instantaneous {
            key.push(':');
            key.push_str(parameter);
        }
        if !instantaneous {
            key.push(':');
            key.push_str(statistic);
        }
        if let Some(method) = method {
            key.push_str(":method-");
            key.push_str(method);
        }
        key
    }

    /// Whether a series in `unit` can be taken.
    fn unit_agrees(&self, parameter: &str, unit: Option<&str>) -> Result<(), String> {
        match (&self.options.unit, unit) {
            (Some(wanted), Some(unit)) if parameter == self.options.parameter && wanted != unit => {
                Err(format!("its unit is {unit:?} and the source is configured for {wanted:?}"))
            }
            _ => Ok(()),
        }
    }

    fn take(&mut self, series: &str, reading: Reading) {
        self.newest = self.newest.max(Some(reading.time));
        match reading.value {
            Some(value) => self.observations.push(
                reading.time,
                Observation {
                    series: series.to_owned(),
                    time: reading.time,
                    value,
                    suspect: reading.suspect,
                },
            ),
            None => self.parsed.missing += 1,
        }
    }

    fn finish(mut self) -> Result<Parsed, ParseError> {
        if self.parsed.entries > 0 && self.parsed.unread == self.parsed.entries {
            return Err(ParseError::NothingReadable {
                entries: self.parsed.entries,
                first: self.parsed.problems.swap_remove(0),
            });
        }
        (self.parsed.observations, self.parsed.dropped) = self.observations.finish();
        self.parsed.newest = self.newest;
        Ok(self.parsed)
    }
}

/// One value of a gauge at one time.
struct Reading {
    time: Timestamp,
    /// `None` where the gauge has no number.
    value: Option<f64>,
    suspect: bool,
}

/// A station number, parameter or method: it becomes part of a key.
fn code(text: &str) -> Option<&str> {
    let text = text.trim();
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    (!text.is_empty() && text.len() <= 60 && text.bytes().all(plain)).then_some(text)
}

/// The value as written: a number, nothing, or a word that stands where a number would.
fn number(written: &str, no_data: f64) -> Result<Option<f64>, String> {
    /// Words of the service's `uv_rmk_cd` for "no number, because".
    const REASONS: [&str; 15] = [
        "***", "--", "Bkw", "Dis", "Dry", "Eqp", "Fld", "Ice", "Mnt", "Pr", "Rat", "Ssn", "ZFl", "Pmp", "NA",
    ];
    let text = written.trim();
    if text.is_empty() || REASONS.iter().any(|reason| reason.eq_ignore_ascii_case(text)) {
        return Ok(None);
    }
    match text.parse::<f64>() {
        Ok(value) if value == no_data => Ok(None),
        Ok(value) if value.is_finite() => Ok(Some(value)),
        _ => {
            let text: String = text.chars().take(40).collect();
            Err(format!("the value {text:?} is no number"))
        }
    }
}

/// As [`number`], of a JSON value.
fn loose_number(written: &Loose, no_data: f64) -> Result<Option<f64>, String> {
    match written {
        Loose::Null => Ok(None),
        Loose::Text(text) => number(text, no_data),
        value => match value.number() {
            Some(value) if value == no_data => Ok(None),
            Some(value) => Ok(Some(value)),
            None => Err("the value is no number".to_owned()),
        },
    }
}

/// The value for "no data" where the payload does not say.
const NO_DATA: f64 = -999_999.0;

/// Whether qualifiers make a value doubtful: all do but approved, provisional, revised and the numbers of
/// the service's remark list.
fn is_suspect<'q>(mut qualifiers: impl Iterator<Item = &'q str>) -> bool {
    qualifiers.any(|qualifier| {
        !matches!(qualifier.trim(), "" | "A" | "P" | "R" | "Approved" | "Provisional" | "0" | "1" | "2" | "3")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_data_is_missing_and_never_a_number() {
        for text in ["-999999", "-999999.0", "-999999.00", "Ice", "eqp", "", "--"] {
            assert_eq!(number(text, NO_DATA), Ok(None), "{text}");
        }
        assert_eq!(number(" 6.48 ", NO_DATA), Ok(Some(6.48)));
        for text in ["NaN", "inf", "1e999", "6,48"] {
            assert!(number(text, NO_DATA).is_err(), "{text}");
        }
        assert_eq!(loose_number(&Loose::Int(-999_999), NO_DATA), Ok(None));
    }

    #[test]
    fn keys_tell_parameters_statistics_and_sensors_apart() {
        let options = Options::default();
        let gauges = Gauges::new(&options);
        assert_eq!(gauges.key("08171000", "00065", "00000", None), "08171000");
        assert_eq!(gauges.key("08171000", "00065", "00011", None), "08171000");
        assert_eq!(gauges.key("08171000", "00060", "", None), "08171000:00060");
        assert_eq!(gauges.key("08171000", "00065", "00003", Some("7")), "08171000:00065:00003:method-7");
    }

    #[test]
    fn a_gauge_in_another_unit_is_refused() {
        let options = Options { unit: Some("ft".to_owned()), ..Options::default() };
        let gauges = Gauges::new(&options);
        assert!(gauges.unit_agrees("00065", Some("m")).is_err());
        assert!(gauges.unit_agrees("00065", Some("ft")).is_ok());
        assert!(gauges.unit_agrees("00060", Some("ft3/s")).is_ok());
    }
}
