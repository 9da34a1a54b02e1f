//! The method `farrington`.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::baseline::{MAX_YEARS, Map, windows};
use super::model::{Bench, Flavour, Model, NoModel, Rules};
use super::rows::Rows;
use super::threshold::{Power, Powered};
use super::{explained, limit};
use crate::explain::Explanation;
use crate::judge::{Judgement, Reason};
use crate::method::{Judge, Memory, Method, Mode, within};
use crate::num::normal;
use crate::outcome::{Cells, Column, NA, Outcome, Refusal};
use crate::param::{self, ParamError, require};
use crate::series::Series;

/// The method.
pub(crate) static METHOD: Method = Method {
    name: "farrington",
    doc: "\
Compares a count with those of the same time of earlier years (Farrington, Andrews, Beale and Catchpole, Journal of the \
Royal Statistical Society A 159, 1996). A quasi-Poisson model with a trend, where there is one, is fitted to the 2w+1 \
steps around the same step of each of the `b` years before, past outbreaks weighed down; the bound is the upper limit \
of a prediction interval for a power of the count.

| parameter | meaning |
|---|---|
| `b` | years to look back, 1 to 30; default 5 |
| `w` | half the window; default 3 |
| `reweight` | whether to weigh down counts whose Anscombe residual is over 1; default true |
| `trend` | whether to look for a trend; default true. It is kept if it is significant at 0.05, there are three years, and it does not foretell more than was ever seen |
| `powertrans` | `2/3`, `1/2` or `none`; default `2/3` |
| `alpha` | the share of usual counts outside the interval, half of them above; default 0.05 |
| `limit54` | `[cases, steps]`: no alarm while fewer cases than that came in the last steps; default [5, 4] |
| `fitFun` | `algo.farrington.fitGLM.fast`, `algo.farrington.fitGLM`, or `algo.farrington.fitGLM.populationOffset` to compare rates |
| `verbose`, `plot` | taken from R's controls; of no effect |
| `mode` | `default` or `compat`, as below |

By default the model is at its maximum likelihood, with one dispersion (at least 1) throughout, no count of 0 alarms, \
and a missing count in the last steps only leaves its cases unknown. In `compat` the answers are those of \
`farrington` of surveillance 1.20.3: the fit stops where R's does, the trend's test uses a dispersion that may be \
below 1, and with too few cases bound and score are 0. Beyond the bound it gives `trend_used`, `mu0`, the expected \
count, and `cdf_of_observed`, how much of what was to be expected lies below the count.",
    example: r#"{"b": 5, "w": 3, "alpha": 0.01}"#,
    read: |json| Ok(Box::new(param::read::<Farrington>(json)?.checked()?)),
};

/// The parameters, named as in R surveillance.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq)]
#[serde(deny_unknown_fields, default)]
struct Farrington {
    b: usize,
    w: usize,
    reweight: bool,
    alpha: f64,
    trend: bool,
    limit54: (f64, usize),
    powertrans: Power,
    #[serde(rename = "fitFun")]
    fit_fun: FitFun,
    verbose: bool,
    plot: bool,
    mode: Mode,
}

/// The fits that R's control can name.
#[derive(Serialize, Deserialize, Clone, Copy, Debug, Default, PartialEq, Eq)]
enum FitFun {
    #[default]
    #[serde(rename = "algo.farrington.fitGLM.fast")]
    Fast,
    #[serde(rename = "algo.farrington.fitGLM")]
    Plain,
    #[serde(rename = "algo.farrington.fitGLM.populationOffset")]
    Population,
}

impl Default for Farrington {
    fn default() -> Self {
        Self {
            b: 5,
            w: 3,
            reweight: true,
            alpha: 0.05,
            trend: true,
            limit54: (5.0, 4),
            powertrans: Power::TwoThirds,
            fit_fun: FitFun::Fast,
            verbose: false,
            plot: false,
            mode: Mode::Default,
        }
    }
}

/// What is said of a point.
#[derive(Clone, Copy, Debug)]
struct Point {
    expected: f64,
    upper: f64,
    score: f64,
    cdf: f64,
    used: f64,
    judgement: Judgement,
}

/// What is kept from point to point.
#[derive(Default)]
struct Work {
    map: Map,
    rows: Rows,
    bench: Bench,
}

impl Farrington {
    fn checked(self) -> Result<Self, ParamError> {
        require((1..=MAX_YEARS).contains(&self.b), "b", "must be from 1 to 30")?;
        require(self.w <= 200, "w", "must be at most 200")?;
        require(self.alpha > 0.0 && self.alpha < 1.0, "alpha", "must be above 0 and below 1")?;
        require(self.limit54.0.is_finite(), "limit54", "must be two numbers, cases and steps")?;
        require(
            (1..=1000).contains(&self.limit54.1),
            "limit54",
            "must count at least one step and at most 1000",
        )?;
        Ok(self)
    }

    fn compat(&self) -> bool {
        self.mode == Mode::Compat
    }

    fn rules(&self) -> Rules {
        Rules {
            reweight: self.reweight,
            threshold: 1.0,
            trend: self.trend,
            p_trend: 0.05,
            years: 3,
            rests: !self.compat() || self.fit_fun != FitFun::Fast,
            flavour: if self.compat() { Flavour::Original } else { Flavour::Mended },
        }
    }

