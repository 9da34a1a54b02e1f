//! Places without geometry: what two parts have in common, and what certainly lies outside.
//!
//! This crate computes no areas. That one place is in another is only said where codes, equal shapes or equal
//! words prove it; where they do not, nothing is said to have ended.

use std::collections::HashSet;

use super::Part;
use crate::Named;

/// A place, as events and states name it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Place {
    /// CAP areaDesc; empty where the info has no area.
    pub description: String,
    /// Those of its geocodes that are meant.
    pub geocodes: Vec<Named>,
    /// Whether the area has polygons or circles too.
    pub shaped: bool,
}

/// One of the ways in which a place is named; two places that share one are the same or overlap.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum PlaceKey<'a> {
    Code(&'a str, &'a str),
    Shape(&'a [u64]),
    Words(String),
    Nowhere,
}

pub(super) fn keys(part: &Part) -> Vec<PlaceKey<'_>> {
    let ground = &part.ground;
    if ground.nowhere {
        return vec![PlaceKey::Nowhere];
    }
    let codes = ground.codes.iter().map(|(name, value)| PlaceKey::Code(name, value));
    let shapes = ground.shapes.iter().map(|shape| PlaceKey::Shape(shape));
    let words = part.texts().iter().map(|text| text.place.trim().to_lowercase());
    let words = words.filter(|words| !words.is_empty()).map(PlaceKey::Words);
    codes.chain(shapes).chain(words).collect()
}

/// The places that an Update still warns of, and what is certain to lie outside them.
pub(super) struct Kept<'a> {
    /// Whether it warns only of places that the message named that it updates: then what it leaves out is left.
    narrowed: bool,
    /// Code systems in which every one of its places has a code.
    systems: HashSet<&'a str>,
    codes: HashSet<(&'a str, String)>,
    prefixes: HashSet<(&'a str, String)>,
    /// US forecast zones and counties overlap: codes such as `MDZ001` and `MDC031` cannot be compared.
    kinds: HashSet<(&'a str, String, char)>,
}

/// Longer values are no codes of a register.
const LONGEST_CODE: usize = 32;

impl<'a> Kept<'a> {
    pub(super) fn of(old: &[&'a Part], live: &[&'a Part]) -> Kept<'a> {
        let known: HashSet<PlaceKey<'_>> = old.iter().flat_map(|part| keys(part)).collect();
        let narrowed = live.iter().all(|part| is_known(part, &known));
        let mut systems: Option<HashSet<&str>> = None;
        let (mut codes, mut prefixes, mut kinds) = (HashSet::new(), HashSet::new(), HashSet::new());
        for part in live {
            let own: HashSet<&str> = part.ground.codes.iter().map(|(name, _)| name.as_str()).collect();
            systems = Some(match systems {
                None => own,
                Some(all) => all.intersection(&own).copied().collect(),
            });
            for (name, value) in &part.ground.codes {
                let bare = bare(value);
                prefixes.extend(
                    (0..=bare.len()).filter_map(|end| Some((name.as_str(), bare.get(..end)?.to_owned()))),
                );
                if let Some((state, kind)) = zone_kind(value) {
                    kinds.insert((name.as_str(), state.to_owned(), kind));
                }
                codes.insert((name.as_str(), bare.to_owned()));
            }
        }
        Kept { narrowed, systems: systems.unwrap_or_default(), codes, prefixes, kinds }
    }

    /// Whether a code that the Update does not name certainly lies outside.
    pub(super) fn leaves_code(&self, system: &str, value: &str) -> bool {
        self.narrowed || (self.systems.contains(system) && !self.may_hold(system, value))
    }

    /// Whether a place without codes that the Update does not name certainly lies outside.
    pub(super) fn leaves_rest(&self) -> bool {
        self.narrowed
    }

    fn may_hold(&self, system: &str, value: &str) -> bool {
        let code = bare(value);
        let over = (0..=code.len())
            .any(|end| code.get(..end).is_some_and(|head| self.codes.contains(&(system, head.to_owned()))));
        let mixed = zone_kind(value).is_some_and(|(state, kind)| {
            let other = if kind == 'Z' { 'C' } else { 'Z' };
            self.kinds.contains(&(system, state.to_owned(), other))
        });
        value.len() > LONGEST_CODE || over || mixed || self.prefixes.contains(&(system, code.to_owned()))
    }
}

/// Whether a place is one of the old message's: by its codes where it has some, as its shape is but drawn
/// anew round them.
fn is_known(part: &Part, known: &HashSet<PlaceKey<'_>>) -> bool {
    let ground = &part.ground;
    if ground.nowhere {
        false
    } else if !ground.codes.is_empty() {
        ground.codes.iter().all(|(name, value)| known.contains(&PlaceKey::Code(name, value)))
    } else if !ground.shapes.is_empty() {
        ground.shapes.iter().all(|shape| known.contains(&PlaceKey::Shape(shape)))
    } else {
        keys(part).iter().any(|key| known.contains(key))
    }
}

/// A code without what only says how exactly it is meant: zeros at the end are "all of it" (SAME, UGC, census
/// codes), and the first of six digits is a part of a county (47 CFR 11.31).
fn bare(value: &str) -> &str {
    let value = value.get(..LONGEST_CODE).unwrap_or(value);
    let digits = value.len() == 6 && value.bytes().all(|b| b.is_ascii_digit());
    let value = if digits { &value[1..] } else { value };
    value.trim_end_matches('0')
}

/// The state of a UGC code, and whether it is a zone or a county (NWS Instruction 10-1702).
fn zone_kind(value: &str) -> Option<(&str, char)> {
    let state = value.get(..2)?;
    let kind = value.get(2..3)?.chars().next()?;
    (value.len() == 6 && matches!(kind, 'C' | 'Z')).then_some((state, kind))
}
