//! `beaconfire demo`: the whole program on recorded data.

use super::{Answer, block_on};
use crate::demo::{Wanted, run};
use std::path::PathBuf;

/// Plays recorded data through the whole program, in exercise mode, on a loopback port.
///
/// Prints a one-time sign-in for each role, each on a host name of its own, so that two tabs are two people.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Headless, the last line on stdout is one JSON object: items, signals, incidents, warnings, deliveries, read_backs,
journal_head, state. The same --data goes on where it stopped.

Examples:
  beaconfire demo
  beaconfire demo --headless --until-idle --json")]
pub(crate) struct Args {
    /// Scripted roles act; no browser is needed.
    #[arg(long)]
    headless: bool,
    /// End when nothing is left to do.
    #[arg(long)]
    until_idle: bool,
    /// Print one JSON object at the end.
    #[arg(long)]
    json: bool,
    /// The folder of the state; a fresh temporary one without it.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Seconds of river time in a second, or `max`; headless: max unless said.
    #[arg(long, value_name = "N|max", value_parser = speed)]
    speed: Option<Speed>,
    /// Makes accounts and passwords the same every time.
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Where the webhook posts to; a sink of its own without it.
    #[arg(long, value_name = "URL")]
    sink: Option<String>,
    /// The port to serve at; any free one for 0.
    #[arg(long, value_name = "N", default_value_t = 0)]
    port: u16,
}

/// How fast river time goes.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Speed {
    Max,
    Times(f64),
}

fn speed(text: &str) -> Result<Speed, String> {
    if text == "max" {
        return Ok(Speed::Max);
    }
    match text.parse() {
        Ok(times) if times > 0.0 && times <= 1e6 => Ok(Speed::Times(times)),
        _ => Err("write a number above 0, up to 1000000, or max".to_owned()),
    }
}

impl Args {
    pub(super) fn run(self) -> anyhow::Result<Answer> {
        let speed = self.speed.and_then(|speed| match speed {
            Speed::Max => None,
            Speed::Times(times) => Some(times),
        });
        block_on(run(Wanted {
            headless: self.headless,
            until_idle: self.until_idle,
            json: self.json,
            data: self.data,
            speed,
            seed: self.seed,
            sink: self.sink,
            port: self.port,
        }))?;
        Ok(Answer::Yes)
    }
}
