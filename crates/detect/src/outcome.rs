//! What a method says of a stretch of a series.

use crate::judge::{Judgement, Reason};

/// The missing value as R prints it, `NA`: a not-a-number that can be told from the `NaN` of an undefined sum. Sums
/// with it keep it on every platform that Rust has first-class support for.
pub const NA: f64 = f64::from_bits(0x7ff8_0000_0000_07a2);

/// Whether the number is [`NA`], and not another not-a-number.
#[must_use]
pub fn is_na(x: f64) -> bool {
    x.is_nan() && x.to_bits() & 0xffff_ffff == 0x07a2
}

/// What a method says of the points from `from` on, one after the other; all columns have the same length.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outcome {
    /// The absolute index of the first point.
    pub from: usize,
    /// Alarm, no alarm, or why neither.
    pub judgements: Vec<Judgement>,
    /// What was to be expected, in the unit of the series; [`NA`] where the method has or gives none.
    pub expected: Vec<f64>,
    /// The largest value that is no alarm, in the unit of the series; [`NA`] where the method has or gives none.
    pub upperbound: Vec<f64>,
    /// The method's own statistic; its documentation says which.
    pub score: Vec<f64>,
    /// Columns that this method has beyond those, under the names that the reference gives them.
    pub extra: Vec<Column>,
}

/// A column beyond those that every method has.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// Its name.
    pub name: &'static str,
    /// What stands in it.
    pub cells: Cells,
}

/// What stands in a column.
#[derive(Clone, Debug, PartialEq)]
pub enum Cells {
    /// Numbers, [`NA`] among them.
    Numbers(Vec<f64>),
    /// Words of a short list; empty where there is none.
    Words(Vec<&'static str>),
}

/// Why a method cannot be applied to a series at all, in words.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The range is empty, or reaches beyond the series.
    #[error(
        "the range {from} to {to} (from 1) does not lie in the series of {have} values; name another range"
    )]
    Range {
        /// From 1.
        from: usize,
        /// From 1, inclusive.
        to: usize,
        /// Values in the series.
        have: usize,
    },
    /// What the method looks back on begins before the series does.
    #[error("{what} needs {need} values before the first one judged, and there are {have}; judge later ones")]
    TooShort {
        /// What needs them.
        what: &'static str,
        /// How many it takes.
        need: usize,
        /// How many there are.
        have: usize,
    },
    /// The method needs something of the series that is not there.
    #[error("{0}")]
    Needs(&'static str),
}

impl Outcome {
    /// An outcome with nothing in it yet and room for so many points.
    #[must_use]
    pub fn with_capacity(from: usize, points: usize) -> Self {
        let room = || Vec::with_capacity(points);
        Self {
            from,
            judgements: Vec::with_capacity(points),
            expected: room(),
            upperbound: room(),
            score: room(),
            extra: vec![],
        }
    }

    /// Adds a point: expected, bound, score and judgement.
    pub fn push(&mut self, expected: f64, upperbound: f64, score: f64, judgement: Judgement) {
        self.expected.push(expected);
        self.upperbound.push(upperbound);
        self.score.push(score);
        self.judgements.push(judgement);
    }

    /// How many points there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.judgements.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.judgements.is_empty()
    }

    /// A column of numbers by the name that the reference gives it: `expected`, `upperbound`, `score`, `alarm` (1, 0 or
    /// [`NA`] where it cannot judge, unless the method has a column of that name), or one of `extra`.
    #[must_use]
    pub fn numbers(&self, name: &str) -> Option<Vec<f64>> {
        let extra = self.extra.iter().find(|column| column.name == name);
        match (extra, name) {
            (Some(Column { cells: Cells::Numbers(numbers), .. }), _) => Some(numbers.clone()),
            (Some(_), _) => None,
            (None, "expected") => Some(self.expected.clone()),
            (None, "upperbound") => Some(self.upperbound.clone()),
            (None, "score") => Some(self.score.clone()),
            (None, "alarm") => Some(self.judgements.iter().map(|judgement| alarm(*judgement)).collect()),
            (None, _) => None,
        }
    }

    /// A column of words among `extra`.
    #[must_use]
    pub fn words(&self, name: &str) -> Option<&[&'static str]> {
        self.extra.iter().find(|column| column.name == name).and_then(|column| match &column.cells {
            Cells::Words(words) => Some(words.as_slice()),
            Cells::Numbers(_) => None,
        })
    }
}

/// A judgement as a number: 1, 0, or [`NA`].
#[must_use]
pub fn alarm(judgement: Judgement) -> f64 {
    match judgement {
        Judgement::Alarm => 1.0,
        Judgement::NoAlarm => 0.0,
        Judgement::CannotJudge(_) => NA,
    }
}

/// That the point is not judged for this reason; that there is no value goes before any other.
#[must_use]
pub fn unjudged(value: f64, reason: Reason) -> Judgement {
    Judgement::CannotJudge(if value.is_nan() { Reason::Missing } else { reason })
}

/// Alarm where the value is over the bound; cannot judge where either is not there, or the value is infinite.
#[must_use]
pub fn over(value: f64, bound: f64, else_reason: Reason) -> Judgement {
    match value.partial_cmp(&bound) {
        _ if value.is_nan() => Judgement::CannotJudge(Reason::Missing),
        _ if value.is_infinite() => Judgement::CannotJudge(Reason::OutOfRange),
        None => Judgement::CannotJudge(else_reason),
        Some(std::cmp::Ordering::Greater) => Judgement::Alarm,
        Some(_) => Judgement::NoAlarm,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn na_is_told_from_nan_and_survives_sums() {
        // Hidden from the compiler, whose own sums may choose another not-a-number.
        let na = std::hint::black_box(NA);
        assert!(is_na(na) && is_na(na + 1.0) && is_na(2.0 * na));
        assert!(!is_na(f64::NAN) && !is_na(1.0));
    }

    #[test]
    fn columns_are_found_by_their_names() {
        let mut outcome = Outcome::with_capacity(3, 1);
        outcome.push(1.0, 2.0, 3.0, over(5.0, 2.0, Reason::ZeroVariance));
        outcome.extra.push(Column { name: "detector", cells: Cells::Words(vec!["ewma"]) });
        assert_eq!(outcome.numbers("alarm"), Some(vec![1.0]));
        assert_eq!(outcome.words("detector"), Some(["ewma"].as_slice()));
        assert_eq!(outcome.numbers("phi"), None);
        assert_eq!(over(f64::NAN, 1.0, Reason::ZeroVariance), Judgement::CannotJudge(Reason::Missing));
    }
}
