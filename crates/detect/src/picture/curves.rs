//! Curves of several methods in one picture: ROC, AMOC.

use std::fmt::Write as _;

use super::axis::{Scale, ticks};
use super::escaped;

/// One curve.
#[derive(Clone, Debug)]
pub struct Curve {
    /// Whose it is.
    pub label: String,
    /// Its points: x above 0, y; in the order in which they are joined.
    pub points: Vec<(f64, f64)>,
}

/// What is drawn.
#[derive(Clone, Copy, Debug)]
pub struct Curves<'a> {
    /// The words above it.
    pub title: &'a str,
    /// What goes to the right, on a logarithmic scale from 0.001 to 1.
    pub x: &'a str,
    /// What goes up, from 0.
    pub y: &'a str,
    /// The curves.
    pub curves: &'a [Curve],
}

/// Width and height of the whole; left, right, top and bottom of the drawing.
const SIZE: (f64, f64) = (960.0, 520.0);
const FRAME: (f64, f64, f64, f64) = (64.0, 660.0, 44.0, 460.0);
/// The lowest x drawn.
const LEAST: f64 = 0.001;
/// Colours of Okabe and Ito (2008), which are told apart by all; the dashes tell them apart in print.
const COLOURS: [&str; 7] = ["#000000", "#d55e00", "#0072b2", "#009e73", "#cc79a7", "#8a6d00", "#56b4e9"];
const DASHES: [&str; 4] = ["", "7 3", "2 3", "9 3 2 3"];

/// Draws the curves with a legend beside them.
#[must_use]
pub fn svg(picture: &Curves<'_>) -> String {
    let highest = picture.curves.iter().flat_map(|curve| &curve.points).map(|point| point.1);
    let high = highest.filter(|y| y.is_finite()).fold(f64::MIN_POSITIVE, f64::max);
    let scale = Scale { low: 0.0, high, top: FRAME.2, bottom: FRAME.3 };
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"{}\">\
         <style>text{{font:13px system-ui,sans-serif;fill:#222}}.grid{{stroke:#ddd}}</style>\
         <rect width=\"100%\" height=\"100%\" fill=\"#fff\"/><text x=\"{}\" y=\"24\" font-weight=\"600\">{}</text>",
        SIZE.0,
        SIZE.1,
        escaped(picture.title),
        FRAME.0,
        escaped(picture.title),
    );
    axes(&mut out, picture, &scale);
    for (at, curve) in picture.curves.iter().enumerate() {
        draw(&mut out, curve, at, &scale);
    }
    out.push_str("</svg>\n");
    out
}

fn place(x: f64) -> f64 {
    let share = (x.max(LEAST) / LEAST).ln() / (1.0 / LEAST).ln();
    FRAME.0 + share.min(1.0) * (FRAME.1 - FRAME.0)
}

fn axes(out: &mut String, picture: &Curves<'_>, scale: &Scale) {
    for tick in ticks(scale.low, scale.high) {
        let y = scale.place(tick);
        let _ = write!(
            out,
            "<line class=\"grid\" x1=\"{}\" x2=\"{}\" y1=\"{y:.1}\" y2=\"{y:.1}\"/>\
             <text x=\"{}\" y=\"{:.1}\" text-anchor=\"end\">{tick}</text>",
            FRAME.0,
            FRAME.1,
            FRAME.0 - 8.0,
            y + 4.0
        );
    }
    for (value, label) in
        [(0.001, "0.001"), (0.005, "0.005"), (0.01, "0.01"), (0.05, "0.05"), (0.1, "0.1"), (1.0, "1")]
    {
        let x = place(value);
        let _ = write!(
            out,
            "<line class=\"grid\" x1=\"{x:.1}\" x2=\"{x:.1}\" y1=\"{}\" y2=\"{}\"/>\
             <text x=\"{x:.1}\" y=\"{}\" text-anchor=\"middle\">{label}</text>",
            FRAME.2,
            FRAME.3,
            FRAME.3 + 18.0
        );
    }
    let _ = write!(
        out,
        "<text x=\"{}\" y=\"{}\" text-anchor=\"middle\">{}</text>\
         <text transform=\"translate(16 {}) rotate(-90)\" text-anchor=\"middle\">{}</text>",
        f64::midpoint(FRAME.0, FRAME.1),
        FRAME.3 + 40.0,
        escaped(picture.x),
        f64::midpoint(FRAME.2, FRAME.3),
        escaped(picture.y),
    );
}

fn draw(out: &mut String, curve: &Curve, at: usize, scale: &Scale) {
    let line = format!(
        "fill=\"none\" stroke=\"{}\" stroke-width=\"1.8\" stroke-dasharray=\"{}\"",
        COLOURS[at % COLOURS.len()],
        DASHES[at / COLOURS.len() % DASHES.len()]
    );
    let mut path = String::new();
    for (x, y) in curve.points.iter().filter(|(x, y)| x.is_finite() && y.is_finite()) {
        let _ = write!(
            path,
            "{}{:.1} {:.1}",
            if path.is_empty() { 'M' } else { 'L' },
            place(*x),
            scale.place(*y)
        );
    }
    let (x, y) = (FRAME.1 + 24.0, FRAME.2 + 10.0 + 20.0 * at as f64);
    let _ = write!(
        out,
        "<path d=\"{path}\" {line}><title>{label}</title></path><path d=\"M{x} {y}h28\" {line}/>\
         <text x=\"{}\" y=\"{}\">{label}</text>",
        x + 36.0,
        y + 4.0,
        label = escaped(&curve.label),
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn curves_have_their_names_and_no_place_outside() {
        let curve =
            |label: &str, points: &[(f64, f64)]| Curve { label: label.to_owned(), points: points.to_vec() };
        let curves =
            [curve("a < b", &[(0.0, 0.0), (0.01, 0.5), (1.0, 1.0)]), curve("none", &[(f64::NAN, 1.0)])];
        let svg = svg(&Curves { title: "ROC", x: "FPR", y: "sensitivity", curves: &curves });
        assert_eq!(svg.matches("a &lt; b").count(), 2);
        assert!(svg.contains("M64.0 460.0L") && svg.contains("L660.0 44.0"), "{svg}");
        assert!(!svg.contains("NaN"));
    }
}
