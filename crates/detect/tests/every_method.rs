//! What holds of every method there is, whatever it does, on series that are unkind: a value or a reason at every
//! point, no alarm without a number, the same answers point by point, and no look at the future.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::ops::Range;

use beaconfire_detect::Judgement;
use beaconfire_detect::method::{Judge, METHODS, Memory, Method, Mode};
use beaconfire_detect::outcome::{Cells, Outcome};
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

/// Parameters beside the examples, for what the examples leave alone.
const MORE: &[(&str, &str)] = &[
    ("bayes", r#"{"b": 3, "w": 4, "actY": false, "alpha": 0.01}"#),
    ("cusum", r#"{"k": 0.5, "h": 4, "trans": "anscombe"}"#),
    ("cusum", r#"{"m": 3, "k": 1, "h": 5, "trans": "none"}"#),
    ("cusum", r#"{"m": "glm", "trans": "anscombeNegBin", "alpha": 0.1, "reset": false}"#),
    ("cusum_mean", r#"{"mean": 3, "sd": 2, "arl0": 100, "sided": "one"}"#),
    ("cusum_mean", r#"{"prewhiten": {"ar": 1}}"#),
    ("earsC", r#"{"method": "C1", "baseline": 28, "minSigma": 0}"#),
    ("earsC", r#"{"method": "C3"}"#),
    ("ewma", r#"{"prewhiten": {"ar": 0, "season": 12}}"#),
    ("farrington", r#"{"b": 3, "w": 3, "reweight": true, "powertrans": "none", "alpha": 0.01}"#),
    ("farrington", r#"{"b": 3, "w": 3, "fitFun": "algo.farrington.fitGLM.populationOffset"}"#),
    (
        "farringtonFlexible",
        r#"{"b": 3, "w": 3, "noPeriods": 10, "thresholdMethod": "delta", "weightsThreshold": 1}"#,
    ),
    (
        "farringtonFlexible",
        r#"{"b": 3, "w": 3, "thresholdMethod": "muan", "trend": true, "pThresholdTrend": 1}"#,
    ),
    ("farringtonFlexible", r#"{"b": 3, "w": 3, "thresholdMethod": "nbPlugin", "populationOffset": true}"#),
    ("onset", r#"{"populationOffset": true, "shape": [0.5, 0.42]}"#),
    ("onset", r#"{"values": "measurements"}"#),
    ("onset", r#"{"values": "measurements", "sided": "one", "harmonics": 0, "halfLife": 1, "threshold": 1}"#),
    ("outbreakP", r#"{"reset": false}"#),
    ("rki", r#"{"b": 3, "w": 4, "actY": true}"#),
    ("shewhart", r#"{"prewhiten": {"ar": 3, "season": 7}}"#),
    ("shewhart", r#"{"mean": 3, "sd": 2, "sided": "one"}"#),
];

/// Parameters in a mode, where the method has modes.
fn in_mode(method: &Method, params: &str, mode: Mode) -> String {
    let mut params: Value = serde_json::from_str(params).unwrap();
    // Examples end their baseline long after these series; a baseline that is over is what there is to judge by.
    if params.get("baseline_end").is_some() {
        params["baseline_end"] = "1991-01-31".into();
    }
    let without = params.to_string();
    params["mode"] = serde_json::to_value(mode).unwrap();
    if method.parse(&params.to_string()).is_ok() { params.to_string() } else { without }
}

/// Every method in both modes, with its example and with other parameters.
fn each_judge(mut look: impl FnMut(&'static Method, Mode, &str, &dyn Judge)) {
    for method in METHODS {
        let more = MORE.iter().filter(|(name, _)| *name == method.name).map(|(_, params)| *params);
        for params in std::iter::once(method.example).chain(more) {
            for mode in [Mode::Default, Mode::Compat] {
                let params = in_mode(method, params, mode);
                let judge = method.parse(&params).unwrap_or_else(|error| panic!("{params}: {error}"));
                look(method, mode, &format!("{} {params}", method.name), &*judge);
            }
        }
    }
}

/// A method at a series: its name, its mode, the series', and all of that in words.
struct Case<'a> {
    method: &'static str,
    mode: Mode,
    series: &'static str,
    words: &'a str,
}

/// Every method in both modes over every edge series, as weeks and as days, dated and not.
fn each(mut look: impl FnMut(&Case<'_>, &dyn Judge, &Series<'_>)) {
    let (weekly, daily) = (days(7), days(1));
    let population: Vec<f64> = (0..WEEKS).map(|i| 1e6 + 100.0 * i as f64).collect();
    each_judge(|method, mode, words, judge| {
        for (name, values) in edge_series() {
            for (freq, dates) in [(52, None), (52, Some(&weekly)), (365, Some(&daily)), (12, None)] {
                let series = Series {
                    dates: dates.map(Vec::as_slice),
                    population: Some(&population),
                    ..Series::new(&values, freq)
                };
                let dated = if dates.is_some() { "dated" } else { "undated" };
                let words = format!("{words}, {name}, freq {freq}, {dated}");
                look(&Case { method: method.name, mode, series: name, words: &words }, judge, &series);
            }
        }
    });
}

/// The first points that can be judged and the last, so many of each; nothing where there are none.
fn ends(judge: &dyn Judge, series: &Series<'_>, points: usize) -> Vec<Range<usize>> {
    let (first, end) = (judge.first_judged(series), series.end());
    let early = first..(first + points).min(end);
    let late = first.max(end.saturating_sub(points))..end;
    [early, late].into_iter().filter(|range| range.start < range.end).collect()
}

/// All numbers and words of a point; every not-a-number is the same.
fn cells(outcome: &Outcome, at: usize) -> Vec<String> {
    let mut told = vec![
        format!("{:?}", outcome.judgements[at]),
        format!("expected {:?}", outcome.expected[at]),
        format!("bound {:?}", outcome.upperbound[at]),
        format!("score {:?}", outcome.score[at]),
    ];
    told.extend(outcome.extra.iter().map(|column| match &column.cells {
        Cells::Numbers(numbers) => format!("{} {:?}", column.name, numbers[at]),
        Cells::Words(words) => format!("{} {}", column.name, words[at]),
    }));
    told
}

/// The faults found, the first of each method, mode, series and kind.
#[derive(Default)]
struct Faults(BTreeMap<(String, &'static str), String>);

impl Faults {
    /// Takes note of a fault unless what should hold holds.
    fn unless(&mut self, holds: bool, what: &str, kind: &'static str, told: impl FnOnce() -> String) {
        if !holds {
            self.0.entry((what.to_owned(), kind)).or_insert_with(told);
        }
    }

    /// Fails with all that was found.
    fn none(self) {
        let lines: Vec<String> =
            self.0.iter().map(|((what, kind), told)| format!("{what}: {kind}: {told}")).collect();
        assert!(lines.is_empty(), "{} faults:\n{}", lines.len(), lines.join("\n"));
    }
}

#[test]
fn every_point_has_a_value_or_a_reason_and_no_alarm_is_without_numbers() {
    let mut faults = Faults::default();
    each(|case, judge, series| {
        for range in ends(judge, series, 60) {
            let Ok(outcome) = judge.judge(series, range.clone(), &mut Memory::default()) else { continue };
            let what = case.words;
            faults.unless(outcome.len() == range.len(), what, "a point for every point", || {
                format!("{} of {}", outcome.len(), range.len())
            });
            for (at, index) in range.clone().enumerate() {
                let value = series.value(index);
                let told = || format!("{value} at {index}: {:?}", cells(&outcome, at));
                let numbers = [outcome.expected[at], outcome.upperbound[at], outcome.score[at]];
                if let Judgement::CannotJudge(reason) = outcome.judgements[at] {
                    faults.unless(!reason.to_string().is_empty(), what, "no reason", told);
                    continue;
                }
                faults.unless(value.is_finite(), what, "judged without a value", told);
                faults.unless(!numbers[1].is_nan() || !numbers[2].is_nan(), what, "judged by nothing", told);
                if outcome.judgements[at] == Judgement::Alarm {
                    faults.unless(!numbers.iter().any(|x| x.is_infinite()), what, "infinite alarm", told);
                    let finite = numbers[1].is_finite() || numbers[2].is_finite();
                    faults.unless(finite, what, "alarm without a number", told);
                    let infinite = outcome.extra.iter().any(|column| match &column.cells {
                        Cells::Numbers(numbers) => numbers[at].is_infinite(),
                        Cells::Words(_) => false,
                    });
                    // In compat the columns are the reference's, whose numbers may overflow.
                    let fine = !infinite || case.mode == Mode::Compat;
                    faults.unless(fine, what, "infinite column of an alarm", told);
                }
            }
            let told = judge.explain(series, range.start, range.end - 1);
            let refused = matches!(&told, Err(refusal) if !refusal.to_string().is_empty());
            faults.unless(told.is_ok() || refused, what, "no reasons", || format!("{told:?}"));
            let alarm = outcome.judgements.iter().position(|judgement| *judgement == Judgement::Alarm);
            if let Some(at) = alarm {
                let told = judge.explain(series, range.start, range.start + at);
                let good =
                    matches!(&told, Ok(told) if told.index == range.start + at && !told.numbers.is_empty());
                faults.unless(good, what, "an alarm without its reasons", || format!("{told:?}"));
            }
        }
    });
    faults.none();
}

#[test]
fn point_by_point_gives_what_the_whole_gives() {
    let mut faults = Faults::default();
    each(|case, judge, series| {
        // The reference divides a series of shares by their median, that of what is yet to come among them; so it does
        // with one that begins without a value of 1 or more.
        let scaled = matches!(case.method, "alert_ewma" | "alert_switch") && case.mode == Mode::Compat;
        if scaled && matches!(case.series, "fractions" | "measurements below zero") {
            return;
        }
        // What the reference says of a baseline comes from all of it, the future among it.
        let fitted = matches!(case.method, "alert_nbinom" | "alert_serfling") && case.mode == Mode::Compat;
        for range in ends(judge, series, 24) {
            if fitted && range.start < WEEKS / 2 {
                continue;
            }
            let (mut memory, mut kept) = (Memory::default(), Memory::default());
            let Ok(whole) = judge.judge(series, range.clone(), &mut kept) else { continue };
            // What carries nothing needs no beginning; a chart is begun where the series begins.
            let carries = kept != Memory::default();
            for (at, index) in range.clone().enumerate() {
                // Only what is to be held of the past, and nothing of the future, is there.
                let held = judge.looks_back_to(index, series.freq);
                let from = if carries && at == 0 { 0 } else { held };
                let tail = Series {
                    values: &series.values[from..=index],
                    dates: series.dates.map(|dates| &dates[from..=index]),
                    population: series.population.map(|people| &people[from..=index]),
                    first: from,
                    ..*series
                };
                let one = match judge.judge(&tail, index..index + 1, &mut memory) {
                    Ok(one) => one,
                    Err(refusal) => {
                        faults.unless(false, case.words, "refused alone", || format!("{refusal} at {index}"));
                        break;
                    }
                };
                let (alone, among) = (cells(&one, 0), cells(&whole, at));
                faults.unless(alone == among, case.words, "otherwise alone", || {
                    format!("{alone:?}, not {among:?}, at {index}")
                });
                // A state that is kept and read back goes on the same.
                let text = serde_json::to_string(&memory).unwrap();
                let read = serde_json::from_str(&text);
                faults.unless(read.is_ok(), case.words, "memory that is not kept", || text);
                memory = read.unwrap_or(memory);
            }
        }
    });
    faults.none();
}

/// Whether all numbers are the same up to rounding, and all words and judgements wholly.
fn close(one: &Outcome, other: &Outcome, tolerance: f64) -> Result<(), String> {
    if one.judgements != other.judgements {
        return Err("other judgements".to_owned());
    }
    for name in
        ["expected", "upperbound", "score"].into_iter().chain(one.extra.iter().map(|column| column.name))
    {
        if one.words(name) != other.words(name) {
            return Err(format!("other words in {name}"));
        }
        let (Some(ours), Some(theirs)) = (one.numbers(name), other.numbers(name)) else { continue };
        for (at, (a, b)) in ours.iter().zip(&theirs).enumerate() {
            let apart = ((a - b) / a.abs().max(1e-3)).abs();
            if a.is_nan() != b.is_nan() || (a != b && apart > tolerance) {
                return Err(format!("{name} {a:?}, not {b:?}, at {at} of {}", one.len()));
            }
        }
    }
    Ok(())
}

/// Whether rounding decides: where counts are so large that half of their digits are lost; and in what the reference
/// says of a model that fits exactly, whose residuals are nothing else.
fn by_rounding(case: &Case<'_>) -> bool {
    let exact = matches!(case.series, "constant" | "a steep rise");
    case.series == "huge throughout" || (exact && case.mode == Mode::Compat)
}

#[test]
fn the_unit_of_the_population_changes_nothing_where_rates_are_compared() {
    let mut faults = Faults::default();
    each(|case, judge, series| {
        // For proportions and rates whose limits are given, the unit is part of the question.
        let rates = case.method.starts_with("farrington") || case.method == "onset";
        if !rates || by_rounding(case) {
            return;
        }
        for range in ends(judge, series, 12) {
            let Ok(whole) = judge.judge(series, range.clone(), &mut Memory::default()) else { continue };
            for scale in [1e-5, 1.0 / 3.0, 64.0, 1e6] {
                let people: Vec<f64> =
                    series.population.unwrap().iter().map(|people| people * scale).collect();
                let scaled = Series { population: Some(&people), ..*series };
                let other = judge.judge(&scaled, range.clone(), &mut Memory::default());
                let same = other
                    .map_err(|refusal| refusal.to_string())
                    .and_then(|other| close(&whole, &other, 1e-6));
                faults.unless(same.is_ok(), case.words, "the unit of the population", || format!("{same:?}"));
            }
        }
    });
    faults.none();
}

#[test]
fn where_the_index_begins_changes_nothing() {
    let mut faults = Faults::default();
    each(|case, judge, series| {
        if series.dates.is_some() || by_rounding(case) {
            return;
        }
        // Whole years later, so that a step lies in the same season.
        let years = 3 * series.freq as usize;
        let shifted = Series { first: years, ..*series };
        for range in ends(judge, series, 24) {
            let Ok(whole) = judge.judge(series, range.clone(), &mut Memory::default()) else { continue };
            let later = range.start + years..range.end + years;
            if judge.looks_back_to(later.start, series.freq) < years {
                continue;
            }
            // What is begun with the series says so of one whose beginning is not held.
            let Ok(other) = judge.judge(&shifted, later, &mut Memory::default()) else { continue };
            let same = close(&whole, &other, 1e-6);
            faults.unless(same.is_ok(), case.words, "an index that begins later", || format!("{same:?}"));
        }
    });
    faults.none();
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
