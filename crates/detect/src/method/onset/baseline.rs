//! What is usual: a log-linear model of level, trend and season, fitted with priors and without past outbreaks.

use std::f64::consts::TAU;
use std::ops::Range;

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

/// The widest standard deviations of the priors, as logarithms: of a year's trend, and of seasons and weekdays. The
/// level has none. They keep the few values of a short series from being called a season; a long one narrows them.
const TREND_PRIOR: f64 = 0.3;
const SEASON_PRIOR: f64 = 0.5;
/// The dispersion believed in before any data, and after how many steps the data weigh as much.
const PHI_PRIOR: (f64, f64) = (2.0, 10.0);
/// A past count is half believed to belong to an outbreak when its deviance residual is this.
const OUTLYING: f64 = 3.5;
/// Lags at which residuals are compared to see whether the level wanders: longer than an outbreak lasts.
const LAGS: std::ops::RangeInclusive<usize> = 3..=6;
/// How many of its standard errors that covariance must be over 0.
const SURE: f64 = 2.0;
/// How much less a count says of the local level for each step it lies back, and how many are asked.
const LOCAL: (f64, usize) = (0.75, 12);
const MOST_WANDER: f64 = 4.0;
/// Logarithms of means are kept within this.
const ETA_RANGE: f64 = 28.0;
const MOST_ITERATIONS: usize = 30;
/// The round before which the priors are narrowed: the fit is close to its end, but has not been at it.
const NARROWING: usize = 4;
/// No prior is narrower than this, as a precision.
const NARROWEST: f64 = 1e8;

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

/// How the counts just before compare with the model: what its mean is multiplied by, and how much of the variance of
/// that is left, as a part of its square over the square of the model's mean.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Local {
    pub(super) level: f64,
    precision: f64,
}

impl Local {
    /// A level that is the model's.
    pub(super) const NONE: Self = Self { level: 1.0, precision: f64::INFINITY };
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

    /// The columns that have a prior together: the trend, each wave, the weekdays.
    fn groups(&self) -> impl Iterator<Item = Range<usize>> {
        let waves = 1 + usize::from(self.shape.trend);
        let days = waves + 2 * self.shape.harmonics;
        let wave = move |j| waves + 2 * j..waves + 2 * j + 2;
        let groups = std::iter::once(1..waves).chain((0..self.shape.harmonics).map(wave));
        groups.chain(std::iter::once(days..self.count)).filter(|group| !group.is_empty())
    }

