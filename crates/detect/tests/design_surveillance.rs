//! The design of charts of counts, and of measurements, against numbers that R surveillance 1.20.3 gave, called as a
//! black box for random arguments.
#![allow(clippy::unwrap_used)]

use beaconfire_detect::design::discrete::{Counts, Wish, arl, find_h, find_k};
use beaconfire_detect::design::{Sided, cusum};

/// ARL0, theta0, s and the tolerance; whether k is rounded, the digits, whether there is a head start, n of binomial
/// counts (0 for Poisson ones); and `findH`'s h, k and ARL.
type Designed = ([f64; 4], bool, u32, bool, u32, [f64; 3]);

const DESIGNED: &[Designed] = &[
    ([500.0, 11.11, 1.0, 0.03], false, 0, false, 0, [15.0, 12.703_788_288_178, 521.257_075_748_01]),
    ([100.0, 1.55, 0.9, 0.1], false, 0, false, 0, [6.0, 2.059_697_995_169_6, 137.246_748_656_2]),
    ([50.0, 1.41, 0.3, 0.03], true, 0, false, 0, [21.0, 1.0, 50.170_388_340_75]),
    ([100.0, 4.4, 3.0, 0.01], true, 0, false, 0, [3.0, 8.0, 161.682_626_025_54]),
    ([2000.0, 1.71, 3.0, 0.3], false, 0, true, 0, [6.0, 3.290_699_783_200_5, 1_806.956_212_602_6]),
    ([20.0, 1.77, 0.5, 0.01], false, 0, true, 0, [5.0, 2.084_947_000_013_8, 31.477_610_801_575]),
    ([20.0, 0.74, 3.0, 0.01], true, 0, true, 0, [3.0, 1.0, 35.538_787_210_179]),
    ([370.0, 0.21, 0.5, 0.03], true, 0, true, 0, [2.0, 1.0, 577.001_469_373_86]),
    ([2000.0, 0.2, 0.7, 0.03], false, 1, false, 0, [6.1, 0.332_304_926_465_81, 2_037.829_624_717_5]),
    ([300.0, 0.13, 1.0, 0.03], false, 1, false, 0, [2.5, 0.271_501_698_253_1, 358.867_999_327_39]),
    ([370.0, 5.06, 0.9, 0.1], true, 1, false, 0, [10.9, 6.1, 381.919_448_955_93]),
    ([100.0, 5.08, 1.0, 0.01], true, 1, false, 0, [7.7, 6.1, 100.852_208_588_93]),
    ([200.0, 0.18, 2.0, 0.01], false, 1, true, 0, [2.1, 0.486_840_832_967_66, 384.746_299_262_33]),
    ([200.0, 3.81, 3.0, 0.3], false, 1, true, 0, [3.7, 6.290_021_850_919_1, 143.500_944_988_92]),
    ([50.0, 0.83, 0.5, 0.03], true, 1, true, 0, [3.5, 1.1, 51.712_438_914_688]),
    ([1000.0, 3.21, 3.0, 0.03], true, 1, true, 0, [5.4, 5.4, 984.099_391_923_41]),
    ([1000.0, 0.2, 0.9, 0.01], false, 2, false, 0, [4.16, 0.364_987_105_454_65, 1_007.312_883_593]),
    ([200.0, 0.11, 1.0, 0.1], false, 2, false, 0, [2.05, 0.238_594_839_295_66, 197.309_005_777_44]),
    ([200.0, 0.22, 0.5, 0.3], true, 2, false, 0, [3.51, 0.32, 214.578_123_787_48]),
    ([20.0, 0.99, 3.0, 0.1], true, 2, false, 0, [0.86, 2.15, 44.457_169_515_577]),
    ([200.0, 1.57, 0.9, 0.03], false, 2, true, 0, [5.95, 2.083_224_448_448_1, 204.968_355_329_76]),
    ([200.0, 1.44, 3.0, 0.3], false, 2, true, 0, [2.57, 2.873_648_160_532_5, 187.503_368_044_59]),
    ([1000.0, 0.2, 0.5, 0.03], true, 2, true, 0, [5.21, 0.3, 1_012.597_112_897_9]),
    ([200.0, 1.87, 1.2, 0.03], true, 2, true, 0, [5.69, 2.6, 220.769_139_183_8]),
    ([200.0, 0.0067, 3.0, 0.3], false, 0, false, 50, [2.0, 0.605_810_357_164_75, 150.462_623_133_28]),
    ([100.0, 0.02, 3.0, 0.03], true, 0, false, 100, [5.0, 3.0, 205.811_748_695_33]),
    ([1000.0, 0.11, 1.5, 0.1], false, 0, true, 20, [8.0, 2.640_955_577_057_8, 1_099.016_723_962_6]),
    ([2000.0, 0.05, 1.5, 0.1], true, 0, true, 100, [10.0, 7.0, 3_548.451_591_128_8]),
    ([100.0, 0.068, 1.5, 0.03], false, 1, false, 50, [6.7, 4.123_015_201_263_4, 103.809_904_550_39]),
    ([500.0, 0.5, 1.2, 0.3], true, 1, false, 5, [14.5, 2.6, 556.798_225_444_11]),
    ([20.0, 0.093, 1.5, 0.01], false, 1, true, 50, [3.7, 5.604_830_353_465_7, 21.014_336_718_763]),
    ([200.0, 0.0072, 1.5, 0.3], true, 1, true, 500, [8.7, 4.4, 213.308_537_640_03]),
    ([20.0, 0.25, 2.0, 0.03], false, 2, false, 5, [1.79, 1.609_640_474_436_8, 22.402_147_578_988]),
    ([100.0, 0.32, 1.5, 0.3], true, 2, false, 5, [5.26, 1.83, 110.751_873_829_9]),
    ([200.0, 0.34, 2.0, 0.01], false, 2, true, 5, [4.79, 2.111_165_003_415_2, 202.755_549_564_11]),
    ([500.0, 0.0067, 2.0, 0.3], true, 2, true, 50, [5.21, 0.48, 523.922_340_286_81]),
];

