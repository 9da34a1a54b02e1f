//! What holds for every chart, whatever the series.
#![allow(clippy::unwrap_used)]

use std::sync::LazyLock;

use beaconfire_detect::method::{Judge, METHODS, Memory, method};
use beaconfire_detect::outcome::{Cells, Outcome};
use beaconfire_detect::series::Series;
use proptest::prelude::*;

const FROM: usize = 30;

const PARAMS: &[(&str, &str)] = &[
    ("cusum", r#"{"trans": "rossi", "h": 1.5}"#),
    ("cusum", r#"{"m": "glm", "trans": "anscombeNegBin", "alpha": 0.2}"#),
    ("cusum", r#"{"m": "glm", "trans": "anscombe2nd", "mode": "compat"}"#),
    ("cusum", r#"{"m": 3, "trans": "none", "k": 4, "h": 9}"#),
    ("cusum_mean", r#"{"arl0": 50, "head_start": true}"#),
    ("ewma", r#"{"arl0": 50}"#),
    ("cusum_mean", r#"{"arl0": 50, "prewhiten": {"ar": 2}}"#),
    ("ewma", r#"{"arl0": 50, "prewhiten": {"ar": 1, "season": 5}}"#),
    ("shewhart", r#"{"arl0": 50, "prewhiten": {"ar": 1}, "sided": "one"}"#),
    ("shewhart", r#"{"arl0": 50, "sided": "one"}"#),
    ("glrpois", r#"{"c.ARL": 2}"#),
    ("glrpois", r#"{"c.ARL": 2, "M": 5, "Mtilde": 2, "mode": "compat"}"#),
    ("glrpois", r#"{"c.ARL": 2, "M": 7, "dir": "dec"}"#),
    ("glrpois", r#"{"c.ARL": 2, "theta": 0.5, "mu0": {"refit": true}}"#),
    ("glrnb", r#"{"c.ARL": 2, "alpha": 0.3, "mu0": {"refit": true, "trend": true}}"#),
    ("glrnb", r#"{"c.ARL": 2, "M": 6, "mode": "compat", "alpha": 0.2}"#),
    ("glrnb", r#"{"c.ARL": 2}"#),
    ("glrpois", r#"{"c.ARL": 2, "change": "epi"}"#),
    ("glrpois", r#"{"c.ARL": 2, "change": "epi", "M": 5, "mode": "compat"}"#),
    ("glrnb", r#"{"c.ARL": 2, "change": "epi", "M": 5, "alpha": 0.3}"#),
    ("glrnb", r#"{"c.ARL": 2, "change": "epi", "Mtilde": 2, "alpha": 0.3, "mode": "compat"}"#),
    ("outbreakP", "{}"),
    ("outbreakP", r#"{"mode": "compat"}"#),
    ("binomialLRCUSUM", r#"{"pi0": 0.1, "pi1": 0.2, "h": 1}"#),
    ("binomialLRCUSUM", r#"{"pi0": 0.1, "pi1": 0.05, "h": 1, "mode": "compat"}"#),
];

fn values() -> impl Strategy<Value = Vec<f64>> {
    let count = prop_oneof![
        12 => (0u32..12).prop_map(f64::from),
        1 => Just(f64::NAN),
        1 => prop_oneof![Just(1e6), Just(1e15), Just(-1.0), Just(f64::INFINITY)],
    ];
    proptest::collection::vec(count, FROM + 2..FROM + 40)
}

/// Read once: to read a chart with a wished run length is to design it.
static CHARTS: LazyLock<Vec<(Box<dyn Judge>, String)>> = LazyLock::new(|| {
    let read = |(name, params): &(&str, &str)| {
        (method(name).unwrap().parse(params).unwrap(), format!("{name} {params}"))
    };
    PARAMS.iter().map(read).collect()
});

fn each(mut check: impl FnMut(&dyn Judge, &str)) {
    for (judge, context) in CHARTS.iter() {
        check(judge.as_ref(), context);
    }
}

fn text(outcome: &Outcome, at: usize) -> String {
    let extra: Vec<String> = outcome
        .extra
        .iter()
        .map(|column| match &column.cells {
            Cells::Numbers(numbers) => format!("{:?}", numbers[at]),
            Cells::Words(words) => words[at].to_owned(),
        })
        .collect();
    let (e, u, s) = (outcome.expected[at], outcome.upperbound[at], outcome.score[at]);
    format!("{:?} {e:?} {u:?} {s:?} {extra:?}", outcome.judgements[at])
}

fn check(values: &[f64]) {
    let people = vec![40.0; values.len()];
    let whole = Series { population: Some(&people), ..Series::new(values, 12) };
    each(|judge, context| {
        let Ok(outcome) = judge.judge(&whole, FROM..values.len(), &mut Memory::default()) else { return };
        let (mut memory, mut at) = (Memory::default(), 0);
        for index in FROM..values.len() {
            // Nothing later is there, the state was written down between, and only what is asked for is held.
            let first = if index == FROM { 0 } else { judge.looks_back_to(index, 12) };
            let tail = Series {
                values: &values[first..=index],
                population: Some(&people[first..=index]),
                first,
                ..whole
            };
            let point = judge.judge(&tail, index..index + 1, &mut memory).unwrap();
            assert_eq!(text(&point, 0), text(&outcome, at), "{context} at {index}");
            let json = serde_json::to_string(&memory).unwrap();
            memory = serde_json::from_str(&json).unwrap_or_else(|e| panic!("{context}: {e} in {json}"));
            if outcome.numbers("alarm").unwrap()[at] == 1.0 {
                let (u, s) = (outcome.upperbound[at], outcome.score[at]);
                assert!(s.is_finite() || context.contains("compat"), "{context}: {s}");
                assert!(!u.is_infinite(), "{context}: {u}");
            }
            at += 1;
        }
        let last = values.len() - 1;
        let explanation = judge.explain(&whole, FROM, last).unwrap();
        assert!(!explanation.because.is_empty() && !explanation.numbers.is_empty(), "{context}");
    });
}

#[test]
fn every_chart_is_documented_and_its_example_runs() {
    for name in PARAMS.iter().map(|p| p.0) {
        let method = METHODS.iter().find(|method| method.name == name).unwrap();
        let example: serde_json::Value = serde_json::from_str(method.example).unwrap();
        for key in example.as_object().unwrap().keys() {
            assert!(method.doc.contains(&format!("`{key}`")), "{name}: {key} is not documented");
        }
        method.parse(method.example).unwrap();
    }
}

#[test]
fn edge_series_give_a_value_or_a_reason() {
    let n = FROM + 25;
    let spike = |at: usize, value: f64| {
        let mut all = vec![0.0; n];
        all[at] = value;
        all
    };
    for series in [
        vec![0.0; n],
        vec![7.0; n],
        vec![f64::NAN; n],
        vec![1e15; n],
        spike(FROM + 3, 1e15),
        spike(3, 1e6),
        (0..n).map(|i| if i % 5 == 0 { f64::NAN } else { i as f64 }).collect(),
        (0..n).map(|i| if i < FROM { f64::NAN } else { 3.0 }).collect(),
    ] {
        check(&series);
    }
}

/// Measurements that are alike side by side, about a wave of 24 steps.
fn alike(count: usize) -> Vec<f64> {
    let (mut random, mut off) = (beaconfire_detect::nowcast::Random::new(3), 0.0);
    let value = |at: usize| {
        off = 0.8 * off + beaconfire_detect::normal::quantile(random.next());
        20.0 + 4.0 * (at as f64 / 24.0 * std::f64::consts::TAU).sin() + off
    };
    (0..count).map(value).collect()
}

#[test]
fn charts_of_what_is_new_keep_the_wished_run_length() {
    let (values, from) = (alike(60_000), 6000);
    let series = Series::new(&values, 8760);
    let run = |name: &str, params: &str| -> f64 {
        let judge = method(name).unwrap().parse(params).unwrap();
        let outcome = judge.judge(&series, from..values.len(), &mut Memory::default()).unwrap();
        let alarms: f64 = outcome.numbers("alarm").unwrap().iter().sum();
        (values.len() - from) as f64 / alarms
    };
    for name in ["shewhart", "ewma", "cusum_mean"] {
        let run = run(name, r#"{"arl0": 200, "prewhiten": {"ar": 1, "season": 24}}"#);
        assert!((run / 200.0 - 1.0).abs() < 0.25, "{name}: {run}");
    }
    let plain = run("cusum_mean", r#"{"arl0": 200}"#);
    assert!(plain < 30.0, "{plain}");
}

#[test]
fn bounds_of_what_is_new_stand_in_the_unit_of_the_series() {
    let mut values = alike(800);
    (values[640], values[700]) = (f64::NAN, values[700] + 12.0);
    let params = r#"{"prewhiten": {"ar": 1, "season": 24}}"#;
    for name in ["shewhart", "ewma", "cusum_mean"] {
        let judge = method(name).unwrap().parse(params).unwrap();
        let judged = |values: &[f64]| {
            judge.judge(&Series::new(values, 8760), 480..values.len(), &mut Memory::default()).unwrap()
        };
        let outcome = judged(&values);
        let lower = outcome.numbers("lowerbound").unwrap();
        assert_eq!(outcome.numbers("alarm").unwrap()[220], 1.0, "{name}");
        let width = |at: usize| outcome.upperbound[at] - outcome.expected[at];
        if name == "shewhart" {
            // The step after the missing one is known less well.
            assert!(width(161) > 1.1 * width(159) && (width(162) / width(159) - 1.0).abs() < 1e-9);
        }
        for at in [159, 161, 300] {
            for (bound, side) in [(outcome.upperbound[at], 1.0), (lower[at], -1.0)] {
                for (off, wanted) in [(1e-6, 1.0), (-1e-6, 0.0)] {
                    let mut moved = values[..=480 + at].to_vec();
                    moved[480 + at] = bound + side * off;
                    let alarm = judged(&moved).numbers("alarm").unwrap()[at];
                    assert_eq!(alarm, wanted, "{name} {at} {bound} {off}");
                }
            }
        }
        let told = judge.explain(&Series::new(&values, 8760), 480, 700).unwrap();
        assert!(told.because.iter().any(|words| words.contains("phase of 24")), "{:?}", told.because);
        assert!(told.numbers.iter().any(|(name, value)| *name == "ar1" && (0.6..0.95).contains(value)));
    }
    let refused = |params: &str| method("ewma").unwrap().parse(params).err().unwrap().to_string();
    assert!(refused(r#"{"prewhiten": {"ar": 9}}"#).contains("from 0 to 4"));
    assert!(refused(r#"{"prewhiten": {}, "mean": 3}"#).contains("leave them out"));
    assert!(refused(r#"{"prewhiten": {}, "mode": "compat"}"#).contains("default mode"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn point_by_point_is_the_whole_and_the_future_changes_nothing(values in values()) {
        check(&values);
    }
}
