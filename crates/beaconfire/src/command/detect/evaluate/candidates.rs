//! What is compared: the usual variants of the methods, or those asked for.

use anyhow::{Context as _, anyhow, ensure};
use beaconfire_detect::evaluate::{By, Candidate};
use beaconfire_detect::method::{METHODS, method};
use serde_json::Value;

/// A variant that is compared: label, method, parameters, and what its level is set on.
struct Usual(&'static str, &'static str, &'static str, By);

const USUAL: &[Usual] = &[
    Usual("onset", "onset", "{}", By::Score),
    Usual(
        "farringtonFlexible",
        "farringtonFlexible",
        r#"{"b":5,"w":3,"noPeriods":10,"pastWeeksNotIncluded":26,"pThresholdTrend":1,"thresholdMethod":"nbPlugin","limit54":[0,4]}"#,
        By::Small("pvalue"),
    ),
    Usual(
        "farringtonFlexible delta",
        "farringtonFlexible",
        r#"{"b":5,"w":3,"noPeriods":10,"pastWeeksNotIncluded":26,"pThresholdTrend":1,"thresholdMethod":"delta","limit54":[0,4]}"#,
        By::Small("pvalue"),
    ),
    Usual(
        "farringtonFlexible muan",
        "farringtonFlexible",
        r#"{"b":5,"w":3,"noPeriods":10,"pastWeeksNotIncluded":26,"pThresholdTrend":1,"thresholdMethod":"muan","limit54":[0,4]}"#,
        By::Small("pvalue"),
    ),
    Usual("farrington", "farrington", r#"{"b":5,"w":3,"limit54":[0,4]}"#, By::Large("cdf_of_observed")),
    Usual("EARS C1", "earsC", r#"{"method":"C1"}"#, By::Probability("alpha")),
    Usual("EARS C2", "earsC", r#"{"method":"C2"}"#, By::Probability("alpha")),
    Usual("EARS C3", "earsC", r#"{"method":"C3"}"#, By::Probability("alpha")),
    Usual("bayes1", "bayes1", "{}", By::Probability("alpha")),
    Usual("bayes2", "bayes2", "{}", By::Probability("alpha")),
    Usual("bayes3", "bayes3", "{}", By::Probability("alpha")),
    Usual("rki1", "rki1", "{}", By::Score),
    Usual("rki2", "rki2", "{}", By::Score),
    Usual("rki3", "rki3", "{}", By::Score),
    Usual("cdc", "cdc", "{}", By::Probability("alpha")),
    Usual("cusum", "cusum", r#"{"m":"glm"}"#, By::Parameter("h", 0.05, 1000.0)),
    Usual("glrpois", "glrpois", "{}", By::Parameter("c.ARL", 0.05, 1000.0)),
    Usual("glrnb", "glrnb", "{}", By::Parameter("c.ARL", 0.05, 1000.0)),
    Usual("outbreakP", "outbreakP", "{}", By::Score),
];

/// The candidates asked for, or all usual ones.
pub(super) fn candidates(asked: &[String]) -> anyhow::Result<Vec<Candidate>> {
    if asked.is_empty() {
        return USUAL.iter().map(|usual| build(usual.0, usual.1, usual.2, usual.3)).collect();
    }
    let mut all = Vec::new();
    for text in asked {
        let (name, params) = text.split_once(':').unwrap_or((text.as_str(), ""));
        let usual: Vec<&Usual> = USUAL.iter().filter(|usual| usual.1 == name || usual.0 == name).collect();
        match (usual.first(), params) {
            (Some(_), "") => {
                for usual in usual {
                    all.push(build(usual.0, usual.1, usual.2, usual.3)?);
                }
            }
            (usual, params) => {
                let by = usual.map_or(By::Score, |usual| usual.3);
                all.push(build(text, name, if params.is_empty() { "{}" } else { params }, by)?);
            }
        }
    }
    ensure!(!all.is_empty(), "find a method to compare");
    Ok(all)
}

fn build(label: &str, name: &str, params: &str, by: By) -> anyhow::Result<Candidate> {
    let known = || METHODS.iter().map(|method| method.name).collect::<Vec<_>>().join(", ");
    let method = method(name).with_context(|| format!("find a method {name:?}: there are {}", known()))?;
    let params: Value =
        serde_json::from_str(params).with_context(|| format!("read the parameters of {label}: no JSON"))?;
    Candidate::of_method(label, method, &params, by)
        .map_err(|error| anyhow!("use the parameters of {label}: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_usual_variant_is_one_that_its_method_takes() {
        assert_eq!(candidates(&[]).expect("all are sound").len(), USUAL.len());
    }

    #[test]
    fn methods_are_asked_for_by_name_and_parameters() {
        let asked = |text: &str| candidates(&[text.to_owned()]);
        assert_eq!(asked("farringtonFlexible").expect("its variants").len(), 3);
        assert_eq!(asked(r#"rki:{"b":1,"w":2}"#).expect("one").len(), 1);
        assert!(asked("no_such").is_err() && asked("rki:{").is_err());
    }
}
