//! Tables of TOML with places: each key is taken once, and what is left over is a mistake.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::error::PackError;

/// A value with its place.
pub(super) type Spot<'t> = &'t Spanned<DeValue<'t>>;

/// A table that is being read.
pub(super) struct Table<'t> {
    text: &'t str,
    table: &'t DeTable<'t>,
    span: Range<usize>,
    /// The keys that were asked for.
    known: Vec<&'static str>,
}

impl<'t> Table<'t> {
    pub(super) fn new(text: &'t str, table: &'t DeTable<'t>, span: Range<usize>) -> Table<'t> {
        Table { text, table, span, known: Vec::new() }
    }

    /// The table behind a value.
    pub(super) fn of(text: &'t str, value: Spot<'t>) -> Result<Table<'t>, PackError> {
        match value.get_ref() {
            DeValue::Table(table) => Ok(Table::new(text, table, value.span())),
            _ => Err(wrong(text, value, "a table { … }")),
        }
    }

    /// A mistake of the table as a whole.
    pub(super) fn error(&self, message: impl Into<String>) -> PackError {
        PackError::at(self.text, self.span.start, message)
    }

    pub(super) fn start(&self) -> usize {
        self.span.start
    }

    pub(super) fn get(&mut self, key: &'static str) -> Option<Spot<'t>> {
        self.known.push(key);
        self.table.get(key)
    }

    pub(super) fn text(&mut self, key: &'static str) -> Result<Option<&'t str>, PackError> {
        self.get(key).map(|value| as_text(self.text, value)).transpose()
    }

    /// A text that must be there and hold something.
    pub(super) fn needed(&mut self, key: &'static str, why: &str) -> Result<&'t str, PackError> {
        match self.text(key)? {
            Some(text) if !text.trim().is_empty() => Ok(text),
            _ => Err(self.error(format!("`{key}` is missing: {why}"))),
        }
    }

    pub(super) fn flag(&mut self, key: &'static str) -> Result<Option<bool>, PackError> {
        let Some(value) = self.get(key) else { return Ok(None) };
        match value.get_ref() {
            DeValue::Boolean(flag) => Ok(Some(*flag)),
            _ => Err(wrong(self.text, value, "true or false")),
        }
    }

    /// A text or a list of texts.
    pub(super) fn texts(&mut self, key: &'static str) -> Result<Option<Vec<&'t str>>, PackError> {
        let Some(value) = self.get(key) else { return Ok(None) };
        match value.get_ref() {
            DeValue::String(_) => Ok(Some(vec![as_text(self.text, value)?])),
            _ => {
                let list = as_list(self.text, value)?;
                list.iter().map(|value| as_text(self.text, value)).collect::<Result<_, _>>().map(Some)
            }
        }
    }

    /// The values of a list; empty where there is none.
    pub(super) fn list(&mut self, key: &'static str) -> Result<&'t [Spanned<DeValue<'t>>], PackError> {
        self.get(key).map_or(Ok(&[]), |value| as_list(self.text, value))
    }

    /// All keys and values of a table whose keys are free.
    pub(super) fn entries(&self) -> impl Iterator<Item = (&'t str, Spot<'t>)> {
        self.table.iter().map(|(key, value)| (key.get_ref().as_ref(), value))
    }

    /// Refuses keys that nobody asked for.
    pub(super) fn finish(self) -> Result<(), PackError> {
        for key in self.table.keys() {
            if !self.known.contains(&key.get_ref().as_ref()) {
                let message = format!("`{}` is no key here; use {}", key.get_ref(), self.known.join(", "));
                return Err(PackError::at(self.text, key.span().start, message));
            }
        }
        Ok(())
    }
}

/// The text behind a value.
pub(super) fn as_text<'t>(text: &'t str, value: Spot<'t>) -> Result<&'t str, PackError> {
    match value.get_ref() {
        DeValue::String(string) => Ok(string),
        _ => Err(wrong(text, value, "a text in quotes")),
    }
}

/// The list behind a value.
pub(super) fn as_list<'t>(text: &'t str, value: Spot<'t>) -> Result<&'t [Spanned<DeValue<'t>>], PackError> {
    match value.get_ref() {
        DeValue::Array(list) => Ok(list),
        _ => Err(wrong(text, value, "a list [ … ]")),
    }
}

/// The number behind a value.
pub(super) fn as_number(text: &str, value: Spot<'_>) -> Result<f64, PackError> {
    let number = match value.get_ref() {
        DeValue::Integer(number) if number.radix() == 10 => number.as_str().parse().ok(),
        DeValue::Float(number) => number.as_str().parse().ok(),
        _ => None,
    };
    number.filter(|number: &f64| number.is_finite()).ok_or_else(|| wrong(text, value, "a number"))
}

fn wrong(text: &str, value: Spot<'_>, want: &str) -> PackError {
    let message = format!("this is a value of kind {}; write {want}", value.get_ref().type_str());
    PackError::at(text, value.span().start, message)
}
