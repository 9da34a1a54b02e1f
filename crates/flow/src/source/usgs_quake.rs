//! Earthquakes as the United States Geological Survey lists them.

use super::json::{self, Few, Loose, Members, Slot, cut};
use super::newest::Newest;
use super::{Kind, Options, ParseError, Parsed, time};
use beaconfire_core::Event;
use beaconfire_geo::Point;
use jiff::Timestamp;
use serde::Deserialize;
use serde::de::{IgnoredAny, MapAccess};
use std::collections::BTreeMap;

/// The kind.
pub(super) static KIND: Kind = Kind {
    name: "usgs-quake",
    title: "earthquakes, USGS GeoJSON",
    doc: "\
Reads the [GeoJSON summary feeds](https://earthquake.usgs.gov/earthquakes/feed/v1.0/geojson.php) and the
detail of a single earthquake. Each feature is an event; its `type` is the event's kind (`earthquake`,
`quarry blast`), a revision bears the same id and a later `updated`.

Numbers: `magnitude`, `depth_km`, `felt`, `cdi`, `mmi`, `significance`, `tsunami`; what the feed leaves
out is left out, never zero. Words: `place`, `magnitude_type`, `status`, `alert`, `net`, `url`. An event
that was withdrawn bears the status `deleted` and no numbers.

The payload's own time is `metadata.generated`, so set `must_advance = true`: a feed that stands still
is then silence.",
    example: r#"[[source]]
id = "usgs-quakes"
kind = "usgs-quake"
title = "Earthquakes of magnitude 2.5 and more, USGS"
url = "https://earthquake.usgs.gov/earthquakes/feed/v1.0/summary/2.5_day.geojson"
poll_every_s = 60
expected_every_s = 300
must_advance = true
"#,
    parse,
    follows_links: false,
};

const WANTED: &str = "a USGS earthquake feed (a GeoJSON feature or collection of features)";

fn parse(options: &Options, bytes: &[u8]) -> Result<Parsed, ParseError> {
    let text = json::text(options, bytes)?;
    let mut feed = Feed::new(options);
    json::walk(WANTED, text, &mut feed)?;
    if !feed.listed {
        return single(text, feed);
    }
    feed.finish()
}

/// A document that is one feature.
fn single(text: &str, mut feed: Feed) -> Result<Parsed, ParseError> {
    match serde_json::from_str(text) {
        Ok(Slot::Object(feature)) if feed.kind.text() == Some("Feature") => feed.take(Slot::Object(feature)),
        _ => {
            let found = match feed.kind.text() {
                Some(kind) => format!("an object of type {:?} without features", cut(kind, 40)),
                None => "an object without type and features".to_owned(),
            };
            return Err(ParseError::NotThis { wanted: WANTED, found });
        }
    }
    feed.finish()
}

struct Feed {
    kind: Loose,
    listed: bool,
    generated: Option<Timestamp>,
    events: Newest<Event>,
    parsed: Parsed,
}

impl Feed {
    fn new(options: &Options) -> Self {
        Self {
            kind: Loose::Null,
            listed: false,
            generated: None,
            events: Newest::new(options.feed_entries()),
            parsed: Parsed::default(),
        }
    }

    fn take(&mut self, feature: Slot<Feature>) {
        self.parsed.entries += 1;
        let entry = self.parsed.entries;
        let feature = match feature {
            Slot::Object(feature) => feature,
            Slot::Absent => return self.parsed.unread(|| format!("feature {entry} is empty")),
            Slot::Other(what) => return self.parsed.unread(|| format!("feature {entry} is {what}")),
        };
        match event(feature, entry, &mut self.parsed) {
            Ok(event) => {
                self.parsed.saw(Some(event.updated.max(event.time)));
                self.events.push(event.time, event);
            }
            Err(problem) => self.parsed.unread(|| format!("feature {entry}: {problem}")),
        }
    }

    fn finish(mut self) -> Result<Parsed, ParseError> {
        (self.parsed.events, self.parsed.dropped) = self.events.finish();
        if self.parsed.entries > 0 && self.parsed.unread == self.parsed.entries {
            return Err(ParseError::NothingReadable {
                entries: self.parsed.entries,
                first: self.parsed.problems.swap_remove(0),
            });
        }
        if self.generated.is_some() {
            self.parsed.newest = self.generated;
        }
        Ok(self.parsed)
    }
}

