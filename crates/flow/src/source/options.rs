//! What can be set for a source of any kind.

use super::error::ParseError;
use super::signature::SignatureUse;
use beaconfire_core::area::AreaUse;
use serde::{Deserialize, Serialize};

/// What can be set for a source of any kind, the table `[source.options]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Options {
    /// Bytes of one answer, after decompression. Default 64 MiB.
    pub max_bytes: usize,
    /// Entries kept of one answer: the newest. Default 10,000, of rows of numbers 1,000,000.
    pub max_entries: Option<usize>,
    /// The unit that the numbers must bear where the format states one, such as `ft`; series in
    /// another unit are refused.
    pub unit: Option<String>,
    /// `cap`: complete answers in a row that must not list an alert without `expires` before it counts as
    /// over, 2 to 100. By default leaving the list ends nothing.
    pub vanish_after_polls: Option<u32>,
    /// `usgs-nwis`: the parameter whose series bear the bare station number. Default `00065`, gauge
    /// height.
    pub parameter: String,
    /// `cap`: how the shapes and the geocodes of an area go together. `auto`, the default: as the message's profile
    /// says, else all together as CAP says. `union`: always together. `shapes`: geocodes count only where there is no
    /// shape, which is what the US National Weather Service means by its storm-based warnings.
    pub area: AreaUse,
    /// `cap`: what is done with signatures. `ignore`, the default: nothing. `note`: the verdict stands among the findings
    /// of each alert. `demand`: an alert without a signature that leads to one of the source's `anchors` is not taken as
    /// an alert, it becomes a finding on the source.
    pub signature: SignatureUse,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            max_bytes: 64 << 20,
            max_entries: None,
            unit: None,
            vanish_after_polls: None,
            parameter: "00065".to_owned(),
            area: AreaUse::Auto,
            signature: SignatureUse::Ignore,
        }
    }
}

impl Options {
    /// Entries kept of a feed.
    pub(super) fn feed_entries(&self) -> usize {
        self.max_entries.unwrap_or(10_000)
    }

    /// Rows kept of a table of numbers.
    pub(super) fn row_entries(&self) -> usize {
        self.max_entries.unwrap_or(1_000_000)
    }

    /// Refuses bytes over the limit.
    pub(super) fn check_size(&self, bytes: &[u8]) -> Result<(), ParseError> {
        if bytes.len() > self.max_bytes {
            return Err(ParseError::TooLarge { bytes: bytes.len(), limit: self.max_bytes });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_option_is_refused_with_the_known_ones() {
        let error = toml::from_str::<Options>("max_byte = 1").unwrap_err().to_string();
        assert!(error.contains("max_bytes"), "{error}");
        assert_eq!(toml::from_str::<Options>("max_entries = 5").unwrap().feed_entries(), 5);
    }
}
