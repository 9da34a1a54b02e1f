//! Exploited vulnerabilities as the US agency CISA lists them.

use super::json::{self, Loose, Members, Slot, cut};
use super::newest::Newest;
use super::{Kind, Options, ParseError, Parsed, time};
use beaconfire_core::Event;
use jiff::Timestamp;
use serde::Deserialize;
use serde::de::{IgnoredAny, MapAccess};
use std::collections::BTreeMap;

/// The kind.
pub(super) static KIND: Kind = Kind {
    name: "cisa-kev",
    title: "exploited vulnerabilities, CISA catalogue",
    doc: "\
Reads the JSON of the [catalogue of known exploited vulnerabilities](https://www.cisa.gov/kev). Each entry
is an event of kind `vulnerability`; its id is the CVE, its time and `updated` are midnight UTC of
`dateAdded`, so that an unchanged entry stays the same event in every release.

Words: `vendor`, `product`, `name`, `ransomware` (`Known` or `Unknown`), `due` (a date), `action`. There
are no numbers and no place.

The payload's own time is `dateReleased`. The catalogue changes on working days, so give it a long
`expected_every_s` and leave `must_advance` unset.",
    example: r#"[[source]]
id = "cisa-kev"
kind = "cisa-kev"
title = "Known exploited vulnerabilities, CISA"
url = "https://www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities.json"
poll_every_s = 1800
expected_every_s = 21600
"#,
    parse,
    follows_links: false,
};

const WANTED: &str = "the CISA catalogue (an object with `vulnerabilities`)";

fn parse(options: &Options, bytes: &[u8]) -> Result<Parsed, ParseError> {
    let text = json::text(options, bytes)?;
    let mut catalogue = Catalogue {
        listed: false,
        released: Loose::Null,
        events: Newest::new(options.feed_entries()),
        parsed: Parsed::default(),
    };
    json::walk(WANTED, text, &mut catalogue)?;
    if !catalogue.listed {
        return Err(ParseError::NotThis {
            wanted: WANTED,
            found: "an object without a list of them".to_owned(),
        });
    }
    let mut parsed = catalogue.parsed;
    (parsed.events, parsed.dropped) = catalogue.events.finish();
    if parsed.entries > 0 && parsed.unread == parsed.entries {
        let first = parsed.problems.swap_remove(0);
        return Err(ParseError::NothingReadable { entries: parsed.entries, first });
    }
    match catalogue.released.text().map(time::parse) {
        Some(Some(released)) => parsed.newest = Some(released),
        None if catalogue.released.is_null() => {}
        _ => parsed.note(|| format!("dateReleased cannot be read as a time: {}", time::TIME_MEND)),
    }
    Ok(parsed)
}

struct Catalogue {
    listed: bool,
    released: Loose,
    events: Newest<Event>,
    parsed: Parsed,
}

impl Catalogue {
    fn take(&mut self, entry: Slot<Entry>) {
        self.parsed.entries += 1;
        let place = self.parsed.entries;
        let event = match entry {
            Slot::Object(entry) => event(entry),
            Slot::Absent => Err("it is empty".to_owned()),
            Slot::Other(what) => Err(format!("it is {what}")),
        };
        match event {
            Ok(event) => {
                self.parsed.saw(Some(event.time));
                self.events.push(event.time, event);
            }
            Err(problem) => self.parsed.unread(|| format!("vulnerability {place}: {problem}")),
        }
    }
}

impl<'de> Members<'de> for Catalogue {
    fn member<A: MapAccess<'de>>(&mut self, key: &str, value: &mut A) -> Result<(), A::Error> {
        match key {
            "dateReleased" => self.released = value.next_value()?,
            "vulnerabilities" => {
                let mut list = false;
                value.next_value_seed(json::list(&mut list, |entry| self.take(entry)))?;
                self.listed |= list;
            }
            _ => drop(value.next_value::<IgnoredAny>()?),
        }
        Ok(())
    }
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Entry {
    #[serde(rename = "cveID")]
    cve: Loose,
    #[serde(rename = "vendorProject")]
    vendor: Loose,
    product: Loose,
    #[serde(rename = "vulnerabilityName")]
    name: Loose,
    #[serde(rename = "dateAdded")]
    added: Loose,
    #[serde(rename = "requiredAction")]
    action: Loose,
    #[serde(rename = "dueDate")]
    due: Loose,
    #[serde(rename = "knownRansomwareCampaignUse")]
    ransomware: Loose,
}

