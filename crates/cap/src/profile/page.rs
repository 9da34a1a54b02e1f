//! The reference page of the profiles, written from the packs themselves.

use std::fmt::Write;

use super::example::Edit;
use super::{AreaSemantics, Example, Profile, Rule};

/// All built-in profiles with their rules and examples, and how to write a pack, as Markdown.
pub fn page() -> String {
    let mut page = String::from(
        "# Profiles\n\nA profile narrows CAP for one system or country. Its rules are data, a pack of TOML; a message \
         *conforms* if it\nbreaks no rule of severity error. Whether a message is strict CAP is another matter and \
         never depends on a profile.\n\n| profile | title | rules | areas |\n|---|---|---|---|\n",
    );
    for profile in Profile::built_in() {
        let area = match profile.area {
            AreaSemantics::Union => "polygons, circles and geocodes add up",
            AreaSemantics::ExactShape => "polygons and circles are exact, geocodes approximate",
        };
        row(
            &mut page,
            &[&format!("`{}`", profile.id), &profile.title, &profile.rules.len().to_string(), area],
        );
    }
    for profile in Profile::built_in() {
        write!(page, "\n## {} (`{}`)\n\nSource: {}.\n", profile.title, profile.id, profile.source)
            .expect("a text takes all");
        if !profile.about.is_empty() {
            write!(page, "\n{}\n", profile.about).expect("a text takes all");
        }
        for rule in &profile.rules {
            describe(&mut page, profile, rule);
        }
    }
    page.push_str("\n## Writing a pack\n\n");
    page.push_str(super::LANGUAGE.trim_start());
    page
}

fn row(page: &mut String, cells: &[&str]) {
    let cells: Vec<String> = cells.iter().map(|cell| cell.replace('|', "\\|")).collect();
    writeln!(page, "| {} |", cells.join(" | ")).expect("a text takes all");
}

fn describe(page: &mut String, profile: &Profile, rule: &Rule) {
    let Rule { id, severity, clause, words, .. } = rule;
    // Markdown would take the names of elements for HTML.
    let (clause, words) = (clause.replace('<', "\\<"), words.replace('<', "\\<"));
    write!(page, "\n### `{}:{id}` ({severity})\n\n{words}.\n\n- Clause: {clause}\n", profile.id)
        .expect("a text takes all");
    if rule.needs_chain() {
        page.push_str("- Speaks only where the earlier messages of the chain are at hand\n");
    }
    for (kind, examples) in [("Good", &rule.good), ("Bad", &rule.bad)] {
        if let Some(example) = examples.first() {
            writeln!(page, "- {kind}: {}", sentence(example)).expect("a text takes all");
        }
    }
}

/// An example in words.
fn sentence(example: &Example) -> String {
    let mut parts: Vec<String> = example.edits.iter().map(edit).collect();
    parts.extend(example.earlier.iter().map(|edits| {
        let edits: Vec<String> = edits.iter().map(edit).collect();
        match edits.is_empty() {
            true => "after the base message".to_owned(),
            false => format!("after an earlier message with {}", edits.join(", ")),
        }
    }));
    match parts.is_empty() {
        true => "the base message".to_owned(),
        false => parts.join("; "),
    }
}

fn edit(edit: &Edit) -> String {
    let from = code(&edit.from);
    let place = if edit.first { " (the first)" } else { "" };
    match &*edit.to {
        "" => format!("without {from}"),
        to => format!("{} instead of {from}{place}", code(to)),
    }
}

/// Text as code of Markdown in one line, cut after 160 characters.
fn code(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    let text = words.join(" ");
    let mut cut: String = text.chars().take(160).collect();
    if cut.len() < text.len() {
        cut.push('…');
    }
    if cut.contains('`') { format!("`` {cut} ``") } else { format!("`{cut}`") }
}
