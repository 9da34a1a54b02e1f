//! A judged series as a picture that stands alone: SVG without scripts, fonts or addresses.

mod axis;
pub mod curves;

use std::fmt::Write as _;

use crate::judge::Judgement;
use crate::outcome::Outcome;
use crate::series::Series;
use axis::{Scale, ticks};

/// What is drawn.
#[derive(Clone, Copy, Debug)]
pub struct Picture<'a> {
    /// The words above it.
    pub title: &'a str,
    /// The series, with what lies before the judged points.
    pub series: &'a Series<'a>,
    /// What a method said of it.
    pub outcome: &'a Outcome,
    /// What stands under the points: the label of an absolute index.
    pub labels: &'a [String],
    /// Absolute indexes of values that counted less in the baseline, being outliers; drawn in grey.
    pub outliers: &'a [usize],
}

/// The whole picture, in pixels.
const SIZE: (f64, f64) = (960.0, 380.0);
/// The drawing in it: left, right, top, bottom.
const FRAME: (f64, f64, f64, f64) = (64.0, 944.0, 64.0, 330.0);
/// Points that are drawn at most: the last ones.
const MOST: usize = 520;

/// Colours that are told apart by lightness too, for print and for those who do not see hues.
const STYLE: &str = "text{font:13px system-ui,sans-serif;fill:#222}.title{font-size:16px;font-weight:600}\
.grid{stroke:#ddd}.bar{fill:#7ba3cc}.past{fill:#c9d8e8}.outlier{fill:#aaa}.missing{stroke:#999;stroke-dasharray:2 3}\
.expected{fill:none;stroke:#1b5e20;stroke-width:1.5}.bound{fill:none;stroke:#b23c00;stroke-width:1.5;\
stroke-dasharray:6 3}.alarm{fill:#9b0000}.unjudged{fill:#777}";

/// Draws it: observed as bars (grey where they were outliers in the baseline, pale before the first judged point),
/// expected as a line, the bound as a dashed line, a triangle over each alarm, a question mark where it could not be
/// judged, a dotted line where a value is missing.
#[must_use]
pub fn svg(picture: &Picture<'_>) -> String {
    let plan = Plan::of(picture);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {} {}\" role=\"img\" \
         aria-labelledby=\"t d\"><title id=\"t\">{}</title><desc id=\"d\">{}</desc><style>{STYLE}</style>\
         <rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>",
        SIZE.0,
        SIZE.1,
        escaped(picture.title),
        escaped(&words(picture)),
    );
    let _ = write!(out, "<text class=\"title\" x=\"{}\" y=\"24\">{}</text>", FRAME.0, escaped(picture.title));
    legend(&mut out);
    plan.axes(&mut out, picture.labels);
    plan.bars(&mut out, picture);
    plan.line(&mut out, "expected", &picture.outcome.expected, picture.outcome.from);
    plan.line(&mut out, "bound", &picture.outcome.upperbound, picture.outcome.from);
    plan.marks(&mut out, picture);
    out.push_str("</svg>\n");
    out
}

/// Which indexes are drawn, and where they come to lie.
struct Plan {
    from: usize,
    end: usize,
    y: Scale,
}

impl Plan {
    fn of(picture: &Picture<'_>) -> Self {
        let (series, outcome) = (picture.series, picture.outcome);
        let end = series.end();
        let from = series.first.max(end.saturating_sub(MOST));
        let observed = (from..end).map(|index| series.value(index));
        let judged = outcome.expected.iter().chain(&outcome.upperbound).copied();
        let shown = observed.chain(judged).filter(|value| value.is_finite());
        let (low, high) =
            shown.fold((0.0_f64, 1.0_f64), |(low, high), value| (low.min(value), high.max(value)));
        Self { from, end, y: Scale { low, high, top: FRAME.2, bottom: FRAME.3 } }
    }

    /// The middle of a point's place, and its width.
    fn x(&self, index: usize) -> (f64, f64) {
        let step = (FRAME.1 - FRAME.0) / (self.end - self.from).max(1) as f64;
        (FRAME.0 + (index - self.from) as f64 * step + step / 2.0, step)
    }

    fn axes(&self, out: &mut String, labels: &[String]) {
        for tick in ticks(self.y.low, self.y.high) {
            let y = self.y.place(tick);
            let _ = write!(
                out,
                "<line class=\"grid\" x1=\"{}\" x2=\"{}\" y1=\"{y:.1}\" y2=\"{y:.1}\"/>\
                 <text x=\"{}\" y=\"{:.1}\" text-anchor=\"end\">{tick}</text>",
                FRAME.0,
                FRAME.1,
                FRAME.0 - 8.0,
                y + 4.0,
            );
        }
        let every = ((self.end - self.from) / 8).max(1);
        for index in (self.from..self.end).step_by(every) {
            let label = labels.get(index).map_or_else(|| (index + 1).to_string(), |label| escaped(label));
            let x = self.x(index).0;
            let _ = write!(
                out,
                "<text x=\"{x:.1}\" y=\"{}\" text-anchor=\"middle\">{label}</text>",
                FRAME.3 + 20.0
            );
        }
    }

