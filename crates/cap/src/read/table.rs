//! The schemas of CAP 1.0, 1.1 and 1.2 as tables: children, order, how often, since which version.

use super::Version;
use super::element::{Element, Mark};
use Element as E;
use Version::{V1_0, V1_1, V1_2};

/// One child of an element, in schema order.
#[derive(Debug)]
pub(super) struct Child {
    pub(super) element: Element,
    pub(super) mark: Mark,
    /// Whether it holds text, whatever the version.
    pub(super) leaf: bool,
    /// Whether it may stand more than once.
    pub(super) many: bool,
    /// The first version in which it must stand.
    pub(super) needed_since: Option<Version>,
    /// The versions that know it.
    pub(super) since: Version,
    pub(super) until: Version,
}

const fn child(element: Element, many: bool, needed_since: Option<Version>, since: Version) -> Child {
    let leaf = !matches!(
        element,
        E::Info | E::Resource | E::Area | E::EventCode | E::Parameter | E::Geocode | E::Signature
    );
    Child { element, mark: Mark::of(element), leaf, many, needed_since, since, until: V1_2 }
}

/// Stands once.
const fn one(element: Element) -> Child {
    child(element, false, Some(V1_0), V1_0)
}

/// Stands once, since 1.1; may be left out in 1.0.
const fn one_since_1_1(element: Element) -> Child {
    child(element, false, Some(V1_1), V1_0)
}

/// May stand once.
const fn maybe(element: Element) -> Child {
    child(element, false, None, V1_0)
}

/// May stand any number of times.
const fn any(element: Element) -> Child {
    child(element, true, None, V1_0)
}

pub(super) static ALERT: &[Child] = &[
    one(E::Identifier),
    one(E::Sender),
    one(E::Sent),
    one(E::Status),
    one(E::MsgType),
    Child { until: V1_0, ..maybe(E::Password) },
    maybe(E::Source),
    one_since_1_1(E::Scope),
    maybe(E::Restriction),
    maybe(E::Addresses),
    any(E::Code),
    maybe(E::Note),
    maybe(E::References),
    maybe(E::Incidents),
    any(E::Info),
    child(E::Signature, true, None, V1_2),
];

pub(super) static INFO: &[Child] = &[
    maybe(E::Language),
    child(E::Category, true, Some(V1_1), V1_0),
    one(E::Event),
    child(E::ResponseType, true, None, V1_1),
    one(E::Urgency),
    one(E::Severity),
    one(E::Certainty),
    maybe(E::Audience),
    any(E::EventCode),
    maybe(E::Effective),
    maybe(E::Onset),
    maybe(E::Expires),
    maybe(E::SenderName),
    maybe(E::Headline),
    maybe(E::Description),
    maybe(E::Instruction),
    maybe(E::Web),
    maybe(E::Contact),
    any(E::Parameter),
    any(E::Resource),
    any(E::Area),
];

pub(super) static RESOURCE: &[Child] = &[
    one(E::ResourceDesc),
    child(E::MimeType, false, Some(V1_2), V1_0),
    maybe(E::Size),
    maybe(E::Uri),
    child(E::DerefUri, false, None, V1_1),
    maybe(E::Digest),
];

pub(super) static AREA: &[Child] = &[
    one(E::AreaDesc),
    any(E::Polygon),
    any(E::Circle),
    any(E::Geocode),
    maybe(E::Altitude),
    maybe(E::Ceiling),
];

pub(super) static NAMED: &[Child] = &[one(E::ValueName), one(E::Value)];

/// The most children a table has.
pub(super) const WIDEST: usize = 24;

/// Where a name stands in a table; the second answer is whether it is spelled exactly.
pub(super) fn find(table: &[Child], name: &str, last: usize) -> Option<(usize, bool)> {
    if let Some(at) = search(table, last, |child| child.element.as_str() == name) {
        return Some((at, true));
    }
    table.iter().position(|c| c.element.as_str().eq_ignore_ascii_case(name)).map(|at| (at, false))
}

/// Where the element stands whose name and the end of its tag come next.
#[inline]
pub(super) fn find_mark(table: &[Child], bytes: &[u8; Mark::BYTES], last: usize) -> Option<usize> {
    search(table, last, |child| child.mark.begins(bytes))
}

/// Elements mostly come in order, so the search begins where the last one stood.
#[inline]
fn search(table: &[Child], last: usize, is_it: impl Fn(&Child) -> bool) -> Option<usize> {
    let ahead = table[last..].iter().position(&is_it).map(|at| at + last);
    ahead.or_else(|| table[..last].iter().position(&is_it))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_fit_and_names_are_found_in_any_order() {
        for table in [ALERT, INFO, RESOURCE, AREA, NAMED] {
            assert!(table.len() <= WIDEST);
            for (at, child) in table.iter().enumerate() {
                assert_eq!(find(table, child.element.as_str(), table.len() - 1), Some((at, true)));
                assert_eq!(find(table, &child.element.as_str().to_uppercase(), 0), Some((at, false)));
            }
        }
        assert_eq!(find(AREA, "info", 2), None);
    }
}
