//! `beaconfire geocodes`: tables made from public files, joined, listed, looked up; the built-in ones made anew.

mod common;

use common::{Run, beaconfire, fixture_folder, root};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

const ZONES: &str = r#"{"type":"FeatureCollection","features":[
{"type":"Feature","properties":{"ugc":"XXZ001","name":"West Plain"},
 "geometry":{"type":"Polygon","coordinates":[[[10.0,50.0],[11.0,50.0],[11.0,51.0],[10.0,51.0],[10.0,50.0]]]}},
{"type":"Feature","properties":{"ugc":"XXZ002","name":"East Plain"},
 "geometry":{"coordinates":[[[[12.0,50.0],[13.0,50.0],[13.0,51.0],[12.0,50.0]]],[[[14.0,50.0],[15.0,50.0],[15.0,51.0],[14.0,50.0]],[[14.5,50.1],[14.6,50.1],[14.6,50.2],[14.5,50.1]]]],"type":"MultiPolygon"}},
{"type":"Feature","properties":{"ugc":"XXZ001","name":"West Plain"},
 "geometry":{"type":"Polygon","coordinates":[[[20.0,50.0],[21.0,50.0],[21.0,51.0],[20.0,50.0]]]}}
]}"#;

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(fixture_folder())
    }

    fn path(&self, name: &str) -> String {
        self.0.path().join(name).to_str().expect("a path").to_owned()
    }

    fn file(&self, name: &str, text: &str) -> String {
        fs::write(self.path(name), text).expect("written");
        self.path(name)
    }

    /// Imports a file as a table of UGC codes.
    fn import(&self, file: &str, out: &str, more: &[&str]) -> Run {
        let out = self.path(out);
        let mut args = vec!["geocodes", "import", "--scheme", "UGC", "--licence", "CC0-1.0", "--out", &out];
        args.extend(more);
        args.push(file);
        beaconfire(&args)
    }

    /// The zones of the fixture.
    fn zones(&self) -> String {
        let zones = self.file("zones.geojson", ZONES);
        let fields = ["--code-property", "ugc", "--name-property", "name", "--resolution-m", "100"];
        let run = self.import(&zones, "zones.geocodes", &fields);
        assert_eq!(run.code, 0, "{}", run.err);
        assert!(
            run.out.contains("UGC, 2 entries, 4 rings, 13 points") && run.err.contains("1 hole"),
            "{}{}",
            run.out,
            run.err
        );
        self.path("zones.geocodes")
    }
}

fn show(tables: &[&str], scheme: &str, code: &str, more: &[&str]) -> Run {
    let mut args = vec!["geocodes", "show", scheme, code, "--no-built-in"];
    tables.iter().for_each(|table| args.extend(["--table", table]));
    args.extend(more);
    beaconfire(&args)
}

#[test]
fn geojson_becomes_a_table_that_is_looked_up() {
    let folder = Folder::new();
    let table = folder.zones();
    let run = show(&[&table], "ugc", "xxz001", &[]);
    assert!(run.code == 0 && run.out.starts_with("UGC XXZ001 is West Plain\n  2 ring(s)"), "{}", run.out);
    assert!(run.out.contains("to within 100 m") && run.out.contains("CC0-1.0"), "{}", run.out);
    let run = show(&[&table], "UGC", "XXZ002", &["--geojson"]);
    let feature: Value = serde_json::from_str(&run.out).expect("GeoJSON");
    assert_eq!(feature["geometry"]["coordinates"].as_array().expect("polygons").len(), 2);
    assert_eq!(feature["geometry"]["coordinates"][0][0][0], serde_json::json!([12.0, 50.0]));
    assert_eq!(feature["properties"]["resolution_m"], 100);
    let run = show(&[&table], "UGC", "XXZ009", &[]);
    assert_eq!((run.code, run.out.as_str()), (1, "UGC XXZ009 is in no table of its scheme\n"));
    let run = show(&[&table], "SAME", "12", &[]);
    assert!(run.code == 1 && run.out.contains("six digits"), "{}", run.out);
    let run = beaconfire(&["geocodes", "list", &table]);
    assert!(
        run.code == 0 && run.out.contains("\tUGC\t2 entries\t") && run.out.contains("\t100 m\tCC0-1.0\t"),
        "{}",
        run.out
    );
}

