//! What is usual: a log-linear model of level, trend and season, fitted with priors and without past outbreaks.

use std::f64::consts::TAU;

use super::evidence::Usual;
use crate::series::Series;

/// The most columns of the model.
const MOST: usize = 16;
/// A row of the model: level, trend, waves, weekdays.
type Columns = [f64; MOST];

/// The shape of the model.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Shape {
    pub(super) trend: bool,
    pub(super) harmonics: usize,
    pub(super) weekdays: bool,
    pub(super) offset: bool,
    /// Steps after which a value counts half.
    pub(super) half_life: f64,
}

/// Standard deviations of the priors, as logarithms: of a year's trend, and of seasons and weekdays. The level has
/// none. On a long series they are not felt; on a short one they keep its few values from being called a season.
const TREND_PRIOR: f64 = 0.3;
const SEASON_PRIOR: f64 = 0.5;
/// The dispersion believed in before any data, and after how many steps the data weigh as much.
const PHI_PRIOR: (f64, f64) = (1.5, 10.0);
/// A past count is half believed to belong to an outbreak when its deviance residual is this.
const OUTLYING: f64 = 3.5;
/// Logarithms of means are kept within this.
const ETA_RANGE: f64 = 28.0;
const MOST_ITERATIONS: usize = 30;

/// The season's columns of every step that may be needed.
pub(super) struct Calendar {
    from: usize,
    rows: Vec<Columns>,
    shape: Shape,
    freq: f64,
    count: usize,
}

/// A value of the past, and what it weighed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Past {
    pub(super) index: usize,
    pub(super) value: f64,
    pub(super) offset: f64,
    /// By age and by not being of an outbreak.
    pub(super) weight: f64,
}

/// The fitted model at one point.
pub(super) struct Fitted {
    coefficients: Columns,
    /// The inverse of the penalised information, times the dispersion.
    covariance: Vec<Columns>,
    pub(super) phi: f64,
    pub(super) past: Vec<Past>,
}

impl Calendar {
    /// The steps from `from` to `to`, exclusive.
    pub(super) fn new(series: &Series<'_>, from: usize, to: usize, shape: Shape) -> Self {
        let freq = f64::from(series.freq);
        let row = |index| {
            let mut row = [0.0; MOST];
            row[0] = 1.0;
            // Dates give the season of a year of any length.
            let phase = match series.date(index) {
                Some(day) => f64::from(day) / 365.2425,
                None => (index + series.start as usize) as f64 / freq,
            };
            let first = 1 + usize::from(shape.trend);
            for j in 0..shape.harmonics {
                (row[first + 2 * j], row[first + 2 * j + 1]) = (TAU * (j + 1) as f64 * phase).sin_cos();
            }
            if shape.weekdays {
                let day = series.date(index).map_or(index as i64, i64::from);
                row[first + 2 * shape.harmonics + day.rem_euclid(7) as usize] = 1.0;
            }
            row
        };
        let count = 1 + usize::from(shape.trend) + 2 * shape.harmonics + if shape.weekdays { 7 } else { 0 };
        Self { from, rows: (from..to).map(row).collect(), shape, freq, count }
    }

    /// The row of a step for the model at `now`, from which the trend is counted in years.
    fn row(&self, index: usize, now: usize) -> Columns {
        let mut row = self.rows[index - self.from];
        if self.shape.trend {
            row[1] = (index as f64 - now as f64) / self.freq;
        }
        row
    }

    fn penalty(&self, column: usize) -> f64 {
        match column {
            0 => 0.0,
            1 if self.shape.trend => TREND_PRIOR.powi(-2),
            _ => SEASON_PRIOR.powi(-2),
        }
    }

