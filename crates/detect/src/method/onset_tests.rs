//! What the onset method says of made series.

use proptest::prelude::*;

use super::*;
use crate::evaluate::SCENARIOS;
use crate::evaluate::random::Random;
use crate::evaluate::simulate::replications;
use crate::judge::{Judgement, Reason};

fn judge(params: &str) -> Box<dyn Judge> {
    METHOD.parse(params).unwrap()
}

fn run(params: &str, values: &[f64], from: usize) -> Outcome {
    let series = Series::new(values, 52);
    judge(params).judge(&series, from..values.len(), &mut Memory::default()).unwrap()
}

/// Four years of counts around 6 with a season.
fn usual_weeks(seed: u64) -> Vec<f64> {
    let mut random = Random::new(&[seed]);
    let mean = |week: usize| 6.0 * (0.5 * (std::f64::consts::TAU * week as f64 / 52.0).sin()).exp();
    (0..208).map(|week| random.count(mean(week), 1.5) as f64).collect()
}

/// Slow outbreaks are looked for too.
const SLOW: &str = r#"{"shape": [0.5, 0.42]}"#;

#[test]
fn two_weeks_together_are_an_alarm_where_one_is_not() {
    let mut values = usual_weeks(1);
    values.truncate(206);
    let once = run(SLOW, &[&values[..], &[14.0]].concat(), 206);
    let twice = run(SLOW, &[&values[..205], &[14.0, 14.0]].concat(), 206);
    assert_eq!(once.judgements[0], Judgement::NoAlarm, "{}", once.score[0]);
    assert_eq!(twice.judgements[0], Judgement::Alarm, "{}", twice.score[0]);
    assert!((once.expected[0] - twice.expected[0]).abs() < 1e-12);
    assert!(twice.upperbound[0] < once.upperbound[0]);
}

#[test]
fn what_follows_a_false_alarm_is_none_unless_it_speaks_for_itself() {
    let mut values = usual_weeks(1);
    values.truncate(206);
    let after = |next: f64| run(SLOW, &[&values[..205], &[30.0, next]].concat(), 205).judgements;
    assert_eq!(after(8.0), [Judgement::Alarm, Judgement::NoAlarm]);
    assert_eq!(after(14.0), [Judgement::Alarm, Judgement::Alarm]);
    let carried = run(
        r#"{"shape": [0.5, 0.42], "own": -10, "fading": 1}"#,
        &[&values[..205], &[30.0, 8.0]].concat(),
        205,
    );
    assert_eq!(carried.judgements, [Judgement::Alarm, Judgement::Alarm]);
}

#[test]
fn in_the_first_years_there_are_not_more_false_alarms_than_later() {
    let quiet = replications(&SCENARIOS, 7103, 0..2, false);
    let rate = |weeks: Range<usize>| {
        let alarms = quiet.iter().map(|series| {
            let outcome = judge("{}").judge(&series.series(), weeks.clone(), &mut Memory::default()).unwrap();
            outcome.judgements.iter().filter(|judgement| **judgement == Judgement::Alarm).count()
        });
        alarms.sum::<usize>() as f64 / (quiet.len() * weeks.len()) as f64
    };
    let (first, later) = (rate(9..104), rate(217..312));
    assert!(first < 1.25 * later && later < 0.012, "{first} {later}");
}

#[test]
fn a_season_that_is_there_stays_and_one_that_is_not_is_not_fitted() {
    let mut random = Random::new(&[8]);
    let flat: Vec<f64> = (0..416).map(|_| random.poisson(20.0) as f64).collect();
    let fitted = |values: &[f64]| run("{}", values, 364).expected;
    let spread = |expected: &[f64]| {
        let all = expected.iter().copied();
        all.clone().fold(0.0, f64::max) / all.fold(f64::INFINITY, f64::min)
    };
    assert!(spread(&fitted(&flat)) < 1.04, "{}", spread(&fitted(&flat)));
    let mean = |week: usize| 20.0 * (0.4 * (std::f64::consts::TAU * week as f64 / 52.0).sin()).exp();
    let season: Vec<f64> = (0..416).map(|week| random.poisson(mean(week)) as f64).collect();
    let found = spread(&fitted(&season)).ln();
    assert!((found / 0.8 - 1.0).abs() < 0.15, "{found}");
}

