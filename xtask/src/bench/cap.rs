//! `cargo xtask bench cap`: how many alerts a second are read and checked, next to other readers in the same run.
//!
//! Each reader is a process of its own with one thread, so that one that crashes takes nobody with it. It
//! takes the messages into memory, warms up, and counts its CPU seconds: the machine may be busy. Rounds
//! go through all readers in turn, and the median counts.

pub mod corpus;
pub mod peer;
pub mod workshop;

use std::path::PathBuf;

use anyhow::{Context, Result, bail};

use super::{Laps, bar};
use corpus::Corpus;
use peer::{Lap, Part, Peer};

/// Messages a second of ours, in those of libxml2 with the schemas, on small messages.
const LEAST_SMALL: f64 = 4.0;
/// Bytes a second of ours, in those of libxml2 with the schemas, on all messages.
const LEAST_ALL: f64 = 1.0;
/// What the largest alert may take of memory, itself included, in its own size.
const MOST_MEMORY: f64 = 4.0;

/// Runs the task: prints what was measured, and answers whether every bar is held.
///
/// # Errors
/// On an unknown option, without the reference data, or when our reader or libxml2 cannot be built and run.
pub fn main(args: &[&str]) -> Result<bool> {
    let laps = Laps { runs: 7, seconds: 0.5 }.read("cap", args)?;
    let data = std::env::var_os("BEACONFIRE_REFERENCE_DATA")
        .context("find the messages: set BEACONFIRE_REFERENCE_DATA to the folder of the reference data")?;
    let data = PathBuf::from(data).join("cap");
    let corpus = Corpus::gather(&data.join("messages"))?;
    println!("all:   {}", corpus.all.words());
    println!("small: {}, none above 64 KiB", corpus.small.words());
    println!("{} runs of {} CPU seconds each, one thread, medians", laps.runs, laps.seconds);

    let mut rows = Vec::new();
    for peer in workshop::peers(&data.join("schema"))? {
        match peer {
            Ok(peer) => rows.push(Row::new(peer)),
            Err(words) => println!("left out: {words}"),
        }
    }
    for _ in 0..laps.runs {
        for row in &mut rows {
            row.run(&corpus, laps.seconds);
        }
    }
    for row in &mut rows {
        row.weigh(&corpus);
    }
    print(&rows, &corpus);
    judge(&rows)
}

/// A reader and what was measured of it.
struct Row {
    peer: Peer,
    small: Vec<Lap>,
    all: Vec<Lap>,
    /// What the largest alert took, in its own size.
    memory: Option<f64>,
    /// Why it is no longer asked.
    broken: Option<String>,
}

impl Row {
    fn new(peer: Peer) -> Self {
        Self { peer, small: Vec::new(), all: Vec::new(), memory: None, broken: None }
    }

    fn run(&mut self, corpus: &Corpus, seconds: f64) {
        for (list, laps) in [(&corpus.small, &mut self.small), (&corpus.all, &mut self.all)] {
            if self.broken.is_some() {
                return;
            }
            match self.peer.run(&list.file, seconds) {
                Ok(lap) => laps.push(lap),
                Err(error) => self.broken = Some(format!("{error:#}")),
            }
        }
    }

    /// The memory of a fresh process that reads the largest alert once, over that of one that reads the smallest.
    fn weigh(&mut self, corpus: &Corpus) {
        let peaks = |list: &corpus::List| -> Option<f64> {
            let peaks = (0..3).map(|_| self.peer.run(&list.file, 0.0).ok().map(|lap| lap.peak_kib as f64));
            median(peaks.collect::<Option<Vec<f64>>>()?)
        };
        if self.broken.is_none()
            && let (Some(most), Some(least)) = (peaks(&corpus.largest), peaks(&corpus.smallest))
        {
            self.memory = Some((most - least).max(0.0) * 1024.0 / corpus.largest.bytes as f64);
        }
    }

    /// Messages a second on small messages.
    fn small_rate(&self) -> Option<f64> {
        median(self.small.iter().map(Lap::messages_a_second).collect())
    }

    /// MB a second on all messages.
    fn all_rate(&self) -> Option<f64> {
        median(self.all.iter().map(Lap::megabytes_a_second).collect())
    }
}

