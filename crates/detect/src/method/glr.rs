//! Charts of counts against a fitted in-control mean, by generalised likelihood ratio.

mod baseline;
mod cells;
mod dispersed;
mod epidemic;
mod rise;
mod window;

use std::ops::Range;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::chart::{add_numbers, again, rows};
use super::outbreak_p::Ret;
use super::{Judge, Memory, Mode, within};
use crate::explain::{Explanation, VERSION};
use crate::judge::{Judgement, Reason};
use crate::num::glm::Family;
use crate::outcome::{Cells, Column, NA, Outcome, Refusal};
use crate::param::{ParamError, require};
use crate::series::Series;
use baseline::{Model, Mu0};
use cells::Counts;
use rise::{Candidate, Sums};
use window::{Pair, Windows};

/// The parameters, named as in R surveillance.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Glr {
    #[serde(rename = "c.ARL")]
    c_arl: f64,
    mu0: Option<Mu0>,
    alpha: Option<f64>,
    #[serde(rename = "Mtilde")]
    m_tilde: usize,
    #[serde(rename = "M")]
    m: i64,
    change: Change,
    theta: Option<f64>,
    dir: Dir,
    ret: Ret,
    #[serde(rename = "xMax")]
    x_max: f64,
    mode: Mode,
    #[serde(skip)]
    name: &'static str,
    /// For the fit; those of the Poisson model where the dispersion is to be estimated, as its means begin there.
    #[serde(skip)]
    counts: Option<Arc<Counts>>,
}

#[derive(Serialize, Deserialize, Clone, Copy, Debug, Default, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
enum Change {
    #[default]
    Intercept,
    Epi,
}

#[derive(Serialize, Deserialize, Clone, Copy, Debug, Default, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
enum Dir {
    #[default]
    Inc,
    Dec,
}

impl Default for Glr {
    fn default() -> Self {
        Self {
            c_arl: 5.0,
            mu0: None,
            alpha: None,
            m_tilde: 1,
            m: -1,
            change: Change::Intercept,
            theta: None,
            dir: Dir::Inc,
            ret: Ret::Cases,
            x_max: 1e4,
            mode: Mode::Default,
            name: "glrnb",
            counts: None,
        }
    }
}

/// Between two points.
#[derive(Debug, Default)]
struct State {
    /// The first point judged.
    from: usize,
    alpha: f64,
    /// The recursive statistic for a known change.
    sum: f64,
    /// Points since the last alarm.
    since: usize,
    coefficients: Vec<f64>,
    /// The count before, for the epidemic chart; 0 before there is any.
    before: f64,
    /// What windows may reach back to, since the last alarm.
    pairs: Vec<Pair>,
    /// Of the pairs, where they are looked at; not kept, as they follow from them.
    sums: Vec<Sums>,
}

impl State {
    fn save(&self, longest: usize, epidemic: bool, memory: &mut Memory) {
        let Self { from, alpha, sum, since, coefficients, before, pairs, .. } = self;
        let pairs = &pairs[pairs.len().saturating_sub(longest)..];
        // No count is one below 0.
        let before = if before.is_finite() { *before } else { -1.0 };
        memory.0.clear();
        memory.0.extend([*from as f64, *alpha, *sum, *since as f64, before, coefficients.len() as f64]);
        // What the model leaves out is kept as a coefficient of 0, which is the same.
        memory.0.extend(coefficients.iter().map(|c| if c.is_nan() { 0.0 } else { *c }));
        for Pair { x, mu, before } in pairs {
            memory.0.extend([*x, *mu]);
            memory.0.extend(epidemic.then_some(*before));
        }
    }

    /// Takes a pair in. Those that no window reaches are dropped many at a time.
    fn push(&mut self, pair: Pair, longest: usize, sums_up: bool) {
        if self.pairs.len() >= longest.saturating_mul(2) {
            let over = self.pairs.len() - longest;
            self.pairs.drain(..over);
            self.sums.drain(..over.min(self.sums.len()));
        }
        self.pairs.push(pair);
        if sums_up {
            let known = self.sums.len();
            self.sums.extend(self.pairs[known..].iter().map(|pair| rise::sums(*pair, self.alpha)));
        }
    }

