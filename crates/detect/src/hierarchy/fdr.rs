//! Which of very many p values are discoveries, when a stated share of the discoveries may be false.

/// How the tests hang together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dependence {
    /// Independent, or rising together (Benjamini and Hochberg, JRSS B 57, 1995).
    Positive,
    /// In any way (Benjamini and Yekutieli, Annals of Statistics 29, 2001): dearer by about the logarithm of the number
    /// of tests.
    Any,
}

/// For each p value the least budget at which it is a discovery: its adjusted p value, at most 1. Not-a-number for a
/// p value that is none; such a test was not made, and the others do not pay for it.
#[must_use]
pub fn adjusted(p: &[f64], dependence: Dependence) -> Vec<f64> {
    let mut order: Vec<usize> = (0..p.len()).filter(|&at| (0.0..=1.0).contains(&p[at])).collect();
    order.sort_by(|&a, &b| p[a].total_cmp(&p[b]));
    let tests = order.len() as f64;
    let price = match dependence {
        Dependence::Positive => 1.0,
        Dependence::Any => (1..=order.len()).map(|k| 1.0 / k as f64).sum(),
    };
    let mut adjusted = vec![f64::NAN; p.len()];
    let mut least: f64 = 1.0;
    for (rank, &at) in order.iter().enumerate().rev() {
        least = least.min(price * tests * p[at] / (rank + 1) as f64);
        adjusted[at] = least;
    }
    adjusted
}

/// Whether each is a discovery at this budget, the share of discoveries that may be false; none where there is no test.
#[must_use]
pub fn discoveries(p: &[f64], budget: f64, dependence: Dependence) -> Vec<Option<bool>> {
    let told = |adjusted: f64| (!adjusted.is_nan()).then_some(adjusted <= budget);
    adjusted(p, dependence).into_iter().map(told).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The fifteen p values of Benjamini and Hochberg's example, of which four are discoveries at 0.05.
    const EXAMPLE: [f64; 15] = [
        0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719,
        0.6528, 0.7590, 1.0000,
    ];

    fn count(p: &[f64], budget: f64, dependence: Dependence) -> usize {
        discoveries(p, budget, dependence).into_iter().filter(|found| *found == Some(true)).count()
    }

    #[test]
    fn the_example_of_the_paper() {
        assert_eq!(count(&EXAMPLE, 0.05, Dependence::Positive), 4);
        assert_eq!(count(&EXAMPLE, 0.05, Dependence::Any), 3);
        let adjusted = adjusted(&EXAMPLE, Dependence::Positive);
        assert!((adjusted[3] - 0.035_625).abs() < 1e-15 && (adjusted[0] - 0.0015).abs() < 1e-15);
    }

    #[test]
    fn order_does_not_matter_and_tests_not_made_cost_nothing() {
        let mut mixed: Vec<f64> = EXAMPLE.iter().rev().copied().collect();
        mixed.insert(4, f64::NAN);
        mixed.push(f64::NAN);
        assert_eq!(count(&mixed, 0.05, Dependence::Positive), 4);
        assert_eq!(discoveries(&mixed, 0.05, Dependence::Positive)[4], None);
        assert_eq!(adjusted(&[], Dependence::Any), Vec::<f64>::new());
    }

    /// Of p values that are spread evenly none is a discovery, but for one series among a thousand with a true one.
    #[test]
    fn one_true_among_a_thousand() {
        let mut p: Vec<f64> = (1..=1000).map(|k| f64::from(k) / 1001.0).collect();
        assert_eq!(count(&p, 0.05, Dependence::Positive), 0);
        p[500] = 1e-6;
        assert_eq!(count(&p, 0.05, Dependence::Positive), 1);
    }
}