#[test]
fn a_later_import_ends_what_it_replaces_and_tells_what_followed() {
    let folder = Folder::new();
    let table = folder.zones();
    let newer = folder
        .file("newer.geojson", &ZONES.replace("XXZ002", "XXZ003").replace("West Plain", "West Plain (2026)"));
    let fields = [
        "--code-property",
        "ugc",
        "--name-property",
        "name",
        "--resolution-m",
        "200",
        "--valid-from",
        "2026-03-01",
    ];
    let run = folder.import(&newer, "zones.geocodes", &fields);
    assert!(run.code == 2 && run.err.contains("--merge"), "{}", run.err);
    let run =
        folder.import(&newer, "zones.geocodes", &[&fields[..], &["--merge", "--retire-missing"]].concat());
    assert_eq!(run.code, 0, "{}", run.err);
    let retired = folder
        .file("retired.csv", "code,ended,now\nXXZ002,2026-03-01,XXZ003 XXZ001\nXXZ000,2020-01-01,XXZ001\n");
    let fields = ["--to-column", "ended", "--successors-column", "now", "--target-column", "none"];
    let run = folder.import(&retired, "retired.geocodes", &fields);
    assert_eq!(run.code, 0, "{}", run.err);
    let retired = folder.path("retired.geocodes");
    for (code, at, told) in [
        ("XXZ001", "2026-02-28", "is West Plain\n"),
        ("XXZ001", "2026-03-01", "is West Plain (2026)\n"),
        ("XXZ003", "2026-02-28T23:59:59Z", "holds only from 2026-03-01 on"),
        ("XXZ002", "2026-02-28", "is East Plain"),
        ("XXZ002", "2026-03-01", "is retired since 2026-03-01, followed by XXZ003 XXZ001"),
    ] {
        let run = show(&[&retired, &table], "UGC", code, &["--at", at]);
        let other = show(&[&table, &retired], "UGC", code, &["--at", at]);
        let told_by = if code == "XXZ002" && at == "2026-03-01" { &other } else { &run };
        assert!(told_by.out.contains(told), "{code} at {at}: {}{}", told_by.out, told_by.err);
    }
    let run = show(&[&table], "UGC", "XXZ001", &["--at", "2026-03-01"]);
    assert!(run.out.contains("to within 200 m"), "a joined table is as coarse as the coarser: {}", run.out);
}

#[test]
fn csv_makes_codes_that_stand_for_others() {
    let folder = Folder::new();
    let zones = folder.zones();
    let csv = folder
        .file("regions.csv", "nuts,place,what\nXX11,UGC/XXZ001;UGC/XXZ002,Plain\nXX12,UGC/XXZ009,Hills\n");
    let out = folder.path("nuts.geocodes");
    let import = [
        "geocodes",
        "import",
        "--scheme",
        "NUTS2",
        "--licence",
        "own",
        "--name-column",
        "what",
        "--out",
        &out,
        &csv,
    ];
    let run = beaconfire(&import);
    assert_eq!(run.code, 0, "{}", run.err);
    let run = show(&[&zones, &out], "NUTS2", "XX11", &[]);
    assert!(run.code == 0 && run.out.starts_with("NUTS XX11 is Plain\n  4 ring(s)"), "{}", run.out);
    let run = show(&[&zones, &out], "NUTS", "XX12", &[]);
    assert!(run.code == 1 && run.out.contains("stands for UGC XXZ009, which is in no table"), "{}", run.out);
}

