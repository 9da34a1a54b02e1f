//! What an alert says: event, time, words, files.

use super::{Area, Category, Certainty, Named, ResponseType, Severity, Urgency};
use crate::CapTime;

/// One block of content. CAP 1.2, section 3.2.2.
#[derive(Clone, Debug, PartialEq)]
pub struct Info {
    /// Language tag of the texts; absent means `en-US`.
    pub language: Option<String>,
    /// Kinds of event; at least one.
    pub categories: Vec<Category>,
    /// The event in words, such as `Flood`.
    pub event: String,
    /// What people should do.
    pub response_types: Vec<ResponseType>,
    /// How soon to act.
    pub urgency: Urgency,
    /// How bad it is.
    pub severity: Severity,
    /// How sure it is.
    pub certainty: Certainty,
    /// Whom the text is meant for.
    pub audience: Option<String>,
    /// The event in code systems.
    pub event_codes: Vec<Named>,
    /// From when the information holds; absent means `sent`.
    pub effective: Option<CapTime>,
    /// When the event is expected to begin.
    pub onset: Option<CapTime>,
    /// When the information ends.
    pub expires: Option<CapTime>,
    /// The issuer's name for people.
    pub sender_name: Option<String>,
    /// One line.
    pub headline: Option<String>,
    /// What happens.
    pub description: Option<String>,
    /// What to do.
    pub instruction: Option<String>,
    /// Absolute URI with more.
    pub web: Option<String>,
    /// Whom to ask.
    pub contact: Option<String>,
    /// Further values by name.
    pub parameters: Vec<Named>,
    /// Files and pictures.
    pub resources: Vec<Resource>,
    /// Where; several areas mean their union.
    pub areas: Vec<Area>,
}

/// A file with an alert. CAP 1.2, section 3.2.3.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resource {
    /// What it is, in words (`resourceDesc`).
    pub description: String,
    /// Its media type; empty where CAP 1.0 or 1.1 left it out.
    pub mime_type: String,
    /// Its size in bytes, about.
    pub size: Option<u64>,
    /// Where it lies.
    pub uri: Option<String>,
    /// Its content in base64.
    pub deref_uri: Option<String>,
    /// SHA-1 of its content in hexadecimal.
    pub digest: Option<String>,
}
