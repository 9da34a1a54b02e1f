//! The text of a pack to a [`Profile`].

use std::collections::BTreeSet;

use toml::de::DeTable;

use super::ask::condition;
use super::error::PackError;
use super::example::Example;
use super::select::{Level, Path};
use super::table::Table;
use super::{AreaSemantics, Profile, Rule};
use crate::FindingSeverity;

/// Bytes of a pack.
const MAX_BYTES: usize = 256 << 10;
/// Rules of a pack.
const MAX_RULES: usize = 500;

/// Reads a pack.
pub(super) fn parse(text: &str) -> Result<Profile, PackError> {
    if text.len() > MAX_BYTES {
        let message = format!("the pack has {} bytes, more than {MAX_BYTES}; split it", text.len());
        return Err(PackError::at(text, 0, message));
    }
    let root = DeTable::parse(text).map_err(|error| {
        let offset = error.span().map_or(0, |span| span.start);
        PackError::at(text, offset, format!("this is no TOML: {}", error.message()))
    })?;
    let mut table = Table::new(text, root.get_ref(), 0..0);
    let id = table.needed("id", "the name of the pack, such as \"ipaws\"")?;
    name(&table, "id", id)?;
    let title = table.needed("title", "the name of the profile for people")?.to_owned();
    let source = table.needed("source", "the document that the rules come from")?.to_owned();
    let about = table.text("about")?.unwrap_or_default().trim().to_owned();
    let area = match table.text("area")? {
        None | Some("union") => AreaSemantics::Union,
        Some("exact-shape") => AreaSemantics::ExactShape,
        Some(_) => return Err(table.error("`area` is neither \"union\" nor \"exact-shape\"")),
    };
    let claim = table.get("claim").map(|value| condition(text, value, Level::Alert, 0)).transpose()?;
    let base = table
        .get("base")
        .map(|value| super::table::as_text(text, value).map(|base| (base.to_owned(), value.span().start)));
    let base = base.transpose()?;
    let list = table.list("rule")?;
    if list.is_empty() {
        return Err(table.error("the pack has no rule; add a table [[rule]]"));
    }
    if list.len() > MAX_RULES {
        return Err(
            table.error(format!("the pack has {} rules, more than {MAX_RULES}; split it", list.len()))
        );
    }
    let rules =
        list.iter().map(|value| rule(text, Table::of(text, value)?)).collect::<Result<Vec<_>, _>>()?;
    let mut ids = BTreeSet::new();
    for (rule, value) in rules.iter().zip(list) {
        if !ids.insert(&rule.id) {
            let message = format!("the rule `{}` stands twice; give one of them another id", rule.id);
            return Err(PackError::at(text, value.span().start, message));
        }
    }
    table.finish()?;
    Ok(Profile { id: id.to_owned(), title, source, about, area, claim, base, rules, text: text.to_owned() })
}

fn rule(text: &str, mut table: Table<'_>) -> Result<Rule, PackError> {
    let id = table.needed("id", "the name of the rule, such as \"expires\"")?;
    name(&table, "id", id)?;
    let severity = match table.needed("severity", "error, warning or info")? {
        "error" => FindingSeverity::Error,
        "warning" => FindingSeverity::Warning,
        "info" => FindingSeverity::Info,
        _ => return Err(table.error("`severity` is none of error, warning, info")),
    };
    let clause = table.needed("clause", "where the rule comes from")?.to_owned();
    let words = table.needed("words", "what is wrong, and the mend")?.to_owned();
    let when = table.get("when").map(|value| condition(text, value, Level::Alert, 0)).transpose()?;
    let each = match table.text("each")? {
        None | Some("alert") => None,
        Some(each) => {
            Some(Path::new(each, Level::Alert).map_err(|why| table.error(format!("`each`: {why}")))?)
        }
    };
    let Some(level) = each.as_ref().map_or(Some(Level::Alert), Path::level) else {
        return Err(table.error("`each` is none of alert, info, info.area, info.resource"));
    };
    let filter = table.get("where").map(|value| condition(text, value, level, 0)).transpose()?;
    let Some(need) = table.get("need") else {
        return Err(table.error("`need` is missing: the condition that must hold"));
    };
    let need = condition(text, need, level, 0)?;
    let examples = |list: &[toml::Spanned<toml::de::DeValue<'_>>]| {
        list.iter().map(|value| Example::read(text, Table::of(text, value)?)).collect::<Result<Vec<_>, _>>()
    };
    let good = examples(table.list("good")?)?;
    let bad = examples(table.list("bad")?)?;
    let id = id.to_owned();
    table.finish()?;
    Ok(Rule { id, severity, clause, words, when, each, filter, need, good, bad })
}

/// Refuses what cannot be the name of a pack or rule.
fn name(table: &Table<'_>, key: &str, name: &str) -> Result<(), PackError> {
    let fits = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    if name.len() <= 40 && name.bytes().all(fits) {
        return Ok(());
    }
    Err(table.error(format!("`{key}` holds more than small letters, digits and -, or more than 40 of them")))
}
