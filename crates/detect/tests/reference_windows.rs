//! RKI, Bayes, CDC and EARS in compat mode against the stored answers of R surveillance.
#![allow(clippy::unwrap_used)]

mod stored;

use stored::{Differences, Stored, folder};

/// Every record of a function, in all its columns.
fn check(detector: &str, records: usize, at_least: usize) {
    let Some(folder) = folder(detector) else { return };
    let mut stored = Stored::read(folder, "manifest.json");
    let mut differences = Differences::default();
    let all = stored.of(detector);
    assert_eq!(all.len(), records);
    let rows: usize =
        all.iter().map(|record| stored.compare(record, detector, |_| {}, &mut differences)).sum();
    assert!(rows >= at_least, "only {rows} rows were compared");
    differences.close(detector, 1e-9);
}

#[test]
fn compat_rki_agrees_with_every_stored_answer_of_the_reference() {
    check("rki", 28, 6_000);
}

#[test]
fn compat_ears_over_whole_series_agrees_with_every_stored_answer_of_the_reference() {
    check("earsC", 79, 15_000);
}

#[test]
fn compat_cdc_agrees_with_every_stored_answer_of_the_reference() {
    check("cdc", 3, 160);
}

#[test]
fn compat_bayes_agrees_with_every_stored_answer_of_the_reference() {
    check("bayes", 35, 6_000);
}