impl<'de> Members<'de> for Feed {
    fn member<A: MapAccess<'de>>(&mut self, key: &str, value: &mut A) -> Result<(), A::Error> {
        match key {
            "type" => self.kind = value.next_value()?,
            "metadata" => {
                if let Slot::Object(Metadata { generated }) = value.next_value()? {
                    self.generated = generated.int().and_then(time::from_millisecond);
                }
            }
            "features" => {
                let mut list = false;
                value.next_value_seed(json::list(&mut list, |feature| self.take(feature)))?;
                self.listed |= list;
            }
            _ => drop(value.next_value::<IgnoredAny>()?),
        }
        Ok(())
    }
}

#[derive(Deserialize)]
struct Metadata {
    #[serde(default)]
    generated: Loose,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Feature {
    id: Loose,
    properties: Slot<Properties>,
    geometry: Slot<Geometry>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Geometry {
    coordinates: Few,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct Properties {
    mag: Loose,
    place: Loose,
    time: Loose,
    updated: Loose,
    url: Loose,
    felt: Loose,
    cdi: Loose,
    mmi: Loose,
    alert: Loose,
    status: Loose,
    tsunami: Loose,
    sig: Loose,
    net: Loose,
    mag_type: Loose,
    r#type: Loose,
    title: Loose,
}

fn event(feature: Feature, entry: u64, parsed: &mut Parsed) -> Result<Event, String> {
    let id = match &feature.id {
        Loose::Text(id) if !id.trim().is_empty() => cut(id.trim(), 100),
        Loose::Int(id) => id.to_string(),
        _ => return Err("it has no id".to_owned()),
    };
    let Slot::Object(properties) = feature.properties else {
        return Err(format!("{id} has no properties"));
    };
    let happened = moment(&properties.time).ok_or_else(|| {
        format!("{id} has no readable time: it must be milliseconds since 1970, years 1 to 9999")
    })?;
    let updated = match &properties.updated {
        Loose::Null => happened,
        written => moment(written).unwrap_or_else(|| {
            parsed.note(|| format!("feature {entry}: {id} has no readable `updated`; its time is taken"));
            happened
        }),
    };
    let coordinates = match feature.geometry {
        Slot::Object(geometry) => geometry.coordinates.0,
        _ => Vec::new(),
    };
    let point = point(&coordinates).unwrap_or_else(|problem| {
        parsed.note(|| format!("feature {entry}: {id}: {problem}; it is taken without a place"));
        None
    });
    let mut numbers = BTreeMap::new();
    let withdrawn = properties.status.text() == Some("deleted");
    if !withdrawn {
        for (name, value, range) in measured(&properties, coordinates.get(2)) {
            match value.number() {
                Some(number) if range.contains(&number) => drop(numbers.insert(name.to_owned(), number)),
                None if value.is_null() => {}
                _ => parsed.note(|| {
                    format!("feature {entry}: {id}: {name} is {value:?}, outside {range:?}; it is left out")
                }),
            }
        }
    }
    let words = [
        ("place", &properties.place),
        ("magnitude_type", &properties.mag_type),
        ("status", &properties.status),
        ("alert", &properties.alert),
        ("net", &properties.net),
        ("url", &properties.url),
    ];
    let words = words
        .into_iter()
        .filter_map(|(name, value)| Some((name.to_owned(), cut(value.text()?, 500))))
        .filter(|(_, text)| !text.is_empty())
        .collect();
    Ok(Event {
        kind: properties.r#type.text().map_or_else(|| "earthquake".to_owned(), |kind| cut(kind, 60)),
        title: properties.title.text().map_or_else(|| format!("Earthquake {id}"), |title| cut(title, 500)),
        id,
        time: happened,
        updated,
        point,
        numbers,
        words,
    })
}

fn moment(written: &Loose) -> Option<Timestamp> {
    time::from_millisecond(written.int()?)
}

/// Longitude, latitude, depth.
fn point(coordinates: &[Loose]) -> Result<Option<Point>, String> {
    match coordinates {
        [] => Ok(None),
        [lon, lat, ..] => match (lat.number(), lon.number()) {
            (Some(lat), Some(lon)) => Point::new(lat, lon).map(Some).map_err(|error| error.to_string()),
            _ if lat.is_null() && lon.is_null() => Ok(None),
            _ => Err("its coordinates are no numbers".to_owned()),
        },
        _ => Err("its coordinates are fewer than two".to_owned()),
    }
}

type Measured<'p> = (&'static str, &'p Loose, std::ops::RangeInclusive<f64>);

/// Numbers and the range that any earthquake of this planet stays in.
fn measured<'p>(properties: &'p Properties, depth: Option<&'p Loose>) -> impl Iterator<Item = Measured<'p>> {
    [
        ("magnitude", &properties.mag, -10.0..=11.0),
        ("felt", &properties.felt, 0.0..=1e10),
        ("cdi", &properties.cdi, 0.0..=13.0),
        ("mmi", &properties.mmi, 0.0..=13.0),
        ("significance", &properties.sig, 0.0..=1e6),
        ("tsunami", &properties.tsunami, 0.0..=1.0),
    ]
    .into_iter()
    .chain(depth.map(|depth| ("depth_km", depth, -100.0..=1000.0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn feed(features: &str) -> Result<Parsed, ParseError> {
        let text = format!(
            r#"{{"type":"FeatureCollection","metadata":{{"generated":1772431440000}},"features":[{features}]}}"#
        );
        parse(&Options::default(), text.as_bytes())
    }

    const ONE: &str = r#"{"type":"Feature","id":"ak1","properties":{"mag":4.1,"place":"9km NE of Noatak, Alaska",
        "time":1460494200000,"updated":1460496137194,"felt":null,"status":"reviewed","tsunami":0,"magType":"ml",
        "type":"earthquake","title":"M 4.1 - 9km NE of Noatak, Alaska"},
        "geometry":{"type":"Point","coordinates":[-162.8311,67.6369,13.7]}}"#;

    #[test]
    fn a_feature_is_an_event() {
        let parsed = feed(ONE).unwrap();
        assert_eq!(parsed.newest, Some("2026-03-02T06:04:00Z".parse().unwrap()));
        let [event] = &parsed.events[..] else { panic!("{parsed:?}") };
        assert_eq!((event.id.as_str(), event.kind.as_str()), ("ak1", "earthquake"));
        assert_eq!(event.time, "2016-04-12T20:50:00Z".parse().unwrap());
        assert_eq!(event.updated, "2016-04-12T21:22:17.194Z".parse().unwrap());
        assert_eq!(event.numbers["magnitude"], 4.1);
        assert_eq!(event.numbers["depth_km"], 13.7);
        assert!(!event.numbers.contains_key("felt"), "null is no number");
        assert_eq!(event.words["place"], "9km NE of Noatak, Alaska");
        assert_eq!(event.point, Some(Point::new(67.6369, -162.8311).unwrap()));
        assert_eq!(parsed.problems, [""; 0]);
    }

    #[test]
    fn a_single_feature_is_read_alike() {
        let alone = parse(&Options::default(), ONE.as_bytes()).unwrap();
        assert_eq!(alone.events, feed(ONE).unwrap().events);
        assert_eq!(alone.newest, Some(alone.events[0].updated));
    }

    #[test]
    fn a_withdrawn_event_keeps_its_name_and_loses_its_numbers() {
        let parsed = feed(&ONE.replace("reviewed", "deleted")).unwrap();
        assert_eq!(parsed.events[0].words["status"], "deleted");
        assert!(parsed.events[0].numbers.is_empty());
    }

    #[test]
    fn what_cannot_be_read_is_told_with_its_place_and_the_rest_is_kept() {
        let year_99999 = ONE.replace("1460494200000", "3093527980800000");
        let far = ONE.replace("67.6369", "97.6").replace("4.1,", "99,");
        let parsed = feed(&format!("{ONE},7,{year_99999},{far},null,{{}}")).unwrap();
        assert_eq!((parsed.entries, parsed.events.len(), parsed.unread), (6, 2, 4));
        assert!(parsed.problems[0].contains("feature 2 is a number"), "{:?}", parsed.problems);
        assert!(parsed.problems[1].contains("feature 3") && parsed.problems[1].contains("9999"));
        assert_eq!(parsed.events[1].point, None, "out of range is no place");
        assert!(!parsed.events[1].numbers.contains_key("magnitude"));
    }

    #[test]
    fn an_empty_feed_is_an_answer_and_features_of_another_kind_are_not() {
        assert_eq!(feed("").unwrap().entries, 0);
        let error =
            feed(r#"{"type":"Feature","id":"x","properties":{"event":"Flood Warning"}}"#).unwrap_err();
        assert!(matches!(error, ParseError::NothingReadable { entries: 1, .. }), "{error}");
        let error = parse(&Options::default(), br#"{"value":{}}"#).unwrap_err();
        assert!(matches!(error, ParseError::NotThis { .. }), "{error}");
    }

    #[test]
    fn over_the_limit_the_newest_are_kept() {
        let options = Options { max_entries: Some(1), ..Options::default() };
        let newer = ONE.replace("1460494200000", "1460494200001").replace("ak1", "ak2");
        let text = format!(r#"{{"type":"FeatureCollection","features":[{newer},{ONE}]}}"#);
        let parsed = parse(&options, text.as_bytes()).unwrap();
        assert_eq!((parsed.entries, parsed.dropped), (2, 1));
        assert_eq!(parsed.events[0].id, "ak2");
    }
}
