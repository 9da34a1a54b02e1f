//! RDB, the service's tab-separated text: comments, names, widths, rows; one table a station.

use super::{Gauges, NO_DATA, Reading, WANTED, code, is_suspect, number};
use crate::source::{ParseError, time};
use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::Offset;

/// Fields read of one line; no table of the service has more.
const MAX_COLUMNS: usize = 200;

/// Reads the text.
pub(super) fn read(text: &str, gauges: &mut Gauges<'_>) -> Result<(), ParseError> {
    let mut table: Option<Table> = None;
    let mut found = "no line of column names".to_owned();
    let (mut named, mut tables) = (false, 0);
    for (line, text) in text.lines().enumerate() {
        let line = line as u64 + 1;
        if text.starts_with('#') || text.trim().is_empty() {
            continue;
        }
        let fields: Vec<&str> = text.split('\t').take(MAX_COLUMNS).collect();
        if fields[0] == "agency_cd" {
            named = true;
            table = Table::read(&fields, gauges);
            match &table {
                Some(_) => tables += 1,
                None => {
                    found = format!("line {line}, a table without datetime and values");
                    gauges.parsed.note(|| format!("{found}; its rows are not taken"));
                }
            }
        } else if !named {
            let begin: String = text.chars().take(40).collect();
            found = format!("line {line}, {begin:?}");
            break;
        } else if !is_widths(&fields) {
            match &table {
                Some(table) => table.row(line, &fields, gauges),
                None => {
                    gauges.parsed.entries += 1;
                    gauges.parsed.unread += 1;
                }
            }
        }
    }
    // The service's answer when there are no data is a comment of that meaning.
    if tables == 0 && !text.contains("No sites found") && !text.contains("No Data") {
        return Err(ParseError::NotThis { wanted: WANTED, found });
    }
    Ok(())
}

/// The line below the names, such as `5s 15s 20d 6s 14n 10s`.
fn is_widths(fields: &[&str]) -> bool {
    fields.iter().all(|field| {
        field
            .trim_end()
            .strip_suffix(['s', 'd', 'n'])
            .is_some_and(|width| !width.is_empty() && width.bytes().all(|byte| byte.is_ascii_digit()))
    })
}

struct Table {
    station: usize,
    at: usize,
    zone: Option<usize>,
    values: Vec<Column>,
}

struct Column {
    value: usize,
    mark: Option<usize>,
    parameter: String,
    statistic: String,
    /// Only where another column measures the same.
    method: Option<String>,
}

impl Table {
    fn read(names: &[&str], gauges: &mut Gauges<'_>) -> Option<Self> {
        let column = |wanted: &str| names.iter().position(|name| name.trim() == wanted);
        let (station, at) = (column("site_no")?, column("datetime")?);
        let mut values = Vec::new();
        for (value, name) in names.iter().enumerate() {
            let name = name.trim();
            let parts: Vec<&str> = name.split('_').collect();
            let (method, parameter, statistic) = match parts[..] {
                [method, parameter] => (method, parameter, ""),
                [method, parameter, statistic] => (method, parameter, statistic),
                _ => continue,
            };
            let number = |text: &str| text.len() >= 2 && text.bytes().all(|byte| byte.is_ascii_digit());
            if !number(method) || !number(parameter) || !(statistic.is_empty() || number(statistic)) {
                continue;
            }
            values.push(Column {
                value,
                mark: column(&format!("{name}_cd")),
                parameter: parameter.to_owned(),
                statistic: statistic.to_owned(),
                method: Some(method.to_owned()),
            });
        }
        if values.is_empty() {
            gauges.parsed.note(|| "a table has no column of values, such as 69513_00065".to_owned());
        }
        let same = |a: &Column, b: &Column| a.parameter == b.parameter && a.statistic == b.statistic;
        let alone: Vec<bool> =
            values.iter().map(|one| values.iter().filter(|other| same(one, other)).count() == 1).collect();
        for (column, alone) in values.iter_mut().zip(alone) {
            if alone {
                column.method = None;
            }
        }
        Some(Self { station, at, zone: column("tz_cd"), values })
    }

    fn row(&self, line: u64, fields: &[&str], gauges: &mut Gauges<'_>) {
        let count = self.values.len() as u64;
        gauges.parsed.entries += count;
        let field = |at: usize| fields.get(at).map(|field| field.trim()).unwrap_or_default();
        let zone = self.zone.map_or("UTC", field);
        let (station, time) = match (code(field(self.station)), moment(field(self.at), zone)) {
            (Some(station), Ok(time)) => (station, time),
            (None, _) => return unread(gauges, line, count, "it has no site_no"),
            (_, Err(problem)) => return unread(gauges, line, count, &problem),
        };
        for column in &self.values {
            let key = gauges.key(station, &column.parameter, &column.statistic, column.method.as_deref());
            let marks = column.mark.map_or("", field);
            match number(field(column.value), NO_DATA) {
                Ok(value) => {
                    let suspect = is_suspect(marks.split([' ', ':', ',', '[', ']']));
                    gauges.take(&key, Reading { time, value, suspect });
                }
                Err(problem) => unread(gauges, line, 1, &format!("{key}: {problem}")),
            }
        }
    }
}

