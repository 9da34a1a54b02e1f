//! How many reports there will be in the end.

use super::random::Random;
use super::triangle::Triangle;
use crate::num::nbinom::NegativeBinomial;
use crate::outcome::{NA, Refusal};

/// How to estimate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Settings {
    /// The step at whose end is asked: reports that came later are never looked at.
    pub now: usize,
    /// From how many of the last steps the delays are learnt; none for all.
    pub window: Option<usize>,
    /// How often the steps are drawn anew for the limits; 0 for no limits.
    pub draws: usize,
    /// What the draws begin from: the same seed gives the same limits.
    pub seed: u64,
    /// The share of the draws between the limits.
    pub level: f64,
}

impl Default for Settings {
    fn default() -> Self {
        Self { now: 0, window: None, draws: 1000, seed: 1, level: 0.95 }
    }
}

/// What is to be expected of one step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// Reports that are in.
    pub reported: f64,
    /// The share of all reports that is in by now; [`NA`] where that cannot be learnt.
    pub complete: f64,
    /// Reports in the end; [`NA`] where nothing is known of the share.
    pub expected: f64,
    /// The lower limit; [`NA`] without draws.
    pub low: f64,
    /// The upper limit.
    pub high: f64,
}

/// Estimates the reports in the end of every step up to now.
///
/// The share g of the reports within d steps that came just at d (the hazard in reverse time) is taken over the steps
/// whose reports up to d can all be in; the share that is in by d is the product of 1 - g over all later delays. A step
/// with n reports at share F is expected to have n / F. The limits come from drawing the steps anew (bootstrap) and, with
/// the shares that these give, what is missing: after a Jeffreys prior it is negative binomial of size n + 1/2 and
/// probability F. So both the delays and the counts are uncertain. Reports later than the last delay of the triangle are
/// taken not to exist.
///
/// # Errors
/// [`Refusal`] where the moment lies outside the triangle, or the settings make no sense.
pub fn nowcast(triangle: &Triangle, settings: &Settings) -> Result<Vec<Estimate>, Refusal> {
    let Settings { now, window, draws, seed, level } = *settings;
    if now >= triangle.steps() {
        return Err(Refusal::Range { from: 1, to: now + 1, have: triangle.steps() });
    }
    if window == Some(0) || draws > 1_000_000 || !(level > 0.0 && level < 1.0) {
        return Err(Refusal::Needs(
            "the window must be above 0, draws at most a million, and the level between 0 and 1",
        ));
    }
    let from = window.map_or(0, |window| (now + 1).saturating_sub(window));
    let steps: Vec<usize> = (from..=now).collect();
    let complete = shares(triangle, now, &steps);
    let at = |step: usize| (now - step).min(triangle.delays() - 1);
    let reported = |step: usize| triangle.row(step)[..=at(step)].iter().sum::<f64>();
    let mut estimates: Vec<Estimate> = (0..=now)
        .map(|step| {
            let (n, share) = (reported(step), complete[at(step)]);
            let known = share.is_finite() && share > 0.0;
            let expected = if known { n / share } else { NA };
            let complete = if share.is_finite() { share } else { NA };
            Estimate { reported: n, complete, expected, low: NA, high: NA }
        })
        .collect();
    if draws > 0 {
        limits(triangle, settings, &steps, &mut estimates, &mut Random::new(seed));
    }
    Ok(estimates)
}

/// The share of reports that is in by each delay, learnt from the steps given; not-a-number where no report says.
fn shares(triangle: &Triangle, now: usize, steps: &[usize]) -> Vec<f64> {
    let delays = triangle.delays();
    let (mut just, mut within) = (vec![0.0; delays], vec![0.0; delays]);
    for &step in steps {
        let mut sum = 0.0;
        for (delay, count) in triangle.row(step).iter().enumerate().take(now - step + 1) {
            sum += count;
            just[delay] += count;
            within[delay] += sum;
        }
    }
    let mut shares = vec![1.0; delays];
    for delay in (1..delays).rev() {
        let hazard = just[delay] / within[delay];
        shares[delay - 1] = shares[delay] * (1.0 - hazard);
    }
    shares
}

