//! Times.

use super::{Case, case};
use crate::edit::Edit::{After, All, Before, Once, Remove, Set};

const REFERENCE: &str = "<references>a@b.example,x1,2026-11-21T16:00:00-06:00</references>";

pub(super) const CASES: &[Case] = &[
    case(
        "time-unreadable",
        &[
            Set("expires", "2027-02-29T17:00:00-06:00"),
            Set("expires", "2026-13-01T17:00:00-06:00"),
            Set("effective", "soon"),
            Set("expires", "2026-11-21T25:00:00-06:00"),
            Set("expires", "2026-11-21T17:00:00+15:00"),
        ],
        &[Set("expires", "2028-02-29T17:00:00-06:00"), Set("expires", "2036-12-31T24:00:00+14:00")],
    ),
    case(
        "time-form",
        &[
            Set("sent", "2026-11-21T17:00-06:00"),
            Set("sent", "2026-11-21 17:00:00-06:00"),
            Set("expires", "2036-11-21T17:00:00-0600"),
            Set("sent", "2026-11-21T17:00:60-06:00"),
            Set("sent", "2026-11-21t17:00:00-06:00"),
        ],
        &[Set("sent", "2026-11-21T17:00:59-06:30"), Set("expires", "\n2036-11-21T17:00:00-06:00 ")],
    ),
    case(
        "time-offset",
        &[
            Set("sent", "2026-11-21T17:00:00"),
            Set("expires", "2036-11-21T17:00:00"),
            Set("effective", "2026-11-21T17:00:00"),
        ],
        &[Set("sent", "2026-11-21T17:00:00-00:00"), Set("expires", "2036-11-21T17:00:00+05:45")],
    ),
    case(
        "time-letter",
        &[
            Set("sent", "2026-11-21T17:00:00Z"),
            Set("expires", "2036-11-21T17:00:00Z"),
            Set("effective", "2026-11-21T17:00:00Z"),
        ],
        &[Set("sent", "2026-11-21T17:00:00-00:00"), Set("expires", "2036-11-21T17:00:00-00:00")],
    ),
    case(
        "time-fraction",
        &[
            Set("sent", "2026-11-21T17:00:00.0-06:00"),
            Set("expires", "2036-11-21T17:00:00.123-06:00"),
            Set("effective", "2026-11-21T17:00:00.999999-06:00"),
        ],
        &[Set("sent", "2026-11-21T17:00:00-06:00"), Set("expires", "2036-11-21T17:00:01-06:00")],
    ),
    case(
        "time-utc",
        &[
            Set("sent", "2026-11-21T17:00:00+00:00"),
            Set("expires", "2036-11-21T17:00:00+00:00"),
            Set("effective", "2026-11-21T17:00:00+00:00"),
        ],
        &[
            Set("sent", "2026-11-21T17:00:00-00:00"),
            Set("expires", "2036-11-21T17:00:00+00:30"),
            Set("effective", "2026-11-21T17:00:00+01:00"),
        ],
    ),
    case(
        "expires-missing",
        &[
            All(&[Set("msgType", "Alert"), Remove("expires")]),
            All(&[Set("msgType", "Alert"), Remove("expires"), Set("event", "x")]),
            All(&[
                Remove("restriction"),
                Remove("addresses"),
                Remove("code"),
                Remove("note"),
                Remove("incidents"),
                Remove("references"),
                Set("msgType", "Update"),
                After("scope", REFERENCE),
                Remove("expires"),
            ]),
        ],
        &[
            All(&[
                Once("info"),
                Remove("expires"),
                Before("senderName", "<expires>2036-11-21T17:00:00-06:00</expires>"),
            ]),
            Set("expires", "2036-11-21T17:00:00-06:00"),
        ],
    ),
    case(
        "expires-before-sent",
        &[
            Set("expires", "2001-01-01T00:00:00-00:00"),
            All(&[Set("sent", "2026-11-21T17:00:00-06:00"), Set("expires", "2026-11-21T17:00:00-06:00")]),
            All(&[Set("sent", "2026-11-21T17:00:00-06:00"), Set("expires", "2026-11-21T23:59:00+01:00")]),
        ],
        &[
            Set("expires", "2036-11-21T17:00:00-06:00"),
            All(&[
                Once("info"),
                Set("sent", "2026-11-21T17:00:00-06:00"),
                Set("expires", "2026-11-21T23:00:01-00:00"),
            ]),
        ],
    ),
    case(
        "expires-before-onset",
        &[
            Set("onset", "2096-01-01T00:00:00-00:00"),
            Set("onset", "2097-01-01T00:00:00-00:00"),
            All(&[Set("onset", "2026-11-22T00:00:00-06:00"), Set("expires", "2026-11-22T05:59:59-00:00")]),
        ],
        &[
            Set("onset", "2001-01-01T00:00:00-00:00"),
            All(&[Set("onset", "2026-11-22T00:00:00-06:00"), Set("expires", "2026-11-22T06:00:00-00:00")]),
        ],
    ),
    case(
        "expires-before-effective",
        &[
            Set("effective", "2096-01-01T00:00:00-00:00"),
            Set("effective", "2097-01-01T00:00:00-00:00"),
            All(&[
                Set("effective", "2026-11-22T00:00:00-06:00"),
                Set("expires", "2026-11-22T05:59:59-00:00"),
            ]),
        ],
        &[
            Set("effective", "2001-01-01T00:00:00-00:00"),
            All(&[
                Set("effective", "2026-11-22T00:00:00-06:00"),
                Set("expires", "2026-11-22T06:00:00-00:00"),
            ]),
        ],
    ),
];
