//! The series of the records: simulated ones of all kinds, and those of the reference data where it is set.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use serde_json::{Map, Value, json};

use crate::dice::Dice;

/// Series of one file.
#[derive(Clone, Debug)]
pub struct Dataset {
    /// What it is called.
    pub name: String,
    /// Steps in a year.
    pub freq: usize,
    /// Whether its epochs are dates.
    pub dated: bool,
    /// Whether populations stand beside it.
    pub people: bool,
    /// Rows.
    pub rows: usize,
    /// The names of its series.
    pub series: Vec<String>,
    /// What the manifest says of it.
    pub about: Value,
}

impl Dataset {
    /// The values of a series, missing ones not-a-number.
    ///
    /// # Errors
    /// When the file has no such column.
    pub fn values(&self, folder: &Path, series: &str) -> Result<Vec<f64>> {
        let file = self.about["file"].as_str().context("find the file of a dataset")?;
        let text = fs::read_to_string(folder.join(file)).with_context(|| format!("read {file}"))?;
        let mut lines = text.lines();
        let head = lines.next().unwrap_or_default().split(',');
        let name = |head: &str| head.trim_matches('"') == series;
        let at = head.into_iter().position(name).with_context(|| format!("find {series} in {file}"))?;
        let value =
            |line: &str| line.split(',').nth(at).and_then(|cell| cell.parse().ok()).unwrap_or(f64::NAN);
        Ok(lines.map(value).collect())
    }
}

/// The step of a simulated dataset, and the day its dates begin with.
#[derive(Clone, Copy, Debug)]
enum Steps {
    Bare,
    Days(i64, i64),
    /// Days of which some have no row.
    Lacking(i64),
    Months(i64, i64, i64),
}

