//! The method `alert_regression`: a line and the weekdays of the last weeks.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::{Baseline, Columns, Found, RED, quantile, tail};
use crate::calendar::Weekday;
use crate::explain::{Explanation, VERSION};
use crate::judge::{Judgement, Reason};
use crate::method::{Judge, Memory, Method, Mode, rows, within};
use crate::num::{lm, qr::Design, t};
use crate::outcome::{Cells, Column, NA, Outcome, Refusal};
use crate::param::{self, ParamError};
use crate::series::Series;

/// The method `alert_regression`.
pub(crate) static METHOD: Method = Method {
    name: "alert_regression",
    doc: "\
Compares a daily count with what a regression on a line and the days of the week says of it, fitted to up to `B` days \
before a pause of `g` days: the adaptive multiple regression of the ESSENCE system (Burkom), as in R Rnssp. It judges \
from eleven days of baseline on. The p value is that of Student's t. Below 0.01 the alert is red, an alarm; below 0.05 \
yellow, a warning; else blue, and grey where there is no baseline. A count below the mean of its last seven days is \
never an alert; on Saturdays and Sundays it must also be below the mean of the last seven such days.

| parameter | meaning |
|---|---|
| `B` | days to compare with, 11 to 365; default 28 |
| `g` | days left out before the day, 0 to 60; default 2 |
| `mode` | `default` or `compat`: `compat` reads t from a table of five decimals, calls low counts blue before there is a baseline too, and judges no day whose baseline misses a day; by default eleven days with each weekday among them must be there |

`baseline_expected` is what the regression says, at least 0; `test_statistic` and `score` the distance from it in \
`sigma`; `p.value` its chance, `adjusted_r_squared` how well the regression fits, `alert` the word; the bound is the \
count at which the alert would be red. Needs the dates of the series.",
    example: r#"{"B": 28, "g": 2}"#,
    read: |json| {
        let Given { b, g, mode } = param::read(json)?;
        Ok(Box::new(Regression::checked(Baseline { b, g }, mode)?))
    },
};

/// Days of baseline that it takes.
const LEAST: usize = 11;

/// Coefficients: the constant, the line and six weekdays.
const COEFFICIENTS: usize = 8;

/// How far back a weekend is compared: seven of the same weekday.
const WEEKENDS: usize = 42;

/// The parameters, named as in R Rnssp.
#[derive(Serialize, Deserialize, Clone, Debug)]
#[serde(deny_unknown_fields, default)]
struct Given {
    #[serde(rename = "B")]
    b: usize,
    g: usize,
    mode: Mode,
}

impl Default for Given {
    fn default() -> Self {
        Self { b: 28, g: 2, mode: Mode::Default }
    }
}

/// The method with its parameters.
#[derive(Clone, Debug)]
pub(super) struct Regression {
    baseline: Baseline,
    mode: Mode,
}

/// What a regression found at a point.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fitted {
    pub(super) found: Found,
    pub(super) sigma: f64,
    /// Not-a-number where the baseline does not vary.
    pub(super) adjusted_r_squared: f64,
}

impl Regression {
    pub(super) fn checked(baseline: Baseline, mode: Mode) -> Result<Self, ParamError> {
        baseline.check(LEAST)?;
        Ok(Self { baseline, mode })
    }

    /// How far back it looks.
    pub(super) fn reach(&self) -> usize {
        (self.baseline.b + self.baseline.g).max(WEEKENDS)
    }

    /// Refuses a series without dates.
    pub(super) fn dated(series: &Series<'_>) -> Result<(), Refusal> {
        match series.dates {
            Some(dates) if dates.len() == series.values.len() => Ok(()),
            _ => Err(Refusal::Needs("weekdays are compared, so every value needs its date; add the dates")),
        }
    }