#[test]
fn mistakes_have_their_file_line_and_mend_and_nothing_is_written() {
    let folder = Folder::new();
    let geojson = |name: &str, from: &str, to: &str| folder.file(name, &ZONES.replace(from, to));
    let fields = ["--code-property", "ugc", "--resolution-m", "100"];
    for (file, words) in [
        (
            geojson("a.geojson", "XXZ002", "XX2"),
            "a.geojson, line 4: code \"XX2\" is no such code: UGC codes are two letters, C or Z",
        ),
        (
            geojson("b.geojson", "\"ugc\":\"XXZ002\"", "\"id\":\"XXZ002\""),
            "b.geojson, line 4: the feature has no property \"ugc\"",
        ),
        (geojson("c.geojson", "MultiPolygon", "LineString"), "c.geojson, line 4: the feature cannot be read"),
        (
            geojson(
                "r.geojson",
                "[13.0,51.0],[12.0,50.0]]]",
                "[13.0,51.0],[12.0,50.0],[12.1,50.1],[12.0,50.1],[12.0,50.0]]]",
            ),
            "closed at point 4, before its end",
        ),
        (geojson("d.geojson", "[13.0,50.0]", "[13.0]"), "d.geojson, line 4: a position has fewer"),
    ] {
        let run = folder.import(&file, "bad.geocodes", &fields);
        assert!(run.code == 1 && run.err.contains(words), "{file}: {}", run.err);
        assert!(run.err.contains("--skip-bad") && !Path::new(&folder.path("bad.geocodes")).exists());
        let run = folder.import(&file, "rest.geocodes", &[&fields[..], &["--skip-bad"]].concat());
        assert!(run.code == 0 && run.out.contains("1 entries"), "{file}: {}{}", run.out, run.err);
        fs::remove_file(folder.path("rest.geocodes")).expect("removed");
    }
    let good = geojson("e.geojson", "", "");
    for (run, words) in [
        (folder.import(&good, "x.geocodes", &["--code-property", "ugc"]), "--resolution-m"),
        (
            folder.import(&folder.file("f.geojson", "{\"type\":\"Feature\"}"), "x.geocodes", &fields),
            "feature collection",
        ),
        (folder.import(&folder.file("g.txt", ""), "x.geocodes", &fields), "name it .geojson"),
        (
            folder.import(
                &folder.file("h.csv", "a,b\nXXZ001,XXZ002\n"),
                "x.geocodes",
                &["--name-column", "c"],
            ),
            "there are a, b",
        ),
        (folder.import(&folder.path("none.csv"), "x.geocodes", &[]), "none.csv"),
        (
            folder.import(&good, "x.geocodes", &[&fields[..], &["--valid-from", "1.3.2026"]].concat()),
            "write 2026-01-31",
        ),
    ] {
        assert!(run.code == 2 && run.err.contains(words), "{words}: {}", run.err);
    }
    let csv = folder.file("i.csv", "code,target\nXXZ001,XXZ002\n");
    let run = folder.import(&csv, "x.geocodes", &[]);
    assert!(
        run.code == 1 && run.err.contains("i.csv, line 2: the target \"XXZ002\" does not say its scheme"),
        "{}",
        run.err
    );
    let codes = folder.file("codes.txt", "# drawn wrongly\nxxz002 # East Plain\n\n");
    let run = folder.import(&good, "undrawn.geocodes", &[&fields[..], &["--undrawn", &codes]].concat());
    assert!(run.code == 0 && run.out.contains("2 entries, 2 rings"), "{}{}", run.out, run.err);
    let run = show(&[&folder.path("undrawn.geocodes")], "UGC", "XXZ002", &[]);
    assert!(run.code == 1 && run.out.contains("no table says where it is"), "{}", run.out);
    let run = show(&[&folder.path("undrawn.geocodes")], "UGC", "XXZALL", &[]);
    assert!(run.code == 1, "all of a state is not known where a part of it is not: {}", run.out);
    let codes = folder.file("codes.txt", "XXZ001\nXX\n");
    let run = folder.import(&good, "x.geocodes", &[&fields[..], &["--undrawn", &codes]].concat());
    assert!(run.code == 2 && run.err.contains("codes.txt, line 2: \"XX\""), "{}", run.err);
    let text = folder.file("text.geocodes", "no table");
    let run = beaconfire(&["geocodes", "list", &text]);
    assert!(
        run.code == 2 && run.err.contains("text.geocodes") && run.err.contains("geocodes import"),
        "{}",
        run.err
    );
}

