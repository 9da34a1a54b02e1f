//! What holds for every kind of detector, whatever the series.
#![allow(clippy::unwrap_used)]

use beaconfire_detect::{Change, Detector, Judgement, KINDS, Sample, State, Step};
use proptest::prelude::*;

/// Parameters of every kind under which short random series reach every state.
const PARAMS: &[(&str, &str)] = &[
    (
        "threshold",
        r#"{"on": 5, "off": 4, "min_duration_s": 60, "max_gap_s": 300, "stuck_after_s": 400, "watch": 4.5}"#,
    ),
    ("threshold", r#"{"on": 2, "off": 3, "direction": "below", "rising_per_hour": 1}"#),
    ("rate", r#"{"window_s": 600, "on_per_hour": 20, "off_per_hour": 5, "max_gap_s": 300}"#),
    ("rate", r#"{"window_s": 200, "on_per_hour": 2, "direction": "falling", "min_samples": 2}"#),
    ("ears", r#"{"method": "C1", "baseline": 3}"#),
    ("ears", r#"{"method": "C2", "baseline": 3, "min_baseline": 2, "step_s": 60}"#),
    ("ears", r#"{"method": "C3", "baseline": 3, "minSigma": 0}"#),
    ("ears", r#"{"method": "C3", "baseline": 3, "mode": "compat"}"#),
];

fn samples() -> impl Strategy<Value = Vec<Sample>> {
    let value = prop_oneof![
        6 => (0u32..80).prop_map(|v| Some(f64::from(v) / 10.0)),
        2 => Just(Some(5.0)),
        1 => Just(None),
        1 => prop_oneof![Just(f64::NAN), Just(f64::INFINITY), Just(1e99), Just(-1e99), Just(1e300)].prop_map(Some),
    ];
    let step = prop_oneof![8 => 1i64..120, 1 => 0i64..2000, 1 => -200i64..1];
    proptest::collection::vec((step, value, proptest::bool::weighted(0.05)), 0..60).prop_map(|items| {
        let mut time = 1_700_000_000;
        items
            .into_iter()
            .map(|(step, value, suspect)| {
                time += step;
                Sample { time, value, suspect }
            })
            .collect()
    })
}

fn each(mut check: impl FnMut(&'static beaconfire_detect::Kind, &'static str)) {
    for &(name, params) in PARAMS {
        check(beaconfire_detect::kind(name).unwrap(), params);
    }
}

/// Steps compared through their text, in which a NaN equals itself.
fn texts(steps: &[Step]) -> Vec<String> {
    steps.iter().map(|s| format!("{s:?}")).collect()
}

#[test]
fn every_kind_is_documented_and_its_example_runs() {
    for kind in KINDS {
        assert!(kind.doc.contains('|') && kind.doc.len() > 200, "{}", kind.name);
        let example: serde_json::Value = serde_json::from_str(kind.example).unwrap();
        for name in example.as_object().unwrap().keys() {
            assert!(kind.doc.contains(&format!("`{name}`")), "{}: {name} is not documented", kind.name);
        }
        let params = kind.parse(kind.example).unwrap();
        assert_eq!(params.kind(), kind.name);
        assert_eq!(params.start().save().kind(), kind.name);
        assert!(PARAMS.iter().any(|p| p.0 == kind.name), "{} is not exercised here", kind.name);
    }
    let names: Vec<&str> = KINDS.iter().map(|k| k.name).collect();
    assert!(names.is_sorted(), "{names:?}");
}

#[test]
fn a_state_of_another_kind_is_refused() {
    let ears = beaconfire_detect::kind("ears").unwrap();
    let threshold = beaconfire_detect::kind("threshold").unwrap();
    let state = threshold.build(threshold.example).unwrap().save();
    let error = ears.restore(ears.example, &state).unwrap_err();
    assert!(error.to_string().contains("of kind threshold, not ears"), "{error}");
}

proptest! {
    #[test]
    fn a_detector_restored_from_its_saved_state_goes_on_identically(series in samples(), at in 0usize..60) {
        each(|kind, params| {
            let cut = at.min(series.len());
            let mut whole = kind.build(params).unwrap();
            let all: Vec<Step> = series.iter().map(|s| whole.push(*s)).collect();
            let mut first = kind.build(params).unwrap();
            series[..cut].iter().for_each(|s| { first.push(*s); });
            let json = serde_json::to_string(&first.save()).unwrap();
            let state: State = serde_json::from_str(&json).unwrap();
            let mut second = kind.restore(params, &state).unwrap();
            assert_eq!(second.level_on(), first.level_on());
            let rest: Vec<Step> = series[cut..].iter().map(|s| second.push(*s)).collect();
            assert_eq!(texts(&rest), texts(&all[cut..]), "{params}");
            assert_eq!(second.save(), whole.save());
        });
    }

    #[test]
    fn adding_the_future_never_changes_the_past(series in samples(), future in samples()) {
        each(|kind, params| {
            let run = |series: &[Sample]| {
                let mut d = kind.build(params).unwrap();
                series.iter().map(|s| d.push(*s)).collect::<Vec<Step>>()
            };
            let longer = [&series[..], &future].concat();
            assert_eq!(texts(&run(&series)), texts(&run(&longer)[..series.len()]), "{params}");
        });
    }

    #[test]
    fn changes_tell_everything_about_whether_an_alarm_stands(series in samples()) {
        each(|kind, params| {
            let mut d = kind.build(params).unwrap();
            let (mut on, mut lost) = (false, false);
            for s in &series {
                let step = d.push(*s);
                match step.change {
                    Some(Change::On) => {
                        assert!(!on || lost, "on twice");
                        (on, lost) = (true, false);
                    }
                    Some(Change::Off) => {
                        assert!(on || lost, "off though never on");
                        (on, lost) = (false, false);
                    }
                    Some(Change::Lost) => {
                        assert!(!lost, "lost twice");
                        lost = true;
                    }
                    None => {}
                }
                assert_eq!(d.level_on(), on, "{params} {step:?}");
                if step.judgement == Judgement::Alarm {
                    assert!(on && !lost);
                }
            }
        });
    }

    #[test]
    fn what_is_missing_doubted_or_no_number_is_never_judged(series in samples()) {
        each(|kind, params| {
            let mut d = kind.build(params).unwrap();
            for s in &series {
                let step = d.push(*s);
                let usable = !s.suspect && s.value.is_some_and(|v| v.abs() <= 1e100);
                assert_eq!(step.observed, s.value.filter(|_| usable));
                if !usable {
                    assert!(matches!(step.judgement, Judgement::CannotJudge(_)), "{params} {step:?}");
                    assert_ne!(step.change, Some(Change::On));
                    assert_ne!(step.change, Some(Change::Off), "silence ends no alarm");
                }
            }
        });
    }

    #[test]
    fn any_text_as_parameters_is_refused_or_accepted_without_a_panic(text in ".{0,200}") {
        for kind in KINDS {
            let _ = kind.parse(&text);
        }
    }

    #[test]
    fn a_shift_of_time_changes_no_judgement(series in samples(), weeks in -100i64..100) {
        each(|kind, params| {
            let run = |shift: i64| {
                let mut d = kind.build(params).unwrap();
                let moved = series.iter().map(|s| Sample { time: s.time + shift, ..*s });
                moved.map(|s| { let step = d.push(s); (step.judgement, step.change) }).collect::<Vec<_>>()
            };
            // Whole parts of every window above.
            assert_eq!(run(0), run(weeks * 604_800 * 27), "{params}");
        });
    }
}
