//! From a package and a stamp to the bytes that leave: pure, and the same wherever it is called.

use crate::id::{ChannelId, sha256_hex};
use crate::mode::Mode;
use crate::package::{Act, Package};
use crate::rules::{Form, Rules};
use beaconfire_cap as cap;
use beaconfire_geo::{Area, Shape};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The times that the server alone sets (invariant 12).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    /// CAP sent and effective.
    pub sent: Timestamp,
    /// CAP expires.
    pub expires: Timestamp,
}

impl Stamp {
    /// The stamp of a message issued at `now`: `sent` = `effective` = `now` cut to whole seconds
    /// (CAP has no fractions), `expires` = `sent` + the signed duration.
    #[must_use]
    pub fn at(package: &Package, now: Timestamp) -> Self {
        let sent = Timestamp::from_second(now.as_second()).unwrap_or(now);
        let span = crate::span::minutes(package.content.expires_after_minutes);
        Self { sent, expires: sent.checked_add(span).unwrap_or(Timestamp::MAX) }
    }

    /// The stamp of what is not issued yet: 1970-01-01, so that renderings can be compared.
    #[must_use]
    pub fn unstamped(package: &Package) -> Self {
        Self::at(package, Timestamp::UNIX_EPOCH)
    }
}

/// What one channel sends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rendering {
    /// The channel.
    pub channel: ChannelId,
    /// The form.
    pub form: Form,
    /// The text.
    pub text: String,
}

impl Rendering {
    /// SHA-256 of the text, hex.
    #[must_use]
    pub fn digest(&self) -> String {
        sha256_hex(self.text.as_bytes())
    }
}

/// What `channel` sends of `package`.
///
/// # Errors
/// What CAP does not allow, in words, or an unknown channel.
pub fn render(
    package: &Package,
    stamp: &Stamp,
    channel: &ChannelId,
    rules: &Rules,
) -> Result<Rendering, Vec<String>> {
    let rule = rules
        .channel(channel)
        .ok_or_else(|| vec![format!("there is no channel {channel}: choose one that is configured")])?;
    let text = match rule.form {
        Form::Cap => cap_document(package, stamp)?,
    };
    Ok(Rendering { channel: channel.clone(), form: rule.form, text })
}

/// The CAP 1.2 document of a package.
///
/// # Errors
/// The writer's findings in words.
pub fn cap_document(package: &Package, stamp: &Stamp) -> Result<String, Vec<String>> {
    let alert = alert(package, stamp)?;
    cap::write(&alert).map_err(|findings| {
        findings.iter().map(|finding| format!("{}: {}", finding.path, finding.message)).collect()
    })
}

/// The CAP model of a package.
///
/// # Errors
/// Times outside what CAP can write, in words.
pub fn alert(package: &Package, stamp: &Stamp) -> Result<cap::Alert, Vec<String>> {
    let content = &package.content;
    let sent = cap_time(stamp.sent)?;
    let references = package
        .references
        .iter()
        .map(|key| {
            Ok(cap::Reference {
                sender: key.sender.clone(),
                identifier: key.identifier.clone(),
                sent: cap_time(key.sent)?,
            })
        })
        .collect::<Result<_, Vec<String>>>()?;
    let times = (sent, cap_time(stamp.expires)?);
    Ok(cap::Alert {
        identifier: package.identifier.clone(),
        sender: package.authority.sender.clone(),
        sent,
        status: package.mode.status(),
        msg_type: package.act.msg_type(),
        source: None,
        scope: content.scope,
        restriction: content.restriction.clone(),
        addresses: content.addresses.clone(),
        codes: Vec::new(),
        note: note(package),
        references,
        incidents: Vec::new(),
        infos: content
            .texts
            .iter()
            .map(|text| info(package, text, times))
            .chain(
                package.left.iter().flat_map(|left| {
                    content.texts.iter().map(move |text| left_info(package, left, text, times))
                }),
            )
            .collect(),
    })
}

