//! Tests of EARS on small series worked out by hand.

use super::*;
use crate::AnyDetector;

const DAY: i64 = 86_400;

fn ears(json: &str) -> AnyDetector {
    KIND.build(json).unwrap()
}

fn run(detector: &mut AnyDetector, counts: &[Option<f64>]) -> Vec<Step> {
    let push = |(i, &value): (usize, &Option<f64>)| {
        detector.push(Sample { time: i as i64 * DAY, value, suspect: false })
    };
    counts.iter().enumerate().map(push).collect()
}

fn counts(values: &[f64]) -> Vec<Option<f64>> {
    values.iter().copied().map(Some).collect()
}

/// Mean 4, standard deviation sqrt(28/6).
const SEVEN: [f64; 7] = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0];

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-12 * b.abs()
}

#[test]
fn c1_compares_with_the_counts_just_before() {
    let mut series = SEVEN.to_vec();
    series.push(11.0);
    let steps = run(&mut ears(r#"{"method": "C1", "mode": "compat"}"#), &counts(&series));
    let too_few = |have| Judgement::CannotJudge(Reason::TooFewObservations { have, need: 7 });
    assert_eq!(steps[0].judgement, too_few(0));
    assert_eq!(steps[6].judgement, too_few(6));
    let bound = 4.0 + 3.090_232_306_167_813 * (28.0f64 / 6.0).sqrt();
    assert!(close(steps[7].threshold.unwrap(), bound), "{:?}", steps[7]);
    assert_eq!(
        (steps[7].expected, steps[7].judgement, steps[7].change),
        (Some(4.0), Judgement::Alarm, Some(Change::On))
    );
    assert!(close(steps[7].score.unwrap(), 7.0 / (bound - 4.0)));
}

#[test]
fn c2_leaves_a_pause_of_two() {
    let mut series = SEVEN.to_vec();
    series.extend([50.0, 60.0, 10.0, 11.0]);
    let steps = run(&mut ears(r#"{"method": "C2"}"#), &counts(&series));
    assert_eq!(steps[8].judgement, Judgement::CannotJudge(Reason::TooFewObservations { have: 8, need: 9 }));
    // z = 3 by default: 4 + 3 * 2.1602 = 10.48.
    assert!((steps[9].threshold.unwrap() - 10.480_740_698_407_86).abs() < 1e-9, "{:?}", steps[9]);
    assert_eq!(steps[9].judgement, Judgement::NoAlarm);
}

#[test]
fn published_c3_adds_up_three_days() {
    let mut d = ears(r#"{"method": "C3", "baseline": 2, "minSigma": 1}"#);
    // Constant counts, sigma 1: three counts of 5.8, 5.8, 5.8 after 4s have C2 excess 0.8 each, sum 2.4 > 2.
    let steps = run(&mut d, &counts(&[4.0, 4.0, 4.0, 4.0, 4.0, 4.0, 5.8, 5.8, 5.8]));
    assert_eq!(steps[7].judgement, Judgement::NoAlarm);
    assert!((steps[7].score.unwrap() - 0.8).abs() < 1e-9, "{:?}", steps[7]);
    assert_eq!(steps[8].judgement, Judgement::Alarm);
    assert!((steps[8].score.unwrap() - 1.2).abs() < 1e-9);
    assert!((steps[8].threshold.unwrap() - 5.4).abs() < 1e-9, "{:?}", steps[8]);
}

#[test]
fn published_c3_looks_at_the_count_and_the_reference_does_not() {
    let series = counts(&[4.0, 5.0, 3.0, 4.0, 5.0, 3.0, 4.0, 5.0, 3.0, 4.0, 5.0, 40.0]);
    let published = run(&mut ears(r#"{"method": "C3"}"#), &series);
    assert_eq!(published[11].judgement, Judgement::Alarm);
    let compat = run(&mut ears(r#"{"method": "C3", "mode": "compat"}"#), &series);
    assert_eq!(compat[11].judgement, Judgement::NoAlarm);
    assert!(compat[11].threshold.unwrap() > 40.0);
}

#[test]
fn a_day_that_was_an_alarm_itself_is_no_part_of_the_next_c3() {
    let series = counts(&[4.0, 5.0, 3.0, 4.0, 5.0, 3.0, 4.0, 5.0, 3.0, 4.0, 5.0, 40.0, 4.0]);
    let steps = run(&mut ears(r#"{"method": "C3"}"#), &series);
    let changes: Vec<Option<Change>> = steps[11..].iter().map(|s| s.change).collect();
    assert_eq!(changes, [Some(Change::On), Some(Change::Off)]);
}

#[test]
fn equal_counts_cannot_be_judged_without_a_least_sigma() {
    let series = counts(&[0.1; 8]);
    let strict = run(&mut ears(r#"{"method": "C1", "minSigma": 0}"#), &series);
    assert_eq!(strict[7].judgement, Judgement::CannotJudge(Reason::ZeroVariance));
    let default = run(&mut ears(r#"{"method": "C1"}"#), &series);
    assert_eq!(default[7].judgement, Judgement::NoAlarm);
    let compat = run(
        &mut ears(r#"{"method": "C1", "mode": "compat"}"#),
        &counts(&[0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0]),
    );
    assert_eq!((compat[7].judgement, compat[7].threshold), (Judgement::Alarm, Some(0.0)));
}

#[test]
fn a_missing_count_is_no_zero() {
    let mut series = counts(&SEVEN);
    series[3] = None;
    series.extend([None, Some(50.0)]);
    let steps = run(&mut ears(r#"{"method": "C1"}"#), &series);
    assert_eq!(steps[7].judgement, Judgement::CannotJudge(Reason::Missing));
    assert_eq!(steps[8].judgement, Judgement::CannotJudge(Reason::MissingInWindow { missing: 2 }));
    let steps = run(&mut ears(r#"{"method": "C1", "min_baseline": 5}"#), &series);
    assert_eq!(steps[8].judgement, Judgement::Alarm);
    assert_eq!(steps[8].expected, Some(23.0 / 5.0));
}

#[test]
fn with_a_step_an_absent_count_leaves_a_gap() {
    let mut d = ears(r#"{"method": "C1", "baseline": 3, "min_baseline": 2, "step_s": 86400}"#);
    for (day, count) in [(0, 4.0), (1, 5.0), (2, 6.0)] {
        d.push(Sample::new(day * DAY, count));
    }
    // Days 3 and 4 are absent: of the last three only day 2 is there.
    let step = d.push(Sample::new(5 * DAY + 3600, 90.0));
    assert_eq!(step.judgement, Judgement::CannotJudge(Reason::MissingInWindow { missing: 2 }));
    let step = d.push(Sample::new(5 * DAY + 7200, 90.0));
    assert_eq!(step.judgement, Judgement::CannotJudge(Reason::TimeWentBackwards { seconds: 0 }));
}

#[test]
fn with_a_step_news_of_silence_takes_no_place() {
    let json = r#"{"method": "C1", "baseline": 3, "step_s": 86400}"#;
    let mut d = ears(json);
    for (day, count) in [(0, 4.0), (1, 5.0), (2, 6.0), (3, 50.0)] {
        d.push(Sample::new(day * DAY, count));
    }
    assert!(d.level_on());
    assert_eq!(d.push(Sample::missing(5 * DAY)).change, None);
    let step = d.push(Sample::missing(6 * DAY));
    let gap = Judgement::CannotJudge(Reason::Gap { seconds: 3 * DAY });
    assert_eq!((step.judgement, step.change), (gap, Some(Change::Lost)));
    assert!(d.level_on());
    assert_eq!(d.push(Sample::new(4 * DAY, 2.0)).change, Some(Change::Off), "the late count is judged");
}

#[test]
fn a_huge_jump_in_time_takes_no_longer_than_a_small_one() {
    let mut d = ears(r#"{"method": "C3", "baseline": 365, "step_s": 1}"#);
    for time in [i64::MIN, 0, i64::MAX - 1, i64::MAX] {
        d.push(Sample::new(time, 1.0));
    }
    let State::Ears(state) = d.save() else { panic!("another kind") };
    assert!(state.past.len() <= 369);
}

#[test]
fn parameters_are_checked() {
    for (json, part) in [
        (r#"{"method": "C4"}"#, "unknown variant `C4`"),
        (r#"{"method": "C1", "baseline": 1}"#, "baseline must be from 2"),
        (r#"{"method": "C1", "baseline": 100000}"#, "baseline must be from 2"),
        (r#"{"method": "C1", "alpha": 0}"#, "alpha must be"),
        (r#"{"method": "C1", "minSigma": -1}"#, "minSigma must be"),
        (r#"{"method": "C1", "min_baseline": 8}"#, "min_baseline must be"),
        (r#"{"method": "C1", "step_s": 0}"#, "step_s must be"),
    ] {
        let error = KIND.parse(json).unwrap_err().to_string();
        assert!(error.contains(part), "{json}: {error}");
    }
}
