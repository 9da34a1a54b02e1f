//! One line of JSON for each message, as scripts read it.

use super::judge::Judge;
use beaconfire_cap::profile::Profile;
use beaconfire_cap::sign::{Integrity, Verdict, Verifier};
use beaconfire_cap::{Document, DocumentKind, Finding, Limits, Message, ReadError, Rejected, read_with};
use serde::Serialize;
use std::collections::BTreeMap;

/// What is said of one message.
#[derive(Debug, Serialize)]
pub(super) struct Line {
    pub(super) file: String,
    /// The message's place in its document, from 0; none where there is no message.
    pub(super) index: Option<usize>,
    pub(super) identifier: Option<String>,
    pub(super) version: Option<&'static str>,
    /// Whether it conforms to its version of CAP.
    pub(super) strict: bool,
    /// Whether it could be read into an alert.
    pub(super) usable: bool,
    /// The profiles asked for, by name.
    pub(super) conforms: BTreeMap<String, bool>,
    pub(super) findings: Vec<Found>,
    /// Whether what was signed is what is there, by the key in the message.
    pub(super) signature: &'static str,
    /// Whether the signature is verified and its certificate leads to an anchor.
    pub(super) anchored: bool,
    /// Why; only where there is a signature.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) signature_about: Option<SignatureAbout>,
    /// When it was sent, as written.
    #[serde(skip)]
    pub(super) sent: Option<String>,
    /// How many alerts a feed holds; only on the line of a feed without any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) alerts: Option<u64>,
}

/// What there is to say of a signature.
#[derive(Debug, Serialize)]
pub(super) struct SignatureAbout {
    pub(super) reason: String,
    pub(super) anchor_reason: Option<String>,
    /// What is weak or odd: sha1-digest, sha1-signature, short-key, no-certificate, outside-validity, sent-far.
    pub(super) flags: Vec<&'static str>,
    pub(super) subject: Option<String>,
    pub(super) issuer: Option<String>,
    /// The time at which certificates were judged.
    pub(super) judged_at: Option<String>,
    /// Whether that is the message's own `sent`, as for archives.
    pub(super) archive: bool,
}

impl SignatureAbout {
    fn of(verdict: &Verdict) -> Self {
        Self {
            reason: verdict.reason.clone(),
            anchor_reason: verdict.anchor_reason.clone(),
            flags: verdict.flags.iter().map(|flag| flag.as_str()).collect(),
            subject: verdict.certificate.as_ref().map(|about| about.subject.clone()),
            issuer: verdict.certificate.as_ref().map(|about| about.issuer.clone()),
            judged_at: verdict.judged_at.map(|at| at.to_string()),
            archive: verdict.archive,
        }
    }
}

/// A finding.
#[derive(Debug, Serialize)]
pub(super) struct Found {
    pub(super) rule: String,
    pub(super) severity: String,
    pub(super) path: String,
    pub(super) line: u32,
    pub(super) column: u32,
    pub(super) message: String,
}

/// The lines of one file.
pub(super) fn lines(file: &str, bytes: &[u8], limits: &Limits, judge: &Judge) -> Vec<Line> {
    match read_with(bytes, limits, &mut |alert| judge.findings(alert)) {
        Ok(document) => of_document(file, bytes, &document, limits, judge),
        Err(error) => vec![of_error(file, &error)],
    }
}

fn of_document(file: &str, bytes: &[u8], document: &Document, limits: &Limits, judge: &Judge) -> Vec<Line> {
    // Messages and rejected ones stand in the order of the document.
    let verifier = Verifier::new(bytes, limits);
    let of = |message: &Message| (message.bytes.start, of_message(file, message, &verifier, judge));
    let mut lines: Vec<(usize, Line)> = document.messages.iter().map(of).collect();
    lines
        .extend(document.rejected.iter().map(|rejected| (rejected.bytes.start, of_rejected(file, rejected))));
    lines.sort_by_key(|(start, _)| *start);
    let mut lines: Vec<Line> = lines.into_iter().map(|(_, line)| line).collect();
    for (index, line) in lines.iter_mut().enumerate() {
        line.index = Some(index);
    }
    if document.dropped > 0 {
        let message = format!("{} messages over the limit were not read: split the file", document.dropped);
        let findings = vec![Found::error("too-many", 0, 0, message)];
        lines.push(Line { findings, ..Line::empty(file) });
    }
    if lines.is_empty() {
        let strict = document.kind != DocumentKind::Alert;
        lines.push(Line { strict, usable: true, alerts: Some(0), ..Line::empty(file) });
    }
    lines
}

fn of_message(file: &str, message: &Message, verifier: &Verifier<'_>, judge: &Judge) -> Line {
    let verdict = verifier.verify(message, &judge.anchors, judge.validity);
    let conforms = judge.profiles.iter().map(|profile| {
        let own = format!("{}:", profile.id());
        let of_it: Vec<Finding> =
            message.judged.iter().filter(|f| f.rule.starts_with(&own)).cloned().collect();
        (profile.id().to_owned(), Profile::conforms(&of_it))
    });
    let mut findings: Vec<Found> = message.findings.iter().chain(&message.judged).map(Found::from).collect();
    findings.sort_by_key(|found| (found.line, found.column));
    Line {
        identifier: Some(message.alert.identifier.clone()),
        version: Some(message.version.as_str()),
        sent: Some(message.alert.sent.to_string()),
        strict: message.strict(),
        usable: true,
        conforms: conforms.collect(),
        findings,
        signature: verdict.integrity.as_str(),
        anchored: verdict.anchored,
        signature_about: (verdict.integrity != Integrity::None).then(|| SignatureAbout::of(&verdict)),
        ..Line::empty(file)
    }
}

fn of_rejected(file: &str, rejected: &Rejected) -> Line {
    Line {
        identifier: rejected.identifier.clone(),
        version: Some(rejected.version.as_str()),
        findings: rejected.findings.iter().map(Found::from).collect(),
        ..Line::empty(file)
    }
}

fn of_error(file: &str, error: &ReadError) -> Line {
    Line { findings: vec![Found::from(&error.finding())], ..Line::empty(file) }
}

impl Line {
    /// Nothing known: neither strict nor usable.
    fn empty(file: &str) -> Self {
        Self {
            file: file.to_owned(),
            index: None,
            identifier: None,
            version: None,
            strict: false,
            usable: false,
            conforms: BTreeMap::new(),
            findings: Vec::new(),
            signature: "none",
            anchored: false,
            signature_about: None,
            sent: None,
            alerts: None,
        }
    }
}

impl Found {
    fn error(rule: &str, line: u32, column: u32, message: String) -> Self {
        let (rule, severity, path) = (rule.to_owned(), "error".to_owned(), "/alert".to_owned());
        Self { rule, severity, path, line, column, message }
    }
}

impl From<&Finding> for Found {
    fn from(finding: &Finding) -> Self {
        Self {
            rule: finding.rule.to_string(),
            severity: finding.severity.as_str().to_owned(),
            path: finding.path.clone(),
            line: finding.line,
            column: finding.column,
            message: finding.message.clone(),
        }
    }
}
