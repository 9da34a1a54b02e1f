//! The rate detector: how fast a series rises or falls over a window.

use std::collections::VecDeque;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::Detector;
use crate::any::{AnyParams, State};
use crate::judge::{Change, Judgement, Reason, Step};
use crate::kind::Kind;
use crate::latch::Latch;
use crate::param::{self, ParamError, require};
use crate::sample::{MAX_VALUE, Sample};

/// The kind `rate`.
pub(crate) static KIND: Kind = Kind {
    name: "rate",
    doc: "\
Alarms when a value changes too fast: the slope of the straight line fitted to the last `window_s` seconds.

| parameter | meaning |
|---|---|
| `window_s` | over how long the change is measured, seconds |
| `on_per_hour` | the change that is an alarm, units per hour, above 0 |
| `off_per_hour` | the alarm ends below this; default `on_per_hour` |
| `direction` | `rising` (default) or `falling` |
| `min_samples` | values the window must hold; default 3 |
| `max_gap_s` | how long without a usable value until the series is unknown, seconds; default `window_s` |

The values must span at least half the window. `score` is the slope in units per hour, towards the danger. Values \
are kept as the means of 64 parts of the window, so that fast series take no more memory than slow ones. A series \
that becomes unknown while its slope is at `off_per_hour` or beyond tells `lost` once.",
    example: r#"{"window_s": 3600, "on_per_hour": 1.0, "off_per_hour": 0.5}"#,
    read: |json| Ok(AnyParams::Rate(Arc::new(param::read::<RateParams>(json)?.checked()?))),
};

/// Which change is dangerous.
#[derive(Serialize, Deserialize, Clone, Copy, Debug, Default, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Slope {
    /// A rise.
    #[default]
    Rising,
    /// A fall.
    Falling,
}

/// The parameters; the kind's documentation says what each means.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct RateParams {
    /// Seconds over which the change is measured.
    pub window_s: i64,
    /// The change that begins an alarm, units per hour.
    pub on_per_hour: f64,
    /// The change that ends it; as `on_per_hour` when not given.
    pub off_per_hour: Option<f64>,
    #[serde(default)]
    /// Which change is dangerous.
    pub direction: Slope,
    /// Values the window must hold.
    #[serde(default = "default_samples")]
    pub min_samples: u32,
    /// Seconds without a usable value until the series is unknown; as `window_s` when not given.
    pub max_gap_s: Option<i64>,
}

fn default_samples() -> u32 {
    3
}

/// Parts of the window that values are gathered into.
const PARTS: i64 = 64;

/// The longest window: ten years.
const MAX_WINDOW_S: i64 = 315_576_000;

impl RateParams {
    /// The parameters, checked.
    ///
    /// # Errors
    /// [`ParamError`] when one is out of range or `off_per_hour` is over `on_per_hour`.
    pub fn checked(self) -> Result<Self, ParamError> {
        let positive = |v: f64| v > 0.0 && v <= MAX_VALUE;
        require((1..=MAX_WINDOW_S).contains(&self.window_s), "window_s", "must be from 1 s to ten years")?;
        require(
            positive(self.on_per_hour),
            "on_per_hour",
            "must be above 0; a fall has direction \"falling\"",
        )?;
        let off = self.off_per_hour.unwrap_or(self.on_per_hour);
        require(
            positive(off) && off <= self.on_per_hour,
            "off_per_hour",
            "must be above 0 and at most on_per_hour",
        )?;
        require((2..=1000).contains(&self.min_samples), "min_samples", "must be from 2 to 1000")?;
        require(self.max_gap_s.is_none_or(|s| s > 0), "max_gap_s", "must be above 0")?;
        Ok(self)
    }

    fn off(&self) -> f64 {
        self.off_per_hour.unwrap_or(self.on_per_hour)
    }

    fn max_gap(&self) -> i64 {
        self.max_gap_s.unwrap_or(self.window_s)
    }

    /// Seconds of one part of the window.
    fn part(&self) -> i64 {
        (self.window_s / PARTS).max(1)
    }
}

/// The values of one part of the window, added up.
#[derive(Serialize, Deserialize, Clone, Copy, Debug, PartialEq)]
struct Part {
    /// Which part of all time.
    key: i64,
    /// How many values.
    count: u32,
    /// Their seconds after the part's beginning, added up.
    seconds: f64,
    /// The values, added up.
    value: f64,
}

impl Part {
    /// The mean time, in seconds after `time` (so mostly negative).
    fn after(&self, time: i64, width: i64) -> f64 {
        self.key.saturating_mul(width).saturating_sub(time) as f64
            + self.seconds / f64::from(self.count.max(1))
    }
}

/// What a rate remembers of its series.
#[derive(Serialize, Deserialize, Clone, Debug, Default, PartialEq)]
pub struct RateState {
    /// Time of the last usable value.
    seen: Option<i64>,
    /// The last slope towards the danger, units per hour; none since the last gap.
    slope: Option<f64>,
    parts: VecDeque<Part>,
    latch: Latch,
}

