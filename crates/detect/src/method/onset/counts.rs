//! The evidence in counts: a likelihood ratio of negative binomial laws about a baseline fitted anew at every step.

use std::ops::Range;

use super::Onset;
use super::baseline::{Calendar, Fitted, Past, Shape};
use super::evidence::{Usual, ln_mean_exp};
use crate::explain::{self, Explanation};
use crate::judge::{Judgement, Reason};
use crate::num::nbinom::NegativeBinomial;
use crate::num::poisson;
use crate::outcome::{Cells, Column, NA, Outcome};
use crate::series::Series;

/// Counts over this are no counts.
const MOST: f64 = 1e12;

/// All that is said of a point.
struct Said {
    usual: Usual,
    score: f64,
    upperbound: f64,
    pvalue: f64,
    local: f64,
}

/// The score over which there is an alarm, where nothing else is asked for.
const THRESHOLD: f64 = 2.6;
/// Years after which a count says half, where nothing else is asked for.
const YEARS: f64 = 10.0;

impl Onset {
    fn count_threshold(&self) -> f64 {
        self.threshold.unwrap_or(THRESHOLD)
    }

    /// The first step that a judgement of counts looks at.
    pub(super) fn history_from(&self, index: usize, freq: u32) -> usize {
        index.saturating_sub(self.years * freq as usize)
    }

    fn model(&self, freq: u32) -> Shape {
        Shape {
            trend: self.trend,
            // A wave takes four steps a year to be seen, its double eight.
            harmonics: self.harmonics.min(freq as usize / 4),
            weekdays: (360..=366).contains(&freq),
            offset: self.population_offset,
            half_life: self.half_life.unwrap_or(YEARS) * f64::from(freq.max(1)),
        }
    }

    /// The steps of the past that the baseline is made from: up to half a year before the point, or the last quarter
    /// of what there is, is left out, since an outbreak may have begun in it.
    fn history(&self, index: usize, freq: u32) -> Range<usize> {
        let from = self.history_from(index, freq);
        let skipped = self.skipped.unwrap_or(freq as usize / 2).min((index - from) / 4);
        from..index - skipped
    }

    fn offset(&self, series: &Series<'_>, index: usize) -> f64 {
        if self.population_offset { series.population_at(index).ln() } else { 0.0 }
    }

    /// The count at a step; not a number where there is none, or none that can be used.
    fn count(&self, series: &Series<'_>, index: usize) -> f64 {
        let value = series.value(index);
        let usable = (0.0..=MOST).contains(&value) && self.offset(series, index).is_finite();
        if usable { value.round() } else { f64::NAN }
    }

    /// The counts of these steps that can be used.
    fn past(&self, series: &Series<'_>, steps: Range<usize>) -> Vec<Past> {
        let past = (steps.start.max(series.first)..steps.end).map(|index| Past {
            index,
            value: self.count(series, index),
            offset: self.offset(series, index),
            weight: 1.0,
        });
        past.filter(|past| !past.value.is_nan()).collect()
    }

    fn fit(&self, series: &Series<'_>, calendar: &Calendar, index: usize) -> Result<Fitted, Reason> {
        let past = self.past(series, self.history(index, series.freq));
        if past.len() < self.minimum {
            let (have, need) = (past.len() as u32, self.minimum as u32);
            return Err(Reason::TooFewObservations { have, need });
        }
        Ok(calendar.fit(past, index))
    }

    fn say(&self, series: &Series<'_>, calendar: &Calendar, index: usize) -> Result<(Fitted, Said), Reason> {
        let count = self.count(series, index);
        if count.is_nan() {
            let missing = series.value(index).is_nan() || !self.offset(series, index).is_finite();
            return Err(if missing { Reason::Missing } else { Reason::OutOfRange });
        }
        let fitted = self.fit(series, calendar, index)?;
        // The local level is not asked of the counts that are judged together with this one.
        let recent = self
            .past(series, self.history(index, series.freq).end..(index + 1).saturating_sub(self.shape.len()));
        let local = calendar.local(&fitted, index, &recent);
        let usual = |at: usize| calendar.predict(&fitted, local, at, index, self.offset(series, at));
        let now = usual(index);
        let before = self.before(series, index, usual);
        let score = self.score(&now, &before, count);
        let upperbound = self.upperbound(&now, &before);
        let pvalue = match now.phi - 1.0 {
            excess if excess < 1e-6 => poisson::upper(count - 1.0, now.mean),
            excess => NegativeBinomial::with_mean(now.mean / excess, now.mean).upper(count - 1.0),
        };
        let pvalue = if count == 0.0 { 1.0 } else { pvalue };
        Ok((fitted, Said { usual: now, score, upperbound, pvalue, local: local.level }))
    }

    /// For each size, the evidence of the steps before for an outbreak that began 0, 1, … steps ago.
    fn before(&self, series: &Series<'_>, index: usize, usual: impl Fn(usize) -> Usual) -> Vec<Vec<f64>> {
        let reach = (self.shape.len() - 1).min(index - series.first);
        let known: Vec<(Usual, f64)> =
            (1..=reach).map(|ago| (usual(index - ago), self.count(series, index - ago))).collect();
        let evidence = |size: f64, began: usize| -> f64 {
            let steps = (1..=began).map(|ago| (&known[ago - 1], self.shape[began - ago]));
            let counted = steps.filter(|((_, count), _)| !count.is_nan());
            counted.map(|((usual, count), share)| usual.ln_ratio(*count, size * usual.sd() * share)).sum()
        };
        self.sizes.iter().map(|size| (0..=reach).map(|began| evidence(*size, began)).collect()).collect()
    }

