//! Clusters of events in space and time, found while the events come in.
//!
//! Of every event so far it is asked whether a cluster of a given radius began with it: how many events since then lie
//! within the radius of it, against how many were to be expected, had space and time nothing to do with each other.
//! The sum of these likelihood ratios is the statistic of Shiryaev and Roberts (Assunção and Correa, Computational
//! Statistics & Data Analysis 53, 2009).
//!
//! ```
//! use beaconfire_detect::stcd::{Event, Parameters, Stcd};
//! let mut chart = Stcd::new(Parameters { radius: 1.0, epsilon: 1.0, threshold: 8.0, ..Parameters::default() })?;
//! for (x, y) in [(0.0, 0.0), (9.0, 9.0), (5.0, 5.0), (5.1, 5.0), (5.0, 5.2), (5.1, 5.1)] {
//!     if let Some(cluster) = chart.push(Event { x, y }) {
//!         assert_eq!(cluster.centre, 2, "the cluster began with the third event");
//!     }
//! }
//! # Ok::<(), beaconfire_detect::stcd::StcdError>(())
//! ```

use serde::{Deserialize, Serialize};

use crate::method::Mode;

/// Where an event took place, in a plane.
#[derive(Serialize, Deserialize, Clone, Copy, Debug, PartialEq)]
pub struct Event {
    /// Any unit of length; that of the radius.
    pub x: f64,
    /// The same unit.
    pub y: f64,
}

/// What is looked for, named as in R surveillance.
#[derive(Serialize, Deserialize, Clone, Copy, Debug, PartialEq)]
#[serde(deny_unknown_fields, default)]
pub struct Parameters {
    /// The radius of a cluster; events nearer than it belong together.
    pub radius: f64,
    /// How many more events a cluster has than without one, relative to that.
    pub epsilon: f64,
    /// An alarm when the statistic is over it; about the number of events between false alarms.
    pub threshold: f64,
    /// Whether the statistic is the largest likelihood ratio (CUSUM) instead of their sum.
    pub cusum: bool,
    /// In `compat` the largest ratio of CUSUM is never forgotten, as in the reference; by default it is the one of now.
    pub mode: Mode,
}

impl Default for Parameters {
    fn default() -> Self {
        Self { radius: 1.0, epsilon: 0.5, threshold: 161.0, cusum: false, mode: Mode::Default }
    }
}

/// Why a chart cannot be started, or go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StcdError {
    /// A parameter that makes no sense.
    #[error("{0} must be above 0")]
    NotPositive(&'static str),
}

/// A cluster that is alarmed for.
#[derive(Serialize, Deserialize, Clone, Copy, Debug, PartialEq)]
pub struct Cluster {
    /// The event that it began with, counted from 0.
    pub centre: usize,
    /// How many events since then lie within the radius of it, itself among them.
    pub events: u32,
    /// How many were to be expected.
    pub expected: f64,
}

/// The chart and its state: everything that it needs to go on when read back.
///
/// A new event takes time in proportion to the number of events so far.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq)]
pub struct Stcd {
    parameters: Parameters,
    centres: Vec<Centre>,
    /// The statistic; none before the first event.
    statistic: f64,
}

/// An event as the centre of a possible cluster that began with it.
#[derive(Serialize, Deserialize, Clone, Copy, Debug, PartialEq)]
struct Centre {
    at: Event,
    /// Events within the radius, earlier ones too.
    near: u32,
    /// Those of them since the centre itself.
    since: u32,
}

impl Stcd {
    /// A chart before the first event.
    ///
    /// # Errors
    /// [`StcdError`] for a radius, epsilon or threshold not above 0.
    pub fn new(parameters: Parameters) -> Result<Self, StcdError> {
        let Parameters { radius, epsilon, threshold, .. } = parameters;
        for (name, value) in [("radius", radius), ("epsilon", epsilon), ("threshold", threshold)] {
            if !(value > 0.0 && value.is_finite()) {
                return Err(StcdError::NotPositive(name));
            }
        }
        Ok(Self { parameters, centres: vec![], statistic: 0.0 })
    }

