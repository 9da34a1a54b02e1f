//! What is wrong with a CAP message or feed, and what it says: the answer of the check page. Names are those
//! of the lines that `beaconfire check --format json` writes.

mod judge;
mod shapes;

use beaconfire_cap::profile::Profile;
use beaconfire_cap::sign::Verifier;
use beaconfire_cap::{
    Document, DocumentKind, Finding, Info, Limits, Message, Named, ReadError, Rejected, read_with,
};
use beaconfire_core::area::{AreaUse, LeftOut};
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

use judge::SignatureView;
use shapes::{Budget, FeatureCollection};

/// Messages of one document, at most: the newest.
const MAX_MESSAGES: usize = 1_000;
/// Findings of one message, at most; the last one sums up the rest.
const MAX_FINDINGS: usize = 500;

/// What was found in a document.
#[derive(Debug, Default, Serialize, ToSchema)]
pub(crate) struct CheckView {
    /// What it is: `alert`, `atom`, `rss`, `edxl-de`, `list`, `json`, `json-list`, `geojson` or `nws-geojson`; null where it could not be read at all.
    document: Option<&'static str>,
    /// Its messages that can be used.
    messages: Vec<CheckedMessage>,
    /// Its messages that cannot.
    rejected: Vec<RejectedMessage>,
    /// Feed entries that only point to alerts elsewhere.
    entries: usize,
    /// Messages beyond the first 1,000, which are not looked at.
    dropped: usize,
    /// Why nothing could be read; null where something was.
    error: Option<Unread>,
}

/// A message that can be used.
#[derive(Debug, Serialize, ToSchema)]
struct CheckedMessage {
    /// Its place in the document, from 0; rejected ones count.
    index: usize,
    /// CAP identifier.
    identifier: String,
    /// The version of CAP it is written in.
    version: &'static str,
    /// Whether it conforms to that version: no finding is an error.
    strict: bool,
    /// Whether it could be read into an alert.
    usable: bool,
    /// For each profile that it claims or that was asked for whether it conforms, by the profile's id.
    conforms: BTreeMap<String, bool>,
    /// What is wrong, in the order of the document; the rules of a profile begin with its id, as in `ipaws:expires`.
    findings: Vec<FoundView>,
    /// What is to be said of its signature.
    signature: SignatureView,
    /// CAP sender.
    sender: String,
    /// CAP sent, with its own offset.
    sent: String,
    /// CAP status.
    status: &'static str,
    /// CAP msgType.
    msg_type: &'static str,
    /// CAP scope.
    scope: &'static str,
    /// What it says, one entry an info block.
    infos: Vec<CheckedInfo>,
    /// Its shapes as GeoJSON (RFC 7946), circles as polygons. A ring that crosses the antimeridian goes on past
    /// 180 degrees.
    geojson: FeatureCollection,
}

/// A message that cannot be used.
#[derive(Debug, Serialize, ToSchema)]
struct RejectedMessage {
    /// Its place in the document, from 0; usable ones count.
    index: usize,
    /// Line, from 1.
    line: u32,
    /// Column, from 1, in characters.
    column: u32,
    /// Why, and the mend.
    message: String,
}

/// Why a document could not be read.
#[derive(Debug, Serialize, ToSchema)]
struct Unread {
    /// Why, and the mend.
    words: String,
    /// Line, from 1; null where it is about no single place.
    line: Option<u32>,
    /// Column, from 1, in characters.
    column: Option<u32>,
}

/// One thing that is wrong, or that was repaired in reading.
#[derive(Debug, Serialize, ToSchema)]
struct FoundView {
    /// Id of the rule.
    rule: String,
    /// `error`, `warning` or `info`.
    severity: &'static str,
    /// The element, such as `/alert/info[2]/area[1]/polygon[1]`.
    path: String,
    /// Line, from 1; 0 where it is about no single place.
    line: u32,
    /// Column, from 1, in characters; 0 where it is about no single place.
    column: u32,
    /// What is wrong, and the mend.
    message: String,
}

/// What one info block says.
#[derive(Debug, Serialize, ToSchema)]
struct CheckedInfo {
    /// Language tag; null where it is not said, which means `en-US`.
    language: Option<String>,
    /// The event in words.
    event: String,
    /// CAP headline.
    headline: Option<String>,
    /// CAP urgency.
    urgency: &'static str,
    /// CAP severity.
    severity: &'static str,
    /// CAP certainty.
    certainty: &'static str,
    /// CAP effective, with its own offset, as are the others.
    effective: Option<String>,
    /// CAP onset.
    onset: Option<String>,
    /// CAP expires.
    expires: Option<String>,
    /// CAP senderName.
    sender_name: Option<String>,
    /// Where, one entry an area.
    areas: Vec<CheckedArea>,
}

/// One area of an info block.
#[derive(Debug, Serialize, ToSchema)]
struct CheckedArea {
    /// CAP areaDesc.
    description: String,
    /// Its codes, as written.
    geocodes: Vec<Geocode>,
    /// What of it could not be resolved to a shape, in words; null where all was.
    unresolved: Option<String>,
}

/// The name of a place in a code system.
#[derive(Debug, Serialize, ToSchema)]
struct Geocode {
    /// The code system.
    name: String,
    /// The code.
    value: String,
}

