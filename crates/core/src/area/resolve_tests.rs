//! Areas of messages: shapes, codes, both, neither.

use super::super::{AreaUse, inbound};
use super::*;
use beaconfire_geo::geocode::{Drawing, EntryDraft, Table, TableDraft, encode};

fn square(south: f64, west: f64) -> Vec<(f64, f64)> {
    vec![(south, west), (south, west + 1.0), (south + 1.0, west + 1.0), (south + 1.0, west)]
}

/// Two counties and a retired zone of an invented state.
fn registry() -> Registry<'static> {
    let drawn = |code: &str, south: f64| EntryDraft {
        code: code.to_owned(),
        name: format!("County {code}"),
        drawing: Drawing::Rings(vec![square(south, 0.0)]),
        ..EntryDraft::default()
    };
    let same = |code: &str, target: &str| EntryDraft {
        code: code.to_owned(),
        drawing: Drawing::As(vec![("UGC".to_owned(), target.to_owned())]),
        ..EntryDraft::default()
    };
    let mut old = drawn("XXZ009", 9.0);
    (old.until, old.successors) = (Some(1_704_067_200), vec!["XXZ001".to_owned()]);
    let mut registry = Registry::new();
    for (scheme, entries) in [
        ("UGC", vec![drawn("XXC001", 0.0), drawn("XXC003", 1.0), drawn("XXZ001", 2.0), old]),
        ("SAME", vec![same("099001", "XXC001"), same("099003", "XXC003")]),
    ] {
        let draft = TableDraft {
            scheme: scheme.to_owned(),
            title: format!("{scheme} of XX"),
            units: 1000,
            resolution_m: 3000,
            entries,
            ..TableDraft::default()
        };
        registry.add(Table::from_bytes(encode(&draft).unwrap().bytes).unwrap());
    }
    registry
}

const POLYGON: &str = "<polygon>0.2,0.2 0.2,0.4 0.4,0.4 0.2,0.2</polygon>";

fn code(name: &str, value: &str) -> String {
    format!("<geocode><valueName>{name}</valueName><value>{value}</value></geocode>")
}

fn alert(profile: &str, areas: &[String]) -> cap::Alert {
    let areas: String =
        areas.iter().map(|area| format!("<area><areaDesc>Here</areaDesc>{area}</area>")).collect();
    let text = format!(
        "<alert xmlns=\"urn:oasis:names:tc:emergency:cap:1.2\"><identifier>A</identifier><sender>a@b.example</sender>\
         <sent>2025-06-01T00:00:00-00:00</sent><status>Actual</status><msgType>Alert</msgType><scope>Public</scope>\
         {profile}<info><category>Met</category><event>Flood</event><urgency>Immediate</urgency>\
         <severity>Severe</severity><certainty>Likely</certainty>{areas}</info></alert>"
    );
    cap::read(text.as_bytes(), &cap::Limits::default()).unwrap().messages[0].alert.clone()
}

/// Shapes, what is missing, what is spare, of these areas without a profile.
fn check(areas: &[String], shapes: usize, missing: &str, spare: &str) {
    check_with("", AreaUse::Auto, areas, shapes, missing, spare);
}

fn check_with(profile: &str, option: AreaUse, areas: &[String], shapes: usize, missing: &str, spare: &str) {
    let (alert, registry) = (alert(profile, areas), registry());
    let at = alert.sent.instant();
    let found = of_info(&alert.infos[0], &LeftOut::default(), &registry, at, option.semantics(&alert));
    assert_eq!(found.area.shapes().len(), shapes, "{areas:?}: {found:?}");
    assert_eq!(found.unresolved().unwrap_or_default(), missing, "{areas:?}");
    assert_eq!(words(&found.spare).unwrap_or_default(), spare, "{areas:?}");
    assert_eq!(matches!(found.area, Area::Unresolved(_)), shapes == 0);
}

#[test]
fn codes_alone_are_an_area() {
    check(&[code("UGC", "XXC001")], 1, "", "");
    check(&[code("SAME", "099001") + &code("SAME", "099003")], 2, "", "");
    check(&[code("FIPS6", "099001 099003")], 2, "", "");
    check(&[code("SAME", "099000")], 2, "", "");
}

