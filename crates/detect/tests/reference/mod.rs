//! Reading what other implementations answered, and comparing with it.
#![allow(dead_code, clippy::unwrap_used)]

use std::fs;
use std::path::{Path, PathBuf};

/// The folder of reference data; says in words when there is none.
pub(crate) fn data(what: &str) -> Option<PathBuf> {
    let Ok(data) = std::env::var("BEACONFIRE_REFERENCE_DATA") else {
        eprintln!("skipped: {what} against the reference: BEACONFIRE_REFERENCE_DATA is not set");
        return None;
    };
    Some(Path::new(&data).join("detect"))
}

/// A CSV file whose names may be quoted because they hold a comma.
pub(crate) struct Table {
    pub(crate) header: Vec<String>,
    pub(crate) rows: Vec<Vec<String>>,
}

impl Table {
    pub(crate) fn read(path: &Path) -> Self {
        let text = fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        let mut lines = text.lines().map(split);
        Self { header: lines.next().unwrap(), rows: lines.collect() }
    }

    pub(crate) fn column(&self, name: &str) -> Option<usize> {
        self.header.iter().position(|h| h == name)
    }

    /// A number, with R's NA and NaN told apart.
    pub(crate) fn number(&self, row: usize, name: &str) -> f64 {
        number(&self.rows[row][self.column(name).unwrap_or_else(|| panic!("no column {name}"))])
    }

    pub(crate) fn numbers(&self, name: &str) -> Vec<f64> {
        (0..self.rows.len()).map(|row| self.number(row, name)).collect()
    }
}

pub(crate) fn number(text: &str) -> f64 {
    match text {
        "NA" => beaconfire_detect::outcome::NA,
        "NaN" => f64::NAN,
        "Inf" => f64::INFINITY,
        "-Inf" => f64::NEG_INFINITY,
        _ => text.parse().unwrap_or_else(|_| panic!("{text} is no number")),
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

/// Relative differences, collected.
#[derive(Default)]
pub(crate) struct Differences(Vec<f64>);

impl Differences {
    /// Adds a pair; infinities and not-a-numbers must be the same on both sides.
    pub(crate) fn add(&mut self, got: f64, wanted: f64) -> f64 {
        let difference = if got == wanted || (got.is_nan() && wanted.is_nan()) {
            0.0
        } else if !got.is_finite() || !wanted.is_finite() {
            f64::INFINITY
        } else {
            (got - wanted).abs() / wanted.abs().max(1e-3)
        };
        self.0.push(difference);
        difference
    }

    /// Prints worst and median, and fails when the worst is over `most`.
    pub(crate) fn report(mut self, what: &str, most: f64) {
        self.0.sort_by(f64::total_cmp);
        let (n, worst) = (self.0.len(), self.0.last().copied().unwrap_or(0.0));
        let median = self.0.get(n / 2).copied().unwrap_or(0.0);
        println!("{what}: {n} values, worst relative difference {worst:.1e}, median {median:.1e}");
        assert!(worst <= most, "{what}: {worst:.3e} is over {most:.0e}");
    }
}
