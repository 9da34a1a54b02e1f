//! A method with its parameters and the range it is asked to judge.

use super::table::{Column, Step};
use anyhow::{Context as _, anyhow, bail, ensure};
use beaconfire_detect::baseline::LeftOut;
use beaconfire_detect::method::{Judge, METHODS, method};
use beaconfire_detect::outcome::Refusal;
use beaconfire_detect::series::{Day, Series};
use serde::Deserialize;
use serde_json::{Map, Value};
use std::ops::Range;
use std::path::Path;

/// A call of a method.
pub(super) struct Call {
    pub(super) judge: Box<dyn Judge>,
    range: Option<Span>,
}

/// Points from 1, both ends inclusive, as R counts them.
#[derive(Deserialize, Clone, Copy, Debug)]
#[serde(deny_unknown_fields)]
struct Span {
    from: usize,
    to: usize,
}

impl Call {
    /// Reads parameters, with the range among them.
    pub(super) fn read(name: &str, mut params: Map<String, Value>) -> anyhow::Result<Self> {
        let Some(method) = method(name) else {
            let known: Vec<_> = METHODS.iter().map(|method| method.name).collect();
            bail!("find a method {name:?}: there are {}", known.join(", "));
        };
        let range = params.remove("range").map(serde_json::from_value::<Span>).transpose();
        let range = range.context("read range: write {\"from\": 261, \"to\": 312}, counted from 1")?;
        ensure!(range.is_none_or(|span| span.from >= 1), "use the range: it is counted from 1");
        let judge = method
            .parse(&Value::Object(params).to_string())
            .map_err(|error| anyhow!("use the parameters: {error}"))?;
        Ok(Self { judge, range })
    }

    /// The same, with baselines that leave something out.
    pub(super) fn leaving_out(self, path: &Path) -> anyhow::Result<Self> {
        let at = || format!("read {}", path.display());
        let text = std::fs::read_to_string(path).with_context(at)?;
        let left_out = LeftOut::parse(&text).with_context(at)?;
        Ok(Self { judge: Box::new(left_out.of(self.judge)), ..self })
    }

    /// The absolute indexes to judge.
    pub(super) fn range(&self, series: &Series<'_>) -> Result<Range<usize>, Refusal> {
        let range = match self.range {
            Some(span) => span.from - 1..span.to,
            None => self.judge.first_judged(series)..series.end(),
        };
        if range.start >= range.end || range.end > series.end() {
            return Err(Refusal::Range { from: range.start + 1, to: range.end, have: series.end() });
        }
        Ok(range)
    }
}

/// What a method takes of a series, owned.
pub(super) struct Input {
    values: Vec<f64>,
    population: Option<Vec<f64>>,
    dates: Option<Vec<Day>>,
    times: Option<Vec<i64>>,
    pub(super) freq: u32,
    pub(super) start: u32,
}

impl Input {
    /// The values of a column. What is no finite number is missing.
    pub(super) fn new(
        column: &Column,
        population: Option<&Column>,
        freq: Option<u32>,
    ) -> anyhow::Result<Self> {
        let finite = |value: &f64| if value.is_finite() { *value } else { f64::NAN };
        if let Some(population) = population {
            let (have, need) = (population.values.len(), column.values.len());
            ensure!(have == need, "use the population of {}: it has {have} rows, not {need}", column.name);
        }
        let times = instants(&column.steps);
        let dates: Option<Vec<Day>> = column.steps.iter().map(|step| step.day).collect();
        let dates = dates.filter(|dates| !dates.is_empty());
        let told = || match (&times, &dates) {
            (Some(times), _) => Some(steps_of_seconds(times)),
            (None, dates) => dates.as_deref().and_then(steps_in_a_year),
        };
        let freq = freq.or_else(told).unwrap_or(52);
        // What has steps shorter than a day has more than one for a date.
        let dates = dates.filter(|_| times.is_none());
        Ok(Self {
            values: column.values.iter().map(finite).collect(),
            population: population.map(|column| column.values.iter().map(finite).collect()),
            dates,
            times,
            freq,
            start: 1,
        })
    }

    /// The same, its dates passed over.
    pub(super) fn undated(self) -> Self {
        Self { dates: None, times: None, ..self }
    }

    /// A view for a method.
    pub(super) fn series(&self) -> Series<'_> {
        Series {
            population: self.population.as_deref(),
            dates: self.dates.as_deref(),
            times: self.times.as_deref(),
            start: self.start,
            ..Series::new(&self.values, self.freq)
        }
    }
}

/// The instants of steps that are shorter than a day: half of those of the first hundred are.
pub(super) fn instants(steps: &[Step]) -> Option<Vec<i64>> {
    let all = steps.iter().all(|step| step.instant);
    let times: Vec<i64> = steps.iter().map(|step| step.time).collect();
    (all && times.len() > 1 && middle_step(&times) < SECONDS_A_DAY).then_some(times)
}

/// Steps in a year of 365 days, told from the middle one of the first hundred.
pub(super) fn steps_of_seconds(times: &[i64]) -> u32 {
    (365 * SECONDS_A_DAY / middle_step(times).max(1)).clamp(1, 1 << 25) as u32
}

/// What comes later must not change what is said of the first steps.
fn middle_step(times: &[i64]) -> i64 {
    let mut gaps: Vec<i64> = times.windows(2).take(100).map(|pair| pair[1] - pair[0]).collect();
    gaps.sort_unstable();
    gaps.get(gaps.len() / 2).copied().unwrap_or(SECONDS_A_DAY)
}

const SECONDS_A_DAY: i64 = 86_400;

/// Days, weeks and months are told from the first step.
fn steps_in_a_year(dates: &[Day]) -> Option<u32> {
    match dates.get(1)? - dates.first()? {
        1 => Some(365),
        7 => Some(52),
        28..=31 => Some(12),
        _ => None,
    }
}
