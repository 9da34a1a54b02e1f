//! `beaconfire detect batch`: every call of a manifest, each with its file of answers.

mod manifest;

use super::call::{Call, Input};
use super::clusters;
use super::number::seventeen;
use super::side_by_side::{cores, in_order};
use super::table::{Column, Table, date_of};
use super::{Answer, quoted};
use anyhow::{Context as _, anyhow, ensure};
use beaconfire_detect::method::Memory;
use beaconfire_detect::outcome::Outcome;
use manifest::{Dataset, Manifest, Record};
use serde_json::Value;
use std::collections::HashMap;
use std::convert::Infallible;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// Runs every record of a manifest in `compat` mode and writes its columns, with 17 digits, to DIR/ID.csv.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
The manifest is a JSON object: `inputs` names the datasets (file, freq, start, series), `results` the records (dataset,
series, detector, control, columns). A manifest without `inputs` uses those of the manifest.json beside it.

Exit status: 0 every record ran; 1 some did not, and stderr says which and why; 2 the manifest could not be read.

Example:
  beaconfire detect batch manifest.json --out answers")]
pub(super) struct Args {
    /// The manifest.
    #[arg(value_name = "MANIFEST.json")]
    manifest: PathBuf,
    /// The folder to write to; made where it is missing.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// How many records are run at a time; as many as there are cores where it is not said.
    #[arg(long, value_name = "N")]
    jobs: Option<NonZeroUsize>,
}

impl Args {
    pub(super) fn run(self) -> anyhow::Result<Answer> {
        let manifest = Manifest::read(&self.manifest)?;
        std::fs::create_dir_all(&self.out).with_context(|| format!("make {}", self.out.display()))?;
        let tables = Tables { folder: manifest.folder.clone(), read: Mutex::default() };
        let mut failed = 0;
        let jobs = self.jobs.unwrap_or_else(cores);
        let work = |record: &Record| answer(&manifest, record, &tables);
        let taken: Result<(), Infallible> = in_order(&manifest.records, jobs, work, |record, answers| {
            let name = record.name();
            let path = self.out.join(format!("{name}.csv"));
            let written = answers.and_then(|text| {
                std::fs::write(&path, text).with_context(|| format!("write {}", path.display()))
            });
            if let Err(error) = written {
                failed += 1;
                eprintln!("{name}: failed to {error:#}");
            }
            Ok(())
        });
        taken?;
        eprintln!("{} of {} records ran", manifest.records.len() - failed, manifest.records.len());
        Ok(Answer::from_bool(failed == 0))
    }
}

/// Tables that were read, by their paths within the manifest's folder.
struct Tables {
    folder: PathBuf,
    read: Mutex<HashMap<String, Arc<Table>>>,
}

impl Tables {
    fn get(&self, file: &str) -> anyhow::Result<Arc<Table>> {
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(table) = read.get(file) {
            return Ok(table.clone());
        }
        let table = Arc::new(Table::read(&self.folder.join(file))?);
        read.insert(file.to_owned(), table.clone());
        Ok(table)
    }
}

/// The record's file: its columns, one row a judged point.
fn answer(manifest: &Manifest, record: &Record, tables: &Tables) -> anyhow::Result<String> {
    let mut params = record.control.clone();
    params.insert("mode".to_owned(), Value::from("compat"));
    if record.detector == "stcd" {
        let columns = record.columns(&manifest.folder)?;
        return clusters::run(&manifest.folder.join(&record.file), params, &columns);
    }
    let call = Call::read(&record.detector, params)?;
    let dataset = manifest.dataset(record)?;
    let columns = record.columns(&manifest.folder)?;
    let table = tables.get(&dataset.file)?;
    let population = dataset.population_file(&record.dataset, &manifest.folder);
    let people = population.as_deref().map(|file| tables.get(file)).transpose()?;
    let mut out = columns.iter().map(|name| quoted(name)).collect::<Vec<_>>().join(",") + "\n";
    for column in chosen(record, &table)? {
        let people = people.as_deref().map(|table| {
            table.named(&column.name).with_context(|| format!("find the population of {:?}", column.name))
        });
        let people = people.transpose()?;
        let input = input(dataset, column, people)?;
        let series = input.series();
        // Rnssp's functions answer for every row of their table, the first ones among them.
        let every_row = record.detector.starts_with("alert_");
        let range = if every_row { Ok(0..series.end()) } else { call.range(&series) };
        let range = range.map_err(|refusal| anyhow!("judge {}: {refusal}", column.name))?;
        let outcome = call
            .judge
            .judge(&series, range, &mut Memory::default())
            .map_err(|refusal| anyhow!("judge {}: {refusal}", column.name))?;
        Answered { column, people, outcome }.write(&mut out, &columns)?;
    }
    Ok(out)
}

