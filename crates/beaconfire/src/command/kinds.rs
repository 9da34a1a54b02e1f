//! `beaconfire kinds`: what can be configured, with documentation and an example of each.

use super::{Answer, print};
use serde_json::json;

/// Lists the kinds of sources, detectors, methods and channels, with an example of each.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  beaconfire kinds
  beaconfire kinds --format json | jq '.detectors[].name'")]
pub(crate) struct Args {
    /// What to write.
    #[arg(long, value_enum, default_value_t = Format::Markdown)]
    format: Format,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Format {
    Markdown,
    Json,
}

impl Args {
    pub(super) fn run(self) -> anyhow::Result<Answer> {
        match self.format {
            Format::Markdown => print(&markdown())?,
            Format::Json => print(&format!("{:#}\n", as_json()))?,
        }
        Ok(Answer::Yes)
    }
}

const METHODS: &str = "
## Methods

What is unusual in whole series of counts or measurements: `beaconfire detect METHOD`. Parameters have the names of R \
surveillance. `mode` says whose answers: `default`, the published or corrected form, or `compat`, those of the reference \
package with its quirks.
";

/// The reference page.
pub(super) fn markdown() -> String {
    let mut page = "# What can be configured\n\nMade by `beaconfire generate kinds`.\n".to_owned();
    page.push_str("\n## Sources\n\nWhere things come from: `[[source]]` in `beaconfire.toml`.\n");
    for kind in beaconfire_flow::source::KINDS {
        section(&mut page, kind.name, kind.title, kind.doc, "toml", kind.example);
    }
    page.push_str("\n## Detectors\n\nWhat is unusual: `[[series]]` in a pack, and `beaconfire detect`.\n");
    for kind in beaconfire_detect::KINDS {
        section(&mut page, kind.name, "", kind.doc, "json", kind.example);
    }
    page.push_str(METHODS);
    for method in beaconfire_detect::method::METHODS {
        section(&mut page, method.name, "", method.doc, "json", method.example);
    }
    page.push_str("\n## Channels\n\nWhere warnings go: `[[channel]]` in `beaconfire.toml`.\n");
    for kind in beaconfire_flow::deliver::channel::KINDS {
        section(&mut page, kind.name, "", kind.doc, "toml", kind.example);
    }
    page
}

fn section(page: &mut String, name: &str, title: &str, doc: &str, language: &str, example: &str) {
    let title = if title.is_empty() { String::new() } else { format!(": {title}") };
    let (doc, example) = (doc.trim(), example.trim());
    page.push_str(&format!("\n### `{name}`{title}\n\n{doc}\n\n```{language}\n{example}\n```\n"));
}

fn as_json() -> serde_json::Value {
    let sources: Vec<_> = beaconfire_flow::source::KINDS
        .iter()
        .map(|kind| json!({"name": kind.name, "title": kind.title, "doc": kind.doc, "example": kind.example}))
        .collect();
    let detectors: Vec<_> = beaconfire_detect::KINDS
        .iter()
        .map(|kind| json!({"name": kind.name, "doc": kind.doc, "example": kind.example}))
        .collect();
    let methods: Vec<_> = beaconfire_detect::method::METHODS
        .iter()
        .map(|method| json!({"name": method.name, "doc": method.doc, "example": method.example}))
        .collect();
    let channels: Vec<_> = beaconfire_flow::deliver::channel::KINDS
        .iter()
        .map(|kind| json!({"name": kind.name, "doc": kind.doc, "example": kind.example}))
        .collect();
    json!({"sources": sources, "detectors": detectors, "methods": methods, "channels": channels})
}
