//! The chart by generalised likelihood ratio for Poisson counts.

use super::Method;
use super::glr::Glr;
use crate::param;

/// The method `glrpois`.
pub(crate) static METHOD: Method = Method {
    name: "glrpois",
    doc: "\
Whether Poisson counts have changed their level at any time since the last alarm, against an in-control mean with \
yearly waves: the largest likelihood ratio over all windows that end now (Höhle and Paul, Computational Statistics & \
Data Analysis 52, 2008). An alarm when its logarithm, the score, reaches `c.ARL`; then the chart begins anew. The bound \
is the largest count that is no alarm.

| parameter | meaning |
|---|---|
| `c.ARL` | the threshold; default 5 |
| `mu0` | the in-control mean: a number, one for each point, or a model fitted to all values before the first judged: `S` yearly waves (default 1), `trend`, and `refit` after every alarm |
| `alpha` | 0, or left out |
| `M` | how many points back a window may begin; default -1, without a limit |
| `Mtilde` | the shortest window; default 1 |
| `theta` | the logarithm of the rate ratio to be found, where it is known: then the chart is a CUSUM and alarms when over `c.ARL` |
| `dir` | `inc` (default) or `dec` |
| `change` | `intercept`: the level is multiplied; `epi`: each mean is the in-control mean plus lambda times the count before, lambda above 0 |
| `ret` | `cases` or `value`: what the reference returns as its bound; both are always there |
| `xMax` | the largest count that the search for the bound tries; default 10000 |
| `mode` | `default` or `compat`: in `compat` windows are the reference's, off by one where there is an `M`; and for `epi` lambda is sought as it does, which gets lost now and then |

Missing values are left out of all windows, and for `epi` the counts after them. A saved state holds the coefficients and \
the counts and means since the last alarm, `M` + 1 at most; of the series itself nothing is looked at again once the chart \
has begun, unless there is `refit`, for which all of it is held.",
    example: r#"{"mu0": {"S": 1, "trend": false}, "c.ARL": 5, "M": 52}"#,
    read: |json| Ok(Box::new(param::read::<Glr>(json)?.checked("glrpois")?)),
};