fn note(package: &Package) -> Option<String> {
    match (package.mode, &package.exercise) {
        (Mode::Exercise, Some(exercise)) => Some(exercise.clone()),
        _ => None,
    }
}

fn info(
    package: &Package,
    text: &crate::draft::Text,
    (sent, expires): (cap::CapTime, cap::CapTime),
) -> cap::Info {
    let content = &package.content;
    let marked = |text: &str| package.mode.marked(text);
    let optional = |text: &str| (!text.is_empty()).then(|| marked(text));
    let rings = cap::Named::new("beaconfire:notify", if package.rings { "rings" } else { "quiet" });
    cap::Info {
        language: Some(text.language.clone()),
        categories: content.categories.clone(),
        event: marked(&text.event),
        response_types: content.response_types.clone(),
        urgency: content.urgency,
        severity: content.severity,
        certainty: content.certainty,
        audience: None,
        event_codes: named(content.event_code.as_ref()),
        effective: Some(sent),
        onset: None,
        expires: Some(expires),
        sender_name: Some(marked(&package.authority.name)),
        headline: optional(&text.headline),
        description: optional(&text.description),
        instruction: optional(&text.instruction),
        web: package.authority.web.clone(),
        contact: package.authority.contact.clone(),
        parameters: if package.act == Act::Alert { Vec::new() } else { vec![rings] },
        resources: Vec::new(),
        areas: vec![cap_area(package, &content.area, &content.area_words)],
    }
}

/// The block that tells the places which an Update leaves outside that it ended for them.
fn left_info(
    package: &Package,
    left: &Area,
    text: &crate::draft::Text,
    times: (cap::CapTime, cap::CapTime),
) -> cap::Info {
    let over = crate::draft::Text {
        headline: text.all_clear.clone(),
        description: text.all_clear.clone(),
        instruction: String::new(),
        ..text.clone()
    };
    // Before the words were kept they were made here, and an issued message never changes.
    let words = match package.left_words.as_str() {
        "" => format!("{} (no longer warned)", package.content.area_words),
        words => words.to_owned(),
    };
    cap::Info {
        response_types: vec![cap::ResponseType::AllClear],
        urgency: cap::Urgency::Past,
        severity: cap::Severity::Minor,
        areas: vec![cap_area(package, left, &words)],
        ..info(package, &over, times)
    }
}

fn named(pair: Option<&(String, String)>) -> Vec<cap::Named> {
    pair.map(|(name, value)| cap::Named::new(name, value)).into_iter().collect()
}

/// The CAP area: shapes as they are; a whole jurisdiction in words alone, always explicit.
fn cap_area(package: &Package, area: &Area, words: &str) -> cap::Area {
    let unnamed = words.is_empty() && *area == Area::WholeJurisdiction;
    let words = if unnamed { &package.authority.jurisdiction } else { words };
    let mut out = cap::Area {
        description: package.mode.marked(words),
        polygons: Vec::new(),
        circles: Vec::new(),
        geocodes: Vec::new(),
        altitude: None,
        ceiling: None,
    };
    let position = |p: &beaconfire_geo::Point| cap::Position { lat: p.lat, lon: p.lon };
    match area {
        Area::WholeJurisdiction | Area::Unresolved(_) => {}
        Area::Shapes(shapes) => {
            for shape in shapes {
                match shape {
                    Shape::Polygon(ring) => {
                        out.polygons.push(ring.points().iter().map(position).collect());
                    }
                    Shape::Circle(circle) => out
                        .circles
                        .push(cap::Circle { center: position(&circle.center), radius_km: circle.radius_km }),
                }
            }
        }
    }
    out
}

fn cap_time(at: Timestamp) -> Result<cap::CapTime, Vec<String>> {
    cap::CapTime::new(at, 0).map_err(|error| vec![format!("the time {at} cannot be written: {error}")])
}
