//! `beaconfire backup` and `beaconfire restore`.

use super::Answer;
use super::journal::parse_key;
use std::path::PathBuf;

/// Copies a data folder, also while a server uses it.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Keep the head that it prints elsewhere: it proves later that nothing was cut off.

Example:
  beaconfire backup /backup/2026-11-21 --data /var/lib/beaconfire")]
pub(crate) struct BackupArgs {
    /// An empty or new folder.
    dir: PathBuf,
    /// The data folder.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
}

/// Restores a backup into an empty folder and proves it against its chain.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Sessions and one-time tokens are not restored: operators sign in again.

Example:
  beaconfire restore /backup/2026-11-21 --data /var/lib/beaconfire")]
pub(crate) struct RestoreArgs {
    /// The backup's folder.
    from: PathBuf,
    /// An empty or new folder.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// A public key that must have signed the checkpoints, hexadecimal; may be given several times.
    #[arg(long = "key", value_name = "HEX", value_parser = parse_key)]
    keys: Vec<Vec<u8>>,
}

impl BackupArgs {
    pub(super) fn run(self) -> anyhow::Result<Answer> {
        let report = beaconfire_store::backup(&self.data, &self.dir)?;
        for file in &report.files {
            eprintln!("copied {}, {} bytes, SHA-256 {}", file.name, file.bytes, file.sha256);
        }
        let head = beaconfire_store::hex(&report.head.hash);
        super::print(&format!("{} {head}\n", report.head.seq))?;
        eprintln!(
            "the backup holds {} records of a journal marked {}",
            report.head.seq,
            report.mode.as_str()
        );
        Ok(Answer::Yes)
    }
}

impl RestoreArgs {
    pub(super) fn run(self) -> anyhow::Result<Answer> {
        match beaconfire_store::restore(&self.from, &self.data, &self.keys) {
            Ok(report) => {
                super::print(&report.verdict.to_string())?;
                eprintln!("restored the backup of {} into {}", report.backup.made_at, self.data.display());
                Ok(Answer::Yes)
            }
            Err(beaconfire_store::BackupError::Broken(verdict)) => {
                super::print(&verdict.to_string())?;
                eprintln!("the copy does not hold, nothing was kept: use another backup");
                Ok(Answer::No)
            }
            Err(error) => Err(error.into()),
        }
    }
}
