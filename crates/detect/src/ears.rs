//! The EARS detectors C1, C2 and C3 for short series of counts.

pub(crate) mod formula;

use std::collections::VecDeque;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use self::formula::{Usual, counted};
use crate::Detector;
use crate::any::{AnyParams, State};
use crate::judge::{Change, Judgement, Reason, Step};
use crate::kind::Kind;
use crate::latch::Latch;
use crate::normal;
use crate::param::{self, ParamError, require};
use crate::sample::{MAX_VALUE, Sample};

/// The kind `ears`.
pub(crate) static KIND: Kind = Kind {
    name: "ears",
    doc: "\
Compares a count with the mean m and the standard deviation s of a few counts shortly before it (EARS). Needs no \
years of history.

| parameter | meaning |
|---|---|
| `method` | `C1`: the `baseline` counts just before; `C2`: those before a pause of two; `C3`: as C2, adding up the excess of three counts |
| `baseline` | how many counts to compare with, 2 to 365; default 7 |
| `minSigma` | the least s; default 0.5, in `compat` 0 |
| `alpha` | the chance of a false alarm, which sets z; default: z = 3 for C1 and C2, z = 2 for C3; in `compat` 0.001 and 0.025 |
| `min_baseline` | how many of the baseline's counts must be there; default all, and always all in `compat` |
| `step_s` | seconds from one count to the next; then counts that are absent leave a gap instead of being closed up |
| `mode` | `default` or `compat` |

C1 and C2 alarm when a count is over m + z s; `score` is (count - m) / (z s). C3 adds up e = max(0, (count - m)/s - 1) \
of this count and of the two before that were no C2 alarms themselves (z score at most 3), and alarms when the sum \
is over z; `score` is sum / z, and `threshold` the count that reaches it, none when the two before reach it alone.

`compat` gives the answers of `earsC` of the R package surveillance 1.20.3, whose C3 does not look at the count \
itself but only at the two before it.

Without `step_s` every sample is one count, missing ones too. With it, news of silence takes no place in the \
series, and a series in alarm is unknown after two steps without a count.",
    example: r#"{"method": "C2", "baseline": 7, "step_s": 604800}"#,
    read: |json| Ok(AnyParams::Ears(Arc::new(param::read::<EarsParams>(json)?.checked()?))),
};

/// Which of the three.
#[derive(Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
pub enum EarsMethod {
    /// The baseline ends just before the count.
    C1,
    /// The baseline ends three before the count.
    C2,
    /// As C2, with the excess of the two counts before.
    C3,
}

pub use crate::method::Mode as EarsMode;

/// The parameters, named as in R surveillance; the kind's documentation says what each means.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct EarsParams {
    /// Which of the three.
    pub method: EarsMethod,
    /// How many counts to compare with.
    #[serde(default = "default_baseline")]
    pub baseline: usize,
    /// The least standard deviation.
    #[serde(rename = "minSigma")]
    pub min_sigma: Option<f64>,
    /// The chance of a false alarm.
    pub alpha: Option<f64>,
    /// How many of the baseline's counts must be there.
    pub min_baseline: Option<usize>,
    /// Seconds from one count to the next.
    pub step_s: Option<i64>,
    /// Whose answers.
    #[serde(default)]
    pub mode: EarsMode,
}

fn default_baseline() -> usize {
    7
}

impl EarsParams {
    /// The parameters, checked.
    ///
    /// # Errors
    /// [`ParamError`] when one is out of range.
    pub fn checked(self) -> Result<Self, ParamError> {
        require((2..=365).contains(&self.baseline), "baseline", "must be from 2 to 365")?;
        let sigma = self.min_sigma.is_none_or(|s| (0.0..=MAX_VALUE).contains(&s));
        require(sigma, "minSigma", "must be 0 or more")?;
        require(self.alpha.is_none_or(|a| a > 0.0 && a < 0.5), "alpha", "must be above 0 and below 0.5")?;
        let least = self.min_baseline.is_none_or(|n| (2..=self.baseline).contains(&n));
        require(least, "min_baseline", "must be from 2 to baseline")?;
        require(self.step_s.is_none_or(|s| s > 0), "step_s", "must be above 0")?;
        Ok(self)
    }

    pub(crate) fn sigma(&self) -> f64 {
        self.min_sigma.unwrap_or(if self.mode == EarsMode::Compat { 0.0 } else { 0.5 })
    }

