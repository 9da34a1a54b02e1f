//! Conditions: what a rule asks of the elements that it selects. They always end, in time that grows with the
//! message and with the pack, never with their product of elements by elements.

use std::collections::{BTreeMap, BTreeSet};

use super::pattern::{Pattern, fold};
use super::select::{Node, Path, Place, Value};
use crate::CapTime;
use crate::model::Alert;

/// Faults of one rule in one message that are told.
pub(super) const MAX_FAULTS: usize = 100;

/// What must hold.
#[derive(Clone, Debug)]
pub(super) enum Condition {
    All(Vec<Condition>),
    Any(Vec<Condition>),
    Test(Box<Test>),
}

/// What must hold of the values of a path.
#[derive(Clone, Debug)]
pub(super) struct Test {
    pub(super) path: Path,
    /// One value that holds is enough, rather than all.
    pub(super) some: bool,
    /// Case and white space do not count.
    pub(super) fold: bool,
    /// What is asked of all values together.
    pub(super) whole: Vec<Whole>,
    /// What is asked of each value.
    pub(super) each: Vec<Each>,
}

/// What is asked of all values together.
#[derive(Clone, Debug)]
pub(super) enum Whole {
    Present(bool),
    Count(Bounds),
    Distinct,
    /// The elements hold the same values under each of the paths; only those with equal values of `by` are compared.
    Same {
        of: Vec<Path>,
        by: Option<Path>,
    },
    /// The references name every earlier message of the chain that has not expired.
    Unexpired,
}

/// What is asked of each value.
#[derive(Clone, Debug)]
pub(super) enum Each {
    OneOf(Vec<String>),
    NoneOf(Vec<String>),
    Like(Vec<Pattern>),
    Unlike(Vec<Pattern>),
    Chars(Bounds),
    Number(Bounds),
    Points(Bounds),
    Time { order: Order, path: Path },
    Hours { after: Path, bounds: Bounds },
    Among(Path),
    Apart(Path),
    Table { with: Path, rows: Vec<(Pattern, Vec<String>)> },
}

/// How a time lies to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    Before,
    NotAfter,
    NotBefore,
    After,
}

/// Both ends included; an end that is absent is open.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Bounds {
    pub(super) min: Option<f64>,
    pub(super) max: Option<f64>,
}

/// What does not hold: where, and what stands there.
#[derive(Clone, Debug)]
pub(super) struct Fault {
    pub(super) place: Place,
    pub(super) found: Option<String>,
}

/// The message, and the earlier ones of its chain.
#[derive(Clone, Copy)]
pub(super) struct Case<'a> {
    pub(super) alert: &'a Alert,
    pub(super) earlier: &'a [&'a Alert],
}

impl Condition {
    /// What does not hold of an element, at most [`MAX_FAULTS`].
    pub(super) fn faults(&self, case: Case<'_>, node: Node<'_>, place: Place) -> Vec<Fault> {
        match self {
            Condition::All(parts) => {
                let mut faults = Vec::new();
                for part in parts {
                    faults.append(&mut part.faults(case, node, place));
                    faults.truncate(MAX_FAULTS);
                }
                faults
            }
            Condition::Any(parts) => {
                let mut first = None;
                for part in parts {
                    let faults = part.faults(case, node, place);
                    if faults.is_empty() {
                        return faults;
                    }
                    first.get_or_insert(faults);
                }
                first.unwrap_or_default()
            }
            Condition::Test(test) => test.faults(case, node, place),
        }
    }

    pub(super) fn holds(&self, case: Case<'_>, node: Node<'_>, place: Place) -> bool {
        self.faults(case, node, place).is_empty()
    }

    /// Whether it needs the earlier messages of the chain.
    pub(super) fn needs_earlier(&self) -> bool {
        match self {
            Condition::All(parts) | Condition::Any(parts) => parts.iter().any(Condition::needs_earlier),
            Condition::Test(test) => test.whole.iter().any(|whole| matches!(whole, Whole::Unexpired)),
        }
    }
}

