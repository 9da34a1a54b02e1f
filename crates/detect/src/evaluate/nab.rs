//! The score of the Numenta Anomaly Benchmark (Lavin and Ahmad, 14th IEEE International Conference on Machine Learning
//! and Applications, 2015): what an alarm in a window earns for being early, and one outside costs.

use super::labelled::Labelled;

/// What is earned and what it costs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Profile {
    /// What the first alarm of a window earns at most.
    pub found: f64,
    /// What a step of false alarm costs at most.
    pub false_alarm: f64,
    /// What a window without an alarm costs.
    pub missed: f64,
}

/// The benchmark's usual profile.
pub const STANDARD: Profile = Profile { found: 1.0, false_alarm: 0.11, missed: 1.0 };
/// Its profile for those whom false alarms cost twice as much.
pub const FEW_FALSE: Profile = Profile { false_alarm: 0.22, ..STANDARD };
/// Its profile for those whom missed windows cost twice as much.
pub const FEW_MISSED: Profile = Profile { missed: 2.0, ..STANDARD };

/// The level and the score of the level that is best for all these series together, as the benchmark sweeps it: 100
/// for all that can be earned, 0 for never an alarm. `scores` are of the judged steps, and not a number where a step
/// was not judged; there is an alarm from the level on. Infinity and 0 where no level is better than none.
///
/// # Panics
/// Where there are not as many scores as series.
#[must_use]
pub fn best(series: &[Labelled], scores: &[Vec<f64>], profile: Profile) -> (f64, f64) {
    assert_eq!(series.len(), scores.len(), "scores for every series");
    let windows: usize = series.iter().map(|series| series.to_find().count()).sum();
    let (perfect, none) = (profile.found * windows as f64, -profile.missed * windows as f64);
    let share = |sum: f64| 100.0 * (sum - none) / (perfect - none);
    let mut events: Vec<Event> = Vec::new();
    let mut first = 0;
    for (series, scores) in series.iter().zip(scores) {
        events.extend(events_of(series, scores, profile, first));
        first += series.to_find().count();
    }
    events.sort_by(|a, b| b.score.total_cmp(&a.score));
    // As the level falls, steps are added; a window is worth its earliest.
    let mut earned = vec![-profile.missed; windows];
    let (mut sum, mut best) = (none, (f64::INFINITY, none));
    for (at, event) in events.iter().enumerate() {
        match event.window {
            None => sum += event.worth,
            Some(window) if event.worth > earned[window] => {
                sum += event.worth - earned[window];
                earned[window] = event.worth;
            }
            Some(_) => {}
        }
        let last = events.get(at + 1).is_none_or(|next| next.score < event.score);
        if last && sum > best.1 {
            best = (event.score, sum);
        }
    }
    (best.0, share(best.1))
}

/// The score of alarms as they are: 1 where there is one.
///
/// # Panics
/// As [`best`].
#[must_use]
pub fn of_alarms(series: &[Labelled], alarms: &[Vec<f64>], profile: Profile) -> f64 {
    assert_eq!(series.len(), alarms.len(), "alarms for every series");
    let (mut sum, mut windows) = (0.0, 0);
    for (series, alarms) in series.iter().zip(alarms) {
        let mut earned = vec![-profile.missed; series.to_find().count()];
        for event in events_of(series, alarms, profile, 0).filter(|event| event.score > 0.0) {
            match event.window {
                None => sum += event.worth,
                Some(window) => earned[window] = f64::max(earned[window], event.worth),
            }
        }
        windows += earned.len();
        sum += earned.iter().sum::<f64>();
    }
    let (perfect, none) = (profile.found * windows as f64, -profile.missed * windows as f64);
    100.0 * (sum - none) / (perfect - none)
}

/// What an alarm at a step would be worth.
struct Event {
    score: f64,
    /// The window that it lies in.
    window: Option<usize>,
    worth: f64,
}

/// Those of a series' judged steps that were judged; its windows are counted from `first`.
fn events_of<'a>(
    series: &'a Labelled,
    scores: &'a [f64],
    profile: Profile,
    first: usize,
) -> impl Iterator<Item = Event> + 'a {
    let windows: Vec<_> = series.to_find().collect();
    let steps = series.judged.clone().zip(scores).filter(|(_, score)| !score.is_nan());
    steps.filter_map(move |(step, score)| {
        let window = windows.iter().position(|window| window.contains(&step));
        let worth = match window.map(|window| &windows[window]) {
            Some(window) => {
                let position = (window.end - step) as f64 / window.len() as f64;
                profile.found * sigmoid(-position) / sigmoid(-1.0)
            }
            // What lies in an outbreak that began before the judged steps is neither.
            None if series.in_outbreak(step) => return None,
            None => {
                let before =
                    windows.iter().filter(|window| window.end <= step).max_by_key(|window| window.end);
                let past = before.map_or(f64::INFINITY, |window| {
                    (step + 1 - window.end) as f64 / (window.len().max(2) - 1) as f64
                });
                profile.false_alarm * sigmoid(past)
            }
        };
        Some(Event { score: *score, window: window.map(|window| first + window), worth })
    })
}

