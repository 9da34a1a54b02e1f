//! Targets of `cap`: messages in XML and JSON, packs of profiles, canonical XML, signatures, times.

use beaconfire_cap::profile::Profile;
use beaconfire_cap::sign::{self, Anchors, Form, Integrity, Validity, Verifier};
use beaconfire_cap::{Alert, CapTime, Limits};

use super::utf8;

/// A CAP document: limits hold, messages lie where they say, and what we write of one reads back to
/// the same text.
pub fn cap_read(data: &[u8]) {
    let limits = Limits { max_bytes: 1 << 20, max_alerts: 8, max_findings: 50, ..Limits::default() };
    let Ok(document) = beaconfire_cap::read(data, &limits) else { return };
    assert!(document.messages.len() <= limits.max_alerts, "more alerts than the limit");
    for message in &document.messages {
        assert!(data.get(message.bytes.clone()).is_some(), "the message lies outside the bytes");
        assert!(message.findings.len() <= limits.max_findings + 1, "more findings than the limit");
        let Ok(written) = beaconfire_cap::write(&message.alert) else { continue };
        let again = beaconfire_cap::read(written.as_bytes(), &Limits::default());
        let again = again.expect("what we write can be read");
        assert!(again.messages[0].strict(), "what we write conforms: {:?}", again.messages[0].findings);
        let rewritten = beaconfire_cap::write(&again.messages[0].alert).expect("and can be written again");
        assert_eq!(rewritten, written, "and is the same text again");
    }
}

/// Alerts in JSON: limits hold, messages lie where they say, and what is written of a conformant one in either form,
/// or mended, reads back as the same.
pub fn cap_json(data: &[u8]) {
    let limits = Limits { max_bytes: 1 << 20, max_alerts: 8, max_findings: 50, ..Limits::default() };
    let Ok(document) = beaconfire_cap::read(data, &limits) else { return };
    for message in &document.messages {
        assert!(data.get(message.bytes.clone()).is_some(), "the message lies outside the bytes");
        assert!(message.findings.len() <= limits.max_findings + 1, "more findings than the limit");
        let (alert, foreign) = (&message.alert, message.foreign.as_slice());
        let again = |text: &str| {
            let document = beaconfire_cap::read(text.as_bytes(), &Limits::default());
            document.expect("what we write can be read").messages.remove(0)
        };
        let geojson = beaconfire_cap::to_geojson([(alert, foreign)]);
        let fixed = beaconfire_cap::fix(message);
        if beaconfire_cap::write(alert).is_ok() {
            assert_eq!(&again(&beaconfire_cap::to_json(alert, foreign)).alert, alert, "as JSON");
            assert_eq!(&again(&geojson).alert, alert, "as GeoJSON");
        }
        if let Ok(xml) = fixed.xml {
            let mended = again(&xml);
            assert!(mended.strict(), "what was mended conforms: {:?}", mended.findings);
            let twice = beaconfire_cap::fix(&mended);
            assert_eq!(twice.xml.as_ref(), Ok(&xml), "and needs no mending");
        }
    }
}

/// What a writer makes of any message, in each form: it reads back strict and the same, and a rounded one still conforms.
pub fn cap_write(data: &[u8]) {
    let Some((&first, rest)) = data.split_first() else { return };
    let limits = Limits { max_bytes: 1 << 20, max_alerts: 8, max_findings: 50, ..Limits::default() };
    let Ok(document) = beaconfire_cap::read(rest, &limits) else { return };
    let options = beaconfire_cap::WriteOptions { decimals: Some(first % 8) };
    for message in &document.messages {
        let converted = beaconfire_cap::to_1_2(message);
        for alert in [&message.alert, &converted.alert] {
            let Ok(written) = beaconfire_cap::write_with(alert, &options) else { continue };
            let again = beaconfire_cap::read(written.xml.as_bytes(), &Limits::default());
            let again = again.expect("what we write can be read");
            assert!(again.messages[0].strict(), "what we write conforms: {:?}", again.messages[0].findings);
        }
    }
}

/// A CAP time: it is written as it was read, and stays within the years 1 to 9999.
pub fn cap_time(data: &[u8]) {
    let Some(text) = utf8(data) else { return };
    let Ok(time) = text.parse::<CapTime>() else { return };
    let written = time.to_string();
    assert_eq!(written.parse::<CapTime>().expect("what we write can be read"), time);
    assert_eq!(written.len(), "2026-11-21T17:00:00-06:00".len());
}

/// A rule pack: refused with a place that lies in the text, or it judges a message within bounds, the same each time,
/// with paths that have a place in the message.
pub fn cap_profile(data: &[u8]) {
    const MESSAGE: &[u8] = include_bytes!("../corpus/cap_read/v12");
    let Some(text) = utf8(data) else { return };
    let profile = match Profile::parse(text) {
        Ok(profile) => profile,
        Err(error) => {
            let lines = u32::try_from(text.matches('\n').count() + 1).expect("the text is small");
            assert!(
                (1..=lines).contains(&error.line) && error.column >= 1,
                "the place lies outside: {error}"
            );
            return;
        }
    };
    let judge = &mut |alert: &Alert| profile.check(alert);
    let document =
        beaconfire_cap::read_with(MESSAGE, &Limits::default(), judge).expect("the message is good");
    for message in &document.messages {
        let again = profile.check(&message.alert);
        assert!(again.len() <= 100 * profile.rules().len(), "more findings than the limit");
        assert_eq!(message.judged.len(), again.len(), "another judgement the second time");
        assert!(message.judged.iter().all(|f| f.line > 0 && f.column > 0), "a finding without a place");
    }
    if text.len() < 8192 {
        let _ = profile.prove();
    }
}

/// XML to canonical XML, in the form that the first byte picks: bounded, and canonical XML is its own canonical form.
pub fn cap_c14n(data: &[u8]) {
    let Some((&first, rest)) = data.split_first() else { return };
    let Some(xml) = utf8(rest) else { return };
    let prefixes = if first & 4 == 0 { Vec::new() } else { vec!["a".to_owned(), String::new()] };
    let form = Form { exclusive: first & 1 != 0, comments: first & 2 != 0, prefixes, v1_1: first & 8 != 0 };
    let limits = Limits { max_bytes: 1 << 20, ..Limits::default() };
    let Ok(canonical) = sign::canonicalize(xml, &form, &limits) else { return };
    assert!(canonical.len() <= limits.max_bytes, "longer than the limit");
    match sign::canonicalize(&canonical, &form, &limits) {
        Ok(again) => assert_eq!(again, canonical, "canonical XML changes when it is made canonical"),
        Err(error) => panic!("canonical XML is refused: {error}\n{canonical}"),
    }
}

/// A signed CAP document: a verdict on each message, none anchored without anchors, reasons where they belong.
pub fn cap_verify(data: &[u8]) {
    let limits = Limits { max_bytes: 1 << 20, max_alerts: 8, max_findings: 50, ..Limits::default() };
    let Ok(document) = beaconfire_cap::read(data, &limits) else { return };
    let verifier = Verifier::new(data, &limits);
    for message in &document.messages {
        let verdict = verifier.verify(message, &Anchors::new(), Validity::Archive);
        assert!(!verdict.anchored, "anchored without anchors");
        assert_eq!(verdict.reason.is_empty(), verdict.integrity == Integrity::None);
        let mut flags = verdict.flags.clone();
        flags.dedup();
        assert_eq!(flags, verdict.flags, "a flag is there twice");
    }
}
