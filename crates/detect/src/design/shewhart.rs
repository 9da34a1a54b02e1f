//! The chart of single measurements (Shewhart 1931): an alarm when one lies more than so many standard deviations off.

use super::{DesignError, Sided, require};
use crate::num::normal;

/// The ARL of a chart with its limit at `limit` standard deviations, when the mean has moved by `shift` of them.
///
/// # Errors
/// [`DesignError::Argument`] for a limit that is not above 0, [`DesignError::Unbounded`] where it is never passed.
pub fn arl(limit: f64, shift: f64, sided: Sided) -> Result<f64, DesignError> {
    require(limit > 0.0 && limit.is_finite(), "limit", "must be above 0")?;
    require(shift.is_finite(), "shift", "must be a number")?;
    let above = normal::upper(limit - shift);
    let out = match sided {
        Sided::One => above,
        Sided::Two => above + normal::upper(limit + shift),
    };
    if out > 0.0 { Ok(1.0 / out) } else { Err(DesignError::Unbounded) }
}

/// The limit, in standard deviations, with which the ARL is `arl0` while nothing has changed.
///
/// # Errors
/// [`DesignError::Argument`] for an ARL that is not above 2, as no limit above 0 has.
pub fn limit(arl0: f64, sided: Sided) -> Result<f64, DesignError> {
    require(arl0 > 2.0 && arl0 <= 1e15, "arl0", "must be above 2 and at most 1e15")?;
    let tail = match sided {
        Sided::One => 1.0 / arl0,
        Sided::Two => 0.5 / arl0,
    };
    Ok(-normal::quantile(tail))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_standard_deviations_run_370_points() {
        let known = arl(3.0, 0.0, Sided::Two).unwrap();
        assert!((known - 370.398_347).abs() < 1e-5, "{known}");
        assert!((arl(3.0, 0.0, Sided::One).unwrap() / known - 2.0).abs() < 1e-12);
        assert!((limit(known, Sided::Two).unwrap() - 3.0).abs() < 1e-12);
        assert!(limit(1.5, Sided::One).is_err());
    }
}
