//! Single values of JSON as parts of an alert: texts, words, times, shapes, lists.

use std::borrow::Cow;

use super::notes::Notes;
use super::tape::{Kind, Value};
use crate::model::{Circle, Named, Position, Word};
use crate::read::values::{bring_round, circle, cut, list, number, ring, trim};
use crate::time::{CapTime, parse};
use crate::{Finding, FindingSeverity};

impl Notes<'_> {
    /// Reads the members of an object; `take` gets each that is known and not null.
    ///
    /// A member that stands twice counts once, and one that is not known is told by `severity`.
    pub(super) fn object<'s>(
        &mut self,
        value: Value<'s>,
        path: &str,
        known: &[&'static str],
        severity: FindingSeverity,
        take: &mut dyn FnMut(&mut Self, &'static str, Value<'s>),
    ) {
        if value.kind() != Kind::Object {
            self.kind(value, path, "an object in braces");
            return;
        }
        let mut seen = vec![false; known.len()];
        for (key, member) in value.members() {
            let name = key.string().unwrap_or_default();
            let exact = known.iter().position(|k| *k == name);
            let Some(at) = exact.or_else(|| known.iter().position(|k| k.eq_ignore_ascii_case(&name))) else {
                let message = format!("member {:?} has no place here; it was left out", cut(&name));
                self.note(severity, key.start(), path, "unknown-element", message);
                continue;
            };
            let inside = format!("{path}/{}", known[at]);
            if exact.is_none() {
                let message = format!("{:?} is spelled {:?}; mind the case", cut(&name), known[at]);
                self.warning(key.start(), &inside, "element-case", message);
            }
            if std::mem::replace(&mut seen[at], true) {
                let message = format!("{:?} stands more than once; only the first counts", known[at]);
                self.error(key.start(), &inside, "element-repeated", message);
            } else if !member.is_null() {
                take(self, known[at], member);
            }
        }
    }

    /// The items of a list; a value alone is a list of one. `take` gets each with its path.
    pub(super) fn each<'s>(
        &mut self,
        value: Value<'s>,
        path: &str,
        take: &mut dyn FnMut(&mut Self, Value<'s>, &str),
    ) {
        let is_list = value.kind() == Kind::Array;
        let alone = (!is_list).then_some(value);
        for (item, n) in value.items().chain(alone).zip(1..) {
            let path = format!("{path}[{n}]");
            if !self.admit(item.start(), &path) {
                return;
            }
            take(self, item, &path);
        }
    }

    /// A text; what is blank is absent.
    pub(super) fn text<'s>(&mut self, value: Value<'s>, path: &str) -> Option<Cow<'s, str>> {
        let text = match value.kind() {
            Kind::String => value.string()?,
            Kind::Number | Kind::Bool => {
                self.warning(value.start(), path, "member-type", "the text is not in double quotes");
                Cow::Borrowed(value.raw())
            }
            Kind::Null => return None,
            Kind::Array | Kind::Object => {
                self.kind(value, path, "a text in double quotes");
                return None;
            }
        };
        if trim(&text).is_empty() {
            self.warning(value.start(), path, "empty-element", "the text is empty; leave it out");
            return None;
        }
        let limit = self.limits.max_text;
        if text.len() <= limit {
            return Some(text);
        }
        self.error(
            value.start(),
            path,
            "text-too-long",
            format!("the text is longer than {limit} bytes; it was cut"),
        );
        let end = (0..=limit).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
        Some(Cow::Owned(text[..end].to_owned()))
    }

    pub(super) fn string(&mut self, value: Value<'_>, path: &str) -> Option<String> {
        self.text(value, path).map(Cow::into_owned)
    }

    pub(super) fn strings(&mut self, value: Value<'_>, path: &str) -> Vec<String> {
        let mut strings = Vec::new();
        self.each(value, path, &mut |notes, item, path| strings.extend(notes.string(item, path)));
        strings
    }

    /// A list of addresses or incidents: an array, or the text that CAP writes.
    pub(super) fn names(&mut self, value: Value<'_>, path: &str) -> Vec<String> {
        if value.kind() == Kind::String {
            return self.text(value, path).map_or_else(Vec::new, |text| list(&text).items);
        }
        let mut names = Vec::new();
        self.each(value, path, &mut |notes, item, _| names.extend(notes.string(item, path)));
        names
    }

    pub(super) fn word<W: Word>(&mut self, value: Value<'_>, path: &str) -> Option<W> {
        let text = self.text(value, path)?;
        let error = match text.parse::<W>() {
            Ok(word) => return Some(word),
            Err(error) => error,
        };
        let squeezed: String =
            text.chars().filter(|c| !c.is_whitespace() && *c != '-' && *c != '_').collect();
        let near = W::ALL.iter().find(|w| w.to_string().eq_ignore_ascii_case(&squeezed)).copied();
        match near {
            Some(word) => {
                let message = format!("{:?} is spelled {word}", cut(&text));
                self.warning(value.start(), path, "word-form", message);
            }
            None => self.error(value.start(), path, "word-unknown", format!("failed to {error}")),
        }
        near
    }

    pub(super) fn words<W: Word>(&mut self, value: Value<'_>, path: &str) -> Vec<W> {
        let mut words = Vec::new();
        self.each(value, path, &mut |notes, item, path| words.extend(notes.word::<W>(item, path)));
        words
    }

    pub(super) fn time(&mut self, value: Value<'_>, path: &str) -> Option<CapTime> {
        let text = self.text(value, path)?;
        let offset = value.start();
        let Some((time, faults)) = parse(text.trim()) else {
            let message = format!("{:?} is no time; write it as 2026-11-21T17:00:00-06:00", cut(&text));
            self.error(offset, path, "time-unreadable", message);
            return None;
        };
        if faults.no_offset {
            let message = "the time has no offset from UTC; it was read as UTC";
            self.error(offset, path, "time-offset", message);
        }
        let read_as = format!("{:?} was read as {time}", cut(&text));
        if faults.shape || text.trim().len() != text.len() {
            self.warning(offset, path, "time-form", read_as);
        } else if faults.far {
            self.warning(offset, path, "time-far", read_as);
        } else if faults.fraction {
            self.warning(offset, path, "time-fraction", read_as);
        } else if faults.letter || faults.plus_zero {
            // How JSON mostly writes UTC.
            let rule = if faults.letter { "time-letter" } else { "time-utc" };
            self.note(FindingSeverity::Info, offset, path, rule, read_as);
        }
        Some(time)
    }

    /// A number: as JSON writes it, or as a text.
    pub(super) fn height(&mut self, value: Value<'_>, path: &str) -> Option<f64> {
        let text = match value.kind() {
            Kind::Number => Cow::Borrowed(value.raw()),
            _ => self.text(value, path)?,
        };
        let height = number(text.trim()).map(|(feet, _)| feet);
        if height.is_none() {
            let message = format!("{:?} is no height; write feet above mean sea level", cut(&text));
            self.error(value.start(), path, "height", message);
        }
        height
    }

    pub(super) fn size(&mut self, value: Value<'_>, path: &str) -> Option<u64> {
        let text = match value.kind() {
            Kind::Number => Cow::Borrowed(value.raw()),
            _ => self.text(value, path)?,
        };
        let size = text.trim().parse().ok();
        if size.is_none() {
            let message = format!("{:?} is no size; write whole bytes, such as 20480", cut(&text));
            self.error(value.start(), path, "size", message);
        }
        size
    }

    /// Values by name: objects of `valueName` and `value`, or an object of lists by name.
    pub(super) fn named(&mut self, value: Value<'_>, path: &str) -> Vec<Named> {
        const NAMED: [&str; 2] = ["valueName", "value"];
        let mut all = Vec::new();
        if value.kind() == Kind::Object && value.member(NAMED[0]).is_none() {
            for (key, values) in value.members() {
                let name = key.string().unwrap_or_default();
                self.each(values, path, &mut |notes, item, path| {
                    if item.is_null() {
                        return;
                    }
                    let value = item.string().map_or_else(|| item.raw().to_owned(), Cow::into_owned);
                    if matches!(item.kind(), Kind::Array | Kind::Object) {
                        let message = format!("{:?} holds more than a text; it was kept as JSON", cut(&name));
                        notes.warning(item.start(), path, "member-type", message);
                    }
                    all.push(Named::new(&name, &value));
                });
            }
            return all;
        }
        self.each(value, path, &mut |notes, item, path| {
            if item.kind() != Kind::Object {
                notes.kind(item, path, "an object of \"valueName\" and \"value\"");
                return;
            }
            let (mut value_name, mut of_name) = (String::new(), String::new());
            notes.object(item, path, &NAMED, FindingSeverity::Error, &mut |notes, name, value| {
                let text = value.string().map(Cow::into_owned);
                let text = text.or_else(|| notes.string(value, path)).unwrap_or_default();
                match name {
                    "valueName" => value_name = text,
                    _ => of_name = text,
                }
            });
            all.push(Named::new(&value_name, &of_name));
        });
        all
    }

    /// A ring as CAP writes it; what cannot be read is left out.
    pub(super) fn polygon(&mut self, value: Value<'_>, path: &str) -> Option<Vec<Position>> {
        if value.kind() != Kind::String {
            self.kind(value, path, "a text such as \"38.5,-120.1 38.3,-119.9 38.2,-120.2 38.5,-120.1\"");
            return None;
        }
        let text = value.string()?;
        if trim(&text).is_empty() {
            self.warning(value.start(), path, "empty-element", "the polygon is empty; leave it out");
            return None;
        }
        let read = ring(&text, self.limits.max_positions - self.positions);
        if let (Some(odd), false) = (&read.odd, read.too_many) {
            let no_pair = format!("{odd:?} is no \"latitude,longitude\" pair");
            if read.unreadable {
                let message = format!("{no_pair}; the polygon was left out");
                self.error(value.start(), path, "polygon-unreadable", message);
                return None;
            }
            self.error(value.start(), path, "polygon-syntax", format!("{no_pair}; it was read two by two"));
        }
        self.ring(read.points, read.too_many, value.start(), path)
    }

    /// Brings a ring into the form of CAP, or leaves it out.
    pub(super) fn ring(
        &mut self,
        mut points: Vec<Position>,
        too_many: bool,
        offset: usize,
        path: &str,
    ) -> Option<Vec<Position>> {
        let room = self.limits.max_positions - self.positions;
        if too_many || points.len() > room {
            let limit = self.limits.max_positions;
            let message = format!("the alert has more than {limit} positions; the polygon was left out");
            self.error(offset, path, "too-many-positions", message);
            return None;
        }
        if bring_round(&mut points) {
            self.error(offset, path, "polygon-range", "longitudes lie past 180; they were brought round");
        }
        if points.len() > 2 && points.first() != points.last() {
            let message = "the last position must repeat the first; the ring was closed";
            self.error(offset, path, "polygon-open", message);
            if points.len() == 3 {
                self.error(offset, path, "polygon-short", "a polygon needs 4 positions, this one had 3");
            }
            points.extend(points.first().copied());
        }
        self.positions += points.len().min(room);
        Some(points)
    }

    pub(super) fn circle(&mut self, value: Value<'_>, path: &str) -> Option<Circle> {
        let text = self.text(value, path)?;
        let Some((mut read, exact)) = circle(&text).filter(|(c, _)| c.radius_km >= 0.0) else {
            let message = format!(
                "{:?} is no circle; write \"latitude,longitude radius\" in km; it was left out",
                cut(&text)
            );
            self.error(value.start(), path, "circle-unreadable", message);
            return None;
        };
        if !exact {
            let message = format!("{:?} was read as latitude, longitude and radius", cut(&text));
            self.error(value.start(), path, "circle-syntax", message);
        }
        let mut center = [read.center];
        if bring_round(&mut center) {
            let message = "the longitude lies past 180; it was brought round";
            self.error(value.start(), path, "circle-range", message);
            [read.center] = center;
        }
        Some(read)
    }

    /// Says that a value is of another kind than it must be; it is left out.
    pub(super) fn kind(&mut self, value: Value<'_>, path: &str, wanted: &str) {
        if !value.is_null() {
            let message = format!("{:?} should be {wanted}; it was left out", cut(value.raw()));
            self.error(value.start(), path, "member-type", message);
        }
    }

    /// Puts the findings of the rules where their elements stand.
    pub(super) fn take_rules(&mut self, rules: Vec<Finding>, place: impl Fn(&str) -> usize) {
        for finding in rules {
            // Only those that are listed need a place, which takes a walk to find.
            let offset = if self.has_room() { place(&finding.path) } else { 0 };
            self.push(offset, finding);
        }
    }
}
