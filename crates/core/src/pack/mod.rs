//! A hazard as data: rules, levels, joining, clocks and texts, read from one `pack.toml`.

mod check;
mod locate;
mod parse;
mod text;

pub use check::PackFinding;
pub use locate::locate;
pub use parse::{PackError, parse};
pub use text::{TextError, fill};

use crate::id::PackId;
use crate::level::{Level, Matrix, Step};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One hazard.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pack {
    /// The pack's name; the folder's name.
    pub name: PackId,
    /// Raised by hand at every change; every signal names it.
    pub version: u32,
    /// The hazard in words, for operators.
    pub title: String,
    /// The hazard's family, such as `flood`: incidents join inside one family only.
    pub hazard: String,
    /// CAP categories, such as `Met`.
    pub categories: Vec<String>,
    /// Other issuers' event words (lower case, contained in CAP `event`) that mean this hazard.
    #[serde(default)]
    pub cap_events: Vec<String>,
    /// How levels come about.
    pub level: LevelRule,
    /// The decision clock.
    pub decide: DecideRule,
    /// When two things are one incident.
    pub join: JoinRule,
    /// Detectors on series.
    #[serde(default)]
    pub series: Vec<SeriesRule>,
    /// Rules on events.
    #[serde(default)]
    pub events: Vec<EventRule>,
    /// Hazards that may follow from this one.
    #[serde(default)]
    pub cascades: Vec<Cascade>,
    /// What a draft begins with.
    pub draft: DraftRule,
    /// Texts, one per language.
    pub texts: Vec<TextTemplate>,
    /// What the duty officer reads beside the incident.
    #[serde(default)]
    pub guidance: String,
}

/// Impact x likelihood (WMO-No. 1150).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LevelRule {
    /// People exposed (upper end of the range) at which impact becomes 2, 3 and 4.
    pub people: [u64; 3],
    /// The impact where exposure is unknown: never lower than the worst that cannot be ruled out
    /// in the author's judgement, and never zero (invariant 4).
    pub impact_when_unknown: Step,
    /// `rows[likelihood - 1][impact - 1]`; the WMO default where absent.
    #[serde(default)]
    pub matrix: Matrix,
}

/// The decision clock of invariant 10.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DecideRule {
    /// From this level on somebody must decide.
    pub from: Level,
    /// Minutes from the first signal to the deadline.
    pub within_minutes: i64,
    /// Minutes after the deadline at which it is escalated again, ascending.
    #[serde(default)]
    pub escalate_minutes: Vec<i64>,
}

/// When two things are one incident (invariant 9).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JoinRule {
    /// Hours between the incident's newest member and a new one.
    pub within_hours: i64,
    /// At or above this confidence (0 to 1) a new thing joins; below it, it is linked.
    pub confidence: f64,
    /// The union of members may be at most this many times the core's km².
    pub max_growth: f64,
    /// How long a signal stays able to open an incident, hours: older ones enter history only.
    pub valid_hours: i64,
}

/// A detector on the series of some sources.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeriesRule {
    /// The rule's name, unique in the pack.
    pub name: String,
    /// Source ids.
    pub sources: Vec<String>,
    /// Only series whose key begins so; all where empty.
    #[serde(default)]
    pub series_prefix: String,
    /// The detector kind, as `beaconfire kinds` lists it.
    pub detector: String,
    /// The detector's parameters. A text `"$minor"` stands for the station's own threshold of that
    /// name; a station without it is not judged by this rule.
    #[serde(default)]
    pub params: BTreeMap<String, ParamValue>,
    /// The likelihood that an alarm of this rule stands for.
    pub likelihood: Step,
    /// The circle round the station that the signal speaks for, km; the whole jurisdiction where
    /// absent.
    pub radius_km: Option<f64>,
    /// What an alarm says in words; `{station}`, `{value}`, `{threshold}`, `{unit}` are filled in.
    pub words: String,
}

/// A detector's parameter.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum ParamValue {
    /// A switch.
    Flag(bool),
    /// A number.
    Number(f64),
    /// A word, or `$name` for a station's threshold.
    Word(String),
}

/// A rule on events: what kind, from what number on, how likely, how far.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EventRule {
    /// The rule's name, unique in the pack.
    pub name: String,
    /// The event's kind.
    pub kind: String,
    /// The number that decides, such as `magnitude`; none where every event of the kind counts.
    pub number: Option<String>,
    /// From this value on, the likelihood and radius of the step hold. Ascending. Below the first,
    /// the event enters history only.
    #[serde(default)]
    pub steps: Vec<EventStep>,
    /// Words that the event must bear, by name.
    #[serde(default)]
    pub words: BTreeMap<String, String>,
    /// The likelihood where there are no steps.
    pub likelihood: Option<Step>,
    /// What it says, with `{title}` and the numbers' names filled in.
    pub say: String,
}

