//! Series drawn from a scenario, with outbreaks added.

use super::labelled::Labelled;
use super::random::Random;
use super::scenario::{BASELINE_FROM, CURRENT_FROM, Scenario, WEEKS};

/// What is drawn: how large the outbreaks are, and from which seed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Design {
    /// The seed; series of other seeds, scenarios or replications share nothing.
    pub seed: u64,
    /// Size of each of the four past outbreaks, in standard deviations of the week it begins in; 0 for none.
    pub k_baseline: f64,
    /// Size of the one current outbreak; 0 for none.
    pub k_current: f64,
}

/// Outbreaks in the weeks before the current ones.
const PAST_OUTBREAKS: usize = 4;

/// The sizes of past outbreaks of the protocol.
pub const K_BASELINE: [f64; 5] = [0.0, 2.0, 3.0, 5.0, 10.0];

impl Design {
    /// The design of one of many replications: `k_current` goes through 1 to 10 and, each time it begins anew,
    /// `k_baseline` through 0, 2, 3, 5, 10, so that 50 replications hold every pair once. With `outbreak` false there
    /// is no current outbreak, and the past ones are the same mixture.
    #[must_use]
    pub fn of(seed: u64, replication: u64, outbreak: bool) -> Self {
        Self {
            seed,
            k_baseline: K_BASELINE[(replication / 10 % 5) as usize],
            k_current: if outbreak { (replication % 10 + 1) as f64 } else { 0.0 },
        }
    }
}

/// Draws a series: the baseline of the scenario; four outbreaks that begin in weeks evenly drawn from the second half
/// of the past, and one from the 49 current weeks. An outbreak has a Poisson number of cases with mean k times the
/// standard deviation of the week it begins in, and each case falls floor(lognormal(0, 0.5)) weeks after that; cases
/// beyond the end are lost. An outbreak without any case is none. The stream is drawn from the design's seed, the
/// scenario's number and the replication, the baseline first: with and without an outbreak it is the same.
#[must_use]
pub fn simulate(scenario: &Scenario, design: &Design, replication: u64) -> Labelled {
    let mut random = Random::new(&[design.seed, u64::from(scenario.number), replication]);
    let mut values: Vec<f64> =
        (0..WEEKS).map(|week| random.count(scenario.mean(week), scenario.phi) as f64).collect();
    let mut outbreaks = vec![];
    for past in (0..=PAST_OUTBREAKS).map(|i| i < PAST_OUTBREAKS) {
        let (k, from, to) = match past {
            true => (design.k_baseline, BASELINE_FROM, CURRENT_FROM),
            false => (design.k_current, CURRENT_FROM, WEEKS),
        };
        let onset = from + random.below(to - from);
        let mut hit: Vec<usize> = vec![];
        for _ in 0..random.poisson(k * scenario.sd(onset)) {
            let week = onset + (0.5 * random.normal()).exp() as usize;
            if week < WEEKS {
                values[week] += 1.0;
                hit.push(week);
            }
        }
        if let (Some(first), Some(last)) = (hit.iter().min(), hit.iter().max()) {
            outbreaks.push(*first..*last + 1);
        }
    }
    Labelled {
        values,
        outbreaks,
        judged: CURRENT_FROM..WEEKS,
        freq: 52,
        group: scenario.number,
        dates: None,
        times: None,
    }
}

/// A set of replications of every scenario, by [`Design::of`].
#[must_use]
pub fn replications(
    scenarios: &[Scenario],
    seed: u64,
    replications: std::ops::Range<u64>,
    outbreak: bool,
) -> Vec<Labelled> {
    let of =
        |scenario| replications.clone().map(move |r| simulate(scenario, &Design::of(seed, r, outbreak), r));
    scenarios.iter().flat_map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::SCENARIOS;

    #[test]
    fn a_replication_is_the_same_every_time_and_no_other_is() {
        let design = Design { seed: 5, k_baseline: 3.0, k_current: 6.0 };
        let a = simulate(&SCENARIOS[30], &design, 0);
        assert_eq!(a, simulate(&SCENARIOS[30], &design, 0));
        assert_ne!(a.values, simulate(&SCENARIOS[30], &design, 1).values);
        assert_eq!((a.values.len(), a.outbreaks.len(), a.group), (624, 5, 31));
    }

    #[test]
    fn outbreaks_have_the_size_and_shape_of_the_protocol() {
        let (mut cases, mut in_week, mut sd) = (0.0, [0.0; 3], 0.0);
        for r in 0..400 {
            let design = Design { seed: 9, k_baseline: 0.0, k_current: 8.0 };
            let with = simulate(&SCENARIOS[36], &design, r);
            let without = simulate(&SCENARIOS[36], &Design { k_current: 0.0, ..design }, r);
            let added: Vec<f64> = with.values.iter().zip(&without.values).map(|(a, b)| a - b).collect();
            assert!(without.outbreaks.is_empty() && added.iter().all(|a| *a >= 0.0));
            let outbreak = with.outbreaks[0].clone();
            if outbreak.end == WEEKS {
                continue;
            }
            assert_eq!(added[..outbreak.start].iter().sum::<f64>(), 0.0);
            cases += added.iter().sum::<f64>();
            sd += 8.0 * SCENARIOS[36].sd(outbreak.start);
            (0..3).for_each(|i| in_week[i] += added.get(outbreak.start + i).copied().unwrap_or(0.0));
        }
        assert!((cases / sd - 1.0).abs() < 0.02, "{cases} cases for {sd}");
        for (share, want) in in_week.map(|n| n / cases).into_iter().zip([0.5, 0.417, 0.069]) {
            assert!((share - want).abs() < 0.01, "{share} of the cases instead of {want}");
        }
    }

    #[test]
    fn fifty_replications_hold_every_pair_of_sizes_once() {
        let mut pairs: Vec<_> = (0..50)
            .map(|r| Design::of(1, r, true))
            .map(|d| (d.k_baseline as u32, d.k_current as u32))
            .collect();
        pairs.sort_unstable();
        pairs.dedup();
        assert_eq!(pairs.len(), 50);
    }
}
