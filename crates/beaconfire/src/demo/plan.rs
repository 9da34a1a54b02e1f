//! The demo's configuration, with this run's folder, port and sink put in.

use crate::config::{Plan, signer};
use anyhow::{Context, Result};
use beaconfire_flow::{Setup, Target};
use std::path::Path;

/// Reads `samples/demo/beaconfire.toml` and puts this run's places in.
pub(super) fn setup(samples: &Path, data: &Path, url: &str, sink: &str) -> Result<Setup> {
    let path = samples.join("demo").join("beaconfire.toml");
    let plan = Plan::load_played(&path).map_err(|mistakes| anyhow::anyhow!("{mistakes}"))?;
    let key = signer(&data.join("checkpoint.key")).context("open the key that signs checkpoints")?;
    let mut setup = plan.setup(key);
    setup.data = data.to_owned();
    setup.public_url = url.to_owned();
    for channel in &mut setup.channels {
        match &mut channel.target {
            Target::Webhook(to) => *to = sink.to_owned(),
            Target::File(folder) => *folder = data.join("outbox"),
            Target::Feed => {}
        }
    }
    Ok(setup)
}