#[test]
fn the_baseline_is_that_of_the_series_and_past_outbreaks_do_not_raise_it() {
    let mut values = usual_weeks(2);
    let clean = run("{}", &values, 200);
    for week in [100, 101, 140, 141] {
        values[week] += 60.0;
    }
    let with = run("{}", &values, 200);
    for week in 200..208 {
        let mean = 6.0 * (0.5 * (std::f64::consts::TAU * week as f64 / 52.0).sin()).exp();
        let got = clean.expected[week - 200];
        assert!((got / mean - 1.0).abs() < 0.2, "{week}: {got}, not {mean}");
        assert!(
            (with.expected[week - 200] / got - 1.0).abs() < 0.06,
            "{week}: {} {got}",
            with.expected[week - 200]
        );
    }
    let reasons = judge("{}").explain(&Series::new(&values, 52), 200, 205).unwrap();
    let weight = |week| reasons.baseline.iter().find(|row| row.index == week).unwrap().weight;
    assert!(weight(100) < 0.01 && weight(99) > 0.5, "{} {}", weight(100), weight(99));
    assert!(
        reasons.because.iter().any(|because| because.starts_with("4 past values count less")),
        "{reasons:?}"
    );
    assert_eq!(reasons.numbers[0], ("expected", with.expected[5]));
    assert_eq!(reasons.baseline.last().unwrap().index, 178);
}

#[test]
fn a_level_that_wanders_is_followed_and_one_that_does_not_is_left() {
    let steady = usual_weeks(3);
    let series = Series::new(&steady, 52);
    let local = |series: &Series<'_>| {
        let numbers = judge("{}").explain(series, 0, 207).unwrap().numbers;
        numbers.iter().find(|(name, _)| *name == "local").unwrap().1
    };
    assert_eq!(local(&series), 1.0);
    // Half a year of twice as many, twice.
    let wave = |week: usize| if (60..86).contains(&week) || week >= 182 { 2.0 } else { 1.0 };
    let waves: Vec<f64> = steady.iter().enumerate().map(|(week, y)| y * wave(week)).collect();
    let level = local(&Series::new(&waves, 52));
    assert!(level > 1.3, "{level}");
}

#[test]
fn edge_series_give_a_value_or_a_reason() {
    let mut spike = vec![0.0; 150];
    spike[120] = 1.0;
    let mut holes = usual_weeks(4);
    holes[50..80].fill(f64::NAN);
    holes[207] = f64::NAN;
    let decline = (0..208).map(|week| f64::floor(400.0 * f64::exp(-f64::from(week) / 20.0))).collect();
    let big = vec![1e6, 2e6, 0.0, 1e11, 5.0, 1e13, -3.0, 1e6, 1e6, 1e6, f64::INFINITY, 7.5, 1e12];
    for values in [vec![0.0; 100], vec![5.0; 100], spike, holes, decline, big, vec![3.0; 2]] {
        for params in ["{}", r#"{"harmonics": 0, "trend": false, "pastStepsNotIncluded": 0}"#] {
            let outcome = run(params, &values, 0);
            for (at, judgement) in outcome.judgements.iter().enumerate() {
                let numbers = [outcome.expected[at], outcome.upperbound[at], outcome.score[at]];
                match judgement {
                    Judgement::CannotJudge(_) => assert!(numbers.iter().all(|x| x.is_nan())),
                    _ => assert!(numbers.iter().all(|x| x.is_finite()), "{at}: {numbers:?}"),
                }
            }
        }
    }
    let zeros = run("{}", &[0.0; 100], 50);
    assert!(zeros.judgements.iter().all(|judgement| *judgement == Judgement::NoAlarm));
    let short = run("{}", &[1.0; 3], 2);
    let few = Judgement::CannotJudge(Reason::TooFewObservations { have: 2, need: 7 });
    assert_eq!(short.judgements, [few]);
    assert_eq!(run("{}", &[1.0, f64::NAN], 1).judgements, [Judgement::CannotJudge(Reason::Missing)]);
}