    /// How many standard deviations make an alarm.
    pub(crate) fn z(&self) -> f64 {
        let alpha = self.alpha.unwrap_or(match (self.mode, self.method) {
            (EarsMode::Compat, EarsMethod::C3) => 0.025,
            (EarsMode::Compat, _) => 0.001,
            // z = 2 and z = 3.
            (EarsMode::Default, EarsMethod::C3) => 0.022_750_131_948_179_21,
            (EarsMode::Default, _) => 0.001_349_898_031_630_094_5,
        });
        normal::quantile(1.0 - alpha)
    }

    /// Counts between the baseline and the count.
    pub(crate) fn lag(&self) -> usize {
        if self.method == EarsMethod::C1 { 0 } else { 2 }
    }

    /// Counts before the current one that a judgement looks at.
    pub(crate) fn reach(&self) -> usize {
        self.baseline + self.lag() + if self.method == EarsMethod::C3 { 2 } else { 0 }
    }

    pub(crate) fn least(&self) -> usize {
        if self.mode == EarsMode::Compat { self.baseline } else { self.min_baseline.unwrap_or(self.baseline) }
    }
}

/// What EARS remembers of its series.
#[derive(Serialize, Deserialize, Clone, Debug, Default, PartialEq)]
pub struct EarsState {
    /// Time of the last count.
    seen: Option<i64>,
    /// The counts before, the oldest first; none where one is missing.
    past: VecDeque<Option<f64>>,
    latch: Latch,
}

/// Judges one series of counts.
#[derive(Clone, Debug)]
pub struct Ears {
    params: Arc<EarsParams>,
    z: f64,
    state: EarsState,
}

/// What a method makes of one count.
struct Verdict {
    threshold: Option<f64>,
    score: Option<f64>,
    alarm: Result<bool, Reason>,
}

impl Ears {
    /// EARS that has seen nothing yet.
    #[must_use]
    pub fn new(params: Arc<EarsParams>) -> Self {
        Self { z: params.z(), params, state: EarsState::default() }
    }

    /// EARS that goes on from a saved state.
    #[must_use]
    pub fn restore(params: Arc<EarsParams>, state: &EarsState) -> Self {
        let mut ears = Self { z: params.z(), params, state: state.clone() };
        ears.forget();
        ears
    }

    fn judge(&self, value: Result<f64, Reason>) -> (Option<Usual>, Verdict) {
        let usual = match self.usual(0) {
            Ok(usual) => usual,
            Err(reason) => {
                return (
                    None,
                    Verdict { threshold: None, score: None, alarm: Err(value.err().unwrap_or(reason)) },
                );
            }
        };
        let verdict = match (self.params.method, self.params.mode) {
            (EarsMethod::C3, EarsMode::Compat) => self.compat_c3(value, usual),
            (EarsMethod::C3, EarsMode::Default) => self.published_c3(value, usual),
            _ => self.single(value, usual),
        };
        (Some(usual), verdict)
    }

    /// C1 and C2: the count against its own baseline.
    fn single(&self, value: Result<f64, Reason>, usual: Usual) -> Verdict {
        let bound = usual.bound(self.z);
        if usual.sigma == 0.0 && self.params.mode == EarsMode::Default {
            return Verdict {
                threshold: None,
                score: None,
                alarm: Err(value.err().unwrap_or(Reason::ZeroVariance)),
            };
        }
        let score =
            value.ok().filter(|_| bound > usual.mean).map(|y| (y - usual.mean) / (bound - usual.mean));
        Verdict { threshold: Some(bound), score, alarm: value.map(|y| y > bound) }
    }

    /// The published C3: this count's excess and that of the two before.
    fn published_c3(&self, value: Result<f64, Reason>, usual: Usual) -> Verdict {
        let nothing = |reason| Verdict { threshold: None, score: None, alarm: Err(reason) };
        if usual.sigma == 0.0 {
            return nothing(value.err().unwrap_or(Reason::ZeroVariance));
        }
        let mut before = 0.0;
        for back in [1, 2] {
            match self.excess(back) {
                Ok(e) => before += counted(e),
                Err(reason) => return nothing(value.err().unwrap_or(reason)),
            }
        }
        let threshold = usual.published_c3(before, self.z);
        let sum = value.map(|y| before + usual.excess(y));
        Verdict { threshold, score: sum.ok().map(|sum| sum / self.z), alarm: sum.map(|sum| sum > self.z) }
    }

    /// The C3 of the reference: a bound in which the count itself cancels out.
    fn compat_c3(&self, value: Result<f64, Reason>, usual: Usual) -> Verdict {
        let bound = value.and_then(|y| {
            let before = self.excess(1)? + self.excess(2)?;
            Ok((y, usual.compat_c3(y, before, self.z)))
        });
        match bound {
            Err(reason) => Verdict { threshold: None, score: None, alarm: Err(reason) },
            // 0/0 in the excess, or zero times infinity.
            Ok((_, bound)) if bound.is_nan() => {
                Verdict { threshold: None, score: None, alarm: Err(Reason::ZeroVariance) }
            }
            Ok((y, bound)) => Verdict { threshold: Some(bound), score: None, alarm: Ok(y > bound) },
        }
    }

