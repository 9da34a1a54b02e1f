//! The incomplete beta function.

use super::{saddle, tail};

/// The regularised incomplete beta function: the probability that a beta variable of shapes `a` and `b` is at most
/// `x`.
#[must_use]
pub fn lower(x: f64, a: f64, b: f64) -> f64 {
    tails(x, 1.0 - x, a, b).0
}

/// The probability that it is above `x`.
#[must_use]
pub fn upper(x: f64, a: f64, b: f64) -> f64 {
    tails(x, 1.0 - x, a, b).1
}

/// Both sides, for `y` = 1-`x`, which a caller may know better than the difference does.
#[must_use]
pub fn tails(x: f64, y: f64, a: f64, b: f64) -> (f64, f64) {
    let sound = a > 0.0 && b > 0.0 && a.is_finite() && b.is_finite();
    if !sound || x.is_nan() || y.is_nan() {
        return (f64::NAN, f64::NAN);
    }
    if x <= 0.0 || y <= 0.0 {
        return if x <= 0.0 { (0.0, 1.0) } else { (1.0, 0.0) };
    }
    let small = if a.min(b) > 30.0 && a.max(b) > 1000.0 {
        return far_shapes(x, y, a, b);
    } else if x * (a + b + 2.0) > a + 1.0 {
        let up = left(y, x, b, a);
        return (1.0 - up, up);
    } else {
        left(x, y, a, b)
    };
    (small, 1.0 - small)
}

/// The side up to `x`, where `x` is below the mean or about there.
fn left(x: f64, y: f64, a: f64, b: f64) -> f64 {
    // x^a y^b / B(a,b)
    let height = a / (a + b) * b * saddle::binomial(a, b, x, y);
    if b * x <= 0.7 && x <= 0.7 {
        height / a * series(x, a, b) / (b * (-x).ln_1p()).exp()
    } else {
        height / fraction(x, y, a, b)
    }
}

/// 1 + a (1-b)/1 x/(a+1) + a (1-b)(2-b)/2 x²/(a+2) + ….
fn series(x: f64, a: f64, b: f64) -> f64 {
    let (mut sum, mut term, mut n) = (1.0, a, 0.0);
    loop {
        n += 1.0;
        term *= (n - b) / n * x;
        sum += term / (a + n);
        if f64::abs(term) <= sum * 1e-18 * (a + n) || n > 10_000.0 {
            return sum;
        }
    }
}

/// The continued fraction of DiDonato and Morris (Algorithm 708, 1992), by the method of Lentz.
fn fraction(x: f64, y: f64, a: f64, b: f64) -> f64 {
    let below = |m: f64| {
        let lead = (a + m) * (a * y - b * x + 1.0 + m * (1.0 + y)) / (a + 2.0 * m + 1.0);
        m + m * (b - m) * x / (a + (2.0 * m - 1.0)) + lead
    };
    let mut value = (a * (a * y - b * x + 1.0) / (a + 1.0)).max(f64::MIN_POSITIVE);
    let (mut c, mut d) = (value, 0.0);
    for m in 1..20_000 {
        let m = f64::from(m);
        // Small shapes must not be lost in the ones.
        let scale = a + (2.0 * m - 1.0);
        let above = (a + (m - 1.0)) / scale * ((a + b + (m - 1.0)) / scale) * m * (b - m) * x * x;
        let next = below(m);
        d = 1.0 / (next + above * d);
        c = next + above / c;
        value *= c * d;
        if (c * d - 1.0).abs() < 2e-16 {
            break;
        }
    }
    value
}

/// By quadrature from `x` outwards: the cost does not grow with the shapes.
fn far_shapes(x: f64, y: f64, a: f64, b: f64) -> (f64, f64) {
    let (p, q) = (a - 1.0, b - 1.0);
    let height = (p + q + 1.0) * saddle::binomial(p, q, x, y);
    let slope = (q * x - p * y) / x / y;
    let step = (x * y / (p + q)).sqrt();
    let drop = |away: f64| {
        move |u: f64| {
            u * slope.abs() - p * saddle::log1p_minus(away * u / x) - q * saddle::log1p_minus(-away * u / y)
        }
    };
    if slope >= 0.0 {
        let up = height * tail::area(drop(1.0), step, y);
        (1.0 - up, up)
    } else {
        let low = height * tail::area(drop(-1.0), step, x);
        (low, 1.0 - low)
    }
}

#[cfg(test)]
mod tests {
    use super::super::truth;
    use super::*;

    #[test]
    fn agrees_with_thirty_digits() {
        truth::check(truth::BETA_LOWER, 1e-12, |[x, a, b]| lower(x, a, b));
        truth::check(truth::BETA_UPPER, 1e-12, |[x, a, b]| upper(x, a, b));
    }

    #[test]
    fn the_ends_and_beyond() {
        assert_eq!((lower(0.0, 2.0, 3.0), lower(1.0, 2.0, 3.0), upper(0.0, 2.0, 3.0)), (0.0, 1.0, 1.0));
        assert!(lower(0.5, 0.0, 1.0).is_nan() && lower(f64::NAN, 1.0, 1.0).is_nan());
    }
}
