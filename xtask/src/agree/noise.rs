//! What of R's answers is rounding noise, and so cannot be compared.

use serde_json::Value;

/// A dispersion below this was none: what stands there is where R's search for it stopped.
const NO_DISPERSION: f64 = 1e-4;

/// Whether R's cell of column `name` in this row is noise; `values` are those of the series, missing ones not-a-number.
///
/// - `alpha_disp` of counts that vary no more than Poisson counts: the search for the dispersion ends at a limit of
///   steps, and what was reached by then is rounding.
/// - All of `farringtonFlexible` where a part of the year is one count and `reweight` is on.
/// - The trend of a baseline whose counts are all equal: its test is 0/0. For `farrington` the bound follows from it.
pub fn noise(record: &Value, values: &[f64], freq: usize, name: &str, head: &[&str], row: &[&str]) -> bool {
    let detector = record["detector"].as_str().unwrap_or_default();
    let cell = |name: &str| {
        let at = head.iter().position(|other| *other == name)?;
        row.get(at)?.parse::<f64>().ok()
    };
    if detector == "farringtonFlexible" && single(&record["control"], freq) {
        return !matches!(name, "t" | "observed");
    }
    match (detector, name) {
        ("glrnb", "alpha_disp") => cell(name).is_some_and(|alpha| alpha < NO_DISPERSION),
        ("farringtonFlexible", "trend_used" | "trend_coef" | "pvalue")
        | ("farrington", "trend_used" | "upperbound" | "cdf_of_observed" | "mu0" | "alarm") => {
            cell("t").is_some_and(|t| constant(&record["control"], values, freq, t as usize - 1))
        }
        _ => false,
    }
}

/// Whether a part of the year is one count alone, which the model fits exactly: its residual is 0/0, and by that it is
/// weighed.
fn single(control: &Value, freq: usize) -> bool {
    let number = |name: &str, usual: u64| control[name].as_u64().unwrap_or(usual) as usize;
    let (b, w, parts) = (number("b", 5), number("w", 3), number("noPeriods", 1));
    let crowded = parts > 1 && freq.saturating_sub(2 * w + 1) < 2 * (parts - 1);
    control["reweight"] != false && b == 1 && (w == 0 || crowded)
}

/// Whether all counts that a point is compared with are equal.
fn constant(control: &Value, values: &[f64], freq: usize, index: usize) -> bool {
    let number = |name: &str| control[name].as_u64().map(|number| number as usize);
    let (b, w) = (number("b").unwrap_or(5), number("w").unwrap_or(3));
    let windows = number("noPeriods").unwrap_or(1) == 1;
    let left_out = number("pastWeeksNotIncluded").unwrap_or(if windows { 0 } else { w });
    let oldest = index.saturating_sub(b * freq + w);
    let near = |at: &usize| !windows || (1..=b).any(|i| (at + i * freq).abs_diff(index) <= w);
    let mut held = (oldest..index.saturating_sub(left_out)).filter(near).map(|at| values[at]);
    let Some(first) = held.by_ref().find(|value| !value.is_nan()) else { return true };
    held.all(|value| value.is_nan() || value == first)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_trend_of_equal_counts_is_noise() {
        let record = json!({"detector": "farringtonFlexible", "control": {"b": 2, "w": 1, "noPeriods": 1}});
        let mut values = vec![5.0; 40];
        let at = |values: &[f64], name| noise(&record, values, 12, name, &["t", "trend_used"], &["31", "1"]);
        values[25] = 9.0;
        assert!(at(&values, "trend_used") && !at(&values, "upperbound"));
        values[18] = 6.0;
        assert!(!at(&values, "trend_used"));
    }

    #[test]
    fn a_dispersion_that_is_none_is_noise() {
        let record = json!({"detector": "glrnb"});
        let at = |cell| noise(&record, &[], 52, "alpha_disp", &["t", "alpha_disp"], &["31", cell]);
        assert!(at("1.2e-8") && !at("0.012") && !at("NA"));
    }
}
