//! The generalised likelihood ratio over windows that end now.

/// A count and its in-control mean, and the count before, which only the epidemic chart looks at.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Pair {
    pub(super) x: f64,
    pub(super) mu: f64,
    pub(super) before: f64,
}

/// Which windows are looked at: they end with the last pair and have from `shortest` to `longest` pairs.
#[derive(Clone, Copy, Debug)]
pub(super) struct Windows {
    pub(super) shortest: usize,
    pub(super) longest: usize,
}

/// The largest logarithm of the likelihood ratio of a common rate ratio to none, for Poisson counts; increases only,
/// or decreases only.
pub(super) fn poisson(pairs: &[Pair], windows: Windows, decrease: bool) -> f64 {
    let (mut counts, mut means, mut best) = (0.0, 0.0, 0.0);
    for (at, Pair { x, mu, .. }) in pairs.iter().rev().take(windows.longest).enumerate() {
        counts += x;
        means += mu;
        if at + 1 >= windows.shortest && (counts - means > 0.0) != decrease && may_reach(counts, means, best)
        {
            best = f64::max(best, poisson_ratio(counts, means));
        }
    }
    best
}

/// For a window with sum X of counts and U of means.
fn poisson_ratio(counts: f64, means: f64) -> f64 {
    if counts > 0.0 { counts * (counts / means).ln() - (counts - means) } else { 0.0 }
}

/// Whether that may be more than a level, without a logarithm: with d = X - U it is at most d²(3U + d)/(U(6U + 4d))
/// for increases, by Padé's bound of the logarithm, and at most d²/U for decreases.
fn may_reach(counts: f64, means: f64, level: f64) -> bool {
    let rise = counts - means;
    if rise < 0.0 {
        return rise * rise > level * means;
    }
    rise * rise * (3.0 * means + rise) * (1.0 + 1e-9) > level * means * (6.0 * means + 4.0 * rise)
}

/// The smallest whole count up to `most` that, in place of the last one, brings the largest ratio to `level`.
pub(super) fn poisson_cases(pairs: &[Pair], windows: Windows, level: f64, most: f64) -> Option<f64> {
    let (last, earlier) = pairs.split_last()?;
    let (mut counts, mut means, mut found) = (0.0, last.mu, None);
    let past = std::iter::once(None).chain(earlier.iter().rev().map(Some));
    for (at, pair) in past.take(windows.longest).enumerate() {
        if let Some(pair) = pair {
            counts += pair.x;
            means += pair.mu;
        }
        if at + 1 < windows.shortest {
            continue;
        }
        let reaches = |x: f64| {
            let sum = counts + x;
            sum > means && may_reach(sum, means, level) && poisson_ratio(sum, means) >= level
        };
        found = fewest(found, most, reaches);
        if found == Some(0.0) {
            break;
        }
    }
    found
}

