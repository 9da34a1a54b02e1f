//! Where a value stands in a TOML text: `source[1].kind` to bytes.

use std::ops::Range;
use toml::de::{DeTable, DeValue};

/// The place of the value at `path`, such as `authority.zone` or `source[1].kind`; that of the nearest table above it
/// where the value is missing; the beginning where the text is no TOML.
#[must_use]
pub fn locate(text: &str, path: &str) -> Range<usize> {
    let Ok(root) = DeTable::parse(text) else { return 0..0 };
    let mut here = 0..0;
    let mut value: Option<&DeValue<'_>> = None;
    for step in path.replace('[', ".").split('.').map(|step| step.trim_end_matches(']')) {
        let found = match (value, step.parse::<usize>()) {
            (None, _) => root.get_ref().get(step),
            (Some(DeValue::Table(table)), _) => table.get(step),
            (Some(DeValue::Array(list)), Ok(at)) => list.get(at),
            _ => None,
        };
        let Some(found) = found else { break };
        here = found.span();
        value = Some(found.get_ref());
    }
    here
}

#[cfg(test)]
mod tests {
    use super::locate;

    #[test]
    fn values_in_tables_and_lists_are_found_and_missing_ones_point_above() {
        let text =
            "mode = \"live\"\n[[source]]\nid = \"a\"\n[[source]]\nid = \"b\"\noptions = { unit = 3 }\n";
        let at = |path: &str| &text[locate(text, path)];
        assert_eq!(at("mode"), "\"live\"");
        assert_eq!(at("source[1].id"), "\"b\"");
        assert_eq!(at("source[1].options.unit"), "3");
        assert!(at("source[1].kind").starts_with("[[source]]"));
        assert_eq!(at("nothing"), "");
        assert_eq!(locate("not toml [", "a"), 0..0);
    }
}
