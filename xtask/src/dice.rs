//! Random numbers for tables and records that are the same each time.

/// Chance that is the same on every machine (splitmix64).
#[derive(Clone, Debug)]
pub struct Dice(pub u64);

impl Dice {
    /// From 0 to below 1.
    pub fn uniform(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// A count with this mean, and as variance the mean times the dispersion.
    pub fn count(&mut self, mean: f64, dispersion: f64) -> u32 {
        if dispersion <= 1.0 {
            return self.poisson(mean);
        }
        // A negative binomial count is a Poisson number of clusters of logarithmic size.
        let failure = 1.0 - 1.0 / dispersion;
        let clusters = mean * dispersion.ln() / (dispersion - 1.0);
        (0..self.poisson(clusters)).map(|_| self.logarithmic(failure)).sum()
    }

    /// A whole number from `low` to `high`, both among them.
    pub fn whole(&mut self, low: usize, high: usize) -> usize {
        low + (self.uniform() * (high - low + 1) as f64) as usize
    }

    /// One of these.
    pub fn pick<T: Clone>(&mut self, these: &[T]) -> T {
        these[self.whole(0, these.len() - 1)].clone()
    }

    /// Whether something happens that happens so often.
    pub fn happens(&mut self, share: f64) -> bool {
        self.uniform() < share
    }

    fn poisson(&mut self, mean: f64) -> u32 {
        // By waiting times, so that no mean is too large.
        let (mut time, mut count) = (0.0, 0);
        loop {
            time -= (1.0 - self.uniform()).ln();
            if time > mean {
                return count;
            }
            count += 1;
        }
    }

    fn logarithmic(&mut self, p: f64) -> u32 {
        let mut left = self.uniform();
        let (mut size, mut term) = (1, -p / (1.0 - p).ln());
        while left > term && size < 10_000 {
            left -= term;
            term *= p * f64::from(size) / f64::from(size + 1);
            size += 1;
        }
        size
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_have_the_mean_and_variance_asked_for() {
        for (mean, dispersion) in [(0.2, 1.5), (12.0, 3.0), (150.0, 1.2), (4.5, 1.0)] {
            let mut dice = Dice(7);
            let counts: Vec<f64> = (0..20_000).map(|_| f64::from(dice.count(mean, dispersion))).collect();
            let n = counts.len() as f64;
            let average = counts.iter().sum::<f64>() / n;
            let variance = counts.iter().map(|c| (c - average).powi(2)).sum::<f64>() / n;
            assert!((average / mean - 1.0).abs() < 0.05, "{mean}: {average}");
            assert!((variance / mean / dispersion - 1.0).abs() < 0.08, "{mean} {dispersion}: {variance}");
        }
    }
}
