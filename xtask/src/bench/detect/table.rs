//! The series that are raced over: the scenarios of Noufaily and others (2013), from a generator of our own.

use std::fmt::Write;

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

/// Chance that is the same on every machine (splitmix64).
struct Dice(u64);

impl Dice {
    /// Between 0 and 1.
    fn uniform(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// A count with this mean, and as variance the mean times the dispersion.
    fn count(&mut self, mean: f64, dispersion: f64) -> u32 {
        if dispersion <= 1.0 {
            return self.poisson(mean);
        }
        // A negative binomial count is a Poisson number of clusters of logarithmic size.
        let failure = 1.0 - 1.0 / dispersion;
        let clusters = mean * dispersion.ln() / (dispersion - 1.0);
        (0..self.poisson(clusters)).map(|_| self.logarithmic(failure)).sum()
    }

    fn poisson(&mut self, mean: f64) -> u32 {
        // By waiting times, so that no mean is too large.
        let (mut time, mut count) = (0.0, 0);
        loop {
            time -= (1.0 - self.uniform()).ln();
            if time > mean {
                return count;
            }
            count += 1;
        }
    }

    fn logarithmic(&mut self, p: f64) -> u32 {
        let mut left = self.uniform();
        let (mut size, mut term) = (1, -p / (1.0 - p).ln());
        while left > term && size < 10_000 {
            left -= term;
            term *= p * f64::from(size) / f64::from(size + 1);
            size += 1;
        }
        size
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_have_the_mean_and_variance_asked_for() {
        for (mean, dispersion) in [(0.2, 1.5), (12.0, 3.0), (150.0, 1.2), (4.5, 1.0)] {
            let mut dice = Dice(7);
            let counts: Vec<f64> = (0..20_000).map(|_| f64::from(dice.count(mean, dispersion))).collect();
            let n = counts.len() as f64;
            let average = counts.iter().sum::<f64>() / n;
            let variance = counts.iter().map(|c| (c - average).powi(2)).sum::<f64>() / n;
            assert!((average / mean - 1.0).abs() < 0.05, "{mean}: {average}");
            assert!((variance / mean / dispersion - 1.0).abs() < 0.08, "{mean} {dispersion}: {variance}");
        }
    }

    #[test]
    fn the_table_is_the_same_each_time() {
        let text = text();
        assert_eq!(text.lines().count(), SERIES);
        assert!(text.lines().all(|line| line.split(' ').count() == WEEKS));
        assert_eq!(text, super::text());
    }
}
