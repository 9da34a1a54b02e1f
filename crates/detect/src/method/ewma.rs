//! The chart of exponentially weighted moving averages.

use super::spc::{Chart, Spc};
use super::{Method, prewhiten};
use crate::param;

/// The method `ewma`.
pub(crate) static METHOD: Method = Method {
    name: "ewma",
    doc: concat!(
        "\
Whether an exponentially weighted moving average lies farther from the in-control mean than its limits (Roberts 1959; \
Lucas and Saccucci 1990). The score is the average in standard deviations of a measurement; the bound and `lowerbound` are \
the measurements that it takes to alarm.

| parameter | meaning |
|---|---|
| `mean` | the in-control mean; estimated from all values before the first judged where left out |
| `sd` | the in-control standard deviation; estimated likewise |
| `arl0` | the wished number of points between false alarms; default 370 |
| `lambda` | the weight of the newest measurement, 0.05 to 1; default 0.2 |
| `limits` | `exact` (default): narrower while the average is young; or `fixed` |
| `sided` | `two` |
| `reset` | whether the average begins anew after an alarm; default true |
",
        prewhiten::row!(),
        "\
| `mode` | `default` or `compat`: the same, as the chart has no reference whose quirks were to be kept |

The run length is that of independent normal measurements: neighbouring ones that are alike alarm far more often, and \
are to be made independent first, by `prewhiten`. An estimate from fewer than a hundred values alarms more often too."
    ),
    example: r#"{"arl0": 370, "lambda": 0.2}"#,
    read: |json| Ok(Box::new(param::read::<Spc>(json)?.checked(Chart::Ewma)?)),
};
