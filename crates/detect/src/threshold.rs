//! The threshold detector: two levels, a minimum duration, gaps, a stuck value.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::Detector;
use crate::any::{AnyParams, State};
use crate::judge::{Change, Judgement, Reason, Step};
use crate::kind::Kind;
use crate::latch::Latch;
use crate::param::{self, ParamError, require};
use crate::sample::{MAX_VALUE, Sample};

/// The kind `threshold`.
pub(crate) static KIND: Kind = Kind {
    name: "threshold",
    doc: "\
Alarms when a value reaches a level, and ends the alarm when it is back beyond a second, calmer level.

| parameter | meaning |
|---|---|
| `on` | the level, in the unit of the series; reached means alarm |
| `off` | the alarm ends when the value is short of this; default `on` |
| `direction` | `above` (default) or `below`: on which side the danger is |
| `min_duration_s` | how long the level must be held before it is an alarm, seconds; default 0 |
| `max_gap_s` | how long without a usable value until the series is unknown, seconds; default 21600 |
| `stuck_after_s` | a value that has not moved for this long is doubted, seconds; default never |
| `watch` | a series lost while at this level is an alarm by itself |
| `rising_per_hour` | a series lost while rising at least this fast is one too; default: so fast that it would reach `on` within `max_gap_s` |

A series that becomes unknown, by a gap or by a stuck value, while in alarm, at its watch level or rising tells \
`lost` once. An alarm that stands is never ended by silence.",
    example: r#"{"on": 5.5, "off": 5.2, "min_duration_s": 900, "max_gap_s": 7200, "watch": 4.5}"#,
    read: |json| Ok(AnyParams::Threshold(Arc::new(param::read::<ThresholdParams>(json)?.checked()?))),
};

/// On which side of the level the danger is.
#[derive(Serialize, Deserialize, Clone, Copy, Debug, Default, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// High values are dangerous.
    #[default]
    Above,
    /// Low values are.
    Below,
}

/// The parameters; the kind's documentation says what each means.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct ThresholdParams {
    /// The level that begins an alarm.
    pub on: f64,
    /// The level that ends it; as `on` when not given.
    pub off: Option<f64>,
    /// On which side the danger is.
    #[serde(default)]
    pub direction: Direction,
    /// Seconds the level must be held.
    #[serde(default)]
    pub min_duration_s: i64,
    /// Seconds without a usable value until the series is unknown.
    #[serde(default = "default_gap")]
    pub max_gap_s: i64,
    /// Seconds after which an unmoving value is doubted.
    pub stuck_after_s: Option<i64>,
    /// The level at which losing the series is an alarm.
    pub watch: Option<f64>,
    /// The pace at which losing the series is an alarm, units per hour towards the danger.
    pub rising_per_hour: Option<f64>,
}

fn default_gap() -> i64 {
    21_600
}

impl ThresholdParams {
    /// The parameters, checked.
    ///
    /// # Errors
    /// [`ParamError`] when one is not a number in range, or `off` lies on the dangerous side of `on`.
    pub fn checked(self) -> Result<Self, ParamError> {
        let number = |v: f64| v.is_finite() && v.abs() <= MAX_VALUE;
        let optional = |v: Option<f64>| v.is_none_or(number);
        require(number(self.on), "on", "must be a number")?;
        require(optional(self.off), "off", "must be a number")?;
        require(optional(self.watch), "watch", "must be a number")?;
        require(self.min_duration_s >= 0, "min_duration_s", "must not be negative")?;
        require(self.max_gap_s > 0, "max_gap_s", "must be above 0")?;
        require(self.stuck_after_s.is_none_or(|s| s > 0), "stuck_after_s", "must be above 0")?;
        require(optional(self.rising_per_hour), "rising_per_hour", "must be a number")?;
        require(self.rising_per_hour.is_none_or(|r| r > 0.0), "rising_per_hour", "must be above 0")?;
        let calmer = self.towards(self.off.unwrap_or(self.on)) <= self.towards(self.on);
        require(calmer, "off", "lies on the dangerous side of on; put it on the calm side")?;
        Ok(self)
    }

    /// The value as a height towards the danger.
    fn towards(&self, value: f64) -> f64 {
        match self.direction {
            Direction::Above => value,
            Direction::Below => -value,
        }
    }
}

/// No such moment yet.
const NEVER: i64 = i64::MIN;

