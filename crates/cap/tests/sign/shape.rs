//! The one shape that is accepted, and one-change variants of it.

use beaconfire_cap::sign::{
    Anchors, CapSigner, Flag, Integrity, Method, Pkcs8Signer, SignError, Validity, sign, verify,
};
use beaconfire_cap::{Limits, read};

use crate::{ALERT, KEYS, judge, pem, signed, signer};

#[test]
fn what_we_sign_verifies_with_each_kind_of_key() {
    for key in KEYS {
        let xml = signed(key);
        let verdict = judge(xml.as_bytes());
        assert_eq!(verdict.integrity, Integrity::Verified, "{key}: {}", verdict.reason);
        assert_eq!(verdict.flags, []);
        assert!(!verdict.anchored, "a certificate of the message alone is no anchor");
        assert!(verdict.certificate.unwrap().subject.contains(key));
        // Nothing but the signature was added, and the reader takes it as the same alert.
        let (before, after) = (xml.find("<Signature").unwrap(), xml.find("</Signature>").unwrap() + 12);
        assert_eq!(format!("{}{}", &xml[..before], &xml[after..]), ALERT);
        let alert = |xml: &str| read(xml.as_bytes(), &Limits::default()).unwrap().messages[0].clone();
        assert_eq!(alert(&xml).alert, alert(ALERT).alert);
        assert!(alert(&xml).strict());
    }
}

#[test]
fn an_alert_without_signature_has_none() {
    let verdict = judge(ALERT.as_bytes());
    assert_eq!((verdict.integrity, verdict.reason.as_str()), (Integrity::None, ""));
    let only_a_word = ALERT.replace("Suva", "Signature");
    assert_eq!(judge(only_a_word.as_bytes()).integrity, Integrity::None);
}

/// Every byte of the signed content, changed to another letter or digit, breaks it or makes it unreadable.
#[test]
fn every_changed_byte_of_the_content_breaks_it() {
    let xml = signed("ed25519");
    let end = xml.find("<Signature").unwrap();
    let start = xml.find("<identifier").unwrap();
    let (mut broken, mut unread) = (0, 0);
    for at in start..end {
        if !xml.is_char_boundary(at) || !xml.is_char_boundary(at + 1) {
            continue;
        }
        let old = xml.as_bytes()[at];
        let new = if old == b'x' { "y" } else { "x" };
        let changed = format!("{}{new}{}", &xml[..at], &xml[at + 1..]);
        let limits = Limits::default();
        let Ok(document) = read(changed.as_bytes(), &limits) else {
            unread += 1;
            continue;
        };
        for message in &document.messages {
            let verdict = verify(changed.as_bytes(), message, &Anchors::new(), Validity::Archive, &limits);
            // White space that became a letter is no white space.
            assert!(
                matches!(verdict.integrity, Integrity::Broken | Integrity::Unverifiable),
                "{at}: {} {}",
                &changed[at.saturating_sub(20)..at + 1],
                verdict.integrity
            );
            broken += 1;
        }
    }
    assert!(broken > 100 && unread > 100, "{broken} broken, {unread} not readable");
}

#[test]
fn every_changed_byte_of_the_signature_is_noticed() {
    let xml = signed("p256");
    for part in ["<SignedInfo>", "<DigestValue>", "<SignatureValue>"] {
        let start = xml.find(part).unwrap() + part.len();
        let end = start + xml[start..].find("</").unwrap();
        for at in start..end {
            let new = if xml.as_bytes()[at] == b'B' { 'C' } else { 'B' };
            let changed = format!("{}{new}{}", &xml[..at], &xml[at + 1..]);
            if let Ok(document) = read(changed.as_bytes(), &Limits::default()) {
                assert_eq!(document.messages.len(), 1);
                let verdict = judge(changed.as_bytes());
                assert!(!verdict.anchored);
                assert!(
                    matches!(verdict.integrity, Integrity::Broken | Integrity::Unverifiable),
                    "{part} {at}: {}",
                    verdict.integrity
                );
            }
        }
    }
}

