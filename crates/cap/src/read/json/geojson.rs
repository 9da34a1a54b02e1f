//! The GeoJSON form; see [`to_geojson`](crate::to_geojson) for what it looks like.
//!
//! The properties bear what CAP says; geometries are made of them, so they are not looked at.

use crate::read::info::blank_info;
use std::collections::{BTreeMap, HashMap};

use super::Sheaf;
use super::alert::{ALERT, AREA, Draft, INFO, Outcome, blank_area, need_words, take_area, take_info};
use super::notes::Notes;
use super::tape::{Kind, Value};
use crate::check;
use crate::read::values::cut;

/// Members of one level by name, as the first feature with them says.
type Fields<'s> = BTreeMap<&'static str, Value<'s>>;

/// One alert, put together from its features.
struct Group<'s> {
    first: Value<'s>,
    end: usize,
    head: Fields<'s>,
    infos: BTreeMap<u64, Block<'s>>,
    /// Members that are not known, or that say another thing than in a feature before.
    odd: Vec<(Value<'s>, bool)>,
    misplaced: Vec<Value<'s>>,
}

/// One info.
struct Block<'s> {
    first: Value<'s>,
    fields: Fields<'s>,
    areas: BTreeMap<u64, Fields<'s>>,
}

/// Whether the document is a single feature.
pub(super) fn is_feature(root: Value<'_>) -> bool {
    root.member("type").and_then(Value::string).is_some_and(|kind| kind == "Feature")
}

/// Reads the features of a collection, or the only one.
pub(super) fn read_features(root: Value<'_>, sheaf: &mut Sheaf<'_>) {
    let alone = is_feature(root).then_some(root);
    let mut groups: Vec<Group<'_>> = Vec::new();
    let mut names: HashMap<String, usize> = HashMap::new();
    for feature in root.member("features").into_iter().flat_map(Value::items).chain(alone) {
        let Some(properties) = feature.member("properties").filter(|p| p.kind() == Kind::Object) else {
            sheaf.take(
                Notes::new(sheaf.limits),
                Err("the feature has no properties; the alert cannot be used".to_owned()),
                feature.start()..feature.end(),
            );
            continue;
        };
        let part = |name| properties.member(name).and_then(Value::string).unwrap_or_default();
        let name = [part("sender"), part("identifier"), part("sent")].join("\n");
        let at = *names.entry(name).or_insert_with(|| {
            groups.push(Group {
                first: feature,
                end: feature.end(),
                head: Fields::new(),
                infos: BTreeMap::new(),
                odd: Vec::new(),
                misplaced: Vec::new(),
            });
            groups.len() - 1
        });
        groups[at].end = groups[at].end.max(feature.end());
        groups[at].take(properties);
    }
    let is_one = groups.len() == 1;
    for group in groups {
        let mut notes = Notes::new(sheaf.limits);
        let bytes = if is_one { root.start()..root.end() } else { group.first.start()..group.end };
        let outcome = group.read(&mut notes);
        sheaf.take(notes, outcome, bytes);
    }
}

