//! Documents made to do harm: in time, in memory, or by being taken for what they are not.

use beaconfire_cap::sign::{Anchors, Integrity, Validity, Verifier, canonicalize};
use beaconfire_cap::{Limits, read};

use crate::{ALERT, signed};

/// Pieces that change the meaning of XML around them.
const PIECES: [&str; 14] = [
    "<!-- -->",
    "<![CDATA[",
    "]]>",
    "<x>",
    "</x>",
    "<alert>",
    "</alert>",
    "&#x",
    "xmlns=\"\"",
    "xmlns:a='urn:a'",
    "<?x?>",
    "\u{feff}",
    "<Signature xmlns=\"http://www.w3.org/2000/09/xmldsig#\"/>",
    "\r",
];

/// Whatever is done to a signed alert, what is verified reads as what was signed.
#[test]
fn only_what_was_signed_is_verified() {
    let limits = Limits::default();
    let seeds: Vec<String> = ["p256", "ed25519"].iter().map(|key| signed(key)).collect();
    let alert = read(ALERT.as_bytes(), &limits).unwrap().messages[0].alert.clone();
    let feed =
        format!("<feed xmlns='http://www.w3.org/2005/Atom'>{}</feed>", seeds[0].split_once("?>").unwrap().1);
    let seeds = [&seeds[0], &seeds[1], &feed];
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    // xorshift64: the same mutations in every run.
    let mut below = |bound: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % bound as u64) as usize
    };
    let (mut verified, mut judged) = (0, 0);
    for round in 0..3000 {
        let mut bytes = seeds[round % seeds.len()].clone().into_bytes();
        for _ in 0..=below(3) {
            let at = below(bytes.len());
            match below(5) {
                0 => bytes[at] = b" <>&\"'ax0/"[below(10)],
                1 => drop(bytes.splice(at..at, PIECES[below(PIECES.len())].bytes())),
                2 => drop(bytes.drain(at..(at + 1 + below(40)).min(bytes.len()))),
                3 => {
                    let part = bytes[at..(at + 1 + below(600)).min(bytes.len())].to_vec();
                    let to = below(bytes.len());
                    drop(bytes.splice(to..to, part));
                }
                _ => bytes[at] ^= 1 << below(8),
            }
        }
        let Ok(document) = read(&bytes, &limits) else { continue };
        let verifier = Verifier::new(&bytes, &limits);
        for message in &document.messages {
            let verdict = verifier.verify(message, &Anchors::new(), Validity::Archive);
            judged += 1;
            assert!(!verdict.anchored);
            if matches!(verdict.integrity, Integrity::Verified | Integrity::Whitespace) {
                verified += 1;
                assert_eq!(message.alert, alert, "{}", String::from_utf8_lossy(&bytes));
            }
        }
    }
    assert!(verified > 20 && judged > 500, "{verified} of {judged} were verified");
}

#[test]
fn large_and_odd_signed_alerts_are_judged_soon() {
    let xml = signed("p256");
    let ring = "12.5,45.25 ".repeat(160_000);
    let large = xml.replace("<circle>", &format!("<polygon>{ring}</polygon><circle>"));
    let many: String = (0..60_000).map(|i| format!("<x:a{i}/><!-- -->")).collect();
    let wide =
        xml.replace("</info>", &format!("</info><x:y xmlns:x='urn:{}'>{many}</x:y>", "u".repeat(50_000)));
    let deep = xml.replace("</info>", &format!("</info>{}{}", "<y>".repeat(50), "</y>".repeat(50)));
    let comments = xml.replace("</info>", &format!("</info>{}", "<!-- -->\n".repeat(100_000)));
    for document in [large, wide, deep, comments] {
        let limits = Limits::default();
        let Ok(found) = read(document.as_bytes(), &limits) else { continue };
        let verifier = Verifier::new(document.as_bytes(), &limits);
        let verdict = verifier.verify(&found.messages[0], &Anchors::new(), Validity::Archive);
        assert!(
            matches!(verdict.integrity, Integrity::Broken | Integrity::Unverifiable),
            "{}",
            verdict.reason
        );
    }
}

#[test]
fn documents_that_are_not_those_of_the_message_are_not_judged() {
    let xml = signed("p256");
    let limits = Limits::default();
    let message = read(xml.as_bytes(), &limits).unwrap().messages.remove(0);
    let other = format!("<alerts><!-- {} --></alerts>", xml.split_once("?>").unwrap().1);
    let longer = xml.replace("Suva", "Suva and beyond");
    for document in [&b""[..], b"<alert/>", other.as_bytes(), longer.as_bytes(), &[0xFF; 4000]] {
        let verdict = Verifier::new(document, &limits).verify(&message, &Anchors::new(), Validity::Archive);
        assert_ne!(verdict.integrity, Integrity::Verified);
        assert_ne!(verdict.integrity, Integrity::Whitespace);
    }
    // The bytes are those, but the message in hand is not what they say.
    let mut changed = message.clone();
    changed.alert.sender = "somebody@example.org".into();
    let verdict = Verifier::new(xml.as_bytes(), &limits).verify(&changed, &Anchors::new(), Validity::Archive);
    assert_eq!(verdict.integrity, Integrity::Unverifiable);
}

#[test]
fn small_limits_are_kept() {
    let xml = signed("p256");
    let message = read(xml.as_bytes(), &Limits::default()).unwrap().messages.remove(0);
    for limits in [
        Limits { max_bytes: 100, ..Limits::default() },
        Limits { max_depth: 2, ..Limits::default() },
        Limits { max_elements: 3, ..Limits::default() },
    ] {
        let verdict =
            Verifier::new(xml.as_bytes(), &limits).verify(&message, &Anchors::new(), Validity::Archive);
        assert_eq!(verdict.integrity, Integrity::Unverifiable);
        let form = beaconfire_cap::sign::Form::INCLUSIVE;
        assert!(canonicalize(&xml, &form, &limits).is_err());
    }
}
