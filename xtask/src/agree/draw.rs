//! Random records: a method, a series, a range and parameters, usual ones and odd ones.

use serde_json::{Map, Value, json};

use super::series::{Dataset, ONLY_RNSSP};
use crate::dice::Dice;

/// What is drawn of a method.
type Draw = fn(&mut Dice, &Dataset) -> Option<Drawn>;

/// Parameters, the steps that must lie before the range, and the most steps in it.
struct Drawn {
    control: Value,
    need: usize,
    most: usize,
    columns: Vec<&'static str>,
}

/// The methods with how often each is drawn.
const METHODS: &[(&str, usize, Draw)] = &[
    ("farringtonFlexible", 8, flexible),
    ("farrington", 6, farrington),
    ("earsC", 3, ears),
    ("bayes", 2, bayes),
    ("bayes1", 1, alpha_alone),
    ("bayes2", 1, alpha_alone),
    ("bayes3", 1, alpha_alone),
    ("rki", 2, rki),
    ("rki1", 1, nothing),
    ("rki2", 1, nothing),
    ("rki3", 1, nothing),
    ("cdc", 2, cdc),
    ("cusum", 4, cusum),
    ("glrpois", 4, glrpois),
    ("glrnb", 4, glrnb),
    ("outbreakP", 2, outbreak),
    ("binomialLRCUSUM", 2, binomial),
];

/// The names of the methods.
pub fn methods() -> Vec<&'static str> {
    METHODS.iter().map(|(name, ..)| *name).collect()
}

/// So many records, of one method or of all.
pub fn records(dice: &mut Dice, datasets: &[Dataset], count: usize, method: Option<&str>) -> Vec<Value> {
    let mut hat = Vec::new();
    for (name, often, draw) in METHODS {
        let often = if method.is_none_or(|method| method == *name) { *often } else { 0 };
        hat.extend(std::iter::repeat_n((*name, *draw), often));
    }
    let datasets: Vec<&Dataset> = datasets.iter().filter(|data| !data.name.starts_with(ONLY_RNSSP)).collect();
    let mut records = Vec::new();
    // A method may have nothing to say on a dataset; then another is drawn.
    for _ in 0..count * 100 {
        if records.len() == count || hat.is_empty() || datasets.is_empty() {
            break;
        }
        let (name, draw) = dice.pick(&hat);
        let data = dice.pick(&datasets);
        let Some(drawn) = draw(dice, data) else { continue };
        let Some(record) = record(dice, data, name, drawn, records.len()) else { continue };
        records.push(record);
    }
    records
}

fn record(dice: &mut Dice, data: &Dataset, name: &str, drawn: Drawn, at: usize) -> Option<Value> {
    let Drawn { mut control, need, most, mut columns } = drawn;
    let series = dice.pick(&data.series);
    if name != "binomialLRCUSUM" {
        // Now and then it starts too early, which R refuses or does something of its own with.
        let early = if dice.happens(0.06) { dice.whole(0, need.min(5)) } else { 0 };
        let first = (need + 1).saturating_sub(early).max(1);
        if first >= data.rows {
            return None;
        }
        let from = if dice.happens(0.1) { first } else { dice.whole(first, data.rows) };
        let to = (from + dice.whole(0, most - 1)).min(data.rows);
        control["range"] = json!({"from": from, "to": to});
    }
    let mut all = vec!["t", "observed"];
    all.append(&mut columns);
    Some(json!({
        "id": format!("a-{at:05}"),
        "dataset": data.name,
        "series": series,
        "detector": name,
        "control": control,
        "columns": all,
    }))
}

/// Puts one of these values in most of the time: the parameter may be left to its default.
fn maybe(dice: &mut Dice, control: &mut Value, name: &str, values: &[Value]) {
    if dice.happens(0.85) {
        control[name] = dice.pick(values);
    }
}

/// Whole years before the last rows, if there is any.
fn years(data: &Dataset) -> Option<usize> {
    Some((data.rows - 2) / data.freq).filter(|years| *years > 0)
}

fn bounds() -> Vec<&'static str> {
    vec!["upperbound", "alarm"]
}

