//! Log-linear models of counts whose dispersion is estimated with them, in turns as `glm.nb` of R's MASS takes them
//! ([`crate::num::glm::fit_nb`]), from sums: over points with the same row of the design, and over points by their
//! counts.
//!
//! For a whole count y, ψ(t+y) - ψ(t) is the sum of 1/(t+j) over j < y, and likewise for the trigamma function and the
//! logarithm of the gamma function. So a sum over all points is one over j, each weighed with how many counts are above
//! it, and what cancels in the reference's order of adding up is never there.

use super::cells::{Cell, Fitter, Known, LEAST, descend, eta};
use crate::num::glm::Family;

/// Counts are tallied up to here.
const MOST: f64 = 4096.0;
/// From here on theta has no end, as the counts vary less than Poisson counts do; how far the reference gets is
/// rounding, so the way that adds up in its order is taken.
const ENDLESS: f64 = 1e4;
/// Turns, and one more than steps of Newton in each, at most; a turn's change at which it rests.
const TURNS: u32 = 25;
const REST: f64 = 1e-8;

/// What the points are, but for their means.
#[derive(Default)]
pub(super) struct Tally {
    /// How many counts are above 0, 1, ….
    above: Vec<f64>,
    /// How many there are of each.
    of: Vec<f64>,
    /// Squares of counts, summed up for each cell.
    squares: Vec<f64>,
    points: f64,
}

impl Tally {
    pub(super) fn new(cells: usize) -> Self {
        Self { squares: vec![0.0; cells], ..Self::default() }
    }

    /// Takes a count in; false where it cannot be tallied.
    pub(super) fn add(&mut self, cell: usize, y: f64) -> bool {
        if !(0.0..MOST).contains(&y) || y.fract() != 0.0 {
            return false;
        }
        let count = y as usize;
        if self.of.len() <= count {
            self.of.resize(count + 1, 0.0);
        }
        self.of[count] += 1.0;
        self.squares[cell] += y * y;
        self.points += 1.0;
        true
    }

    fn close(&mut self) {
        self.above = vec![0.0; self.of.len().saturating_sub(1)];
        let mut above = 0.0;
        for count in (0..self.above.len()).rev() {
            above += self.of[count + 1];
            self.above[count] = above;
        }
    }
}

/// Coefficients and theta. None where the careful way is to be taken.
pub(super) fn fit(poisson: &Fitter<'_>, mut tally: Tally) -> Option<(Vec<f64>, f64)> {
    tally.close();
    let mut coefficients = poisson.fit()?;
    let cells = poisson.cells.iter().zip(poisson.rows.chunks_exact(poisson.size)).zip(&tally.squares);
    let (known, squares): (Vec<(Known, &[f64])>, Vec<f64>) = cells
        .filter(|((cell, _), _)| cell.points > 0.0)
        .map(|((cell, row), squares)| ((Known::new(*cell), row), *squares))
        .unzip();
    let single = known.iter().all(|(known, _)| known.cell.points == 1.0);
    let points = Points { tally: &tally, known: &known, squares: &squares, single };
    let mut means = points.means(&coefficients);
    let mut theta = points.theta(&means);
    let scale = (2.0 * (tally.points - poisson.size as f64).max(1.0)).sqrt();
    let mut likelihood = points.likelihood(theta, &means);
    for _ in 0..TURNS {
        if theta.is_nan() || theta <= 0.0 {
            return None;
        }
        coefficients = points.coefficients(theta, &means)?;
        let old = theta;
        // For the means of the turn before, as MASS has it.
        theta = points.theta(&means);
        means = points.means(&coefficients);
        let before = std::mem::replace(&mut likelihood, points.likelihood(theta, &means));
        if (before - likelihood).abs() / scale + (old - theta).abs() <= REST {
            break;
        }
    }
    (theta < ENDLESS).then_some((coefficients, theta))
}

/// The points, and the cells that they are in.
struct Points<'a> {
    tally: &'a Tally,
    known: &'a [(Known, &'a [f64])],
    squares: &'a [f64],
    /// Whether each point is a cell of its own.
    single: bool,
}

