//! Charts of counts against a fitted in-control mean, by generalised likelihood ratio.

mod baseline;
mod window;

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::chart::{add_numbers, again, rows};
use super::outbreak_p::Ret;
use super::{Judge, Memory, Mode, within};
use crate::explain::{Explanation, VERSION};
use crate::judge::{Judgement, Reason};
use crate::outcome::{Cells, Column, NA, Outcome, Refusal};
use crate::param::{ParamError, require};
use crate::series::Series;
use baseline::{Model, Mu0};
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
    /// What windows may reach back to, since the last alarm.
    pairs: Vec<Pair>,
}

impl State {
    fn save(&self, memory: &mut Memory) {
        let Self { from, alpha, sum, since, coefficients, pairs } = self;
        memory.0.clear();
        memory.0.extend([*from as f64, *alpha, *sum, *since as f64, coefficients.len() as f64]);
        // What the model leaves out is kept as a coefficient of 0, which is the same.
        memory.0.extend(coefficients.iter().map(|c| if c.is_nan() { 0.0 } else { *c }));
        memory.0.extend(pairs.iter().flat_map(|(x, mu)| [*x, *mu]));
    }

    fn load(memory: &Memory) -> Option<Self> {
        let &[from, alpha, sum, since, size] = memory.0.get(..5)? else { return None };
        let (coefficients, pairs) = memory.0[5..].split_at_checked(size as usize)?;
        Some(Self {
            from: from as usize,
            alpha,
            sum,
            since: since as usize,
            coefficients: coefficients.to_vec(),
            pairs: pairs.chunks_exact(2).map(|pair| (pair[0], pair[1])).collect(),
        })
    }
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
        let plain = self.change == Change::Intercept;
        require(plain, "change", "can only be intercept yet; the epidemic chart is not built")?;
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
        if let Some(model) = self.model() {
            (state.coefficients, state.alpha) = model.fit(series, from, self.alpha)?;
        }
        Ok(state)
    }

    fn mean(&self, state: &State, series: &Series<'_>, index: usize) -> Result<f64, Refusal> {
        match &self.mu0 {
            Some(Mu0::Level(level)) => level.at(index - state.from),
            _ => {
                let model = self.model().unwrap_or_default();
                Ok(model.mean(&state.coefficients, index, series.freq).clamp(1e-300, 1e300))
            }
        }
    }

    /// The windows to look at; the Poisson chart with a limit has one pair more in each than it should.
    fn windows(&self, alpha: f64) -> Windows {
        let (limited, poisson) = (self.m > 0, alpha == 0.0);
        let shortest = match self.mode {
            Mode::Compat if poisson && limited => self.m_tilde + 1,
            Mode::Compat if poisson => 1,
            _ => self.m_tilde,
        };
        let longest = if limited { self.m as usize + 1 } else { usize::MAX };
        Windows { shortest, longest }
    }

    /// Whether there are enough points since the last alarm to look at all.
    fn enough(&self, since: usize, windows: Windows) -> bool {
        since >= windows.shortest.max(self.m_tilde)
    }

    /// The statistic with the last pair of `pairs`.
    fn ratio(&self, state: &State, scratch: &mut Vec<f64>) -> f64 {
        let windows = self.windows(state.alpha);
        if !self.enough(state.since, windows) {
            return 0.0;
        }
        let decrease = self.dir == Dir::Dec;
        if state.alpha == 0.0 {
            window::poisson(&state.pairs, windows, decrease)
        } else {
            window::negative_binomial(&state.pairs, windows, decrease, state.alpha, scratch)
        }
    }

    /// What one count adds to the statistic for a known change.
    fn known(theta: f64, alpha: f64, x: f64, mu: f64) -> f64 {
        if alpha == 0.0 {
            return theta * x + (1.0 - theta.exp()) * mu;
        }
        theta * x + (x + 1.0 / alpha) * ((1.0 + alpha * mu) / (1.0 + alpha * mu * theta.exp())).ln()
    }

    /// The count at which a known change alarms.
    fn known_cases(&self, theta: f64, state: &State, mu: f64) -> f64 {
        let none = Self::known(theta, state.alpha, 0.0, mu);
        let each = Self::known(theta, state.alpha, 1.0, mu) - none;
        let cases = (self.c_arl - state.sum - none) / each;
        if cases > 0.0 { cases } else { 0.0 }
    }

    /// The smallest whole count that alarms in place of the last one, by doubling and halving; none up to `xMax`.
    fn cases(&self, state: &mut State, scratch: &mut Vec<f64>) -> Option<f64> {
        let last = state.pairs.len().checked_sub(1)?;
        let kept = state.pairs[last];
        let mut alarms = |count: f64| {
            state.pairs[last].0 = count;
            self.ratio(state, scratch) >= self.c_arl
        };
        let found = if alarms(0.0) {
            Some(0.0)
        } else {
            let (mut low, mut high) = (0.0, 8f64.min(self.x_max));
            while !alarms(high) && high < self.x_max {
                (low, high) = (high, (2.0 * high).min(self.x_max));
            }
            alarms(high).then(|| {
                while high - low > 1.0 {
                    let middle = f64::midpoint(low, high).floor();
                    if alarms(middle) { high = middle } else { low = middle }
                }
                high
            })
        };
        state.pairs[last] = kept;
        found
    }

    /// Takes a count in: statistic, count that alarms (not-a-number where there is none) and judgement.
    fn step(&self, state: &mut State, x: f64, mu: f64, scratch: &mut Vec<f64>) -> (f64, f64, Judgement) {
        if !x.is_finite() || !(0.0..=1e15).contains(&x) {
            let reason = if x.is_nan() { Reason::Missing } else { Reason::OutOfRange };
            return (NA, NA, Judgement::CannotJudge(reason));
        }
        state.since += 1;
        let (statistic, cases, alarm) = if let Some(theta) = self.theta {
            let cases = self.known_cases(theta, state, mu);
            state.sum = (state.sum + Self::known(theta, state.alpha, x, mu)).max(0.0);
            (state.sum, cases, state.sum > self.c_arl)
        } else {
            let longest = self.windows(state.alpha).longest;
            if state.pairs.len() >= longest {
                state.pairs.remove(0);
            }
            state.pairs.push((x, mu));
            let statistic = self.ratio(state, scratch);
            let alarm = statistic >= self.c_arl;
            (statistic, self.whole_cases(state, x, alarm, scratch), alarm)
        };
        if alarm {
            (state.sum, state.since) = (0.0, 0);
            state.pairs.clear();
        }
        (statistic, cases, if alarm { Judgement::Alarm } else { Judgement::NoAlarm })
    }

    /// The whole count that alarms, as the reference writes it in compat.
    fn whole_cases(&self, state: &mut State, x: f64, alarm: bool, scratch: &mut Vec<f64>) -> f64 {
        if self.mode == Mode::Default {
            return if self.dir == Dir::Inc { self.cases(state, scratch).unwrap_or(NA) } else { NA };
        }
        match (state.alpha == 0.0, self.dir) {
            (_, Dir::Dec) => NA,
            (true, Dir::Inc) => self.cases(state, scratch).unwrap_or(0.0),
            // Its search steps in multiples of the count, and gets nowhere from 0.
            (false, Dir::Inc) if x == 0.0 && !alarm => 1e99,
            (false, Dir::Inc) => self.cases(state, scratch).unwrap_or(1e99),
        }
    }
}

