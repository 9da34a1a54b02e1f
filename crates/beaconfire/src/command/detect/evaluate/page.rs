//! The comparison as a page that stands alone.

use super::table::{order, percent, ranged, steps};
use beaconfire_detect::evaluate::curve::curve;
use beaconfire_detect::evaluate::{Candidate, Comparison, Labelled};
use beaconfire_detect::picture::curves::{Curve, Curves, svg};
use std::fmt::Write as _;

const HEAD: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">\
<meta name=\"viewport\" content=\"width=device-width\"><title>Methods at equal false-alarm budgets</title><style>\
body{font:16px/1.5 system-ui,sans-serif;max-width:84rem;margin:2rem auto;padding:0 1rem;color:#222}\
table{border-collapse:collapse;margin:1rem 0}th,td{padding:.25rem .75rem;text-align:right;border-bottom:1px solid #ddd;white-space:nowrap}\
th:first-child,td:first-child{text-align:left}svg{width:100%;height:auto}</style>\
<h1>Methods at equal false-alarm budgets</h1>";

/// Tables and curves.
pub(super) fn page(
    comparison: &Comparison,
    candidates: &[Candidate],
    evaluation: &[Labelled],
    seed: u64,
) -> String {
    let mut out = HEAD.to_owned();
    // Writing to a String cannot fail.
    let _ = write!(
        out,
        "<p>{} series; each method's level was set on {} series so that it takes up the budget. Shares in percent, \
         with 95 % intervals; delays in steps. Seed {seed}.",
        comparison.series, comparison.calibration
    );
    for budget in &comparison.options.budgets {
        tabled(&mut out, comparison, *budget);
    }
    let points: Vec<_> = candidates.iter().map(|c| (c.label.clone(), curve(c, evaluation, seed))).collect();
    for (title, y, of) in [
        ("ROC: sensitivity over false alarms", "sensitivity by step", (|p| (p.fpr, p.sensitivity)) as Pick),
        ("AMOC: delay over false alarms", "steps to the first alarm", |p| (p.fpr, p.delay)),
        ("Outbreaks found over false alarms", "probability of detection", |p| (p.fpr, p.pod)),
    ] {
        let curves: Vec<Curve> = points
            .iter()
            .map(|(label, points)| Curve { label: label.clone(), points: points.iter().map(of).collect() })
            .collect();
        out.push_str(&svg(&Curves { title, x: "false-positive rate by step", y, curves: &curves }));
    }
    out.push_str("</html>\n");
    out
}

type Pick = fn(&beaconfire_detect::evaluate::curve::Point) -> (f64, f64);

fn tabled(out: &mut String, comparison: &Comparison, budget: f64) {
    let _ = write!(out, "<h2>Budget {}</h2><table><tr>", percent(budget));
    for head in [
        "method",
        "POD",
        "POD1",
        "sensitivity",
        "FPR",
        "PPV",
        "F1",
        "CED",
        "delay",
        "POD that the first has more",
        "how much later it is on what both find",
        "it is first or alone / the other is",
    ] {
        let _ = write!(out, "<th scope=\"col\">{head}</th>");
    }
    out.push_str("</tr>");
    for row in comparison.rows.iter().filter(|row| row.budget == budget) {
        let m = &row.measures;
        let difference = row.difference.as_ref().map_or("</td><td></td><td>".to_owned(), |difference| {
            let paired = &difference.paired;
            let (more, later) = (ranged(&difference.pod), steps(&paired.delay));
            format!("{more}</td><td>{later}</td><td>{}", order(paired))
        });
        let label = row.label.replace('&', "&amp;").replace('<', "&lt;");
        let _ = write!(
            out,
            "<tr><td>{label}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{:.3}</td><td>{:.2}</td>\
             <td>{:.2}</td><td>{difference}</td></tr>",
            ranged(&m.pod),
            ranged(&m.pod_1week),
            percent(m.sensitivity.value),
            percent(m.fpr.value),
            percent(m.ppv.value),
            m.f1.value,
            m.ced.value,
            m.delay.value,
        );
    }
    out.push_str("</table>");
}
