//! What the charts of measurements share: their in-control mean and deviation, and limits from a wished run length.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::chart::{add_numbers, again, from_its_beginning, rows};
use super::prewhiten::{self, Foretold, Prewhiten, White};
use super::{Judge, Memory, Mode, within};
use crate::design::ewma::{self, Limits};
use crate::design::{DesignError, Sided, cusum, shewhart};
use crate::explain::{Explanation, VERSION};
use crate::judge::{Judgement, Reason};
use crate::outcome::{Cells, Column, NA, Outcome, Refusal};
use crate::param::{ParamError, require};
use crate::series::Series;

/// The parameters of all three charts; each takes only its own.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Spc {
    mean: Option<f64>,
    sd: Option<f64>,
    arl0: f64,
    sided: Sided,
    lambda: Option<f64>,
    limits: Option<Limits>,
    k: Option<f64>,
    head_start: Option<bool>,
    reset: bool,
    prewhiten: Option<Prewhiten>,
    mode: Mode,
    #[serde(skip)]
    limit: f64,
    #[serde(skip)]
    chart: Chart,
}

/// Which chart, by its name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Chart {
    #[default]
    Shewhart,
    Ewma,
    Cusum,
}

impl Default for Spc {
    fn default() -> Self {
        Self {
            mean: None,
            sd: None,
            arl0: 370.0,
            sided: Sided::Two,
            lambda: None,
            limits: None,
            k: None,
            head_start: None,
            reset: true,
            prewhiten: None,
            mode: Mode::Default,
            limit: 0.0,
            chart: Chart::Shewhart,
        }
    }
}

/// Between two points; statistics are in standard deviations.
#[derive(Clone, Debug)]
struct State {
    /// Of the measurements, or of what is new in them.
    mean: f64,
    sd: f64,
    /// The average, or the upper arm.
    up: f64,
    /// The lower arm.
    down: f64,
    /// Points since the chart began.
    since: f64,
    white: Option<White>,
}

/// What a point is judged by: the statistic, and the values between which there is no alarm.
struct Verdict {
    score: f64,
    lower: f64,
    upper: f64,
    alarm: bool,
}

impl Spc {
    pub(super) fn checked(mut self, chart: Chart) -> Result<Self, ParamError> {
        self.chart = chart;
        require(self.mean.is_none_or(|mean| mean.abs() <= 1e100), "mean", "must be a number up to 1e100")?;
        require(self.sd.is_none_or(|sd| sd > 0.0 && sd <= 1e100), "sd", "must be above 0")?;
        require((3.0..=1e7).contains(&self.arl0), "arl0", "must be from 3 to 1e7")?;
        let (ewma, cusum) = (chart == Chart::Ewma, chart == Chart::Cusum);
        require(ewma || self.lambda.is_none(), "lambda", "belongs to ewma alone; leave it out")?;
        require(ewma || self.limits.is_none(), "limits", "belong to ewma alone; leave them out")?;
        require(cusum || self.k.is_none(), "k", "belongs to cusum_mean alone; leave it out")?;
        require(
            cusum || self.head_start.is_none(),
            "head_start",
            "belongs to cusum_mean alone; leave it out",
        )?;
        require(!ewma || self.sided == Sided::Two, "sided", "can only be two for ewma")?;
        if let Some(how) = self.prewhiten {
            how.check()?;
            require(self.mode == Mode::Default, "prewhiten", "belongs to the default mode; leave it out")?;
            let learnt = self.mean.is_none() && self.sd.is_none();
            require(learnt, "prewhiten", "takes no mean and sd, which it learns; leave them out")?;
        }
        require((0.05..=1.0).contains(&self.weight()), "lambda", "must be from 0.05 to 1")?;
        require((0.05..=3.0).contains(&self.reference()), "k", "must be from 0.05 to 3")?;
        let limit = match chart {
            Chart::Shewhart => shewhart::limit(self.arl0, self.sided),
            Chart::Ewma => ewma::limit(self.weight(), self.arl0, self.limits.unwrap_or_default()),
            Chart::Cusum => self.interval(),
        };
        self.limit = limit.map_err(|_| ParamError::Value {
            name: "arl0",
            problem: "cannot be had with these parameters; choose a smaller one",
        })?;
        Ok(self)
    }

    fn weight(&self) -> f64 {
        self.lambda.unwrap_or(0.2)
    }

    fn reference(&self) -> f64 {
        self.k.unwrap_or(0.5)
    }

    fn interval(&self) -> Result<f64, DesignError> {
        cusum::decision_interval(self.reference(), self.arl0, self.sided)
    }

