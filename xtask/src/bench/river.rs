//! `cargo xtask bench river`: how many pushed observations a second become durable and judged, next
//! to bare SQLite in the same run, and how soon a signal follows the observation that raises it.

pub mod bare;
pub mod http;
pub mod load;
pub mod push;
pub mod server;

use std::path::PathBuf;
use std::thread;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, bail};

use super::bar;
use crate::house;
use load::Load;
use server::Server;

/// Observations a second, durable and judged, at the least.
const LEAST_RATE: f64 = 50_000.0;
/// Of what bare SQLite does.
const LEAST_SHARE: f64 = 0.15;
/// From the push to the signal, for 99 of 100.
const LONGEST_P99: Duration = Duration::from_millis(250);

/// Rounds between the two paced runs, so that the second one's times lie behind the first one's.
const HEADROOM: u32 = 1_000;

struct Options {
    load: Load,
    rounds: u32,
    paced_seconds: u32,
    connections: u32,
    binary: Option<PathBuf>,
}

/// Runs the task: prints what was measured, and answers whether every bar is held.
///
/// # Errors
/// On an unknown option, or when the server or SQLite cannot be run.
pub fn main(args: &[&str]) -> Result<bool> {
    let options = options(args)?;
    let binary = match &options.binary {
        Some(path) => path.clone(),
        None => house::release_binary()?,
    };
    let folder = tempfile::tempdir().context("make a temporary folder")?;
    let load = &options.load;
    let cores = thread::available_parallelism().map_or(0, usize::from);
    println!("{} series, batches of {}, {} rounds, {cores} cores", load.series, load.batch, options.rounds);

    let keyed = bare::keyed(folder.path(), load, options.rounds)?;
    let heap = bare::heap(folder.path(), load, options.rounds)?;
    println!("bare SQLite, keyed table  {:>9.0} rows/s  slowest batch {:?}", keyed.rate, keyed.slowest);
    println!("bare SQLite, plain table  {:>9.0} rows/s  slowest batch {:?}", heap.rate, heap.slowest);

    let server = Server::start(&binary, folder.path())?;
    let idle = server.memory();
    let rate = push::as_fast_as_it_goes(&server, load, options.rounds, options.connections)?;
    println!("durable and judged        {rate:>9.0} obs/s   {} connections", options.connections);
    let busy = server.memory();
    // The bar is at half of the rate that is asked for; half of what was reached is told beside it.
    let p99 = pace(&server, load, options.rounds, LEAST_RATE / 2.0, options.paced_seconds)?;
    pace(&server, load, options.rounds + HEADROOM, rate / 2.0, options.paced_seconds)?;
    if let (Some((idle, _)), Some((now, most))) = (idle, busy) {
        println!("memory of the server      {idle} MiB before, {now} MiB after, {most} MiB at most");
    }

    let share = rate / keyed.rate.max(heap.rate);
    println!();
    let bars = [
        bar(rate >= LEAST_RATE, &format!("{rate:.0} obs/s, at least {LEAST_RATE:.0}")),
        bar(share >= LEAST_SHARE, &format!("{share:.2} of the faster bare SQLite, at least {LEAST_SHARE}")),
        bar(
            p99 < LONGEST_P99,
            &format!("p99 {p99:?} at {:.0} obs/s, below {LONGEST_P99:?}", LEAST_RATE / 2.0),
        ),
    ];
    Ok(bars.iter().all(|held| *held))
}

/// Pushes at a steady pace, prints how soon signals came, and answers the 99th percentile.
fn pace(server: &Server, load: &Load, first: u32, rate: f64, seconds: u32) -> Result<Duration> {
    let delays = push::paced(server, load, first, rate, seconds)?;
    let [median, p99, longest] = [50, 99, 100].map(|percent| push::percentile(&delays, percent));
    let count = delays.len();
    println!(
        "push to signal            at {rate:.0} obs/s: median {median:?}, p99 {p99:?}, longest {longest:?}, of {count}"
    );
    Ok(p99)
}

fn options(args: &[&str]) -> Result<Options> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).context("read the clock")?.as_secs();
    // An hour back, so that every round lies in the past and no series counts as silent.
    let start = i64::try_from(now).context("read the clock")? - 3_600;
    let mut options = Options {
        load: Load { series: 100_000, batch: 5_000, start },
        rounds: 10,
        paced_seconds: 30,
        connections: 2,
        binary: None,
    };
    let mut args = args.iter();
    while let Some(arg) = args.next() {
        let value = *args.next().with_context(|| format!("read {arg}: a value must follow"))?;
        let number = || value.parse::<u32>().with_context(|| format!("read {arg}: `{value}` is no number"));
        match *arg {
            "--series" => options.load.series = number()?,
            "--batch" => options.load.batch = number()?,
            "--rounds" => options.rounds = number()?,
            "--seconds" => options.paced_seconds = number()?,
            "--connections" => options.connections = number()?.max(1),
            "--binary" => options.binary = Some(value.into()),
            other => bail!("read the options of `bench river`: there is no {other}"),
        }
    }
    Ok(options)
}
