//! `beaconfire generate`: reference pages made from the program itself.

use super::{Answer, Cli, kinds, print};
use clap::CommandFactory as _;

/// Writes a reference page, made from the program itself.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:
  beaconfire generate config-schema > docs/config.schema.json")]
pub(crate) struct Args {
    /// Which.
    #[arg(value_enum)]
    page: Page,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Page {
    /// Kinds of sources, detectors and channels, in Markdown.
    Kinds,
    /// The JSON schema of `beaconfire.toml`.
    ConfigSchema,
    /// The HTTP API, OpenAPI in JSON.
    Openapi,
    /// The command line, in Markdown.
    Cli,
    /// The rules for CAP messages, in Markdown.
    CapRules,
    /// The profiles of CAP and the language of rule packs, in Markdown.
    CapProfiles,
}

impl Args {
    pub(super) fn run(self) -> anyhow::Result<Answer> {
        let text = match self.page {
            Page::Kinds => kinds::markdown(),
            Page::ConfigSchema => format!("{:#}\n", crate::config::schema()),
            Page::Openapi => format!("{:#}\n", serde_json::to_value(beaconfire_serve::openapi())?),
            Page::Cli => cli(),
            Page::CapRules => beaconfire_cap::rule::page(),
            Page::CapProfiles => beaconfire_cap::profile::page(),
        };
        print(&text)?;
        Ok(Answer::Yes)
    }
}

/// The help of every command.
fn cli() -> String {
    let mut page = "# The command line\n\nMade by `beaconfire generate cli`.\n".to_owned();
    let mut root = Cli::command();
    root.build();
    add(&mut page, &mut root, "beaconfire");
    page
}

fn add(page: &mut String, command: &mut clap::Command, path: &str) {
    let help = command.render_long_help().to_string();
    let help: Vec<&str> = help.lines().map(str::trim_end).collect();
    page.push_str(&format!("\n## `{path}`\n\n```text\n{}\n```\n", help.join("\n").trim()));
    for sub in command.get_subcommands_mut().filter(|sub| sub.get_name() != "help") {
        let path = format!("{path} {}", sub.get_name());
        add(page, sub, &path);
    }
}
