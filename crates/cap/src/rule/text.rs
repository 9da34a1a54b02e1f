//! Rules on texts, names and the closed vocabularies.

use super::{Basis, Example, Rule, example, rule};
use crate::FindingSeverity::{Error, Warning};
use crate::Version;

pub(super) const RULES: &[Rule] = &[
    rule(
        "name-characters",
        Error,
        Basis::Text,
        "CAP 1.2, 3.2.1 identifier, sender",
        "identifier and sender hold no white space, comma, < or &",
        &[
            example("<identifier>a1<", "<identifier>a.1-x_y:z<", "<identifier>a 1<"),
            example("<identifier>a1<", "<identifier>urn:oid:2.49.0.1.840.0.1<", "<identifier>a,1<"),
            example(
                "<sender>met@example.org<",
                "<sender>met@example.org<",
                "<sender>met&amp;co@example.org<",
            ),
            example("<sender>met@example.org<", "<sender>wetter@dörfer.example<", "<sender>met&lt;x<"),
        ],
    ),
    rule(
        "padded-name",
        Error,
        Basis::Text,
        "CAP 1.2, 3.2.1 identifier, sender",
        "no white space stands around identifier and sender",
        &[
            example("<identifier>a1<", "<identifier>a1<", "<identifier> a1<"),
            example("<sender>met@example.org<", "<sender>met@example.org<", "<sender>met@example.org\n<"),
        ],
    ),
    rule(
        "empty-name",
        Error,
        Basis::Text,
        "CAP 1.2, 3.2.1 identifier, sender",
        "identifier and sender are not empty",
        &[example("<sender>met@example.org</sender>", "<sender>x</sender>", "<sender/>")],
    ),
    rule(
        "padded-value",
        Error,
        Basis::Schema,
        "CAP 1.2, 3.4",
        "no white space stands around a word of a vocabulary",
        &[
            example("<status>Actual<", "<status><![CDATA[Actual]]><", "<status>Actual <"),
            example("<category>Met<", "<category>Met<", "<category>\n Met<"),
        ],
    ),
    rule(
        "empty-value",
        Error,
        Basis::Schema,
        "CAP 1.2, 3.4",
        "words, times, numbers and languages are not empty",
        &[
            example("<onset>2026-11-21T19:00:00-06:00</onset>", "", "<onset/>"),
            example("<altitude>100</altitude>", "<altitude> 100 </altitude>", "<altitude></altitude>"),
            example("<language>en-US</language>", "<language/>", "<language> </language>"),
        ],
    ),
    rule(
        "empty-element",
        Warning,
        Basis::Practice,
        "CAP 1.2, 3.2",
        "optional elements are left out rather than left empty; empty ones count as absent",
        &[
            example("<note>The second of today</note>", "", "<note/>"),
            example("<circle>51.15,12.25 10</circle>", "", "<circle></circle>"),
        ],
    ),
    rule(
        "empty-mandatory",
        Warning,
        Basis::Practice,
        "CAP 1.2, 3.2",
        "mandatory texts are not empty; the schema lets them be",
        &[
            example("<event>Flood</event>", "<event>F</event>", "<event> </event>"),
            example("<areaDesc>Both banks</areaDesc>", "<areaDesc>B</areaDesc>", "<areaDesc/>"),
        ],
    ),
    rule(
        "value-name",
        Warning,
        Basis::Practice,
        "CAP 1.2, 3.2.2 eventCode, parameter; 3.2.4 geocode",
        "a value has a name that tells what it means",
        &[example("<valueName>stage</valueName>", "<valueName>s</valueName>", "<valueName/>")],
    ),
    rule(
        "illegal-character",
        Error,
        Basis::Schema,
        "XML 1.0, 2.2",
        "texts hold only characters of XML; others are removed",
        &[example("Both banks", "Both\u{9}banks 🌊", "Both\u{1}banks")],
    ),
    rule(
        "section-end",
        Error,
        Basis::Schema,
        "XML 1.0, 2.4",
        "]]> does not stand in a text",
        &[example("Both banks", "Both ]]&gt; banks", "Both ]]> banks")],
    ),
    rule(
        "text-too-long",
        Error,
        Basis::Limit,
        "own limit",
        "a text has at most 16 MiB; longer ones are cut",
        &[],
    ),
    rule(
        "markup",
        Warning,
        Basis::Practice,
        "CAP 1.2, 3.2.2 headline, description, instruction",
        "texts are plain: no tags of HTML and no entities written twice",
        &[
            example(
                "It rises above 7 m.",
                "It rises to x &lt; 7 m &amp; more.",
                "It rises.&lt;br/&gt;Above 7 m.",
            ),
            example("Go to high ground now.", "R &amp; D", "Go &amp;amp; stay"),
        ],
    ),
    rule(
        "word-unknown",
        Error,
        Basis::Schema,
        "CAP 1.2, 3.4",
        "status, msgType, scope, category, responseType, urgency, severity and certainty are words of the standard",
        &[
            example("<severity>Severe<", "<severity>Unknown<", "<severity>Huge<"),
            example("<category>Met<", "<category>CBRNE<", "<category>Weather<"),
            example("<responseType>Evacuate<", "<responseType>None<", "<responseType>Run<"),
        ],
    ),
    rule(
        "word-form",
        Error,
        Basis::Schema,
        "CAP 1.2, 3.4",
        "words are spelled as the standard spells them, capitals too",
        &[
            example("<status>Actual<", "<status>Actual<", "<status>actual<"),
            example("<category>Met<", "<category>CBRNE<", "<category>Cbrne<"),
            example("<responseType>Evacuate<", "<responseType>AllClear<", "<responseType>All Clear<"),
        ],
    ),
    rule(
        "word-version",
        Error,
        Basis::Schema,
        "CAP 1.0 and 1.1, 3.2",
        "words belong to the version of the alert: Very Likely to 1.0 alone, Observed and CBRNE since 1.1, Draft since 1.1, Avoid and AllClear since 1.2",
        &[
            example("<certainty>Likely<", "<certainty>Likely<", "<certainty>Very Likely<"),
            Example {
                version: Version::V1_0,
                part: "<certainty>Likely<",
                good: "<certainty>Very Likely<",
                bad: "<certainty>Observed<",
            },
            Example {
                version: Version::V1_1,
                part: "<responseType>Evacuate<",
                good: "<responseType>Shelter<",
                bad: "<responseType>AllClear<",
            },
        ],
    ),
    rule(
        "language",
        Error,
        Basis::Schema,
        "CAP 1.2, 3.2.2 language; RFC 3066",
        "a language is a tag such as en-US or sw",
        &[
            example("<language>en-US<", "<language>zh-Hant-TW<", "<language>en_US<"),
            example("<language>en-US<", "<language>x-klingon<", "<language>English language<"),
        ],
    ),
];
