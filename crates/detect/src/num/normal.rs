//! The standard normal distribution.

const HALF_TAU_ROOT: f64 = 0.398_942_280_401_432_7;

/// The density.
#[must_use]
pub fn density(z: f64) -> f64 {
    // The square in two parts, so that its rounding does not count in the exponent.
    let head = (z * 16.0).trunc() / 16.0;
    HALF_TAU_ROOT * (-0.5 * head * head).exp() * (-0.5 * (z - head) * (z + head)).exp()
}

/// The probability of at most `z`.
#[must_use]
pub fn cdf(z: f64) -> f64 {
    upper(-z)
}

/// The probability of more than `z`.
#[must_use]
pub fn upper(z: f64) -> f64 {
    if z.is_nan() {
        return z;
    }
    if z < 0.0 {
        return 1.0 - upper(-z);
    }
    if z > 39.0 {
        return 0.0;
    }
    if z < 2.0 {
        // The integral from 0 to z as density times z + z³/3 + z⁵/15 + …, all of one sign.
        let (mut sum, mut term, mut n) = (z, z, 1.0);
        while term > sum * 1e-17 {
            n += 2.0;
            term *= z * z / n;
            sum += term;
        }
        return 0.5 - density(z) * sum;
    }
    // Laplace's continued fraction 1/(z + 1/(z + 2/(z + …))), from its far end.
    let terms = (20.0 + 600.0 / (z * z)) as u32;
    let below = (1..=terms).rev().fold(z, |below, k| z + f64::from(k) / below);
    density(z) / below
}

/// The value that a standard normal variable stays below with probability `p`.
///
/// Rational approximations of Wichura (Applied Statistics 37, 1988, algorithm AS 241), good to about 1e-15 of the
/// value. Minus infinity at 0, infinity at 1, and not a number outside 0 to 1.
#[must_use]
pub fn quantile(p: f64) -> f64 {
    if !(0.0..=1.0).contains(&p) {
        return f64::NAN;
    }
    let q = p - 0.5;
    if q.abs() <= 0.425 {
        let r = 0.180625 - q * q;
        return q * ratio(r, &CENTRE);
    }
    let tail = if q < 0.0 { p } else { 1.0 - p };
    if tail == 0.0 {
        return f64::INFINITY.copysign(q);
    }
    let r = (-tail.ln()).sqrt();
    let size = if r <= 5.0 { ratio(r - 1.6, &TAIL) } else { ratio(r - 5.0, &FAR_TAIL) };
    size.copysign(q)
}

/// Numerator and denominator, from the constant term upwards.
type Ratio = [[f64; 8]; 2];

fn ratio(r: f64, [above, below]: &Ratio) -> f64 {
    let polynomial = |c: &[f64; 8]| c.iter().rev().fold(0.0, |sum, c| sum * r + c);
    polynomial(above) / polynomial(below)
}

const CENTRE: Ratio = [
    [
        3.387_132_872_796_366_5,
        1.331_416_678_917_843_8e2,
        1.971_590_950_306_551_3e3,
        1.373_169_376_550_946e4,
        4.592_195_393_154_987e4,
        6.726_577_092_700_87e4,
        3.343_057_558_358_813e4,
        2.509_080_928_730_122_7e3,
    ],
    [
        1.0,
        4.231_333_070_160_091e1,
        6.871_870_074_920_579e2,
        5.394_196_021_424_751e3,
        2.121_379_430_158_659_7e4,
        3.930_789_580_009_271e4,
        2.872_908_573_572_194_3e4,
        5.226_495_278_852_854e3,
    ],
];

const TAIL: Ratio = [
    [
        1.423_437_110_749_683_5,
        4.630_337_846_156_546,
        5.769_497_221_460_691,
        3.647_848_324_763_204_5,
        1.270_458_252_452_368_4,
        2.417_807_251_774_506e-1,
        2.272_384_498_926_918_4e-2,
        7.745_450_142_783_414e-4,
    ],
    [
        1.0,
        2.053_191_626_637_759,
        1.676_384_830_183_803_8,
        6.897_673_349_851e-1,
        1.481_039_764_274_800_8e-1,
        1.519_866_656_361_645_7e-2,
        5.475_938_084_995_345e-4,
        1.050_750_071_644_416_9e-9,
    ],
];

const FAR_TAIL: Ratio = [
    [
        6.657_904_643_501_103,
        5.463_784_911_164_114,
        1.784_826_539_917_291_3,
        2.965_605_718_285_048_7e-1,
        2.653_218_952_657_612_4e-2,
        1.242_660_947_388_078_4e-3,
        2.711_555_568_743_487_6e-5,
        2.010_334_399_292_288_1e-7,
    ],
    [
        1.0,
        5.998_322_065_558_88e-1,
        1.369_298_809_227_358e-1,
        1.487_536_129_085_061_5e-2,
        7.868_691_311_456_133e-4,
        1.846_318_317_510_054_8e-5,
        1.421_511_758_316_446e-7,
        2.044_263_103_389_939_7e-15,
    ],
];

#[cfg(test)]
mod tests {
    use super::super::truth;
    use super::*;

    /// Computed to 30 digits by root finding on the complementary error function.
    const KNOWN: &[(f64, f64)] = &[
        (1e-300, -37.047_096_299_361_2),
        (1e-100, -21.273_453_560_965_326),
        (1e-30, -11.464_024_688_443_615),
        (1e-16, -8.222_082_216_130_435),
        (1e-09, -5.997_807_015_007_686_5),
        (1e-05, -4.264_890_793_922_825),
        (0.001_35, -2.999_976_992_703_393),
        (0.022_75, -2.000_002_443_899_604),
        (0.05, -1.644_853_626_951_472_6),
        (0.074_9, -1.440_238_267_527_963_7),
        (0.075_1, -1.438_825_392_752_54),
        (0.2, -0.841_621_233_572_914_2),
        (0.499_9, -0.000_250_662_830_088_007_47),
        (0.6, 0.253_347_103_135_799_7),
        (0.9, 1.281_551_565_544_600_6),
        (0.95, 1.644_853_626_951_472_2),
        (0.975, 1.959_963_984_540_053_8),
        (0.99, 2.326_347_874_040_840_8),
        (0.999, 3.090_232_306_167_813),
        (0.998_65, 2.999_976_992_703_401_5),
        (0.999_999_999, 5.997_807_019_601_637_5),
        (0.999_999_999_999_999_9, 8.209_536_151_601_387),
    ];

    #[test]
    fn agrees_with_known_quantiles_to_1e_12() {
        for &(p, z) in KNOWN {
            let got = quantile(p);
            assert!((got - z).abs() <= 1e-12 * z.abs(), "{p}: {got} is not {z}");
        }
    }

    #[test]
    fn tails_agree_with_thirty_digits() {
        truth::check(truth::NORMAL_UPPER, 1e-14, |[z]| upper(z));
        truth::check(truth::NORMAL_UPPER, 1e-14, |[z]| cdf(-z));
        assert!(upper(f64::NAN).is_nan() && upper(f64::INFINITY) == 0.0 && cdf(f64::INFINITY) == 1.0);
    }

    #[test]
    fn the_ends_and_beyond() {
        assert_eq!((quantile(0.5), quantile(0.0), quantile(1.0)), (0.0, f64::NEG_INFINITY, f64::INFINITY));
        assert!(quantile(-0.1).is_nan() && quantile(1.1).is_nan() && quantile(f64::NAN).is_nan());
    }
}
