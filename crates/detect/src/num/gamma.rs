//! The gamma function, its logarithm's derivatives, and the incomplete gamma function.

use super::{saddle, tail};

/// Riemann's zeta less 1, at 2, 3, ….
const ZETA_LESS_ONE: [f64; 29] = [
    0.644_934_066_848_226_4,
    0.202_056_903_159_594_3,
    0.082_323_233_711_138_19,
    0.036_927_755_143_369_93,
    0.017_343_061_984_449_14,
    0.008_349_277_381_922_827,
    0.004_077_356_197_944_34,
    0.002_008_392_826_082_214,
    0.000_994_575_127_818_085_3,
    0.000_494_188_604_119_464_6,
    0.000_246_086_553_308_048_3,
    0.000_122_713_347_578_489_15,
    0.000_061_248_135_058_704_83,
    3.058_823_630_702_049e-5,
    0.000_015_282_259_408_651_87,
    7.637_197_637_899_762e-6,
    3.817_293_264_999_84e-6,
    1.908_212_716_553_939e-6,
    9.539_620_338_727_96e-7,
    4.769_329_867_878_065e-7,
    2.384_505_027_277_33e-7,
    1.192_199_259_653_110_7e-7,
    5.960_818_905_125_948e-8,
    2.980_350_351_465_228e-8,
    1.490_155_482_836_504e-8,
    7.450_711_789_835_429e-9,
    3.725_334_024_788_457e-9,
    1.862_659_723_513_049e-9,
    9.313_274_324_196_682e-10,
];

const EULER: f64 = 0.577_215_664_901_532_9;
const HALF_LN_TAU: f64 = 0.918_938_533_204_672_8;

/// ln Γ(x) for x above 0; not a number elsewhere.
#[must_use]
pub fn ln_gamma(x: f64) -> f64 {
    if x.is_nan() || x <= 0.0 {
        return f64::NAN;
    }
    if x < 0.5 {
        return ln_gamma_near_two(x) - x.ln() - x.ln_1p();
    }
    if x < 1.5 {
        return ln_gamma_near_two(x - 1.0) - (x - 1.0).ln_1p();
    }
    if x < 16.0 {
        let (mut at, mut product) = (x, 1.0);
        while at > 2.5 {
            at -= 1.0;
            product *= at;
        }
        return ln_gamma_near_two(at - 2.0) + f64::ln(product);
    }
    if x.is_infinite() {
        return x;
    }
    (x - 0.5) * x.ln() - x + HALF_LN_TAU + saddle::stirling_error(x)
}

/// ln Γ(2+e) for |e| up to ½.
fn ln_gamma_near_two(e: f64) -> f64 {
    let mut sum = 0.0;
    for (k, zeta) in ZETA_LESS_ONE.iter().enumerate().rev() {
        sum = zeta / (k + 2) as f64 - e * sum;
    }
    e * (1.0 - EULER + e * sum)
}

/// The derivative of [`ln_gamma`] for x above 0.
#[must_use]
pub fn digamma(x: f64) -> f64 {
    if x.is_nan() || x <= 0.0 {
        return f64::NAN;
    }
    let (mut at, mut sum) = (x, 0.0);
    while at < 12.0 {
        sum -= 1.0 / at;
        at += 1.0;
    }
    let square = 1.0 / (at * at);
    let series =
        [1.0 / 12.0, -1.0 / 120.0, 1.0 / 252.0, -1.0 / 240.0, 1.0 / 132.0, -691.0 / 32760.0, 1.0 / 12.0];
    sum + at.ln() - 0.5 / at - square * series.iter().rev().fold(0.0, |sum, c| sum * square + c)
}

/// The derivative of [`digamma`] for x above 0.
#[must_use]
pub fn trigamma(x: f64) -> f64 {
    if x.is_nan() || x <= 0.0 {
        return f64::NAN;
    }
    let (mut at, mut sum) = (x, 0.0);
    while at < 12.0 {
        sum += 1.0 / (at * at);
        at += 1.0;
    }
    let square = 1.0 / (at * at);
    let series = [1.0 / 6.0, -1.0 / 30.0, 1.0 / 42.0, -1.0 / 30.0, 5.0 / 66.0, -691.0 / 2730.0, 7.0 / 6.0];
    let series = series.iter().rev().fold(0.0, |sum, c| sum * square + c);
    sum + 1.0 / at + 0.5 * square + series * square / at
}

/// The regularised incomplete gamma function: the probability that a gamma variable of this shape is at most `x`.
#[must_use]
pub fn lower(shape: f64, x: f64) -> f64 {
    tails(shape, x).0
}

