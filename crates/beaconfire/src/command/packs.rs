//! `beaconfire packs check`: explains the mistakes of packs.

use super::Answer;
use crate::config::{Mistakes, find_packs, read_pack};
use std::path::PathBuf;

/// Works with packs: hazards as data.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:
  beaconfire packs check packs/river-flood")]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Reads packs and shows every mistake at its line, with the mend.
    #[command(after_help = "\
Exit status: 0 all packs hold; 1 there are mistakes; 2 there is nothing to read.

Examples:
  beaconfire packs check
  beaconfire packs check packs/river-flood")]
    Check {
        /// A folder of packs, or one pack.
        #[arg(default_value = "packs", value_name = "DIR")]
        dir: PathBuf,
    },
}

impl Args {
    pub(super) fn run(self) -> anyhow::Result<Answer> {
        let Command::Check { dir } = self.command;
        let files = find_packs(&dir)
            .map_err(|mistake| anyhow::anyhow!("find packs in {}: {}", dir.display(), mistake.message))?;
        let mut mistakes = Vec::new();
        for file in &files {
            match read_pack(file) {
                Ok(pack) => {
                    let rules = pack.series.len() + pack.events.len();
                    let languages: Vec<&str> = pack.texts.iter().map(|text| text.language.as_str()).collect();
                    super::print(&format!(
                        "{} version {}: {} rules, texts in {}\n",
                        pack.name,
                        pack.version,
                        rules,
                        languages.join(", ")
                    ))?;
                }
                Err(found) => mistakes.extend(found),
            }
        }
        if mistakes.is_empty() {
            return Ok(Answer::Yes);
        }
        let mistakes = Mistakes(mistakes);
        for mistake in &mistakes.0 {
            eprintln!("{mistake}\n");
        }
        eprintln!("{} mistake(s) in {} pack file(s)", mistakes.0.len(), files.len());
        Ok(Answer::No)
    }
}
