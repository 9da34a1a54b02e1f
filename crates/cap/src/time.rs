//! Times as CAP writes them: an instant and the offset of the place.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::Offset;

/// An instant in whole seconds and the offset it is written with.
///
/// `Display` writes `YYYY-MM-DDThh:mm:ss+hh:mm`, and UTC as `-00:00`, as CAP 1.2 section 3.3.2 demands.
/// `FromStr` takes that form only. Ordered by instant, then offset.
///
/// ```
/// use beaconfire_cap::CapTime;
/// let time = CapTime::new("2026-11-21T23:00:00.9Z".parse()?, -6 * 3600)?;
/// assert_eq!(time.to_string(), "2026-11-21T17:00:00-06:00");
/// assert_eq!("2026-11-21T17:00:00-06:00".parse::<CapTime>()?, time);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CapTime {
    second: i64,
    offset: i32,
}

/// The farthest from UTC that a place is, in seconds.
const MAX_OFFSET: u32 = 14 * 3600;

/// Why something is not a [`CapTime`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CapTimeError {
    /// An offset CAP cannot write.
    #[error("take the offset of {seconds} s: use whole minutes, at most 14 hours from UTC")]
    Offset {
        /// The offset, in seconds east of UTC.
        seconds: i32,
    },
    /// A date outside the years 1 to 9999.
    #[error("take the date: its year must lie within 1 and 9999")]
    Year,
    /// Text in another form.
    #[error("read {text:?} as a time: write it as 2026-11-21T17:00:00-06:00, and UTC as -00:00")]
    Form {
        /// The text, cut after 40 characters.
        text: String,
    },
}

impl CapTime {
    /// The instant, cut to whole seconds, at an offset in seconds east of UTC.
    ///
    /// # Errors
    /// If the offset is not in whole minutes within 14 hours, or the local year is not within 1 and 9999.
    pub fn new(instant: Timestamp, offset_seconds: i32) -> Result<CapTime, CapTimeError> {
        if offset_seconds % 60 != 0 || offset_seconds.unsigned_abs() > MAX_OFFSET {
            return Err(CapTimeError::Offset { seconds: offset_seconds });
        }
        let second = instant.as_nanosecond().div_euclid(1_000_000_000);
        let second = i64::try_from(second).map_err(|_| CapTimeError::Year)?;
        let time = CapTime { second, offset: offset_seconds };
        match Timestamp::from_second(second) {
            Ok(_) if (1..=9999).contains(&time.civil().year()) => Ok(time),
            _ => Err(CapTimeError::Year),
        }
    }

    /// The instant.
    pub fn instant(self) -> Timestamp {
        Timestamp::from_second(self.second).expect("new() has checked the range")
    }

    /// The offset, in seconds east of UTC.
    pub fn offset_seconds(self) -> i32 {
        self.offset
    }

    fn civil(self) -> DateTime {
        let offset = Offset::from_seconds(self.offset).expect("new() has checked the offset");
        offset.to_datetime(self.instant())
    }
}

impl fmt::Display for CapTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let t = self.civil();
        let sign = if self.offset > 0 { '+' } else { '-' };
        let minutes = self.offset.unsigned_abs() / 60;
        write!(
            f,
            "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}{sign}{:02}:{:02}",
            t.year(),
            t.month(),
            t.day(),
            t.hour(),
            t.minute(),
            t.second(),
            minutes / 60,
            minutes % 60
        )
    }
}

impl fmt::Debug for CapTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for CapTime {
    type Err = CapTimeError;

    fn from_str(text: &str) -> Result<CapTime, CapTimeError> {
        match parse(text) {
            Some((time, faults)) if faults == Faults::default() => Ok(time),
            _ => Err(CapTimeError::Form { text: text.chars().take(40).collect() }),
        }
    }
}

/// What a time departs from the form of CAP 1.2 in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Faults {
    /// `+00:00` for UTC.
    pub(crate) plus_zero: bool,
    /// `Z` for UTC.
    pub(crate) letter: bool,
    /// A fraction of a second.
    pub(crate) fraction: bool,
    /// No offset at all: taken as UTC.
    pub(crate) no_offset: bool,
    /// After the last instant that can be kept, which it was brought back to.
    pub(crate) far: bool,
    /// Anything else that xs:dateTime would not take either.
    pub(crate) shape: bool,
}