/// What must not matter: comments, how text is written, quotes, order of attributes, where lines of base64 end.
#[test]
fn what_says_the_same_still_verifies() {
    let xml = signed("rsa");
    let value = "<SignatureValue>";
    let same = [
        xml.replace("<scope>", "<!-- a word --><scope>"),
        xml.replace("Severe", "Sev<!-- -->ere"),
        xml.replace("Storm &amp; surge", "<![CDATA[Storm & surge]]>"),
        xml.replace("Suva", "&#83;uva"),
        xml.replace("5 &lt; 6 é", "5 &#60; 6 &#xE9;"),
        xml.replace("<headline>", "<headline  >").replace("</headline>", "</headline\n>"),
        xml.replace("xmlns=\"urn:oasis", "xmlns = 'urn:oasis").replace("cap:1.2\">", "cap:1.2'>"),
        xml.replace("encoding=\"UTF-8\"", "encoding='utf-8'"),
        xml.replace("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n", ""),
        xml.replace('\n', "\r\n"),
        xml.replace(value, &format!("{value}\n  \t")),
        format!("{xml}<!-- after -->\n\n"),
        format!("\u{feff}{xml}"),
    ];
    for changed in same {
        assert_ne!(changed, xml);
        let verdict = judge(changed.as_bytes());
        assert_eq!(verdict.integrity, Integrity::Verified, "{changed}\n{}", verdict.reason);
    }
}

#[test]
fn other_encodings_of_the_same_text_still_verify() {
    let xml = signed("p384");
    let latin: Vec<u8> =
        xml.replace("UTF-8", "ISO-8859-1").chars().map(|c| u8::try_from(c).unwrap()).collect();
    assert_eq!(judge(&latin).integrity, Integrity::Verified);
    for big_endian in [false, true] {
        let units = format!("\u{feff}{}", xml.replace("UTF-8", "UTF-16"));
        let bytes: Vec<u8> = units
            .encode_utf16()
            .flat_map(|u| if big_endian { u.to_be_bytes() } else { u.to_le_bytes() })
            .collect();
        assert_eq!(judge(&bytes).integrity, Integrity::Verified);
    }
    let mut stray = xml.clone().into_bytes();
    let at = xml.find('é').unwrap();
    stray[at + 1] = b'x';
    assert_ne!(judge(&stray).integrity, Integrity::Verified);
}

#[test]
fn white_space_between_elements_is_a_verdict_of_its_own() {
    let bare = ALERT.replace(">\n<", "><").trim_end().to_owned();
    let xml = sign(&bare, &signer("p256", &["p256"])).unwrap();
    assert_eq!(judge(xml.as_bytes()).integrity, Integrity::Verified);
    let style = "?>\n<?xml-stylesheet href='a.xsl'?>";
    let pretty = xml.replacen("><info>", ">\n  <info>", 1).replace("</SignedInfo>", "\n</SignedInfo>");
    for changed in [pretty.clone(), pretty.replacen("?>", style, 1), xml.replacen("?>", style, 1)] {
        assert_ne!(changed, xml);
        let verdict = judge(changed.as_bytes());
        assert_eq!(verdict.integrity, Integrity::Whitespace, "{}", verdict.reason);
        assert!(!verdict.anchored);
    }
    // White space within a text is content.
    assert_eq!(judge(pretty.replace("Suva", " Suva").as_bytes()).integrity, Integrity::Broken);
    // A signed stylesheet is content too.
    let styled = sign(&bare.replacen("?>", style, 1), &signer("p256", &["p256"])).unwrap();
    assert_eq!(judge(styled.as_bytes()).integrity, Integrity::Verified);
    assert_eq!(judge(styled.replace("a.xsl", "b.xsl").as_bytes()).integrity, Integrity::Broken);
}

