//! The evidence in measurements: a likelihood ratio of Student's t laws about a model that learns from step to step.

use std::ops::Range;

use super::cycles::{Cycles, days};
use super::law::Law;
use super::tracker::{Expected, Fades, Tracker};
use super::{DAILY, Memory, Onset};
use crate::design::Sided;
use crate::explain::{Explanation, Row};
use crate::judge::{Judgement, Reason};
use crate::outcome::{Cells, Column, NA, Outcome};
use crate::series::Series;

/// Values farther from 0 are no measurements.
const MOST: f64 = 1e100;
/// Years after which a measurement says half: of steps shorter than a day, and of longer ones.
const YEARS: (f64, f64) = (0.25, 10.0);
/// The same, of how often something unusual comes.
const UNUSUAL: (f64, f64) = (7.0 / 365.0, 1.0);
/// What was told within a day, or so many longer steps, is no news: this share of its score is taken off.
const TOLD: f64 = 0.3;
const TOLD_STEPS: f64 = 4.0;
/// The score over which there is an alarm, where nothing else is asked for.
const THRESHOLD: f64 = 2.0;
/// So many days are learned from before any step shorter than a day is judged.
const DAYS: f64 = 2.0;

/// Why a measurement was judged as it was.
struct Said {
    /// Of what was expected: its mean, standard deviation and degrees of freedom.
    mean: f64,
    sd: f64,
    df: f64,
    judgement: Judgement,
    /// The highest measurement that is no alarm, and the lowest.
    bounds: [f64; 2],
    score: f64,
    pvalue: f64,
}

/// The columns beside those that every method has.
const EXTRA: [&str; 4] = ["lowerbound", "sd", "df", "pvalue"];

impl Onset {
    /// How many measurements it takes: the first is where the level begins, and seven errors make a scale.
    fn needs(&self) -> usize {
        self.minimum.max(9)
    }

    /// The first step with enough before it, where nothing is missing.
    pub(super) fn first_measured(&self, series: &Series<'_>) -> usize {
        let least = series.first + self.needs();
        let began = days(series, series.first);
        let learned = |index: &usize| series.freq <= DAILY || days(series, *index) - began >= DAYS;
        (least..series.end()).find(learned).unwrap_or(series.end().max(least))
    }

    /// Why a step cannot be judged yet.
    fn too_soon(&self, series: &Series<'_>, tracker: &Tracker, index: usize) -> Option<Reason> {
        let (have, need) = (tracker.taken as u32, self.needs() as u32);
        if have < need {
            return Some(Reason::TooFewObservations { have, need });
        }
        let seconds = |days: f64| (days * 86_400.0).round() as i64;
        let (have_s, need_s) = (seconds(days(series, index) - tracker.began), seconds(DAYS));
        (series.freq > DAILY && have_s < need_s).then_some(Reason::WindowNotCovered { have_s, need_s })
    }

    fn two_sided(&self) -> bool {
        self.sided != Some(Sided::One)
    }

    fn fades(&self, freq: u32) -> Fades {
        let years = |years: f64| (-(years * f64::from(freq.max(1))).recip()).exp2();
        let steps = |steps: f64| (-steps.recip()).exp();
        let given = |usual: f64| years(self.half_life.unwrap_or(usual));
        if freq > DAILY {
            let day = f64::from(freq) / 365.0;
            return Fades { model: given(YEARS.0), outlying: years(UNUSUAL.0), told: steps(day) };
        }
        Fades { model: given(YEARS.1), outlying: years(UNUSUAL.1), told: steps(TOLD_STEPS) }
    }

    /// Judges the measurements of a range that the series holds, going on from the memory or, where that is empty,
    /// from the beginning of the series.
    pub(super) fn judge_measurements(
        &self,
        series: &Series<'_>,
        range: Range<usize>,
        memory: &mut Memory,
    ) -> Outcome {
        let mut outcome = Outcome::with_capacity(range.start, range.len());
        let mut extra: [Vec<f64>; EXTRA.len()] = std::array::from_fn(|_| Vec::with_capacity(range.len()));
        let kept = Tracker::of(&memory.0);
        let begin = if kept.is_some() { range.start } else { 0 };
        let mut tracker = kept.unwrap_or_else(Tracker::new);
        for index in begin..range.end {
            let (said, _) = self.step(series, &mut tracker, index, index >= range.start);
            let Some(said) = said else { continue };
            outcome.push(said.mean, said.bounds[0], said.score, said.judgement);
            let told = [said.bounds[1], said.sd, said.df, said.pvalue];
            extra.iter_mut().zip(told).for_each(|(column, told)| column.push(told));
        }
        let columns = EXTRA.into_iter().zip(extra);
        outcome.extra =
            columns.map(|(name, numbers)| Column { name, cells: Cells::Numbers(numbers) }).collect();
        memory.0 = tracker.numbers();
        outcome
    }

