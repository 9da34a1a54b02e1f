//! The reference page of the rules, made of the list.

use std::fmt::Write;

use super::{GROUPS, Rule};

/// The rules as a page in Markdown.
pub fn page() -> String {
    let mut page = String::from(HEAD);
    for (heading, rules) in GROUPS {
        // Writing to a string does not fail.
        let _ = writeln!(page, "\n## {heading}");
        for rule in *rules {
            tell(&mut page, rule);
        }
    }
    page
}

const HEAD: &str = "# Rules for CAP messages

What the reader says of a message, and where each rule comes from. An *error* makes a message
not strict; a *warning* is legal but harmful. The basis is the official *schema*, the mandatory *text* of the standard,
what the standard *implies*, *practice*, or a *limit* of this reader. Each example is a test: it changes one message
that is conformant.
";

fn tell(page: &mut String, rule: &Rule) {
    let Rule { id, severity, basis, clause, says, examples } = rule;
    let _ = writeln!(page, "\n### `{id}`\n\n{severity}, {}, {clause}: {says}.", basis.as_str());
    if !examples.is_empty() {
        page.push_str("\n| fine | not fine |\n|---|---|\n");
    }
    for example in *examples {
        let version = match example.version {
            crate::Version::V1_2 => String::new(),
            other => format!("CAP {other}: "),
        };
        let _ = writeln!(page, "| {version}{} | {version}{} |", cell(example.good), cell(example.bad));
    }
}

/// Text as code in a cell of a table.
fn cell(text: &str) -> String {
    if text.is_empty() {
        return "(left out)".to_owned();
    }
    let visible = |c: char| match c {
        '\n' => "⏎".to_owned(),
        '\t' => "⇥".to_owned(),
        '|' => "\\|".to_owned(),
        '`' => "'".to_owned(),
        c if c.is_control() || c == '\u{FEFF}' => format!("[U+{:04X}]", u32::from(c)),
        c => c.to_string(),
    };
    format!("`{}`", text.chars().map(visible).collect::<String>())
}
