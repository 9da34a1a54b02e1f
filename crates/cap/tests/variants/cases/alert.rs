//! The alert as a whole.

use super::{Case, case};
use crate::edit::Edit::{After, All, Remove, Set};

const REFERENCE: &str = "<references>a@b.example,x1,2026-11-21T16:00:00-06:00</references>";

pub(super) const CASES: &[Case] = &[
    case(
        "references-missing",
        &[
            All(&[Remove("references"), Set("msgType", "Update")]),
            All(&[Remove("references"), Set("msgType", "Cancel")]),
            All(&[Remove("references"), Set("msgType", "Ack")]),
            All(&[Set("references", ""), Set("msgType", "Update")]),
        ],
        &[
            All(&[Remove("references"), Set("msgType", "Alert")]),
            All(&[Set("msgType", "Cancel"), Set("references", "a@b.example,x1,2026-11-21T16:00:00-06:00")]),
        ],
    ),
    case(
        "reference-form",
        &[
            Set("references", "x1"),
            Set("references", "a@b.example, x1, 2026-11-21T16:00:00-06:00"),
            Set("references", "a@b.example;x1;2026-11-21T16:00:00-06:00"),
            Set("references", ",x1,2026-11-21T16:00:00-06:00"),
        ],
        &[
            Set("references", "a@b.example,x1,2026-11-21T16:00:00-06:00"),
            Set(
                "references",
                "\n a@b.example,x1,2026-11-21T16:00:00-06:00\n\tc@d.example,x2,2026-11-21T16:00:00-00:00",
            ),
        ],
    ),
    case(
        "reference-time",
        &[
            Set("references", "a@b.example,x1,2026-11-21T16:00:00Z"),
            Set("references", "a@b.example,x1,2026-11-21T16:00:00+00:00"),
            Set("references", "a@b.example,x1,2026-11-21T16:00:00.5-06:00"),
            Set("references", "a@b.example,x1,2026-11-21T16:00:00"),
        ],
        &[
            Set("references", "a@b.example,x1,2026-11-21T16:00:00-00:00"),
            Set("references", "a@b.example,x1,2026-11-21T16:00:00+08:00"),
        ],
    ),
    case(
        "reference-self",
        &[
            All(&[
                Set("identifier", "x1"),
                Set("sender", "a@b.example"),
                Set("references", "a@b.example,x1,2026-11-21T16:00:00-06:00"),
            ]),
            All(&[
                Set("identifier", "x1"),
                Set("sender", "a@b.example"),
                Set("references", "c,d,2026-11-21T16:00:00-06:00 a@b.example,x1,2026-11-21T17:00:00-06:00"),
            ]),
            All(&[
                Set("identifier", "x2"),
                Set("sender", "s"),
                Set("references", "s,x2,2026-11-21T16:00:00-00:00"),
            ]),
        ],
        &[
            All(&[Set("identifier", "x1"), Set("references", "other,x1,2026-11-21T16:00:00-06:00")]),
            All(&[
                Set("sender", "a@b.example"),
                Set("identifier", "x3"),
                Set("references", "a@b.example,x2,2026-11-21T16:00:00-06:00"),
            ]),
        ],
    ),
    case(
        "restriction-missing",
        &[
            All(&[Remove("restriction"), Remove("addresses"), Set("scope", "Restricted")]),
            All(&[
                Remove("restriction"),
                Remove("addresses"),
                Set("scope", "Restricted"),
                After("scope", "<restriction/>"),
            ]),
            All(&[
                Remove("restriction"),
                Remove("addresses"),
                Set("scope", "Restricted"),
                After("scope", "<restriction> </restriction>"),
            ]),
            All(&[
                Remove("restriction"),
                Remove("addresses"),
                Set("scope", "Restricted"),
                After("scope", "<restriction></restriction>"),
            ]),
            All(&[
                Remove("restriction"),
                Remove("addresses"),
                Set("scope", "Restricted"),
                After("scope", "<!-- <restriction>x</restriction> -->"),
            ]),
        ],
        &[
            All(&[
                Remove("restriction"),
                Remove("addresses"),
                Set("scope", "Restricted"),
                After("scope", "<restriction>staff</restriction>"),
            ]),
            All(&[Remove("restriction"), Remove("addresses"), Set("scope", "Public")]),
        ],
    ),
    case(
        "restriction-unexpected",
        &[
            All(&[
                Remove("restriction"),
                Remove("addresses"),
                Set("scope", "Public"),
                After("scope", "<restriction>staff</restriction>"),
            ]),
            All(&[
                Remove("restriction"),
                Remove("addresses"),
                Set("scope", "Private"),
                After("scope", "<restriction>x</restriction><addresses>a@b.example</addresses>"),
            ]),
            All(&[
                Remove("restriction"),
                Remove("addresses"),
                Set("scope", "Public"),
                After("scope", "<restriction>None</restriction>"),
            ]),
        ],
        &[
            All(&[
                Remove("restriction"),
                Remove("addresses"),
                Set("scope", "Restricted"),
                After("scope", "<restriction>staff</restriction>"),
            ]),
            All(&[
                Remove("restriction"),
                Remove("addresses"),
                Set("scope", "Public"),
                After("scope", "<restriction/>"),
            ]),
        ],
    ),
    case(
        "addresses-missing",
        &[
            All(&[Remove("restriction"), Remove("addresses"), Set("scope", "Private")]),
            All(&[
                Remove("restriction"),
                Remove("addresses"),
                Set("scope", "Private"),
                After("scope", "<addresses/>"),
            ]),
            All(&[
                Remove("restriction"),
                Remove("addresses"),
                Set("scope", "Private"),
                After("scope", "<addresses> </addresses>"),
            ]),
        ],
        &[
            All(&[
                Remove("restriction"),
                Remove("addresses"),
                Set("scope", "Private"),
                After("scope", "<addresses>a@b.example</addresses>"),
            ]),
            All(&[
                Remove("restriction"),
                Remove("addresses"),
                Set("scope", "Public"),
                After("scope", "<addresses>a@b.example</addresses>"),
            ]),
        ],
    ),
    case(
        "list-form",
        &[Set("incidents", "a  b"), Set("incidents", "a\nb"), Set("incidents", "a\t\"b c\"")],
        &[Set("incidents", "a b"), Set("incidents", "a \"b  c\"")],
    ),
    case(
        "list-quotes",
        &[
            Set("incidents", "\"a b"),
            Set("incidents", "a\"b"),
            Set("incidents", "\"a\"b"),
            Set("incidents", "\"\""),
        ],
        &[Set("incidents", "\"a b\""), Set("incidents", "a 'b c'")],
    ),
    case(
        "note-missing",
        &[
            All(&[Set("status", "Exercise"), Remove("note")]),
            All(&[
                Remove("restriction"),
                Remove("addresses"),
                Remove("code"),
                Remove("note"),
                Remove("incidents"),
                Remove("references"),
                Set("msgType", "Error"),
                After("scope", REFERENCE),
            ]),
            All(&[Set("status", "Exercise"), Set("note", "")]),
        ],
        &[
            All(&[Set("status", "Exercise"), Set("note", "Rain 26")]),
            All(&[Set("status", "Test"), Remove("note")]),
        ],
    ),
    case(
        "info-missing",
        &[
            All(&[Set("msgType", "Alert"), Remove("note"), Remove("info")]),
            All(&[
                Remove("restriction"),
                Remove("addresses"),
                Remove("code"),
                Remove("note"),
                Remove("incidents"),
                Remove("references"),
                Set("msgType", "Update"),
                After("scope", REFERENCE),
                Remove("info"),
            ]),
            All(&[Set("msgType", "Alert"), Remove("info")]),
        ],
        &[
            All(&[
                Set("msgType", "Cancel"),
                Set("references", "a,b,2026-11-21T16:00:00-06:00"),
                Remove("info"),
            ]),
            Set("event", "e"),
        ],
    ),
    case(
        "oid-arc",
        &[
            Set("identifier", "urn:oid:2.49.0.0.276.0.1"),
            Set("identifier", "2.49.0.0.48.1"),
            Set("identifier", "urn:oid:2.49.0.0.1.2"),
        ],
        &[Set("identifier", "urn:oid:2.49.0.1.276.0.0"), Set("identifier", "urn:oid:2.49.0.10.1")],
    ),
];
