//! `cargo xtask bench detect`: how many points a second the methods over whole series judge, next to R surveillance in
//! the same run.
//!
//! Both sides judge the last year of series from the same table, in processes of their own with one thread, and count
//! CPU seconds: the machine may be busy. R takes on fewer series, spread over the table.

pub mod races;
pub mod run;
pub mod table;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::{Laps, bar};
use crate::house;
use races::{RACES, Race};
use run::{Lap, Ours, Theirs};

/// Of what two separate runs do on two cores, two threads side by side do at least this.
const SECOND_CORE: f64 = 0.95;
/// Series in the row of one new week.
const NEW_WEEK: usize = 100_000;

/// Runs the task: prints what was measured, and answers whether every bar is held.
///
/// # Errors
/// On an unknown option, or when our program cannot be built and run.
pub fn main(args: &[&str]) -> Result<bool> {
    let laps = Laps { runs: 5, seconds: 1.0 }.read("detect", args)?;
    let folder = house::target_dir()?.join("bench-detect");
    fs::create_dir_all(&folder).with_context(|| format!("make {}", folder.display()))?;
    let (whole, halves) = write_tables(&folder)?;
    let ours = Ours::build(&whole)?;
    println!(
        "{} series of {} weeks, the last 52 judged; {} runs of {} CPU seconds each, one thread, medians",
        table::SERIES,
        table::WEEKS,
        laps.runs,
        laps.seconds
    );
    let theirs = Theirs::find(&folder, &whole);
    match &theirs {
        Ok(theirs) => println!("next to R {}, one thread", theirs.version),
        Err(error) => println!("left out: R: failed to {error:#}"),
    }
    let theirs = theirs.ok();
    println!();
    println!("{:<34}{:>12}{:>12}{:>10}{:>11}", "", "us/point", "R us/point", "ratio", "at least");
    let mut held = race_all(&ours, theirs.as_ref(), &laps);
    println!();
    held &= second_core(&ours, [&halves[0], &halves[1]], &laps)?;
    new_week(&ours)?;
    Ok(held)
}

/// Runs every race; answers whether every bar is held. One that could not be judged is not.
fn race_all(ours: &Ours, theirs: Option<&Theirs>, laps: &Laps) -> bool {
    let mut held = true;
    let mut known: Option<(&Race, Lap)> = None;
    for race in RACES {
        let mine = match median((0..laps.runs).map(|_| ours.run(race, laps.seconds, 1))) {
            Ok(lap) => lap,
            Err(error) => {
                println!("{:<34}  left out: {error:#}", race.title);
                continue;
            }
        };
        let same =
            known.filter(|(other, _)| other.function == race.function && other.control == race.control);
        let other = match (same, theirs) {
            (Some((_, lap)), _) => Some(lap),
            (None, Some(theirs)) => match theirs.run(race, laps.seconds) {
                Ok(lap) => Some(lap),
                Err(error) => {
                    println!("{:<34}  R: {error:#}", race.title);
                    None
                }
            },
            (None, None) => None,
        };
        known = other.map(|lap| (race, lap));
        held &= print(race, &mine, other.as_ref());
    }
    held
}

/// Prints a row, and answers whether its bar is held.
fn print(race: &Race, mine: &Lap, other: Option<&Lap>) -> bool {
    let ratio = other.map(|other| other.micros() / mine.micros());
    let held = race.bar.is_none_or(|bar| ratio.is_some_and(|ratio| ratio >= bar));
    let number = |value: Option<f64>, digits: usize| value.map_or("-".into(), |v| format!("{v:.digits$}"));
    println!(
        "{:<34}{:>12}{:>12}{:>10}{:>11}{}",
        race.title,
        number(Some(mine.micros()), 2),
        number(other.map(Lap::micros), 1),
        number(ratio, 0),
        number(race.bar, 0),
        if held { "" } else { "  MISSED" },
    );
    held
}

/// Two threads side by side in one process, next to two processes at the same time.
fn second_core(ours: &Ours, halves: [&Path; 2], laps: &Laps) -> Result<bool> {
    let race = RACES.first().context("find a race")?;
    let together = median((0..laps.runs).map(|_| ours.run(race, laps.seconds, 2)))?;
    let apart = median((0..laps.runs).map(|_| ours.run_apart(race, halves, laps.seconds)))?;
    let share = apart.micros() / together.micros();
    Ok(bar(
        share >= SECOND_CORE,
        &format!(
            "{:.1} % of what two separate runs do a CPU second, in two threads side by side, at least {:.0} %",
            100.0 * share,
            100.0 * SECOND_CORE
        ),
    ))
}

/// One new week for many series from their saved states.
fn new_week(ours: &Ours) -> Result<()> {
    let race = RACES.first().context("find a race")?;
    let lap = ours.week(race, NEW_WEEK)?;
    println!(
        "one new week for {NEW_WEEK} series from their saved states, {}: {:.2} CPU seconds; {:.0} MB of states, {:.0} MB \
         resident at most",
        race.title,
        lap.seconds,
        lap.held / 1e6,
        lap.peak_kib * 1024.0 / 1e6
    );
    Ok(())
}

/// Writes the table, and its two halves.
fn write_tables(folder: &Path) -> Result<(PathBuf, [PathBuf; 2])> {
    let text = table::text();
    let middle =
        text.match_indices('\n').nth(table::SERIES / 2 - 1).context("find the middle of the table")?.0 + 1;
    let write = |name: &str, text: &str| -> Result<PathBuf> {
        let path = folder.join(name);
        fs::write(&path, text).with_context(|| format!("write {}", path.display()))?;
        Ok(path)
    };
    let halves = [write("first.txt", &text[..middle])?, write("second.txt", &text[middle..])?];
    Ok((write("table.txt", &text)?, halves))
}

/// The lap in the middle by time a point.
fn median(laps: impl Iterator<Item = Result<Lap>>) -> Result<Lap> {
    let mut laps: Vec<Lap> = laps.collect::<Result<_>>()?;
    laps.sort_by(|a, b| a.micros().total_cmp(&b.micros()));
    laps.get(laps.len() / 2).copied().context("run at least once")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lap(seconds: f64) -> Lap {
        Lap { points: 1e6, seconds, peak_kib: 1.0, held: 0.0 }
    }

    #[test]
    fn a_bar_is_held_by_the_ratio_and_not_without_one() {
        let race = RACES.iter().find(|race| race.bar == Some(500.0)).unwrap();
        assert!(print(race, &lap(1.0), Some(&lap(500.0))));
        assert!(!print(race, &lap(1.0), Some(&lap(499.0))));
        assert!(!print(race, &lap(1.0), None));
    }

    #[test]
    fn the_median_is_in_the_middle() {
        let of = |seconds: [f64; 3]| median(seconds.into_iter().map(|s| Ok(lap(s)))).unwrap().seconds;
        assert_eq!(of([9.0, 1.0, 2.0]), 2.0);
        assert!(median(std::iter::empty()).is_err());
    }
}
