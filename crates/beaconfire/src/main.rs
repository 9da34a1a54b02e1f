//! Beaconfire: all-hazards monitoring and public early warning.

mod app;
mod command;
mod config;
mod demo;

use clap::Parser as _;
use std::process::ExitCode;

fn main() -> ExitCode {
    if let Err(words) = crash_on_purpose() {
        eprintln!("beaconfire: failed to {words}");
        return ExitCode::from(2);
    }
    let cli = command::Cli::parse();
    log_to_stderr();
    cli.run()
}

/// `BEACONFIRE_CRASH_AT=k` aborts the process right after its k-th durable write: crash tests restart it then.
fn crash_on_purpose() -> Result<(), String> {
    let Some(k) = std::env::var_os("BEACONFIRE_CRASH_AT") else { return Ok(()) };
    let k = k.to_str().and_then(|k| k.parse().ok());
    let k = k.ok_or("use BEACONFIRE_CRASH_AT: write the number of a durable write, or take it out")?;
    beaconfire_store::durable::set_crash_at(k);
    Ok(())
}

/// What goes wrong while it runs, on stderr; `BEACONFIRE_LOG` chooses, as in `info` or `beaconfire_flow=debug`.
fn log_to_stderr() {
    let filter = tracing_subscriber::EnvFilter::try_from_env("BEACONFIRE_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("warn"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
}
