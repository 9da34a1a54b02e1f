//! What a pack's types cannot say: steps ascend, texts fill, kinds exist.

use super::{EventRule, Pack, ParamValue, SeriesRule, fill};
use crate::draft::Facts;
use crate::level::Step;
use std::collections::{BTreeMap, BTreeSet};

/// A mistake in a pack: where, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackFinding {
    /// The value that is wrong, such as `series[1].detector`.
    pub path: String,
    /// What is wrong and how to mend it.
    pub message: String,
}

/// All mistakes of a pack.
pub(super) fn check(pack: &Pack) -> Vec<PackFinding> {
    let mut found = Found::default();
    check_level(pack, &mut found);
    check_clock(pack, &mut found);
    check_join(pack, &mut found);
    check_names(pack, &mut found);
    for (at, rule) in pack.series.iter().enumerate() {
        check_series(rule, &format!("series[{at}]"), &mut found);
    }
    for (at, rule) in pack.events.iter().enumerate() {
        check_event(rule, &format!("events[{at}]"), &mut found);
    }
    check_cascades(pack, &mut found);
    check_draft(pack, &mut found);
    check_texts(pack, &mut found);
    found.0
}

#[derive(Default)]
struct Found(Vec<PackFinding>);

impl Found {
    fn add(&mut self, path: impl Into<String>, message: impl Into<String>) {
        self.0.push(PackFinding { path: path.into(), message: message.into() });
    }

    fn unless(&mut self, holds: bool, path: impl Into<String>, message: impl Into<String>) {
        if !holds {
            self.add(path, message);
        }
    }
}

fn check_level(pack: &Pack, found: &mut Found) {
    let [a, b, c] = pack.level.people;
    let ascend = 0 < a && a < b && b < c;
    found.unless(ascend, "level.people", "the three numbers must ascend and begin above 0");
    let message = "more impact or more likelihood must never give a lower level";
    found.unless(pack.level.matrix.is_monotonic(), "level.matrix", message);
    let unknown = pack.level.impact_when_unknown;
    let message = "write 2 to 4: 1 would take an unknown number of people for none";
    found.unless(Step::new(1) != Some(unknown), "level.impact_when_unknown", message);
}

fn check_clock(pack: &Pack, found: &mut Found) {
    let minutes = |m: &i64| (1..=10_080).contains(m);
    let within = &pack.decide.within_minutes;
    found.unless(minutes(within), "decide.within_minutes", "write 1 to 10080 minutes (a week)");
    let steps = &pack.decide.escalate_minutes;
    let ascend = steps.iter().all(minutes) && steps.windows(2).all(|w| w[0] < w[1]);
    let message = "write minutes after the deadline, ascending, from 1 to 10080 (a week)";
    found.unless(ascend, "decide.escalate_minutes", message);
}

fn check_join(pack: &Pack, found: &mut Found) {
    let join = &pack.join;
    found.unless((0.0..=1.0).contains(&join.confidence), "join.confidence", "write a number from 0 to 1");
    let bounded = join.max_growth.is_finite() && join.max_growth >= 1.0;
    found.unless(bounded, "join.max_growth", "write 1 or more: how many times the core the union may be");
    for (name, hours) in [("within_hours", join.within_hours), ("valid_hours", join.valid_hours)] {
        let message = "write whole hours, 1 to 87600 (ten years)";
        found.unless((1..=87_600).contains(&hours), format!("join.{name}"), message);
    }
}

fn check_names(pack: &Pack, found: &mut Found) {
    let series = pack.series.iter().enumerate().map(|(at, rule)| (format!("series[{at}].name"), &rule.name));
    let events = pack.events.iter().enumerate().map(|(at, rule)| (format!("events[{at}].name"), &rule.name));
    let mut names = BTreeSet::new();
    for (path, name) in series.chain(events) {
        found.unless(names.insert(name), path, "two rules bear this name: every rule needs its own");
    }
}

fn check_series(rule: &SeriesRule, path: &str, found: &mut Found) {
    found.unless(is_radius(rule.radius_km), format!("{path}.radius_km"), "write km above 0, up to 20000");
    let Some(kind) = beaconfire_detect::KINDS.iter().find(|kind| kind.name == rule.detector) else {
        let known: Vec<_> = beaconfire_detect::KINDS.iter().map(|kind| kind.name).collect();
        found.add(format!("{path}.detector"), format!("no such detector; there are {}", known.join(", ")));
        return;
    };
    // What a station will write for `$name` is not known here: it is enough that some number goes.
    let build = |number: f64| kind.build(&rule.params_json(&station(rule, number)).unwrap_or_default());
    let constants = rule.params.values().filter_map(|value| match value {
        ParamValue::Number(number) => Some(*number),
        _ => None,
    });
    let Err(error) = build(1.0) else { return };
    if constants.chain([0.0, 1e6, -1e6]).all(|number| build(number).is_err()) {
        found.add(format!("{path}.params"), format!("the detector refuses its parameters: {error}"));
    }
}

