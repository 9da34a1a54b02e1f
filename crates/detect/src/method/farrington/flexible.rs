//! The method `farringtonFlexible`.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::baseline::{Cut, Lack, MAX_YEARS, Map};
use super::explained;
use super::model::{Bench, Flavour, Model, NoModel, Rules};
use super::rows::Rows;
use super::threshold::{Counts, Power, Powered, Threshold};
use super::{calendar, limit};
use crate::explain::Explanation;
use crate::judge::{Judgement, Reason};
use crate::method::{Judge, Memory, Method, Mode, within};
use crate::num::normal;
use crate::outcome::{Cells, Column, NA, Outcome, Refusal};
use crate::param::{self, ParamError, require};
use crate::series::Series;

/// The method.
pub(crate) static METHOD: Method = Method {
    name: "farringtonFlexible",
    doc: "\
Compares a count with what the same time of earlier years lets expect (Farrington and others 1996, in the form of \
Noufaily and others, Statistics in Medicine 32, 2013). A quasi-Poisson model is fitted to the past, with a level for \
each part of the year (`noPeriods`), a trend where there is one, and past outbreaks weighed down; a count over the \
bound that follows is an alarm.

| parameter | meaning |
|---|---|
| `b` | years to look back, 1 to 30; default 5 |
| `w` | half the window around the same step of each year; default 3 |
| `noPeriods` | parts of the year, the window being one; 1 takes the windows alone; default 1, advised 10 |
| `pastWeeksNotIncluded` | steps before the point that are left out; default `w`, advised 26 |
| `reweight`, `weightsThreshold` | whether to weigh down counts whose Anscombe residual is over the threshold; default true, 2.58 |
| `trend`, `pThresholdTrend` | whether to look for a trend, and the significance it needs; default true, 0.05; 1 keeps any. A trend also needs three years, and must not foretell more than was ever seen |
| `thresholdMethod` | `delta`, `nbPlugin` or `muan`; default `delta` |
| `powertrans` | for `delta`: `2/3`, `1/2` or `none`; default `2/3` |
| `alpha` | the share of usual counts over the bound; default 0.05, advised 0.005 |
| `limit54` | `[cases, steps]`: no alarm while fewer cases than that came in the last steps; default [5, 4] |
| `populationOffset` | whether rates are compared, by the population; default false |
| `glmWarnings`, `verbose`, `fitFun` | taken from R's controls; of no effect |
| `mode` | `default` or `compat`, as below |

By default the model is at its maximum likelihood, one dispersion (at least 1) holds in bound, errors and test of the \
trend, the score is how far the count lies on the way from the expected one to the bound (1 at the bound; 1 and what \
the count is above it where the bound is not above the expected count), time is counted in steps, \
years that the series does not reach back to are left out, and a missing count in the last steps only leaves its \
cases unknown. With `muan`, where the part of the year never had a case, the upper limit of its mean is that of so \
many steps without one.

In `compat` the answers are those of surveillance 1.20.3: after weighing, errors and the trend's test use a dispersion \
from which the means are missing; the score of `nbPlugin` and `muan` takes the logarithm of the expected count for the \
count; time follows the dates; the fit stops where R's does; and a series that does not reach back is refused. Its \
columns `phi`, `trend_used`, `trend_coef`, `pvalue` are given in both modes.",
    example: r#"{"noPeriods": 10, "pastWeeksNotIncluded": 26, "thresholdMethod": "nbPlugin", "alpha": 0.005}"#,
    read: |json| Ok(Box::new(param::read::<Flexible>(json)?.checked()?)),
};

/// The parameters, named as in R surveillance.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq)]
#[serde(deny_unknown_fields, default, rename_all = "camelCase")]
pub(super) struct Flexible {
    pub(super) b: usize,
    pub(super) w: usize,
    reweight: bool,
    pub(super) weights_threshold: f64,
    pub(super) alpha: f64,
    trend: bool,
    p_threshold_trend: f64,
    pub(super) limit54: (f64, usize),
    powertrans: Power,
    population_offset: bool,
    pub(super) no_periods: usize,
    pub(super) past_weeks_not_included: Option<usize>,
    pub(super) threshold_method: Threshold,
    glm_warnings: bool,
    verbose: bool,
    fit_fun: String,
    pub(super) mode: Mode,
    #[serde(skip)]
    pub(super) window: Option<usize>,
}