fn flexible(dice: &mut Dice, data: &Dataset) -> Option<Drawn> {
    let b = dice.whole(1, years(data)?.min(6));
    let wide = if dice.happens(0.15) { data.freq / 2 + 2 } else { (data.freq / 6).min(5) };
    let w = dice.whole(0, wide.min(40));
    let parts = dice.pick(&[1, 1, 1, 2, 3, 5, 7, 10, 10, 10, 12, 20, data.freq.min(40), 45]);
    let past =
        dice.pick(&[json!(null), json!(0), json!(1), json!(w), json!(4), json!(26), json!(26), json!(60)]);
    let mut control = json!({
        "b": b, "w": w, "noPeriods": parts, "pastWeeksNotIncluded": past, "glmWarnings": false,
        "reweight": dice.happens(0.75), "trend": dice.happens(0.8),
        "populationOffset": dice.happens(if data.people { 0.7 } else { 0.05 }),
    });
    let thresholds = [json!(2.58), json!(2.58), json!(1), json!(0.3), json!(1.7), json!(3.5)];
    maybe(dice, &mut control, "weightsThreshold", &thresholds);
    maybe(dice, &mut control, "pThresholdTrend", &[json!(0.05), json!(1), json!(0.5), json!(0)]);
    maybe(dice, &mut control, "alpha", &alphas());
    maybe(dice, &mut control, "limit54", &limits());
    maybe(dice, &mut control, "thresholdMethod", &words(&["delta", "nbPlugin", "muan"]));
    maybe(dice, &mut control, "powertrans", &words(&["2/3", "1/2", "none"]));
    if dice.happens(0.1) {
        control["fitFun"] = json!("algo.farrington.fitGLM.flexible");
    }
    let columns = vec![
        "upperbound",
        "alarm",
        "expected",
        "score",
        "pvalue",
        "phi",
        "trend_used",
        "trend_coef",
        "mu0Vector",
    ];
    let need = b * data.freq + w + b * usize::from(data.dated) * usize::from(data.freq == 52);
    let most = if data.freq == 365 { 3 } else { 6 };
    Some(Drawn { control, need, most, columns })
}

fn farrington(dice: &mut Dice, data: &Dataset) -> Option<Drawn> {
    let b = dice.whole(1, years(data)?.min(7));
    let wide = if dice.happens(0.15) { data.freq / 2 + 2 } else { (data.freq / 5).min(6) };
    let w = dice.whole(0, wide.min(40));
    let mut control = json!({"b": b, "w": w, "reweight": dice.happens(0.75), "trend": dice.happens(0.8)});
    maybe(dice, &mut control, "alpha", &alphas());
    maybe(dice, &mut control, "limit54", &limits());
    maybe(dice, &mut control, "powertrans", &words(&["2/3", "1/2", "none"]));
    if dice.happens(0.4) {
        let fits = [
            "algo.farrington.fitGLM.fast",
            "algo.farrington.fitGLM",
            "algo.farrington.fitGLM.populationOffset",
        ];
        control["fitFun"] = json!(dice.pick(&fits));
    }
    let columns = vec!["upperbound", "alarm", "trend_used", "cdf_of_observed", "mu0"];
    let need = if dice.happens(0.1) { data.freq } else { b * data.freq + w };
    Some(Drawn { control, need, most: 12, columns })
}

fn ears(dice: &mut Dice, _: &Dataset) -> Option<Drawn> {
    let method = dice.pick(&["C1", "C2", "C3"]);
    let baseline = dice.pick(&[7, 7, 7, 3, 4, 9, 14, 28, 1, 2]);
    let mut control = json!({"method": method});
    maybe(dice, &mut control, "baseline", &[json!(baseline)]);
    maybe(dice, &mut control, "minSigma", &[json!(0), json!(0.5), json!(1), json!(3)]);
    maybe(dice, &mut control, "alpha", &alphas());
    let baseline = control["baseline"].as_u64().unwrap_or(7) as usize;
    let need = baseline + ["C1", "C2", "C3"].iter().position(|name| *name == method)? * 2;
    Some(Drawn { control, need, most: 80, columns: bounds() })
}

/// The windows that `bayes` and `rki` share.
fn windows(dice: &mut Dice, data: &Dataset) -> Option<(Map<String, Value>, usize)> {
    let b = dice.whole(0, ((data.rows - 2) / data.freq).min(4));
    let wide = if dice.happens(0.1) { data.freq / 2 + 3 } else { 6 };
    let w = dice.whole(usize::from(b == 0), wide);
    let act = b == 0 || dice.happens(0.5);
    let control = json!({"b": b, "w": w, "actY": act}).as_object()?.clone();
    Some((control, b * data.freq + w))
}

