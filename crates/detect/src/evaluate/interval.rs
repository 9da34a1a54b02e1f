//! How sure a measure is.

use serde::Serialize;

use super::random::Random;

/// A value and the 95 % interval around it; all three not-a-number where there is nothing to measure.
#[derive(Serialize, Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// The measure.
    pub value: f64,
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

/// The 97.5 % quantile of the standard normal distribution.
const Z: f64 = 1.959_963_984_540_054;

impl Interval {
    /// A share of trials with Wilson's interval (Journal of the American Statistical Association 22, 1927).
    #[must_use]
    pub fn wilson(hits: u64, trials: u64) -> Self {
        if trials == 0 {
            return Self { value: f64::NAN, low: f64::NAN, high: f64::NAN };
        }
        let (n, p) = (trials as f64, hits as f64 / trials as f64);
        let centre = p + Z * Z / (2.0 * n);
        let half = Z * (p * (1.0 - p) / n + Z * Z / (4.0 * n * n)).sqrt();
        let shrink = 1.0 + Z * Z / n;
        Self { value: p, low: ((centre - half) / shrink).max(0.0), high: ((centre + half) / shrink).min(1.0) }
    }

    /// A value with the middle 95 % of what was found on resampled series; what is not a number is left out.
    #[must_use]
    pub fn of_draws(value: f64, draws: impl Iterator<Item = f64>) -> Self {
        let mut drawn: Vec<f64> = draws.filter(|draw| !draw.is_nan()).collect();
        drawn.sort_by(f64::total_cmp);
        let at = |p: f64| match drawn.len() {
            0 => f64::NAN,
            n => drawn[(p * (n - 1) as f64).round() as usize],
        };
        Self { value, low: at(0.025), high: at(0.975) }
    }
}

/// For every draw of the bootstrap, which series are in it, as often as they are: as many as there are, drawn with
/// return from within each group, since groups are chosen and not drawn. The same for the same groups and seed, so
/// that what two methods make of them can be paired.
#[must_use]
pub fn resamples(groups: &[u32], draws: usize, seed: u64) -> Vec<Vec<u32>> {
    let mut members: Vec<(u32, Vec<u32>)> = vec![];
    let mut order: Vec<usize> = (0..groups.len()).collect();
    order.sort_by_key(|at| groups[*at]);
    for at in order {
        match members.last_mut() {
            Some((group, list)) if *group == groups[at] => list.push(at as u32),
            _ => members.push((groups[at], vec![at as u32])),
        }
    }
    let mut random = Random::new(&[seed]);
    let mut draw = || {
        let all = members.iter().flat_map(|(_, list)| std::iter::repeat_n(list, list.len()));
        all.map(|list| list[random.below(list.len())]).collect()
    };
    (0..draws).map(|_| draw()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wilson_is_that_of_the_textbook() {
        // 8 of 10: Newcombe (Statistics in Medicine 17, 1998) gives such intervals; checked by hand.
        let i = Interval::wilson(8, 10);
        assert!((i.low - 0.490_162).abs() < 1e-6 && (i.high - 0.943_318).abs() < 1e-6, "{i:?}");
        assert_eq!(Interval::wilson(0, 10).low, 0.0);
        assert!(Interval::wilson(0, 0).value.is_nan());
    }

    #[test]
    fn resampling_stays_within_groups() {
        let groups = [1, 2, 1, 2, 2];
        for draw in resamples(&groups, 50, 3) {
            assert_eq!(draw.iter().filter(|at| groups[**at as usize] == 1).count(), 2);
            assert_eq!(draw.len(), 5);
        }
        assert_eq!(resamples(&groups, 3, 3), resamples(&groups, 3, 3));
    }

    #[test]
    fn the_middle_of_the_draws_is_the_interval() {
        let i = Interval::of_draws(5.0, (0..=1000).map(f64::from).chain([f64::NAN]));
        assert_eq!((i.low, i.high), (25.0, 975.0));
    }
}
