//! What the reader of a message left out of its areas: who is exposed there is unknown, not nobody.

use super::resolve::Missing;
use beaconfire_cap as cap;

/// Rules whose findings say that a part of an area did not get into the model, or is not as it was meant.
const RULES: [&str; 7] = [
    "polygon-unreadable",
    "circle-unreadable",
    "too-many-positions",
    "too-many-elements",
    "geometry",
    "polygon-hole",
    "more-findings",
];

/// What was left out of the areas of one info block: the number of the area from 1, 0 for the block as a whole, and
/// what.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LeftOut(Vec<(usize, Missing)>);

impl LeftOut {
    /// Of the info block with this number, from 1, as the findings of the reader say it.
    #[must_use]
    pub fn of(findings: &[cap::Finding], info: usize) -> Self {
        let block = format!("/alert/info[{info}]");
        let found = findings.iter().filter(|finding| RULES.contains(&&*finding.rule)).filter_map(|finding| {
            let whole = finding.rule == "more-findings" && finding.severity == cap::FindingSeverity::Error;
            if whole {
                let what = "one of the findings that are not listed".to_owned();
                return Some((0, Missing { what, why: "may be about a shape that was left out".to_owned() }));
            }
            let rest = finding.path.strip_prefix(&block)?;
            let area = rest.strip_prefix("/area[").and_then(|rest| rest.split(']').next()?.parse().ok());
            let is_here = rest.is_empty() || rest.starts_with('/');
            // Elsewhere in the block too many elements take nothing from an area that is there.
            let is_area = area.is_some() || rest.starts_with("/area") || finding.rule == "too-many-elements";
            (is_here && is_area).then(|| {
                let what = rest.trim_start_matches('/').to_owned();
                let what = if what.is_empty() { "the block".to_owned() } else { what };
                let message: String = finding.message.chars().take(200).collect();
                (area.unwrap_or(0), Missing { what, why: format!("is not as it was sent: {message}") })
            })
        });
        Self(found.collect())
    }

    /// Of one area alone, from 1, as if it were the only one of its block; what is about the block is of every area.
    #[must_use]
    pub fn of_area(&self, number: usize) -> Self {
        let here = self.0.iter().filter(|(area, _)| *area == number || *area == 0);
        Self(here.map(|(area, missing)| (usize::from(*area > 0), missing.clone())).collect())
    }

    /// What is missing in the area of this number.
    pub(super) fn at(&self, number: usize) -> impl Iterator<Item = &Missing> {
        self.0.iter().filter(move |(area, _)| *area == number).map(|(_, missing)| missing)
    }

    /// What is missing in the block as a whole, or in areas after these.
    pub(super) fn beyond(&self, areas: usize) -> impl Iterator<Item = &Missing> {
        self.0.iter().filter(move |(area, _)| *area == 0 || *area > areas).map(|(_, missing)| missing)
    }
}