#[test]
fn no_other_shape_is_judged() {
    let xml = signed("ed25519");
    let (from, to) = (xml.find("<Signature").unwrap(), xml.find("</Signature>").unwrap() + 12);
    let (before, signature, after) = (&xml[..from], &xml[from..to], &xml[to..]);
    let transform = "<Transform Algorithm=\"http://www.w3.org/TR/1999/REC-xpath-19991116\"><XPath>true()</XPath></Transform>";
    let xslt = "<Transform Algorithm=\"http://www.w3.org/TR/1999/REC-xslt-19991116\"></Transform>";
    let object = "<Object Id=\"o\"><alert/></Object></Signature>";
    let enveloped =
        "<Transform Algorithm=\"http://www.w3.org/2000/09/xmldsig#enveloped-signature\"></Transform>";
    let hmac = "http://www.w3.org/2000/09/xmldsig#hmac-sha1";
    let shapes = [
        ("a second signature", format!("{before}{signature}{signature}{after}")),
        (
            "a signature in an info",
            xml.replace("</info>", &format!("{signature}</info>")).replacen(signature, "", 0),
        ),
        (
            "a moved signature",
            format!("{}{after}", before.replace("</info>", &format!("{signature}</info>"))),
        ),
        (
            "a signature at the front",
            format!("{}{after}", before.replace("<identifier>", &format!("{signature}<identifier>"))),
        ),
        ("an element after it", xml.replace("</Signature>", "</Signature><x/>")),
        ("a reference to an id", xml.replace("URI=\"\"", "URI=\"#a\"")),
        ("a reference to elsewhere", xml.replace("URI=\"\"", "URI=\"http://example.org/alert.xml\"")),
        ("an xpointer", xml.replace("URI=\"\"", "URI=\"#xpointer(/)\"")),
        ("an XPath transform", xml.replace("</Transforms>", &format!("{transform}</Transforms>"))),
        ("an XSLT transform", xml.replace("</Transforms>", &format!("{xslt}</Transforms>"))),
        ("no enveloped transform", xml.replace(enveloped, "")),
        ("two enveloped transforms", xml.replace(enveloped, &format!("{enveloped}{enveloped}"))),
        ("an object", xml.replace("</Signature>", object)),
        ("a second reference", xml.replace("</SignedInfo>", "<Reference URI=\"\"/></SignedInfo>")),
        ("an HMAC", xml.replace(Method::Ed25519.uri(), hmac)),
        ("an unknown method", xml.replace(Method::Ed25519.uri(), "urn:x")),
        ("an unknown digest", xml.replace("xmlenc#sha256", "xmlenc#md5")),
        ("no key", xml.replace("X509Data", "X509Other")),
        ("text in the signature", xml.replace("<SignedInfo>", "x<SignedInfo>")),
        ("an element in a digest", xml.replace("<DigestValue>", "<DigestValue><x/>")),
        ("a comment in a digest", xml.replace("<DigestValue>", "<DigestValue><!-- -->")),
    ];
    for (what, changed) in shapes {
        assert_ne!(changed, xml, "{what}");
        let verdict = judge(changed.as_bytes());
        assert_eq!(verdict.integrity, Integrity::Unverifiable, "{what}: {}", verdict.reason);
        assert!(!verdict.reason.is_empty(), "{what}");
    }
    assert!(read(xml.replacen("?>", "?><!DOCTYPE alert>", 1).as_bytes(), &Limits::default()).is_err());
}