    fn load(epidemic: bool, memory: &Memory) -> Option<Self> {
        let &[from, alpha, sum, since, before, size] = memory.0.get(..6)? else { return None };
        let (coefficients, pairs) = memory.0[6..].split_at_checked(size as usize)?;
        let pair =
            |cells: &[f64]| Pair { x: cells[0], mu: cells[1], before: cells.get(2).copied().unwrap_or(0.0) };
        Some(Self {
            from: from as usize,
            alpha,
            sum,
            since: since as usize,
            coefficients: coefficients.to_vec(),
            before,
            pairs: pairs.chunks_exact(if epidemic { 3 } else { 2 }).map(pair).collect(),
            sums: vec![],
        })
    }
}

/// Room to work in.
#[derive(Default)]
struct Scratch {
    candidates: Vec<Candidate>,
    scores: Vec<f64>,
}

impl Glr {
    pub(super) fn checked(mut self, name: &'static str) -> Result<Self, ParamError> {
        self.name = name;
        if name == "glrpois" {
            require(
                self.alpha.is_none_or(|alpha| alpha == 0.0),
                "alpha",
                "must be 0; use glrnb for another",
            )?;
            self.alpha = Some(0.0);
        }
        require(self.c_arl > 0.0 && self.c_arl.is_finite(), "c.ARL", "must be above 0")?;
        let alpha = self.alpha.unwrap_or(0.0);
        require((0.0..=1e6).contains(&alpha), "alpha", "must be from 0 to 1e6")?;
        require((1..=10_000).contains(&self.m_tilde), "Mtilde", "must be from 1 to 10000")?;
        let windows = self.m == -1 || (1..=100_000).contains(&self.m);
        require(windows, "M", "must be -1 for no limit, or from 1 to 100000")?;
        let theta = self.theta.is_none_or(|theta| theta != 0.0 && theta.abs() <= 20.0);
        require(theta, "theta", "must be from -20 to 20, and not 0")?;
        require(self.x_max >= 1.0 && self.x_max <= 1e9, "xMax", "must be from 1 to 1e9")?;
        match &self.mu0 {
            Some(Mu0::Level(level)) => {
                require(level.all(|mu| mu > 0.0 && mu.is_finite()), "mu0", "must be above 0")?;
                require(self.alpha.is_some(), "alpha", "must be given with mu0, as nothing is fitted")?;
            }
            Some(Mu0::Model(model)) => require(model.waves <= 20, "S", "must be at most 20")?,
            None => {}
        }
        if self.change == Change::Epi {
            require(self.dir == Dir::Inc, "dir", "can only be inc where change is epi")?;
            let known = self.mode == Mode::Default && self.theta.is_some();
            require(!known, "theta", "must be left out where change is epi: there it is always estimated")?;
            self.theta = None;
        }
        let family = match self.alpha {
            Some(alpha) if alpha > 0.0 => Family::NegativeBinomial { theta: 1.0 / alpha },
            _ => Family::Poisson,
        };
        self.counts = Some(Arc::new(Counts::new(family)));
        Ok(self)
    }

    fn model(&self) -> Option<Model> {
        match &self.mu0 {
            Some(Mu0::Level(_)) => None,
            Some(Mu0::Model(model)) => Some(*model),
            None => Some(Model::default()),
        }
    }

    fn start(&self, series: &Series<'_>, from: usize) -> Result<State, Refusal> {
        let mut state = State { from, alpha: self.alpha.unwrap_or(0.0), ..State::default() };
        // The reference knows of no count before the first judged.
        if self.mode == Mode::Default && from > series.first {
            state.before = series.value(from - 1);
        }
        if let Some(model) = self.model() {
            (state.coefficients, state.alpha) =
                model.fit(series, from, self.alpha, self.counts.as_deref())?;
        }
        Ok(state)
    }

