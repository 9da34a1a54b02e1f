//! The stored answers of the reference packages: reading them, and comparing a method with a record.
#![allow(clippy::unwrap_used, dead_code)]

#[path = "../reference/mod.rs"]
mod reference;

use std::collections::HashMap;
use std::fs;
use std::path::PathBuf;

use beaconfire_detect::method::{Memory, method};
use beaconfire_detect::outcome::{Outcome, is_na};
use beaconfire_detect::series::{Day, Series};
use serde_json::{Map, Value};

pub(crate) use reference::data as folder;
use reference::{Table, number};

/// A manifest and the inputs that it names.
pub(crate) struct Stored {
    folder: PathBuf,
    records: Vec<Value>,
    inputs: Value,
    tables: HashMap<String, Table>,
}

/// Relative differences of numbers, as they came.
#[derive(Default)]
pub(crate) struct Differences {
    all: Vec<f64>,
    /// The worst, and where it is.
    worst: (f64, String),
}

impl Differences {
    /// Takes the difference of two numbers, which must be told alike where they are none.
    pub(crate) fn take(&mut self, got: f64, wanted: f64, context: &dyn Fn() -> String) {
        if wanted.is_nan() || got.is_nan() || wanted.is_infinite() {
            let same = is_na(got) == is_na(wanted) && got.is_nan() == wanted.is_nan();
            assert!(same && (wanted.is_nan() || got == wanted), "{}: {got} is not {wanted}", context());
            return;
        }
        let difference = if got == wanted { 0.0 } else { (got - wanted).abs() / wanted.abs().max(1e-6) };
        if difference > self.worst.0 {
            self.worst = (difference, format!("{}: {got} for {wanted}", context()));
        }
        self.all.push(difference);
    }

    /// Prints worst and median, and holds the worst to a limit.
    pub(crate) fn close(mut self, what: &str, limit: f64) -> usize {
        self.all.sort_by(f64::total_cmp);
        let (worst, median) = (self.all.last().unwrap(), self.all[self.all.len() / 2]);
        eprintln!(
            "{what}: {} numbers, worst {worst:e} ({}), median {median:e}",
            self.all.len(),
            self.worst.1
        );
        assert!(*worst <= limit, "{what}: {}", self.worst.1);
        self.all.len()
    }
}

impl Stored {
    /// Reads a manifest; inputs are described by the main one.
    pub(crate) fn read(folder: PathBuf, manifest: &str) -> Self {
        let json = |name: &str| -> Value {
            serde_json::from_str(&fs::read_to_string(folder.join(name)).unwrap()).unwrap()
        };
        let records = json(manifest)["results"].as_array().unwrap().clone();
        let inputs = json("manifest.json")["inputs"].clone();
        Self { folder, records, inputs, tables: HashMap::new() }
    }

    /// The records of a function.
    pub(crate) fn of(&self, detector: &str) -> Vec<Value> {
        self.records.iter().filter(|r| r["detector"] == detector).cloned().collect()
    }

    /// Compares every column of a record, with the control that `control` makes of the record's; answers rows.
    pub(crate) fn compare(
        &mut self,
        record: &Value,
        name: &str,
        control: impl Fn(&mut Map<String, Value>),
        differences: &mut Differences,
    ) -> usize {
        let dataset = record["dataset"].as_str().unwrap().to_owned();
        let about = self.inputs[&dataset].clone();
        let file = self.folder.join(about["file"].as_str().unwrap());
        let input = self.tables.entry(dataset).or_insert_with(|| Table::read(&file));
        let expected = Table::read(&self.folder.join(record["file"].as_str().unwrap()));
        let mut parameters = record["control"].as_object().unwrap().clone();
        parameters.remove("range");
        parameters.insert("mode".to_owned(), "compat".into());
        control(&mut parameters);
        let judge = method(name).unwrap().parse(&Value::Object(parameters).to_string()).unwrap();

        let mut rows_of: Vec<(String, Vec<usize>)> = vec![];
        for at in 0..expected.rows.len() {
            let series = match expected.column("series") {
                Some(column) => &expected.rows[at][column],
                None => record["series"].as_str().unwrap(),
            };
            match rows_of.iter_mut().find(|(name, _)| name == series) {
                Some((_, rows)) => rows.push(at),
                None => rows_of.push((series.to_owned(), vec![at])),
            }
        }
        for (series, rows) in rows_of {
            let values = input.numbers(&series);
            let dates = input.column("date").map(|_| days(input));
            let held = Series {
                dates: dates.as_deref(),
                start: about["start"][1].as_u64().unwrap() as u32,
                ..Series::new(&values, about["freq"].as_u64().unwrap() as u32)
            };
            let index = |row: usize| match expected.column("t") {
                Some(t) if expected.column("date").is_none() => {
                    expected.rows[row][t].parse::<usize>().unwrap() - 1
                }
                _ => row,
            };
            let (first, last) = (index(rows[0]), index(rows[rows.len() - 1]));
            let outcome = judge
                .judge(&held, first..last + 1, &mut Memory::default())
                .unwrap_or_else(|refusal| panic!("{}: {refusal}", record["file"]));
            for &row in &rows {
                for (column, wanted) in expected.header.iter().zip(&expected.rows[row]) {
                    let context = || format!("{} row {} {column} {series}", record["file"], row + 1);
                    let at = index(row) - first;
                    cell(&outcome, &held, at, column, wanted, differences, &context);
                }
            }
        }
        expected.rows.len()
    }
}

/// Compares one cell.
fn cell(
    outcome: &Outcome,
    series: &Series<'_>,
    at: usize,
    column: &str,
    wanted: &str,
    differences: &mut Differences,
    context: &dyn Fn() -> String,
) {
    match column {
        "t" | "series" | "date" => {}
        "observed" | "count" | "y" => {
            differences.take(series.value(outcome.from + at), number(wanted), context);
        }
        _ if outcome.words(column).is_some() => {
            let word = outcome.words(column).unwrap()[at];
            assert_eq!(if word.is_empty() { "NA" } else { word }, wanted, "{}", context());
        }
        _ => {
            let got = outcome.numbers(column).unwrap_or_else(|| panic!("no column {column}"))[at];
            if column == "alarm" {
                let same = got.to_string() == wanted || (got.is_nan() && wanted == "NA");
                assert!(same, "{}: {got} is not {wanted}", context());
            } else {
                differences.take(got, number(wanted), context);
            }
        }
    }
}

/// The dates of a table, each as 2001-12-31.
fn days(table: &Table) -> Vec<Day> {
    let at = table.column("date").unwrap();
    table.rows.iter().map(|row| beaconfire_detect::calendar::Date::read(&row[at]).unwrap().day()).collect()
}
