//! Rules on areas: polygons, circles, heights.

use super::{Basis, Example, Rule, example, rule};
use crate::FindingSeverity::{Error, Warning};
use crate::Version;

const RING: &str = "51.1,12.2 51.1,12.3 51.2,12.3 51.1,12.2";
const CIRCLE: &str = "51.15,12.25 10";

pub(super) const RULES: &[Rule] = &[
    rule(
        "polygon-syntax",
        Error,
        Basis::Text,
        "CAP 1.2, 3.2.4 polygon",
        "a polygon is pairs \"latitude,longitude\" between white space, in plain decimals",
        &[
            example(
                RING,
                " 51.1,12.2\n51.1,+12.3\t51.2,12.3 51.1,12.2 ",
                "51.1,12.2; 51.1,12.3; 51.2,12.3; 51.1,12.2",
            ),
            example(
                RING,
                "51.1,12.2 51.1,12.3 51.2,12.3 51.1,12.2",
                "51.1, 12.2 51.1, 12.3 51.2, 12.3 51.1, 12.2",
            ),
            example(
                RING,
                "51.10,12.20 51.1,12.3 51.2,12.3 51.1,12.2",
                "5.11e1,12.2 51.1,12.3 51.2,12.3 51.1,12.2",
            ),
        ],
    ),
    rule(
        "polygon-unreadable",
        Error,
        Basis::Text,
        "CAP 1.2, 3.2.4 polygon",
        "a polygon is made of numbers; one that cannot be read is left out, and its area is not known in full",
        &[
            example(RING, "-51.1,-12.2 -51.1,-12.3 -51.2,-12.3 -51.1,-12.2", "north of the river"),
            example(RING, RING, "51.1,12.2 51.1,12.3 51.2,12.3 51.1"),
            example(RING, RING, "51.1,12.2 51.1,NaN 51.2,12.3 51.1,12.2"),
        ],
    ),
    rule(
        "polygon-short",
        Error,
        Basis::Text,
        "CAP 1.2, 3.2.4 polygon",
        "a polygon has at least four pairs",
        &[
            example(RING, "51.1,12.2 51.1,12.3 51.2,12.3 51.1,12.2", "51.1,12.2 51.1,12.3 51.1,12.2"),
            example(RING, "51.1,12.2 51.1,12.3 51.2,12.3 51.2,12.2 51.1,12.2", "51.1,12.2"),
        ],
    ),
    rule(
        "polygon-open",
        Error,
        Basis::Text,
        "CAP 1.2, 3.2.4 polygon",
        "the first and last pair of a polygon are the same",
        &[
            example(
                RING,
                "51.1,12.2 51.1,12.3 51.2,12.3 51.10,12.20",
                "51.1,12.2 51.1,12.3 51.2,12.3 51.2,12.2",
            ),
            example(RING, RING, "51.1,12.2 51.1,12.3 51.2,12.3 51.1,12.2001"),
        ],
    ),
    rule(
        "polygon-range",
        Error,
        Basis::Text,
        "CAP 1.2, 3.2.4 polygon; WGS 84",
        "latitudes lie within 90 and longitudes within 180 degrees; longitudes past 180 are brought round",
        &[
            example(RING, "90,180 90,-180 -90,-180 90,180", "91,12.2 51.1,12.3 51.2,12.3 91,12.2"),
            example(
                RING,
                "51.1,179.9 51.1,-179.9 51.2,-179.9 51.1,179.9",
                "51.1,179.9 51.1,180.1 51.2,180.1 51.1,179.9",
            ),
            example(
                RING,
                "12.2,51.1 12.3,51.1 12.3,51.2 12.2,51.1",
                "121.2,51.1 121.3,51.1 121.3,51.2 121.2,51.1",
            ),
        ],
    ),
    rule(
        "polygon-swapped",
        Warning,
        Basis::Practice,
        "CAP 1.2, 3.2.4 polygon",
        "latitude comes first; where only the other order makes sense it is proposed, never applied",
        &[
            example(RING, RING, "12.2,51.1 12.3,51.1 12.3,51.2 12.2,51.1"),
            example(
                RING,
                "-51.1,12.2 -51.1,12.3 -51.2,12.3 -51.1,12.2",
                "121.2,51.1 121.3,51.1 121.3,51.2 121.2,51.1",
            ),
        ],
    ),
    rule(
        "polygon-repeated",
        Warning,
        Basis::Practice,
        "CAP 1.2, 3.2.4 polygon",
        "no pair of a polygon is given twice in a row",
        &[example(RING, RING, "51.1,12.2 51.1,12.3 51.1,12.3 51.2,12.3 51.1,12.2")],
    ),
    rule(
        "polygon-flat",
        Warning,
        Basis::Practice,
        "CAP 1.2, 3.2.4 polygon",
        "a polygon encloses something",
        &[example(
            RING,
            "51.1,12.2 51.1,12.3 51.1001,12.3 51.1,12.2",
            "51.1,12.2 51.1,12.3 51.1,12.25 51.1,12.2",
        )],
    ),
    rule(
        "polygon-large",
        Warning,
        Basis::Practice,
        "WMO-No. 1109; practice of receivers",
        "a polygon has at most 1,000 pairs; receivers of warnings are small devices",
        &[],
    ),
    rule(
        "polygon-crossing",
        Warning,
        Basis::Practice,
        "CAP 1.2, 3.2.4 polygon",
        "the edges of a polygon do not cross: readers disagree on what is inside; looked at where it is asked for",
        &[
            example(
                RING,
                "51.1,12.2 51.1,12.3 51.2,12.3 51.2,12.2 51.1,12.2",
                "51.1,12.2 51.2,12.3 51.1,12.3 51.2,12.2 51.1,12.2",
            ),
            example(
                RING,
                "51.1,179.9 51.1,-179.9 51.2,-179.9 51.2,179.9 51.1,179.9",
                "51.1,179.9 51.2,-179.9 51.1,-179.9 51.2,179.9 51.1,179.9",
            ),
        ],
    ),
    rule(
        "too-many-positions",
        Error,
        Basis::Limit,
        "own limit",
        "an alert has at most 2,000,000 pairs; a polygon over it is left out",
        &[],
    ),
    rule(
        "circle-syntax",
        Error,
        Basis::Text,
        "CAP 1.2, 3.2.4 circle",
        "a circle is \"latitude,longitude radius\", in plain decimals; the radius is in kilometres, 0 or more",
        &[
            example(CIRCLE, "51.15,12.25 0.5", "51.15 12.25 10"),
            example(CIRCLE, " 51.15,12.25\n10 ", "51.15, 12.25 10"),
            example(CIRCLE, "51.15,12.25 10.", "51.15,12.25 1e1"),
        ],
    ),
    rule(
        "circle-unreadable",
        Error,
        Basis::Text,
        "CAP 1.2, 3.2.4 circle",
        "a circle has a centre and a radius; one that cannot be read is left out, and its area is not known in full",
        &[
            example(CIRCLE, "51.15,12.25 0", "51.15,12.25"),
            example(CIRCLE, "51.15,12.25 0.1", "51.15,12.25 -10"),
            example(CIRCLE, CIRCLE, "51.15,12.25 10 km"),
        ],
    ),
    rule(
        "circle-range",
        Error,
        Basis::Text,
        "CAP 1.2, 3.2.4 circle; WGS 84",
        "the centre of a circle lies within 90 and 180 degrees, and its radius is a number",
        &[example(CIRCLE, "90,180 10", "90.1,12.25 10"), example(CIRCLE, "-90,-180 10", "51.15,181 10")],
    ),
    rule(
        "height",
        Error,
        Basis::Schema,
        "CAP 1.2, 3.2.4 altitude, ceiling",
        "heights are plain decimals, in feet above mean sea level; before CAP 1.2 a warning",
        &[
            example("<altitude>100<", "<altitude>-100.5<", "<altitude>100 ft<"),
            example("<ceiling>200<", "<ceiling>+200.<", "<ceiling>2e2<"),
            Example {
                version: Version::V1_1,
                part: "<ceiling>200<",
                good: "<ceiling>200<",
                bad: "<ceiling>clouds<",
            },
        ],
    ),
    rule(
        "ceiling-alone",
        Error,
        Basis::Text,
        "CAP 1.2, 3.2.4 ceiling",
        "a ceiling stands with an altitude only",
        &[example("<altitude>100</altitude>", "<altitude>0</altitude>", "")],
    ),
    rule(
        "ceiling-low",
        Warning,
        Basis::Practice,
        "CAP 1.2, 3.2.4 ceiling",
        "a ceiling is not below its altitude",
        &[example("<ceiling>200<", "<ceiling>100<", "<ceiling>99<")],
    ),
];
