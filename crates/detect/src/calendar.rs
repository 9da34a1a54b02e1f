//! Days, weeks, months and years of the proleptic Gregorian calendar, for dated series.
//!
//! A [`Day`](crate::series::Day) counts from 1970-01-01, without a time of day or a zone: whoever counts cases has
//! already said on which day, in which zone, each one falls. Stretches of days are half-open, from the first day up to
//! and without the last one named.

mod date;
mod week;

pub use date::{Date, days_in_month, days_in_year, is_leap};
pub use week::{IsoWeek, Weekday, sunday_of};