/// A station that has this number for every name that the rule asks for.
fn station(rule: &SeriesRule, number: f64) -> BTreeMap<String, f64> {
    let asked = rule.params.values().filter_map(|value| match value {
        ParamValue::Word(word) => word.strip_prefix('$'),
        _ => None,
    });
    asked.map(|name| (name.to_owned(), number)).collect()
}

fn check_event(rule: &EventRule, path: &str, found: &mut Found) {
    for (at, step) in rule.steps.iter().enumerate() {
        let path = format!("{path}.steps[{at}]");
        found.unless(step.from.is_finite(), format!("{path}.from"), "write a finite number");
        found.unless(is_radius(step.radius_km), format!("{path}.radius_km"), "write km above 0, up to 20000");
    }
    let ascend = rule.steps.windows(2).all(|w| w[0].from < w[1].from);
    found.unless(ascend, format!("{path}.steps"), "the steps' `from` must ascend");
    let message = "a rule with `number` needs steps, one without needs none";
    found.unless(rule.number.is_some() != rule.steps.is_empty(), format!("{path}.steps"), message);
    let message = "write `likelihood`: there are no steps to take it from";
    let has_likelihood = rule.number.is_some() || rule.likelihood.is_some();
    found.unless(has_likelihood, format!("{path}.likelihood"), message);
}

fn is_radius(km: Option<f64>) -> bool {
    km.is_none_or(|km| km > 0.0 && km <= 20_000.0)
}

fn check_cascades(pack: &Pack, found: &mut Found) {
    for (at, cascade) in pack.cascades.iter().enumerate() {
        let path = format!("cascades[{at}]");
        found.unless(
            cascade.within_hours >= 1,
            format!("{path}.within_hours"),
            "write whole hours, from 1 on",
        );
        let near = cascade.distance_km.is_finite() && cascade.distance_km >= 0.0;
        found.unless(near, format!("{path}.distance_km"), "write km, from 0 on");
    }
}

fn check_draft(pack: &Pack, found: &mut Found) {
    let draft = &pack.draft;
    let mut word = |ok: bool, path: String, text: &str, what: &str| {
        found.unless(ok, path, format!("{text:?} is no CAP {what}: see CAP 1.2, section 3.2"));
    };
    for (at, category) in pack.categories.iter().enumerate() {
        let ok = category.parse::<beaconfire_cap::Category>().is_ok();
        word(ok, format!("categories[{at}]"), category, "category");
    }
    for (at, response) in draft.response_types.iter().enumerate() {
        let ok = response.parse::<beaconfire_cap::ResponseType>().is_ok();
        word(ok, format!("draft.response_types[{at}]"), response, "responseType");
    }
    let ok = draft.urgency.parse::<beaconfire_cap::Urgency>().is_ok();
    word(ok, "draft.urgency".to_owned(), &draft.urgency, "urgency");
    let ok = draft.certainty.parse::<beaconfire_cap::Certainty>().is_ok();
    word(ok, "draft.certainty".to_owned(), &draft.certainty, "certainty");
    found.unless(!pack.categories.is_empty(), "categories", "write at least one CAP category");
    let expires = (1..=20_160).contains(&draft.expires_minutes);
    found.unless(expires, "draft.expires_minutes", "write 1 to 20160 minutes (two weeks)");
}

fn check_texts(pack: &Pack, found: &mut Found) {
    found.unless(pack.texts.len() >= 2, "texts", "write the texts in at least two languages");
    let mut languages = BTreeSet::new();
    let facts = Facts::specimen();
    for (at, text) in pack.texts.iter().enumerate() {
        let path = |name: &str| format!("texts[{at}].{name}");
        found.unless(languages.insert(&text.language), path("language"), "two texts bear this language");
        let templates = [
            ("event", &text.event),
            ("headline", &text.headline),
            ("description", &text.description),
            ("instruction", &text.instruction),
            ("all_clear", &text.all_clear),
            ("cancel", &text.cancel),
        ];
        for (name, template) in templates {
            match fill(template, &facts) {
                Ok(filled) if filled.is_empty() => {
                    found.add(path(name), "the text is empty: every one must say something");
                }
                Ok(_) => {}
                Err(error) => found.add(path(name), error.to_string()),
            }
        }
    }
}