/// Limits of every step that is not complete.
fn limits(
    triangle: &Triangle,
    settings: &Settings,
    steps: &[usize],
    estimates: &mut [Estimate],
    random: &mut Random,
) {
    let now = settings.now;
    let open = estimates.len().saturating_sub(triangle.delays() - 1);
    estimates[..open].iter_mut().for_each(|estimate| {
        (estimate.low, estimate.high) = (estimate.reported, estimate.reported);
    });
    let mut drawn: Vec<Vec<f64>> = vec![Vec::with_capacity(settings.draws); now + 1 - open];
    let mut again = steps.to_vec();
    for _ in 0..settings.draws {
        again.iter_mut().for_each(|step| *step = steps[random.below(steps.len())]);
        let complete = shares(triangle, now, &again);
        for (drawn, step) in drawn.iter_mut().zip(open..) {
            let chance = random.next();
            let (n, share) = (estimates[step].reported, complete[now - step]);
            if share > 0.0 && share < 1.0 {
                drawn.push(n + NegativeBinomial::with_probability(n + 0.5, share).quantile(chance));
            } else if share == 1.0 {
                drawn.push(n);
            }
        }
    }
    for (drawn, step) in drawn.iter_mut().zip(open..) {
        // A share that most draws cannot learn is not known.
        if estimates[step].expected.is_nan() || 2 * drawn.len() < settings.draws {
            continue;
        }
        drawn.sort_by(f64::total_cmp);
        let outside = 0.5 * (1.0 - settings.level);
        let place = |share: f64| ((drawn.len() - 1) as f64 * share).round() as usize;
        (estimates[step].low, estimates[step].high) = (drawn[place(outside)], drawn[place(1.0 - outside)]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(now: usize) -> Settings {
        Settings { now, ..Settings::default() }
    }

    #[test]
    fn delays_that_never_change_are_learnt_exactly() {
        // Half at once, three tenths a step later, two tenths two steps later.
        let counts: Vec<f64> = (0..20).flat_map(|_| [50.0, 30.0, 20.0]).collect();
        let triangle = Triangle::new(20, 3, counts).unwrap();
        let estimates = nowcast(&triangle, &settings(15)).unwrap();
        assert_eq!(estimates.len(), 16);
        let last = estimates[15];
        assert!((last.complete - 0.5).abs() < 1e-12 && last.reported == 50.0);
        assert!((last.expected - 100.0).abs() < 1e-9);
        assert!((estimates[14].complete - 0.8).abs() < 1e-12);
        assert_eq!((estimates[3].expected, estimates[3].low, estimates[3].high), (100.0, 100.0, 100.0));
        assert!(last.low < 90.0 && last.high > 110.0 && last.low > 60.0 && last.high < 150.0, "{last:?}");
    }

    #[test]
    fn the_future_is_never_looked_at_and_the_seed_decides() {
        let mut random = Random::new(3);
        let mut counts: Vec<f64> = (0..30 * 4).map(|_| random.below(900) as f64).collect();
        let before = nowcast(&Triangle::new(30, 4, counts.clone()).unwrap(), &settings(20)).unwrap();
        for step in 0..30 {
            for delay in 0..4 {
                if step + delay > 20 {
                    counts[step * 4 + delay] += 100.0;
                }
            }
        }
        let after = Triangle::new(30, 4, counts).unwrap();
        assert_eq!(before, nowcast(&after, &settings(20)).unwrap());
        let other = nowcast(&after, &Settings { seed: 2, ..settings(20) }).unwrap();
        assert!(before[20].low < before[20].high);
        assert_eq!(before[20].expected, other[20].expected);
        assert!(before.iter().zip(&other).any(|(a, b)| (a.low, a.high) != (b.low, b.high)));
    }

    #[test]
    fn what_cannot_be_learnt_is_not_said() {
        let estimates = nowcast(&Triangle::new(3, 2, vec![0.0; 6]).unwrap(), &settings(2)).unwrap();
        assert!(estimates[2].expected.is_nan() && estimates[2].low.is_nan());
        assert_eq!((estimates[0].expected, estimates[0].high), (0.0, 0.0));
        let triangle = Triangle::new(1, 1, vec![4.0]).unwrap();
        assert_eq!(nowcast(&triangle, &settings(0)).unwrap()[0].high, 4.0);
        assert!(nowcast(&triangle, &settings(1)).is_err());
    }

    /// Simulated outbreaks of known size: the limits hold the truth about as often as they say.
    #[test]
    fn limits_cover_the_truth() {
        let share = [0.4, 0.3, 0.2, 0.1];
        let mut held = 0;
        for run in 0..200 {
            let mut random = Random::new(run);
            let mut reports = vec![];
            let mut truth = 0.0;
            for step in 0..40 {
                // About Poisson: the sum of many small chances.
                let cases = (0..400).filter(|_| random.next() < 0.08).count();
                truth = cases as f64;
                for _ in 0..cases {
                    let chance = random.next();
                    let mut sum = 0.0;
                    let delay = share.iter().position(|p| {
                        sum += p;
                        chance < sum
                    });
                    reports.push((step, step + delay.unwrap_or(3)));
                }
            }
            let triangle = Triangle::of_reports(40, 4, reports).unwrap();
            let last = nowcast(&triangle, &Settings { draws: 200, ..settings(39) }).unwrap()[39];
            held += usize::from(last.low <= truth && truth <= last.high);
        }
        assert!((175..=200).contains(&held), "{held} of 200");
    }
}
