//! Where the demo's data and samples are.

use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};

/// The demo's folders.
pub(super) struct Folder {
    /// The state.
    pub(super) data: PathBuf,
    /// The samples.
    pub(super) samples: PathBuf,
    /// Removes a temporary folder at the end.
    _temporary: Option<TemporaryFolder>,
}

struct TemporaryFolder(PathBuf);

impl Drop for TemporaryFolder {
    fn drop(&mut self) {
        // A folder that is left over harms nobody; the system clears it away some day.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

impl Folder {
    /// The given data folder, or a fresh temporary one.
    pub(super) fn open(data: Option<&Path>) -> Result<Self> {
        let samples = find_samples()?;
        if let Some(data) = data {
            std::fs::create_dir_all(data)
                .with_context(|| format!("make the data folder {}", data.display()))?;
            return Ok(Self { data: data.to_owned(), samples, _temporary: None });
        }
        let mut bytes = [0_u8; 8];
        aws_lc_rs::rand::fill(&mut bytes).map_err(|_| anyhow::anyhow!("get random numbers from the host"))?;
        let name = format!("beaconfire-demo-{}", beaconfire_store::hex(&bytes));
        let data = std::env::temp_dir().join(name);
        std::fs::create_dir(&data).with_context(|| format!("make {}", data.display()))?;
        Ok(Self { data: data.clone(), samples, _temporary: Some(TemporaryFolder(data)) })
    }
}

/// The samples' folder: `BEACONFIRE_SAMPLES`, or `samples` here, beside the program, or in the
/// source tree that it was built from.
///
/// # Errors
/// Where it is in none of them.
pub(super) fn find_samples() -> Result<PathBuf> {
    let mut places = Vec::new();
    if let Some(named) = std::env::var_os("BEACONFIRE_SAMPLES") {
        places.push(PathBuf::from(named));
    }
    places.push(PathBuf::from("samples"));
    if let Ok(program) = std::env::current_exe() {
        places.extend(program.ancestors().skip(1).take(4).map(|folder| folder.join("samples")));
    }
    places.push(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../samples"));
    match places.iter().find(|place| place.join("demo").join("recording.toml").is_file()) {
        Some(found) => Ok(found.clone()),
        None => bail!(
            "find the recorded samples: run it in the source tree, or name their folder in BEACONFIRE_SAMPLES"
        ),
    }
}
