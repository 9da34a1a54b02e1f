//! What an Update makes of the parts of the message that it supersedes.

use std::collections::HashMap;

use super::place::{Kept, PlaceKey, keys};
use super::{Clear, Part, Place};

/// What becomes of one part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// The Update warns there too, or it cannot be told that it does not; of the codes that are listed it
    /// certainly says no more.
    GoesOn(Vec<Place>),
    /// The Update says that it is over.
    Cleared(Clear),
    /// The Update warns of other places, certainly.
    Dropped,
}

/// Judges every part of `old` under an Update that says `new`, which says something.
pub(super) fn judge(old: &[&Part], new: &[&Part]) -> Vec<Verdict> {
    let live: Vec<&Part> = new.iter().copied().filter(|part| part.clear.is_none()).collect();
    let kept = Kept::of(old, &live);
    let mut said = Said::default();
    new.iter().for_each(|part| said.add(part));
    old.iter().map(|part| one(part, &said, &kept, new, live.is_empty())).collect()
}

fn one(part: &Part, said: &Said<'_>, kept: &Kept<'_>, new: &[&Part], all_clear: bool) -> Verdict {
    let here = said.of(part);
    if !here.live
        && let Some(clear) = here.clear
    {
        return Verdict::Cleared(clear);
    }
    if all_clear {
        // What it clears may be named otherwise than it was; that it warns of nothing more is plain.
        let clear = new.iter().filter_map(|part| part.clear).min();
        return clear.map_or(Verdict::GoesOn(Vec::new()), Verdict::Cleared);
    }
    let codes = &part.ground.codes;
    let gone = |(system, value): &&(String, String)| match said.at(part, &PlaceKey::Code(system, value)) {
        found if found.live => false,
        found if found.clear.is_some() => true,
        _ => kept.leaves_code(system, value),
    };
    let left: Vec<_> = codes.iter().filter(gone).collect();
    if !here.live {
        let outside = if codes.is_empty() {
            kept.leaves_rest() && !part.ground.nowhere
        } else {
            left.len() == codes.len()
        };
        return if outside { Verdict::Dropped } else { Verdict::GoesOn(places(part, &left)) };
    }
    // The same shape, or the same words, under fewer codes is no smaller place.
    let whole = left.len() == codes.len() || said.holds_shape(part);
    Verdict::GoesOn(if whole { Vec::new() } else { places(part, &left) })
}

fn places(part: &Part, left: &[&(String, String)]) -> Vec<Place> {
    if left.is_empty() { Vec::new() } else { vec![part.place_with(left.iter().copied())] }
}

/// What an Update says, by place, and by place and event.
#[derive(Default)]
struct Said<'a> {
    places: HashMap<PlaceKey<'a>, Words>,
    events: HashMap<(PlaceKey<'a>, EventKey<'a>), Words>,
}

/// Whether somewhere it warns, and whether it says that it is over.
#[derive(Clone, Copy, Default)]
struct Words {
    live: bool,
    clear: Option<Clear>,
}

/// One of the ways in which an event is named.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum EventKey<'a> {
    Code(&'a str, &'a str),
    Words(String),
}

pub(super) fn events(part: &Part) -> Vec<EventKey<'_>> {
    let codes = part.head.codes.iter().map(|(name, value)| EventKey::Code(name, value));
    let words = part.texts().iter().map(|text| {
        let language = text.language.split('-').next().unwrap_or_default();
        EventKey::Words(format!("{language}:{}", text.event.trim()).to_lowercase())
    });
    codes.chain(words).collect()
}

impl<'a> Said<'a> {
    fn add(&mut self, part: &'a Part) {
        for place in keys(part) {
            for event in events(part) {
                self.events.entry((place.clone(), event)).or_default().add(part);
            }
            self.places.entry(place).or_default().add(part);
        }
    }

    /// Wherever the part is, of its event where the Update names that there, else of any.
    fn of(&self, part: &'a Part) -> Words {
        keys(part).iter().fold(Words::default(), |all, place| all.and(self.at(part, place)))
    }

    fn at(&self, part: &'a Part, place: &PlaceKey<'a>) -> Words {
        let same = events(part).into_iter().filter_map(|event| self.events.get(&(place.clone(), event)));
        let same = same.fold(Words::default(), |all, words| all.and(*words));
        if same.live || same.clear.is_some() {
            same
        } else {
            self.places.get(place).copied().unwrap_or_default()
        }
    }

    fn holds_shape(&self, part: &'a Part) -> bool {
        let mut shapes = part.ground.shapes.iter();
        !part.ground.shapes.is_empty()
            && shapes.all(|shape| self.places.get(&PlaceKey::Shape(shape)).is_some_and(|words| words.live))
    }
}

impl Words {
    fn add(&mut self, part: &Part) {
        match part.clear {
            None => self.live = true,
            Some(clear) => self.clear = Some(self.clear.map_or(clear, |known| known.min(clear))),
        }
    }

    fn and(self, other: Words) -> Words {
        let clear = match (self.clear, other.clear) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
        Words { live: self.live || other.live, clear }
    }
}
