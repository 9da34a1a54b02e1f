//! One-change variants of real messages, judged by the reader and by libxml2 with the official schemas: what the schema
//! refuses has a finding of a schema rule, and what it takes has none.
#![expect(
    clippy::disallowed_types,
    clippy::disallowed_methods,
    reason = "the judge is another program, which reads files"
)]

mod mutants;

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use beaconfire_cap::rule::{self, Basis};
use beaconfire_cap::{Finding, FindingSeverity, Limits, Version, read};
use mutants::{Mutant, mutants};

/// Messages longer than this are left out, and so many variants are made of each other one.
const MAX_BYTES: usize = 24 << 10;
const VARIANTS: usize = 40;

#[test]
fn variants_of_real_messages_are_judged_as_the_official_schemas_do() {
    let Some(corpus) = corpus() else { return };
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(corpus.join("messages")).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let mut all: Vec<Mutant> = Vec::new();
    for version in [Version::V1_0, Version::V1_1, Version::V1_2] {
        all.extend(mutants(rule::base(version), 4_000, 7));
    }
    for (seed, file) in files.iter().enumerate() {
        let bytes = std::fs::read(file).unwrap();
        let Ok(text) = String::from_utf8(bytes) else { continue };
        if text.len() <= MAX_BYTES && !text.contains("<!DOCTYPE") {
            all.extend(mutants(&text, VARIANTS, seed as u64));
        }
    }
    let mut wrong = Vec::new();
    let mut counts = [0usize; 2];
    for (version, schema) in
        [(Version::V1_0, "CAP-v1.0.xsd"), (Version::V1_1, "CAP-v1.1.xsd"), (Version::V1_2, "CAP-v1.2.xsd")]
    {
        let texts: Vec<&Mutant> = all.iter().filter(|m| version_of(&m.text) == version).collect();
        let valid = judge(&corpus.join("schema").join(schema), &texts);
        for (mutant, valid) in texts.iter().zip(valid) {
            // Where a time has no pattern libxml2 forgets to take off white space (XML Schema part 2, 4.3.6).
            if version < Version::V1_2 && mutant.pads_a_time {
                continue;
            }
            counts[usize::from(valid)] += 1;
            let findings = findings(&mutant.text);
            let schema_errors: Vec<&Finding> =
                findings.iter().filter(|f| is_schema_error(f, version)).collect();
            if valid != schema_errors.is_empty() {
                let first = schema_errors.first().map(|f| f.to_string()).unwrap_or_default();
                wrong.push(format!("{}: the schema says {valid}; here: {first}", mutant.what));
            }
        }
    }
    eprintln!("differential: {} variants the schemas take, {} they refuse", counts[1], counts[0]);
    assert!(counts[0] > 2_000 && counts[1] > 2_000);
    wrong.sort();
    wrong.dedup();
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong[..wrong.len().min(60)].join("\n"));
}

fn is_schema_error(finding: &Finding, version: Version) -> bool {
    if finding.severity != FindingSeverity::Error {
        return false;
    }
    match rule::find(&finding.rule).expect("every finding names a rule").basis {
        // The schemas before 1.2 take what their texts do not: a letter for the zone, or no zone.
        Basis::Schema => version == Version::V1_2 || !matches!(&*finding.rule, "time-letter" | "time-offset"),
        // What is left out by a limit was a fault of XML in these variants.
        Basis::Limit => true,
        Basis::Text | Basis::Implied | Basis::Practice => false,
    }
}

fn findings(text: &str) -> Vec<Finding> {
    match read(text.as_bytes(), &Limits::default()) {
        Ok(document) => {
            let read = document.messages.into_iter().flat_map(|m| m.findings);
            read.chain(document.rejected.into_iter().flat_map(|r| r.findings)).collect()
        }
        Err(error) => vec![error.finding()],
    }
}

fn version_of(text: &str) -> Version {
    match text {
        _ if text.contains("incident.com/cap/1.0") => Version::V1_0,
        _ if text.contains("emergency:cap:1.1") => Version::V1_1,
        _ => Version::V1_2,
    }
}

/// Which of the texts are valid.
fn judge(schema: &Path, texts: &[&Mutant]) -> Vec<bool> {
    let folder = std::env::temp_dir().join(format!("cap-differential-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder for the variants");
    let mut valid = Vec::new();
    for batch in texts.chunks(500) {
        let names: Vec<PathBuf> = (0..batch.len()).map(|n| folder.join(format!("{n}.xml"))).collect();
        for (mutant, name) in batch.iter().zip(&names) {
            std::fs::write(name, &mutant.text).expect("a variant is written");
        }
        let mut command = Command::new("xmllint");
        let output = command
            .args(["--noout", "--nonet", "--schema"])
            .arg(schema)
            .args(&names)
            .output()
            .expect("xmllint runs");
        let words = String::from_utf8_lossy(&output.stderr).into_owned();
        let taken: HashSet<&str> = words.lines().filter_map(|line| line.strip_suffix(" validates")).collect();
        valid.extend(names.iter().map(|name| taken.contains(name.to_str().expect("a path of ASCII"))));
    }
    std::fs::remove_dir_all(&folder).expect("the folder goes");
    valid
}

/// The reference corpus, if it and xmllint are there.
fn corpus() -> Option<PathBuf> {
    let Some(data) = std::env::var_os("BEACONFIRE_REFERENCE_DATA") else {
        eprintln!("skipped: variants against the official schemas: BEACONFIRE_REFERENCE_DATA is not set");
        return None;
    };
    if Command::new("xmllint").arg("--version").output().is_err() {
        eprintln!("skipped: variants against the official schemas: xmllint is not installed");
        return None;
    }
    Some(PathBuf::from(data).join("cap"))
}
