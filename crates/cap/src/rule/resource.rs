//! Rules on resources.

use super::{Basis, Rule, example, rule};
use crate::FindingSeverity::{Error, Warning};

pub(super) const RULES: &[Rule] = &[
    rule(
        "size",
        Error,
        Basis::Schema,
        "CAP 1.2, 3.2.3 size",
        "a size is a whole number",
        &[example("<size>3<", "<size> +3 <", "<size>3.0<"), example("<size>3<", "<size>0<", "<size>3 kB<")],
    ),
    rule(
        "size-range",
        Warning,
        Basis::Practice,
        "CAP 1.2, 3.2.3 size",
        "a size is that of a file: not negative, and below 2^64 bytes",
        &[example("<size>3<", "<size>0<", "<size>-3<")],
    ),
    rule(
        "size-mismatch",
        Warning,
        Basis::Practice,
        "CAP 1.2, 3.2.3 size and derefUri",
        "the size is about that of the content in derefUri: off by a tenth or by 1,024 bytes at most",
        &[
            example("<size>3<", "<size>1000<", "<size>20480<"),
            example("<size>3<", "<size>1027<", "<size>1028<"),
        ],
    ),
    rule(
        "mime-type",
        Warning,
        Basis::Practice,
        "CAP 1.2, 3.2.3 mimeType; RFC 2046",
        "a media type has a type and a subtype, such as image/png",
        &[example(
            "<mimeType>image/png<",
            "<mimeType>application/vnd.x+xml; charset=utf-8<",
            "<mimeType>PNG<",
        )],
    ),
    rule(
        "deref-form",
        Warning,
        Basis::Practice,
        "CAP 1.2, 3.2.3 derefUri; RFC 4648",
        "derefUri holds the content in base64",
        &[example("<derefUri>AAAA<", "<derefUri>AAAA\n AA==<", "<derefUri>https://example.org/map.png<")],
    ),
    rule(
        "digest",
        Warning,
        Basis::Practice,
        "CAP 1.2, 3.2.3 digest; FIPS 180-2",
        "a digest is the SHA-1 of the content: 40 hexadecimal digits",
        &[example(
            "29e2dcfbb16f63bb0254df7585a15bb6fb5e927d",
            "29E2DCFBB16F63BB0254DF7585A15BB6FB5E927D",
            "KeLc+7FvY7sCVN91haFbtvtekn0=",
        )],
    ),
    rule(
        "digest-mismatch",
        Warning,
        Basis::Practice,
        "CAP 1.2, 3.2.3 digest and derefUri",
        "the digest is that of the content in derefUri; a reader that compares them throws the content away",
        &[
            example("<derefUri>AAAA<", "<derefUri>AA\nAA<", "<derefUri>AAAB<"),
            example(
                "29e2dcfbb16f63bb0254df7585a15bb6fb5e927d",
                "29e2DCFBB16F63BB0254DF7585A15BB6FB5E927D",
                "da39a3ee5e6b4b0d3255bfef95601890afd80709",
            ),
        ],
    ),
];
