//! `beaconfire detect`: the columns, the numbers, and the same answers as the detectors' reference.

mod common;

use common::{beaconfire, beaconfire_with, fixture_folder};
use std::fs;

#[test]
fn ears_gives_bound_score_alarm_and_reason() {
    // Mean 2, standard deviation 1: the bound is 2 + 3 * 1.
    let counts = "t,a,b\n1,1,NA\n2,2,\n3,3,NA\n4,5,NA\n5,5.5,NaN\n6,Inf,NA\n";
    let run =
        beaconfire_with(&["detect", "ears", "-p", "method=C1", "-p", "baseline=3", "-"], counts.as_bytes());
    assert_eq!(run.code, 0, "{}", run.err);
    let lines: Vec<&str> = run.out.lines().collect();
    assert_eq!(lines[0], "series,t,observed,expected,upperbound,score,alarm,reason");
    assert_eq!(lines.len(), 13);
    assert_eq!(lines[1], "a,1,1,NA,NA,NA,NA,0 observations of the 3 needed");
    let fields: Vec<&str> = lines[4].split(',').collect();
    assert_eq!(fields[..4], ["a", "4", "5", "2"]);
    let bound: f64 = fields[4].parse().expect("a number");
    assert!((bound - 5.0).abs() < 1e-9, "{bound}");
    assert_eq!(fields[6], if 5.0 > bound { "1" } else { "0" });
    assert!(lines[6].starts_with("a,6,Inf,"), "{}", lines[6]);
    assert!(lines[7].starts_with("b,1,NA,") && lines[11].starts_with("b,5,NaN,"), "{}", lines[11]);
}

#[test]
fn threshold_reads_instants_and_its_parameters_from_a_file() {
    let folder = fixture_folder();
    let params = folder.path().join("p.json");
    fs::write(&params, r#"{"on": 5.0, "off": 4.5}"#).expect("written");
    let rows = "series,time,value\ng,2026-03-02T06:00:00Z,4.9\nh,2026-03-02T06:00:00Z,9\ng,2026-03-02T06:15:00Z,5.1\n";
    let params = params.to_str().expect("a path");
    let run =
        beaconfire_with(&["detect", "threshold", "--params", params, "--series", "g", "-"], rows.as_bytes());
    assert_eq!(
        run.out,
        "series,t,observed,expected,upperbound,score,alarm,reason\n\
         g,2026-03-02T06:00:00Z,4.9,NA,5,NA,0,\n\
         g,2026-03-02T06:15:00Z,5.1,NA,5,NA,1,\n",
        "{}",
        run.err
    );
    let over =
        beaconfire_with(&["detect", "threshold", "--params", params, "-p", "on=6", "-"], rows.as_bytes());
    assert!(over.out.contains("5.1,NA,6,NA,0,"), "{}", over.out);
}

#[test]
fn what_cannot_be_used_is_said_with_its_place() {
    let run = beaconfire_with(&["detect", "ears", "-p", "method=C9", "-"], b"t,a\n1,1\n");
    assert!(run.code == 2 && run.err.contains("C9"), "{}", run.err);
    let run = beaconfire_with(&["detect", "threshold", "-p", "on=1", "-"], b"t,a\n1,one\n");
    assert!(run.code == 2 && run.err.contains("line 2"), "{}", run.err);
    let run = beaconfire_with(&["detect", "threshold", "-p", "on=1", "--series", "z", "-"], b"t,a\n1,1\n");
    assert!(run.code == 2 && run.err.contains("\"z\""), "{}", run.err);
    let run = beaconfire_with(&["detect", "threshold", "-p", "on=1", "--explain", "-"], b"t,a\n1,1\n");
    assert!(run.code == 2 && run.err.contains("--explain"), "{}", run.err);
    let run = beaconfire_with(&["detect", "threshold", "-"], b"t,a\n1,1\n");
    assert!(run.code == 2 && run.err.contains("`on`"), "{}", run.err);
}

#[test]
fn it_agrees_with_a_stored_answer_of_the_reference() {
    let Ok(data) = std::env::var("BEACONFIRE_REFERENCE_DATA") else {
        eprintln!("skipped: detect against the reference: BEACONFIRE_REFERENCE_DATA is not set");
        return;
    };
    let detect = std::path::Path::new(&data).join("detect");
    let manifest: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(detect.join("manifest.json")).expect("a manifest"))
            .expect("JSON");
    let record = manifest["results"]
        .as_array()
        .expect("results")
        .iter()
        .find(|result| result["detector"] == "earsC" && result["dataset"] == "husO104_daily")
        .expect("an answer");
    let mut args: Vec<String> = vec!["detect".into(), "earsC".into(), "-p".into(), "mode=compat".into()];
    for name in ["method", "baseline", "minSigma", "alpha"] {
        args.extend(["-p".into(), format!("{name}={}", record["control"][name])]);
    }
    args.push(detect.join("inputs/husO104_daily.csv").display().to_string());
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let run = beaconfire(&args);
    assert_eq!(run.code, 0, "{}", run.err);
    let expected =
        fs::read_to_string(detect.join(record["file"].as_str().expect("a file"))).expect("an answer");
    let mut compared = 0;
    for wanted in expected.lines().skip(1) {
        let wanted: Vec<&str> = wanted.split(',').collect();
        let row =
            run.out.lines().map(|line| line.split(',').collect::<Vec<_>>()).find(|row| row[1] == wanted[0]);
        let row = row.expect("the same step");
        let (bound, reference): (f64, f64) =
            (row[4].parse().expect("a number"), wanted[2].parse().expect("a number"));
        assert!((bound - reference).abs() <= 1e-9 * reference.abs(), "t={}: {bound} {reference}", wanted[0]);
        assert_eq!(row[6], wanted[3], "t={}", wanted[0]);
        compared += 1;
    }
    assert!(compared > 20, "{compared}");
}

