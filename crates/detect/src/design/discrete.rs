//! CUSUM charts of counts.
//!
//! The chart is `S = max(0, S + x - k)` with an alarm at `S >= h`. With `k` rounded to a lattice it takes finitely many
//! values below `h`, and its run length is the time a Markov chain takes to leave them (Brook and Evans 1972, Hawkins
//! 1992).

use serde::{Deserialize, Serialize};

use super::solve::solve;
use super::{DesignError, require};

const MAX_STATES: usize = 4_000;

/// The ARL from which on its logarithm is taken as linear in the decision interval.
const FROM: f64 = 100.0;

/// What the counts are.
#[derive(Serialize, Deserialize, Clone, Copy, Debug, PartialEq)]
#[serde(rename_all = "snake_case")]
pub enum Counts {
    /// Poisson counts; the parameter is their mean.
    Poisson,
    /// Counts among `n`; the parameter is the probability of each.
    Binomial {
        /// How many are examined each time.
        n: u32,
    },
}

/// The average run lengths of a chart of counts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Arl {
    /// From zero.
    pub zero: f64,
    /// From the state in the middle of the interval: with a head start ("fast initial response").
    pub head_start: f64,
}

/// A chart of counts that was designed for a wished run length.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Design {
    /// The decision interval.
    pub h: f64,
    /// The reference value.
    pub k: f64,
    /// The ARL that it has.
    pub arl: f64,
    /// How far that is from the wished one, relative to it.
    pub relative_error: f64,
}

/// What a chart of counts is designed for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Wish {
    /// The wished ARL while nothing has changed.
    pub arl0: f64,
    /// The parameter while nothing has changed.
    pub theta0: f64,
    /// The change to be found: for Poisson counts in standard deviations, for binomial ones the ratio of the odds.
    pub s: f64,
    /// How far the ARL may be from the wished one, relative to it.
    pub rel_tol: f64,
    /// Whether `k` is rounded, avoiding multiples of a half.
    pub round_k: bool,
    /// To how many digits `k` and `h` are rounded; 0 to 3.
    pub digits: u32,
    /// Whether the ARL is that with a head start.
    pub head_start: bool,
}

impl Wish {
    /// A wish with the customary tolerance of 0.03 and one digit.
    #[must_use]
    pub fn new(arl0: f64, theta0: f64, s: f64) -> Self {
        Self { arl0, theta0, s, rel_tol: 0.03, round_k: true, digits: 1, head_start: false }
    }
}

impl Counts {
    fn check(self, theta: f64, name: &'static str) -> Result<(), DesignError> {
        match self {
            Self::Poisson => require(theta > 0.0 && theta <= 1e6, name, "must be above 0 and at most 1e6"),
            Self::Binomial { n } => {
                require((1..=1_000_000).contains(&n), "n", "must be from 1 to 1000000")?;
                require(theta > 0.0 && theta < 1.0, name, "must lie between 0 and 1")
            }
        }
    }

    /// The probabilities of 0, 1, … up to `top`.
    fn probabilities(self, theta: f64, top: usize) -> Vec<f64> {
        let (mut log, step): (f64, Box<dyn Fn(f64) -> f64>) = match self {
            Self::Poisson => (-theta, Box::new(move |x| theta / (x + 1.0))),
            Self::Binomial { n } => {
                let (n, odds) = (f64::from(n), theta / (1.0 - theta));
                (n * (-theta).ln_1p(), Box::new(move |x| (n - x).max(0.0) / (x + 1.0) * odds))
            }
        };
        (0..=top)
            .map(|x| {
                let p = log.exp();
                log += step(x as f64).ln();
                p
            })
            .collect()
    }
}

/// Rounds to so many digits, to the nearer of the two decimals beside it as they are held, ties to the even one.
pub(crate) fn round(x: f64, digits: u32) -> f64 {
    let power = 10f64.powi(digits.min(15) as i32);
    let (below, above) = ((x * power).floor() / power, (x * power).ceil() / power);
    let (down, up) = (x - below, above - x);
    let even = (x * power).floor() % 2.0 == 0.0;
    if down < up || (down == up && even) { below } else { above }
}

