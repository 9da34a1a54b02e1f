//! How the sources stand.

use beaconfire_flow::SourceView;
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::LineView;

/// The sources.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SourceList {
    /// Each source.
    sources: Vec<SourceRow>,
}

/// A source.
#[derive(Debug, Serialize, ToSchema)]
struct SourceRow {
    /// Its name.
    id: String,
    /// Its kind.
    kind: String,
    /// Its title.
    title: String,
    /// `healthy`, `late`, `silent`, `refused`, `failing` or `unknown`.
    state: &'static str,
    /// The same in words.
    words: String,
    /// When something last came.
    last_item_at: Option<Timestamp>,
    /// Its cadence in seconds.
    expected_every_s: i64,
    /// Items taken in.
    items: u64,
    /// What was noted about it, newest last.
    findings: Vec<LineView>,
}

/// The sources as shown.
pub(crate) fn source_list(sources: Vec<SourceView>) -> SourceList {
    let row = |source: SourceView| SourceRow {
        id: source.id.0,
        kind: source.kind,
        title: source.title,
        state: state_of(&source.state),
        words: source.words,
        last_item_at: source.last_item_at,
        expected_every_s: source.expected_every_s,
        items: source.items,
        findings: source
            .findings
            .into_iter()
            .map(|note| LineView { at: note.at, words: note.words })
            .collect(),
    };
    SourceList { sources: sources.into_iter().map(row).collect() }
}

/// The states that the console tells apart; whatever else a source may be is unknown, and its words
/// say how.
pub(crate) fn state_of(state: &str) -> &'static str {
    const STATES: [&str; 5] = ["healthy", "late", "silent", "refused", "failing"];
    STATES.into_iter().find(|known| *known == state).unwrap_or("unknown")
}
