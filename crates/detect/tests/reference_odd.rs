//! Compat mode at parameters and series that few give, against numbers of R surveillance 1.20.3 and Rnssp 0.3.1.
#![allow(clippy::unwrap_used)]

use beaconfire_detect::Judgement;
use beaconfire_detect::calendar::Date;
use beaconfire_detect::method::{Memory, method};
use beaconfire_detect::outcome::Outcome;
use beaconfire_detect::series::{Day, Series};

/// Sixty counts, which R was given too.
fn counts() -> Vec<f64> {
    (1..=60_u32).map(|i| f64::from((i * i * 7 + i * 3) % 11 + i % 4)).collect()
}

/// Points from 1, both ends inclusive, as R counts them.
fn run(name: &str, params: &str, values: &[f64], freq: u32, from: usize, to: usize) -> Outcome {
    let params = format!(r#"{{"mode": "compat"{}{params}}}"#, if params.is_empty() { "" } else { ", " });
    let judge = method(name).unwrap().parse(&params).unwrap();
    judge.judge(&Series::new(values, freq), from - 1..to, &mut Memory::default()).unwrap()
}

fn same(outcome: &Outcome, name: &str, wanted: &[f64]) {
    let got = outcome.numbers(name).unwrap();
    assert_eq!(got.len(), wanted.len());
    for (at, (got, wanted)) in got.iter().zip(wanted).enumerate() {
        let near = (got - wanted).abs() <= 1e-9 * wanted.abs().max(1.0);
        assert!(near || (got.is_nan() && wanted.is_nan()), "{name} at {at}: {got} is not {wanted}");
    }
}

const NONE: f64 = f64::NAN;

#[test]
fn bayes_and_rki_take_the_windows_of_the_reference() {
    let y = counts();
    let it = run("bayes2", r#""alpha": 0.001"#, &y, 12, 40, 43);
    same(&it, "upperbound", &[10.0, 10.0, 10.0, 10.0]);
    let it = run("bayes", r#""b": 1, "w": 0, "actY": true"#, &y, 12, 40, 43);
    same(&it, "upperbound", &[10.0, 9.0, 14.0, 8.0]);
    let it = run("rki", r#""b": 1, "w": 5, "actY": false"#, &y, 4, 40, 43);
    same(&it, "upperbound", &[11.177, 11.177, 11.177, 11.177]);
    let tens: Vec<f64> = y.iter().map(|y| 10.0 * y).collect();
    let it = run("rki", r#""b": 1, "w": 5, "actY": true"#, &tens, 4, 40, 43);
    let wanted = [119.498061986388, 121.589314176169, 132.154760955570, 133.929959400198];
    same(&it, "upperbound", &wanted);
}

#[test]
fn cusum_has_a_dispersion_of_its_own() {
    let it = run("cusum", r#""trans": "pearsonNegBin", "k": 0.2"#, &counts(), 12, 40, 45);
    let sums = [0.0, 1.589973465238471, 0.159366707887022, 0.406860074196640, 0.0, 1.589973465238471];
    same(&it, "cusum", &sums);
    let bounds = [
        12.9963842601351,
        12.9963842601351,
        8.2589629262707,
        12.5215415924063,
        11.7841202585420,
        12.9963842601351,
    ];
    same(&it, "upperbound", &bounds);
}

#[test]
fn outbreak_p_multiplies_and_searches_as_the_reference_does() {
    let last = |params: &str, values: &[f64]| {
        let it = run("outbreakP", params, values, 12, values.len(), values.len());
        [it.numbers("statistic").unwrap()[0], it.numbers("cases_to_alarm").unwrap()[0]]
    };
    let few = r#""k": 5, "maxUpperboundCases": 20"#;
    let [ratio, cases] = last(few, &[3.2, 2.1, 4.4, 1.7, 2.8, 3.3, 2.9, 2.3]);
    assert!((ratio - 1.01691356768488).abs() < 1e-9 && (cases - 7.3).abs() < 1e-9, "{ratio} {cases}");
    let most = r#""k": 2, "maxUpperboundCases": 2000"#;
    let [ratio, cases] = last(most, &[900.0, 950.0, 400.0, 300.0, 700.0, 900.0, 1000.0]);
    assert!((ratio / 1.81570478020203e38 - 1.0).abs() < 1e-9 && cases == 382.0, "{ratio} {cases}");
    let [ratio, cases] = last(most, &[400.0, 300.0, 700.0, 900.0, 2000.0]);
    assert!(ratio.is_nan() && cases.is_nan(), "{ratio} {cases}");
}

/// Counts for the GLR charts.
const FEW: [f64; 12] = [0.0, 2.0, 3.0, 4.0, 0.0, 2.0, 2.0, 1.0, 4.0, 3.0, 5.0, 6.0];

#[test]
fn glr_of_epidemics_has_a_shortest_window() {
    let it = run("glrpois", r#""mu0": 2, "c.ARL": 0.4, "change": "epi", "Mtilde": 3"#, &FEW, 12, 1, 12);
    let wanted = [
        0.0,
        0.0,
        0.216395324324493,
        0.977574709811998,
        0.0,
        0.0,
        0.0,
        0.0,
        0.0,
        4.2187183368176e-7,
        0.127454206234852,
        4.38606667512513,
    ];
    same(&it, "statistic", &wanted);
}

#[test]
fn glr_cuts_fractions_off_but_for_the_count_before_a_new_beginning() {
    let real = FEW.map(|x| x + 0.7);
    let it = run("glrpois", r#""mu0": 2, "c.ARL": 0.4, "change": "epi""#, &real, 12, 1, 12);
    let wanted = [
        0.0,
        0.0,
        0.216395324324493,
        0.977574709811998,
        0.0,
        0.0,
        0.0,
        0.0,
        1.7600255059286e-8,
        3.42264342408235e-7,
        0.0640641711686376,
        4.38606667512513,
    ];
    same(&it, "statistic", &wanted);
    let it = run("glrpois", r#""mu0": 2, "c.ARL": 2"#, &real, 12, 1, 12);
    assert!((it.score[11] - 2.5916737320086574).abs() < 1e-9, "{}", it.score[11]);
}

#[test]
fn glr_of_dispersed_counts_loses_its_way_as_the_reference_does() {
    let fall = [3.0, 0.0, 0.0, 0.0, 0.0, 9.0, 1.0, 0.0, 2.0];
    let it = run("glrnb", r#""mu0": 13, "alpha": 0.8, "c.ARL": 8, "dir": "dec""#, &fall, 12, 1, 9);
    let wanted = [
        0.742799969677639,
        3.042016694250562,
        0.0,
        9.1260496846755,
        3.042016590549359,
        0.889058450744742,
        1.987277073609092,
        3.042016694250562,
        0.0,
    ];
    same(&it, "statistic", &wanted);
    let rise = [0.0, 0.0, 0.0, 2.0, 0.0, 1.0, 3.0];
    let it = run("glrnb", r#""mu0": 0.05, "alpha": 1.5, "c.ARL": 6"#, &rise, 12, 1, 7);
    let wanted = [0.0, 0.0, 0.0, 3.87382904278717, 3.17823097945955, 4.76734646918933, 0.0];
    same(&it, "statistic", &wanted);
}

#[test]
fn glr_of_poisson_counts_looks_beyond_the_largest_count() {
    let it = run("glrpois", r#""mu0": 50, "c.ARL": 5, "xMax": 20"#, &FEW, 12, 1, 12);
    same(&it, "cases_to_alarm", &[74.0; 12]);
}

#[test]
fn windows_that_overlap_are_parted_as_the_reference_parts_them() {
    let y = counts();
    let wide = |params: &str| {
        run("farringtonFlexible", &format!(r#""b": 3, "glmWarnings": false, {params}"#), &y, 12, 50, 53)
    };
    let it = wide(r#""w": 7, "noPeriods": 3, "pastWeeksNotIncluded": 2, "reweight": false"#);
    let bounds = [13.5173099827820, 12.7509462879266, 13.1637098615001, 12.7612061571103];
    same(&it, "upperbound", &bounds);
    same(&it, "expected", &[5.73076923076923, 5.34615384615385, 5.61538461538461, 5.46153846153847]);
    let it = wide(r#""w": 6, "noPeriods": 5, "pastWeeksNotIncluded": 2, "trend": false"#);
    let bounds = [13.3878694876390, 13.3699228584991, 11.9831150127131, 12.5992923394862];
    same(&it, "upperbound", &bounds);
    same(&it, "phi", &[2.69793466782660, 2.71741629961255, 2.45390607095460, 2.55384935306560]);
    let it = wide(r#""w": 8, "noPeriods": 4, "thresholdMethod": "nbPlugin", "alpha": 0.01"#);
    same(&it, "upperbound", &[16.0, 17.0, 18.0, 19.0]);
    same(&it, "phi", &[2.49266309344899, 2.61038850072935, 2.74284305255260, 2.92202916076781]);
}

#[test]
fn without_a_population_everybody_is_one() {
    let params = r#""b": 3, "w": 2, "populationOffset": true"#;
    let it = run("farringtonFlexible", params, &counts(), 12, 50, 52);
    same(&it, "upperbound", &[10.3421812408171, 10.6498121557577, 11.9493045709378]);
    let params = r#""b": 3, "w": 2, "fitFun": "algo.farrington.fitGLM.populationOffset""#;
    assert!(run("farrington", params, &counts(), 12, 50, 52).upperbound.iter().all(|bound| *bound > 0.0));
}

#[test]
fn a_window_may_begin_before_the_series() {
    let it = run("farrington", r#""b": 3, "w": 3, "limit54": [0, 4]"#, &counts(), 12, 37, 40);
    same(&it, "upperbound", &[12.2291536634110, 12.0156240294959, 12.0035165219442, 11.6814460537476]);
    let first = run("farrington", r#""b": 3, "w": 3, "limit54": [0, 4]"#, &counts(), 12, 36, 36);
    assert!(first.upperbound[0] > 0.0);
}

#[test]
fn a_fall_of_a_proportion_takes_no_case_at_an_alarm() {
    let params = r#"{"mode": "compat", "pi0": 0.1, "pi1": 0.05, "h": 2}"#;
    let judge = method("binomialLRCUSUM").unwrap().parse(params).unwrap();
    let y = [9.0, 7.0, 4.0, 2.0, 10.0, 3.0];
    let series = Series { population: Some(&[100.0; 6]), ..Series::new(&y, 52) };
    let it = judge.judge(&series, 0..6, &mut Memory::default()).unwrap();
    let sums = [0.0, 0.17622131421603, 2.59408583392272, 3.91229332336713, 0.0, 3.16507892153691];
    same(&it, "statistic", &sums);
    same(&it, "cases_to_alarm", &[NONE, NONE, 0.0, 0.0, NONE, 0.0]);
}

/// The first day and every step after, of as many counts as there are dates; the numbers are those of Rnssp 0.3.1.
fn dated(name: &str, params: &str, dates: &[Day]) -> Outcome {
    let judge = method(name).unwrap().parse(params).unwrap();
    let freq = if dates[1] - dates[0] == 7 { 52 } else { 365 };
    let values: Vec<f64> = (1..=dates.len()).map(|i| ((i * i * 7 + i * 3) % 11 + i % 4) as f64).collect();
    let series = Series { dates: Some(dates), ..Series::new(&values, freq) };
    judge.judge(&series, values.len() - 2..values.len(), &mut Memory::default()).unwrap()
}

#[test]
fn a_weekday_that_the_baseline_lacks_takes_a_coefficient_all_the_same() {
    let monday = Date::new(2021, 3, 1).unwrap().day();
    // No Wednesday after the first.
    let dates: Vec<Day> =
        (monday..monday + 32).filter(|day| (day - monday) % 7 != 2 || day - monday < 4).collect();
    let it = dated("alert_regression", r#"{"B": 14, "g": 2, "mode": "compat"}"#, &dates);
    same(&it, "baseline_expected", &[5.875, 1.0]);
    same(&it, "sigma", &[8.20405677814626, 7.32737853467911]);
    same(&it, "adjusted_r_squared", &[-0.486625202265372, -0.209364686468647]);
    same(&it, "p.value", &[0.494168807165532, 0.260231542272567]);
}

#[test]
fn the_original_setting_of_rnssp_takes_seven_weeks_of_each_year() {
    let monday = Date::new(2010, 1, 4).unwrap().day();
    let dates: Vec<Day> = (0..220).map(|week| monday + 7 * week).collect();
    let it = dated("alert_farrington", r#"{"w": 1, "mode": "compat"}"#, &dates);
    same(&it, "predicted", &[4.95069972122956, 4.62141501915775]);
    same(&it, "upper", &[10.9322119181543, 10.7566429728528]);
}

#[test]
fn equal_counts_have_a_model_without_dispersion() {
    let judge = method("glrnb").unwrap().parse(
        r#"{"mode": "compat", "mu0": {"S": 2, "trend": true, "refit": true}, "c.ARL": 1, "theta": -0.5, "M": 26, "Mtilde": 2}"#,
    );
    let values = [5.0; 218];
    let outcome = judge.unwrap().judge(&Series::new(&values, 52), 196..218, &mut Memory::default()).unwrap();
    assert!(outcome.judgements.iter().all(|judgement| *judgement == Judgement::NoAlarm));
    // R surveillance 1.20.3 has 1.9366 to 1.9352 with a mean that is 5 but for rounding.
    let cases = outcome.numbers("cases_to_alarm").unwrap();
    assert!(cases.iter().all(|cases| (cases - 1.935).abs() < 0.01), "{cases:?}");
}
