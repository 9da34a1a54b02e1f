//! The comparison as a table of text.

use beaconfire_detect::evaluate::{Comparison, Interval, Paired, Row};
use std::fmt::Write as _;

/// One table for each budget.
pub(super) fn table(comparison: &Comparison) -> String {
    let mut out = format!("{} series, levels set on {}\n", comparison.series, comparison.calibration);
    for budget in &comparison.options.budgets {
        // Writing to a String cannot fail.
        let _ = writeln!(
            out,
            "\nfalse-alarm budget {}\n{:<42}{:>18}{:>18}{:>7}{:>7}{:>7}{:>7}{:>7}{:>7}{:>7}{:>9}  {:<20}{:<21}first / after",
            percent(*budget),
            "method",
            "POD",
            "POD1",
            "sens",
            "spec",
            "FPR",
            "PPV",
            "F1",
            "CED",
            "delay",
            "unjudged",
            "first: POD more",
            "later on both's"
        );
        for row in comparison.rows.iter().filter(|row| row.budget == *budget) {
            line(&mut out, row);
        }
    }
    out
}

fn line(out: &mut String, row: &Row) {
    let m = &row.measures;
    let difference = row.difference.as_ref().map_or(String::new(), |difference| {
        let (paired, more) = (&difference.paired, ranged(&difference.pod));
        format!("{more:<20}{:<21}{}", steps(&paired.delay), order(paired))
    });
    let _ = writeln!(
        out,
        "{:<42}{:>18}{:>18}{:>7}{:>7}{:>7}{:>7}{:>7.3}{:>7.2}{:>7.2}{:>9}  {difference}",
        row.label,
        ranged(&m.pod),
        ranged(&m.pod_1week),
        percent(m.sensitivity.value),
        percent(m.specificity.value),
        percent(m.fpr.value),
        percent(m.ppv.value),
        m.f1.value,
        m.ced.value,
        m.delay.value,
        percent(m.unjudged.value),
    );
}

/// A difference of delays.
pub(super) fn steps(interval: &Interval) -> String {
    format!("{:+.3} [{:+.3}, {:+.3}]", interval.value, interval.low, interval.high)
}

/// How many outbreaks the one finds first or alone, and how many the other.
pub(super) fn order(paired: &Paired) -> String {
    format!("{} / {}", percent(paired.sooner.value), percent(paired.later.value))
}

pub(super) fn ranged(interval: &Interval) -> String {
    let part = |value: f64| format!("{:.1}", 100.0 * value);
    format!("{} [{}, {}]", part(interval.value), part(interval.low), part(interval.high))
}

pub(super) fn percent(share: f64) -> String {
    if share.is_nan() {
        "-".to_owned()
    } else {
        format!("{:.2}", 100.0 * share).trim_end_matches('0').trim_end_matches('.').to_owned() + "%"
    }
}
