//! What the three methods for daily counts of the ESSENCE system share: baseline, alert words and columns.

pub(super) mod ewma;
pub(super) mod regression;
pub(super) mod switch;

use std::ops::Range;

use super::Mode;
use crate::judge::{Judgement, Reason};
use crate::num::t;
use crate::outcome::{Cells, Column, NA, Outcome, unjudged};
use crate::param::{ParamError, require};
use crate::series::Series;

/// A p value below this is red, an alarm.
const RED: f64 = 0.01;
/// A p value below this is yellow, a warning.
const YELLOW: f64 = 0.05;

/// What a method found at a point.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Found {
    /// What was to be expected.
    expected: f64,
    /// The largest value that is not red.
    bound: f64,
    /// How far the value lies over the expectation, in standard errors.
    statistic: f64,
    /// The chance of as much.
    p: f64,
}

/// The steps that a point is compared with: up to `b` of them, before a pause of `g`.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Baseline {
    b: usize,
    g: usize,
}

impl Baseline {
    fn check(self, least: usize) -> Result<(), ParamError> {
        require((least..=365).contains(&self.b), "B", "must be from 7 (for a regression 11) to 365")?;
        require(self.g <= 60, "g", "must be from 0 to 60")
    }

    /// The indexes, as far as the series goes back.
    fn range(self, series: &Series<'_>, index: usize) -> Range<usize> {
        let end = index.saturating_sub(self.g).max(series.first);
        end.saturating_sub(self.b).max(series.first)..end
    }

    /// The values, if there are `least` of them and, in compat, none is missing.
    fn values(
        self,
        series: &Series<'_>,
        index: usize,
        least: usize,
        mode: Mode,
    ) -> Result<impl Iterator<Item = (usize, f64)> + Clone + use<>, Reason>
    where
        Self: Sized,
    {
        let range = self.range(series, index);
        let all = range.len();
        let held = series.values[range.start - series.first..range.end - series.first].to_vec();
        let there = held.iter().filter(|value| value.is_finite()).count();
        if all < least {
            return Err(Reason::TooFewObservations { have: all as u32, need: least as u32 });
        }
        if there < least || (mode == Mode::Compat && there < all) {
            return Err(Reason::MissingInWindow { missing: (all - there) as u32 });
        }
        Ok(range.zip(held).filter(|(_, value)| value.is_finite()).collect::<Vec<_>>().into_iter())
    }
}

/// Quantiles of t: the reference reads them from a table of five decimals.
fn quantile(p: f64, df: f64, mode: Mode) -> f64 {
    let exact = t::quantile(p, df);
    if mode == Mode::Compat { (exact * 1e5).round() / 1e5 } else { exact }
}

/// The upper tail; the reference takes it from one, and so keeps fewer digits of small ones.
fn tail(statistic: f64, df: f64, mode: Mode) -> f64 {
    let outside = t::upper(statistic, df);
    match mode {
        Mode::Default => outside,
        // Each half of one on its own, as R adds it up.
        Mode::Compat if statistic > 0.0 => 1.0 - (0.5 - outside + 0.5),
        Mode::Compat => 1.0 - t::cdf(statistic, df),
    }
}

/// The word for a p value.
fn word(p: f64) -> &'static str {
    match p {
        p if p < RED => "red",
        p if p < YELLOW => "yellow",
        p if p.is_nan() => "grey",
        _ => "blue",
    }
}

/// The columns as they grow.
struct Columns {
    outcome: Outcome,
    p: Vec<f64>,
    alert: Vec<&'static str>,
}

impl Columns {
    fn new(range: &Range<usize>) -> Self {
        Self {
            outcome: Outcome::with_capacity(range.start, range.len()),
            p: Vec::with_capacity(range.len()),
            alert: Vec::with_capacity(range.len()),
        }
    }

    /// Adds a point; `alert` may take a word back.
    fn push(
        &mut self,
        value: f64,
        found: Result<Found, Reason>,
        alert: impl Fn(&'static str) -> &'static str,
    ) {
        let none = Found { expected: NA, bound: NA, statistic: NA, p: NA };
        let Found { expected, bound, statistic, p } = found.unwrap_or(none);
        let alert = alert(word(p));
        let judgement = match found {
            Err(reason) => unjudged(value, reason),
            Ok(_) if value.is_nan() => Judgement::CannotJudge(Reason::Missing),
            Ok(found) if found.p.is_nan() => Judgement::CannotJudge(Reason::WeekdayAbsent),
            Ok(_) if alert == "red" => Judgement::Alarm,
            Ok(_) => Judgement::NoAlarm,
        };
        self.outcome.push(expected, bound, statistic, judgement);
        self.p.push(p);
        self.alert.push(alert);
    }

    /// The outcome, with the columns under the reference's names.
    fn finish(mut self) -> Outcome {
        let numbers = |name, cells: &[f64]| Column { name, cells: Cells::Numbers(cells.to_vec()) };
        let extra = vec![
            numbers("baseline_expected", &self.outcome.expected),
            numbers("test_statistic", &self.outcome.score),
            Column { name: "p.value", cells: Cells::Numbers(self.p) },
            Column { name: "alert", cells: Cells::Words(self.alert) },
        ];
        self.outcome.extra = extra;
        self.outcome
    }
}
