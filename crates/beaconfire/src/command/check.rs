//! `beaconfire check`: what is wrong with CAP messages and feeds, and where.

mod files;
mod human;
mod line;

use super::{Answer, print};
use beaconfire_cap::Limits;
use files::{Input, gather};
use human::{Quotes, human};
use line::lines;
use std::path::PathBuf;

/// Reads CAP messages and feeds and says what is wrong, and where.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Exit status: 0 every message is strict; 1 one is not, or is no CAP; 2 a file could not be read.
JSON: one object a line for each message. Signatures are not looked at yet: `signature` is always none.

Examples:
  beaconfire check alert.xml
  beaconfire check --format json feeds/ | jq 'select(.strict | not)'")]
pub(crate) struct Args {
    /// What to write.
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
    /// Files, folders (their .xml, .cap and .atom files), or - for stdin.
    #[arg(required = true, value_name = "FILE|DIR|-")]
    paths: Vec<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    Human,
    Json,
}

impl Args {
    pub(super) fn run(self) -> anyhow::Result<Answer> {
        let mut all_strict = true;
        for input in gather(&self.paths)? {
            let Input { name, bytes } = input.read()?;
            let text = beaconfire_cap::text(&bytes).unwrap_or_default();
            let quotes = Quotes::new(&text);
            for line in lines(&name, &bytes, &Limits::default()) {
                all_strict &= line.strict;
                match self.format {
                    Format::Json => print(&format!("{}\n", serde_json::to_string(&line)?))?,
                    Format::Human => print(&human(&line, &quotes))?,
                }
            }
        }
        Ok(Answer::from_bool(all_strict))
    }
}
