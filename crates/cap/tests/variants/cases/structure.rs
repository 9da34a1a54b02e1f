//! Elements: which, where, how often.

use super::{Case, case};
use crate::edit::Edit::{After, All, Attribute, Before, Double, Remove, Rename, Replace, Set, Swap};

const SIGNATURE: &str =
    "<Signature xmlns=\"http://www.w3.org/2000/09/xmldsig#\"><Reference URI=\"\"/></Signature>";

pub(super) const CASES: &[Case] = &[
    case(
        "namespace",
        &[
            Replace("emergency:cap:1.2", "emergency:cap:1.3"),
            Replace("emergency:cap:1.2", "emergency:CAP:1.2"),
            Attribute("event", " xmlns=\"urn:other\" xmlns:cap=\"urn:other\""),
        ],
        &[Attribute("event", " xmlns:x=\"urn:other\""), Attribute("alert", " xmlns:x=\"urn:other\"")],
    ),
    case(
        "missing",
        &[Remove("scope"), Remove("event"), Remove("severity"), Remove("areaDesc"), Remove("category")],
        &[Before("scope", "<!-- -->"), Set("event", "E"), Double("category")],
    ),
    case(
        "unusable",
        &[Remove("identifier"), Remove("sent"), Set("status", "Real"), Set("sent", "yesterday")],
        &[Set("identifier", "a.b-c_d"), Set("status", "System")],
    ),
    case(
        "unknown-element",
        &[
            Before("status", "<colour>red</colour>"),
            Before("event", "<eventName>x</eventName>"),
            After("areaDesc", "<point>1,2</point>"),
            Rename("sender", "from"),
        ],
        &[Before("status", "<!-- <colour/> -->"), Before("event", "<?colour red?>")],
    ),
    case(
        "element-order",
        &[
            Swap("urgency"),
            Swap("identifier"),
            Swap("status"),
            Swap("severity"),
            After("areaDesc", "<altitude>1</altitude><polygon>1,1 1,2 2,2 1,1</polygon>"),
        ],
        &[Before("urgency", "\n"), Double("category")],
    ),
    case(
        "element-repeated",
        &[Double("identifier"), Double("event"), Double("areaDesc"), Double("scope"), Double("sent")],
        &[Double("category"), Before("event", "<!-- <event>x</event> -->")],
    ),
    case(
        "element-case",
        &[Rename("event", "Event"), Rename("areaDesc", "areadesc"), Rename("msgType", "msgtype")],
        &[Set("event", "EVENT"), Before("event", "<!-- <Event/> -->")],
    ),
    case(
        "element-version",
        &[
            Before("scope", "<password>x</password>"),
            After("msgType", "<password/>"),
            After("msgType", "<password>a b</password>"),
        ],
        &[Before("scope", "<!-- <password/> -->"), Set("event", "password")],
    ),
    case(
        "attribute",
        &[
            Attribute("event", " lang=\"en\""),
            Attribute("areaDesc", " xml:lang=\"en\""),
            Attribute("alert", " version=\"1.2\""),
            Attribute("event", " nil=\"true\""),
        ],
        &[
            Attribute("event", "\n"),
            Attribute(
                "alert",
                " xmlns:i9=\"http://www.w3.org/2001/XMLSchema-instance\" i9:schemaLocation=\"urn:a b.xsd\"",
            ),
        ],
    ),
    case(
        "element-in-text",
        &[Set("event", "a <b>c</b>"), Set("areaDesc", "<x/>y"), Set("event", "<![CDATA[a]]><i/>")],
        &[Set("event", "a <![CDATA[<b>]]>"), Set("event", "a <!-- <b> --> c")],
    ),
    case(
        "stray-text",
        &[Before("event", "so: "), After("identifier", ","), Before("areaDesc", "&#65;")],
        &[Before("event", "\n\t "), Before("event", "<!-- so: -->")],
    ),
    case(
        "signature-form",
        &[
            All(&[
                Remove("Signature"),
                After(
                    "info",
                    "<Signature xmlns=\"http://www.w3.org/2000/09/xmldsig#\"><Reference URI=\"https://a.example/\"/></Signature>",
                ),
            ]),
            All(&[
                Remove("Signature"),
                Replace("</alert>", "<KeyInfo xmlns=\"http://www.w3.org/2000/09/xmldsig#\"/></alert>"),
            ]),
            All(&[
                Remove("Signature"),
                After(
                    "info",
                    "<Signature xmlns=\"http://www.w3.org/2000/09/xmldsig#\"><Reference URI=\"#a\"/></Signature>",
                ),
            ]),
        ],
        &[
            All(&[
                Remove("Signature"),
                Replace(
                    "</alert>",
                    "<Signature xmlns=\"http://www.w3.org/2000/09/xmldsig#\"><Reference URI=''/></Signature></alert>",
                ),
            ]),
            All(&[
                Remove("Signature"),
                Replace(
                    "</alert>",
                    "<Signature xmlns=\"http://www.w3.org/2000/09/xmldsig#\"><SignedInfo><Reference URI=\"\"/></SignedInfo></Signature></alert>",
                ),
            ]),
        ],
    ),
    case(
        "signature-repeated",
        &[
            Double("Signature"),
            All(&[Double("Signature"), Double("Signature")]),
            After("Signature", SIGNATURE),
        ],
        &[Before("Signature", "\n"), Before("Signature", "<!-- <Signature/> -->")],
    ),
];
