//! EARS C1 to C3 over whole series.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::{Judge, Memory, Method, Mode, rows, within};
use crate::ears::formula::{Usual, counted};
use crate::ears::{EarsMethod, EarsParams};
use crate::explain::{Explanation, VERSION};
use crate::judge::{Judgement, Reason};
use crate::outcome::{NA, Outcome, Refusal, over, unjudged};
use crate::param::{self, ParamError, require};
use crate::series::Series;

/// The method `earsC`.
pub(crate) static METHOD: Method = Method {
    name: "earsC",
    doc: "\
Compares a count with the mean m and the standard deviation s of a few counts shortly before it (EARS; Hutwagner and \
others, Journal of Urban Health 80, 2003). Needs no years of history. The same sums as the detector `ears`, over a \
whole series.

| parameter | meaning |
|---|---|
| `method` | `C1` (the default): the `baseline` counts just before; `C2`: those before a pause of two; `C3`: as C2, adding up the excess of three counts |
| `baseline` | how many counts to compare with, 2 to 365, in `compat` 3 or more; default 7 |
| `minSigma` | the least s; default 0.5, in `compat` 0 |
| `alpha` | the chance of a false alarm, which sets z; default: z = 3 for C1 and C2, z = 2 for C3; in `compat` 0.001 and 0.025 |
| `min_baseline` | how many of the baseline's counts must be there; default all, and always all in `compat` |
| `mode` | `default` or `compat` |

C1 and C2 alarm when a count is over m + z s; `score` is (count - m) / (z s). C3 adds up e = max(0, (count - m)/s - 1) \
of this count and of the two before that were no C2 alarms themselves (z score at most 3), and alarms when the sum is \
over z; `score` is sum / z, and the bound the count that reaches it, 0 when the two before reach it alone.

`compat` gives the answers of `earsC` of R surveillance 1.20.3, whose C3 does not look at the count itself but only at \
the two before it, and which judges against a spread of zero.",
    example: r#"{"method": "C2", "baseline": 7}"#,
    read: |json| {
        let given: Given = param::read(json)?;
        Ok(Box::new(EarsC::checked(given)?))
    },
};

/// The parameters, named as in R surveillance.
#[derive(Serialize, Deserialize, Clone, Debug)]
#[serde(deny_unknown_fields)]
struct Given {
    #[serde(default = "c1")]
    method: EarsMethod,
    #[serde(default = "seven")]
    baseline: usize,
    #[serde(rename = "minSigma")]
    min_sigma: Option<f64>,
    alpha: Option<f64>,
    min_baseline: Option<usize>,
    #[serde(default)]
    mode: Mode,
}

fn c1() -> EarsMethod {
    EarsMethod::C1
}

fn seven() -> usize {
    7
}

#[derive(Clone, Debug)]
struct EarsC {
    params: EarsParams,
    sigma: f64,
    z: f64,
}

impl EarsC {
    fn checked(given: Given) -> Result<Self, ParamError> {
        let Given { method, baseline, min_sigma, alpha, min_baseline, mode } = given;
        require(mode == Mode::Default || baseline >= 3, "baseline", "must be 3 or more in compat")?;
        let params = EarsParams { method, baseline, min_sigma, alpha, min_baseline, step_s: None, mode };
        let params = params.checked()?;
        Ok(Self { sigma: params.sigma(), z: params.z(), params })
    }

    /// The indexes that a point is compared with.
    fn baseline(&self, index: usize) -> Range<usize> {
        let end = index - self.params.lag();
        end - self.params.baseline..end
    }

    #[inline]
    fn usual(&self, series: &Series<'_>, index: usize) -> Result<Usual, Reason> {
        let Range { start, end } = self.baseline(index);
        let window = &series.values[start - series.first..end - series.first];
        if window.iter().sum::<f64>().is_finite() {
            return Usual::of(window.iter().copied(), window.len(), self.sigma);
        }
        let there = window.iter().copied().filter(|y| y.is_finite());
        let count = there.clone().count();
        if count < self.params.least() {
            return Err(Reason::MissingInWindow { missing: (window.len() - count) as u32 });
        }
        Usual::of(there, count, self.sigma)
    }

