//! The manifest of a batch: datasets and records.

use super::folder_of;
use anyhow::{Context as _, ensure};
use serde::Deserialize;
use serde_json::{Map, Value};
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// A manifest that was read.
pub(super) struct Manifest {
    /// Where its files lie.
    pub(super) folder: PathBuf,
    inputs: HashMap<String, Dataset>,
    pub(super) records: Vec<Record>,
}

/// The form of the file; what else stands in it is of no use here.
#[derive(Deserialize)]
struct File {
    inputs: Option<HashMap<String, Dataset>>,
    #[serde(default)]
    results: Vec<Record>,
}

/// Series in one file.
#[derive(Deserialize)]
pub(super) struct Dataset {
    pub(super) file: String,
    /// Steps in a year.
    pub(super) freq: u32,
    /// Year and step of the first point.
    #[serde(default)]
    pub(super) start: Vec<u32>,
    #[serde(rename = "epochAsDate")]
    epoch_as_date: Option<bool>,
    population: Option<String>,
}

/// One call.
#[derive(Deserialize)]
pub(super) struct Record {
    id: Option<String>,
    #[serde(default)]
    pub(super) file: String,
    pub(super) dataset: String,
    #[serde(default)]
    pub(super) series: String,
    pub(super) detector: String,
    #[serde(default)]
    pub(super) control: Map<String, Value>,
    columns: Option<Vec<String>>,
}

impl Manifest {
    pub(super) fn read(path: &Path) -> anyhow::Result<Self> {
        let folder = folder_of(path);
        let file = parse(path)?;
        let inputs = match file.inputs {
            Some(inputs) => inputs,
            None => parse(&folder.join("manifest.json"))
                .context("find the inputs: the manifest names none")?
                .inputs
                .context("find the inputs in manifest.json")?,
        };
        ensure!(!file.results.is_empty(), "find a record in {}: `results` is empty", path.display());
        Ok(Self { folder, inputs, records: file.results })
    }

    pub(super) fn dataset(&self, record: &Record) -> anyhow::Result<&Dataset> {
        self.inputs
            .get(&record.dataset)
            .with_context(|| format!("find the dataset {:?}: `inputs` has none of that name", record.dataset))
    }
}

fn parse(path: &Path) -> anyhow::Result<File> {
    let text = std::fs::read_to_string(path).with_context(|| format!("read {}", path.display()))?;
    serde_json::from_str(&text).with_context(|| format!("read {}: it is no manifest", path.display()))
}

impl Dataset {
    /// Whether the series' epochs are dates.
    pub(super) fn dated(&self) -> bool {
        self.epoch_as_date.unwrap_or(true)
    }

    /// The file of populations: the one named, or the one that lies beside the input under its name.
    pub(super) fn population_file(&self, name: &str, folder: &Path) -> Option<String> {
        let beside = format!("inputs/{name}__population.csv");
        self.population.clone().or_else(|| folder.join(&beside).is_file().then_some(beside))
    }
}

impl Record {
    /// Its id, or the stem of its file.
    pub(super) fn name(&self) -> String {
        let stem = || Path::new(&self.file).file_stem().map(|stem| stem.to_string_lossy().into_owned());
        let name =
            self.id.clone().or_else(stem).unwrap_or_else(|| format!("{}_{}", self.detector, self.dataset));
        // A name from a file must not lead out of the folder.
        name.replace(['/', '\\'], "_")
    }

    /// Its columns, or those of its file.
    pub(super) fn columns(&self, folder: &Path) -> anyhow::Result<Vec<String>> {
        if let Some(columns) = &self.columns {
            return Ok(columns.clone());
        }
        let path = folder.join(&self.file);
        if self.file.is_empty() || !path.is_file() {
            let usual = ["series", "t", "observed", "expected", "upperbound", "score", "alarm"];
            return Ok(usual.map(str::to_owned).to_vec());
        }
        let mut reader = csv::Reader::from_path(&path).with_context(|| format!("read {}", path.display()))?;
        let header = reader.headers().with_context(|| format!("read the header of {}", path.display()))?;
        Ok(header.iter().map(str::to_owned).collect())
    }
}