    fn mean(&self, state: &State, series: &Series<'_>, index: usize) -> Result<f64, Refusal> {
        match &self.mu0 {
            Some(Mu0::Level(level)) => level.at(index - state.from),
            _ => {
                let model = self.model().unwrap_or_default();
                // Means of a model are at least that in R.
                let least = if self.mode == Mode::Compat { f64::EPSILON } else { 1e-300 };
                let mean = model.mean(&state.coefficients, index, series.freq, self.counts.as_deref());
                Ok(mean.clamp(least, 1e300))
            }
        }
    }

    /// The windows to look at; in the reference the Poisson chart with a limit has one pair more in each than it
    /// should.
    fn windows(&self, alpha: f64) -> Windows {
        let (limited, poisson) = (self.m > 0, alpha == 0.0);
        let shortest = match self.mode {
            Mode::Compat if poisson && self.change == Change::Epi => self.m_tilde,
            Mode::Compat if poisson && limited => self.m_tilde + 1,
            Mode::Compat if poisson => 1,
            _ => self.m_tilde,
        };
        let longest = if limited { self.m as usize + 1 } else { usize::MAX };
        Windows { shortest, longest }
    }

    /// Whether there are enough points since the last alarm to look at all.
    fn enough(&self, state: &State, windows: Windows) -> bool {
        state.since >= windows.shortest.max(self.m_tilde)
    }

    /// Whether the sums of pairs are what is looked at.
    fn sums_up(&self, alpha: f64) -> bool {
        alpha > 0.0 && self.theta.is_none() && self.change == Change::Intercept && self.dir == Dir::Inc
    }

    /// The statistic with the last pair of `pairs`.
    fn ratio(&self, state: &State, scratch: &mut Scratch) -> f64 {
        let windows = self.windows(state.alpha);
        if !self.enough(state, windows) {
            return 0.0;
        }
        let (pairs, alpha) = (&state.pairs, state.alpha);
        match (self.change, self.mode) {
            (Change::Epi, Mode::Default) => epidemic::largest(pairs, windows, alpha),
            (Change::Epi, Mode::Compat) => epidemic::reference(pairs, windows, alpha),
            _ if alpha == 0.0 => window::poisson(pairs, windows, self.dir == Dir::Dec),
            (_, Mode::Compat) if self.dir == Dir::Dec || rise::may_be_lost(&state.sums, windows) => {
                window::reference(pairs, windows, self.dir == Dir::Dec, alpha)
            }
            _ if self.sums_up(alpha) => {
                rise::largest(pairs, &state.sums, windows, alpha, &mut scratch.candidates)
            }
            _ => window::negative_binomial(pairs, windows, self.dir == Dir::Dec, alpha, &mut scratch.scores),
        }
    }

    /// What no count and each count more add to the statistic for a known change.
    fn known(theta: f64, alpha: f64, mu: f64) -> (f64, f64) {
        let rate = theta.exp();
        if alpha == 0.0 {
            return ((1.0 - rate) * mu, theta);
        }
        let fall = ((1.0 + alpha * mu) / (1.0 + alpha * mu * rate)).ln();
        (fall / alpha, theta + fall)
    }

    /// The smallest whole count that alarms in place of the last one; none up to `xMax`.
    fn cases(&self, state: &mut State) -> Option<f64> {
        let windows = self.windows(state.alpha);
        if !self.enough(state, windows) {
            return None;
        }
        let (level, most) = (self.c_arl, self.x_max);
        if self.change == Change::Intercept && state.alpha == 0.0 {
            // Here the reference does not look at `xMax`.
            let most = if self.mode == Mode::Compat { 1e15 } else { most };
            return window::poisson_cases(&state.pairs, windows, level, most);
        }
        if self.sums_up(state.alpha) {
            return rise::cases(&state.pairs, &state.sums, windows, state.alpha, level, most);
        }
        let last = state.pairs.len().checked_sub(1)?;
        let kept = state.pairs[last];
        let alpha = state.alpha;
        let found = window::fewest(None, most, |x| {
            state.pairs[last].x = x;
            epidemic::largest(&state.pairs, windows, alpha) >= level
        });
        state.pairs[last] = kept;
        found
    }