fn bayes(dice: &mut Dice, data: &Dataset) -> Option<Drawn> {
    let (mut control, need) = windows(dice, data)?;
    control.insert("alpha".into(), dice.pick(&alphas()));
    Some(Drawn { control: Value::Object(control), need, most: 80, columns: bounds() })
}

fn rki(dice: &mut Dice, data: &Dataset) -> Option<Drawn> {
    let (control, need) = windows(dice, data)?;
    Some(Drawn { control: Value::Object(control), need, most: 80, columns: bounds() })
}

/// The latest of their windows reach two years and four steps back.
fn alpha_alone(dice: &mut Dice, data: &Dataset) -> Option<Drawn> {
    let control = if dice.happens(0.7) { json!({"alpha": dice.pick(&alphas())}) } else { json!({}) };
    Some(Drawn { control, need: 2 * data.freq + 6, most: 80, columns: bounds() })
}

fn nothing(_: &mut Dice, data: &Dataset) -> Option<Drawn> {
    Some(Drawn { control: json!({}), need: 2 * data.freq + 6, most: 80, columns: bounds() })
}

fn cdc(dice: &mut Dice, data: &Dataset) -> Option<Drawn> {
    if data.freq != 52 {
        return None;
    }
    let b = dice.whole(1, (data.rows.saturating_sub(20) / 52).clamp(1, 6));
    let m = dice.whole(usize::from(b == 1), 3);
    let mut control = json!({"b": b, "m": m});
    maybe(dice, &mut control, "alpha", &alphas());
    Some(Drawn {
        control,
        need: b * 52 + 4 * m + 4,
        most: 60,
        columns: vec!["upperbound", "alarm", "aggregate4"],
    })
}

fn cusum(dice: &mut Dice, data: &Dataset) -> Option<Drawn> {
    let names = ["standard", "rossi", "anscombe", "anscombe2nd", "pearsonNegBin", "anscombeNegBin", "none"];
    let trans = dice.pick(&names);
    let mut control = json!({"trans": trans});
    maybe(dice, &mut control, "k", &[json!(1.04), json!(0.5), json!(1), json!(0), json!(2.5)]);
    maybe(dice, &mut control, "h", &[json!(2.26), json!(4), json!(3), json!(0.7), json!(8)]);
    match dice.whole(0, 3) {
        0 => control["m"] = json!("glm"),
        1 => control["m"] = dice.pick(&[json!(4), json!(0.6), json!(15), json!(300)]),
        _ => {}
    }
    if trans.ends_with("NegBin") || dice.happens(0.2) {
        maybe(dice, &mut control, "alpha", &[json!(0.1), json!(0.5), json!(0), json!(2)]);
    }
    let need = dice.pick(&[data.freq.max(12), 5, 2 * data.freq]);
    Some(Drawn { control, need, most: 80, columns: vec!["upperbound", "alarm", "cusum", "mu0"] })
}

/// What `glrpois` and `glrnb` share.
fn glr(dice: &mut Dice, data: &Dataset) -> (Value, Drawn) {
    let mut control = json!({});
    maybe(dice, &mut control, "c.ARL", &[json!(5), json!(3.5), json!(1), json!(8), json!(0.3)]);
    maybe(dice, &mut control, "Mtilde", &[json!(1), json!(1), json!(2), json!(3), json!(5)]);
    let least = control["Mtilde"].as_u64().unwrap_or(1).max(1);
    let limits = [json!(-1), json!(-1), json!(least), json!(least + 2), json!(10), json!(26), json!(52)];
    maybe(dice, &mut control, "M", &limits);
    if dice.happens(0.15) {
        control["change"] = json!("epi");
    } else {
        maybe(dice, &mut control, "change", &[json!("intercept")]);
        if dice.happens(0.35) {
            control["theta"] =
                dice.pick(&[json!(std::f64::consts::LN_2), json!(0.26), json!(1.3), json!(-0.5)]);
        } else if dice.happens(0.25) {
            control["dir"] = json!(dice.pick(&["inc", "dec"]));
        }
    }
    let mut need = data.freq.max(20);
    match dice.whole(0, 9) {
        0 => control["mu0"] = levels(dice, 80),
        1 => {}
        _ => {
            let waves = dice.whole(0, 3.min((data.freq - 1) / 2));
            let refit = dice.happens(0.35);
            control["mu0"] = json!({"S": waves, "trend": dice.happens(0.3), "refit": refit});
            // A wave of which little was seen leaves coefficients that are rounding noise.
            need = dice.pick(&[need, 2 * data.freq, 30]).max(data.freq / 2).max(2 * waves + 3);
        }
    }
    // One whole number after the other is tried where the dispersion is known; that takes R its time.
    let cases = control["change"] != "epi"
        && control["dir"] != "dec"
        && data.name != "sim_sensor"
        && dice.happens(0.35);
    let columns = vec!["statistic", "alarm", "mu0"];
    let most = if cases { 30 } else { 80 };
    if cases {
        control["xMax"] = json!(300);
    }
    (control.clone(), Drawn { control, need, most, columns })
}