    /// C1 and C2.
    #[inline]
    fn single(&self, value: f64, usual: Usual, outcome: &mut Outcome) {
        let bound = usual.bound(self.z);
        if usual.sigma == 0.0 && self.params.mode == Mode::Default {
            return outcome.push(usual.mean, NA, NA, unjudged(value, Reason::ZeroVariance));
        }
        let score = if bound > usual.mean { (value - usual.mean) / (bound - usual.mean) } else { NA };
        outcome.push(usual.mean, bound, score, over(value, bound, Reason::Undefined));
    }

    /// The excess of a point over its own baseline, for the C3 of the points after it.
    fn excess(&self, series: &Series<'_>, index: usize) -> Result<f64, Reason> {
        let usual = self.usual(series, index)?;
        let y = series.value(index);
        let e = usual.excess(y);
        match self.params.mode {
            _ if y.is_nan() => Err(Reason::MissingInWindow { missing: 1 }),
            Mode::Compat => Ok(e),
            Mode::Default if e.is_finite() => Ok(counted(e)),
            Mode::Default => Err(Reason::ZeroVariance),
        }
    }

    /// C3, given what the two points before add.
    fn triple(&self, value: f64, usual: Usual, before: Result<f64, Reason>, outcome: &mut Outcome) {
        let published = self.params.mode == Mode::Default;
        if published && usual.sigma == 0.0 {
            return outcome.push(usual.mean, NA, NA, unjudged(value, Reason::ZeroVariance));
        }
        let before = match before {
            Ok(before) if published || !value.is_nan() => before,
            Ok(_) => return outcome.push(usual.mean, NA, NA, unjudged(value, Reason::Missing)),
            Err(reason) => return outcome.push(usual.mean, NA, NA, unjudged(value, reason)),
        };
        if published {
            let bound = usual.published_c3(before, self.z).unwrap_or(0.0);
            let sum = before + usual.excess(value);
            return outcome.push(usual.mean, bound, sum / self.z, over(sum, self.z, Reason::Undefined));
        }
        let bound = usual.compat_c3(value, before, self.z);
        let score = if before.is_finite() { before / self.z } else { NA };
        outcome.push(usual.mean, bound, score, over(value, bound, Reason::ZeroVariance));
    }
}

impl Judge for EarsC {
    fn looks_back_to(&self, index: usize, _: u32) -> usize {
        index.saturating_sub(self.params.reach())
    }

    fn first_judged(&self, series: &Series<'_>) -> usize {
        series.first + self.params.reach()
    }

    fn judge(&self, series: &Series<'_>, range: Range<usize>, _: &mut Memory) -> Result<Outcome, Refusal> {
        within(series, &range)?;
        let (need, have) = (self.params.reach(), range.start - series.first);
        if have < need {
            return Err(Refusal::TooShort { what: "earsC", need, have });
        }
        let mut outcome = Outcome::with_capacity(range.start, range.len());
        let cannot = |outcome: &mut Outcome, index, reason| {
            outcome.push(NA, NA, NA, unjudged(series.value(index), reason));
        };
        if self.params.method != EarsMethod::C3 {
            for index in range {
                match self.usual(series, index) {
                    Ok(usual) => self.single(series.value(index), usual, &mut outcome),
                    Err(reason) => cannot(&mut outcome, index, reason),
                }
            }
            return Ok(outcome);
        }
        let mut before = [self.excess(series, range.start - 2), self.excess(series, range.start - 1)];
        for index in range {
            let sum = before[1].and_then(|newer| Ok(newer + before[0]?));
            match self.usual(series, index) {
                Ok(usual) => self.triple(series.value(index), usual, sum, &mut outcome),
                Err(reason) => cannot(&mut outcome, index, reason),
            }
            before = [before[1], self.excess(series, index)];
        }
        Ok(outcome)
    }

