//! The likelihood ratio of counts that follow from those before them: the mean is mu + lambda times the count before.

use super::window::{Pair, Windows};

/// The logarithm of the likelihood ratio of lambda to none, and its first two derivatives in lambda.
fn ratio(window: &[Pair], alpha: f64, lambda: f64) -> [f64; 3] {
    let (mut value, mut slope, mut bend) = (0.0, 0.0, 0.0);
    for Pair { x, mu, before } in window {
        let mean = mu + lambda * before;
        let (share, spread) = (before / mean, 1.0 / (1.0 + alpha * mean));
        value += if alpha == 0.0 {
            x * (mean / mu).ln() - lambda * before
        } else {
            x * (mean / mu).ln() + (x + 1.0 / alpha) * ((1.0 + alpha * mu) * spread).ln()
        };
        slope += share * (x - mean) * spread;
        let other = (1.0 + alpha * x) * alpha * (before * spread) * (before * spread);
        bend += other - x * share * share;
    }
    [value, slope, bend]
}

/// The largest logarithm of the likelihood ratio over windows, and over lambdas above 0.
pub(super) fn largest(pairs: &[Pair], windows: Windows, alpha: f64) -> f64 {
    let longest = windows.longest.min(pairs.len());
    let pairs = &pairs[pairs.len() - longest..];
    let starts = 0..(longest + 1).saturating_sub(windows.shortest);
    starts.map(|at| peak(&pairs[at..], alpha)).fold(0.0, f64::max)
}

/// The maximum for a window, by Newton's method kept between bounds.
fn peak(window: &[Pair], alpha: f64) -> f64 {
    let [_, slope, _] = ratio(window, alpha, 0.0);
    if slope.is_nan() || slope <= 0.0 {
        return 0.0;
    }
    // Beyond the largest count over the count before it, every count is below its mean.
    let over = |pair: &Pair| if pair.before > 0.0 { (pair.x - pair.mu) / pair.before } else { 0.0 };
    let (mut low, mut high) = (0.0, window.iter().map(over).fold(0.0, f64::max));
    let mut lambda = 0.5 * high.min(1.0);
    for _ in 0..200 {
        let [value, slope, bend] = ratio(window, alpha, lambda);
        if slope > 0.0 {
            low = lambda
        } else {
            high = lambda
        }
        let mut next = lambda - slope / bend;
        if !(bend < 0.0 && next > low && next < high) {
            next = f64::midpoint(low, high);
        }
        let step = (next - lambda).abs();
        if step <= 1e-9 * lambda || slope == 0.0 {
            return value.max(0.0);
        }
        lambda = next;
    }
    ratio(window, alpha, lambda)[0].max(0.0)
}

/// As the reference: windows from the longest to the shortest, each from where the one before ended, and none but the
/// last value looked at. For negative binomial counts what is sought is the rate ratio and what is taken in is its
/// exponential as lambda; for Poisson counts the search is for the logarithm of lambda, and gets lost where the
/// likelihood is not concave in it.
pub(super) fn reference(pairs: &[Pair], windows: Windows, alpha: f64) -> f64 {
    let longest = windows.longest.min(pairs.len());
    let pairs = &pairs[pairs.len() - longest..];
    let (mut best, mut kappa) = (0.0, 0.5);
    if alpha == 0.0 {
        kappa = 0.5_f64.ln();
    }
    for at in 0..(longest + 1).saturating_sub(windows.shortest) {
        let window = &pairs[at..];
        kappa = if alpha == 0.0 { lambda_sought(window, kappa) } else { rate_sought(window, alpha, kappa) };
        let [value, ..] = ratio(window, alpha, kappa.exp());
        best = f64::max(best, value);
    }
    best
}

/// The logarithm of lambda for Poisson counts; it ends when lambda itself is at rest.
fn lambda_sought(window: &[Pair], mut kappa: f64) -> f64 {
    for _ in 0..1000 {
        if kappa <= -18.0 {
            break;
        }
        let lambda = kappa.exp();
        let (mut slope, mut bend) = (0.0, 0.0);
        for Pair { x, mu, before } in window {
            let (add, mean) = (lambda * before, mu + lambda * before);
            slope += x * add / mean - add;
            bend += x * add * mu / (mean * mean) - add;
        }
        let step = slope / bend;
        if !step.is_finite() {
            break;
        }
        kappa -= step;
        if (kappa.exp() - lambda).abs() <= 1e-6 {
            break;
        }
    }
    kappa.min(700.0)
}

/// The logarithm of the rate ratio for negative binomial counts.
fn rate_sought(window: &[Pair], alpha: f64, mut kappa: f64) -> f64 {
    for _ in 0..1000 {
        if kappa <= -18.0 {
            break;
        }
        let rate = kappa.exp();
        let (mut score, mut information) = (0.0, 0.0);
        for Pair { x, mu, .. } in window {
            let spread = 1.0 / (1.0 + alpha * rate * mu);
            score += (x - rate * mu) * spread;
            information += rate * mu * spread * ((alpha * x + 1.0) * spread);
        }
        let step = score / information;
        if !step.is_finite() {
            break;
        }
        kappa = (kappa + step).min(700.0);
        if step.abs() <= 1e-6 {
            break;
        }
    }
    kappa
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_maximum_is_that_of_a_search() {
        let counts = [3.0, 5.0, 4.0, 2.0, 6.0, 9.0, 3.0, 1.0, 0.0, 4.0];
        let pairs: Vec<Pair> = counts.windows(2).map(|w| Pair { x: w[1], mu: 2.5, before: w[0] }).collect();
        for alpha in [0.0, 0.1, 2.0] {
            for n in 1..=pairs.len() {
                let windows = Windows { shortest: 1, longest: usize::MAX };
                let mut wanted: f64 = 0.0;
                for at in 0..n {
                    let value = |step: i32| ratio(&pairs[at..n], alpha, f64::from(step) / 5000.0)[0];
                    wanted = (0..10_000).map(value).fold(wanted, f64::max);
                }
                let got = largest(&pairs[..n], windows, alpha);
                assert!((got - wanted).abs() < 1e-6, "{alpha} {n}: {got} is not {wanted}");
            }
        }
    }
}
