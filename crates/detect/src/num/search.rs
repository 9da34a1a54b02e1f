//! The smallest whole number that satisfies a condition.

/// The smallest whole number from 0 for which `enough` holds, given that it holds from some number on. The search
/// begins at `guess` and strides by `step` at first.
pub(crate) fn smallest(guess: f64, step: f64, enough: impl Fn(f64) -> bool) -> f64 {
    let mut stride = step.max(1.0).floor();
    let mut at = guess.max(0.0).floor();
    let (mut below, mut above);
    if enough(at) {
        above = at;
        loop {
            if above == 0.0 {
                return 0.0;
            }
            at = (above - stride).max(0.0);
            if !enough(at) {
                below = at;
                break;
            }
            above = at;
            stride *= 2.0;
        }
    } else {
        below = at;
        loop {
            at = below + stride;
            if enough(at) || at > 1e300 {
                above = at;
                break;
            }
            below = at;
            stride *= 2.0;
        }
    }
    while above - below > 1.0 {
        let middle = (below + 0.5 * (above - below)).floor();
        if middle <= below || middle >= above {
            break;
        }
        if enough(middle) { above = middle } else { below = middle }
    }
    above
}

/// R lowers a probability by so much before it looks for a quantile, so that rounding does not move it by one.
pub(crate) const LEEWAY: f64 = 64.0 * f64::EPSILON;

/// Where to begin: the quantile that mean, standard deviation and skewness suggest (Cornish and Fisher).
pub(crate) fn guess(mean: f64, deviation: f64, skewness: f64, z: f64) -> f64 {
    (mean + deviation * (z + skewness * (z * z - 1.0) / 6.0) + 0.5).max(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_number_from_wherever_it_begins() {
        for wanted in [0.0, 1.0, 7.0, 1e6, 3e15] {
            for from in [0.0, 5.0, 1e7, 4e15] {
                assert_eq!(smallest(from, 1.0, |y| y >= wanted), wanted, "{wanted} from {from}");
            }
        }
    }
}