    pub(super) fn step(&self, series: &Series<'_>, index: usize) -> Result<Fitted, Reason> {
        let days = self.baseline.values(series, index, LEAST, self.mode)?;
        let (at, y): (Vec<usize>, Vec<f64>) = days.unzip();
        let weekday = |at: usize| series.date(at).map(Weekday::of);
        let first = self.baseline.range(series, index).start;
        let time = |at: usize| (at + 1 - first) as f64;
        let compat = self.mode == Mode::Compat;
        // Treatment contrasts against the weekday of the first day; in the reference against Sundays.
        let others: Vec<_> = if compat {
            Weekday::ALL[..6].iter().copied().map(Some).collect()
        } else {
            (1..7).map(|k| series.date(at[0]).map(|day| Weekday::of(day + k))).collect()
        };
        let mut design = Design::new(at.len()).with_intercept().with(at.iter().map(|&at| time(at)));
        for other in &others {
            design = design.with(at.iter().map(|&at| f64::from(weekday(at) == *other)));
        }
        let fit = lm::fit(&design, &y, None);
        if fit.rank() < COEFFICIENTS && !compat {
            let missing = self.baseline.range(series, index).len() - y.len();
            return Err(match missing {
                0 => Reason::WeekdayAbsent,
                _ => Reason::MissingInWindow { missing: missing as u32 },
            });
        }
        let n = y.len() as f64;
        let df = n - COEFFICIENTS as f64;
        let least = 0.01 / quantile(0.95, df, self.mode);
        // The reference counts a weekday that is not there among the coefficients.
        let variance = fit.residuals.iter().map(|residual| residual * residual).sum::<f64>() / df;
        let sigma = (variance.sqrt() * ((n + 7.0) * (n - 4.0) / (n * (n - 7.0))).sqrt()).max(least);
        let mut row = vec![1.0, time(index)];
        row.extend(others.iter().map(|other| f64::from(weekday(index) == *other)));
        let unknown = row.iter().zip(&fit.coefficients).any(|(x, b)| *x != 0.0 && b.is_nan());
        let expected = if unknown { NA } else { fit.predict(&row).0.max(0.0) };
        let value = series.value(index);
        let statistic = (value - expected) / sigma;
        let bound = expected + t::quantile(1.0 - RED, df) * sigma;
        if !unknown
            && !(sigma.is_finite() && expected.is_finite() && (value.is_nan() || statistic.is_finite()))
        {
            return Err(Reason::OutOfRange);
        }
        let mean = fit.fitted.iter().sum::<f64>() / n;
        let told: f64 = fit.fitted.iter().map(|fitted| (fitted - mean) * (fitted - mean)).sum();
        let rest: f64 = fit.residuals.iter().map(|residual| residual * residual).sum();
        let flat = y.iter().all(|&value| value == y[0]);
        let r_squared = if flat { f64::NAN } else { told / (told + rest) };
        let (statistic, p) =
            if value.is_nan() || unknown { (NA, NA) } else { (statistic, tail(statistic, df, self.mode)) };
        Ok(Fitted {
            found: Found { expected, bound: if unknown { NA } else { bound }, statistic, p },
            sigma,
            // Of nothing to explain the reference says that none of it is.
            adjusted_r_squared: match self.mode {
                Mode::Compat if r_squared.is_nan() => 0.0,
                _ => 1.0 - (1.0 - r_squared) * (n - 1.0) / fit.df,
            },
        })
    }

    /// Whether the count is too low to be an alert.
    pub(super) fn low(&self, series: &Series<'_>, index: usize) -> bool {
        let value = series.value(index);
        let below = |step: usize| {
            let Some(first) = index.checked_sub(6 * step).filter(|&first| first >= series.first) else {
                return false;
            };
            let days = (first..=index).step_by(step).map(|at| series.value(at));
            let there = days.filter(|day| self.mode == Mode::Compat || day.is_finite());
            let (sum, n) = there.fold((0.0, 0.0), |(sum, n), day| (sum + day, n + 1.0));
            value < sum / n
        };
        let weekend = series.date(index).is_some_and(|day| Weekday::of(day).is_weekend());
        below(1) && (!weekend || below(7))
    }

    /// The word of a point after low counts are taken back.
    pub(super) fn word(&self, series: &Series<'_>, index: usize, word: &'static str) -> &'static str {
        let judged = word != "grey" || self.mode == Mode::Compat;
        if judged && self.low(series, index) { "blue" } else { word }
    }
}

impl Judge for Regression {
    fn looks_back_to(&self, index: usize, _: u32) -> usize {
        index.saturating_sub(self.reach())
    }

    fn first_judged(&self, series: &Series<'_>) -> usize {
        series.first
    }

