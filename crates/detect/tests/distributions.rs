//! Distributions over wide grids, held against themselves: quantiles against probabilities, both tails against each
//! other, probabilities of a number against those of at most it, and functions against their recurrences.
#![allow(clippy::unwrap_used)]

use beaconfire_detect::num::nbinom::NegativeBinomial;
use beaconfire_detect::num::{beta, gamma, normal, poisson, t};

/// All faults of a grid, so that one run shows them all.
#[derive(Default)]
struct Faults(Vec<String>);

impl Faults {
    fn unless(&mut self, holds: bool, told: impl FnOnce() -> String) {
        if !holds {
            self.0.push(told());
        }
    }

    fn close(&mut self, got: f64, wanted: f64, within: f64, told: impl FnOnce() -> String) {
        let close = got == wanted || (got - wanted).abs() <= within * wanted.abs();
        self.unless(close, || format!("{}: {got:e} is not {wanted:e}", told()));
    }

    fn none(self) {
        let some: Vec<&str> = self.0.iter().take(40).map(String::as_str).collect();
        assert!(some.is_empty(), "{} faults, among them\n{}", self.0.len(), some.join("\n"));
    }
}

/// Probabilities from nearly nothing to nearly all.
const PROBABILITIES: &[f64] = &[
    1e-300,
    1e-100,
    1e-30,
    1e-15,
    1e-9,
    1e-4,
    0.01,
    0.05,
    0.3,
    0.5,
    0.7,
    0.95,
    0.99,
    0.995,
    0.9999,
    1.0 - 1e-9,
    1.0 - 1e-13,
];

/// Powers of ten, and numbers between.
fn grid(from: i32, to: i32) -> impl Iterator<Item = f64> + Clone {
    (from..to).flat_map(|power| [1.0, 2.7].map(|x| x * 10f64.powi(power)))
}

/// A distribution of counts.
struct Counts<'a> {
    name: String,
    /// Its mean and standard deviation.
    about: (f64, f64),
    density: &'a dyn Fn(f64) -> f64,
    cdf: &'a dyn Fn(f64) -> f64,
    upper: &'a dyn Fn(f64) -> f64,
    quantile: &'a dyn Fn(f64) -> f64,
}

fn hold(it: &Counts<'_>, faults: &mut Faults) {
    let (mean, deviation) = it.about;
    for &p in PROBABILITIES {
        let q = (it.quantile)(p);
        let name = || format!("{} at p {p:e}: quantile {q:e}", it.name);
        faults.unless(q.is_finite() && q >= 0.0 && q == q.floor(), name);
        // The rounding of a probability and the leeway that R gives it.
        let slack = 1e-11;
        let (reached, before) = ((it.cdf)(q), if q > 0.0 { (it.cdf)(q - 1.0) } else { 0.0 });
        let rest = 1.0 - p;
        let enough =
            if p > 0.5 { (it.upper)(q) <= rest + slack * rest + 2e-14 } else { reached >= p * (1.0 - slack) };
        faults.unless(enough, || format!("{} is too small, {reached:e}", name()));
        // Beyond all whole numbers there is none before.
        let earlier = q >= 1e15 || before < p * (1.0 + slack);
        faults.unless(earlier, || format!("{} is too large, {before:e}", name()));
    }
    for z in [-30.0, -8.0, -3.0, -1.0, -0.1, 0.0, 0.1, 1.0, 3.0, 8.0, 30.0] {
        let y = (mean + z * deviation).floor().clamp(0.0, 1e15);
        let (cdf, upper, density) = ((it.cdf)(y), (it.upper)(y), (it.density)(y));
        let name = || format!("{} at {y:e}: cdf {cdf:e}, upper {upper:e}, density {density:e}", it.name);
        let within = |x: f64| (0.0..=1.0 + 1e-14).contains(&x);
        faults.unless(within(cdf) && within(upper) && within(density), name);
        faults.unless((cdf + upper - 1.0).abs() < 1e-13, name);
        if y > 0.0 {
            let (before, over) = ((it.cdf)(y - 1.0), (it.upper)(y - 1.0));
            // The step, from the side on which it is not lost.
            let (step, size) = if cdf < 0.5 { (cdf - before, cdf) } else { (over - upper, over) };
            // Far out a digit of the mean counts for more.
            let within = if z.abs() > 10.0 { 1e-10 } else { 1e-11 };
            faults.unless((step - density).abs() <= within * size, || format!("{}, step {step:e}", name()));
        }
    }
}

#[test]
fn poisson_holds_together() {
    let mut faults = Faults::default();
    for mean in grid(-8, 13) {
        let it = Counts {
            name: format!("Poisson {mean:e}"),
            about: (mean, mean.sqrt()),
            density: &|y| poisson::density(y, mean),
            cdf: &|y| poisson::cdf(y, mean),
            upper: &|y| poisson::upper(y, mean),
            quantile: &|p| poisson::quantile(p, mean),
        };
        hold(&it, &mut faults);
    }
    faults.none();
}

#[test]
fn negative_binomial_holds_together() {
    let mut faults = Faults::default();
    for size in grid(-3, 9) {
        for mean in grid(-6, 9) {
            let nb = NegativeBinomial::with_mean(size, mean);
            let it = Counts {
                name: format!("NB size {size:e} mean {mean:e}"),
                about: (mean, (mean + mean * mean / size).sqrt()),
                density: &|y| nb.density(y),
                cdf: &|y| nb.cdf(y),
                upper: &|y| nb.upper(y),
                quantile: &|p| nb.quantile(p),
            };
            hold(&it, &mut faults);
        }
    }
    faults.none();
}

