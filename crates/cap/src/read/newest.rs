//! A list that keeps the newest of what it is given.

use jiff::Timestamp;

/// Keeps at most `limit` items, the newest, in the order they came; those without a time count as oldest.
#[derive(Debug)]
pub(super) struct Newest<T> {
    items: Vec<T>,
    /// The time of an item.
    time: fn(&T) -> Option<Timestamp>,
    limit: usize,
    dropped: usize,
}

impl<T> Newest<T> {
    pub(super) fn new(limit: usize, time: fn(&T) -> Option<Timestamp>) -> Self {
        Newest { items: Vec::new(), time, limit, dropped: 0 }
    }

    pub(super) fn push(&mut self, item: T) {
        // Most documents hold one, and it is large.
        if self.items.is_empty() {
            self.items.reserve_exact(1);
        }
        self.items.push(item);
        // Pruning at twice the limit costs little per item and bounds the memory.
        if self.items.len() >= self.limit.saturating_mul(2).max(1) {
            self.prune();
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.items.is_empty() && self.dropped == 0
    }

    /// The last ones that were given, at most so many; none of those before them but where some had to go.
    pub(super) fn tail(&self, count: usize) -> &[T] {
        &self.items[self.items.len().saturating_sub(count)..]
    }

    /// How many had to go, or will have to.
    pub(super) fn dropped(&self) -> usize {
        self.dropped + self.items.len().saturating_sub(self.limit)
    }

    pub(super) fn finish(mut self) -> Vec<T> {
        self.prune();
        self.items
    }

    fn prune(&mut self) {
        if self.items.len() <= self.limit {
            return;
        }
        let mut order: Vec<usize> = (0..self.items.len()).collect();
        order.sort_by_key(|at| ((self.time)(&self.items[*at]), *at));
        let mut out = vec![false; self.items.len()];
        let excess = self.items.len() - self.limit;
        for at in &order[..excess] {
            out[*at] = true;
        }
        let mut out = out.into_iter();
        self.items.retain(|_| !out.next().unwrap_or(false));
        self.dropped += excess;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_stay_in_their_order() {
        let mut newest =
            Newest::new(3, |second: &i64| Timestamp::from_second(*second).ok().filter(|_| *second > 0));
        for second in [5, 1, 9, 2, 8, 7, 3] {
            newest.push(second);
        }
        newest.push(0);
        assert_eq!(newest.dropped(), 5);
        assert_eq!(newest.finish(), [9, 8, 7]);
    }

    #[test]
    fn a_limit_of_zero_keeps_nothing_and_counts_all() {
        let mut newest = Newest::new(0, |_| None);
        newest.push('a');
        newest.push('b');
        assert_eq!(newest.dropped(), 2);
        assert!(!newest.is_empty());
        assert!(newest.finish().is_empty());
    }
}
