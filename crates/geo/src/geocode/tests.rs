//! Tests of tables and registries, on places of our own.

use super::*;
use crate::area::Area;
use crate::point::Point;
use proptest::prelude::*;

/// A box one degree wide, closed as GeoJSON closes it.
fn square(south: f64, west: f64) -> Vec<(f64, f64)> {
    let (north, east) = (south + 1.0, west + 1.0);
    vec![(south, west), (south, east), (north, east), (north, west), (south, west)]
}

fn drawn(code: &str, name: &str, south: f64, west: f64) -> EntryDraft {
    let drawing = Drawing::Rings(vec![square(south, west)]);
    EntryDraft { code: code.into(), name: name.into(), drawing, ..EntryDraft::default() }
}

fn stands_for(code: &str, targets: &[(&str, &str)]) -> EntryDraft {
    let targets = targets.iter().map(|&(s, c)| (s.to_owned(), c.to_owned())).collect();
    EntryDraft { code: code.into(), drawing: Drawing::As(targets), ..EntryDraft::default() }
}

fn draft(scheme: &str, entries: Vec<EntryDraft>) -> TableDraft {
    let (title, licence) = (format!("Tables of {scheme}"), "CC0-1.0".to_owned());
    TableDraft {
        scheme: scheme.into(),
        title,
        licence,
        units: 1000,
        resolution_m: 2000,
        entries,
        ..TableDraft::default()
    }
}

fn table(scheme: &str, entries: Vec<EntryDraft>) -> Table<'static> {
    Table::from_bytes(encode(&draft(scheme, entries)).unwrap().bytes).unwrap()
}

const Y2020: i64 = 1_577_836_800;
const Y2024: i64 = 1_704_067_200;
const NOW: i64 = 1_764_000_000;

/// Zones and counties of an invented state XX (99), with a history.
fn registry() -> Registry<'static> {
    let mut registry = Registry::new();
    let mut retired = drawn("XXZ009", "Old Plain", 9.0, 9.0);
    (retired.until, retired.successors) = (Some(Y2024), vec!["XXZ001".into(), "XXZ002".into()]);
    let mut renewed = drawn("XXZ003", "Hills (small)", 3.0, 3.0);
    renewed.until = Some(Y2020);
    let mut renewed_later = drawn("XXZ003", "Hills", 3.0, 4.0);
    renewed_later.from = Some(Y2020);
    let mut coming = drawn("XXZ010", "Coming", 1.0, 1.0);
    coming.from = Some(NOW + 86_400);
    registry.add(table(
        "UGC",
        vec![
            drawn("XXC001", "Adams", 0.0, 0.0),
            drawn("XXC003", "Brown", 0.0, 1.0),
            drawn("XXZ001", "West Plain", 1.0, 0.0),
            drawn("XXZ002", "East Plain", 1.0, 1.0),
            retired,
            renewed,
            renewed_later,
            coming,
        ],
    ));
    registry.add(table(
        "SAME",
        vec![
            stands_for("099001", &[("UGC", "XXC001")]),
            stands_for("099003", &[("UGC", "XXC003")]),
            stands_for("098001", &[("UGC", "XXZ009")]),
            stands_for("097001", &[("UGC", "YYC001")]),
            stands_for("096001", &[("EMMA_ID", "AT001")]),
            EntryDraft { code: "095001".into(), ..EntryDraft::default() },
        ],
    ));
    registry.add(table(
        "NUTS",
        vec![
            drawn("AT111", "Mitte", 40.0, 10.0),
            drawn("AT112", "Nord", 41.0, 10.0),
            stands_for("AT11", &[("NUTS3", "AT111"), ("NUTS3", "AT112")]),
        ],
    ));
    registry
}

fn check(scheme: &str, code: &str, at: i64, expected: &str) {
    let registry = registry();
    let found = match registry.resolve(scheme, code, at) {
        Resolution::Place(place) => {
            let shapes = registry.shapes(&place.drawn).len();
            format!("{}: {shapes}{}", place.name, if place.note.is_some() { ", noted" } else { "" })
        }
        other => other.to_string(),
    };
    assert_eq!(found, expected, "{scheme} {code}");
}

#[test]
fn a_code_is_its_place() {
    check("UGC", "XXC001", NOW, "Adams: 1");
    check("ugc", "xxz002", NOW, "East Plain: 1");
    check("SAME", "099001", NOW, "Adams: 1");
    check("FIPS6", "99001", NOW, "Adams: 1");
}