fn counts(n: u32) -> Counts {
    if n == 0 { Counts::Poisson } else { Counts::Binomial { n } }
}

fn near(got: f64, wanted: f64, tolerance: f64) -> bool {
    (got - wanted).abs() <= tolerance * wanted.abs()
}

#[test]
fn decision_intervals_are_those_of_find_h() {
    for row in DESIGNED {
        let &([arl0, theta0, s, rel_tol], round_k, digits, head_start, n, [h, k, arl]) = row;
        let wish = Wish { arl0, theta0, s, rel_tol, round_k, digits, head_start };
        let got = find_h(&wish, counts(n)).unwrap();
        assert!(
            near(got.h, h, 1e-12) && near(got.k, k, 1e-12) && near(got.arl, arl, 1e-9),
            "{row:?}: {got:?}"
        );
        assert!((got.relative_error - (arl - arl0).abs() / arl0).abs() < 1e-9, "{row:?}: {got:?}");
    }
    // `hValues` is `findH` for one mean after the other, with a tolerance of 0.02.
    for (theta0, h, run) in
        [(0.5, 3.7, 219.605_757_128), (2.0, 6.6, 203.660_979_849), (4.0, 8.5, 201.176_314_772)]
    {
        let got = find_h(&Wish { rel_tol: 0.02, ..Wish::new(200.0, theta0, 1.0) }, Counts::Poisson).unwrap();
        assert!(near(got.h, h, 1e-12) && near(got.arl, run, 1e-9), "{got:?}");
    }
    for (theta0, h, run) in [(0.5, 3.8, 206.137_936_482), (4.0, 8.6, 198.492_047_909)] {
        let wish = Wish { rel_tol: 0.02, head_start: true, ..Wish::new(200.0, theta0, 1.0) };
        let got = find_h(&wish, Counts::Poisson).unwrap();
        assert!(near(got.h, h, 1e-12) && near(got.arl, run, 1e-9), "{got:?}");
    }
    // Where its steps lead below the smallest chart there is, the reference breaks off; here it is that one.
    let small = Wish { digits: 0, head_start: true, rel_tol: 0.3, ..Wish::new(20.0, 0.17, 0.5) };
    assert!(find_h(&small, Counts::Poisson).is_ok_and(|design| design.h == 1.0));
}

