//! Configurations that are read, and mistakes that are shown where they stand.

use super::*;
use beaconfire_core::Mode;
use std::fs;

const GOOD: &str = r#"
mode = "live"
data = "state"
public_url = "https://warn.example"
packs = "packs"

[keys]
checkpoint = "keys/checkpoint.pk8"

[authority]
sender = "warnings@agency.example"
name = "Agency"
identifier_prefix = "urn:oid:2.49.0.1.276.0"
zone = "Europe/Berlin"
jurisdiction = "the county"

[[source]]
id = "quakes"
kind = "usgs-quake"
url = "https://quakes.example/feed.geojson"
every = "1m"
expected_every = "5m"

[[channel]]
id = "public-feed"
kind = "feed"
mode = "live"
public = true
read_back_minutes = 5
"#;

/// A folder with a pack and this configuration.
fn folder(config: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let pack = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packs/earthquake/pack.toml");
    fs::create_dir_all(folder.path().join("packs/earthquake")).expect("made");
    fs::copy(pack, folder.path().join("packs/earthquake/pack.toml")).expect("copied");
    fs::write(folder.path().join("beaconfire.toml"), config).expect("written");
    folder
}

fn load(config: &str) -> Result<Plan, Mistakes> {
    Plan::load(&folder(config).path().join("beaconfire.toml"))
}

#[test]
fn a_good_configuration_is_read_with_its_paths_beside_it() {
    let folder = folder(GOOD);
    let plan = Plan::load(&folder.path().join("beaconfire.toml")).expect("good");
    assert_eq!(plan.mode, Mode::Live);
    assert_eq!(plan.data, folder.path().join("state"));
    assert_eq!(plan.rules.packs[0].name.as_str(), "earthquake");
    assert_eq!(plan.sources[0].expected_every_s, 300);
    assert_eq!(plan.rules.channels[0].read_back_minutes, Some(5));
    assert!(plan.warnings[0].contains("exposure is unknown"), "{:?}", plan.warnings);
}

#[test]
fn every_mistake_is_shown_at_its_line_with_the_mend() {
    for (from, to, place, words) in [
        ("mode = \"live\"\ndata", "mode = \"real\"\ndata", ":2:8", "exercise"),
        ("mode = \"live\"\ndata", "mode = \"exercise\"\ndata", ":2:8", "exercise = "),
        (
            "mode = \"live\"\ndata",
            "mode = \"test\"\ndata",
            ":2:8",
            "test mode is not offered yet: use exercise",
        ),
        ("mode = \"live\"\npublic", "mode = \"test\"\npublic", ":27:8", "test mode is not offered yet"),
        ("data = \"state\"", "data = \"state\"\ncolour = 3", ":4:1", "colour"),
        ("https://warn.example\"", "https://warn.example/\"", ":4:14", "slash"),
        ("zone = \"Europe/Berlin\"", "zone = \"Berlin\"", ":14:8", "IANA"),
        ("kind = \"usgs-quake\"", "kind = \"quake\"", ":19:8", "usgs-quake"),
        (
            "url = \"https://quakes.example/feed.geojson\"\nevery = \"1m\"",
            "recorded = true",
            ":20:12",
            "only `beaconfire demo` plays recordings",
        ),
        ("every = \"1m\"", "every = \"10m\"", ":21:9", "as often"),
        ("every = \"1m\"", "every = \"1 minute\"", ":21:9", "15m"),
        ("every = \"1m\"", "push = true", ":17:1", "one way"),
        ("expected_every = \"5m\"", "expected_every = \"5m\"\nstations = [\"s.toml\"]", ":23:13", "relative"),
        ("public = true", "public = true\nurl = \"http://x\"", ":29:7", "has no url"),
        ("read_back_minutes = 5", "read_back_minutes = 0", ":29:21", "1440"),
        ("packs = \"packs\"", "packs = \"nothing\"", ":5:9", "folder"),
        ("sender = \"warnings@agency.example\"", "sender = \"a b\"", ":11:10", "CAP forbids"),
    ] {
        assert!(GOOD.contains(from), "{from}");
        let shown = load(&GOOD.replace(from, to)).expect_err(to).to_string();
        assert!(shown.contains(&format!("beaconfire.toml{place}")), "{to}: {shown}");
        assert!(shown.contains(words), "{to}: {shown}");
    }
}

