//! The chart of single measurements.

use super::spc::{Chart, Spc};
use super::{Method, prewhiten};
use crate::param;

/// The method `shewhart`.
pub(crate) static METHOD: Method = Method {
    name: "shewhart",
    doc: concat!(
        "\
Whether a single measurement lies farther from the in-control mean than a limit (Shewhart 1931). The score is its \
distance in standard deviations; the bound and `lowerbound` are the limits.

| parameter | meaning |
|---|---|
| `mean` | the in-control mean; estimated from all values before the first judged where left out |
| `sd` | the in-control standard deviation; estimated likewise |
| `arl0` | the wished number of points between false alarms; default 370 |
| `sided` | `two` (default) or `one`: increases only |
| `reset` | of no effect here |
",
        prewhiten::row!(),
        "\
| `mode` | `default` or `compat`: the same, as the chart has no reference whose quirks were to be kept |

The run length is that of independent normal measurements: neighbouring ones that are alike alarm far more often, and \
are to be made independent first, by `prewhiten`. An estimate from fewer than a hundred values alarms more often too."
    ),
    example: r#"{"arl0": 370}"#,
    read: |json| Ok(Box::new(param::read::<Spc>(json)?.checked(Chart::Shewhart)?)),
};
