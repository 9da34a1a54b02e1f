//! Random numbers that are the same everywhere, from a seed.

use std::f64::consts::TAU;

/// The generator xoshiro256++ of Blackman and Vigna (ACM Transactions on Mathematical Software 47, 2021), its state
/// filled by SplitMix64 from a seed. Good for simulation, not for secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Random {
    state: [u64; 4],
}

impl Random {
    /// A stream of its own for every list of numbers: a seed, a scenario, a replication.
    #[must_use]
    pub fn new(seed: &[u64]) -> Self {
        let mut mix = 0u64;
        for part in seed {
            mix = split_mix(&mut (mix ^ part));
        }
        Self { state: std::array::from_fn(|_| split_mix(&mut mix)) }
    }

    /// The next 64 bits.
    pub fn bits(&mut self) -> u64 {
        let s = &mut self.state;
        let result = s[0].wrapping_add(s[3]).rotate_left(23).wrapping_add(s[0]);
        let shifted = s[1] << 17;
        s[2] ^= s[0];
        s[3] ^= s[1];
        s[1] ^= s[2];
        s[0] ^= s[3];
        s[2] ^= shifted;
        s[3] = s[3].rotate_left(45);
        result
    }

    /// A number between 0 and 1, neither of them among what can come.
    pub fn uniform(&mut self) -> f64 {
        ((self.bits() >> 12) as f64 + 0.5) / (1u64 << 52) as f64
    }

    /// A whole number below `n`, which is not 0; its bias is below n / 2^64.
    pub fn below(&mut self, n: usize) -> usize {
        ((u128::from(self.bits()) * n as u128) >> 64) as usize
    }

    /// A standard normal number (Box and Muller).
    pub fn normal(&mut self) -> f64 {
        let (u, v) = (self.uniform(), self.uniform());
        (-2.0 * u.ln()).sqrt() * (TAU * v).cos()
    }

    /// A gamma number of scale 1 (Marsaglia and Tsang, ACM Transactions on Mathematical Software 26, 2000).
    pub fn gamma(&mut self, shape: f64) -> f64 {
        if shape < 1.0 {
            let boost = self.uniform().powf(shape.recip());
            return self.gamma(shape + 1.0) * boost;
        }
        let d = shape - 1.0 / 3.0;
        let c = 1.0 / (9.0 * d).sqrt();
        loop {
            let x = self.normal();
            let v = (1.0 + c * x).powi(3);
            if v > 0.0 && self.uniform().ln() < 0.5 * x * x + d * (1.0 - v + v.ln()) {
                return d * v;
            }
        }
    }

    /// A Poisson count: uniform numbers multiplied until they fall below e^-mean, in parts of mean at most 16, since
    /// the sum of Poisson counts is one. Takes time in proportion to the mean.
    pub fn poisson(&mut self, mean: f64) -> u64 {
        let parts = (mean / 16.0).ceil().max(1.0);
        let floor = (-mean / parts).exp();
        let mut count = 0;
        for _ in 0..parts as u64 {
            let mut product = self.uniform();
            while product > floor {
                count += 1;
                product *= self.uniform();
            }
        }
        count
    }

    /// A count with this mean and variance `phi` times the mean: Poisson at `phi` 1, negative binomial above it.
    pub fn count(&mut self, mean: f64, phi: f64) -> u64 {
        if phi <= 1.0 {
            return self.poisson(mean);
        }
        let rate = self.gamma(mean / (phi - 1.0)) * (phi - 1.0);
        self.poisson(rate)
    }
}

/// One step of SplitMix64.
fn split_mix(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let z = (*state ^ (*state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Mean and variance of what is drawn.
    fn moments(mut draw: impl FnMut() -> f64) -> (f64, f64) {
        let n = 40_000;
        let drawn: Vec<f64> = (0..n).map(|_| draw()).collect();
        let mean = drawn.iter().sum::<f64>() / f64::from(n);
        (mean, drawn.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / f64::from(n))
    }

    #[test]
    fn the_bits_are_those_of_the_published_generator() {
        // The first words of xoshiro256++ from the state 1, 2, 3, 4, as the authors' program prints them.
        let mut random = Random { state: [1, 2, 3, 4] };
        assert_eq!(
            [random.bits(), random.bits(), random.bits()],
            [41_943_041, 58_720_359, 3_588_806_011_781_223]
        );
    }

    #[test]
    fn streams_of_other_seeds_differ_and_of_the_same_agree() {
        assert_eq!(Random::new(&[1, 2]).bits(), Random::new(&[1, 2]).bits());
        assert_ne!(Random::new(&[1, 2]).bits(), Random::new(&[2, 1]).bits());
        assert_ne!(Random::new(&[0]).bits(), Random::new(&[0, 0]).bits());
    }

    #[test]
    fn counts_have_the_mean_and_variance_asked_for() {
        for (mean, phi) in [(0.1, 2.0), (3.0, 1.0), (3.0, 5.0), (150.0, 1.2), (40.0, 1.0)] {
            let mut random = Random::new(&[7]);
            let (m, v) = moments(|| random.count(mean, phi) as f64);
            assert!((m - mean).abs() < 5.0 * (phi * mean / 40_000.0).sqrt(), "{mean} {phi}: mean {m}");
            assert!((v / (phi * mean) - 1.0).abs() < 0.12, "{mean} {phi}: variance {v}");
        }
    }

    #[test]
    fn normal_and_gamma_numbers_have_their_moments() {
        let mut random = Random::new(&[3]);
        let (m, v) = moments(|| random.normal());
        assert!(m.abs() < 0.03 && (v - 1.0).abs() < 0.05, "{m} {v}");
        for shape in [0.2, 1.0, 9.0] {
            let (m, v) = moments(|| random.gamma(shape));
            assert!((m / shape - 1.0).abs() < 0.06 && (v / shape - 1.0).abs() < 0.1, "{shape}: {m} {v}");
        }
    }
}
