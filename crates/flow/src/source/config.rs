//! One `[[source]]` of the configuration.

use super::{KINDS, Options, SignatureUse, kind};
use crate::setup::{Fetch, SourceSetup};
use beaconfire_core::{SourceId, SourceRule};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use std::time::Duration;

/// One `[[source]]` of the configuration.
///
/// ```
/// let text = r#"
/// [[source]]
/// id = "usgs-quakes"
/// kind = "usgs-quake"
/// url = "https://earthquake.usgs.gov/earthquakes/feed/v1.0/summary/2.5_day.geojson"
/// poll_every_s = 60
/// expected_every_s = 300
/// must_advance = true
/// "#;
/// let sources = beaconfire_flow::source::SourceConfig::list(text)?;
/// assert_eq!(sources[0].setup().expected_every_s, 300);
/// # Ok::<(), beaconfire_flow::source::ConfigError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourceConfig {
    /// Its name: lower-case letters, digits and hyphens.
    pub id: String,
    /// Its kind, such as `cap`.
    pub kind: String,
    /// For people; the kind's title where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// `http:`, `https:`, `file:` or a path. Without it the source is pushed to us.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// How often to ask, in seconds; a quarter of `expected_every_s`, and 10 at least, where it is
    /// left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub poll_every_s: Option<u64>,
    /// How often it is expected to say something, in seconds; three times as long is silence.
    pub expected_every_s: i64,
    /// Whether its data must advance: an identical answer is then no sign of life.
    #[serde(default)]
    pub must_advance: bool,
    /// CAP senders that it is trusted for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub trusted_senders: Vec<String>,
    /// Pairs of CAP senders: the first may act on the second's messages.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub delegations: Vec<(String, String)>,
    /// Hours after `sent` at which an alert without `expires` counts as expired. Default 24.
    #[serde(default = "default_missing_expires_hours")]
    pub missing_expires_hours: i64,
    /// What depends on the kind.
    #[serde(default)]
    pub options: Options,
}

fn default_missing_expires_hours() -> i64 {
    24
}

/// Why a source cannot be configured so.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// Not TOML, or a key that does not exist.
    #[error("read the sources: {0}")]
    Toml(String),
    /// A value that cannot be.
    #[error("configure source {id:?}: {problem}")]
    Value {
        /// The source.
        id: String,
        /// What is wrong, and the mend.
        problem: String,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    source: Vec<SourceConfig>,
}

impl SourceConfig {
    /// Reads and checks a text of `[[source]]` tables.
    ///
    /// # Errors
    /// If it is no such text, a value cannot be, or two sources have one name.
    pub fn list(text: &str) -> Result<Vec<Self>, ConfigError> {
        let file: File = toml::from_str(text).map_err(|error| ConfigError::Toml(error.to_string()))?;
        for (at, source) in file.source.iter().enumerate() {
            source.check()?;
            if file.source[..at].iter().any(|other| other.id == source.id) {
                return Err(source.refuse("another source has this name; choose a different one"));
            }
        }
        Ok(file.source)
    }