/// The probability that a gamma variable of this shape is above `x`.
#[must_use]
pub fn upper(shape: f64, x: f64) -> f64 {
    tails(shape, x).1
}

/// Both sides.
fn tails(shape: f64, x: f64) -> (f64, f64) {
    if shape.is_nan() || x.is_nan() || shape <= 0.0 || shape.is_infinite() {
        return (f64::NAN, f64::NAN);
    }
    if x <= 0.0 || x.is_infinite() {
        return if x <= 0.0 { (0.0, 1.0) } else { (1.0, 0.0) };
    }
    if shape > 1000.0 {
        far_shape(shape, x)
    } else if shape < 1.0 && x < 1.5 {
        near_zero(shape, x)
    } else if x < shape + 1.0 {
        let low = saddle::poisson(shape, x) * rising(shape, x);
        (low, 1.0 - low)
    } else {
        let up = saddle::poisson(shape, x) * shape * fraction(shape, x);
        (1.0 - up, up)
    }
}

/// 1 + x/(a+1) + x²/((a+1)(a+2)) + ….
fn rising(a: f64, x: f64) -> f64 {
    let (mut sum, mut term, mut at) = (1.0, 1.0, a);
    while term > sum * 1e-17 {
        at += 1.0;
        term *= x / at;
        sum += term;
    }
    sum
}

/// 1/(x+1-a- 1(1-a)/(x+3-a- …)), evaluated by the method of Lentz.
fn fraction(a: f64, x: f64) -> f64 {
    let mut b = x + 1.0 - a;
    let (mut c, mut d) = (1e300, 1.0 / b);
    let mut value = d;
    for i in 1..10_000 {
        let i = f64::from(i);
        let above = i * (a - i);
        b += 2.0;
        d = 1.0 / (b + above * d);
        c = b + above / c;
        value *= c * d;
        if (c * d - 1.0).abs() < 1e-16 {
            break;
        }
    }
    value
}

/// For a shape below 1 and an `x` that is small too, where the upper side is not to be lost in a difference.
fn near_zero(a: f64, x: f64) -> (f64, f64) {
    let log = a * x.ln() - ln_gamma_of_next(a);
    let (mut sum, mut term, mut n) = (0.0, 1.0, 0.0);
    loop {
        n += 1.0;
        term *= -x / n;
        let add = a * term / (a + n);
        sum += add;
        if add.abs() <= f64::abs(sum) * 1e-17 {
            break;
        }
    }
    (log.exp() * (1.0 + sum), -log.exp_m1() - log.exp() * sum)
}

/// ln Γ(1+a) for a from 0 to 1.
fn ln_gamma_of_next(a: f64) -> f64 {
    if a < 0.5 { ln_gamma_near_two(a) - a.ln_1p() } else { ln_gamma_near_two(a - 1.0) }
}

/// By quadrature from `x` outwards: the cost does not grow with the shape.
fn far_shape(shape: f64, x: f64) -> (f64, f64) {
    let a = shape - 1.0;
    let height = saddle::poisson(a, x);
    let step = x / a.sqrt();
    if x >= a {
        let drop = |u: f64| u * ((x - a) / x) - a * saddle::log1p_minus(u / x);
        let up = height * tail::area(drop, step, f64::INFINITY);
        (1.0 - up, up)
    } else {
        let drop = |u: f64| u * ((a - x) / x) - a * saddle::log1p_minus(-u / x);
        let low = height * tail::area(drop, step, x);
        (low, 1.0 - low)
    }
}

#[cfg(test)]
mod tests {
    use super::super::truth;
    use super::*;

    #[test]
    fn agrees_with_thirty_digits() {
        truth::check(truth::LN_GAMMA, 1e-14, |[x]| ln_gamma(x));
        truth::check(truth::DIGAMMA, 1e-14, |[x]| digamma(x));
        truth::check(truth::TRIGAMMA, 1e-14, |[x]| trigamma(x));
        truth::check(truth::GAMMA_LOWER, 1e-12, |[a, x]| lower(a, x));
        truth::check(truth::GAMMA_UPPER, 1e-12, |[a, x]| upper(a, x));
    }

    #[test]
    fn the_ends_and_beyond() {
        assert_eq!((ln_gamma(1.0), ln_gamma(2.0)), (0.0, 0.0));
        assert_eq!((lower(2.0, 0.0), upper(2.0, 0.0), upper(2.0, f64::INFINITY)), (0.0, 1.0, 0.0));
        assert!(ln_gamma(0.0).is_nan() && lower(-1.0, 1.0).is_nan() && upper(1.0, f64::NAN).is_nan());
    }
}