/// The average run lengths of the chart with reference value `k` and decision interval `h`, both rounded to `digits`.
/// `winsor` counts every larger value as it, so that one outlier alone cannot raise an alarm.
///
/// # Errors
/// [`DesignError::Argument`] for values that make no sense, [`DesignError::TooLarge`] where the lattice is too fine, and
/// [`DesignError::Unbounded`] where the chart never alarms.
pub fn arl(
    h: f64,
    k: f64,
    theta: f64,
    counts: Counts,
    winsor: Option<u32>,
    digits: u32,
) -> Result<Arl, DesignError> {
    counts.check(theta, "theta")?;
    require(digits <= 3, "digits", "must be at most 3")?;
    let (h, k) = (round(h, digits), round(k, digits));
    require(h > 0.0 && h <= 1e6, "h", "must be above 0 and at most 1e6 when rounded")?;
    require((0.0..=1e6).contains(&k), "k", "must be from 0 to 1e6")?;
    let parts = lattice(k, digits);
    let drop = (k * parts as f64).round() as usize;
    // The states i / parts below h; what rounding leaves of a multiple is no state.
    let states = (h * parts as f64 - 1e-6).ceil() as usize;
    if states > MAX_STATES {
        return Err(DesignError::TooLarge { states });
    }
    let top = winsor.map_or((h + k + 1.0).ceil() as usize, |w| w as usize);
    let p = counts.probabilities(theta, top);
    let mut below = Vec::with_capacity(p.len());
    below.extend(p.iter().scan(0.0, |sum, p| {
        let before = *sum;
        *sum += p;
        Some(before)
    }));
    let mut matrix = vec![0.0; states * states];
    for (from, row) in matrix.chunks_exact_mut(states).enumerate() {
        for x in 0..=top {
            let to = (from + x * parts).saturating_sub(drop);
            if to < states {
                row[to] -= if x == top { 1.0 - below[x] } else { p[x] };
            }
        }
        row[from] += 1.0;
    }
    let arls = solve(matrix, vec![1.0; states]).ok_or(DesignError::Unbounded)?;
    let found = Arl { zero: arls[0], head_start: arls[states / 2] };
    if (1.0..1e14).contains(&found.zero) { Ok(found) } else { Err(DesignError::Unbounded) }
}

/// The smallest number whose parts `k` is a whole number of, among those of so many decimal digits.
fn lattice(k: f64, digits: u32) -> usize {
    let finest = 10usize.pow(digits);
    let whole =
        |d: &usize| finest.is_multiple_of(*d) && (k * *d as f64 - (k * *d as f64).round()).abs() < 1e-7;
    (1..=finest).find(whole).unwrap_or(finest)
}

/// The reference value with which a chart is best at finding a change of the parameter from `theta0` to `theta1`.
/// Rounded where `digits` is given; to one digit so that it is no multiple of a half, as the chart takes few values
/// then and has few run lengths to choose from.
///
/// # Errors
/// [`DesignError::Argument`] for parameters that make no sense, or that are equal.
pub fn find_k(theta0: f64, theta1: f64, counts: Counts, digits: Option<u32>) -> Result<f64, DesignError> {
    counts.check(theta0, "theta0")?;
    counts.check(theta1, "theta1")?;
    require(theta1 != theta0, "theta1", "must differ from theta0")?;
    require(digits.is_none_or(|digits| digits <= 3), "digits", "must be at most 3")?;
    let k = match counts {
        Counts::Poisson => (theta1 - theta0) / (theta1 / theta0).ln(),
        Counts::Binomial { n } => {
            let stay = (-theta0).ln_1p() - (-theta1).ln_1p();
            f64::from(n) * stay / ((theta1 / theta0).ln() + stay)
        }
    };
    let Some(digits) = digits else { return Ok(k) };
    let rounded = round(k, digits);
    let halves = rounded * 2.0;
    if (halves - halves.round()).abs() > 1e-9 {
        return Ok(rounded);
    }
    let step = 10f64.powi(-(digits as i32));
    Ok(round(if k > rounded { rounded + step } else { rounded - step }, digits))
}

