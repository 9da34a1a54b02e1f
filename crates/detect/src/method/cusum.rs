//! CUSUM of counts that are transformed to nearly normal ones.

mod transform;

use std::f64::consts::TAU;
use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::chart::{Level, add_numbers, again, from_its_beginning, or_na, rows};
use super::{Judge, Memory, Method, Mode, within};
use crate::explain::{Explanation, VERSION};
use crate::judge::{Judgement, Reason};
use crate::num::glm::{Design, Family, fit};
use crate::outcome::{Cells, Column, NA, Outcome, Refusal};
use crate::param::{self, ParamError, require};
use crate::series::Series;
use transform::Trans;

/// The method `cusum`.
pub(crate) static METHOD: Method = Method {
    name: "cusum",
    doc: "\
Sums up how far counts lie above their in-control mean: `C = max(0, C + z - k)` from 0, where `z` is the count made \
nearly standard normal. An alarm when `C` reaches `h`; then the sum begins anew (Rossi, Lampugnani and Marchi, \
Statistics in Medicine 18, 1999). The score is `C`; the bound is the count that it takes to alarm.

| parameter | meaning |
|---|---|
| `k` | the reference value in standard deviations, half the shift to be found; default 1.04 |
| `h` | the decision interval; default 2.26 |
| `m` | the in-control mean: a number, one for each point, `\"glm\"` for a Poisson model with one yearly wave of all values before the first judged, or none for their mean |
| `trans` | `standard` (default), `rossi`, `anscombe`, `anscombe2nd`, `pearsonNegBin`, `anscombeNegBin`, or `none` |
| `alpha` | the dispersion of the two NegBin transforms, the variance being m + alpha m²; default 0, in `compat` 0.1 |
| `reset` | whether the sum begins anew after an alarm; by default it does, and in `compat` not |
| `mode` | `default` or `compat`: in `compat` the bounds of `none`, `anscombe2nd` and `anscombeNegBin` are the reference's, after one missing value nothing is judged any more, and of an infinite one `alarm` says what the reference does; by default a missing value leaves the sum as it is |

`k` and `h` for a wished run length: the design of charts has `find_kh`. k 1.04 and h 2.26 run about 500 points in control \
and find a shift of 2 standard deviations in 3.",
    example: r#"{"k": 1.04, "h": 2.26, "m": "glm", "trans": "rossi"}"#,
    read: |json| Ok(Box::new(param::read::<Cusum>(json)?.checked()?)),
};

/// Where the in-control mean comes from.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq)]
#[serde(untagged)]
enum Mean {
    Level(Level),
    Model(Model),
}

#[derive(Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
enum Model {
    Glm,
}

/// The parameters, named as in R surveillance.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq)]
#[serde(deny_unknown_fields, default)]
struct Cusum {
    k: f64,
    h: f64,
    m: Option<Mean>,
    trans: Trans,
    alpha: Option<f64>,
    reset: Option<bool>,
    mode: Mode,
}

impl Default for Cusum {
    fn default() -> Self {
        let trans = Trans::Standard;
        Self { k: 1.04, h: 2.26, m: None, trans, alpha: None, reset: None, mode: Mode::Default }
    }
}

/// Between two points: where the chart began, the sum (below 0 once it is lost), and what the mean comes from.
struct State {
    from: usize,
    sum: f64,
    mean: [f64; 3],
}

impl State {
    fn save(&self, memory: &mut Memory) {
        memory.0.clear();
        let sum = if self.sum.is_nan() { -1.0 } else { self.sum };
        memory.0.extend([self.from as f64, sum]);
        // A mean that could not be told is kept as one of 0, whose transforms are none.
        memory.0.extend(self.mean.map(|c| if c.is_finite() { c } else { f64::MIN }));
    }

    fn load(memory: &Memory) -> Option<Self> {
        let &[from, sum, a, b, c] = memory.0.as_slice() else { return None };
        let mean = [a, b, c].map(|c| if c == f64::MIN { f64::NAN } else { c });
        Some(Self { from: from as usize, sum: if sum < 0.0 { f64::NAN } else { sum }, mean })
    }
}

impl Cusum {
    fn checked(self) -> Result<Self, ParamError> {
        require(self.k.is_finite(), "k", "must be a number")?;
        require(self.h > 0.0 && self.h.is_finite(), "h", "must be above 0")?;
        let alpha = self.alpha.unwrap_or(0.0);
        require((0.0..=1e6).contains(&alpha), "alpha", "must be from 0 to 1e6")?;
        if let Some(Mean::Level(level)) = &self.m {
            require(level.all(|m| m > 0.0 && m.is_finite()), "m", "must be above 0")?;
        }
        Ok(self)
    }

