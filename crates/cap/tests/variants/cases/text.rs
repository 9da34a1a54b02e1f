//! Texts, names and words.

use super::{Case, case};
use crate::edit::Edit::{After, All, Remove, Set, Shape};

pub(super) const CASES: &[Case] = &[
    case(
        "name-characters",
        &[
            Set("identifier", "a b"),
            Set("identifier", "a,b"),
            Set("sender", "a&amp;b"),
            Set("sender", "a&lt;b"),
            Set("identifier", "a\tb"),
        ],
        &[Set("identifier", "urn:oid:2.49.0.1.276.0.1;v=2"), Set("sender", "a'b>c@d.example")],
    ),
    case(
        "padded-name",
        &[Set("identifier", " a"), Set("sender", "a@b.example\n"), Set("identifier", "\ta\t")],
        &[Set("identifier", "<![CDATA[a]]>"), Set("sender", "<!-- x -->a@b.example")],
    ),
    case(
        "empty-name",
        &[Set("identifier", ""), Set("sender", ""), Set("identifier", " ")],
        &[Set("identifier", "0"), Set("sender", "-")],
    ),
    case(
        "padded-value",
        &[
            Set("status", " Actual"),
            Set("category", "Met\n"),
            Set("urgency", "Past "),
            Set("scope", "\tPublic"),
        ],
        &[Set("status", "Act<!-- -->ual"), Set("category", "<![CDATA[Met]]>")],
    ),
    case(
        "empty-value",
        &[Set("severity", ""), Set("altitude", ""), Set("expires", ""), Set("category", " ")],
        &[Set("severity", "Unknown"), Set("altitude", "0")],
    ),
    case(
        "empty-element",
        &[
            Set("headline", ""),
            All(&[
                Remove("restriction"),
                Remove("addresses"),
                Remove("code"),
                Remove("note"),
                Remove("incidents"),
                Remove("references"),
                Set("msgType", "Alert"),
                After("scope", "<note/>"),
            ]),
            Set("description", "  "),
            Shape("<polygon></polygon>"),
        ],
        &[Set("headline", "."), Set("description", "0")],
    ),
    case(
        "empty-mandatory",
        &[Set("event", ""), Set("areaDesc", " "), Set("event", "\n"), Set("resourceDesc", "")],
        &[Set("event", "."), Set("areaDesc", "0")],
    ),
    case(
        "value-name",
        &[Set("valueName", ""), Set("valueName", " "), Set("valueName", "\n\t")],
        &[Set("valueName", "x"), Set("value", "")],
    ),
    case(
        "illegal-character",
        &[
            Set("event", "a\u{1}b"),
            Set("areaDesc", "\u{FFFE}x"),
            Set("event", "a\u{B}b"),
            Set("event", "a&#2;b"),
        ],
        &[Set("event", "a\tb"), Set("areaDesc", "\u{FEFF}x🌊"), Set("event", "a&#9;b")],
    ),
    case(
        "section-end",
        &[Set("event", "a]]>b"), Set("areaDesc", "]]>"), Set("event", "[[x]]>")],
        &[Set("event", "a]]&gt;b"), Set("areaDesc", "]] >")],
    ),
    case(
        "markup",
        &[
            Set("description", "a&lt;br/&gt;b"),
            Set("headline", "&lt;b&gt;now&lt;/b&gt;"),
            Set("description", "a &amp;amp; b"),
            Set("description", "<![CDATA[<p>a</p>]]>"),
        ],
        &[
            Set("description", "a &lt; b &amp; c"),
            Set("headline", "water &gt; 7 m"),
            Set("description", "a &lt;b"),
        ],
    ),
    case(
        "word-unknown",
        &[Set("severity", "High"), Set("category", "Weather"), Set("urgency", "Now"), Set("scope", "All")],
        &[Set("severity", "Unknown"), Set("category", "Other"), Set("urgency", "Past")],
    ),
    case(
        "word-form",
        &[
            Set("severity", "severe"),
            Set("category", "MET"),
            Set("urgency", "IMMEDIATE"),
            Set("scope", "public"),
        ],
        &[Set("severity", "Severe"), Set("category", "CBRNE"), Set("urgency", "Immediate")],
    ),
    case(
        "word-version",
        &[
            Set("certainty", "Very Likely"),
            Set("certainty", "very likely"),
            Set("certainty", "<![CDATA[Very Likely]]>"),
        ],
        &[Set("certainty", "Likely"), Set("certainty", "Observed")],
    ),
    case(
        "language",
        &[
            Set("language", "en_US"),
            Set("language", "Englishlanguage"),
            Set("language", "de-"),
            Set("language", "en US"),
        ],
        &[Set("language", "sr-Latn-RS"), Set("language", " fr-CA "), Set("language", "x-1")],
    ),
];
