//! What is noted while one alert is read: findings, and where its elements stand.

use std::collections::{HashMap, HashSet};

use super::lines::Lines;
use super::{Foreign, Version};
use crate::{Finding, FindingSeverity, Limits};

/// An element of the alert, named without building its path.
#[derive(Clone, Copy, Debug)]
pub(super) struct At {
    /// Which parent, as an index into the bases.
    pub(super) base: u32,
    /// The child, or the parent itself if empty.
    pub(super) name: &'static str,
    /// Its count from 1, or 0 if it may stand once only.
    pub(super) nth: u32,
}

impl At {
    /// The parent itself.
    pub(super) fn base(base: u32) -> At {
        At { base, name: "", nth: 0 }
    }
}

/// The notes on one alert.
#[derive(Debug)]
pub(super) struct Sheet {
    pub(super) version: Version,
    pub(super) limits: Limits,
    /// Positions taken so far.
    pub(super) positions: usize,
    /// Elements taken so far.
    pub(super) elements: usize,
    findings: Vec<(usize, Finding)>,
    /// Findings that there is room for: those on the document are counted too; one fits always.
    room: usize,
    /// Findings over the limit: how many, and the heaviest.
    more: Option<(usize, FindingSeverity)>,
    bases: Vec<String>,
    places: Vec<(At, usize)>,
    foreign: Vec<Foreign>,
    /// Bytes of foreign elements kept so far.
    foreign_bytes: usize,
}

impl Sheet {
    /// A sheet for the alert at `offset`, of whose document `general` things were noted.
    pub(super) fn new(version: Version, limits: &Limits, general: usize, offset: usize) -> Sheet {
        let mut sheet = Sheet {
            version,
            limits: limits.clone(),
            positions: 0,
            elements: 0,
            findings: Vec::new(),
            room: limits.max_findings.saturating_sub(general).max(1),
            more: None,
            bases: Vec::new(),
            places: Vec::new(),
            foreign: Vec::new(),
            foreign_bytes: 0,
        };
        sheet.open("/alert".to_owned(), offset);
        sheet
    }

    /// Registers an element that has children.
    pub(super) fn open(&mut self, path: String, offset: usize) -> u32 {
        let base = u32::try_from(self.bases.len()).unwrap_or(u32::MAX);
        self.bases.push(path);
        self.place(At::base(base), offset);
        base
    }

    /// Remembers where an element stands.
    pub(super) fn place(&mut self, at: At, offset: usize) {
        self.places.push((at, offset));
    }

    /// Keeps an element that the standard does not know, as long as together they fit into one text.
    pub(super) fn keep_foreign(&mut self, base: u32, xml: &str) {
        if self.foreign_bytes + xml.len() <= self.limits.max_text {
            self.foreign_bytes += xml.len();
            self.foreign.push(Foreign { path: self.path(At::base(base)), xml: xml.to_owned() });
        }
    }

    /// The foreign elements kept.
    pub(super) fn take_foreign(&mut self) -> Vec<Foreign> {
        std::mem::take(&mut self.foreign)
    }

    pub(super) fn path(&self, at: At) -> String {
        let base = self.bases.get(at.base as usize).map_or("/alert", |b| b);
        match at {
            At { name: "", .. } => base.to_owned(),
            At { name, nth: 0, .. } => format!("{base}/{name}"),
            At { name, nth, .. } => format!("{base}/{name}[{nth}]"),
        }
    }

    pub(super) fn error(&mut self, offset: usize, at: At, rule: &'static str, message: impl Into<String>) {
        self.note(FindingSeverity::Error, offset, at, rule, message);
    }

    pub(super) fn warning(&mut self, offset: usize, at: At, rule: &'static str, message: impl Into<String>) {
        self.note(FindingSeverity::Warning, offset, at, rule, message);
    }

    pub(super) fn note(
        &mut self,
        severity: FindingSeverity,
        offset: usize,
        at: At,
        rule: &'static str,
        message: impl Into<String>,
    ) {
        let path = self.path(at);
        self.push(
            offset,
            Finding { rule: rule.into(), severity, path, line: 0, column: 0, message: message.into() },
        );
    }

    /// Takes the findings of the rules and of whoever judged, gives all of them their place, and puts its own and
    /// those of the rules in document order; what was judged stays apart and in its order.
    pub(super) fn finish(
        mut self,
        rules: Vec<Finding>,
        mut judged: Vec<Finding>,
        lines: &mut Lines<'_>,
    ) -> (Vec<Finding>, Vec<Finding>) {
        let mut judged_at = Vec::new();
        if !rules.is_empty() || !judged.is_empty() {
            let key = |at: At| (at.base, at.name, at.nth);
            let places: Places<'_> =
                self.places.drain(..).rev().map(|(at, offset)| (key(at), offset)).collect();
            let bases = std::mem::take(&mut self.bases);
            let bases: HashMap<&str, u32> =
                bases.iter().zip(0..).map(|(path, base)| (path.as_str(), base)).collect();
            judged_at.extend(judged.iter().map(|f| place_of(&f.path, &bases, &places)));
            // What is missing needs no second word from the rules.
            let missing = self.findings.iter().map(|(_, f)| f).filter(|f| f.rule == "missing");
            let missing: HashSet<String> = missing.map(|f| f.path.clone()).collect();
            for finding in rules.into_iter().filter(|f| !missing.contains(&f.path)) {
                self.push(place_of(&finding.path, &bases, &places), finding);
            }
        }
        self.findings.sort_by_key(|(offset, _)| *offset);
        let (offsets, mut findings): (Vec<usize>, Vec<Finding>) = self.findings.into_iter().unzip();
        // Lines are counted forwards only, so all places are looked up in one order.
        let own = offsets.into_iter().zip(&mut findings);
        let mut all: Vec<_> = own.chain(judged_at.into_iter().zip(&mut judged)).collect();
        all.sort_by_key(|(offset, _)| *offset);
        for (offset, finding) in all {
            (finding.line, finding.column) = lines.locate(offset);
        }
        if let (Some((count, severity)), Some(last)) = (self.more, findings.last().cloned()) {
            let message = format!("{count} more findings are not listed; mend those above first");
            findings.push(Finding {
                rule: "more-findings".into(),
                severity,
                path: "/alert".to_owned(),
                message,
                ..last
            });
        }
        (findings, judged)
    }

    fn push(&mut self, offset: usize, finding: Finding) {
        if self.findings.len() < self.room {
            self.findings.push((offset, finding));
        } else {
            let (count, severity) = self.more.unwrap_or((0, FindingSeverity::Info));
            self.more = Some((count + 1, severity.max(finding.severity)));
        }
    }
}

/// Offsets by parent, name and count.
type Places<'n> = HashMap<(u32, &'n str, u32), usize>;

/// Where the element of a path stands, or else its nearest parent.
fn place_of<'p>(path: &'p str, bases: &HashMap<&str, u32>, places: &Places<'p>) -> usize {
    if let Some(offset) = bases.get(path).and_then(|base| places.get(&(*base, "", 0))) {
        return *offset;
    }
    let (parent, last) = path.rsplit_once('/').unwrap_or(("", path));
    let (name, nth) = match last.strip_suffix(']').and_then(|l| l.split_once('[')) {
        Some((name, nth)) => (name, nth.parse().unwrap_or(0)),
        None => (last, 0),
    };
    let found = bases.get(parent).and_then(|base| {
        let child = places.get(&(*base, name, nth));
        child.or_else(|| places.get(&(*base, "", 0)))
    });
    found.copied().unwrap_or_else(|| places.get(&(0, "", 0)).copied().unwrap_or(0))
}
