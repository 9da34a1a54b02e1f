//! What is compared: the field of methods as they are usually run, or those asked for.

use anyhow::{Context as _, anyhow, ensure};
use beaconfire_detect::evaluate::field::entries;
use beaconfire_detect::evaluate::{By, Candidate};
use beaconfire_detect::method::{METHODS, method};
use serde_json::Value;

/// The candidates asked for, by label or by method, or the whole field.
pub(super) fn candidates(asked: &[String]) -> anyhow::Result<Vec<Candidate>> {
    let field = entries();
    if asked.is_empty() {
        return field.iter().map(|entry| build(entry.label, entry.method, &entry.params, entry.by)).collect();
    }
    let mut all = Vec::new();
    for text in asked {
        let (name, params) = text.split_once(':').unwrap_or((text.as_str(), ""));
        let known = || field.iter().filter(|entry| entry.method == name || entry.label == name);
        if params.is_empty() && known().next().is_some() {
            for entry in known() {
                all.push(build(entry.label, entry.method, &entry.params, entry.by)?);
            }
            continue;
        }
        let params = if params.is_empty() { "{}" } else { params };
        let params = serde_json::from_str(params)
            .with_context(|| format!("read the parameters of {name}: no JSON"))?;
        all.push(build(text, name, &params, known().next().map_or(By::Score, |entry| entry.by))?);
    }
    ensure!(!all.is_empty(), "find a method to compare");
    Ok(all)
}

fn build(label: &str, name: &str, params: &Value, by: By) -> anyhow::Result<Candidate> {
    let known = || METHODS.iter().map(|method| method.name).collect::<Vec<_>>().join(", ");
    let method = method(name).with_context(|| format!("find a method {name:?}: there are {}", known()))?;
    Candidate::of_method(label, method, params, by)
        .map_err(|error| anyhow!("use the parameters of {label}: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_whole_field_is_compared_where_nothing_is_asked_for() {
        assert_eq!(candidates(&[]).expect("all are sound").len(), entries().len());
    }

    #[test]
    fn methods_are_asked_for_by_name_label_and_parameters() {
        let asked = |text: &str| candidates(&[text.to_owned()]);
        assert_eq!(asked("bayes").expect("its variants").len(), 2);
        assert_eq!(asked("bayes b 2, w 4").expect("one").len(), 1);
        assert_eq!(asked(r#"rki:{"b":1,"w":2}"#).expect("one").len(), 1);
        assert!(asked("no_such").is_err() && asked("rki:{").is_err());
    }
}