    /// The statistic after the last event; 0 before the first.
    #[must_use]
    pub fn statistic(&self) -> f64 {
        self.statistic
    }

    /// Takes the next event in order of time, and says where a cluster is if there is an alarm. An event whose place is
    /// not known counts for none and is left out.
    pub fn push(&mut self, event: Event) -> Option<Cluster> {
        if !(event.x.is_finite() && event.y.is_finite()) {
            return None;
        }
        let reach = self.parameters.radius;
        let mut near = 1;
        for centre in &mut self.centres {
            // As the reference rounds it: an event on the edge is outside.
            let (dx, dy) = (centre.at.x - event.x, centre.at.y - event.y);
            let inside = u32::from((dx * dx + dy * dy).sqrt() < reach);
            centre.near += inside;
            centre.since += inside;
            near += inside;
        }
        self.centres.push(Centre { at: event, near, since: 1 });

        let n = self.centres.len();
        let (grow, epsilon) = (self.parameters.epsilon.ln_1p(), self.parameters.epsilon);
        let expected = |k: usize, centre: &Centre| (n - k) as f64 * f64::from(centre.near) / n as f64;
        let (mut sum, mut largest, mut best) = (0.0, f64::NEG_INFINITY, 0);
        for (k, centre) in self.centres.iter().enumerate() {
            let ratio = (f64::from(centre.since) * grow - epsilon * expected(k, centre)).exp();
            sum += ratio;
            if ratio > largest {
                (largest, best) = (ratio, k);
            }
        }
        self.statistic = match (self.parameters.cusum, self.parameters.mode) {
            (false, _) => sum,
            (true, Mode::Default) => largest,
            (true, Mode::Compat) => self.statistic.max(largest),
        }
        .min(1e300);
        let centre = &self.centres[best];
        (self.statistic > self.parameters.threshold).then(|| Cluster {
            centre: best,
            events: centre.since,
            expected: expected(best, centre),
        })
    }

    /// Forgets all events, as after an alarm that has been dealt with.
    pub fn reset(&mut self) {
        self.centres.clear();
        self.statistic = 0.0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn events() -> Vec<Event> {
        let mut seed = 7u64;
        let mut next = || {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (seed >> 40) as f64 / (1u64 << 24) as f64
        };
        (0..60).map(|_| Event { x: 10.0 * next(), y: 10.0 * next() }).collect()
    }

    #[test]
    fn counts_kept_are_the_counts_counted() {
        let parameters = Parameters { radius: 2.0, ..Parameters::default() };
        let (mut chart, all) = (Stcd::new(parameters).unwrap(), events());
        for (last, event) in all.iter().enumerate() {
            chart.push(*event);
            let n = last + 1;
            let inside = |a: &Event, b: &Event| (a.x - b.x).hypot(a.y - b.y) < 2.0;
            let mut sum = 0.0;
            for k in 0..n {
                let near = (0..n).filter(|i| inside(&all[k], &all[*i])).count() as f64;
                let since = (k..n).filter(|i| inside(&all[k], &all[*i])).count() as i32;
                sum += 1.5f64.powi(since) * (-0.5 * (n - k) as f64 * near / n as f64).exp();
            }
            assert!((chart.statistic() / sum - 1.0).abs() < 1e-12, "{n}");
        }
    }

    #[test]
    fn a_chart_read_back_goes_on_identically() {
        let parameters = Parameters { radius: 2.0, cusum: true, ..Parameters::default() };
        let mut whole = Stcd::new(parameters).unwrap();
        let mut part = whole.clone();
        for event in events() {
            let json = serde_json::to_string(&part).unwrap();
            part = serde_json::from_str(&json).unwrap();
            assert_eq!(part.push(event), whole.push(event));
        }
        assert_eq!(part, whole);
    }

    #[test]
    fn nonsense_is_refused_and_unknown_places_count_for_none() {
        assert!(Stcd::new(Parameters { radius: 0.0, ..Parameters::default() }).is_err());
        let mut chart = Stcd::new(Parameters::default()).unwrap();
        assert_eq!(chart.push(Event { x: f64::NAN, y: 1.0 }), None);
        assert_eq!(chart.statistic(), 0.0);
    }
}
