//! Why a point was judged as it was, in words.

use super::baseline::Map;
use super::limit::known_cases;
use super::model::{Model, NoModel, Trend};
use super::rows::{Rows, Weights};
use crate::explain::{Explanation, Row, VERSION};
use crate::judge::Reason;
use crate::method::Mode;
use crate::outcome::Refusal;
use crate::series::Series;

impl NoModel {
    /// Why a point is not judged.
    pub(super) fn reason(self, rows: &Rows) -> Reason {
        let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        match self {
            Self::PartEmpty => Reason::MissingInWindow { missing: count(rows.missing) },
            Self::TooFew => {
                let need = count(rows.parts.len() + 1);
                Reason::TooFewObservations { have: count(rows.len()), need }
            }
            Self::NoConvergence | Self::NoConvergenceWithout => Reason::NoConvergence,
            Self::Broken => Reason::Undefined,
        }
    }

    /// Why the reference gives no answer for a whole call.
    pub(super) fn refusal(self) -> Refusal {
        Refusal::Needs(match self {
            Self::PartEmpty => {
                "every value in the windows of one point is missing, and the reference stops there"
            }
            Self::TooFew => {
                "at one point there are no more values than coefficients, and the reference stops there"
            }
            Self::NoConvergence | Self::NoConvergenceWithout => {
                "at one point the model without the trend does not converge, and the reference stops there"
            }
            Self::Broken => "at one point the model cannot be fitted, and the reference stops there",
        })
    }
}

/// An explanation with nothing in it yet.
pub(super) fn begin(method: &'static str, mode: Mode, index: usize) -> Explanation {
    Explanation { method, mode, version: VERSION, index, baseline: vec![], numbers: vec![], because: vec![] }
}

/// Adds the baseline, missing values with weight 0.
pub(super) fn rows(it: &mut Explanation, series: &Series<'_>, map: &Map, rows: &Rows, weights: &Weights) {
    let mut backs = map.back.clone();
    backs.sort_unstable_by(|a, b| b.cmp(a));
    let omega = weights.each(rows.len());
    let weight = |back: usize| {
        let row = rows.back.iter().position(|other| *other == back)?;
        omega.get(row).copied()
    };
    it.baseline.extend(backs.into_iter().map(|back| {
        let index = it.index - back;
        Row { index, value: series.value(index), weight: weight(back).unwrap_or(0.0) }
    }));
}

/// Adds what was decided on the way.
pub(super) fn reasons(it: &mut Explanation, model: &Model, rows: &Rows, (have, asked): (usize, usize)) {
    let mut say = |text: String| it.because.push(text);
    if have < asked {
        say(format!("the series goes back {have} of the {asked} years asked for; those were used"));
    }
    if rows.missing > 0 {
        say(format!("{} values of the past are missing and were left out", rows.missing));
    }
    if model.outliers > 0 {
        say(format!("{} counts of the past look like outbreaks and were weighed down", model.outliers));
    }
    if model.empty {
        say("the same part of earlier years never had a case".to_owned());
    }
    match model.trend {
        Trend::NotAsked => {}
        Trend::TooFewYears(years) => say(format!("no trend was looked for in {years} years; it takes three")),
        Trend::Kept(t) => say(format!("the trend was kept (t {t:.2})")),
        Trend::NotSignificant(p) => say(format!("the trend was dropped: it is not significant (p {p:.3})")),
        Trend::Beyond { expected, most } => say(format!(
            "the trend was dropped: it foretells {expected:.1}, more than the {most} ever seen in the baseline"
        )),
        Trend::NoFit => say("the trend was dropped: with it the fit does not come to rest".to_owned()),
    }
}

/// Adds that there were too few cases of late, where that is so.
pub(super) fn limit(it: &mut Explanation, series: &Series<'_>, index: usize, (cases, steps): (f64, usize)) {
    let seen = known_cases(series, index, steps);
    if seen < cases {
        it.because.push(format!("{seen} cases in the last {steps} steps are fewer than {cases}: no alarm"));
    }
}