#[test]
fn a_code_has_its_time() {
    check("UGC", "XXZ009", Y2024 - 1, "Old Plain: 1");
    check("UGC", "XXZ009", Y2024, "is retired since 2024-01-01, followed by XXZ001 XXZ002");
    check("UGC", "XXZ003", Y2020 - 1, "Hills (small): 1");
    check("UGC", "XXZ003", Y2020, "Hills: 1");
    check("UGC", "XXZ010", NOW, "holds only from 2025-11-25 16:00 UTC on");
    check("UGC", "XXZ010", NOW + 86_400, "Coming: 1");
}

#[test]
fn what_leads_nowhere_is_told_in_kind() {
    check("UGC", "XXC999", NOW, "is in no table of its scheme");
    check("EMMA_ID", "AT001", NOW, "is of a scheme without a table; import one");
    check("profile:CAP-CP:Location:0.3", "35", NOW, "is of a scheme without a table; import one");
    check(
        "SAME",
        "9901",
        NOW,
        "is no such code: SAME codes are six digits, or five without the part of the county",
    );
    check("SAME", "097001", NOW, "stands for UGC YYC001, which is in no table of its scheme");
    check(
        "SAME",
        "096001",
        NOW,
        "stands for EMMA_ID AT001, which is of a scheme without a table; import one",
    );
    check("SAME", "095001", NOW, "is known, and no table says where it is");
    check(
        "SAME",
        "098001",
        NOW,
        "stands for UGC XXZ009, which is retired since 2024-01-01, followed by XXZ001 XXZ002",
    );
}

#[test]
fn a_part_is_its_county_and_a_state_is_all_that_is_known_of_it() {
    check("SAME", "599003", NOW, "Brown: 1, noted");
    check("SAME", "599004", NOW, "is in no table of its scheme");
    check("SAME", "099000", NOW, "all of 099: 2, noted");
    check("SAME", "000000", NOW, "is in no table of its scheme");
    check("UGC", "XXC000", NOW, "all of XXC: 2, noted");
    // What is retired and what is to come are no part of it.
    check("UGC", "XXZALL", NOW, "all of XXZ: 3, noted");
    check("UGC", "YYZALL", NOW, "is in no table of its scheme");
    // One that cannot be drawn makes all of it unknown.
    check(
        "SAME",
        "098000",
        NOW,
        "stands for SAME 098001, which stands for UGC XXZ009, which is retired since 2024-01-01, followed by XXZ001 XXZ002",
    );
}

#[test]
fn a_region_is_the_union_of_its_parts_where_a_table_says_so() {
    check("NUTS2", "AT11", NOW, ": 2");
    check("NUTS", "AT1", NOW, "is in no table of its scheme");
}

#[test]
fn two_codes_of_one_place_are_drawn_once() {
    let registry = registry();
    let places = [("SAME", "099001"), ("UGC", "XXC001"), ("FIPS6", "599001")].map(|(scheme, code)| {
        let Resolution::Place(place) = registry.resolve(scheme, code, NOW) else { panic!("{scheme} {code}") };
        place.drawn
    });
    assert_eq!(places[0], places[1]);
    assert_eq!(places[0], places[2]);
    assert_eq!(registry.resolution_m(&places[0]), Some(2000));
    assert_eq!(registry.table(places[0].first().unwrap()).unwrap().scheme(), "UGC");
}

#[test]
fn a_later_table_counts_before_an_earlier_one_and_hides_nothing_else() {
    let mut registry = registry();
    let mut given_up = EntryDraft { code: "XXC003".into(), until: Some(Y2024), ..EntryDraft::default() };
    given_up.successors = vec!["XXC005".into()];
    let mut redrawn = drawn("XXZ001", "West Plain, new", 1.0, 5.0);
    redrawn.from = Some(NOW);
    registry.add(table("UGC", vec![given_up, redrawn, drawn("XXC005", "Clay", 0.0, 2.0)]));
    let name = |code: &str, at: i64| match registry.resolve("UGC", code, at) {
        Resolution::Place(place) => place.name,
        other => other.to_string(),
    };
    assert_eq!(name("XXC001", NOW), "Adams", "what the later table does not have is the earlier one's");
    assert_eq!(name("XXC003", NOW), "is retired since 2024-01-01, followed by XXC005");
    assert_eq!(name("XXZ001", NOW), "West Plain, new");
    assert_eq!(name("XXZ001", NOW - 1), "West Plain", "before it holds the earlier table still counts");
}

#[test]
fn entries_that_overlap_in_time_are_ambiguous() {
    let mut twice = drawn("XXC001", "Adams, again", 0.0, 0.0);
    twice.from = Some(Y2020);
    let mut registry = Registry::new();
    registry.add(table("UGC", vec![drawn("XXC001", "Adams", 0.0, 0.0), twice]));
    assert!(matches!(registry.resolve("UGC", "XXC001", NOW), Resolution::Ambiguous { .. }));
    assert!(matches!(registry.resolve("UGC", "XXC001", Y2020 - 1), Resolution::Place(_)));
}

