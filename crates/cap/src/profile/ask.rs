//! Conditions out of the tables of a pack.

use super::condition::{Bounds, Condition, Each, Order, Test, Whole};
use super::error::PackError;
use super::pattern::{Pattern, fold};
use super::select::{Level, Path};
use super::table::{Spot, Table, as_list, as_number};
use toml::de::DeValue;

/// Conditions inside one another.
const MAX_DEPTH: usize = 8;

/// Reads a condition on elements of `level`: a table, or a list of tables that must all hold.
pub(super) fn condition(
    text: &str,
    value: Spot<'_>,
    level: Level,
    depth: usize,
) -> Result<Condition, PackError> {
    if depth > MAX_DEPTH {
        let message = format!("conditions lie more than {MAX_DEPTH} deep; make two rules of this one");
        return Err(PackError::at(text, value.span().start, message));
    }
    let list = |value| -> Result<Vec<Condition>, PackError> {
        let list = as_list(text, value)?.iter();
        let parts: Vec<_> =
            list.map(|part| condition(text, part, level, depth + 1)).collect::<Result<_, _>>()?;
        if parts.is_empty() {
            return Err(PackError::at(text, value.span().start, "the list is empty; put a condition in it"));
        }
        Ok(parts)
    };
    if matches!(value.get_ref(), DeValue::Array(_)) {
        return list(value).map(Condition::All);
    }
    let mut table = Table::of(text, value)?;
    let (all, any) = (table.get("all"), table.get("any"));
    let found = match (all, any) {
        (Some(all), None) => Condition::All(list(all)?),
        (None, Some(any)) => Condition::Any(list(any)?),
        (None, None) => Condition::Test(Box::new(test(text, &mut table, level)?)),
        _ => return Err(table.error("`all` and `any` stand in one table; put one into the other")),
    };
    table.finish()?;
    Ok(found)
}

fn test(text: &str, table: &mut Table<'_>, level: Level) -> Result<Test, PackError> {
    table.needed("path", "say which elements this asks about, or use `all` or `any`")?;
    let path = path(text, table, "path", level)?.ok_or_else(|| table.error("`path` is missing"))?;
    let some = table.flag("some")?.unwrap_or(false);
    let folds = table.flag("fold")?.unwrap_or(false);
    let whole = whole(text, table, &path)?;
    let mut each = values(text, table, level, folds)?;
    each.extend(numbers(text, table, level, &path)?);
    if whole.is_empty() && each.is_empty() {
        return Err(
            table.error("this asks nothing; add a question such as `present = true` or `like = \"…\"`")
        );
    }
    if some && each.is_empty() {
        return Err(table.error("`some` needs a question on values, such as `like`; else use `present`"));
    }
    if path.level().is_some() && !each.is_empty() {
        let message = format!("{:?} has no value of its own; ask about what is in it", path.as_str());
        return Err(table.error(message));
    }
    Ok(Test { path, some, fold: folds, whole, each })
}

/// Questions on all values together.
fn whole(text: &str, table: &mut Table<'_>, path: &Path) -> Result<Vec<Whole>, PackError> {
    let mut found = Vec::new();
    found.extend(table.flag("present")?.map(Whole::Present));
    found.extend(bounds(text, table, "count")?.map(Whole::Count));
    found.extend(table.flag("distinct")?.filter(|yes| *yes).map(|_| Whole::Distinct));
    found.extend(table.flag("unexpired")?.filter(|yes| *yes).map(|_| Whole::Unexpired));
    if found.iter().any(|whole| matches!(whole, Whole::Unexpired)) && path.leaf() != "references" {
        return Err(table.error("`unexpired` asks about references; write path = \"references\""));
    }
    let (same, by) = (table.texts("same")?, table.text("by")?);
    if same.is_none() && by.is_some() {
        return Err(table.error("`by` says what `same` goes by; add `same`"));
    }
    if let Some(same) = same {
        let Some(level) = path.level() else {
            let message = "`same` compares elements that hold others; write path = \"info\" or \"info.area\"";
            return Err(table.error(message));
        };
        let read = |text: &str| Path::new(text, level).map_err(|why| table.error(format!("`same`: {why}")));
        let of = same.into_iter().map(read).collect::<Result<Vec<_>, _>>()?;
        found.push(Whole::Same { of, by: by.map(read).transpose()? });
    }
    Ok(found)
}

