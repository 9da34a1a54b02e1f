//! `cargo xtask`: the developer's tasks, one module each.

use std::process::ExitCode;

const HELP: &str = "\
cargo xtask TASK

  test [--quick]          format, lints, build, tests, doctests, browser tests
  bless                   writes the generated files under docs/ anew
  bench river             intake and judging speed against bare SQLite
                          (--series, --batch, --rounds, --seconds, --connections, --binary FILE)
  bench cap               reading CAP against libxml2 with the schemas and other readers
                          (--runs N, --seconds S; needs BEACONFIRE_REFERENCE_DATA)
  bench detect            judging whole series against R surveillance
                          (--runs N, --seconds S)
  agree detect            holds random records of every method against R surveillance
                          (--records N, --seed S, --method M, --jobs N, --binary FILE,
                          --rnssp DIR: a checkout of Rnssp, held against too)
  crash [--values N] [--from K] [--kills N] [--seed N] [--jobs N] [--binary FILE] [--all]
                          aborts and kills the demo, and holds what it then ends in
  fuzz [TARGET ...] [--minutes N] [--jobs N]
                          fuzzes the readers of foreign bytes, 15 core-minutes each, and keeps
                          what reached something new (needs nightly and cargo-fuzz)
";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    let outcome = match words.as_slice() {
        ["test", rest @ ..] => xtask::suite::main(rest),
        ["bench", "river", rest @ ..] => xtask::bench::river::main(rest),
        ["bench", "cap", rest @ ..] => xtask::bench::cap::main(rest),
        ["bench", "detect", rest @ ..] => xtask::bench::detect::main(rest),
        ["agree", "detect", rest @ ..] => xtask::agree::main(rest),
        ["crash", rest @ ..] => xtask::crash::main(rest),
        ["fuzz", rest @ ..] => xtask::fuzz::main(rest),
        ["bless"] => xtask::bless::main(),
        [] | ["help" | "-h" | "--help"] => {
            print!("{HELP}");
            Ok(true)
        }
        _ => {
            eprint!("no task is called `{}`\n\n{HELP}", words.join(" "));
            return ExitCode::from(2);
        }
    };
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(e) => {
            eprintln!("xtask: failed to {e:#}");
            ExitCode::from(2)
        }
    }
}
