//! How fast alerts are read: `throughput WORK LIST SECONDS`.
//!
//! `LIST` is a file with the path of one message a line. They are taken into memory, and the work is
//! done on all of them again and again until so many CPU seconds have passed (0: once). One line of
//! JSON says what was done; `cargo xtask bench cap` races it against other readers.

mod laps;

use std::process::ExitCode;

use beaconfire_cap::sign::{Anchors, Validity, Verifier};
use beaconfire_cap::{Document, Limits, check_geometry, read};

/// One message: whether it was accepted.
type Work = fn(&[u8]) -> bool;

/// What can be timed.
const WORKS: [(&str, Work); 3] = [("read", strict), ("geometry", geometry), ("signatures", signatures)];

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let outcome = match args.as_slice() {
        [name, list, seconds] => match WORKS.iter().find(|(work, _)| work == name) {
            Some((_, work)) => laps::run(list, seconds, work),
            None => Err(format!("find the work `{name}`")),
        },
        _ => Err("read the arguments: write WORK LIST SECONDS".to_owned()),
    };
    match outcome {
        Ok(line) => {
            println!("{line}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("throughput: failed to {error}");
            ExitCode::FAILURE
        }
    }
}

/// Types, schema, the rules of the prose and warnings, in one call.
fn strict(bytes: &[u8]) -> bool {
    accepted(bytes, |_, _| {})
}

/// All that, and the search for edges that cross.
fn geometry(bytes: &[u8]) -> bool {
    accepted(bytes, |document, _| {
        for message in &document.messages {
            std::hint::black_box(check_geometry(&message.alert));
        }
    })
}

/// All that [`strict`] does, and the judging of signatures; nobody is trusted.
fn signatures(bytes: &[u8]) -> bool {
    let anchors = Anchors::new();
    accepted(bytes, |document, limits| {
        let verifier = Verifier::new(bytes, limits);
        for message in &document.messages {
            std::hint::black_box(verifier.verify(message, &anchors, Validity::Archive));
        }
    })
}

fn accepted(bytes: &[u8], more: impl Fn(&Document, &Limits)) -> bool {
    let limits = Limits::default();
    read(bytes, &limits).is_ok_and(|document| {
        more(&document, &limits);
        let accepted = !document.messages.is_empty() && document.messages.iter().all(|m| m.strict());
        std::hint::black_box(document);
        accepted
    })
}
