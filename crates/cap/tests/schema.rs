//! What is written passes the official schema of CAP 1.2, as xmllint sees it.
#![expect(clippy::disallowed_types, reason = "the judge is another program")]

mod common;

use std::path::{Path, PathBuf};
use std::process::Command;

use beaconfire_cap::{
    Alert, Circle, FindingSeverity, Limits, Named, Position, Resource, WriteOptions, check, fix, read, write,
    write_with,
};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

#[test]
fn random_alerts_pass_the_official_schema() {
    let Some(schema) = schema() else { return };
    let mut runner = TestRunner::deterministic();
    let mut texts = Vec::new();
    for decimals in (0..7).cycle().take(400) {
        let alert = common::alert().new_tree(&mut runner).unwrap().current();
        texts.push(write(&alert).unwrap());
        let options = WriteOptions { decimals: Some(decimals) };
        let written = write_with(&alert, &options).unwrap();
        assert!(read(written.xml.as_bytes(), &Limits::default()).unwrap().messages[0].strict());
        texts.push(written.xml);
    }
    validate(&schema, "random", &texts);
}

#[test]
fn whatever_the_types_allow_is_refused_or_passes_the_official_schema_and_reads_back() {
    let schema = schema();
    let mut runner = TestRunner::deterministic();
    let (mut texts, mut refused) = (Vec::new(), 0);
    for _ in 0..3000 {
        let alert = wild().new_tree(&mut runner).unwrap().current();
        let xml = match write(&alert) {
            Ok(xml) => xml,
            Err(findings) => {
                assert!(findings.iter().any(|f| f.severity == FindingSeverity::Error));
                refused += 1;
                continue;
            }
        };
        let again = read(xml.as_bytes(), &Limits::default()).unwrap().messages.remove(0);
        assert!(again.strict(), "{:?}\n{xml}", again.findings);
        assert_eq!(write(&again.alert).as_ref(), Ok(&xml));
        texts.push(xml);
    }
    eprintln!("wild alerts: {} written, {refused} refused", texts.len());
    assert!(texts.len() > 500 && refused > 500);
    if let Some(schema) = schema {
        validate(&schema, "wild", &texts);
    }
}

/// A conformant alert in which some things are anything that the types allow.
fn wild() -> impl Strategy<Value = Alert> {
    let text = prop_oneof![any::<String>(), "[ a-z:/%#@\\[\\]?&<0-9_-]{0,12}", "[a-zA-Z_-]{0,10}"];
    let change = (0..26_u8, text, any::<f64>(), -200.0..200.0);
    (common::alert(), vec(change, 1..3)).prop_map(|(mut alert, changes)| {
        for (which, text, number, degrees) in changes {
            break_in(&mut alert, which, text, number, degrees);
        }
        alert
    })
}

fn break_in(alert: &mut Alert, which: u8, text: String, number: f64, degrees: f64) {
    match which {
        0 => alert.identifier = text,
        1 => alert.sender = text,
        2 => alert.source = Some(text),
        3 => alert.restriction = Some(text),
        4 => alert.addresses.push(text),
        5 => alert.codes.push(text),
        6 => alert.note = Some(text),
        7 => alert.references.iter_mut().for_each(|r| r.identifier = text.clone()),
        8 => alert.incidents.push(text),
        9 => alert.references.clear(),
        10 => alert.addresses.clear(),
        _ => {
            let Some(info) = alert.infos.first_mut() else { return };
            let named = Named::new(&text, &text);
            let area = info.areas.first_mut();
            match (which, area) {
                (11, _) => info.language = Some(text),
                (12, _) => info.event = text,
                (13, _) => info.web = Some(text),
                (14, _) => info.parameters.push(named),
                (15, _) => info.event_codes.push(named),
                (16, _) => info.categories.clear(),
                (17, _) => info.headline = Some(text),
                (18, _) => info.resources.push(Resource {
                    description: text.clone(),
                    mime_type: text.clone(),
                    size: Some(u64::MAX),
                    uri: Some(text.clone()),
                    deref_uri: Some(text.clone()),
                    digest: Some(text),
                }),
                (19, Some(area)) => area.description = text,
                (20, Some(area)) => area.geocodes.push(named),
                (21, Some(area)) => area.altitude = Some(number),
                (22, Some(area)) => (area.altitude, area.ceiling) = (None, Some(degrees)),
                (23, Some(area)) => {
                    let center = Position { lat: degrees / 2.0, lon: degrees };
                    area.circles.push(Circle { center, radius_km: number });
                }
                (24, Some(area)) => {
                    area.polygons.iter_mut().flatten().for_each(|p| p.lat = number);
                }
                (_, Some(area)) => {
                    let corner = Position { lat: degrees, lon: degrees * 1.2 };
                    area.polygons.push(vec![corner; 3]);
                    area.polygons.iter_mut().for_each(|ring| ring.push(corner));
                }
                _ => {}
            }
        }
    }
}

