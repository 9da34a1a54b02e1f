//! The field: methods with the parameters under which they are usually run, each by its best score.

use serde_json::{Value, json};

use super::candidate::{By, Candidate};
use crate::method::method;

/// A method as it enters the field.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// How it is called in tables.
    pub label: &'static str,
    /// The method.
    pub method: &'static str,
    /// Its parameters.
    pub params: Value,
    /// Its score.
    pub by: By,
}

/// Every method for weekly counts with parameters of the literature, the house's own first.
///
/// farringtonFlexible stands here with each of its thresholds, scored by p-value, which does better than its exceedance
/// score; bayes by p-value too, found by varying `alpha`. The charts by likelihood ratio look at windows of two weeks and
/// never start afresh: longer ones, by [`By::Parameter`] of their limit, find as many and take long to compare.
#[must_use]
pub fn entries() -> Vec<Entry> {
    let entry = |label, method, params, by| Entry { label, method, params, by };
    let flexible = |threshold: &str, b: u32, trend: f64| {
        json!({
            "b": b, "w": 3, "noPeriods": 10, "pastWeeksNotIncluded": 26,
            "thresholdMethod": threshold, "pThresholdTrend": trend,
        })
    };
    let p = By::Small("pvalue");
    let alpha = By::Probability("alpha");
    let glr = json!({"mu0": {"S": 2, "trend": true}, "M": 1, "c.ARL": 1e9});
    let window = json!({"b": 5, "w": 3});
    vec![
        entry("onset", "onset", json!({}), By::Score),
        entry("farringtonFlexible nbPlugin", "farringtonFlexible", flexible("nbPlugin", 5, 0.05), p),
        entry("farringtonFlexible delta", "farringtonFlexible", flexible("delta", 5, 0.05), p),
        entry("farringtonFlexible muan", "farringtonFlexible", flexible("muan", 5, 0.05), p),
        entry(
            "farringtonFlexible nbPlugin, trend always",
            "farringtonFlexible",
            flexible("nbPlugin", 5, 1.0),
            p,
        ),
        entry("farringtonFlexible nbPlugin, 9 years", "farringtonFlexible", flexible("nbPlugin", 9, 0.05), p),
        entry("farrington", "farrington", window.clone(), By::Score),
        entry("bayes b 2, w 4", "bayes", json!({"b": 2, "w": 4}), alpha),
        entry("bayes b 5, w 3", "bayes", window.clone(), alpha),
        entry("rki b 2, w 4", "rki", json!({"b": 2, "w": 4}), By::Score),
        entry("rki b 5, w 3", "rki", window, By::Score),
        entry("cdc", "cdc", json!({}), By::Score),
        entry("earsC C1", "earsC", json!({"method": "C1"}), By::Score),
        entry("earsC C2", "earsC", json!({"method": "C2"}), By::Score),
        entry("earsC C3", "earsC", json!({"method": "C3"}), By::Score),
        entry("alert_ewma", "alert_ewma", json!({}), By::Score),
        entry("glrnb M 1", "glrnb", glr.clone(), By::Score),
        entry("glrpois M 1", "glrpois", glr, By::Score),
        entry("cusum rossi", "cusum", json!({"trans": "rossi", "m": "glm"}), By::Parameter("h", 0.5, 1e3)),
        entry("outbreakP", "outbreakP", json!({}), By::Score),
    ]
}

/// The methods for measurements, the house's own first. Each chart is scored by its statistic and never begins anew, so
/// that its level alone decides how rare its alarms are; a CUSUM that was once high then stays so for long.
#[must_use]
pub fn measurements() -> Vec<Entry> {
    let entry = |label, method, params| Entry { label, method, params, by: By::Size };
    vec![
        Entry { label: "onset", method: "onset", params: json!({"values": "measurements"}), by: By::Score },
        entry("shewhart", "shewhart", json!({})),
        entry("ewma lambda 0.2", "ewma", json!({"lambda": 0.2, "reset": false})),
        entry("ewma lambda 0.1", "ewma", json!({"lambda": 0.1, "reset": false})),
        entry("cusum_mean k 0.5", "cusum_mean", json!({"k": 0.5, "reset": false})),
        entry("cusum_mean k 1.5", "cusum_mean", json!({"k": 1.5, "reset": false})),
        entry("shewhart, prewhitened", "shewhart", json!({"prewhiten": {}})),
        entry(
            "ewma lambda 0.2, prewhitened",
            "ewma",
            json!({"lambda": 0.2, "reset": false, "prewhiten": {}}),
        ),
        entry(
            "cusum_mean k 0.5, prewhitened",
            "cusum_mean",
            json!({"k": 0.5, "reset": false, "prewhiten": {}}),
        ),
    ]
}

/// The entries as candidates; one whose method there is not, or that refuses its parameters, is left out.
#[must_use]
pub fn field() -> Vec<Candidate> {
    let candidate = |entry: Entry| {
        let method = method(entry.method)?;
        Candidate::of_method(entry.label, method, &entry.params, entry.by).ok()
    };
    entries().into_iter().filter_map(candidate).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_entry_whose_method_there_is_takes_its_parameters() {
        for Entry { label, method: name, params, by } in entries().into_iter().chain(measurements()) {
            if let Some(method) = method(name) {
                assert!(Candidate::of_method(label, method, &params, by).is_ok(), "{label}");
            }
        }
        assert_eq!((&*field()[0].label, measurements()[0].label), ("onset", "onset"));
    }
}
