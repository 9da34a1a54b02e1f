//! The series that are raced over: the scenarios of Noufaily and others (2013), from a generator of our own.

use std::fmt::Write;

use crate::dice::Dice;

/// Series.
pub const SERIES: usize = 500;
/// Weeks of each.
pub const WEEKS: usize = 624;
/// The weeks that are judged, from 1 and inclusive.
pub const JUDGED: (usize, usize) = (573, 624);

/// Level, dispersion, trend, and both waves of the year of each of the seven settings.
const SETTINGS: [[f64; 5]; 7] = [
    [0.1, 1.5, 0.0025, 0.6, 0.6],
    [-2.0, 2.0, 0.005, 0.1, 0.3],
    [1.5, 1.0, 0.003, 0.2, -0.4],
    [0.5, 5.0, 0.002, 0.5, 0.5],
    [2.5, 3.0, 0.001, 1.0, 0.1],
    [3.75, 1.1, 0.001, 0.1, -0.1],
    [5.0, 1.2, 0.0001, 0.05, 0.01],
];

/// The table: a series on each line. Each setting comes with and without its trend, and with no, one and two waves.
pub fn text() -> String {
    let mut dice = Dice(0x5eed_0fc0_u64);
    let mut text = String::new();
    for series in 0..SERIES {
        let [level, dispersion, trend, sine, cosine] = SETTINGS[series / 6 % 7];
        let (trended, waves) = (series / 3 % 2, series % 3);
        for week in 1..=WEEKS {
            let mut log = level + trend * (trended * week) as f64;
            for wave in 1..=waves {
                let angle = std::f64::consts::TAU * (wave * week) as f64 / 52.0;
                log += sine * angle.cos() + cosine * angle.sin();
            }
            let count = dice.count(log.exp(), dispersion);
            let space = if week == 1 { "" } else { " " };
            let _ = write!(text, "{space}{count}");
        }
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_the_same_each_time() {
        let text = text();
        assert_eq!(text.lines().count(), SERIES);
        assert!(text.lines().all(|line| line.split(' ').count() == WEEKS));
        assert_eq!(text, super::text());
    }
}
