//! What stands before and behind the detectors of `beaconfire detect`: reports that are late, strata and their totals,
//! several categories at once, and measurements with labelled windows.

mod common;

use common::{Run, beaconfire, beaconfire_with, fixture_folder};
use std::fs;

/// The rows of a table without its header, by their columns.
fn rows(out: &str) -> Vec<Vec<String>> {
    let mut reader = csv::Reader::from_reader(out.as_bytes());
    reader.records().map(|row| row.expect("CSV").iter().map(str::to_owned).collect()).collect()
}

fn number(text: &str) -> f64 {
    text.parse().unwrap_or_else(|_| panic!("{text:?} is no number"))
}

fn ran(run: Run) -> String {
    assert_eq!(run.code, 0, "{}", run.err);
    run.out
}

fn refused(args: &[&str], stdin: &str, words: &str) {
    let run = beaconfire_with(args, stdin.as_bytes());
    assert_eq!(run.code, 2, "{}", run.out);
    assert!(run.err.contains(words), "{}", run.err);
}

/// Half of the reports of a week come in it, three tenths the week after, the rest another week later.
fn late(now: i64) -> String {
    let mut text = "series,event,report,count\n".to_owned();
    for week in 0..20_i64 {
        for (delay, count) in [(0, 50), (1, 30), (2, 20)] {
            let day = |week: i64| {
                let first = jiff::civil::date(2026, 1, 5);
                first.checked_add(jiff::Span::new().days(7 * week + week % 5)).expect("a day")
            };
            if week + delay <= now {
                text += &format!("north,{},{},{count}\n", day(week), day(week + delay));
            }
        }
    }
    text
}

#[test]
fn late_reports_are_expected_and_a_detector_takes_them() {
    let out = ran(beaconfire_with(&["detect", "nowcast", "--step", "week", "-"], late(15).as_bytes()));
    assert!(out.starts_with("series,date,value,reported,complete,low,high\n"), "{out}");
    let told = rows(&out);
    assert_eq!(told.len(), 16);
    assert_eq!(told[15][..2], ["north".to_owned(), "2026-04-20".to_owned()]);
    for (row, share, reported) in [(&told[15], 0.5, 50.0), (&told[14], 0.8, 80.0), (&told[3], 1.0, 100.0)] {
        assert!((number(&row[2]) - 100.0).abs() < 1e-9 && number(&row[3]) == reported, "{row:?}");
        assert!((number(&row[4]) - share).abs() < 1e-12, "{row:?}");
    }
    assert!(number(&told[15][5]) < 95.0 && number(&told[15][6]) > 105.0, "{:?}", told[15]);
    // As of an earlier week, with all that is known today in the file: the same as was said then.
    let args = ["detect", "nowcast", "--step", "week", "--now", "2026-04-22", "-"];
    assert_eq!(ran(beaconfire_with(&args, late(19).as_bytes())), out);
    // Into a method: without the stage the last weeks look low, with it they do not.
    let ears = ["detect", "earsC", "-p", "baseline=7", "-"];
    let judged = rows(&ran(beaconfire_with(&ears, out.as_bytes())));
    let last = judged.last().expect("rows");
    assert!((number(&last[2]) - 100.0).abs() < 1e-9 && last[1] == "2026-04-20", "{last:?}");
}

#[test]
fn reports_that_cannot_be_used_are_told_with_the_mend() {
    let nowcast = ["detect", "nowcast", "-"];
    refused(
        &nowcast,
        "event,report\n2026-03-04,2026-03-01\n",
        "line 2: reported before it happened: correct",
    );
    refused(&nowcast, "date,report\n1,2\n", "name so the columns");
    refused(
        &["detect", "nowcast", "--now", "5", "-"],
        "event,report\n2026-03-01,2026-03-04\n",
        "write a date",
    );
    refused(
        &["detect", "nowcast", "--now", "1", "-"],
        "event,report\n5,6\n",
        "first event of the file is later",
    );
    refused(&["detect", "nowcast", "--level", "2", "-"], "event,report\n5,6\n", "between 0 and 1");
    refused(&nowcast, "event,report\n0,1\n0,900000000\n", "a shorter --delays");
}