/// Reads a time in the forms that occur in the wild.
pub(crate) fn parse(text: &str) -> Option<(CapTime, Faults)> {
    let mut rest = text.as_bytes();
    let mut faults = Faults::default();
    let year = digits(&mut rest, 4)?;
    take(&mut rest, b"-")?;
    let month = digits(&mut rest, 2)?;
    take(&mut rest, b"-")?;
    let day = digits(&mut rest, 2)?;
    faults.shape |= take(&mut rest, b"Tt ")? != b'T';
    let hour = digits(&mut rest, 2)?;
    take(&mut rest, b":")?;
    let minute = digits(&mut rest, 2)?;
    let mut second = 0;
    if take(&mut rest, b":").is_some() {
        second = digits(&mut rest, 2)?;
    } else {
        faults.shape = true;
    }
    if let Some(mark) = take(&mut rest, b".,") {
        faults.fraction = true;
        faults.shape |= mark == b',' || !rest.first().is_some_and(u8::is_ascii_digit);
        while rest.first().is_some_and(u8::is_ascii_digit) {
            rest = &rest[1..];
        }
    }
    let offset = offset(&mut rest, &mut faults)?;
    if !rest.is_empty() {
        return None;
    }
    // xs:dateTime knows 24:00:00 as the end of a day, and no leap second; both occur.
    let midnight = hour == 24 && minute == 0 && second == 0;
    faults.shape |= second == 60;
    if minute > 59 || second > 60 || hour > 23 && !midnight || offset.unsigned_abs() > MAX_OFFSET {
        return None;
    }
    let time = i64::from(hour) * 3600 + i64::from(minute) * 60 + i64::from(second.min(59));
    let local = days(i64::from(year), month, day)? * DAY + time;
    // "9999-12-31" is how some say never.
    faults.far = year == 9999 && local - i64::from(offset) > Timestamp::MAX.as_second();
    let second = (local - i64::from(offset)).min(Timestamp::MAX.as_second());
    (second + i64::from(offset) >= YEAR_1).then_some((CapTime { second, offset }, faults))
}

/// Seconds of a day.
const DAY: i64 = 86_400;

/// The first second of the year 1, from 1970.
const YEAR_1: i64 = -62_135_596_800;

/// Days from 1970 to a day of the Gregorian calendar; `None` if there is no such day.
fn days(year: i64, month: u16, day: u16) -> Option<i64> {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let length = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 => 28 + u16::from(leap),
        _ => return None,
    };
    if !(1..=length).contains(&day) {
        return None;
    }
    // Years and months count from March, so that leap days come last; March to July repeat as August to December do.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let (centuries, months) = (year.div_euclid(100), (153 * i64::from(month) + 2) / 5);
    let leap_days = year.div_euclid(4) - centuries + centuries.div_euclid(4);
    Some(year * 365 + leap_days + months + i64::from(day) - 719_469)
}

fn offset(rest: &mut &[u8], faults: &mut Faults) -> Option<i32> {
    if rest.first() == Some(&b' ') {
        faults.shape = true;
        *rest = &rest[1..];
    }
    if let Some(letter) = take(rest, b"Zz") {
        faults.letter = true;
        faults.shape |= letter == b'z';
        return Some(0);
    }
    let Some(sign) = take(rest, b"+-") else {
        faults.no_offset = true;
        return Some(0);
    };
    let hours = digits(rest, 2)?;
    faults.shape |= take(rest, b":").is_none();
    let minutes = if rest.is_empty() { 0 } else { digits(rest, 2)? };
    if minutes > 59 {
        return None;
    }
    let seconds = i32::from(hours) * 3600 + i32::from(minutes) * 60;
    faults.plus_zero = sign == b'+' && seconds == 0;
    Some(if sign == b'-' { -seconds } else { seconds })
}

/// Takes exactly `count` digits.
fn digits(rest: &mut &[u8], count: usize) -> Option<u16> {
    let (head, tail) = rest.split_at_checked(count)?;
    *rest = tail;
    head.iter().try_fold(0, |n, b| b.is_ascii_digit().then(|| n * 10 + u16::from(b - b'0')))
}

