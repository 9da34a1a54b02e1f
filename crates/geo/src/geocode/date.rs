//! Seconds since 1970 as words.

/// The second as people write it: a day, and the time unless it is midnight. UTC, proleptic Gregorian calendar.
pub(super) fn words(second: i64) -> String {
    let (days, rest) = (second.div_euclid(86_400), second.rem_euclid(86_400));
    // Days since 0000-03-01, in eras of 400 years (after Howard Hinnant, "chrono-compatible low-level date algorithms").
    let day = days.saturating_add(719_468);
    let (era, of_era) = (day.div_euclid(146_097), day.rem_euclid(146_097));
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    let date = format!("{year:04}-{month:02}-{day:02}");
    if rest == 0 { date } else { format!("{date} {:02}:{:02} UTC", rest / 3600, rest / 60 % 60) }
}

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn seconds_become_days() {
        assert_eq!(words(0), "1970-01-01");
        assert_eq!(words(1_709_164_800), "2024-02-29");
        assert_eq!(words(1_709_164_800 + 45_060), "2024-02-29 12:31 UTC");
        assert_eq!(words(-1), "1969-12-31 23:59 UTC");
        assert!(!words(i64::MAX).is_empty() && !words(i64::MIN).is_empty());
    }
}
