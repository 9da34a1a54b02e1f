//! What is usual of measurements, kept from step to step: the model, and how they scatter about it.

use super::cycles::{COLUMNS, Row};
use super::law::{FREEDOMS, KINDS, Law, ln_sum_exp};

/// Errors that a first scale is made from.
const EARLY: usize = 7;
/// How far coefficients of cycles and trends are believed to lie from 0, as variances in those of a single measurement.
const PRIOR: f64 = 0.1;
/// The same of the level: it may be anything.
const LEVEL_PRIOR: f64 = 1e6;
/// The uncertainty of the model counts no more than so many variances of a measurement.
const MOST_LEVERAGE: f64 = 10.0;
/// So much of so many errors is believed to be unusual before any is seen.
const OUTLYING: [f64; 2] = [0.2, 10.0];
/// The scale of what is not usual is first made from an error so many standard deviations out, and not within so many.
const FAR: (f64, f64) = (4.0, 10.0);
/// How fast that scale is learned.
const PACE: f64 = 0.05;
/// The median of the square of a normal error.
const MEDIAN_SQUARE: f64 = 0.454_936;

/// The state between two steps.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Tracker {
    /// Measurements taken so far.
    pub(super) taken: f64,
    /// The step of the first of them.
    pub(super) origin: f64,
    /// The days of that step.
    pub(super) began: f64,
    /// The first of them; the model is of the difference to it.
    first: f64,
    coefficients: [f64; COLUMNS],
    /// Of the coefficients, in variances of a measurement.
    covariance: [[f64; COLUMNS]; COLUMNS],
    /// Squares of the first errors.
    early: [f64; EARLY],
    /// For each kind of law, its weighted sum of squared errors.
    squares: [f64; KINDS],
    /// What the squares are divided by.
    weight: f64,
    /// For each kind, the logarithm of how likely it made the errors.
    evidence: [f64; KINDS],
    /// How much of the errors was not usual, of how many; and the square of its scale, 0 before there was any.
    outlying: [f64; 2],
    wide: f64,
    /// The highest score so far, which fades.
    pub(super) told: f64,
}

/// How what was before fades with each measurement.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fades {
    /// For model and scatter.
    pub(super) model: f64,
    /// For how much of the errors is not usual.
    pub(super) outlying: f64,
    /// For what was told.
    pub(super) told: f64,
}

/// The numbers of a state.
const NUMBERS: usize = 9 + COLUMNS + COLUMNS * COLUMNS + EARLY + 2 * KINDS;

/// What is said of a step before its measurement is looked at.
pub(super) struct Expected {
    pub(super) mean: f64,
    /// How much wider than a single measurement's the error scatters, because the model is not known exactly.
    pub(super) wider: f64,
    /// The variance of the model there, in those of a measurement.
    leverage: f64,
    /// How the error over `wider` scatters, once there are errors to tell it from.
    pub(super) law: Option<Law>,
}

impl Tracker {
    pub(super) fn new() -> Self {
        Self {
            taken: 0.0,
            origin: 0.0,
            began: 0.0,
            first: 0.0,
            coefficients: [0.0; COLUMNS],
            covariance: unknown(),
            early: [0.0; EARLY],
            squares: [0.0; KINDS],
            weight: 0.0,
            evidence: [0.0; KINDS],
            outlying: OUTLYING,
            wide: 0.0,
            told: 0.0,
        }
    }

    /// What a step with this row is expected to be.
    pub(super) fn expect(&self, row: &Row) -> Expected {
        let leverage = dot(&self.along(row), row).max(0.0);
        let wider = (1.0 + leverage.min(MOST_LEVERAGE)).sqrt();
        let scale = |squares: f64| (squares / self.weight * (1.0 + self.weight.recip())).sqrt();
        let known = self.weight > 0.0 && self.squares.iter().all(|squares| *squares > 0.0);
        let law = known.then(|| {
            let share = self.outlying[0] / self.outlying[1];
            Law::new(self.squares.map(scale), &self.evidence, share, self.wide.sqrt())
        });
        Expected { mean: self.first + dot(&self.coefficients, row), wider, leverage, law }
    }

    /// Takes the measurement of a step that was expected, where what was before fades; gives what it
    /// weighed in the model, 1 where it was as usual.
    pub(super) fn take(&mut self, row: &Row, expected: &Expected, value: f64, fades: Fades) -> f64 {
        let error = value - expected.mean;
        if self.taken == 0.0 {
            self.first = value;
            self.taken = 1.0;
            return 1.0;
        }
        let weight = match &expected.law {
            Some(law) => self.judge(law, error / expected.wider, fades),
            None => self.gather(error / expected.wider),
        };
        self.learn(row, expected.leverage, weight, error, fades.model);
        self.taken += 1.0;
        weight
    }

    /// Before there is a law: the first errors, of which the median makes scales that one wild error does not.
    fn gather(&mut self, error: f64) -> f64 {
        let square = error * error;
        if self.weight > 0.0 {
            // All were equal until now.
            self.weight += 1.0;
            self.squares = [square; KINDS];
            return 1.0;
        }
        let at = self.taken as usize - 1;
        self.early[at] = square;
        if at + 1 == EARLY {
            let mut sorted = self.early;
            sorted.sort_unstable_by(f64::total_cmp);
            let median = EARLY as f64 * sorted[EARLY / 2] / MEDIAN_SQUARE;
            let sum: f64 = self.early.iter().sum();
            self.squares = [if median > 0.0 { median } else { sum }; KINDS];
            self.weight = EARLY as f64;
        }
        1.0
    }