fn print(rows: &[Row], corpus: &Corpus) {
    println!();
    println!(
        "{:<44}{:>11}{:>9}{:>11}{:>9}{:>10}{:>9}{:>9}",
        "", "msg/s small", "MB/s", "msg/s all", "MB/s", "accepted", "peak MiB", "largest"
    );
    for row in rows {
        let title = format!("{} {}", row.peer.name, row.peer.version);
        if let Some(words) = &row.broken {
            println!("{title:<44}  {words}");
            continue;
        }
        let number =
            |value: Option<f64>, digits: usize| value.map_or("-".into(), |v| format!("{v:.digits$}"));
        let accepted = row.all.last().map_or(0, |lap| lap.accepted);
        let peak = row.all.iter().map(|lap| lap.peak_kib).max().map(|kib| kib as f64 / 1024.0);
        println!(
            "{title:<44}{:>11}{:>9}{:>11}{:>9}{:>10}{:>9}{:>8}x",
            number(row.small_rate(), 0),
            number(median(row.small.iter().map(Lap::megabytes_a_second).collect()), 1),
            number(median(row.all.iter().map(Lap::messages_a_second).collect()), 0),
            number(row.all_rate(), 1),
            format!("{accepted}/{}", corpus.all.count),
            number(peak, 1),
            number(row.memory, 1),
        );
    }
    println!("accepted: by what each of them checks; only ours holds the rules of the prose too");
    println!("peak: resident memory at most, with all {} MB of messages in it", corpus.all.bytes / 1_000_000);
    println!(
        "largest: what the largest alert, of {} bytes, adds to a fresh process, itself included, in its size",
        corpus.largest.bytes
    );
}

/// Prints the bars, and answers whether all are held.
fn judge(rows: &[Row]) -> Result<bool> {
    let of = |part: Part, rate: fn(&Row) -> Option<f64>| {
        rows.iter().filter(|row| row.peer.part == part).filter_map(rate).reduce(f64::max)
    };
    let ours =
        rows.iter().find(|row| row.peer.part == Part::Ours).context("find our reader among the rows")?;
    if let Some(words) = &ours.broken {
        bail!("run our reader: {words}");
    }
    let schema = "libxml2 with the schemas";
    let (Some(small), Some(all)) = (of(Part::Bar, Row::small_rate), of(Part::Bar, Row::all_rate)) else {
        bail!("run {schema}: install libxml2-dev and a C compiler, or python3 with lxml");
    };
    let small = ours.small_rate().context("time our reader")? / small;
    let all = ours.all_rate().context("time our reader")? / all;
    let memory = ours.memory.context("weigh our reader")?;
    println!();
    let bars = [
        bar(
            small >= LEAST_SMALL,
            &format!(
                "{small:.2} times the messages a second of the faster {schema} on small messages, at least {LEAST_SMALL}"
            ),
        ),
        bar(all >= LEAST_ALL, &format!("{all:.2} times its bytes a second on all, at least {LEAST_ALL}")),
        bar(
            memory < MOST_MEMORY,
            &format!("{memory:.2} times its size for the largest alert, below {MOST_MEMORY}"),
        ),
    ];
    Ok(bars.iter().all(|held| *held))
}

fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(part: Part, messages: u64, memory: f64) -> Row {
        let peer =
            Peer { name: "reader", version: "1".into(), part, program: "true".into(), args: Vec::new() };
        let lap = || Lap { messages, bytes: messages * 1_000, seconds: 1.0, accepted: 1, peak_kib: 1 };
        Row { small: vec![lap()], all: vec![lap()], memory: Some(memory), ..Row::new(peer) }
    }

    #[test]
    fn the_faster_libxml2_sets_the_bar() {
        let judged = |ours, memory| {
            judge(&[row(Part::Ours, ours, memory), row(Part::Bar, 100, 1.0), row(Part::Bar, 50, 1.0)])
                .unwrap()
        };
        assert!(judged(400, 3.9));
        assert!(!judged(399, 3.9));
        assert!(!judged(400, 4.0));
        assert!(judge(&[row(Part::Ours, 400, 1.0), row(Part::Beside, 1, 1.0)]).is_err());
    }

    #[test]
    fn the_median_is_in_the_middle() {
        assert_eq!(median(vec![9.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(median(Vec::new()), None);
    }
}