/// What a threshold remembers of its series.
#[derive(Serialize, Deserialize, Clone, Copy, Debug, PartialEq)]
pub struct ThresholdState {
    /// Time of the last usable value.
    seen: i64,
    /// Since when the level is held; never when it is not.
    held: i64,
    /// Since when the value has been the same.
    same: i64,
    /// The last usable value.
    value: f64,
    /// How fast it went towards the danger, units per second.
    pace: f64,
    latch: Latch,
}

/// Judges one series by two levels.
#[derive(Clone, Debug)]
pub struct Threshold {
    params: Arc<ThresholdParams>,
    state: ThresholdState,
}

impl Threshold {
    /// A threshold that has seen nothing yet.
    #[must_use]
    pub fn new(params: Arc<ThresholdParams>) -> Self {
        let state = ThresholdState {
            seen: NEVER,
            held: NEVER,
            same: NEVER,
            value: 0.0,
            pace: 0.0,
            latch: Latch::Off,
        };
        Self { params, state }
    }

    /// A threshold that goes on from a saved state.
    #[must_use]
    pub fn restore(params: Arc<ThresholdParams>, state: ThresholdState) -> Self {
        Self { params, state }
    }

    /// Takes in a usable value: its pace and since when it is the same, both begun anew after a gap.
    fn take(&mut self, time: i64, value: f64) {
        let s = &mut self.state;
        let since = time.saturating_sub(s.seen);
        if s.seen == NEVER || since > self.params.max_gap_s {
            (s.held, s.same, s.pace) = (NEVER, time, 0.0);
        } else {
            s.pace = (self.params.towards(value) - self.params.towards(s.value)) / since as f64;
            if value != s.value {
                s.same = time;
            }
        }
        (s.seen, s.value) = (time, value);
    }

    /// A value that is known and moves: by the two levels and the duration.
    fn judge(&mut self, time: i64) -> (Judgement, Option<Change>) {
        let (p, s) = (&*self.params, &mut self.state);
        let height = p.towards(s.value);
        if height >= p.towards(p.on) {
            if s.held == NEVER {
                s.held = time;
            }
            if s.latch.stands() || time.saturating_sub(s.held) >= p.min_duration_s {
                return (Judgement::Alarm, s.latch.set());
            }
            // Not long enough yet, which is no reason to say that it is over.
            return (Judgement::NoAlarm, None);
        }
        s.held = NEVER;
        if s.latch.stands() && height >= p.towards(p.off.unwrap_or(p.on)) {
            return (Judgement::Alarm, s.latch.set());
        }
        (Judgement::NoAlarm, s.latch.clear())
    }

    /// Whether it matters that the series is lost now.
    fn matters(&self) -> bool {
        let (p, s) = (&*self.params, &self.state);
        let height = p.towards(s.value);
        let watched = p.watch.is_some_and(|watch| height >= p.towards(watch));
        let rising = match p.rising_per_hour {
            Some(pace) => s.pace * 3600.0 >= pace,
            None => s.pace > 0.0 && height + s.pace * p.max_gap_s as f64 >= p.towards(p.on),
        };
        s.seen != NEVER && (s.held != NEVER || watched || rising)
    }

    fn lose(&mut self) -> Option<Change> {
        let matters = self.matters();
        self.state.latch.lose(matters)
    }
}

impl Detector for Threshold {
    fn push(&mut self, sample: Sample) -> Step {
        let step = Step { threshold: Some(self.params.on), ..Step::at(&sample) };
        let time = sample.time;
        // Only against usable values: news of silence up to now must not shut out a value that comes late.
        if self.state.seen != NEVER && time <= self.state.seen {
            let seconds = self.state.seen.saturating_sub(time);
            return step.unjudged(Reason::TimeWentBackwards { seconds }, None);
        }
        let value = match sample.usable() {
            Ok(value) => value,
            Err(reason) => {
                let seconds = time.saturating_sub(self.state.seen);
                if self.state.seen == NEVER || seconds <= self.params.max_gap_s {
                    return step.unjudged(reason, None);
                }
                let change = self.lose();
                return step.unjudged(Reason::Gap { seconds }, change);
            }
        };
        self.take(time, value);
        let still = time.saturating_sub(self.state.same);
        if self.params.stuck_after_s.is_some_and(|limit| still >= limit) {
            let change = self.lose();
            return step.unjudged(Reason::Stuck { seconds: still }, change);
        }
        let (judgement, change) = self.judge(time);
        step.judged(judgement, change)
    }

    fn save(&self) -> State {
        State::Threshold(self.state)
    }

    fn level_on(&self) -> bool {
        self.state.latch.stands()
    }

    fn is_lost(&self) -> bool {
        self.state.latch.is_lost()
    }
}

#[cfg(test)]
#[path = "threshold_tests.rs"]
mod tests;
