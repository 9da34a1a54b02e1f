//! The changes, rule by rule.

mod alert;
mod area;
mod document;
mod info;
mod structure;
mod text;
mod time;

use super::edit::Edit;

/// Changes that break a rule, and some that look alike and do not.
pub(crate) struct Case {
    pub(crate) rule: &'static str,
    pub(crate) bad: &'static [Edit],
    pub(crate) good: &'static [Edit],
}

const fn case(rule: &'static str, bad: &'static [Edit], good: &'static [Edit]) -> Case {
    Case { rule, bad, good }
}

/// All of them.
pub(crate) fn cases() -> impl Iterator<Item = &'static Case> {
    let groups =
        [document::CASES, structure::CASES, text::CASES, time::CASES, alert::CASES, info::CASES, area::CASES];
    groups.into_iter().flatten()
}
