//! The 42 settings of Noufaily et al. (2013): weekly baselines of 12 years.

use std::f64::consts::TAU;

/// Weeks in every series.
pub const WEEKS: usize = 624;
/// The first week, from 0, in which past outbreaks may begin; the 49 current weeks follow the last one.
pub const BASELINE_FROM: usize = 312;
/// The first of the weeks that are judged, from 0.
pub const CURRENT_FROM: usize = 575;

/// A baseline: week t, from 1, has mean exp(theta + beta t + sum of gamma1 cos(2 pi j t / 52) + gamma2 sin(2 pi j t /
/// 52) over the harmonics j from 1), and variance phi times the mean; negative binomial, or Poisson at phi 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scenario {
    /// From 1 to 42.
    pub number: u32,
    /// The level, as a logarithm.
    pub theta: f64,
    /// The dispersion.
    pub phi: f64,
    /// The trend per week; 0 where there is none.
    pub beta: f64,
    /// Of the cosines.
    pub gamma1: f64,
    /// Of the sines.
    pub gamma2: f64,
    /// Yearly waves: none, one, or one and its double.
    pub harmonics: u32,
}

/// (theta, phi, beta, gamma1, gamma2) of the seven families of Noufaily et al.
const FAMILIES: [[f64; 5]; 7] = [
    [0.1, 1.5, 0.0025, 0.6, 0.6],
    [-2.0, 2.0, 0.005, 0.1, 0.3],
    [1.5, 1.0, 0.003, 0.2, -0.4],
    [0.5, 5.0, 0.002, 0.5, 0.5],
    [2.5, 3.0, 0.001, 1.0, 0.1],
    [3.75, 1.1, 0.001, 0.1, -0.1],
    [5.0, 1.2, 0.0001, 0.05, 0.01],
];

/// Every family without and with trend, each with 0, 1 and 2 harmonics, in this order.
pub static SCENARIOS: [Scenario; 42] = scenarios();

const fn scenarios() -> [Scenario; 42] {
    let mut all =
        [Scenario { number: 0, theta: 0.0, phi: 1.0, beta: 0.0, gamma1: 0.0, gamma2: 0.0, harmonics: 0 }; 42];
    let mut at = 0;
    while at < 42 {
        let [theta, phi, beta, gamma1, gamma2] = FAMILIES[at / 6];
        let (trend, harmonics) = (at / 3 % 2 == 1, at % 3);
        all[at] = Scenario {
            number: at as u32 + 1,
            theta,
            phi,
            beta: if trend { beta } else { 0.0 },
            gamma1: if harmonics > 0 { gamma1 } else { 0.0 },
            gamma2: if harmonics > 0 { gamma2 } else { 0.0 },
            harmonics: harmonics as u32,
        };
        at += 1;
    }
    all
}

impl Scenario {
    /// The mean of the week with this index from 0.
    #[must_use]
    pub fn mean(&self, index: usize) -> f64 {
        let t = index as f64 + 1.0;
        let wave = |j: u32| {
            let (sin, cos) = (TAU * f64::from(j) * t / 52.0).sin_cos();
            self.gamma1 * cos + self.gamma2 * sin
        };
        (self.theta + self.beta * t + (1..=self.harmonics).map(wave).sum::<f64>()).exp()
    }

    /// The standard deviation of that week.
    #[must_use]
    pub fn sd(&self, index: usize) -> f64 {
        (self.phi * self.mean(index)).sqrt()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_that_of_the_paper() {
        let s = &SCENARIOS;
        assert_eq!((s[0].number, s[0].theta, s[0].beta, s[0].gamma1, s[0].harmonics), (1, 0.1, 0.0, 0.0, 0));
        assert_eq!((s[4].beta, s[4].gamma1, s[4].harmonics), (0.0025, 0.6, 1));
        assert_eq!((s[11].theta, s[11].phi, s[11].beta, s[11].gamma2), (-2.0, 2.0, 0.005, 0.3));
        assert_eq!((s[41].number, s[41].theta, s[41].harmonics), (42, 5.0, 2));
    }

    #[test]
    fn means_are_those_of_the_formula() {
        assert!((SCENARIOS[0].mean(300) - 0.1f64.exp()).abs() < 1e-15);
        // Week 13: the cosines are 0 and -1, the sines 1 and 0.
        let mean = SCENARIOS[17].mean(12);
        assert!((mean - (1.5 + 0.003 * 13.0 - 0.4 - 0.2f64).exp()).abs() < 1e-12, "{mean}");
        assert!((SCENARIOS[20].sd(51).powi(2) - 5.0 * SCENARIOS[20].mean(51)).abs() < 1e-12);
    }
}