#[test]
fn what_was_read_of_the_corpus_is_written_so_that_the_official_schema_takes_it() {
    let Some(schema) = schema() else { return };
    let (mut texts, mut refused) = (Vec::new(), 0);
    for (_, message) in messages(&schema) {
        let Ok(text) = write(&message.alert) else {
            refused += 1;
            continue;
        };
        let again = read(text.as_bytes(), &Limits::default()).unwrap();
        assert_eq!(again.messages[0].alert, message.alert);
        texts.push(text);
    }
    eprintln!("corpus: {} alerts written as CAP 1.2, {refused} refused", texts.len());
    assert!(texts.len() >= 230, "{}", texts.len());
    validate(&schema, "corpus", &texts);
}

#[test]
fn every_usable_message_of_the_corpus_is_mended_for_the_official_schema_or_needs_a_person() {
    let Some(schema) = schema() else { return };
    let (mut texts, mut open) = (Vec::new(), Vec::new());
    for (file, message) in messages(&schema) {
        let fixed = fix(&message);
        match fixed.xml {
            Ok(xml) => {
                let again = read(xml.as_bytes(), &Limits::default()).unwrap().messages.remove(0);
                assert!(again.strict(), "{file}: {:?}", again.findings);
                let twice = fix(&again);
                assert_eq!(twice.xml.as_ref(), Ok(&xml), "{file}");
                assert_eq!(twice.changes, [], "{file}");
                if !message.strict() {
                    assert!(!fixed.changes.is_empty(), "{file}: {:?}", message.findings);
                }
                texts.push(xml);
            }
            Err(findings) => {
                assert!(
                    findings.iter().any(|f| f.severity == FindingSeverity::Error),
                    "{file}: {findings:?}"
                );
                let why = findings.iter().map(|f| format!("{} {}", f.rule, f.path));
                open.push(format!("{file}: {}", why.collect::<Vec<_>>().join(", ")));
            }
        }
    }
    eprintln!("corpus: {} messages mended, {} need a person:\n{}", texts.len(), open.len(), open.join("\n"));
    assert!(texts.len() >= 230, "{}", texts.len());
    validate(&schema, "mended", &texts);
}

#[test]
fn earlier_versions_of_the_corpus_are_converted() {
    let Some(schema) = schema() else { return };
    let mut table = std::collections::BTreeMap::new();
    for (file, message) in messages(&schema) {
        let converted = beaconfire_cap::to_1_2(&message);
        let needed =
            converted.changes.iter().filter(|c| c.kind == beaconfire_cap::ChangeKind::Needed).count();
        assert_eq!(needed == 0, write(&converted.alert).is_ok(), "{file}");
        let row: &mut [usize; 2] = table.entry(message.version).or_default();
        row[usize::from(needed > 0)] += 1;
        assert_eq!(check(&converted.alert), check(&beaconfire_cap::to_1_2(&message).alert));
    }
    eprintln!("version | converted | needs a person");
    for (version, [done, needed]) in table {
        eprintln!("{version} | {done} | {needed}");
    }
}

/// Every message of the corpus that can be used, with the file it stands in.
fn messages(schema: &Path) -> Vec<(String, beaconfire_cap::Message)> {
    let corpus = schema.parent().and_then(Path::parent).expect("the schema lies in the corpus");
    let mut messages = Vec::new();
    for folder in ["messages", "feeds", "malformed"] {
        let mut files: Vec<PathBuf> = std::fs::read_dir(corpus.join(folder))
            .expect("a folder")
            .map(|f| f.expect("a file").path())
            .collect();
        files.sort();
        for file in files {
            let Ok(document) = read(&std::fs::read(&file).expect("a file"), &Limits::default()) else {
                continue;
            };
            let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
            messages.extend(document.messages.into_iter().map(|message| (name.clone(), message)));
        }
    }
    messages
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

/// Lets xmllint judge all texts in one call for every few hundred.
fn validate(schema: &Path, what: &str, texts: &[String]) {
    let folder = tempfile::tempdir().expect("a folder for files");
    for (batch, texts) in texts.chunks(400).enumerate() {
        let files: Vec<PathBuf> =
            (0..texts.len()).map(|n| folder.path().join(format!("{batch}-{n}.xml"))).collect();
        for (file, text) in files.iter().zip(texts) {
            write_file(file, text);
        }
        let mut command = Command::new("xmllint");
        command.args(["--noout", "--nonet", "--huge", "--schema"]).arg(schema).args(&files);
        let output = command.output().expect("xmllint runs");
        let errors = String::from_utf8_lossy(&output.stderr);
        let bad: Vec<&str> = errors.lines().filter(|line| !line.ends_with(" validates")).collect();
        assert!(output.status.success() && bad.is_empty(), "{what}: {}", bad[..bad.len().min(5)].join("\n"));
    }
}

#[expect(clippy::disallowed_methods, reason = "files for the other program")]
fn write_file(file: &Path, text: &str) {
    std::fs::write(file, text).expect("the folder can be written to");
}
