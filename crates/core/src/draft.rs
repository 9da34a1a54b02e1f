//! What a warning says, before it has a time: its content, and how a draft begins.

use crate::cap_text;
use crate::incident::Incident;
use crate::mode::Mode;
use crate::pack::{Pack, TextError, fill};
use crate::rules::Rules;
use beaconfire_cap::{Category, Certainty, ResponseType, Scope, Severity, Urgency};
use beaconfire_geo::Area;
use serde::{Deserialize, Serialize};

/// One language's texts of a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Text {
    /// BCP 47 tag.
    pub language: String,
    /// CAP event.
    pub event: String,
    /// CAP headline.
    pub headline: String,
    /// CAP description.
    pub description: String,
    /// CAP instruction.
    pub instruction: String,
    /// The headline of the All clear that is ready beside the warning.
    pub all_clear: String,
    /// The headline of the Cancel that is ready beside the warning.
    pub cancel: String,
}

/// The content of a message: everything an approver approves but times and identifiers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Content {
    /// The same facts in each language.
    pub texts: Vec<Text>,
    /// CAP category.
    #[serde(with = "cap_text::list")]
    pub categories: Vec<Category>,
    /// CAP responseType.
    #[serde(with = "cap_text::list")]
    pub response_types: Vec<ResponseType>,
    /// CAP urgency.
    #[serde(with = "cap_text")]
    pub urgency: Urgency,
    /// CAP severity.
    #[serde(with = "cap_text")]
    pub severity: Severity,
    /// CAP certainty.
    #[serde(with = "cap_text")]
    pub certainty: Certainty,
    /// CAP eventCode.
    pub event_code: Option<(String, String)>,
    /// Where. Live drafts begin with an empty area (invariant 20).
    pub area: Area,
    /// CAP areaDesc.
    pub area_words: String,
    /// `expires` as a duration from `sent`, minutes (invariant 12).
    pub expires_after_minutes: i64,
    /// CAP scope.
    #[serde(with = "cap_text")]
    pub scope: Scope,
    /// CAP restriction, for scope Restricted.
    pub restriction: Option<String>,
    /// CAP addresses, for scope Private.
    #[serde(default)]
    pub addresses: Vec<String>,
}

/// What templates may say of an incident.
#[derive(Clone, Debug, Serialize)]
pub struct Facts {
    /// The incident's title.
    pub title: String,
    /// The places of its standing members.
    pub place: String,
    /// The highest-level member's words.
    pub words: String,
    /// The level's word.
    pub level: String,
    /// People exposed in words: a range, or "unknown".
    pub people: String,
    /// The authority's name.
    pub authority: String,
}

impl Facts {
    /// What an incident says to a template.
    #[must_use]
    pub fn of(incident: &Incident, rules: &Rules) -> Self {
        let top = incident.standing().max_by_key(|member| member.level);
        let mut places: Vec<&str> =
            incident.standing().map(|member| member.place.as_str()).filter(|p| !p.is_empty()).collect();
        places.sort_unstable();
        places.dedup();
        let more = places.len().saturating_sub(4);
        places.truncate(4);
        let mut place = places.join("; ");
        if more > 0 {
            place.push_str(&format!("; and {more} more"));
        }
        Self {
            title: incident.title.clone(),
            place: if place.is_empty() { rules.authority.jurisdiction.clone() } else { place },
            words: top.map(|member| member.words.clone()).unwrap_or_default(),
            level: incident.level().map(|level| level.word().to_owned()).unwrap_or_default(),
            people: people(top.map(|member| &member.exposure)),
            authority: rules.authority.name.clone(),
        }
    }

    /// Facts of an invented incident, for checking templates.
    #[must_use]
    pub fn specimen() -> Self {
        let text = |t: &str| t.to_owned();
        Self {
            title: text("Specimen"),
            place: text("Specimen Creek"),
            words: text("the specimen rose above 3 ft"),
            level: text("Be prepared"),
            people: text("1000 to 2000"),
            authority: text("Specimen Authority"),
        }
    }
}

fn people(exposure: Option<&beaconfire_geo::Exposure>) -> String {
    match exposure {
        Some(beaconfire_geo::Exposure::Range { min, max, .. }) => format!("{min} to {max}"),
        _ => "unknown".to_owned(),
    }
}

/// The draft that an incident's pack proposes. In live mode the area is left empty, so that an
/// officer has to say where (invariant 20); elsewhere it begins with the incident's own area.
///
/// # Errors
/// A template that cannot be filled, or CAP words that the pack's check should have refused.
pub fn propose(incident: &Incident, pack: &Pack, rules: &Rules, mode: Mode) -> Result<Content, ProposeError> {
    let facts = Facts::of(incident, rules);
    let texts = pack
        .texts
        .iter()
        .map(|template| {
            Ok(Text {
                language: template.language.clone(),
                event: fill(&template.event, &facts)?,
                headline: fill(&template.headline, &facts)?,
                description: fill(&template.description, &facts)?,
                instruction: fill(&template.instruction, &facts)?,
                all_clear: fill(&template.all_clear, &facts)?,
                cancel: fill(&template.cancel, &facts)?,
            })
        })
        .collect::<Result<Vec<_>, TextError>>()?;
    let level = incident.level().unwrap_or(crate::level::Level::Moderate);
    let empty = mode == Mode::Live;
    Ok(Content {
        texts,
        categories: words(&pack.categories)?,
        response_types: words(&pack.draft.response_types)?,
        urgency: word(&pack.draft.urgency)?,
        severity: level.severity(),
        certainty: word(&pack.draft.certainty)?,
        event_code: pack.draft.event_code.clone(),
        area: if empty { Area::default() } else { incident.area() },
        area_words: if empty { String::new() } else { facts.place },
        expires_after_minutes: pack.draft.expires_minutes,
        scope: Scope::Public,
        restriction: None,
        addresses: Vec::new(),
    })
}

/// Why no draft could be proposed.
#[derive(Debug, thiserror::Error)]
pub enum ProposeError {
    /// A template failed.
    #[error(transparent)]
    Text(#[from] TextError),
    /// A CAP word in the pack is none.
    #[error("propose a draft: {0:?} is no CAP word; run `beaconfire packs check`")]
    Word(String),
}

fn word<T: std::str::FromStr>(text: &str) -> Result<T, ProposeError> {
    text.parse().map_err(|_| ProposeError::Word(text.to_owned()))
}

fn words<T: std::str::FromStr>(texts: &[String]) -> Result<Vec<T>, ProposeError> {
    texts.iter().map(|text| word(text)).collect()
}