/// Four regions of five districts; the third district of the second region has an outbreak in the last week.
fn districts() -> String {
    let mut text = "date,region,district,value\n".to_owned();
    for week in 0..160_usize {
        let day = jiff::civil::date(2023, 1, 2)
            .checked_add(jiff::Span::new().days(7 * week as i64))
            .expect("a day");
        for (region, name) in ["N", "E", "S", "W"].iter().enumerate() {
            for district in 0..5 {
                let usual = (week * (7 + region) + district * 13 + week * week % 17) % 6;
                let more = if (week, region, district) == (159, 1, 3) { 60 } else { 0 };
                text += &format!("{day},{name},{name}{district},{}\n", usual + more);
            }
        }
        text += &format!("{day},N,,{}\n", week % 3);
    }
    text
}

#[test]
fn an_outbreak_is_found_from_the_whole_down_to_its_district() {
    let args = ["detect", "hierarchy", "onset", "--strata", "region,district", "-"];
    let out = ran(beaconfire_with(&args, districts().as_bytes()));
    assert!(out.starts_with("series,t,observed,expected,upperbound,p,adjusted,alarm,reason\n"), "{out}");
    let told = rows(&out);
    assert_eq!(told.len(), 1 + 4 + 20 + 1);
    let standing: Vec<&str> = told.iter().filter(|row| row[7] == "1").map(|row| row[0].as_str()).collect();
    assert_eq!(standing, ["all", "E", "E/E3"], "{out}");
    let of = |name: &str| told.iter().find(|row| row[0] == name).expect(name);
    assert_eq!((of("S")[7].as_str(), of("S/S1")[7].as_str()), ("0", "NA"));
    assert_eq!(of("S/S1")[8], "not looked at: S is not unusual");
    assert_eq!(of("N/unknown")[2], "0");
    // Totals are the sums of their parts.
    let sum: f64 = (0..5).map(|at| number(&of(&format!("E/E{at}"))[2])).sum();
    assert_eq!(number(&of("E")[2]), sum);
    // The same by one thread and by four, and of the alarms alone.
    let with = |more: &[&str]| ran(beaconfire_with(&[&args[..], more].concat(), districts().as_bytes()));
    assert!(with(&["--jobs", "1"]) == out && with(&["--jobs", "4"]) == out);
    assert_eq!(rows(&with(&["--alarms", "--last", "2"])).len(), 3);
}

