//! `cargo xtask fuzz`: fuzzes each reader of foreign bytes for a while, says how many inputs were
//! tried, and keeps what reached something new, minimised, under `fuzz/corpus/`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};

use crate::house;

/// Bytes that one kept corpus may have.
const MOST_BYTES: u64 = 1 << 20;
/// What libFuzzer holds every input to: bytes, seconds, MiB.
const BOUNDS: [&str; 4] = ["-max_len=65536", "-timeout=20", "-rss_limit_mb=2048", "-malloc_limit_mb=1024"];

/// What is fuzzed, and how long.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Plan {
    targets: Vec<String>,
    /// Minutes of processor time for each target; 0 only minimises.
    minutes: u64,
    jobs: usize,
}

/// What became of one target.
struct Outcome {
    executions: u64,
    /// Processor time that they took, in whole seconds.
    seconds: u64,
    /// Inputs that broke it.
    broken: Vec<PathBuf>,
    /// Files and bytes kept.
    kept: (usize, u64),
}

/// Runs the task; false where an input broke a target.
///
/// # Errors
/// On an unknown option, or when the targets cannot be built or run.
pub fn main(args: &[&str]) -> Result<bool> {
    let plan = options(args)?;
    let built = build()?;
    let (next, rows) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    thread::scope(|scope| {
        for _ in 0..plan.jobs.max(1) {
            scope.spawn(|| {
                while let Some(target) = plan.targets.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let outcome = fuzz(&built, target, plan.minutes);
                    eprintln!("{target}: {}", if outcome.is_ok() { "done" } else { "FAILED" });
                    if let Ok(mut rows) = rows.lock() {
                        rows.push((target.clone(), outcome));
                    }
                }
            });
        }
    });
    let mut rows = rows.into_inner().map_err(|_| anyhow::anyhow!("gather the targets: one panicked"))?;
    rows.sort_by(|a, b| a.0.cmp(&b.0));
    Ok(tell(rows))
}

fn tell(rows: Vec<(String, Result<Outcome>)>) -> bool {
    let mut sound = true;
    println!(
        "{:<20} {:>12} {:>9} {:>7} {:>9}  broken by",
        "target", "executions", "core s", "files", "bytes"
    );
    for (target, outcome) in rows {
        let Outcome { executions, seconds, broken, kept: (files, bytes) } = match outcome {
            Ok(outcome) => outcome,
            Err(error) => {
                sound = false;
                println!("{target:<20} FAILED to {error:#}");
                continue;
            }
        };
        sound &= broken.is_empty();
        let names: Vec<String> = broken.iter().map(|file| file.display().to_string()).collect();
        let names = if names.is_empty() { "nothing".to_owned() } else { names.join(", ") };
        println!("{target:<20} {executions:>12} {seconds:>9} {files:>7} {bytes:>9}  {names}");
    }
    sound
}

/// Builds all targets with coverage and debug assertions, and without a sanitizer: there is no
/// unsafe code of ours that one would watch. Gives the folder of the programs.
fn build() -> Result<PathBuf> {
    let target = house::target_dir()?.join("fuzz");
    let mut cargo = Command::new("cargo");
    cargo
        .args(["+nightly", "fuzz", "build", "--sanitizer", "none", "--debug-assertions"])
        .current_dir(house::root())
        .env("CARGO_TARGET_DIR", &target)
        .env_remove("CARGO")
        .env_remove("RUSTUP_TOOLCHAIN");
    let status = cargo.status().context("run cargo +nightly fuzz build")?;
    let mend = "install both with `rustup toolchain install nightly` and `cargo install cargo-fuzz`";
    ensure!(status.success(), "build the fuzz targets; {mend}");
    let triples = fs::read_dir(&target).context("look for the fuzz targets")?;
    let built = triples.flatten().map(|entry| entry.path().join("release"));
    let found = built.into_iter().find(|folder| folder.join("cap_read").is_file());
    found.context("find the fuzz targets that were built")
}

