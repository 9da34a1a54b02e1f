//! The generalised likelihood ratio over windows that end now.

/// A count and its in-control mean.
pub(super) type Pair = (f64, f64);

/// Which windows are looked at: they end with the last pair and have from `shortest` to `longest` pairs.
#[derive(Clone, Copy, Debug)]
pub(super) struct Windows {
    pub(super) shortest: usize,
    pub(super) longest: usize,
}

/// The largest logarithm of the likelihood ratio of a common rate ratio to none, for Poisson counts; increases only,
/// or decreases only.
///
/// For a window with sum X of counts and U of means it is X ln(X/U) - X + U, at most (X - U)²/U: the logarithm is taken
/// only where that could be larger than what was found.
pub(super) fn poisson(pairs: &[Pair], windows: Windows, decrease: bool) -> f64 {
    let (mut counts, mut means, mut best) = (0.0, 0.0, 0.0);
    for (at, (x, mu)) in pairs.iter().rev().take(windows.longest).enumerate() {
        counts += x;
        means += mu;
        let rise = counts - means;
        if at + 1 < windows.shortest || (rise > 0.0) == decrease {
            continue;
        }
        // The bound holds for decreases too: r ln r - r + 1 is at most (r - 1)² for every r.
        if rise * rise > best * means && counts > 0.0 {
            best = f64::max(best, counts * (counts / means).ln() - rise);
        }
    }
    best
}

/// The same for negative binomial counts of variance mu + alpha mu², by Newton's method for each window, begun where
/// the one before ended.
pub(super) fn negative_binomial(
    pairs: &[Pair],
    windows: Windows,
    decrease: bool,
    alpha: f64,
    scratch: &mut Vec<f64>,
) -> f64 {
    let longest = windows.longest.min(pairs.len());
    let pairs = &pairs[pairs.len() - longest..];
    // The derivative at no change, summed from each pair to the end: only where it points the right way is there
    // anything to find, as the logarithm is concave in the logarithm of the ratio.
    scratch.clear();
    scratch.resize(longest, 0.0);
    let mut score = 0.0;
    for (at, (x, mu)) in pairs.iter().enumerate().rev() {
        score += (x - mu) / (1.0 + alpha * mu);
        scratch[at] = score;
    }
    let (mut best, mut kappa) = (0.0, 0.5);
    for at in 0..(longest + 1).saturating_sub(windows.shortest) {
        if scratch[at] == 0.0 || (scratch[at] < 0.0) != decrease {
            kappa = 0.0;
            continue;
        }
        let window = &pairs[at..];
        kappa = maximum(window, alpha, kappa);
        best = f64::max(best, ratio(window, alpha, kappa));
    }
    best
}

/// Smaller rate ratios than e^-18 are as good as none.
const LEAST: f64 = -18.0;

/// Where the likelihood is largest, by Newton's method from `kappa`.
fn maximum(window: &[Pair], alpha: f64, mut kappa: f64) -> f64 {
    for _ in 0..1000 {
        let rate = kappa.exp();
        let (mut score, mut information) = (0.0, 0.0);
        for (x, mu) in window {
            let spread = 1.0 / (1.0 + alpha * rate * mu);
            score += (x - rate * mu) * spread;
            information += mu * (alpha * x + 1.0) * spread * spread;
        }
        // Longer steps overshoot where the curve is nearly straight.
        let step = (score / (rate * information)).clamp(-2.0, 2.0);
        if step.is_nan() {
            return kappa;
        }
        kappa += step;
        if step.abs() <= 1e-6 || kappa <= LEAST {
            return kappa;
        }
    }
    kappa
}

/// The logarithm of the likelihood ratio of the rate ratio e^kappa to none.
pub(super) fn ratio(window: &[Pair], alpha: f64, kappa: f64) -> f64 {
    let rate = kappa.exp();
    let each = |(x, mu): &Pair| {
        kappa * x + (x + 1.0 / alpha) * ((1.0 + alpha * mu) / (1.0 + alpha * mu * rate)).ln()
    };
    window.iter().map(each).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAIRS: &[Pair] =
        &[(2.0, 2.5), (3.0, 2.5), (1.0, 2.0), (4.0, 3.0), (6.0, 2.5), (3.0, 2.5), (8.0, 4.0), (0.0, 2.0)];

    fn by_search(shortest: usize, f: impl Fn(&[Pair], f64) -> f64, range: std::ops::Range<i32>) -> f64 {
        let windows = (0..=PAIRS.len() - shortest).map(|at| &PAIRS[at..]);
        windows
            .flat_map(|window| range.clone().map(|i| f(window, f64::from(i) / 2000.0)).collect::<Vec<_>>())
            .fold(0.0, f64::max)
    }

    #[test]
    fn both_find_the_maximum_that_a_search_finds() {
        let poisson_ratio = |window: &[Pair], kappa: f64| {
            window.iter().map(|(x, mu)| kappa * x + (1.0 - kappa.exp()) * mu).sum::<f64>()
        };
        for shortest in [1, 3] {
            let windows = Windows { shortest, longest: usize::MAX };
            for (decrease, range) in [(false, 0..6000), (true, -40_000..0)] {
                let wanted = by_search(shortest, poisson_ratio, range.clone());
                let got = poisson(PAIRS, windows, decrease);
                // A last count of 0 has its supremum at no rate at all, which no finite ratio reaches.
                assert!((got - wanted).abs() < 1e-6 || (decrease && shortest == 1), "{got} is not {wanted}");
                let wanted = by_search(shortest, |w, k| ratio(w, 0.3, k), range);
                let got = negative_binomial(PAIRS, windows, decrease, 0.3, &mut vec![]);
                assert!((got - wanted).abs() < 1e-6, "{decrease} {shortest}: {got} is not {wanted}");
            }
        }
    }
}
