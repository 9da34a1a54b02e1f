//! The observations that are pushed: every series once a round, in batches, all below the level of
//! the rule but those that are meant to cross it.

use std::fmt::Write;
use std::ops::Range;

/// Above this a series is in alarm.
pub const LEVEL: f64 = 100.0;

/// Seconds between one round and the next: a feed at full speed, so that no series looks silent.
const STEP: i64 = 1;

/// How many series, and how many of them in one request.
pub struct Load {
    /// Series.
    pub series: u32,
    /// Observations a batch.
    pub batch: u32,
    /// When round 0 was observed, Unix seconds.
    pub start: i64,
}

impl Load {
    /// The series of each batch of a round.
    pub fn batches(&self) -> impl Iterator<Item = Range<u32>> + use<> {
        let (series, batch) = (self.series, self.batch.max(1));
        (0..series.div_ceil(batch)).map(move |i| i * batch..((i + 1) * batch).min(series))
    }

    /// When the observations of a round were made, Unix seconds.
    pub fn time(&self, round: u32) -> i64 {
        self.start + i64::from(round) * STEP
    }

    /// What a series says in a round: somewhere below the level, not the same twice.
    pub fn value(&self, series: u32, round: u32) -> f64 {
        f64::from((series.wrapping_mul(31).wrapping_add(round.wrapping_mul(17))) % 700) / 10.0 + 0.5
    }

    /// The name of a series.
    pub fn name(series: u32) -> String {
        format!("stage/{series:06}")
    }

    /// One batch as NDJSON; `crossing` is a series in it that goes above the level.
    pub fn body(&self, batch: Range<u32>, round: u32, crossing: Option<u32>) -> String {
        let time = rfc3339(self.time(round));
        let mut body = String::with_capacity(batch.len() * 80);
        for series in batch {
            let value = if crossing == Some(series) { LEVEL + 5.0 } else { self.value(series, round) };
            // Writing into a String cannot fail.
            let _ = writeln!(
                body,
                "{{\"series\":\"{}\",\"time\":\"{time}\",\"value\":{value}}}",
                Self::name(series)
            );
        }
        body
    }
}

/// Unix seconds as `YYYY-MM-DDThh:mm:ssZ`, by the civil-from-days formula of Howard Hinnant.
fn rfc3339(seconds: i64) -> String {
    let (days, of_day) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    let shifted = days + 719_468;
    let (era, day_of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    let (hour, minute, second) = (of_day / 3600, of_day / 60 % 60, of_day % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn batches_cover_every_series_once() {
        let load = Load { series: 11, batch: 5, start: 0 };
        assert_eq!(load.batches().collect::<Vec<_>>(), [0..5, 5..10, 10..11]);
    }

    #[test]
    fn only_the_crossing_is_above_the_level() {
        let load = Load { series: 1000, batch: 1000, start: 1_767_225_600 };
        assert!((0..1000).all(|s| (0..9).all(|r| load.value(s, r) < LEVEL)));
        let body = load.body(0..3, 1, Some(2));
        assert_eq!(body.lines().count(), 3);
        assert!(
            body.ends_with("{\"series\":\"stage/000002\",\"time\":\"2026-01-01T00:00:01Z\",\"value\":105}\n"),
            "{body}"
        );
    }

    #[test]
    fn times_are_written_right() {
        assert_eq!(rfc3339(0), "1970-01-01T00:00:00Z");
        assert_eq!(rfc3339(951_782_399), "2000-02-28T23:59:59Z");
        assert_eq!(rfc3339(951_782_400), "2000-02-29T00:00:00Z");
        assert_eq!(rfc3339(4_102_444_799), "2099-12-31T23:59:59Z");
    }
}
