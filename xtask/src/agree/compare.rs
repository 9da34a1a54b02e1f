//! Two answers to a record, cell by cell.

/// Within which a number agrees, relative to the larger.
pub const WITHIN: f64 = 1e-6;

/// What rounding leaves of a difference that is none: a ratio of likelihoods of large counts, a mean of a season without
/// cases.
fn noise(name: &str) -> f64 {
    match name {
        "statistic" => 1e-7,
        "mu0" => 1e-8,
        _ => 1e-11,
    }
}

/// What came of the comparison of a record.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Compared {
    /// Rows that both have.
    pub points: usize,
    /// Relative differences of the numbers that are not the same to the last digit, and 0 for the others.
    pub differences: Vec<f64>,
    /// Alarms that differ.
    pub alarms: usize,
    /// Cells that are undefined in the reference.
    pub undefined: usize,
    /// What differs, in words.
    pub wrong: Vec<String>,
}

/// Compares two tables. `undefined` tells of a column and a row of the reference whether R's answer there is noise.
pub fn compare(theirs: &str, ours: &str, undefined: impl Fn(&str, &[&str], &[&str]) -> bool) -> Compared {
    let mut compared = Compared::default();
    let (mut theirs, mut ours) = (theirs.lines(), ours.lines());
    let (head, other) = (theirs.next().unwrap_or_default(), ours.next().unwrap_or_default());
    if head != other {
        compared.wrong.push(format!("the columns {head} and {other}"));
        return compared;
    }
    let head: Vec<&str> = head.split(',').collect();
    loop {
        let (a, b) = match (theirs.next(), ours.next()) {
            (Some(a), Some(b)) => (a, b),
            (None, None) => return compared,
            (a, _) => {
                compared.wrong.push(format!("{} has fewer rows", if a.is_some() { "ours" } else { "R" }));
                return compared;
            }
        };
        compared.points += 1;
        let (a, b): (Vec<&str>, Vec<&str>) = (a.split(',').collect(), b.split(',').collect());
        for (name, (x, y)) in head.iter().zip(a.iter().zip(&b)) {
            if undefined(name, &head, &a) {
                compared.undefined += 1;
                continue;
            }
            let differ = difference(x, y, noise(name));
            if *name == "alarm" || *name == "alert" {
                if x != y {
                    compared.alarms += 1;
                    compared.wrong.push(format!("{name} at {}: {x} in R, {y} here", a[0]));
                }
            } else if let Some(differ) = differ {
                if differ > WITHIN {
                    compared.wrong.push(format!("{name} at {}: {x} in R, {y} here", a[0]));
                }
                compared.differences.push(differ);
            } else if x != y {
                compared.wrong.push(format!("{name} at {}: {x} in R, {y} here", a[0]));
            }
        }
    }
}

/// How far two numbers are apart; none where one is none, or no finite one.
fn difference(x: &str, y: &str, noise: f64) -> Option<f64> {
    let number = |cell: &str| cell.parse::<f64>().ok().filter(|number| number.is_finite());
    let (x, y) = (number(x)?, number(y)?);
    Some(if (x - y).abs() <= noise { 0.0 } else { (x - y).abs() / x.abs().max(y.abs()) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(theirs: &str, ours: &str) -> Compared {
        compare(theirs, ours, |_, _, _| false)
    }

    #[test]
    fn numbers_agree_within_a_millionth_and_all_else_exactly() {
        let same =
            all("t,upperbound,alarm\n1,2,0\n2,NA,NA\n", "t,upperbound,alarm\n1,2.0000001,0\n2,NA,NA\n");
        assert_eq!((same.points, same.wrong.len(), same.differences.len()), (2, 0, 3));
        let other = all("t,u,alarm\n1,2,0\n2,NA,NA\n3,Inf,1\n", "t,u,alarm\n1,2.0001,1\n2,NaN,NA\n3,Inf,1\n");
        assert_eq!((other.wrong.len(), other.alarms), (3, 1));
        assert_eq!(other.wrong[0], "u at 1: 2 in R, 2.0001 here");
    }

    #[test]
    fn missing_rows_and_columns_are_differences() {
        assert_eq!(all("t\n1\n", "t\n1\n2\n").wrong, ["R has fewer rows"]);
        assert_eq!(all("t,u\n1,1\n", "t\n1\n").wrong, ["the columns t,u and t"]);
    }

    #[test]
    fn what_is_undefined_is_left_out_and_counted() {
        let it = compare("t,trend_used\n1,0\n", "t,trend_used\n1,1\n", |name, _, _| name == "trend_used");
        assert_eq!((it.undefined, it.wrong.len()), (1, 0));
    }
}
