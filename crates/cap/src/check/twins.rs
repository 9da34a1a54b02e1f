//! Blocks that say the same in several languages have to agree on everything that machines read.

use super::{Notes, Spot};
use crate::model::{Alert, Area, Info};

pub(super) fn check(notes: &mut Notes, alert: &Alert) {
    for (this, other) in pairs(&alert.infos) {
        let (Some(a), Some(b)) = (alert.infos.get(this), alert.infos.get(other)) else { continue };
        let differ = differences(a, b);
        if !differ.is_empty() {
            let language = a.language.as_deref().unwrap_or("en-US");
            let message = format!(
                "{} in {language} in block {} and differ{} here: languages must say the same",
                match differ.as_slice() {
                    [one] => format!("{one} is given"),
                    many => format!("{} are given", many.join(", ")),
                },
                this + 1,
                if differ.len() == 1 { "s" } else { "" },
            );
            let nth = u32::try_from(other + 1).unwrap_or(u32::MAX);
            notes.warning("infos-disagree", Spot::info(nth), message);
        }
    }
}

/// Which blocks are translations of which: as many for each language, in the same order; the first of each is the
/// one that the others are held against.
fn pairs(infos: &[Info]) -> Vec<(usize, usize)> {
    if infos.len() < 2 {
        return Vec::new();
    }
    let mut languages: Vec<(String, Vec<usize>)> = Vec::new();
    for (at, info) in infos.iter().enumerate() {
        let language = info.language.as_deref().unwrap_or("en-US").to_ascii_lowercase();
        match languages.iter().position(|(known, _)| *known == language) {
            Some(known) => languages[known].1.push(at),
            // Nobody writes in more languages; the search stays short on hostile input.
            None if languages.len() < MAX_LANGUAGES => languages.push((language, vec![at])),
            None => return Vec::new(),
        }
    }
    let Some((first, others)) = languages.split_first() else { return Vec::new() };
    if others.iter().any(|(_, blocks)| blocks.len() != first.1.len()) {
        return Vec::new();
    }
    let of = |blocks: &[usize]| first.1.iter().copied().zip(blocks.iter().copied()).collect::<Vec<_>>();
    others.iter().flat_map(|(_, blocks)| of(blocks)).collect()
}

/// Languages of one alert that are looked at.
const MAX_LANGUAGES: usize = 32;

fn differences(a: &Info, b: &Info) -> Vec<&'static str> {
    let instant = |time: Option<crate::CapTime>| time.map(|t| t.instant());
    let has_shapes = |areas: &[Area]| areas.iter().any(|a| !a.polygons.is_empty() || !a.circles.is_empty());
    let same_shapes = |(a, b): (&Area, &Area)| a.polygons == b.polygons && a.circles == b.circles;
    let mut differ = Vec::new();
    let mut hold = |name, same: bool| {
        if !same {
            differ.push(name);
        }
    };
    hold("category", same_set(&a.categories, &b.categories));
    hold("responseType", same_set(&a.response_types, &b.response_types));
    hold("urgency", a.urgency == b.urgency);
    hold("severity", a.severity == b.severity);
    hold("certainty", a.certainty == b.certainty);
    hold("effective", instant(a.effective) == instant(b.effective));
    hold("onset", instant(a.onset) == instant(b.onset));
    hold("expires", instant(a.expires) == instant(b.expires));
    // Where one language leaves out the shapes and names codes alone, nothing contradicts.
    let same = a.areas.len() == b.areas.len() && a.areas.iter().zip(&b.areas).all(same_shapes);
    hold("area", same || !has_shapes(&a.areas) || !has_shapes(&b.areas));
    differ
}

fn same_set<T: PartialEq>(a: &[T], b: &[T]) -> bool {
    a.iter().all(|x| b.contains(x)) && b.iter().all(|x| a.contains(x))
}
