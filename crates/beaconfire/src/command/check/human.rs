//! What people read: each finding with its line, a caret and the mend.

use super::line::{Found, Line};
use std::fmt::Write as _;

/// Characters of a line that are shown around the caret.
const WIDTH: usize = 96;

/// The text of a document by lines.
pub(super) struct Quotes<'t> {
    lines: Vec<&'t str>,
}

impl<'t> Quotes<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self { lines: text.split('\n').map(|line| line.strip_suffix('\r').unwrap_or(line)).collect() }
    }
}

/// One message as people read it.
pub(super) fn human(line: &Line, quotes: &Quotes<'_>) -> String {
    let mut text = head(line);
    for finding in &line.findings {
        tell(&mut text, line, finding, quotes);
    }
    text
}

fn head(line: &Line) -> String {
    let place = match line.index {
        Some(index) if index > 0 => format!("{} (message {})", line.file, index + 1),
        _ => line.file.clone(),
    };
    let name = line.identifier.as_deref().unwrap_or("no message");
    let version = line.version.map(|version| format!(" CAP {version}")).unwrap_or_default();
    let verdict = match (line.strict, line.usable) {
        (true, _) if line.alerts == Some(0) => "a feed without alerts",
        (true, _) => "strict",
        (false, true) => "usable, not strict",
        (false, false) => "not usable",
    };
    let mut text = format!("{place}: {name}{version}: {verdict}{}\n", counts(line));
    for (profile, conforms) in &line.conforms {
        let word = if *conforms { "conforms to" } else { "does not conform to" };
        let _ = writeln!(text, "  {word} {profile}");
    }
    if let Some(about) = &line.signature_about {
        let anchored = if line.anchored { "anchored" } else { "not anchored" };
        let reason = if about.reason.is_empty() { String::new() } else { format!(": {}", about.reason) };
        let _ = writeln!(text, "  signature {}, {anchored}{reason}", line.signature);
        if let Some(reason) = &about.anchor_reason {
            let _ = writeln!(text, "    anchor: {reason}");
        }
        if !about.flags.is_empty() {
            let _ = writeln!(text, "    mind: {}", about.flags.join(", "));
        }
    }
    text
}

/// " (2 errors, 1 warning)", or nothing.
fn counts(line: &Line) -> String {
    let of = |severity: &str| line.findings.iter().filter(|found| found.severity == severity).count();
    let words: Vec<String> = [("error", of("error")), ("warning", of("warning")), ("note", of("info"))]
        .iter()
        .filter(|(_, count)| *count > 0)
        .map(|(word, count)| format!("{count} {word}{}", if *count == 1 { "" } else { "s" }))
        .collect();
    if words.is_empty() { String::new() } else { format!(" ({})", words.join(", ")) }
}

fn tell(text: &mut String, line: &Line, found: &Found, quotes: &Quotes<'_>) {
    // Writing to a string does not fail.
    let _ = writeln!(text, "{}[{}]: {}", found.severity, found.rule, found.message);
    if found.line == 0 {
        let _ = writeln!(text, "  --> {}: {}\n", line.file, found.path);
        return;
    }
    let _ = writeln!(text, "  --> {}:{}:{} {}", line.file, found.line, found.column, found.path);
    let quoted = usize::try_from(found.line - 1).ok().and_then(|at| quotes.lines.get(at));
    if let Some(quoted) = quoted {
        quote(text, quoted, found.line, found.column);
    }
    text.push('\n');
}

/// The part of a line around a column, and a caret under what begins there.
fn quote(text: &mut String, line: &str, number: u32, column: u32) {
    let at = usize::try_from(column.saturating_sub(1)).unwrap_or(0);
    // A message may stand on one line of a megabyte.
    let from = if at + WIDTH / 3 > WIDTH { at - WIDTH / 3 } else { 0 };
    let shown: String = line
        .chars()
        .skip(from)
        .take(WIDTH)
        .map(|c| {
            if c == '\t' {
                ' '
            } else if c.is_control() {
                '\u{FFFD}'
            } else {
                c
            }
        })
        .collect();
    let more = line.chars().nth(from + WIDTH).is_some();
    let gutter = number.to_string();
    let pad = " ".repeat(gutter.len());
    let (before, after) = (if from > 0 { "…" } else { "" }, if more { "…" } else { "" });
    let under = " ".repeat(at - from + before.chars().count());
    let marks = "^".repeat(mark_length(line.chars().skip(at)));
    let _ = writeln!(text, " {pad} |\n {gutter} | {before}{shown}{after}\n {pad} | {under}{marks}");
}

/// How many characters the start tag at the column has; one where it is none.
fn mark_length(rest: impl Iterator<Item = char>) -> usize {
    let mut length = 0;
    for (n, c) in rest.take(WIDTH / 2).enumerate() {
        match c {
            _ if n == 0 && c != '<' => return 1,
            '>' => return n + 1,
            c if c.is_whitespace() => return n,
            _ => length = n + 1,
        }
    }
    length.max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(line: &str, column: u32, want: &str) {
        let mut text = String::new();
        quote(&mut text, line, 7, column);
        assert_eq!(text, want);
    }

    #[test]
    fn the_caret_stands_under_the_tag() {
        check("  <sent>x</sent>", 3, "   |\n 7 |   <sent>x</sent>\n   |   ^^^^^^\n");
        check("\t<é a='1'>", 2, "   |\n 7 |  <é a='1'>\n   |  ^^\n");
        check("words", 2, "   |\n 7 | words\n   |  ^\n");
        check("", 9, "   |\n 7 | \n   |         ^\n");
    }

    #[test]
    fn long_lines_are_shown_around_the_caret() {
        let line = format!("{}<event>{}", "é".repeat(500), "x".repeat(500));
        let mut text = String::new();
        quote(&mut text, &line, 1, 501);
        let rows: Vec<&str> = text.lines().collect();
        assert!(rows[1].chars().count() < WIDTH + 10, "{text}");
        let caret = rows[2].chars().position(|c| c == '^').unwrap();
        assert_eq!(rows[1].chars().skip(caret).take(7).collect::<String>(), "<event>");
    }
}
