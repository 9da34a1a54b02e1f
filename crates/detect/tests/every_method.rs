//! What holds of every method there is, whatever it does, on series that are unkind: a value or a reason at every
//! point, no alarm without a number, the same answers point by point, and no look at the future.
#![allow(clippy::unwrap_used)]

use beaconfire_detect::Judgement;
use beaconfire_detect::method::{METHODS, Memory, Method, Mode};
use beaconfire_detect::outcome::Outcome;
use beaconfire_detect::series::{Day, Series};
use serde_json::Value;

/// Weeks, from Monday 1990-01-01 on; among them years of 53.
const WEEKS: usize = 700;

fn days(step: Day) -> Vec<Day> {
    (0..WEEKS as Day).map(|week| 7305 + step * week).collect()
}

/// A small generator, so that the series are the same everywhere.
fn noise(index: usize) -> f64 {
    let mut x = (index as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    x ^= x >> 29;
    x = x.wrapping_mul(0xbf58_476d_1ce4_e5b9);
    ((x >> 40) % 7) as f64
}

fn edge_series() -> Vec<(&'static str, Vec<f64>)> {
    let make = |f: fn(usize) -> f64| (0..WEEKS).map(f).collect::<Vec<_>>();
    let nan = f64::NAN;
    vec![
        ("plain", make(noise)),
        ("all zero", make(|_| 0.0)),
        ("constant", make(|_| 5.0)),
        ("one huge count", make(|i| if i == 650 { 1e9 } else { noise(i) })),
        ("a huge count in the baseline", make(|i| if i == 500 { 1e12 } else { noise(i) })),
        ("huge throughout", make(|i| 1e15 + noise(i))),
        ("a run that is missing", make(|i| if (300..420).contains(&i) { f64::NAN } else { noise(i) })),
        ("every other missing", make(|i| if i % 2 == 0 { f64::NAN } else { noise(i) })),
        ("all missing", vec![nan; WEEKS]),
        ("mostly zero", make(|i| if i % 97 == 0 { 1.0 } else { 0.0 })),
        ("a steep rise", make(|i| (i as f64 / 20.0).exp().floor().min(1e12))),
        ("measurements below zero", make(|i| noise(i) - 3.5)),
        ("fractions", make(|i| noise(i) / 10.0 + 0.05)),
        ("infinite", make(|i| if i == 640 { f64::INFINITY } else { noise(i) })),
    ]
}

/// The method's example in a mode, where it has modes.
fn parameters(method: &Method, mode: Mode) -> String {
    let mut params: Value = serde_json::from_str(method.example).unwrap();
    params["mode"] = serde_json::to_value(mode).unwrap();
    if method.parse(&params.to_string()).is_ok() { params.to_string() } else { method.example.to_owned() }
}

/// Every method in both modes over every edge series, as weeks and as days, dated and not.
fn each(mut look: impl FnMut(&str, &dyn beaconfire_detect::method::Judge, &Series<'_>)) {
    let (weekly, daily) = (days(7), days(1));
    let population = vec![1e6; WEEKS];
    for method in METHODS {
        for mode in [Mode::Default, Mode::Compat] {
            let judge = method.parse(&parameters(method, mode)).unwrap();
            for (name, values) in edge_series() {
                for (freq, dates) in [(52, None), (52, Some(&weekly)), (365, Some(&daily)), (12, None)] {
                    let series = Series {
                        dates: dates.map(Vec::as_slice),
                        population: Some(&population),
                        ..Series::new(&values, freq)
                    };
                    look(&format!("{} {mode:?}, {name}, freq {freq}", method.name), &*judge, &series);
                }
            }
        }
    }
}

/// The last points, or as many as can be judged.
fn last(
    judge: &dyn beaconfire_detect::method::Judge,
    series: &Series<'_>,
    points: usize,
) -> std::ops::Range<usize> {
    let first = judge.first_judged(series).max(series.end().saturating_sub(points));
    first.min(series.end())..series.end()
}

fn bits(outcome: &Outcome) -> Vec<[u64; 3]> {
    let all = outcome.expected.iter().zip(&outcome.upperbound).zip(&outcome.score);
    all.map(|((e, u), s)| [e, u, s].map(|x| if x.is_nan() { 1 } else { x.to_bits() })).collect()
}

#[test]
fn every_point_has_a_value_or_a_reason_and_no_alarm_is_without_numbers() {
    each(|what, judge, series| {
        let range = last(judge, series, 60);
        if range.is_empty() {
            return;
        }
        let Ok(outcome) = judge.judge(series, range.clone(), &mut Memory::default()) else { return };
        assert_eq!(outcome.len(), range.len(), "{what}");
        for (at, judgement) in outcome.judgements.iter().enumerate() {
            let index = range.start + at;
            if *judgement == Judgement::Alarm {
                assert!(series.value(index).is_finite(), "{what}: alarm on no value at {index}");
                let (bound, score) = (outcome.upperbound[at], outcome.score[at]);
                assert!(
                    bound.is_finite() || score.is_finite(),
                    "{what} at {index}: bound {bound}, score {score}"
                );
                assert!(outcome.expected[at] != f64::INFINITY, "{what} at {index}");
            }
            if series.value(index).is_nan() {
                assert_ne!(*judgement, Judgement::Alarm, "{what} at {index}: missing is never an alarm");
            }
        }
        if let Some(at) = outcome.judgements.iter().position(|judgement| *judgement == Judgement::Alarm) {
            let told = judge.explain(series, range.start, range.start + at);
            assert!(
                told.is_ok_and(|told| told.index == range.start + at),
                "{what}: an alarm has its reasons"
            );
        }
    });
}

#[test]
fn point_by_point_gives_what_the_whole_gives() {
    each(|what, judge, series| {
        let range = last(judge, series, 24);
        if range.is_empty() {
            return;
        }
        let mut memory = Memory::default();
        let Ok(whole) = judge.judge(series, range.clone(), &mut memory) else { return };
        let (mut memory, mut told, mut bit) = (Memory::default(), vec![], vec![]);
        for index in range {
            // Only what is held of the past, and nothing of the future, is there.
            let from = judge.looks_back_to(index, series.freq).max(series.first);
            let held = Series {
                values: &series.values[from..=index],
                dates: series.dates.map(|dates| &dates[from..=index]),
                population: series.population.map(|people| &people[from..=index]),
                first: from,
                ..*series
            };
            let one = judge.judge(&held, index..index + 1, &mut memory).unwrap();
            // A state that is kept and read back goes on the same.
            memory = serde_json::from_str(&serde_json::to_string(&memory).unwrap()).unwrap();
            told.extend_from_slice(&one.judgements);
            bit.extend(bits(&one));
        }
        assert_eq!(told, whole.judgements, "{what}");
        assert_eq!(bit, bits(&whole), "{what}");
    });
}

#[test]
fn short_series_are_refused_or_told_apart_and_never_panic() {
    for method in METHODS {
        let judge = method.parse(method.example).unwrap();
        for length in 0..70 {
            let values: Vec<f64> = (0..length).map(noise).collect();
            let dates = &days(7)[..length];
            let series = Series { dates: Some(dates), ..Series::new(&values, 52) };
            for range in [0..length, length.saturating_sub(1)..length, 0..length + 1] {
                let _ = judge.judge(&series, range, &mut Memory::default());
            }
            let _ = judge.explain(&series, 0, length.saturating_sub(1));
            let _ = (judge.first_judged(&series), judge.looks_back_to(length, 52));
        }
    }
}

#[test]
fn every_method_is_documented_and_its_example_is_taken() {
    for method in METHODS {
        assert!(method.doc.len() > 100, "{}", method.name);
        assert!(method.parse(method.example).is_ok(), "{}", method.name);
        assert!(method.parse("{\"no such\": 1}").is_err(), "{}", method.name);
        assert_eq!(METHODS.iter().filter(|other| other.name == method.name).count(), 1);
    }
}
