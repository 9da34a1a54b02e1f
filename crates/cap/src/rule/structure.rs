//! Rules on elements: which, where, how often, in which namespace.

use super::{Basis, Example, Rule, example, rule};
use crate::FindingSeverity::{Error, Warning};
use crate::Version;

pub(super) const RULES: &[Rule] = &[
    rule(
        "namespace",
        Error,
        Basis::Schema,
        "CAP 1.2, 3.4",
        "the alert and everything in it are in one namespace of CAP, whatever the prefix",
        &[
            example("cap:1.2\"", "cap:1.2\"", "cap:1.3\""),
            example("<event>", "<event>", "<event xmlns=\"\">"),
            example("<note>", "<note>", "<note xmlns=\"urn:x\">"),
        ],
    ),
    rule(
        "missing",
        Error,
        Basis::Schema,
        "CAP 1.2, 3.2",
        "mandatory elements are there",
        &[
            example("<scope>Public</scope>", "<scope>Public</scope>", ""),
            example("<event>Flood</event>", "<event>Flood</event>", ""),
            example("<areaDesc>Both banks</areaDesc>", "<areaDesc></areaDesc>", ""),
            example("<valueName>stage</valueName>", "<valueName/>", ""),
        ],
    ),
    rule(
        "unusable",
        Error,
        Basis::Text,
        "CAP 1.2, 3.2.1",
        "identifier, sender, sent, status and msgType can be read; without them nobody knows which message it is",
        &[
            example("<sent>2026", "<sent>2026", "<sent>soon, 2026"),
            example("<identifier>a1</identifier>", "<identifier>a1</identifier>", ""),
        ],
    ),
    rule(
        "unknown-element",
        Error,
        Basis::Schema,
        "CAP 1.2, 3.2",
        "only elements of CAP stand in an alert; others are kept beside it",
        &[
            example("<note>", "<!-- <colour/> --><note>", "<colour>red</colour><note>"),
            example("<headline>", "<headline>", "<subject>x</subject><headline>"),
        ],
    ),
    rule(
        "element-order",
        Error,
        Basis::Schema,
        "CAP 1.2, 3.4",
        "elements stand in the order of the schema",
        &[
            example(
                "<urgency>Immediate</urgency>\n    <severity>Severe</severity>",
                "<urgency>Immediate</urgency>\n    <severity>Severe</severity>",
                "<severity>Severe</severity><urgency>Immediate</urgency>",
            ),
            example(
                "</info>\n",
                "</info>\n<Signature xmlns=\"http://www.w3.org/2000/09/xmldsig#\"><Reference URI=\"\"/></Signature>",
                "</info><note>late</note>",
            ),
        ],
    ),
    rule(
        "element-repeated",
        Error,
        Basis::Schema,
        "CAP 1.2, 3.2",
        "what may stand once stands once; the first counts",
        &[
            example(
                "<event>Flood</event>",
                "<event>Flood</event>",
                "<event>Flood</event><event>Storm</event>",
            ),
            example(
                "<category>Met</category>",
                "<category>Met</category><category>Geo</category>",
                "<category>Met</category><event>Flood</event>",
            ),
        ],
    ),
    rule(
        "element-case",
        Error,
        Basis::Schema,
        "CAP 1.2, 3.4",
        "names of elements are written as the schema writes them",
        &[example("<note>The second of today</note>", "<note>THE SECOND</note>", "<Note>The second</Note>")],
    ),
    rule(
        "element-version",
        Error,
        Basis::Schema,
        "CAP 1.1, 3.2; CAP 1.0, 3.2",
        "elements belong to the version of the alert's namespace",
        &[
            example("<source>", "<source>", "<password>x</password><source>"),
            Example {
                version: Version::V1_0,
                part: "<urgency>",
                good: "<urgency>",
                bad: "<responseType>Avoid</responseType><urgency>",
            },
        ],
    ),
    rule(
        "attribute",
        Error,
        Basis::Schema,
        "CAP 1.2, 3.4",
        "elements of CAP have no attributes but namespaces and schema locations",
        &[
            example("<event>", "<event xmlns:x=\"urn:x\">", "<event lang=\"en\">"),
            example(
                "<alert ",
                "<alert xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:schemaLocation=\"urn:a b\" ",
                "<alert id=\"1\" ",
            ),
            example("<expires>2026", "<expires>2026", "<expires xml:lang=\"en\">2026"),
        ],
    ),
    rule(
        "element-in-text",
        Error,
        Basis::Schema,
        "CAP 1.2, 3.2",
        "no elements stand inside a text; their text is kept",
        &[example("It rises above 7 m.", "It rises <![CDATA[above 7 m]]>.", "It rises <b>above</b> 7 m.")],
    ),
    rule(
        "stray-text",
        Error,
        Basis::Schema,
        "CAP 1.2, 3.2",
        "no text stands between elements",
        &[example("<headline>", "\n<headline>", "so: <headline>")],
    ),
    rule(
        "signature-form",
        Error,
        Basis::Text,
        "CAP 1.2, 3.3.4.1",
        "an XML signature is one enveloped <Signature> at the end of the alert, over the whole of it (URI=\"\")",
        &[
            example(
                "</info>\n",
                "</info>\n<Signature xmlns=\"http://www.w3.org/2000/09/xmldsig#\"><Reference URI=\"\"/></Signature>",
                "</info><Signature xmlns=\"http://www.w3.org/2000/09/xmldsig#\"><Reference URI=\"http://a.example/\"/></Signature>",
            ),
            example("</info>\n", "</info>", "</info><Object xmlns=\"http://www.w3.org/2000/09/xmldsig#\"/>"),
        ],
    ),
    rule(
        "signature-repeated",
        Warning,
        Basis::Practice,
        "CAP 1.2, 3.3.4.1",
        "an alert has one signature; of several nobody knows which counts",
        &[example(
            "</info>\n",
            "</info><Signature xmlns=\"http://www.w3.org/2000/09/xmldsig#\"><Reference URI=\"\"/></Signature>",
            "</info><Signature xmlns=\"http://www.w3.org/2000/09/xmldsig#\"><Reference URI=\"\"/></Signature><Signature xmlns=\"http://www.w3.org/2000/09/xmldsig#\"><Reference URI=\"\"/></Signature>",
        )],
    ),
];
