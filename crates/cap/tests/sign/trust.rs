//! Whom a signature is believed of.

use beaconfire_cap::sign::{AnchorError, Anchors, Flag, Integrity, Validity, Verdict, sign, verify};
use beaconfire_cap::{Limits, read};

use crate::{ALERT, SENDER, judge_by, pem, signed, signer};

fn anchors(sender: Option<&str>, names: &[&str]) -> Anchors {
    let mut anchors = Anchors::new();
    assert_eq!(anchors.add_pem(sender, &pem(names)), Ok(names.len()));
    anchors
}

/// The verdict on the alert signed with the P-256 key and these certificates.
fn with_chain(certificates: &[&str], anchors: &Anchors) -> Verdict {
    let xml = sign(ALERT, &signer("p256", certificates)).expect("the alert can be signed");
    let verdict = judge_by(xml.as_bytes(), anchors);
    assert_eq!(verdict.integrity, Integrity::Verified, "{certificates:?}: {}", verdict.reason);
    assert_eq!(verdict.anchored, verdict.anchor_reason.is_none());
    verdict
}

#[test]
fn the_certificate_itself_is_an_anchor_whatever_its_form() {
    // Version 1 without extensions (rsa, p384, ed25519), and an authority signing for itself (p256).
    for key in crate::KEYS {
        let verdict = judge_by(signed(key).as_bytes(), &anchors(None, &[key]));
        assert!(verdict.anchored, "{key}: {:?}", verdict.anchor_reason);
        let other = if key == "rsa" { "p256" } else { "rsa" };
        assert!(!judge_by(signed(key).as_bytes(), &anchors(None, &[other])).anchored, "{key}");
    }
}

#[test]
fn a_chain_leads_to_its_anchor() {
    let root = anchors(None, &["root"]);
    assert!(with_chain(&["leaf", "mid"], &root).anchored);
    assert!(with_chain(&["leaf", "mid", "root"], &root).anchored);
    assert!(with_chain(&["mail", "mid"], &root).anchored, "an unrelated purpose is no obstacle");
    assert!(with_chain(&["leaf"], &anchors(None, &["mid"])).anchored);
    assert!(with_chain(&["leaf"], &anchors(None, &["p384", "mid", "rsa"])).anchored);
}

#[test]
fn what_does_not_lead_there_is_not_anchored() {
    let root = anchors(None, &["root"]);
    for (chain, why) in [
        (&["leaf"][..], "an authority between is missing"),
        (&["forged", "forged-mid"], "the certificate between is no authority"),
        (&["deep", "deep-mid", "mid"], "the path is longer than allowed"),
        (&["twin", "root-twin"], "another key bears the name of the anchor"),
        (&["p256", "root"], "it was issued by itself"),
        (&["expired", "mid"], "it has expired"),
        (&["old", "root"], "a version that cannot be judged as part of a chain"),
    ] {
        let verdict = with_chain(chain, &root);
        assert!(!verdict.anchored, "{chain:?}: {why}");
        assert!(!verdict.anchor_reason.unwrap().is_empty());
    }
    // Pinned certificates of those who are no authority vouch for themselves only.
    assert!(!with_chain(&["forged"], &anchors(None, &["forged-mid"])).anchored);
    assert!(!with_chain(&["leaf", "mid"], &Anchors::new()).anchored);
}

#[test]
fn anchors_of_a_sender_count_for_it_alone_and_alone_for_it() {
    let chain = ["leaf", "mid"];
    assert!(with_chain(&chain, &anchors(Some(SENDER), &["root"])).anchored);
    assert!(!with_chain(&chain, &anchors(Some("other@example.org"), &["root"])).anchored);
    assert!(!with_chain(&chain, &anchors(Some("MET@example.org"), &["root"])).anchored);
    let mut both = anchors(None, &["root"]);
    both.add_pem(Some(SENDER), &pem(&["rsa"])).unwrap();
    assert!(!with_chain(&chain, &both).anchored, "trusted in general does not speak for this sender");
    assert!(!both.is_empty() && Anchors::new().is_empty());
}

#[test]
fn certificates_are_asked_at_receipt_or_for_archives_when_sent() {
    let limits = Limits::default();
    let at = |sent: &str, when: Validity| {
        let text = ALERT.replace("2026-11-21T17:00:00-00:00", sent);
        let xml = sign(&text, &signer("p256", &["expired", "mid"])).unwrap();
        let document = read(xml.as_bytes(), &limits).unwrap();
        verify(xml.as_bytes(), &document.messages[0], &anchors(None, &["root"]), when, &limits)
    };
    let live = |received: &str| Validity::Live { received: received.parse().unwrap() };
    let good = at("2026-09-01T00:00:00-00:00", live("2026-09-01T00:10:00Z"));
    assert!(good.anchored && !good.archive && good.flags.is_empty());
    assert_eq!(good.judged_at, Some("2026-09-01T00:10:00Z".parse().unwrap()));

    let archived = at("2026-09-01T00:00:00-00:00", Validity::Archive);
    assert!(archived.anchored && archived.archive);

    // Dated back into the validity of a key that has expired since: receipt decides.
    let back = at("2026-09-01T00:00:00-00:00", live("2026-11-01T00:00:00Z"));
    assert_eq!((back.integrity, back.anchored), (Integrity::Verified, false));
    assert_eq!(back.flags, [Flag::SentFar, Flag::OutsideValidity]);

    let far = at("2026-09-01T00:00:00-00:00", live("2026-09-03T00:00:00Z"));
    assert!(far.anchored);
    assert_eq!(far.flags, [Flag::SentFar]);
    let early = at("2025-12-31T23:59:59-00:00", live("2025-12-31T23:59:59Z"));
    assert!(!early.anchored && early.flags == [Flag::OutsideValidity]);
}

#[test]
fn a_broken_signature_is_never_anchored() {
    let xml = signed("p256").replace("Suva", "Nadi");
    let verdict = judge_by(xml.as_bytes(), &anchors(None, &["p256"]));
    assert_eq!((verdict.integrity, verdict.anchored), (Integrity::Broken, false));
    assert_eq!(verdict.anchor_reason, None);
}

#[test]
fn the_certificate_tells_about_itself() {
    let about = judge_by(signed("rsa").as_bytes(), &Anchors::new()).certificate.unwrap();
    assert_eq!(about.subject, "C=FJ, O=Example Met, CN=rsa.example");
    assert_eq!(about.subject, about.issuer);
    assert!(about.subject.contains("CN=rsa.example") && about.subject.contains("O=Example Met"));
    assert_eq!(about.not_before.to_string(), "2026-01-01T00:00:00Z");
    assert_eq!(about.not_after.to_string(), "2036-01-01T00:00:00Z");
}

#[test]
fn anchors_that_are_none_are_refused() {
    let mut anchors = Anchors::new();
    assert_eq!(anchors.add_pem(None, b""), Err(AnchorError::Empty));
    assert_eq!(anchors.add_pem(None, &pem(&["rsa.key"])), Err(AnchorError::Empty));
    let damaged = b"-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";
    assert_eq!(anchors.add_pem(None, damaged), Err(AnchorError::Certificate { number: 1 }));
    let cut = b"-----BEGIN CERTIFICATE-----\nMIIB\n";
    assert!(anchors.add_pem(None, cut).is_err());
    assert!(anchors.is_empty());
}
