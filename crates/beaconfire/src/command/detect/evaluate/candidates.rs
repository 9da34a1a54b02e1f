//! What is compared: the field of methods as they are usually run, or those asked for.

use anyhow::{Context as _, anyhow, ensure};
use beaconfire_detect::evaluate::{By, Candidate, Entry};
use beaconfire_detect::method::{METHODS, Method, method};
use serde_json::Value;

/// A method that is to be compared.
pub(super) struct Asked {
    pub(super) label: String,
    pub(super) method: &'static Method,
    pub(super) params: Value,
    by: By,
}

/// The methods asked for, by label or by method, or the whole field.
pub(super) fn asked(texts: &[String], field: &[Entry]) -> anyhow::Result<Vec<Asked>> {
    let of_field = |entry: &Entry| Asked::new(entry.label, entry.method, entry.params.clone(), entry.by);
    if texts.is_empty() {
        return field.iter().map(of_field).collect();
    }
    let mut all = Vec::new();
    for text in texts {
        let (name, params) = text.split_once(':').unwrap_or((text.as_str(), ""));
        let known = || field.iter().filter(|entry| entry.method == name || entry.label == name);
        if params.is_empty() && known().next().is_some() {
            for entry in known() {
                all.push(of_field(entry)?);
            }
            continue;
        }
        let params = if params.is_empty() { "{}" } else { params };
        let params = serde_json::from_str(params)
            .with_context(|| format!("read the parameters of {name}: no JSON"))?;
        all.push(Asked::new(text, name, params, known().next().map_or(By::Score, |entry| entry.by))?);
    }
    ensure!(!all.is_empty(), "find a method to compare");
    Ok(all)
}

impl Asked {
    fn new(label: &str, name: &str, params: Value, by: By) -> anyhow::Result<Self> {
        let known = || METHODS.iter().map(|method| method.name).collect::<Vec<_>>().join(", ");
        let method =
            method(name).with_context(|| format!("find a method {name:?}: there are {}", known()))?;
        Ok(Self { label: label.to_owned(), method, params, by })
    }

    pub(super) fn candidate(&self) -> anyhow::Result<Candidate> {
        Candidate::of_method(&self.label, self.method, &self.params, self.by)
            .map_err(|error| anyhow!("use the parameters of {}: {error}", self.label))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use beaconfire_detect::evaluate::{entries, measurements};

    fn candidates(texts: &[&str], field: &[Entry]) -> anyhow::Result<Vec<Candidate>> {
        let texts: Vec<String> = texts.iter().map(|text| (*text).to_owned()).collect();
        asked(&texts, field)?.iter().map(Asked::candidate).collect()
    }

    #[test]
    fn the_whole_field_is_compared_where_nothing_is_asked_for() {
        for field in [entries(), measurements()] {
            assert_eq!(candidates(&[], &field).expect("all are sound").len(), field.len());
        }
    }

    #[test]
    fn methods_are_asked_for_by_name_label_and_parameters() {
        let of = |text: &str| candidates(&[text], &entries());
        assert_eq!(of("bayes").expect("its variants").len(), 2);
        assert_eq!(of("bayes b 2, w 4").expect("one").len(), 1);
        assert_eq!(of(r#"rki:{"b":1,"w":2}"#).expect("one").len(), 1);
        assert!(of("no_such").is_err() && of("rki:{").is_err());
        assert_eq!(candidates(&["ewma"], &measurements()).expect("its variants").len(), 3);
    }
}