fn input(dataset: &Dataset, column: &Column, people: Option<&Column>) -> anyhow::Result<Input> {
    let mut input = Input::new(column, people, Some(dataset.freq))?;
    input.start = dataset.start.get(1).copied().unwrap_or(1);
    // Where the dates are none of the series' own, the reference counts in steps.
    Ok(if dataset.dated() { input } else { input.undated() })
}

/// The series of the record; `(long …)` and the like mean all.
fn chosen<'t>(record: &Record, table: &'t Table) -> anyhow::Result<Vec<&'t Column>> {
    match table.named(&record.series) {
        Some(column) => Ok(vec![column]),
        None if record.series.is_empty() || record.series.starts_with("(long") => {
            Ok(table.series.iter().collect())
        }
        None => Err(anyhow!("find the series {:?} of {}", record.series, record.dataset)),
    }
}

/// What came of one series of a record.
struct Answered<'a> {
    column: &'a Column,
    people: Option<&'a Column>,
    outcome: Outcome,
}

impl Answered<'_> {
    fn write(&self, out: &mut String, columns: &[String]) -> anyhow::Result<()> {
        // Rnssp's Serfling regression calls the date t too, and the count y.
        let dated = columns.iter().any(|name| name == "date");
        let named = |name: &'_ String| if dated && name == "t" { "date".to_owned() } else { name.clone() };
        let cells = columns.iter().map(|name| self.cells(&named(name)));
        let cells = cells.collect::<anyhow::Result<Vec<_>>>()?;
        for at in 0..self.outcome.len() {
            for (place, cell) in cells.iter().enumerate() {
                out.push_str(if place == 0 { "" } else { "," });
                out.push_str(cell.get(at).map_or("NA", String::as_str));
            }
            out.push('\n');
        }
        Ok(())
    }

    fn cells(&self, name: &str) -> anyhow::Result<Vec<String>> {
        let Self { column, people, outcome } = self;
        let indexes = outcome.from..outcome.from + outcome.len();
        if let Some(words) = outcome.words(name) {
            let word = |word: &&str| if word.is_empty() { "NA".to_owned() } else { quoted(word) };
            return Ok(words.iter().map(word).collect());
        }
        if let Some(numbers) = outcome.numbers(name) {
            ensure!(numbers.len() == outcome.len(), "find {name} at every point");
            return Ok(numbers.into_iter().map(seventeen).collect());
        }
        match (name, people) {
            ("series", _) => Ok(vec![quoted(&column.name); outcome.len()]),
            ("t", _) => Ok(indexes.map(|index| (index + 1).to_string()).collect()),
            ("observed" | "count" | "y", _) => {
                Ok(indexes.map(|index| seventeen(column.values[index])).collect())
            }
            ("n", Some(people)) => Ok(indexes.map(|index| seventeen(people.values[index])).collect()),
            ("date", _) => Ok(indexes.map(|index| date(column, index)).collect()),
            _ => Err(anyhow!("find a column {name}: the method has none of that name")),
        }
    }
}

fn date(column: &Column, index: usize) -> String {
    let day = column.steps.get(index).and_then(|step| step.day);
    day.and_then(date_of).map_or_else(|| "NA".to_owned(), |date| date.to_string())
}

/// The folder that a manifest's files are named from.
fn folder_of(path: &Path) -> PathBuf {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new(".")).to_owned()
}
