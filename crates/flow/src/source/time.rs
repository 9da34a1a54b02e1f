//! Times as sources write them.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::Offset;

/// The mend for a time that cannot be read.
pub(super) const TIME_MEND: &str =
    "write it as 2026-11-21T17:00:00Z or with an offset, or a date alone for midnight UTC, years 1 to 9999";

/// An instant as RFC 3339 writes it, or a date alone for midnight UTC; years 1 to 9999.
///
/// A time without offset is none: nobody can say which instant it is.
pub(super) fn parse(text: &str) -> Option<Timestamp> {
    if let Some(time) = parse_utc(text.as_bytes()) {
        return Some(time);
    }
    if text.len() == 10 {
        return midnight(text);
    }
    if text.len() > 40 {
        return None;
    }
    in_range(text.parse().ok()?)
}

/// Midnight UTC of a date written as 2026-11-21.
pub(super) fn midnight(text: &str) -> Option<Timestamp> {
    let date: Date = text.parse().ok()?;
    in_range(Offset::UTC.to_timestamp(DateTime::from(date)).ok()?)
}

/// Milliseconds since 1970, years 1 to 9999.
pub(super) fn from_millisecond(milliseconds: i64) -> Option<Timestamp> {
    in_range(Timestamp::from_millisecond(milliseconds).ok()?)
}

/// First second of the year 1.
const YEAR_ONE: i64 = -62_135_596_800;

fn in_range(time: Timestamp) -> Option<Timestamp> {
    (time.as_second() >= YEAR_ONE).then_some(time)
}

/// The form that nearly all rows bear, `2026-11-21T17:00:00Z`, without a general parser.
fn parse_utc(text: &[u8]) -> Option<Timestamp> {
    let &[y1, y2, y3, y4, b'-', o1, o2, b'-', d1, d2, b'T', h1, h2, b':', m1, m2, b':', s1, s2, b'Z'] = text
    else {
        return None;
    };
    let two = |tens: u8, ones: u8| -> Option<i64> {
        (tens.is_ascii_digit() && ones.is_ascii_digit())
            .then(|| i64::from(tens - b'0') * 10 + i64::from(ones - b'0'))
    };
    let year = two(y1, y2)? * 100 + two(y3, y4)?;
    let (month, day) = (two(o1, o2)?, two(d1, d2)?);
    let (hour, minute, second) = (two(h1, h2)?, two(m1, m2)?, two(s1, s2)?);
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        2 => 28 + i64::from(leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    if year < 1 || day < 1 || day > days || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let seconds = days_since_1970(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second;
    Timestamp::from_second(seconds).ok()
}

/// Days since 1970-01-01 in the Gregorian calendar; the year begins in March so that the leap day
/// is its last.
fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_no_instant_is_refused() {
        for text in [
            "",
            "2026-11-21T17:00:00",
            "2026-13-01T00:00:00Z",
            "2026-02-29T00:00:00Z",
            "99999-01-01T00:00:00Z",
            "2026-11-21T24:00:00Z",
            "0000-01-01T00:00:00Z",
            "-000001-01-01T00:00:00Z",
            "tomorrow",
            "1772431320",
            "2026-11-21T17:00:00Z2026-11-21T17:00:00Z2026-11-21T17:00:00Z",
            "+099999-01-01T00:00:00Z",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
        assert_eq!(from_millisecond(i64::MAX), None);
        assert_eq!(from_millisecond(3_093_527_980_800_000), None, "the year 99999");
    }

    #[test]
    fn offsets_fractions_and_dates_are_taken() {
        for (text, expected) in [
            ("2019-02-14T00:00:00.000-05:00", "2019-02-14T05:00:00Z"),
            ("2026-08-07T18:45:00+00:00", "2026-08-07T18:45:00Z"),
            ("2026-02-26", "2026-02-26T00:00:00Z"),
            ("2024-02-29T23:59:59Z", "2024-02-29T23:59:59Z"),
        ] {
            assert_eq!(parse(text), Some(expected.parse().unwrap()), "{text}");
        }
    }

    proptest! {
        #[test]
        fn the_fast_form_agrees_with_the_general_parser(second in -62_135_596_800_i64..253_402_207_200) {
            let time = Timestamp::from_second(second).unwrap();
            prop_assert_eq!(parse_utc(time.to_string().as_bytes()), Some(time));
        }
    }
}