#[test]
fn codes_that_stand_for_each_other_without_end_are_given_up() {
    let mut registry = Registry::new();
    registry
        .add(table("a", vec![stands_for("1", &[("b", "1")]), stands_for("2", &[("a", "2"), ("a", "2")])]));
    registry.add(table("b", vec![stands_for("1", &[("a", "1")])]));
    assert_eq!(registry.resolve("a", "1", NOW), Resolution::TooMany);
    assert_eq!(registry.resolve("a", "2", NOW), Resolution::TooMany);
    // A tree that doubles at every step, made to be slow.
    let many: Vec<(String, String)> = (0..2000).map(|i| ("a".to_owned(), i.to_string())).collect();
    let entries = (0..2000).map(|i| EntryDraft {
        code: i.to_string(),
        drawing: Drawing::As(many.clone()),
        ..EntryDraft::default()
    });
    let mut registry = Registry::new();
    registry.add(table("a", entries.take(40).collect()));
    assert_eq!(registry.resolve("a", "1", NOW), Resolution::TooMany);
}

#[test]
fn parts_of_one_place_are_joined_and_contradictions_refused() {
    let island = drawn("XXC001", "Adams", 5.0, 5.0);
    let encoded = encode(&draft("UGC", vec![drawn("XXC001", "Adams", 0.0, 0.0), island.clone()])).unwrap();
    assert_eq!((encoded.entries, encoded.rings, encoded.points), (1, 2, 8));
    let refused = |entries| encode(&draft("UGC", entries)).unwrap_err().to_string();
    let ended = EntryDraft { until: Some(NOW), ..island.clone() };
    assert!(refused(vec![island.clone(), ended]).contains("different ends"));
    assert!(
        refused(vec![island.clone(), stands_for("XXC001", &[("UGC", "XXC003")])]).contains("different ways")
    );
    assert!(refused(vec![drawn("XX1", "", 0.0, 0.0)]).contains("two letters, C or Z"));
    assert!(refused(vec![drawn("XXC001", "", 90.0, 0.0)]).contains("longitude comes first"));
    let backwards = EntryDraft { from: Some(NOW), until: Some(Y2020), ..island };
    assert!(refused(vec![backwards]).contains("ends before it begins"));
    let error = encode(&draft("FIPS", vec![drawn("35001", "", 0.0, 0.0)])).unwrap_err().to_string();
    assert!(error.contains("a code of SAME, not of FIPS"), "{error}");
}

#[test]
fn rounding_is_told_and_an_island_smaller_than_a_step_is_kept_as_a_box() {
    let tiny = vec![(10.0001, 20.0001), (10.0002, 20.0001), (10.0002, 20.0003), (10.0001, 20.0001)];
    let mut entry = drawn("XXC001", "Adams", 0.00041, 0.0);
    entry.drawing = Drawing::Rings(vec![square(0.00041, 0.0), tiny]);
    let encoded = encode(&draft("UGC", vec![entry])).unwrap();
    assert_eq!(encoded.tiny, 1);
    assert!((45.0..60.0).contains(&encoded.moved_m), "{}", encoded.moved_m);
    let table = Table::from_bytes(encoded.bytes).unwrap();
    assert!((111.0..112.0).contains(&table.step_m()), "{}", table.step_m());
    let mut registry = Registry::new();
    registry.add(table);
    let Resolution::Place(place) = registry.resolve("UGC", "XXC001", NOW) else { panic!("a place") };
    let area = Area::Shapes(registry.shapes(&place.drawn));
    assert_eq!(area.contains(Point::new(10.00015, 20.00015).unwrap()), Some(true));
}

#[test]
fn rings_over_the_antimeridian_come_back_as_they_were() {
    let east = vec![(50.0, 179.5), (50.0, -179.5), (51.0, -180.005), (51.0, 179.5)];
    let mut entry = drawn("PKZ411", "Bering", 0.0, 0.0);
    entry.drawing = Drawing::Rings(vec![east]);
    let table = table("UGC", vec![entry]);
    let mut registry = Registry::new();
    registry.add(table);
    let Resolution::Place(place) = registry.resolve("UGC", "PKZ411", NOW) else { panic!("a place") };
    let area = Area::Shapes(registry.shapes(&place.drawn));
    let inside = |lat, lon| area.contains(Point::new(lat, lon).unwrap()).unwrap();
    assert!(inside(50.2, 179.9) && inside(50.2, -179.8) && !inside(50.2, 0.0) && !inside(50.9, -179.6));
    assert!(area.km2().unwrap() < 10_000.0);
}

