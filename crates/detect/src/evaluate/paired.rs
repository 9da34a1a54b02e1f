//! Which of two methods is first, outbreak by outbreak.
//!
//! The conditional delay of a method is that of the outbreaks it finds, so that one that also finds those which others
//! never do looks slow. Here two methods are compared on the same outbreaks.

use std::iter::Sum;
use std::ops::Add;

use serde::Serialize;

use super::interval::Interval;

/// Counts of one series, or of many added up.
#[derive(Serialize, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pairs {
    /// Outbreaks to be found.
    pub outbreaks: u64,
    /// Those that both find.
    pub both: u64,
    /// Steps to the first alarm of the one, over those that both find.
    pub delay: u64,
    /// The same of the other.
    pub other_delay: u64,
    /// Outbreaks where the one is first, or alone.
    pub sooner: u64,
    /// Outbreaks where the other is.
    pub later: u64,
}

/// One method against another on the same outbreaks; the intervals are those of resampled series.
#[derive(Serialize, Clone, Copy, Debug, PartialEq)]
pub struct Paired {
    /// Outbreaks that both find, of all.
    pub both: Interval,
    /// How many steps later the first alarm comes, on average over those; below 0 it is sooner.
    pub delay: Interval,
    /// Outbreaks where the method is first, or alone in finding them, of all.
    pub sooner: Interval,
    /// Outbreaks where the other is.
    pub later: Interval,
}

impl Pairs {
    /// From the delays of both on the outbreaks of a series, none for what was not found.
    #[must_use]
    pub fn of(one: &[Option<usize>], other: &[Option<usize>]) -> Self {
        let mut pairs = Self::default();
        for (one, other) in one.iter().zip(other) {
            pairs.outbreaks += 1;
            if let (Some(one), Some(other)) = (one, other) {
                pairs.both += 1;
                pairs.delay += *one as u64;
                pairs.other_delay += *other as u64;
            }
            // What is not found comes after all that is.
            let (one, other) = (one.unwrap_or(usize::MAX), other.unwrap_or(usize::MAX));
            pairs.sooner += u64::from(one < other);
            pairs.later += u64::from(other < one);
        }
        pairs
    }

    /// The comparison, with the intervals that resampled series give.
    #[must_use]
    pub fn paired(&self, draws: &[Self]) -> Paired {
        let of = |f: fn(&Self) -> f64| Interval::of_draws(f(self), draws.iter().map(f));
        Paired {
            both: of(|pairs| pairs.both as f64 / pairs.outbreaks as f64),
            delay: of(|pairs| (pairs.delay as f64 - pairs.other_delay as f64) / pairs.both as f64),
            sooner: of(|pairs| pairs.sooner as f64 / pairs.outbreaks as f64),
            later: of(|pairs| pairs.later as f64 / pairs.outbreaks as f64),
        }
    }
}

impl Add for Pairs {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            outbreaks: self.outbreaks + other.outbreaks,
            both: self.both + other.both,
            delay: self.delay + other.delay,
            other_delay: self.other_delay + other.other_delay,
            sooner: self.sooner + other.sooner,
            later: self.later + other.later,
        }
    }
}

impl Sum for Pairs {
    fn sum<I: Iterator<Item = Self>>(pairs: I) -> Self {
        pairs.fold(Self::default(), Add::add)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outbreaks_are_compared_one_by_one() {
        // Found by both (one sooner, one as soon), by the first alone, by the other alone, by none.
        let one = [Some(0), Some(2), Some(3), None, None];
        let other = [Some(3), Some(2), None, Some(0), None];
        let pairs = Pairs::of(&one, &other);
        let want = Pairs { outbreaks: 5, both: 2, delay: 2, other_delay: 5, sooner: 2, later: 1 };
        assert_eq!(pairs, want);
        let paired = (pairs + pairs).paired(&[pairs]);
        assert_eq!((paired.both.value, paired.delay.value), (0.4, -1.5));
        assert_eq!((paired.sooner.value, paired.later.value), (0.4, 0.2));
        assert_eq!((paired.delay.low, paired.delay.high), (-1.5, -1.5));
        let turned = Pairs::of(&other, &one);
        assert_eq!((turned.sooner, turned.later), (1, 2));
        assert!(Pairs::of(&[None], &[Some(1)]).paired(&[]).delay.value.is_nan());
    }
}