/// Takes one byte out of `set`.
fn take(rest: &mut &[u8], set: &[u8]) -> Option<u8> {
    let first = *rest.first().filter(|b| set.contains(b))?;
    *rest = &rest[1..];
    Some(first)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn writes_utc_with_a_minus_and_cuts_fractions() {
        let time = CapTime::new("2026-01-01T00:00:00.999Z".parse().unwrap(), 0).unwrap();
        assert_eq!(time.to_string(), "2026-01-01T00:00:00-00:00");
        let before_1970 = CapTime::new("1969-12-31T23:59:59.5Z".parse().unwrap(), 0).unwrap();
        assert_eq!(before_1970.to_string(), "1969-12-31T23:59:59-00:00");
    }

    #[test]
    fn strict_form_goes_round() {
        for text in ["2026-11-21T17:00:00-06:00", "0001-01-02T00:00:00-00:00", "9999-12-30T12:59:59+05:45"] {
            assert_eq!(text.parse::<CapTime>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn tolerant_forms_are_read_and_named() {
        let check = |text: &str, want: &str, fault: fn(&Faults) -> bool| {
            let (time, faults) = parse(text).unwrap_or_else(|| panic!("{text}"));
            assert_eq!(time.to_string(), want, "{text}");
            assert!(fault(&faults), "{text}: {faults:?}");
            assert!(text.parse::<CapTime>().is_err(), "{text}");
        };
        check("2026-11-21T17:00:00Z", "2026-11-21T17:00:00-00:00", |f| f.letter);
        check("2026-11-21T17:00:00+00:00", "2026-11-21T17:00:00-00:00", |f| f.plus_zero);
        check("2026-11-21T17:00:00.123+01:00", "2026-11-21T17:00:00+01:00", |f| f.fraction);
        check("2026-11-21 17:00:00+01:00", "2026-11-21T17:00:00+01:00", |f| f.shape);
        check("2026-11-21T17:00+0100", "2026-11-21T17:00:00+01:00", |f| f.shape);
        check("2026-11-21T17:00:00", "2026-11-21T17:00:00-00:00", |f| f.no_offset);
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for text in [
            "",
            "bigboi",
            "99999-01-01T00:00:00-00:00",
            "2026-13-01T00:00:00-00:00",
            "2026-02-30T00:00:00-00:00",
            "2026-01-01T25:00:00-00:00",
            "2026-01-01T00:00:00+14:01",
            "2026-01-01T00:00:00-00:00x",
            "0000-01-01T00:00:00-00:00",
            "2026-01-01T00:00:00+01:60",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
        assert!(CapTime::new(Timestamp::UNIX_EPOCH, 61).is_err());
        assert!(CapTime::new(Timestamp::UNIX_EPOCH, i32::MIN).is_err());
    }

    #[test]
    fn the_last_day_of_9999_is_brought_back_to_what_can_be_kept() {
        for text in ["9999-12-31T23:59:59-14:00", "9999-12-31T24:00:00+14:00"] {
            let (time, faults) = parse(text).unwrap();
            assert!(faults.far);
            assert_eq!(time.instant(), "9999-12-30T22:00:00Z".parse().unwrap());
        }
    }

    #[test]
    fn the_end_of_a_day_is_the_start_of_the_next() {
        let (time, _) = parse("2026-12-31T24:00:00+01:00").unwrap();
        assert_eq!(time.to_string(), "2027-01-01T00:00:00+01:00");
    }

    proptest! {
        #[test]
        fn days_and_instants_are_those_of_jiff(
            (year, month, day) in (0i16..=9999, 0i8..=13, 0i8..=32),
            (hour, minute, second) in (0i8..=25, 0i8..=60, 0i8..=59),
            minutes in -900i32..=900,
        ) {
            let (sign, apart) = (if minutes < 0 { '-' } else { '+' }, minutes.unsigned_abs());
            let text = format!(
                "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{sign}{:02}:{:02}",
                apart / 60,
                apart % 60
            );
            let offset = Offset::from_seconds(minutes * 60).unwrap();
            let instant = DateTime::new(year, month, day, hour, minute, second, 0)
                .ok()
                .and_then(|local| offset.to_timestamp(local).ok());
            let want = instant.and_then(|instant| CapTime::new(instant, minutes * 60).ok());
            let read = parse(&text).filter(|(_, faults)| !faults.far).map(|(time, _)| time);
            if (hour, minute, second) != (24, 0, 0) {
                prop_assert_eq!(read, want, "{}", text);
            }
        }
    }
}