    fn bars(&self, out: &mut String, picture: &Picture<'_>) {
        let zero = self.y.place(0.0);
        for index in self.from..self.end {
            let ((x, step), value) = (self.x(index), picture.series.value(index));
            if !value.is_finite() {
                let _ = write!(
                    out,
                    "<line class=\"missing\" x1=\"{x:.1}\" x2=\"{x:.1}\" y1=\"{}\" y2=\"{}\"/>",
                    FRAME.2, FRAME.3
                );
                continue;
            }
            let class = if picture.outliers.contains(&index) {
                "outlier"
            } else if index < picture.outcome.from {
                "past"
            } else {
                "bar"
            };
            let (y, width) = (self.y.place(value), step * 0.8);
            let _ = write!(
                out,
                "<rect class=\"{class}\" x=\"{:.1}\" y=\"{:.1}\" width=\"{width:.2}\" height=\"{:.1}\"/>",
                x - width / 2.0,
                y.min(zero),
                (zero - y).abs(),
            );
        }
    }

    /// A line through what is there; it breaks where a value is not.
    fn line(&self, out: &mut String, class: &str, values: &[f64], from: usize) {
        let mut path = String::new();
        let mut pen_down = false;
        for (at, value) in values.iter().enumerate() {
            let index = from + at;
            if !value.is_finite() || !(self.from..self.end).contains(&index) {
                pen_down = false;
                continue;
            }
            let (x, y) = (self.x(index).0, self.y.place(*value));
            let _ = write!(path, "{}{x:.1} {y:.1}", if pen_down { 'L' } else { 'M' });
            pen_down = true;
        }
        let _ = write!(out, "<path class=\"{class}\" d=\"{path}\"/>");
    }

    fn marks(&self, out: &mut String, picture: &Picture<'_>) {
        for (at, judgement) in picture.outcome.judgements.iter().enumerate() {
            let index = picture.outcome.from + at;
            if !(self.from..self.end).contains(&index) {
                continue;
            }
            let x = self.x(index).0;
            match judgement {
                Judgement::NoAlarm => {}
                Judgement::Alarm => {
                    let y = self.y.place(picture.series.value(index)) - 4.0;
                    let _ = write!(
                        out,
                        "<path class=\"alarm\" d=\"M{x:.1} {y:.1}l-5 -9h10z\"><title>alarm</title></path>"
                    );
                }
                Judgement::CannotJudge(reason) => {
                    let _ = write!(
                        out,
                        "<text class=\"unjudged\" x=\"{x:.1}\" y=\"{}\" text-anchor=\"middle\">?<title>{}</title></text>",
                        FRAME.3 - 4.0,
                        escaped(&reason.to_string()),
                    );
                }
            }
        }
    }
}

fn legend(out: &mut String) {
    let _ = write!(
        out,
        "<g transform=\"translate({} 44)\"><rect class=\"bar\" width=\"12\" height=\"10\" y=\"-10\"/>\
         <text x=\"18\">observed</text><rect class=\"outlier\" x=\"100\" width=\"12\" height=\"10\" y=\"-10\"/>\
         <text x=\"118\">outlier in the baseline</text><path class=\"expected\" d=\"M270 -5h24\"/>\
         <text x=\"300\">expected</text><path class=\"bound\" d=\"M376 -5h24\"/><text x=\"406\">bound</text>\
         <path class=\"alarm\" d=\"M470 0l-5 -9h10z\"/><text x=\"482\">alarm</text>\
         <text class=\"unjudged\" x=\"540\">?</text><text x=\"554\">cannot be judged</text></g>",
        FRAME.0
    );
}

/// The picture in words, for those who do not see it.
fn words(picture: &Picture<'_>) -> String {
    let count =
        |wanted: fn(&Judgement) -> bool| picture.outcome.judgements.iter().filter(|j| wanted(j)).count();
    let (alarms, unjudged) = (
        count(|judgement| *judgement == Judgement::Alarm),
        count(|judgement| matches!(judgement, Judgement::CannotJudge(_))),
    );
    format!("Points: {}; alarms: {alarms}; not to be judged: {unjudged}.", picture.outcome.len())
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::Reason;
    use crate::outcome::NA;

    fn drawn(title: &str) -> String {
        let series = Series::new(&[1.0, 9.0, f64::NAN, 4.0, 12.0, 3.0], 52);
        let mut outcome = Outcome::with_capacity(3, 3);
        outcome.push(3.0, 8.0, 0.5, Judgement::NoAlarm);
        outcome.push(3.0, 8.0, 1.5, Judgement::Alarm);
        outcome.push(NA, f64::INFINITY, NA, Judgement::CannotJudge(Reason::NoConvergence));
        svg(&Picture { title, series: &series, outcome: &outcome, labels: &[], outliers: &[1] })
    }

    #[test]
    fn everything_that_was_said_is_drawn_and_told() {
        let svg = drawn("weekly <counts>");
        let times = |what: &str| svg.matches(what).count();
        assert_eq!(times("<title>alarm</title>"), 1);
        assert_eq!(times("class=\"missing\""), 1);
        assert_eq!(times("class=\"past\""), 1);
        // One bar and one in the legend.
        assert_eq!(times("class=\"outlier\""), 2);
        assert!(svg.contains("Points: 3; alarms: 1; not to be judged: 1."));
        assert!(svg.contains("weekly &lt;counts&gt;") && !svg.contains("<counts>"));
        assert!(!svg.contains("NaN") && !svg.contains("inf"));
    }

    #[test]
    fn nothing_at_all_is_drawn_too() {
        let (series, outcome) = (Series::new(&[], 52), Outcome::default());
        let picture =
            Picture { title: "none", series: &series, outcome: &outcome, labels: &[], outliers: &[] };
        assert!(svg(&picture).ends_with("</svg>\n"));
    }
}
