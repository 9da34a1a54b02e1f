//! The RKI method: a Poisson limit, or mean and two standard deviations, over the same weeks of earlier years.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::{Judge, Memory, Method, Mode, within};
use crate::explain::{Explanation, Row, VERSION};
use crate::judge::{Judgement, Reason};
use crate::outcome::{NA, Outcome, Refusal, over};
use crate::param::{self, ParamError, require};
use crate::series::Series;

/// The method `rki`.
pub(crate) static METHOD: Method = Method {
    name: "rki",
    doc: "\
Compares a count with those of the `w` steps before it (with `actY`) and of the 2w+1 steps around the same step of \
each of the `b` years before. The bound is the upper limit of the 95 % interval of Crow and Gardner (1959) for a \
Poisson count where their mean is at most 20, else mean and two standard deviations; a count over it is an alarm.

| parameter | meaning |
|---|---|
| `b` | years to look back, 0 to 20; default 2 |
| `w` | half the window, 1 to 52; default 4 |
| `actY` | whether the steps just before count too; default false |
| `mode` | `default` or `compat`: in `compat` one missing value among those compared with leaves the point unjudged; by default the others are used while at least half are there |

RKI 1 is w 6, b 0, actY; RKI 2 is w 6, b 1, actY; RKI 3 is w 4, b 2.",
    example: r#"{"b": 2, "w": 4, "actY": false}"#,
    read: |json| Ok(Box::new(param::read::<Rki>(json)?.checked()?)),
};

/// The parameters, named as in R surveillance.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq)]
#[serde(deny_unknown_fields, default)]
struct Rki {
    b: usize,
    w: usize,
    #[serde(rename = "actY")]
    act_y: bool,
    mode: Mode,
}

impl Default for Rki {
    fn default() -> Self {
        Self { b: 2, w: 4, act_y: false, mode: Mode::Default }
    }
}

/// The upper limits of Crow and Gardner (Biometrika 46, 1959) at 95 % for means from 0 to 20.
const CROW_GARDNER: [f64; 21] = [
    3.285, 5.323, 6.686, 8.102, 9.598, 11.177, 12.817, 13.765, 14.921, 16.768, 17.633, 19.050, 20.335,
    21.364, 22.945, 23.762, 25.400, 26.306, 27.735, 28.966, 30.017,
];

impl Rki {
    fn checked(self) -> Result<Self, ParamError> {
        require(self.b <= 20, "b", "must be from 0 to 20")?;
        require((1..=52).contains(&self.w), "w", "must be from 1 to 52")?;
        require(self.b > 0 || self.act_y, "b", "must be above 0 unless actY is true")?;
        Ok(self)
    }

    /// How far the oldest value lies before the point.
    fn reach(&self, freq: u32) -> usize {
        if self.b == 0 { self.w } else { self.b * freq as usize + self.w }
    }

    /// The indexes that a point is compared with, oldest first.
    fn baseline(&self, index: usize, freq: u32) -> impl Iterator<Item = usize> + use<> {
        let (w, year) = (self.w, freq as usize);
        let years = (1..=self.b).rev().flat_map(move |i| index - i * year - w..=index - i * year + w);
        years.chain((if self.act_y { index - w } else { index })..index)
    }

    fn bound(&self, values: &[f64], missing: usize) -> Result<(f64, f64), Reason> {
        let short = match self.mode {
            Mode::Compat => missing > 0,
            Mode::Default => missing > values.len(),
        };
        if short || values.is_empty() {
            return Err(Reason::MissingInWindow { missing: u32::try_from(missing).unwrap_or(u32::MAX) });
        }
        let n = values.len() as f64;
        let mean = values.iter().sum::<f64>() / n;
        if mean <= 20.0 {
            return Ok((mean, CROW_GARDNER[mean as usize]));
        }
        let squares: f64 = values.iter().map(|v| (v - mean) * (v - mean)).sum();
        Ok((mean, mean + 2.0 * (squares / (n - 1.0)).sqrt()))
    }
}

impl Judge for Rki {
    fn looks_back_to(&self, index: usize, freq: u32) -> usize {
        index.saturating_sub(self.reach(freq))
    }

    fn first_judged(&self, series: &Series<'_>) -> usize {
        series.first + self.reach(series.freq)
    }

    fn judge(&self, series: &Series<'_>, range: Range<usize>, _: &mut Memory) -> Result<Outcome, Refusal> {
        within(series, &range)?;
        let (need, have) = (self.reach(series.freq), range.start - series.first);
        if have < need {
            return Err(Refusal::TooShort { what: "rki", need, have });
        }
        let mut outcome = Outcome::with_capacity(range.start, range.len());
        let mut values = Vec::with_capacity(self.b * (2 * self.w + 1) + self.w);
        for index in range {
            values.clear();
            values.extend(self.baseline(index, series.freq).map(|at| series.value(at)));
            let all = values.len();
            values.retain(|value| !value.is_nan());
            match self.bound(&values, all - values.len()) {
                Ok((mean, bound)) => {
                    let value = series.value(index);
                    outcome.push(mean, bound, value / bound, over(value, bound, Reason::Undefined));
                }
                Err(reason) => outcome.push(NA, NA, NA, Judgement::CannotJudge(reason)),
            }
        }
        Ok(outcome)
    }

    fn explain(&self, series: &Series<'_>, from: usize, index: usize) -> Result<Explanation, Refusal> {
        let outcome = self.judge(series, index..index + 1, &mut Memory::default())?;
        debug_assert!(from <= index, "a point before the first judged is not explained");
        let row = |at| Row {
            index: at,
            value: series.value(at),
            weight: if series.value(at).is_nan() { 0.0 } else { 1.0 },
        };
        let (mean, bound) = (outcome.expected[0], outcome.upperbound[0]);
        let rule = if mean <= 20.0 {
            "the mean is at most 20, so the bound is the limit of Crow and Gardner for it"
        } else {
            "the mean is over 20, so the bound is mean and two standard deviations"
        };
        Ok(Explanation {
            method: METHOD.name,
            mode: self.mode,
            version: VERSION,
            index,
            baseline: self.baseline(index, series.freq).map(row).collect(),
            numbers: vec![("expected", mean), ("upperbound", bound)],
            because: vec![rule.to_owned()],
        })
    }
}
