//! Tests of the rate: slopes, hysteresis, gaps, memory.

use super::*;
use crate::AnyDetector;

fn rate(json: &str) -> AnyDetector {
    KIND.build(json).unwrap()
}

fn hourly() -> AnyDetector {
    rate(r#"{"window_s": 3600, "on_per_hour": 2.0, "off_per_hour": 1.0}"#)
}

#[test]
fn the_slope_of_a_straight_line_is_its_slope() {
    let mut d = hourly();
    let steps: Vec<Step> = (0..8).map(|i| d.push(Sample::new(i * 900, 10.0 + 0.75 * i as f64))).collect();
    assert_eq!(steps[1].judgement, Judgement::CannotJudge(Reason::TooFewObservations { have: 2, need: 3 }));
    for step in &steps[2..] {
        assert!((step.score.unwrap() - 3.0).abs() < 1e-9, "{step:?}");
        assert_eq!(step.judgement, Judgement::Alarm);
    }
    assert_eq!(steps.iter().filter(|s| s.change == Some(Change::On)).count(), 1);
}

#[test]
fn falling_is_the_mirror_image() {
    let mut d = rate(r#"{"window_s": 3600, "on_per_hour": 2.0, "direction": "falling"}"#);
    let last = (0..5).map(|i| d.push(Sample::new(i * 900, 10.0 - 0.75 * i as f64))).last().unwrap();
    assert_eq!(last.judgement, Judgement::Alarm);
    let mut rising = hourly();
    let last = (0..5).map(|i| rising.push(Sample::new(i * 900, 10.0 - 0.75 * i as f64))).last().unwrap();
    assert_eq!(last.judgement, Judgement::NoAlarm);
}

#[test]
fn the_alarm_ends_below_the_lower_rate() {
    let mut d = hourly();
    let heights = [0.0, 0.6, 1.2, 1.8, 2.4, 2.8, 3.2, 3.6, 4.0, 4.0, 4.0, 4.0, 4.0];
    let changes: Vec<(usize, Change)> = heights
        .iter()
        .enumerate()
        .filter_map(|(i, &v)| d.push(Sample::new(i as i64 * 900, v)).change.map(|c| (i, c)))
        .collect();
    assert_eq!(changes, [(2, Change::On), (10, Change::Off)]);
}

#[test]
fn values_close_together_are_not_judged() {
    let mut d = hourly();
    let last = (0..10).map(|i| d.push(Sample::new(i * 60, i as f64))).last().unwrap();
    assert_eq!(
        last.judgement,
        Judgement::CannotJudge(Reason::WindowNotCovered { have_s: 540, need_s: 1800 })
    );
}

#[test]
fn silence_while_rising_is_told_once() {
    let mut d = rate(r#"{"window_s": 3600, "on_per_hour": 2.0, "off_per_hour": 1.0, "max_gap_s": 1800}"#);
    for i in 0..4 {
        assert_eq!(d.push(Sample::new(i * 900, 0.3 * i as f64)).change, None);
    }
    assert_eq!(d.push(Sample::missing(2700 + 1800)).change, None);
    assert_eq!(d.push(Sample::missing(2700 + 1801)).change, Some(Change::Lost));
    assert_eq!(d.push(Sample::missing(9999)).change, None);
    assert!(!d.level_on());
}

#[test]
fn a_gap_that_nobody_told_of_is_told_by_the_value_after_it() {
    let mut d = hourly();
    for i in 0..4 {
        d.push(Sample::new(i * 900, i as f64));
    }
    assert!(d.level_on());
    let step = d.push(Sample::new(20_000, 9.0));
    assert_eq!(step.change, Some(Change::Lost));
    assert_eq!(step.judgement, Judgement::CannotJudge(Reason::TooFewObservations { have: 1, need: 3 }));
    assert!(d.level_on(), "silence ends no alarm");
}

#[test]
fn a_fast_series_keeps_no_more_than_the_parts_of_its_window() {
    let mut d = rate(r#"{"window_s": 86400, "on_per_hour": 2.0}"#);
    let mut last = None;
    for i in 0..200_000i64 {
        last = Some(d.push(Sample::new(i, i as f64 / 3600.0)));
    }
    assert!((last.unwrap().score.unwrap() - 1.0).abs() < 1e-6);
    let State::Rate(state) = d.save() else { panic!("another kind") };
    assert!(state.parts.len() <= PARTS as usize + 2, "{}", state.parts.len());
}

#[test]
fn the_ends_of_time_do_not_overflow() {
    let mut d = hourly();
    for time in [i64::MIN, i64::MIN + 1, -1, 0, i64::MAX - 1, i64::MAX] {
        d.push(Sample::new(time, 5.0));
        d.push(Sample::missing(time));
    }
}

#[test]
fn parameters_are_checked() {
    for (json, part) in [
        (r#"{"window_s": 0, "on_per_hour": 1}"#, "window_s must be"),
        (r#"{"window_s": 60, "on_per_hour": -1}"#, "falling"),
        (r#"{"window_s": 60, "on_per_hour": 1, "off_per_hour": 2}"#, "off_per_hour must be"),
        (r#"{"window_s": 60, "on_per_hour": 1, "min_samples": 1}"#, "min_samples must be"),
        (r#"{"window_s": 60, "on_per_hour": 1, "direction": "up"}"#, "unknown variant `up`"),
    ] {
        let error = KIND.parse(json).unwrap_err().to_string();
        assert!(error.contains(part), "{json}: {error}");
    }
}