/// From `from` on: this likelihood, this circle.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EventStep {
    /// The deciding number's lower end.
    pub from: f64,
    /// Likelihood of impact inside the circle.
    pub likelihood: Step,
    /// The circle's radius, km; the whole jurisdiction where absent.
    pub radius_km: Option<f64>,
}

/// A hazard that may follow: an earthquake's tsunami.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cascade {
    /// The hazard family that follows.
    pub to: String,
    /// Hours within which it follows.
    pub within_hours: i64,
    /// How far its area may lie from this one's core, km.
    pub distance_km: f64,
}

/// What a draft begins with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DraftRule {
    /// CAP urgency.
    pub urgency: String,
    /// CAP certainty.
    pub certainty: String,
    /// CAP responseType values.
    pub response_types: Vec<String>,
    /// CAP eventCode, as (valueName, value).
    pub event_code: Option<(String, String)>,
    /// Minutes until the message expires.
    pub expires_minutes: i64,
}

/// One language's texts; `{{ … }}` are filled from the incident.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TextTemplate {
    /// RFC 3066 / BCP 47 tag.
    pub language: String,
    /// CAP event.
    pub event: String,
    /// CAP headline.
    pub headline: String,
    /// CAP description.
    pub description: String,
    /// CAP instruction.
    pub instruction: String,
    /// The headline of the message that says the danger is over.
    pub all_clear: String,
    /// The headline of the message that withdraws the warning as an error.
    pub cancel: String,
}

impl Pack {
    /// The impact step of an exposure; unknown is never taken as none (invariant 4).
    #[must_use]
    pub fn impact(&self, exposure: &beaconfire_geo::Exposure) -> Step {
        match exposure {
            beaconfire_geo::Exposure::Unknown => self.level.impact_when_unknown,
            beaconfire_geo::Exposure::Range { max, .. } => {
                let above = self.level.people.iter().filter(|limit| max >= limit).count();
                Step::new(1 + u8::try_from(above).unwrap_or(3)).unwrap_or(self.level.impact_when_unknown)
            }
        }
    }

    /// The rule that an event meets, with its step.
    #[must_use]
    pub fn event_rule(&self, event: &crate::observe::Event) -> Option<(&EventRule, EventStep)> {
        self.events.iter().find_map(|rule| rule.step(event).map(|step| (rule, step)))
    }
}

impl EventRule {
    fn step(&self, event: &crate::observe::Event) -> Option<EventStep> {
        let kind_fits = event.kind == self.kind
            && self.words.iter().all(|(name, word)| event.words.get(name) == Some(word));
        if !kind_fits {
            return None;
        }
        match &self.number {
            Some(number) => {
                let value = event.numbers.get(number)?;
                self.steps.iter().rev().find(|step| *value >= step.from).cloned()
            }
            None => self.likelihood.map(|likelihood| EventStep { from: 0.0, likelihood, radius_km: None }),
        }
    }
}

impl SeriesRule {
    /// The detector's parameters as JSON, with `$name` replaced by the station's thresholds;
    /// `None` where the station lacks one of them.
    #[must_use]
    pub fn params_json(&self, thresholds: &BTreeMap<String, f64>) -> Option<String> {
        let mut object = serde_json::Map::new();
        for (name, value) in &self.params {
            let value = match value {
                ParamValue::Flag(flag) => serde_json::Value::from(*flag),
                ParamValue::Number(number) => json_number(*number),
                ParamValue::Word(word) => match word.strip_prefix('$') {
                    Some(threshold) => serde_json::Value::from(*thresholds.get(threshold)?),
                    None => serde_json::Value::from(word.as_str()),
                },
            };
            object.insert(name.clone(), value);
        }
        Some(serde_json::Value::Object(object).to_string())
    }

    /// Whether the rule judges this series.
    #[must_use]
    pub fn applies(&self, source: &str, series: &str) -> bool {
        self.sources.iter().any(|s| s == source) && series.starts_with(&self.series_prefix)
    }
}

/// A number as JSON: whole ones without a point, because counts and seconds are read as integers.
fn json_number(number: f64) -> serde_json::Value {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if number.fract() == 0.0 && number.abs() <= EXACT {
        serde_json::Value::from(number as i64)
    } else {
        serde_json::Value::from(number)
    }
}