#[test]
fn a_copy_wrapped_around_or_put_inside_is_never_verified() {
    let xml = signed("p256");
    let whole = xml.split_once("?>\n").unwrap().1.trim_end();
    let evil = ALERT.replace("Severe", "Minor").replace("a-1", "evil");
    let evil = evil.split_once("?>\n").unwrap().1.trim_end();
    let inside = evil.replace("</alert>", &format!("{whole}</alert>"));
    let signature = &xml[xml.find("<Signature").unwrap()..xml.find("</alert>").unwrap()];
    let lent = evil.replace("</alert>", &format!("{signature}</alert>"));
    let other = xml.replace("</info>", &format!("</info>{evil}"));
    for document in [inside, lent, other] {
        let limits = Limits::default();
        let Ok(read) = read(document.as_bytes(), &limits) else { continue };
        for message in &read.messages {
            let none = Anchors::new();
            let when = Validity::Archive;
            let verdict = verify(document.as_bytes(), message, &none, when, &limits);
            assert_ne!(verdict.integrity, Integrity::Verified, "{document}");
            assert_ne!(verdict.integrity, Integrity::Whitespace, "{document}");
        }
    }
}

#[test]
fn a_signature_left_out_uri_is_that_of_the_document() {
    // Left out and empty are different SignedInfo, so the signature breaks, but its shape is taken.
    let xml = signed("ed25519").replace("<Reference URI=\"\">", "<Reference>");
    assert_eq!(judge(xml.as_bytes()).integrity, Integrity::Broken);
}

#[test]
fn base64_is_read_strictly() {
    let xml = signed("p256");
    let value = &xml[xml.find("<DigestValue>").unwrap() + 13..xml.find("</DigestValue>").unwrap()];
    // 32 bytes leave two bits unused in the last character.
    let last = value.chars().rev().nth(1).unwrap();
    let next = char::from(u8::try_from(last).unwrap() + 1);
    let loose = format!("{}{next}=", &value[..value.len() - 2]);
    for changed in [loose, value.replace('=', ""), format!("{value}="), format!("{value}!")] {
        let verdict = judge(xml.replace(value, &changed).as_bytes());
        assert_eq!(verdict.integrity, Integrity::Broken);
        assert!(verdict.reason.contains("base64"), "{changed}: {}", verdict.reason);
    }
}

#[test]
fn signing_says_what_it_needs() {
    let good = signer("p256", &["p256"]);
    assert_eq!(sign(&signed("rsa"), &good), Err(SignError::Signed));
    assert!(matches!(sign("<html/>", &good), Err(SignError::Read(_))));
    assert_eq!(sign("<feed/>", &good), Err(SignError::NotOneAlert));
    assert_eq!(sign(&ALERT.replace("UTF-8", "ISO-8859-1"), &good), Err(SignError::NotOneAlert));
    let list = format!("<alerts>{}</alerts>", ALERT.split_once("?>").unwrap().1);
    assert_eq!(sign(&list, &good), Err(SignError::NotOneAlert));
    let stranger = signer("p256", &["p384"]);
    assert!(matches!(sign(ALERT, &stranger), Err(SignError::Certificate { .. })));
    assert!(Pkcs8Signer::from_pem(&pem(&["p256"]), &pem(&["p256"])).is_err());
    assert!(Pkcs8Signer::new(b"x", &pem(&["p256"])).is_err());

    struct Weak;
    impl CapSigner for Weak {
        fn method(&self) -> Method {
            Method::RsaSha1
        }
        fn certificates(&self) -> Vec<Vec<u8>> {
            Vec::new()
        }
        fn sign(&self, _: &[u8]) -> Result<Vec<u8>, String> {
            Err("never asked".into())
        }
    }
    assert!(matches!(sign(ALERT, &Weak), Err(SignError::Method { .. })));
}

#[test]
fn words_for_machines_are_all_different() {
    let words: std::collections::BTreeSet<_> = Integrity::ALL.iter().map(|i| i.as_str()).collect();
    assert_eq!(words.len(), Integrity::ALL.len());
    assert_eq!(Flag::Sha1Digest.as_str(), "sha1-digest");
    let uris: std::collections::BTreeSet<_> = Method::ALL.iter().map(|m| m.uri()).collect();
    assert_eq!(uris.len(), Method::ALL.len());
}