/// From nearly 1 a window before its end, over 0 at its end, to -1 far behind it.
fn sigmoid(position: f64) -> f64 {
    if position > 3.0 { -1.0 } else { 2.0 / (1.0 + (5.0 * position).exp()) - 1.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The traffic speeds 7578 of the benchmark: 1127 steps, of which its first 15 % are not judged, and four windows.
    fn speeds() -> Labelled {
        Labelled {
            values: vec![0.0; 1127],
            outbreaks: vec![303..332, 740..769, 909..938, 945..974],
            judged: 169..1127,
            freq: 105_120,
            group: 0,
            dates: None,
            times: None,
        }
    }

    /// Those of the benchmark's windowedGaussian, at its level of 1.
    const ALARMS: [usize; 12] = [317, 625, 752, 753, 754, 920, 921, 922, 925, 926, 927, 959];

    fn scores(alarms: &[usize]) -> Vec<f64> {
        let judged = speeds().judged;
        judged.map(|step| f64::from(u8::from(alarms.contains(&step)))).collect()
    }

    #[test]
    fn it_gives_what_the_benchmark_published() {
        // Its sums are 3.47059145681 of 4 in the usual profile; false alarms cost 0.11 in it, and 0.22 in the second.
        let normal = |sum: f64, none: f64| 100.0 * (sum + none) / (4.0 + none);
        for (profile, sum, none) in [
            (STANDARD, 3.470_591_456_81, 4.0),
            (FEW_FALSE, 3.360_591_456_81, 4.0),
            (FEW_MISSED, 3.470_591_456_81, 8.0),
        ] {
            let of_alarms = of_alarms(&[speeds()], &[scores(&ALARMS)], profile);
            assert!((of_alarms - normal(sum, none)).abs() < 1e-9, "{of_alarms}");
            let (level, best) = best(&[speeds()], &[scores(&ALARMS)], profile);
            assert!(level == 1.0 && (best - of_alarms).abs() < 1e-9);
        }
    }

    #[test]
    fn early_is_better_than_late_and_never_is_nothing() {
        let of = |alarms: &[usize]| of_alarms(&[speeds()], &[scores(alarms)], STANDARD);
        assert_eq!(of(&[]), 0.0);
        assert!((of(&[303, 740, 909, 945]) - 100.0).abs() < 1e-9);
        assert!(of(&[303]) > of(&[331]) && of(&[331]) > of(&[]));
        // A little late is nearly forgiven.
        assert!(of(&[332]) < of(&[]) && of(&[332]) > of(&[700]));
        assert!((of(&[200]) - of(&[700])).abs() < 1e-12);
    }

    #[test]
    fn the_best_level_is_the_best_of_all_levels() {
        let mut random = crate::evaluate::random::Random::new(&[5]);
        let series = [speeds(), speeds()];
        let mut said: Vec<Vec<f64>> = series
            .iter()
            .map(|s| s.judged.clone().map(|_| (random.uniform() * 300.0).floor()).collect())
            .collect();
        for window in [312, 750, 930] {
            said[0][window - 169] = 400.0;
        }
        said[1][3] = f64::NAN;
        let (level, score) = best(&series, &said, STANDARD);
        let at = |level: f64| {
            let alarms: Vec<Vec<f64>> = said
                .iter()
                .map(|said| said.iter().map(|s| f64::from(u8::from(*s >= level))).collect())
                .collect();
            of_alarms(&series, &alarms, STANDARD)
        };
        assert!((at(level) - score).abs() < 1e-9);
        assert!((0..401).all(|level| at(f64::from(level)) <= score + 1e-9));
        let lost: Vec<f64> = speeds().judged.map(|step| f64::from(u8::from(step < 303))).collect();
        let (level, score) = best(&[speeds()], &[lost], Profile { false_alarm: 50.0, ..STANDARD });
        assert_eq!((level, score), (f64::INFINITY, 0.0));
    }
}
