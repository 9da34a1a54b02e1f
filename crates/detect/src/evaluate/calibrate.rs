//! The level at which a method's alarms take up a budget of false ones.

use std::ops::Range;

use serde::Serialize;

use super::candidate::Alarms;
use super::labelled::Labelled;
use super::random::Random;

/// For which series a level is set together.
#[derive(Serialize, Clone, Copy, Debug, Default, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Pool {
    /// One level for all, as a user sets it who does not know what lies before them: a method gains by scores that
    /// mean the same on every series.
    #[default]
    All,
    /// A level for each group of series, which takes away whatever scores mean on different series.
    Group,
}

/// From where on there is an alarm.
///
/// Scores of counts are often equal, so that no level alone makes the share of alarms that was asked for. A share
/// `tie` of the scores that equal the level is therefore in alarm too, by a draw for every step that is the same for
/// every method: the randomised test of the textbooks, which makes the comparison fair to methods with few distinct
/// scores. In daily use one would round down to no ties.
#[derive(Serialize, Clone, Copy, Debug, PartialEq)]
pub struct Level {
    /// Scores over it are alarms.
    pub value: f64,
    /// The share of the scores equal to it that are alarms too.
    pub tie: f64,
}

impl Level {
    /// The level that this share of the scores is over; those that are not a number are below any. At a budget of 1,
    /// or without scores, that is below all.
    #[must_use]
    pub fn at_budget(mut scores: Vec<f64>, budget: f64) -> Self {
        scores.iter_mut().filter(|score| score.is_nan()).for_each(|score| *score = f64::NEG_INFINITY);
        scores.sort_by(|a, b| b.total_cmp(a));
        let wanted = budget * scores.len() as f64;
        let Some(value) = scores.get(wanted as usize).copied() else {
            return Self { value: f64::NEG_INFINITY, tie: 1.0 };
        };
        let above = scores.partition_point(|score| *score > value);
        let equal = scores.partition_point(|score| *score >= value) - above;
        Self { value, tie: (wanted - above as f64) / equal as f64 }
    }

    /// 1 or 0 for each score, not-a-number where that is the score. `draws` are those of the same steps.
    #[must_use]
    pub fn alarms(&self, scores: &[f64], draws: &[f64]) -> Vec<f64> {
        let over = |score: f64, draw: f64| score > self.value || (score == self.value && draw < self.tie);
        let alarm = |(score, draw): (&f64, &f64)| match score.is_nan() {
            true => *score,
            false => f64::from(u8::from(over(*score, *draw))),
        };
        scores.iter().zip(draws).map(alarm).collect()
    }
}

/// The draws of a series by which ties are broken: one for each judged step.
#[must_use]
pub fn tie_draws(series: &Labelled, at: usize, seed: u64) -> Vec<f64> {
    let mut random = Random::new(&[seed, 0x7165, at as u64]);
    series.judged.clone().map(|_| random.uniform()).collect()
}

/// What was said of judged steps that lie in no outbreak.
pub fn outside<'a>(series: &'a Labelled, said: &'a [f64]) -> impl Iterator<Item = f64> + 'a {
    let steps = series.judged.clone().zip(said);
    steps.filter(|(index, _)| !series.in_outbreak(*index)).map(|(_, said)| *said)
}

/// The lowest level, to a part in a thousand, at which the share of the steps outside outbreaks in alarm is within
/// the budget; alarms become rarer as the level grows. The end of the range where even that has more.
#[must_use]
pub fn bisect(series: &[&Labelled], at: &Alarms, range: Range<f64>, budget: f64) -> f64 {
    let within = |level: f64| {
        let (mut alarms, mut steps) = (0.0, 0.0);
        for one in series {
            for alarm in outside(one, &at(one, level)) {
                alarms += f64::from(u8::from(alarm > 0.0));
                steps += 1.0;
            }
        }
        alarms <= budget * steps
    };
    let (mut low, mut high) = (range.start, range.end);
    while high > low * 1.001 {
        let middle = (low * high).sqrt();
        if within(middle) { high = middle } else { low = middle }
    }
    high
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_takes_the_budget_exactly() {
        let scores: Vec<f64> = (0..1000).map(f64::from).collect();
        let level = Level::at_budget(scores.clone(), 0.01);
        assert_eq!(scores.iter().filter(|s| **s > level.value).count(), 10);
        assert_eq!(level.tie, 0.0);
    }

    #[test]
    fn ties_are_shared_out() {
        let mut scores = vec![1.0; 900];
        scores.extend([2.0; 90]);
        scores.extend([3.0; 5]);
        scores.extend([f64::NAN; 5]);
        let level = Level::at_budget(scores, 0.05);
        assert_eq!(level, Level { value: 2.0, tie: 0.5 });
        let alarms = level.alarms(&[3.0, 2.0, 2.0, 1.0, f64::NAN], &[0.9, 0.4, 0.6, 0.0, 0.0]);
        assert_eq!(&alarms[..4], &[1.0, 1.0, 0.0, 0.0]);
        assert!(alarms[4].is_nan());
    }

    #[test]
    fn a_parameter_is_bisected_to_the_budget() {
        let values: Vec<f64> = (0..1000).map(|i| f64::from(i) + 0.5).collect();
        let labels = vec![0.0; 1000];
        let series = Labelled::from_labels(&values, &labels, 0..1000, 52, 0);
        let over = |series: &Labelled, level: f64| {
            series.values.iter().map(|v| f64::from(u8::from(*v > level))).collect()
        };
        let level = bisect(&[&series], &over, 1.0..2000.0, 0.01);
        assert!((989.5..991.0).contains(&level), "{level}");
    }
}