#[test]
fn a_negative_binomial_of_large_size_is_poisson() {
    let mut faults = Faults::default();
    for mean in grid(-3, 5) {
        let nb = NegativeBinomial::with_mean(1e18, mean);
        for z in [-5.0, -1.0, 0.0, 2.0, 6.0] {
            let y = f64::max(0.0, mean + z * f64::sqrt(mean)).floor();
            let name = || format!("mean {mean:e} at {y}");
            faults.close(nb.cdf(y), poisson::cdf(y, mean), 1e-10, name);
            faults.close(nb.upper(y), poisson::upper(y, mean), 1e-10, name);
        }
    }
    faults.none();
}

#[test]
fn normal_and_t_quantiles_are_those_of_their_probabilities() {
    let mut faults = Faults::default();
    for step in -740..=80 {
        let z = f64::from(step) / 20.0;
        faults.close(normal::quantile(normal::cdf(z)), z, 1e-12, || format!("normal at {z}"));
        faults.close(normal::upper(-z), normal::cdf(z), 1e-15, || format!("normal at {z}"));
    }
    for df in grid(-1, 9) {
        let mut before = f64::NEG_INFINITY;
        for &p in PROBABILITIES {
            let q = t::quantile(p, df);
            let name = || format!("t df {df:e} p {p:e} quantile {q:e}");
            if q.is_infinite() {
                // Beyond all numbers, as with a tenth of a degree of freedom.
                faults.unless(p < 0.5 && df < 2.0, name);
                continue;
            }
            faults.unless(q > before, name);
            before = q;
            faults.close(t::cdf(q, df), p, 1e-10, name);
            faults.unless((t::upper(q, df) - (1.0 - p)).abs() <= 1e-10 * (1.0 - p) + 1e-16, name);
            faults.close(t::two_sided(q, df), 2.0 * t::cdf(-q.abs(), df), 1e-12, name);
        }
    }
    for z in [-6.0, -2.0, 0.3, 1.0, 4.0] {
        faults.close(t::cdf(z, 1e13), normal::cdf(z), 1e-10, || format!("t of many degrees at {z}"));
    }
    faults.none();
}

#[test]
fn gamma_and_beta_keep_their_recurrences() {
    let mut faults = Faults::default();
    for x in grid(-9, 10) {
        let name = |what: &str| format!("{what} at {x:e}");
        let (one, next) = (gamma::ln_gamma(x), gamma::ln_gamma(x + 1.0));
        let scale = one.abs().max(next.abs()).max(x.ln().abs()).max(1.0);
        faults.unless((next - one - x.ln()).abs() <= 1e-14 * scale, || name("ln gamma"));
        let (one, next) = (gamma::digamma(x), gamma::digamma(x + 1.0));
        let scale = one.abs().max(next.abs()).max(1.0);
        faults.unless((next - one - 1.0 / x).abs() <= 1e-14 * scale, || name("digamma"));
        let (one, next) = (gamma::trigamma(x), gamma::trigamma(x + 1.0));
        faults.unless((next - one + 1.0 / x / x).abs() <= 1e-14 * one.abs().max(next.abs()), || {
            name("trigamma")
        });
        for y in grid(-9, 10) {
            let (lower, upper) = (gamma::lower(x, y), gamma::upper(x, y));
            let name = || format!("gamma {x:e} {y:e}: {lower:e} {upper:e}");
            faults.unless((lower + upper - 1.0).abs() < 1e-13 && lower >= 0.0 && upper >= 0.0, name);
            for z in [1e-300, 1e-12, 0.003, 0.2, 0.5, 0.9, 1.0 - 1e-12] {
                let (lower, upper) = (beta::lower(z, x, y), beta::upper(z, x, y));
                let name = || format!("beta {z:e} {x:e} {y:e}: {lower:e} {upper:e}");
                faults.unless((lower + upper - 1.0).abs() < 1e-13 && lower >= 0.0 && upper >= 0.0, name);
                let (a, b) = beta::tails(z, 1.0 - z, x, y);
                let (d, c) = beta::tails(1.0 - z, z, y, x);
                faults.close(a, c, 1e-12, || format!("{} the other way round", name()));
                faults.close(b, d, 1e-12, || format!("{} the other way round", name()));
            }
        }
    }
    faults.none();
}

#[test]
fn outside_of_their_domains_there_is_no_number_and_no_panic() {
    let odd = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -1.0, -1e-300, 0.0, 1e-300, 0.5, 1e300, f64::MAX];
    for a in odd {
        for b in odd {
            let told = [
                poisson::cdf(a, b),
                poisson::upper(a, b),
                poisson::density(a, b),
                poisson::quantile(a, b),
                t::cdf(a, b),
                t::upper(a, b),
                t::two_sided(a, b),
                gamma::lower(a, b),
                gamma::upper(a, b),
            ];
            for (which, x) in told.iter().enumerate().filter(|(which, _)| *which != 3) {
                assert!(x.is_nan() || (0.0..=1.0).contains(x), "{which}: {x} at {a}, {b}");
            }
            let _ = (t::quantile(a, b), t::density(a, b), normal::quantile(a), gamma::ln_gamma(a));
            for c in odd {
                let nb = NegativeBinomial::with_mean(a, b);
                for x in [nb.cdf(c), nb.upper(c), nb.density(c), beta::lower(a, b, c), beta::upper(a, b, c)] {
                    assert!(x.is_nan() || (0.0..=1.0).contains(&x), "{x} at {a}, {b}, {c}");
                }
                let _ = nb.quantile(c);
            }
        }
    }
    for p in [-0.1, 1.1, f64::NAN] {
        let nb = NegativeBinomial::with_mean(2.0, 3.0).quantile(p);
        for x in [poisson::quantile(p, 3.0), nb, t::quantile(p, 3.0), normal::quantile(p)] {
            assert!(x.is_nan(), "{x} at {p}");
        }
    }
}
