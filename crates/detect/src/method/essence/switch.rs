//! The method `alert_switch`: the regression where it fits, else the weighted means.

use std::ops::Range;

use super::ewma::{Ewma, Given};
use super::regression::Regression;
use super::{Columns, Found};
use crate::explain::{Explanation, VERSION};
use crate::judge::{Judgement, Reason};
use crate::method::{Judge, Memory, Method, rows, within};
use crate::outcome::{Cells, Column, NA, Outcome, Refusal};
use crate::param;
use crate::series::Series;

/// The method `alert_switch`.
pub(crate) static METHOD: Method = Method {
    name: "alert_switch",
    doc: "\
Judges a daily count by `alert_regression` where the regression explains the baseline well, with an adjusted R² of at \
least 0.60, and else by `alert_ewma`: the default of the ESSENCE system (Burkom), as in R Rnssp. `detector` says which \
it was.

| parameter | meaning |
|---|---|
| `B` | days to compare with, 11 to 365; default 28 |
| `g` | days left out before the day, 0 to 60; default 2 |
| `w1` | the weight of the day in the slow mean; default 0.4 |
| `w2` | the weight of the day in the quick mean; default 0.9 |
| `unit` | as for `alert_ewma`; default 1 |
| `mode` | `default` or `compat`, as for the two methods |

The columns are those of the two methods. Needs the dates of the series.",
    example: r#"{"B": 28, "g": 2, "w1": 0.4, "w2": 0.9}"#,
    read: |json| {
        let ewma = param::read::<Given>(json)?.checked()?;
        let regression = Regression::checked(ewma.baseline, ewma.mode)?;
        Ok(Box::new(Switch { ewma, regression }))
    },
};

/// The adjusted R² from which on the regression judges.
const ENOUGH: f64 = 0.60;

/// The two methods with their parameters.
#[derive(Clone, Debug)]
struct Switch {
    ewma: Ewma,
    regression: Regression,
}

impl Switch {
    /// What the regression found, where it is to judge.
    fn regression(&self, series: &Series<'_>, index: usize) -> Option<Found> {
        let fitted = self.regression.step(series, index).ok()?;
        (fitted.adjusted_r_squared >= ENOUGH).then_some(fitted.found)
    }
}

impl Judge for Switch {
    fn looks_back_to(&self, index: usize, _: u32) -> usize {
        index.saturating_sub(self.regression.reach())
    }

    fn first_judged(&self, series: &Series<'_>) -> usize {
        series.first
    }

    fn judge(
        &self,
        series: &Series<'_>,
        range: Range<usize>,
        memory: &mut Memory,
    ) -> Result<Outcome, Refusal> {
        within(series, &range)?;
        Regression::dated(series)?;
        let mut columns = Columns::new(&range);
        let mut detector = Vec::with_capacity(range.len());
        self.ewma.run(series, range, memory, |index, found: Result<Found, Reason>| {
            let value = series.value(index);
            match self.regression(series, index) {
                Some(found) => {
                    detector.push("Adaptive Multiple Regression");
                    columns.push(value, Ok(found), |word| self.regression.word(series, index, word));
                }
                None => {
                    detector.push(if found.is_ok() { "EWMA" } else { "" });
                    columns.push(value, found, |word| word);
                }
            }
        })?;
        let mut outcome = columns.finish();
        outcome.extra.push(Column { name: "detector", cells: Cells::Words(detector) });
        Ok(outcome)
    }

    fn explain(&self, series: &Series<'_>, _: usize, index: usize) -> Result<Explanation, Refusal> {
        let outcome = self.judge(series, index..index + 1, &mut Memory::default())?;
        let fitted = self.regression.step(series, index);
        let adjusted = fitted.map_or(NA, |fitted| fitted.adjusted_r_squared);
        let mut because = vec![match (outcome.judgements[0], adjusted) {
            (Judgement::CannotJudge(reason), _) => reason.to_string(),
            (_, adjusted) if adjusted >= ENOUGH => {
                "the adjusted R² is at least 0.60, so the regression judges".to_owned()
            }
            _ => "the adjusted R² is below 0.60 or unknown, so the weighted means judge".to_owned(),
        }];
        if adjusted >= ENOUGH && self.regression.low(series, index) {
            because.push("the count is below its means of late, and so no alert".to_owned());
        }
        Ok(Explanation {
            method: METHOD.name,
            mode: self.ewma.mode,
            version: VERSION,
            index,
            baseline: rows(series, self.ewma.baseline.range(series, index)),
            numbers: vec![
                ("baseline_expected", outcome.expected[0]),
                ("upperbound", outcome.upperbound[0]),
                ("test_statistic", outcome.score[0]),
                ("p.value", outcome.numbers("p.value").map_or(NA, |p| p[0])),
                ("adjusted_r_squared", adjusted),
            ],
            because,
        })
    }
}
