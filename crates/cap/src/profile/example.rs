//! The examples of a rule: small changes of the pack's base message. They are its documentation and its tests.

use super::error::PackError;
use super::table::{Table, as_list, as_text};
use super::{Profile, Rule};
use crate::{Alert, FindingSeverity, Limits, Message, read};

/// A change of the base message that a rule takes, or refuses.
#[derive(Clone, Debug)]
pub struct Example {
    pub(super) edits: Vec<Edit>,
    /// Earlier messages of the chain, each a change of the base message.
    pub(super) earlier: Vec<Vec<Edit>>,
    /// Other rules of the pack that this change breaks of necessity.
    pub(super) also: Vec<String>,
    /// Where it stands in the pack.
    pub(super) offset: usize,
}

/// One replacement in the text of the base message.
#[derive(Clone, Debug)]
pub(super) struct Edit {
    pub(super) from: String,
    pub(super) to: String,
    /// Only where it stands first; else everywhere.
    pub(super) first: bool,
    offset: usize,
}

impl Example {
    /// Reads an example: a table with `replace`, `first`, `remove`, `earlier`, `also`.
    pub(super) fn read(text: &str, mut table: Table<'_>) -> Result<Example, PackError> {
        let offset = table.start();
        let own = edits(text, &mut table)?;
        let mut earlier = Vec::new();
        for value in table.list("earlier")? {
            let mut table = Table::of(text, value)?;
            earlier.push(edits(text, &mut table)?);
            table.finish()?;
        }
        let also = table.texts("also")?.unwrap_or_default();
        let also = also.into_iter().map(str::to_owned).collect();
        table.finish()?;
        Ok(Example { edits: own, earlier, also, offset })
    }
}

fn edits(text: &str, table: &mut Table<'_>) -> Result<Vec<Edit>, PackError> {
    let mut edits = Vec::new();
    for (key, first) in [("replace", false), ("first", true)] {
        for pair in table.list(key)? {
            let offset = pair.span().start;
            let [from, to] = as_list(text, pair)? else {
                return Err(PackError::at(text, offset, "a replacement is a pair: [\"from\", \"to\"]"));
            };
            let (from, to) = (as_text(text, from)?.to_owned(), as_text(text, to)?.to_owned());
            edits.push(Edit { from, to, first, offset });
        }
    }
    for value in table.list("remove")? {
        let (from, offset) = (as_text(text, value)?.to_owned(), value.span().start);
        edits.push(Edit { from, to: String::new(), first: false, offset });
    }
    if let Some(empty) = edits.iter().find(|edit| edit.from.is_empty()) {
        return Err(PackError::at(
            text,
            empty.offset,
            "the text to replace is empty; name a piece of the base message",
        ));
    }
    Ok(edits)
}

/// Tries every example of a pack; `text` is the pack.
pub(super) fn prove(profile: &Profile, text: &str) -> Vec<PackError> {
    let mut wrong = Vec::new();
    let mut tell = |offset: usize, message: String| wrong.push(PackError::at(text, offset, message));
    let Some((base, offset)) = &profile.base else {
        if profile.rules.iter().any(|rule| !(rule.good.is_empty() && rule.bad.is_empty())) {
            tell(0, "there are examples but no `base`: give the message that they change".to_owned());
        }
        return wrong;
    };
    match message(base, &[], text) {
        Ok(base) => {
            for finding in profile.check(&base.alert) {
                tell(*offset, format!("the base message does not conform: {finding}"));
            }
        }
        Err(error) => tell(*offset, format!("the base message {}", error.message)),
    }
    for rule in &profile.rules {
        for (example, is_bad) in
            rule.good.iter().map(|e| (e, false)).chain(rule.bad.iter().map(|e| (e, true)))
        {
            if let Err(error) = try_one(profile, rule, example, is_bad, base, text) {
                let PackError { line, column, message } = error;
                wrong.push(PackError { line, column, message: format!("rule `{}`: {message}", rule.id) });
            }
        }
    }
    wrong
}

fn try_one(
    profile: &Profile,
    rule: &Rule,
    example: &Example,
    is_bad: bool,
    base: &str,
    text: &str,
) -> Result<(), PackError> {
    let error = |message: String| Err(PackError::at(text, example.offset, message));
    let message_of = |edits: &[Edit]| {
        message(base, edits, text).map_err(|e| match e.line {
            0 => PackError::at(text, example.offset, format!("the example {}", e.message)),
            _ => e,
        })
    };
    let changed = message_of(&example.edits)?;
    let earlier: Vec<Message> =
        example.earlier.iter().map(|edits| message_of(edits)).collect::<Result<_, _>>()?;
    let earlier: Vec<&Alert> = earlier.iter().map(|m| &m.alert).collect();
    let findings = profile.check_chain(&changed.alert, &earlier);
    let own = format!("{}:{}", profile.id, rule.id);
    let fires = findings.iter().any(|f| f.rule == own);
    let others = findings.iter().find(|f| {
        let id = f.rule.split_once(':').map_or("", |(_, id)| id);
        f.rule != own && !example.also.iter().any(|also| also == id)
    });
    match (is_bad, fires, others) {
        (true, false, _) => error("this example is bad, but the rule takes it".to_owned()),
        (false, true, _) => {
            let first = findings.iter().find(|f| f.rule == own).map(ToString::to_string);
            error(format!("this example is good, but the rule refuses it: {}", first.unwrap_or_default()))
        }
        (_, _, Some(other)) => error(format!("another rule speaks too: {other}; or name it in `also`")),
        _ if is_bad && rule.severity == FindingSeverity::Error && Profile::conforms(&findings) => {
            error("the example breaks an error and conforms all the same".to_owned())
        }
        _ => Ok(()),
    }
}

/// The base message with changes, if that is strict CAP; an error without a line is about the message.
fn message(base: &str, edits: &[Edit], text: &str) -> Result<Message, PackError> {
    let mut changed = base.to_owned();
    for edit in edits {
        if !changed.contains(&edit.from) {
            let message = format!("{:?} is not in the base message; nothing can be replaced", edit.from);
            return Err(PackError::at(text, edit.offset, message));
        }
        let times = if edit.first { 1 } else { usize::MAX };
        changed = changed.replacen(&edit.from, &edit.to, times);
    }
    let about = |message: String| PackError { line: 0, column: 0, message };
    let document =
        read(changed.as_bytes(), &Limits::default()).map_err(|e| about(format!("is no CAP: {e}")))?;
    let [message] = <[Message; 1]>::try_from(document.messages)
        .map_err(|messages| about(format!("holds {} alerts; it must be one", messages.len())))?;
    match message.findings.iter().find(|f| f.severity == FindingSeverity::Error) {
        Some(finding) => Err(about(format!("is no strict CAP: {finding}"))),
        None => Ok(message),
    }
}
