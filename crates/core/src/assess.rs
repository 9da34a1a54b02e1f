//! From evidence to level: where an event reaches, and what a member stands for.

use crate::incident::{Member, MemberId};
use crate::level::Level;
use crate::observe::{Event, InboundAlert};
use crate::pack::{EventRule, EventStep, Pack};
use crate::rules::Rules;
use crate::signal::{Signal, SignalKind};
use beaconfire_cap::Severity;
use beaconfire_geo::{Area, Circle, Exposure, Shape};

/// The circle that an event rule's step gives an event; the whole jurisdiction for a step without
/// a radius; unresolved where the event has no place.
#[must_use]
pub fn event_area(event: &Event, step: &EventStep) -> Area {
    match (step.radius_km, event.point) {
        (None, _) => Area::WholeJurisdiction,
        (Some(_), None) => Area::Unresolved("the event has no place".to_owned()),
        (Some(km), Some(point)) => circle(point, km),
    }
}

/// The circle round a point.
#[must_use]
pub fn circle(center: beaconfire_geo::Point, km: f64) -> Area {
    match Circle::new(center, km) {
        Ok(circle) => Area::Shapes(vec![Shape::Circle(circle)]),
        Err(error) => Area::Unresolved(error.to_string()),
    }
}

/// The packs that an event concerns, with the rule, the step and the area of each, in the packs'
/// order: `TakeEvent` carries one exposure for each.
#[must_use]
pub fn event_rules<'a>(rules: &'a Rules, event: &Event) -> Vec<(&'a Pack, &'a EventRule, EventStep, Area)> {
    rules
        .packs
        .iter()
        .filter_map(|pack| {
            let (rule, step) = pack.event_rule(event)?;
            let area = event_area(event, &step);
            Some((pack, rule, step, area))
        })
        .collect()
}

/// The signal that an event is by a pack's rule.
#[must_use]
pub fn event_signal(
    event: &Event,
    source: &crate::id::SourceId,
    item: &crate::id::ItemId,
    (pack, rule, step, area): (&Pack, &EventRule, &EventStep, &Area),
) -> Signal {
    let observed = rule.number.as_ref().and_then(|name| event.numbers.get(name)).copied();
    let mut words = rule.say.replace("{title}", &event.title);
    for (name, value) in &event.numbers {
        words = words.replace(&format!("{{{name}}}"), &value.to_string());
    }
    for (name, value) in &event.words {
        words = words.replace(&format!("{{{name}}}"), value);
    }
    Signal {
        pack: pack.name.clone(),
        pack_version: pack.version,
        rule: rule.name.clone(),
        kind: SignalKind::Event,
        source: source.clone(),
        subject: event.id.clone(),
        at: event.time,
        observed,
        expected: None,
        threshold: rule.number.is_some().then_some(step.from),
        score: None,
        unit: rule.number.clone().unwrap_or_default(),
        likelihood: step.likelihood,
        area: area.clone(),
        place: event.words.get("place").cloned().unwrap_or_default(),
        zone: event.words.get("zone").cloned(),
        words,
        item: Some(item.clone()),
        revision: Some(event.updated),
    }
}

/// The member that a signal becomes.
#[must_use]
pub fn signal_member(signal: &Signal, pack: &Pack, exposure: &Exposure) -> Member {
    let impact = pack.impact(exposure);
    Member {
        id: MemberId::Signal(signal.id()),
        at: signal.at,
        area: signal.area.clone(),
        place: signal.place.clone(),
        words: signal.words.clone(),
        exposure: *exposure,
        likelihood: Some(signal.likelihood),
        impact: Some(impact),
        level: pack.level.matrix.level(signal.likelihood, impact),
        superseded: false,
        seen: false,
    }
}

/// The member that another issuer's alert becomes: its level is its own severity. Who is exposed is
/// unknown as long as a part of its area is (invariant 4).
#[must_use]
pub fn alert_member(alert: &InboundAlert, exposure: &Exposure) -> Member {
    let severity = |text: &str| text.parse().unwrap_or(Severity::Unknown);
    let level = alert.infos.iter().map(|info| Level::from_severity(severity(&info.severity))).max();
    let first = alert.infos.first();
    Member {
        id: MemberId::Alert(alert.key()),
        at: alert.sent,
        area: alert.area(),
        place: first.map(|info| info.area_words.clone()).unwrap_or_default(),
        words: first.map(|info| info.headline.clone()).unwrap_or_default(),
        exposure: if alert.infos.iter().any(|info| info.unresolved.is_some()) {
            Exposure::Unknown
        } else {
            *exposure
        },
        likelihood: None,
        impact: None,
        level: level.unwrap_or(Level::Severe),
        superseded: false,
        seen: false,
    }
}
