//! What holds for the methods over windows and those of Rnssp, whatever the series.
#![allow(clippy::unwrap_used)]

use beaconfire_detect::Judgement;
use beaconfire_detect::method::{Judge, Memory, method};
use beaconfire_detect::outcome::{Cells, Outcome};
use beaconfire_detect::series::{Day, Series};
use proptest::prelude::*;

/// Parameters of every method under which short series are judged.
const PARAMS: &[(&str, &str)] = &[
    ("alert_ewma", r#"{"B": 9}"#),
    ("alert_ewma", r#"{"B": 9, "mode": "compat"}"#),
    ("alert_farrington", r#"{"w": 1, "g": 5, "p": 4, "B": 3, "method": "modified"}"#),
    ("alert_farrington", r#"{"w": 2, "B": 3, "mode": "compat"}"#),
    ("alert_nbinom", r#"{"baseline_end": "1970-04-30"}"#),
    ("alert_regression", r#"{"B": 14}"#),
    ("alert_regression", r#"{"B": 14, "mode": "compat"}"#),
    ("alert_serfling", r#"{"baseline_end": "1970-06-25", "quiet": [1, 2, 3, 4, 5]}"#),
    ("alert_switch", r#"{"B": 14}"#),
    ("alert_switch", r#"{"B": 14, "mode": "compat"}"#),
    ("bayes", r#"{"b": 1, "w": 2, "actY": true}"#),
    ("bayes", r#"{"b": 1, "w": 2, "alpha": 0.001, "mode": "compat"}"#),
    ("bayes1", "{}"),
    ("bayes2", "{}"),
    ("bayes3", "{}"),
    ("cdc", r#"{"b": 2}"#),
    ("cdc", r#"{"b": 2, "mode": "compat"}"#),
    ("earsC", r#"{"method": "C1", "baseline": 4}"#),
    ("earsC", r#"{"method": "C2", "baseline": 4, "min_baseline": 2, "minSigma": 0}"#),
    ("earsC", r#"{"method": "C3", "baseline": 4}"#),
    ("earsC", r#"{"method": "C3", "baseline": 4, "mode": "compat"}"#),
    ("rki", r#"{"b": 2, "w": 3}"#),
    ("rki", r#"{"b": 2, "w": 3, "actY": true, "mode": "compat"}"#),
    ("rki1", "{}"),
    ("rki2", "{}"),
    ("rki3", "{}"),
];

/// The length of the series and where judging begins at the earliest.
const LENGTH: usize = 190;

/// Runs a check with every method, as far back as it can judge; weeks where it asks for them.
fn each(mut check: impl FnMut(&dyn Judge, u32, usize, &str)) {
    for &(name, params) in PARAMS {
        let judge = method(name).unwrap().parse(params).unwrap();
        let freq = if name == "cdc" { 52 } else { 12 };
        let values = [0.0; LENGTH];
        // Farrington wants weeks, months or days of a dated series.
        let first = judge.first_judged(&Series::new(&values, freq));
        check(judge.as_ref(), freq, first, &format!("{name} {params}"));
    }
}

fn days(freq: u32) -> Vec<Day> {
    match freq {
        // First days of months, which days of the week are compared among too.
        12 => (0..LENGTH as i32).collect(),
        _ => (0..LENGTH as i32).map(|week| 7 * week).collect(),
    }
}

fn series<'a>(values: &'a [f64], dates: &'a [Day], freq: u32, name: &str) -> Series<'a> {
    let dated = !name.starts_with("alert_farrington");
    Series { dates: dated.then_some(dates), ..Series::new(values, freq) }
}

fn values() -> impl Strategy<Value = Vec<f64>> {
    let value = prop_oneof![
        8 => (0u32..9).prop_map(f64::from),
        2 => (0u32..200).prop_map(f64::from),
        2 => Just(0.0),
        1 => Just(f64::NAN),
    ];
    proptest::collection::vec(value, LENGTH)
}

/// An outcome in words, in which every not-a-number equals itself.
fn told(outcome: &Outcome) -> Vec<String> {
    (0..outcome.len())
        .map(|at| {
            let cells: Vec<String> = outcome
                .extra
                .iter()
                .map(|column| match &column.cells {
                    Cells::Numbers(numbers) => format!("{:?}", numbers[at]),
                    Cells::Words(words) => words[at].to_owned(),
                })
                .collect();
            let (expected, bound) = (outcome.expected[at], outcome.upperbound[at]);
            format!("{expected} {bound} {} {:?} {cells:?}", outcome.score[at], outcome.judgements[at])
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn point_by_point_from_what_is_remembered_is_all_at_once(values in values()) {
        each(|judge, freq, first, name| {
            let dates = days(freq);
            let series = series(&values, &dates, freq, name);
            let whole = told(&judge.judge(&series, first..LENGTH, &mut Memory::default()).unwrap());
            let mut memory = Memory::default();
            let mut points = vec![];
            for index in first..LENGTH {
                // Only what it says it looks back on is held, but for the first point.
                let from = if index == first { 0 } else { judge.looks_back_to(index, freq) };
                let tail = Series {
                    values: &values[from..=index],
                    dates: series.dates.map(|dates| &dates[from..=index]),
                    first: from,
                    ..series
                };
                memory = serde_json::from_str(&serde_json::to_string(&memory).unwrap()).unwrap();
                points.extend(told(&judge.judge(&tail, index..index + 1, &mut memory).unwrap()));
            }
            assert_eq!(whole, points, "{name}");
        });
    }

    #[test]
    fn any_text_as_parameters_is_refused_or_accepted_without_a_panic(text in ".{0,200}", name in 0usize..99) {
        let methods = beaconfire_detect::method::METHODS;
        let _ = methods[name % methods.len()].parse(&text);
        let _ = beaconfire_detect::baseline::LeftOut::parse(&text);
    }

    #[test]
    fn the_future_never_changes_the_past(values in values(), end in 150usize..LENGTH, other in 0u32..500) {
        each(|judge, freq, first, name| {
            let dates = days(freq);
            if end <= first {
                return;
            }
            let mut changed = values.clone();
            changed[end..].fill(f64::from(other));
            let answer = |values: &[f64], range: std::ops::Range<usize>, held: usize| {
                let series = series(&values[..held], &dates[..held], freq, name);
                told(&judge.judge(&series, range, &mut Memory::default()).unwrap())
            };
            let short = answer(&values, first..end, end);
            assert_eq!(short, answer(&changed, first..end, LENGTH), "{name}");
            assert_eq!(short, answer(&values, first..LENGTH, LENGTH)[..end - first], "{name}");
        });
    }
}

#[test]
fn edge_series_give_a_value_or_a_reason_and_never_an_alarm_without_numbers() {
    let nan = f64::NAN;
    let constant = |value: f64| vec![value; LENGTH];
    let with = |at: usize, value: f64| {
        let mut values = constant(3.0);
        values[at] = value;
        values
    };
    let mut gap = constant(2.0);
    gap[40..150].fill(nan);
    let edges = [
        constant(0.0),
        constant(5.0),
        constant(nan),
        with(170, 1e6),
        with(170, 1e300),
        with(160, f64::INFINITY),
        constant(1e300),
        gap,
        (0..LENGTH).map(|i| 1e6 + (i % 3) as f64).collect(),
        (0..LENGTH).map(|i| i as f64).collect(),
    ];
    for values in &edges {
        each(|judge, freq, first, name| {
            let dates = days(freq);
            let series = series(values, &dates, freq, name);
            let Ok(outcome) = judge.judge(&series, first..LENGTH, &mut Memory::default()) else {
                return;
            };
            for (at, judgement) in outcome.judgements.iter().enumerate() {
                let context = format!("{name} {at} {judgement:?} {:?}", &values[..3]);
                if *judgement == Judgement::Alarm {
                    let numbers = [outcome.expected[at], outcome.upperbound[at], outcome.score[at]];
                    let fine = numbers[..2].iter().all(|x| x.is_finite()) && !numbers[2].is_infinite();
                    assert!(fine, "{context}: {numbers:?}");
                }
                if values[first + at].is_nan() {
                    assert!(matches!(judgement, Judgement::CannotJudge(_)), "{context}");
                }
                if let Judgement::CannotJudge(reason) = judgement {
                    assert!(!reason.to_string().is_empty());
                }
            }
            let explained = judge.explain(&series, first, LENGTH - 1).unwrap();
            assert!(!explained.method.is_empty() && !explained.numbers.is_empty(), "{name}");
        });
    }
}

#[test]
fn short_series_are_refused_or_left_unjudged_in_words() {
    for length in 0..4 {
        let values = vec![1.0; length];
        each(|judge, freq, _, name| {
            let dates = days(freq);
            let series = series(&values, &dates[..length], freq, name);
            match judge.judge(&series, length.saturating_sub(1)..length, &mut Memory::default()) {
                Err(refusal) => assert!(refusal.to_string().len() > 20, "{name}"),
                Ok(outcome) => assert!(
                    matches!(outcome.judgements[..], [Judgement::CannotJudge(_)]),
                    "{name} {length} {:?}",
                    outcome.judgements
                ),
            }
        });
    }
}

#[test]
fn the_methods_are_listed_by_name_and_their_examples_run() {
    let methods = beaconfire_detect::method::METHODS;
    let names: Vec<&str> = methods.iter().map(|method| method.name).collect();
    assert!(names.is_sorted() && !names.windows(2).any(|pair| pair[0] == pair[1]), "{names:?}");
    for method in methods {
        method.parse(method.example).unwrap_or_else(|error| panic!("{}: {error}", method.name));
        let example: serde_json::Value = serde_json::from_str(method.example).unwrap();
        for name in example.as_object().unwrap().keys() {
            assert!(method.doc.contains(&format!("`{name}`")), "{}: {name} is not documented", method.name);
        }
        assert!(method.parse(r#"{"nonsense": 1}"#).is_err(), "{}", method.name);
    }
}