/// Name, steps in a year, rows, year and step of the first, steps, and which population stands beside.
type Plan = (&'static str, usize, usize, [usize; 2], Steps, People);

#[derive(Clone, Copy, Debug, PartialEq)]
enum People {
    None,
    Growing,
    Holes,
}

/// Mondays from 29 December 2003, Thursdays from 3 January 2008, days from 1 January 2017, as days since 1970.
const MONDAY: i64 = 12_415;
const THURSDAY: i64 = 13_881;
const NEW_YEAR: i64 = 17_167;

/// How the names begin of what is too short, or has too few rows, for other functions.
pub const ONLY_RNSSP: &str = "rnssp_";

const PLANS: &[Plan] = &[
    ("weeks", 52, 420, [2001, 1], Steps::Bare, People::None),
    ("weeks_from_30", 52, 330, [2003, 30], Steps::Bare, People::None),
    ("weeks_dated", 52, 480, [2004, 1], Steps::Days(MONDAY, 7), People::None),
    ("weeks_thursday", 52, 430, [2008, 1], Steps::Days(THURSDAY, 7), People::None),
    ("weeks_people", 52, 400, [2004, 1], Steps::Days(MONDAY, 7), People::Growing),
    ("weeks_holes", 52, 360, [2001, 1], Steps::Bare, People::Holes),
    ("months", 12, 150, [1999, 4], Steps::Bare, People::None),
    ("months_dated", 12, 190, [2000, 1], Steps::Months(2000, 1, 1), People::None),
    ("months_15th", 12, 140, [2003, 3], Steps::Months(2003, 3, 15), People::None),
    ("months_people", 12, 150, [2000, 1], Steps::Bare, People::Growing),
    ("days", 365, 1200, [2017, 1], Steps::Bare, People::None),
    ("days_dated", 365, 1400, [2017, 1], Steps::Days(NEW_YEAR, 1), People::None),
    ("rnssp_days", 365, 110, [2017, 1], Steps::Days(NEW_YEAR, 1), People::None),
    ("rnssp_lacking", 365, 90, [2017, 1], Steps::Lacking(NEW_YEAR), People::None),
    ("quarters", 4, 90, [1990, 2], Steps::Bare, People::None),
    ("hours", 24, 300, [1, 1], Steps::Bare, People::None),
];

/// Mean, dispersion, rise in logarithms over the whole, height of the wave, and what is done to the counts.
type Kind = (&'static str, f64, f64, f64, f64, Mark);

#[derive(Clone, Copy, Debug, PartialEq)]
enum Mark {
    Plain,
    Runs,
    Lone,
    Season,
    Spikes,
    Late,
    Steady,
}

const KINDS: &[Kind] = &[
    ("sparse", 0.15, 1.2, 0.0, 0.3, Mark::Plain),
    ("few", 1.5, 1.5, 0.0, 0.4, Mark::Plain),
    ("some", 12.0, 2.0, 0.0, 0.6, Mark::Plain),
    ("many", 400.0, 3.0, 0.2, 0.3, Mark::Plain),
    ("thousands", 6_000.0, 1.0, 0.0, 0.1, Mark::Plain),
    ("rising", 3.0, 1.3, 2.5, 0.3, Mark::Plain),
    ("falling", 60.0, 2.0, -2.5, 0.3, Mark::Plain),
    ("gaps", 9.0, 2.0, 0.0, 0.5, Mark::Runs),
    ("lone_gaps", 4.0, 1.0, 0.0, 0.2, Mark::Lone),
    ("off_season", 6.0, 1.5, 0.0, 0.9, Mark::Season),
    ("outbreaks", 5.0, 1.0, 0.0, 0.2, Mark::Spikes),
    ("late", 4.0, 1.0, 0.0, 0.2, Mark::Late),
    ("steady", 5.0, 1.0, 0.0, 0.0, Mark::Steady),
];

/// Writes every simulated dataset to `folder`/inputs and answers them, with those of the reference data behind.
///
/// # Errors
/// When a file cannot be written, or the reference data is not as its manifest says.
pub fn write(folder: &Path, dice: &mut Dice, reference: Option<&Path>) -> Result<Vec<Dataset>> {
    fs::create_dir_all(folder.join("inputs")).with_context(|| format!("make {}", folder.display()))?;
    let mut all = Vec::new();
    for plan in PLANS {
        all.push(simulated(folder, plan, dice)?);
    }
    if let Some(reference) = reference {
        all.extend(stored(folder, reference)?);
    }
    Ok(all)
}

fn simulated(folder: &Path, plan: &Plan, dice: &mut Dice) -> Result<Dataset> {
    let &(name, freq, rows, start, steps, people) = plan;
    let columns: Vec<Vec<Option<u32>>> = KINDS.iter().map(|kind| counts(kind, rows, freq, dice)).collect();
    let dated = !matches!(steps, Steps::Bare);
    let names: Vec<&str> = KINDS.iter().map(|kind| kind.0).collect();
    let mut text = format!("t,{}{}\n", if dated { "date," } else { "" }, names.join(","));
    for row in 0..rows {
        let _ = write!(text, "{}", row + 1);
        if let Some(date) = date_of(steps, row as i64) {
            let _ = write!(text, ",{date}");
        }
        for column in &columns {
            let _ = match column[row] {
                Some(count) => write!(text, ",{count}"),
                None => write!(text, ",NA"),
            };
        }
        text.push('\n');
    }
    let file = format!("inputs/{name}.csv");
    put(folder, &file, &text)?;
    let mut about =
        json!({"file": file, "freq": freq, "start": start, "epochAsDate": dated, "series": names, "n": rows});
    if people != People::None {
        let file = format!("inputs/{name}__population.csv");
        put(folder, &file, &populations(&names, rows, people, dice))?;
        about["population"] = Value::from(file);
    }
    let series = names.into_iter().map(str::to_owned).collect();
    Ok(Dataset { name: name.to_owned(), freq, dated, people: people != People::None, rows, series, about })
}

fn counts(kind: &Kind, rows: usize, freq: usize, dice: &mut Dice) -> Vec<Option<u32>> {
    let &(_, mean, dispersion, rise, wave, mark) = kind;
    let (mut gap, mut spike) = (0, 1.0);
    let one = |row: usize| {
        let turn = std::f64::consts::TAU * row as f64 / freq as f64;
        let log = rise * (row as f64 / rows as f64 - 0.5) + wave * turn.cos();
        spike = if mark == Mark::Spikes && dice.happens(0.03) { 9.0 } else { 1.0 + (spike - 1.0) * 0.6 };
        let count = dice.count(mean * log.exp() * spike, dispersion);
        if mark == Mark::Runs && dice.happens(0.015) {
            gap = dice.whole(1, 1 + freq / 3);
        }
        gap = usize::saturating_sub(gap, 1);
        match mark {
            Mark::Runs if gap > 0 => None,
            Mark::Lone if dice.happens(0.05) => None,
            Mark::Season if turn.cos() < -0.2 => Some(0),
            Mark::Late if row < rows / 2 => Some(0),
            Mark::Steady if !dice.happens(0.01) => Some(5),
            _ => Some(count),
        }
    };
    (0..rows).map(one).collect()
}

fn populations(names: &[&str], rows: usize, people: People, dice: &mut Dice) -> String {
    let mut text = format!("t,{}\n", names.join(","));
    for row in 0..rows {
        let _ = write!(text, "{}", row + 1);
        for place in 0..names.len() {
            let size = 50_000 * (place + 1) + 40 * row * place + dice.whole(0, 500);
            let lacks = people == People::Holes && dice.happens(0.004);
            let _ = match lacks {
                true if place % 2 == 0 => write!(text, ",NA"),
                true => write!(text, ",0"),
                false => write!(text, ",{size}"),
            };
        }
        text.push('\n');
    }
    text
}

/// The date of a row as year-month-day.
fn date_of(steps: Steps, row: i64) -> Option<String> {
    match steps {
        Steps::Bare => None,
        Steps::Days(first, by) => Some(civil(first + by * row)),
        Steps::Lacking(first) => Some(civil(first + row + row / 13 + row / 29)),
        Steps::Months(year, month, day) => {
            let months = month - 1 + row;
            Some(format!("{:04}-{:02}-{day:02}", year + months / 12, months % 12 + 1))
        }
    }
}

/// The date of a day since 1970, of our calendar.
fn civil(day: i64) -> String {
    let days = day + 719_468;
    let (era, of_era) = (days / 146_097, days % 146_097);
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let march = (5 * of_year + 2) / 153;
    let month = if march < 10 { march + 3 } else { march - 9 };
    let year = year + era * 400 + i64::from(month <= 2);
    format!("{year:04}-{month:02}-{:02}", of_year - (153 * march + 2) / 5 + 1)
}

/// The datasets of the reference data, copied.
fn stored(folder: &Path, reference: &Path) -> Result<Vec<Dataset>> {
    let from = reference.join("detect");
    let text = fs::read_to_string(from.join("manifest.json")).context("read detect/manifest.json")?;
    let manifest: Value = serde_json::from_str(&text).context("read detect/manifest.json: it is no JSON")?;
    let inputs = manifest["inputs"].as_object().context("find the inputs of detect/manifest.json")?;
    inputs.iter().map(|(name, about)| taken(folder, &from, name, about)).collect()
}

fn taken(folder: &Path, from: &Path, name: &str, about: &Value) -> Result<Dataset> {
    let whole = || format!("understand the input {name}");
    for key in ["file", "population"] {
        if let Some(file) = about[key].as_str() {
            let text = fs::read_to_string(from.join(file)).with_context(|| format!("read {file}"))?;
            put(folder, file, &text)?;
        }
    }
    let number = |key: &str| about[key].as_u64().with_context(whole);
    let series = about["series"].as_array().with_context(whole)?;
    Ok(Dataset {
        name: name.to_owned(),
        freq: number("freq")? as usize,
        dated: about["epochAsDate"] == true,
        people: about["population"].is_string(),
        rows: number("n")? as usize,
        series: series.iter().filter_map(|name| Some(name.as_str()?.to_owned())).collect(),
        about: about.clone(),
    })
}

fn put(folder: &Path, file: &str, text: &str) -> Result<()> {
    let path = folder.join(file);
    fs::write(&path, text).with_context(|| format!("write {}", path.display()))
}

/// The manifest's `inputs`.
pub fn inputs(datasets: &[Dataset]) -> Map<String, Value> {
    datasets.iter().map(|dataset| (dataset.name.clone(), dataset.about.clone())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_have_their_dates() {
        assert_eq!([MONDAY, THURSDAY, NEW_YEAR].map(civil), ["2003-12-29", "2008-01-03", "2017-01-01"]);
        assert_eq!(civil(18_321), "2020-02-29");
        assert_eq!(date_of(Steps::Months(2003, 3, 15), 10).unwrap(), "2004-01-15");
    }

    #[test]
    fn the_same_dice_write_the_same_files() {
        let folder = tempfile::tempdir().unwrap();
        let read = || {
            let all = write(folder.path(), &mut Dice(5), None).unwrap();
            all.iter()
                .map(|d| fs::read_to_string(folder.path().join(format!("inputs/{}.csv", d.name))).unwrap())
                .collect::<Vec<_>>()
        };
        let first = read();
        assert!(first[0].contains(",NA"), "no gap");
        assert_eq!(first, read());
    }
}
