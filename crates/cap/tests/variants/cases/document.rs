//! The document: bytes, encoding, what is no CAP.

use super::{Case, case};
use crate::edit::Edit::{After, All, Attribute, Before, Front, Rename, Replace, Set};

pub(super) const CASES: &[Case] = &[
    case(
        "encoding",
        &[
            Front("\u{FEFF}\u{FEFF}"),
            Front("\u{FEFF}\u{FEFF}\u{FEFF}"),
            All(&[Front("\u{FEFF}"), Front("\u{FEFF}")]),
        ],
        &[Front("\u{FEFF}"), After("alert", "\n<!-- é -->")],
    ),
    case(
        "leading-text",
        &[
            All(&[Replace("<?xml", "\n<?xml")]),
            Replace("<?xml", "  <?xml"),
            Replace("<?xml", "<!-- first --><?xml"),
        ],
        &[Before("alert", "\n\n"), Before("alert", "<!-- first -->")],
    ),
    case(
        "xml",
        &[
            Set("event", "a < b"),
            After("identifier", "</sender>"),
            Attribute("event", " a='1' a='2'"),
            After("alert", "<alert/>"),
            Set("event", "&#xD800;"),
        ],
        &[Set("event", "a &lt; b"), Before("event", "<!-- </sender> -->"), Set("event", "a > b")],
    ),
    case(
        "entity",
        &[Set("event", "a&nbsp;b"), Set("areaDesc", "caf&eacute;"), Set("sender", "&copy;")],
        &[Set("event", "a&#160;b"), Set("event", "&apos;&quot;&gt;")],
    ),
    case(
        "not-cap",
        &[Rename("alert", "alarm"), Rename("alert", "info"), All(&[Rename("alert", "html")])],
        &[Before("alert", "<!-- <html> -->"), After("alert", "<!-- end -->")],
    ),
];
