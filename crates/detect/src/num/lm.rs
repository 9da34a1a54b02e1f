//! Linear regression as R's `lm`.

use super::qr::{Design, Qr};

/// A regression.
#[derive(Clone, Debug)]
pub struct Fit {
    /// One for each column of the design; not-a-number where the column repeats others.
    pub coefficients: Vec<f64>,
    /// What the regression says of each row.
    pub fitted: Vec<f64>,
    /// The values less that.
    pub residuals: Vec<f64>,
    /// Rows that count less coefficients.
    pub df: f64,
    /// The variance of the residuals; not-a-number where `df` is 0.
    pub variance: f64,
    qr: Qr,
    roots: Option<Vec<f64>>,
}

/// R's tolerance for a column that repeats others.
const TOLERANCE: f64 = 1e-7;

/// Fits by least squares, with weights where there are any; rows of weight 0 do not count.
///
/// # Panics
/// Where `y` or the weights have not as many values as the design has rows.
#[must_use]
pub fn fit(design: &Design, y: &[f64], weights: Option<&[f64]>) -> Fit {
    assert_eq!(y.len(), design.rows(), "a value for each row");
    let roots: Option<Vec<f64>> = weights.map(|weights| weights.iter().map(|w| w.sqrt()).collect());
    let (qr, scaled) = match &roots {
        None => (Qr::new(design.clone(), TOLERANCE), y.to_vec()),
        Some(roots) => {
            let scaled = y.iter().zip(roots).map(|(y, root)| y * root).collect();
            (Qr::new(design.scaled(roots), TOLERANCE), scaled)
        }
    };
    let coefficients = qr.solve(&scaled);
    let fitted: Vec<f64> = (0..y.len()).map(|row| design.row_times(row, &coefficients)).collect();
    let residuals: Vec<f64> = y.iter().zip(&fitted).map(|(y, fitted)| y - fitted).collect();
    let weight = |row: usize| weights.map_or(1.0, |weights| weights[row]);
    let squares: f64 = residuals.iter().enumerate().map(|(row, r)| weight(row) * r * r).sum();
    let counting = (0..y.len()).filter(|row| weight(*row) != 0.0).count();
    let df = counting as f64 - qr.rank() as f64;
    let variance = if df > 0.0 { squares / df } else { f64::NAN };
    Fit { coefficients, fitted, residuals, df, variance, qr, roots }
}

impl Fit {
    /// How many coefficients are independent.
    #[must_use]
    pub fn rank(&self) -> usize {
        self.qr.rank()
    }

    /// The leverage of each row; 0 for rows of weight 0.
    #[must_use]
    pub fn hats(&self) -> Vec<f64> {
        self.qr.hats()
    }

    /// The square roots of the weights, where there are any.
    #[must_use]
    pub fn root_weights(&self) -> Option<&[f64]> {
        self.roots.as_deref()
    }

    /// The covariance of the coefficients for a residual variance of 1, column after column.
    #[must_use]
    pub fn unscaled_covariance(&self) -> Vec<f64> {
        self.qr.unscaled_covariance()
    }

    /// The standard error of a coefficient.
    #[must_use]
    pub fn standard_error(&self, column: usize) -> f64 {
        let p = self.coefficients.len();
        (self.variance * self.unscaled_covariance()[column * p + column]).sqrt()
    }

    /// What the regression says of a new row, and the standard error of that.
    #[must_use]
    pub fn predict(&self, row: &[f64]) -> (f64, f64) {
        let mean = row.iter().zip(&self.coefficients).filter(|(_, b)| !b.is_nan()).map(|(x, b)| x * b).sum();
        (mean, (self.variance * self.qr.variance_at(row)).sqrt())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_weighted_line_and_its_errors() {
        // The sums of least squares done by hand: weights 1, 2, 2, 1 at 0 to 3.
        let design = Design::new(4).with_intercept().with([0.0, 1.0, 2.0, 3.0]);
        let fit = fit(&design, &[1.0, 2.0, 4.0, 4.0], Some(&[1.0, 2.0, 2.0, 1.0]));
        let near = |got: f64, wanted: f64| assert!((got - wanted).abs() < 1e-13, "{got} is not {wanted}");
        near(fit.coefficients[0], 35.0 / 33.0);
        near(fit.coefficients[1], 13.0 / 11.0);
        near(fit.df, 2.0);
        let squares: f64 = fit.residuals.iter().zip([1.0, 2.0, 2.0, 1.0]).map(|(r, w)| w * r * r).sum();
        near(fit.variance, squares / 2.0);
        let (mean, error) = fit.predict(&[1.0, 1.5]);
        near(mean, 17.0 / 6.0);
        near(error, (fit.variance / 6.0).sqrt());
    }

    #[test]
    fn without_a_row_to_spare_there_is_no_variance() {
        let fit = fit(&Design::new(1).with_intercept(), &[3.0], None);
        assert_eq!((fit.coefficients[0], fit.rank()), (3.0, 1));
        assert!(fit.variance.is_nan());
    }
}
