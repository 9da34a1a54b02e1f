//! What is written is read back as the same, and what could not be conformant is not written.

mod common;

use beaconfire_cap::{Alert, Circle, Limits, MsgType, Position, Scope, check, read, write};
use common::alert;
use proptest::collection::vec;
use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_conformant_alert_is_written_and_reads_back_as_the_same_without_errors(alert in alert()) {
        let xml = write(&alert).unwrap_or_else(|findings| panic!("{findings:?}"));
        let document = read(xml.as_bytes(), &Limits::default()).unwrap();
        prop_assert_eq!(&document.messages[0].alert, &alert);
        prop_assert!(document.messages[0].strict(), "{:?}", document.messages[0].findings);
        prop_assert_eq!(write(&document.messages[0].alert).unwrap(), xml);
    }

    #[test]
    fn no_bytes_make_the_reader_panic(bytes in vec(any::<u8>(), 0..200), cut in 0..1000_usize, alert in alert()) {
        let _ = read(&bytes, &Limits::default());
        let mut xml = write(&alert).unwrap().into_bytes();
        let at = cut % xml.len();
        xml.splice(at..(at + 3).min(xml.len()), bytes);
        let _ = read(&xml, &Limits::default());
    }
}

fn small() -> Alert {
    let xml = "<alert xmlns='urn:oasis:names:tc:emergency:cap:1.2'><identifier>a</identifier><sender>s</sender>
        <sent>2026-11-21T17:00:00-06:00</sent><status>Actual</status><msgType>Alert</msgType><scope>Public</scope><info>
        <category>Met</category><event>e</event><urgency>Past</urgency><severity>Minor</severity>
        <certainty>Likely</certainty><expires>2026-11-22T17:00:00-06:00</expires><area><areaDesc>d</areaDesc></area></info></alert>";
    read(xml.as_bytes(), &Limits::default()).expect("it is good").messages.remove(0).alert
}

#[test]
fn what_could_not_be_conformant_is_refused() {
    let refused = |rule: &str, change: fn(&mut Alert)| {
        let mut alert = small();
        assert!(write(&alert).is_ok());
        change(&mut alert);
        let findings = write(&alert).expect_err(rule);
        assert!(findings.iter().any(|f| f.rule == rule && f.line == 0), "{rule}: {findings:?}");
    };
    refused("name-characters", |a| a.identifier = "a b".into());
    refused("empty-name", |a| a.sender.clear());
    refused("references-missing", |a| a.msg_type = MsgType::Cancel);
    refused("addresses-missing", |a| a.scope = Scope::Private);
    refused("restriction-missing", |a| a.scope = Scope::Restricted);
    refused("list-item", |a| a.incidents.push("say \"so\"".into()));
    refused("illegal-character", |a| a.note = Some("\u{0}".into()));
    refused("missing", |a| a.infos[0].categories.clear());
    refused("empty-mandatory", |a| a.infos[0].event = " ".into());
    refused("uri-space", |a| a.infos[0].web = Some("https://example.org/a b".into()));
    refused("language", |a| a.infos[0].language = Some("en_US".into()));
    refused("uri", |a| a.infos[0].web = Some("https://example.org/%zz".into()));
    refused("polygon-short", |a| a.infos[0].areas[0].polygons.push(vec![]));
    refused("polygon-open", |a| {
        let ring = (0..4).map(|n| Position { lat: f64::from(n), lon: 0.0 }).collect();
        a.infos[0].areas[0].polygons.push(ring);
    });
    refused("polygon-range", |a| {
        a.infos[0].areas[0].polygons.push(vec![Position { lat: f64::NAN, lon: 0.0 }; 4])
    });
    refused("circle-range", |a| {
        let center = Position { lat: 0.0, lon: 180.1 };
        a.infos[0].areas[0].circles.push(Circle { center, radius_km: 1.0 });
    });
    refused("ceiling-alone", |a| a.infos[0].areas[0].ceiling = Some(1.0));
    refused("height", |a| a.infos[0].areas[0].altitude = Some(f64::INFINITY));
}

#[test]
fn blank_optional_parts_are_left_out() {
    let mut alert = small();
    alert.note = Some("  ".into());
    assert!(!write(&alert).unwrap().contains("<note>"));
    assert!(check(&alert).is_empty());
}
