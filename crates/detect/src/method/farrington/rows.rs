//! The values that a model is fitted to, part of the year after part of the year.

use super::baseline::Map;
use super::fit::Sums;
use super::growth::Growth;
use super::logs;
use crate::series::Series;

/// The values that a point is compared with, without those that are missing.
#[derive(Debug, Default)]
pub(super) struct Rows {
    /// The counts.
    pub(super) y: Vec<f64>,
    /// Steps since the oldest of the map.
    pub(super) time: Vec<f64>,
    /// `time` as a whole number, where all are.
    ticks: Vec<u32>,
    /// How far back each row lies.
    pub(super) back: Vec<usize>,
    /// What is added to the logarithm of the mean, where the population is taken into account.
    pub(super) offset: Option<Vec<f64>>,
    /// Where each part ends.
    pub(super) parts: Vec<usize>,
    /// The place in `parts` of the part in which the point lies.
    pub(super) here: Option<usize>,
    /// What the reference counts time from, seen from the oldest step: its own time there.
    pub(super) origin: f64,
    /// The point's own time.
    pub(super) now: f64,
    /// And offset.
    pub(super) now_offset: f64,
    /// The largest count.
    pub(super) most: f64,
    /// Steps that are missing.
    pub(super) missing: usize,
    /// Those of them where there is a count, but nobody to be counted.
    pub(super) unpeopled: usize,
    /// How a trend grows along the rows.
    pub(super) growth: Growth,
    /// The map whose rows stand here with none missing, by its stamp.
    whole: Option<u64>,
}

/// How much a row counts.
#[derive(Clone, Debug)]
pub(super) struct Weights {
    /// How much all others count.
    pub(super) common: f64,
    /// Rows that count otherwise, in order: row, its part, its weight.
    pub(super) special: Vec<(usize, usize, f64)>,
}

impl Default for Weights {
    fn default() -> Self {
        Self { common: 1.0, special: vec![] }
    }
}

impl Weights {
    /// Row by row.
    pub(super) fn each(&self, rows: usize) -> Vec<f64> {
        let mut each = vec![self.common; rows];
        self.special.iter().for_each(|(row, _, weight)| each[*row] = *weight);
        each
    }
}

impl Rows {
    /// Takes up the values of a map before a point whose part has the number `here`. `clock`, where time does not run
    /// in equal steps, gives it for an index.
    pub(super) fn take(
        &mut self,
        series: &Series<'_>,
        index: usize,
        map: &Map,
        here: usize,
        population: bool,
        clock: Option<&dyn Fn(usize) -> f64>,
    ) {
        self.origin = (index - map.oldest + 1) as f64;
        self.now_offset = 0.0;
        let plain = !population && clock.is_none();
        if plain && self.whole == Some(map.stamp) && self.again(series, index, map) {
            return;
        }
        self.lay(series, index, map, here, population);
        self.whole = (plain && self.missing == 0).then_some(map.stamp);
        if population {
            self.now_offset = series.population_at(index).ln();
        }
        self.time.clear();
        if let Some(clock) = clock {
            let start = clock(index - map.oldest);
            self.time.extend(self.back.iter().map(|back| clock(index - back) - start));
            // The reference counts the point's time from the first row that is left; the rows' from the first there is.
            let first = self.back.iter().max().map_or(start, |back| clock(index - back));
            self.now = clock(index) - first;
            self.origin = 0.0;
        } else {
            self.time.extend(self.ticks.iter().map(|tick| f64::from(*tick)));
            self.now = map.oldest as f64;
        }
        let whole = self.time.iter().zip(&self.ticks).all(|(time, tick)| *time == f64::from(*tick));
        self.growth.lay(&self.ticks, &self.parts, whole && !population);
    }

    /// Takes up the values alone, where all else is as before; answers false where one is missing.
    fn again(&mut self, series: &Series<'_>, index: usize, map: &Map) -> bool {
        let from = index - map.oldest - series.first;
        let held = &series.values[from..index - series.first];
        let mut sum = 0.0;
        self.most = 0.0;
        for (y, tick) in self.y.iter_mut().zip(&self.ticks) {
            *y = held[*tick as usize];
            sum += *y;
            self.most = self.most.max(*y);
        }
        !f64::is_nan(sum)
    }

    fn lay(&mut self, series: &Series<'_>, index: usize, map: &Map, here: usize, population: bool) {
        let mut offsets = if population { Some(self.offset.take().unwrap_or_default()) } else { None };
        offsets.iter_mut().for_each(Vec::clear);
        self.y.clear();
        self.ticks.clear();
        self.back.clear();
        self.parts.clear();
        (self.here, self.most, self.missing, self.unpeopled) = (None, 0.0, 0, 0);
        let mut at = 0;
        for (end, number) in &map.parts {
            for back in &map.back[at..*end] {
                let value = series.value(index - back);
                let people = if population { series.population_at(index - back) } else { 1.0 };
                let unpeopled = people <= 0.0 && !value.is_nan();
                if value.is_nan() || people.is_nan() || unpeopled {
                    self.missing += 1;
                    self.unpeopled += usize::from(unpeopled);
                    continue;
                }
                self.y.push(value);
                self.back.push(*back);
                self.most = self.most.max(value);
                self.ticks.push((map.oldest - back) as u32);
                if let Some(offsets) = &mut offsets {
                    offsets.push(people.ln());
                }
            }
            at = *end;
            if self.y.len() > self.parts.last().copied().unwrap_or(0) {
                if *number == here {
                    self.here = Some(self.parts.len());
                }
                self.parts.push(self.y.len());
            }
        }
        self.offset = offsets;
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.y.len()
    }

    /// The rows of a part.
    pub(super) fn range(&self, part: usize) -> std::ops::Range<usize> {
        if part == 0 { 0..self.parts[0] } else { self.parts[part - 1]..self.parts[part] }
    }

    /// Each part with its rows.
    pub(super) fn ranges(&self) -> impl Iterator<Item = std::ops::Range<usize>> + use<'_> {
        let starts = std::iter::once(0).chain(self.parts.iter().copied());
        starts.zip(&self.parts).map(|(start, end)| start..*end)
    }

    /// Computes for each part the sums of weight times growth for a slope.
    pub(super) fn grow(&mut self, slope: f64, weights: &Weights, sums: &mut Vec<Sums>) {
        self.growth.slope(slope);
        if self.growth.by_runs() {
            self.growth.sums(weights, &self.time, sums);
        } else {
            let offset = self.offset.as_deref();
            self.growth.each_row(&self.time, offset);
            self.growth.sums_of_rows(weights, &self.time, &self.parts, sums);
        }
    }

    /// The mean of each row for the slope last grown by and these means at time 0, one for each part.
    pub(super) fn means(&mut self, levels: impl Iterator<Item = f64>, means: &mut Vec<f64>) {
        if self.growth.by_runs() {
            self.growth.each_tick(&self.ticks);
        }
        means.clear();
        let mut start = 0;
        for (end, level) in self.parts.iter().zip(levels) {
            means.extend(self.growth.rows()[start..*end].iter().map(|growth| level * growth));
            start = *end;
        }
    }

    /// Logarithm and deviance of a row at the start of a fit.
    pub(super) fn start(&self, row: usize) -> logs::Start {
        logs::start(self.y[row])
    }
}
