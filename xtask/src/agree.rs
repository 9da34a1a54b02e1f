//! `cargo xtask agree detect`: holds `beaconfire detect batch` against R surveillance, record by record of random ones.
//!
//! Records are drawn over the methods that both have, with usual parameters and odd ones, on simulated series of all
//! kinds and, where `BEACONFIRE_REFERENCE_DATA` is set, on those of the reference data. Alarms must be equal, numbers
//! agree within a millionth, and what is no number be printed the same. A record that R stops at counts apart.
//!
//! Left out: what is rounding noise in R (see [`noise`]); a single in-control level for the GLR charts, beyond whose end
//! R reads; the count to alarm of falls and epidemics, which R searches from the count that was seen; and series of
//! equal counts for Rnssp, whose regressions explain nothing of nothing. With sparse counts R's `glrnb` may print
//! another `cases_to_alarm` than ours, for its search then loses its way, and so may `outbreakP` for values that are not
//! whole: such records are told, and known.

pub mod compare;
pub mod draw;
pub mod noise;
pub mod rnssp;
pub mod run;
pub mod series;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};

use crate::dice::Dice;
use crate::house;
use compare::Compared;
use run::Theirs;
use series::Dataset;

/// Records that differ are printed up to so many of a method.
const SHOWN: usize = 6;

/// What is asked for.
struct Options {
    records: usize,
    seed: u64,
    method: Option<String>,
    jobs: usize,
    binary: Option<PathBuf>,
    rnssp: Option<PathBuf>,
}

impl Options {
    fn read(args: &[&str]) -> Result<Self> {
        let mut options = Self { records: 500, seed: 1, method: None, jobs: 1, binary: None, rnssp: None };
        let mut args = args.iter();
        while let Some(arg) = args.next() {
            let value = *args.next().with_context(|| format!("read {arg}: a value must follow"))?;
            let number =
                || value.parse::<u64>().with_context(|| format!("read {arg}: `{value}` is no number"));
            match *arg {
                "--records" => options.records = number()? as usize,
                "--seed" => options.seed = number()?,
                "--jobs" => options.jobs = number()?.clamp(1, 64) as usize,
                "--binary" => options.binary = Some(PathBuf::from(value)),
                "--rnssp" => options.rnssp = Some(PathBuf::from(value)),
                "--method" => options.method = Some(value.to_owned()),
                other => bail!("read the options of `agree detect`: there is no {other}"),
            }
        }
        let known = draw::methods();
        if let Some(method) = &options.method {
            ensure!(known.contains(&method.as_str()), "draw {method}: there are {}", known.join(", "));
        }
        Ok(options)
    }
}

/// Runs the task: prints what agrees and what does not, and answers whether all does.
///
/// # Errors
/// On an unknown option, without R, or when a side cannot be run.
pub fn main(args: &[&str]) -> Result<bool> {
    let options = Options::read(args)?;
    let folder = house::target_dir()?.join("agree-detect");
    for name in ["theirs", "ours"] {
        let out = folder.join(name);
        if out.exists() {
            fs::remove_dir_all(&out).with_context(|| format!("empty {}", out.display()))?;
        }
        fs::create_dir_all(&out).with_context(|| format!("make {}", out.display()))?;
    }
    let theirs = Theirs::find(&folder)?;
    let reference = std::env::var_os("BEACONFIRE_REFERENCE_DATA");
    let mut dice = Dice(options.seed);
    let datasets = series::write(&folder, &mut dice, reference.as_deref().map(Path::new))?;
    let mut records = draw::records(&mut dice, &datasets, options.records, options.method.as_deref());
    let inputs = series::inputs(&datasets);
    let write = |name: &str, records: &[Value]| -> Result<PathBuf> {
        let manifest = folder.join(name);
        let text = json!({"inputs": inputs, "results": records}).to_string();
        fs::write(&manifest, text).with_context(|| format!("write {}", manifest.display()))?;
        Ok(manifest)
    };
    let manifest = write("manifest.json", &records)?;
    println!("{} records of seed {}, next to R {}", records.len(), options.seed, theirs.version);
    println!("kept in {}", folder.display());
    let (binary, out) = (options.binary.as_deref(), folder.join("ours"));
    let mut refused: BTreeMap<_, _> = run::ours(binary, &manifest, &out)?.into_iter().collect();
    theirs.run(&manifest, &folder.join("theirs"), options.jobs)?;
    if let Some(checkout) = &options.rnssp {
        let more = rnssp::records(&mut dice, &datasets, options.records / 3);
        let manifest = write("manifest_rnssp.json", &more)?;
        refused.extend(run::ours(binary, &manifest, &out)?);
        rnssp::run(checkout, &folder, &manifest, &folder.join("theirs"))?;
        records.extend(more);
    }
    let mut tallies: BTreeMap<String, Tally> = BTreeMap::new();
    for record in &records {
        let name = record["detector"].as_str().unwrap_or_default();
        tallies.entry(name.to_owned()).or_default().take(record, &datasets, &folder, &refused)?;
    }
    Ok(print(&mut tallies))
}