    fn start(&self, series: &Series<'_>, from: usize) -> Result<State, Refusal> {
        let mean = match self.m {
            Some(Mean::Level(_)) => [0.0; 3],
            None => {
                from_its_beginning(series)?;
                let before = || (0..from).map(|index| series.value(index));
                let known = || before().filter(|value| value.is_finite());
                let count = match self.mode {
                    Mode::Compat if before().any(f64::is_nan) => 0,
                    _ => known().count(),
                };
                if count == 0 && self.mode == Mode::Default {
                    return Err(Refusal::TooShort { what: "the mean of cusum", need: 1, have: 0 });
                }
                [if count > 0 { known().sum::<f64>() / count as f64 } else { f64::NAN }, 0.0, 0.0]
            }
            Some(Mean::Model(Model::Glm)) => {
                from_its_beginning(series)?;
                wave(series, from)?
            }
        };
        Ok(State { from, sum: 0.0, mean })
    }

    fn mean(&self, state: &State, series: &Series<'_>, index: usize) -> Result<f64, Refusal> {
        match &self.m {
            Some(Mean::Level(level)) => level.at(index - state.from),
            None => Ok(state.mean[0]),
            Some(Mean::Model(Model::Glm)) => {
                let (sin, cos) = turn(series, index).sin_cos();
                let part = |c: f64, x: f64| if c.is_nan() { 0.0 } else { c * x };
                let mean = (state.mean[0] + part(state.mean[1], cos) + part(state.mean[2], sin)).exp();
                // Means of a model are at least that in R.
                Ok(if self.mode == Mode::Compat { mean.max(f64::EPSILON) } else { mean })
            }
        }
    }

    /// Adds a point to the sum: score, bound and judgement.
    fn step(&self, state: &mut State, x: f64, m: f64) -> (f64, f64, Judgement) {
        let compat = self.mode == Mode::Compat;
        // What the reference takes where it is not told.
        let alpha = self.alpha.unwrap_or(if compat { 0.1 } else { 0.0 });
        let z = self.trans.apply(x, m, alpha, compat);
        let d = self.h + self.k - state.sum;
        // Beyond that it would never come down again.
        let sum = (state.sum + z - self.k).clamp(0.0, 1e300);
        let usable = z.is_finite() && !state.sum.is_nan();
        if compat {
            // What is none stays as it was first, missing or undefined.
            let sum = match z {
                _ if state.sum.is_nan() => state.sum,
                // And beyond its table of the hypergeometric function the reference finds a missing value.
                _ if x.is_nan() || m.is_nan() || (z.is_nan() && self.trans == Trans::AnscombeNegBin) => NA,
                z if z.is_nan() => z,
                _ => sum,
            };
            let bound = self.trans.reference_bound(d, self.h - sum, m, alpha);
            state.sum = sum;
            if sum >= self.h && self.reset == Some(true) {
                state.sum = 0.0;
            }
            let judgement = match x {
                _ if x.is_nan() => Judgement::CannotJudge(Reason::Missing),
                _ if x.is_infinite() => Judgement::CannotJudge(Reason::OutOfRange),
                _ if sum.is_nan() => Judgement::CannotJudge(Reason::Undefined),
                _ if sum >= self.h => Judgement::Alarm,
                _ => Judgement::NoAlarm,
            };
            return (sum, bound, judgement);
        }
        let bound = self.trans.invert(d, m, alpha);
        let bound = if bound.is_finite() { bound } else { NA };
        let reason = match x {
            x if x.is_nan() => Reason::Missing,
            x if !x.is_finite() || x < 0.0 => Reason::OutOfRange,
            _ => Reason::Undefined,
        };
        if !usable || !x.is_finite() {
            return (NA, bound, Judgement::CannotJudge(reason));
        }
        state.sum = sum;
        let judgement = if sum >= self.h { Judgement::Alarm } else { Judgement::NoAlarm };
        if sum >= self.h && self.reset != Some(false) {
            state.sum = 0.0;
        }
        (sum, bound, judgement)
    }
}

/// How far around the year a point lies.
fn turn(series: &Series<'_>, index: usize) -> f64 {
    TAU / f64::from(series.freq) * (f64::from(series.start) + index as f64)
}

/// The coefficients of a Poisson model with one yearly wave.
fn wave(series: &Series<'_>, from: usize) -> Result<[f64; 3], Refusal> {
    let known: Vec<usize> = (0..from).filter(|index| series.value(*index).is_finite()).collect();
    let column = |f: fn(f64) -> f64| known.iter().map(move |index| f(turn(series, *index)));
    let design = Design::new(known.len()).with_intercept().with(column(f64::cos)).with(column(f64::sin));
    let y: Vec<f64> = known.iter().map(|index| series.value(*index)).collect();
    let fitted = fit(&design, &y, None, None, Family::Poisson)
        .map_err(|_| Refusal::Needs("the model of the mean cannot be fitted to the values before"))?;
    let mut coefficients = [f64::NAN; 3];
    coefficients.copy_from_slice(&fitted.coefficients);
    Ok(coefficients)
}

