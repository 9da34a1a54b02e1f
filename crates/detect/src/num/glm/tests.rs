//! Fits against R 4.2 with MASS 7.3, which printed the numbers here.

use super::*;

const Y: [f64; 12] = [3.0, 0.0, 5.0, 8.0, 2.0, 11.0, 7.0, 0.0, 4.0, 9.0, 13.0, 6.0];

fn time() -> impl Iterator<Item = f64> + Clone {
    (1..=12).map(f64::from)
}

fn near(got: &[f64], wanted: &[f64], within: f64) {
    assert_eq!(got.len(), wanted.len());
    for (got, wanted) in got.iter().zip(wanted) {
        assert!((got - wanted).abs() <= within * wanted.abs(), "{got} is not {wanted}");
    }
}

#[test]
fn quasi_poisson_with_levels_weights_and_offset() {
    let weights = [1.0, 0.5, 2.0, 1.0, 1.0, 0.25, 1.0, 1.5, 1.0, 1.0, 0.1, 1.0];
    let offset: Vec<f64> = (0..12).map(|i| (100.0 + 5.0 * f64::from(i)).ln()).collect();
    let level = |g: usize| (0..12).map(move |i| f64::from(u8::from(i % 3 == g)));
    let design = Design::new(12).with_intercept().with(time()).with(level(1)).with(level(2));
    let fit = fit(&design, &Y, Some(&weights), Some(&offset), Family::Poisson).expect("fits");
    near(
        &fit.coefficients,
        &[
            -2.950_625_559_038_298,
            0.008_666_166_636_245_335,
            -1.877_129_154_139_893,
            -0.291_376_117_922_494_57,
        ],
        1e-10,
    );
    near(&[fit.deviance, fit.dispersion], &[12.585_003_885_985_99, 2.195_003_161_548_516_6], 1e-12);
    assert_eq!((fit.iterations, fit.converged, fit.rank(), fit.df), (6, true, 4, 8.0));
    let hats = fit.hats();
    near(
        &[hats[0], hats[1], hats[11]],
        &[0.404_556_921_257_885_56, 0.142_593_699_763_153_34, 0.517_202_755_444_934_8],
        1e-11,
    );
    let covariance = fit.unscaled_covariance();
    near(
        &[covariance[0], covariance[5], covariance[11]],
        &[0.093_911_105_770_935_84, 0.001_551_481_770_282_308_2, 0.037_815_999_837_178_84],
        1e-11,
    );
    near(&fit.working_weights[..2], &[5.276_224_544_631_856, 0.427_583_131_788_936_5], 1e-12);
    let (eta, error) = fit.predict(&[1.0, 13.0, 1.0, 0.0], 160_f64.ln());
    near(&[eta, error * fit.dispersion.sqrt()], &[0.360_079_268_326_824_6, 0.901_174_198_824_207_4], 1e-10);
}

#[test]
fn a_level_of_zeros_drifts_until_the_deviance_rests() {
    let group = [0.0, 0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 1.0];
    let y = [0.0, 0.0, 0.0, 0.0, 3.0, 5.0, 2.0, 7.0];
    let fit =
        fit(&Design::new(8).with_intercept().with(group), &y, None, None, Family::Poisson).expect("fits");
    near(&fit.coefficients, &[-20.302_585_092_860_745, 21.749_504_075_797_073], 1e-9);
    assert_eq!((fit.iterations, fit.converged), (18, true));
    near(&[fit.dispersion], &[0.578_431_375_308_976_7], 1e-12);
}

#[test]
fn nothing_but_zeros_does_not_come_to_rest_with_many_rows() {
    let zeros = vec![0.0; 300];
    let fit = fit(&Design::new(300).with_intercept(), &zeros, None, None, Family::Poisson).expect("fits");
    assert_eq!((fit.iterations, fit.converged), (25, false));
}

#[test]
fn negative_binomial_with_a_known_theta() {
    let family = Family::NegativeBinomial { theta: 2.5 };
    let fit = fit(&Design::new(12).with_intercept().with(time()), &Y, None, None, family).expect("fits");
    near(&fit.coefficients, &[1.043_620_751_742_489, 0.098_043_125_739_116_29], 1e-11);
    near(&[fit.deviance, fit.dispersion], &[15.095_220_895_616_9, 0.873_548_361_104_431], 1e-12);
    assert_eq!(fit.iterations, 5);
}

#[test]
fn negative_binomial_with_its_theta() {
    let design = Design::new(12).with_intercept().with(time()).with(time().map(|t| t * t));
    let it = fit_nb(&design, &Y, None, None).expect("fits");
    near(
        &it.fit.coefficients,
        &[0.684_170_282_203_921_1, 0.238_684_799_532_640_13, -0.010_377_363_780_745_526],
        1e-8,
    );
    near(&[it.theta, it.theta_error], &[2.755_730_768_505_997, 2.053_803_175_833_467], 1e-8);
    near(&[2.0 * it.log_likelihood], &[-64.246_659_290_242_02], 1e-12);
    assert!(it.converged);
}

#[test]
fn what_cannot_be_fitted_is_said() {
    let design = Design::new(2).with_intercept();
    let error = |y: [f64; 2]| fit(&design, &y, None, None, Family::Poisson).err();
    assert_eq!(error([1.0, -1.0]), Some(GlmError::Domain));
    assert_eq!(error([1.0, f64::NAN]), Some(GlmError::Domain));
    let none = fit(&Design::new(0).with([]), &[], None, None, Family::Poisson).err();
    assert_eq!(none, Some(GlmError::Empty));
}
