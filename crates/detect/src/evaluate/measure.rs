//! What alarms find of outbreaks, and how often they are false.

use std::iter::Sum;
use std::ops::Add;

use serde::Serialize;

use super::interval::Interval;
use super::labelled::Labelled;

/// Counts from which every measure is made; those of several series are added up.
#[derive(Serialize, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Outbreaks that began in the judged steps.
    pub outbreaks: u64,
    /// Of them, with an alarm between onset and end.
    pub found: u64,
    /// Of them, with an alarm in their first step.
    pub found_at_once: u64,
    /// Steps from onset to first alarm, of those found.
    pub delay: u64,
    /// The same, those not found with their whole duration.
    pub delay_or_duration: u64,
    /// Outbreak steps with an alarm.
    pub true_alarms: u64,
    /// Other steps with an alarm.
    pub false_alarms: u64,
    /// Outbreak steps without.
    pub missed: u64,
    /// Other steps without.
    pub quiet: u64,
    /// Steps that could not be judged; each counts above as one without an alarm.
    pub unjudged: u64,
}

/// The measures under the names of the literature. Shares have Wilson's interval, delays that of a bootstrap over
/// series; steps of one series are not independent, so that intervals of shares of steps are somewhat too narrow.
#[derive(Serialize, Clone, Copy, Debug, PartialEq)]
pub struct Measures {
    /// Probability of detection: outbreaks with an alarm between onset and end, of all.
    pub pod: Interval,
    /// Outbreaks with an alarm in their first week, of all.
    pub pod_1week: Interval,
    /// Outbreak steps in alarm, of all such.
    pub sensitivity: Interval,
    /// Other steps not in alarm, of all such.
    pub specificity: Interval,
    /// False-positive rate: other steps in alarm, of all such.
    pub fpr: Interval,
    /// Positive predictive value: alarms in outbreak steps, of all alarms.
    pub ppv: Interval,
    /// Negative predictive value: steps without alarm that are no outbreak steps, of all without.
    pub npv: Interval,
    /// The harmonic mean of sensitivity and PPV.
    pub f1: Interval,
    /// Conditional expected delay: steps from onset to first alarm, of outbreaks found.
    pub ced: Interval,
    /// The same with the full duration for outbreaks not found.
    pub delay: Interval,
    /// Steps that could not be judged, of all.
    pub unjudged: Interval,
}

/// Steps from onset to first alarm of each outbreak to be found; none for one that is not.
#[must_use]
pub fn delays(series: &Labelled, alarms: &[f64]) -> Vec<Option<usize>> {
    let delay = |outbreak: std::ops::Range<usize>| {
        let of = alarms.iter().skip(outbreak.start - series.judged.start).take(outbreak.len());
        of.map(|alarm| *alarm > 0.0).position(|alarm| alarm)
    };
    series.to_find().map(delay).collect()
}

impl Tally {
    /// Counts the alarms (1, 0, or not-a-number where not judged) of the judged steps of a series.
    #[must_use]
    pub fn of(series: &Labelled, alarms: &[f64]) -> Self {
        let mut tally = Self::default();
        for (index, alarm) in series.judged.clone().zip(alarms) {
            let count = match (series.in_outbreak(index), *alarm > 0.0) {
                (true, true) => &mut tally.true_alarms,
                (true, false) => &mut tally.missed,
                (false, true) => &mut tally.false_alarms,
                (false, false) => &mut tally.quiet,
            };
            *count += 1;
            tally.unjudged += u64::from(alarm.is_nan());
        }
        for (outbreak, first) in series.to_find().zip(delays(series, alarms)) {
            tally.outbreaks += 1;
            tally.delay_or_duration += first.unwrap_or(outbreak.len()) as u64;
            if let Some(delay) = first {
                tally.found += 1;
                tally.found_at_once += u64::from(delay == 0);
                tally.delay += delay as u64;
            }
        }
        tally
    }

    /// Outbreaks found, of all.
    #[must_use]
    pub fn pod(&self) -> f64 {
        ratio(self.found, self.outbreaks)
    }

    /// Outbreaks found in their first step, of all.
    #[must_use]
    pub fn pod_1week(&self) -> f64 {
        ratio(self.found_at_once, self.outbreaks)
    }

    /// Steps to the first alarm, of outbreaks found.
    #[must_use]
    pub fn ced(&self) -> f64 {
        ratio(self.delay, self.found)
    }

    /// Steps to the first alarm, or the duration of an outbreak not found.
    #[must_use]
    pub fn mean_delay(&self) -> f64 {
        ratio(self.delay_or_duration, self.outbreaks)
    }