/// Reference value and decision interval of the chart whose ARL is nearest to the wished one within its tolerance, or
/// the next above it: `findH` of R surveillance. Where that breaks off, since its steps lead below the smallest chart
/// there is, it is that one.
///
/// # Errors
/// As [`arl`] and [`find_k`].
pub fn find_h(wish: &Wish, counts: Counts) -> Result<Design, DesignError> {
    let Wish { arl0, theta0, s, rel_tol, round_k, digits, head_start } = *wish;
    require((2.0..=1e9).contains(&arl0), "arl0", "must be from 2 to 1e9")?;
    require(s > 0.0 && s.is_finite(), "s", "must be above 0")?;
    require(rel_tol > 0.0, "rel_tol", "must be above 0")?;
    let theta1 = match counts {
        Counts::Poisson => theta0 + s * theta0.sqrt(),
        Counts::Binomial { .. } => s * theta0 / (1.0 + (s - 1.0) * theta0),
    };
    let k = find_k(theta0, theta1, counts, round_k.then_some(digits))?;
    let run = |h: f64| -> Result<f64, DesignError> {
        let arl = arl(h, k, theta0, counts, None, digits)?;
        Ok(if head_start { arl.head_start } else { arl.zero })
    };
    // The logarithm of the ARL is nearly linear in h, from where it is no longer tiny on: a line through two points,
    // one of them half of the other, on this side of the wish or around it.
    let mut one = (4.0 * k).min(12.0);
    let mut at_one = run(one)?;
    while at_one < FROM {
        one *= 2.0;
        at_one = run(one)?;
    }
    let other = if at_one > arl0 { one / 2.0 } else { one * 2.0 };
    let slope = (other - one) / (run(other)?.ln() - at_one.ln());
    let line = one + (arl0.ln() - at_one.ln()) * slope;
    let step = 1.0 / lattice(round(k, digits), digits) as f64;
    let mut h = round(line, digits).max(10f64.powi(-(digits as i32)));
    let mut arl = run(h)?;
    let error = |arl: f64| (arl - arl0).abs() / arl0;
    let rising = arl < arl0;
    while error(arl) > rel_tol {
        let next = round(if rising { h + step } else { h - step }, digits);
        if next <= 0.0 {
            break;
        }
        let then = run(next)?;
        if !rising && then < arl0 && error(then) > rel_tol {
            break;
        }
        (h, arl) = (next, then);
        if rising && arl > arl0 {
            break;
        }
    }
    Ok(Design { h, k, arl, relative_error: error(arl) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_brook_and_evans_and_lucas() {
        // A chart that alarms at the first count: the run length is geometric.
        let got = arl(1.0, 0.0, 0.5, Counts::Poisson, None, 1).unwrap();
        assert!((got.zero - 1.0 / (1.0 - (-0.5f64).exp())).abs() < 1e-12, "{got:?}");
        // Lucas (1985): Poisson, k 3, h 10.
        let got = arl(10.0, 3.0, 2.4, Counts::Poisson, None, 1).unwrap();
        assert!((got.zero - 548.4).abs() < 0.1, "{got:?}");
    }

    #[test]
    fn a_poisson_chart_is_the_limit_of_binomial_ones() {
        let poisson = arl(5.0, 1.5, 1.0, Counts::Poisson, None, 1).unwrap();
        let n = 100_000;
        let binomial = arl(5.0, 1.5, 1.0 / f64::from(n), Counts::Binomial { n }, None, 1).unwrap();
        assert!((binomial.zero / poisson.zero - 1.0).abs() < 1e-3, "{binomial:?} {poisson:?}");
    }

    #[test]
    fn reference_values_avoid_halves_when_rounded() {
        assert_eq!(find_k(1.0, 2.0, Counts::Poisson, Some(1)), Ok(1.4));
        assert_eq!(round(0.15, 1), 0.1);
        assert_eq!(round(2.675, 2), 2.67);
        assert!(find_k(1.0, 1.0, Counts::Poisson, None).is_err());
    }

    #[test]
    fn a_designed_chart_keeps_the_wish() {
        for theta0 in [0.3, 1.0, 4.0] {
            let wish = Wish { rel_tol: 0.1, ..Wish::new(300.0, theta0, 1.0) };
            let found = find_h(&wish, Counts::Poisson).unwrap();
            assert!(found.relative_error <= 0.1 || found.arl > 300.0, "{found:?}");
        }
    }

    #[test]
    fn too_fine_a_lattice_is_refused() {
        assert!(matches!(arl(50.0, 1.001, 1.0, Counts::Poisson, None, 3), Err(DesignError::TooLarge { .. })));
    }
}