#[test]
fn ready_p_values_are_screened_and_what_is_written_reads_back() {
    let args = ["detect", "hierarchy", "onset", "--strata", "region,district", "--last", "3", "-"];
    let out = ran(beaconfire_with(&args, districts().as_bytes()));
    // By its own budget the same is said again, of every series and step.
    let judged = |out: &str| -> Vec<Vec<String>> {
        rows(out).iter().map(|row| [&row[..2], &row[5..8]].concat()).collect()
    };
    let ready = |more: &[&str], text: &str| {
        let args = [&["detect", "hierarchy", "--pvalue", "p", "--last", "3"][..], more, &["-"]].concat();
        ran(beaconfire_with(&args, text.as_bytes()))
    };
    let again = ready(&[], &out);
    assert_eq!(judged(&again), judged(&out));
    assert_eq!(judged(&ready(&[], &again)), judged(&out));
    assert!(again.contains("S/S1,2026-01-19,NA,NA,NA,") && again.contains("not looked at: S is not unusual"));
    // A region without a p value cannot be judged; its districts are looked at all the same.
    let written = "t,region,district,p\n7,all,all,0.001\n7,N,A,0.0001\n7,N,B,0.9\n7,S,all,0.8\n7,S,C,1e-9\n";
    let told = rows(&ready(&["--strata", "region,district"], written));
    let said: Vec<(&str, &str, &str)> = told.iter().map(|row| (&*row[0], &*row[7], &*row[8])).collect();
    assert_eq!(
        said,
        [
            ("all", "1", ""),
            ("N", "NA", "it has no p value here"),
            ("N/A", "1", ""),
            ("N/B", "0", ""),
            ("S", "0", ""),
            ("S/C", "NA", "not looked at: S is not unusual"),
        ]
    );
    let with = |more: &[&'static str]| [&["detect", "hierarchy"][..], more, &["-"]].concat();
    refused(
        &with(&["--pvalue", "q", "--strata", "region"]),
        written,
        "the header has t, region, district, p",
    );
    refused(&with(&["onset", "--pvalue", "p", "--strata", "region"]), written, "either a method or --pvalue");
    refused(&with(&["--pvalue", "p", "-p", "b=3", "--strata", "region"]), written, "cannot be used with");
    refused(&with(&["--strata", "region"]), written, "<IN.csv>");
}

/// Two regions whose people double at once, and the cases with them; the second has no count of people at the end.
fn people(last_known: bool) -> String {
    let mut text = "t,region,value,people\n".to_owned();
    for step in 0..200_usize {
        for (region, name) in ["N", "S"].iter().enumerate() {
            let times = if step < 190 { 1 } else { 3 };
            let value = times * (8 + (step * (5 + region) + step * step % 13) % 5);
            let known = last_known || region == 0 || step < 199;
            let people = if known { (1000 * times).to_string() } else { "NA".to_owned() };
            text += &format!("{step},{name},{value},{people}\n");
        }
    }
    text
}

#[test]
fn rates_are_compared_where_the_strata_have_their_population() {
    let args = |more: &[&'static str]| {
        let first = ["detect", "hierarchy", "farringtonFlexible", "--strata", "region", "-p", "b=3"];
        [&first[..], more, &["-"]].concat()
    };
    let alarms = |more: &[&'static str], text: &str| -> Vec<(String, String, String)> {
        let told = rows(&ran(beaconfire_with(&args(more), text.as_bytes())));
        told.into_iter().map(|row| (row[0].clone(), row[7].clone(), row[8].clone())).collect()
    };
    let plain = alarms(&[], &people(true));
    assert!(plain.iter().all(|row| row.1 == "1"), "{plain:?}");
    let offset = ["--population", "people", "-p", "populationOffset=true"];
    let rates = alarms(&offset, &people(true));
    assert!(rates.iter().all(|row| row.1 != "1") && rates[0].1 == "0", "{rates:?}");
    // The people of one region are unknown, so those of both together are: neither can be judged, and N can.
    let unknown = alarms(&offset, &people(false));
    let told: Vec<(&str, bool)> = unknown.iter().map(|row| (&*row.0, row.1 == "NA")).collect();
    assert_eq!(told, [("all", true), ("N", false), ("S", true)], "{unknown:?}");
    assert!(unknown[0].2.contains("population") && unknown[2].2.contains("population"), "{unknown:?}");
    refused(&args(&["-p", "populationOffset=true"]), &people(true), "needs the population");
}

#[test]
fn a_hierarchy_leaves_out_what_a_series_does() {
    let folder = fixture_folder();
    let path = folder.path().join("pandemic.json").display().to_string();
    let pandemic = r#"{"stretches": [{"from": {"day": "2025-09-01"}, "until": {"day": "2025-12-01"}, "why": "pandemic"}]}"#;
    fs::write(&path, pandemic).expect("written");
    // Three months of many cases, some weeks before the end.
    let many = districts().lines().fold(String::new(), |text, line| {
        let of = ["2025-09", "2025-10", "2025-11"].iter().any(|begin| line.starts_with(begin));
        text + line + if of { "0" } else { "" } + "\n"
    });
    let args = ["detect", "hierarchy", "alert_ewma", "--strata", "region,district", "-"];
    let standing = |args: &[&str]| -> Vec<String> {
        let told = rows(&ran(beaconfire_with(args, many.as_bytes())));
        told.iter().filter(|row| row[7] == "1").map(|row| row[0].clone()).collect()
    };
    let left_out = [&["detect", "hierarchy"][..], &["--left-out", &path], &args[2..]].concat();
    assert_eq!(
        (standing(&args).len(), standing(&left_out)),
        (0, vec!["all".to_owned(), "E".to_owned(), "E/E3".to_owned()])
    );
    fs::write(&path, r#"{"stretches": [{"from": {"step": 3}, "until": {"step": 3}, "why": ""}]}"#)
        .expect("written");
    refused(&left_out, &many, "must be after from");
}

#[test]
fn what_makes_no_hierarchy_is_told_with_the_mend() {
    let of = |method: &'static str, more: &[&'static str]| {
        [&["detect", "hierarchy", method][..], more, &["-"]].concat()
    };
    let strata = ["--strata", "region,district"];
    refused(&of("rki1", &strata), &districts(), "it gives no p value; take farringtonFlexible");
    refused(
        &of("onset", &["--strata", "county"]),
        &districts(),
        "the header has date, region, district, value",
    );
    refused(&of("onset", &["--strata", "region", "--budget", "1"]), &districts(), "above 0 and below 1");
    refused(&of("onset", &["--strata", "a"]), "t,a,value\n1,x,two\n", "line 2");
}

#[test]
fn categories_are_watched_together() {
    let counts = "date,H1,H3,B\n2026-01-05,16,3,1\n2026-01-12,6,9,5\n2026-01-19,NA,9,5\n2026-01-26,0,0,0\n";
    let args = ["detect", "categorical", "--usual", "0.8,0.15,0.05", "--sought", "0.6,0.3,0.1", "-"];
    let out = ran(beaconfire_with(&args, counts.as_bytes()));
    assert!(out.starts_with("t,n,statistic,alarm,reason,H1,H3,B\n"), "{out}");
    let told = rows(&out);
    let ratio = |counts: [f64; 3]| {
        let ratios = [0.6_f64 / 0.8, 0.3 / 0.15, 0.1 / 0.05];
        counts.iter().zip(ratios).map(|(count, ratio)| count * ratio.ln()).sum::<f64>()
    };
    assert_eq!(told[0][2..4], ["0".to_owned(), "0".to_owned()]);
    assert!((number(&told[1][2]) - ratio([6.0, 9.0, 5.0])).abs() < 1e-9 && told[1][3] == "1", "{out}");
    assert!((number(&told[1][6]) - 9.0 * 2_f64.ln()).abs() < 1e-9, "{out}");
    assert_eq!((told[2][3].as_str(), told[2][5].as_str()), ("NA", "NA"));
    assert_eq!((told[3][1].as_str(), told[3][2].as_str(), told[3][5].as_str()), ("0", "0", "0"));
    let with = |more: &[&'static str]| [&args[..6], more, &["-"]].concat();
    refused(&with(&["--category", "H1,B"]), counts, "it has 3 shares, and there are 2 categories");
    refused(&with(&["--category", "H1,H2,B"]), counts, "find the category \"H2\"");
    refused(
        &["detect", "categorical", "--usual", "0.5,0.5,0.5", "--sought", "0.6,0.3,0.1", "-"],
        counts,
        "--usual must hold shares",
    );
}

#[test]
fn charts_of_measurements_are_compared_on_labelled_windows() {
    let folder = fixture_folder();
    let at = |name: &str| folder.path().join(name).display().to_string();
    let value = |step: usize| {
        let noise = ((step * 7919 + step * step * 31) % 101) as f64 / 101.0 - 0.5;
        20.0 + noise + if (600..620).contains(&step) { 4.0 } else { 0.0 }
    };
    let row = |step: usize| {
        let start = jiff::civil::date(2026, 1, 1).at(0, 0, 0, 0);
        let time = start.checked_add(jiff::Span::new().minutes(10 * step as i64)).expect("a time");
        format!("{},{}\n", time.to_string().replace('T', " "), value(step))
    };
    fs::write(at("pump.csv"), "timestamp,value\n".to_owned() + &(0..800).map(row).collect::<String>())
        .expect("written");
    // Steps 600 to 619, with half an hour before and after.
    let windows = r#"{"plant/pump.csv": [["2026-01-05 03:30:00.000000", "2026-01-05 07:40:00.000000"]]}"#;
    fs::write(at("windows.json"), windows).expect("written");
    let (file, windows) = (at("pump.csv"), at("windows.json"));
    let methods = ["--method", "onset", "--method", "shewhart", "--method", "cusum_mean"];
    let common = ["detect", "evaluate", "--windows", &windows, "--budget", "0.01", &file];
    let args = [&common[..], &methods].concat();
    let out = ran(beaconfire(&args));
    assert!(out.contains("own limits, 4.7 days judged") && out.contains("NAB best"), "{out}");
    let told: serde_json::Value =
        serde_json::from_str(&ran(beaconfire(&[&args[..], &["--json"]].concat()))).expect("JSON");
    let own = told["own_limits"]["rows"].as_array().expect("rows");
    assert_eq!(own.len(), 6);
    for row in own {
        assert_eq!((row["windows"].as_u64(), row["hit"].as_u64()), (Some(1), Some(1)), "{row}");
    }
    // A level shift of 14 standard deviations takes no false alarm to be found.
    for (row, label) in own.iter().zip(["onset", "shewhart"]) {
        assert_eq!((row["label"].as_str(), row["false_alarms"].as_u64()), (Some(label), Some(0)), "{told}");
        let late = row["nab"].as_f64().expect("a score");
        assert!((90.0..100.0).contains(&late) && row["nab_best"].as_f64() >= Some(late), "{row}");
    }
    assert_eq!(told["rows"][0]["measures"]["pod"]["value"], 1.0, "{told}");
    let alone = ["detect", "onset", &file];
    let told = ran(beaconfire(&alone));
    // The header, two days learned from, and the shift is told at once.
    let row = told.lines().nth(1 + 600 - 288).expect("a row for every step");
    assert!(row.starts_with("value,2026-01-05 04:00:00,") && row.contains(",1,"), "{row}");
    refused(&["detect", "evaluate", &file], "", "give --labels, or --windows");
    fs::write(&windows, "{}").expect("written");
    refused(&args, "", "find pump.csv or value");
}

#[test]
fn the_benchmark_can_be_read() {
    let Ok(data) = std::env::var("BEACONFIRE_REFERENCE_DATA") else {
        eprintln!("skipped: measurements with windows: BEACONFIRE_REFERENCE_DATA is not set");
        return;
    };
    let at = |name: &str| format!("{data}/detect/real_labelled/{name}");
    let files =
        ["ambient_temperature_system_failure", "nyc_taxi", "speed_7578", "occupancy_6005", "TravelTime_387"];
    let files = files.map(|name| at(&format!("nab_{name}.csv")));
    let windows = at("nab_label_windows.json");
    let mut args = vec!["detect", "evaluate", "--json", "--windows", &windows];
    args.extend(files.iter().map(String::as_str));
    let told: serde_json::Value = serde_json::from_str(&ran(beaconfire(&args))).expect("JSON");
    let own = told["own_limits"]["rows"].as_array().expect("rows");
    // Two, five, four, one and three windows, all after the part that is learnt from.
    assert!(own.iter().all(|row| row["windows"] == 15 && row["hit"].as_u64() > Some(0)), "{told}");
    let best = |row: &serde_json::Value| row["nab_best"].as_f64().unwrap_or(f64::NAN);
    assert!(own[0]["label"] == "onset" && own[1..].iter().all(|row| best(row) < best(&own[0])), "{told}");
    assert_eq!(told["series"], 5);
    for row in told["rows"].as_array().expect("rows") {
        let (fpr, budget) = (row["measures"]["fpr"]["value"].as_f64(), row["budget"].as_f64());
        let (fpr, budget) = (fpr.expect("a share"), budget.expect("a share"));
        assert!(fpr <= budget * 1.05, "{row}");
    }
}
