//! Info blocks and resources.

use super::{Case, case};
use crate::edit::Edit::{All, Double, Once, Remove, Replace, Set};

/// Content of 4,500 zeros.
const LONG: &str = include_str!("zeros.base64");

pub(super) const CASES: &[Case] = &[
    case(
        "uri",
        &[
            Set("web", "https://a.example/%zz"),
            Set("web", "http://a:b/"),
            Set("web", "a#b#c"),
            Set("web", "http://[::1"),
            Set("uri", "1a:b"),
        ],
        &[
            Set("web", "https://a.example/%41?x=1&amp;y=2#z"),
            Set("web", "http://[::1]:80/"),
            Set("uri", "https://példa.example/ő"),
        ],
    ),
    case(
        "uri-space",
        &[
            Set("web", "https://a.example/a b"),
            Set("web", "https://a.example/a\tb"),
            Set("uri", "https://a.example/a b.png"),
        ],
        &[Set("web", "https://a.example/a%20b"), Set("web", " https://a.example/ ")],
    ),
    case(
        "uri-relative",
        &[Set("web", "www.a.example"), Set("web", "/warnings/1"), Set("web", "a.html")],
        &[Set("web", "https://a.example"), Set("web", "mailto:a@b.example")],
    ),
    case(
        "unknown-everywhere",
        &[
            All(&[Set("urgency", "Unknown"), Set("severity", "Unknown"), Set("certainty", "Unknown")]),
            All(&[
                Set("certainty", "Unknown"),
                Set("severity", "Unknown"),
                Set("urgency", "Unknown"),
                Set("event", "x"),
            ]),
            All(&[
                Set("severity", "Unknown"),
                Set("certainty", "Unknown"),
                Set("urgency", "Unknown"),
                Set("category", "Other"),
            ]),
        ],
        &[
            All(&[Set("urgency", "Unknown"), Set("severity", "Unknown"), Set("certainty", "Likely")]),
            Set("severity", "Minor"),
        ],
    ),
    case(
        "infos-disagree",
        &[
            All(&[
                Once("info"),
                Double("info"),
                Set("language", "sw"),
                Set("severity", "Extreme"),
                Replace("<severity>Extreme", "<severity>Extreme"),
                Set("urgency", "Past"),
            ]),
            All(&[Once("info"), Double("info"), Set("language", "sw"), Set("certainty", "Unlikely")]),
            All(&[
                Once("info"),
                Double("info"),
                Set("language", "sw"),
                Set("expires", "2096-01-01T00:00:00-00:00"),
            ]),
        ],
        &[
            All(&[Once("info"), Double("info"), Set("language", "sw"), Set("event", "Mafuriko")]),
            All(&[Double("info"), Set("event", "Other")]),
        ],
    ),
    case(
        "area-missing",
        &[
            All(&[Set("msgType", "Alert"), Remove("area"), Set("scope", "Public")]),
            All(&[Set("msgType", "Alert"), Remove("area")]),
            All(&[Set("msgType", "Alert"), Remove("area"), Set("event", "x")]),
        ],
        &[
            Double("area"),
            All(&[
                Set("msgType", "Cancel"),
                Set("references", "a,b,2026-11-21T16:00:00-06:00"),
                Remove("area"),
            ]),
        ],
    ),
    case(
        "size",
        &[Set("size", "3.0"), Set("size", "3 kB"), Set("size", "0x10"), Set("size", "1e3")],
        &[Set("size", "3"), Set("size", " +3 ")],
    ),
    case(
        "size-range",
        &[Set("size", "-3"), Set("size", "-1"), Set("size", "99999999999999999999")],
        &[Set("size", "0"), Set("size", "-0")],
    ),
    case(
        "size-mismatch",
        &[
            All(&[Set("derefUri", "AAAA"), Set("size", "20480")]),
            // In kB, and as the length of the base64.
            All(&[Set("derefUri", LONG), Set("size", "4")]),
            All(&[Set("derefUri", LONG), Set("size", "6000")]),
            All(&[Set("derefUri", "QQ=="), Set("size", "1026")]),
        ],
        &[
            All(&[Set("derefUri", "QQ=="), Set("size", "1025")]),
            All(&[Set("derefUri", LONG), Set("size", "5000")]),
            // Of another place nothing is known.
            All(&[Remove("derefUri"), Set("size", "20480")]),
        ],
    ),
    case(
        "mime-type",
        &[
            Set("mimeType", "PNG"),
            Set("mimeType", "image"),
            Set("mimeType", "image/"),
            Set("mimeType", "a b/c"),
        ],
        &[Set("mimeType", "image/png"), Set("mimeType", "application/cap+xml; charset=utf-8")],
    ),
    case(
        "deref-form",
        &[Set("derefUri", "https://a.example/x.png"), Set("derefUri", "AAA"), Set("derefUri", "A=AA")],
        &[Set("derefUri", "AAAA\nAA=="), Set("derefUri", "+/+/")],
    ),
    case(
        "digest",
        &[
            Set("digest", "abc"),
            Set("digest", "sha1:29e2dcfbb16f63bb0254df7585a15bb6fb5e927d"),
            Set("digest", "zze2dcfbb16f63bb0254df7585a15bb6fb5e927d"),
        ],
        &[
            Set("digest", "29e2dcfbb16f63bb0254df7585a15bb6fb5e927d"),
            Set("digest", "DA39A3EE5E6B4B0D3255BFEF95601890AFD80709"),
        ],
    ),
    case(
        "digest-mismatch",
        &[
            // Of nothing, of the base64 text, of the file before it changed.
            All(&[Set("derefUri", "AAAA"), Set("digest", "da39a3ee5e6b4b0d3255bfef95601890afd80709")]),
            All(&[Set("derefUri", "AAAA"), Set("digest", "e2512172abf8cc9f67fdd49eb6cacf2df71bbad3")]),
            All(&[Set("derefUri", "AAAB"), Set("digest", "29e2dcfbb16f63bb0254df7585a15bb6fb5e927d")]),
            All(&[Set("derefUri", "AAAAAA=="), Set("digest", "29e2dcfbb16f63bb0254df7585a15bb6fb5e927d")]),
        ],
        &[
            All(&[Set("derefUri", " AA\nAA "), Set("digest", "29E2dcfbb16f63bb0254df7585a15bb6fb5e927D")]),
            // Of a form that nothing can be compared with; of a file that is not here; of what is no content.
            All(&[Set("derefUri", "AAAA"), Set("digest", "5dfab91ff9ab0dcab4c4f8be0a8e3eb4")]),
            All(&[Remove("derefUri"), Set("digest", "da39a3ee5e6b4b0d3255bfef95601890afd80709")]),
            All(&[
                Set("derefUri", "https://a.example/x.png"),
                Set("digest", "da39a3ee5e6b4b0d3255bfef95601890afd80709"),
            ]),
        ],
    ),
];
