//! The rules as a list: id, weight, where each comes from, what it says, and examples that are its tests.
//!
//! The checks themselves stand where the parts are read (`read/`) or looked at (`check/`); a finding bears the id of
//! the rule that it breaks. The reference page is made of this list.

mod alert;
mod area;
mod document;
mod form;
mod info;
mod page;
mod resource;
mod structure;
mod text;
mod time;

use crate::{FindingSeverity, Version};

pub use page::page;

/// One rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Its name in findings, such as `polygon-open`; stable between releases.
    pub id: &'static str,
    /// How much a finding weighs at most; the words say where it weighs less.
    pub severity: FindingSeverity,
    /// What gives the rule its force.
    pub basis: Basis,
    /// Where it is written, such as `CAP 1.2, 3.2.4 polygon`.
    pub clause: &'static str,
    /// What it says, in a sentence.
    pub says: &'static str,
    /// Changes to [`base`] that keep and break it; at least one.
    pub examples: &'static [Example],
}

/// What gives a rule its force.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Basis {
    /// Well-formed XML and what the official schema of the version says.
    Schema,
    /// The mandatory text of the standard, beyond its schema.
    Text,
    /// The standard implies it and does not say it; counts like [`Basis::Text`].
    Implied,
    /// Legal, but harmful to those who are to be warned.
    Practice,
    /// A limit of this reader.
    Limit,
}

impl Basis {
    /// The word in lower case.
    pub fn as_str(self) -> &'static str {
        match self {
            Basis::Schema => "schema",
            Basis::Text => "text",
            Basis::Implied => "implied",
            Basis::Practice => "practice",
            Basis::Limit => "limit",
        }
    }
}

/// A change to the base message that breaks a rule, and one like it that does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Example {
    /// The version whose [`base`] is changed.
    pub version: Version,
    /// The part of the base message that is replaced.
    pub part: &'static str,
    /// What keeps the rule in its place.
    pub good: &'static str,
    /// What breaks it.
    pub bad: &'static str,
}

/// An example on the message of CAP 1.2.
const fn example(part: &'static str, good: &'static str, bad: &'static str) -> Example {
    Example { version: Version::V1_2, part, good, bad }
}

const fn rule(
    id: &'static str,
    severity: FindingSeverity,
    basis: Basis,
    clause: &'static str,
    says: &'static str,
    examples: &'static [Example],
) -> Rule {
    Rule { id, severity, basis, clause, says, examples }
}

/// The rules in groups, in the order of the page: a heading and its rules.
pub const GROUPS: &[(&str, &[Rule])] = &[
    ("The document", document::RULES),
    ("Elements and their order", structure::RULES),
    ("Texts, names and words", text::RULES),
    ("Times", time::RULES),
    ("The alert as a whole", alert::RULES),
    ("Info blocks", info::RULES),
    ("Resources", resource::RULES),
    ("Areas", area::RULES),
    ("Other forms", form::RULES),
];

/// Every rule of the standard and of this reader.
pub fn rules() -> impl Iterator<Item = &'static Rule> {
    GROUPS.iter().flat_map(|(_, rules)| *rules)
}

/// The rule of an id; none for those of profiles.
pub fn find(id: &str) -> Option<&'static Rule> {
    rules().find(|rule| rule.id == id)
}

/// The message that the examples change: conformant, with every element, and without a finding.
pub fn base(version: Version) -> &'static str {
    match version {
        Version::V1_0 => include_str!("base-1.0.xml"),
        Version::V1_1 => include_str!("base-1.1.xml"),
        Version::V1_2 => include_str!("base-1.2.xml"),
    }
}

#[cfg(test)]
mod tests;