impl Points<'_> {
    /// Logarithms of the cells' means, and the means.
    fn means(&self, coefficients: &[f64]) -> Vec<(f64, f64)> {
        let mean = |(_, row): &(Known, &[f64])| {
            let eta = eta(row, coefficients);
            (eta, eta.exp().max(f64::EPSILON))
        };
        self.known.iter().map(mean).collect()
    }

    fn cells(&self) -> impl Iterator<Item = &Cell> {
        self.known.iter().map(|(known, _)| &known.cell)
    }

    /// Fits the means for a theta, from those of the turn before.
    fn coefficients(&self, theta: f64, means: &[(f64, f64)]) -> Option<Vec<f64>> {
        let family = Family::NegativeBinomial { theta };
        let own = |count: usize, points: f64| {
            let y = count as f64;
            points * (y * y.max(1.0).ln() - (y + theta) * (y / theta).ln_1p())
        };
        let own: f64 = self.tally.of.iter().enumerate().map(|(count, points)| own(count, *points)).sum();
        let shared = |known: &Known| {
            let Cell { points, sum, .. } = known.cell;
            (sum + points * theta) * (known.mean / theta).ln_1p() - sum * known.log
        };
        let rest = 2.0 * (own + self.known.iter().map(|(known, _)| shared(known)).sum::<f64>());
        let (mut working, mut before) = (Vec::with_capacity(means.len()), rest);
        for ((known, _), (eta, mu)) in self.known.iter().zip(means) {
            working.push(known.working(family, *eta, *mu));
            before += known.departure(family, eta.max(LEAST), *mu);
        }
        if before.is_finite() { descend(self.known, family, rest, working, before) } else { None }
    }

    /// The maximum likelihood estimate of theta for these means, as [`crate::num::glm::nb_theta`] finds it.
    fn theta(&self, means: &[(f64, f64)]) -> f64 {
        let spread = |((cell, squares), (_, mu)): ((&Cell, &f64), &(f64, f64))| {
            (squares - 2.0 * cell.sum * mu + cell.points * mu * mu) / (mu * mu)
        };
        let spread: f64 = self.cells().zip(self.squares).zip(means).map(spread).sum();
        let mut theta = self.tally.points / spread;
        let (mut change, mut step) = (1.0_f64, 1);
        while step < TURNS && change.abs() > f64::EPSILON.sqrt().sqrt() {
            theta = theta.abs();
            let (score, information) = self.slopes(theta, means);
            change = score / information;
            theta += change;
            step += 1;
        }
        if theta < 0.0 { 0.0 } else { theta }
    }

    /// The slope of the likelihood in theta, and how fast it falls.
    fn slopes(&self, theta: f64, means: &[(f64, f64)]) -> (f64, f64) {
        let (mut score, mut information) = self.rising(theta);
        score -= self.falling(theta, means);
        for ((known, _), (_, mu)) in self.known.iter().zip(means) {
            let Cell { points, sum, .. } = known.cell;
            let whole = 1.0 / (mu + theta);
            score += (points * mu - sum) * whole;
            information -= (points * mu * mu / theta + sum) * whole * whole;
        }
        (score, information)
    }

    /// The logarithm of 1 + mu/theta over all points. Where each is a cell of its own, one logarithm does for eight.
    fn falling(&self, theta: f64, means: &[(f64, f64)]) -> f64 {
        let over = 1.0 / theta;
        if self.single {
            let eight = |means: &[(f64, f64)]| {
                means.iter().fold(1.0, |product, (_, mu)| product * (1.0 + mu * over)).ln()
            };
            return means.chunks(8).map(eight).sum();
        }
        self.known
            .iter()
            .zip(means)
            .map(|((known, _), (_, mu))| known.cell.points * (mu * over).ln_1p())
            .sum()
    }

    /// What the gamma functions have in both slopes; four sums side by side, so that they need not wait for each other.
    fn rising(&self, theta: f64) -> (f64, f64) {
        let (mut first, mut second) = ([0.0; 4], [0.0; 4]);
        let mut at = theta;
        for above in self.tally.above.chunks(4) {
            for (lane, above) in above.iter().enumerate() {
                let over = 1.0 / (at + lane as f64);
                let part = above * over;
                first[lane] += part;
                second[lane] += part * over;
            }
            at += 4.0;
        }
        (first.iter().sum(), second.iter().sum())
    }

    /// The logarithm of the likelihood, but for what depends on the counts alone.
    fn likelihood(&self, theta: f64, means: &[(f64, f64)]) -> f64 {
        let rising = self.tally.above.iter().enumerate();
        let rising: f64 = rising.map(|(count, above)| above * (1.0 + count as f64 / theta).ln()).sum();
        let cell = |(cell, (eta, mu)): (&Cell, &(f64, f64))| {
            let counts = if cell.sum > 0.0 { cell.sum * eta.max(LEAST) } else { 0.0 };
            counts - (cell.points * theta + cell.sum) * (mu / theta).ln_1p()
        };
        rising + self.cells().zip(means).map(cell).sum::<f64>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::method::glr::cells::Counts;
    use crate::num::glm::{Design, fit_nb};

    /// Counts whose variance is about `spread` times their mean.
    fn counts(n: usize, level: f64, spread: f64, seed: u64) -> Vec<f64> {
        let mut seed = seed;
        let mut chance = move || {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (seed >> 11) as f64 / (1_u64 << 53) as f64
        };
        let count = |at: usize| {
            let mean = level * (1.0 + 0.5 * (at as f64 * std::f64::consts::TAU / 52.0).sin());
            let noise: f64 = (0..12).map(|_| chance()).sum::<f64>() - 6.0;
            (mean + noise * (spread * mean).sqrt()).round().max(0.0)
        };
        (0..n).map(count).collect()
    }

    fn row(at: usize, trend: bool) -> Vec<f64> {
        let (sin, cos) = (at as f64 * std::f64::consts::TAU / 52.0).sin_cos();
        std::iter::once(1.0).chain(trend.then_some(at as f64)).chain([cos, sin]).collect()
    }

    #[test]
    fn it_is_the_fit_of_all_points() {
        for (level, spread, trend) in
            [(2.0, 2.0, false), (9.0, 5.0, false), (60.0, 3.0, true), (150.0, 1.5, false), (0.6, 4.0, true)]
        {
            let y = counts(570, level, spread, 17);
            let size = if trend { 4 } else { 3 };
            let cells = if trend { y.len() } else { 52 };
            let rows: Vec<f64> = (0..cells).flat_map(|at| row(at, trend)).collect();
            let poisson = Counts::new(Family::Poisson);
            let (mut fitter, mut tally) = (Fitter::new(&poisson, &rows, size), Tally::new(cells));
            for (at, y) in y.iter().enumerate() {
                fitter.add(at % cells, *y);
                assert!(tally.add(at % cells, *y));
            }
            let (coefficients, theta) = fit(&fitter, tally).unwrap();
            let column = |c: usize| (0..y.len()).map(move |at| row(at, trend)[c]);
            let design = (0..size).fold(Design::new(y.len()), |design, c| design.with(column(c)));
            let wanted = fit_nb(&design, &y, None, None).unwrap();
            assert!((theta / wanted.theta - 1.0).abs() < 1e-9, "{level}: {theta} is not {}", wanted.theta);
            for (got, wanted) in coefficients.iter().zip(&wanted.fit.coefficients) {
                assert!((got - wanted).abs() < 1e-10, "{level}: {got} is not {wanted}");
            }
        }
    }

    #[test]
    fn what_cannot_be_tallied_is_left() {
        let mut tally = Tally::new(1);
        assert!(tally.add(0, 3.0) && !tally.add(0, 0.5) && !tally.add(0, 1e6) && !tally.add(0, f64::NAN));
        assert_eq!(tally.points, 1.0);
    }
}