impl CheckView {
    /// What the bytes hold, with the word of these profiles beside those that a message claims. Pure; the work grows
    /// with the number of bytes, and so does the answer.
    pub(crate) fn of(bytes: &[u8], profiles: &[&'static Profile]) -> Self {
        let limits = Limits { max_alerts: MAX_MESSAGES, max_findings: MAX_FINDINGS, ..Limits::default() };
        match read_with(bytes, &limits, &mut |alert| judge::judge(alert, profiles)) {
            Ok(document) => Self::of_document(document, &Verifier::new(bytes, &limits), profiles),
            Err(error) => Self { error: Some(error.into()), ..Self::default() },
        }
    }

    fn of_document(document: Document, verifier: &Verifier<'_>, profiles: &[&'static Profile]) -> Self {
        let mut starts: Vec<usize> = document.messages.iter().map(|message| message.bytes.start).collect();
        starts.extend(document.rejected.iter().map(|rejected| rejected.bytes.start));
        starts.sort_unstable();
        let index = |start: usize| starts.partition_point(|other| *other < start);
        let mut budget = Budget::default();
        let messages = document.messages.into_iter();
        Self {
            document: Some(name_of(document.kind)),
            messages: messages
                .map(|message| {
                    let signature = SignatureView::of(verifier, &message);
                    let conforms = judge::conforms(&message, profiles);
                    let verdicts = Verdicts { signature, conforms };
                    CheckedMessage::of(index(message.bytes.start), message, verdicts, &mut budget)
                })
                .collect(),
            rejected: document
                .rejected
                .into_iter()
                .map(|rejected| RejectedMessage::of(index(rejected.bytes.start), rejected))
                .collect(),
            entries: document.entries.len(),
            dropped: document.dropped,
            error: None,
        }
    }
}

fn name_of(kind: DocumentKind) -> &'static str {
    match kind {
        DocumentKind::Alert => "alert",
        DocumentKind::Atom => "atom",
        DocumentKind::Rss => "rss",
        DocumentKind::EdxlDe => "edxl-de",
        DocumentKind::List => "list",
        DocumentKind::Json => "json",
        DocumentKind::JsonList => "json-list",
        DocumentKind::GeoJson => "geojson",
        DocumentKind::NwsGeoJson => "nws-geojson",
    }
}

/// The verdicts on a message beside that on CAP itself.
struct Verdicts {
    signature: SignatureView,
    conforms: BTreeMap<String, bool>,
}

impl CheckedMessage {
    fn of(index: usize, message: Message, verdicts: Verdicts, budget: &mut Budget) -> Self {
        let strict = message.strict();
        let Verdicts { signature, conforms } = verdicts;
        let Message { alert, version, mut findings, judged, .. } = message;
        let sent = alert.sent.instant();
        let semantics = AreaUse::Auto.semantics(&alert);
        let left_out: Vec<LeftOut> = (1..=alert.infos.len()).map(|n| LeftOut::of(&findings, n)).collect();
        findings.extend(judge::shortened(judged));
        findings.sort_by_key(|finding| (finding.line, finding.column));
        let mut features = Vec::new();
        let infos = alert.infos.into_iter().zip(&left_out).zip(1..).map(|((mut info, left_out), n)| {
            let asked = shapes::Asked { n, left_out, sent, semantics };
            let (drawn, unresolved) = shapes::of_info(&mut info, &asked, budget);
            features.extend(drawn);
            CheckedInfo::of(info, unresolved)
        });
        Self {
            index,
            strict,
            usable: true,
            conforms,
            signature,
            version: version.as_str(),
            infos: infos.collect(),
            geojson: FeatureCollection::from(features),
            findings: findings.into_iter().map(FoundView::from).collect(),
            identifier: alert.identifier,
            sender: alert.sender,
            sent: alert.sent.to_string(),
            status: alert.status.as_str(),
            msg_type: alert.msg_type.as_str(),
            scope: alert.scope.as_str(),
        }
    }
}

impl CheckedInfo {
    fn of(info: Info, unresolved: Vec<Option<String>>) -> Self {
        let areas = info.areas.into_iter().zip(unresolved).map(|(area, unresolved)| CheckedArea {
            description: area.description,
            geocodes: area.geocodes.into_iter().map(Geocode::from).collect(),
            unresolved,
        });
        Self {
            areas: areas.collect(),
            language: info.language,
            event: info.event,
            headline: info.headline,
            urgency: info.urgency.as_str(),
            severity: info.severity.as_str(),
            certainty: info.certainty.as_str(),
            effective: info.effective.map(|time| time.to_string()),
            onset: info.onset.map(|time| time.to_string()),
            expires: info.expires.map(|time| time.to_string()),
            sender_name: info.sender_name,
        }
    }
}

impl RejectedMessage {
    fn of(index: usize, Rejected { line, column, message, .. }: Rejected) -> Self {
        Self { index, line, column, message }
    }
}

impl From<Finding> for FoundView {
    fn from(finding: Finding) -> Self {
        Self {
            rule: finding.rule.into_owned(),
            severity: finding.severity.as_str(),
            path: finding.path,
            line: finding.line,
            column: finding.column,
            message: finding.message,
        }
    }
}

impl From<Named> for Geocode {
    fn from(named: Named) -> Self {
        Self { name: named.name().to_owned(), value: named.value().to_owned() }
    }
}

impl From<ReadError> for Unread {
    fn from(error: ReadError) -> Self {
        let place = match &error {
            ReadError::Xml { line, column, .. }
            | ReadError::Json { line, column, .. }
            | ReadError::Dtd { line, column }
            | ReadError::Entity { line, column, .. }
            | ReadError::TooDeep { line, column, .. } => Some((*line, *column)),
            ReadError::TooLarge { .. } | ReadError::Encoding { .. } | ReadError::NotCap { .. } => None,
        };
        let (line, column) = place.unzip();
        Self { words: error.to_string(), line, column }
    }
}

#[cfg(test)]
mod tests;
