//! `beaconfire geocodes`: tables of what geocodes stand for, made from public files, listed and looked up.

mod compare;
mod csv_rows;
mod geojson;
mod import;
mod rows;
mod show;

use super::Answer;
use std::path::PathBuf;

/// Works with tables of geocodes: counties, forecast zones, provinces by their codes.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  beaconfire geocodes list
  beaconfire geocodes show UGC TXZ213
  beaconfire geocodes import --scheme UGC --licence \"public domain\" --resolution-m 100 --out zones.geocodes zones.geojson")]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    Import(Box<import::Args>),
    /// Looks a code up and says what it stands for at a time.
    #[command(after_help = "\
Schemes and codes may be spelled as they occur in messages. A code that stands for a place is yes; one that is unknown,
retired, or not valid yet is no.

Exit status: 0 a place; 1 none; 2 a table cannot be read.

Examples:
  beaconfire geocodes show SAME 048453
  beaconfire geocodes show NUTS3 AT331 --at 2024-05-01T00:00:00Z
  beaconfire geocodes show --table own.geocodes profile:CAP-CP:Location:0.3 3506008 --geojson")]
    Show {
        /// The scheme: a geocode's `valueName`.
        #[arg(value_name = "SCHEME")]
        scheme: String,
        /// The code: its `value`.
        #[arg(value_name = "CODE")]
        code: String,
        /// A table beside the built-in ones, which counts before them; may be given several times.
        #[arg(long = "table", value_name = "FILE")]
        tables: Vec<PathBuf>,
        /// The built-in tables are not used.
        #[arg(long)]
        no_built_in: bool,
        /// As of this time; now where it is left out.
        #[arg(long, value_name = "TIME", value_parser = rows::moment)]
        at: Option<i64>,
        /// Prints the place as a GeoJSON feature.
        #[arg(long)]
        geojson: bool,
    },
    /// Tells, code by code, what a new table of a scheme changes: codes that come or go, names, ground lost and gained.
    #[command(after_help = "\
Exit status: 0 nothing differs; 1 something does; 2 a table cannot be read.

Examples:
  beaconfire geocodes compare zones-2025.geocodes zones-2026.geocodes
  beaconfire geocodes compare --least-km2 25 --at 2026-03-01T00:00:00Z old.geocodes new.geocodes")]
    Compare {
        /// The table in use.
        #[arg(value_name = "OLD")]
        old: PathBuf,
        /// The one that is to follow it.
        #[arg(value_name = "NEW")]
        new: PathBuf,
        /// As of this time; now where it is left out.
        #[arg(long, value_name = "TIME", value_parser = rows::moment)]
        at: Option<i64>,
        /// Changes of less ground than this, square kilometres, are not told.
        #[arg(long, value_name = "KM2", default_value_t = 1.0)]
        least_km2: f64,
    },
    /// Lists tables: scheme, codes, bytes, how exact, licence, title.
    #[command(after_help = "\
Exit status: 0 done; 2 a table cannot be read.

Examples:
  beaconfire geocodes list
  beaconfire geocodes list own.geocodes")]
    List {
        /// Tables; the built-in ones where none is named.
        #[arg(value_name = "FILE")]
        files: Vec<PathBuf>,
    },
}

impl Args {
    pub(super) fn run(self) -> anyhow::Result<Answer> {
        match self.command {
            Command::Import(args) => args.run(),
            Command::Show { scheme, code, tables, no_built_in, at, geojson } => {
                let registry = show::registry(&tables, !no_built_in)?;
                show::show(&registry, &scheme, &code, at.unwrap_or_else(now), geojson)
            }
            Command::Compare { old, new, at, least_km2 } => {
                compare::compare(&old, &new, at.unwrap_or_else(now), least_km2)
            }
            Command::List { files } => show::list(&files),
        }
    }
}

fn now() -> i64 {
    jiff::Timestamp::now().as_second()
}