    fn model(&self, series: &Series<'_>, index: usize, work: &mut Work) -> Result<Model, NoModel> {
        let Work { map, rows, bench } = work;
        windows(series, index, self.b, self.w, map);
        let people = self.fit_fun == FitFun::Population && series.population.is_some();
        rows.take(series, index, map, 1, people, None);
        if self.compat() && rows.missing > 0 {
            return Err(NoModel::Broken);
        }
        // The reference asks how many years are looked for, not how many are there.
        let years = if self.compat() { self.b } else { map.years };
        self.rules().model(rows, years, bench)
    }

    fn point(&self, series: &Series<'_>, index: usize, work: &mut Work) -> Result<Point, Refusal> {
        let y = series.value(index);
        let model = match self.model(series, index, work) {
            Ok(model) => model,
            Err(none) if self.compat() => return Err(none.refusal()),
            Err(_) if work.map.years == 0 => {
                return Ok(Point::unjudged(Reason::TooFewYears { have: 0, need: 1 }));
            }
            Err(none) => return Ok(Point::unjudged(none.reason(&work.rows))),
        };
        let (cases, steps) = self.limit54;
        let z = normal::quantile(1.0 - 0.5 * self.alpha);
        let expected = model.eta.exp().max(if self.compat() { f64::EPSILON } else { 0.0 });
        let it = Powered::new(self.powertrans, &model, expected);
        let upper = if model.empty && !self.compat() { 0.0 } else { it.bound(z) };
        let cdf =
            if model.empty && !self.compat() { f64::from(u8::from(y > 0.0)) } else { normal::cdf(it.z(y)) };
        let score = match self.mode {
            Mode::Compat => (y - expected) / (upper - expected),
            Mode::Default => limit::score(y, expected, upper),
        };
        let used = f64::from(u8::from(model.slope.is_some()));
        let known = |x: f64| if x.is_finite() { x } else { NA };
        let point = Point {
            expected,
            upper,
            score: known(score),
            cdf: known(cdf),
            used,
            judgement: Judgement::NoAlarm,
        };
        let alarm = |over: bool| if over { Judgement::Alarm } else { Judgement::NoAlarm };
        if self.compat() {
            let sum = limit::cases(series, index, steps);
            return Ok(if sum.is_nan() {
                let judgement = Judgement::CannotJudge(Reason::Missing);
                Point { upper: NA, score: NA, judgement, ..point }
            } else if sum >= cases {
                Point { judgement: alarm(score > 1.0), ..point }
            } else {
                Point { upper: 0.0, score: 0.0, ..point }
            });
        }
        let judgement = if y.is_nan() {
            Judgement::CannotJudge(Reason::Missing)
        } else if !upper.is_finite() {
            Judgement::CannotJudge(Reason::Undefined)
        } else {
            alarm(y > upper && limit::known_cases(series, index, steps) >= cases)
        };
        Ok(Point { upper: known(upper), judgement, ..point })
    }
}

impl Point {
    /// A point of which nothing is known.
    fn unjudged(reason: Reason) -> Self {
        let judgement = Judgement::CannotJudge(reason);
        Self { expected: NA, upper: NA, score: NA, cdf: NA, used: NA, judgement }
    }
}

impl Judge for Farrington {
    fn looks_back_to(&self, index: usize, freq: u32) -> usize {
        // A year by the calendar may be one step longer than by the count.
        let reach = self.b * (freq as usize + 1) + self.w;
        index.saturating_sub(reach.max(self.limit54.1))
    }

    fn first_judged(&self, series: &Series<'_>) -> usize {
        series.first + self.b * series.freq as usize + self.w
    }

    fn judge(&self, series: &Series<'_>, range: Range<usize>, _: &mut Memory) -> Result<Outcome, Refusal> {
        within(series, &range)?;
        let from = self.looks_back_to(range.start, series.freq);
        limit::fits(series, from..range.end, self.fit_fun == FitFun::Population, self.compat())?;
        let mut outcome = Outcome::with_capacity(range.start, range.len());
        let mut columns: [Vec<f64>; 3] = std::array::from_fn(|_| Vec::with_capacity(range.len()));
        let mut work = Work::default();
        for index in range {
            let it = self.point(series, index, &mut work)?;
            outcome.push(it.expected, it.upper, it.score, it.judgement);
            let cells = [it.used, it.cdf, it.expected];
            columns.iter_mut().zip(cells).for_each(|(column, cell)| column.push(cell));
        }
        let columns = ["trend_used", "cdf_of_observed", "mu0"].into_iter().zip(columns);
        outcome.extra = columns.map(|(name, cells)| Column { name, cells: Cells::Numbers(cells) }).collect();
        Ok(outcome)
    }

    fn explain(&self, series: &Series<'_>, _: usize, index: usize) -> Result<Explanation, Refusal> {
        within(series, &(index..index + 1))?;
        let from = self.looks_back_to(index, series.freq);
        limit::fits(series, from..index + 1, self.fit_fun == FitFun::Population, self.compat())?;
        let mut work = Work::default();
        let point = self.point(series, index, &mut work)?;
        let mut explanation = explained::begin(METHOD.name, self.mode, index);
        explained::rows(&mut explanation, series, &work.map, &work.rows, &work.bench.weights);
        explanation.numbers = vec![
            ("expected", point.expected),
            ("upperbound", point.upper),
            ("score", point.score),
            ("cdf_of_observed", point.cdf),
        ];
        if let Ok(model) = self.model(series, index, &mut work) {
            explanation.numbers.push(("phi", model.phi));
            explained::reasons(&mut explanation, &model, &work.rows, (work.map.years, self.b));
        }
        explained::limit(&mut explanation, series, index, self.limit54);
        Ok(explanation)
    }
}
