//! What the onset method says of made measurements.

use super::*;
use crate::evaluate::random::Random;
use crate::judge::{Judgement, Reason};
use crate::normal;

const HALF_HOURS: u32 = 48 * 365;
/// Monday 2026-06-01, 00:00.
const MONDAY: i64 = 1_780_272_000;

fn judge(params: &str) -> Box<dyn Judge> {
    METHOD.parse(params).unwrap()
}

/// Half hours of so many days: a level of 100, a day that swings by 20, weekends 10 lower, and noise of 2.
fn half_hours(days: usize, seed: u64) -> (Vec<f64>, Vec<i64>) {
    let mut random = Random::new(&[seed]);
    let step = |at: usize| {
        let day = std::f64::consts::TAU * (at % 48) as f64 / 48.0;
        let weekend = if (at / 48) % 7 >= 5 { -10.0 } else { 0.0 };
        100.0 + 20.0 * day.sin() + weekend + 2.0 * normal::quantile(random.uniform())
    };
    ((0..48 * days).map(step).collect(), (0..48 * days).map(|at| MONDAY + 1800 * at as i64).collect())
}

fn series<'a>(values: &'a [f64], times: &'a [i64]) -> Series<'a> {
    Series { times: Some(times), ..Series::new(values, HALF_HOURS) }
}

fn run(params: &str, series: &Series<'_>, from: usize) -> Outcome {
    judge(params).judge(series, from..series.end(), &mut Memory::default()).unwrap()
}

#[test]
fn the_day_and_the_weekend_are_learned() {
    let (values, times) = half_hours(28, 1);
    let outcome = run("{}", &series(&values, &times), 48 * 21);
    let off: f64 = (0..48 * 7)
        .map(|at| {
            let day = std::f64::consts::TAU * (at % 48) as f64 / 48.0;
            let weekend = if (at / 48) % 7 >= 5 { -10.0 } else { 0.0 };
            (outcome.expected[at] - (100.0 + 20.0 * day.sin() + weekend)).abs()
        })
        .fold(0.0, f64::max);
    assert!(off < 1.5, "{off}");
    let sd = outcome.numbers("sd").unwrap();
    assert!(sd.iter().all(|sd| (sd / 2.0 - 1.0).abs() < 0.2), "{sd:?}");
    let alarms = outcome.judgements.iter().filter(|judgement| **judgement == Judgement::Alarm).count();
    assert!(alarms <= 2, "{alarms}");
}