impl Test {
    fn faults(&self, case: Case<'_>, node: Node<'_>, place: Place) -> Vec<Fault> {
        let values = self.path.select(case.alert, node, place);
        let mut faults = Vec::new();
        for whole in &self.whole {
            faults.extend(self.whole(whole, case, &values, place));
        }
        let each: Vec<Prepared<'_>> = self.each.iter().map(|each| each.prepare(case, node, place)).collect();
        let holds = |value: &Value<'_>| each.iter().all(|each| each.holds(value, self.fold));
        if self.some {
            if !values.iter().any(|(_, value)| holds(value)) {
                faults.push(Fault { place: self.path.missing(place), found: None });
            }
        } else if !each.is_empty() {
            let wrong = values.iter().filter(|(_, value)| !holds(value));
            faults.extend(wrong.take(MAX_FAULTS).map(fault));
        }
        faults
    }

    fn whole(
        &self,
        whole: &Whole,
        case: Case<'_>,
        values: &[(Place, Value<'_>)],
        place: Place,
    ) -> Option<Fault> {
        let missing = || Fault { place: self.path.missing(place), found: None };
        match whole {
            Whole::Present(true) => values.is_empty().then(missing),
            Whole::Present(false) => values.first().map(fault),
            Whole::Count(bounds) => {
                #[expect(clippy::cast_precision_loss, reason = "counts stay below the reader's limits")]
                let fits = bounds.hold(values.len() as f64);
                let last = values.last().map(|(place, _)| Fault { place: *place, found: None });
                (!fits).then(|| last.unwrap_or_else(missing))
            }
            Whole::Distinct => {
                let twin = if self.fold { folded_twin(values) } else { twin(values) };
                twin.map(fault)
            }
            Whole::Same { of, by } => {
                let mut seen: BTreeMap<String, Vec<Vec<Value<'_>>>> = BTreeMap::new();
                values.iter().find_map(|(place, value)| {
                    let Value::Node(node) = *value else { return None };
                    let group = by.as_ref().map_or_else(String::new, |by| {
                        sorted(by, case, node, *place).iter().map(|v| v.text() + "\n").collect()
                    });
                    let own: Vec<_> = of.iter().map(|path| sorted(path, case, node, *place)).collect();
                    let first = seen.entry(group).or_insert_with(|| own.clone());
                    let equal = |a: &[Value<'_>], b: &[Value<'_>]| {
                        a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.order(b).is_eq())
                    };
                    let odd = (0..of.len()).find(|n| !equal(&first[*n], &own[*n]))?;
                    Some(Fault { place: of[odd].missing(*place), found: None })
                })
            }
            Whole::Unexpired => {
                let references = case.alert.references.iter();
                let named: BTreeSet<(&str, &str, _)> =
                    references.map(|r| (&*r.sender, &*r.identifier, r.sent.instant())).collect();
                let is_named = |a: &Alert| named.contains(&(&*a.sender, &*a.identifier, a.sent.instant()));
                let left_out = case.earlier.iter().filter(|earlier| is_open(earlier, case.alert));
                let mut left_out =
                    left_out.filter(|earlier| !is_named(earlier)).map(|e| e.identifier.clone());
                left_out.next().map(|found| Fault { found: Some(found), ..missing() })
            }
        }
    }
}

/// Whether an earlier message of the same sender still held when the later one was sent.
fn is_open(earlier: &Alert, later: &Alert) -> bool {
    let sent = later.sent.instant();
    let holds = |expires: Option<CapTime>| expires.is_none_or(|expires| expires.instant() > sent);
    earlier.sender == later.sender
        && earlier.sent.instant() < sent
        && earlier.infos.iter().any(|info| holds(info.expires))
}

/// A question with what it compares with at hand.
struct Prepared<'t> {
    each: &'t Each,
    times: Option<(CapTime, CapTime)>,
    others: Vec<Value<'t>>,
    /// By row of a table: whether the other values are those of the row.
    rows: Vec<bool>,
}

impl Each {
    fn prepare<'t>(&'t self, case: Case<'t>, node: Node<'t>, place: Place) -> Prepared<'t> {
        let mut prepared = Prepared { each: self, times: None, others: Vec::new(), rows: Vec::new() };
        match self {
            Each::Time { path, .. } | Each::Hours { after: path, .. } => {
                let times =
                    path.select(case.alert, node, place).into_iter().filter_map(|(_, value)| match value {
                        Value::Time(time) => Some(time),
                        _ => None,
                    });
                prepared.times = times.fold(None, |ends, time| {
                    let (first, last) = ends.unwrap_or((time, time));
                    Some((first.min(time), last.max(time)))
                });
            }
            Each::Among(path) | Each::Apart(path) => prepared.others = sorted(path, case, node, place),
            Each::Table { with, rows } => {
                let others = sorted(with, case, node, place);
                let fits = |words: &[String]| others.iter().all(|o| words.iter().any(|w| *w == o.text()));
                prepared.rows = rows.iter().map(|(_, words)| fits(words)).collect();
            }
            _ => {}
        }
        prepared
    }
}

