//! Levels: impact x likelihood after WMO-No. 1150, four of them, never colour alone.

use serde::{Deserialize, Serialize};

/// A warning level. The words follow CAP's severity, the colours ISO 22324's order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Green: no action needed.
    Minor,
    /// Yellow: be aware.
    Moderate,
    /// Orange: be prepared.
    Severe,
    /// Red: take action.
    Extreme,
}

impl Level {
    /// All four, lowest first.
    pub const ALL: [Self; 4] = [Self::Minor, Self::Moderate, Self::Severe, Self::Extreme];

    /// The level's word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Minor => "Minor",
            Self::Moderate => "Be aware",
            Self::Severe => "Be prepared",
            Self::Extreme => "Take action",
        }
    }

    /// The sign that stands beside the colour.
    #[must_use]
    pub fn sign(self) -> &'static str {
        match self {
            Self::Minor => "●",
            Self::Moderate => "▲",
            Self::Severe => "◆",
            Self::Extreme => "■",
        }
    }

    /// The colour's name.
    #[must_use]
    pub fn colour(self) -> &'static str {
        match self {
            Self::Minor => "green",
            Self::Moderate => "yellow",
            Self::Severe => "orange",
            Self::Extreme => "red",
        }
    }

    /// The machine name, as in records and the API.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Minor => "minor",
            Self::Moderate => "moderate",
            Self::Severe => "severe",
            Self::Extreme => "extreme",
        }
    }

    /// The CAP severity that a message of this level proposes.
    #[must_use]
    pub fn severity(self) -> beaconfire_cap::Severity {
        match self {
            Self::Minor => beaconfire_cap::Severity::Minor,
            Self::Moderate => beaconfire_cap::Severity::Moderate,
            Self::Severe => beaconfire_cap::Severity::Severe,
            Self::Extreme => beaconfire_cap::Severity::Extreme,
        }
    }

    /// The level that another issuer's severity stands for. `Unknown` is not low: it is taken as
    /// `Severe` until somebody looks (invariant 4).
    #[must_use]
    pub fn from_severity(severity: beaconfire_cap::Severity) -> Self {
        match severity {
            beaconfire_cap::Severity::Minor => Self::Minor,
            beaconfire_cap::Severity::Moderate => Self::Moderate,
            beaconfire_cap::Severity::Severe | beaconfire_cap::Severity::Unknown => Self::Severe,
            beaconfire_cap::Severity::Extreme => Self::Extreme,
        }
    }
}

/// One of four steps, 1 (lowest) to 4: the impact or the likelihood axis of the matrix.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct Step(u8);

impl Step {
    /// The step `n`; `None` outside 1 to 4.
    #[must_use]
    pub fn new(n: u8) -> Option<Self> {
        (1..=4).contains(&n).then_some(Self(n))
    }

    /// 1 to 4.
    #[must_use]
    pub fn get(self) -> u8 {
        self.0
    }
}

impl TryFrom<u8> for Step {
    type Error = String;

    fn try_from(n: u8) -> Result<Self, String> {
        Self::new(n).ok_or_else(|| format!("{n} is no step of the matrix: write 1, 2, 3 or 4"))
    }
}

impl From<Step> for u8 {
    fn from(step: Step) -> Self {
        step.0
    }
}

/// The matrix: `rows[likelihood - 1][impact - 1]`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Matrix(pub [[Level; 4]; 4]);

impl Matrix {
    /// The level where `likelihood` and `impact` meet.
    #[must_use]
    pub fn level(&self, likelihood: Step, impact: Step) -> Level {
        self.0[usize::from(likelihood.0 - 1)][usize::from(impact.0 - 1)]
    }

    /// Whether more likelihood or more impact never gives a lower level.
    #[must_use]
    pub fn is_monotonic(&self) -> bool {
        let rows = &self.0;
        (0..4).all(|l| {
            (0..4)
                .all(|i| (l == 3 || rows[l][i] <= rows[l + 1][i]) && (i == 3 || rows[l][i] <= rows[l][i + 1]))
        })
    }
}

impl Default for Matrix {
    /// The matrix of WMO-No. 1150 (2021), annex: the usual national form.
    fn default() -> Self {
        use Level::{Extreme, Minor, Moderate, Severe};
        Self([
            [Minor, Minor, Moderate, Moderate],
            [Minor, Moderate, Moderate, Severe],
            [Minor, Moderate, Severe, Severe],
            [Minor, Moderate, Severe, Extreme],
        ])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_matrix_never_falls_with_more_likelihood_or_impact() {
        assert!(Matrix::default().is_monotonic());
    }

    #[test]
    fn a_step_outside_one_to_four_is_refused() {
        assert!(Step::new(0).is_none() && Step::new(5).is_none());
        assert!(serde_json::from_str::<Step>("7").is_err());
    }
}