impl Default for Flexible {
    fn default() -> Self {
        Self {
            b: 5,
            w: 3,
            reweight: true,
            weights_threshold: 2.58,
            alpha: 0.05,
            trend: true,
            p_threshold_trend: 0.05,
            limit54: (5.0, 4),
            powertrans: Power::TwoThirds,
            population_offset: false,
            no_periods: 1,
            past_weeks_not_included: None,
            threshold_method: Threshold::Delta,
            glm_warnings: true,
            verbose: false,
            fit_fun: FIT.to_owned(),
            mode: Mode::Default,
            window: None,
        }
    }
}

/// The only fit that R's control can name.
const FIT: &str = "algo.farrington.fitGLM.flexible";

/// What is said of a point.
#[derive(Clone, Copy, Debug)]
pub(super) struct Point {
    pub(super) expected: f64,
    pub(super) upper: f64,
    pub(super) score: f64,
    pub(super) p: f64,
    phi: f64,
    pub(super) used: f64,
    pub(super) slope: f64,
    limit: f64,
    alarm: f64,
    pub(super) judgement: Judgement,
}

/// What is kept from point to point.
#[derive(Default)]
pub(super) struct Work {
    pub(super) map: Map,
    pub(super) rows: Rows,
    pub(super) bench: Bench,
}

impl Flexible {
    pub(super) fn checked(self) -> Result<Self, ParamError> {
        require((1..=MAX_YEARS).contains(&self.b), "b", "must be from 1 to 30")?;
        require(self.w <= 200, "w", "must be at most 200")?;
        require((1..=366).contains(&self.no_periods), "noPeriods", "must be from 1 to 366")?;
        require(self.weights_threshold.is_finite(), "weightsThreshold", "must be a number")?;
        require(self.alpha > 0.0 && self.alpha < 1.0, "alpha", "must be above 0 and below 1")?;
        require(self.p_threshold_trend >= 0.0, "pThresholdTrend", "must be from 0 on")?;
        require(self.limit54.0.is_finite(), "limit54", "must be two numbers, cases and steps")?;
        require(
            (1..=1000).contains(&self.limit54.1),
            "limit54",
            "must count at least one step and at most 1000",
        )?;
        require(
            self.past_weeks_not_included.is_none_or(|p| p <= 10_000),
            "pastWeeksNotIncluded",
            "must be at most 10000",
        )?;
        require(self.fit_fun == FIT, "fitFun", "must be algo.farrington.fitGLM.flexible; there is no other")?;
        Ok(self)
    }

    fn compat(&self) -> bool {
        self.mode == Mode::Compat
    }

    fn with_population(&self, series: &Series<'_>) -> bool {
        self.population_offset && series.population.is_some()
    }

    pub(super) fn cut(&self) -> Cut {
        let left_out = self.past_weeks_not_included.unwrap_or(self.w);
        let Self { b, w, no_periods: parts, window, .. } = *self;
        Cut { b, w, parts, left_out, window, quirks: self.compat() }
    }

    pub(super) fn rules(&self) -> Rules {
        Rules {
            reweight: self.reweight,
            threshold: self.weights_threshold,
            trend: self.trend,
            p_trend: self.p_threshold_trend,
            years: 3,
            rests: true,
            flavour: if self.compat() { Flavour::Flexible } else { Flavour::Mended },
        }
    }

    /// The model at a point, or why there is none.
    fn model(
        &self,
        series: &Series<'_>,
        index: usize,
        step: f64,
        work: &mut Work,
    ) -> Result<Result<Model, NoModel>, Lack> {
        let Work { map, rows, bench } = work;
        self.cut().map(series, index, !self.compat(), map)?;
        let clock = |at: usize| series.date(at).map_or(f64::NAN, |day| f64::from(day) / step);
        let clock: Option<&dyn Fn(usize) -> f64> = if step.is_finite() { Some(&clock) } else { None };
        rows.take(series, index, map, self.no_periods, self.with_population(series), clock);
        if self.compat() && (rows.unpeopled > 0 || (self.no_periods > 1 && rows.parts.len() == 1)) {
            return Ok(Err(NoModel::Broken));
        }
        Ok(self.rules().model(rows, map.years, bench))
    }