impl<'s> Group<'s> {
    fn take(&mut self, properties: Value<'s>) {
        let number = |name: &str| properties.member(name).and_then(|v| v.raw().parse::<u64>().ok());
        let (info, area) = (number("infoNumber"), number("areaNumber"));
        for (key, value) in properties.members() {
            let name = key.string().unwrap_or_default();
            let find = |names: &[&'static str]| names.iter().find(|n| **n == name).copied();
            let level = if matches!(&*name, "infoNumber" | "areaNumber") {
                continue;
            } else if let Some(name) = find(&ALERT[..]).filter(|n| *n != "info") {
                Some((&mut self.head, name))
            } else if let (Some(info), Some(name)) = (info, find(&INFO[..]).filter(|n| *n != "area")) {
                Some((&mut self.infos.entry(info).or_insert_with(|| Block::new(properties)).fields, name))
            } else if let (Some(info), Some(area), Some(name)) = (info, area, find(&AREA[..])) {
                let block = self.infos.entry(info).or_insert_with(|| Block::new(properties));
                Some((block.areas.entry(area).or_default(), name))
            } else {
                None
            };
            let Some((fields, name)) = level else {
                self.odd.push((key, false));
                continue;
            };
            if value.is_null() {
                continue;
            }
            let before = *fields.entry(name).or_insert(value);
            let equal =
                before.raw() == value.raw() || before.string().is_some_and(|b| Some(b) == value.string());
            if !equal {
                self.odd.push((key, true));
            }
        }
        if info.is_none() && (area.is_some() || properties.member("event").is_some()) {
            self.misplaced.push(properties);
        }
    }

    fn read(self, notes: &mut Notes<'_>) -> Outcome {
        for (key, differs) in &self.odd {
            let name = key.string().unwrap_or_default();
            let name = cut(&name);
            if *differs {
                let message = format!("{name:?} differs from an earlier feature of the alert, which counts");
                notes.error(key.start(), "/alert", "feature-differs", message);
            } else {
                let message = format!("property {name:?} has no place here; it was left out");
                notes.error(key.start(), "/alert", "unknown-element", message);
            }
        }
        for properties in &self.misplaced {
            let message =
                "the feature has no \"infoNumber\" to tell which info it belongs to; it was left out";
            notes.error(properties.start(), "/alert", "feature-number", message);
        }
        let mut draft = Draft::default();
        for (name, value) in &self.head {
            draft.take(notes, name, *value);
        }
        for ((number, block), n) in self.infos.iter().zip(1_u64..) {
            let path = format!("/alert/info[{n}]");
            if !notes.admit(block.first.start(), &path) {
                break;
            }
            gap(notes, block.first, &path, *number, n);
            let mut info = blank_info();
            for (name, value) in &block.fields {
                take_info(&mut info, notes, &path, name, *value);
            }
            need_words(notes, block.first, &path);
            for ((number, fields), n) in block.areas.iter().zip(1_u64..) {
                let path = format!("{path}/area[{n}]");
                if !notes.admit(block.first.start(), &path) {
                    break;
                }
                gap(notes, fields.values().next().copied().unwrap_or(block.first), &path, *number, n);
                let mut area = blank_area();
                for (name, value) in fields {
                    take_area(&mut area, notes, &path, name, *value);
                }
                info.areas.push(area);
            }
            draft.infos.push(info);
        }
        let outcome = draft.finish(notes, self.first.start())?;
        notes.take_rules(check(&outcome.0), |path| self.place(path));
        Ok(outcome)
    }

    /// Where the member of a path stands, or else the alert's first feature.
    fn place(&self, path: &str) -> usize {
        let mut steps = path.split('/').skip(2).map(|step| {
            let (name, nth) = step.strip_suffix(']').and_then(|s| s.split_once('[')).unwrap_or((step, "1"));
            (name, nth.parse().unwrap_or(1_usize))
        });
        let item = |value: &Value<'_>, nth: usize| value.items().nth(nth - 1).unwrap_or(*value).start();
        let first = self.first.start();
        let Some((name, nth)) = steps.next() else { return first };
        if name != "info" {
            return self.head.get(name).map_or(first, |value| item(value, nth.max(1)));
        }
        let Some(block) = self.infos.values().nth(nth.saturating_sub(1)) else { return first };
        let start = block.first.start();
        let Some((name, nth)) = steps.next() else { return start };
        if name != "area" {
            return block.fields.get(name).map_or(start, |value| item(value, nth.max(1)));
        }
        let Some(fields) = block.areas.values().nth(nth.saturating_sub(1)) else { return start };
        let start = fields.values().next().map_or(start, |value| value.start());
        let Some((name, nth)) = steps.next() else { return start };
        fields.get(name).map_or(start, |value| item(value, nth.max(1)))
    }
}

impl<'s> Block<'s> {
    fn new(first: Value<'s>) -> Self {
        Block { first, fields: Fields::new(), areas: BTreeMap::new() }
    }
}

/// Says that features are missing before this one.
fn gap(notes: &mut Notes<'_>, value: Value<'_>, path: &str, number: u64, n: u64) {
    if number != n {
        let message = format!("it bears number {number} and is the {n}. left; features were taken out");
        notes.warning(value.start(), path, "feature-missing", message);
    }
}