/// What came of the records of a method.
#[derive(Default)]
struct Tally {
    records: usize,
    both_refuse: usize,
    theirs_alone_refuses: usize,
    all: Compared,
    /// Records that differ: what was asked, and what differs.
    wrong: Vec<(String, Vec<String>)>,
    /// What R stops at where we answer.
    stops: Vec<(String, String)>,
}

impl Tally {
    fn take(
        &mut self,
        record: &Value,
        datasets: &[Dataset],
        folder: &Path,
        refused: &BTreeMap<String, String>,
    ) -> Result<()> {
        let id = record["id"].as_str().unwrap_or_default();
        let said =
            |side: &str, kind: &str| fs::read_to_string(folder.join(side).join(format!("{id}.{kind}"))).ok();
        let asked = || format!("{id} {} {} {}", record["dataset"], record["series"], record["control"]);
        self.records += 1;
        let data = datasets.iter().find(|data| record["dataset"] == data.name.as_str());
        let data = data.with_context(|| format!("find the dataset of {id}"))?;
        match (said("theirs", "csv"), said("ours", "csv")) {
            (Some(theirs), Some(ours)) => {
                let values = data.values(folder, record["series"].as_str().unwrap_or_default())?;
                let freq = data.freq;
                let Compared { points, differences, alarms, undefined, wrong } =
                    compare::compare(&theirs, &ours, |name, head, row| {
                        noise::noise(record, &values, freq, name, head, row)
                    });
                self.all.points += points;
                self.all.differences.extend(differences);
                self.all.alarms += alarms;
                self.all.undefined += undefined;
                if !wrong.is_empty() {
                    self.wrong.push((asked(), wrong));
                }
            }
            (Some(_), None) => {
                let why = refused.get(id).map_or("nothing was said", String::as_str);
                self.wrong.push((asked(), vec![format!("refused here alone: {why}")]));
            }
            (None, Some(_)) => {
                self.theirs_alone_refuses += 1;
                let why = said("theirs", "error").unwrap_or_default();
                self.stops.push((asked(), why.trim().to_owned()));
            }
            (None, None) => {
                ensure!(said("theirs", "error").is_some(), "find what R says of {id}");
                self.both_refuse += 1;
            }
        }
        Ok(())
    }
}

/// Prints every tally; answers whether nothing differs.
fn print(tallies: &mut BTreeMap<String, Tally>) -> bool {
    println!(
        "\n{:<20}{:>8}{:>9}{:>10}{:>10}{:>8}{:>8}{:>10}{:>10}{:>8}",
        "", "records", "points", "median", "worst", "alarms", "noise", "refused", "R alone", "differ"
    );
    for (name, tally) in tallies.iter_mut() {
        let differences = &mut tally.all.differences;
        differences.sort_unstable_by(f64::total_cmp);
        let at = |place: Option<&f64>| place.map_or("-".into(), |difference| format!("{difference:.1e}"));
        println!(
            "{name:<20}{:>8}{:>9}{:>10}{:>10}{:>8}{:>8}{:>10}{:>10}{:>8}",
            tally.records,
            tally.all.points,
            at(differences.get(differences.len() / 2)),
            at(differences.last()),
            tally.all.alarms,
            tally.all.undefined,
            tally.both_refuse,
            tally.theirs_alone_refuses,
            tally.wrong.len(),
        );
    }
    for (name, tally) in tallies.iter() {
        for (asked, why) in tally.stops.iter().take(SHOWN) {
            println!("\n{name}: R alone stops at {asked}\n    {why}");
        }
        for (asked, wrong) in tally.wrong.iter().take(SHOWN) {
            println!("\n{name}: {asked}");
            wrong.iter().take(SHOWN).for_each(|wrong| println!("    {wrong}"));
            if wrong.len() > SHOWN {
                println!("    and {} more", wrong.len() - SHOWN);
            }
        }
    }
    tallies.values().all(|tally| tally.wrong.is_empty())
}
