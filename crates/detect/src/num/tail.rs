//! The area under the tail of a log-concave density, relative to its height where the tail begins.

/// Points and weights of Gauss and Legendre with 20 points, the right half.
const GAUSS: [(f64, f64); 10] = [
    (0.076_526_521_133_497_33, 0.152_753_387_130_725_85),
    (0.227_785_851_141_645_08, 0.149_172_986_472_603_75),
    (0.373_706_088_715_419_56, 0.142_096_109_318_382_05),
    (0.510_867_001_950_827_1, 0.131_688_638_449_176_63),
    (0.636_053_680_726_515, 0.118_194_531_961_518_42),
    (0.746_331_906_460_150_8, 0.101_930_119_817_240_43),
    (0.839_116_971_822_218_8, 0.083_276_741_576_704_75),
    (0.912_234_428_251_326, 0.062_672_048_334_109_06),
    (0.963_971_927_277_913_8, 0.040_601_429_800_386_94),
    (0.993_128_599_185_094_9, 0.017_614_007_139_152_118),
];

/// Beyond this many natural logarithms below its height the tail no longer counts.
const DEPTH: f64 = 40.0;

/// The integral of exp(-drop(u)) over u from 0 to `end`, for a convex `drop` that is 0 and rising at 0. `step` is any
/// length over which it drops noticeably.
pub(crate) fn area(drop: impl Fn(f64) -> f64, step: f64, end: f64) -> f64 {
    let (mut near, mut far) = (0.0, step.min(end));
    // More doublings than there are numbers for: a step of nothing, of shapes beyond all sense, grows no more.
    for _ in 0..2_100 {
        if !(far < end && drop(far) < DEPTH) {
            break;
        }
        near = far;
        far = (2.0 * far).min(end);
    }
    for _ in 0..6 {
        let middle = 0.5 * (near + far);
        if drop(middle) < DEPTH { near = middle } else { far = middle }
    }
    let half = far / 8.0;
    let panel = |index: i32| -> f64 {
        let centre = half * f64::from(2 * index + 1);
        let pair = |(x, weight): &(f64, f64)| {
            weight * ((-drop(centre - half * x)).exp() + (-drop(centre + half * x)).exp())
        };
        GAUSS.iter().map(pair).sum()
    };
    half * (0..4).map(panel).sum::<f64>()
}
