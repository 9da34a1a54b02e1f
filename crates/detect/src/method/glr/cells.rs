//! Log-linear models with yearly waves, fitted through the sums of each season: all points of a season have the same
//! mean, so that a step of iterated least squares costs a year and not the whole past.

use std::sync::OnceLock;

use crate::num::glm::Family;

/// The points that have the same row of the design.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Cell {
    pub(super) points: f64,
    pub(super) sum: f64,
    /// Working weights and weighted working responses at the starting values.
    weight: f64,
    aim: f64,
    /// What a perfect fit leaves: added to by each point, whatever the mean.
    rest: f64,
}

/// A part of working weight, weighted working response, deviance at the starting values, and deviance whatever the
/// mean: what a point gives.
type Given = [f64; 4];

/// What points give, which is the same for the same count.
#[derive(Debug, PartialEq)]
pub(super) struct Counts {
    family: Family,
    small: Vec<Given>,
    /// Rows of the design for each season, and how many seasons there are: of the first series that asked.
    seasons: OnceLock<(u32, Vec<f64>)>,
}

const SMALL: u32 = 256;

impl Counts {
    pub(super) fn new(family: Family) -> Self {
        let small = (0..SMALL).map(|count| given(family, f64::from(count))).collect();
        Self { family, small, seasons: OnceLock::new() }
    }

    /// The rows of the design, season after season; none where the first series had other seasons.
    pub(super) fn seasons(&self, freq: u32, make: impl FnOnce() -> Vec<f64>) -> Option<&[f64]> {
        let (known, rows) = self.seasons.get_or_init(|| (freq, make()));
        (*known == freq).then_some(rows)
    }

    /// Whether these are what counts give in this family.
    pub(super) fn are_of(&self, alpha: f64) -> bool {
        match self.family {
            Family::Poisson => alpha == 0.0,
            Family::NegativeBinomial { theta } => alpha > 0.0 && theta == 1.0 / alpha,
        }
    }

    fn given(&self, y: f64) -> Given {
        let whole = y as usize;
        match self.small.get(whole) {
            Some(given) if whole as f64 == y => *given,
            _ => given(self.family, y),
        }
    }
}

/// With R's starting values.
fn given(family: Family, y: f64) -> Given {
    match family {
        Family::Poisson => {
            let mu = y + 0.1;
            let own = if y == 0.0 { 0.0 } else { y * y.ln() };
            [mu, mu * mu.ln() - 0.1, 2.0 * (own - y * mu.ln() + 0.1), own]
        }
        Family::NegativeBinomial { theta } => {
            let mu = if y == 0.0 { 1.0 / 6.0 } else { y };
            let weight = mu / (1.0 + mu / theta);
            let own = y * y.max(1.0).ln() - (y + theta) * (y + theta).ln();
            let start = own - y * mu.ln() + (y + theta) * (mu + theta).ln();
            [weight, weight * (mu.ln() + (y - mu) / mu), 2.0 * start, own]
        }
    }
}

/// Fits coefficients to cells with rows of `size` numbers each, with R's starting values and stopping rule. None where
/// columns repeat others or the deviance is not finite: those want more care.
pub(super) struct Fitter<'a> {
    pub(super) counts: &'a Counts,
    pub(super) rows: &'a [f64],
    pub(super) size: usize,
    pub(super) cells: Vec<Cell>,
    pub(super) deviance: f64,
}

impl<'a> Fitter<'a> {
    pub(super) fn new(counts: &'a Counts, rows: &'a [f64], size: usize) -> Self {
        let cells = vec![Cell::default(); rows.len() / size];
        Self { counts, rows, size, cells, deviance: 0.0 }
    }

    /// Adds a count to a cell.
    pub(super) fn add(&mut self, cell: usize, y: f64) {
        let [weight, aim, deviance, rest] = self.counts.given(y);
        let cell = &mut self.cells[cell];
        cell.points += 1.0;
        cell.sum += y;
        cell.weight += weight;
        cell.aim += aim;
        cell.rest += rest;
        self.deviance += deviance;
    }

