//! EARS in compat mode against the stored answers of R surveillance's `earsC`.
#![allow(clippy::unwrap_used)]

mod reference;

use std::collections::HashMap;
use std::fs;

use beaconfire_detect::{Detector, Judgement, Sample, kind};
use reference::{Table, data, number};
use serde_json::{Value, json};

#[test]
fn compat_ears_agrees_with_every_stored_answer_of_the_reference() {
    let Some(detect) = data("EARS") else { return };
    let manifest: Value =
        serde_json::from_str(&fs::read_to_string(detect.join("manifest.json")).unwrap()).unwrap();
    let records: Vec<&Value> =
        manifest["results"].as_array().unwrap().iter().filter(|r| r["detector"] == "earsC").collect();
    assert_eq!(records.len(), 79);

    let mut inputs: HashMap<String, Table> = HashMap::new();
    let mut rows = 0;
    for record in records {
        let dataset = record["dataset"].as_str().unwrap();
        let input = inputs.entry(dataset.to_owned()).or_insert_with(|| {
            Table::read(&detect.join(manifest["inputs"][dataset]["file"].as_str().unwrap()))
        });
        let expected = Table::read(&detect.join(record["file"].as_str().unwrap()));
        rows += compare(record, input, &expected);
    }
    assert!(rows > 10_000, "only {rows} rows were compared");
}

/// Runs each series of a record once and compares every stored row.
fn compare(record: &Value, input: &Table, expected: &Table) -> usize {
    let control = &record["control"];
    let params = json!({
        "mode": "compat", "method": control["method"], "baseline": control["baseline"],
        "minSigma": control["minSigma"], "alpha": control["alpha"],
    });
    let mut answers: HashMap<String, Vec<(f64, Judgement)>> = HashMap::new();
    for row in &expected.rows {
        let name = match expected.column("series") {
            Some(at) => row[at].clone(),
            None => record["series"].as_str().unwrap().to_owned(),
        };
        let series = answers.entry(name.clone()).or_insert_with(|| run(&params, input, &name));
        let t: usize = row[expected.column("t").unwrap()].parse().unwrap();
        let (bound, judgement) = series[t - 1];
        let context = format!("{} {name} t={t}: got {bound} {judgement:?}", record["file"]);
        let wanted = number(&row[expected.column("upperbound").unwrap()]);
        if wanted.is_nan() {
            assert!(bound.is_nan(), "{context}");
        } else {
            assert!((bound - wanted).abs() <= 1e-9 * wanted.abs(), "{context}, not {wanted}");
        }
        match row[expected.column("alarm").unwrap()].as_str() {
            "1" => assert_eq!(judgement, Judgement::Alarm, "{context}"),
            "0" => assert_eq!(judgement, Judgement::NoAlarm, "{context}"),
            _ => assert!(matches!(judgement, Judgement::CannotJudge(_)), "{context}"),
        }
    }
    expected.rows.len()
}

/// The bound (not a number when there is none) and judgement of every observation of a series.
fn run(params: &Value, input: &Table, series: &str) -> Vec<(f64, Judgement)> {
    let mut detector = kind("ears").unwrap().build(&params.to_string()).unwrap();
    let column = input.column(series).unwrap_or_else(|| panic!("no column {series}"));
    let push = |(i, row): (usize, &Vec<String>)| {
        let value = Some(number(&row[column])).filter(|value| !value.is_nan());
        let step = detector.push(Sample { time: i as i64, value, suspect: false });
        (step.threshold.unwrap_or(f64::NAN), step.judgement)
    };
    input.rows.iter().enumerate().map(push).collect()
}
