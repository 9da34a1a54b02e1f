//! What is durable in batches and not yet in the table: the part that still fills, and the part
//! that is being folded.

use std::collections::BTreeMap;
use std::ops::Bound;

use super::{NEVER, Observation, Point};

/// How the tail is folded.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pace {
    /// Observations after which the filling part is handed to the fold.
    pub(super) fold_at: usize,
    /// Batches after which it is handed over however small they were, so that opening stays quick.
    pub(super) fold_batches: u64,
    /// Points that each batch folds besides, at least.
    pub(super) min_slice: usize,
}

impl Default for Pace {
    fn default() -> Self {
        Self { fold_at: 200_000, fold_batches: 4096, min_slice: 512 }
    }
}

type Points = BTreeMap<(u32, i64), (f64, u8)>;

#[derive(Debug)]
pub(super) struct Tail {
    pace: Pace,
    filling: Points,
    filling_since: u64,
    filling_upto: u64,
    folding: Points,
    folding_upto: u64,
    /// The last point that the fold has written.
    folded: Option<(u32, i64)>,
}

/// The next part of the fold.
pub(super) struct Slice {
    pub(super) points: Vec<((u32, i64), (f64, u8))>,
    /// Set where it is the last: the fold then covers every batch up to this one.
    pub(super) completes: Option<u64>,
}

impl Tail {
    pub(super) fn new(pace: Pace) -> Self {
        Self {
            pace,
            filling: Points::new(),
            filling_since: 0,
            filling_upto: 0,
            folding: Points::new(),
            folding_upto: 0,
            folded: None,
        }
    }

    pub(super) fn add<'a>(&mut self, batch: u64, news: impl Iterator<Item = &'a Observation>) {
        if self.filling.is_empty() {
            self.filling_since = batch;
        }
        for one in news {
            // SQLite keeps no negative zero; neither does the tail.
            self.filling.insert((one.series, one.time), (one.value + 0.0, one.quality));
        }
        self.filling_upto = batch;
        let batches = batch - self.filling_since;
        let full = self.filling.len() >= self.pace.fold_at || batches >= self.pace.fold_batches;
        if full && self.folding.is_empty() {
            self.start_fold();
        }
    }

    /// Hands the filling part to the fold, which must be idle.
    pub(super) fn start_fold(&mut self) {
        self.folding = std::mem::take(&mut self.filling);
        self.folding_upto = self.filling_upto;
        self.folded = None;
    }

    pub(super) fn get(&self, series: u32, time: i64) -> Option<Point> {
        let key = (series, time);
        let (value, quality) = self.filling.get(&key).or_else(|| self.folding.get(&key))?;
        Some(Point { time, value: *value, quality: *quality })
    }

    /// The latest time of a series in the tail, [`NEVER`] where it has none.
    pub(super) fn last_time(&self, series: u32) -> i64 {
        let last = |points: &Points| {
            let found = points.range((series, NEVER)..=(series, i64::MAX)).next_back();
            found.map_or(NEVER, |((_, time), _)| *time)
        };
        last(&self.filling).max(last(&self.folding))
    }

    /// A series' points with `from <= time < to`, ordered by time.
    pub(super) fn range(&self, series: u32, from: i64, to: i64) -> BTreeMap<i64, (f64, u8)> {
        let mut found = BTreeMap::new();
        for points in [&self.folding, &self.filling] {
            let part = points.range((series, from)..(series, to));
            found.extend(part.map(|((_, time), point)| (*time, *point)));
        }
        found
    }

    /// What to fold with a batch of this size; `None` while no fold is under way. Half as much again
    /// as came in, so that a fold ends before the next must begin.
    pub(super) fn slice_beside(&self, batch: usize) -> Option<Slice> {
        self.slice(self.pace.min_slice.max(batch + batch / 2))
    }

    /// The next at most `count` points to fold; `None` while no fold is under way.
    pub(super) fn slice(&self, count: usize) -> Option<Slice> {
        if self.folding.is_empty() {
            return None;
        }
        let start = self.folded.map_or(Bound::Unbounded, Bound::Excluded);
        let mut rest = self.folding.range((start, Bound::Unbounded));
        let points: Vec<_> = rest.by_ref().take(count).map(|(key, point)| (*key, *point)).collect();
        let completes = rest.next().is_none().then_some(self.folding_upto);
        Some(Slice { points, completes })
    }

    /// A slice is durable in the table.
    pub(super) fn folded(&mut self, slice: &Slice) {
        if slice.completes.is_some() {
            self.folding = Points::new();
            self.folded = None;
        } else if let Some((key, _)) = slice.points.last() {
            self.folded = Some(*key);
        }
    }

    pub(super) fn len(&self) -> usize {
        self.filling.len() + self.folding.len()
    }
}