fn fuzz(built: &Path, target: &str, minutes: u64) -> Result<Outcome> {
    let work = house::target_dir()?.join("fuzz").join("work").join(target);
    let (corpus, broken) = (work.join("corpus"), work.join("broken"));
    if minutes > 0 && broken.exists() {
        // What an earlier run found may be mended since: it is in the corpus, or comes again.
        fs::remove_dir_all(&broken).context("clear what was found before")?;
    }
    for folder in [&corpus, &broken] {
        fs::create_dir_all(folder).with_context(|| format!("make {}", folder.display()))?;
    }
    let kept = house::root().join("fuzz/corpus").join(target);
    let (mut executions, mut seconds) = (0, 0);
    if minutes > 0 {
        let said = work.join("said");
        let mut child = Command::new(built.join(target))
            .args([&corpus, &kept])
            .args(BOUNDS)
            .arg(format!("-artifact_prefix={}/", broken.display()))
            .arg("-print_final_stats=1")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(fs::File::create(&said).context("keep what the fuzzer says")?)
            .spawn()
            .with_context(|| format!("run {target}"))?;
        seconds = spend(&mut child, minutes * 60)?;
        let status = child.wait().with_context(|| format!("wait for {target}"))?;
        let words =
            String::from_utf8_lossy(&fs::read(&said).context("read what the fuzzer said")?).into_owned();
        executions = executed(&words);
        let ended = status.success() || executions > 0 || !files(&broken)?.is_empty();
        ensure!(ended, "run {target}: {}", words.lines().last().unwrap_or_default());
    }
    minimise(&built.join(target), &work, &kept)?;
    Ok(Outcome { executions, seconds, broken: files(&broken)?, kept: size(&kept)? })
}

/// Lets the fuzzer run for so many seconds of processor time, however busy the machine is, and then asks it
/// to end. Gives the seconds it took.
fn spend(child: &mut Child, seconds: u64) -> Result<u64> {
    let (begun, mut spent) = (Instant::now(), 0);
    while child.try_wait().context("watch the fuzzer")?.is_none() {
        spent = processor_seconds(child.id()).unwrap_or_else(|| begun.elapsed().as_secs());
        if spent >= seconds {
            let asked = Command::new("kill").args(["-USR1", &child.id().to_string()]).status();
            ensure!(asked.context("ask the fuzzer to end")?.success(), "ask the fuzzer to end");
            break;
        }
        thread::sleep(Duration::from_millis(500));
    }
    Ok(spent)
}

/// Processor time of a process, where the system tells it: fields 14 and 15 of `/proc/PID/stat`, in hundredths
/// of a second (proc(5); the kernel reports 100 a second on every platform that Rust has).
fn processor_seconds(pid: u32) -> Option<u64> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let after_name = text.rsplit_once(')')?.1;
    let mut ticks = after_name.split_whitespace().skip(11).map(|field| field.parse::<u64>().ok());
    Some((ticks.next()?? + ticks.next()??) / 100)
}

fn executed(words: &str) -> u64 {
    let stats = words.lines().filter_map(|line| line.strip_prefix("stat::number_of_executed_units:"));
    stats.filter_map(|number| number.trim().parse::<u64>().ok()).sum()
}

