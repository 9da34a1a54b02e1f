//! Methods that judge a stretch of a series at once, or go on from what they carried over.
//!
//! Every method is one file here, with its documentation, source and parameters, and one line in [`METHODS`].

mod bayes;
mod binomial_lr;
mod cdc;
mod chart;
mod cusum;
mod cusum_mean;
mod ears_c;
mod essence;
mod ewma;
mod farrington;
mod glr;
mod glrnb;
mod glrpois;
mod onset;
mod outbreak_p;
mod prewhiten;
mod rki;
mod seasonal;
mod shewhart;
mod spc;
mod windows;

use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::explain::{Explanation, Row};
use crate::outcome::{Outcome, Refusal};
use crate::param::ParamError;
use crate::series::Series;

/// Every method there is, by name.
pub static METHODS: &[&Method] = &[
    &essence::ewma::METHOD,
    &farrington::rnssp::METHOD,
    &seasonal::nbinom::METHOD,
    &essence::regression::METHOD,
    &seasonal::serfling::METHOD,
    &essence::switch::METHOD,
    &bayes::METHOD,
    &bayes::BAYES1,
    &bayes::BAYES2,
    &bayes::BAYES3,
    &binomial_lr::METHOD,
    &cdc::METHOD,
    &cusum::METHOD,
    &cusum_mean::METHOD,
    &ears_c::METHOD,
    &ewma::METHOD,
    &farrington::original::METHOD,
    &farrington::flexible::METHOD,
    &glrnb::METHOD,
    &glrpois::METHOD,
    &onset::METHOD,
    &outbreak_p::METHOD,
    &rki::METHOD,
    &rki::RKI1,
    &rki::RKI2,
    &rki::RKI3,
    &shewhart::METHOD,
];

/// What the reference page, the configuration and the command line know of a method.
#[derive(Debug)]
pub struct Method {
    /// Its name, that of the reference where there is one.
    pub name: &'static str,
    /// What it does, its parameters and its source, in Markdown.
    pub doc: &'static str,
    /// Parameters to begin from, as JSON.
    pub example: &'static str,
    /// Reads and checks parameters.
    pub(crate) read: fn(&str) -> Result<Box<dyn Judge>, ParamError>,
}

/// Whose answers a method gives.
#[derive(Serialize, Deserialize, Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// The published or corrected form.
    #[default]
    Default,
    /// Those of the reference package, its quirks among them.
    Compat,
}

/// What a method carries from one point to the next beyond the values themselves: the statistic of a chart, fitted
/// coefficients. Empty before the first point, and for methods that look at a window alone.
#[derive(Serialize, Deserialize, Clone, Debug, Default, PartialEq)]
pub struct Memory(pub Vec<f64>);

/// A method with its parameters.
pub trait Judge: Send + Sync {
    /// The earliest absolute index that a judgement at `index` looks at: what must be held of the past to go on, with
    /// the memory of the points before. Without it a chart begins anew at the first point of the range, and one that
    /// needs the beginning of the series for that refuses a tail.
    fn looks_back_to(&self, index: usize, freq: u32) -> usize;

    /// The first index of a series that can be judged, for when no range is asked for.
    fn first_judged(&self, series: &Series<'_>) -> usize;

    /// Judges the points of a range of absolute indexes. To judge `a..b` and then `b..c` with the same memory is to
    /// judge `a..c`; and what comes after the range is never looked at.
    ///
    /// # Errors
    /// [`Refusal`] where the method cannot be applied to the series or range as a whole.
    fn judge(
        &self,
        series: &Series<'_>,
        range: Range<usize>,
        memory: &mut Memory,
    ) -> Result<Outcome, Refusal>;

    /// Why the point at `index` was judged as it was: what it was compared with, and how. `from` is the first index
    /// that was judged.
    ///
    /// # Errors
    /// As [`judge`](Self::judge).
    fn explain(&self, series: &Series<'_>, from: usize, index: usize) -> Result<Explanation, Refusal>;
}

/// The method of this name.
#[must_use]
pub fn method(name: &str) -> Option<&'static Method> {
    METHODS.iter().copied().find(|method| method.name == name)
}

impl Method {
    /// Reads and checks parameters.
    ///
    /// # Errors
    /// [`ParamError`] says which parameter is wrong, and the mend.
    pub fn parse(&self, json: &str) -> Result<Box<dyn Judge>, ParamError> {
        (self.read)(json)
    }
}

/// Refuses a range that is empty or reaches beyond the series.
///
/// # Errors
/// [`Refusal::Range`].
pub(crate) fn within(series: &Series<'_>, range: &Range<usize>) -> Result<(), Refusal> {
    if range.start < range.end && range.start >= series.first && range.end <= series.end() {
        return Ok(());
    }
    Err(Refusal::Range { from: range.start + 1, to: range.end, have: series.end() })
}

/// The values at these indexes as an explanation lists them: each counts wholly, or not at all where it is missing.
pub(crate) fn rows(series: &Series<'_>, indexes: impl Iterator<Item = usize>) -> Vec<Row> {
    let row = |index| {
        let value = series.value(index);
        Row { index, value, weight: if value.is_finite() { 1.0 } else { 0.0 } }
    };
    indexes.map(row).collect()
}
