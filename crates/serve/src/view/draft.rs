//! A draft as shown, and what an editor sends back.

use beaconfire_core::{Authority, ChannelId, Content, Text};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::area::AreaView;
use crate::error::{Answer, Problem};

/// Languages of one warning, at most.
const MAX_LANGUAGES: usize = 40;
/// Channels of one warning, at most.
const MAX_CHANNELS: usize = 200;

/// What a warning says.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DraftView {
    /// The texts, one a language.
    languages: Vec<TextView>,
    /// CAP urgency.
    urgency: String,
    /// CAP severity.
    severity: String,
    /// CAP certainty.
    certainty: String,
    /// Where.
    area: AreaView,
    /// Where, in words.
    area_words: String,
    /// How long it holds from its issue.
    expires_after_minutes: i64,
    /// Where it goes.
    channels: Vec<String>,
    /// Whether phones shall ring.
    rings: bool,
    /// The authority's address for more; configured, not edited.
    web: Option<String>,
    /// Whom to ask; configured, not edited.
    contact: Option<String>,
}

/// One language's texts.
#[derive(Debug, Serialize, ToSchema)]
struct TextView {
    /// BCP 47 tag.
    language: String,
    /// CAP event.
    event: String,
    /// CAP headline.
    headline: String,
    /// CAP description.
    description: String,
    /// CAP instruction.
    instruction: String,
    /// The headline of the All clear that is approved with the warning.
    all_clear: String,
    /// The headline of the Cancel that is approved with the warning.
    cancel: String,
}

/// What an editor sends.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DraftInput {
    /// The texts, one a language.
    languages: Vec<TextInput>,
    /// CAP urgency.
    urgency: String,
    /// CAP severity.
    severity: String,
    /// CAP certainty.
    certainty: String,
    /// Where.
    area: AreaView,
    /// Where, in words.
    area_words: String,
    /// How long it holds from its issue.
    expires_after_minutes: i64,
    /// Where it goes.
    channels: Vec<String>,
    /// Whether phones shall ring; as before where absent.
    rings: Option<bool>,
    /// Only as it was shown.
    web: Option<String>,
    /// Only as it was shown.
    contact: Option<String>,
}

/// One language's texts as sent.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct TextInput {
    /// BCP 47 tag.
    language: String,
    /// CAP event.
    event: String,
    /// CAP headline.
    headline: String,
    /// CAP description.
    description: String,
    /// CAP instruction.
    instruction: String,
    /// As before where absent.
    all_clear: Option<String>,
    /// As before where absent.
    cancel: Option<String>,
}

impl DraftView {
    /// Content as shown.
    pub(super) fn of(content: &Content, channels: &[ChannelId], rings: bool, by: &Authority) -> Self {
        Self {
            languages: content
                .texts
                .iter()
                .cloned()
                .map(|text| TextView {
                    language: text.language,
                    event: text.event,
                    headline: text.headline,
                    description: text.description,
                    instruction: text.instruction,
                    all_clear: text.all_clear,
                    cancel: text.cancel,
                })
                .collect(),
            urgency: content.urgency.to_string(),
            severity: content.severity.to_string(),
            certainty: content.certainty.to_string(),
            area: AreaView::of(&content.area),
            area_words: content.area_words.clone(),
            expires_after_minutes: content.expires_after_minutes,
            channels: channels.iter().map(|id| id.0.clone()).collect(),
            rings,
            web: by.web.clone(),
            contact: by.contact.clone(),
        }
    }
}

/// The content that was meant: what was sent over what there was.
///
/// # Errors
/// What cannot be understood, or is not the editor's to change.
pub(crate) fn content_of(
    input: DraftInput,
    before: (&Content, bool),
    by: &Authority,
) -> Answer<(Content, Vec<ChannelId>, bool)> {
    let (before, rings) = before;
    for (name, sent, configured) in [("web", &input.web, &by.web), ("contact", &input.contact, &by.contact)] {
        if sent.is_some() && sent != configured {
            return Err(Problem::invalid(
                format!("{name} is the authority's and cannot be edited in a draft"),
                "leave it as it was shown",
            ));
        }
    }
    if input.languages.len() > MAX_LANGUAGES || input.channels.len() > MAX_CHANNELS {
        return Err(Problem::invalid(
            format!("there are more than {MAX_LANGUAGES} languages or {MAX_CHANNELS} channels"),
            "leave some out",
        ));
    }
    let area = input
        .area
        .into_area(&before.area)
        .map_err(|why| Problem::invalid(format!("the area: {why}"), "draw it again"))?;
    let channels = input.channels.into_iter().map(ChannelId).collect();
    let content = Content {
        texts: input.languages.into_iter().map(|text| text_of(text, before)).collect(),
        urgency: word("urgency", &input.urgency)?,
        severity: word("severity", &input.severity)?,
        certainty: word("certainty", &input.certainty)?,
        area,
        area_words: input.area_words,
        expires_after_minutes: input.expires_after_minutes,
        ..before.clone()
    };
    Ok((content, channels, input.rings.unwrap_or(rings)))
}

fn text_of(text: TextInput, before: &Content) -> Text {
    let kept = before.texts.iter().find(|kept| kept.language == text.language);
    let kept = |pick: fn(&Text) -> &String| kept.map(pick).cloned().unwrap_or_default();
    Text {
        all_clear: text.all_clear.unwrap_or_else(|| kept(|text| &text.all_clear)),
        cancel: text.cancel.unwrap_or_else(|| kept(|text| &text.cancel)),
        language: text.language,
        event: text.event,
        headline: text.headline,
        description: text.description,
        instruction: text.instruction,
    }
}

fn word<T: std::str::FromStr>(name: &str, text: &str) -> Answer<T> {
    text.parse().map_err(|_| {
        let text: String = text.chars().take(40).collect();
        Problem::invalid(format!("{text:?} is no CAP {name}"), "choose one of CAP's own words")
    })
}
