//! The method `alert_nbinom`: negative binomial regression on a fixed baseline.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::{Fitted, Model, Seasonal, last_day};
use crate::judge::Reason;
use crate::method::{Method, Mode};
use crate::num::glm;
use crate::num::nbinom::NegativeBinomial;
use crate::num::qr::Design;
use crate::num::t;
use crate::outcome::{Cells, Column};
use crate::param::{self, ParamError, require};
use crate::series::{Day, Series};

/// The method `alert_nbinom`.
pub(crate) static METHOD: Method = Method {
    name: "alert_nbinom",
    doc: "\
Compares weekly counts with a negative binomial regression on a line and one wave a year, fitted once to the weeks up \
to a day, as in R Rnssp. The bound is the quantile at 1 - `alpha` of a count whose mean is at the upper limit of the \
regression's, at 1 - `alpha` too; a count over it is an alarm. `score` is (count - estimate) / (bound - estimate).

| parameter | meaning |
|---|---|
| `baseline_end` | the last day of the baseline, as 2019-12-31 |
| `include_time` | whether a line is fitted too; default true |
| `alpha` | the chance on each of the two steps; default 0.05 |
| `mode` | `default` or `compat`: `compat` judges the weeks of the baseline too, by the model fitted to them; by default they are not judged, for what came later would change what is said of them |

`estimate` and `threshold` are expectation and bound, `split` says whether a week is of the baseline, and `time_term` \
whether a line was fitted. Needs the dates of the series.",
    example: r#"{"baseline_end": "2019-12-31", "include_time": true}"#,
    read: |json| {
        let Given { baseline_end, include_time, alpha, mode } = param::read(json)?;
        Ok(Box::new(Nbinom::checked(&baseline_end, include_time, alpha, mode)?))
    },
};

/// The parameters, named as in R Rnssp.
#[derive(Serialize, Deserialize, Clone, Debug)]
#[serde(deny_unknown_fields)]
struct Given {
    baseline_end: String,
    #[serde(default = "yes")]
    include_time: bool,
    #[serde(default = "five_percent")]
    alpha: f64,
    #[serde(default)]
    mode: Mode,
}

fn yes() -> bool {
    true
}

fn five_percent() -> f64 {
    0.05
}

#[derive(Debug)]
struct Nbinom {
    mode: Mode,
    line: bool,
    alpha: f64,
}

impl Nbinom {
    fn checked(end: &str, line: bool, alpha: f64, mode: Mode) -> Result<Seasonal<Self>, ParamError> {
        require(alpha > 0.0 && alpha < 0.5, "alpha", "must be above 0 and below 0.5")?;
        Ok(Seasonal { model: Self { mode, line, alpha }, end: last_day(end)?, mode })
    }
}

impl Model for Nbinom {
    fn name(&self) -> &'static str {
        METHOD.name
    }

    fn line(&self) -> bool {
        self.line
    }

    fn fits(&self, _: Day) -> bool {
        true
    }

    fn fit(&self, design: &Design, y: &[f64]) -> Result<Fitted, Reason> {
        let fitted = glm::fit_nb(design, y, None, None).map_err(|_| Reason::NoConvergence)?;
        // The reference passes over that.
        if self.mode == Mode::Default && !(fitted.converged && fitted.fit.converged) {
            return Err(Reason::NoConvergence);
        }
        Ok(Fitted {
            covariance: fitted.fit.unscaled_covariance(),
            df: fitted.fit.df,
            own: fitted.theta,
            coefficients: fitted.fit.coefficients,
        })
    }

    fn bound(&self, fitted: &Fitted, line: f64, error: f64) -> (f64, f64) {
        let upper = (line + t::quantile(1.0 - self.alpha, fitted.df) * error).exp();
        (line.exp(), NegativeBinomial::with_mean(fitted.own, upper).quantile(1.0 - self.alpha))
    }

    fn columns(&self, _: &Series<'_>, range: Range<usize>) -> Vec<Column> {
        vec![Column { name: "time_term", cells: Cells::Numbers(vec![f64::from(self.line); range.len()]) }]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::Judgement;
    use crate::method::Memory;

    #[test]
    fn a_baseline_is_fitted_once_and_carried_on() {
        let values: Vec<f64> = (0..120).map(|i| [3.0, 9.0, 5.0, 14.0, 7.0, 2.0][i * i % 6]).collect();
        let dates: Vec<Day> = (0..120).map(|i| 17_000 + 7 * i).collect();
        let series = Series { dates: Some(&dates), ..Series::new(&values, 52) };
        let end = crate::calendar::Date::of(dates[99]);
        let judge = METHOD.parse(&format!(r#"{{"baseline_end": "{end}"}}"#)).unwrap();
        assert_eq!(judge.first_judged(&series), 100);
        let whole = judge.judge(&series, 0..120, &mut Memory::default()).unwrap();
        assert_eq!(whole.judgements[99], Judgement::CannotJudge(Reason::InBaseline));
        assert!(whole.judgements[100..].iter().all(|j| *j == Judgement::NoAlarm));
        let mut memory = Memory::default();
        judge.judge(&series, 100..101, &mut memory).unwrap();
        // What was fitted to is no longer needed.
        let tail = Series { values: &values[101..], dates: Some(&dates[101..]), first: 101, ..series };
        let rest = judge.judge(&tail, 101..120, &mut memory).unwrap();
        assert_eq!(whole.upperbound[101..], rest.upperbound);
        assert!(METHOD.parse(r#"{"baseline_end": "2019-02-30"}"#).is_err());
    }
}