    fn name(&self) -> &'static str {
        match self.chart {
            Chart::Shewhart => "shewhart",
            Chart::Ewma => "ewma",
            Chart::Cusum => "cusum_mean",
        }
    }

    fn estimates(&self) -> bool {
        self.mean.is_none() || self.sd.is_none()
    }

    fn start(&self, series: &Series<'_>, from: usize) -> Result<State, Refusal> {
        let (mut mean, mut sd, mut white) = (self.mean.unwrap_or(0.0), self.sd.unwrap_or(1.0), None);
        if self.estimates() {
            from_its_beginning(series)?;
            let mut known: Vec<f64> = (0..from).map(|at| series.value(at)).collect();
            match self.prewhiten {
                None => known.retain(|value| value.abs() <= 1e100),
                Some(how) if from < how.least() => {
                    return Err(Refusal::TooShort { what: self.name(), need: how.least(), have: from });
                }
                Some(how) => {
                    let (learnt, new) = White::learn(how, &known);
                    (known, white) = (new, Some(learnt));
                    known.retain(|new| !new.is_nan());
                }
            }
            if known.len() < 2 {
                return Err(Refusal::TooShort { what: self.name(), need: 2, have: known.len() });
            }
            let n = known.len() as f64;
            let centre = self.mean.unwrap_or(known.iter().sum::<f64>() / n);
            let learnt = self.prewhiten.map_or(0.0, |how| how.learnt(from));
            let freedom = if self.mean.is_some() { n } else { (n - learnt - 1.0).max(1.0) };
            let squares: f64 = known.iter().map(|v| (v - centre) * (v - centre)).sum();
            mean = centre;
            sd = self.sd.unwrap_or((squares / freedom).sqrt());
        }
        let mut state = State { mean, sd, up: 0.0, down: 0.0, since: 0.0, white };
        self.begin(&mut state);
        Ok(state)
    }

    /// What was carried over; none before the first point.
    fn kept(&self, memory: &Memory) -> Option<State> {
        let (&[mean, sd, up, down, since], rest) = memory.0.split_first_chunk()?;
        let white = match self.prewhiten {
            Some(how) => Some(White::load(how, rest)?),
            None if rest.is_empty() => None,
            None => return None,
        };
        Some(State { mean, sd, up, down, since, white })
    }

    fn begin(&self, state: &mut State) {
        let ahead = if self.head_start.unwrap_or(false) { self.limit / 2.0 } else { 0.0 };
        (state.up, state.down, state.since) = (ahead, ahead, 0.0);
    }

    /// Takes a measurement, in standard deviations from the mean.
    fn step(&self, state: &mut State, z: f64) -> Verdict {
        let two = self.sided == Sided::Two;
        state.since += 1.0;
        match self.chart {
            Chart::Shewhart => {
                let lower = if two { -self.limit } else { f64::NEG_INFINITY };
                Verdict { score: z, lower, upper: self.limit, alarm: z > self.limit || z < lower }
            }
            Chart::Ewma => {
                let lambda = self.weight();
                let settled = match self.limits.unwrap_or_default() {
                    Limits::Fixed => 1.0,
                    Limits::Exact => 1.0 - (1.0 - lambda).powf(2.0 * state.since),
                };
                let half = self.limit * (lambda / (2.0 - lambda) * settled).sqrt();
                let before = (1.0 - lambda) * state.up;
                state.up = (before + lambda * z).clamp(-1e150, 1e150);
                Verdict {
                    score: state.up,
                    lower: (-half - before) / lambda,
                    upper: (half - before) / lambda,
                    alarm: state.up.abs() > half,
                }
            }
            Chart::Cusum => {
                let (k, h) = (self.reference(), self.limit);
                let (upper, lower) = (h + k - state.up, -(h + k - state.down));
                state.up = (state.up + z - k).clamp(0.0, 1e150);
                state.down = if two { (state.down - z - k).clamp(0.0, 1e150) } else { 0.0 };
                Verdict {
                    score: if state.down > state.up { -state.down } else { state.up },
                    lower: if two { lower } else { f64::NEG_INFINITY },
                    upper,
                    alarm: state.up > h || state.down > h,
                }
            }
        }
    }
}

impl Judge for Spc {
    fn looks_back_to(&self, index: usize, _: u32) -> usize {
        index
    }

    fn first_judged(&self, series: &Series<'_>) -> usize {
        // Limits from fewer than thirty points alarm far more often than wished.
        series.first + self.prewhiten.map_or(if self.estimates() { 30 } else { 0 }, Prewhiten::least)
    }