    fn explain(&self, series: &Series<'_>, _: usize, index: usize) -> Result<Explanation, Refusal> {
        let outcome = self.judge(series, index..index + 1, &mut Memory::default())?;
        let mut numbers = vec![
            ("expected", outcome.expected[0]),
            ("upperbound", outcome.upperbound[0]),
            ("score", outcome.score[0]),
            ("z", self.z),
        ];
        if let Ok(usual) = self.usual(series, index) {
            numbers.push(("sigma", usual.sigma));
        }
        let mut because = match (self.params.method, self.params.mode) {
            (EarsMethod::C3, Mode::Compat) => {
                vec!["the reference's C3 adds up the excess of the two counts before alone".to_owned()]
            }
            (EarsMethod::C3, Mode::Default) => {
                vec!["the excess of this count and of the two before is added up".to_owned()]
            }
            _ => vec!["the bound is the mean and z standard deviations".to_owned()],
        };
        if let Judgement::CannotJudge(reason) = outcome.judgements[0] {
            because = vec![reason.to_string()];
        }
        if self.params.method == EarsMethod::C3 {
            for (name, back) in [("excess of one before", 1), ("excess of two before", 2)] {
                if let Ok(excess) = self.excess(series, index - back) {
                    numbers.push((name, excess));
                }
            }
        }
        let baseline = rows(series, self.baseline(index));
        Ok(Explanation {
            method: METHOD.name,
            mode: self.params.mode,
            version: VERSION,
            index,
            baseline,
            numbers,
            because,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Detector, Sample, kind};

    /// Over whole series, the answers of the detector that takes one count after the other.
    #[test]
    fn the_method_says_what_the_detector_of_the_river_says() {
        let values = [
            3.0,
            1.0,
            4.0,
            1.0,
            5.0,
            9.0,
            2.0,
            6.0,
            25.0,
            30.0,
            5.0,
            5.0,
            5.0,
            5.0,
            5.0,
            5.0,
            5.0,
            7.0,
            f64::NAN,
            8.0,
            9.0,
            7.0,
            9.0,
            3.0,
            2.0,
            3.0,
            8.0,
            40.0,
        ];
        for method in ["C1", "C2", "C3"] {
            for rest in [r#""mode": "compat""#, r#""min_baseline": 3"#, r#""minSigma": 0"#] {
                let params = format!(r#"{{"method": "{method}", "baseline": 4, {rest}}}"#);
                let mut river = kind("ears").unwrap().build(&params).unwrap();
                let judge = METHOD.parse(&params).unwrap();
                let series = Series::new(&values, 52);
                let first = judge.first_judged(&series);
                let outcome = judge.judge(&series, first..values.len(), &mut Memory::default()).unwrap();
                for (index, &value) in values.iter().enumerate() {
                    let value = Some(value).filter(|value| !value.is_nan());
                    let step = river.push(Sample { time: index as i64, value, suspect: false });
                    let Some(at) = index.checked_sub(first) else { continue };
                    assert_eq!(outcome.judgements[at], step.judgement, "{params} {index}");
                    let bound = outcome.upperbound[at];
                    match step.threshold {
                        Some(threshold) => {
                            assert_eq!(threshold.to_bits(), bound.to_bits(), "{params} {index}")
                        }
                        None => assert!(bound.is_nan() || bound == 0.0, "{params} {index}"),
                    }
                }
            }
        }
    }

    #[test]
    fn too_short_a_series_is_refused_in_words() {
        let judge = METHOD.parse(r#"{"method": "C3"}"#).unwrap();
        let refusal = judge.judge(&Series::new(&[1.0; 20], 52), 10..12, &mut Memory::default()).unwrap_err();
        assert_eq!(
            refusal.to_string(),
            "earsC needs 11 values before the first one judged, and there are 10; judge later ones"
        );
        assert!(METHOD.parse(r#"{"baseline": 2, "mode": "compat"}"#).is_err());
    }
}
