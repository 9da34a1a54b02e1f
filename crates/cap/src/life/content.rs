//! What one copy of a message says, cut into parts: one a machine-readable content and area, with its
//! languages joined.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use jiff::Timestamp;

use super::Name;
use crate::{Alert, Area, Category, Certainty, Info, MsgType, Named, ResponseType, Severity, Urgency};

/// What a copy says. Two copies with equal content are the same message.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Content {
    pub(super) msg_type: MsgType,
    pub(super) references: Vec<Name>,
    pub(super) parts: Vec<Part>,
    /// Of all texts: tells copies apart that differ in words alone.
    words: u64,
}

/// What is said of one area, in all its languages.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Part {
    pub(super) head: Arc<Head>,
    pub(super) ground: Arc<Ground>,
    /// Where one language says the same twice in all but words: the how manieth.
    nth: u32,
    pub(super) clear: Option<Clear>,
    texts: Vec<Text>,
}

/// What makes a part say that the danger is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Clear {
    /// Its response types hold `AllClear`.
    AllClear,
    /// It belongs to an Update, its urgency is `Past`, and it asks for nothing.
    Past,
}

/// A part in one language.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Text {
    /// The language, `en-US` where the message does not say.
    pub language: String,
    /// CAP event.
    pub event: String,
    /// CAP headline.
    pub headline: Option<String>,
    /// CAP areaDesc; empty where the info has no area.
    pub place: String,
}

/// What an info says beside words and places.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Head {
    pub(super) categories: BTreeSet<Category>,
    pub(super) codes: BTreeSet<(String, String)>,
    responses: BTreeSet<ResponseType>,
    urgency: Urgency,
    pub(super) severity: Severity,
    certainty: Certainty,
    pub(super) effective: Timestamp,
    onset: Option<Timestamp>,
    pub(super) expires: Option<Timestamp>,
}

/// A place beside its words.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Ground {
    /// Polygons and circles, as the bits of their numbers.
    pub(super) shapes: BTreeSet<Vec<u64>>,
    pub(super) codes: BTreeSet<(String, String)>,
    heights: (Option<u64>, Option<u64>),
    /// The how manieth area it is, where words are all it has: languages then join by position.
    only_words: Option<usize>,
    /// Whether the info has no area at all.
    pub(super) nowhere: bool,
}

impl Content {
    pub(super) fn of(alert: &Alert) -> Content {
        let mut nths: BTreeMap<(Arc<Head>, Arc<Ground>, String), u32> = BTreeMap::new();
        let mut parts: BTreeMap<(Arc<Head>, Arc<Ground>, u32), Vec<Text>> = BTreeMap::new();
        for info in &alert.infos {
            let head = Arc::new(Head::of(info, alert));
            for (ground, place) in grounds(info) {
                let text = Text::of(info, place);
                let key = (head.clone(), ground.clone(), text.language.to_ascii_lowercase());
                let nth = nths.entry(key).or_default();
                parts.entry((head.clone(), ground, *nth)).or_default().push(text);
                *nth += 1;
            }
        }
        let parts = parts.into_iter().map(|((head, ground, nth), mut texts)| {
            texts.sort();
            let clear = head.clear(alert.msg_type);
            Part { head, ground, nth, clear, texts }
        });
        Content {
            msg_type: alert.msg_type,
            references: alert.references.iter().map(Name::from).collect(),
            parts: parts.collect(),
            words: words(alert),
        }
    }

    /// Whether it names others to supersede or withdraw them.
    pub(super) fn acts(&self) -> bool {
        matches!(self.msg_type, MsgType::Update | MsgType::Cancel)
    }

    /// Whether its infos warn: those of a Cancel, Ack or Error only explain.
    pub(super) fn warns(&self) -> bool {
        matches!(self.msg_type, MsgType::Alert | MsgType::Update)
    }
}

impl Part {
    /// Its texts, by language.
    pub fn texts(&self) -> &[Text] {
        &self.texts
    }

    /// CAP expires, as an instant.
    pub fn expires(&self) -> Option<Timestamp> {
        self.head.expires
    }

    /// CAP severity.
    pub fn severity(&self) -> Severity {
        self.head.severity
    }

    /// Whether it says that the danger is over.
    pub fn clear(&self) -> Option<Clear> {
        self.clear
    }

