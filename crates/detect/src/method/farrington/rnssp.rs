//! The method `alert_farrington`, as R Rnssp has it.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::baseline::{Lack, MAX_YEARS};
use super::explained;
use super::flexible::{Flexible, Point, Work};
use super::limit;
use super::threshold::Threshold;
use crate::explain::Explanation;
use crate::judge::{Judgement, Reason};
use crate::method::{Judge, Memory, Method, Mode, within};
use crate::outcome::{Cells, Column, NA, Outcome, Refusal, unjudged};
use crate::param::{self, ParamError, require};
use crate::series::Series;

/// The method.
pub(crate) static METHOD: Method = Method {
    name: "alert_farrington",
    doc: "\
Compares weekly counts with the same time of earlier years by `farringtonFlexible`, in the two settings of R Rnssp: \
`original` takes the windows of earlier years alone, weighs down residuals over 1 and bounds a power of the count; \
`modified` adds a level for each of ten parts of the year, weighs down residuals over 2.58 and takes a negative \
binomial quantile. A count over the bound is an alarm and red, else it is blue, and grey where the years are not \
there; with five cases or fewer in five weeks it is blue.

| parameter | meaning |
|---|---|
| `B` | years to look back, 3 to 30; default 4 |
| `g` | weeks up to the point that `modified` leaves out; default 27 |
| `w` | half the window around the same week of each year; default 3 |
| `p` | parts of the year in `modified`; default 10 |
| `method` | `original` (the default) or `modified` |
| `alpha` | the share of usual counts over the bound; default 0.05 |
| `mode` | `default` or `compat`, as for `farringtonFlexible` |

`predicted` and `upper` are expectation and bound, `alert_score` how far the count lies between them (in `compat`, for \
`modified`, from the logarithm of the expectation), `alert` the word. `time_coefficient` is the trend: of the fit that \
was used and only where it was kept, with `include_time_term` 1 or 0; in `compat` that of the first fit, kept or not, \
and always 1.",
    example: r#"{"B": 4, "g": 27, "w": 3, "p": 10, "method": "modified"}"#,
    read: |json| Ok(Box::new(param::read::<Given>(json)?.checked()?)),
};

/// The parameters, named as in R Rnssp.
#[derive(Serialize, Deserialize, Clone, Debug)]
#[serde(deny_unknown_fields, default)]
struct Given {
    #[serde(rename = "B")]
    b: usize,
    g: usize,
    w: usize,
    p: usize,
    method: Setting,
    alpha: f64,
    mode: Mode,
}

#[derive(Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
enum Setting {
    Original,
    Modified,
}

impl Default for Given {
    fn default() -> Self {
        Self { b: 4, g: 27, w: 3, p: 10, method: Setting::Original, alpha: 0.05, mode: Mode::Default }
    }
}

/// An alarm takes more cases than this in so many weeks.
const CASES: f64 = 5.0;
const WEEKS: usize = 5;

#[derive(Clone, Debug)]
struct Rnssp {
    flexible: Flexible,
}

impl Given {
    fn checked(self) -> Result<Rnssp, ParamError> {
        let Self { b, g, w, p, method, alpha, mode } = self;
        require((3..=MAX_YEARS).contains(&b), "B", "must be from 3 to 30")?;
        require((1..=10_000).contains(&g), "g", "must be from 1 to 10000")?;
        require((2..=366).contains(&p), "p", "must be from 2 to 366")?;
        let mut flexible = Flexible::default();
        (flexible.b, flexible.w, flexible.alpha, flexible.mode) = (b, w, alpha, mode);
        // Its own rule for few cases takes the place of this one.
        flexible.limit54 = (0.0, 1);
        match method {
            Setting::Original => {
                flexible.weights_threshold = 1.0;
                // The reference takes seven weeks whatever `w` says.
                flexible.window = (mode == Mode::Compat).then_some(7);
            }
            Setting::Modified => {
                flexible.no_periods = p;
                flexible.past_weeks_not_included = Some(g - 1);
                flexible.threshold_method = Threshold::NbPlugin;
            }
        }
        Ok(Rnssp { flexible: flexible.checked()? })
    }
}

impl Rnssp {
    fn compat(&self) -> bool {
        self.flexible.mode == Mode::Compat
    }

    /// What is said of a point, and the coefficient that is printed with it.
    fn point(
        &self,
        series: &Series<'_>,
        index: usize,
        step: f64,
        work: &mut Work,
    ) -> Result<Result<(Point, f64), Reason>, Refusal> {
        match self.flexible.cut().map(series, index, false, &mut work.map) {
            Ok(()) => {}
            Err(Lack::Years(have)) => {
                let (have, need) = (have as u32, self.flexible.b as u32);
                return Ok(Err(Reason::TooFewYears { have, need }));
            }
            Err(lack) => return Err(lack.refusal(METHOD.name, self.flexible.cut(), index, series)),
        }
        let point = self.flexible.point(series, index, step, work)?;
        let slope = if self.compat() {
            self.flexible.rules().first_slope(&mut work.rows, &mut work.bench).unwrap_or(NA)
        } else {
            point.slope
        };
        Ok(Ok((point, slope)))
    }

