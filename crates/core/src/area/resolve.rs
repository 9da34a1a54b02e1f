//! From the areas of an info block to one area: polygons, circles, and what geocodes stand for.

use super::semantics::Semantics;
use super::{LeftOut, cut};
use beaconfire_cap as cap;
use beaconfire_geo::geocode::{self, Drawn, Registry, Resolution};
use beaconfire_geo::unwrap::mended;
use beaconfire_geo::{Area, Circle, Point, Ring, Shape};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

/// Codes looked up for one info block; the rest is unresolved.
const MAX_CODES: usize = 20_000;
/// Characters of the words about one info block.
const MAX_WORDS: usize = 500;

/// The area of an info block, and what is to be said about it.
#[derive(Clone, Debug, PartialEq)]
pub struct Resolved {
    /// The area; unresolved where nothing of it could be resolved.
    pub area: Area,
    /// Parts of the area that could not be resolved: shapes, codes, areas without either. Who is exposed there is unknown.
    pub missing: Vec<Missing>,
    /// Codes that could not be resolved where that takes nothing from the area: a shape, or all codes of another scheme,
    /// describe the same place.
    pub spare: Vec<Missing>,
    /// What else there is to say: how coarse the places are drawn, what was taken together, what was left out.
    pub notes: Vec<String>,
}

/// Something that could not be resolved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missing {
    /// What: scheme and code, or the shape of an area.
    pub what: String,
    /// Why, in words that follow on it.
    pub why: String,
}

impl Resolved {
    /// What is missing, in words of bounded length; none where nothing is. Codes with one reason stand together, and
    /// what does not fit is counted.
    #[must_use]
    pub fn unresolved(&self) -> Option<String> {
        words(&self.missing)
    }

    /// All that there is to say beside what is missing.
    #[must_use]
    pub fn remarks(&self) -> Vec<String> {
        let spare = words(&self.spare).map(|words| format!("not used: {words}"));
        self.notes.iter().cloned().chain(spare).collect()
    }
}

/// The area of an info block as of a time: the union of its areas (CAP 1.2, 3.2.4).
///
/// Within one area a geocode stands beside shapes as "an equivalent description" (there): where there are shapes, a code
/// that nobody can resolve takes nothing from the area. Likewise a scheme without any table takes nothing from an area
/// that another scheme describes completely. Everything else that cannot be resolved is missing: nothing is clipped or
/// lost in silence: what the reader left out is missing too.
#[must_use]
pub fn of_info(
    info: &cap::Info,
    left_out: &LeftOut,
    registry: &Registry<'_>,
    at: Timestamp,
    semantics: Semantics,
) -> Resolved {
    let mut work = Work {
        registry,
        second: at.as_second(),
        semantics,
        left: MAX_CODES,
        shapes: Vec::new(),
        drawn: BTreeSet::new(),
        known: BTreeMap::new(),
        found: Resolved { area: Area::default(), missing: Vec::new(), spare: Vec::new(), notes: Vec::new() },
    };
    for (area, number) in info.areas.iter().zip(1..) {
        work.area(area, left_out.at(number));
    }
    // Of areas that did not get into the model at all, and of the block as a whole.
    let rest = left_out.beyond(info.areas.len());
    work.found.missing.extend(rest.cloned());
    work.finish()
}

/// An info block while it is worked on.
struct Work<'w> {
    registry: &'w Registry<'w>,
    second: i64,
    semantics: Semantics,
    left: usize,
    shapes: Vec<Shape>,
    drawn: BTreeSet<Drawn>,
    /// Every code that was looked up, and why it has no place.
    known: BTreeMap<(&'w str, &'w str), Option<Resolution>>,
    found: Resolved,
}

