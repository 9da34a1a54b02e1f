//! The built-in packs keep their own word: every example, and every message of the reference corpus.
#![cfg(feature = "profile")]

use std::collections::{BTreeMap, BTreeSet};

use beaconfire_cap::profile::{AreaSemantics, Profile, page};
use beaconfire_cap::{FindingSeverity, Limits, Message, read};

#[test]
fn every_example_of_every_pack_does_what_it_says() {
    let mut wrong = Vec::new();
    for profile in Profile::built_in() {
        wrong.extend(profile.prove().into_iter().map(|error| format!("{}: {error}", profile.id())));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_rule_has_three_changes_that_break_it_and_two_that_look_alike() {
    let mut wrong = Vec::new();
    for profile in Profile::built_in() {
        for rule in profile.rules() {
            let name = format!("{}:{}", profile.id(), rule.id());
            let (good, bad) = rule.examples();
            if good.len() < 2 || bad.len() < 3 {
                wrong.push(format!("{name}: {} good and {} bad ones", good.len(), bad.len()));
            }
            if rule.words().ends_with('.') {
                wrong.push(format!("{name}: the page sets the full stop"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_page_has_every_rule() {
    let page = page();
    for profile in Profile::built_in() {
        for rule in profile.rules() {
            let heading = format!("### `{}:{}` ({})", profile.id(), rule.id(), rule.severity());
            assert!(page.contains(&heading), "{heading}");
        }
    }
    assert!(page.contains("\n\\<expires> is missing; say when the alert ends.\n"), "elements are not HTML");
}

/// How many messages of the reference data claim a profile, how many of them conform, and what stands against the
/// rest: profile, issuer, claiming, conforming, rules of severity error that speak.
const CONFORMING: &[(&str, &str, usize, usize, &str)] = &[
    ("cap-au", "bom.gov.au", 1, 1, ""),
    ("cap-au", "rfs.nsw.gov.au", 63, 63, ""),
    ("cap-cp", "canada.ca", 7, 7, ""),
    ("cap-cp", "ec.gc.ca", 4, 4, ""),
    // The code was copied from a Canadian message; the content is Swedish.
    ("cap-cp", "krisinformation.se", 1, 0, "event-code location"),
    // Of CAP-CP 0.3.
    ("cap-cp", "ottawa.netalerts.ca", 2, 0, "code event-code location"),
    ("ipaws", "309104501346800", 1, 1, ""),
    ("ipaws", "402013233923688", 1, 1, ""),
    ("ipaws", "482277582702553", 1, 1, ""),
    ("ipaws", "airnow.gov", 2, 2, ""),
    // Cancels without <info>, which the profile's schema demands.
    ("ipaws", "athoc", 1, 0, "info"),
    ("ipaws", "cisn.org", 1, 1, ""),
    ("ipaws", "dps.state.nv.us", 1, 0, "info"),
    ("ipaws", "earthquake.usgs.gov", 6, 6, ""),
    ("ipaws", "fema.dhs.gov", 1, 1, ""),
    // Tsunami information without a SAME code, and a message whose blocks bear different codes.
    ("ipaws", "noaa.gov", 9, 6, "event-code same-event"),
    // Severe beside a yellow level.
    ("meteoalarm", "ims.gov.il", 1, 0, "level-severity"),
    ("meteoalarm", "met.ie", 1, 1, ""),
    ("meteoalarm", "zamg.ac.at", 1, 1, ""),
    // Active and ended parts of the area in one message.
    ("wmo", "canada.ca", 8, 7, "same"),
    // The arc of authorities, 2.49.0.0, where that of alerts, 2.49.0.1, belongs; so below.
    ("wmo", "dwd.de", 1, 0, "oid-arc"),
    ("wmo", "ec.gc.ca", 5, 5, ""),
    ("wmo", "gmail.com", 1, 1, ""),
    ("wmo", "ims.gov.il", 1, 0, "oid-arc"),
    ("wmo", "met.ie", 1, 1, ""),
    ("wmo", "meteo.gov.sc", 8, 0, "oid-arc"),
    ("wmo", "noaa.gov", 4, 4, ""),
    ("wmo", "zamg.ac.at", 1, 0, "oid-arc"),
];

#[test]
fn messages_that_claim_a_profile_conform_or_it_is_known_why_not() {
    let Some(data) = std::env::var_os("BEACONFIRE_REFERENCE_DATA") else {
        eprintln!("skipped: profiles over the CAP corpus: BEACONFIRE_REFERENCE_DATA is not set");
        return;
    };
    let mut table: BTreeMap<(&str, String), (usize, usize, BTreeSet<String>)> = BTreeMap::new();
    for folder in ["cap/messages", "cap/feeds", "feeds/cap-issuers", "feeds/meteoalarm"] {
        let folder = std::path::Path::new(&data).join(folder);
        for entry in std::fs::read_dir(folder).expect("the reference data has the folder") {
            let bytes = std::fs::read(entry.expect("an entry").path()).expect("a file");
            let Ok(document) = read(&bytes, &Limits::default()) else { continue };
            for Message { alert, .. } in &document.messages {
                for profile in Profile::built_in().iter().filter(|p| p.claimed_by(alert)) {
                    let findings = profile.check(alert);
                    let row = table.entry((profile.id(), issuer(&alert.sender))).or_default();
                    row.0 += 1;
                    row.1 += usize::from(Profile::conforms(&findings));
                    let errors = findings.iter().filter(|f| f.severity == FindingSeverity::Error);
                    row.2.extend(errors.map(|f| f.rule.split_once(':').expect("profile:rule").1.to_owned()));
                }
            }
        }
    }
    let found: Vec<String> = table
        .iter()
        .map(|((profile, issuer), (claim, conform, rules))| {
            let rules: Vec<&str> = rules.iter().map(String::as_str).collect();
            format!("(\"{profile}\", \"{issuer}\", {claim}, {conform}, \"{}\"),", rules.join(" "))
        })
        .collect();
    let held: Vec<String> = CONFORMING
        .iter()
        .map(|(profile, issuer, claim, conform, rules)| {
            format!("(\"{profile}\", \"{issuer}\", {claim}, {conform}, \"{rules}\"),")
        })
        .collect();
    assert_eq!(found, held, "the table should be\n{}", found.join("\n"));
}

/// The sender's domain, or the sender.
fn issuer(sender: &str) -> String {
    let sender = sender.rsplit('@').next().unwrap_or(sender);
    let sender = sender.rsplit("://").next().unwrap_or(sender);
    sender.split('/').next().unwrap_or(sender).trim_start_matches("www.").to_lowercase()
}

#[test]
fn packs_say_what_areas_mean() {
    let semantics = |id| Profile::named(id).map(Profile::area_semantics);
    for exact in ["cap-cp", "cap-au"] {
        assert_eq!(semantics(exact), Some(AreaSemantics::ExactShape));
    }
    for union in ["ipaws", "meteoalarm", "wmo", "google"] {
        assert_eq!(semantics(union), Some(AreaSemantics::Union));
    }
    assert_eq!(semantics("town"), None);
}