    fn judge(&self, series: &Series<'_>, range: Range<usize>, _: &mut Memory) -> Result<Outcome, Refusal> {
        within(series, &range)?;
        Self::dated(series)?;
        let mut columns = Columns::new(&range);
        let (mut sigma, mut adjusted) = (vec![], vec![]);
        for index in range {
            let fitted = self.step(series, index);
            sigma.push(fitted.map_or(NA, |fitted| fitted.sigma));
            adjusted.push(fitted.map_or(NA, |fitted| fitted.adjusted_r_squared));
            let found = fitted.map(|fitted| fitted.found);
            columns.push(series.value(index), found, |word| self.word(series, index, word));
        }
        let mut outcome = columns.finish();
        outcome.extra.push(Column { name: "sigma", cells: Cells::Numbers(sigma) });
        outcome.extra.push(Column { name: "adjusted_r_squared", cells: Cells::Numbers(adjusted) });
        Ok(outcome)
    }

    fn explain(&self, series: &Series<'_>, _: usize, index: usize) -> Result<Explanation, Refusal> {
        let outcome = self.judge(series, index..index + 1, &mut Memory::default())?;
        let mut because = match outcome.judgements[0] {
            Judgement::CannotJudge(reason) => vec![reason.to_string()],
            _ => vec!["a line and the days of the week were fitted to the days before".to_owned()],
        };
        if self.low(series, index) {
            because.push("the count is below its means of late, and so no alert".to_owned());
        }
        let number = |name| outcome.numbers(name).map_or(NA, |numbers| numbers[0]);
        Ok(Explanation {
            method: METHOD.name,
            mode: self.mode,
            version: VERSION,
            index,
            baseline: rows(series, self.baseline.range(series, index)),
            numbers: [
                "baseline_expected",
                "upperbound",
                "test_statistic",
                "p.value",
                "sigma",
                "adjusted_r_squared",
            ]
            .map(|name| (name, number(name)))
            .to_vec(),
            because,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::series::Day;

    #[test]
    fn a_week_that_repeats_is_expected_again() {
        let values: Vec<f64> =
            (0..60).map(|i| [5.0, 9.0, 7.0, 6.0, 5.0, 1.0, 0.0][i % 7] + i as f64).collect();
        let dates: Vec<Day> = (4..64).collect();
        let series = Series { dates: Some(&dates), ..Series::new(&values, 365) };
        let judge = METHOD.parse("{}").unwrap();
        let outcome = judge.judge(&series, 0..60, &mut Memory::default()).unwrap();
        for (at, &value) in values.iter().enumerate().skip(LEAST + 2) {
            assert!((outcome.expected[at] - value).abs() < 1e-9, "{at}");
            assert!(outcome.numbers("adjusted_r_squared").unwrap()[at] > 0.999_999);
        }
        assert_eq!(outcome.words("alert").unwrap()[..13], ["grey"; 13]);
        let undated = judge.judge(&Series::new(&values, 365), 0..60, &mut Memory::default());
        assert!(undated.unwrap_err().to_string().contains("date"));
    }

    #[test]
    fn a_baseline_without_one_weekday_is_not_judged() {
        let dates: Vec<Day> = (4..64).collect();
        let values: Vec<f64> =
            (0..60).map(|i| if i % 7 == 3 { f64::NAN } else { f64::from(i % 5) }).collect();
        let series = Series { dates: Some(&dates), ..Series::new(&values, 365) };
        let judge = METHOD.parse("{}").unwrap();
        let outcome = judge.judge(&series, 50..51, &mut Memory::default()).unwrap();
        let missing = Judgement::CannotJudge(Reason::MissingInWindow { missing: 4 });
        assert_eq!(outcome.judgements, [missing]);
        let weeks: Vec<Day> = (0..60).map(|week| 4 + 7 * week).collect();
        let values: Vec<f64> = (0..60).map(|i| f64::from(i % 5)).collect();
        let weekly = Series { dates: Some(&weeks), ..Series::new(&values, 52) };
        let outcome = judge.judge(&weekly, 50..51, &mut Memory::default()).unwrap();
        assert_eq!(outcome.judgements, [Judgement::CannotJudge(Reason::WeekdayAbsent)]);
    }
}
