//! The OGC API: a GeoJSON collection, one feature a value.

use super::{Gauges, NO_DATA, Reading, WANTED, code, is_suspect, loose_number};
use crate::source::json::{self, Few, Loose, Members, Slot};
use crate::source::{ParseError, time};
use serde::Deserialize;
use serde::de::{IgnoredAny, MapAccess};

/// Reads the document; `false` if it has no `features`.
pub(super) fn read(text: &str, gauges: &mut Gauges<'_>) -> Result<bool, ParseError> {
    let mut document = Document { gauges, listed: false };
    json::walk(WANTED, text, &mut document)?;
    Ok(document.listed)
}

struct Document<'g, 'o> {
    gauges: &'g mut Gauges<'o>,
    listed: bool,
}

impl<'de> Members<'de> for Document<'_, '_> {
    fn member<A: MapAccess<'de>>(&mut self, key: &str, value: &mut A) -> Result<(), A::Error> {
        match key {
            "features" => {
                let mut list = false;
                value.next_value_seed(json::list(&mut list, |feature| take(feature, self.gauges)))?;
                self.listed |= list;
            }
            _ => drop(value.next_value::<IgnoredAny>()?),
        }
        Ok(())
    }
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Feature {
    properties: Slot<Properties>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Properties {
    monitoring_location_id: Loose,
    parameter_code: Loose,
    statistic_id: Loose,
    time: Loose,
    value: Loose,
    unit_of_measure: Loose,
    approval_status: Loose,
    qualifier: Few,
}

fn take(feature: Slot<Feature>, gauges: &mut Gauges<'_>) {
    gauges.parsed.entries += 1;
    let at = gauges.parsed.entries;
    let read = match feature {
        Slot::Object(Feature { properties: Slot::Object(properties) }) => properties.read(gauges),
        _ => Err("it has no properties".to_owned()),
    };
    match read {
        Ok((key, reading)) => gauges.take(&key, reading),
        Err(problem) => gauges.parsed.unread(|| format!("feature {at}: {problem}")),
    }
}

impl Properties {
    fn read(self, gauges: &Gauges<'_>) -> Result<(String, Reading), String> {
        let station = self.monitoring_location_id.text().map(|id| id.strip_prefix("USGS-").unwrap_or(id));
        let station = station.and_then(code).ok_or("it has no monitoring_location_id")?;
        let parameter = self.parameter_code.text().and_then(code).ok_or("it has no parameter_code")?;
        let statistic = self.statistic_id.text().and_then(code).unwrap_or_default();
        gauges.unit_agrees(parameter, self.unit_of_measure.text())?;
        let time = self.time.text().and_then(time::parse);
        let time = time.ok_or_else(|| format!("its time cannot be read: {}", time::TIME_MEND))?;
        let status = self.approval_status.text().into_iter();
        let qualifiers = self.qualifier.0.iter().map(|qualifier| match qualifier {
            Loose::Null => "",
            qualifier => qualifier.text().unwrap_or("?"),
        });
        let suspect = is_suspect(status.chain(qualifiers));
        let value = loose_number(&self.value, NO_DATA)?;
        Ok((gauges.key(station, parameter, statistic, None), Reading { time, value, suspect }))
    }
}

#[cfg(test)]
mod tests {
    use super::super::parse;
    use crate::source::Options;

    #[test]
    fn features_are_observations() {
        let feature = |parameter: &str, statistic: &str, value: &str, qualifier: &str| {
            format!(
                r#"{{"type":"Feature","geometry":null,"properties":{{"monitoring_location_id":"USGS-06904500",
                "parameter_code":"{parameter}","statistic_id":"{statistic}","time":"2026-08-07T18:45:00+00:00",
                "value":{value},"unit_of_measure":"ft","approval_status":"Provisional","qualifier":{qualifier}}}}}"#
            )
        };
        let text = format!(
            r#"{{"type":"FeatureCollection","features":[{},{},{},{},{{}}]}}"#,
            feature("00065", "00011", "\"1.59\"", "null"),
            feature("00060", "00011", "535", "[\"ESTIMATED\"]"),
            feature("00065", "00003", "\"1.6\"", "null"),
            feature("00065", "00011", "null", "null"),
        );
        let parsed = parse(&Options::default(), text.as_bytes()).unwrap();
        let got: Vec<_> =
            parsed.observations.iter().map(|o| (o.series.as_str(), o.value, o.suspect)).collect();
        assert_eq!(
            got,
            [
                ("06904500", 1.59, false),
                ("06904500:00060", 535.0, true),
                ("06904500:00065:00003", 1.6, false),
            ]
        );
        assert_eq!((parsed.entries, parsed.missing, parsed.unread), (5, 1, 1));
    }
}
