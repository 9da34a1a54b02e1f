//! CUSUM of measurements.

use super::spc::{Chart, Spc};
use super::{Method, prewhiten};
use crate::param;

/// The method `cusum_mean`.
pub(crate) static METHOD: Method = Method {
    name: "cusum_mean",
    doc: concat!(
        "\
Sums up how far measurements lie above, and below, the in-control mean by more than `k` standard deviations; an alarm \
when either sum is over a limit (Page 1954). The score is the larger sum, negative for the lower one; the bound and \
`lowerbound` are the measurements that it takes to alarm.

| parameter | meaning |
|---|---|
| `mean` | the in-control mean; estimated from all values before the first judged where left out |
| `sd` | the in-control standard deviation; estimated likewise |
| `arl0` | the wished number of points between false alarms; default 370 |
| `k` | the reference value in standard deviations, half the shift to be found; default 0.5 |
| `sided` | `two` (default) or `one`: increases only |
| `head_start` | whether the sums begin at half the limit, to find what was wrong from the start; default false |
| `reset` | whether the sums begin anew after an alarm; default true |
",
        prewhiten::row!(),
        "\
| `mode` | `default` or `compat`: the same, as the chart has no reference whose quirks were to be kept |

The run length is that of independent normal measurements: neighbouring ones that are alike alarm far more often, and \
are to be made independent first, by `prewhiten`. An estimate from fewer than a hundred values alarms more often too."
    ),
    example: r#"{"arl0": 370, "k": 0.5}"#,
    read: |json| Ok(Box::new(param::read::<Spc>(json)?.checked(Chart::Cusum)?)),
};
