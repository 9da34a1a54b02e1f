//! The schemas of CAP 1.0, 1.1 and 1.2 as tables: children, order, how often, since which version.

use super::Version;
use Version::{V1_0, V1_1, V1_2};

/// One child of an element, in schema order.
#[derive(Debug)]
pub(super) struct Child {
    pub(super) name: &'static str,
    /// Whether it may stand more than once.
    pub(super) many: bool,
    /// The first version in which it must stand.
    pub(super) needed_since: Option<Version>,
    /// The versions that know it.
    pub(super) since: Version,
    pub(super) until: Version,
}

const fn child(name: &'static str, many: bool, needed_since: Option<Version>, since: Version) -> Child {
    Child { name, many, needed_since, since, until: V1_2 }
}

/// Stands once.
const fn one(name: &'static str) -> Child {
    child(name, false, Some(V1_0), V1_0)
}

/// Stands once, since 1.1; may be left out in 1.0.
const fn one_since_1_1(name: &'static str) -> Child {
    child(name, false, Some(V1_1), V1_0)
}

/// May stand once.
const fn maybe(name: &'static str) -> Child {
    child(name, false, None, V1_0)
}

/// May stand any number of times.
const fn any(name: &'static str) -> Child {
    child(name, true, None, V1_0)
}

pub(super) const ALERT: &[Child] = &[
    one("identifier"),
    one("sender"),
    one("sent"),
    one("status"),
    one("msgType"),
    Child { name: "password", many: false, needed_since: None, since: V1_0, until: V1_0 },
    maybe("source"),
    one_since_1_1("scope"),
    maybe("restriction"),
    maybe("addresses"),
    any("code"),
    maybe("note"),
    maybe("references"),
    maybe("incidents"),
    any("info"),
    child("Signature", true, None, V1_2),
];

pub(super) const INFO: &[Child] = &[
    maybe("language"),
    child("category", true, Some(V1_1), V1_0),
    one("event"),
    child("responseType", true, None, V1_1),
    one("urgency"),
    one("severity"),
    one("certainty"),
    maybe("audience"),
    any("eventCode"),
    maybe("effective"),
    maybe("onset"),
    maybe("expires"),
    maybe("senderName"),
    maybe("headline"),
    maybe("description"),
    maybe("instruction"),
    maybe("web"),
    maybe("contact"),
    any("parameter"),
    any("resource"),
    any("area"),
];

pub(super) const RESOURCE: &[Child] = &[
    one("resourceDesc"),
    child("mimeType", false, Some(V1_2), V1_0),
    maybe("size"),
    maybe("uri"),
    child("derefUri", false, None, V1_1),
    maybe("digest"),
];

pub(super) const AREA: &[Child] =
    &[one("areaDesc"), any("polygon"), any("circle"), any("geocode"), maybe("altitude"), maybe("ceiling")];

pub(super) const NAMED: &[Child] = &[one("valueName"), one("value")];

/// The most children a table has.
pub(super) const WIDEST: usize = 24;

/// Where a name stands in a table; the second answer is whether it is spelled exactly.
pub(super) fn find(table: &[Child], name: &str, last: usize) -> Option<(usize, bool)> {
    let exact = |c: &Child| c.name == name;
    // Elements mostly come in order, so the search begins where the last one stood.
    let ahead = table[last..].iter().position(exact).map(|at| at + last);
    if let Some(at) = ahead.or_else(|| table[..last].iter().position(exact)) {
        return Some((at, true));
    }
    table.iter().position(|c| c.name.eq_ignore_ascii_case(name)).map(|at| (at, false))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_fit_and_names_are_found_in_any_order() {
        for table in [ALERT, INFO, RESOURCE, AREA, NAMED] {
            assert!(table.len() <= WIDEST);
            for (at, child) in table.iter().enumerate() {
                assert_eq!(find(table, child.name, table.len() - 1), Some((at, true)));
                assert_eq!(find(table, &child.name.to_uppercase(), 0), Some((at, false)));
            }
        }
        assert_eq!(find(AREA, "info", 2), None);
    }
}
