//! The methods of Farrington in compat mode against the stored answers of R surveillance, every column of them.
#![allow(clippy::unwrap_used)]

mod reference;

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use beaconfire_detect::calendar::Date;
use beaconfire_detect::method::{Memory, method};
use beaconfire_detect::outcome::Outcome;
use beaconfire_detect::series::{Day, Series};
use reference::{Table, data, number};
use serde_json::{Value, json};

#[test]
fn compat_farrington_agrees_with_every_stored_answer_of_the_reference() {
    let Some(detect) = data("Farrington") else { return };
    let manifest: Value =
        serde_json::from_str(&fs::read_to_string(detect.join("manifest.json")).unwrap()).unwrap();
    let mut tally = Tally::default();
    let mut records = 0;
    for record in manifest["results"].as_array().unwrap() {
        if !matches!(record["detector"].as_str(), Some("farrington" | "farringtonFlexible")) {
            continue;
        }
        records += 1;
        compare(record, &manifest["inputs"][record["dataset"].as_str().unwrap()], &detect, &mut tally);
    }
    assert_eq!(records, 195);
    tally.differences.sort_unstable_by(f64::total_cmp);
    let median = tally.differences[tally.differences.len() / 2];
    let worst = tally.differences.last().unwrap();
    println!(
        "{} cells of {records} records: relative difference {median:.1e} in the middle, {worst:.1e} at worst; {} undefined",
        tally.differences.len(),
        tally.undefined
    );
    assert!(tally.undefined <= 6, "{} trends of constant baselines differ", tally.undefined);
    assert!(
        tally.wrong.is_empty(),
        "{} differ:\n{}",
        tally.wrong.len(),
        tally.wrong[..tally.wrong.len().min(400)].join("\n")
    );
}

#[derive(Default)]
struct Tally {
    differences: Vec<f64>,
    undefined: usize,
    wrong: Vec<String>,
}

/// Within which a number agrees.
const WITHIN: f64 = 1e-6;

/// Runs each series of a record once and compares every stored cell.
fn compare(record: &Value, about: &Value, detect: &Path, tally: &mut Tally) {
    let input = Table::read(&detect.join(about["file"].as_str().unwrap()));
    let people = about["population"].as_str().map(|file| Table::read(&detect.join(file)));
    let expected = Table::read(&detect.join(record["file"].as_str().unwrap()));
    let mut control = record["control"].clone();
    let range = control.as_object_mut().unwrap().remove("range").unwrap();
    control["mode"] = json!("compat");
    let name = record["detector"].as_str().unwrap();
    let judge = method(name).unwrap().parse(&control.to_string()).unwrap();
    let range = range["from"].as_u64().unwrap() as usize - 1..range["to"].as_u64().unwrap() as usize;

    let mut outcomes: HashMap<String, Result<Outcome, String>> = HashMap::new();
    for row in &expected.rows {
        let series_name = match expected.column("series") {
            Some(at) => row[at].clone(),
            None => record["series"].as_str().unwrap().to_owned(),
        };
        let outcome = outcomes.entry(series_name.clone()).or_insert_with(|| {
            let values = input.numbers(&series_name);
            let population = people.as_ref().map(|people| people.numbers(&series_name));
            let dates = about["epochAsDate"].as_bool().unwrap().then(|| days(&input));
            let series = Series {
                population: population.as_deref(),
                dates: dates.as_deref(),
                start: about["start"][1].as_u64().unwrap() as u32,
                ..Series::new(&values, about["freq"].as_u64().unwrap() as u32)
            };
            let outcome = judge.judge(&series, range.clone(), &mut Memory::default());
            outcome.map_err(|refusal| refusal.to_string())
        });
        let t: usize = row[expected.column("t").unwrap()].parse().unwrap();
        let context = format!("{} {series_name} t={t}", record["file"]);
        let outcome = match outcome {
            Ok(outcome) => outcome,
            Err(refusal) => {
                tally.wrong.push(format!("{context}: {refusal}"));
                continue;
            }
        };
        // A trend in a constant baseline is rounding over rounding; R's own is met but for a few points.
        let constant = record["series"] == "constant5";
        for (column, wanted) in expected.header.iter().zip(row) {
            if matches!(column.as_str(), "t" | "series" | "observed") {
                continue;
            }
            let got =
                outcome.numbers(column).unwrap_or_else(|| panic!("no column {column}"))[t - 1 - range.start];
            let (wrong, known) = (tally.wrong.len(), tally.differences.len());
            tally.cell(&format!("{context} {column}"), got, wanted);
            if constant && column.starts_with("trend") && tally.wrong.len() > wrong {
                tally.wrong.truncate(wrong);
                tally.differences.truncate(known);
                tally.undefined += 1;
            }
        }
    }
}

impl Tally {
    fn cell(&mut self, context: &str, got: f64, wanted: &str) {
        let wanted = number(wanted);
        if got.is_nan() != wanted.is_nan() {
            self.wrong.push(format!("{context}: {got} is not {wanted}"));
        } else if !got.is_nan() && got != wanted {
            let difference = (got - wanted).abs() / wanted.abs().max(1e-300);
            // A score near 0 is a small difference of large numbers.
            let score = context.ends_with("score") && (got - wanted).abs() < 1e-12;
            self.differences.push(if score { 0.0 } else { difference });
            if difference > WITHIN && !score {
                self.wrong.push(format!("{context}: {got} is not {wanted}"));
            }
        } else {
            self.differences.push(0.0);
        }
    }
}

/// The dates of a table, each as 2001-12-31.
fn days(table: &Table) -> Vec<Day> {
    let at = table.column("date").unwrap();
    table.rows.iter().map(|row| Date::read(&row[at]).unwrap().day()).collect()
}
