//! Charts in compat mode against the stored answers of R surveillance.
#![allow(clippy::unwrap_used)]

mod reference;

use std::fs;

use beaconfire_detect::method::{Memory, Mode, method};
use beaconfire_detect::series::Series;
use beaconfire_detect::stcd::{Event, Parameters, Stcd};
use reference::{Differences, Table, data};
use serde_json::Value;

#[test]
fn cusum_is_that_of_the_reference() {
    compare("cusum", "cusum", 53);
}

#[test]
fn outbreak_p_is_that_of_the_reference() {
    compare("outbreakP", "outbreakP", 5);
}

#[test]
fn the_likelihood_ratio_of_proportions_is_that_of_the_reference() {
    compare("binomialLRCUSUM", "binomialLRCUSUM", 2);
}

#[test]
fn poisson_likelihood_ratios_are_those_of_the_reference() {
    compare("glrpois", "glrpois", 25);
}

#[test]
fn negative_binomial_likelihood_ratios_are_those_of_the_reference() {
    compare("glrnb", "glrnb", 37);
}

#[test]
fn clusters_are_those_of_the_reference() {
    let Some(detect) = data("stcd") else { return };
    for (file, cusum, alarm, centre) in
        [("stcd_seed101_sr", false, 159, 135), ("stcd_seed101_cusum", true, 210, 195)]
    {
        let table = Table::read(&detect.join(format!("expected/{file}.csv")));
        let parameters =
            Parameters { radius: 10.0, epsilon: 0.5, threshold: 161.0, cusum, mode: Mode::Compat };
        let (mut chart, mut differences, mut first) =
            (Stcd::new(parameters).unwrap(), Differences::default(), None);
        for row in 0..table.rows.len() {
            let cluster = chart.push(Event { x: table.number(row, "x"), y: table.number(row, "y") });
            differences.add(chart.statistic(), table.number(row, "R"));
            if let (None, Some(cluster)) = (first, cluster) {
                first = Some((row + 1, cluster.centre + 1));
            }
        }
        assert_eq!(first, Some((alarm, centre)), "{file}");
        differences.report(file, 1e-9);
    }
}

/// Runs every record of a detector and compares every column.
fn compare(detector: &str, name: &str, records: usize) {
    let Some(detect) = data(detector) else { return };
    let manifest: Value =
        serde_json::from_str(&fs::read_to_string(detect.join("manifest.json")).unwrap()).unwrap();
    let all = manifest["results"].as_array().unwrap();
    let mine: Vec<&Value> = all.iter().filter(|r| r["detector"] == detector).collect();
    if manifest["extra"].is_null() {
        assert_eq!(mine.len(), records);
    }
    let (mut differences, mut rows, mut bad) = (Differences::default(), 0, Vec::new());
    for record in mine {
        let input = &manifest["inputs"][record["dataset"].as_str().unwrap()];
        let wanted = Table::read(&detect.join(record["file"].as_str().unwrap()));
        let values = Table::read(&detect.join(input["file"].as_str().unwrap()));
        let population = input["population"].as_str().map(|file| Table::read(&detect.join(file)));
        let mut params = record["control"].clone();
        let range = params.as_object_mut().unwrap().remove("range");
        params["mode"] = "compat".into();
        let judge = method(name).unwrap().parse(&params.to_string()).unwrap();
        let number = |value: &Value| value.as_u64().unwrap() as usize;
        let series_of = |row: &Vec<String>| match wanted.column("series") {
            Some(at) => row[at].clone(),
            None => record["series"].as_str().unwrap().to_owned(),
        };
        let mut at = 0;
        while at < wanted.rows.len() {
            let series = series_of(&wanted.rows[at]);
            let counts = values.numbers(&series);
            let people = population.as_ref().map(|table| table.numbers(&series));
            let (from, to) = match &range {
                Some(range) => (number(&range["from"]) - 1, number(&range["to"])),
                None => (0, counts.len()),
            };
            let whole = Series {
                population: people.as_deref(),
                start: number(&input["start"][1]) as u32,
                ..Series::new(&counts, number(&input["freq"]) as u32)
            };
            let outcome = judge.judge(&whole, from..to, &mut Memory::default());
            let outcome = outcome.unwrap_or_else(|e| panic!("{} {series}: {e}", record["file"]));
            for column in record["columns"].as_array().unwrap() {
                let name = column.as_str().unwrap();
                if matches!(name, "series" | "t" | "observed" | "n") {
                    continue;
                }
                let got = outcome.numbers(name).unwrap_or_else(|| panic!("no column {name}"));
                for (i, got) in got.iter().enumerate() {
                    let want = wanted.number(at + i, name);
                    // Counts that vary less than Poisson counts do have no dispersion: what stands there is how far
                    // the search got before its limit, which is rounding.
                    if name == "alpha_disp" && want < 1e-4 && (got - want).abs() < 1e-5 * want {
                        continue;
                    }
                    let difference = differences.add(*got, want);
                    if difference > 1e-9 || (name == "alarm" && difference > 0.0) {
                        bad.push(format!(
                            "{} {series} t={} {name}: {got} is not {want} ({difference:.1e}) {}",
                            record["file"],
                            from + i + 1,
                            record["control"]
                        ));
                    }
                }
            }
            rows += to - from;
            at += to - from;
        }
    }
    for line in bad.iter().take(20) {
        eprintln!("{line}");
    }
    println!("{detector}: {records} records, {rows} points, {} cells over 1e-9", bad.len());
    differences.report(detector, 1e-6);
}
