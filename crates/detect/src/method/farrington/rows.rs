//! The values that a model is fitted to, as columns, and the growth of a trend along them.

use super::baseline::Map;
use super::logs;
use crate::series::Series;

/// The values that a point is compared with, part of the year after part of the year, without those that are missing.
#[derive(Debug, Default)]
pub(super) struct Rows {
    /// The counts.
    pub(super) y: Vec<f64>,
    /// Steps since the oldest of the map.
    pub(super) time: Vec<f64>,
    /// `time` as a whole number, where all are.
    ticks: Option<Vec<u32>>,
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
    /// How far back each row lies.
    pub(super) back: Vec<usize>,
    /// exp(slope · time) of each row, as last computed.
    pub(super) growth: Vec<f64>,
    coarse: Vec<f64>,
}

/// Steps in a fine table of the exponential.
const FINE: usize = 16;

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
        let oldest = map.back.iter().copied().max().unwrap_or(0);
        self.clear();
        let mut ticks = self.ticks.take().unwrap_or_default();
        ticks.clear();
        let mut offsets = if population { Some(self.offset.take().unwrap_or_default()) } else { None };
        offsets.iter_mut().for_each(Vec::clear);
        let mut at = 0;
        for (end, number) in &map.parts {
            for back in &map.back[at..*end] {
                let value = series.value(index - back);
                let people = if population { series.population_at(index - back) } else { 1.0 };
                if value.is_nan() || people.is_nan() {
                    self.missing += 1;
                    continue;
                }
                self.y.push(value);
                self.back.push(*back);
                self.most = self.most.max(value);
                ticks.push((oldest - back) as u32);
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
        self.now_offset = if population { series.population_at(index).ln() } else { 0.0 };
        self.offset = offsets;
        if let Some(clock) = clock {
            let start = clock(index - oldest);
            self.time.extend(self.back.iter().map(|back| clock(index - back) - start));
            // The reference counts the point's time from the first row that is left; the rows' from the first there is.
            let first = self.back.iter().max().map_or(start, |back| clock(index - back));
            self.now = clock(index) - first;
            self.origin = 0.0;
            let whole = self.time.iter().zip(&ticks).all(|(time, tick)| *time == f64::from(*tick));
            self.ticks = whole.then_some(ticks);
        } else {
            self.time.extend(ticks.iter().map(|tick| f64::from(*tick)));
            self.now = oldest as f64;
            self.origin = (index - oldest + 1) as f64;
            self.ticks = Some(ticks);
        }
    }

    fn clear(&mut self) {
        for column in [&mut self.y, &mut self.time, &mut self.growth] {
            column.clear();
        }
        self.parts.clear();
        self.back.clear();
        (self.here, self.most, self.missing) = (None, 0.0, 0);
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.y.len()
    }

    /// Each part with its rows.
    pub(super) fn ranges(&self) -> impl Iterator<Item = std::ops::Range<usize>> + use<'_> {
        let starts = std::iter::once(0).chain(self.parts.iter().copied());
        starts.zip(&self.parts).map(|(start, end)| start..*end)
    }

    /// Computes `growth`: exp(slope · time + offset).
    pub(super) fn grow(&mut self, slope: f64) {
        self.growth.clear();
        if slope == 0.0 {
            self.growth.resize(self.y.len(), 1.0);
        } else if let Some(ticks) = &self.ticks {
            let fine: [f64; FINE] = std::array::from_fn(|at| (slope * at as f64).exp());
            let most = ticks.iter().copied().max().unwrap_or(0) as usize;
            self.coarse.clear();
            self.coarse.extend((0..=most / FINE).map(|at| (slope * (at * FINE) as f64).exp()));
            let (coarse, fine) = (&self.coarse, &fine);
            self.growth
                .extend(ticks.iter().map(|tick| coarse[*tick as usize / FINE] * fine[*tick as usize % FINE]));
        } else {
            self.growth.extend(self.time.iter().map(|time| (slope * time).exp()));
        }
        if let Some(offset) = &self.offset {
            self.growth.iter_mut().zip(offset).for_each(|(growth, offset)| *growth *= offset.exp());
        }
    }

    /// Logarithms and deviances at the start of a fit.
    pub(super) fn start(&self) -> impl Iterator<Item = logs::Start> + use<'_> {
        self.y.iter().map(|y| logs::start(*y))
    }
}
