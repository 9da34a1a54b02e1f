//! Looking through a tree of series from the top down, under one budget of false discoveries.

use super::fdr::{Dependence, adjusted};
use super::tree::Tree;

/// What is said of one series.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Verdict {
    /// Unusual; with the p value adjusted among the series beside it.
    Discovery(f64),
    /// Looked at, and not unusual.
    Usual(f64),
    /// Not looked at, since the series above it is not unusual.
    NotLookedAt,
    /// It has no p value; what lies under it is looked at all the same, as one family more.
    Unknown,
}

/// What a screening found, and what it promises.
#[derive(Clone, Debug, PartialEq)]
pub struct Screened {
    /// For each series.
    pub verdicts: Vec<Verdict>,
    /// The level at which each family of series under the same one was tested.
    pub level: f64,
    /// Families that were tested.
    pub families: usize,
}

/// The universal factor of Yekutieli's bound.
const DELTA: f64 = 1.44;

/// Tests the series of a tree from the top down (Yekutieli, JASA 103, 2008): those under the same series as one family,
/// by [`adjusted`], and only under a discovery.
///
/// `budget` is the share of all discoveries, on all levels together, that may be false. Each family is tested at
/// budget / (2 × 1.44): the bound for whole trees when p values of different families are independent of each other.
/// Series at the top are a family too.
///
/// # Panics
/// Where there are not as many p values as series.
#[must_use]
pub fn screen(tree: &Tree, p: &[f64], budget: f64, dependence: Dependence) -> Screened {
    assert_eq!(p.len(), tree.len(), "a p value for each series");
    let level = budget / (2.0 * DELTA);
    let mut verdicts = vec![Verdict::NotLookedAt; p.len()];
    let mut families = 0;
    let top: Vec<usize> =
        tree.downwards().iter().copied().filter(|&node| tree.parent(node).is_none()).collect();
    let mut waiting = vec![top];
    while let Some(family) = waiting.pop() {
        if family.is_empty() {
            continue;
        }
        families += 1;
        let values: Vec<f64> = family.iter().map(|&node| p[node]).collect();
        for (&node, adjusted) in family.iter().zip(adjusted(&values, dependence)) {
            verdicts[node] = match adjusted {
                adjusted if adjusted.is_nan() => Verdict::Unknown,
                adjusted if adjusted <= level => Verdict::Discovery(adjusted),
                adjusted => Verdict::Usual(adjusted),
            };
            if matches!(verdicts[node], Verdict::Discovery(_) | Verdict::Unknown) {
                waiting.push(tree.children(node).to_vec());
            }
        }
    }
    Screened { verdicts, level, families }
}

#[cfg(test)]
mod tests {
    use super::super::tree::Part;
    use super::*;

    /// A nation of 10 regions of 100 districts each: nation 0, regions 1 to 10, districts after.
    fn nation() -> Tree {
        let region = |node: usize| match node {
            0 => None,
            1..=10 => Some(0),
            _ => Some(1 + (node - 11) / 100),
        };
        Tree::new(&(0..1011).map(|node| (region(node), Part::Known)).collect::<Vec<_>>()).unwrap()
    }

    /// The same p values in every run: a generator of its own.
    fn even(seed: u64, count: usize) -> Vec<f64> {
        let mut random = crate::nowcast::Random::new(seed);
        (0..count).map(|_| random.next()).collect()
    }

    #[test]
    fn a_district_is_found_through_its_region() {
        let tree = nation();
        let mut p = even(1, 1011);
        (p[0], p[3], p[11 + 200 + 7]) = (1e-5, 1e-5, 1e-6);
        let screened = screen(&tree, &p, 0.1, Dependence::Positive);
        let found: Vec<usize> =
            (0..1011).filter(|&node| matches!(screened.verdicts[node], Verdict::Discovery(_))).collect();
        assert_eq!(found, [0, 3, 218]);
        assert_eq!(screened.families, 3);
        assert_eq!(screened.verdicts[11], Verdict::NotLookedAt);
        // Where the nation has no value, its regions are looked at all the same.
        p[0] = f64::NAN;
        let screened = screen(&tree, &p, 0.1, Dependence::Positive);
        assert_eq!(screened.verdicts[0], Verdict::Unknown);
        assert!(matches!(screened.verdicts[218], Verdict::Discovery(_)));
    }

    /// With true discoveries among them, the share of false ones stays under the budget on average.
    #[test]
    fn the_budget_holds() {
        let tree = nation();
        let (runs, budget) = (200, 0.1);
        let mut share = 0.0;
        for run in 0..runs {
            let mut p = even(run, 1011);
            let mut truly = vec![false; 1011];
            for region in [2, 5] {
                for node in [0, region, 11 + 100 * (region - 1), 12 + 100 * (region - 1)] {
                    (p[node], truly[node]) = (p[node] * 1e-5, true);
                }
            }
            let screened = screen(&tree, &p, budget, Dependence::Positive);
            let found = |node: &usize| matches!(screened.verdicts[*node], Verdict::Discovery(_));
            let all = (0..1011).filter(found).count();
            let wrong = (0..1011).filter(|node| found(node) && !truly[*node]).count();
            assert!(all >= 7, "{all}");
            share += wrong as f64 / all as f64 / runs as f64;
        }
        assert!(share <= budget, "{share}");
    }
}
