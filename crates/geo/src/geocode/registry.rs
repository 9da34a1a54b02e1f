//! A set of tables behind one question: what does this code mean at that time?

use std::collections::BTreeSet;

use super::entry::{Entry, Outline};
use super::resolution::Resolution;
use super::scheme::{Form, meaning};
use super::table::Table;
use crate::area::Shape;

/// How many codes may stand for each other in a row.
const MAX_DEPTH: usize = 4;
/// How many entries are looked up for one code.
const MAX_LOOKUPS: usize = 4096;

/// Tables in their order: where two have the same code, what the later one says counts.
#[derive(Clone, Debug, Default)]
pub struct Registry<'a> {
    tables: Vec<Table<'a>>,
}

/// A place that a code stands for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// Its name; empty where the table has none.
    pub name: String,
    /// What it is drawn with. Two codes of one place, such as SAME and UGC of a county, are drawn with the same.
    pub drawn: BTreeSet<Drawn>,
    /// What is to be said about it, in words that follow on the code: a part was asked for and the whole is given.
    pub note: Option<&'static str>,
}

/// An entry with rings, in one of the tables of a registry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Drawn {
    table: usize,
    at: usize,
}

impl Drawn {
    /// The position of its table in the registry.
    #[must_use]
    pub fn table(&self) -> usize {
        self.table
    }
}

impl<'a> Registry<'a> {
    /// A registry without tables: every code is of an unknown scheme.
    #[must_use]
    pub const fn new() -> Self {
        Self { tables: Vec::new() }
    }

    /// Adds a table; it counts before those that are there.
    pub fn add(&mut self, table: Table<'a>) {
        self.tables.push(table);
    }

    /// The tables, in order.
    #[must_use]
    pub fn tables(&self) -> &[Table<'a>] {
        &self.tables
    }

    /// What a geocode means at a second since 1970. Both texts may be spelled as they occur in messages.
    ///
    /// A table's own entry counts first. Where none has it, a part of a county (SAME) is the county, and a code for all
    /// of a state is every code of that state in the newest table that has any.
    #[must_use]
    pub fn resolve(&self, scheme: &str, value: &str, second: i64) -> Resolution {
        let meaning = match meaning(scheme, value) {
            Ok(meaning) => meaning,
            Err(error) => return Resolution::Malformed(error),
        };
        let mut search = Search { registry: self, second, left: MAX_LOOKUPS };
        let found = search.code(&meaning.scheme, &meaning.code, 0);
        if found != Resolution::UnknownCode {
            return found;
        }
        match meaning.form {
            Form::Plain => found,
            Form::Part(_) => {
                let whole = format!("0{}", &meaning.code[1..]);
                match self.resolve(&meaning.scheme, &whole, second) {
                    Resolution::Place(place) => Resolution::Place(Place {
                        note: Some("is a part of a county; all of the county is taken"),
                        ..place
                    }),
                    other => other,
                }
            }
            Form::Whole(length) => search.all(&meaning.scheme, &meaning.code[..length]),
        }
    }

    /// The shapes of a place, each once, in a fixed order.
    #[must_use]
    pub fn shapes<'d>(&self, drawn: impl IntoIterator<Item = &'d Drawn>) -> Vec<Shape> {
        let mut shapes = Vec::new();
        for drawn in drawn {
            let Some(table) = self.tables.get(drawn.table) else { continue };
            let rings = table.rings_at(drawn.at).unwrap_or_default();
            shapes.extend(rings.into_iter().map(Shape::Polygon));
        }
        shapes
    }

    /// The table that something is drawn in.
    #[must_use]
    pub fn table(&self, drawn: &Drawn) -> Option<&Table<'a>> {
        self.tables.get(drawn.table)
    }

    /// How far the lines of a place may lie from the true ones, metres: the coarsest of its tables; `None` where one of
    /// them does not say.
    #[must_use]
    pub fn resolution_m<'d>(&self, drawn: impl IntoIterator<Item = &'d Drawn>) -> Option<u32> {
        let tables: BTreeSet<usize> = drawn.into_iter().map(|drawn| drawn.table).collect();
        let each = tables.into_iter().map(|table| self.tables.get(table)?.resolution_m());
        each.collect::<Option<Vec<_>>>()?.into_iter().max()
    }
}

/// One question, with what may still be spent on it.
struct Search<'r, 'a> {
    registry: &'r Registry<'a>,
    second: i64,
    left: usize,
}