#[test]
fn weekdays_and_populations_are_of_the_model() {
    let mut random = Random::new(&[6]);
    let week = [1.0, 1.0, 1.0, 1.0, 1.0, 0.3, 0.2];
    let days: Vec<f64> = (0..400).map(|day| random.poisson(40.0 * week[day % 7]) as f64).collect();
    let outcome = judge("{}").judge(&Series::new(&days, 365), 380..400, &mut Memory::default()).unwrap();
    for (at, expected) in outcome.expected.iter().enumerate() {
        let mean = 40.0 * week[(380 + at) % 7];
        assert!((expected / mean - 1.0).abs() < 0.25, "{at}: {expected}, not {mean}");
    }
    let population: Vec<f64> = (0..208).map(|week| 1000.0 + 10.0 * f64::from(week)).collect();
    let counts: Vec<f64> = population.iter().map(|p| random.poisson(p / 100.0) as f64).collect();
    let series = Series { population: Some(&population), ..Series::new(&counts, 52) };
    let params = r#"{"populationOffset": true, "trend": false}"#;
    let outcome = judge(params).judge(&series, 207..208, &mut Memory::default()).unwrap();
    assert!((outcome.expected[0] / 30.7 - 1.0).abs() < 0.1, "{}", outcome.expected[0]);
    let without = judge(params).judge(&Series::new(&counts, 52), 207..208, &mut Memory::default()).unwrap();
    assert_eq!(without.judgements, [Judgement::CannotJudge(Reason::Missing)]);
}

#[test]
fn parameters_are_checked() {
    for bad in [
        r#"{"sizes": []}"#,
        r#"{"shape": [0.6, 0.6]}"#,
        r#"{"fading": 0}"#,
        r#"{"mode": "compat"}"#,
        r#"{"minimum": 1}"#,
        r#"{"own": null}"#,
        r#"{"alpha": 0.01}"#,
    ] {
        assert!(METHOD.parse(bad).is_err(), "{bad}");
    }
    for word in ["own", "halfLife", "pastStepsNotIncluded", "populationOffset"] {
        assert!(METHOD.doc.contains(&format!("`{word}`")));
    }
}

fn counts() -> impl Strategy<Value = Vec<f64>> {
    let count = prop_oneof![8 => (0u32..12).prop_map(f64::from), 1 => Just(f64::NAN), 1 => (0u32..400).prop_map(f64::from)];
    proptest::collection::vec(count, 70..140)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn an_alarm_is_a_count_over_the_bound(values in counts()) {
        let outcome = run("{}", &values, 20);
        for (at, judgement) in outcome.judgements.iter().enumerate() {
            match judgement {
                Judgement::Alarm => prop_assert!(values[20 + at] > outcome.upperbound[at]),
                Judgement::NoAlarm => prop_assert!(values[20 + at] <= outcome.upperbound[at]),
                Judgement::CannotJudge(_) => {}
            }
        }
    }

    #[test]
    fn what_is_said_depends_neither_on_the_future_nor_on_where_it_is_cut(values in counts(), cut in 21usize..69) {
        let params = r#"{"years": 1, "shape": [0.4, 0.4, 0.1]}"#;
        let whole = run(params, &values, 20);
        let judge = judge(params);
        // Only what is looked back on is held, and nothing that comes later.
        let from = judge.looks_back_to(cut, 52);
        let held = Series { first: from, ..Series::new(&values[from..=cut], 52) };
        let one = judge.judge(&held, cut..cut + 1, &mut Memory::default()).unwrap();
        let same = |a: &[f64], b: &[f64]| a.iter().zip(b).all(|(a, b)| a.to_bits() == b.to_bits());
        prop_assert!(same(&one.score, &whole.score[cut - 20..]));
        prop_assert!(same(&one.expected, &whole.expected[cut - 20..]));
        prop_assert_eq!(one.judgements[0], whole.judgements[cut - 20]);
    }
}