fn unread(gauges: &mut Gauges<'_>, line: u64, count: u64, problem: &str) {
    gauges.parsed.unread += count;
    if count > 0 {
        gauges.parsed.note(|| format!("line {line}: {problem}"));
    }
}

/// `2019-02-14 00:00` in a zone given by its abbreviation.
fn moment(text: &str, zone: &str) -> Result<Timestamp, String> {
    /// The abbreviations that the service writes, and their hours from UTC.
    const ZONES: [(&str, i8); 20] = [
        ("UTC", 0),
        ("GMT", 0),
        ("AST", -4),
        ("ADT", -3),
        ("EST", -5),
        ("EDT", -4),
        ("CST", -6),
        ("CDT", -5),
        ("MST", -7),
        ("MDT", -6),
        ("PST", -8),
        ("PDT", -7),
        ("AKST", -9),
        ("AKDT", -8),
        ("HST", -10),
        ("HDT", -9),
        ("SST", -11),
        ("GST", 10),
        ("ChST", 10),
        ("", 0),
    ];
    let hours = ZONES.iter().find(|(name, _)| *name == zone).map(|(_, hours)| *hours);
    let hours = hours.ok_or_else(|| {
        let zone: String = zone.chars().take(20).collect();
        format!("the time zone {zone:?} is not known; ask the service for format=json")
    })?;
    let read = || -> Option<Timestamp> {
        let (date, clock) = text.split_once(' ')?;
        let (date, clock): (Date, Time) = (date.parse().ok()?, clock.trim().parse().ok()?);
        let local = Offset::from_hours(hours).ok()?.to_timestamp(DateTime::from_parts(date, clock)).ok()?;
        (date.year() >= 1).then_some(local)
    };
    read().ok_or_else(|| {
        let text: String = text.chars().take(40).collect();
        format!("the time {text:?} cannot be read: {}", time::TIME_MEND)
    })
}

#[cfg(test)]
mod tests {
    use super::super::parse;
    use crate::source::{Options, ParseError};

    const TEXT: &str = "# Data provided for site 01491000\n#\nagency_cd\tsite_no\tdatetime\ttz_cd\t69513_00065\t69513_00065_cd\t\
        69512_00060\t69512_00060_cd\n5s\t15s\t20d\t6s\t14n\t10s\t14n\t10s\n\
        USGS\t01491000\t2019-02-14 00:00\tEST\t6.48\tA\t974\tA:e\n\
        USGS\t01491000\t2019-02-14 00:15\tEST\tIce\tP\t\t\n\
        USGS\t01491000\t2019-02-14 00:30\tXYZ\t6.48\tP\t974\tP\n\
        USGS\t01491000\t99999-02-14 00:30\tEST\t6.48\tP\t974\tP\n\
        # another\nagency_cd\tsite_no\tdatetime\ttz_cd\t1001_00065\t1001_00065_cd\t1002_00065\t1002_00065_cd\n\
        5s\t15s\t20d\t6s\t14n\t10s\t14n\t10s\nUSGS\t02\t2019-02-14 00:00\tCDT\t1.5\tP\t1.6\tP\n";

    #[test]
    fn every_table_is_read() {
        let parsed = parse(&Options::default(), TEXT.as_bytes()).unwrap();
        let got: Vec<_> =
            parsed.observations.iter().map(|o| (o.series.as_str(), o.value, o.suspect)).collect();
        assert_eq!(
            got,
            [
                ("01491000", 6.48, false),
                ("01491000:00060", 974.0, true),
                ("02:method-1001", 1.5, false),
                ("02:method-1002", 1.6, false),
            ]
        );
        assert_eq!(parsed.observations[0].time, "2019-02-14T05:00:00Z".parse().unwrap());
        assert_eq!(parsed.observations[2].time, "2019-02-14T05:00:00Z".parse().unwrap());
        assert_eq!((parsed.entries, parsed.missing, parsed.unread), (10, 2, 4));
        assert!(parsed.problems[0].starts_with("line 7: the time zone \"XYZ\""), "{:?}", parsed.problems);
    }

    #[test]
    fn other_tables_of_the_service_are_refused() {
        for text in [
            "#\nagency_cd\tsite_no\tpeak_dt\tpeak_va\n5s\t15s\t10d\t8s\nUSGS\t01594440\t2000-03-22\t3640\n",
            "# //STATION\nINDEP\tDEP\n16N\t16N\n2.99\t30\n",
            "Not found",
        ] {
            let error = parse(&Options::default(), text.as_bytes()).unwrap_err();
            assert!(matches!(error, ParseError::NotThis { .. }), "{error}");
        }
    }
}
