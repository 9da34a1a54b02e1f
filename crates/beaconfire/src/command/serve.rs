//! `beaconfire serve`: the program.

use super::{Answer, block_on};
use crate::app::App;
use crate::config::Plan;
use anyhow::Context as _;
use std::path::PathBuf;

/// Runs the server until it is told to stop.
///
/// The whole configuration is checked before anything starts. SIGHUP reloads rules, packs and stations whole or not at
/// all; SIGTERM and Ctrl-C end it cleanly.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:
  beaconfire serve --config /etc/beaconfire/beaconfire.toml")]
pub(crate) struct Args {
    /// The configuration.
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
    /// Checks the configuration and stops.
    #[arg(long)]
    check: bool,
}

impl Args {
    pub(super) fn run(self) -> anyhow::Result<Answer> {
        let plan = Plan::load(&self.config).context("use the configuration")?;
        for warning in &plan.warnings {
            eprintln!("beaconfire: {warning}");
        }
        if self.check {
            eprintln!("the configuration {} holds", self.config.display());
            return Ok(Answer::Yes);
        }
        block_on(async {
            let app = App::start(&self.config, plan).await?;
            eprintln!("beaconfire: listening at http://{}", app.address());
            app.run().await
        })?;
        Ok(Answer::Yes)
    }
}