impl<'w> Work<'w> {
    fn area<'m>(&mut self, area: &'w cap::Area, left_out: impl Iterator<Item = &'m Missing>) {
        let (before, missing) = (self.shapes.len(), self.found.missing.len());
        self.found.missing.extend(left_out.cloned());
        let is_whole = self.found.missing.len() == missing;
        for polygon in &area.polygons {
            let shape = self.ring(polygon, area).map(Shape::Polygon);
            self.shape("polygon", area, shape);
        }
        for circle in &area.circles {
            let shape = circle_of(circle).map(Shape::Circle);
            self.shape("circle", area, shape);
        }
        let has_shape = self.shapes.len() > before;
        let is_sound = has_shape && self.found.missing.len() == missing;
        if is_sound && self.semantics == Semantics::ShapesAreExact {
            if !area.geocodes.is_empty() {
                let count = area.geocodes.len();
                self.found.notes.push(format!(
                    "{}: its shapes are the area, {count} geocode(s) only approximate it",
                    title(area)
                ));
            }
            return;
        }
        self.geocodes(area, has_shape);
        if is_whole
            && !has_shape
            && area.geocodes.is_empty()
            && area.polygons.is_empty()
            && area.circles.is_empty()
        {
            let why = "has neither shape nor code".to_owned();
            self.found.missing.push(Missing { what: title(area), why });
        }
    }

    /// A ring, closed and with its longitudes brought back where that is all that it takes.
    fn ring(&mut self, polygon: &[cap::Position], area: &cap::Area) -> Result<Ring, String> {
        let points: Vec<(f64, f64)> = polygon.iter().map(|p| (p.lat, p.lon)).collect();
        let (ring, changes) = mended(&points).map_err(|error| error.to_string())?;
        if !changes.is_empty() {
            let note = "a polygon was closed or its longitudes beyond 180 degrees brought back";
            self.found.notes.push(format!("{}: {note}", title(area)));
        }
        Ok(ring)
    }

    fn shape(&mut self, kind: &str, area: &cap::Area, shape: Result<Shape, String>) {
        match shape {
            Ok(shape) => self.shapes.push(shape),
            Err(why) => {
                let what = format!("{kind} of {}", title(area));
                self.found.missing.push(Missing { what, why: format!("cannot be used: {why}") });
            }
        }
    }

    /// The geocodes of one area: what they stand for is drawn, what fails is missing or spare.
    fn geocodes(&mut self, area: &'w cap::Area, has_shape: bool) {
        let mut failed: Vec<(&'w str, Missing, bool)> = Vec::new();
        let mut schemes: BTreeSet<String> = BTreeSet::new();
        let mut drawn = 0;
        for named in &area.geocodes {
            let scheme = geocode::scheme(named.name());
            let mut codes = geocode::split(named.name(), named.value()).peekable();
            if codes.peek().is_none() {
                let why = "has no value".to_owned();
                failed.push((named.name(), Missing { what: cut(named.name(), 80), why }, false));
            }
            for code in codes {
                match self.code(named.name(), code) {
                    None => drawn += 1,
                    Some(why) => {
                        let what = format!("{} {}", cut(&scheme, 80), cut(code, 80));
                        let is_foreign = why == Resolution::UnknownScheme;
                        failed.push((named.name(), Missing { what, why: why.to_string() }, is_foreign));
                    }
                }
            }
            schemes.insert(scheme);
        }
        for (name, _, _) in &failed {
            schemes.remove(&geocode::scheme(name));
        }
        // What is left of the schemes describes the area completely.
        for (_, missing, is_foreign) in failed {
            let is_spare = has_shape || (is_foreign && !schemes.is_empty());
            if is_spare { self.found.spare.push(missing) } else { self.found.missing.push(missing) }
        }
        if has_shape && drawn > 0 {
            let words = format!("{}: its shapes and {drawn} geocode(s) are taken together", title(area));
            self.found.notes.push(words);
        }
    }

    /// Looks a code up, once for the block; what is answered is why it has no place.
    fn code(&mut self, name: &'w str, code: &'w str) -> Option<Resolution> {
        if let Some(known) = self.known.get(&(name, code)) {
            return known.clone();
        }
        let Some(left) = self.left.checked_sub(1) else { return Some(Resolution::TooMany) };
        self.left = left;
        let why = match self.registry.resolve(name, code, self.second) {
            Resolution::Place(place) => {
                self.drawn.extend(place.drawn);
                if let Some(note) = place.note {
                    self.found.notes.push(format!("{} {} {note}", geocode::scheme(name), cut(code, 80)));
                }
                None
            }
            why => Some(why),
        };
        self.known.insert((name, code), why.clone());
        why
    }

    fn finish(mut self) -> Resolved {
        for (table, count) in count_by_table(self.registry, &self.drawn) {
            let Some(table) = self.registry.tables().get(table) else { continue };
            let how = table
                .resolution_m()
                .map_or("nobody knows how exactly".to_owned(), |m| format!("to within {m} m"));
            self.found.notes.push(format!("{count} place(s) are drawn from {:?}, {how}", table.title()));
        }
        self.shapes.extend(self.registry.shapes(&self.drawn));
        self.found.area = if self.shapes.is_empty() {
            let why = self.found.unresolved().unwrap_or_else(|| "the message has no area".to_owned());
            Area::Unresolved(why)
        } else {
            Area::Shapes(self.shapes)
        };
        self.found
    }
}

/// How many places come from each table, by its position.
fn count_by_table(registry: &Registry<'_>, drawn: &BTreeSet<Drawn>) -> BTreeMap<usize, usize> {
    let mut counts = BTreeMap::new();
    for drawn in drawn.iter().filter(|drawn| registry.table(drawn).is_some()) {
        *counts.entry(drawn.table()).or_default() += 1;
    }
    counts
}

/// What is missing in words: codes with one reason together.
fn words(missing: &[Missing]) -> Option<String> {
    let mut by_reason: Vec<(&str, Vec<&str>)> = Vec::new();
    let mut places: BTreeMap<&str, usize> = BTreeMap::new();
    for one in missing {
        let at = *places.entry(&one.why).or_insert_with(|| {
            by_reason.push((&one.why, Vec::new()));
            by_reason.len() - 1
        });
        by_reason[at].1.push(&one.what);
    }
    if by_reason.is_empty() {
        return None;
    }
    let share = MAX_WORDS / by_reason.len();
    let group = |(why, what): &(&str, Vec<&str>)| {
        let (mut text, what_count) = (String::new(), what.len());
        for (index, what) in what.iter().enumerate() {
            if index > 0 && text.chars().count() + what.chars().count() + why.chars().count() > share {
                return format!("{text} and {} more: each {why}", what_count - index);
            }
            text = if index == 0 { (*what).to_owned() } else { format!("{text}, {what}") };
        }
        if what_count == 1 { format!("{text} {why}") } else { format!("{text}: each {why}") }
    };
    Some(cut(&by_reason.iter().map(group).collect::<Vec<_>>().join("; "), MAX_WORDS))
}

fn title(area: &cap::Area) -> String {
    format!("{:?}", cut(&area.description, 80))
}

fn circle_of(circle: &cap::Circle) -> Result<Circle, String> {
    let center = Point::new(circle.center.lat, circle.center.lon).map_err(|error| error.to_string())?;
    Circle::new(center, circle.radius_km).map_err(|error| error.to_string())
}

#[cfg(test)]
#[path = "resolve_tests.rs"]
mod tests;
