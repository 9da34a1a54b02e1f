//! What holds for the methods of Farrington, whatever the series.
#![allow(clippy::unwrap_used)]

use beaconfire_detect::Judgement;
use beaconfire_detect::method::{Memory, method};
use beaconfire_detect::outcome::Outcome;
use beaconfire_detect::series::Series;
use proptest::prelude::*;
use serde_json::{Value, json};

/// Steps in a year, so that short series have years.
const FREQ: u32 = 12;

fn parameters() -> impl Strategy<Value = (&'static str, Value)> {
    let threshold = prop_oneof![Just("delta"), Just("nbPlugin"), Just("muan")];
    let power = prop_oneof![Just("2/3"), Just("1/2"), Just("none")];
    let mode = prop_oneof![Just("default"), Just("compat")];
    let shared = (1usize..5, 0usize..4, any::<bool>(), any::<bool>(), 0.0..6.0, power, mode);
    let flexible = (1usize..8, 0usize..9, prop_oneof![Just(0.05), Just(1.0)], threshold, any::<bool>());
    (shared, flexible).prop_map(|((b, w, reweight, trend, cases, power, mode), (parts, out, p, threshold, which))| {
        let mut it = json!({
            "b": b, "w": w, "reweight": reweight, "trend": trend, "limit54": [cases, 3], "powertrans": power,
            "mode": mode, "alpha": 0.01,
        });
        if which {
            it["noPeriods"] = json!(parts);
            it["pastWeeksNotIncluded"] = json!(out);
            it["pThresholdTrend"] = json!(p);
            it["thresholdMethod"] = json!(threshold);
            it["weightsThreshold"] = json!(1.5);
        }
        (if which { "farringtonFlexible" } else { "farrington" }, it)
    })
}

/// Counts that are mostly small, with gaps, droughts and a count that is far from all others.
fn counts() -> impl Strategy<Value = Vec<f64>> {
    let count = prop_oneof![
        12 => (0u32..9).prop_map(f64::from),
        4 => Just(0.0),
        1 => Just(f64::NAN),
        1 => prop_oneof![Just(1e6), Just(37.5), Just(1e12)],
    ];
    let piece = prop_oneof![
        6 => proptest::collection::vec(count, 1..30),
        1 => (1usize..30).prop_map(|n| vec![0.0; n]),
        1 => (1usize..30).prop_map(|n| vec![5.0; n]),
        1 => (1usize..9).prop_map(|n| vec![f64::NAN; n]),
    ];
    proptest::collection::vec(piece, 1..7).prop_map(|pieces| pieces.concat())
}

/// Cells compared through their bits, in which a NaN equals itself.
fn row(outcome: &Outcome, at: usize) -> Vec<u64> {
    let names =
        ["expected", "upperbound", "score", "alarm", "pvalue", "phi", "trend_used", "cdf_of_observed"];
    let cell = |name: &&str| Some(outcome.numbers(name)?[at].to_bits());
    names.iter().filter_map(cell).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, ..ProptestConfig::default() })]

    #[test]
    fn a_value_or_a_reason_and_the_same_in_one_go_or_point_by_point((name, control) in parameters(), values in counts()) {
        let judge = method(name).unwrap().parse(&control.to_string()).unwrap();
        let series = Series::new(&values, FREQ);
        let from = judge.first_judged(&series).min(values.len() - 1) / 2;
        let whole = judge.judge(&series, from..values.len(), &mut Memory::default());
        if control["mode"] == "default" && control["w"].as_u64() < Some(3) && control["noPeriods"].as_u64() < Some(3) {
            prop_assert!(whole.is_ok(), "{:?}", whole);
        }
        let Ok(whole) = whole else { return Ok(()) };
        let mut memory = Memory::default();
        for at in from..values.len() {
            // Only what must be held, and nothing of what comes later.
            let first = judge.looks_back_to(at, FREQ);
            let tail = Series { first, ..Series::new(&values[first..=at], FREQ) };
            let one = judge.judge(&tail, at..at + 1, &mut memory).unwrap();
            prop_assert_eq!(row(&one, 0), row(&whole, at - from), "{} at {}", control, at);
            if whole.judgements[at - from] == Judgement::Alarm {
                let finite = [&whole.expected, &whole.upperbound, &whole.score];
                prop_assert!(finite.iter().all(|column| column[at - from].is_finite()), "{} at {}", control, at);
            }
        }
    }

    #[test]
    fn an_explanation_holds_what_was_looked_at((name, control) in parameters(), values in counts()) {
        let judge = method(name).unwrap().parse(&control.to_string()).unwrap();
        let series = Series::new(&values, FREQ);
        let at = values.len() - 1;
        if let Ok(explanation) = judge.explain(&series, at, at) {
            let outcome = judge.judge(&series, at..at + 1, &mut Memory::default()).unwrap();
            let upper = explanation.numbers.iter().find(|(name, _)| *name == "upperbound").unwrap().1;
            prop_assert_eq!(upper.to_bits(), outcome.upperbound[0].to_bits());
            for row in &explanation.baseline {
                prop_assert!(row.index < at && row.index >= judge.looks_back_to(at, FREQ));
                prop_assert!(row.weight >= 0.0 && (row.weight == 0.0 || !row.value.is_nan()));
            }
        }
    }
}

