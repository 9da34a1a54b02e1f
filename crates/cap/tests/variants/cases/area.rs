//! Areas.

use super::{Case, case};
use crate::edit::Edit::{After, All, Before, Remove, Set, Shape};

pub(super) const CASES: &[Case] = &[
    case(
        "polygon-syntax",
        &[
            Shape("<polygon>1,1; 1,2; 2,2; 1,1</polygon>"),
            Shape("<polygon>1, 1 1, 2 2, 2 1, 1</polygon>"),
            Shape("<polygon>(1,1 1,2 2,2 1,1)</polygon>"),
            Shape("<polygon>1e0,1 1,2 2,2 1,1</polygon>"),
        ],
        &[
            Shape("<polygon>1,1 1,2 2,2 1,1</polygon>"),
            Shape("<polygon>\n1.0,1.0\n1.,2\t+2,2  1,1.00\n</polygon>"),
        ],
    ),
    case(
        "polygon-unreadable",
        &[
            Shape("<polygon>north of the river</polygon>"),
            Shape("<polygon>1,1 1,2 2,2 1</polygon>"),
            Shape("<polygon>1,1 1,NaN 2,2 1,1</polygon>"),
            Shape("<polygon>POLYGON((1 1))x</polygon>"),
        ],
        &[
            Shape("<polygon>-1,-1 -1,-2 -2,-2 -1,-1</polygon>"),
            Shape("<polygon>.5,.5 .5,1 1,1 .5,.5</polygon>"),
        ],
    ),
    case(
        "polygon-short",
        &[
            Shape("<polygon>1,1 1,2 1,1</polygon>"),
            Shape("<polygon>1,1</polygon>"),
            Shape("<polygon>1,1 1,1</polygon>"),
            Shape("<polygon>1,1 1,2 2,2</polygon>"),
        ],
        &[Shape("<polygon>1,1 1,2 2,2 1,1</polygon>"), Shape("<polygon>1,1 1,2 2,2 2,1 1,1</polygon>")],
    ),
    case(
        "polygon-open",
        &[
            Shape("<polygon>1,1 1,2 2,2 2,1</polygon>"),
            Shape("<polygon>1,1 1,2 2,2 1,1.0001</polygon>"),
            Shape("<polygon>1,1 1,2 2,2 -1,1</polygon>"),
        ],
        &[Shape("<polygon>1,1 1,2 2,2 2,1 1,1</polygon>"), Shape("<polygon>1.0,1.00 1,2 2,2 1,1</polygon>")],
    ),
    case(
        "polygon-range",
        &[
            Shape("<polygon>91,1 1,2 2,2 91,1</polygon>"),
            Shape("<polygon>1,181 1,179 2,179 1,181</polygon>"),
            Shape("<polygon>1,1 1,400 2,2 1,1</polygon>"),
            Shape("<polygon>-90.001,1 1,2 2,2 -90.001,1</polygon>"),
        ],
        &[
            Shape("<polygon>90,180 90,-180 -90,-180 -90,180 90,180</polygon>"),
            Shape("<polygon>1,179 1,-179 2,-179 2,179 1,179</polygon>"),
        ],
    ),
    case(
        "polygon-swapped",
        &[
            All(&[
                Remove("polygon"),
                Remove("circle"),
                Shape("<circle>10,60 5</circle>"),
                Shape("<polygon>60,10 60.1,10 60.1,10.1 60,10</polygon>"),
            ]),
            All(&[
                Remove("polygon"),
                Remove("circle"),
                After(
                    "areaDesc",
                    "<polygon>10,60 10,61 11,61 10,60</polygon><polygon>60,10 61,10 61,11 60,10</polygon>",
                ),
            ]),
            All(&[
                Remove("polygon"),
                Remove("circle"),
                Shape("<circle>-30,50 5</circle>"),
                Shape("<polygon>50,-30 50,-31 51,-31 50,-30</polygon>"),
            ]),
        ],
        &[
            All(&[Remove("polygon"), Remove("circle"), Shape("<polygon>60,10 61,10 61,11 60,10</polygon>")]),
            All(&[
                Remove("polygon"),
                Remove("circle"),
                After(
                    "areaDesc",
                    "<polygon>60,10 61,10 61,11 60,10</polygon><polygon>61,12 62,12 62,13 61,12</polygon>",
                ),
            ]),
        ],
    ),
    case(
        "polygon-repeated",
        &[
            Shape("<polygon>1,1 1,1 1,2 2,2 1,1</polygon>"),
            Shape("<polygon>1,1 1,2 1,2.0 2,2 1,1</polygon>"),
            Shape("<polygon>1,1 1,2 2,2 1,1 1,1</polygon>"),
        ],
        &[Shape("<polygon>1,1 1,2 2,2 1,1</polygon>"), Shape("<polygon>1,1 1,2 1,2.0001 2,2 1,1</polygon>")],
    ),
    case(
        "polygon-flat",
        &[
            Shape("<polygon>1,1 1,2 1,3 1,1</polygon>"),
            Shape("<polygon>1,1 2,2 3,3 1,1</polygon>"),
            Shape("<polygon>1,1 1,2 1,1 1,2 1,1</polygon>"),
        ],
        &[Shape("<polygon>1,1 1,2 1.001,2 1,1</polygon>"), Shape("<polygon>1,1 2,2 3,3.01 1,1</polygon>")],
    ),
    case(
        "polygon-crossing",
        &[
            Shape("<polygon>1,1 2,2 1,2 2,1 1,1</polygon>"),
            Shape("<polygon>0,0 4,2 0,2 4,0 2,5 0,0</polygon>"),
            Shape("<polygon>1,179 2,-179 1,-179 2,179 1,179</polygon>"),
        ],
        &[
            Shape("<polygon>1,1 1,2 2,2 2,1 1,1</polygon>"),
            Shape("<polygon>0,0 4,0 2,1 4,2 0,2 0,0</polygon>"),
        ],
    ),
    case(
        "circle-syntax",
        &[
            Shape("<circle>1 1 5</circle>"),
            Shape("<circle>1, 1 5</circle>"),
            Shape("<circle>1,1,5</circle>"),
            Shape("<circle>1,1 5e0</circle>"),
        ],
        &[Shape("<circle>1,1 5</circle>"), Shape("<circle>\n-1.5,+1 0.0\n</circle>")],
    ),
    case(
        "circle-unreadable",
        &[
            Shape("<circle>1,1</circle>"),
            Shape("<circle>1,1 -5</circle>"),
            Shape("<circle>1,1 5 km</circle>"),
            Shape("<circle>here</circle>"),
        ],
        &[Shape("<circle>1,1 0</circle>"), Shape("<circle>1,1 0.001</circle>")],
    ),
    case(
        "circle-range",
        &[
            Shape("<circle>91,1 5</circle>"),
            Shape("<circle>1,181 5</circle>"),
            Shape("<circle>-90.5,1 5</circle>"),
        ],
        &[Shape("<circle>90,180 5</circle>"), Shape("<circle>-90,-180 5</circle>")],
    ),
    case(
        "height",
        &[
            Set("altitude", "100 ft"),
            Set("ceiling", "1e3"),
            Set("altitude", "high"),
            Set("altitude", "1,000"),
        ],
        &[Set("altitude", "-100.5"), Set("altitude", " +.5 "), Set("altitude", "7.")],
    ),
    case(
        "ceiling-alone",
        &[
            Remove("altitude"),
            All(&[Set("ceiling", "5"), Remove("altitude")]),
            All(&[Remove("altitude"), Before("ceiling", "<!-- <altitude>1</altitude> -->")]),
        ],
        &[Remove("ceiling"), Set("altitude", "0")],
    ),
    case(
        "ceiling-low",
        &[
            All(&[Set("altitude", "100"), Set("ceiling", "99")]),
            All(&[Set("altitude", "0"), Set("ceiling", "-1")]),
            All(&[Set("altitude", "10.5"), Set("ceiling", "10.4")]),
        ],
        &[
            All(&[Set("altitude", "100"), Set("ceiling", "100")]),
            All(&[Set("altitude", "-2"), Set("ceiling", "-1")]),
        ],
    ),
];
