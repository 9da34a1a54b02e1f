//! What is noted while one alert is read: findings, and where its elements stand.

use std::collections::HashMap;

use super::element::Element;
use super::lines::Lines;
use super::{Foreign, Version};
use crate::check::{Broken, Spot};
use crate::{Finding, FindingSeverity, Limits};

/// An element of the alert, named without building its path. One number goes from hand to hand in a register.
///
/// From the highest bits: which parent, as an index into the bases (32); which child, or 0 for the parent itself (8);
/// its count from 1, or 0 if it may stand once only (24; nobody counts higher).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct At(u64);

const MOST_COUNTED: u32 = (1 << 24) - 1;

impl At {
    /// The parent itself.
    pub(super) fn base(base: u32) -> At {
        At(u64::from(base) << 32)
    }

    /// A child of a parent.
    #[inline]
    pub(super) fn child(base: u32, element: Element, nth: u32) -> At {
        At(u64::from(base) << 32 | u64::from(element.number()) << 24 | u64::from(nth.min(MOST_COUNTED)))
    }

    fn parent(self) -> u32 {
        (self.0 >> 32) as u32
    }

    /// The child, if it is one.
    #[inline]
    pub(super) fn element(self) -> Option<Element> {
        Element::of_number((self.0 >> 24) as u8)
    }

    fn name(self) -> &'static str {
        self.element().map_or("", Element::as_str)
    }

    /// Its count from 1, or 0 if it may stand once only.
    pub(super) fn nth(self) -> u32 {
        self.0 as u32 & MOST_COUNTED
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
    /// Elements that have children: the alert, and then each as its parent knows it.
    bases: Vec<At>,
    places: Vec<(At, usize)>,
    missing: Vec<At>,
    foreign: Vec<Foreign>,
    /// Bytes of foreign elements kept so far.
    foreign_bytes: usize,
}

impl Sheet {
    /// A sheet for the alert at `offset`, of whose document `general` things were noted.
    /// `bytes` are as many as it may take: the more, the more places will be noted.
    pub(super) fn new(
        version: Version,
        limits: &Limits,
        general: usize,
        offset: usize,
        bytes: usize,
    ) -> Sheet {
        let mut sheet = Sheet {
            version,
            limits: limits.clone(),
            positions: 0,
            elements: 0,
            findings: Vec::new(),
            room: limits.max_findings.saturating_sub(general).max(1),
            more: None,
            bases: Vec::with_capacity(16),
            places: Vec::with_capacity((bytes / BYTES_OF_ELEMENT).clamp(16, 1_024)),
            missing: Vec::new(),
            foreign: Vec::new(),
            foreign_bytes: 0,
        };
        sheet.bases.push(At::base(0));
        sheet.place(At::base(0), offset);
        sheet
    }

    /// Registers an element that has children.
    #[inline]
    pub(super) fn open(&mut self, at: At, offset: usize) -> u32 {
        let base = u32::try_from(self.bases.len()).unwrap_or(u32::MAX);
        self.bases.push(at);
        self.place(At::base(base), offset);
        base
    }

    /// Remembers where an element stands.
    #[inline]
    pub(super) fn place(&mut self, at: At, offset: usize) {
        self.places.push((at, offset));
    }

    /// Notes that a mandatory element is not there; the rules need not say it again.
    pub(super) fn missing(&mut self, offset: usize, at: At) {
        self.missing.push(at);
        let message = format!("<{}> is missing; it is mandatory", at.name());
        self.error(offset, at, "missing", message);
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
        debug_assert!(crate::rule::find(rule).is_some(), "{rule} is in the list of rules");
        if self.has_room(severity) {
            let path = self.path(at);
            let finding =
                Finding { rule: rule.into(), severity, path, line: 0, column: 0, message: message.into() };
            self.findings.push((offset, finding));
        }
    }

    /// Takes what the rules found and what somebody else judged, gives all findings their place, and puts its own and
    /// those of the rules in document order; what was judged stays apart and in its order.
    pub(super) fn finish(
        mut self,
        broken: Vec<Broken>,
        mut judged: Vec<Finding>,
        lines: &mut Lines<'_>,
    ) -> (Vec<Finding>, Vec<Finding>) {
        let judged_at = self.offsets(&judged);
        for broken in broken {
            let at = self.at(broken.spot);
            if !self.missing.contains(&at) && self.has_room(broken.severity) {
                let offset = self.offset(at);
                self.findings.push((offset, broken.finding(0, 0)));
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

    /// Whether one more finding fits; if not, it is counted.
    fn has_room(&mut self, severity: FindingSeverity) -> bool {
        let fits = self.findings.len() < self.room;
        if !fits {
            let (count, heaviest) = self.more.unwrap_or((0, FindingSeverity::Info));
            self.more = Some((count + 1, heaviest.max(severity)));
        }
        fits
    }

    fn path(&self, at: At) -> String {
        let mut path = match (at.parent(), self.bases.get(at.parent() as usize)) {
            (1.., Some(parent)) => self.path(*parent),
            _ => "/alert".to_owned(),
        };
        if let Some(child) = at.element() {
            path.push('/');
            path.push_str(child.as_str());
        }
        if at.nth() > 0 {
            path.push_str(&format!("[{}]", at.nth()));
        }
        path
    }

    /// The element of a spot. Findings are few and alerts small, so a walk beats an index.
    fn at(&self, spot: Spot) -> At {
        let of = |base: u32, name: &str, nth: u32| match Element::of(name) {
            Some(element) => At::child(base, element, nth),
            None => At::base(base),
        };
        let base_of = |at: At| self.bases.iter().skip(1).position(|known| *known == at).map_or(0, |n| n + 1);
        let mut base = 0;
        for (name, nth) in [("info", spot.info), (spot.part, spot.part_nth)] {
            if nth > 0 {
                base = u32::try_from(base_of(of(base, name, nth))).unwrap_or(0);
            }
        }
        of(base, spot.name, spot.nth)
    }

    /// Where an element stands, or else its parent.
    fn offset(&self, at: At) -> usize {
        let of = |at: At| self.places.iter().find(|(place, _)| *place == at).map(|(_, offset)| *offset);
        of(at).or_else(|| of(At::base(at.parent()))).or_else(|| of(At::base(0))).unwrap_or(0)
    }

    /// Where the elements of many findings stand, by their paths.
    fn offsets(&self, findings: &[Finding]) -> Vec<usize> {
        if findings.is_empty() {
            return Vec::new();
        }
        let paths: Vec<String> = (0..).zip(&self.bases).map(|(base, _)| self.path(At::base(base))).collect();
        let bases: HashMap<&str, u32> = paths.iter().map(String::as_str).zip(0..).collect();
        let key = |at: At| (at.parent(), at.name(), at.nth());
        let places: Places<'_> = self.places.iter().rev().map(|(at, offset)| (key(*at), *offset)).collect();
        findings.iter().map(|finding| place_of(&finding.path, &bases, &places)).collect()
    }
}

/// About as many bytes as an element takes.
const BYTES_OF_ELEMENT: usize = 64;

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