/// Ten years of weeks with a season and an outbreak in the last week.
fn weeks() -> Vec<f64> {
    let week =
        |t: u32| (6.0 + 4.0 * (f64::from(t) * std::f64::consts::TAU / 52.0).cos()).round() + f64::from(t % 3);
    let mut values: Vec<f64> = (0..520).map(week).collect();
    values[519] = 40.0;
    values
}

#[test]
fn an_outbreak_alarms_with_its_reasons() {
    let control =
        r#"{"noPeriods": 10, "pastWeeksNotIncluded": 26, "thresholdMethod": "nbPlugin", "alpha": 0.005}"#;
    let judge = method("farringtonFlexible").unwrap().parse(control).unwrap();
    let values = weeks();
    let series = Series::new(&values, 52);
    let outcome = judge.judge(&series, 500..520, &mut Memory::default()).unwrap();
    assert_eq!(outcome.judgements[19], Judgement::Alarm);
    assert!(outcome.judgements[..19].iter().all(|judgement| *judgement == Judgement::NoAlarm));
    let explanation = judge.explain(&series, 500, 519).unwrap();
    assert_eq!(explanation.baseline.len(), 237);
    assert!(explanation.because.iter().any(|reason| reason.contains("trend")), "{:?}", explanation.because);
}

#[test]
fn a_short_series_is_judged_with_the_years_there_are_and_says_so() {
    let values = weeks();
    let series = Series::new(&values[..150], 52);
    let flexible = method("farringtonFlexible").unwrap();
    let compat = flexible.parse(r#"{"mode": "compat"}"#).unwrap();
    let refusal = compat.judge(&series, 149..150, &mut Memory::default()).unwrap_err().to_string();
    assert!(refusal.contains("263 values before"), "{refusal}");
    let default = flexible.parse("{}").unwrap();
    let outcome = default.judge(&series, 149..150, &mut Memory::default()).unwrap();
    assert_eq!(outcome.judgements[0], Judgement::NoAlarm);
    let because = default.explain(&series, 149, 149).unwrap().because;
    assert!(because[0].contains("2 of the 5 years"), "{because:?}");
}

#[test]
fn what_makes_no_sense_is_refused_in_words() {
    let refused = |name: &str, control: &str, word: &str| {
        let error = method(name).unwrap().parse(control).err().unwrap().to_string();
        assert!(error.contains(word), "{error}");
    };
    refused("farringtonFlexible", r#"{"b": 0}"#, "b must be from 1");
    refused("farringtonFlexible", r#"{"fitFun": "mine"}"#, "fitFun must be");
    refused("farringtonFlexible", r#"{"thresholdMethod": "nb"}"#, "nbPlugin");
    refused("farrington", r#"{"alpha": 1}"#, "alpha must be");
    refused("farrington", r#"{"noPeriods": 1}"#, "noPeriods");
}

#[test]
fn dated_series_are_the_same_point_by_point() {
    // Twelve years of Mondays, of which two have 53, and twelve of months.
    let weeks: Vec<i32> = (0..626).map(|week| 16_801 + 7 * week).collect();
    let firsts: Vec<i32> = first_days(2000, 144);
    for (freq, dates) in [(52, &weeks), (12, &firsts)] {
        let values: Vec<f64> = (0..dates.len()).map(|t| ((t * 7919) % 13 + t / 60) as f64).collect();
        let series = Series { dates: Some(dates), ..Series::new(&values, freq) };
        for name in ["farringtonFlexible", "farrington"] {
            for mode in ["default", "compat"] {
                let judge = method(name).unwrap().parse(&format!(r#"{{"mode": "{mode}", "w": 2}}"#)).unwrap();
                let from = judge.first_judged(&series);
                let whole = judge.judge(&series, from..values.len(), &mut Memory::default()).unwrap();
                let mut memory = Memory::default();
                judge.judge(&series, from..from + 1, &mut memory).unwrap();
                for at in from + 1..values.len() {
                    let first = judge.looks_back_to(at, freq);
                    let dates = Some(&dates[first..=at]);
                    let tail = Series {
                        first,
                        dates: dates.map(|d| d as &[i32]),
                        ..Series::new(&values[first..=at], freq)
                    };
                    let one = judge.judge(&tail, at..at + 1, &mut memory).unwrap();
                    assert_eq!(row(&one, 0), row(&whole, at - from), "{name} {mode} {freq} at {at}");
                }
            }
        }
    }
}

/// The first days of so many months from January of a year, as days since 1970.
fn first_days(year: i32, months: usize) -> Vec<i32> {
    let leap = |year: i32| year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let mut day: i32 = (1970..year).map(|year| 365 + i32::from(leap(year))).sum();
    let mut days = vec![];
    for month in 0..months {
        days.push(day);
        let lengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
        day += lengths[month % 12] + i32::from(month % 12 == 1 && leap(year + (month / 12) as i32));
    }
    days
}

#[test]
fn at_its_maximum_the_fit_is_where_the_reference_comes_to_rest() {
    let values = weeks();
    let series = Series::new(&values, 52);
    for trend in [false, true] {
        let expected = |mode: &str| {
            let control = json!({
                "mode": mode, "noPeriods": 10, "reweight": false, "trend": trend, "pThresholdTrend": 1,
                "pastWeeksNotIncluded": 26, "thresholdMethod": "nbPlugin",
            });
            let judge = method("farringtonFlexible").unwrap().parse(&control.to_string()).unwrap();
            judge.judge(&series, 300..519, &mut Memory::default()).unwrap().expected
        };
        for (default, compat) in expected("default").iter().zip(expected("compat")) {
            assert!((default - compat).abs() < 1e-6 * compat, "{default} is not {compat}");
        }
    }
}

#[test]
fn ten_times_the_people_are_the_same_rates_and_a_later_start_the_same_weeks() {
    let values = weeks();
    let people: Vec<f64> = (0..520).map(|t| 1e5 + 37.0 * f64::from(t)).collect();
    let more: Vec<f64> = people.iter().map(|people| 10.0 * people).collect();
    let judge = method("farringtonFlexible").unwrap();
    let judge = judge.parse(r#"{"populationOffset": true, "noPeriods": 5}"#).unwrap();
    let run = |population: &[f64], first: usize| {
        let series = Series { population: Some(population), first, ..Series::new(&values, 52) };
        judge.judge(&series, 400 + first..520 + first, &mut Memory::default()).unwrap().upperbound
    };
    let once = run(&people, 0);
    for other in [run(&more, 0), run(&people, 1000)] {
        for (a, b) in once.iter().zip(other) {
            assert!((a - b).abs() < 1e-9 * a, "{a} is not {b}");
        }
    }
}
