//! What is noted while one alert is read from JSON.

use crate::{Finding, FindingSeverity, Limits};

/// The notes on one alert, with the places of what they are about.
pub(super) struct Notes<'l> {
    pub(super) limits: &'l Limits,
    /// Positions taken so far.
    pub(super) positions: usize,
    elements: usize,
    findings: Vec<(usize, Finding)>,
    /// Findings over the limit: how many, and the heaviest.
    more: Option<(usize, FindingSeverity)>,
}

impl<'l> Notes<'l> {
    pub(super) fn new(limits: &'l Limits) -> Self {
        Notes { limits, positions: 0, elements: 0, findings: Vec::new(), more: None }
    }

    /// Counts an item of a list; false if the alert has more than are taken.
    pub(super) fn admit(&mut self, offset: usize, path: &str) -> bool {
        self.elements += 1;
        let limit = self.limits.max_elements;
        if self.elements == limit + 1 {
            let message = format!("more than {limit} elements; the rest was left out");
            self.error(offset, path, "too-many-elements", message);
        }
        self.elements <= limit
    }

    /// Something was lost or guessed.
    pub(super) fn error(
        &mut self,
        offset: usize,
        path: &str,
        rule: &'static str,
        message: impl Into<String>,
    ) {
        self.note(FindingSeverity::Error, offset, path, rule, message);
    }

    /// Something was written oddly; nothing was lost.
    pub(super) fn warning(
        &mut self,
        offset: usize,
        path: &str,
        rule: &'static str,
        message: impl Into<String>,
    ) {
        self.note(FindingSeverity::Warning, offset, path, rule, message);
    }

    pub(super) fn note(
        &mut self,
        severity: FindingSeverity,
        offset: usize,
        path: &str,
        rule: &'static str,
        message: impl Into<String>,
    ) {
        debug_assert!(crate::rule::find(rule).is_some(), "{rule} is in the list of rules");
        let path = path.to_owned();
        let finding =
            Finding { rule: rule.into(), severity, path, line: 0, column: 0, message: message.into() };
        self.push(offset, finding);
    }

    /// Takes a finding that was made elsewhere.
    pub(super) fn push(&mut self, offset: usize, finding: Finding) {
        if self.has_room() {
            self.findings.push((offset, finding));
        } else {
            let (count, severity) = self.more.unwrap_or((0, FindingSeverity::Info));
            self.more = Some((count + 1, severity.max(finding.severity)));
        }
    }

    /// Whether another finding is listed, not only counted.
    pub(super) fn has_room(&self) -> bool {
        self.findings.len() < self.limits.max_findings.max(1)
    }

    /// Whether something of this rule was noted at a path.
    pub(super) fn has(&self, rule: &str, path: &str) -> bool {
        self.findings.iter().any(|(_, f)| f.rule == rule && f.path == path)
    }

    /// The findings in document order with their offsets; they have no line and no column yet.
    pub(super) fn finish(mut self) -> (Vec<usize>, Vec<Finding>) {
        self.findings.sort_by_key(|(offset, _)| *offset);
        if let (Some((count, severity)), Some((offset, _))) = (self.more, self.findings.last()) {
            let message = format!("{count} more findings are not listed; mend those above first");
            let (rule, path) = ("more-findings".into(), "/alert".to_owned());
            let more = Finding { rule, severity, path, message, line: 0, column: 0 };
            self.findings.push((*offset, more));
        }
        self.findings.into_iter().unzip()
    }
}
