//! `beaconfire detect batch`: every record of the reference manifests, column by column; and a small one of our own.

mod common;

use common::{beaconfire, fixture_folder};
use serde_json::Value;
use std::fs;
use std::path::Path;

/// The largest relative difference that numbers may have.
const CLOSE: f64 = 1e-6;

#[test]
fn a_manifest_of_our_own_is_run_and_what_cannot_be_is_said() {
    let folder = fixture_folder();
    let at = |name: &str| folder.path().join(name).display().to_string();
    fs::create_dir(at("inputs")).expect("made");
    fs::write(at("inputs/a.csv"), "t,x,y\n1,1,2\n2,2,NA\n3,3,2\n4,9,2\n").expect("written");
    let manifest = r#"{"inputs": {"a": {"file": "inputs/a.csv", "freq": 52, "start": [2020, 1], "epochAsDate": false}},
        "results": [
            {"id": "one", "dataset": "a", "series": "x", "detector": "earsC",
             "control": {"method": "C1", "baseline": 3, "alpha": 0.001, "range": {"from": 4, "to": 4}},
             "columns": ["t", "observed", "upperbound", "alarm"]},
            {"file": "answers/all.csv", "dataset": "a", "series": "(long)", "detector": "earsC",
             "control": {"method": "C1", "baseline": 3, "range": {"from": 4, "to": 4}}}]}"#;
    fs::write(at("manifest.json"), manifest).expect("written");
    let run = beaconfire(&["detect", "batch", &at("manifest.json"), "--out", &at("out")]);
    assert_eq!((run.code, run.out.as_str()), (0, ""), "{}", run.err);
    // Mean 2, standard deviation 1, and the normal quantile of 0.999.
    let one = fs::read_to_string(at("out/one.csv")).expect("an answer");
    let line = one.lines().nth(1).expect("a row");
    assert!(one.starts_with("t,observed,upperbound,alarm\n4,9,5.09023230616"), "{one}");
    assert!(line.ends_with(",1"), "{line}");
    let all = fs::read_to_string(at("out/all.csv")).expect("an answer");
    assert!(all.starts_with("series,t,observed,expected,upperbound,score,alarm\nx,4,9,2,"), "{all}");
    assert!(
        all.lines().nth(2).is_some_and(|line| line.starts_with("y,4,2,") && line.ends_with(",NA")),
        "{all}"
    );

    fs::write(
        at("manifest.json"),
        manifest.replace("\"C1\", \"baseline\": 3, \"alpha\"", "\"C9\", \"alpha\""),
    )
    .expect("written");
    let run = beaconfire(&["detect", "batch", &at("manifest.json"), "--out", &at("out2")]);
    assert_eq!(run.code, 1, "{}", run.err);
    assert!(
        run.err.contains("one: failed to use the parameters") && run.err.contains("1 of 2"),
        "{}",
        run.err
    );
}

#[test]
fn every_record_of_the_reference_is_reproduced() {
    let Some(data) = std::env::var_os("BEACONFIRE_REFERENCE_DATA") else {
        eprintln!("skipped: batches against the reference: BEACONFIRE_REFERENCE_DATA is not set");
        return;
    };
    let detect = Path::new(&data).join("detect");
    let mut faults = Vec::new();
    for name in ["manifest.json", "manifest_rnssp.json"] {
        let folder = fixture_folder();
        let path = detect.join(name);
        let out = folder.path().display().to_string();
        let run = beaconfire(&["detect", "batch", &path.display().to_string(), "--out", &out]);
        assert_eq!(run.code, 0, "{name}: {}", run.err);
        let manifest: Value = serde_json::from_str(&fs::read_to_string(&path).expect("read")).expect("JSON");
        for record in manifest["results"].as_array().expect("records") {
            let file = Path::new(record["file"].as_str().expect("a file"));
            let stem = file.file_stem().expect("a name").to_string_lossy().into_owned();
            let id = record["id"].as_str().map_or(stem, str::to_owned);
            faults.extend(compare(record, &id, &detect.join(file), &folder.path().join(format!("{id}.csv"))));
        }
    }
    assert!(faults.is_empty(), "{} records differ:\n{}", faults.len(), faults.join("\n"));
}

/// The first difference of two files, in words.
fn compare(record: &Value, id: &str, wanted: &Path, got: &Path) -> Option<String> {
    let rows = |path: &Path| -> Vec<Vec<String>> {
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_path(path).expect("a file");
        reader.records().map(|row| row.expect("a row").iter().map(str::to_owned).collect()).collect()
    };
    let (wanted, got) = (rows(wanted), rows(got));
    if wanted[0] != got[0] || wanted.len() != got.len() {
        return Some(format!(
            "{id}: {} rows of {:?} for {} of {:?}",
            got.len(),
            got[0],
            wanted.len(),
            wanted[0]
        ));
    }
    for (wanted_row, got_row) in wanted.iter().zip(&got).skip(1) {
        for (column, (a, b)) in wanted[0].iter().zip(wanted_row.iter().zip(got_row)) {
            if !same(a, b) && !is_excepted(record, column) {
                return Some(format!("{id} {column} of {wanted_row:?}: {b} for {a}"));
            }
        }
    }
    None
}

fn same(wanted: &str, got: &str) -> bool {
    if wanted == got {
        return true;
    }
    match (wanted.parse::<f64>(), got.parse::<f64>()) {
        // Statistics are sums of terms of the size of one: near zero they are held to a billionth.
        (Ok(a), Ok(b)) if a.is_finite() && b.is_finite() => (a - b).abs() <= CLOSE * a.abs().max(1e-3),
        _ => false,
    }
}

/// On constant series the reference divides rounding noise by itself: its trend and what follows from that are
/// arbitrary there.
fn is_excepted(record: &Value, column: &str) -> bool {
    let constant = matches!(record["series"].as_str(), Some("constant5" | "all_zero"));
    match record["detector"].as_str() {
        Some("farrington") => constant,
        Some("farringtonFlexible") => constant && matches!(column, "trend_used" | "trend_coef" | "pvalue"),
        _ => false,
    }
}
