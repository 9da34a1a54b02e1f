//! WaterML as JSON: `value.timeSeries[].values[].value[]`.

use super::{Gauges, NO_DATA, Reading, WANTED, code, is_suspect, loose_number};
use crate::source::json::{self, EachObject, Few, Loose, Members, Object, Slot};
use crate::source::{ParseError, time};
use serde::Deserialize;
use serde::de::{IgnoredAny, MapAccess};

/// Reads the document; `false` if it has no `value.timeSeries`.
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
            "value" => value.next_value_seed(Object(&mut Value(self))),
            _ => value.next_value::<IgnoredAny>().map(drop),
        }
    }
}

struct Value<'d, 'g, 'o>(&'d mut Document<'g, 'o>);

impl<'de> Members<'de> for Value<'_, '_, '_> {
    fn member<A: MapAccess<'de>>(&mut self, key: &str, value: &mut A) -> Result<(), A::Error> {
        match key {
            "timeSeries" => {
                self.0.listed = true;
                let mut at = 0;
                value.next_value_seed(EachObject(Series::default, |series: Series| {
                    at += 1;
                    series.finish(at, self.0.gauges);
                }))
            }
            _ => value.next_value::<IgnoredAny>().map(drop),
        }
    }
}

/// One `timeSeries`; what names it may stand after its values.
#[derive(Default)]
struct Series {
    source: Slot<SourceInfo>,
    variable: Slot<Variable>,
    blocks: Vec<Block>,
}

impl<'de> Members<'de> for Series {
    fn member<A: MapAccess<'de>>(&mut self, key: &str, value: &mut A) -> Result<(), A::Error> {
        match key {
            "sourceInfo" => self.source = value.next_value()?,
            "variable" => self.variable = value.next_value()?,
            "values" => {
                let blocks = &mut self.blocks;
                value.next_value_seed(EachObject(Block::default, |block| {
                    // No station has more sensors; an endless list of empty blocks is no feed.
                    if blocks.len() < 1_000 {
                        blocks.push(block);
                    }
                }))?;
            }
            _ => drop(value.next_value::<IgnoredAny>()?),
        }
        Ok(())
    }
}

impl Series {
    fn finish(self, at: u64, gauges: &mut Gauges<'_>) {
        let readings: u64 = self.blocks.iter().map(|block| block.entries).sum();
        gauges.parsed.entries += readings;
        let place = format!("timeSeries {at}");
        let named = self.name(gauges);
        let (station, parameter, statistic, no_data) = match named {
            Ok(named) => named,
            Err(problem) => {
                gauges.parsed.unread += readings;
                gauges.parsed.note(|| format!("{place}: {problem}; its {readings} values are not taken"));
                return;
            }
        };
        let alone = self.blocks.len() == 1;
        let bare = self.blocks.iter().filter(|block| block.described.is_empty()).count();
        for block in self.blocks {
            let method = block.method.clone();
            let method = (!alone && (bare != 1 || !block.described.is_empty())).then_some(method.as_str());
            let key = gauges.key(&station, &parameter, &statistic, method);
            gauges.parsed.unread += block.unread;
            for problem in block.problems {
                gauges.parsed.note(|| format!("{place} ({key}), {problem}"));
            }
            for reading in block.readings {
                let value = reading.value.filter(|value| *value != no_data);
                gauges.take(&key, Reading { value, ..reading });
            }
        }
    }

    /// Station, parameter, statistic and the value for "no data".
    fn name(&self, gauges: &Gauges<'_>) -> Result<(String, String, String, f64), String> {
        let station = match &self.source {
            Slot::Object(source) => source.site_code.first(),
            _ => None,
        };
        let station = station.and_then(code).ok_or("it has no siteCode")?;
        let Slot::Object(variable) = &self.variable else {
            return Err("it has no variable".to_owned());
        };
        let parameter = variable.code.first().and_then(code).ok_or("it has no variableCode")?;
        let unit = match &variable.unit {
            Slot::Object(unit) => unit.unit_code.text(),
            _ => None,
        };
        gauges.unit_agrees(parameter, unit)?;
        let statistic = match &variable.options {
            Slot::Object(options) => options.statistic(),
            _ => "",
        };
        let statistic = if statistic.is_empty() { "" } else { code(statistic).unwrap_or("other") };
        Ok((
            station.to_owned(),
            parameter.to_owned(),
            statistic.to_owned(),
            variable.no_data.number().unwrap_or(NO_DATA),
        ))
    }
}