    /// The logarithm of the mixed likelihood ratio. An outbreak that began earlier is thought of only where this count
    /// speaks for it by itself: else the steps after a false alarm would be false alarms too, and take up a budget
    /// that finds outbreaks in their first step.
    fn score(&self, now: &Usual, before: &[Vec<f64>], count: f64) -> f64 {
        let sd = now.sd();
        let mixed = |began: usize| {
            let share = self.shape[began];
            let sizes = self.sizes.iter().zip(before);
            ln_mean_exp(
                sizes.map(|(size, before)| (1.0, before[began] + now.ln_ratio(count, size * sd * share))),
            )
        };
        let onsets = before.first().map_or(1, Vec::len);
        let alone = |began: usize| {
            let added = self.sizes.iter().map(|size| size * sd * self.shape[began]);
            ln_mean_exp(added.map(|added| (1.0, now.ln_ratio(count, added))))
        };
        let lasts = |began: usize| began == 0 || (count > now.mean && alone(began) > self.own);
        let parts: Vec<(f64, f64)> = (0..onsets)
            .map(|began| {
                let weight = self.fading.powi(began as i32);
                (weight, if lasts(began) { mixed(began) } else { f64::NEG_INFINITY })
            })
            .collect();
        ln_mean_exp(parts.iter().copied())
    }

    /// The largest count that is no alarm: the score never falls as the count grows.
    fn upperbound(&self, now: &Usual, before: &[Vec<f64>]) -> f64 {
        let over = |count: f64| self.score(now, before, count) > self.count_threshold();
        if over(0.0) {
            return -1.0;
        }
        let (mut low, mut high) = (0.0, (now.mean + 4.0 * now.sd()).ceil().max(1.0));
        while !over(high) {
            if high > MOST {
                return high;
            }
            (low, high) = (high, 2.0 * high);
        }
        while high - low > 1.0 {
            let middle = (0.5 * (low + high)).floor();
            if over(middle) { high = middle } else { low = middle }
        }
        low
    }

    fn calendar(&self, series: &Series<'_>, range: &Range<usize>) -> Calendar {
        let from = self.history_from(range.start, series.freq).max(series.first);
        Calendar::new(series, from, range.end, self.model(series.freq))
    }

    /// Judges the counts of a range that the series holds.
    pub(super) fn judge_counts(&self, series: &Series<'_>, range: Range<usize>) -> Outcome {
        let calendar = self.calendar(series, &range);
        let mut outcome = Outcome::with_capacity(range.start, range.len());
        let (mut phi, mut pvalue) = (vec![], vec![]);
        for index in range {
            let (said, reason) = match self.say(series, &calendar, index) {
                Ok((_, said)) => (Some(said), Reason::Undefined),
                Err(reason) => (None, reason),
            };
            phi.push(said.as_ref().map_or(NA, |said| said.usual.phi));
            pvalue.push(said.as_ref().map_or(NA, |said| said.pvalue));
            match said {
                Some(said) if said.score > self.count_threshold() => {
                    outcome.push(said.usual.mean, said.upperbound, said.score, Judgement::Alarm);
                }
                Some(said) => outcome.push(said.usual.mean, said.upperbound, said.score, Judgement::NoAlarm),
                None => outcome.push(NA, NA, NA, Judgement::CannotJudge(reason)),
            }
        }
        let column = |name, numbers| Column { name, cells: Cells::Numbers(numbers) };
        outcome.extra = vec![column("phi", phi), column("pvalue", pvalue)];
        outcome
    }

    /// Why a count was judged as it was.
    pub(super) fn explain_counts(&self, series: &Series<'_>, index: usize) -> Explanation {
        let calendar = self.calendar(series, &(index..index + 1));
        let mut explanation = self.unexplained(index);
        match self.say(series, &calendar, index) {
            Ok((fitted, said)) => self.because(&mut explanation, series, &calendar, &fitted, &said),
            Err(reason) => explanation.because.push(format!("it cannot be judged: {reason}")),
        }
        explanation
    }

    fn because(
        &self,
        explanation: &mut Explanation,
        series: &Series<'_>,
        calendar: &Calendar,
        fitted: &Fitted,
        said: &Said,
    ) {
        let now = explanation.index;
        let aged = |past: &Past| (-((now - past.index) as f64) / self.model(series.freq).half_life).exp2();
        let row = |past: &Past| explain::Row { index: past.index, value: past.value, weight: past.weight };
        explanation.baseline = fitted.past.iter().map(row).collect();
        explanation.numbers = vec![
            ("expected", said.usual.mean),
            ("upperbound", said.upperbound),
            ("score", said.score),
            ("phi", said.usual.phi),
            ("pvalue", said.pvalue),
            ("yearly", calendar.yearly(fitted)),
            ("local", said.local),
        ];
        explanation.because.push(super::explained(
            said.score,
            "the latest counts",
            "an outbreak that just began",
        ));
        let doubted = fitted.past.iter().filter(|past| past.weight < 0.5 * aged(past)).count();
        if doubted > 0 {
            explanation
                .because
                .push(format!("{doubted} past values count less than half, as of past outbreaks"));
        }
        let skipped = now - self.history(now, series.freq).end;
        explanation.because.push(format!("the last {skipped} values before it are left out of the baseline"));
    }
}