/// Keeps the inputs written by hand, and of those found the fewest that reach every place in the
/// code that was reached.
fn minimise(program: &Path, work: &Path, kept: &Path) -> Result<()> {
    let fewest = work.join("fewest");
    if fewest.exists() {
        fs::remove_dir_all(&fewest).context("clear what was minimised before")?;
    }
    fs::create_dir_all(&fewest).context("make a folder for what is minimised")?;
    let corpus = work.join("corpus");
    let out = Command::new(program)
        .args(["-set_cover_merge=1", "-use_counters=0", "-max_len=65536"])
        .args([fewest.as_path(), kept, corpus.as_path()])
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("minimise the corpus of {}", program.display()))?;
    ensure!(out.status.success(), "minimise the corpus: {}", String::from_utf8_lossy(&out.stderr));
    for file in files(kept)?.iter().filter(|file| is_found(file)) {
        fs::remove_file(file).with_context(|| format!("replace {}", file.display()))?;
    }
    let by_hand: Vec<Vec<u8>> = files(kept)?.iter().filter_map(|file| fs::read(file).ok()).collect();
    let mut room = MOST_BYTES.saturating_sub(size(kept)?.1);
    let mut found = files(&fewest)?;
    found.sort_by_key(|file| file.metadata().map_or(u64::MAX, |about| about.len()));
    for file in found {
        let bytes = fs::read(&file).with_context(|| format!("read {}", file.display()))?;
        if by_hand.contains(&bytes) || bytes.len() as u64 > room {
            continue;
        }
        room -= bytes.len() as u64;
        let name = file.file_name().context("a file has a name")?;
        fs::write(kept.join(name), &bytes).with_context(|| format!("keep {}", file.display()))?;
    }
    Ok(())
}

/// Whether fuzzing found the input: its name is the SHA-1 of its bytes.
fn is_found(file: &Path) -> bool {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    name.len() == 40 && name.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).with_context(|| format!("list {}", folder.display()))?;
    let mut files: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    files.sort();
    Ok(files)
}

fn size(folder: &Path) -> Result<(usize, u64)> {
    let files = files(folder)?;
    Ok((files.len(), files.iter().filter_map(|file| file.metadata().ok()).map(|about| about.len()).sum()))
}

fn options(args: &[&str]) -> Result<Plan> {
    let mut plan = Plan {
        targets: Vec::new(),
        minutes: 15,
        jobs: thread::available_parallelism().map_or(1, usize::from),
    };
    let mut args = args.iter();
    while let Some(arg) = args.next() {
        let mut number = || -> Result<u64> {
            let text = args.next().with_context(|| format!("read {arg}: a number must follow"))?;
            text.parse().with_context(|| format!("read {arg}: `{text}` is no whole number"))
        };
        match *arg {
            "--minutes" => plan.minutes = number()?,
            "--jobs" => plan.jobs = usize::try_from(number()?).context("read --jobs")?,
            option if option.starts_with('-') => bail!("read the options of `fuzz`: there is no {option}"),
            target => plan.targets.push(target.to_owned()),
        }
    }
    if plan.targets.is_empty() {
        let stem = |file: PathBuf| Some(file.file_stem()?.to_string_lossy().into_owned());
        let all = files(&house::root().join("fuzz/fuzz_targets"))?;
        plan.targets = all.into_iter().filter_map(stem).collect();
    }
    Ok(plan)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_read_and_all_targets_are_meant_where_none_is_named() {
        let plan = options(&["cap_read", "--minutes", "2", "--jobs", "1"]).unwrap();
        assert_eq!(plan, Plan { targets: vec!["cap_read".into()], minutes: 2, jobs: 1 });
        assert!(options(&[]).unwrap().targets.contains(&"flow_cap".to_owned()));
        assert!(options(&["--hours", "2"]).is_err());
    }

    #[test]
    fn executions_are_read_from_what_the_fuzzer_says() {
        assert_eq!(executed("#5 DONE\nstat::number_of_executed_units: 967580\n"), 967_580);
        assert_eq!(executed("it broke off"), 0);
    }

    #[test]
    fn processor_time_is_read_where_the_system_tells_it() {
        if cfg!(target_os = "linux") {
            assert!(processor_seconds(std::process::id()).is_some());
        }
        assert_eq!(processor_seconds(u32::MAX), None);
    }

    #[test]
    fn inputs_written_by_hand_are_told_from_those_found() {
        assert!(is_found(Path::new("x/20cfe73cf07738ae2cef06ea4c9a6e1a55bda0fb")));
        assert!(!is_found(Path::new("x/two-byte-order-marks")));
    }
}