    /// Bound and all else from a model, in `default`.
    fn mended(&self, model: &Model, y: f64) -> Point {
        let expected = model.eta.exp();
        let z = normal::quantile(1.0 - self.alpha);
        let (upper, p, limit) = match self.threshold_method {
            Threshold::Delta if model.empty => (0.0, if y > 0.0 { 0.0 } else { 1.0 }, 0.0),
            Threshold::Delta => {
                let it = Powered::new(self.powertrans, model, expected);
                (it.bound(z), it.upper(y), it.bound(z))
            }
            Threshold::NbPlugin => {
                let it = Counts::new(expected, model.phi);
                (it.quantile(1.0 - self.alpha), it.from(y), expected)
            }
            Threshold::Muan => {
                let none_in = -self.alpha.ln() / model.rows as f64;
                let mean = if model.empty { none_in } else { (model.eta + z * model.error).exp() };
                let it = Counts::new(mean, model.phi);
                (it.quantile(1.0 - self.alpha), it.from(y), mean)
            }
        };
        let score = limit::score(y, expected, upper);
        let known = |x: f64| if x.is_finite() { x } else { NA };
        Point { expected, upper: known(upper), score: known(score), p: known(p), limit, ..Point::of(model) }
    }

    /// The same as the reference has it.
    fn compat_point(&self, model: &Model, y: f64) -> Point {
        let z = normal::quantile(1.0 - self.alpha);
        let mut mu = model.eta.exp();
        let point = Point::of(model);
        let (upper, p, centre, limit) = match self.threshold_method {
            Threshold::Delta => {
                // On this scale R keeps means above 0.
                mu = mu.max(f64::EPSILON);
                let it = Powered::new(self.powertrans, model, mu);
                (it.bound(z), it.upper(y), mu, (mu + z * mu * model.error).exp())
            }
            method => {
                let muan = method == Threshold::Muan;
                let mean = if muan { (model.eta + z * model.error).exp() } else { mu };
                if mean.is_infinite() {
                    return Point { limit: mean, ..point };
                }
                let it = Counts::new(mean, model.phi);
                (it.quantile(1.0 - self.alpha), it.from(y), model.eta, mean)
            }
        };
        let p = if y.is_nan() { NA } else { p };
        let score = if y.is_nan() { NA } else { (y - centre) / (upper - centre) };
        Point { expected: mu, upper, score, p, limit, ..point }
    }

    pub(super) fn point(
        &self,
        series: &Series<'_>,
        index: usize,
        step: f64,
        work: &mut Work,
    ) -> Result<Point, Refusal> {
        let y = series.value(index);
        let model = match self.model(series, index, step, work) {
            Ok(Ok(model)) => model,
            Ok(Err(none)) if self.compat() && none != NoModel::NoConvergence => return Err(none.refusal()),
            Ok(Err(none)) => {
                let point = Point::unjudged(none.reason(&work.rows));
                return Ok(if self.compat() { Point { expected: 0.0, ..point } } else { point });
            }
            Err(Lack::Years(have)) if !self.compat() => {
                let have = u32::try_from(have).unwrap_or(u32::MAX);
                return Ok(Point::unjudged(Reason::TooFewYears { have, need: 1 }));
            }
            Err(lack) => return Err(lack.refusal(METHOD.name, self.cut(), index, series)),
        };
        let (cases, steps) = self.limit54;
        let sum = limit::cases(series, index, steps);
        if self.compat() {
            let point = self.compat_point(&model, y);
            // The reference prints no alarm where it cannot judge.
            if sum.is_nan() || sum < cases {
                let missing = Judgement::CannotJudge(Reason::Missing);
                let few = Reason::TooFewCases { need: cases.ceil() as u32, steps: steps as u32 };
                let judgement = match () {
                    () if sum.is_nan() => missing,
                    () if point.score.is_nan() => Judgement::CannotJudge(few),
                    () => Judgement::NoAlarm,
                };
                return Ok(Point { expected: NA, upper: NA, alarm: 0.0, judgement, ..point });
            }
            if point.score.is_nan() {
                return Ok(Point {
                    alarm: 0.0,
                    judgement: Judgement::CannotJudge(Reason::Undefined),
                    ..point
                });
            }
            let over = point.score > 1.0 && y != 0.0;
            let judgement = if over { Judgement::Alarm } else { Judgement::NoAlarm };
            return Ok(Point { alarm: f64::from(u8::from(over)), judgement, ..point });
        }
        let point = self.mended(&model, y);
        let judgement = if y.is_nan() {
            Judgement::CannotJudge(Reason::Missing)
        } else if point.upper.is_nan() {
            Judgement::CannotJudge(Reason::Undefined)
        } else if y > point.upper && limit::known_cases(series, index, steps) >= cases {
            Judgement::Alarm
        } else {
            Judgement::NoAlarm
        };
        Ok(Point { judgement, ..point })
    }
}

