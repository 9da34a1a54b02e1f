//! Signatures: what is verified, what is not, whom it is believed of, and against other programs.

#![cfg(feature = "sign")]
#![expect(
    clippy::disallowed_types,
    clippy::disallowed_methods,
    reason = "the oracles are other programs, which read files"
)]

mod c14n;
mod corpus;
mod feed;
mod hostile;
mod shape;
mod trust;
mod xmlsec;

use std::path::PathBuf;

use beaconfire_cap::sign::{Anchors, Pkcs8Signer, Validity, Verdict, sign, verify};
use beaconfire_cap::{Limits, read};

/// A small alert as `write` gives it.
const ALERT: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
<alert xmlns=\"urn:oasis:names:tc:emergency:cap:1.2\">\n<identifier>a-1</identifier>\n<sender>met@example.org</sender>\n\
<sent>2026-11-21T17:00:00-00:00</sent>\n<status>Actual</status>\n<msgType>Alert</msgType>\n<scope>Public</scope>\n\
<info>\n<category>Met</category>\n<event>Storm &amp; surge</event>\n<urgency>Immediate</urgency>\n\
<severity>Severe</severity>\n<certainty>Observed</certainty>\n<headline>Hinaus: 5 &lt; 6 é</headline>\n\
<area>\n<areaDesc>Suva</areaDesc>\n<circle>-18.1,178.4 20</circle>\n</area>\n</info>\n</alert>\n";

const SENDER: &str = "met@example.org";

/// The kinds of key that we sign with.
const KEYS: [&str; 4] = ["rsa", "p256", "p384", "ed25519"];

fn key_file(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/sign/keys").join(name)
}

fn pem(names: &[&str]) -> Vec<u8> {
    names
        .iter()
        .flat_map(|name| std::fs::read(key_file(&format!("{name}.pem"))).expect("the key is there"))
        .collect()
}

fn signer(key: &str, certificates: &[&str]) -> Pkcs8Signer {
    Pkcs8Signer::from_pem(&pem(&[&format!("{key}.key")]), &pem(certificates))
        .expect("a key and its certificates")
}

/// The alert, signed with a key that its own certificate vouches for.
fn signed(key: &str) -> String {
    sign(ALERT, &signer(key, &[key])).expect("the alert can be signed")
}

/// The verdict on the only message of a document.
fn judge(document: &[u8]) -> Verdict {
    judge_by(document, &Anchors::new())
}

fn judge_by(document: &[u8], anchors: &Anchors) -> Verdict {
    let limits = Limits::default();
    let read = read(document, &limits).expect("the document can be read");
    assert_eq!(read.messages.len(), 1);
    verify(document, &read.messages[0], anchors, Validity::Archive, &limits)
}

/// Whether a program is there; says so in words where it is not.
fn has(program: &str) -> bool {
    // openssl takes the word without dashes, the others with.
    let option = if program == "openssl" { "version" } else { "--version" };
    let found = command(program).arg(option).output().is_ok();
    if !found {
        eprintln!("skipped: {program} is not installed");
    }
    found
}

/// A program beside us. The crate starts none; its tests do, as others verify independently.
fn command(program: &str) -> std::process::Command {
    std::process::Command::new(program)
}