    /// Outbreak steps in alarm, of all such.
    #[must_use]
    pub fn sensitivity(&self) -> f64 {
        ratio(self.true_alarms, self.true_alarms + self.missed)
    }

    /// Other steps in alarm, of all such.
    #[must_use]
    pub fn fpr(&self) -> f64 {
        ratio(self.false_alarms, self.false_alarms + self.quiet)
    }

    /// The harmonic mean of sensitivity and PPV.
    #[must_use]
    pub fn f1(&self) -> f64 {
        ratio(2 * self.true_alarms, 2 * self.true_alarms + self.false_alarms + self.missed)
    }

    /// All measures, with the intervals that the tallies of resampled series give.
    #[must_use]
    pub fn measures(&self, draws: &[Self]) -> Measures {
        let share = Interval::wilson;
        let drawn = |f: fn(&Self) -> f64| Interval::of_draws(f(self), draws.iter().map(f));
        let alarms = self.true_alarms + self.false_alarms;
        let silent = self.quiet + self.missed;
        let usual = self.false_alarms + self.quiet;
        Measures {
            pod: share(self.found, self.outbreaks),
            pod_1week: share(self.found_at_once, self.outbreaks),
            sensitivity: share(self.true_alarms, self.true_alarms + self.missed),
            specificity: share(self.quiet, usual),
            fpr: share(self.false_alarms, usual),
            ppv: share(self.true_alarms, alarms),
            npv: share(self.quiet, silent),
            f1: drawn(Self::f1),
            ced: drawn(Self::ced),
            delay: drawn(Self::mean_delay),
            unjudged: share(self.unjudged, alarms + silent),
        }
    }
}

/// Not-a-number for 0 of 0.
fn ratio(of: u64, all: u64) -> f64 {
    of as f64 / all as f64
}

/// How many alarms begin outside the outbreaks of a series: alarms (1, 0, or not-a-number) in steps next to each other
/// are one.
#[must_use]
pub fn false_episodes(series: &Labelled, alarms: &[f64]) -> u64 {
    let steps = series.judged.clone().zip(alarms);
    let mut before = false;
    let mut episodes = 0;
    for (index, alarm) in steps {
        let is = *alarm > 0.0 && !series.in_outbreak(index);
        episodes += u64::from(is && !before);
        before = is;
    }
    episodes
}

impl Add for Tally {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            outbreaks: self.outbreaks + other.outbreaks,
            found: self.found + other.found,
            found_at_once: self.found_at_once + other.found_at_once,
            delay: self.delay + other.delay,
            delay_or_duration: self.delay_or_duration + other.delay_or_duration,
            true_alarms: self.true_alarms + other.true_alarms,
            false_alarms: self.false_alarms + other.false_alarms,
            missed: self.missed + other.missed,
            quiet: self.quiet + other.quiet,
            unjudged: self.unjudged + other.unjudged,
        }
    }
}

impl Sum for Tally {
    fn sum<I: Iterator<Item = Self>>(tallies: I) -> Self {
        tallies.fold(Self::default(), Add::add)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_series_counted_by_hand() {
        // Outbreaks at 3..6 (found in its second step), 8..9 (missed), and one that began before and is not counted.
        let series = Labelled {
            values: vec![0.0; 10],
            outbreaks: vec![0..2, 3..6, 8..9],
            judged: 1..10,
            freq: 52,
            group: 0,
            dates: None,
            times: None,
        };
        let n = f64::NAN;
        let tally = Tally::of(&series, &[1.0, 1.0, 0.0, 1.0, 1.0, 0.0, n, 0.0, 0.0]);
        let want = Tally {
            outbreaks: 2,
            found: 1,
            found_at_once: 0,
            delay: 1,
            delay_or_duration: 2,
            true_alarms: 3,
            false_alarms: 1,
            missed: 2,
            quiet: 3,
            unjudged: 1,
        };
        assert_eq!(tally, want);
        assert_eq!(false_episodes(&series, &[1.0, 1.0, 0.0, 1.0, 1.0, 1.0, n, 1.0, 1.0]), 3);
        let m = (tally + tally).measures(&[tally]);
        assert_eq!((m.pod.value, m.sensitivity.value, m.fpr.value, m.ppv.value), (0.5, 0.6, 0.25, 0.75));
        assert_eq!((m.npv.value, m.specificity.value, m.ced.value, m.delay.value), (0.6, 0.75, 1.0, 1.0));
        assert!((m.f1.value - 2.0 / 3.0).abs() < 1e-12);
    }

    #[test]
    fn nothing_to_find_gives_no_numbers() {
        let m = Tally::default().measures(&[]);
        assert!(m.pod.value.is_nan() && m.delay.value.is_nan() && m.ced.low.is_nan());
    }
}