#[test]
fn a_later_import_joins_an_earlier_one() {
    let mut old =
        vec![drawn("A", "one", 0.0, 0.0), drawn("B", "two", 1.0, 0.0), drawn("C", "three", 2.0, 0.0)];
    let mut newer = drawn("B", "two, redrawn", 1.0, 0.5);
    newer.from = Some(Y2024);
    add_entries(&mut old, vec![drawn("A", "one, mended", 0.0, 0.1), newer]);
    let told: Vec<_> = old.iter().map(|e| (e.name.as_str(), e.from, e.until)).collect();
    assert_eq!(
        told,
        [
            ("one, mended", None, None),
            ("two", None, Some(Y2024)),
            ("two, redrawn", Some(Y2024), None),
            ("three", None, None)
        ]
    );
}

#[test]
fn a_table_tells_what_it_is_and_comes_back_as_a_draft() {
    let mut original =
        draft("UGC", vec![drawn("XXC001", "Ädams", 0.0, 0.0), stands_for("XXC002", &[("SAME", "099001")])]);
    original.attribution = "Somebody".into();
    original.source = "by hand".into();
    original.entries[1].successors = vec!["XXC001".into()];
    let bytes = encode(&original).unwrap().bytes;
    let table = Table::from_bytes(bytes.as_slice()).unwrap();
    assert_eq!((table.scheme(), table.title(), table.licence()), ("UGC", "Tables of UGC", "CC0-1.0"));
    assert_eq!(
        (table.attribution(), table.source(), table.resolution_m()),
        ("Somebody", "by hand", Some(2000))
    );
    let again = TableDraft::of(&table);
    assert_eq!(encode(&again).unwrap().bytes, bytes);
}

#[test]
fn bytes_that_are_no_table_say_why() {
    let good = encode(&draft("UGC", vec![drawn("XXC001", "Adams", 0.0, 0.0)])).unwrap().bytes;
    let refused = |bytes: &[u8]| Table::from_bytes(bytes).unwrap_err();
    assert_eq!(refused(b"PK"), TableError::Magic);
    let mut newer = good.clone();
    newer[8] = 9;
    assert_eq!(refused(&newer), TableError::Version(9));
    for at in 16..good.len() {
        let mut damaged = good.clone();
        damaged[at] ^= 1;
        assert_eq!(refused(&damaged), TableError::Checksum, "byte {at}");
    }
    for end in 0..good.len() {
        assert!(Table::from_bytes(&good[..end]).is_err());
    }
    assert!(Table::from_bytes([good.as_slice(), b"x"].concat()).is_err());
}

/// Puts the checksum right, so that what lies behind it is reached.
fn with_checksum(mut bytes: Vec<u8>) -> Vec<u8> {
    if bytes.len() >= 16 {
        let sum = super::crc::crc32(&bytes[16..]).to_le_bytes();
        bytes[12..16].copy_from_slice(&sum);
    }
    bytes
}

proptest! {
    #[test]
    fn a_damaged_table_is_refused_or_answers(at in 16usize..700, byte in any::<u8>(), more in 16usize..700) {
        let mut entries: Vec<EntryDraft> = (0..20).map(|i| drawn(&format!("XXC0{i:02}"), "Name", f64::from(i), 0.0)).collect();
        entries.push(stands_for("XXZ001", &[("UGC", "XXC001"), ("UGC", "XXC002")]));
        entries[3].until = Some(NOW);
        let mut bytes = encode(&draft("UGC", entries)).unwrap().bytes;
        let length = bytes.len();
        bytes[at % length] = byte;
        bytes[(at * 31 + more) % length] ^= 0x41;
        let bytes = with_checksum(bytes);
        if let Ok(table) = Table::from_bytes(bytes) {
            let codes: Vec<String> = table.iter().map(|entry| entry.code).collect();
            prop_assert_eq!(codes.len(), table.len());
            let mut registry = Registry::new();
            registry.add(table);
            for code in codes {
                if let Resolution::Place(place) = registry.resolve("UGC", &code, NOW) {
                    prop_assert!(!registry.shapes(&place.drawn).is_empty());
                }
            }
        }
    }

    #[test]
    fn every_code_of_a_table_is_found_and_no_other(
        codes in proptest::collection::btree_set("[a-cä]{1,6}", 0..80), other in "[a-cä]{1,6}"
    ) {
        let entries = codes.iter().map(|code| drawn(code, code, 0.0, 0.0)).collect();
        let table = table("own", entries);
        for code in &codes {
            let found: Vec<_> = table.find(code).map(|entry| entry.name.to_owned()).collect();
            prop_assert_eq!(found.as_slice(), std::slice::from_ref(code));
        }
        prop_assert_eq!(table.find(&other).count(), usize::from(codes.contains(&other)));
        let begins = codes.iter().filter(|code| code.starts_with(&other)).count();
        prop_assert_eq!(table.prefixed(&other).count(), begins);
    }
}
