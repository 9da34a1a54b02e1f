//! Rules on the document: bytes, encoding, what may stand around an alert.

use super::{Basis, Example, Rule, example, rule};
use crate::FindingSeverity::{Error, Warning};
use crate::Version;

/// An example that is a whole document.
const fn whole(good: &'static str, bad: &'static str) -> Example {
    Example { version: Version::V1_2, part: "", good, bad }
}

pub(super) const RULES: &[Rule] = &[
    rule(
        "encoding",
        Error,
        Basis::Schema,
        "XML 1.0, 4.3.3",
        "the bytes are in the declared encoding; stray ones are read as Windows-1252, and so said",
        &[example("<?xml", "\u{FEFF}<?xml", "\u{FEFF}\u{FEFF}<?xml")],
    ),
    rule(
        "encoding-unknown",
        Error,
        Basis::Limit,
        "XML 1.0, 4.3.3",
        "the encoding is UTF-8, UTF-16, ISO-8859-1, Windows-1252 or US-ASCII",
        &[example("\"UTF-8\"", "\"ISO-8859-1\"", "\"Big5\"")],
    ),
    rule(
        "leading-text",
        Error,
        Basis::Schema,
        "XML 1.0, 2.8",
        "the XML declaration is the very first of the document",
        &[example("<?xml", "<?xml", " \n<?xml")],
    ),
    rule(
        "xml",
        Error,
        Basis::Schema,
        "XML 1.0, 2.1",
        "the document is well-formed XML",
        &[
            example("</event>", "</event>", "</events>"),
            example("Both banks", "Both &lt; banks", "Both < banks"),
            example("</alert>", "</alert>", ""),
        ],
    ),
    rule(
        "doctype",
        Error,
        Basis::Limit,
        "own limit",
        "there is no document type: CAP has no use for one, and its entities can do harm",
        &[example("<alert xmlns", "<!-- DOCTYPE --><alert xmlns", "<!DOCTYPE alert><alert xmlns")],
    ),
    rule(
        "entity",
        Error,
        Basis::Schema,
        "XML 1.0, 4.1",
        "only the five entities of XML and numeric ones are used",
        &[example("Both banks", "Both&#160;banks", "Both&nbsp;banks")],
    ),
    rule(
        "escaped-alert",
        Warning,
        Basis::Practice,
        "RFC 4287, 4.1.3.3; RSS 2.0, item",
        "an entry of a feed holds an alert as an element, or links to it; as text, many readers see none",
        &[
            whole(
                "<rss><item><x>&lt;p&gt;An &lt;alert></x></item></rss>",
                "<rss><item><x>&lt;alert xmlns=\"urn:oasis:names:tc:emergency:cap:1.2\">…</x></item></rss>",
            ),
            whole(
                "<feed><entry><content><![CDATA[<p>See <alert>]]></content></entry></feed>",
                "<feed><entry><content><![CDATA[<alert><identifier>…]]></content></entry></feed>",
            ),
        ],
    ),
    rule("too-large", Error, Basis::Limit, "own limit", "the document has at most 64 MiB", &[]),
    rule(
        "too-deep",
        Error,
        Basis::Limit,
        "own limit",
        "at most 64 elements are open at once; CAP needs 6",
        &[],
    ),
    rule("too-many", Error, Basis::Limit, "own limit", "a document has at most 10,000 alerts", &[]),
    rule(
        "too-many-elements",
        Error,
        Basis::Limit,
        "own limit",
        "an alert has at most 200,000 elements; those after it are left out",
        &[],
    ),
    rule(
        "more-findings",
        Error,
        Basis::Limit,
        "own limit",
        "an alert has at most 1,000 findings; those after it are summed up",
        &[],
    ),
    rule(
        "not-cap",
        Error,
        Basis::Schema,
        "CAP 1.2, 3.2.1",
        "the document is an alert, or a feed or list that may hold alerts",
        &[whole("<alerts/>", "<html><body>502</body></html>")],
    ),
];
