//! Rules on info blocks.

use super::{Basis, Example, Rule, example, rule};
use crate::FindingSeverity::{Error, Warning};
use crate::Version;

const LEVELS: &str =
    "<urgency>Immediate</urgency>\n    <severity>Severe</severity>\n    <certainty>Likely</certainty>";
const UNKNOWN: &str = "<urgency>Unknown</urgency><severity>Unknown</severity><certainty>Unknown</certainty>";

const CONTENT: &str = "https://example.org/map.png</uri>\n      <derefUri>AAAA</derefUri>";

/// A second block in another language; the gap is its severity, and its end.
const fn twins(good: &'static str, bad: &'static str) -> Example {
    example("</info>\n", good, bad)
}

pub(super) const RULES: &[Rule] = &[
    rule(
        "uri",
        Error,
        Basis::Schema,
        "CAP 1.2, 3.2.2 web; 3.2.3 uri; RFC 3986",
        "web and uri are URIs",
        &[
            example(
                "https://example.org/a1",
                "https://example.org/a%201?x=1&amp;y=2#z",
                "https://example.org/%zz",
            ),
            example("https://example.org/a1", "http://[2001:db8::1]:8080/", "http://[2001:db8::1/"),
            example("https://example.org/map.png", "urn:x:y", "http://a:b/"),
        ],
    ),
    rule(
        "uri-space",
        Warning,
        Basis::Practice,
        "RFC 3986, 2",
        "white space in a URI is written %20; the schema lets it pass",
        &[example("https://example.org/a1", "https://example.org/a%201", "https://example.org/a 1")],
    ),
    rule(
        "uri-relative",
        Warning,
        Basis::Practice,
        "CAP 1.2, 3.2.2 web; 3.2.3 uri",
        "a URI is absolute, unless it names the content of a derefUri",
        &[
            example("https://example.org/a1", "mailto:met@example.org", "www.example.org/a1"),
            example(CONTENT, "map.png</uri>\n      <derefUri>AAAA</derefUri>", "map.png</uri>"),
        ],
    ),
    rule(
        "unknown-everywhere",
        Warning,
        Basis::Practice,
        "CAP 1.2, 3.2.2; WMO-No. 1109",
        "urgency, severity and certainty are not all Unknown: nobody could act on that",
        &[example(
            LEVELS,
            "<urgency>Unknown</urgency><severity>Severe</severity><certainty>Unknown</certainty>",
            UNKNOWN,
        )],
    ),
    rule(
        "infos-disagree",
        Warning,
        Basis::Practice,
        "CAP 1.2, 3.2.2 language; WMO-No. 1109",
        "blocks that differ in language say the same of category, response, urgency, severity, certainty, times and areas",
        &[
            twins(
                "</info><info><language>es</language><category>Met</category><event>Inundación</event><responseType>Evacuate</responseType><urgency>Immediate</urgency><severity>Severe</severity><certainty>Likely</certainty><effective>2026-11-21T23:00:00-00:00</effective><onset>2026-11-21T19:00:00-06:00</onset><expires>2026-11-22T17:00:00-06:00</expires><area><areaDesc>Ambas orillas</areaDesc><polygon>51.1,12.2 51.1,12.3 51.2,12.3 51.1,12.2</polygon><circle>51.15,12.25 10</circle></area></info>",
                "</info><info><language>es</language><category>Met</category><event>Inundación</event><responseType>Evacuate</responseType><urgency>Immediate</urgency><severity>Minor</severity><certainty>Likely</certainty><effective>2026-11-21T23:00:00-00:00</effective><onset>2026-11-21T19:00:00-06:00</onset><expires>2026-11-22T17:00:00-06:00</expires><area><areaDesc>Ambas orillas</areaDesc><polygon>51.1,12.2 51.1,12.3 51.2,12.3 51.1,12.2</polygon><circle>51.15,12.25 10</circle></area></info>",
            ),
            twins(
                "</info><info><language>en-US</language><category>Met</category><event>Flood, lower reach</event><urgency>Future</urgency><severity>Minor</severity><certainty>Possible</certainty><expires>2026-11-23T17:00:00-06:00</expires></info>",
                "</info><info><language>es</language><category>Met</category><event>Inundación</event><responseType>Evacuate</responseType><urgency>Immediate</urgency><severity>Severe</severity><certainty>Likely</certainty><effective>2026-11-21T23:00:00-00:00</effective><onset>2026-11-21T19:00:00-06:00</onset><expires>2026-11-22T18:00:00-06:00</expires><area><areaDesc>Ambas orillas</areaDesc><polygon>51.1,12.2 51.1,12.3 51.2,12.3 51.1,12.2</polygon><circle>51.15,12.25 10</circle></area></info>",
            ),
        ],
    ),
    rule(
        "area-missing",
        Warning,
        Basis::Practice,
        "CAP 1.2, 3.2.4",
        "a warning says where: one without an area reaches everybody or nobody",
        &[Example {
            version: Version::V1_2,
            part: "",
            good: "<alert xmlns='urn:oasis:names:tc:emergency:cap:1.2'><identifier>a</identifier><sender>s</sender><sent>2026-11-21T17:00:00-06:00</sent><status>Actual</status><msgType>Cancel</msgType><scope>Public</scope><references>s,b,2026-11-21T16:00:00-06:00</references><info><category>Met</category><event>Flood</event><urgency>Past</urgency><severity>Minor</severity><certainty>Observed</certainty></info></alert>",
            bad: "<alert xmlns='urn:oasis:names:tc:emergency:cap:1.2'><identifier>a</identifier><sender>s</sender><sent>2026-11-21T17:00:00-06:00</sent><status>Actual</status><msgType>Alert</msgType><scope>Public</scope><info><category>Met</category><event>Flood</event><urgency>Past</urgency><severity>Minor</severity><certainty>Observed</certainty></info></alert>",
        }],
    ),
];
