//! Rules on the alert as a whole: what it refers to, who may see it, its notes.

use super::{Basis, Example, Rule, example, rule};
use crate::FindingSeverity::{Error, Warning};
use crate::Version;

const REFERENCES: &str = "<references>met@example.org,a0,2026-11-21T16:00:00-06:00</references>";

pub(super) const RULES: &[Rule] = &[
    rule(
        "references-missing",
        Error,
        Basis::Implied,
        "CAP 1.2, 3.2.1 msgType, references",
        "Update, Cancel, Ack and Error name the messages that they act on (CAP 1.0 names them otherwise)",
        &[
            example(REFERENCES, "<references>x,y,2026-11-21T16:00:00-06:00</references>", ""),
            example(REFERENCES, REFERENCES, "<references/>"),
            Example {
                version: Version::V1_2,
                part: "",
                good: "<alert xmlns='urn:oasis:names:tc:emergency:cap:1.2'><identifier>a</identifier><sender>s</sender><sent>2026-11-21T17:00:00-06:00</sent><status>Actual</status><msgType>Alert</msgType><scope>Public</scope></alert>",
                bad: "<alert xmlns='urn:oasis:names:tc:emergency:cap:1.2'><identifier>a</identifier><sender>s</sender><sent>2026-11-21T17:00:00-06:00</sent><status>Actual</status><msgType>Cancel</msgType><scope>Public</scope></alert>",
            },
        ],
    ),
    rule(
        "reference-form",
        Error,
        Basis::Text,
        "CAP 1.2, 3.2.1 references",
        "a reference is sender,identifier,sent, and white space stands between references; in CAP 1.0 a warning",
        &[
            example(
                REFERENCES,
                "<references>a,b,2026-11-21T16:00:00-06:00\n c,d,2026-11-21T16:00:00-06:00</references>",
                "<references>a0</references>",
            ),
            example("met@example.org,a0,2026", "met@example.org,a0,2026", "met@example.org, a0, 2026"),
            example("met@example.org,a0,2026", "met@example.org,a-0,2026", ",a0,2026"),
        ],
    ),
    rule(
        "reference-time",
        Error,
        Basis::Text,
        "CAP 1.2, 3.2.1 references; 3.3.2",
        "the time in a reference is written as times of CAP are",
        &[
            example(
                "a0,2026-11-21T16:00:00-06:00",
                "a0,2026-11-21T22:00:00-00:00",
                "a0,2026-11-21T22:00:00+00:00",
            ),
            example(
                "a0,2026-11-21T16:00:00-06:00",
                "a0,2026-11-21T23:00:00+01:00",
                "a0,2026-11-21T22:00:00Z",
            ),
        ],
    ),
    rule(
        "reference-self",
        Warning,
        Basis::Practice,
        "CAP 1.2, 3.2.1 identifier, references",
        "no message names itself: an update is a new message with an identifier of its own",
        &[example(
            "met@example.org,a0,2026-11-21T16:00:00-06:00",
            "met2@example.org,a1,2026-11-21T16:00:00-06:00",
            "met@example.org,a1,2026-11-21T23:00:00-00:00",
        )],
    ),
    rule(
        "restriction-missing",
        Error,
        Basis::Implied,
        "CAP 1.2, 3.2.1 scope, restriction",
        "scope Restricted says by which rule",
        &[
            example(
                "<scope>Public</scope>",
                "<scope>Restricted</scope><restriction>staff</restriction>",
                "<scope>Restricted</scope>",
            ),
            example(
                "<scope>Public</scope>",
                "<scope>Restricted</scope><restriction>s</restriction>",
                "<scope>Restricted</scope><restriction> </restriction>",
            ),
        ],
    ),
    rule(
        "restriction-unexpected",
        Warning,
        Basis::Practice,
        "CAP 1.2, 3.2.1 restriction",
        "a restriction stands with scope Restricted only",
        &[example(
            "<scope>Public</scope>",
            "<scope>Public</scope>",
            "<scope>Public</scope><restriction>staff</restriction>",
        )],
    ),
    rule(
        "addresses-missing",
        Error,
        Basis::Text,
        "CAP 1.2, 3.2.1 scope, addresses",
        "scope Private names its receivers",
        &[
            example(
                "<scope>Public</scope>",
                "<scope>Private</scope><addresses>ops@example.org</addresses>",
                "<scope>Private</scope>",
            ),
            example(
                "<scope>Public</scope>",
                "<scope>Private</scope><addresses>\"duty room\"</addresses>",
                "<scope>Private</scope><addresses/>",
            ),
        ],
    ),
    rule(
        "list-form",
        Warning,
        Basis::Practice,
        "CAP 1.2, 3.2.1 addresses, incidents",
        "items of a list stand between single spaces",
        &[example("<incidents>flood \"spring tide\"", "<incidents>flood tide", "<incidents>flood\n  tide")],
    ),
    rule(
        "list-quotes",
        Error,
        Basis::Text,
        "CAP 1.2, 3.2.1 addresses, incidents",
        "an item with spaces stands in double quotes, and quotes come in pairs around whole items",
        &[
            example("\"spring tide\"", "\"spring tide\" river", "\"spring tide"),
            example("\"spring tide\"", "spring tide", "spring\"tide"),
        ],
    ),
    rule(
        "list-item",
        Error,
        Basis::Text,
        "CAP 1.2, 3.2.1 addresses, incidents",
        "an item of a list is not empty and holds no double quote",
        &[],
    ),
    rule(
        "note-missing",
        Warning,
        Basis::Practice,
        "CAP 1.2, 3.2.1 status, note",
        "an Error says its reason in the note, an Exercise the exercise",
        &[
            Example {
                version: Version::V1_2,
                part: "",
                good: "<alert xmlns='urn:oasis:names:tc:emergency:cap:1.2'><identifier>a</identifier><sender>s</sender><sent>2026-11-21T17:00:00-06:00</sent><status>Exercise</status><msgType>Alert</msgType><scope>Public</scope><note>Rain 26</note></alert>",
                bad: "<alert xmlns='urn:oasis:names:tc:emergency:cap:1.2'><identifier>a</identifier><sender>s</sender><sent>2026-11-21T17:00:00-06:00</sent><status>Exercise</status><msgType>Alert</msgType><scope>Public</scope></alert>",
            },
            Example {
                version: Version::V1_2,
                part: "",
                good: "<alert xmlns='urn:oasis:names:tc:emergency:cap:1.2'><identifier>a</identifier><sender>s</sender><sent>2026-11-21T17:00:00-06:00</sent><status>Actual</status><msgType>Ack</msgType><scope>Public</scope><references>s,b,2026-11-21T16:00:00-06:00</references></alert>",
                bad: "<alert xmlns='urn:oasis:names:tc:emergency:cap:1.2'><identifier>a</identifier><sender>s</sender><sent>2026-11-21T17:00:00-06:00</sent><status>Actual</status><msgType>Error</msgType><scope>Public</scope><references>s,b,2026-11-21T16:00:00-06:00</references></alert>",
            },
        ],
    ),
    rule(
        "info-missing",
        Warning,
        Basis::Practice,
        "CAP 1.2, 3.2.2",
        "an Alert or Update says something: it has an info block",
        &[Example {
            version: Version::V1_2,
            part: "",
            good: "<alert xmlns='urn:oasis:names:tc:emergency:cap:1.2'><identifier>a</identifier><sender>s</sender><sent>2026-11-21T17:00:00-06:00</sent><status>Actual</status><msgType>Cancel</msgType><scope>Public</scope><references>s,b,2026-11-21T16:00:00-06:00</references></alert>",
            bad: "<alert xmlns='urn:oasis:names:tc:emergency:cap:1.2'><identifier>a</identifier><sender>s</sender><sent>2026-11-21T17:00:00-06:00</sent><status>Actual</status><msgType>Alert</msgType><scope>Public</scope></alert>",
        }],
    ),
    rule(
        "oid-arc",
        Warning,
        Basis::Practice,
        "WMO-No. 1109",
        "an identifier under 2.49.0 names an alert (2.49.0.1), not an authority (2.49.0.0)",
        &[example(
            "<identifier>a1<",
            "<identifier>urn:oid:2.49.0.1.276.0.1<",
            "<identifier>urn:oid:2.49.0.0.276.0.1<",
        )],
    ),
];