    /// Narrows every prior to the variance that its coefficients are found to have: their mean square less what
    /// chance gives them. It is the positive-part rule of James and Stein (Efron and Morris, Journal of the American
    /// Statistical Association 68, 1973): a trend or wave that is there stays, one that is not is not fitted.
    fn narrow<const P: usize>(&self, penalty: &mut [f64; P], b: &[f64; P], root: &Root<P>, phi: f64) {
        for group in self.groups() {
            let chance: f64 = group.clone().map(|j| root.solve(unit(j, phi))[j]).sum();
            let squares: f64 = group.clone().map(|j| b[j] * b[j]).sum();
            let precision = group.len() as f64 / (squares - chance).max(1e-9);
            group.for_each(|j| penalty[j] = precision.clamp(penalty[j], NARROWEST));
        }
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
    /// `half_life` of age, times the belief that it is of no outbreak. That is 1 / (1 + (d/c)^16) with d the deviance
    /// residual of a value above the model's mean, and c [`OUTLYING`]. Half a case is added to all of the past, the
    /// prior of Jeffreys for a level, so that no cases ever is a low level and not none.
    pub(super) fn fit(&self, past: Vec<Past>, now: usize) -> Fitted {
        // Columns that the model has not are zeros; the usual model is spared most of them.
        if self.count <= 6 { self.fit_in::<6>(past, now) } else { self.fit_in::<MOST>(past, now) }
    }

    fn fit_in<const P: usize>(&self, mut past: Vec<Past>, now: usize) -> Fitted {
        let narrow = |row: Columns| -> [f64; P] { std::array::from_fn(|j| row[j]) };
        let rows: Vec<[f64; P]> = past.iter().map(|past| narrow(self.row(past.index, now))).collect();
        let mut penalty: [f64; P] = std::array::from_fn(|j| self.penalty(j));
        let fade = (-self.shape.half_life.recip()).exp2();
        let ages: Vec<f64> = past.iter().map(|past| fade.powi((now - past.index) as i32)).collect();
        let exposed: f64 = past.iter().zip(&ages).map(|(past, age)| age * past.offset.exp()).sum();
        let cases: f64 = past.iter().zip(&ages).map(|(past, age)| age * past.value).sum();
        let mut total: f64 = ages.iter().sum();
        let mut b = [0.0; P];
        b[0] = ((cases + 0.5) / exposed).ln();
        let mut phi = PHI_PRIOR.0;
        // In less than a year a season may be there and not have shown.
        let long = past.len() > 1 && past[past.len() - 1].index - past[0].index >= self.freq as usize;
        let mut information = [[0.0; P]; P];
        for round in 0..MOST_ITERATIONS {
            if round == NARROWING && long {
                self.narrow(&mut penalty, &b, &Root::of(&information), phi);
            }
            let (mut score, mut squares, mut weights) = ([0.0; P], 0.0, 0.0);
            let half_case = 0.5 / total;
            information = [[0.0; P]; P];
            for (at, row) in rows.iter().enumerate() {
                let (past, age) = (&mut past[at], &ages[at]);
                let mu = mean(row, &b, past.offset);
                let residual = past.value - mu;
                past.weight = if round < 2 { *age } else { age * usualness(past.value, mu, phi) };
                squares += past.weight * residual * residual / mu;
                weights += past.weight;
                let (push, pull) = (past.weight * (residual + half_case), past.weight * mu);
                for j in 0..P {
                    score[j] += row[j] * push;
                    let part = pull * row[j];
                    // The whole line, though half would do: it goes in pairs.
                    let line = &mut information[j];
                    for k in 0..P {
                        line[k] += part * row[k];
                    }
                }
            }
            total = weights;
            phi = dispersion(squares, total, self.count);
            for j in 0..P {
                score[j] -= phi * penalty[j] * b[j];
                information[j][j] += phi * penalty[j];
            }
            let step = Root::of(&information).solve(score);
            let longest = step.iter().fold(0.0f64, |longest, s| longest.max(s.abs()));
            let shrink = if longest > 2.0 { 2.0 / longest } else { 1.0 };
            b.iter_mut().zip(step).for_each(|(b, step)| *b += shrink * step);
            if round > NARROWING && longest < 1e-4 {
                break;
            }
        }
        let root = Root::of(&information);
        let covariance = (0..P).map(|j| widen(root.solve(unit(j, phi)))).collect();
        // The tail of a t distribution where the dispersion is found from few counts.
        let freedom = total - self.count as f64 + PHI_PRIOR.1;
        let phi = phi * freedom.max(4.0) / (freedom.max(4.0) - 2.0);
        Fitted { coefficients: widen(b), covariance, phi, past }
    }

    /// What the model fitted at `now` says of a step near it: its variance holds the uncertainty of the model and of
    /// the local level too.
    pub(super) fn predict(
        &self,
        fitted: &Fitted,
        local: Local,
        index: usize,
        now: usize,
        offset: f64,
    ) -> Usual {
        let row = self.row(index, now);
        let model = mean(&row, &fitted.coefficients, offset);
        let mean = model * local.level;
        let along = |c: &Columns| -> f64 { c.iter().zip(&row).map(|(c, x)| c * x).sum() };
        let variance: f64 = fitted.covariance.iter().zip(&row).map(|(c, x)| along(c) * x).sum();
        Usual { mean, phi: fitted.phi + variance * mean + model / local.precision }
    }

    /// The level of the counts just before: the mean of a gamma distribution that has mean 1 and the variance that
    /// levels are found to have. `recent` are those counts that the model was not fitted to, but not the ones that
    /// are judged together.
    pub(super) fn local(&self, fitted: &Fitted, now: usize, recent: &[Past]) -> Local {
        let fade = (-self.shape.half_life.recip()).exp2();
        let against = |past: &Past| {
            let mean = mean(&self.row(past.index, now), &fitted.coefficients, past.offset);
            Residual {
                index: past.index,
                mean,
                residual: past.value - mean,
                age: fade.powi((now - past.index) as i32),
            }
        };
        let all: Vec<Residual> = fitted.past.iter().chain(recent).map(against).collect();
        let wander = wander(&all, fitted.phi);
        if wander <= 0.0 {
            return Local::NONE;
        }
        let prior = wander.recip();
        let (mut excess, mut precision) = (0.0, prior);
        for count in all.iter().rev().take(LOCAL.1) {
            let weight = f64::powi(LOCAL.0, (now - count.index) as i32) / fitted.phi;
            excess += weight * count.residual;
            precision += weight * count.mean;
        }
        Local { level: (1.0 + excess / precision).max(0.01), precision }
    }

    /// The trend of the fitted model: what the mean is multiplied by in a year.
    pub(super) fn yearly(&self, fitted: &Fitted) -> f64 {
        if self.shape.trend { fitted.coefficients[1].exp() } else { 1.0 }
    }
}

fn mean<const P: usize>(row: &[f64; P], b: &[f64; P], offset: f64) -> f64 {
    let mut eta = offset;
    for j in 0..P {
        eta += row[j] * b[j];
    }
    eta.clamp(-ETA_RANGE, ETA_RANGE).exp()
}

/// How much a past value is believed to be of no outbreak, from 1 down to 0.
fn usualness(value: f64, mu: f64, phi: f64) -> f64 {
    let residual = value - mu;
    // The deviance is less than the square of Pearson's residual on this side.
    if residual <= 0.0 || residual * residual < 4.0 * phi * mu {
        return 1.0;
    }
    let deviance = 2.0 * (value * (value / mu).ln() - residual) / phi;
    1.0 / (1.0 + (deviance / (OUTLYING * OUTLYING)).powi(8))
}

/// A count against the model.
struct Residual {
    index: usize,
    mean: f64,
    residual: f64,
    age: f64,
}

/// The variance of a slowly changing factor on the means: the covariance of residuals some steps apart, in which the
/// scatter of single counts has no part, less what it may be by chance.
fn wander(all: &[Residual], phi: f64) -> f64 {
    let (mut products, mut scale, mut variance) = (0.0, 0.0, 0.0);
    for lag in LAGS {
        for (now, before) in all.iter().skip(lag).zip(all) {
            if now.index - before.index == lag {
                let both = now.mean * before.mean;
                products += now.age * now.residual * before.residual;
                scale += now.age * both;
                variance += now.age * now.age * phi * phi * both;
            }
        }
    }
    if scale <= 0.0 {
        return 0.0;
    }
    ((products - SURE * variance.sqrt()) / scale).clamp(0.0, MOST_WANDER)
}

/// Pearson's, drawn towards what is believed before; counts do not scatter less than those of Poisson.
fn dispersion(squares: f64, total: f64, p: usize) -> f64 {
    let (prior, steps) = PHI_PRIOR;
    ((squares + prior * steps) / ((total - p as f64).max(1.0) + steps)).max(1.0)
}

fn unit<const P: usize>(at: usize, length: f64) -> [f64; P] {
    std::array::from_fn(|j| if j == at { length } else { 0.0 })
}

fn widen<const P: usize>(narrow: [f64; P]) -> Columns {
    std::array::from_fn(|j| narrow.get(j).copied().unwrap_or(0.0))
}

/// The lower triangular root of a symmetric matrix.
struct Root<const P: usize> {
    rows: [[f64; P]; P],
}

impl<const P: usize> Root<P> {
    fn of(matrix: &[[f64; P]; P]) -> Self {
        let mut rows = [[0.0; P]; P];
        for j in 0..P {
            for k in 0..=j {
                let rest = matrix[j][k] - (0..k).map(|l| rows[j][l] * rows[k][l]).sum::<f64>();
                rows[j][k] = if j == k { rest.max(1e-12).sqrt() } else { rest / rows[k][k] };
            }
        }
        Self { rows }
    }

    fn solve(&self, mut x: [f64; P]) -> [f64; P] {
        for j in 0..P {
            let known: f64 = (0..j).map(|k| self.rows[j][k] * x[k]).sum();
            x[j] = (x[j] - known) / self.rows[j][j];
        }
        for j in (0..P).rev() {
            let known: f64 = (j + 1..P).map(|k| self.rows[k][j] * x[k]).sum();
            x[j] = (x[j] - known) / self.rows[j][j];
        }
        x
    }
}
