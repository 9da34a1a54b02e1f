//! The design of charts against stored tables of R surveillance and spc.
#![allow(clippy::unwrap_used)]

mod reference;

use beaconfire_detect::design::discrete::{Counts, Wish, arl, find_h};
use beaconfire_detect::design::ewma::{self, Limits};
use beaconfire_detect::design::{Sided, cusum};
use reference::{Differences, data};

#[test]
fn poisson_charts_are_those_of_the_reference() {
    let Some(detect) = data("the design of Poisson charts") else { return };
    let table = reference::Table::read(&detect.join("expected/table_arlCusum_poisson.csv"));
    let mut differences = Differences::default();
    for row in 0..table.rows.len() {
        let of = |name| table.number(row, name);
        let got = arl(of("h"), of("k"), of("theta"), Counts::Poisson, None, 1).unwrap();
        differences.add(got.zero, of("ARL"));
        differences.add(got.head_start, of("FIR.ARL"));
    }
    let table = reference::Table::read(&detect.join("expected/table_findH_poisson.csv"));
    for row in 0..table.rows.len() {
        let of = |name| table.number(row, name);
        let got = find_h(&Wish::new(of("ARL0"), of("theta0"), of("s")), Counts::Poisson).unwrap();
        let same = (got.k - of("k")).abs() < 1e-9 && (got.h - of("h")).abs() < 1e-9;
        assert!(same, "row {row}: {got:?}");
        differences.add(got.arl, of("ARL"));
    }
    differences.report("Poisson CUSUM", 1e-9);
}

#[test]
fn charts_of_measurements_are_those_of_the_reference() {
    let Some(detect) = data("the design of charts of measurements") else { return };
    let read = |name: &str| reference::Table::read(&detect.join(format!("expected/table_spc_{name}.csv")));
    let mut differences = Differences::default();
    let table = read("xcusum_arl");
    for row in 0..table.rows.len() {
        let of = |name| table.number(row, name);
        let got = |sided| cusum::arl(of("k"), of("h"), of("mu"), 0.0, sided).unwrap();
        differences.add(got(Sided::One), of("ARL_one_sided"));
        differences.add(got(Sided::Two), of("ARL_two_sided"));
    }
    differences.report("CUSUM ARL", 1e-8);
    let (table, mut differences) = (read("xcusum_crit"), Differences::default());
    for row in 0..table.rows.len() {
        let of = |name| table.number(row, name);
        differences.add(cusum::decision_interval(of("k"), of("ARL0"), Sided::One).unwrap(), of("h_one"));
    }
    differences.report("CUSUM h", 1e-6);
    let (table, mut fixed, mut exact) = (read("xewma_arl"), Differences::default(), Differences::default());
    for row in 0..table.rows.len() {
        let of = |name| table.number(row, name);
        let got = |limits| ewma::arl(of("lambda"), of("L"), of("mu"), limits).unwrap();
        fixed.add(got(Limits::Fixed), of("ARL_two_sided_fixed"));
        exact.add(got(Limits::Exact), of("ARL_two_sided_vacl"));
    }
    fixed.report("EWMA ARL, fixed limits", 1e-8);
    exact.report("EWMA ARL, exact limits", 1e-6);
    let (table, mut differences) = (read("xewma_crit"), Differences::default());
    for row in 0..table.rows.len() {
        let of = |name| table.number(row, name);
        differences.add(ewma::limit(of("lambda"), of("ARL0"), Limits::Fixed).unwrap(), of("L"));
    }
    differences.report("EWMA limit", 1e-6);
}