    /// Judges a step where it is asked for, and learns from its measurement; gives what that weighs.
    fn step(
        &self,
        series: &Series<'_>,
        tracker: &mut Tracker,
        index: usize,
        asked: bool,
    ) -> (Option<Said>, f64) {
        if tracker.taken == 0.0 {
            (tracker.origin, tracker.began) = (index as f64, days(series, index));
        }
        let cycles = Cycles::new(series.freq, self.harmonics, self.trend);
        let row = cycles.row(series, index, tracker.origin as usize);
        let expected = tracker.expect(&row);
        let value = series.value(index);
        if value.is_nan() || value.abs() > MOST {
            let reason = if value.is_nan() { Reason::Missing } else { Reason::OutOfRange };
            return (asked.then(|| Said::unjudged(reason)), 0.0);
        }
        let too_soon = self.too_soon(series, tracker, index);
        let fades = self.fades(series.freq);
        let told = tracker.told;
        if let Some(law) = &expected.law {
            let score = law.score((value - expected.mean) / expected.wider, self.two_sided());
            tracker.told = score.max(fades.told * told);
        }
        let weight = tracker.take(&row, &expected, value, fades);
        let said = asked.then(|| match (too_soon, &expected.law) {
            (Some(reason), _) => Said::unjudged(reason),
            (None, None) => Said::unjudged(Reason::ZeroVariance),
            (None, Some(law)) => self.judged(&expected, law, TOLD * told, value),
        });
        (said, weight)
    }

    fn judged(&self, expected: &Expected, law: &Law, told: f64, value: f64) -> Said {
        let (threshold, two) = (self.threshold.unwrap_or(THRESHOLD), self.two_sided());
        let error = (value - expected.mean) / expected.wider;
        let score = law.score(error, two) - told;
        let far = law.bound(threshold + told) * expected.wider;
        Said {
            mean: expected.mean,
            sd: law.sd() * expected.wider,
            df: law.freedom(),
            judgement: if score > threshold { Judgement::Alarm } else { Judgement::NoAlarm },
            bounds: [expected.mean + far, if two { expected.mean - far } else { NA }],
            score,
            pvalue: law.pvalue(error, two),
        }
    }

    /// Why a measurement was judged as it was; the series is held from its beginning.
    pub(super) fn explain_measurement(&self, series: &Series<'_>, index: usize) -> Explanation {
        let mut explanation = self.unexplained(index);
        let fade = self.fades(series.freq).model;
        let mut tracker = Tracker::new();
        let mut doubted = 0;
        for before in 0..index {
            let (_, weight) = self.step(series, &mut tracker, before, false);
            doubted += usize::from(weight > 0.0 && weight < 0.5);
            let weight = weight * fade.powi((index - before).min(1 << 30) as i32);
            explanation.baseline.push(Row { index: before, value: series.value(before), weight });
        }
        let (Some(said), _) = self.step(series, &mut tracker, index, true) else { return explanation };
        if let Judgement::CannotJudge(reason) = said.judgement {
            explanation.because.push(format!("it cannot be judged: {reason}"));
        } else {
            let lower = self.two_sided().then_some(("lowerbound", said.bounds[1]));
            explanation.numbers = vec![("expected", said.mean), ("upperbound", said.bounds[0])];
            explanation.numbers.extend(lower);
            explanation.numbers.extend([
                ("score", said.score),
                ("sd", said.sd),
                ("df", said.df),
                ("pvalue", said.pvalue),
            ]);
            explanation.because.push(super::explained(said.score, "the measurement", "a change"));
        }
        if doubted > 0 {
            explanation
                .because
                .push(format!("{doubted} past measurements count less than half: they lie far out"));
        }
        explanation
    }
}

impl Said {
    fn unjudged(reason: Reason) -> Self {
        let judgement = Judgement::CannotJudge(reason);
        Self { mean: NA, sd: NA, df: NA, judgement, bounds: [NA; 2], score: NA, pvalue: NA }
    }
}
