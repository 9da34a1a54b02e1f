//! The largest likelihood ratio of negative binomial counts over windows that end now, for increases: few windows are
//! looked at closely, for most can be seen not to hold the largest from sums alone.
//!
//! At a few rate ratios, the nodes, each pair has a value and two derivatives in the logarithm of the ratio, and those
//! of a window are sums of them. The second derivative of a pair is that of a logistic curve, which is never larger
//! than it is steep: over a distance s it changes at most by a factor e^s. So from value v, slope d and bend b (the
//! second derivative, turned positive) at a node with u = |d|/b, the maximum is
//! at least v + b((1 + u) ln(1 + u) - u) ≥ v + b(u²/2 - u³/6), and
//! at most v + b(u + (1 - u) ln(1 - u)) ≤ v + b(u²/2 + u³/(6(1 - u))) where u < 1.

use super::window::{Pair, Windows};

/// Logarithms of rate ratios.
const NODES: [f64; COUNT] = [0.0, 0.25, 0.6, 1.1, 1.8];
const COUNT: usize = 5;

/// Values, slopes and bends at the nodes, and one cell to make it even.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Sums([f64; 3 * COUNT + 1]);

impl Sums {
    fn add(&mut self, other: &Self) {
        for at in 0..self.0.len() {
            self.0[at] += other.0[at];
        }
    }
}

/// What the maximum lies between, from the cells of sums; none where it is at no increase.
#[inline(always)]
fn bounds(cell: impl Fn(usize) -> f64) -> Option<Bounds> {
    let score = cell(COUNT);
    if score.is_nan() || score <= 0.0 {
        return None;
    }
    let node =
        |at: usize, slope: f64| Node { value: cell(at), slope, bend: cell(2 * COUNT + at) }.bounds(NODES[at]);
    let (mut at, mut slope) = (0, score);
    while at + 1 < COUNT {
        let next = cell(COUNT + at + 1);
        if next <= 0.0 {
            let (left, right) = (node(at, slope), node(at + 1, next));
            let start = if left.far <= right.far { left.start } else { right.start };
            return Some(Bounds {
                lower: left.lower.max(right.lower),
                upper: left.upper.min(right.upper),
                start,
                far: left.far.min(right.far),
            });
        }
        (at, slope) = (at + 1, next);
    }
    Some(node(at, slope))
}

#[derive(Clone, Copy)]
struct Node {
    value: f64,
    slope: f64,
    bend: f64,
}

#[derive(Clone, Copy, Debug)]
struct Bounds {
    lower: f64,
    upper: f64,
    /// About where the maximum is.
    start: f64,
    /// How far that is from a node.
    far: f64,
}

impl Node {
    fn bounds(self, kappa: f64) -> Bounds {
        let u = self.slope.abs() / self.bend;
        if u.is_nan() || u >= 1.0 {
            let start = kappa + 0.7 * self.slope.signum();
            return Bounds { lower: self.value, upper: f64::INFINITY, start, far: 1.0 };
        }
        let half = 0.5 * self.slope.abs() * u;
        let third = u / 3.0;
        Bounds {
            lower: self.value + half * (1.0 - third),
            upper: self.value + half * (1.0 + third / (1.0 - u)),
            start: kappa + self.slope.signum() * u * (1.0 - 0.5 * u),
            far: u,
        }
    }
}

/// What a pair with a certain mean adds to a window, as a straight line in its count.
struct Line {
    none: Sums,
    each: Sums,
}

impl Line {
    fn new(mu: f64, alpha: f64) -> Self {
        let mut it = Self { none: Sums::default(), each: Sums::default() };
        let base = 1.0 + alpha * mu;
        for (at, kappa) in NODES.iter().enumerate() {
            let mean = mu * kappa.exp();
            let spread = 1.0 / (1.0 + alpha * mean);
            let fall = if at == 0 { 0.0 } else { (base * spread).ln() };
            let bend = mean * spread * spread;
            (it.none.0[at], it.each.0[at]) = (fall / alpha, kappa + fall);
            (it.none.0[COUNT + at], it.each.0[COUNT + at]) = (-mean * spread, spread);
            (it.none.0[2 * COUNT + at], it.each.0[2 * COUNT + at]) = (bend, alpha * bend);
        }
        it
    }

    fn at(&self, x: f64) -> Sums {
        let mut sums = self.none;
        sums.0.iter_mut().zip(&self.each.0).for_each(|(sum, each)| *sum += each * x);
        sums
    }
}

/// The sums of one pair.
pub(super) fn sums(pair: Pair, alpha: f64) -> Sums {
    Line::new(pair.mu, alpha).at(pair.x)
}

/// A window that may hold the largest.
#[derive(Clone, Copy, Debug)]
pub(super) struct Candidate {
    at: usize,
    bounds: Bounds,
}

/// The length of a first step, from no change, up to which Newton's method of the reference is sure to find a maximum.
const SURE: f64 = 2.0;

/// Whether the reference may lose its way in one of the windows.
pub(super) fn may_be_lost(sums: &[Sums], windows: Windows) -> bool {
    let mut all = Sums::default();
    sums.iter().rev().take(windows.longest).enumerate().any(|(back, one)| {
        all.add(one);
        back + 1 >= windows.shortest && all.0[COUNT] > SURE * all.0[2 * COUNT]
    })
}

