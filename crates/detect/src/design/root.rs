//! Where an increasing function reaches a level.

use super::DesignError;

/// The argument between `low` and the first doubling of `high` that reaches it, where `f` is `target`; `f` increases.
///
/// Bisection with regula falsi (the Illinois rule) to 1e-13 of the argument.
pub(crate) fn reaches(
    mut f: impl FnMut(f64) -> Result<f64, DesignError>,
    target: f64,
    mut low: f64,
    mut high: f64,
) -> Result<f64, DesignError> {
    let mut f_low = f(low)?.ln() - target.ln();
    let mut f_high = f(high)?.ln() - target.ln();
    for _ in 0..10 {
        if f_high >= 0.0 {
            break;
        }
        (low, f_low) = (high, f_high);
        high *= 2.0;
        f_high = f(high)?.ln() - target.ln();
    }
    if f_low > 0.0 || f_high < 0.0 || f_low.is_nan() || f_high.is_nan() {
        return Err(DesignError::Unbounded);
    }
    for _ in 0..200 {
        if (high - low).abs() <= 1e-13 * high.abs() {
            break;
        }
        let mut middle = (low * f_high - high * f_low) / (f_high - f_low);
        if !(middle > low && middle < high) {
            middle = f64::midpoint(low, high);
        }
        let value = f(middle)?.ln() - target.ln();
        if value == 0.0 {
            return Ok(middle);
        }
        if value < 0.0 {
            (low, f_low) = (middle, value);
            f_high /= 2.0;
        } else {
            (high, f_high) = (middle, value);
            f_low /= 2.0;
        }
    }
    Ok(f64::midpoint(low, high))
}
