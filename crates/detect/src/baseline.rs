//! What a baseline leaves out: a pandemic year, a strike of the laboratories, the time before a vaccine.
//!
//! A stage before any [`Judge`]: values of the stretches named count as missing where they are compared *with*, and are
//! judged themselves all the same. After a break, such as a vaccine or a new test, nothing from before it is compared
//! with. Methods in `compat` often judge nothing with a missing value in the baseline; by default they do without.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::calendar::Date;
use crate::explain::Explanation;
use crate::method::{Judge, Memory, within};
use crate::outcome::{Cells, Outcome, Refusal};
use crate::param::{self, ParamError, require};
use crate::series::{Day, Series};

/// What a baseline leaves out.
///
/// ```
/// let left_out = beaconfire_detect::baseline::LeftOut::parse(
///     r#"{"stretches": [{"from": {"day": "2020-03-01"}, "until": {"day": "2022-05-01"}, "why": "pandemic"}],
///         "breaks": [{"at": {"day": "2023-09-01"}, "why": "vaccine"}]}"#,
/// )?;
/// # Ok::<(), beaconfire_detect::ParamError>(())
/// ```
#[derive(Serialize, Deserialize, Clone, Debug, Default, PartialEq)]
#[serde(deny_unknown_fields, default)]
pub struct LeftOut {
    /// Stretches whose values nothing is compared with.
    pub stretches: Vec<Stretch>,
    /// Moments across which nothing is compared.
    pub breaks: Vec<Break>,
}

/// A stretch of steps: from the first up to and without the last one named.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Stretch {
    /// Its first step.
    pub from: Place,
    /// The first step after it.
    pub until: Place,
    /// Why it is left out, for the explanation.
    pub why: String,
}

/// A moment from which on the series is another.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Break {
    /// The first step after it.
    pub at: Place,
    /// What happened, for the explanation.
    pub why: String,
}

/// A place in a series.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// The step with this absolute index, from 0.
    Step(usize),
    /// The first step on or after this day, as 2020-03-01.
    Day(String),
}

/// The most stretches and breaks.
const MOST: usize = 1000;

/// A method whose baseline leaves something out.
pub struct Leaving {
    left_out: LeftOut,
    inner: Box<dyn Judge>,
}