impl Judge for Glr {
    fn looks_back_to(&self, index: usize, _: u32) -> usize {
        if self.model().is_some() { 0 } else { index }
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
        let mut state = match State::load(memory) {
            Some(state) => state,
            None => self.start(series, range.start)?,
        };
        let mut outcome = Outcome::with_capacity(range.start, range.len());
        let (mut needed, mut scratch) = (Vec::with_capacity(range.len()), vec![]);
        for index in range {
            let mu = self.mean(&state, series, index)?;
            let (statistic, cases, judgement) = self.step(&mut state, series.value(index), mu, &mut scratch);
            let bound = if self.theta.is_none() { cases - 1.0 } else { cases };
            let bound = if (0.0..1e99).contains(&bound) { bound } else { NA };
            outcome.push(mu, bound, statistic, judgement);
            needed.push(cases);
            if let (Judgement::Alarm, Some(model)) = (judgement, self.model().filter(|model| model.refit)) {
                // The dispersion stays that of the first fit.
                (state.coefficients, _) = model.fit(series, index + 1, Some(state.alpha))?;
            }
        }
        let column = |name, numbers| Column { name, cells: Cells::Numbers(numbers) };
        outcome.extra = vec![
            column("statistic", outcome.score.clone()),
            column("mu0", outcome.expected.clone()),
            column("alpha_disp", vec![state.alpha; outcome.len()]),
            column("cases_to_alarm", needed),
        ];
        state.save(memory);
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
        let z = |x: f64| Glr::known(0.4, 0.3, x, 2.5);
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
