//! What the two regressions on a fixed baseline share: a line and one wave a year, fitted once to the values up to a day.

pub(super) mod nbinom;
pub(super) mod serfling;

use std::f64::consts::TAU;
use std::ops::Range;

use super::{Judge, Memory, Mode, rows, within};
use crate::calendar::Date;
use crate::explain::{Explanation, VERSION};
use crate::judge::{Judgement, Reason};
use crate::num::qr::Design;
use crate::outcome::{Cells, Column, NA, Outcome, Refusal, unjudged};
use crate::param::{ParamError, require};
use crate::series::{Day, Series};

/// Weeks in a year.
const YEAR: f64 = 52.18;

/// What one of the two methods adds.
pub(super) trait Model: Send + Sync {
    /// Its name.
    fn name(&self) -> &'static str;
    /// Whether a line is fitted too.
    fn line(&self) -> bool;
    /// Whether a value of the baseline is fitted to.
    fn fits(&self, date: Day) -> bool;
    /// Fits the model; the number beside the coefficients is the method's own.
    fn fit(&self, design: &Design, y: &[f64]) -> Result<Fitted, Reason>;
    /// Expectation and bound, for the line of the model and its standard error.
    fn bound(&self, fitted: &Fitted, line: f64, error: f64) -> (f64, f64);
    /// The columns beyond those of both.
    fn columns(&self, series: &Series<'_>, range: Range<usize>) -> Vec<Column>;
}

/// A fitted model: what [`Memory`] carries on.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Fitted {
    coefficients: Vec<f64>,
    /// Column after column.
    covariance: Vec<f64>,
    /// Degrees of freedom.
    df: f64,
    /// The method's own number: theta, or the variance of the residuals.
    own: f64,
}

/// A method with its parameters.
#[derive(Debug)]
pub(super) struct Seasonal<M> {
    model: M,
    /// The last day of the baseline.
    end: Day,
    mode: Mode,
}

/// Reads the day on which a baseline ends.
fn last_day(text: &str) -> Result<Day, ParamError> {
    let date = Date::read(text);
    require(date.is_some(), "baseline_end", "must be a day as 2019-12-31")?;
    Ok(date.map_or(0, Date::day))
}

impl Fitted {
    fn remember(&self) -> Memory {
        let head = [self.coefficients.len() as f64, self.df, self.own];
        Memory([&head, self.coefficients.as_slice(), self.covariance.as_slice()].concat())
    }

    fn recall(memory: &Memory) -> Option<Self> {
        let [p, df, own, rest @ ..] = memory.0.as_slice() else { return None };
        let p = *p as usize;
        let sound = (1..=4).contains(&p) && rest.len() == p + p * p;
        sound.then(|| Self {
            coefficients: rest[..p].to_vec(),
            covariance: rest[p..].to_vec(),
            df: *df,
            own: *own,
        })
    }

    /// The line at a row, and its standard error.
    fn at(&self, row: &[f64]) -> (f64, f64) {
        let p = row.len();
        let line = row.iter().zip(&self.coefficients).map(|(x, b)| x * b).sum();
        let cell = |at: usize| row[at / p] * row[at % p] * self.covariance[at];
        let variance: f64 = (0..p * p).map(cell).sum();
        (line, variance.max(0.0).sqrt())
    }
}

impl<M: Model> Seasonal<M> {
    /// The row of the design at an index; time is the number of the value, from 1.
    fn row(&self, index: usize) -> Vec<f64> {
        let t = index as f64 + 1.0;
        let (sin, cos) = (TAU * t / YEAR).sin_cos();
        if self.model.line() { vec![1.0, t, sin, cos] } else { vec![1.0, sin, cos] }
    }

    fn in_baseline(&self, series: &Series<'_>, index: usize) -> bool {
        series.date(index).is_some_and(|date| date <= self.end)
    }