#[test]
fn reference_values_are_those_of_find_k() {
    for (theta0, theta1, n, digits, k) in [
        (0.309_037_138_414_569_2, 0.176_908_074_475_359_2, 1, Some(3), 0.239),
        (8.517_914_922_199_244, 0.229_622_358_384_315_4, 0, Some(1), 2.3),
        (0.190_193_562_009_022_5, 8.928_883_784_827_027, 0, Some(3), 2.27),
        (0.625_231_340_508_908, 0.614_051_462_463_103_3, 500, Some(2), 309.83),
        (5.967_667_102_296_284, 0.778_905_031_227_607_4, 0, None, 2.548_229_750_200_903),
        (0.893_965_186_315_929_2, 1.799_840_029_838_667, 0, Some(0), 2.0),
        (0.310_554_906_239_267_5, 0.889_973_613_217_007_4, 50, Some(0), 31.0),
        // On this side and on that of a multiple of a half.
        (0.5, 1.756_139_472_178_915, 0, Some(3), 0.999),
        (0.5, 5.173_706_903_006_596, 0, Some(2), 2.01),
    ] {
        let got = find_k(theta0, theta1, counts(n), digits).unwrap();
        assert!(near(got, k, 1e-12), "{theta0} {theta1} {n} {digits:?}: {got}, not {k}");
    }
}

#[test]
fn run_lengths_are_those_of_arl_cusum() {
    for ([h, k, theta], n, winsor, digits, wanted) in [
        (
            [6.039_876_785_944_216, 4.236_406_021_306_104, 4.022_261_006_083_161],
            0,
            Some(10),
            0,
            [15.321_116_681_110_82, 11.533_671_785_842_75],
        ),
        (
            [4.129_966_182_634_234, 0.293_191_822_254_546_5, 0.046_073_268_954_126_96],
            5,
            Some(9),
            0,
            [17.763_648_291_735_35, 9.081_409_273_214_19],
        ),
        (
            [4.646_320_080_559_235, 0.535_851_325_853_256_8, 0.404_872_281_826_183_5],
            0,
            Some(12),
            2,
            [216.128_886_801_159_9, 193.994_133_045_927_5],
        ),
        (
            [9.552_347_144_561_237, 6.991_175_881_174_878, 6.156_522_875_285_09],
            0,
            Some(11),
            1,
            [141.238_423_456_470_5, 126.607_463_142_339_8],
        ),
        (
            [4.721_634_663_350_415, 0.904_326_290_396_472_6, 0.870_143_742_714_029_7],
            0,
            None,
            2,
            [45.164_141_033_255_86, 35.678_613_366_357_06],
        ),
        (
            [2.366_658_459_417_522, 0.554_798_985_594_982_2, 0.077_443_822_956_044_6],
            5,
            None,
            0,
            [142.555_471_035_307_6, 133.798_184_052_604_9],
        ),
    ] {
        let got = arl(h, k, theta, counts(n), winsor, digits).unwrap();
        assert!(near(got.zero, wanted[0], 1e-9) && near(got.head_start, wanted[1], 1e-9), "{h} {k}: {got:?}");
    }
    // The reference has 84.573111 at 3.38 and less, 84.573080, at 3.39: a state that rounding moved. A longer interval
    // never runs shorter here.
    let run = |h| arl(h, 1.17, 0.858_092_577_800_142_3, Counts::Poisson, Some(3), 2).unwrap().zero;
    assert!(near(run(3.38), 84.573_111_340_581, 1e-9) && run(3.39) >= run(3.38));
}

/// ARL while nothing has changed and after, and `find.kh`'s k and h: they are where its search was content, 1e-5 off.
#[test]
fn reference_and_interval_are_those_of_find_kh() {
    for (arl_a, arl_r, sided, k, h) in [
        (100.0, 5.0, Sided::One, 0.577_313_645_7, 2.547_978_758_9),
        (370.0, 10.0, Sided::One, 0.451_897_657_5, 4.436_277_200_1),
        (500.0, 7.0, Sided::One, 0.593_593_506_1, 3.800_789_063_3),
        (1000.0, 15.0, Sided::One, 0.400_345_771, 6.071_791_506_3),
        (100.0, 7.0, Sided::Two, 0.519_033_990_1, 3.400_477_483_2),
        (370.0, 10.0, Sided::Two, 0.497_627_217_2, 4.792_645_677_4),
    ] {
        let (got_k, got_h) = cusum::find_kh(arl_a, arl_r, sided).unwrap();
        assert!(near(got_k, k, 2e-5) && near(got_h, h, 2e-5), "{arl_a} {arl_r}: {got_k} {got_h}");
    }
}
