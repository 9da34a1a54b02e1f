//! What the API shows: one file a noun, each made from the core's state and nothing else.

mod alert;
mod area;
mod can;
mod channel;
mod check;
mod draft;
mod geojson;
mod incident;
mod level;
mod member;
mod series;
mod session;
mod source;
mod warning;

pub(crate) use alert::{AlertList, AlertState, held};
pub(crate) use check::CheckView;
pub(crate) use draft::{DraftInput, content_of};
pub(crate) use incident::{IncidentList, IncidentView, LinkName};
pub(crate) use member::member_of;
pub(crate) use series::{SeriesView, series_view};
pub(crate) use session::{ClockApart, SessionView};
pub(crate) use source::{SourceList, source_list, state_of};
pub(crate) use warning::WarningView;

use beaconfire_core::AccountId;
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

/// One thing that happened, in words.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct LineView {
    /// River time.
    pub(crate) at: Timestamp,
    /// What happened.
    pub(crate) words: String,
}

/// For whom and when something is shown.
#[derive(Clone, Copy)]
pub(crate) struct Seen<'a> {
    /// The operator; none for a program, which may only look.
    pub(crate) by: Option<&'a AccountId>,
    /// River time.
    pub(crate) now: Timestamp,
}
