//! The method `alert_serfling`: Serfling's regression on the summers of a fixed baseline.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::{Fitted, Model, Seasonal, last_day};
use crate::calendar::Date;
use crate::judge::Reason;
use crate::method::{Method, Mode};
use crate::num::qr::Design;
use crate::num::{lm, t};
use crate::outcome::{Cells, Column};
use crate::param::{self, ParamError, require};
use crate::series::{Day, Series};

/// The method `alert_serfling`.
pub(crate) static METHOD: Method = Method {
    name: "alert_serfling",
    doc: "\
Compares weekly counts with a regression on a line and one wave a year (Serfling, Public Health Reports 78, 1963), \
fitted once by least squares to the weeks of June to September up to a day, in which a disease of winter is at rest; \
as in R Rnssp. The bound is the upper limit of the prediction interval, with a chance of `alpha` above it; a count \
over it is an alarm. `score` is (count - estimate) / (bound - estimate).

| parameter | meaning |
|---|---|
| `baseline_end` | the last day of the baseline, as 2019-12-31 |
| `alpha` | the chance of a false alarm; default 0.05 |
| `quiet` | the months of rest; default June to September, [6, 7, 8, 9] |
| `mode` | `default` or `compat`: `compat` judges the weeks of the baseline too, by the model fitted to them; by default they are not judged, for what came later would change what is said of them, and neither bound nor expectation is below 0 |

`estimate` and `threshold` are expectation and bound, `split` says whether a week is of the baseline, and \
`epidemic_period` whether it is outside the months of rest. Needs the dates of the series.",
    example: r#"{"baseline_end": "2019-12-31"}"#,
    read: |json| Ok(Box::new(param::read::<Given>(json)?.checked()?)),
};

/// The parameters, named as in R Rnssp.
#[derive(Serialize, Deserialize, Clone, Debug)]
#[serde(deny_unknown_fields)]
struct Given {
    baseline_end: String,
    #[serde(default = "five_percent")]
    alpha: f64,
    #[serde(default = "summer")]
    quiet: Vec<u32>,
    #[serde(default)]
    mode: Mode,
}

fn five_percent() -> f64 {
    0.05
}

fn summer() -> Vec<u32> {
    vec![6, 7, 8, 9]
}

#[derive(Debug)]
struct Serfling {
    alpha: f64,
    quiet: Vec<u32>,
    floor: f64,
}

impl Given {
    fn checked(self) -> Result<Seasonal<Serfling>, ParamError> {
        require(self.alpha > 0.0 && self.alpha < 0.5, "alpha", "must be above 0 and below 0.5")?;
        let months = !self.quiet.is_empty() && self.quiet.iter().all(|month| (1..=12).contains(month));
        require(months, "quiet", "must name months from 1 to 12")?;
        let floor = if self.mode == Mode::Default { 0.0 } else { f64::NEG_INFINITY };
        let model = Serfling { alpha: self.alpha, quiet: self.quiet, floor };
        Ok(Seasonal { model, end: last_day(&self.baseline_end)?, mode: self.mode })
    }
}

impl Model for Serfling {
    fn name(&self) -> &'static str {
        METHOD.name
    }

    fn line(&self) -> bool {
        true
    }

    fn fits(&self, date: Day) -> bool {
        self.quiet.contains(&Date::of(date).month())
    }

    fn fit(&self, design: &Design, y: &[f64]) -> Result<Fitted, Reason> {
        let fit = lm::fit(design, y, None);
        let covariance = fit.unscaled_covariance().iter().map(|cell| cell * fit.variance).collect();
        Ok(Fitted { covariance, df: fit.df, own: fit.variance, coefficients: fit.coefficients })
    }

    fn bound(&self, fitted: &Fitted, line: f64, error: f64) -> (f64, f64) {
        let width = t::quantile(1.0 - self.alpha, fitted.df) * (fitted.own + error * error).sqrt();
        (line.max(self.floor), (line + width).max(self.floor))
    }

    fn columns(&self, series: &Series<'_>, range: Range<usize>) -> Vec<Column> {
        let epidemic = |index| f64::from(series.date(index).is_some_and(|date| !self.fits(date)));
        vec![Column { name: "epidemic_period", cells: Cells::Numbers(range.map(epidemic).collect()) }]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::Judgement;
    use crate::method::Memory;

    #[test]
    fn a_wave_is_found_in_its_summers_and_winter_is_judged_by_it() {
        let wave = |t: f64| 100.0 + 0.1 * t + 20.0 * (std::f64::consts::TAU * t / 52.18).cos();
        let mut values: Vec<f64> =
            (0..200).map(|i| wave(f64::from(i + 1)) + f64::from(i * 5 % 7) - 3.0).collect();
        values[180] += 60.0;
        let dates: Vec<Day> = (0..200).map(|i| 17_000 + 7 * i).collect();
        let series = Series { dates: Some(&dates), ..Series::new(&values, 52) };
        let end = Date::of(dates[155]);
        let judge = METHOD.parse(&format!(r#"{{"baseline_end": "{end}"}}"#)).unwrap();
        let outcome = judge.judge(&series, 156..200, &mut Memory::default()).unwrap();
        assert!((outcome.expected[44 - 1] - wave(200.0)).abs() < 3.0);
        let alarms: Vec<usize> =
            (156..200).filter(|i| outcome.judgements[i - 156] == Judgement::Alarm).collect();
        assert!(alarms.contains(&180), "{alarms:?}");
        assert!(judge.explain(&series, 156, 180).unwrap().baseline.len() > 30);
    }
}