    /// Takes a count in: statistic, count that alarms (not-a-number where there is none) and judgement.
    fn step(&self, state: &mut State, x: f64, mu: f64, scratch: &mut Scratch) -> (f64, f64, Judgement) {
        // The reference hands over whole numbers.
        let (seen, x) = (x, if self.mode == Mode::Compat { x.trunc() } else { x });
        let before = std::mem::replace(&mut state.before, x);
        if !x.is_finite() || !(0.0..=1e15).contains(&x) {
            let reason = if x.is_nan() { Reason::Missing } else { Reason::OutOfRange };
            return (NA, NA, Judgement::CannotJudge(reason));
        }
        let follows = (0.0..=1e15).contains(&before);
        if self.change == Change::Epi && !follows {
            return (NA, NA, Judgement::CannotJudge(Reason::MissingInWindow { missing: 1 }));
        }
        state.since += 1;
        let (statistic, cases, alarm) = if let Some(theta) = self.theta {
            let (none, each) = Self::known(theta, state.alpha, mu);
            let cases = (self.c_arl - state.sum - none) / each;
            state.sum = (state.sum + none + each * x).max(0.0);
            (state.sum, if cases > 0.0 { cases } else { 0.0 }, state.sum > self.c_arl)
        } else {
            state.push(Pair { x, mu, before }, self.windows(state.alpha).longest, self.sums_up(state.alpha));
            let statistic = self.ratio(state, scratch);
            let above = self.change == Change::Epi && self.mode == Mode::Compat && state.alpha == 0.0;
            let alarm = if above { statistic > self.c_arl } else { statistic >= self.c_arl };
            (statistic, self.whole_cases(state, x, alarm), alarm)
        };
        if alarm {
            // Of the count before a new beginning the reference keeps the fraction.
            state.before = seen;
            (state.sum, state.since) = (0.0, 0);
            state.pairs.clear();
            state.sums.clear();
        }
        (statistic, cases, if alarm { Judgement::Alarm } else { Judgement::NoAlarm })
    }

    /// The whole count that alarms, as the reference writes it in compat; there it has none for epidemics.
    fn whole_cases(&self, state: &mut State, x: f64, alarm: bool) -> f64 {
        if self.mode == Mode::Default {
            return if self.dir == Dir::Inc { self.cases(state).unwrap_or(NA) } else { NA };
        }
        match (self.change, self.dir, state.alpha == 0.0) {
            (Change::Epi, ..) | (_, Dir::Dec, _) => NA,
            (_, Dir::Inc, true) => self.cases(state).unwrap_or(0.0),
            // Its search steps in multiples of the count, and gets nowhere from 0.
            (_, Dir::Inc, false) if x == 0.0 && !alarm => 1e99,
            (_, Dir::Inc, false) if alarm && x > self.x_max => 0.0,
            (_, Dir::Inc, false) => self.cases(state).unwrap_or(1e99),
        }
    }
}

impl Judge for Glr {
    fn looks_back_to(&self, index: usize, _: u32) -> usize {
        if self.model().is_some_and(|model| model.refit) { 0 } else { index }
    }

    fn first_judged(&self, series: &Series<'_>) -> usize {
        series.first + self.model().map_or(0, |model| (2 * series.freq as usize).max(2 * model.size()))
    }

    fn judge(
        &self,
        series: &Series<'_>,
        range: Range<usize>,
        memory: &mut Memory,
    ) -> Result<Outcome, Refusal> {
        within(series, &range)?;
        let epidemic = self.change == Change::Epi;
        let mut state = match State::load(epidemic, memory) {
            Some(state) => state,
            None => self.start(series, range.start)?,
        };
        let mut outcome = Outcome::with_capacity(range.start, range.len());
        let (mut needed, mut scratch) = (Vec::with_capacity(range.len()), Scratch::default());
        for index in range {
            let mu = self.mean(&state, series, index)?;
            let (statistic, cases, judgement) = self.step(&mut state, series.value(index), mu, &mut scratch);
            let bound = if self.theta.is_none() { cases - 1.0 } else { cases };
            let bound = if (0.0..1e99).contains(&bound) { bound } else { NA };
            outcome.push(mu, bound, statistic, judgement);
            needed.push(cases);
            if let (Judgement::Alarm, Some(model)) = (judgement, self.model().filter(|model| model.refit)) {
                // The dispersion stays that of the first fit.
                (state.coefficients, _) =
                    model.fit(series, index + 1, Some(state.alpha), self.counts.as_deref())?;
            }
        }
        let column = |name, numbers| Column { name, cells: Cells::Numbers(numbers) };
        outcome.extra = vec![
            column("statistic", outcome.score.clone()),
            column("mu0", outcome.expected.clone()),
            column("alpha_disp", vec![state.alpha; outcome.len()]),
            column("cases_to_alarm", needed),
        ];
        state.save(self.windows(state.alpha).longest, epidemic, memory);
        Ok(outcome)
    }

