//! Whether parts and what is of unknown part add up to their whole.

use super::tree::{Node, Part, Tree};

/// The account of one series and those below it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Account {
    /// The series that the others lie under.
    pub node: Node,
    /// Its value.
    pub total: f64,
    /// The sum of its known parts.
    pub known: f64,
    /// The value of its unknown part; none where the tree has no such series.
    pub unknown: Option<f64>,
    /// Whether it adds up.
    pub balance: Balance,
}

/// Whether an account adds up.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Balance {
    /// Parts and unknown part are the whole.
    Even,
    /// The whole is so much more: cases that no part has, which belong to an unknown part.
    Short(f64),
    /// The parts are so much more: cases counted twice, or a whole that is late.
    Over(f64),
    /// Not known, since so many of the values are missing. Missing is never zero.
    Missing(usize),
}

/// Accounts of every series that has others below it, from the top down, for the values of one step.
///
/// Differences below `tolerance` times the whole, which floating sums of measurements need, count as none; 0 for counts.
///
/// # Panics
/// Where there are not as many values as series.
#[must_use]
pub fn reconcile(tree: &Tree, values: &[f64], tolerance: f64) -> Vec<Account> {
    assert_eq!(values.len(), tree.len(), "a value for each series");
    let parents = tree.downwards().iter().copied().filter(|&node| !tree.children(node).is_empty());
    parents.map(|node| account(tree, node, values, tolerance)).collect()
}

fn account(tree: &Tree, node: Node, values: &[f64], tolerance: f64) -> Account {
    let children = tree.children(node);
    let of = |part: Part| {
        children.iter().filter(move |&&child| tree.part(child) == part).map(|&child| values[child])
    };
    let total = values[node];
    let known = of(Part::Known).sum::<f64>();
    let unknown = of(Part::Unknown).next();
    let missing = children.iter().chain([&node]).filter(|&&node| !values[node].is_finite()).count();
    let difference = total - known - unknown.unwrap_or(0.0);
    let balance = match difference {
        _ if missing > 0 => Balance::Missing(missing),
        difference if difference.abs() <= tolerance * total.abs() => Balance::Even,
        difference if difference > 0.0 => Balance::Short(difference),
        difference => Balance::Over(-difference),
    };
    Account { node, total, known, unknown, balance }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_difference_is_told_and_missing_is_not_zero() {
        // A nation of two regions, the first with two districts and cases of unknown district.
        let known = |parent| (parent, Part::Known);
        let nation = [known(None), known(Some(0)), known(Some(0)), known(Some(1)), known(Some(1))];
        let tree = Tree::new(&[nation.as_slice(), &[(Some(1), Part::Unknown)]].concat()).unwrap();
        let balances = |values: &[f64]| -> Vec<Balance> {
            reconcile(&tree, values, 0.0).iter().map(|account| account.balance).collect()
        };
        assert_eq!(balances(&[30.0, 10.0, 20.0, 4.0, 5.0, 1.0]), [Balance::Even, Balance::Even]);
        assert_eq!(balances(&[33.0, 10.0, 20.0, 4.0, 8.0, 1.0]), [Balance::Short(3.0), Balance::Over(3.0)]);
        let missing = balances(&[30.0, 10.0, f64::NAN, 4.0, f64::NAN, f64::NAN]);
        assert_eq!(missing, [Balance::Missing(1), Balance::Missing(2)]);
        let accounts = reconcile(&tree, &[30.0, 10.0, 20.0, 4.0, 5.0, 1.0], 0.0);
        assert_eq!((accounts[0].unknown, accounts[1].unknown, accounts[1].known), (None, Some(1.0), 9.0));
    }
}
