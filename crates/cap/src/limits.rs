//! What the reader takes before it says no.

/// Bounds of one call of [`read`](crate::read()).
///
/// Memory stays within a small multiple of `max_bytes`, whatever the bytes say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the whole document; more is refused. Default 64 MiB.
    pub max_bytes: usize,
    /// Elements open at once; more is refused. Default 64.
    pub max_depth: usize,
    /// Alerts, and apart from them feed entries, kept of one document; the newest stay and the rest
    /// is counted in `Document::dropped`. Default 10,000.
    pub max_alerts: usize,
    /// Polygon positions of one alert; a polygon that would exceed it is left out. Default 2,000,000.
    pub max_positions: usize,
    /// Bytes of one text; longer text is cut, longer `derefUri` content is left out. Default 16 MiB.
    pub max_text: usize,
    /// Elements of one alert; those after it are left out. Default 200,000.
    pub max_elements: usize,
    /// Findings of one message; those after it are summed up in a last one. Default 1,000.
    pub max_findings: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            max_bytes: 64 << 20,
            max_depth: 64,
            max_alerts: 10_000,
            max_positions: 2_000_000,
            max_text: 16 << 20,
            max_elements: 200_000,
            max_findings: 1_000,
        }
    }
}