    /// Fits the model to the past as seen from `now`.
    ///
    /// Each round of iteratively reweighted least squares also gives every value its weight: half for each
    /// `half_life` of age, times the probability that it is of no outbreak. The latter is a mixture of the model and
    /// of a mean equal to the value itself, for values above the model's mean: 1 / (1 + exp((d² - c²)/2)) with d the
    /// deviance residual and c [`OUTLYING`]. Half a case is added to all of the past, the prior of Jeffreys for a
    /// level, so that no cases ever is a low level and not none.
    pub(super) fn fit(&self, mut past: Vec<Past>, now: usize) -> Fitted {
        let p = self.count;
        let rows: Vec<Columns> = past.iter().map(|past| self.row(past.index, now)).collect();
        let age = |past: &Past| (-((now - past.index) as f64) / self.shape.half_life).exp2();
        let ages: Vec<f64> = past.iter().map(age).collect();
        past.iter_mut().zip(&ages).for_each(|(past, age)| past.weight = *age);
        let exposed: f64 = past.iter().map(|past| past.weight * past.offset.exp()).sum();
        let cases: f64 = past.iter().map(|past| past.weight * past.value).sum();
        let mut b = [0.0; MOST];
        b[0] = ((cases + 0.5) / exposed).ln();
        let mut phi = PHI_PRIOR.0;
        let mut information = [[0.0; MOST]; MOST];
        for round in 0..MOST_ITERATIONS {
            let total: f64 = past.iter().map(|past| past.weight).sum();
            let mut score = [0.0; MOST];
            let mut squares = 0.0;
            information = [[0.0; MOST]; MOST];
            for ((past, row), age) in past.iter_mut().zip(&rows).zip(&ages) {
                let mu = mean(row, &b, p, past.offset);
                if round >= 2 && past.value > mu {
                    let deviance = 2.0 * (past.value * (past.value / mu).ln() - (past.value - mu)) / phi;
                    past.weight = age / (1.0 + (0.5 * (deviance - OUTLYING * OUTLYING)).min(500.0).exp());
                } else {
                    past.weight = *age;
                }
                let residual = past.value - mu;
                squares += past.weight * residual * residual / mu;
                let (push, pull) = (past.weight * (residual + 0.5 / total), past.weight * mu);
                for j in 0..p {
                    score[j] += row[j] * push;
                    let part = pull * row[j];
                    for k in 0..=j {
                        information[j][k] += part * row[k];
                    }
                }
            }
            phi = dispersion(squares, total, p);
            for j in 0..p {
                score[j] -= phi * self.penalty(j) * b[j];
                information[j][j] += phi * self.penalty(j);
            }
            let root = Root::of(&information, p);
            let step = root.solve(score);
            let longest = step[..p].iter().fold(0.0f64, |longest, s| longest.max(s.abs()));
            let shrink = if longest > 2.0 { 2.0 / longest } else { 1.0 };
            b.iter_mut().zip(step).for_each(|(b, step)| *b += shrink * step);
            if round >= 3 && longest < 1e-6 {
                break;
            }
        }
        let root = Root::of(&information, p);
        let unit = |j: usize| std::array::from_fn(|k| f64::from(u8::from(j == k)));
        let scaled = |column: Columns| column.map(|c| phi * c);
        let covariance = (0..p).map(|j| scaled(root.solve(unit(j)))).collect();
        Fitted { coefficients: b, covariance, phi, past }
    }

    /// What the model fitted at `now` says of a step near it: its variance holds the model's uncertainty too.
    pub(super) fn predict(&self, fitted: &Fitted, index: usize, now: usize, offset: f64) -> Usual {
        let row = self.row(index, now);
        let mean = mean(&row, &fitted.coefficients, self.count, offset);
        let along = |c: &Columns| -> f64 { c.iter().zip(&row).map(|(c, x)| c * x).sum() };
        let variance: f64 = fitted.covariance.iter().zip(&row).map(|(c, x)| along(c) * x).sum();
        Usual { mean, phi: fitted.phi + variance * mean }
    }

    /// The trend of the fitted model: what the mean is multiplied by in a year.
    pub(super) fn yearly(&self, fitted: &Fitted) -> f64 {
        if self.shape.trend { fitted.coefficients[1].exp() } else { 1.0 }
    }
}

fn mean(row: &Columns, b: &Columns, p: usize, offset: f64) -> f64 {
    let eta: f64 = offset + row[..p].iter().zip(&b[..p]).map(|(x, b)| x * b).sum::<f64>();
    eta.clamp(-ETA_RANGE, ETA_RANGE).exp()
}

/// Pearson's, drawn towards what is believed before; counts do not scatter less than those of Poisson.
fn dispersion(squares: f64, total: f64, p: usize) -> f64 {
    let (prior, steps) = PHI_PRIOR;
    ((squares + prior * steps) / ((total - p as f64).max(1.0) + steps)).max(1.0)
}

/// The lower triangular root of a symmetric matrix.
struct Root {
    rows: [Columns; MOST],
    p: usize,
}

impl Root {
    fn of(matrix: &[Columns; MOST], p: usize) -> Self {
        let mut rows = [[0.0; MOST]; MOST];
        for j in 0..p {
            for k in 0..=j {
                let rest = matrix[j][k] - (0..k).map(|l| rows[j][l] * rows[k][l]).sum::<f64>();
                rows[j][k] = if j == k { rest.max(1e-12).sqrt() } else { rest / rows[k][k] };
            }
        }
        Self { rows, p }
    }

    fn solve(&self, mut x: Columns) -> Columns {
        for j in 0..self.p {
            let known: f64 = (0..j).map(|k| self.rows[j][k] * x[k]).sum();
            x[j] = (x[j] - known) / self.rows[j][j];
        }
        for j in (0..self.p).rev() {
            let known: f64 = (j + 1..self.p).map(|k| self.rows[k][j] * x[k]).sum();
            x[j] = (x[j] - known) / self.rows[j][j];
        }
        x
    }
}
