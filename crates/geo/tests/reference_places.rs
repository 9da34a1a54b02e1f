//! The index of places over the reference list of places, against a plain scan.
#![allow(clippy::unwrap_used)]

use std::collections::HashSet;
use std::path::Path;

use beaconfire_geo::places::{Place, Places, encode};
use beaconfire_geo::{Area, Circle, Exposure, Point, Ring};

fn load(geo: &Path) -> Vec<Place> {
    let read = |name: &str| std::fs::read_to_string(geo.join(name)).unwrap();
    let parts: HashSet<String> = read("places_subordinate.csv")
        .lines()
        .filter_map(|line| line.strip_prefix("places.csv,"))
        .filter_map(|rest| rest.split(',').next().map(str::to_owned))
        .collect();
    let place = |line: &str| {
        let cells = split(line);
        let [id, name, country, _, lat, lon, population, zone] = &cells[..] else { panic!("{line}") };
        (!parts.contains(id)).then(|| Place {
            id: id.parse().unwrap(),
            name: name.clone(),
            lat: lat.parse().unwrap(),
            lon: lon.parse().unwrap(),
            population: population.parse().unwrap(),
            country: country.clone(),
            time_zone: zone.clone(),
        })
    };
    read("places.csv").lines().skip(1).filter_map(place).collect()
}

fn split(line: &str) -> Vec<String> {
    let (mut cells, mut quoted) = (vec![String::new()], false);
    for c in line.chars() {
        match c {
            '"' => quoted = !quoted,
            ',' if !quoted => cells.push(String::new()),
            c => cells.last_mut().unwrap().push(c),
        }
    }
    cells
}

#[test]
fn the_reference_places_are_found_and_counted_as_by_a_scan() {
    let Ok(data) = std::env::var("BEACONFIRE_REFERENCE_DATA") else {
        eprintln!("skipped: the reference list of places: BEACONFIRE_REFERENCE_DATA is not set");
        return;
    };
    let all = load(&Path::new(&data).join("geo"));
    let bytes = encode(&all).unwrap();
    let places = Places::from_bytes(&bytes).unwrap();
    assert_eq!(places.len(), all.len());
    assert!(bytes.len() < 50 * all.len(), "{} bytes for {} places", bytes.len(), all.len());

    let at = |lat, lon| Point::new(lat, lon).unwrap();
    let square = |s, w, n, e| -> Area {
        Ring::new([(s, w), (s, e), (n, e), (n, w), (s, w)].map(|p| at(p.0, p.1)).to_vec()).unwrap().into()
    };
    let areas = [
        square(47.0, 6.0, 55.0, 15.0),
        square(-25.0, 170.0, -10.0, -170.0),
        Circle::new(at(29.76, -95.37), 60.0).unwrap().into(),
        Circle::new(at(35.7, 139.7), 3.0).unwrap().into(),
    ];
    for area in &areas {
        let mut found: Vec<u32> = places.within(area).map(|p| p.id).collect();
        found.sort_unstable();
        let inside = |p: &&Place| area.contains(at(p.lat, p.lon)) == Some(true);
        let mut wanted: Vec<u32> = all.iter().filter(inside).map(|p| p.id).collect();
        wanted.sort_unstable();
        assert_eq!(found, wanted);
        let people: u64 = all.iter().filter(inside).map(|p| u64::from(p.population)).sum();
        let Exposure::Range { min, max, places: count } = places.population(area) else { panic!("unknown") };
        assert!(min <= people && people <= max && count as usize <= found.len(), "{min} {people} {max}");
    }
    assert_eq!(places.population(&Circle::new(at(-45.0, -130.0), 300.0).unwrap().into()), Exposure::Unknown);
    let (houston, km) = places.nearest(at(29.76, -95.37)).unwrap();
    assert_eq!((houston.name, houston.country, houston.time_zone), ("Houston", "US", "America/Chicago"));
    assert!(km < 5.0);
}
