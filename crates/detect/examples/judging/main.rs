//! Judges a table of series with one method, again and again, timed in CPU seconds; `cargo xtask bench detect` races
//! it against R.
//!
//! `judging TABLE METHOD PARAMETERS FROM TO SECONDS [THREADS]`: the table has a series on each line, counts between
//! spaces; from and to are as in R, from 1 and inclusive. The whole table goes through the method once to warm up,
//! and then until so many CPU seconds have passed on each thread, each thread with series of its own.
//!
//! `judging week TABLE METHOD PARAMETERS SERIES`: one new week for so many series from their saved states.

mod clock;
mod week;

use std::fs::read_to_string;
use std::process::ExitCode;
use std::thread;

use beaconfire_detect::Judgement;
use beaconfire_detect::method::{Judge, Memory, method};
use beaconfire_detect::series::Series;
use clock::{cpu_seconds, peak_kib};

/// Steps in a year, for every table.
const FREQ: u32 = 52;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match run(&args) {
        Ok(line) => {
            println!("{line}");
            ExitCode::SUCCESS
        }
        Err(words) => {
            eprintln!("failed to {words}");
            ExitCode::FAILURE
        }
    }
}

fn run(args: &[String]) -> Result<String, String> {
    if let [word, rest @ ..] = args
        && word == "week"
    {
        return week::run(rest);
    }
    let [table, name, params, from, to, seconds, rest @ ..] = args else {
        return Err("read the arguments: TABLE METHOD PARAMETERS FROM TO SECONDS [THREADS]".to_owned());
    };
    let number = |text: &str| text.parse::<usize>().map_err(|_| format!("read `{text}` as a number"));
    let (from, to) = (number(from)?.saturating_sub(1), number(to)?);
    let threads = rest.first().map_or(Ok(1), |text| number(text))?.max(1);
    let seconds: f64 = seconds.parse().map_err(|_| format!("read `{seconds}` as seconds"))?;
    let judge = named(name, params)?;
    let series = read_table(table)?;
    let share = series.len().div_ceil(threads).max(1);
    let laps: Vec<Lap> = thread::scope(|scope| {
        let start = |part| {
            let judge = judge.as_ref();
            scope.spawn(move || laps(judge, part, from..to, seconds))
        };
        let threads: Vec<_> = series.chunks(share).map(start).collect();
        let join = |thread: thread::ScopedJoinHandle<'_, _>| match thread.join() {
            Ok(lap) => lap,
            Err(_) => Err("finish a thread".to_owned()),
        };
        threads.into_iter().map(join).collect::<Result<_, String>>()
    })?;
    let points: usize = laps.iter().map(|lap| lap.points).sum();
    let seconds: f64 = laps.iter().map(|lap| lap.seconds).sum();
    let alarms: usize = laps.iter().map(|lap| lap.alarms).sum();
    Ok(format!(
        r#"{{"points":{points},"seconds":{seconds:.9},"alarms":{alarms},"peak_kib":{}}}"#,
        peak_kib()?
    ))
}

/// A method with its parameters.
fn named(name: &str, params: &str) -> Result<Box<dyn Judge>, String> {
    let method = method(name).ok_or_else(|| format!("find the method {name}"))?;
    method.parse(params).map_err(|error| format!("read the parameters: {error}"))
}

/// The series of a table.
fn read_table(path: &str) -> Result<Vec<Vec<f64>>, String> {
    let text = read_to_string(path).map_err(|error| format!("read {path}: {error}"))?;
    let count = |word: &str| word.parse().map_err(|_| format!("read `{word}` as a count"));
    text.lines().map(|line| line.split_whitespace().map(count).collect()).collect()
}

struct Lap {
    points: usize,
    seconds: f64,
    alarms: usize,
}

fn laps(
    judge: &dyn Judge,
    table: &[Vec<f64>],
    range: std::ops::Range<usize>,
    seconds: f64,
) -> Result<Lap, String> {
    let lap = || -> Result<usize, String> {
        let mut alarms = 0;
        for values in table {
            let outcome = judge
                .judge(&Series::new(values, FREQ), range.clone(), &mut Memory::default())
                .map_err(|refusal| refusal.to_string())?;
            alarms += outcome.judgements.iter().filter(|judgement| **judgement == Judgement::Alarm).count();
        }
        Ok(alarms)
    };
    let alarms = lap()?;
    let begun = cpu_seconds()?;
    let mut laps = 0;
    while laps == 0 || cpu_seconds()? - begun < seconds {
        lap()?;
        laps += 1;
    }
    Ok(Lap { points: laps * table.len() * range.len(), seconds: cpu_seconds()? - begun, alarms })
}
