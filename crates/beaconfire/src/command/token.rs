//! `beaconfire token`: tokens of programs.

use super::{Answer, account};
use jiff::{SignedDuration, Timestamp};
use std::path::PathBuf;

/// Makes tokens for programs that read, or push measurements.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:
  beaconfire token create --data DIR --name gauges --scope intake:houston-gauges")]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Makes a token and prints its secret, which cannot be had again.
    #[command(after_help = "\
Scopes: `read` looks; `intake:SOURCE` pushes to that source.

Example:
  beaconfire token create --data DIR --name gauges --scope intake:houston-gauges --days 90")]
    Create {
        /// The data folder.
        #[arg(long, value_name = "DIR")]
        data: PathBuf,
        /// What it is for.
        #[arg(long)]
        name: String,
        /// What it allows; may be given several times.
        #[arg(long = "scope", value_name = "SCOPE", required = true, value_parser = scope)]
        scopes: Vec<String>,
        /// Days that it holds.
        #[arg(long, default_value_t = 365, value_parser = clap::value_parser!(i64).range(1..=3650))]
        days: i64,
    },
    /// Lists tokens: id, name, scopes, end, state. Tab-separated, never the secret.
    #[command(after_help = "\
Example:
  beaconfire token list --data DIR")]
    List {
        /// The data folder.
        #[arg(long, value_name = "DIR")]
        data: PathBuf,
    },
    /// Revokes a token for good.
    #[command(after_help = "\
Example:
  beaconfire token revoke tok-1a2b3c4d --data DIR")]
    Revoke {
        /// The token's id.
        id: String,
        /// The data folder.
        #[arg(long, value_name = "DIR")]
        data: PathBuf,
    },
}

fn scope(text: &str) -> Result<String, String> {
    let source = text.strip_prefix("intake:").is_some_and(|source| !source.is_empty());
    if text == "read" || source {
        Ok(text.to_owned())
    } else {
        Err("write `read`, or `intake:SOURCE` with the source's id".to_owned())
    }
}

impl Args {
    pub(super) fn run(self) -> anyhow::Result<Answer> {
        let now = Timestamp::now();
        match self.command {
            Command::Create { data, name, scopes, days } => {
                let scopes: Vec<&str> = scopes.iter().map(String::as_str).collect();
                let ends = now.checked_add(SignedDuration::from_hours(24 * days)).unwrap_or(Timestamp::MAX);
                let made = account::open(&data)?.create_token(&name, &scopes, now, ends)?;
                super::print(&format!("{}\n", made.secret))?;
                eprintln!("made {}, which holds until {ends}; the secret is shown this once", made.token.id);
            }
            Command::List { data } => {
                for token in account::open(&data)?.tokens()? {
                    let state = match token.revoked {
                        Some(_) => "revoked",
                        None if token.expires <= now => "ended",
                        None => "active",
                    };
                    let scopes = token.scopes.join(",");
                    super::print(&format!(
                        "{}\t{}\t{scopes}\t{}\t{state}\n",
                        token.id, token.name, token.expires
                    ))?;
                }
            }
            Command::Revoke { id, data } => {
                if !account::open(&data)?.revoke_token(&id, now)? {
                    eprintln!("there is no standing token {id}; `beaconfire token list` shows them");
                    return Ok(Answer::No);
                }
                eprintln!("revoked {id}");
            }
        }
        Ok(Answer::Yes)
    }
}