#[test]
fn a_method_explains_draws_and_leaves_out_what_it_is_told_to() {
    let folder = fixture_folder();
    let at = |name: &str| folder.path().join(name).display().to_string();
    let counts: String =
        (1..=40).map(|t| format!("{t},{}\n", if t == 20 || t == 40 { 30 } else { t % 3 })).collect();
    fs::write(at("counts.csv"), format!("t,a\n{counts}")).expect("written");
    let left_out = r#"{"stretches": [{"from": {"step": 19}, "until": {"step": 20}, "why": "a strike"}]}"#;
    fs::write(at("left.json"), left_out).expect("written");
    let common = ["detect", "rki", "-p", "b=0", "-p", "w=26", "-p", "actY=true"];
    let run = |more: &[&str]| {
        let args: Vec<&str> = common.iter().chain(more).copied().collect();
        beaconfire(&args)
    };
    let plain = run(&[&at("counts.csv"), "--plot", &at("a.svg")]);
    assert_eq!(plain.code, 0, "{}", plain.err);
    assert_eq!(plain.out.lines().count(), 1 + 14);
    assert!(fs::read_to_string(at("a.svg")).expect("a picture").contains("<title>alarm</title>"));
    let explained = run(&[&at("counts.csv"), "--explain", "--left-out", &at("left.json")]);
    assert_eq!(explained.code, 0, "{}", explained.err);
    let told: serde_json::Value = serde_json::from_str(explained.out.trim()).expect("one alarm");
    assert_eq!((told["t"].as_str(), told["observed"].as_f64()), (Some("40"), Some(30.0)));
    let baseline = told["explanation"]["baseline"].as_array().expect("rows");
    assert!(baseline.iter().any(|row| row["index"] == 19 && row["weight"] == 0.0), "{told}");
    assert!(told["explanation"]["because"].to_string().contains("a strike"), "{told}");
}

#[test]
fn advice_says_why_a_method_cannot_be_had() {
    let counts: String = (1..=30).map(|t| format!("{t},{}\n", t % 5)).collect();
    let run = beaconfire_with(&["detect", "advise", "-"], format!("t,a\n{counts}").as_bytes());
    assert_eq!(run.code, 0, "{}", run.err);
    let line = |name: &str| run.out.lines().find(|line| line.contains(name)).expect(name).to_owned();
    assert!(line("earsC").contains("yes") && line("farringtonFlexible").contains("no "), "{}", run.out);
    assert!(run.out.starts_with("a: 30 counts weekly"), "{}", run.out);
}

#[test]
fn methods_are_compared_on_labelled_series() {
    let folder = fixture_folder();
    let at = |name: &str| folder.path().join(name).display().to_string();
    let column = |f: fn(usize) -> usize| (1..=120).map(|t| format!("{t},{}\n", f(t))).collect::<String>();
    let counts = column(|t| if (100..103).contains(&t) { 40 } else { t % 4 });
    fs::write(at("in.csv"), format!("t,a\n{counts}")).expect("written");
    let labels = column(|t| usize::from((100..103).contains(&t)));
    fs::write(at("labels.csv"), format!("t,a\n{labels}")).expect("written");
    let run = beaconfire(&[
        "detect",
        "evaluate",
        "--labels",
        &at("labels.csv"),
        "--from",
        "61",
        "--budget",
        "0.02",
        "--method",
        "rki1",
        "--json",
        "--page",
        &at("page.html"),
        &at("in.csv"),
    ]);
    assert_eq!(run.code, 0, "{}", run.err);
    let told: serde_json::Value = serde_json::from_str(&run.out).expect("JSON");
    assert_eq!(told["rows"][0]["measures"]["pod"]["value"], 1.0, "{told}");
    assert!(fs::read_to_string(at("page.html")).expect("a page").contains("AMOC"));
}

#[test]
fn the_answers_are_the_same_by_one_thread_and_by_four() {
    let head: String = (0..150).map(|series| format!(",s{series}")).collect();
    let row = |t: usize| -> String {
        // Some series are too short to be judged, so that refusals stand among the answers.
        let value = |series: usize| match series % 7 {
            3 if t < 60 => "NA".to_owned(),
            _ => ((t * (series + 3) + t * t % 11) % (5 + series % 9)).to_string(),
        };
        format!("{t}{}\n", (0..150).map(|series| format!(",{}", value(series))).collect::<String>())
    };
    let table = format!("t{head}\n{}", (1..=70).map(row).collect::<String>());
    let common = ["detect", "-", "--jobs"];
    for method in [
        &["earsC", "-p", "method=C2"][..],
        &["earsC", "--explain"],
        &["farrington", "-p", "b=1"],
        &["glrnb", "-p", "range={\"from\": 61, \"to\": 70}", "--freq", "12"],
        &["ears", "-p", "method=C1"],
    ] {
        let run = |jobs: &'static str| {
            let args: Vec<&str> = [&common[..1], method, &common[1..], &[jobs]].concat();
            let run = beaconfire_with(&args, table.as_bytes());
            assert_eq!(run.code, 0, "{}", run.err);
            (run.out, run.err)
        };
        let one = run("1");
        assert!(one.0.lines().count() > 20, "{method:?}: {}", one.0.lines().count());
        assert!(one == run("4"), "{method:?}");
    }
}