impl Judge for Cusum {
    fn looks_back_to(&self, index: usize, _: u32) -> usize {
        index
    }

    fn first_judged(&self, series: &Series<'_>) -> usize {
        series.first
            + match self.m {
                Some(Mean::Level(_)) => 0,
                None => 1,
                Some(Mean::Model(Model::Glm)) => series.freq as usize,
            }
    }

    fn judge(
        &self,
        series: &Series<'_>,
        range: Range<usize>,
        memory: &mut Memory,
    ) -> Result<Outcome, Refusal> {
        within(series, &range)?;
        let mut state = match State::load(memory) {
            Some(state) => state,
            None => self.start(series, range.start)?,
        };
        let mut outcome = Outcome::with_capacity(range.start, range.len());
        for index in range {
            let m = self.mean(&state, series, index)?;
            let (sum, bound, judgement) = self.step(&mut state, series.value(index), m);
            outcome.push(or_na(m), bound, sum, judgement);
        }
        let column = |name, numbers: &Vec<f64>| Column { name, cells: Cells::Numbers(numbers.clone()) };
        outcome.extra = vec![column("cusum", &outcome.score), column("mu0", &outcome.expected)];
        if self.mode == Mode::Compat {
            // The reference alarms on an infinite value too.
            let alarm = |sum: &f64| if sum.is_nan() { NA } else { f64::from(u8::from(*sum >= self.h)) };
            let alarms = outcome.score.iter().map(alarm).collect();
            outcome.extra.push(Column { name: "alarm", cells: Cells::Numbers(alarms) });
        }
        state.save(memory);
        Ok(outcome)
    }

    fn explain(&self, series: &Series<'_>, from: usize, index: usize) -> Result<Explanation, Refusal> {
        let (outcome, _) = again(self, series, from, index)?;
        let restarts = self.reset.unwrap_or(self.mode == Mode::Default);
        let zero = |at: &usize| {
            outcome.score[*at] <= 0.0 || (restarts && outcome.judgements[*at] == Judgement::Alarm)
        };
        let begun = (0..outcome.len() - 1).rev().find(zero).map_or(from, |at| from + at + 1);
        let mut explanation = Explanation {
            method: METHOD.name,
            mode: self.mode,
            version: VERSION,
            index,
            baseline: rows(series, begun..index),
            numbers: vec![("k", self.k), ("h", self.h)],
            because: vec![format!("the sum was zero last before point {}", begun + 1)],
        };
        add_numbers(&mut explanation, &outcome, &["expected", "upperbound", "cusum"]);
        if restarts {
            explanation.because.push("the sum begins anew after an alarm".to_owned());
        }
        Ok(explanation)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::method::method;

    fn run(params: &str, values: &[f64], from: usize) -> Outcome {
        let judge = method("cusum").unwrap().parse(params).unwrap();
        judge.judge(&Series::new(values, 52), from..values.len(), &mut Memory::default()).unwrap()
    }

    #[test]
    fn a_sum_by_hand_begins_anew_after_an_alarm() {
        let outcome = run(r#"{"m": 4, "k": 0.5, "h": 2}"#, &[4.0, 8.0, 6.0, 8.0, 2.0, 7.0], 0);
        let numbers = outcome.numbers("cusum").unwrap();
        assert_eq!(numbers, [0.0, 1.5, 2.0, 1.5, 0.0, 1.0]);
        assert_eq!(outcome.numbers("alarm").unwrap(), [0.0, 0.0, 1.0, 0.0, 0.0, 0.0]);
        assert_eq!(outcome.upperbound[2], 6.0, "the count that it takes");
        let kept = run(r#"{"m": 4, "k": 0.5, "h": 2, "mode": "compat"}"#, &[4.0, 8.0, 6.0, 8.0], 0);
        assert_eq!(kept.score[3], 3.5);
    }

    #[test]
    fn a_missing_value_is_no_zero() {
        let outcome = run(r#"{"m": 4, "k": 0.5, "h": 2}"#, &[8.0, f64::NAN, 6.0], 0);
        assert_eq!(outcome.judgements[1], Judgement::CannotJudge(Reason::Missing));
        assert_eq!(outcome.score[2], 2.0, "the sum was kept");
    }

    #[test]
    fn nonsense_is_refused_in_words() {
        for params in [r#"{"h": 0}"#, r#"{"m": 0}"#, r#"{"m": "gam"}"#, r#"{"kk": 1}"#, r#"{"m": []}"#] {
            assert!(method("cusum").unwrap().parse(params).is_err(), "{params}");
        }
        let judge = method("cusum").unwrap().parse(r#"{"m": [1, 2]}"#).unwrap();
        let error = judge.judge(&Series::new(&[1.0; 3], 52), 0..3, &mut Memory::default()).unwrap_err();
        assert!(error.to_string().contains("fewer in-control levels"), "{error}");
    }
}