    /// The indexes that are fitted to.
    fn baseline<'a>(&'a self, series: &'a Series<'_>) -> impl Iterator<Item = usize> + 'a {
        (series.first..series.end())
            .filter(|&index| series.date(index).is_some_and(|date| date <= self.end && self.model.fits(date)))
    }

    fn fit(&self, series: &Series<'_>) -> Result<Fitted, Reason> {
        let (at, y): (Vec<usize>, Vec<f64>) = self
            .baseline(series)
            .map(|index| (index, series.value(index)))
            .filter(|(_, y)| y.is_finite())
            .unzip();
        let need = self.row(0).len() as u32 + 1;
        if y.len() < need as usize {
            return Err(Reason::TooFewObservations { have: y.len() as u32, need });
        }
        let cells: Vec<Vec<f64>> = at.iter().map(|&index| self.row(index)).collect();
        let columns = 0..cells[0].len();
        let design = columns.fold(Design::new(y.len()), |d, k| d.with(cells.iter().map(|row| row[k])));
        let fitted = self.model.fit(&design, &y)?;
        let numbers = fitted.coefficients.iter().chain(&fitted.covariance);
        if numbers.chain([&fitted.df, &fitted.own]).all(|x| x.is_finite()) {
            Ok(fitted)
        } else {
            Err(Reason::Undefined)
        }
    }

    /// Expectation and bound of a point.
    fn point(&self, fitted: &Fitted, index: usize) -> Result<(f64, f64), Reason> {
        let (line, error) = fitted.at(&self.row(index));
        let (expected, bound) = self.model.bound(fitted, line, error);
        if expected.is_finite() && bound.is_finite() { Ok((expected, bound)) } else { Err(Reason::Undefined) }
    }

    fn dated(series: &Series<'_>) -> Result<(), Refusal> {
        match series.dates {
            Some(dates) if dates.len() == series.values.len() => Ok(()),
            _ => Err(Refusal::Needs(
                "the baseline ends on a day, so every value needs its date; add the dates",
            )),
        }
    }
}

impl<M: Model> Judge for Seasonal<M> {
    fn looks_back_to(&self, _: usize, _: u32) -> usize {
        0
    }

    fn first_judged(&self, series: &Series<'_>) -> usize {
        let in_baseline = |index: &usize| self.mode == Mode::Default && self.in_baseline(series, *index);
        (series.first..series.end()).find(|index| !in_baseline(index)).unwrap_or(series.end())
    }

    fn judge(
        &self,
        series: &Series<'_>,
        range: Range<usize>,
        memory: &mut Memory,
    ) -> Result<Outcome, Refusal> {
        within(series, &range)?;
        Self::dated(series)?;
        let mut outcome = Outcome::with_capacity(range.start, range.len());
        let mut fitted: Option<Result<Fitted, Reason>> = Fitted::recall(memory).map(Ok);
        for index in range.clone() {
            let value = series.value(index);
            let found = if self.mode == Mode::Default && self.in_baseline(series, index) {
                Err(Reason::InBaseline)
            } else {
                let fitted = fitted.get_or_insert_with(|| self.fit(series));
                fitted.as_ref().map_err(|reason| *reason).and_then(|fitted| self.point(fitted, index))
            };
            match found {
                Ok((expected, bound)) => {
                    let score = if bound > expected { (value - expected) / (bound - expected) } else { NA };
                    let judgement = crate::outcome::over(value, bound, Reason::Undefined);
                    outcome.push(expected, bound, score, judgement);
                }
                Err(reason) => outcome.push(NA, NA, NA, unjudged(value, reason)),
            }
        }
        // Before the baseline is over, what is fitted to it may still change.
        let over = series.end() > series.first && !self.in_baseline(series, range.end - 1);
        if let (Some(Ok(fitted)), true) = (&fitted, over) {
            *memory = fitted.remember();
        }
        let split = |index| {
            if self.in_baseline(series, index) { "Baseline Period" } else { "Prediction Period" }
        };
        outcome.extra = vec![
            Column { name: "estimate", cells: Cells::Numbers(outcome.expected.clone()) },
            Column { name: "threshold", cells: Cells::Numbers(outcome.upperbound.clone()) },
            Column { name: "split", cells: Cells::Words(range.clone().map(split).collect()) },
        ];
        outcome.extra.extend(self.model.columns(series, range));
        Ok(outcome)
    }

    fn explain(&self, series: &Series<'_>, _: usize, index: usize) -> Result<Explanation, Refusal> {
        let outcome = self.judge(series, index..index + 1, &mut Memory::default())?;
        let mut numbers = vec![
            ("expected", outcome.expected[0]),
            ("upperbound", outcome.upperbound[0]),
            ("score", outcome.score[0]),
        ];
        let mut because = vec![format!("the baseline ends on {}", Date::of(self.end))];
        if let Ok(fitted) = self.fit(series) {
            let names: &[_] = if self.model.line() {
                &["intercept", "time", "sin", "cos"]
            } else {
                &["intercept", "sin", "cos"]
            };
            numbers.extend(names.iter().copied().zip(fitted.coefficients.iter().copied()));
            numbers.push(("df", fitted.df));
            numbers
                .push((if self.model.name() == "alert_nbinom" { "theta" } else { "variance" }, fitted.own));
        }
        if let Judgement::CannotJudge(reason) = outcome.judgements[0] {
            because.push(reason.to_string());
        }
        Ok(Explanation {
            method: self.model.name(),
            mode: self.mode,
            version: VERSION,
            index,
            baseline: rows(series, self.baseline(series)),
            numbers,
            because,
        })
    }
}