    fn judge(
        &self,
        series: &Series<'_>,
        range: Range<usize>,
        memory: &mut Memory,
    ) -> Result<Outcome, Refusal> {
        within(series, &range)?;
        let mut state = match self.kept(memory) {
            Some(state) => state,
            None => self.start(series, range.start)?,
        };
        let mut outcome = Outcome::with_capacity(range.start, range.len());
        let mut lower = Vec::with_capacity(range.len());
        for index in range {
            let x = series.value(index);
            let foretold = state.white.as_ref().map(|white| white.foretell(index));
            let Foretold { value, wider } = foretold.unwrap_or(Foretold { value: 0.0, wider: 1.0 });
            let (mean, sd) = (value + state.mean, state.sd * wider);
            if let Some(white) = &mut state.white {
                white.take(index, x, state.sd);
            }
            let reason = if x.is_nan() {
                Some(Reason::Missing)
            } else if x.abs() > 1e100 {
                Some(Reason::OutOfRange)
            } else if sd <= mean.abs() * 1e-14 {
                Some(Reason::ZeroVariance)
            } else {
                None
            };
            if let Some(reason) = reason {
                outcome.push(mean, NA, NA, Judgement::CannotJudge(reason));
                lower.push(NA);
                continue;
            }
            let z = (x - mean) / sd;
            let verdict = self.step(&mut state, z);
            if verdict.alarm && self.reset {
                self.begin(&mut state);
            }
            let judgement = if verdict.alarm { Judgement::Alarm } else { Judgement::NoAlarm };
            outcome.push(mean, mean + sd * verdict.upper, verdict.score, judgement);
            let bound = mean + sd * verdict.lower;
            lower.push(if bound.is_finite() { bound } else { NA });
        }
        outcome.extra = vec![Column { name: "lowerbound", cells: Cells::Numbers(lower) }];
        memory.0 = vec![state.mean, state.sd, state.up, state.down, state.since];
        if let Some(white) = &state.white {
            white.save(&mut memory.0);
        }
        Ok(outcome)
    }

    fn explain(&self, series: &Series<'_>, from: usize, index: usize) -> Result<Explanation, Refusal> {
        let (outcome, memory) = again(self, series, from, index)?;
        let source = match self.prewhiten {
            Some(_) => "of what is new in a value were estimated from all before the first judged",
            None if self.estimates() => "were estimated from all values before",
            None => "were given",
        };
        let near = index.saturating_sub(self.prewhiten.map_or(0, Prewhiten::looks_back)).max(series.first);
        let mut explanation = Explanation {
            method: self.name(),
            mode: self.mode,
            version: VERSION,
            index,
            baseline: rows(series, if self.chart == Chart::Shewhart { near } else { from }..index),
            numbers: vec![("limit", self.limit), ("arl0", self.arl0), ("sd", memory.0[1])],
            because: vec![format!("mean and standard deviation {source}")],
        };
        if let (Some(how), Some(State { white: Some(white), .. })) = (self.prewhiten, self.kept(&memory)) {
            explanation.because.push(how.words());
            let coefficients = prewhiten::NAMES.into_iter().zip(white.coefficients().iter().copied());
            explanation.numbers.extend(coefficients);
        }
        add_numbers(&mut explanation, &outcome, &["expected", "upperbound", "lowerbound", "score"]);
        Ok(explanation)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::method::method;

    fn run(name: &str, params: &str, values: &[f64]) -> Outcome {
        let judge = method(name).unwrap().parse(params).unwrap();
        judge.judge(&Series::new(values, 365), 0..values.len(), &mut Memory::default()).unwrap()
    }

    #[test]
    fn limits_keep_the_wished_run_length() {
        // Normal measurements, by a generator of our own.
        let mut seed = 11u64;
        let mut uniform = || {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            ((seed >> 11) as f64 + 0.5) / (1u64 << 53) as f64
        };
        let values: Vec<f64> = (0..200_000).map(|_| crate::normal::quantile(uniform())).collect();
        for name in ["shewhart", "ewma", "cusum_mean"] {
            let outcome = run(name, r#"{"mean": 0, "sd": 1, "arl0": 100}"#, &values);
            let alarms = outcome.judgements.iter().filter(|j| **j == Judgement::Alarm).count();
            let arl = values.len() as f64 / alarms as f64;
            assert!((arl / 100.0 - 1.0).abs() < 0.1, "{name}: {arl}");
        }
    }

    #[test]
    fn bounds_are_where_alarms_begin() {
        for name in ["shewhart", "ewma", "cusum_mean"] {
            let values = [0.3, 1.2, -0.4, 0.9];
            let outcome = run(name, r#"{"mean": 0, "sd": 2}"#, &values);
            let lower = outcome.numbers("lowerbound").unwrap();
            for (bound, side) in [(outcome.upperbound[3], 1.0), (lower[3], -1.0)] {
                for (off, wanted) in [(1e-9, Judgement::Alarm), (-1e-9, Judgement::NoAlarm)] {
                    let values = [0.3, 1.2, -0.4, bound + side * off];
                    let outcome = run(name, r#"{"mean": 0, "sd": 2}"#, &values);
                    assert_eq!(outcome.judgements[3], wanted, "{name} {bound} {off}");
                }
            }
        }
    }

    #[test]
    fn a_parameter_of_another_chart_is_refused() {
        for (name, params) in [
            ("shewhart", r#"{"lambda": 0.2}"#),
            ("ewma", r#"{"k": 0.5}"#),
            ("ewma", r#"{"sided": "one"}"#),
            ("cusum_mean", r#"{"arl0": 1}"#),
        ] {
            assert!(method(name).unwrap().parse(params).is_err(), "{name} {params}");
        }
    }
}
