//! What is noted while one alert is read: findings, and where its elements stand.

use std::collections::HashMap;
use std::fmt::Write;

use super::element::Element;
use super::lines::Lines;
use super::{Foreign, Version};
use crate::check::{Broken, Spot};
use crate::{Finding, FindingSeverity, Limits};

/// An element of the alert, named without building its path. One number goes from hand to hand in a register.
///
/// From the highest bits: which parent, as an index into the places (32); which child, or 0 for the parent itself (8);
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
    /// The alert, then its elements as their parents know them, and where each begins.
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
            places: Vec::with_capacity((bytes / BYTES_OF_ELEMENT).clamp(16, 1_024)),
            missing: Vec::new(),
            foreign: Vec::new(),
            foreign_bytes: 0,
        };
        sheet.place(At::base(0), offset);
        sheet
    }

    /// The element that was placed last, as the parent of its children.
    #[inline]
    pub(super) fn open(&self) -> u32 {
        u32::try_from(self.places.len() - 1).unwrap_or(u32::MAX)
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
        // Lines are counted forwards only, so all places are looked up in one order.
        let own = self.findings.iter_mut().map(|(offset, finding)| (*offset, finding));
        let locate = |(offset, finding): (usize, &mut Finding)| {
            (finding.line, finding.column) = lines.locate(offset);
        };
        if judged.is_empty() {
            own.for_each(locate);
        } else {
            let mut all: Vec<_> = own.chain(judged_at.into_iter().zip(&mut judged)).collect();
            all.sort_by_key(|(offset, _)| *offset);
            all.into_iter().for_each(locate);
        }
        let mut findings: Vec<Finding> = self.findings.into_iter().map(|(_, finding)| finding).collect();
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

    /// Whether an element is the parent of others; CAP 1.0 has named values as one text.
    fn has_children(&self, at: At) -> bool {
        match at.element() {
            None | Some(Element::Info | Element::Area | Element::Resource) => true,
            Some(Element::EventCode | Element::Parameter | Element::Geocode) => self.version > Version::V1_0,
            Some(_) => false,
        }
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
        // Few paths are longer, and all have room to grow.
        let mut path = String::with_capacity(48);
        self.write_path(at, &mut path);
        path
    }

    fn write_path(&self, at: At, path: &mut String) {
        match (at.parent(), self.places.get(at.parent() as usize)) {
            (1.., Some((parent, _))) => self.write_path(*parent, path),
            _ => path.push_str("/alert"),
        }
        if let Some(child) = at.element() {
            path.push('/');
            path.push_str(child.as_str());
        }
        if at.nth() > 0 {
            write!(path, "[{}]", at.nth()).expect("a string takes what is written");
        }
    }

    /// The element of a spot. Findings are few and alerts small, so a walk beats an index.
    fn at(&self, spot: Spot) -> At {
        let of = |base: u32, name: &str, nth: u32| match Element::of(name) {
            Some(element) => At::child(base, element, nth),
            None => At::base(base),
        };
        let base_of = |at: At| self.places.iter().position(|(known, _)| *known == at).unwrap_or(0);
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
        let place = match at.element() {
            Some(_) => self.places.iter().find(|(place, _)| *place == at),
            None => None,
        };
        let place = place.or_else(|| self.places.get(at.parent() as usize));
        place.or(self.places.first()).map_or(0, |(_, offset)| *offset)
    }

    /// Where the elements of many findings stand, by their paths.
    fn offsets(&self, findings: &[Finding]) -> Vec<usize> {
        if findings.is_empty() {
            return Vec::new();
        }
        let parents = (0..).zip(&self.places).filter(|(_, (at, _))| self.has_children(*at));
        let paths: Vec<(String, u32)> = parents.map(|(base, (at, _))| (self.path(*at), base)).collect();
        let bases: HashMap<&str, u32> = paths.iter().map(|(path, base)| (path.as_str(), *base)).collect();
        let key = |at: At| (at.parent(), at.name(), at.nth());
        let mut places: Places<'_> =
            self.places.iter().rev().map(|(at, offset)| (key(*at), *offset)).collect();
        places.extend(paths.iter().map(|(_, base)| ((*base, "", 0), self.offset(At::base(*base)))));
        findings.iter().map(|finding| place_of(&finding.path, &bases, &places)).collect()
    }
}

/// About as few bytes as an element takes.
const BYTES_OF_ELEMENT: usize = 32;

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
