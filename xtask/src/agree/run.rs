//! The two sides that answer a manifest: our program and R.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};

use crate::house;

const PEER: &str = include_str!("peer.R");

/// How long R may take to a record.
const PATIENCE: Duration = Duration::from_secs(60);

/// Has our program answer the manifest, built unless it is given: one file a record in `out`. Answers what it said of
/// records that it refused, by their ids.
///
/// # Errors
/// When it cannot be built or does not understand the manifest.
pub fn ours(binary: Option<&Path>, manifest: &Path, out: &Path) -> Result<Vec<(String, String)>> {
    let program = match binary {
        Some(binary) => binary.to_path_buf(),
        None => built()?,
    };
    let mut command = Command::new(&program);
    command.args(["detect", "batch"]).arg(manifest).arg("--out").arg(out);
    let said = command.output().with_context(|| format!("run {}", program.display()))?;
    let words = String::from_utf8_lossy(&said.stderr).into_owned();
    ensure!(said.status.code().is_some_and(|code| code < 2), "run detect batch: {words}");
    let refusal = |line: &str| {
        let (id, why) = line.split_once(": failed to ")?;
        Some((id.to_owned(), why.to_owned()))
    };
    Ok(words.lines().filter_map(refusal).collect())
}

fn built() -> Result<PathBuf> {
    let mut cargo = house::cargo();
    cargo.args(["build", "--release", "--package", "beaconfire"]);
    ensure!(cargo.status().context("run cargo build")?.success(), "build beaconfire");
    let name = format!("beaconfire{}", std::env::consts::EXE_SUFFIX);
    Ok(house::target_dir()?.join("release").join(name))
}

/// R with surveillance.
pub struct Theirs {
    script: PathBuf,
    /// Of R and of surveillance.
    pub version: String,
}

impl Theirs {
    /// Finds it.
    ///
    /// # Errors
    /// When R or one of its packages is not installed.
    pub fn find(folder: &Path) -> Result<Self> {
        let ask = "invisible(packageVersion('jsonlite')); cat(R.version$major, '.', R.version$minor, \
                   ', surveillance ', as.character(packageVersion('surveillance')), sep = '')";
        let out = Command::new("Rscript").args(["-e", ask]).output();
        let version = out.ok().filter(|out| out.status.success()).map(|out| out.stdout).context(
            "find R with surveillance and jsonlite; Debian has them as r-base-core, r-cran-surveillance and \
             r-cran-jsonlite",
        )?;
        let script = folder.join("peer.R");
        fs::write(&script, PEER).context("write peer.R")?;
        Ok(Self { script, version: String::from_utf8_lossy(&version).into_owned() })
    }

    /// Has it answer the manifest in so many processes: one file a record in `out`.
    ///
    /// # Errors
    /// When R stops at more than a record.
    pub fn run(&self, manifest: &Path, out: &Path, jobs: usize) -> Result<()> {
        let start = |job: usize| -> Result<Child> {
            let mut command = Command::new("Rscript");
            for name in ["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"] {
                command.env(name, "1");
            }
            command.arg(&self.script).arg(manifest).arg(out).args([job.to_string(), jobs.to_string()]);
            command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().context("start Rscript")
        };
        let mut children = (1..=jobs).map(start).collect::<Result<Vec<_>>>()?;
        for (job, child) in (1..=jobs).zip(&mut children) {
            // Some records crash R as a whole, and over some it never ends; each leaves one behind.
            while ended(child, out)?.is_none() {
                *child = start(job)?;
            }
            let mut words = String::new();
            if let Some(said) = &mut child.stderr {
                said.read_to_string(&mut words).context("read what R says")?;
            }
            let whole = child.wait().context("wait for R")?.success();
            ensure!(whole, "run R: {}", words.trim());
        }
        Ok(())
    }
}

/// The exit code of R; none where a signal ended it, or no record was answered for so long that it was stopped.
fn ended(child: &mut Child, out: &Path) -> Result<Option<i32>> {
    let (mut known, mut since) = (0, Instant::now());
    loop {
        if let Some(status) = child.try_wait().context("wait for R")? {
            return Ok(status.code());
        }
        let written = fs::read_dir(out).with_context(|| format!("list {}", out.display()))?.count();
        if written != known {
            (known, since) = (written, Instant::now());
        }
        if since.elapsed() > PATIENCE {
            child.kill().context("stop R")?;
        }
        std::thread::sleep(Duration::from_millis(200));
    }
}
