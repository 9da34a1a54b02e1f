//! Areas between CAP and geometry: what a CAP area means, and what nobody can resolve.

mod left_out;
mod resolve;
mod semantics;

pub use left_out::LeftOut;
pub use resolve::{Missing, Resolved, of_info};
pub use semantics::{AreaUse, Semantics};

use crate::observe::{AlertKey, InboundAlert, InboundInfo};
use beaconfire_cap as cap;
use beaconfire_geo::geocode::Registry;

/// Words that mark a drill or a test in a text, whole words, any case.
const DRILL_WORDS: [&str; 10] = [
    "TEST",
    "EXERCISE",
    "DRILL",
    "SIMULATION",
    "EJERCICIO",
    "SIMULACRO",
    "PRUEBA",
    "EXERCICE",
    "ÜBUNG",
    "PROBEALARM",
];

/// Whether a text bears a drill's mark as a whole word. "Test" inside a sentence in mixed case
/// ("water tests") is no mark: the word has to be in capitals, or begin the text.
#[must_use]
pub fn bears_drill_mark(text: &str) -> bool {
    let mut words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let first = words.next();
    let is_mark = |word: &str| DRILL_WORDS.contains(&word.to_uppercase().as_str());
    first.is_some_and(is_mark) || words.any(|word| DRILL_WORDS.contains(&word))
}

/// Another issuer's message as the core sees it. Geocodes are looked up as of the time it was sent; what is to be said
/// about its areas stands behind its findings.
#[must_use]
pub fn inbound(
    alert: &cap::Alert,
    findings: &[cap::Finding],
    source: &crate::SourceId,
    item: &crate::ItemId,
    registry: &Registry<'_>,
    area_use: AreaUse,
) -> InboundAlert {
    let (sent, semantics) = (alert.sent.instant(), area_use.semantics(alert));
    let mut remarks = Vec::new();
    let infos = alert.infos.iter().enumerate().map(|(index, block)| {
        let left_out = LeftOut::of(findings, index + 1);
        let resolved = of_info(block, &left_out, registry, sent, semantics);
        let path = format!("/alert/info[{}]", index + 1);
        remarks.extend(resolved.remarks().iter().map(|words| format!("{path}: {}", cut(words, 500))));
        info(block, resolved)
    });
    let infos = infos.collect();
    let findings = findings.iter().take(20).map(|f| format!("{}: {}", f.path, cut(&f.message, 200)));
    InboundAlert {
        source: source.clone(),
        item: item.clone(),
        identifier: alert.identifier.clone(),
        sender: alert.sender.clone(),
        sent,
        status: alert.status.to_string(),
        msg_type: alert.msg_type.to_string(),
        scope: alert.scope.to_string(),
        zone: None,
        references: alert
            .references
            .iter()
            .map(|reference| AlertKey {
                sender: reference.sender.clone(),
                identifier: reference.identifier.clone(),
                sent: reference.sent.instant(),
            })
            .collect(),
        infos,
        findings: findings.chain(remarks.into_iter().take(20)).collect(),
    }
}

fn info(info: &cap::Info, resolved: Resolved) -> InboundInfo {
    let words: Vec<&str> = info.areas.iter().map(|area| area.description.as_str()).collect();
    let headline = info.headline.clone().unwrap_or_else(|| info.event.clone());
    let texts = [Some(&info.event), info.headline.as_ref(), info.description.as_ref()];
    InboundInfo {
        language: info.language.clone().unwrap_or_else(|| "en-US".to_owned()),
        event: cut(&info.event, 200),
        headline: cut(&headline, 500),
        urgency: info.urgency.to_string(),
        severity: info.severity.to_string(),
        certainty: info.certainty.to_string(),
        response_types: info.response_types.iter().map(ToString::to_string).collect(),
        event_codes: info.event_codes.iter().map(|c| (c.name().to_owned(), c.value().to_owned())).collect(),
        expires: info.expires.map(|time| time.instant()),
        area_words: cut(&words.join("; "), 500),
        unresolved: resolved.unresolved(),
        area: resolved.area,
        marked_as_drill: texts.into_iter().flatten().any(|text| bears_drill_mark(text)),
    }
}

/// The first `chars` characters: the journal holds no unbounded foreign text; the original bytes
/// lie beside it.
fn cut(text: &str, chars: usize) -> String {
    text.chars().take(chars).collect()
}

#[cfg(test)]
mod tests {
    use super::bears_drill_mark;

    #[test]
    fn a_mark_is_a_whole_word_in_capitals_or_the_first_word() {
        for text in ["TEST: Flood", "Test message only", "THIS IS A DRILL", "Simulacro de sismo"] {
            assert!(bears_drill_mark(text), "{text}");
        }
        for text in ["Boil water until tests show it is safe", "Contested area", "Flood warning"] {
            assert!(!bears_drill_mark(text), "{text}");
        }
    }
}
