//! What a pack's types cannot say: steps ascend, texts fill, kinds exist.

use super::{Pack, ParamValue, fill};
use crate::draft::Facts;
use std::collections::BTreeSet;

/// A mistake in a pack: what to look for in the text, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackFinding {
    /// A piece of the text that the finding is about.
    pub needle: String,
    /// What is wrong and how to mend it.
    pub message: String,
}

/// All mistakes of a pack.
pub(super) fn check(pack: &Pack) -> Vec<PackFinding> {
    let mut found = Vec::new();
    check_level(pack, &mut found);
    check_clock(pack, &mut found);
    check_join(pack, &mut found);
    check_rules(pack, &mut found);
    check_draft(pack, &mut found);
    check_texts(pack, &mut found);
    found
}

fn add(found: &mut Vec<PackFinding>, needle: &str, message: impl Into<String>) {
    found.push(PackFinding { needle: needle.to_owned(), message: message.into() });
}

fn check_level(pack: &Pack, found: &mut Vec<PackFinding>) {
    let [a, b, c] = pack.level.people;
    if !(0 < a && a < b && b < c) {
        add(found, "people", "the three numbers must ascend and begin above 0");
    }
    if !pack.level.matrix.is_monotonic() {
        add(found, "matrix", "more impact or more likelihood must never give a lower level");
    }
}

fn check_clock(pack: &Pack, found: &mut Vec<PackFinding>) {
    if !(1..=10_080).contains(&pack.decide.within_minutes) {
        add(found, "within_minutes", "write 1 to 10080 minutes (a week)");
    }
    let steps = &pack.decide.escalate_minutes;
    if steps.iter().any(|m| !(1..=10_080).contains(m)) || steps.windows(2).any(|w| w[0] >= w[1]) {
        add(
            found,
            "escalate_minutes",
            "write minutes after the deadline, ascending, from 1 to 10080 (a week)",
        );
    }
}

fn check_join(pack: &Pack, found: &mut Vec<PackFinding>) {
    if !(0.0..=1.0).contains(&pack.join.confidence) {
        add(found, "confidence", "write a number from 0 to 1");
    }
    if !pack.join.max_growth.is_finite() || pack.join.max_growth < 1.0 {
        add(found, "max_growth", "write 1 or more: how many times the core the union may be");
    }
    if [pack.join.within_hours, pack.join.valid_hours].iter().any(|hours| !(1..=87_600).contains(hours)) {
        add(found, "_hours", "write whole hours, 1 to 87600 (ten years)");
    }
}

fn check_rules(pack: &Pack, found: &mut Vec<PackFinding>) {
    let mut names = BTreeSet::new();
    for rule in &pack.series {
        if !names.insert(&rule.name) {
            add(found, &rule.name, "two rules bear this name: every rule needs its own");
        }
        let Some(kind) = beaconfire_detect::KINDS.iter().find(|kind| kind.name == rule.detector) else {
            let known: Vec<_> = beaconfire_detect::KINDS.iter().map(|kind| kind.name).collect();
            add(found, &rule.detector, format!("no such detector; there are {}", known.join(", ")));
            continue;
        };
        if rule.radius_km.is_some_and(|km| !(km > 0.0 && km <= 20_000.0)) {
            add(found, "radius_km", "write km above 0, up to 20000");
        }
        let has_station_values =
            rule.params.values().any(|v| matches!(v, ParamValue::Word(w) if w.starts_with('$')));
        if !has_station_values
            && let Err(error) =
                kind.build(&rule.params_json(&std::collections::BTreeMap::new()).unwrap_or_default())
        {
            add(found, &rule.name, format!("the detector refuses its parameters: {error}"));
        }
    }
    for rule in &pack.events {
        if !names.insert(&rule.name) {
            add(found, &rule.name, "two rules bear this name: every rule needs its own");
        }
        if rule.steps.iter().any(|step| !step.from.is_finite())
            || rule.steps.iter().filter_map(|step| step.radius_km).any(|km| !(km > 0.0 && km <= 20_000.0))
        {
            add(found, &rule.name, "a step needs a finite `from`, and km above 0, up to 20000");
        }
        if rule.steps.windows(2).any(|w| w[0].from >= w[1].from) {
            add(found, &rule.name, "the steps' `from` must ascend");
        }
        if rule.number.is_some() == rule.steps.is_empty() {
            add(found, &rule.name, "a rule with `number` needs steps, one without needs none");
        }
        if rule.number.is_none() && rule.likelihood.is_none() {
            add(found, &rule.name, "write `likelihood`: there are no steps to take it from");
        }
    }
    for cascade in &pack.cascades {
        if cascade.within_hours < 1 || !cascade.distance_km.is_finite() || cascade.distance_km < 0.0 {
            add(found, &cascade.to, "a cascade needs whole hours from 1 on and km from 0 on");
        }
    }
}

fn check_draft(pack: &Pack, found: &mut Vec<PackFinding>) {
    let draft = &pack.draft;
    let mut word = |ok: bool, text: &str, what: &str| {
        if !ok {
            add(found, text, format!("{text:?} is no CAP {what}: see CAP 1.2, section 3.2"));
        }
    };
    for category in &pack.categories {
        word(category.parse::<beaconfire_cap::Category>().is_ok(), category, "category");
    }
    for response in &draft.response_types {
        word(response.parse::<beaconfire_cap::ResponseType>().is_ok(), response, "responseType");
    }
    word(draft.urgency.parse::<beaconfire_cap::Urgency>().is_ok(), &draft.urgency, "urgency");
    word(draft.certainty.parse::<beaconfire_cap::Certainty>().is_ok(), &draft.certainty, "certainty");
    if pack.categories.is_empty() {
        add(found, "categories", "write at least one CAP category");
    }
    if !(1..=20_160).contains(&draft.expires_minutes) {
        add(found, "expires_minutes", "write 1 to 20160 minutes (two weeks)");
    }
}

fn check_texts(pack: &Pack, found: &mut Vec<PackFinding>) {
    if pack.texts.len() < 2 {
        add(found, "[[texts]]", "write the texts in at least two languages");
    }
    let mut languages = BTreeSet::new();
    let facts = Facts::specimen();
    for text in &pack.texts {
        if !languages.insert(&text.language) {
            add(found, &text.language, "two texts bear this language");
        }
        for template in
            [&text.event, &text.headline, &text.description, &text.instruction, &text.all_clear, &text.cancel]
        {
            match fill(template, &facts) {
                Ok(filled) if filled.is_empty() => {
                    add(found, &text.language, "a text is empty: every one must say something");
                }
                Ok(_) => {}
                Err(error) => add(found, template, error.to_string()),
            }
        }
    }
}
