//! Foreign bytes to alerts: tolerant, bounded, in one pass, without recursion.
//!
//! [`read`] decodes (`decode`), tokenizes (`scan`), walks the wrapper (`feed`) and reads each alert
//! (`alert`, `info`, `area`; `escaped` where a feed holds it as text) against the schema of its version (`children`,
//! `table`), noting what is wrong (`sheet`). What begins like JSON goes another way (`json`).

mod alert;
mod area;
mod children;
mod decimal;
mod decode;
mod element;
mod error;
mod escaped;
mod feed;
mod info;
mod json;
mod lines;
mod newest;
mod parts;
mod raw;
mod scan;
mod sheet;
mod signature;
mod table;
mod values;

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

#[cfg(feature = "sign")]
pub(crate) use decode::Decoded;
pub use error::ReadError;
#[cfg(feature = "sign")]
pub(crate) use scan::instruction_fault;
pub(crate) use scan::is_xml_char;
pub(crate) use values::trim;

use crate::model::Alert;
use crate::{CapTime, Finding, FindingSeverity, Limits};

/// Reads a CAP message, a feed or a list of them.
///
/// Takes CAP 1.0, 1.1 and 1.2 with any prefix, bare or inside Atom, RSS, EDXL-DE or a list; UTF-8, UTF-16,
/// ISO-8859-1 and Windows-1252. An alert that an entry of a feed holds as text, escaped or in a CDATA section, is read
/// too, with a finding `escaped-alert`. An alert that lacks readable identifier, sender, sent, status or msgType goes
/// to [`Document::rejected`]. What breaks the standard is repaired where one reading is left, and noted in the
/// message's findings. White space around values is dropped, empty elements are absent.
///
/// Takes also the forms of [`to_json`](crate::to_json) and [`to_geojson`](crate::to_geojson) and the GeoJSON alerts
/// of `api.weather.gov`, told by the first brace or bracket. They are no CAP, so there
/// [`strict`](Message::strict) means that the model conforms and that nothing was lost or guessed when reading.
///
/// # Errors
/// If the bytes are not well-formed XML or JSON, hold a document type or unknown entities, exceed a limit, or are no CAP.
pub fn read(bytes: &[u8], limits: &Limits) -> Result<Document, ReadError> {
    read_judged(bytes, limits, None)
}

/// Reads like [`read`] and lets `judge` look at each alert while the places of its elements are still known.
///
/// What it says goes to [`Message::judged`], each finding with the line and column of the element that its path
/// names, or else of the nearest element around it. This is how the findings of a
/// [profile](crate#map-of-the-crate) get their place; it costs nothing where nobody judges.
///
/// # Errors
/// Those of [`read`].
pub fn read_with(
    bytes: &[u8],
    limits: &Limits,
    judge: &mut dyn FnMut(&Alert) -> Vec<Finding>,
) -> Result<Document, ReadError> {
    read_judged(bytes, limits, Some(judge))
}

/// Reads, and lets somebody judge if there is somebody.
fn read_judged(bytes: &[u8], limits: &Limits, judge: Option<Judge<'_>>) -> Result<Document, ReadError> {
    if bytes.len() > limits.max_bytes {
        return Err(ReadError::TooLarge { bytes: bytes.len(), limit: limits.max_bytes });
    }
    if json::is_json(bytes) {
        return json::read_json(bytes, limits, judge.unwrap_or(&mut |_| Vec::new()));
    }
    let decoded = decode::decode(bytes)?;
    let mut document = feed::read_document(&decoded.text, decoded.repaired, limits, judge)?;
    let mut map = decode::SourceMap::new(&decoded);
    for message in &mut document.messages {
        message.bytes = map.source(message.bytes.start)..map.source(message.bytes.end);
    }
    for rejected in &mut document.rejected {
        rejected.bytes = map.source(rejected.bytes.start)..map.source(rejected.bytes.end);
    }
    Ok(document)
}

/// Who looks at an alert while the places of its elements are still known.
type Judge<'j> = &'j mut dyn FnMut(&Alert) -> Vec<Finding>;

/// The characters of a document, as [`read`] takes them: to show the line that a finding names.
///
/// # Errors
/// If the declared encoding is not known here.
pub fn text(bytes: &[u8]) -> Result<Cow<'_, str>, ReadError> {
    decode::decode(bytes).map(|decoded| decoded.text)
}

