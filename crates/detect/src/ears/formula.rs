//! The sums of EARS, shared by the detector of a river and the method over whole series.

use crate::judge::Reason;

/// A count this many standard deviations over its mean is a C2 alarm and no part of a later C3.
pub(crate) const C2_LEVEL: f64 = 3.0;

/// Mean and standard deviation of a baseline.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Usual {
    pub(crate) mean: f64,
    pub(crate) sigma: f64,
}

impl Usual {
    /// Of the counts of a window, of which there are `count` (2 or more), with a least standard deviation.
    #[inline]
    pub(crate) fn of(
        window: impl Iterator<Item = f64> + Clone,
        count: usize,
        min_sigma: f64,
    ) -> Result<Self, Reason> {
        let n = count as f64;
        let first = window.clone().next().unwrap_or_default();
        // From the first count on, so that equal counts have a spread of exactly zero.
        let mean = first + window.clone().map(|y| y - first).sum::<f64>() / n;
        let square = window.map(|y| (y - mean) * (y - mean)).sum::<f64>();
        let usual = Self { mean, sigma: (square / (n - 1.0)).sqrt().max(min_sigma) };
        if usual.sigma.is_finite() && usual.mean.is_finite() { Ok(usual) } else { Err(Reason::Undefined) }
    }

    /// The bound of C1 and C2.
    pub(crate) fn bound(self, z: f64) -> f64 {
        self.mean + z * self.sigma
    }

    /// How far a count is over the mean in standard deviations beyond one, at least 0. Keeps what is no number, as
    /// the reference does.
    pub(crate) fn excess(self, y: f64) -> f64 {
        let e = (y - self.mean) / self.sigma - 1.0;
        if e < 0.0 { 0.0 } else { e }
    }

    /// The count that reaches the level of the published C3, given the excesses that count of the two counts before;
    /// none where those two reach it alone.
    pub(crate) fn published_c3(self, before: f64, z: f64) -> Option<f64> {
        let left = z - before;
        (left >= 0.0).then_some(self.mean + self.sigma * (1.0 + left))
    }

    /// The C3 of the reference: a bound in which the count itself cancels out; not a number where an excess is 0/0.
    pub(crate) fn compat_c3(self, y: f64, before: f64, z: f64) -> f64 {
        let bound = y + self.sigma * (z - before);
        if bound.is_nan() { bound } else { bound.max(0.0) }
    }
}

/// The part of an earlier count's excess that a published C3 adds up: none where it was a C2 alarm itself.
pub(crate) fn counted(excess: f64) -> f64 {
    if excess + 1.0 <= C2_LEVEL { excess } else { 0.0 }
}
