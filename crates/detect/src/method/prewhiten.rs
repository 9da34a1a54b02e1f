//! Making measurements independent before a chart looks at them: what is left of each after the usual one of its hour,
//! and after what the values before it say of it.
//!
//! Charts have the run length that they are designed for where measurements are independent; where neighbouring ones
//! are alike they alarm far more often, and a chart of the residuals of an autoregression is the remedy (Alwan and
//! Roberts 1988). Both parts are learnt once, from the values before the first judged, in ways that some outliers among
//! them do not bend: the usual value of a phase is a median, and the autoregression is that of the autocorrelations of
//! residuals cut at three deviations (Huber's) and left out beyond five, by the recursion of Levinson and Durbin, so that
//! it never explodes.

use serde::{Deserialize, Serialize};

use crate::param::{ParamError, require};

/// What every chart of measurements says of the parameter.
macro_rules! row {
    () => {
        "| `prewhiten` | such as `{\"ar\": 2, \"season\": 48}`: judges what is left of each measurement after the \
         median of its phase among `season` of them, and of the phases beside it where values are few (1, the \
         default: after the median of all), and after an autoregression on the `ar` before it (0 to 4; default 2). \
         Both are learnt, robustly, from the values before the first judged, as mean and deviation of what is left are; `mean` and `sd` are left out then. Expected \
         value and bounds are the measurement's all the same. After a missing value the limits are wider; an outlier \
         counts for what follows by no more than four deviations. `default` mode alone; left out: nothing is |\n"
    };
}
pub(super) use row;

/// The most values before that are looked at.
const MOST: usize = 4;
/// The names of their coefficients in an explanation.
pub(super) const NAMES: [&str; MOST] = ["ar1", "ar2", "ar3", "ar4"];
/// The longest season.
const LONGEST: usize = 10_000;
/// So many values are wanted for the usual value of a phase.
const ENOUGH: usize = 10;
/// Beyond so many deviations a residual is cut before autocorrelations are taken,
const CUT: f64 = 3.0;
/// and beyond so many it is none.
const OUT: f64 = 5.0;
/// By so many deviations at most does an outlier count for what follows.
const REACH: f64 = 4.0;
/// The largest partial autocorrelation that is believed.
const PARTIAL: f64 = 0.99;

/// How measurements are made independent.
#[derive(Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Prewhiten {
    ar: usize,
    season: usize,
}

impl Default for Prewhiten {
    fn default() -> Self {
        Self { ar: 2, season: 1 }
    }
}

impl Prewhiten {
    pub(super) fn check(self) -> Result<(), ParamError> {
        require(self.ar <= MOST, "prewhiten", "must have an ar from 0 to 4")?;
        require((1..=LONGEST).contains(&self.season), "prewhiten", "must have a season from 1 to 10000")
    }

    /// So many values are to be learnt from: two of each phase, and thirty.
    pub(super) fn least(self) -> usize {
        (2 * self.season).max(30) + self.ar
    }

    /// So many values before one are looked at.
    pub(super) fn looks_back(self) -> usize {
        self.ar
    }

    /// So many phases to each side have a say in the usual value of one, where the values are too few for phases by
    /// themselves.
    fn aside(self, values: usize) -> usize {
        let wanted = (ENOUGH * self.season).div_ceil(values.max(1)) / 2;
        wanted.min(self.season / 24)
    }

    /// How many numbers are learnt from so many values.
    pub(super) fn learnt(self, values: usize) -> f64 {
        self.season as f64 / (2 * self.aside(values) + 1) as f64 + self.ar as f64
    }

    pub(super) fn words(self) -> String {
        format!(
            "judged by what is left after the median of its phase of {} and an autoregression on {} values before, \
             both learnt from all values before the first judged",
            self.season, self.ar
        )
    }
}

/// What was learnt, and what goes on from point to point.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct White {
    /// The coefficients, that of the value just before first.
    ar: Vec<f64>,
    /// What the values before are off their medians, the last one first; a missing one as it was foretold.
    off: Vec<f64>,
    /// Values missing since the last one.
    gap: f64,
    /// The median of each phase.
    medians: Vec<f64>,
}

/// What a measurement is judged against.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Foretold {
    /// What it is without anything new.
    pub(super) value: f64,
    /// How many times as large the deviation of what is new is, after values that are missing.
    pub(super) wider: f64,
}

