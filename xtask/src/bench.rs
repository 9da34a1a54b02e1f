//! `cargo xtask bench NAME`: what the platform does in a second, next to others in the same run.

pub mod cap;
pub mod detect;
pub mod river;

use anyhow::{Context, Result, bail};

/// How often and how long a race is run.
struct Laps {
    runs: usize,
    /// CPU seconds of one run.
    seconds: f64,
}

impl Laps {
    /// Takes `--runs` and `--seconds` of a bench over its usual ones.
    fn read(mut self, bench: &str, args: &[&str]) -> Result<Self> {
        let mut args = args.iter();
        while let Some(arg) = args.next() {
            let value = *args.next().with_context(|| format!("read {arg}: a value must follow"))?;
            let wrong = || format!("read {arg}: `{value}` is no number");
            match *arg {
                "--runs" => self.runs = value.parse::<usize>().with_context(wrong)?.max(1),
                "--seconds" => self.seconds = value.parse::<f64>().with_context(wrong)?.clamp(0.01, 3_600.0),
                other => bail!("read the options of `bench {bench}`: there is no {other}"),
            }
        }
        Ok(self)
    }
}

/// Prints whether a bar is held, with the figures that tell; answers it.
fn bar(held: bool, words: &str) -> bool {
    println!("{}  {words}", if held { "held  " } else { "MISSED" });
    held
}