/// What a document is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DocumentKind {
    /// A single alert.
    Alert,
    /// An Atom feed.
    Atom,
    /// An RSS feed.
    Rss,
    /// An EDXL-DE distribution.
    EdxlDe,
    /// Any other element with alerts inside.
    List,
    /// One alert in the form of [`to_json`](crate::to_json).
    Json,
    /// A JSON array of such.
    JsonList,
    /// Features in the form of [`to_geojson`](crate::to_geojson).
    GeoJson,
    /// Features of the US National Weather Service's API.
    NwsGeoJson,
}

/// What was read.
#[derive(Clone, Debug, PartialEq)]
pub struct Document {
    /// What the document is.
    pub kind: DocumentKind,
    /// The alerts, in document order.
    pub messages: Vec<Message>,
    /// Feed entries without a readable alert inside, in document order.
    pub entries: Vec<Entry>,
    /// Alerts that cannot be used, in document order.
    pub rejected: Vec<Rejected>,
    /// How many alerts, entries and rejections went over [`Limits::max_alerts`]; the newest were kept.
    pub dropped: usize,
    /// When the feed says it changed.
    pub updated: Option<CapTime>,
}

/// An alert and what is wrong with it.
#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    /// The alert, as far as it could be read.
    pub alert: Alert,
    /// The version of CAP it is written in.
    pub version: Version,
    /// What is wrong, in document order.
    pub findings: Vec<Finding>,
    /// What the judge given to [`read_with`] said, in its order; it never weighs on [`Message::strict`].
    pub judged: Vec<Finding>,
    /// Elements that CAP does not know, in document order; what they hold is not lost.
    pub foreign: Vec<Foreign>,
    /// Where the `<alert>` element lies in the bytes that were read, or else the text that it was escaped to.
    pub bytes: Range<usize>,
    /// The alert as a document of its own, where a feed holds it as text: what the issuer wrote, without the XML
    /// declaration.
    pub escaped: Option<Box<str>>,
}

/// An element that the standard does not know, kept as it stood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Foreign {
    /// The element that holds it, such as `/alert/info[1]`.
    pub path: String,
    /// The element from `<` to `>`, as written; prefixes that it uses may be declared outside of it.
    pub xml: String,
}

impl Message {
    /// Whether the message conforms to its version of CAP: no finding is an error.
    pub fn strict(&self) -> bool {
        self.findings.iter().all(|f| f.severity != FindingSeverity::Error)
    }

    /// What the issuer wrote: the part of the document that was read, or what a text in it says. `None` if the
    /// document is another.
    pub fn source<'m>(&'m self, document: &'m [u8]) -> Option<&'m [u8]> {
        match &self.escaped {
            Some(text) => Some(text.as_bytes()),
            None => document.get(self.bytes.clone()),
        }
    }
}

/// An alert in a feed that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejected {
    /// Line of the `<alert>`, from 1.
    pub line: u32,
    /// Column of the `<alert>`, from 1, in characters.
    pub column: u32,
    /// Why.
    pub message: String,
    /// Its identifier, if that can be read.
    pub identifier: Option<String>,
    /// The version of CAP it is written in.
    pub version: Version,
    /// All that is wrong with it, in document order; one is `unusable`.
    pub findings: Vec<Finding>,
    /// Where the `<alert>` element lies in the bytes that were read, or else the text that it was escaped to.
    pub bytes: Range<usize>,
}

/// A feed entry that points to alerts elsewhere.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entry {
    /// Its id (`id` or `guid`).
    pub id: Option<String>,
    /// Its title.
    pub title: Option<String>,
    /// When it changed, or else when it was published.
    pub updated: Option<CapTime>,
    /// Its links, at most 64.
    pub links: Vec<Link>,
}

/// A link of a feed entry.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Link {
    /// The address, as written.
    pub href: String,
    /// What it is to the entry, such as `alternate` or `enclosure`.
    pub rel: Option<String>,
    /// Its media type, such as `application/cap+xml`.
    pub media_type: Option<String>,
}

/// A version of CAP.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Version {
    /// CAP 1.0 of 2004.
    V1_0,
    /// CAP 1.1 of 2005.
    V1_1,
    /// CAP 1.2 of 2010.
    V1_2,
}

impl Version {
    /// The number, such as `1.2`.
    pub fn as_str(self) -> &'static str {
        match self {
            Version::V1_0 => "1.0",
            Version::V1_1 => "1.1",
            Version::V1_2 => "1.2",
        }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
