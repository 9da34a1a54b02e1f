//! `beaconfire geocodes show` and `list`.

use crate::command::{Answer, print};
use crate::config::{built_in, read_table};
use beaconfire_geo::Shape;
use beaconfire_geo::geocode::{Place, Registry, Resolution, Table, meaning};
use std::fmt::Write as _;
use std::path::PathBuf;

/// The tables to look in.
///
/// # Errors
/// A table that cannot be read.
pub(super) fn registry(tables: &[PathBuf], with_built_in: bool) -> anyhow::Result<Registry<'static>> {
    let mut registry = Registry::new();
    if with_built_in {
        built_in()?.into_iter().for_each(|(_, table)| registry.add(table));
    }
    for path in tables {
        registry.add(read_table(path)?);
    }
    Ok(registry)
}

/// Says what a code stands for.
pub(super) fn show(
    registry: &Registry<'_>,
    scheme: &str,
    code: &str,
    at: i64,
    geojson: bool,
) -> anyhow::Result<Answer> {
    let spelled = meaning(scheme, code)
        .map_or_else(|_| format!("{scheme} {code}"), |m| format!("{} {}", m.scheme, m.code));
    let answer = registry.resolve(scheme, code, at);
    let Resolution::Place(place) = &answer else {
        if geojson {
            eprintln!("{spelled} {answer}")
        } else {
            print(&format!("{spelled} {answer}\n"))?
        }
        return Ok(Answer::No);
    };
    if geojson {
        print(&format!("{}\n", feature(registry, &spelled, place)))?;
        return Ok(Answer::Yes);
    }
    let mut text = format!("{spelled} {answer}\n");
    if let Some(note) = place.note {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "  it {note}");
    }
    let shapes = registry.shapes(&place.drawn);
    let km2: f64 = shapes.iter().map(Shape::km2).sum();
    let exact = registry
        .resolution_m(&place.drawn)
        .map_or("nobody knows how exactly".to_owned(), |m| format!("to within {m} m"));
    let _ = writeln!(text, "  {} ring(s), {km2:.0} km², drawn {exact}", shapes.len());
    for table in tables_of(registry, place) {
        let _ =
            writeln!(text, "  from {:?}, {}{}", table.title(), first_line(table.licence()), credit(table));
    }
    print(&text)?;
    Ok(Answer::Yes)
}

/// Lists tables.
pub(super) fn list(files: &[PathBuf]) -> anyhow::Result<Answer> {
    let mut text = String::new();
    let mut tell = |name: &str, table: &Table<'_>| {
        let exact = table.resolution_m().map_or("-".to_owned(), |m| format!("{m} m"));
        let (scheme, entries, bytes) = (table.scheme(), table.len(), table.bytes().len());
        let _ = writeln!(
            text,
            "{name}\t{scheme}\t{entries} entries\t{bytes} bytes\t{exact}\t{}\t{}{}",
            first_line(table.licence()),
            table.title(),
            credit(table)
        );
    };
    if files.is_empty() {
        for (name, table) in built_in()? {
            tell(name, &table);
        }
    }
    for path in files {
        tell(&path.display().to_string(), &read_table(path)?);
    }
    print(&text)?;
    Ok(Answer::Yes)
}

fn tables_of<'r>(registry: &'r Registry<'_>, place: &Place) -> impl Iterator<Item = &'r Table<'r>> {
    let mut tables: Vec<usize> = place.drawn.iter().map(|drawn| drawn.table()).collect();
    tables.dedup();
    tables.into_iter().filter_map(|table| registry.tables().get(table))
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}

fn credit(table: &Table<'_>) -> String {
    if table.attribution().is_empty() { String::new() } else { format!(" ({})", table.attribution()) }
}

fn feature(registry: &Registry<'_>, spelled: &str, place: &Place) -> serde_json::Value {
    let polygons: Vec<_> = registry
        .shapes(&place.drawn)
        .iter()
        .filter_map(|shape| match shape {
            Shape::Polygon(ring) => {
                let points: Vec<[f64; 2]> = ring.points().iter().map(|p| [p.lon, p.lat]).collect();
                Some(vec![points])
            }
            Shape::Circle(_) => None,
        })
        .collect();
    serde_json::json!({
        "type": "Feature",
        "id": spelled,
        "properties": {
            "name": place.name,
            "resolution_m": registry.resolution_m(&place.drawn),
            "note": place.note,
            "tables": tables_of(registry, place).map(|table| table.title()).collect::<Vec<_>>(),
            "licences": tables_of(registry, place).map(|table| table.licence()).collect::<Vec<_>>(),
        },
        "geometry": { "type": "MultiPolygon", "coordinates": polygons },
    })
}
