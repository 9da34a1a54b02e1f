//! What the kernel says of this thread and process.

use std::fs::read_to_string;

/// What the kernel has booked on this thread.
pub(crate) fn cpu_seconds() -> Result<f64, String> {
    let path = "/proc/thread-self/schedstat";
    let text = read_to_string(path).map_err(|e| format!("read {path}: {e}"))?;
    let nanoseconds = text.split_whitespace().next().and_then(|word| word.parse::<f64>().ok());
    nanoseconds.map(|n| n / 1e9).ok_or_else(|| format!("find the CPU time in {path}"))
}

/// The most memory that was resident, in KiB.
pub(crate) fn peak_kib() -> Result<u64, String> {
    let path = "/proc/self/status";
    let text = read_to_string(path).map_err(|e| format!("read {path}: {e}"))?;
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
    kib.ok_or_else(|| format!("find VmHWM in {path}"))
}
