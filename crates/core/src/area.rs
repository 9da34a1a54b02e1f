//! Areas between CAP and geometry: what a CAP area means, and what nobody can resolve.

use crate::observe::{AlertKey, InboundAlert, InboundInfo};
use beaconfire_cap as cap;
use beaconfire_geo::{Area, Circle, Point, Ring, Shape};

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

/// The area of an info block: the union of its polygons and circles (CAP 1.2, 3.2.4). Geocodes
/// alone are unresolved until a registry knows them. Beside it what could not be resolved, in words:
/// nothing is clipped or lost in silence.
#[must_use]
pub fn of_info(info: &cap::Info) -> (Area, Option<String>) {
    let mut shapes = Vec::new();
    let mut unresolved = Vec::new();
    for area in &info.areas {
        for polygon in &area.polygons {
            match ring(polygon) {
                Ok(ring) => shapes.push(Shape::Polygon(ring)),
                Err(why) => unresolved.push(format!("polygon of {:?}: {why}", area.description)),
            }
        }
        for circle in &area.circles {
            match circle_of(circle) {
                Ok(circle) => shapes.push(Shape::Circle(circle)),
                Err(why) => unresolved.push(format!("circle of {:?}: {why}", area.description)),
            }
        }
        if area.polygons.is_empty() && area.circles.is_empty() {
            let codes: Vec<_> =
                area.geocodes.iter().map(|code| format!("{}={}", code.name, code.value)).collect();
            unresolved.push(if codes.is_empty() {
                format!("{:?} has neither shape nor code", area.description)
            } else {
                codes.join(" ")
            });
        }
    }
    let rest = (!unresolved.is_empty()).then(|| cut(&unresolved.join("; "), 500));
    if shapes.is_empty() {
        let why = rest.clone().unwrap_or_else(|| "the message has no area".to_owned());
        return (Area::Unresolved(why), rest);
    }
    (Area::Shapes(shapes), rest)
}

fn ring(polygon: &[cap::Position]) -> Result<Ring, String> {
    let points = polygon
        .iter()
        .map(|p| Point::new(p.lat, p.lon))
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| error.to_string())?;
    Ring::new(points).map_err(|error| error.to_string())
}

fn circle_of(circle: &cap::Circle) -> Result<Circle, String> {
    let center = Point::new(circle.center.lat, circle.center.lon).map_err(|error| error.to_string())?;
    Circle::new(center, circle.radius_km).map_err(|error| error.to_string())
}

/// Whether a text bears a drill's mark as a whole word. "Test" inside a sentence in mixed case
/// ("water tests") is no mark: the word has to be in capitals, or begin the text.
#[must_use]
pub fn bears_drill_mark(text: &str) -> bool {
    let mut words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let first = words.next();
    let is_mark = |word: &str| DRILL_WORDS.contains(&word.to_uppercase().as_str());
    first.is_some_and(is_mark) || words.any(|word| DRILL_WORDS.contains(&word))
}

/// Another issuer's message as the core sees it.
#[must_use]
pub fn inbound(
    alert: &cap::Alert,
    findings: &[cap::Finding],
    source: &crate::SourceId,
    item: &crate::ItemId,
) -> InboundAlert {
    InboundAlert {
        source: source.clone(),
        item: item.clone(),
        identifier: alert.identifier.clone(),
        sender: alert.sender.clone(),
        sent: alert.sent.instant(),
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
        infos: alert.infos.iter().map(info).collect(),
        findings: findings.iter().take(20).map(|f| format!("{}: {}", f.path, cut(&f.message, 200))).collect(),
    }
}

fn info(info: &cap::Info) -> InboundInfo {
    let words: Vec<&str> = info.areas.iter().map(|area| area.description.as_str()).collect();
    let headline = info.headline.clone().unwrap_or_else(|| info.event.clone());
    let texts = [Some(&info.event), info.headline.as_ref(), info.description.as_ref()];
    let (area, unresolved) = of_info(info);
    InboundInfo {
        language: info.language.clone().unwrap_or_else(|| "en-US".to_owned()),
        event: cut(&info.event, 200),
        headline: cut(&headline, 500),
        urgency: info.urgency.to_string(),
        severity: info.severity.to_string(),
        certainty: info.certainty.to_string(),
        response_types: info.response_types.iter().map(ToString::to_string).collect(),
        event_codes: info.event_codes.iter().map(|c| (c.name.clone(), c.value.clone())).collect(),
        expires: info.expires.map(|time| time.instant()),
        area_words: cut(&words.join("; "), 500),
        area,
        unresolved,
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
