//! Is the text fit to warn with: who, where, what to do, in every language the same facts.

use crate::draft::Content;
use beaconfire_geo::Area;
use serde::{Deserialize, Serialize};

/// A finding on a draft.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DraftFinding {
    /// Whether it may not be submitted with it.
    pub blocks: bool,
    /// Where, such as `texts[es-US].headline`.
    pub path: String,
    /// What is wrong and how to mend it.
    pub message: String,
}

/// Characters of a headline that most receivers show whole.
const HEADLINE_CHARS: usize = 160;
/// Longest text that any CAP consumer we know takes.
const TEXT_CHARS: usize = 20_000;

/// All findings on a draft, those that block first.
#[must_use]
pub fn lint(content: &Content) -> Vec<DraftFinding> {
    let mut found = Vec::new();
    let mut add = |blocks, path: String, message: &str| {
        found.push(DraftFinding { blocks, path, message: message.to_owned() });
    };
    match &content.area {
        area if area.is_empty() => {
            add(true, "area".into(), "the area is empty: draw it, or choose the whole jurisdiction");
        }
        Area::Unresolved(_) => {
            add(true, "area".into(), "the area is unresolved: draw it, or choose the whole jurisdiction");
        }
        _ => {}
    }
    if content.area_words.trim().is_empty() && !matches!(content.area, Area::WholeJurisdiction) {
        add(true, "area_words".into(), "say in words where it is");
    }
    if !(1..=20_160).contains(&content.expires_after_minutes) {
        add(true, "expires_after_minutes".into(), "it must last 1 to 20160 minutes (two weeks)");
    }
    if content.texts.is_empty() {
        add(true, "texts".into(), "there is no text: write it in at least one language");
    }
    if content.categories.is_empty() {
        add(true, "categories".into(), "choose at least one category");
    }
    for text in &content.texts {
        let path = |field: &str| format!("texts[{}].{field}", text.language);
        for (field, words) in [
            ("event", &text.event),
            ("headline", &text.headline),
            ("description", &text.description),
            ("instruction", &text.instruction),
            ("all_clear", &text.all_clear),
            ("cancel", &text.cancel),
        ] {
            if words.trim().is_empty() {
                add(true, path(field), &format!("{field} in {} is empty", text.language));
            }
            if words.contains("{{") || words.contains("[[") {
                add(true, path(field), "a placeholder was left in: write what belongs there");
            }
            if words.chars().count() > TEXT_CHARS {
                add(true, path(field), "it is longer than 20000 characters");
            }
        }
        if text.headline.chars().count() > HEADLINE_CHARS {
            add(false, path("headline"), "longer than 160 characters: phones cut it");
        }
        if text.description == text.headline {
            add(false, path("description"), "it only repeats the headline: say who, where and until when");
        }
    }
    found.sort_by_key(|finding| !finding.blocks);
    found
}
