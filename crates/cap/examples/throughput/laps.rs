//! Laps over messages in memory, timed in CPU seconds of this process.

use std::fs::{read, read_to_string};

/// Does the work on every message of the list until `seconds` have passed, at least once; answers a line of JSON.
///
/// Laps are counted in whole; the first one, which warms up, is not timed unless it is the only one.
pub(crate) fn run(list: &str, seconds: &str, work: impl Fn(&[u8]) -> bool) -> Result<String, String> {
    let budget: f64 = seconds.parse().map_err(|_| format!("read `{seconds}` as seconds"))?;
    let list = read_to_string(list).map_err(|e| format!("read {list}: {e}"))?;
    let messages: Vec<Vec<u8>> = list
        .lines()
        .map(|path| read(path).map_err(|e| format!("read {path}: {e}")))
        .collect::<Result<_, _>>()?;
    let lap = || messages.iter().filter(|bytes| work(bytes)).count();

    let mut begun = cpu_seconds()?;
    let mut accepted = lap();
    let mut laps = 1;
    if budget > 0.0 {
        (begun, laps) = (cpu_seconds()?, 0);
        while laps == 0 || cpu_seconds()? - begun < budget {
            accepted = lap();
            laps += 1;
        }
    }
    let seconds = cpu_seconds()? - begun;
    let bytes: usize = messages.iter().map(Vec::len).sum();
    let (count, peak) = (messages.len() * laps, peak_kib()?);
    Ok(format!(
        "{{\"messages\":{count},\"bytes\":{},\"seconds\":{seconds:.6},\"accepted\":{accepted},\"peak_kib\":{peak}}}",
        bytes * laps
    ))
}

/// What the kernel has booked on this process, which has one thread.
fn cpu_seconds() -> Result<f64, String> {
    let path = "/proc/self/schedstat";
    let text = read_to_string(path).map_err(|e| format!("read {path}: {e}"))?;
    let nanoseconds = text.split_whitespace().next().and_then(|word| word.parse::<f64>().ok());
    nanoseconds.map(|n| n / 1e9).ok_or_else(|| format!("find the CPU time in {path}"))
}

/// The most memory that was resident, in KiB.
fn peak_kib() -> Result<u64, String> {
    let path = "/proc/self/status";
    let text = read_to_string(path).map_err(|e| format!("read {path}: {e}"))?;
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
    kib.ok_or_else(|| format!("find VmHWM in {path}"))
}