    pub(super) fn fit(&self) -> Option<Vec<f64>> {
        let family = self.counts.family;
        let cells = self.cells.iter().zip(self.rows.chunks_exact(self.size));
        let known: Vec<(Known, &[f64])> =
            cells.filter(|(cell, _)| cell.points > 0.0).map(|(cell, row)| (Known::new(*cell), row)).collect();
        let rest: f64 = known.iter().map(|(known, _)| known.rest(family)).sum();
        let working = known.iter().map(|(known, _)| (known.cell.weight, known.cell.aim)).collect();
        descend(&known, family, rest, working, self.deviance)
    }
}

/// Iterated least squares for cells with rows, from working weights and weighted working responses and the deviance
/// there, by R's stopping rule; `rest` is what a mean of its own for each cell leaves of the deviance.
pub(super) fn descend(
    known: &[(Known, &[f64])],
    family: Family,
    rest: f64,
    mut working: Vec<(f64, f64)>,
    mut before: f64,
) -> Option<Vec<f64>> {
    let mut coefficients = vec![0.0; known.first()?.1.len()];
    for _ in 0..25 {
        solve(known, &working, &mut coefficients)?;
        let mut deviance = rest;
        for ((known, row), working) in known.iter().zip(&mut working) {
            let eta = eta(row, &coefficients);
            let mu = eta.exp().max(f64::EPSILON);
            *working = known.working(family, eta, mu);
            deviance += known.departure(family, eta.max(LEAST), mu);
        }
        if !deviance.is_finite() {
            return None;
        }
        if (deviance - before).abs() / (deviance.abs() + 0.1) < 1e-8 {
            break;
        }
        before = deviance;
    }
    Some(coefficients)
}

/// The logarithm of a mean.
pub(super) fn eta(row: &[f64], coefficients: &[f64]) -> f64 {
    row.iter().zip(coefficients).map(|(x, b)| x * b).sum()
}

/// The normal equations, by Cholesky's method; the design is waves, far from repeating each other.
fn solve(known: &[(Known, &[f64])], working: &[(f64, f64)], coefficients: &mut [f64]) -> Option<()> {
    let p = coefficients.len();
    let mut matrix = vec![0.0; p * p];
    coefficients.fill(0.0);
    match p {
        3 => gather_few::<3>(known, working, &mut matrix, coefficients),
        5 => gather_few::<5>(known, working, &mut matrix, coefficients),
        _ => gather(known, working, &mut matrix, coefficients),
    }
    for i in 0..p {
        let whole = matrix[i * p + i];
        for j in 0..=i {
            let (a, b) = (&matrix[i * p..i * p + j], &matrix[j * p..j * p + j]);
            let known: f64 = a.iter().zip(b).map(|(a, b)| a * b).sum();
            let left = matrix[i * p + j] - known;
            matrix[i * p + j] = if i == j { left.sqrt() } else { left / matrix[j * p + j] };
            if i == j && (left.is_nan() || left <= 1e-7 * whole) {
                return None;
            }
        }
        let (a, b) = (&matrix[i * p..i * p + i], &coefficients[..i]);
        let known: f64 = a.iter().zip(b).map(|(a, b)| a * b).sum();
        coefficients[i] = (coefficients[i] - known) / matrix[i * p + i];
    }
    for i in (0..p).rev() {
        let known: f64 = (i + 1..p).map(|k| matrix[k * p + i] * coefficients[k]).sum();
        coefficients[i] = (coefficients[i] - known) / matrix[i * p + i];
    }
    Some(())
}

/// Adds up the lower half of the normal equations' matrix, and their right side.
fn gather(known: &[(Known, &[f64])], working: &[(f64, f64)], matrix: &mut [f64], right: &mut [f64]) {
    let p = right.len();
    for ((_, row), (weight, aim)) in known.iter().zip(working) {
        for (i, x) in row.iter().enumerate() {
            right[i] += x * aim;
            let scaled = x * weight;
            matrix[i * p..=i * p + i].iter_mut().zip(*row).for_each(|(cell, y)| *cell += scaled * y);
        }
    }
}

