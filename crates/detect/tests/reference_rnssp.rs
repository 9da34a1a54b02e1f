//! The methods of R Rnssp in compat mode against its stored answers.
#![allow(clippy::unwrap_used)]

mod stored;

use stored::{Differences, Stored, folder};

/// Every record of a function, in all its columns.
fn check(detector: &str, records: usize) {
    let Some(folder) = folder(detector) else { return };
    let mut stored = Stored::read(folder, "manifest_rnssp.json");
    let mut differences = Differences::default();
    let all = stored.of(detector);
    assert_eq!(all.len(), records);
    for record in &all {
        stored.compare(record, detector, |_| {}, &mut differences);
    }
    differences.close(detector, 1e-9);
}

#[test]
fn compat_ewma_agrees_with_every_stored_answer_of_the_reference() {
    check("alert_ewma", 3);
}

#[test]
fn compat_regression_agrees_with_every_stored_answer_of_the_reference() {
    check("alert_regression", 3);
}

#[test]
fn compat_switch_agrees_with_every_stored_answer_of_the_reference() {
    check("alert_switch", 3);
}

#[test]
fn compat_negative_binomial_regression_agrees_with_every_stored_answer_of_the_reference() {
    check("alert_nbinom", 2);
}

#[test]
fn compat_serfling_agrees_with_every_stored_answer_of_the_reference() {
    check("alert_serfling", 1);
}

#[test]
fn compat_farrington_of_rnssp_agrees_with_every_stored_answer_of_the_reference() {
    check("alert_farrington", 2);
}