impl Prepared<'_> {
    fn holds(&self, value: &Value<'_>, folded: bool) -> bool {
        let text = || if folded { fold(&value.text()).into() } else { value.text() };
        match self.each {
            Each::OneOf(words) => words.iter().any(|word| *word == text()),
            Each::NoneOf(words) => words.iter().all(|word| *word != text()),
            Each::Like(patterns) => patterns.iter().any(|pattern| pattern.matches(&text())),
            Each::Unlike(patterns) => !patterns.iter().any(|pattern| pattern.matches(&text())),
            #[expect(clippy::cast_precision_loss, reason = "lengths stay below the reader's limits")]
            Each::Chars(bounds) => bounds.hold(value.text().chars().count() as f64),
            Each::Number(bounds) => match value {
                Value::Number(number) => bounds.hold(*number),
                value => value.text().trim().parse().is_ok_and(|number| bounds.hold(number)),
            },
            #[expect(clippy::cast_precision_loss, reason = "counts stay below the reader's limits")]
            Each::Points(bounds) => match value {
                Value::Ring(ring) => bounds.hold(ring.len() as f64),
                _ => true,
            },
            Each::Time { order, .. } => match (value, self.times) {
                (Value::Time(time), Some((first, last))) => {
                    let (time, first, last) = (time.instant(), first.instant(), last.instant());
                    match order {
                        Order::Before => time < first,
                        Order::NotAfter => time <= first,
                        Order::NotBefore => time >= last,
                        Order::After => time > last,
                    }
                }
                _ => true,
            },
            Each::Hours { bounds, .. } => match (value, self.times) {
                (Value::Time(time), Some((first, _))) => {
                    let seconds = time.instant().as_second() - first.instant().as_second();
                    #[expect(clippy::cast_precision_loss, reason = "seconds of ten thousand years are exact")]
                    bounds.hold(seconds as f64 / 3600.0)
                }
                _ => true,
            },
            Each::Among(_) => self.is_among(value),
            Each::Apart(_) => !self.is_among(value),
            Each::Table { rows, .. } => {
                let text = text();
                let row = rows.iter().position(|(pattern, _)| pattern.matches(&text));
                row.is_none_or(|row| self.rows[row])
            }
        }
    }

    fn is_among(&self, value: &Value<'_>) -> bool {
        self.others.binary_search_by(|other| other.order(value)).is_ok()
    }
}

impl Bounds {
    fn hold(self, number: f64) -> bool {
        self.min.is_none_or(|min| number >= min) && self.max.is_none_or(|max| number <= max)
    }
}

/// The values of a path, in order and each once.
fn sorted<'a>(path: &Path, case: Case<'a>, node: Node<'a>, place: Place) -> Vec<Value<'a>> {
    let found = path.select(case.alert, node, place);
    let mut values: Vec<Value<'a>> = found.into_iter().map(|(_, value)| value).collect();
    values.sort_by(Value::order);
    values.dedup_by(|a, b| a.order(b).is_eq());
    values
}

/// The later one of two values that are equal.
fn twin<'v, 'a>(values: &'v [(Place, Value<'a>)]) -> Option<&'v (Place, Value<'a>)> {
    let mut sorted: Vec<&(Place, Value<'a>)> = values.iter().collect();
    // The sort is stable.
    sorted.sort_by(|(_, a), (_, b)| a.order(b));
    sorted.windows(2).find(|pair| pair[0].1.order(&pair[1].1).is_eq()).map(|pair| pair[1])
}

/// The same, where case and white space do not count.
fn folded_twin<'v, 'a>(values: &'v [(Place, Value<'a>)]) -> Option<&'v (Place, Value<'a>)> {
    let mut seen = BTreeSet::new();
    values.iter().find(|(_, value)| !seen.insert(fold(&value.text())))
}

fn fault((place, value): &(Place, Value<'_>)) -> Fault {
    let text = value.text();
    let mut found: String = text.chars().take(40).collect();
    if found.len() < text.len() {
        found.push('…');
    }
    let found = Some(found).filter(|_| !matches!(value, Value::Node(_)));
    Fault { place: *place, found }
}
