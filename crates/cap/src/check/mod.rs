//! The rules of the standard on a model: what the schema cannot say, what a model could break of it, and what is
//! legal but harmful.

mod alert;
mod area;
mod content;
mod geometry;
mod info;
mod resource;
mod spot;
mod survey;
mod text;
mod twins;
mod uri;

use crate::model::Alert;
use crate::{Finding, FindingSeverity, Version};

pub use geometry::check_geometry;
pub(crate) use spot::Spot;

/// Checks an alert against CAP 1.2; the places of the findings have no line and no column.
///
/// An alert without errors is written by [`write`](crate::write()) and reads back as the same, but for white space
/// around values. What takes longer, the crossing of edges, is looked at by [`check_geometry`] apart.
pub fn check(alert: &Alert) -> Vec<Finding> {
    let broken = broken(alert, Version::V1_2, false);
    broken.into_iter().map(|broken| broken.finding(0, 0)).collect()
}

/// A rule that is broken, and where.
#[derive(Clone, Debug)]
pub(crate) struct Broken {
    pub(crate) rule: &'static str,
    pub(crate) severity: FindingSeverity,
    pub(crate) spot: Spot,
    pub(crate) message: String,
}

impl Broken {
    pub(crate) fn finding(self, line: u32, column: u32) -> Finding {
        debug_assert!(crate::rule::find(self.rule).is_some(), "{} is in the list of rules", self.rule);
        let Broken { rule, severity, spot, message } = self;
        Finding { rule: rule.into(), severity, path: spot.to_string(), line, column, message }
    }
}

/// Checks an alert against the rules of a version; `clean` says that its texts hold no character that XML forbids.
pub(crate) fn broken(alert: &Alert, version: Version, clean: bool) -> Vec<Broken> {
    let mut notes = Notes { version, clean, broken: Vec::new() };
    alert::check(&mut notes, alert);
    let mut outlook = area::Outlook::of(alert);
    for (info, nth) in alert.infos.iter().zip(1..) {
        info::check(&mut notes, alert, info, Spot::info(nth), &mut outlook);
    }
    twins::check(&mut notes, alert);
    notes.broken
}

/// What was found so far.
struct Notes {
    version: Version,
    /// Whether no text holds a character that XML forbids.
    clean: bool,
    broken: Vec<Broken>,
}

impl Notes {
    fn error(&mut self, rule: &'static str, spot: Spot, message: impl Into<String>) {
        self.note(FindingSeverity::Error, rule, spot, message.into());
    }

    fn warning(&mut self, rule: &'static str, spot: Spot, message: impl Into<String>) {
        self.note(FindingSeverity::Warning, rule, spot, message.into());
    }

    fn note(&mut self, severity: FindingSeverity, rule: &'static str, spot: Spot, message: String) {
        self.broken.push(Broken { rule, severity, spot, message });
    }
}
