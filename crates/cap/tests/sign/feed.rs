//! Alerts that were signed alone and then put into a feed.

use beaconfire_cap::sign::{Anchors, Integrity, Validity, Verifier, sign};
use beaconfire_cap::{Limits, read};

use crate::{ALERT, signed, signer};

/// The verdicts on the messages of a document, in their order.
fn verdicts(document: &[u8]) -> Vec<Integrity> {
    let limits = Limits::default();
    let read = read(document, &limits).expect("the document can be read");
    let verifier = Verifier::new(document, &limits);
    let judge = |message| verifier.verify(message, &Anchors::new(), Validity::Archive).integrity;
    read.messages.iter().map(judge).collect()
}

fn entry(xml: &str) -> String {
    let alert = xml.split_once("?>\n").map_or(xml, |(_, rest)| rest).trim_end();
    format!("<entry><id>1</id><content type='text/xml'>{alert}</content></entry>")
}

fn atom(attributes: &str, entries: &[String]) -> String {
    format!("<feed xmlns='http://www.w3.org/2005/Atom' {attributes}>{}</feed>", entries.concat())
}

#[test]
fn each_alert_of_a_feed_has_its_own_verdict() {
    let good = entry(&signed("p256"));
    let bad = entry(&signed("p256").replace("Suva", "Nadi").replace("a-1", "a-2"));
    let none = entry(&ALERT.replace("a-1", "a-3"));
    let feed = atom("xmlns:x='urn:x'", &[good, bad, none]);
    assert_eq!(verdicts(feed.as_bytes()), [Integrity::Verified, Integrity::Broken, Integrity::None]);
}

/// An alert that stands there as text is judged by what the text says.
#[test]
fn alerts_as_text_are_judged_as_they_were_signed() {
    let escaped = |xml: &str| xml.replace('&', "&amp;").replace('<', "&lt;").replace('\n', "&#10;");
    let text = |content: String| format!("<entry><id>1</id><content>{content}</content></entry>");
    let good = text(escaped(&signed("p256")));
    let section = text(format!("<![CDATA[{}]]>", signed("rsa")));
    let bad = text(escaped(&signed("p256").replace("Suva", "Nadi").replace("a-1", "a-2")));
    let none = text(escaped(&ALERT.replace("a-1", "a-3")));
    let feed = atom("", &[entry(&signed("ed25519")), good, section, bad, none]);
    let want =
        [Integrity::Verified, Integrity::Verified, Integrity::Verified, Integrity::Broken, Integrity::None];
    assert_eq!(verdicts(feed.as_bytes()), want);
    let wide: Vec<u8> = format!("\u{feff}{feed}").encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(verdicts(&wide), want);
}

#[test]
fn encodings_of_the_feed_do_not_matter() {
    let feed = atom("", &[entry(&signed("rsa")), entry(&signed("ed25519"))]);
    let latin = format!("<?xml version='1.0' encoding='ISO-8859-1'?>{feed}");
    let latin: Vec<u8> = latin.chars().map(|c| u8::try_from(c).unwrap()).collect();
    assert_eq!(verdicts(&latin), [Integrity::Verified; 2]);
    let wide: Vec<u8> = format!("\u{feff}{feed}").encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(verdicts(&wide), [Integrity::Verified; 2]);
    assert_eq!(verdicts(format!("\u{feff}\n{feed}").as_bytes()), [Integrity::Verified; 2]);
}

/// A prefix that the signed document declared, and whoever made the feed declared further out.
#[test]
fn declarations_moved_outwards_are_found_again() {
    let prefixed = ALERT.replace("</", "</c:").replace("\n<", "\n<c:").replace("<c:/c:", "</c:");
    let prefixed = prefixed.replace(" xmlns=", " xmlns:c=");
    let prefixed = prefixed.replace("</c:c:", "</c:");
    let xml = sign(&prefixed, &signer("p256", &["p256"])).unwrap();
    assert_eq!(verdicts(xml.as_bytes()), [Integrity::Verified]);
    let declaration = " xmlns:c=\"urn:oasis:names:tc:emergency:cap:1.2\"";
    let moved = atom(declaration, &[entry(&xml.replace(declaration, ""))]);
    assert_eq!(verdicts(moved.as_bytes()), [Integrity::Verified]);
    let elsewhere = moved.replace("emergency:cap:1.2\"", "emergency:cap:1.1\"");
    assert!(verdicts(elsewhere.as_bytes()).iter().all(|v| *v == Integrity::Broken));
}

/// The default namespace of a list of alerts, and one that each alert takes away again.
#[test]
fn a_default_namespace_around_is_part_of_the_alert() {
    let xml = signed("p256");
    let declaration = " xmlns=\"urn:oasis:names:tc:emergency:cap:1.2\"";
    let alert = xml.split_once("?>\n").unwrap().1;
    let list =
        format!("<alerts{declaration} xmlns:y='urn:y'>{}</alerts>", alert.replacen(declaration, "", 1));
    assert_eq!(verdicts(list.as_bytes()), [Integrity::Verified]);
}

#[test]
fn many_alerts_in_one_feed_are_looked_through_once() {
    let entries: Vec<String> = (0..3000).map(|i| entry(&ALERT.replace("a-1", &format!("a-{i}")))).collect();
    let mut entries = entries;
    entries.push(entry(&signed("ed25519")));
    entries.insert(0, entry(&signed("ed25519")));
    let found = verdicts(atom("", &entries).as_bytes());
    assert_eq!(found.len(), 3002);
    assert_eq!(
        (found[0], found[3001], found[1]),
        (Integrity::Verified, Integrity::Verified, Integrity::None)
    );
}