#[test]
fn all_mistakes_are_found_at_once() {
    let bad = GOOD
        .replace("https://warn.example", "warn")
        .replace("\"usgs-quake\"", "\"x\"")
        .replace("Agency", " ");
    let mistakes = load(&bad).expect_err("three mistakes");
    assert_eq!(mistakes.0.len(), 3, "{mistakes}");
}

#[test]
fn a_recorded_source_never_plays_into_a_live_or_test_server() {
    for mode in ["live", "test"] {
        let config = GOOD
            .replace("url = \"https://quakes.example/feed.geojson\"\nevery = \"1m\"", "recorded = true")
            .replace("\"live\"", &format!("\"{mode}\""));
        let folder = folder(&config);
        let mistakes = Plan::load_played(&folder.path().join("beaconfire.toml")).expect_err(mode);
        assert!(mistakes.to_string().contains("makes the whole process an exercise"), "{mistakes}");
    }
}

#[test]
fn a_server_refuses_a_recorded_source_also_in_an_exercise() {
    let config = GOOD
        .replace("url = \"https://quakes.example/feed.geojson\"\nevery = \"1m\"", "recorded = true")
        .replace("mode = \"live\"\ndata", "mode = \"exercise\"\nexercise = \"x\"\ndata")
        .replace("mode = \"live\"", "mode = \"exercise\"");
    let mistakes = load(&config).expect_err("nobody plays it").to_string();
    assert!(mistakes.contains(":21:12") && mistakes.contains("push = true"), "{mistakes}");
    let folder = folder(&config);
    assert!(Plan::load_played(&folder.path().join("beaconfire.toml")).is_ok());
}

#[test]
fn mistakes_in_packs_and_stations_are_shown_in_their_own_files() {
    let folder = folder(
        &GOOD.replace("every = \"1m\"", "every = \"1m\"\nstations = [\"s.toml\"]\nregions = [\"r.toml\"]"),
    );
    let at = |name: &str| folder.path().join(name);
    let pack = fs::read_to_string(at("packs/earthquake/pack.toml")).expect("read");
    fs::write(at("packs/earthquake/pack.toml"), pack.replace("within_minutes = 15", "within_minutes = 0"))
        .expect("written");
    fs::write(
        at("s.toml"),
        "[[station]]\nid = \"a\"\nname = \"A\"\nlat = 91\nlon = 0\nzone = \"UTC\"\nunit = \"m\"\n",
    )
    .expect("written");
    let region = "[[region]]\nid = \"r\"\nname = \"R\"\nzone = \"UTC\"\nunit = \"n\"\npolygon = \"1,1 2\"\n";
    fs::write(at("r.toml"), region).expect("written");
    let mistakes = Plan::load(&at("beaconfire.toml")).expect_err("three mistakes");
    let shown = mistakes.to_string();
    for place in ["pack.toml:", "s.toml:4:7", "r.toml:6:11"] {
        assert!(shown.contains(place), "{place}: {shown}");
    }
}

#[test]
fn the_example_of_every_kind_of_source_and_channel_is_a_configuration() {
    let (head, _) = GOOD.split_once("[[source]]").expect("a source");
    let channels = beaconfire_flow::deliver::channel::KINDS.iter().map(|kind| kind.example);
    let sources = beaconfire_flow::source::KINDS.iter().map(|kind| kind.example);
    let tables: Vec<&str> = sources.chain(channels).collect();
    let head = head.replace("mode = \"live\"", "mode = \"exercise\"\nexercise = \"x\"");
    load(&format!("{head}\n{}", tables.join("\n"))).unwrap_or_else(|mistakes| panic!("{mistakes}"));
}

#[test]
fn the_annotated_example_is_a_configuration() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let plan = Plan::load(&root.join("docs/beaconfire.example.toml"))
        .unwrap_or_else(|mistakes| panic!("{mistakes}"));
    assert_eq!(plan.mode, Mode::Exercise);
    assert_eq!(plan.rules.packs.len(), 4);
}

