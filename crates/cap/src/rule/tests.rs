//! Every rule fires on its bad examples, is still on its good ones, and the list is sound.

use super::*;
use crate::{Finding, Limits, check_geometry, read};
use std::collections::HashSet;

/// Rules whose cases are too large to stand in a list, or that only a model can break; their tests are in
/// `tests/hostile.rs`, `tests/roundtrip.rs`, `tests/tolerant.rs` and those of the other forms.
const TESTED_ELSEWHERE: &[&str] = &[
    "too-large",
    "too-deep",
    "too-many",
    "too-many-elements",
    "more-findings",
    "text-too-long",
    "list-item",
    "polygon-large",
    "too-many-positions",
    "json",
    "member-type",
    "member-moved",
    "feature-missing",
    "feature-number",
    "feature-differs",
    "geometry",
    "polygon-hole",
    "polygon-precision",
];

#[test]
fn ids_are_unique_and_every_rule_has_an_example() {
    let mut ids = HashSet::new();
    for rule in rules() {
        assert!(ids.insert(rule.id), "{} stands twice", rule.id);
        assert!(rule.id.bytes().all(|b| b.is_ascii_lowercase() || b == b'-'), "{}", rule.id);
        assert!(!rule.says.ends_with('.') && !rule.clause.is_empty(), "{}", rule.id);
        assert_eq!(rule.examples.is_empty(), TESTED_ELSEWHERE.contains(&rule.id), "{}", rule.id);
    }
}

#[test]
fn the_base_messages_have_no_findings() {
    for version in [Version::V1_0, Version::V1_1, Version::V1_2] {
        let findings: Vec<Finding> = findings(base(version));
        let findings: Vec<_> = findings.iter().filter(|f| f.rule != "reference-form").collect();
        assert!(findings.is_empty(), "{version}: {findings:?}");
    }
}

#[test]
fn bad_examples_break_their_rule_and_good_ones_do_not() {
    let mut wrong = Vec::new();
    // Without the feature there is no hash to compare with.
    for rule in rules().filter(|rule| cfg!(feature = "sign") || rule.id != "digest-mismatch") {
        for example in rule.examples {
            for (text, broken) in [(example.good, false), (example.bad, true)] {
                let found = findings(&changed(example, text));
                let hits: Vec<_> = found.iter().filter(|f| f.rule == rule.id).collect();
                let heavy = hits.iter().any(|f| f.severity == rule.severity);
                let light = example.version < Version::V1_2 && !hits.is_empty();
                if broken != (heavy || light) {
                    wrong.push(format!("{} {text:?} (broken {broken}): {found:?}", rule.id));
                }
                // What is fine may break no rule of the standard at all.
                if !broken && found.iter().any(|f| f.severity == FindingSeverity::Error) {
                    wrong.push(format!("{} {text:?} should be fine: {found:?}", rule.id));
                }
                let unplaced = found.iter().filter(|f| f.line == 0 && f.rule != "polygon-crossing");
                wrong.extend(unplaced.map(|f| format!("{} {text:?}: no place: {f}", rule.id)));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_page_names_every_rule() {
    let page = page();
    for rule in rules() {
        assert!(page.contains(&format!("### `{}`", rule.id)), "{}", rule.id);
    }
}

fn changed(example: &Example, text: &str) -> String {
    if example.part.is_empty() {
        return text.to_owned();
    }
    let base = base(example.version);
    assert!(base.contains(example.part), "{:?} is no part of the base message", example.part);
    base.replacen(example.part, text, 1)
}

fn findings(text: &str) -> Vec<Finding> {
    match read(text.as_bytes(), &Limits::default()) {
        Ok(document) => {
            let mut findings = Vec::new();
            for message in document.messages {
                findings.extend(check_geometry(&message.alert));
                findings.extend(message.findings);
            }
            findings.extend(document.rejected.into_iter().flat_map(|rejected| rejected.findings));
            findings
        }
        Err(error) => vec![error.finding()],
    }
}