#[test]
fn codes_of_one_place_are_drawn_once() {
    check(&[code("SAME", "099001") + &code("UGC", "XXC001") + &code("FIPS6", "99001")], 1, "", "");
    check(&[code("SAME", "099001"), code("UGC", "XXC001")], 1, "", "");
}

#[test]
fn what_cannot_be_resolved_is_told_by_code() {
    check(
        &[code("UGC", "XXC001") + &code("UGC", "XXC999") + &code("UGC", "XXC998")],
        1,
        "UGC XXC999, UGC XXC998: each is in no table of its scheme",
        "",
    );
    check(&[code("UGC", "XXZ009")], 0, "UGC XXZ009 is retired since 2024-01-01, followed by XXZ001", "");
    check(&[code("Own", "7")], 0, "Own 7 is of a scheme without a table; import one", "");
    check(&[String::new()], 0, "\"Here\" has neither shape nor code", "");
    check(&[code("UGC", "XXC001"), String::new()], 1, "\"Here\" has neither shape nor code", "");
}

#[test]
fn base_standard_shapes_and_codes_are_taken_together() {
    let both = [POLYGON.to_owned() + &code("UGC", "XXC003")];
    check(&both, 2, "", "");
    check_with("", AreaUse::Shapes, &both, 1, "", "");
    for profile in ["profile:CAP-CP:0.4", "urn:oasis:names:tc:emergency:cap:1.2:profile:CAP-AU:1.0"] {
        let profile = format!("<code>{profile}</code>");
        check_with(&profile, AreaUse::Auto, &both, 1, "", "");
        check_with(&profile, AreaUse::Union, &both, 2, "", "");
        // The approximation counts where there is nothing better.
        check_with(&profile, AreaUse::Auto, &[code("UGC", "XXC003")], 1, "", "");
        check_with(&profile, AreaUse::Auto, &[POLYGON.to_owned(), code("UGC", "XXC003")], 2, "", "");
    }
    check_with("<code>layer:EC</code>", AreaUse::Auto, &both, 2, "", "");
}

#[test]
fn a_code_beside_a_shape_that_nobody_knows_is_told_and_takes_nothing_away() {
    let areas = [POLYGON.to_owned() + &code("UGC", "XXC999") + &code("Own", "7")];
    let told = "UGC XXC999 is in no table of its scheme; Own 7 is of a scheme without a table; import one";
    check(&areas, 1, "", told);
}

#[test]
fn a_scheme_without_table_is_spare_beside_a_complete_one_and_missing_beside_a_gap() {
    let own = "Own 7 is of a scheme without a table; import one";
    check(&[code("UGC", "XXC001") + &code("Own", "7")], 1, "", own);
    let gap = format!("UGC XXC999 is in no table of its scheme; {own}");
    check(&[code("UGC", "XXC001") + &code("UGC", "XXC999") + &code("Own", "7")], 1, &gap, "");
    // Another area's codes describe another area.
    check(&[code("UGC", "XXC001"), code("Own", "7")], 1, own, "");
}

#[test]
fn very_many_codes_are_counted_in_bounded_words() {
    let codes: String = (0..400).map(|i| code("UGC", &format!("YYC{i:03}"))).collect();
    let alert = alert("", &[codes]);
    let registry = registry();
    let found =
        of_info(&alert.infos[0], &LeftOut::default(), &registry, alert.sent.instant(), Semantics::Union);
    assert_eq!(found.missing.len(), 400);
    let words = found.unresolved().unwrap();
    assert!(
        words.len() <= 500
            && words.starts_with("UGC YYC000, UGC YYC001")
            && words.contains(" more: each is in"),
        "{words}"
    );
}