/// The largest logarithm of the likelihood ratio; `sums` are those of the pairs.
pub(super) fn largest(
    pairs: &[Pair],
    sums: &[Sums],
    windows: Windows,
    alpha: f64,
    scratch: &mut Vec<Candidate>,
) -> f64 {
    let Some((last, earlier)) = pairs.split_last() else { return 0.0 };
    scratch.clear();
    let (mut all, mut floor) = (Sums::default(), 0.0);
    for (back, one) in sums.iter().rev().take(windows.longest).enumerate() {
        all.add(one);
        if back + 1 < windows.shortest {
            continue;
        }
        if let Some(bounds) = bounds(|at| all.0[at]) {
            floor = f64::max(floor, bounds.lower);
            if !below(bounds.upper, floor) {
                scratch.push(Candidate { at: earlier.len() - back, bounds });
            }
        }
    }
    let mut best = 0.0;
    for Candidate { at, bounds } in scratch.iter() {
        if !below(bounds.upper, floor) {
            best = f64::max(best, peak(&earlier[*at..], *last, alpha, bounds.start));
            floor = f64::max(floor, best);
        }
    }
    best
}

/// Whether a bound is below a level by more than rounding.
fn below(upper: f64, level: f64) -> bool {
    upper + 1e-9 * (1.0 + upper.abs()) < level
}

/// The smallest whole count up to `most` that, in place of the last one, brings the largest ratio to `level`.
pub(super) fn cases(
    pairs: &[Pair],
    sums: &[Sums],
    windows: Windows,
    alpha: f64,
    level: f64,
    most: f64,
) -> Option<f64> {
    let (last, earlier) = pairs.split_last()?;
    let line = Line::new(last.mu, alpha);
    let mut past = Sums::default();
    let mut found = None;
    for back in 0..windows.longest.min(pairs.len()) {
        let at = earlier.len() - back;
        if back > 0 {
            past.add(&sums[at]);
        }
        if back + 1 < windows.shortest {
            continue;
        }
        let reaches = |x: f64| {
            let cell = |at: usize| past.0[at] + (line.none.0[at] + line.each.0[at] * x);
            let Some(bounds) = bounds(cell) else { return false };
            if below(bounds.upper, level) {
                return false;
            }
            let sure = below(level, bounds.lower);
            sure || peak(&earlier[at..], Pair { x, ..*last }, alpha, bounds.start) >= level
        };
        found = super::window::fewest(found, most, reaches);
        if found == Some(0.0) {
            break;
        }
    }
    found
}

/// The maximum of the logarithm of the likelihood ratio for a window and its last pair, by Newton's method from about
/// where it is.
fn peak(window: &[Pair], last: Pair, alpha: f64, mut kappa: f64) -> f64 {
    for _ in 0..200 {
        let rate = kappa.exp();
        let (mut slope, mut bend) = (0.0, 0.0);
        for Pair { x, mu, .. } in window.iter().chain([&last]) {
            let mean = rate * mu;
            let spread = 1.0 / (1.0 + alpha * mean);
            slope += (x - mean) * spread;
            bend += (mean * spread) * ((alpha * x + 1.0) * spread);
        }
        let u = slope / bend;
        if u.is_nan() {
            break;
        }
        // The shorter step never goes too far.
        kappa += if u.abs() < 0.3 { u } else { u.signum() * u.abs().min(1e6).ln_1p() };
        if u.abs() < 5e-3 {
            break;
        }
    }
    let rate = kappa.exp();
    let (mut value, mut slope, mut bend) = (0.0, 0.0, 0.0);
    for Pair { x, mu, .. } in window.iter().chain([&last]) {
        let mean = rate * mu;
        let spread = 1.0 / (1.0 + alpha * mean);
        value += kappa * x + (x + 1.0 / alpha) * ((1.0 + alpha * mu) * spread).ln();
        slope += (x - mean) * spread;
        bend += (mean * spread) * ((alpha * x + 1.0) * spread);
    }
    // What is left to the top.
    let left = 0.5 * slope * slope / bend;
    if left.is_finite() { value + left } else { value }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::method::glr::window;

    fn chance(seed: &mut u64) -> f64 {
        *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (*seed >> 11) as f64 / (1_u64 << 53) as f64
    }

    #[test]
    fn it_finds_what_looking_at_every_window_finds() {
        let (mut seed, mut scratch) = (7, vec![]);
        for round in 0..300 {
            let n = 1 + round % 40;
            let alpha = [0.01, 0.2, 1.5][round % 3];
            let size = [0.3, 4.0, 200.0][round / 3 % 3];
            let pairs: Vec<Pair> = (0..n)
                .map(|_| {
                    let mu = size * (0.5 + chance(&mut seed));
                    let x = (mu * 2.5 * chance(&mut seed).powi(2)).round();
                    Pair { x, mu, before: 0.0 }
                })
                .collect();
            let all: Vec<Sums> = pairs.iter().map(|pair| sums(*pair, alpha)).collect();
            let windows = Windows { shortest: 1 + round % 2, longest: [usize::MAX, 9][round % 2] };
            let wanted = window::negative_binomial(&pairs, windows, false, alpha, &mut vec![]);
            let got = largest(&pairs, &all, windows, alpha, &mut scratch);
            assert!((got - wanted).abs() <= 1e-10 * (1.0 + wanted), "{round}: {got} is not {wanted}");
            let most = 5000.0;
            let mut pairs = pairs;
            let mut alarms = |x: f64| {
                pairs[n - 1].x = x;
                window::negative_binomial(&pairs, windows, false, alpha, &mut vec![]) >= 3.0
            };
            let wanted = (0..=5000).map(f64::from).find(|x| alarms(*x));
            assert_eq!(cases(&pairs, &all, windows, alpha, 3.0, most), wanted, "{round}");
        }
    }
}