impl Search<'_, '_> {
    /// One code, spelled as tables spell it.
    fn code(&mut self, scheme: &str, code: &str, depth: usize) -> Resolution {
        let registry = self.registry;
        let mut answer = Resolution::UnknownScheme;
        for (index, table) in registry.tables.iter().enumerate().rev() {
            if table.scheme() != scheme {
                continue;
            }
            if answer == Resolution::UnknownScheme {
                answer = Resolution::UnknownCode;
            }
            if self.spend(1).is_none() {
                return Resolution::TooMany;
            }
            match self.in_table(index, table, code, depth) {
                // An older table may hold what this one does not have yet.
                Resolution::UnknownCode => {}
                later @ (Resolution::NotYet { .. } | Resolution::Undrawn) => answer = later,
                found => return found,
            }
        }
        answer
    }

    fn in_table(&mut self, index: usize, table: &Table<'_>, code: &str, depth: usize) -> Resolution {
        let entries: Vec<Entry<'_>> = table.find(code).collect();
        // What was read is counted too, not the codes alone: a table may be made to be slow.
        if self.spend(entries.iter().map(Entry::listed).sum::<usize>() / 16).is_none() {
            return Resolution::TooMany;
        }
        let mut holding = entries.iter().filter(|entry| entry.holds_at(self.second));
        match (holding.next(), holding.next()) {
            (Some(entry), None) => return self.entry(index, entry, depth),
            (Some(_), Some(_)) => return Resolution::Ambiguous { table: table.title().to_owned() },
            (None, _) => {}
        }
        let over = |entry: &&Entry<'_>| entry.until.is_some_and(|until| until <= self.second);
        if let Some(last) = entries.iter().filter(over).max_by_key(|entry| entry.until) {
            let successors = last.successors.iter().map(|&code| code.to_owned()).collect();
            return Resolution::Retired { since: last.until.unwrap_or(self.second), successors };
        }
        match entries.iter().filter_map(|entry| entry.from).min() {
            Some(from) => Resolution::NotYet { from },
            None => Resolution::UnknownCode,
        }
    }

    fn entry(&mut self, table: usize, entry: &Entry<'_>, depth: usize) -> Resolution {
        let targets = match &entry.outline {
            Outline::Nowhere => return Resolution::Undrawn,
            Outline::Rings(_) => {
                let drawn = BTreeSet::from([Drawn { table, at: entry.at }]);
                return Resolution::Place(Place { name: entry.name.to_owned(), drawn, note: None });
            }
            Outline::As(targets) => targets,
        };
        if depth == MAX_DEPTH {
            return Resolution::TooMany;
        }
        let mut place = Place { name: entry.name.to_owned(), ..Place::default() };
        for (scheme, code) in targets {
            match self.code(scheme, code, depth + 1) {
                Resolution::Place(part) => {
                    if place.name.is_empty() && targets.len() == 1 {
                        place.name = part.name;
                    }
                    place.drawn.extend(part.drawn);
                }
                Resolution::TooMany => return Resolution::TooMany,
                why => {
                    return Resolution::Dangling { target: format!("{scheme} {code}"), why: Box::new(why) };
                }
            }
        }
        Resolution::Place(place)
    }

    /// Everything that begins so and holds, in the newest table that has any.
    fn all(&mut self, scheme: &str, prefix: &str) -> Resolution {
        let (registry, second) = (self.registry, self.second);
        for (index, table) in registry.tables.iter().enumerate().rev().filter(|(_, t)| t.scheme() == scheme) {
            let mut place = Place {
                note: Some("is all of a state or sea area; each of its codes that a table has is taken"),
                ..Place::default()
            };
            for entry in table.prefixed(prefix).filter(|entry| entry.holds_at(second)) {
                if self.spend(1).is_none() {
                    return Resolution::TooMany;
                }
                match self.entry(index, &entry, 0) {
                    Resolution::Place(part) => place.drawn.extend(part.drawn),
                    Resolution::TooMany => return Resolution::TooMany,
                    why => {
                        let target = format!("{scheme} {}", entry.code);
                        return Resolution::Dangling { target, why: Box::new(why) };
                    }
                }
            }
            if !place.drawn.is_empty() {
                place.name = format!("all of {prefix}");
                return Resolution::Place(place);
            }
        }
        Resolution::UnknownCode
    }

    fn spend(&mut self, work: usize) -> Option<()> {
        self.left = self.left.checked_sub(work)?;
        Some(())
    }
}