    fn counts(&self) -> bool {
        self.flexible.threshold_method == Threshold::NbPlugin
    }

    /// Too few cases of late for an alarm.
    fn quiet(series: &Series<'_>, index: usize) -> bool {
        limit::known_cases(series, index, WEEKS) <= CASES
    }
}

impl Judge for Rnssp {
    fn looks_back_to(&self, index: usize, freq: u32) -> usize {
        self.flexible.looks_back_to(index, freq).min(index.saturating_sub(WEEKS))
    }

    fn first_judged(&self, series: &Series<'_>) -> usize {
        self.flexible.first_judged(series)
    }

    fn judge(
        &self,
        series: &Series<'_>,
        range: Range<usize>,
        memory: &mut Memory,
    ) -> Result<Outcome, Refusal> {
        within(series, &range)?;
        limit::fits(series, self.looks_back_to(range.start, series.freq)..range.end, false, false)?;
        let step = if self.compat() { limit::first_step(series, memory) } else { f64::NAN };
        let mut outcome = Outcome::with_capacity(range.start, range.len());
        let (mut slopes, mut used, mut alert) = (vec![], vec![], vec![]);
        let mut work = Work::default();
        for index in range {
            let value = series.value(index);
            let (point, slope) = match self.point(series, index, step, &mut work)? {
                Ok(found) => found,
                Err(reason) => {
                    outcome.push(NA, NA, NA, unjudged(value, reason));
                    slopes.push(NA);
                    used.push(NA);
                    alert.push("grey");
                    continue;
                }
            };
            let judgement = match point.judgement {
                Judgement::Alarm if Self::quiet(series, index) => Judgement::NoAlarm,
                judgement => judgement,
            };
            // The reference takes the modified bound back where there are few cases.
            let taken_back = self.compat() && self.counts() && Self::quiet(series, index);
            let upper = if taken_back { NA } else { point.upper };
            outcome.push(point.expected, upper, point.score, judgement);
            slopes.push(slope);
            used.push(if self.compat() && !point.expected.is_nan() { 1.0 } else { point.used });
            alert.push(match judgement {
                Judgement::Alarm => "red",
                Judgement::NoAlarm => "blue",
                Judgement::CannotJudge(_) => "grey",
            });
        }
        let numbers = |name, cells| Column { name, cells: Cells::Numbers(cells) };
        outcome.extra = vec![
            numbers("predicted", outcome.expected.clone()),
            numbers("time_coefficient", slopes),
            numbers("include_time_term", used),
            numbers("upper", outcome.upperbound.clone()),
            numbers("alert_score", outcome.score.clone()),
            Column { name: "alert", cells: Cells::Words(alert) },
        ];
        Ok(outcome)
    }

    fn explain(&self, series: &Series<'_>, from: usize, index: usize) -> Result<Explanation, Refusal> {
        let mut work = Work::default();
        if let Err(Lack::Years(have)) = self.flexible.cut().map(series, index, false, &mut work.map) {
            let mut explanation = explained::begin(METHOD.name, self.flexible.mode, index);
            let reason = Reason::TooFewYears { have: have as u32, need: self.flexible.b as u32 };
            explanation.because.push(reason.to_string());
            return Ok(explanation);
        }
        let mut explanation = self.flexible.explain(series, from, index)?;
        explanation.method = METHOD.name;
        if Self::quiet(series, index) {
            explanation.because.push(format!("at most {CASES} cases in the last {WEEKS} weeks: no alarm"));
        }
        Ok(explanation)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn too_few_years_are_grey_and_too_few_cases_blue() {
        let mut values = vec![0.0; 300];
        values[..299].iter_mut().step_by(9).for_each(|value| *value = 1.0);
        values[290..].fill(0.0);
        values[299] = 5.0;
        let series = Series::new(&values, 52);
        for setting in ["original", "modified"] {
            let judge = METHOD.parse(&format!(r#"{{"method": "{setting}"}}"#)).unwrap();
            assert_eq!(judge.first_judged(&series), 211);
            let outcome = judge.judge(&series, 200..300, &mut Memory::default()).unwrap();
            assert_eq!(outcome.words("alert").unwrap()[10..12], ["grey", "blue"]);
            assert!(outcome.upperbound[99] < 5.0);
            assert_eq!(outcome.judgements[99], Judgement::NoAlarm);
            let why = judge.explain(&series, 211, 299).unwrap().because;
            assert!(why.iter().any(|why| why.contains("at most 5 cases")), "{why:?}");
        }
    }
}
