//! `beaconfire sink`: a webhook receiver as its own process.

use super::{Answer, block_on, print};
use anyhow::Context as _;
use std::path::PathBuf;
use tokio::net::TcpListener;

/// Receives webhooks and logs them, acting once on each key. For tests and demos.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Prints the address to post to, then runs until Ctrl-C. The log has one JSON object a line.

Example:
  beaconfire sink --port 9000 --log sink.ndjson")]
pub(crate) struct Args {
    /// The port; any free one for 0.
    #[arg(long, value_name = "N")]
    port: u16,
    /// Where to write what was received.
    #[arg(long, value_name = "FILE")]
    log: PathBuf,
}

impl Args {
    pub(super) fn run(self) -> anyhow::Result<Answer> {
        block_on(async {
            let router = beaconfire_serve::sink::router(&self.log)
                .with_context(|| format!("open the log {}", self.log.display()))?;
            let listener = TcpListener::bind(("127.0.0.1", self.port))
                .await
                .with_context(|| format!("listen on 127.0.0.1:{}; choose another --port", self.port))?;
            print(&format!("http://{}/hook\n", listener.local_addr()?))?;
            beaconfire_serve::serve(listener, router, crate::app::stop_signal()).await.context("serve")
        })?;
        Ok(Answer::Yes)
    }
}
