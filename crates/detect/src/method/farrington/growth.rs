//! How a trend grows along the rows: exp(slope · time), and the sums of it that a fit needs.
//!
//! Rows of a part follow upon each other for a while, so that their sums are those of a geometric series: they are
//! taken run by run, and a fit costs as many steps as there are runs and not rows.

use super::fit::Sums;
use super::rows::Weights;

/// Rows of one part at times that follow upon each other.
#[derive(Clone, Copy, Debug)]
struct Run {
    /// The first of them.
    tick: u32,
    /// How many there are, at most 16.
    length: u32,
}

/// Steps in the fine table, and rows in a run at most.
const FINE: usize = 16;

/// Tables of the exponential, for the slope last asked for, and what they are for.
#[derive(Debug, Default)]
pub(super) struct Growth {
    runs: Vec<Run>,
    /// Where the runs of each part end; none where times are not whole numbers or rows have an offset.
    parts: Option<Vec<usize>>,
    slope: f64,
    /// For 0 to 15 steps.
    fine: [f64; FINE],
    /// For each 16 steps.
    coarse: Vec<f64>,
    /// Sums over runs of each length that begin at time 0.
    moments: [Sums; FINE + 1],
    /// For each step.
    dense: Vec<f64>,
    /// For each row.
    rows: Vec<f64>,
}

impl Growth {
    /// Takes up rows at these times, in parts that end there; by runs where that can be.
    pub(super) fn lay(&mut self, ticks: &[u32], parts: &[usize], by_runs: bool) {
        self.coarse.clear();
        self.coarse.resize(ticks.iter().copied().max().unwrap_or(0) as usize / FINE + 1, 1.0);
        self.runs.clear();
        self.parts = None;
        if !by_runs {
            return;
        }
        let mut ends = Vec::with_capacity(parts.len());
        let mut start = 0;
        for end in parts {
            let mut run: Option<Run> = None;
            for tick in &ticks[start..*end] {
                match &mut run {
                    Some(run) if *tick == run.tick + run.length && run.length < FINE as u32 => {
                        run.length += 1
                    }
                    run => self.runs.extend(run.replace(Run { tick: *tick, length: 1 })),
                }
            }
            self.runs.extend(run);
            start = *end;
            ends.push(self.runs.len());
        }
        self.parts = Some(ends);
    }

    /// Whether sums are taken by runs.
    pub(super) fn by_runs(&self) -> bool {
        self.parts.is_some()
    }

    /// Makes ready for a slope.
    pub(super) fn slope(&mut self, slope: f64) {
        self.slope = slope;
        if self.parts.is_none() {
            return;
        }
        // By products, of which each adds half a unit in the last place at most.
        let (one, many) = (slope.exp(), (slope * FINE as f64).exp());
        let (mut step, mut sums) = (1.0, Sums::default());
        for at in 0..FINE {
            self.fine[at] = step;
            sums.add(step, at as f64);
            self.moments[at + 1] = sums;
            step *= one;
        }
        let mut step = 1.0;
        for coarse in &mut self.coarse {
            *coarse = step;
            step *= many;
        }
    }

    fn at(&self, tick: u32) -> f64 {
        self.coarse[tick as usize / FINE] * self.fine[tick as usize % FINE]
    }

    /// For each part the sums of weight times growth, by runs.
    pub(super) fn sums(&self, weights: &Weights, times: &[f64], sums: &mut Vec<Sums>) {
        sums.clear();
        let mut special = weights.special.iter().peekable();
        let mut start = 0;
        for (part, end) in self.parts.iter().flatten().enumerate() {
            let mut all = Sums::default();
            for run in &self.runs[start..*end] {
                let (height, time) = (self.at(run.tick), f64::from(run.tick));
                let run = &self.moments[run.length as usize];
                let (zero, one) = (height * run.zero, height * run.one);
                all.zero += zero;
                all.one += time * zero + one;
                all.two += time * (time * zero + 2.0 * one) + height * run.two;
            }
            start = *end;
            let common = weights.common;
            let mut all = Sums { zero: common * all.zero, one: common * all.one, two: common * all.two };
            while let Some((row, _, weight)) = special.next_if(|(_, of, _)| *of == part) {
                all.add((weight - common) * self.at(times[*row] as u32), times[*row]);
            }
            sums.push(all);
        }
    }

    /// The same, row by row, after [`each_row`](Self::each_row).
    pub(super) fn sums_of_rows(
        &self,
        weights: &Weights,
        times: &[f64],
        parts: &[usize],
        sums: &mut Vec<Sums>,
    ) {
        let mut each = weights.each(times.len());
        each.iter_mut().zip(&self.rows).for_each(|(weight, growth)| *weight *= growth);
        sums.clear();
        let mut start = 0;
        for end in parts {
            sums.push(Sums::of(&each[start..*end], &times[start..*end]));
            start = *end;
        }
    }

    /// Computes the growth of each row where it is not taken by runs.
    pub(super) fn each_row(&mut self, times: &[f64], offset: Option<&[f64]>) {
        self.rows.clear();
        self.rows.extend(times.iter().map(|time| (self.slope * time).exp()));
        if let Some(offset) = offset {
            self.rows.iter_mut().zip(offset).for_each(|(growth, offset)| *growth *= offset.exp());
        }
    }

    /// Computes the growth of each row from the tables.
    pub(super) fn each_tick(&mut self, ticks: &[u32]) {
        self.dense.clear();
        for coarse in &self.coarse {
            self.dense.extend(self.fine.iter().map(|fine| coarse * fine));
        }
        self.rows.clear();
        self.rows.extend(ticks.iter().map(|tick| self.dense[*tick as usize]));
    }

    /// The growth of each row, as last computed.
    pub(super) fn rows(&self) -> &[f64] {
        &self.rows
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_runs_and_by_rows_are_the_same() {
        let ticks: Vec<u32> = (0..40).chain(52..59).chain([70, 3, 4, 5, 90]).collect();
        let times: Vec<f64> = ticks.iter().map(|tick| f64::from(*tick)).collect();
        let parts = [48, 52];
        let weights = Weights { common: 0.9, special: vec![(5, 0, 0.2), (50, 1, 0.1)] };
        let (mut by_runs, mut by_rows) = (Growth::default(), Growth::default());
        by_runs.lay(&ticks, &parts, true);
        by_rows.lay(&ticks, &parts, false);
        let (mut a, mut b) = (vec![], vec![]);
        for slope in [0.0, 0.003, -0.2] {
            by_runs.slope(slope);
            by_runs.sums(&weights, &times, &mut a);
            by_rows.slope(slope);
            by_rows.each_row(&times, None);
            by_rows.sums_of_rows(&weights, &times, &parts, &mut b);
            for (a, b) in a.iter().zip(&b) {
                for (a, b) in [(a.zero, b.zero), (a.one, b.one), (a.two, b.two)] {
                    assert!((a - b).abs() <= 1e-13 * b.abs(), "{slope}: {a} is not {b}");
                }
            }
            by_runs.each_tick(&ticks);
            for (a, b) in by_runs.rows().iter().zip(by_rows.rows()) {
                assert!((a - b).abs() <= 1e-14 * b.abs(), "{slope}: {a} is not {b}");
            }
        }
    }
}
