//! `beaconfire check`: what is wrong with CAP messages and feeds, and where.

mod files;
mod line;

use super::{Answer, print};
use beaconfire_cap::{FindingSeverity, Limits};
use files::{Input, gather};
use line::{Line, lines};
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
            for line in lines(&name, &bytes, &Limits::default()) {
                all_strict &= line.strict;
                match self.format {
                    Format::Json => print(&format!("{}\n", serde_json::to_string(&line)?))?,
                    Format::Human => print(&human(&line))?,
                }
            }
        }
        Ok(Answer::from_bool(all_strict))
    }
}

fn human(line: &Line) -> String {
    let place = match line.index {
        Some(index) if index > 0 => format!("{} (message {})", line.file, index + 1),
        _ => line.file.clone(),
    };
    let name = line.identifier.as_deref().unwrap_or("no message");
    let verdict = match (line.strict, line.usable) {
        (true, _) if line.alerts == Some(0) => "a feed without alerts",
        (true, _) => "strict",
        (false, true) => "usable, not strict",
        (false, false) => "not usable",
    };
    let version = line.version.map(|version| format!(" CAP {version}")).unwrap_or_default();
    let mut text = format!("{place}: {name}{version}: {verdict}\n");
    for finding in &line.findings {
        let severity = match finding.severity.as_str() {
            word if word == FindingSeverity::Error.as_str() => "error",
            word if word == FindingSeverity::Warning.as_str() => "warning",
            _ => "info",
        };
        let at =
            if finding.line > 0 { format!("{}:{}: ", finding.line, finding.column) } else { String::new() };
        text.push_str(&format!(
            "  {at}{severity} [{}] {}: {}\n",
            finding.rule, finding.path, finding.message
        ));
    }
    text
}