#[test]
fn a_change_is_an_alarm_at_once_in_either_direction_and_bounds_are_where_it_begins() {
    let (mut values, times) = half_hours(15, 2);
    let last = values.len() - 1;
    let usual = run("{}", &series(&values, &times), last);
    let (upper, lower) = (usual.upperbound[0], usual.numbers("lowerbound").unwrap()[0]);
    assert!(upper - usual.expected[0] < 14.0 && (upper + lower - 2.0 * usual.expected[0]).abs() < 1e-9);
    for (value, wanted) in [
        (upper + 1e-6, Judgement::Alarm),
        (upper - 1e-6, Judgement::NoAlarm),
        (lower + 1e-6, Judgement::NoAlarm),
        (lower - 1e-6, Judgement::Alarm),
        (1e9, Judgement::Alarm),
        (-1e99, Judgement::Alarm),
    ] {
        values[last] = value;
        let outcome = run("{}", &series(&values, &times), last);
        assert_eq!(outcome.judgements, [wanted], "{value}: {}", outcome.score[0]);
        assert!(outcome.score[0].is_finite());
        let up = run(r#"{"values": "measurements", "sided": "one"}"#, &series(&values, &times), last);
        if value < usual.expected[0] {
            assert_eq!(up.judgements, [Judgement::NoAlarm], "{value}");
        }
        assert!(up.numbers("lowerbound").unwrap()[0].is_nan());
    }
}

#[test]
fn what_lies_far_out_neither_moves_the_model_nor_hides_what_follows() {
    let (values, times) = half_hours(20, 3);
    let clean = run("{}", &series(&values, &times), 48 * 19);
    let mut wild = values.clone();
    for at in [400, 401, 402, 500, 600, 601] {
        wild[at] = 5000.0;
    }
    let with = run("{}", &series(&wild, &times), 48 * 19);
    for at in 0..48 {
        assert!((with.expected[at] - clean.expected[at]).abs() < 0.5, "{at}");
        assert!(with.upperbound[at] - with.expected[at] < 2.0 * (clean.upperbound[at] - clean.expected[at]));
    }
    let reasons = judge("{}").explain(&series(&wild, &times), 0, 48 * 19).unwrap();
    assert!(reasons.because.iter().any(|words| words.contains("past measurements count less than half")));
    assert!(reasons.baseline[500].weight < 0.01 && reasons.baseline[499].weight > 0.3);
    assert_eq!(reasons.numbers[0], ("expected", with.expected[0]));
}

#[test]
fn steps_that_are_not_equal_keep_the_time_of_their_day() {
    let (values, times) = half_hours(40, 4);
    // Half of them are lost.
    let mut random = Random::new(&[9]);
    let kept: Vec<usize> = (0..values.len()).filter(|_| random.uniform() < 0.5).collect();
    let (values, times): (Vec<f64>, Vec<i64>) = kept.iter().map(|at| (values[*at], times[*at])).unzip();
    let outcome = run("{}", &series(&values, &times), values.len() - 100);
    let sd = outcome.numbers("sd").unwrap();
    assert!((sd[99] / 2.0 - 1.0).abs() < 0.25, "{}", sd[99]);
}

#[test]
fn nothing_is_judged_before_there_is_something_to_judge_by() {
    let (values, times) = half_hours(4, 5);
    let held = series(&values, &times);
    assert_eq!(judge("{}").first_judged(&held), 96);
    let outcome = run("{}", &held, 95);
    let soon = Reason::WindowNotCovered { have_s: 171_000, need_s: 172_800 };
    assert_eq!(outcome.judgements[0], Judgement::CannotJudge(soon));
    assert!(!matches!(outcome.judgements[1], Judgement::CannotJudge(_)));
    let flat = vec![7.0; 200];
    let mut changed = flat.clone();
    changed.extend([7.5, 7.0, 7.0, 9.0]);
    let outcome = run(r#"{"values": "measurements"}"#, &Series::new(&changed, 52), 9);
    let constant = Judgement::CannotJudge(Reason::ZeroVariance);
    assert!(outcome.judgements[..192].iter().all(|judgement| *judgement == constant));
    assert!(outcome.judgements[192..].iter().all(|judgement| *judgement != constant));
    let tail = Series { first: 100, ..Series::new(&changed, HALF_HOURS) };
    assert!(judge("{}").judge(&tail, 150..151, &mut Memory::default()).is_err());
}

#[test]
fn a_sensor_of_hours_goes_on_from_its_memory_as_from_its_beginning() {
    let (values, times) = half_hours(6, 6);
    let held = series(&values, &times);
    let judge = judge("{}");
    let whole = judge.judge(&held, 100..288, &mut Memory::default()).unwrap();
    let mut memory = Memory::default();
    judge.judge(&held, 100..101, &mut memory).unwrap();
    for index in 101..288 {
        let from = judge.looks_back_to(index, HALF_HOURS);
        let tail = Series {
            first: from,
            times: Some(&times[from..=index]),
            ..Series::new(&values[from..=index], HALF_HOURS)
        };
        let one = judge.judge(&tail, index..index + 1, &mut memory).unwrap();
        assert_eq!(one.score[0].to_bits(), whole.score[index - 100].to_bits(), "{index}");
        assert_eq!(one.upperbound[0].to_bits(), whole.upperbound[index - 100].to_bits());
    }
}

#[test]
fn weekly_measurements_have_the_season_of_the_year() {
    let mut random = Random::new(&[7]);
    let season = |week: usize| 10.0 - 8.0 * (std::f64::consts::TAU * week as f64 / 52.0).cos();
    let values: Vec<f64> =
        (0..312).map(|week| season(week) + 1.5 * normal::quantile(random.uniform())).collect();
    let outcome = run(r#"{"values": "measurements"}"#, &Series::new(&values, 52), 260);
    for week in 260..312 {
        assert!((outcome.expected[week - 260] - season(week)).abs() < 1.2, "{week}");
    }
    for bad in [r#"{"sided": "two"}"#, r#"{"values": "measurements", "populationOffset": true}"#] {
        assert!(METHOD.parse(bad).is_err(), "{bad}");
    }
    for word in ["values", "sided", "halfLife"] {
        assert!(METHOD.doc.contains(&format!("`{word}`")), "{word}");
    }
}