    fn explain(&self, series: &Series<'_>, from: usize, index: usize) -> Result<Explanation, Refusal> {
        let (outcome, _) = again(self, series, from, index)?;
        let alarm = |at: &usize| outcome.judgements[*at] == Judgement::Alarm;
        let begun = (0..outcome.len() - 1).rev().find(alarm).map_or(from, |at| from + at + 1);
        let reach = self.windows(outcome.numbers("alpha_disp").map_or(0.0, |all| all[0])).longest;
        let mut because = vec![format!("the chart began anew at point {}", begun + 1)];
        if let Some(model) = self.model() {
            because.push(format!(
                "the in-control mean has {} yearly waves{} and was fitted to the values before point {}",
                model.waves,
                if model.trend { " and a trend" } else { "" },
                if model.refit { begun + 1 } else { from + 1 },
            ));
        }
        let mut explanation = Explanation {
            method: self.name,
            mode: self.mode,
            version: VERSION,
            index,
            baseline: rows(series, begun.max(index.saturating_sub(reach))..index),
            numbers: vec![("c.ARL", self.c_arl)],
            because,
        };
        let names = ["expected", "upperbound", "statistic", "alpha_disp", "cases_to_alarm"];
        add_numbers(&mut explanation, &outcome, &names);
        Ok(explanation)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::method::method;

    fn run(name: &str, params: &str, values: &[f64]) -> Outcome {
        let judge = method(name).unwrap().parse(params).unwrap();
        judge.judge(&Series::new(values, 52), 0..values.len(), &mut Memory::default()).unwrap()
    }

    const COUNTS: [f64; 13] = [2.0, 3.0, 1.0, 4.0, 6.0, 3.0, 8.0, 0.0, 2.0, 9.0, 5.0, 1.0, 3.0];

    #[test]
    fn the_statistic_by_hand() {
        let outcome = run("glrpois", r#"{"mu0": 2.5, "c.ARL": 2}"#, &COUNTS);
        assert!((outcome.score[1] - (3.0 * 1.2f64.ln() - 0.5)).abs() < 1e-12);
        let alarms: Vec<usize> = (0..13).filter(|i| outcome.judgements[*i] == Judgement::Alarm).collect();
        assert_eq!(alarms, [6, 9]);
        assert_eq!(outcome.numbers("cases_to_alarm").unwrap()[..7], [7.0, 7.0, 7.0, 7.0, 7.0, 4.0, 4.0]);
    }

    #[test]
    fn a_known_change_is_summed_up() {
        let outcome = run("glrnb", r#"{"mu0": 2.5, "c.ARL": 2, "theta": 0.4, "alpha": 0.3}"#, &COUNTS);
        let fall = ((1.0 + 0.3 * 2.5) / (1.0 + 0.3 * 2.5 * 0.4_f64.exp())).ln();
        let z = |x: f64| 0.4 * x + (x + 1.0 / 0.3) * fall;
        assert!((outcome.score[3] - z(4.0)).abs() < 1e-12);
        assert!((outcome.score[4] - z(4.0) - z(6.0)).abs() < 1e-12);
    }

    #[test]
    fn nonsense_is_refused_in_words() {
        for params in [r#"{"mu0": 2.5}"#, r#"{"M": 0}"#, r#"{"theta": 0}"#, r#"{"alpha": -1}"#] {
            assert!(method("glrnb").unwrap().parse(params).is_err(), "{params}");
        }
        assert!(method("glrpois").unwrap().parse(r#"{"alpha": 0.1}"#).is_err());
    }
}