/// Questions on the text of each value.
fn values(text: &str, table: &mut Table<'_>, level: Level, folds: bool) -> Result<Vec<Each>, PackError> {
    let word = |word: &str| if folds { fold(word) } else { word.to_owned() };
    let mut found = Vec::new();
    if let Some(equals) = table.text("equals")? {
        found.push(Each::OneOf(vec![word(equals)]));
    }
    if let Some(words) = table.texts("one-of")? {
        found.push(Each::OneOf(words.into_iter().map(word).collect()));
    }
    if let Some(words) = table.texts("none-of")? {
        found.push(Each::NoneOf(words.into_iter().map(word).collect()));
    }
    for key in ["like", "unlike"] {
        let Some(patterns) = table.texts(key)? else { continue };
        let read = |text| Pattern::new(text, folds).map_err(|why| table.error(format!("`{key}`: {why}")));
        let patterns = patterns.into_iter().map(read).collect::<Result<Vec<_>, _>>()?;
        found.push(if key == "like" { Each::Like(patterns) } else { Each::Unlike(patterns) });
    }
    found.extend(path(text, table, "among", level)?.map(Each::Among));
    found.extend(path(text, table, "apart-from", level)?.map(Each::Apart));
    let (rows, with) = (table.get("table"), path(text, table, "with", level)?);
    match (rows, with) {
        (Some(rows), Some(with)) => {
            let mut read = Vec::new();
            for (key, value) in Table::of(text, rows)?.entries() {
                let error = |why: String| PackError::at(text, value.span().start, why);
                let words = match value.get_ref() {
                    DeValue::String(word) => vec![word.as_ref().to_owned()],
                    _ => {
                        let list = as_list(text, value)?.iter();
                        let words = list.map(|word| super::table::as_text(text, word).map(str::to_owned));
                        words.collect::<Result<_, _>>()?
                    }
                };
                read.push((Pattern::new(key, folds).map_err(error)?, words));
            }
            found.push(Each::Table { with, rows: read });
        }
        (None, None) => {}
        _ => return Err(table.error("`table` and `with` go together: the row's words are those of `with`")),
    }
    Ok(found)
}

/// Questions on lengths, numbers and times.
fn numbers(text: &str, table: &mut Table<'_>, level: Level, own: &Path) -> Result<Vec<Each>, PackError> {
    let mut found = Vec::new();
    found.extend(bounds(text, table, "chars")?.map(Each::Chars));
    found.extend(bounds(text, table, "number")?.map(Each::Number));
    found.extend(bounds(text, table, "points")?.map(Each::Points));
    if found.iter().any(|each| matches!(each, Each::Points(_))) && own.leaf() != "polygon" {
        return Err(table.error("`points` counts the positions of a polygon; end the path in polygon"));
    }
    let orders = [
        ("before", Order::Before),
        ("not-after", Order::NotAfter),
        ("not-before", Order::NotBefore),
        ("after", Order::After),
    ];
    let before = found.len();
    for (key, order) in orders {
        found.extend(path(text, table, key, level)?.map(|path| Each::Time { order, path }));
    }
    if let Some(hours) = table.get("hours") {
        let mut hours = Table::of(text, hours)?;
        let after = path(text, &mut hours, "after", level)?;
        let after = after.ok_or_else(|| hours.error("`after` is missing: the time to count from"))?;
        let bounds = ends(text, &mut hours)?;
        hours.finish()?;
        found.push(Each::Hours { after, bounds });
    }
    for each in &found[before..] {
        if let Each::Time { path, .. } | Each::Hours { after: path, .. } = each
            && let Some(path) = [own, path].into_iter().find(|path| !path.is_time())
        {
            let message = format!("{:?} is no time; use sent, effective, onset or expires", path.as_str());
            return Err(table.error(message));
        }
    }
    Ok(found)
}

fn path(
    text: &str,
    table: &mut Table<'_>,
    key: &'static str,
    level: Level,
) -> Result<Option<Path>, PackError> {
    let Some(value) = table.get(key) else { return Ok(None) };
    let written = super::table::as_text(text, value)?;
    let path = Path::new(written, level).map_err(|why| PackError::at(text, value.span().start, why))?;
    Ok(Some(path))
}

/// A table of bounds under a key.
fn bounds(text: &str, table: &mut Table<'_>, key: &'static str) -> Result<Option<Bounds>, PackError> {
    let Some(value) = table.get(key) else { return Ok(None) };
    let mut table = Table::of(text, value)?;
    let bounds = ends(text, &mut table)?;
    table.finish()?;
    Ok(Some(bounds))
}

fn ends(text: &str, table: &mut Table<'_>) -> Result<Bounds, PackError> {
    let mut end = |key| table.get(key).map(|value| as_number(text, value)).transpose();
    let bounds = Bounds { min: end("min")?, max: end("max")? };
    match bounds {
        Bounds { min: None, max: None } => Err(table.error("give a bound: min = …, max = …, or both")),
        Bounds { min: Some(min), max: Some(max) } if min > max => Err(table.error("min is more than max")),
        bounds => Ok(bounds),
    }
}