/// One `values` block: one sensor.
#[derive(Default)]
struct Block {
    method: String,
    described: String,
    readings: Vec<Reading>,
    entries: u64,
    unread: u64,
    problems: Vec<String>,
}

impl<'de> Members<'de> for Block {
    fn member<A: MapAccess<'de>>(&mut self, key: &str, value: &mut A) -> Result<(), A::Error> {
        match key {
            "method" => {
                let mut list = false;
                value.next_value_seed(json::list(&mut list, |method: Slot<Method>| {
                    if let Slot::Object(method) = method {
                        self.method = match method.id {
                            Loose::Int(id) => id.to_string(),
                            _ => "unnamed".to_owned(),
                        };
                        self.described = json::cut(method.description.text().unwrap_or_default().trim(), 60);
                    }
                }))?;
            }
            "value" => {
                let mut list = false;
                value.next_value_seed(json::list(&mut list, |reading| self.take(reading)))?;
            }
            _ => drop(value.next_value::<IgnoredAny>()?),
        }
        Ok(())
    }
}

impl Block {
    fn take(&mut self, written: Slot<Written>) {
        self.entries += 1;
        let reading = match written {
            Slot::Object(written) => written.read(),
            _ => Err("it is no object".to_owned()),
        };
        match reading {
            Ok(reading) => self.readings.push(reading),
            Err(problem) => {
                self.unread += 1;
                if self.problems.len() < 20 {
                    self.problems.push(format!("value {}: {problem}", self.entries));
                }
            }
        }
    }
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Written {
    value: Loose,
    #[serde(rename = "dateTime")]
    at: Loose,
    qualifiers: Few,
}

impl Written {
    fn read(self) -> Result<Reading, String> {
        let at = self.at.text().and_then(time::parse);
        let time = at.ok_or_else(|| format!("its dateTime cannot be read: {}", time::TIME_MEND))?;
        let suspect = is_suspect(self.qualifiers.0.iter().map(|qualifier| qualifier.text().unwrap_or("?")));
        // The payload's own no-data value is compared when the series' name is known.
        Ok(Reading { time, value: loose_number(&self.value, NO_DATA)?, suspect })
    }
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct SourceInfo {
    #[serde(rename = "siteCode")]
    site_code: Codes,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Variable {
    #[serde(rename = "variableCode")]
    code: Codes,
    unit: Slot<Unit>,
    options: Slot<StatisticOptions>,
    #[serde(rename = "noDataValue")]
    no_data: Loose,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Unit {
    #[serde(rename = "unitCode")]
    unit_code: Loose,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct StatisticOptions {
    option: Firsts<StatisticOption>,
}

impl StatisticOptions {
    /// The statistic's code, or its name.
    fn statistic(&self) -> &str {
        let Some(option) = &self.option.0 else {
            return "";
        };
        option.option_code.text().or(option.value.text()).unwrap_or_default()
    }
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct StatisticOption {
    #[serde(rename = "optionCode")]
    option_code: Loose,
    value: Loose,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Method {
    #[serde(rename = "methodID")]
    id: Loose,
    #[serde(rename = "methodDescription")]
    description: Loose,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Code {
    value: Loose,
}

/// The first object of a list.
struct Firsts<T>(Option<T>);

type Codes = Firsts<Code>;

impl<T> Default for Firsts<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl Codes {
    fn first(&self) -> Option<&str> {
        self.0.as_ref()?.value.text()
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Firsts<T> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        use serde::de::DeserializeSeed;
        let (mut list, mut first) = (false, None);
        json::list(&mut list, |element: Slot<T>| {
            if let (Slot::Object(element), None) = (element, &first) {
                first = Some(element);
            }
        })
        .deserialize(deserializer)?;
        Ok(Self(first))
    }
}

#[cfg(test)]
mod tests {
    use super::super::parse;
    use super::*;
    use crate::source::{Options, Parsed};

    fn series(station: &str, parameter: &str, values: &str) -> String {
        format!(
            r#"{{"sourceInfo":{{"siteCode":[{{"value":"{station}"}}]}},"variable":{{"variableCode":[{{"value":"{parameter}"}}],
            "unit":{{"unitCode":"ft"}},"options":{{"option":[{{"name":"Statistic","optionCode":"00000"}}]}},
            "noDataValue":-999999.0}},"values":{values}}}"#
        )
    }

    fn read(options: &Options, series: &[String]) -> Result<Parsed, ParseError> {
        parse(options, format!(r#"{{"value":{{"timeSeries":[{}]}}}}"#, series.join(",")).as_bytes())
    }

    #[test]
    fn values_are_observations_of_their_station() {
        let values = r#"[{"value":[{"value":"6.48","qualifiers":["A"],"dateTime":"2019-02-14T00:00:00.000-05:00"},
            {"value":"-999999","qualifiers":["P","Ice"],"dateTime":"2019-02-14T00:15:00.000-05:00"},
            {"value":"6.50","qualifiers":["P","e"],"dateTime":"2019-02-14T00:30:00.000-05:00"}],
            "method":[{"methodDescription":"","methodID":69513}]}]"#;
        let parsed = read(
            &Options::default(),
            &[series("01491000", "00065", values), series("01491000", "00060", values)],
        );
        let parsed = parsed.unwrap();
        let got: Vec<_> =
            parsed.observations.iter().map(|o| (o.series.as_str(), o.value, o.suspect)).collect();
        assert_eq!(
            got,
            [
                ("01491000", 6.48, false),
                ("01491000", 6.5, true),
                ("01491000:00060", 6.48, false),
                ("01491000:00060", 6.5, true),
            ]
        );
        assert_eq!(parsed.observations[0].time, "2019-02-14T05:00:00Z".parse().unwrap());
        assert_eq!((parsed.entries, parsed.missing, parsed.unread), (6, 2, 0));
    }

    #[test]
    fn several_sensors_do_not_share_a_key() {
        let block = |id: u32, words: &str, value: f64| {
            format!(
                r#"{{"value":[{{"value":"{value}","qualifiers":["P"],"dateTime":"2019-02-14T00:00:00Z"}}],
                "method":[{{"methodDescription":"{words}","methodID":{id}}}]}}"#
            )
        };
        let values = format!("[{},{}]", block(1, "[backup]", 1.0), block(2, "", 2.0));
        let parsed = read(&Options::default(), &[series("1", "00065", &values)]).unwrap();
        let keys: Vec<_> = parsed.observations.iter().map(|o| (o.series.as_str(), o.value)).collect();
        assert_eq!(keys, [("1:method-1", 1.0), ("1", 2.0)]);
    }

    #[test]
    fn what_cannot_be_read_is_told_and_a_wrong_unit_is_refused() {
        let values = r#"[{"value":[{"value":"x","dateTime":"2019-02-14T00:00:00Z"},{"value":"1","dateTime":"99999"},3,
            {"value":"1","dateTime":"2019-02-14T00:00:00Z"}]}]"#;
        let parsed = read(&Options::default(), &[series("1", "00065", values)]).unwrap();
        assert_eq!((parsed.entries, parsed.unread, parsed.observations.len()), (4, 3, 1));
        assert!(
            parsed.problems[0].starts_with("timeSeries 1 (1), value 1: the value \"x\""),
            "{:?}",
            parsed.problems
        );
        let options = Options { unit: Some("m".to_owned()), ..Options::default() };
        let error = read(&options, &[series("1", "00065", values)]).unwrap_err().to_string();
        assert!(error.contains("\"ft\"") && error.contains("\"m\""), "{error}");
    }

    #[test]
    fn no_series_is_an_answer() {
        assert_eq!(read(&Options::default(), &[]).unwrap().entries, 0);
        assert!(parse(&Options::default(), br#"{"value":[]}"#).is_err());
    }
}
