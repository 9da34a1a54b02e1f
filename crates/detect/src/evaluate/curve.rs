//! What a method finds over all its levels.

use serde::Serialize;

use super::calibrate::{Level, outside, tie_draws};
use super::candidate::{Candidate, Says};
use super::labelled::Labelled;
use super::measure::Tally;

/// What a method finds at a level. Sensitivity over false-positive rate is the ROC curve; delay over false-positive
/// rate the AMOC curve (activity monitoring, Fawcett and Provost 1999).
#[derive(Serialize, Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// The level.
    pub level: f64,
    /// Steps outside outbreaks in alarm, of all such.
    pub fpr: f64,
    /// Outbreak steps in alarm, of all such.
    pub sensitivity: f64,
    /// Outbreaks found, of all.
    pub pod: f64,
    /// Steps from onset to first alarm, outbreaks not found with their whole duration.
    pub delay: f64,
}

/// False-positive rates from 0.001 to 1, evenly on a logarithmic scale.
const POINTS: u32 = 31;

/// The curves of a candidate over a set of series, from few alarms to many: by false-positive rate where it has
/// scores, by level where it has alarms that depend on it.
#[must_use]
pub fn curve(candidate: &Candidate, evaluation: &[Labelled], seed: u64) -> Vec<Point> {
    let shares = (0..POINTS).map(|i| f64::from(i) / f64::from(POINTS - 1));
    match &candidate.says {
        Says::Scores(scores) => {
            let said: Vec<Vec<f64>> = evaluation.iter().map(scores).collect();
            let pooled: Vec<f64> =
                evaluation.iter().zip(&said).flat_map(|(s, said)| outside(s, said)).collect();
            let draws: Vec<Vec<f64>> =
                evaluation.iter().enumerate().map(|(at, s)| tie_draws(s, at, seed)).collect();
            let at = |share: f64| {
                let level = Level::at_budget(pooled.clone(), 10f64.powf(3.0 * (share - 1.0)));
                let all = evaluation.iter().zip(&said).zip(&draws);
                point(level.value, all.map(|((s, said), draws)| Tally::of(s, &level.alarms(said, draws))))
            };
            shares.map(at).collect()
        }
        Says::Alarms { at, from, to } => {
            let point_at = |share: f64| {
                let level = to * (from / to).powf(share);
                point(level, evaluation.iter().map(|s| Tally::of(s, &at(s, level))))
            };
            shares.map(point_at).collect()
        }
    }
}

fn point(level: f64, tallies: impl Iterator<Item = Tally>) -> Point {
    let sum: Tally = tallies.sum();
    Point { level, fpr: sum.fpr(), sensitivity: sum.sensitivity(), pod: sum.pod(), delay: sum.mean_delay() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::SCENARIOS;
    use crate::evaluate::simulate::replications;

    #[test]
    fn more_alarms_find_more_and_sooner() {
        let set = replications(&SCENARIOS[12..14], 1, 0..10, true);
        let values = |series: &Labelled| series.values[series.judged.clone()].to_vec();
        let candidate = Candidate { label: "value".into(), says: Says::Scores(Box::new(values)) };
        let curve = curve(&candidate, &set, 1);
        assert_eq!(curve.len(), 31);
        for pair in curve.windows(2) {
            assert!(pair[0].fpr <= pair[1].fpr && pair[0].sensitivity <= pair[1].sensitivity);
            assert!(pair[0].pod <= pair[1].pod && pair[0].delay >= pair[1].delay);
        }
        let last = curve[30];
        assert_eq!((last.pod, last.delay, last.fpr), (1.0, 0.0, 1.0));
    }
}
