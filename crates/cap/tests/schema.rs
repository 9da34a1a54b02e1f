//! What is written passes the official schema of CAP 1.2, as xmllint sees it.
#![expect(clippy::disallowed_types, reason = "the judge is another program")]

mod common;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use beaconfire_cap::{Limits, read, write};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;

#[test]
fn random_alerts_pass_the_official_schema() {
    let Some(schema) = schema() else { return };
    let mut runner = TestRunner::deterministic();
    for _ in 0..200 {
        let alert = common::alert().new_tree(&mut runner).unwrap().current();
        validate(&schema, &write(&alert).unwrap());
    }
}

#[test]
fn what_was_read_of_the_corpus_is_written_so_that_the_official_schema_takes_it() {
    let Some(schema) = schema() else { return };
    let corpus = schema.parent().and_then(Path::parent).unwrap();
    let (mut written, mut refused) = (0, 0);
    for folder in ["messages", "feeds"] {
        for file in std::fs::read_dir(corpus.join(folder)).unwrap() {
            let bytes = std::fs::read(file.unwrap().path()).unwrap();
            let Ok(document) = read(&bytes, &Limits::default()) else { continue };
            for message in document.messages {
                let Ok(text) = write(&message.alert) else {
                    refused += 1;
                    continue;
                };
                let again = read(text.as_bytes(), &Limits::default()).unwrap();
                assert_eq!(again.messages[0].alert, message.alert);
                validate(&schema, &text);
                written += 1;
            }
        }
    }
    eprintln!("corpus: {written} alerts written as CAP 1.2, {refused} refused");
    assert!(written >= 230, "{written}");
}

/// The official schema, if it and xmllint are there.
fn schema() -> Option<PathBuf> {
    let Some(data) = std::env::var_os("BEACONFIRE_REFERENCE_DATA") else {
        eprintln!("skipped: the official schema: BEACONFIRE_REFERENCE_DATA is not set");
        return None;
    };
    if Command::new("xmllint").arg("--version").output().is_err() {
        eprintln!("skipped: the official schema: xmllint is not installed");
        return None;
    }
    Some(PathBuf::from(data).join("cap/schema/CAP-v1.2.xsd"))
}

fn validate(schema: &Path, text: &str) {
    let mut command = Command::new("xmllint");
    command.args(["--noout", "--nonet", "--huge", "--schema"]).arg(schema).arg("-");
    let mut judge = command.stdin(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("xmllint runs");
    let mut input = judge.stdin.take().expect("stdin is piped");
    input.write_all(text.as_bytes()).expect("xmllint reads all");
    drop(input);
    let output = judge.wait_with_output().expect("xmllint ends");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}\n{text:.5000}", errors.lines().next().unwrap_or_default());
}
