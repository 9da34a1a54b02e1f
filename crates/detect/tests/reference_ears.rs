//! EARS in compat mode against the stored answers of R surveillance's `earsC`.
#![allow(clippy::unwrap_used)]

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use beaconfire_detect::{Detector, Judgement, Sample, kind};
use serde_json::{Value, json};

#[test]
fn compat_ears_agrees_with_every_stored_answer_of_the_reference() {
    let Ok(data) = std::env::var("BEACONFIRE_REFERENCE_DATA") else {
        eprintln!("skipped: EARS against the reference: BEACONFIRE_REFERENCE_DATA is not set");
        return;
    };
    let detect = Path::new(&data).join("detect");
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
        match wanted {
            None => assert!(bound.is_nan(), "{context}"),
            Some(u) => assert!((bound - u).abs() <= 1e-9 * u.abs(), "{context}, not {u}"),
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
        let step = detector.push(Sample { time: i as i64, value: number(&row[column]), suspect: false });
        (step.threshold.unwrap_or(f64::NAN), step.judgement)
    };
    input.rows.iter().enumerate().map(push).collect()
}

/// A number, or none for `NA` and `NaN`.
fn number(text: &str) -> Option<f64> {
    match text {
        "NA" | "NaN" => None,
        _ => Some(text.parse().unwrap_or_else(|_| panic!("{text} is no number"))),
    }
}

/// A CSV file whose names may be quoted because they hold a comma.
struct Table {
    header: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Table {
    fn read(path: &Path) -> Self {
        let text = fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        let mut lines = text.lines().map(split);
        Self { header: lines.next().unwrap(), rows: lines.collect() }
    }

    fn column(&self, name: &str) -> Option<usize> {
        self.header.iter().position(|h| h == name)
    }
}

fn split(line: &str) -> Vec<String> {
    let mut cells = vec![String::new()];
    let mut quoted = false;
    for c in line.chars() {
        match c {
            '"' => quoted = !quoted,
            ',' if !quoted => cells.push(String::new()),
            c => cells.last_mut().unwrap().push(c),
        }
    }
    cells
}