impl White {
    /// Learns from the values of a series from its beginning, and gives what is new in each; not-a-number where one is
    /// missing, or one that it is foretold from. Only the values up to the last are looked at.
    pub(super) fn learn(how: Prewhiten, values: &[f64]) -> (Self, Vec<f64>) {
        let all = median(values.iter().copied()).unwrap_or(0.0);
        let phase =
            |phase: usize| median(values.iter().copied().skip(phase).step_by(how.season)).unwrap_or(all);
        let medians: Vec<f64> = (0..how.season).map(phase).collect();
        let off: Vec<f64> =
            values.iter().enumerate().map(|(at, value)| usable(*value) - medians[at % how.season]).collect();
        let mut white =
            Self { ar: autoregression(&cut(&off), how.ar), off: vec![0.0; how.ar], gap: 0.0, medians };
        let new = off.iter().enumerate().map(|(at, off_now)| {
            let before = (1..=how.ar).map(|lag| at.checked_sub(lag).map_or(f64::NAN, |at| off[at]));
            off_now - before.zip(&white.ar).map(|(off, weight)| weight * off).sum::<f64>()
        });
        let new: Vec<f64> = new.collect();
        let sd = deviation(&new);
        values.iter().enumerate().for_each(|(at, value)| white.take(at, *value, sd));
        (white, new)
    }

    /// What is foretold of the value at an absolute index.
    pub(super) fn foretell(&self, index: usize) -> Foretold {
        let value = self.median(index) + self.ahead();
        if self.gap == 0.0 {
            return Foretold { value, wider: 1.0 };
        }
        // The weights with which what was new since the gap began would stand in the value.
        let mut weights = vec![1.0];
        for at in 1..=(self.gap as usize).min(1000) {
            let weight = (1..=self.ar.len().min(at)).map(|lag| self.ar[lag - 1] * weights[at - lag]).sum();
            weights.push(weight);
        }
        Foretold { value, wider: weights.iter().map(|weight| weight * weight).sum::<f64>().sqrt() }
    }

    /// Takes the value at an absolute index, where `sd` is the deviation of what is new.
    pub(super) fn take(&mut self, index: usize, value: f64, sd: f64) {
        let ahead = self.ahead();
        let Foretold { wider, .. } = self.foretell(index);
        let off = usable(value) - self.median(index);
        let reach = REACH * sd * wider;
        let off_now = if off.is_nan() { ahead } else { ahead + (off - ahead).clamp(-reach, reach) };
        self.gap = if off.is_nan() { self.gap + 1.0 } else { 0.0 };
        if let Some(oldest) = self.off.last_mut() {
            *oldest = off_now;
            self.off.rotate_right(1);
        }
    }

    pub(super) fn coefficients(&self) -> &[f64] {
        &self.ar
    }

    fn ahead(&self) -> f64 {
        self.ar.iter().zip(&self.off).map(|(weight, off)| weight * off).sum()
    }

    fn median(&self, index: usize) -> f64 {
        self.medians[index % self.medians.len()]
    }

    /// Adds all to what a method carries.
    pub(super) fn save(&self, memory: &mut Vec<f64>) {
        memory.extend(self.ar.iter().chain(&self.off).chain([&self.gap]).chain(&self.medians));
    }

    /// Reads it again; none where it is no such thing.
    pub(super) fn load(how: Prewhiten, memory: &[f64]) -> Option<Self> {
        if memory.len() != 2 * how.ar + 1 + how.season {
            return None;
        }
        let (ar, rest) = memory.split_at(how.ar);
        let (off, rest) = rest.split_at(how.ar);
        let (gap, medians) = rest.split_first()?;
        Some(Self { ar: ar.to_vec(), off: off.to_vec(), gap: *gap, medians: medians.to_vec() })
    }
}

/// A measurement, or not-a-number where it is none.
fn usable(value: f64) -> f64 {
    if value.abs() <= 1e100 { value } else { f64::NAN }
}

fn median(values: impl Iterator<Item = f64>) -> Option<f64> {
    let mut known: Vec<f64> = values.filter(|value| value.abs() <= 1e100).collect();
    known.sort_unstable_by(f64::total_cmp);
    let middle = known.len() / 2;
    let high = *known.get(middle)?;
    Some(if known.len() % 2 == 1 { high } else { f64::midpoint(known[middle - 1], high) })
}

/// The standard deviation from zero of what is known.
fn deviation(values: &[f64]) -> f64 {
    let (squares, count) = values
        .iter()
        .filter(|value| !value.is_nan())
        .fold((0.0, 0.0_f64), |(squares, count), value| (squares + value * value, count + 1.0));
    (squares / count.max(1.0)).sqrt()
}

/// Residuals with those far out drawn in, and those farther out missing.
fn cut(off: &[f64]) -> Vec<f64> {
    // The median deviation, which is 0 where most are alike.
    let scale = 1.4826 * median(off.iter().map(|off| off.abs())).unwrap_or(0.0);
    let scale = if scale > 0.0 { scale } else { deviation(off) };
    let drawn = |off: &f64| {
        if off.abs() > OUT * scale { f64::NAN } else { off.clamp(-CUT * scale, CUT * scale) }
    };
    off.iter().map(drawn).collect()
}

