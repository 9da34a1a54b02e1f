//! Spans of time from configured numbers: one too large is the longest there is, never a panic.

use jiff::SignedDuration;

/// So many minutes.
pub(crate) fn minutes(count: i64) -> SignedDuration {
    SignedDuration::try_from_mins(count).unwrap_or(SignedDuration::MAX)
}

/// So many hours.
pub(crate) fn hours(count: i64) -> SignedDuration {
    SignedDuration::try_from_hours(count).unwrap_or(SignedDuration::MAX)
}