    /// Where it holds.
    pub fn place(&self) -> super::Place {
        self.place_with(self.ground.codes.iter())
    }

    pub(super) fn place_with<'a>(
        &'a self,
        codes: impl Iterator<Item = &'a (String, String)>,
    ) -> super::Place {
        super::Place {
            description: self.texts.first().map(|text| text.place.clone()).unwrap_or_default(),
            geocodes: codes.map(|(name, value)| Named::new(name, value)).collect(),
            shaped: !self.ground.shapes.is_empty(),
        }
    }

    /// What makes it the same part in another copy of the message, whatever the words.
    pub(super) fn key(&self) -> (&Head, &Ground, u32) {
        (&self.head, &self.ground, self.nth)
    }
}

impl Head {
    fn of(info: &Info, alert: &Alert) -> Head {
        Head {
            categories: info.categories.iter().copied().collect(),
            codes: pairs(&info.event_codes),
            responses: info.response_types.iter().copied().collect(),
            urgency: info.urgency,
            severity: info.severity,
            certainty: info.certainty,
            effective: info.effective.unwrap_or(alert.sent).instant(),
            onset: info.onset.map(|time| time.instant()),
            expires: info.expires.map(|time| time.instant()),
        }
    }

    fn clear(&self, msg_type: MsgType) -> Option<Clear> {
        let asks = self.responses.iter().any(|response| *response != ResponseType::None);
        if self.responses.contains(&ResponseType::AllClear) {
            Some(Clear::AllClear)
        } else if msg_type == MsgType::Update && self.urgency == Urgency::Past && !asks {
            Some(Clear::Past)
        } else {
            None
        }
    }
}

impl Text {
    fn of(info: &Info, place: &str) -> Text {
        Text {
            language: info.language.clone().unwrap_or_else(|| "en-US".to_owned()),
            event: info.event.clone(),
            headline: info.headline.clone(),
            place: place.to_owned(),
        }
    }
}

fn grounds(info: &Info) -> Vec<(Arc<Ground>, &str)> {
    if info.areas.is_empty() {
        let nowhere = Ground {
            shapes: BTreeSet::new(),
            codes: BTreeSet::new(),
            heights: (None, None),
            only_words: None,
            nowhere: true,
        };
        return vec![(Arc::new(nowhere), "")];
    }
    let areas = info.areas.iter().enumerate();
    areas.map(|(at, area)| (Arc::new(ground(at, area)), area.description.as_str())).collect()
}

fn ground(at: usize, area: &Area) -> Ground {
    let polygons =
        area.polygons.iter().map(|ring| ring.iter().flat_map(|p| [bits(p.lat), bits(p.lon)]).collect());
    let circles =
        area.circles.iter().map(|c| vec![bits(c.center.lat), bits(c.center.lon), bits(c.radius_km)]);
    let shapes: BTreeSet<Vec<u64>> = polygons.chain(circles).collect();
    let codes = pairs(&area.geocodes);
    let only_words = (shapes.is_empty() && codes.is_empty()).then_some(at);
    let heights = (area.altitude.map(bits), area.ceiling.map(bits));
    Ground { shapes, codes, heights, only_words, nowhere: false }
}

/// Zero has two forms that mean the same.
fn bits(number: f64) -> u64 {
    (number + 0.0).to_bits()
}

fn pairs(named: &[Named]) -> BTreeSet<(String, String)> {
    named.iter().map(|named| (named.name().to_owned(), named.value().to_owned())).collect()
}

fn words(alert: &Alert) -> u64 {
    let mut hasher = DefaultHasher::new();
    (&alert.source, &alert.note, &alert.codes, &alert.incidents, &alert.restriction).hash(&mut hasher);
    for info in &alert.infos {
        (&info.language, &info.event, &info.audience, &info.sender_name, &info.headline).hash(&mut hasher);
        (&info.description, &info.instruction, &info.web, &info.contact).hash(&mut hasher);
        info.parameters.hash(&mut hasher);
        for file in &info.resources {
            (&file.description, &file.mime_type, &file.uri, &file.digest, &file.deref_uri).hash(&mut hasher);
        }
        info.areas.iter().for_each(|area| area.description.hash(&mut hasher));
    }
    hasher.finish()
}
