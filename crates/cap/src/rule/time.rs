//! Rules on times.

use super::{Basis, Example, Rule, example, rule};
use crate::FindingSeverity::{Error, Warning};
use crate::Version;

pub(super) const RULES: &[Rule] = &[
    rule(
        "time-unreadable",
        Error,
        Basis::Schema,
        "CAP 1.2, 3.3.2",
        "a time can be read: a real day, hour and offset",
        &[
            example("<expires>2026-11-22T", "<expires>2028-02-29T", "<expires>2027-02-29T"),
            example("<onset>2026-11-21T19", "<onset>2026-11-21T23", "<onset>2026-13-21T19"),
            example(
                "<effective>2026-11-21T17:00:00-06:00",
                "<effective>2026-11-21T17:00:00+14:00",
                "<effective>2026-11-21T17:00:00+15:00",
            ),
        ],
    ),
    rule(
        "time-form",
        Error,
        Basis::Schema,
        "CAP 1.2, 3.3.2",
        "a time is written as 2026-11-21T17:00:00-06:00",
        &[
            example("<onset>2026-11-21T19:00:00-", "<onset>2026-11-21T19:00:30-", "<onset>2026-11-21T19:00-"),
            example("<onset>2026-11-21T19", "<onset>2026-11-21T19", "<onset>2026-11-21 19"),
            example(
                "<expires>2026-11-22T17:00:00-06:00",
                "<expires>2026-11-22T17:00:00-06:30",
                "<expires>2026-11-22T17:00:00-0600",
            ),
        ],
    ),
    rule(
        "time-offset",
        Error,
        Basis::Schema,
        "CAP 1.2, 3.3.2",
        "a time has an offset from UTC; one without is read as UTC, and so said",
        &[example(
            "<expires>2026-11-22T17:00:00-06:00",
            "<expires>2026-11-22T17:00:00+05:45",
            "<expires>2026-11-22T17:00:00",
        )],
    ),
    rule(
        "time-letter",
        Error,
        Basis::Schema,
        "CAP 1.2, 3.3.2; CAP 1.1, 3.3.2",
        "no letter stands for a zone: UTC is written -00:00; in CAP 1.0, which does not say so, a warning",
        &[
            example(
                "<expires>2026-11-22T17:00:00-06:00",
                "<expires>2026-11-22T17:00:00-00:00",
                "<expires>2026-11-22T17:00:00Z",
            ),
            Example {
                version: Version::V1_1,
                part: "<sent>2026-11-21T17:00:00-06:00",
                good: "<sent>2026-11-21T17:00:00+00:00",
                bad: "<sent>2026-11-21T17:00:00Z",
            },
        ],
    ),
    rule(
        "time-fraction",
        Error,
        Basis::Schema,
        "CAP 1.2, 3.3.2",
        "a time has whole seconds (since CAP 1.2)",
        &[
            example(
                "<onset>2026-11-21T19:00:00-",
                "<onset>2026-11-21T19:00:59-",
                "<onset>2026-11-21T19:00:00.5-",
            ),
            example(
                "<sent>2026-11-21T17:00:00-",
                "<sent>2026-11-21T17:00:00-",
                "<sent>2026-11-21T17:00:00.000-",
            ),
        ],
    ),
    rule(
        "time-utc",
        Error,
        Basis::Text,
        "CAP 1.2, 3.3.2",
        "UTC is written -00:00, not +00:00",
        &[
            example(
                "<sent>2026-11-21T17:00:00-06:00",
                "<sent>2026-11-21T23:00:00-00:00",
                "<sent>2026-11-21T23:00:00+00:00",
            ),
            example(
                "<expires>2026-11-22T17:00:00-06:00",
                "<expires>2026-11-22T17:00:00+00:30",
                "<expires>2026-11-22T17:00:00+00:00",
            ),
        ],
    ),
    rule(
        "time-far",
        Warning,
        Basis::Limit,
        "own limit",
        "a time lies within the years 1 to 9999 at every offset; a later one is brought back",
        &[example(
            "<expires>2026-11-22T17:00:00-06:00",
            "<expires>9998-12-31T23:59:59-06:00",
            "<expires>9999-12-31T23:59:59-06:00",
        )],
    ),
    rule(
        "expires-missing",
        Warning,
        Basis::Practice,
        "CAP 1.2, 3.2.2 expires",
        "a warning says when it ends; without that each receiver has to guess",
        &[example(
            "<expires>2026-11-22T17:00:00-06:00</expires>",
            "<expires>2026-11-23T17:00:00-06:00</expires>",
            "",
        )],
    ),
    rule(
        "expires-before-sent",
        Warning,
        Basis::Practice,
        "CAP 1.2, 3.2.2 expires",
        "a warning expires after it was sent",
        &[
            example(
                "<expires>2026-11-22T17:00:00-06:00",
                "<expires>2026-11-21T23:30:00-00:00",
                "<expires>2026-11-21T16:59:59-06:00",
            ),
            example(
                "<expires>2026-11-22T17:00:00-06:00",
                "<expires>2026-11-21T17:00:01-06:00",
                "<expires>2026-11-21T23:00:00+01:00",
            ),
        ],
    ),
    rule(
        "expires-before-onset",
        Warning,
        Basis::Practice,
        "CAP 1.2, 3.2.2 onset, expires",
        "a warning does not expire before it sets on",
        &[example("<onset>2026-11-21T19", "<onset>2026-11-22T16", "<onset>2026-11-23T19")],
    ),
    rule(
        "expires-before-effective",
        Warning,
        Basis::Practice,
        "CAP 1.2, 3.2.2 effective, expires",
        "a warning does not expire before it takes effect",
        &[example("<effective>2026-11-21T17", "<effective>2026-11-22T10", "<effective>2026-11-24T17")],
    ),
];
