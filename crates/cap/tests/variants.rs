//! For every rule one-change variants of real messages: at least three that break it, and two that look alike and are
//! fine. None may be judged wrongly.

#[path = "variants/cases/mod.rs"]
mod cases;
#[path = "variants/edit.rs"]
mod edit;

use std::collections::HashMap;

use beaconfire_cap::rule::{self, Basis};
use beaconfire_cap::{Finding, FindingSeverity, Limits, Version, check_geometry, read};
use cases::{Case, cases};

/// Real messages on which one change is tried.
const MESSAGES: usize = 12;

/// Rules of which there is a limit to try, not a change: `tests/hostile.rs` has them. A list with a quote in an item
/// can only be a model.
const NOT_HERE: &[&str] = &["list-item", "polygon-large"];

/// Rules on other forms than XML: `tests/json.rs` and the list itself have them.
const OTHER_FORMS: &str = "Other forms";

#[test]
fn no_variant_is_judged_wrongly() {
    let messages = messages();
    let mut wrong = Vec::new();
    let mut tried: HashMap<&str, (usize, usize)> = HashMap::new();
    // Without the feature there is no hash to compare with.
    for Case { rule: id, bad, good } in
        cases().filter(|case| cfg!(feature = "sign") || case.rule != "digest-mismatch")
    {
        let rule = rule::find(id).unwrap_or_else(|| panic!("there is no rule {id}"));
        assert!(bad.len() >= 3 && good.len() >= 2, "{id}: {} bad and {} good ones", bad.len(), good.len());
        for (edits, broken) in [(bad, true), (good, false)] {
            for edit in *edits {
                // What breaks the rule as it is shows nothing.
                let clean = messages.iter().filter(|(_, rules)| !rules.iter().any(|rule| rule == id));
                let changed = clean.filter_map(|(text, _)| edit.apply(text)).take(MESSAGES);
                let mut count = 0;
                for text in changed {
                    count += 1;
                    let findings = findings(&text);
                    let hit = findings.iter().any(|f| f.rule == *id && f.severity == rule.severity);
                    let strict = findings.iter().all(|f| f.severity != FindingSeverity::Error);
                    let should = !(broken && rule.severity == FindingSeverity::Error);
                    if hit != broken || strict != should {
                        wrong.push(format!("{id} {edit:?}: broken {broken}, strict {should}: {findings:?}"));
                        break;
                    }
                }
                assert!(count > 0, "{id} {edit:?} fits no message");
                let entry = tried.entry(id).or_default();
                *(if broken { &mut entry.0 } else { &mut entry.1 }) += count;
            }
        }
    }
    let (bad, good) = tried.values().fold((0, 0), |sum, n| (sum.0 + n.0, sum.1 + n.1));
    eprintln!(
        "variants: {} rules, {bad} that break one, {good} that look alike, {} messages",
        tried.len(),
        messages.len()
    );
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn every_rule_has_its_variants() {
    let missing: Vec<&str> = rule::GROUPS
        .iter()
        .filter(|(group, _)| *group != OTHER_FORMS)
        .flat_map(|(_, rules)| *rules)
        .filter(|rule| rule.basis != Basis::Limit && !NOT_HERE.contains(&rule.id))
        .filter(|rule| !cases().any(|case| case.rule == rule.id))
        .map(|rule| rule.id)
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
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

/// The base message, and real ones that are strict and of CAP 1.2, where they are.
fn messages() -> Vec<(String, Vec<String>)> {
    let mut all = vec![(rule::base(Version::V1_2).to_owned(), Vec::new())];
    let Some(data) = std::env::var_os("BEACONFIRE_REFERENCE_DATA") else {
        eprintln!("skipped: variants of real messages: BEACONFIRE_REFERENCE_DATA is not set");
        return all;
    };
    let folder = std::path::Path::new(&data).join("cap/messages");
    let mut files: Vec<_> =
        std::fs::read_dir(folder).expect("the corpus").map(|e| e.expect("a file").path()).collect();
    files.sort();
    for file in files {
        let Ok(text) = String::from_utf8(std::fs::read(file).expect("a message")) else { continue };
        let Ok(document) = read(text.as_bytes(), &Limits::default()) else { continue };
        let fits =
            |m: &beaconfire_cap::Message| m.strict() && m.version == Version::V1_2 && m.foreign.is_empty();
        if text.len() < 64 << 10 && document.messages.iter().all(fits) && !document.messages.is_empty() {
            let rules = findings(&text).iter().map(|f| f.rule.to_string()).collect();
            all.push((text, rules));
        }
    }
    all
}