/// The coefficients of an autoregression by the recursion of Levinson and Durbin, from pairs that are both known.
fn autoregression(off: &[f64], order: usize) -> Vec<f64> {
    let largest = off.iter().fold(0.0_f64, |largest, off| largest.max(off.abs()));
    if largest == 0.0 {
        return vec![0.0; order];
    }
    let along = |lag: usize| {
        let pairs = off.iter().zip(&off[lag.min(off.len())..]);
        let products = pairs.map(|(before, now)| before / largest * (now / largest));
        let (sum, count) = products
            .filter(|product| !product.is_nan())
            .fold((0.0, 0.0_f64), |(sum, count), product| (sum + product, count + 1.0));
        sum / count.max(1.0)
    };
    let variance = along(0);
    let mut weights: Vec<f64> = vec![];
    let mut left = variance;
    for lag in 1..=order {
        let told: f64 = weights.iter().enumerate().map(|(at, weight)| weight * along(lag - 1 - at)).sum();
        let partial = (along(lag) - told) / left;
        let partial = if partial.is_nan() { 0.0 } else { partial.clamp(-PARTIAL, PARTIAL) };
        let before = weights.clone();
        for (weight, mirrored) in weights.iter_mut().zip(before.iter().rev()) {
            *weight -= partial * mirrored;
        }
        weights.push(partial);
        left *= 1.0 - partial * partial;
    }
    weights
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Normal numbers, by a generator of our own.
    fn normals(count: usize) -> impl Iterator<Item = f64> {
        let mut random = crate::nowcast::Random::new(5);
        (0..count).map(move |_| crate::normal::quantile(random.next()))
    }

    /// An autoregression about a wave of 24 steps.
    fn wave(ar: [f64; 2], count: usize) -> Vec<f64> {
        let (mut one, mut two) = (0.0, 0.0);
        let value = |(at, new): (usize, f64)| {
            (one, two) = (ar[0] * one + ar[1] * two + new, one);
            30.0 + 8.0 * (at as f64 / 24.0 * std::f64::consts::TAU).sin() + one
        };
        normals(count).enumerate().map(value).collect()
    }

    #[test]
    fn what_made_the_series_is_learnt_in_spite_of_outliers_and_gaps() {
        let mut values = wave([0.9, -0.3], 6000);
        for at in (0..6000).step_by(97) {
            values[at] = if at % 2 == 0 { 500.0 } else { f64::NAN };
        }
        let (white, new) = White::learn(Prewhiten { ar: 2, season: 24 }, &values);
        assert!((white.ar[0] - 0.9).abs() < 0.06 && (white.ar[1] + 0.3).abs() < 0.06, "{:?}", white.ar);
        let spread = 1.4826 * median(new.iter().map(|new| new.abs())).unwrap();
        assert!((spread - 1.0).abs() < 0.06, "{spread}");
        assert!((white.medians[6] - 38.0).abs() < 0.5 && (white.medians[18] - 22.0).abs() < 0.5);
    }

    #[test]
    fn after_a_gap_the_past_says_less() {
        let (mut white, _) = White::learn(Prewhiten { ar: 1, season: 1 }, &wave([0.8, 0.0], 480));
        let ar = white.ar[0];
        white.take(480, white.medians[0] + 3.0, 1.0);
        assert_eq!(white.foretell(481).wider, 1.0);
        let near = white.foretell(481).value;
        white.take(481, f64::NAN, 1.0);
        let far = white.foretell(482);
        assert!((far.wider - (1.0 + ar * ar).sqrt()).abs() < 1e-12, "{far:?}");
        assert!(((far.value - white.medians[0]) - ar * (near - white.medians[0])).abs() < 1e-12);
        white.take(482, white.medians[0], 1.0);
        assert_eq!(white.foretell(483).wider, 1.0);
    }

    #[test]
    fn what_is_saved_is_read_and_nothing_explodes() {
        let how = Prewhiten { ar: 3, season: 5 };
        let (white, _) = White::learn(how, &(0..90).map(|at| f64::from(at) * 1e90).collect::<Vec<_>>());
        let mut memory = vec![];
        white.save(&mut memory);
        assert_eq!(White::load(how, &memory), Some(white));
        assert_eq!(White::load(Prewhiten::default(), &memory), None);
        for values in [vec![], vec![7.0; 50], vec![f64::NAN; 50], vec![1e100, -1e100, f64::INFINITY]] {
            let (white, _) = White::learn(how, &values);
            assert!(white.foretell(3).value.is_finite() && white.ar.iter().all(|weight| weight.is_finite()));
        }
    }
}
