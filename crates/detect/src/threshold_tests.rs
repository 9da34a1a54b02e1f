//! Tests of the threshold: levels, duration, gaps, stuck values, losing a series.

use super::*;
use crate::AnyDetector;

fn gauge(json: &str) -> AnyDetector {
    KIND.build(json).unwrap()
}

/// Pushes `(minute, value)` pairs and returns the changes with their minutes.
fn changes(detector: &mut AnyDetector, samples: &[(i64, Option<f64>)]) -> Vec<(i64, Change)> {
    samples
        .iter()
        .filter_map(|&(minute, value)| {
            let step = detector.push(Sample { time: minute * 60, value, suspect: false });
            step.change.map(|change| (minute, change))
        })
        .collect()
}

fn some(samples: &[(i64, f64)]) -> Vec<(i64, Option<f64>)> {
    samples.iter().map(|&(t, v)| (t, Some(v))).collect()
}

#[test]
fn alarms_on_the_change_only_and_ends_below_the_second_level() {
    let mut d = gauge(r#"{"on": 5, "off": 4}"#);
    let got =
        changes(&mut d, &some(&[(0, 3.0), (15, 5.0), (30, 6.0), (45, 4.5), (60, 4.0), (75, 3.9), (90, 4.5)]));
    assert_eq!(got, [(15, Change::On), (75, Change::Off)]);
}

#[test]
fn below_is_the_mirror_image() {
    let mut d = gauge(r#"{"on": 5, "off": 6, "direction": "below"}"#);
    let got = changes(&mut d, &some(&[(0, 7.0), (15, 5.0), (30, 5.5), (45, 6.0), (60, 6.1)]));
    assert_eq!(got, [(15, Change::On), (60, Change::Off)]);
}

#[test]
fn the_level_must_be_held() {
    let mut d = gauge(r#"{"on": 5, "min_duration_s": 1800}"#);
    let got = changes(&mut d, &some(&[(0, 5.0), (15, 5.5), (20, 4.9), (30, 5.1), (45, 5.1), (60, 5.1)]));
    assert_eq!(got, [(60, Change::On)]);
}

#[test]
fn a_gap_begins_the_duration_anew() {
    let mut d = gauge(r#"{"on": 5, "min_duration_s": 3600, "max_gap_s": 1800}"#);
    let got = changes(&mut d, &some(&[(0, 5.0), (30, 5.0), (90, 5.0), (120, 5.0), (150, 5.0)]));
    assert_eq!(got, [(150, Change::On)]);
}

#[test]
fn silence_in_alarm_is_told_once_and_never_ends_it() {
    let mut d = gauge(r#"{"on": 5, "off": 4, "max_gap_s": 1800}"#);
    let mut samples = some(&[(0, 3.0), (15, 5.5)]);
    samples.extend([(30, None), (45, None), (60, None), (600, None)]);
    assert_eq!(changes(&mut d, &samples), [(15, Change::On), (60, Change::Lost)]);
    assert!(d.level_on());
    assert_eq!(
        changes(&mut d, &some(&[(615, 4.5)])),
        [(615, Change::On)],
        "back, and still above the lower level"
    );
    assert_eq!(changes(&mut d, &some(&[(630, 3.0)])), [(630, Change::Off)]);
}

#[test]
fn a_series_lost_while_rising_towards_its_level_is_told() {
    let steep = [(0, Some(1.0)), (15, Some(3.0)), (30, None), (60, None)];
    let mut d = gauge(r#"{"on": 5, "max_gap_s": 1800}"#);
    assert_eq!(changes(&mut d, &steep), [(60, Change::Lost)]);
    assert!(!d.level_on());
    assert_eq!(changes(&mut d, &some(&[(75, 2.0)])), [(75, Change::Off)]);

    let flat = [(0, Some(1.0)), (15, Some(1.01)), (60, None)];
    assert_eq!(changes(&mut gauge(r#"{"on": 5, "max_gap_s": 1800}"#), &flat), []);
    let falling = [(0, Some(4.9)), (15, Some(3.0)), (60, None)];
    assert_eq!(changes(&mut gauge(r#"{"on": 5, "max_gap_s": 1800}"#), &falling), []);
    let by_pace = r#"{"on": 50, "max_gap_s": 1800, "rising_per_hour": 2}"#;
    assert_eq!(changes(&mut gauge(by_pace), &steep), [(60, Change::Lost)]);
}

#[test]
fn a_series_lost_at_its_watch_level_is_told() {
    let mut d = gauge(r#"{"on": 5, "max_gap_s": 1800, "watch": 4}"#);
    assert_eq!(changes(&mut d, &[(0, Some(4.2)), (15, Some(4.1)), (60, None)]), [(60, Change::Lost)]);
}

#[test]
fn a_lost_series_that_comes_back_above_is_not_called_over() {
    let mut d = gauge(r#"{"on": 5, "max_gap_s": 1800, "watch": 4, "min_duration_s": 1800}"#);
    let got =
        changes(&mut d, &[(0, Some(4.2)), (60, None), (75, Some(6.0)), (90, Some(6.0)), (105, Some(6.0))]);
    assert_eq!(got, [(60, Change::Lost), (105, Change::On)]);
}

#[test]
fn a_stuck_value_cannot_be_judged() {
    let mut d = gauge(r#"{"on": 5, "stuck_after_s": 3600}"#);
    let got = changes(&mut d, &some(&[(0, 5.5), (30, 5.5), (60, 5.5), (90, 5.5), (120, 5.6)]));
    assert_eq!(got, [(0, Change::On), (60, Change::Lost), (120, Change::On)]);
    let mut calm = gauge(r#"{"on": 5, "stuck_after_s": 3600}"#);
    assert_eq!(changes(&mut calm, &some(&[(0, 1.0), (60, 1.0)])), []);
    let step = calm.push(Sample::new(90 * 60, 1.0));
    assert_eq!(step.judgement, Judgement::CannotJudge(Reason::Stuck { seconds: 5400 }));
}

#[test]
fn what_cannot_be_used_is_not_judged_and_is_no_zero() {
    let mut d = gauge(r#"{"on": 0, "direction": "below", "max_gap_s": 100}"#);
    let cases = [
        (Sample::missing(0), Reason::Missing),
        (Sample { time: 1, value: Some(-1.0), suspect: true }, Reason::Suspect),
        (Sample::new(2, f64::NAN), Reason::OutOfRange),
        (Sample::new(3, f64::NEG_INFINITY), Reason::OutOfRange),
        (Sample::new(4, -1e300), Reason::OutOfRange),
    ];
    for (sample, reason) in cases {
        let step = d.push(sample);
        assert_eq!((step.judgement, step.change), (Judgement::CannotJudge(reason), None), "{sample:?}");
    }
    assert_eq!(d.push(Sample::new(5, -1.0)).judgement, Judgement::Alarm);
    for (time, seconds) in [(5, 0), (2, 3)] {
        let step = d.push(Sample::new(time, 1.0));
        assert_eq!(step.judgement, Judgement::CannotJudge(Reason::TimeWentBackwards { seconds }));
    }
    assert!(d.level_on());
}

#[test]
fn the_ends_of_time_do_not_overflow() {
    let mut d = gauge(r#"{"on": 5, "stuck_after_s": 10}"#);
    for time in [i64::MIN, i64::MIN + 1, 0, i64::MAX - 1, i64::MAX] {
        d.push(Sample::new(time, 5.0));
        d.push(Sample::missing(time));
    }
}

#[test]
fn parameters_are_checked() {
    for (json, part) in [
        (r#"{"on": 5, "off": 6}"#, "off lies on the dangerous side"),
        (r#"{"on": 5, "off": 4, "direction": "below"}"#, "off lies on the dangerous side"),
        (r#"{"on": 5, "max_gap_s": 0}"#, "max_gap_s must be above 0"),
        (r#"{"on": 5, "min_duration_s": -1}"#, "min_duration_s must not be negative"),
        (r#"{"off": 6}"#, "missing field `on`"),
        (r#"{"on": 5, "of": 4}"#, "unknown field `of`"),
        (r#"{"on": 1e999}"#, "number out of range at line 1"),
        (r#"{"on": 1e200}"#, "on must be a number"),
        ("", "EOF"),
    ] {
        let error = KIND.parse(json).unwrap_err().to_string();
        assert!(error.contains(part), "{json}: {error}");
    }
    assert_eq!(KIND.parse(&" ".repeat(70_000)).unwrap_err(), ParamError::TooLarge(70_000));
}

#[test]
fn a_value_that_comes_later_than_the_news_of_silence_is_still_judged() {
    let mut d = gauge(r#"{"on": 5, "max_gap_s": 1800}"#);
    let got = changes(&mut d, &[(0, Some(5.0)), (60, None), (45, Some(5.5)), (50, Some(4.0))]);
    assert_eq!(got, [(0, Change::On), (60, Change::Lost), (45, Change::On), (50, Change::Off)]);
}
