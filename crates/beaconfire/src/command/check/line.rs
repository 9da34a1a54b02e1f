//! One line of JSON for each message, as scripts read it.

use beaconfire_cap::{Document, DocumentKind, Finding, Limits, ReadError, Rejected, read};
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
    /// Profiles, by name; none is known yet.
    pub(super) conforms: BTreeMap<String, bool>,
    pub(super) findings: Vec<Found>,
    /// Signatures are not looked at yet.
    pub(super) signature: &'static str,
    pub(super) anchored: bool,
    /// How many alerts a feed holds; only on the line of a feed without any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) alerts: Option<u64>,
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
pub(super) fn lines(file: &str, bytes: &[u8], limits: &Limits) -> Vec<Line> {
    match read(bytes, limits) {
        Ok(document) => of_document(file, &document),
        Err(error) => vec![of_error(file, &error)],
    }
}

fn of_document(file: &str, document: &Document) -> Vec<Line> {
    // Messages and rejected ones stand in the order of the document.
    let mut lines: Vec<(usize, Line)> = Vec::new();
    for message in &document.messages {
        let line = Line {
            identifier: Some(message.alert.identifier.clone()),
            version: Some(message.version.as_str()),
            strict: message.strict(),
            usable: true,
            findings: message.findings.iter().map(Found::from).collect(),
            ..Line::empty(file)
        };
        lines.push((message.bytes.start, line));
    }
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

fn of_rejected(file: &str, rejected: &Rejected) -> Line {
    let findings = vec![Found::error("unusable", rejected.line, rejected.column, rejected.message.clone())];
    Line { findings, ..Line::empty(file) }
}

fn of_error(file: &str, error: &ReadError) -> Line {
    let (rule, line, column) = match error {
        ReadError::TooLarge { .. } => ("too-large", 0, 0),
        ReadError::Encoding { .. } => ("encoding", 1, 1),
        ReadError::Xml { line, column, .. } => ("xml", *line, *column),
        ReadError::Json { line, column, .. } => ("json", *line, *column),
        ReadError::Dtd { line, column } => ("doctype", *line, *column),
        ReadError::Entity { line, column, .. } => ("entity", *line, *column),
        ReadError::TooDeep { line, column, .. } => ("too-deep", *line, *column),
        ReadError::NotCap { .. } => ("not-cap", 1, 1),
        ReadError::Unusable { line, column, .. } => ("unusable", *line, *column),
    };
    let findings = vec![Found::error(rule, line, column, error.to_string())];
    Line { findings, ..Line::empty(file) }
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