fn event(entry: Entry) -> Result<Event, String> {
    let id = entry.cve.text().map(str::trim).filter(|id| is_cve(id));
    let id = id.ok_or("it has no cveID of the form CVE-2026-12345")?.to_owned();
    let added: Timestamp = entry
        .added
        .text()
        .and_then(time::midnight)
        .ok_or_else(|| format!("{id} has no dateAdded of the form 2026-11-21, years 1 to 9999"))?;
    let name = entry.name.text().map(str::trim).filter(|name| !name.is_empty());
    let words: BTreeMap<String, String> = [
        ("vendor", &entry.vendor),
        ("product", &entry.product),
        ("name", &entry.name),
        ("ransomware", &entry.ransomware),
        ("due", &entry.due),
        ("action", &entry.action),
    ]
    .into_iter()
    .filter_map(|(key, value)| Some((key.to_owned(), cut(value.text()?.trim(), 1_000))))
    .filter(|(_, text)| !text.is_empty())
    .collect();
    Ok(Event {
        kind: "vulnerability".to_owned(),
        time: added,
        updated: added,
        title: name.map_or_else(|| id.clone(), |name| format!("{id}: {}", cut(name, 400))),
        id,
        point: None,
        numbers: BTreeMap::new(),
        words,
    })
}

/// `CVE-`, a year, `-`, four digits or more.
fn is_cve(text: &str) -> bool {
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    text.len() <= 30
        && text.strip_prefix("CVE-").and_then(|rest| rest.split_once('-')).is_some_and(|(year, number)| {
            year.len() == 4 && number.len() >= 4 && digits(year) && digits(number)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = r#"{"cveID":"CVE-2024-4761","vendorProject":"Google","product":"Chromium V8",
        "vulnerabilityName":"Google Chromium V8 Out-of-Bounds Memory Write Vulnerability","dateAdded":"2026-02-26",
        "requiredAction":"Apply updates.","dueDate":"2026-03-19","knownRansomwareCampaignUse":"Unknown"}"#;

    fn catalogue(entries: &str, released: &str) -> Result<Parsed, ParseError> {
        let text = format!(r#"{{"title":"x","dateReleased":{released},"vulnerabilities":[{entries}]}}"#);
        parse(&Options::default(), text.as_bytes())
    }

    #[test]
    fn an_entry_is_an_event_that_stays_the_same_in_every_release() {
        let first = catalogue(ONE, r#""2026-02-26T15:00:00.000Z""#).unwrap();
        let second = catalogue(ONE, r#""2026-03-02T15:00:00.000Z""#).unwrap();
        assert_eq!(first.events, second.events);
        assert!(first.newest < second.newest);
        let event = &first.events[0];
        assert_eq!(event.id, "CVE-2024-4761");
        assert_eq!(event.time, "2026-02-26T00:00:00Z".parse().unwrap());
        assert_eq!(event.updated, event.time);
        assert_eq!(event.words["vendor"], "Google");
        assert_eq!(event.words["due"], "2026-03-19");
        assert!(event.title.starts_with("CVE-2024-4761: Google Chromium"));
        assert!(event.numbers.is_empty() && event.point.is_none());
    }

    #[test]
    fn entries_that_cannot_be_read_are_told() {
        let parsed = catalogue(&format!("{ONE},{{}},3,{}", ONE.replace("2026-02-26", "99999-01-01")), "null");
        let parsed = parsed.unwrap();
        assert_eq!((parsed.entries, parsed.events.len(), parsed.unread), (4, 1, 3));
        assert!(parsed.problems[0].starts_with("vulnerability 2: it has no cveID"), "{:?}", parsed.problems);
        assert!(parsed.problems[2].contains("CVE-2024-4761 has no dateAdded"));
        assert_eq!(parsed.newest, Some("2026-02-26T00:00:00Z".parse().unwrap()));
    }

    #[test]
    fn a_schema_a_list_and_an_error_page_are_no_catalogue() {
        for text in
            [r#"{"properties":{"vulnerabilities":{"type":"array"}}}"#, "[]", r#"{"vulnerabilities":{}}"#]
        {
            assert!(parse(&Options::default(), text.as_bytes()).is_err(), "{text}");
        }
    }
}
