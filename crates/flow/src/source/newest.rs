//! A list that keeps the newest of what it is given.

use jiff::Timestamp;

/// Keeps at most `limit` items, the newest, in the order they came. Of items of the same time the
/// later ones stay.
#[derive(Debug)]
pub(super) struct Newest<T> {
    items: Vec<(Timestamp, T)>,
    limit: usize,
    dropped: u64,
}

impl<T> Newest<T> {
    pub(super) fn new(limit: usize) -> Self {
        Self { items: Vec::new(), limit, dropped: 0 }
    }

    pub(super) fn push(&mut self, time: Timestamp, item: T) {
        self.items.push((time, item));
        // Pruning only when a quarter over costs little per item and bounds the memory.
        if self.items.len() > self.limit.saturating_add(self.limit / 4).saturating_add(64) {
            self.prune();
        }
    }

    /// The items kept, and how many were not.
    pub(super) fn finish(mut self) -> (Vec<T>, u64) {
        self.prune();
        (self.items.into_iter().map(|(_, item)| item).collect(), self.dropped)
    }

    fn prune(&mut self) {
        let Some(excess) = self.items.len().checked_sub(self.limit).filter(|excess| *excess > 0) else {
            return;
        };
        let mut order: Vec<(Timestamp, usize)> =
            self.items.iter().enumerate().map(|(at, (time, _))| (*time, at)).collect();
        let (_, oldest_kept, _) = if excess < order.len() {
            let (older, kept, newer) = order.select_nth_unstable(excess);
            (older, Some(*kept), newer)
        } else {
            let (older, newer) = order.split_at_mut(excess);
            (older, None, newer)
        };
        let mut at = 0;
        self.items.retain(|(time, _)| {
            let keep = oldest_kept.is_some_and(|oldest| (*time, at) >= oldest);
            at += 1;
            keep
        });
        self.dropped += excess as u64;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_newest_are_kept_in_order_and_the_rest_is_counted(
            seconds in proptest::collection::vec(0_i64..50, 0..400), limit in 0_usize..60,
        ) {
            let mut newest = Newest::new(limit);
            for (at, second) in seconds.iter().enumerate() {
                newest.push(Timestamp::from_second(*second).unwrap(), (*second, at));
            }
            let (kept, dropped) = newest.finish();
            let mut expected: Vec<(i64, usize)> = seconds.iter().copied().zip(0..).collect();
            expected.sort_unstable();
            let mut expected = expected.split_off(seconds.len().saturating_sub(limit));
            expected.sort_by_key(|(_, at)| *at);
            prop_assert_eq!(kept.len() as u64 + dropped, seconds.len() as u64);
            prop_assert_eq!(kept, expected);
        }
    }
}