/// The same in absolute indexes of a series.
struct Places<'a> {
    stretches: Vec<(Range<usize>, &'a str)>,
    breaks: Vec<(usize, &'a str)>,
}

impl LeftOut {
    /// Reads what is left out.
    ///
    /// # Errors
    /// [`ParamError`] says what is wrong, and the mend.
    pub fn parse(json: &str) -> Result<Self, ParamError> {
        let read: Self = param::read(json)?;
        require(read.stretches.len() <= MOST, "stretches", "must be at most 1000")?;
        require(read.breaks.len() <= MOST, "breaks", "must be at most 1000")?;
        for stretch in &read.stretches {
            let (from, until) = (stretch.from.check("from")?, stretch.until.check("until")?);
            let ordered = match (from, until) {
                (Ok(from), Ok(until)) => from < until,
                (Err(from), Err(until)) => from < until,
                _ => false,
            };
            require(ordered, "until", "must be after from, and a day like it or a step like it")?;
        }
        for stop in &read.breaks {
            let _ = stop.at.check("at")?;
        }
        Ok(read)
    }

    /// The method, with a baseline that leaves this out.
    #[must_use]
    pub fn of(self, inner: Box<dyn Judge>) -> Leaving {
        Leaving { left_out: self, inner }
    }

    fn places(&self, series: &Series<'_>) -> Result<Places<'_>, Refusal> {
        let mut places = Places { stretches: vec![], breaks: vec![] };
        for Stretch { from, until, why } in &self.stretches {
            places.stretches.push((from.index(series)?..until.index(series)?, why));
        }
        for Break { at, why } in &self.breaks {
            places.breaks.push((at.index(series)?, why));
        }
        Ok(places)
    }
}

impl Place {
    /// The step, or the day.
    fn check(&self, name: &'static str) -> Result<Result<usize, Day>, ParamError> {
        match self {
            Self::Step(step) => Ok(Ok(*step)),
            Self::Day(text) => match Date::read(text) {
                Some(date) => Ok(Err(date.day())),
                None => Err(ParamError::Value { name, problem: "must be a day as 2020-03-01" }),
            },
        }
    }

    fn index(&self, series: &Series<'_>) -> Result<usize, Refusal> {
        let day = match self {
            Self::Step(step) => return Ok(*step),
            Self::Day(text) => Date::read(text).map_or(Day::MAX, Date::day),
        };
        let dates = series.dates.filter(|dates| dates.len() == series.values.len());
        let dates = dates.ok_or(Refusal::Needs(
            "a baseline leaves out days, so every value needs its date; add the dates, or name steps",
        ))?;
        Ok(series.first + dates.partition_point(|date| *date < day))
    }
}

impl Places<'_> {
    fn in_stretch(&self, index: usize) -> bool {
        self.stretches.iter().any(|(stretch, _)| stretch.contains(&index))
    }

    /// The last break at or before a point.
    fn since(&self, index: usize) -> usize {
        self.breaks.iter().map(|(at, _)| *at).filter(|at| *at <= index).max().unwrap_or(0)
    }

    /// Why a value is not compared with a point, if it is not.
    fn why(&self, value: usize, point: usize) -> Option<&str> {
        let stretch =
            self.stretches.iter().find(|(stretch, _)| stretch.contains(&value)).map(|(_, why)| *why);
        let stop = || self.breaks.iter().find(|(at, _)| value < *at && *at <= point).map(|(_, why)| *why);
        stretch.or_else(stop)
    }

    /// The values that points from `point` on, up to the next break, are compared with.
    fn masked(&self, series: &Series<'_>, point: usize) -> Vec<f64> {
        let since = self.since(point);
        let value = |(at, value): (usize, &f64)| {
            let index = at + series.first;
            if index < since || self.in_stretch(index) { f64::NAN } else { *value }
        };
        series.values.iter().enumerate().map(value).collect()
    }
}

impl Judge for Leaving {
    fn looks_back_to(&self, index: usize, freq: u32) -> usize {
        self.inner.looks_back_to(index, freq)
    }

    fn first_judged(&self, series: &Series<'_>) -> usize {
        self.inner.first_judged(series)
    }

    fn judge(
        &self,
        series: &Series<'_>,
        range: Range<usize>,
        memory: &mut Memory,
    ) -> Result<Outcome, Refusal> {
        within(series, &range)?;
        let places = self.left_out.places(series)?;
        let mut outcome: Option<Outcome> = None;
        let mut masked = places.masked(series, range.start);
        let mut from = range.start;
        while from < range.end {
            if from > range.start && places.since(from) != places.since(from - 1) {
                masked = places.masked(series, from);
            }
            // A point of a stretch is judged by itself, with its value; others as far as the baseline is the same.
            let lone = places.in_stretch(from);
            let same = |at: &usize| !places.in_stretch(*at) && places.since(*at) == places.since(from);
            let until =
                if lone { from + 1 } else { (from..range.end).find(|at| !same(at)).unwrap_or(range.end) };
            let at = from - series.first;
            let hidden = masked[at];
            if lone {
                masked[at] = series.values[at];
            }
            let part = self.inner.judge(&Series { values: &masked, ..*series }, from..until, memory)?;
            masked[at] = hidden;
            match &mut outcome {
                None => outcome = Some(part),
                Some(whole) => append(whole, part),
            }
            from = until;
        }
        outcome.ok_or(Refusal::Range { from: range.start + 1, to: range.end, have: series.end() })
    }

    fn explain(&self, series: &Series<'_>, from: usize, index: usize) -> Result<Explanation, Refusal> {
        within(series, &(index..index + 1))?;
        let places = self.left_out.places(series)?;
        let mut masked = places.masked(series, index);
        masked[index - series.first] = series.value(index);
        let mut explanation = self.inner.explain(&Series { values: &masked, ..*series }, from, index)?;
        let mut reasons: Vec<(&str, usize)> = vec![];
        for row in &mut explanation.baseline {
            if let Some(why) = places.why(row.index, index) {
                (row.value, row.weight) = (series.value(row.index), 0.0);
                match reasons.iter_mut().find(|(known, _)| *known == why) {
                    Some((_, count)) => *count += 1,
                    None => reasons.push((why, 1)),
                }
            }
        }
        let told =
            reasons.iter().map(|(why, count)| format!("{count} values are left out of the baseline: {why}"));
        explanation.because.extend(told);
        Ok(explanation)
    }
}

/// Adds the points of a later outcome of the same method.
fn append(whole: &mut Outcome, part: Outcome) {
    whole.judgements.extend(part.judgements);
    whole.expected.extend(part.expected);
    whole.upperbound.extend(part.upperbound);
    whole.score.extend(part.score);
    for (column, more) in whole.extra.iter_mut().zip(part.extra) {
        match (&mut column.cells, more.cells) {
            (Cells::Numbers(cells), Cells::Numbers(more)) => cells.extend(more),
            (Cells::Words(cells), Cells::Words(more)) => cells.extend(more),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::Judgement;
    use crate::method::method;

    const STEPS: &str = r#"{"stretches": [{"from": {"step": 30}, "until": {"step": 34}, "why": "pandemic"}],
        "breaks": [{"at": {"step": 50}, "why": "vaccine"}]}"#;

    fn leaving(name: &str, params: &str) -> Leaving {
        LeftOut::parse(STEPS).unwrap().of(method(name).unwrap().parse(params).unwrap())
    }

    fn values() -> Vec<f64> {
        let mut values: Vec<f64> = (0..80).map(|i| f64::from(i * i % 7)).collect();
        values[30..34].fill(900.0);
        values
    }

    #[test]
    fn a_stretch_is_judged_and_not_compared_with() {
        let judge = leaving("bayes", r#"{"w": 9}"#);
        let values = values();
        let series = Series::new(&values, 52);
        let outcome = judge.judge(&series, 9..80, &mut Memory::default()).unwrap();
        assert!(outcome.judgements[21..25].iter().all(|j| *j == Judgement::Alarm));
        assert!(outcome.upperbound[21..37].iter().all(|bound| *bound < 20.0));
        let told = judge.explain(&series, 9, 35).unwrap();
        assert!(told.because.contains(&"4 values are left out of the baseline: pandemic".to_owned()));
        assert_eq!(told.baseline.iter().filter(|row| row.weight == 0.0 && row.value == 900.0).count(), 4);
    }

    #[test]
    fn nothing_is_compared_across_a_break() {
        let judge = leaving("rki1", "{}");
        let values = values();
        let outcome = judge.judge(&Series::new(&values, 52), 49..56, &mut Memory::default()).unwrap();
        let unjudged: Vec<bool> =
            outcome.judgements.iter().map(|j| matches!(j, Judgement::CannotJudge(_))).collect();
        // Half of the six steps must be there.
        assert_eq!(unjudged, [false, true, true, true, false, false, false]);
    }

    #[test]
    fn all_at_once_is_point_by_point() {
        let values = values();
        let series = Series::new(&values, 12);
        for (name, params) in
            [("rki2", "{}"), ("alert_ewma", r#"{"B": 9}"#), ("earsC", r#"{"min_baseline": 3}"#)]
        {
            let judge = leaving(name, params);
            let whole = judge.judge(&series, 20..80, &mut Memory::default()).unwrap();
            let mut memory = Memory::default();
            for at in 20..80 {
                let point = judge.judge(&series, at..at + 1, &mut memory).unwrap();
                assert_eq!(point.judgements[0], whole.judgements[at - 20], "{name} {at}");
                assert_eq!(point.upperbound[0].to_bits(), whole.upperbound[at - 20].to_bits(), "{name} {at}");
            }
        }
    }

    #[test]
    fn days_need_dates_and_places_their_order() {
        let days =
            r#"{"stretches": [{"from": {"day": "1970-01-15"}, "until": {"day": "1970-02-01"}, "why": "x"}]}"#;
        let values = values();
        let judge = LeftOut::parse(days).unwrap().of(method("rki1").unwrap().parse("{}").unwrap());
        let undated = judge.judge(&Series::new(&values, 52), 20..21, &mut Memory::default());
        assert!(undated.unwrap_err().to_string().contains("date"));
        let dates: Vec<Day> = (0..80).map(|week| 7 * week).collect();
        let dated = Series { dates: Some(&dates), ..Series::new(&values, 52) };
        assert_eq!(judge.left_out.places(&dated).unwrap().stretches[0].0, 2..5);
        for wrong in [
            r#"{"stretches": [{"from": {"step": 3}, "until": {"step": 3}, "why": ""}]}"#,
            r#"{"stretches": [{"from": {"step": 3}, "until": {"day": "1970-01-01"}, "why": ""}]}"#,
            r#"{"breaks": [{"at": {"day": "1970-02-30"}, "why": ""}]}"#,
        ] {
            assert!(LeftOut::parse(wrong).is_err(), "{wrong}");
        }
    }
}
