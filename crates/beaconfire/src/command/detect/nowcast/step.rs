//! Steps in which events and reports are counted.

use crate::command::detect::table::{date_of, day};
use jiff::civil::Date;

/// What one step is, where times are dates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Unit {
    Day,
    Week,
    Month,
}

/// A step, by its number: of days, weeks or months, or as it was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Dated(i64),
    Numbered(i64),
}

/// Numbers beyond this are no steps.
const MOST: i64 = 1 << 40;

impl Step {
    /// Reads a date or a whole number.
    pub(super) fn read(text: &str, unit: Unit) -> Option<Self> {
        if let Ok(number) = text.parse::<i64>() {
            return (number.abs() <= MOST).then_some(Self::Numbered(number));
        }
        let date: Date = text.parse().ok()?;
        let days = i64::from(day(date));
        Some(Self::Dated(match unit {
            Unit::Day => days,
            // 1970-01-01 was a Thursday.
            Unit::Week => (days + 3).div_euclid(7),
            Unit::Month => i64::from(date.year()) * 12 + i64::from(date.month()) - 1,
        }))
    }

    pub(super) fn dated(self) -> bool {
        matches!(self, Self::Dated(_))
    }

    pub(super) fn number(self) -> i64 {
        let (Self::Dated(number) | Self::Numbered(number)) = self;
        number
    }
}

/// The first day of a step.
pub(super) fn first_day(number: i64, unit: Unit) -> Option<Date> {
    match unit {
        Unit::Day => date_of(number.try_into().ok()?),
        Unit::Week => date_of((number * 7 - 3).try_into().ok()?),
        Unit::Month => {
            let (year, month) = (number.div_euclid(12), number.rem_euclid(12) + 1);
            Date::new(year.try_into().ok()?, month.try_into().ok()?, 1).ok()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_begins_where_it_is_said_to() {
        for (unit, text, first) in [
            (Unit::Day, "2026-03-04", "2026-03-04"),
            (Unit::Week, "2026-03-04", "2026-03-02"),
            (Unit::Week, "2026-03-02", "2026-03-02"),
            (Unit::Week, "2026-03-08", "2026-03-02"),
            (Unit::Week, "1969-12-28", "1969-12-22"),
            (Unit::Month, "2026-12-31", "2026-12-01"),
            (Unit::Month, "2024-02-29", "2024-02-01"),
        ] {
            let step = Step::read(text, unit).expect(text);
            assert!(step.dated());
            assert_eq!(first_day(step.number(), unit).expect(text).to_string(), first, "{text} {unit:?}");
        }
        assert_eq!(Step::read("17", Unit::Week), Some(Step::Numbered(17)));
        assert_eq!(
            (Step::read("soon", Unit::Day), Step::read("9223372036854775807", Unit::Day)),
            (None, None)
        );
    }
}