fn glrpois(dice: &mut Dice, data: &Dataset) -> Option<Drawn> {
    let (control, mut drawn) = glr(dice, data);
    if !control["xMax"].is_null() {
        drawn.columns.push("cases_to_alarm");
    }
    Some(drawn)
}

fn glrnb(dice: &mut Dice, data: &Dataset) -> Option<Drawn> {
    let (mut control, mut drawn) = glr(dice, data);
    if dice.happens(0.5) || control["mu0"].is_array() {
        control["alpha"] = dice.pick(&[json!(0.1), json!(0.05), json!(0.5), json!(0), json!(1.5)]);
    }
    drawn.columns.push("alpha_disp");
    if !control["xMax"].is_null() {
        drawn.columns.push("cases_to_alarm");
    }
    Some(Drawn { control, ..drawn })
}

fn outbreak(dice: &mut Dice, _: &Dataset) -> Option<Drawn> {
    let control = json!({
        "k": dice.pick(&[json!(100), json!(5), json!(1000), json!(1.2)]),
        "maxUpperboundCases": dice.pick(&[json!(200), json!(1000), json!(20)]),
    });
    let need = dice.pick(&[1, 8, 60]);
    Some(Drawn { control, need, most: 10, columns: vec!["statistic", "alarm", "cases_to_alarm"] })
}

fn binomial(dice: &mut Dice, data: &Dataset) -> Option<Drawn> {
    if !data.people {
        return None;
    }
    let small = data.name == "abattoir";
    let low = dice.pick(&[1.0, 2.0, 0.5]) * if small { 0.01 } else { 0.0001 };
    let control = json!({
        "fn": "categoricalCUSUM",
        "pi0": low, "pi1": low * dice.pick(&[2.0, 1.5, 4.0, 0.5]),
        "h": dice.pick(&[json!(5), json!(3), json!(1), json!(8)]),
    });
    Some(Drawn { control, need: 0, most: 1, columns: vec!["n", "statistic", "alarm", "cases_to_alarm"] })
}

/// Levels for that many points around one; of a single level the reference reads beyond its end.
fn levels(dice: &mut Dice, points: usize) -> Value {
    let level = dice.pick(&[1.5, 9.0, 120.0]);
    (0..points).map(|_| level * (0.8 + 0.4 * dice.uniform())).collect()
}

fn alphas() -> Vec<Value> {
    [0.05, 0.01, 0.001, 0.005, 0.025, 0.1, 0.3, 0.00001].iter().map(|alpha| json!(alpha)).collect()
}

fn limits() -> Vec<Value> {
    vec![json!([5, 4]), json!([0, 4]), json!([3, 1]), json!([12, 8]), json!([1, 20])]
}

fn words(words: &[&str]) -> Vec<Value> {
    words.iter().map(|word| json!(word)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_draws_the_same_records_of_every_method() {
        let about = json!({});
        let series = vec!["few".to_owned()];
        let data =
            Dataset { name: "weeks".into(), freq: 52, dated: false, people: true, rows: 420, series, about };
        let draw = || records(&mut Dice(3), std::slice::from_ref(&data), 400, None);
        let drawn = draw();
        assert_eq!(drawn.len(), 400);
        assert_eq!(drawn, draw());
        for name in methods() {
            assert!(drawn.iter().any(|record| record["detector"] == name), "no {name}");
        }
        let one = records(&mut Dice(3), &[data], 20, Some("rki"));
        assert!(one.iter().all(|record| record["detector"] == "rki"));
        assert!(one.iter().all(|record| record["control"]["range"]["to"].as_u64() <= Some(420)));
    }
}