    /// Checks what types alone do not hold.
    ///
    /// # Errors
    /// If a value cannot be.
    pub fn check(&self) -> Result<(), ConfigError> {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if self.id.is_empty() || self.id.len() > 60 || !self.id.chars().all(plain) {
            return Err(self.refuse("write the id in lower-case letters, digits and hyphens, at most 60"));
        }
        if kind(&self.kind).is_none() {
            let known = KINDS.iter().map(|kind| kind.name).collect::<Vec<_>>().join(", ");
            return Err(self.refuse(format!("kind {:?} does not exist; use one of {known}", self.kind)));
        }
        const YEAR: i64 = 366 * 86_400;
        if !(1..=YEAR).contains(&self.expected_every_s) {
            return Err(self.refuse("expected_every_s must be 1 s to a year"));
        }
        if self.poll_every_s.is_some_and(|every| !(1..=YEAR as u64).contains(&every)) {
            return Err(self.refuse("poll_every_s must be 1 s to a year"));
        }
        if self.options.max_bytes == 0 || self.options.max_bytes > 1 << 30 {
            return Err(self.refuse("options.max_bytes must be 1 to 1073741824"));
        }
        if self.options.max_entries == Some(0) {
            return Err(self.refuse("options.max_entries must be at least 1"));
        }
        if let Some(polls) = self.options.vanish_after_polls {
            if !(2..=100).contains(&polls) {
                return Err(self.refuse("options.vanish_after_polls must be 2 to 100"));
            }
            if self.kind != "cap" {
                return Err(self.refuse("options.vanish_after_polls is for kind \"cap\" alone; take it out"));
            }
            if self.trusted_senders.is_empty() {
                return Err(self.refuse(
                    "options.vanish_after_polls ends alerts of trusted senders alone; list them in trusted_senders",
                ));
            }
        }
        if self.options.signature != SignatureUse::Ignore && self.kind != "cap" {
            return Err(self.refuse("options.signature is for kind \"cap\" alone; take it out"));
        }
        if !self.options.parameter.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(self.refuse("options.parameter must be digits, such as \"00065\""));
        }
        if let Some(url) = &self.url {
            super::poll::Address::read(url).map_err(|error| self.refuse(error.to_string()))?;
        }
        Ok(())
    }

    /// What the river is started with; the anchors of signatures lie in files, so whoever reads those adds them.
    #[must_use]
    pub fn setup(&self) -> SourceSetup {
        let title = kind(&self.kind).map_or_else(|| self.kind.clone(), |kind| kind.title.to_owned());
        let quarter = u64::try_from(self.expected_every_s / 4).unwrap_or(0).max(10);
        SourceSetup {
            id: SourceId(self.id.clone()),
            kind: self.kind.clone(),
            title: self.title.clone().unwrap_or(title),
            options: self.options.clone(),
            anchors: Arc::default(),
            fetch: self.url.as_ref().map_or(Fetch::Push, |url| Fetch::Pull {
                url: url.clone(),
                every: Duration::from_secs(self.poll_every_s.unwrap_or(quarter)),
            }),
            expected_every_s: self.expected_every_s,
            must_advance: self.must_advance,
        }
    }

    /// What decisions look at.
    #[must_use]
    pub fn rule(&self) -> SourceRule {
        SourceRule {
            id: SourceId(self.id.clone()),
            trusted_senders: self.trusted_senders.clone(),
            delegations: self.delegations.clone(),
            missing_expires_hours: self.missing_expires_hours,
        }
    }

    fn refuse(&self, problem: impl Into<String>) -> ConfigError {
        ConfigError::Value { id: self.id.clone(), problem: problem.into() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str =
        "[[source]]\nid = \"a\"\nkind = \"cap\"\nurl = \"https://a.example/feed\"\nexpected_every_s = 900\n";

    #[test]
    fn mistakes_are_told_with_the_mend() {
        for (from, to, words) in [
            ("kind = \"cap\"", "kind = \"rss\"", "use one of cap,"),
            ("id = \"a\"", "id = \"A b\"", "lower-case"),
            ("expected_every_s = 900", "expected_every_s = 0", "1 s to a year"),
            ("expected_every_s = 900", "expected_every = 900", "expected_every_s"),
            ("https://a.example/feed", "gopher://a.example", "http"),
            ("expected_every_s = 900", "expected_every_s = 900\noptions = { max_entries = 0 }", "at least 1"),
            (
                "expected_every_s = 900",
                "expected_every_s = 900\noptions = { vanish_after_polls = 1 }",
                "vanish_after_polls must be 2 to 100",
            ),
            (
                "expected_every_s = 900",
                "expected_every_s = 900\noptions = { vanish_after_polls = 3 }",
                "list them in trusted_senders",
            ),
            (
                "kind = \"cap\"\nurl = \"https://a.example/feed\"",
                "kind = \"cisa-kev\"\noptions = { signature = \"note\" }",
                "options.signature is for kind \"cap\" alone",
            ),
            ("expected_every_s = 900", "expected_every_s = 900\noptions = { signature = \"ask\" }", "demand"),
        ] {
            let error = SourceConfig::list(&GOOD.replace(from, to)).unwrap_err().to_string();
            assert!(error.contains(words), "{to}: {error}");
        }
        assert!(
            SourceConfig::list(&format!("{GOOD}{GOOD}")).unwrap_err().to_string().contains("another source")
        );
    }

    #[test]
    fn without_address_it_is_pushed() {
        let pulled = SourceConfig::list(GOOD).unwrap()[0].setup();
        assert!(matches!(pulled.fetch, Fetch::Pull { every, .. } if every.as_secs() == 225), "{pulled:?}");
        let pushed = SourceConfig::list(&GOOD.replace("url = \"https://a.example/feed\"\n", "")).unwrap();
        assert_eq!(pushed[0].setup().fetch, Fetch::Push);
        assert_eq!(pushed[0].rule().missing_expires_hours, 24);
    }
}