    /// Lets every kind of law learn its scale from an error as its likelihood has it, as far as the error is usual, and
    /// says how much the error counts for the model: little where it lies far out.
    fn judge(&mut self, law: &Law, error: f64, fades: Fades) -> f64 {
        let (each, square) = (law.each(error), error * error);
        let together = ln_sum_exp(&each);
        let unusual = law.unusual(error);
        let usual = 1.0 - unusual;
        // Errors from before the model was good say less.
        let fade = fades.model.min(1.0 - (self.taken + 10.0).recip());
        let keep = 1.0 - usual * (1.0 - fade);
        let mut believed = 0.0;
        for kind in 0..KINDS {
            let df = FREEDOMS[kind];
            let variance = self.squares[kind] / self.weight;
            let weight = (df + 1.0) * variance / (df * variance + square);
            believed += (each[kind] - together).exp() * weight;
            // The product of weight and square, written so that it does not overflow.
            let bounded = (df + 1.0) * variance * (square / (df * variance + square));
            self.squares[kind] = keep * self.squares[kind] + usual * bounded;
            let belief = law.beliefs()[kind];
            let density = if belief > 0.0 { each[kind] - belief.ln() } else { together };
            self.evidence[kind] = fade * self.evidence[kind] + usual * (density - together);
        }
        self.weight = keep * self.weight + usual;
        self.learn_unusual(law, error, unusual, fades.outlying);
        usual * believed
    }

    fn learn_unusual(&mut self, law: &Law, error: f64, unusual: f64, fade: f64) {
        for (sum, (new, prior)) in self.outlying.iter_mut().zip([unusual, 1.0].into_iter().zip(OUTLYING)) {
            *sum = fade * *sum + new + (1.0 - fade) * prior;
        }
        if self.wide > 0.0 {
            let (square, variance) = (error * error, law.wide() * law.wide());
            let pace = PACE * unusual;
            self.wide += pace * (2.0 * variance * (square / (variance + square)) - self.wide);
        } else if error.abs() > FAR.0 * law.sd() {
            self.wide = error.abs().max(FAR.1 * law.sd()).powi(2);
        }
    }

    /// A step of recursive least squares with forgetting (Ljung and Söderström 1983). Columns that the model has not are
    /// left as they are: what shows nothing must not be forgotten without end.
    fn learn(&mut self, row: &Row, leverage: f64, weight: f64, error: f64, fade: f64) {
        let along = self.along(row);
        let total = fade / weight.max(1e-300) + leverage;
        let gain = along.map(|x| x / total);
        for (i, gain) in gain.iter().enumerate().take(row.columns) {
            self.coefficients[i] += gain * error;
            for (j, along) in along.iter().enumerate().take(i + 1) {
                let left = (self.covariance[i][j] - gain * along) / fade;
                (self.covariance[i][j], self.covariance[j][i]) = (left, left);
            }
        }
        let sound = |i: usize| self.covariance[i][i] > 0.0 && self.covariance[i][i].is_finite();
        if !(0..row.columns).all(sound) {
            // Rounding has eaten it up: the coefficients stand, and may be wrong again.
            self.covariance = unknown();
        }
    }

    fn along(&self, row: &Row) -> [f64; COLUMNS] {
        std::array::from_fn(|i| dot(&self.covariance[i], row))
    }

    /// As numbers that can be kept.
    pub(super) fn numbers(&self) -> Vec<f64> {
        let mut numbers = Vec::with_capacity(NUMBERS);
        numbers.extend([self.taken, self.origin, self.began, self.first, self.weight]);
        numbers.extend([self.outlying[0], self.outlying[1], self.wide, self.told]);
        numbers.extend(self.coefficients);
        numbers.extend(self.covariance.iter().flatten());
        numbers.extend(self.early);
        numbers.extend(self.squares);
        numbers.extend(self.evidence);
        numbers
    }

    /// From numbers that were kept; none where they are not of a tracker.
    pub(super) fn of(numbers: &[f64]) -> Option<Self> {
        if numbers.len() != NUMBERS {
            return None;
        }
        let mut rest = numbers.iter().copied();
        let mut next = || rest.next().expect("as many as were counted");
        let (taken, origin, began) = (next(), next(), next());
        let (first, weight) = (next(), next());
        let (outlying, wide, told) = ([next(), next()], next(), next());
        Some(Self {
            taken,
            origin,
            began,
            first,
            weight,
            outlying,
            wide,
            told,
            coefficients: std::array::from_fn(|_| next()),
            covariance: std::array::from_fn(|_| std::array::from_fn(|_| next())),
            early: std::array::from_fn(|_| next()),
            squares: std::array::from_fn(|_| next()),
            evidence: std::array::from_fn(|_| next()),
        })
    }
}

/// What is known of coefficients before any measurement.
fn unknown() -> [[f64; COLUMNS]; COLUMNS] {
    let diagonal = |at: usize| if at == 0 { LEVEL_PRIOR } else { PRIOR };
    std::array::from_fn(|i| std::array::from_fn(|j| if i == j { diagonal(i) } else { 0.0 }))
}

fn dot(a: &[f64; COLUMNS], row: &Row) -> f64 {
    a.iter().zip(&row.values).map(|(a, b)| a * b).sum()
}