/// The same for so few columns that all of it stays in registers.
fn gather_few<const P: usize>(
    known: &[(Known, &[f64])],
    working: &[(f64, f64)],
    matrix: &mut [f64],
    right: &mut [f64],
) {
    let (mut all, mut side) = ([[0.0; P]; P], [0.0; P]);
    for ((_, row), (weight, aim)) in known.iter().zip(working) {
        let Some(row) = row.first_chunk::<P>() else { continue };
        for i in 0..P {
            side[i] += row[i] * aim;
            let scaled = row[i] * weight;
            for j in 0..=i {
                all[i][j] += scaled * row[j];
            }
        }
    }
    matrix.chunks_exact_mut(P).zip(&all).for_each(|(to, from)| to.copy_from_slice(from));
    right.copy_from_slice(&side);
}

/// The logarithm of the least mean.
pub(super) const LEAST: f64 = -36.043_653_389_117_15;

/// A cell with what does not change from step to step.
#[derive(Clone, Copy)]
pub(super) struct Known {
    pub(super) cell: Cell,
    pub(super) mean: f64,
    /// The logarithm of the mean; 0 where that is 0.
    pub(super) log: f64,
}

impl Known {
    pub(super) fn new(cell: Cell) -> Self {
        let mean = cell.sum / cell.points;
        let log = if cell.sum > 0.0 { mean.ln() } else { 0.0 };
        Self { cell, mean, log }
    }

    /// Working weight and weighted working response.
    pub(super) fn working(&self, family: Family, eta: f64, mu: f64) -> (f64, f64) {
        let weight = match family {
            Family::Poisson => self.cell.points * mu,
            Family::NegativeBinomial { theta } => self.cell.points * mu / (1.0 + mu / theta),
        };
        (weight, weight * (eta + (self.mean - mu) / mu))
    }

    /// The deviance of the points from their mean.
    fn rest(&self, family: Family) -> f64 {
        let Self { cell, mean, log } = self;
        let own = cell.rest - cell.sum * log;
        2.0 * match family {
            Family::Poisson => own,
            Family::NegativeBinomial { theta } => {
                own + (cell.sum + cell.points * theta) * (mean + theta).ln()
            }
        }
    }

    /// How much more the deviance from `mu` is.
    pub(super) fn departure(&self, family: Family, eta: f64, mu: f64) -> f64 {
        let Cell { points, sum, .. } = self.cell;
        let own = if sum > 0.0 { sum * (self.log - eta) } else { 0.0 };
        2.0 * match family {
            Family::Poisson => own - (sum - points * mu),
            Family::NegativeBinomial { theta } => {
                own - (sum + points * theta) * ((self.mean + theta) / (mu + theta)).ln()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::num::glm::{Design, fit};

    #[test]
    fn it_is_the_fit_of_all_points() {
        for waves in [1, 2, 3] {
            let row = |at: usize| -> Vec<f64> {
                let turn = |wave: usize| (std::f64::consts::TAU * (wave * (at % 12)) as f64 / 12.0).sin_cos();
                let both = (1..=waves).map(turn).flat_map(|(sin, cos)| [cos, sin]);
                std::iter::once(1.0).chain(both).collect()
            };
            let counts: Vec<f64> = (0..90).map(|at| ((at * at * 7 + at) % 11) as f64).collect();
            for family in [Family::Poisson, Family::NegativeBinomial { theta: 3.0 }] {
                let (given, rows) = (Counts::new(family), (0..12).flat_map(row).collect::<Vec<_>>());
                let mut fitter = Fitter::new(&given, &rows, 2 * waves + 1);
                counts.iter().enumerate().for_each(|(at, y)| fitter.add(at % 12, *y));
                let got = fitter.fit().unwrap();
                let column = |c: usize| (0..90).map(move |at| row(at)[c]);
                let design = (0..=2 * waves).fold(Design::new(90), |design, c| design.with(column(c)));
                let wanted = fit(&design, &counts, None, None, family).unwrap().coefficients;
                for (got, wanted) in got.iter().zip(&wanted) {
                    assert!((got - wanted).abs() < 1e-11, "{waves} {family:?}: {got} is not {wanted}");
                }
            }
        }
    }
}
