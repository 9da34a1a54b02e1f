//! The command line: one file a command.
//!
//! stdout is data, stderr is words. Exit 0: done; 1: the answer is "no"; 2: it could not run.

mod account;
mod backup;
mod check;
mod demo;
mod detect;
mod generate;
mod geocodes;
mod items;
mod journal;
mod kinds;
mod packs;
mod serve;
mod sink;
mod token;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// All-hazards monitoring and public early warning.
///
/// Beaconfire turns what many sources observe into warnings that reach the right places in time, and proves afterwards
/// whether they did.
#[derive(Debug, Parser)]
#[command(
    name = "beaconfire",
    version,
    after_help = "\
Exit status: 0 done; 1 the answer is \"no\" (not strict, chain broken); 2 it could not run.

Example:
  beaconfire demo"
)]
pub(crate) struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Demo(demo::Args),
    Serve(serve::Args),
    Sink(sink::Args),
    Check(check::Args),
    Detect(Box<detect::Args>),
    Journal(journal::Args),
    Items(items::Args),
    Backup(backup::BackupArgs),
    Restore(backup::RestoreArgs),
    Packs(packs::Args),
    Kinds(kinds::Args),
    Geocodes(geocodes::Args),
    Account(account::Args),
    Token(token::Args),
    Generate(generate::Args),
}

/// What a command that could run answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// Done, or yes.
    Yes,
    /// The answer is "no".
    No,
}

impl Answer {
    /// Yes where it holds.
    pub(crate) fn from_bool(holds: bool) -> Self {
        if holds { Self::Yes } else { Self::No }
    }
}

impl Cli {
    /// Runs the command.
    pub(crate) fn run(self) -> ExitCode {
        let answer = match self.command {
            Command::Demo(args) => args.run(),
            Command::Serve(args) => args.run(),
            Command::Sink(args) => args.run(),
            Command::Check(args) => args.run(),
            Command::Detect(args) => args.run(),
            Command::Journal(args) => args.run(),
            Command::Items(args) => args.run(),
            Command::Backup(args) => args.run(),
            Command::Restore(args) => args.run(),
            Command::Packs(args) => args.run(),
            Command::Kinds(args) => args.run(),
            Command::Geocodes(args) => args.run(),
            Command::Account(args) => args.run(),
            Command::Token(args) => args.run(),
            Command::Generate(args) => args.run(),
        };
        match answer {
            Ok(Answer::Yes) => ExitCode::SUCCESS,
            Ok(Answer::No) => ExitCode::from(1),
            // The reader of a pipe went away: it has seen what it wanted.
            Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
            Err(error) => {
                eprintln!("beaconfire: failed to {error:#}");
                ExitCode::from(2)
            }
        }
    }
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error
        .chain()
        .filter_map(|cause| cause.downcast_ref::<std::io::Error>())
        .any(|cause| cause.kind() == std::io::ErrorKind::BrokenPipe)
}

/// Runs `work` on the program's threads.
fn block_on<T>(work: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    use anyhow::Context as _;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("start the program's threads")?;
    runtime.block_on(work)
}

/// Writes to stdout; a reader that went away is an error that ends the program quietly.
fn print(text: &str) -> anyhow::Result<()> {
    use std::io::Write as _;
    std::io::stdout().write_all(text.as_bytes())?;
    Ok(())
}