    /// The excess of the count `back` places before the current one over its own baseline, at least 0.
    fn excess(&self, back: usize) -> Result<f64, Reason> {
        let usual = self.usual(back)?;
        let index = self.state.past.len().checked_sub(back);
        let y = index.and_then(|i| self.state.past[i]).ok_or(Reason::MissingInWindow { missing: 1 })?;
        let e = usual.excess(y);
        if self.params.mode == EarsMode::Default && !e.is_finite() {
            return Err(Reason::ZeroVariance);
        }
        Ok(e)
    }

    /// Mean and standard deviation before the count `back` places before the current one.
    fn usual(&self, back: usize) -> Result<Usual, Reason> {
        let (have, need) = (self.state.past.len(), self.params.reach());
        if have < need {
            return Err(Reason::TooFewObservations { have: have as u32, need: need as u32 });
        }
        let end = have - self.params.lag() - back;
        let window = || self.state.past.range(end - self.params.baseline..end).flatten();
        let count = window().count();
        if count < self.params.least() {
            return Err(Reason::MissingInWindow { missing: (self.params.baseline - count) as u32 });
        }
        Usual::of(window().copied(), count, self.params.sigma())
    }

    /// How many counts are absent between the last one and this time.
    fn absent(&self, time: i64) -> Result<usize, Reason> {
        let (Some(step), Some(seen)) = (self.params.step_s, self.state.seen) else {
            return Ok(0);
        };
        // Rounded, so that a clock change or a late hour shifts nothing.
        let steps = (time.saturating_sub(seen)).saturating_add(step / 2) / step;
        match usize::try_from(steps).unwrap_or(0) {
            0 => Err(Reason::TimeWentBackwards { seconds: 0 }),
            steps => Ok((steps - 1).min(self.params.reach())),
        }
    }

    fn remember(&mut self, value: Option<f64>) {
        self.state.past.push_back(value);
        self.forget();
    }

    fn forget(&mut self) {
        while self.state.past.len() > self.params.reach() {
            self.state.past.pop_front();
        }
    }

    /// News of silence in a series with a known step: takes no place, for the count may still come.
    fn silence(&mut self, step: Step, reason: Reason, length: i64) -> Step {
        let silent = self.state.seen.map(|seen| step.time.saturating_sub(seen));
        match silent.filter(|&seconds| seconds > length.saturating_mul(2)) {
            None => step.unjudged(reason, None),
            Some(seconds) => {
                let change = self.state.latch.lose(false);
                step.unjudged(Reason::Gap { seconds }, change)
            }
        }
    }

    fn settle(&mut self, alarm: Result<bool, Reason>) -> (Judgement, Option<Change>) {
        match alarm {
            Ok(true) => (Judgement::Alarm, self.state.latch.set()),
            Ok(false) => (Judgement::NoAlarm, self.state.latch.clear()),
            Err(reason) => (Judgement::CannotJudge(reason), self.state.latch.lose(false)),
        }
    }
}

impl Detector for Ears {
    fn push(&mut self, sample: Sample) -> Step {
        let step = Step::at(&sample);
        if let Some(seen) = self.state.seen.filter(|&seen| sample.time <= seen) {
            return step
                .unjudged(Reason::TimeWentBackwards { seconds: seen.saturating_sub(sample.time) }, None);
        }
        let value = sample.usable();
        if let (Err(reason), Some(length)) = (value, self.params.step_s) {
            return self.silence(step, reason, length);
        }
        match self.absent(sample.time) {
            Err(reason) => return step.unjudged(reason, None),
            Ok(absent) => (0..absent).for_each(|_| self.remember(None)),
        }
        let (usual, verdict) = self.judge(value);
        self.remember(value.ok());
        self.state.seen = Some(sample.time);
        let (judgement, change) = self.settle(verdict.alarm);
        let expected = usual.map(|usual| usual.mean);
        Step { expected, threshold: verdict.threshold, score: verdict.score, ..step }
            .judged(judgement, change)
    }

    fn save(&self) -> State {
        State::Ears(self.state.clone())
    }

    fn level_on(&self) -> bool {
        self.state.latch.stands()
    }

    fn is_lost(&self) -> bool {
        self.state.latch.is_lost()
    }
}

#[cfg(test)]
#[path = "ears_tests.rs"]
mod tests;