/// The smallest whole number that `reaches` what is asked, less than the one that was `found` before if that can be,
/// and up to `most`; what one number reaches every larger one does.
pub(super) fn fewest(found: Option<f64>, most: f64, mut reaches: impl FnMut(f64) -> bool) -> Option<f64> {
    // Down from what is known, or up, in steps that double; then by halves.
    let (mut low, mut high) = if let Some(found) = found {
        let (mut high, mut step) = (found, 1.0);
        loop {
            let below = (found - step).max(0.0);
            if !reaches(below) {
                break (below, high);
            }
            high = below;
            if below == 0.0 {
                return Some(0.0);
            }
            step *= 2.0;
        }
    } else {
        if reaches(0.0) {
            return Some(0.0);
        }
        let (most, mut low, mut high) = (most.floor(), 0.0, 8.0);
        loop {
            let tried = f64::min(high, most);
            if reaches(tried) {
                break (low, tried);
            }
            if tried == most {
                return None;
            }
            (low, high) = (tried, 2.0 * high);
        }
    };
    while high - low > 1.0 {
        let middle = f64::midpoint(low, high).floor();
        if reaches(middle) { high = middle } else { low = middle }
    }
    Some(high)
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
    for (at, Pair { x, mu, .. }) in pairs.iter().enumerate().rev() {
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

/// The same step by step as the reference: its Newton's method takes steps of any length, and where one goes far over the
/// maximum the next may go below all rates, after which the window is passed over.
pub(super) fn reference(pairs: &[Pair], windows: Windows, decrease: bool, alpha: f64) -> f64 {
    let longest = windows.longest.min(pairs.len());
    let pairs = &pairs[pairs.len() - longest..];
    let (mut best, mut kappa) = (0.0, 0.5);
    for at in 0..(longest + 1).saturating_sub(windows.shortest) {
        let window = &pairs[at..];
        for _ in 0..1000 {
            if kappa <= LEAST {
                break;
            }
            let rate = f64::exp(kappa);
            let (mut score, mut information) = (0.0, 0.0);
            for Pair { x, mu, .. } in window {
                // Its square may be over all numbers, and the step then infinite.
                let base = 1.0 + alpha * rate * mu;
                score += (x - rate * mu) / base;
                information += mu * (alpha * x + 1.0) / (base * base);
            }
            let step = score / (rate * information);
            kappa += step;
            if step.is_nan() || step.abs() <= 1e-6 {
                break;
            }
        }
        // What is no number becomes 0 too.
        kappa = if decrease { kappa.min(0.0) } else { kappa.max(0.0) };
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
        for Pair { x, mu, .. } in window {
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
    let each = |Pair { x, mu, .. }: &Pair| {
        kappa * x + (x + 1.0 / alpha) * ((1.0 + alpha * mu) / (1.0 + alpha * mu * rate)).ln()
    };
    window.iter().map(each).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs() -> Vec<Pair> {
        let both =
            [(2.0, 2.5), (3.0, 2.5), (1.0, 2.0), (4.0, 3.0), (6.0, 2.5), (3.0, 2.5), (8.0, 4.0), (0.0, 2.0)];
        both.map(|(x, mu)| Pair { x, mu, before: 0.0 }).to_vec()
    }

    fn by_search(shortest: usize, f: impl Fn(&[Pair], f64) -> f64, range: std::ops::Range<i32>) -> f64 {
        let pairs = pairs();
        let windows = (0..=pairs.len() - shortest).map(|at| &pairs[at..]);
        windows
            .flat_map(|window| range.clone().map(|i| f(window, f64::from(i) / 2000.0)).collect::<Vec<_>>())
            .fold(0.0, f64::max)
    }

    #[test]
    fn both_find_the_maximum_that_a_search_finds() {
        let poisson_ratio = |window: &[Pair], kappa: f64| {
            window.iter().map(|Pair { x, mu, .. }| kappa * x + (1.0 - kappa.exp()) * mu).sum::<f64>()
        };
        for shortest in [1, 3] {
            let windows = Windows { shortest, longest: usize::MAX };
            for (decrease, range) in [(false, 0..6000), (true, -40_000..0)] {
                let wanted = by_search(shortest, poisson_ratio, range.clone());
                let got = poisson(&pairs(), windows, decrease);
                // A last count of 0 has its supremum at no rate at all, which no finite ratio reaches.
                assert!((got - wanted).abs() < 1e-6 || (decrease && shortest == 1), "{got} is not {wanted}");
                let wanted = by_search(shortest, |w, k| ratio(w, 0.3, k), range);
                let got = negative_binomial(&pairs(), windows, decrease, 0.3, &mut vec![]);
                assert!((got - wanted).abs() < 1e-6, "{decrease} {shortest}: {got} is not {wanted}");
            }
        }
    }

    #[test]
    fn the_fewest_cases_are_the_first_that_reach_the_level() {
        let mut pairs = pairs();
        for n in 1..=pairs.len() {
            for (shortest, longest) in [(1, usize::MAX), (2, 4)] {
                let windows = Windows { shortest, longest };
                let got = poisson_cases(&pairs[..n], windows, 1.5, 40.0);
                let kept = pairs[n - 1];
                let wanted = (0..=40).map(f64::from).find(|x| {
                    pairs[n - 1].x = *x;
                    poisson(&pairs[..n], windows, false) >= 1.5
                });
                pairs[n - 1] = kept;
                assert_eq!(got, wanted, "{n} {shortest}");
            }
        }
    }
}