impl Point {
    /// A point of which nothing is known.
    fn unjudged(reason: Reason) -> Self {
        let judgement = Judgement::CannotJudge(reason);
        Self {
            expected: NA,
            upper: NA,
            score: NA,
            p: NA,
            phi: NA,
            used: NA,
            slope: NA,
            limit: NA,
            alarm: NA,
            judgement,
        }
    }

    fn of(model: &Model) -> Self {
        Self {
            phi: model.phi,
            used: f64::from(u8::from(model.slope.is_some())),
            slope: model.slope.unwrap_or(NA),
            ..Self::unjudged(Reason::Undefined)
        }
    }
}

impl Judge for Flexible {
    fn looks_back_to(&self, index: usize, freq: u32) -> usize {
        // A year by the calendar may be one step longer than by the count.
        let reach = self.b * (freq as usize + 1) + self.w;
        index.saturating_sub(reach.max(self.limit54.1))
    }

    fn first_judged(&self, series: &Series<'_>) -> usize {
        let first = series.first + self.b * series.freq as usize + self.w;
        let reaches = |index: &usize| {
            calendar::years_before(series, *index, self.b)
                .is_some_and(|anchor| anchor >= series.first + self.w)
        };
        (first..series.end()).take(2 * self.b + 2).find(reaches).unwrap_or(first)
    }

    fn judge(
        &self,
        series: &Series<'_>,
        range: Range<usize>,
        memory: &mut Memory,
    ) -> Result<Outcome, Refusal> {
        within(series, &range)?;
        let from = self.looks_back_to(range.start, series.freq);
        limit::fits(series, from..range.end, self.population_offset, self.compat())?;
        let step = if self.compat() { limit::first_step(series, memory) } else { f64::NAN };
        let mut outcome = Outcome::with_capacity(range.start, range.len());
        let names = ["pvalue", "phi", "trend_used", "trend_coef", "mu0Vector", "alarm"];
        let kept = if self.compat() { 6 } else { 4 };
        let mut columns: Vec<Vec<f64>> = vec![Vec::with_capacity(range.len()); kept];
        let mut work = Work::default();
        for index in range {
            let it = self.point(series, index, step, &mut work)?;
            outcome.push(it.expected, it.upper, it.score, it.judgement);
            let cells = [it.p, it.phi, it.used, it.slope, it.limit, it.alarm];
            columns.iter_mut().zip(cells).for_each(|(column, cell)| column.push(cell));
        }
        let columns = names.into_iter().zip(columns);
        outcome.extra = columns.map(|(name, cells)| Column { name, cells: Cells::Numbers(cells) }).collect();
        Ok(outcome)
    }

    fn explain(&self, series: &Series<'_>, _: usize, index: usize) -> Result<Explanation, Refusal> {
        within(series, &(index..index + 1))?;
        let looked_at = self.looks_back_to(index, series.freq)..index + 1;
        limit::fits(series, looked_at, self.population_offset, self.compat())?;
        let step = if self.compat() { limit::first_step(series, &mut Memory::default()) } else { f64::NAN };
        let mut work = Work::default();
        let point = self.point(series, index, step, &mut work)?;
        let mut explanation = explained::begin(METHOD.name, self.mode, index);
        explained::rows(&mut explanation, series, &work.map, &work.rows, &work.bench.weights);
        explanation.numbers = vec![
            ("expected", point.expected),
            ("upperbound", point.upper),
            ("score", point.score),
            ("pvalue", point.p),
            ("phi", point.phi),
            ("trend_coef", point.slope),
        ];
        if let Ok(Ok(model)) = self.model(series, index, step, &mut work) {
            explained::reasons(&mut explanation, &model, &work.rows, (work.map.years, self.b));
        }
        explained::limit(&mut explanation, series, index, self.limit54);
        Ok(explanation)
    }
}