#[test]
fn the_built_in_tables_know_places_by_all_their_codes() {
    let run = beaconfire(&["geocodes", "list"]);
    assert!(run.code == 0, "{}", run.err);
    for scheme in ["UGC", "SAME", "EMMA_ID", "NUTS", "FIPS", "WARNCELLID", "ISO3166-2", "CN-ADMIN"] {
        assert!(run.out.contains(&format!("\t{scheme}\t")), "{scheme}: {}", run.out);
    }
    for (scheme, code, name) in [
        ("UGC", "TXC453", "Travis"),
        ("SAME", "048453", "Travis"),
        ("FIPS6", "48453", "Travis"),
        ("EMMA_ID", "AT001", "Niederösterreich"),
        ("NUTS3", "AT331", ""),
        ("WARNCELLID", "501000001", ""),
        ("ISO 3166-2", "AU_SA", "South Australia"),
        ("CPEAS Geographic Code", "130602", "竞秀区"),
    ] {
        let run = beaconfire(&["geocodes", "show", scheme, code]);
        assert!(run.code == 0 && run.out.contains(name), "{scheme} {code}: {}{}", run.out, run.err);
    }
    let run = beaconfire(&["geocodes", "show", "profile:CAP-CP:Location:0.3", "3506008"]);
    assert!(run.code == 1 && run.out.contains("without a table"), "{}", run.out);
    let size: u64 = fs::read_dir(root().join("samples/geocodes"))
        .expect("the tables")
        .map(|entry| entry.expect("an entry").metadata().expect("its size").len())
        .sum();
    assert!(
        size < 1 << 20,
        "the tables have {size} bytes: they are part of the program and stay under a megabyte"
    );
}

/// The commands in the README make the built-in tables, byte for byte.
#[test]
fn the_built_in_tables_are_what_their_commands_make() {
    let Some(data) = std::env::var_os("BEACONFIRE_REFERENCE_DATA").map(PathBuf::from) else {
        eprintln!("skipped: built-in geocodes made anew: BEACONFIRE_REFERENCE_DATA is not set");
        return;
    };
    let folder = Folder::new();
    let samples = root().join("samples/geocodes");
    for name in ["cn-admin.LICENSE", "ugc-damaged.txt"] {
        fs::copy(samples.join(name), folder.path(name)).expect("copied");
    }
    let readme = fs::read_to_string(samples.join("README.md")).expect("the README");
    let mut made = 0;
    for line in readme.lines().filter(|line| line.starts_with("beaconfire geocodes import")) {
        let args = words(&line.replace("$DATA", data.join("geo").to_str().expect("a path")));
        let args: Vec<&str> = args.iter().skip(1).map(String::as_str).collect();
        let output = common::program(&args).current_dir(folder.0.path()).output().expect("it runs");
        assert!(output.status.success(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
        let out = args[args.iter().position(|arg| *arg == "--out").expect("--out") + 1];
        let new = fs::read(folder.path(out)).expect("made");
        assert!(new == fs::read(samples.join(out)).expect("built in"), "{out} is not what its command makes");
        made += 1;
    }
    assert_eq!(made, 8);
}

/// A line of a shell, taken apart at spaces outside double quotes.
fn words(line: &str) -> Vec<String> {
    let (mut words, mut quoted) = (vec![String::new()], false);
    for c in line.chars() {
        match c {
            '"' => quoted = !quoted,
            ' ' if !quoted => words.push(String::new()),
            c => words.last_mut().expect("one at least").push(c),
        }
    }
    words
}

#[test]
fn two_tables_are_compared_by_codes_names_and_ground() {
    let folder = Folder::new();
    let old = folder.zones();
    let fields = ["--code-property", "ugc", "--name-property", "name", "--resolution-m", "100"];
    let changed =
        ZONES.replace("[11.0,50.0],[11.0,51.0]", "[10.5,50.0],[10.5,51.0]").replace("XXZ002", "XXZ003");
    let changed = folder.file("changed.geojson", &changed);
    assert_eq!(folder.import(&changed, "new.geocodes", &fields).code, 0);
    let new = folder.path("new.geocodes");
    let same = beaconfire(&["geocodes", "compare", &old, &old]);
    assert!(same.code == 0 && same.out.starts_with("0 of 2 codes differ"), "{}{}", same.out, same.err);
    let run = beaconfire(&["geocodes", "compare", &old, &new]);
    assert_eq!(run.code, 1, "{}", run.err);
    let lines: Vec<&str> = run.out.lines().collect();
    assert!(lines[0].starts_with("UGC XXZ001 loses 39") && lines[0].contains("gains 0.0"), "{}", run.out);
    assert!(lines[1].starts_with("UGC XXZ002 was East Plain; now it is in no table"), "{}", run.out);
    assert!(
        lines[2].starts_with("UGC XXZ003 is in no table of its scheme; now it is East Plain"),
        "{}",
        run.out
    );
    assert_eq!(lines[3], "3 of 3 codes differ, 0 are the same");
}
