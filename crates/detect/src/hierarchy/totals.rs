//! Totals made from their parts.

use super::tree::{Node, Tree};

/// Gives every series that has others below it the sum of them, step by step, from the bottom up; what it held before
/// is forgotten. Missing is never zero: a total is missing where one of its parts is, an unknown part among them. Counts
/// and the population that they are counted among are added up alike.
///
/// # Panics
/// Where there are not as many lists of values as series, or they are not of the same length.
pub fn totals(tree: &Tree, values: &mut [Vec<f64>]) {
    assert_eq!(values.len(), tree.len(), "values for each series");
    for &node in tree.downwards().iter().rev() {
        if let Some(sum) = sum(values, tree.children(node)) {
            values[node] = sum;
        }
    }
}

fn sum(values: &[Vec<f64>], parts: &[Node]) -> Option<Vec<f64>> {
    let (first, others) = parts.split_first()?;
    let mut sum = values[*first].clone();
    for part in others {
        assert_eq!(values[*part].len(), sum.len(), "the same steps in every series");
        sum.iter_mut().zip(&values[*part]).for_each(|(sum, value)| *sum += value);
    }
    Some(sum)
}

#[cfg(test)]
mod tests {
    use super::super::tree::Part;
    use super::*;

    #[test]
    fn a_part_that_is_missing_makes_all_above_it_missing() {
        // A nation of two regions, the second with two districts and an unknown one.
        let known = |parent| (parent, Part::Known);
        let series = [
            known(None),
            known(Some(0)),
            known(Some(0)),
            known(Some(2)),
            known(Some(2)),
            (Some(2), Part::Unknown),
        ];
        let tree = Tree::new(&series).unwrap();
        let mut values = vec![
            vec![],
            vec![1.0, 2.0, f64::NAN],
            vec![99.0],
            vec![4.0, f64::NAN, 6.0],
            vec![7.0, 8.0, 9.0],
            vec![0.5, 0.0, 1.0],
        ];
        totals(&tree, &mut values);
        assert_eq!((values[0][0], values[2][0], values[2][2]), (12.5, 11.5, 16.0));
        assert!(values[0][1].is_nan() && values[0][2].is_nan() && values[2][1].is_nan());
        assert_eq!(values[3][0], 4.0);
    }
}