/// Judges how fast one series changes.
#[derive(Clone, Debug)]
pub struct Rate {
    params: Arc<RateParams>,
    state: RateState,
}

impl Rate {
    /// A rate that has seen nothing yet.
    #[must_use]
    pub fn new(params: Arc<RateParams>) -> Self {
        Self { params, state: RateState::default() }
    }

    /// A rate that goes on from a saved state.
    #[must_use]
    pub fn restore(params: Arc<RateParams>, state: &RateState) -> Self {
        Self { params, state: state.clone() }
    }

    /// Takes in a usable value and drops what left the window.
    fn take(&mut self, time: i64, value: f64) {
        let (width, s) = (self.params.part(), &mut self.state);
        if s.seen.is_some_and(|seen| time.saturating_sub(seen) > self.params.max_gap()) {
            s.parts.clear();
            s.slope = None;
        }
        s.seen = Some(time);
        let key = time.div_euclid(width);
        let seconds = time.rem_euclid(width) as f64;
        match s.parts.back_mut() {
            Some(part) if part.key == key => {
                part.count = part.count.saturating_add(1);
                part.seconds += seconds;
                part.value += value;
            }
            _ => s.parts.push_back(Part { key, count: 1, seconds, value }),
        }
        while s.parts.front().is_some_and(|part| part.after(time, width) < -(self.params.window_s as f64)) {
            s.parts.pop_front();
        }
    }

    /// The slope towards the danger, units per hour, once there is enough to fit a line to.
    fn slope(&self, time: i64) -> Result<f64, Reason> {
        let (width, parts) = (self.params.part(), &self.state.parts);
        let have = parts.iter().fold(0u32, |n, part| n.saturating_add(part.count));
        let need = self.params.min_samples;
        if have < need {
            return Err(Reason::TooFewObservations { have, need });
        }
        let span = parts.front().map_or(0.0, |part| -part.after(time, width));
        let need_s = (self.params.window_s / 2).max(1);
        if span < need_s as f64 || parts.len() < 2 {
            return Err(Reason::WindowNotCovered { have_s: span as i64, need_s });
        }
        let points = || {
            parts
                .iter()
                .map(|p| (f64::from(p.count), p.after(time, width), p.value / f64::from(p.count.max(1))))
        };
        let weight: f64 = points().map(|p| p.0).sum();
        let mean = |of: fn((f64, f64, f64)) -> f64| points().map(|p| p.0 * of(p)).sum::<f64>() / weight;
        let (mean_t, mean_v) = (mean(|p| p.1), mean(|p| p.2));
        let across: f64 = points().map(|p| p.0 * (p.1 - mean_t) * (p.1 - mean_t)).sum();
        let along: f64 = points().map(|p| p.0 * (p.1 - mean_t) * (p.2 - mean_v)).sum();
        let slope = 3600.0 * along / across;
        Ok(match self.params.direction {
            Slope::Rising => slope,
            Slope::Falling => -slope,
        })
    }

    fn judge(&mut self, slope: f64) -> (Judgement, Option<Change>) {
        let latch = &mut self.state.latch;
        let level = if latch.stands() { self.params.off() } else { self.params.on_per_hour };
        if slope >= level { (Judgement::Alarm, latch.set()) } else { (Judgement::NoAlarm, latch.clear()) }
    }

    fn lose(&mut self) -> Option<Change> {
        let rising = self.state.slope.is_some_and(|slope| slope >= self.params.off());
        self.state.latch.lose(rising)
    }
}

impl Detector for Rate {
    fn push(&mut self, sample: Sample) -> Step {
        let step = Step { threshold: Some(self.params.on_per_hour), ..Step::at(&sample) };
        let time = sample.time;
        if let Some(seen) = self.state.seen.filter(|&seen| time <= seen) {
            return step.unjudged(Reason::TimeWentBackwards { seconds: seen.saturating_sub(time) }, None);
        }
        let silent =
            self.state.seen.map(|seen| time.saturating_sub(seen)).filter(|&s| s > self.params.max_gap());
        let value = match (sample.usable(), silent) {
            (Ok(value), _) => value,
            (Err(reason), None) => return step.unjudged(reason, None),
            (Err(_), Some(seconds)) => {
                let change = self.lose();
                return step.unjudged(Reason::Gap { seconds }, change);
            }
        };
        // A gap just ended without anybody having told of it: the change that mattered is told now.
        let lost = if silent.is_some() { self.lose() } else { None };
        self.take(time, value);
        match self.slope(time) {
            Ok(slope) => {
                self.state.slope = Some(slope);
                let (judgement, change) = self.judge(slope);
                Step { score: Some(slope), ..step }.judged(judgement, change)
            }
            Err(reason) => {
                let change = self.state.latch.lose(false).or(lost);
                step.unjudged(reason, change)
            }
        }
    }

    fn save(&self) -> State {
        State::Rate(self.state.clone())
    }

    fn level_on(&self) -> bool {
        self.state.latch.stands()
    }

    fn is_lost(&self) -> bool {
        self.state.latch.is_lost()
    }
}

#[cfg(test)]
#[path = "rate_tests.rs"]
mod tests;