#[test]
fn the_demo_is_an_exercise_whose_packs_look_at_configured_sources() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let plan = Plan::load_played(&root.join("samples/demo/beaconfire.toml"))
        .unwrap_or_else(|mistakes| panic!("{mistakes}"));
    assert_eq!(plan.mode, Mode::Exercise);
    assert_eq!(plan.warnings, Vec::<String>::new());
    assert_eq!((plan.rules.packs.len(), plan.rules.sources.len()), (4, 7));
    assert!(plan.places.len() > 100_000);
}

#[test]
fn tables_of_geocodes_join_those_that_come_with_the_program() {
    use beaconfire_geo::geocode::{Drawing, EntryDraft, Resolution, TableDraft, encode};
    let entry = EntryDraft {
        code: "7".to_owned(),
        name: "Own district".to_owned(),
        drawing: Drawing::Rings(vec![vec![(1.0, 1.0), (1.0, 2.0), (2.0, 2.0)]]),
        ..EntryDraft::default()
    };
    let draft = TableDraft {
        scheme: "own".to_owned(),
        units: 100,
        resolution_m: 100,
        entries: vec![entry],
        ..TableDraft::default()
    };
    let load = |table: &str| {
        let config = GOOD.replace("[keys]", &format!("[geocodes]\n{table}\n\n[keys]"));
        let folder = folder(&config);
        fs::write(folder.path().join("own.geocodes"), encode(&draft).expect("a table").bytes)
            .expect("written");
        fs::write(folder.path().join("no.geocodes"), "none").expect("written");
        Plan::load(&folder.path().join("beaconfire.toml"))
    };
    let know = |table: &str, scheme: &str, code: &str| {
        matches!(load(table).expect("good").geocodes.resolve(scheme, code, 0), Resolution::Place(_))
    };
    let own = "tables = [\"own.geocodes\"]";
    assert!(know(own, "own", "7") && know(own, "UGC", "TXC453") && !know("", "own", "7"));
    assert!(!know(&format!("{own}\nbuilt_in = false"), "UGC", "TXC453"));
    let warned = load("built_in = false").expect("good").warnings;
    assert!(warned.iter().any(|words| words.contains("no tables of geocodes")), "{warned:?}");
    for (table, words) in [("no.geocodes", "not a table of geocodes"), ("gone.geocodes", "gone.geocodes")] {
        let mistakes = load(&format!("tables = [\"own.geocodes\", \"{table}\"]")).expect_err("bad").0;
        assert!(mistakes.len() == 1 && mistakes[0].message.contains(words), "{mistakes:?}");
        assert_eq!(mistakes[0].place().expect("a place").0, 8);
    }
}

#[test]
fn anchors_are_read_and_a_demand_without_them_is_a_mistake_at_its_line() {
    let pem = Path::new(env!("CARGO_MANIFEST_DIR")).join("../cap/tests/sign/keys/p256.pem");
    let load = |lines: &str| {
        let config = GOOD.replace("kind = \"usgs-quake\"", &format!("kind = \"cap\"\n{lines}"));
        let folder = folder(&config);
        fs::copy(&pem, folder.path().join("a.pem")).expect("copied");
        fs::write(folder.path().join("no.pem"), "none").expect("written");
        Plan::load(&folder.path().join("beaconfire.toml"))
    };
    let demand = "options = { signature = \"demand\" }";
    let both = format!("anchors = [\"a.pem\", {{ sender = \"w@a.example\", file = \"a.pem\" }}]\n{demand}");
    assert!(!load(&both).expect("good").sources[0].anchors.is_empty());
    for (lines, place, words) in [
        (demand.to_owned(), ":20:", "authority.pem"),
        (format!("anchors = [\"a.pem\", \"gone.pem\"]\n{demand}"), ":20:21", "gone.pem"),
        (format!("anchors = [\"no.pem\"]\n{demand}"), ":20:12", "not its key"),
        ("anchors = [\"a.pem\"]".to_owned(), ":20:", "anchors do nothing"),
        (format!("anchors = [{{ file = \"a.pem\" }}]\n{demand}"), ":20:", "write a file such as"),
        ("options = { signature = \"maybe\" }".to_owned(), ":20:", "demand"),
    ] {
        let shown = load(&lines).expect_err(&lines).to_string();
        assert!(
            shown.contains(&format!("beaconfire.toml{place}")) && shown.contains(words),
            "{lines}: {shown}"
        );
    }
}
