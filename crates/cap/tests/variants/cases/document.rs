//! The document: bytes, encoding, what is no CAP.

use super::{Case, case};
use crate::edit::Edit::{After, All, Attribute, Before, Front, Rename, Replace, Set, Within};
use crate::edit::How::{AsElement, Escaped, Section};

const ATOM: &str = "<feed xmlns=\"http://www.w3.org/2005/Atom\"><entry><id>1</id><content>";
const ATOM_END: &str = "</content><link href=\"https://a.example/1\"/></entry></feed>";
const RSS: &str = "<rss><channel><item><guid>1</guid><description>";
const RSS_END: &str = "</description></item></channel></rss>";

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
        "escaped-alert",
        &[
            Within(Escaped, ATOM, ATOM_END),
            Within(Section, ATOM, ATOM_END),
            Within(Escaped, RSS, RSS_END),
            Within(Section, RSS, RSS_END),
            Within(Escaped, "<rss><item><x>&lt;?xml version='1.0'?>", "</x></item></rss>"),
        ],
        &[
            Within(AsElement, ATOM, ATOM_END),
            // Pages that show or mention an alert, and the alert beside them.
            Within(
                AsElement,
                "<rss><channel><item><description>&lt;p&gt;See &lt;alert&gt;&lt;identifier&gt;</description><x>",
                "</x></item></channel></rss>",
            ),
            All(&[
                Within(AsElement, "<alert_box>", "</alert_box>"),
                Within(
                    AsElement,
                    ATOM,
                    "</content><summary><![CDATA[<alert class='box'>!</alert>]]></summary></entry></feed>",
                ),
            ]),
        ],
    ),
    case(
        "not-cap",
        &[Rename("alert", "alarm"), Rename("alert", "info"), All(&[Rename("alert", "html")])],
        &[Before("alert", "<!-- <html> -->"), After("alert", "<!-- end -->")],
    ),
];