#[test]
fn inbound_tells_how_coarse_the_places_are() {
    let alert = alert("", &[code("SAME", "599001")]);
    let (source, item) = (crate::SourceId("s".to_owned()), crate::ItemId("i".to_owned()));
    let seen = inbound(&alert, &[], &source, &item, &registry(), AreaUse::Auto);
    assert_eq!(seen.infos[0].area.shapes().len(), 1);
    assert_eq!(seen.infos[0].unresolved, None);
    assert_eq!(
        seen.findings,
        [
            "/alert/info[1]: SAME 599001 is a part of a county; all of the county is taken",
            "/alert/info[1]: 1 place(s) are drawn from \"UGC of XX\", to within 3000 m"
        ]
    );
    let nobody = inbound(&alert, &[], &source, &item, &Registry::new(), AreaUse::Auto);
    let told = "SAME 599001 is of a scheme without a table; import one";
    assert_eq!(nobody.infos[0].unresolved.as_deref(), Some(told));
}

/// What is unresolved of each info block of a message, with the reader's findings.
fn unresolved(text: &str) -> Vec<(usize, Option<String>)> {
    let document = cap::read(text.as_bytes(), &cap::Limits::default()).unwrap();
    let message = &document.messages[0];
    let (source, item) = (crate::SourceId("s".to_owned()), crate::ItemId("i".to_owned()));
    let seen = inbound(&message.alert, &message.findings, &source, &item, &registry(), AreaUse::Auto);
    seen.infos.into_iter().map(|info| (info.area.shapes().len(), info.unresolved)).collect()
}

#[test]
fn a_shape_that_the_reader_left_out_is_unresolved_in_its_block_alone() {
    let info = |areas: &str| {
        format!(
            "<info><category>Met</category><event>Flood</event><urgency>Immediate</urgency><severity>Severe</severity>\
             <certainty>Likely</certainty>{areas}</info>"
        )
    };
    let area = |shapes: &str| format!("<area><areaDesc>Here</areaDesc>{shapes}</area>");
    let message = |infos: &str| {
        format!(
            "<alert xmlns=\"urn:oasis:names:tc:emergency:cap:1.2\"><identifier>A</identifier><sender>a@b.example</sender>\
             <sent>2025-06-01T00:00:00-00:00</sent><status>Actual</status><msgType>Alert</msgType>\
             <scope>Public</scope>{infos}</alert>"
        )
    };
    for (bad, word) in [
        ("<polygon>north of the river</polygon>", "polygon[2]"),
        ("<polygon>51.1,12.2 51.1,NaN 51.2,12.3 51.1,12.2</polygon>", "polygon[2]"),
        ("<circle>all around</circle>", "circle[1]"),
    ] {
        let found = unresolved(&message(&(info(&area(&format!("{POLYGON}{bad}"))) + &info(&area(POLYGON)))));
        let words = found[0].1.clone().unwrap_or_default();
        assert_eq!(found[0].0, 1);
        assert!(
            words.contains("area[1]/") && words.contains(word) && words.contains("left out"),
            "{bad}: {words}"
        );
        assert_eq!(found[1], (1, None), "{bad}");
        // Alone it leaves nothing, and that is unknown in the same words.
        let alone = unresolved(&message(&info(&area(bad))));
        assert_eq!(alone[0].0, 0);
        assert!(alone[0].1.clone().unwrap_or_default().contains("left out"), "{alone:?}");
    }
}

#[test]
fn a_ring_past_the_antimeridian_is_brought_back_and_one_off_the_globe_is_unresolved() {
    let mut alert = alert("", &[POLYGON.to_owned()]);
    let of = |alert: &cap::Alert| {
        of_info(
            &alert.infos[0],
            &LeftOut::default(),
            &Registry::new(),
            alert.sent.instant(),
            Semantics::Union,
        )
    };
    alert.infos[0].areas[0].polygons[0].iter_mut().for_each(|p| p.lon += 180.0);
    let past = of(&alert);
    assert!(past.area.shapes().len() == 1 && past.missing.is_empty() && past.notes.len() == 1, "{past:?}");
    alert.infos[0].areas[0].polygons[0].iter_mut().for_each(|p| p.lat += 90.0);
    let off = of(&alert);
    assert!(off.unresolved().is_some_and(|words| words.contains("cannot be used")), "{off:?}");
}
