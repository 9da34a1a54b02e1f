//! `beaconfire check`: what is wrong with CAP messages and feeds, and where; mends and converts them.

mod files;
mod human;
mod judge;
mod line;
mod output;
mod watch;

use super::{Answer, print};
use beaconfire_cap::Limits;
use files::{Input, gather};
use human::{Quotes, human};
use judge::Judge;
use line::{Line, lines};
use std::path::PathBuf;
use std::time::Duration;

/// Reads CAP messages and feeds and says what is wrong, and where.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Reads CAP 1.0, 1.1 and 1.2, bare or in Atom, RSS, EDXL-DE or a list; its JSON and GeoJSON forms; alerts of
api.weather.gov. The rules are listed in docs/cap-rules.md and docs/cap-profiles.md.

A signature is judged with the key in the message: verified, unverifiable, broken, or whitespace (broken unless white
space between elements is left out). Whether its certificate leads to an anchor is another question, and anchors come
from --anchors alone. Files are archives: certificates are judged at the message's `sent`; with --watch at the receipt.

Exit status: 0 every message is strict, conforms to the profiles asked for, and with --anchors is verified and
anchored; with --fix or --to, everything was written. 1 the answer is no. 2 a file could not be read.

Examples:
  beaconfire check alert.xml
  beaconfire check --profile ipaws --profile own.toml alert.xml
  beaconfire check --anchors met@example.org=met.pem signed.xml
  beaconfire check --format json feeds/ | jq 'select(.strict | not)'
  beaconfire check --fix broken.xml > mended.xml
  beaconfire check --to geojson feed.atom > feed.geojson
  beaconfire check --watch https://example.org/cap/feed.atom")]
pub(crate) struct Args {
    /// What to write.
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
    /// A profile to hold messages against: ipaws, cap-cp, cap-au, meteoalarm, wmo, google, or a rule pack of your own; may
    /// be given several times.
    #[arg(long = "profile", value_name = "PROFILE|FILE.toml")]
    profiles: Vec<String>,
    /// Certificates that are trusted, for one sender or for any; may be given several times.
    #[arg(long, value_name = "[SENDER=]FILE.pem")]
    anchors: Vec<String>,
    /// Writes the mended, conformant message to stdout, without its signature, and what changed to stderr. It is no
    /// longer its issuer's message: never pass it on under the issuer's name.
    #[arg(long, conflicts_with_all = ["to", "watch"])]
    fix: bool,
    /// Writes the messages to stdout in another form, and what could not be carried to stderr.
    #[arg(long, value_enum, conflicts_with = "watch")]
    to: Option<output::Form>,
    /// Looks at feed addresses again and again, and tells of each message once.
    #[arg(long)]
    watch: bool,
    /// How long to wait between two looks, such as 60s or 5m.
    #[arg(long, value_name = "SPAN", default_value = "60s", value_parser = span, requires = "watch")]
    every: Duration,
    /// Ends after so many looks.
    #[arg(long, value_name = "N", requires = "watch")]
    looks: Option<u64>,
    /// Files, folders (their .xml, .cap, .atom, .rss, .json and .geojson files), or - for stdin; with --watch addresses.
    #[arg(required = true, value_name = "FILE|DIR|-")]
    paths: Vec<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// For people: each finding with its line and a caret.
    Human,
    /// One object a line for each message.
    Json,
}

impl Args {
    pub(super) fn run(self) -> anyhow::Result<Answer> {
        let judge = Judge::new(&self.profiles, &self.anchors)?;
        if self.watch {
            return watch::run(&self.paths, self.every, self.looks, self.format, &judge);
        }
        if self.fix || self.to.is_some() {
            return output::run(&self.paths, self.to, self.format);
        }
        let mut all_yes = true;
        for input in gather(&self.paths)? {
            let Input { name, bytes } = input.read()?;
            for line in lines(&name, &bytes, &Limits::default(), &judge) {
                all_yes &= judge.is_yes(&line);
                tell(&line, &bytes, self.format)?;
            }
        }
        Ok(Answer::from_bool(all_yes))
    }
}

/// Prints what is said of one message.
fn tell(line: &Line, bytes: &[u8], format: Format) -> anyhow::Result<()> {
    match format {
        Format::Json => print(&format!("{}\n", serde_json::to_string(line)?)),
        Format::Human => {
            let text = beaconfire_cap::text(bytes).unwrap_or_default();
            print(&human(line, &Quotes::new(&text)))
        }
    }
}

/// A span such as 30s, 5m or 1h.
fn span(text: &str) -> Result<Duration, String> {
    let (number, unit) = text.split_at(text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len()));
    let seconds = match unit {
        "s" | "" => 1,
        "m" => 60,
        "h" => 3600,
        _ => return Err(format!("{text:?} is no span: write 30s, 5m or 1h")),
    };
    let count: u64 = number.parse().map_err(|_| format!("{text:?} is no span: write 30s, 5m or 1h"))?;
    match count.checked_mul(seconds) {
        Some(total) if (1..=86_400).contains(&total) => Ok(Duration::from_secs(total)),
        _ => Err(format!("{text:?} is out of bounds: wait from 1s to 24h")),
    }
}
