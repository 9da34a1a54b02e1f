//! The CDC method of Stroup: four weeks against the same weeks of earlier years.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::{Judge, Memory, Method, Mode, rows, within};
use crate::explain::{Explanation, VERSION};
use crate::judge::{Judgement, Reason};
use crate::normal;
use crate::outcome::{Cells, Column, NA, Outcome, Refusal, over, unjudged};
use crate::param::{self, ParamError, require};
use crate::series::Series;

/// The method `cdc`.
pub(crate) static METHOD: Method = Method {
    name: "cdc",
    doc: "\
Compares the sum of the last four weeks with the sums of the 2m+1 blocks of four weeks around the same weeks of each \
of the `b` years before (Stroup and others, Statistics in Medicine 8, 1989). The bound is their mean and z standard \
deviations of a new sum, z of `alpha` on two sides; a sum over it is an alarm. `aggregate4` is the sum of the four \
weeks, which is what the bound is for; `score` is (sum - mean) / (bound - mean). For weekly series only: a year is 52 \
weeks back.

| parameter | meaning |
|---|---|
| `b` | years to look back, 1 to 20; default 5 |
| `m` | blocks on each side of the same weeks, 0 to 6; default 1 |
| `alpha` | the chance of a false alarm, half of it above the bound; default 0.025 |
| `mode` | `default` or `compat`: in `compat` one missing value leaves the point unjudged, and blocks of four weeks all equal give a bound without width; by default blocks with a missing week are left out while at least half are there, and equal blocks are not judged |",
    example: r#"{"b": 5, "m": 1, "alpha": 0.025}"#,
    read: |json| Ok(Box::new(param::read::<Cdc>(json)?.checked()?)),
};

/// Weeks in a block.
const BLOCK: usize = 4;

/// Weeks in a year.
const YEAR: usize = 52;

/// The parameters, named as in R surveillance.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq)]
#[serde(deny_unknown_fields, default)]
struct Cdc {
    b: usize,
    m: usize,
    alpha: f64,
    mode: Mode,
}

impl Default for Cdc {
    fn default() -> Self {
        Self { b: 5, m: 1, alpha: 0.025, mode: Mode::Default }
    }
}

impl Cdc {
    fn checked(self) -> Result<Self, ParamError> {
        require((1..=20).contains(&self.b), "b", "must be from 1 to 20")?;
        require(self.m <= 6, "m", "must be from 0 to 6")?;
        require(self.b > 1 || self.m > 0, "m", "must be above 0 where b is 1")?;
        require(self.alpha > 0.0 && self.alpha < 1.0, "alpha", "must be above 0 and below 1")?;
        Ok(self)
    }

    /// How far the oldest value lies before the point.
    fn reach(&self) -> usize {
        self.b * YEAR + self.m * BLOCK + BLOCK - 1
    }

    /// One past the last week of each block, oldest first.
    fn ends(&self, index: usize) -> impl Iterator<Item = usize> + use<> {
        let m = self.m;
        (1..=self.b).rev().flat_map(move |i| {
            let first = index + 1 - i * YEAR - m * BLOCK;
            (0..=2 * m).map(move |j| first + j * BLOCK)
        })
    }

    /// Mean, bound and the width between them.
    fn bound(&self, series: &Series<'_>, index: usize, z: f64) -> Result<(f64, f64), Reason> {
        let sum = |end: usize| {
            let sum: f64 = series.values[end - BLOCK - series.first..end - series.first].iter().sum();
            // The reference cuts off the fractions of these sums, though not of the one that it judges.
            if self.mode == Mode::Compat { sum.trunc() } else { sum }
        };
        let sums = || self.ends(index).map(sum).filter(|sum: &f64| sum.is_finite());
        let (all, there) = (self.b * (2 * self.m + 1), sums().count());
        let short = if self.mode == Mode::Compat { there < all } else { there < 2 || 2 * there < all };
        if short {
            let gone = self.ends(index).flat_map(|end| end - BLOCK..end);
            let missing = gone.filter(|&at| !series.value(at).is_finite()).count();
            return Err(Reason::MissingInWindow { missing: missing as u32 });
        }
        let n = there as f64;
        let mean = sums().sum::<f64>() / n;
        let variance = sums().map(|sum| (sum - mean) * (sum - mean)).sum::<f64>() / (n - 1.0);
        let bound = mean + z * (variance * (1.0 + 1.0 / n)).sqrt();
        match self.mode {
            _ if !bound.is_finite() => Err(Reason::Undefined),
            Mode::Default if variance == 0.0 => Err(Reason::ZeroVariance),
            _ => Ok((mean, bound)),
        }
    }

    fn needs(&self, series: &Series<'_>, range: &Range<usize>) -> Result<(), Refusal> {
        within(series, range)?;
        if series.freq != YEAR as u32 {
            return Err(Refusal::Needs(
                "cdc judges weekly series of 52 weeks a year alone; choose another method",
            ));
        }
        let (need, have) = (self.reach(), range.start - series.first);
        if have < need { Err(Refusal::TooShort { what: "cdc", need, have }) } else { Ok(()) }
    }
}

impl Judge for Cdc {
    fn looks_back_to(&self, index: usize, _: u32) -> usize {
        index.saturating_sub(self.reach())
    }

    fn first_judged(&self, series: &Series<'_>) -> usize {
        series.first + self.reach()
    }

    fn judge(&self, series: &Series<'_>, range: Range<usize>, _: &mut Memory) -> Result<Outcome, Refusal> {
        self.needs(series, &range)?;
        let z = normal::quantile(1.0 - self.alpha / 2.0);
        let mut outcome = Outcome::with_capacity(range.start, range.len());
        let mut sums = Vec::with_capacity(range.len());
        for index in range {
            let sum: f64 = (index + 1 - BLOCK..=index).map(|at| series.value(at)).sum();
            sums.push(if sum.is_nan() { NA } else { sum });
            match self.bound(series, index, z) {
                Ok((mean, bound)) => {
                    let score = if bound > mean { (sum - mean) / (bound - mean) } else { NA };
                    outcome.push(mean, bound, score, over(sum, bound, Reason::Undefined));
                }
                Err(reason) => outcome.push(NA, NA, NA, unjudged(sum, reason)),
            }
        }
        outcome.extra.push(Column { name: "aggregate4", cells: Cells::Numbers(sums) });
        Ok(outcome)
    }

    fn explain(&self, series: &Series<'_>, _: usize, index: usize) -> Result<Explanation, Refusal> {
        let outcome = self.judge(series, index..index + 1, &mut Memory::default())?;
        let sum = outcome.numbers("aggregate4").map_or(NA, |sums| sums[0]);
        let because = match outcome.judgements[0] {
            Judgement::CannotJudge(reason) => reason.to_string(),
            _ => format!(
                "the sum of these four weeks is compared with {} sums of four weeks",
                self.ends(index).count()
            ),
        };
        Ok(Explanation {
            method: METHOD.name,
            mode: self.mode,
            version: VERSION,
            index,
            baseline: rows(series, self.ends(index).flat_map(|end| end - BLOCK..end)),
            numbers: vec![
                ("aggregate4", sum),
                ("expected", outcome.expected[0]),
                ("upperbound", outcome.upperbound[0]),
                ("score", outcome.score[0]),
            ],
            because: vec![because],
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judge(params: &str, values: &[f64], freq: u32) -> Result<Outcome, Refusal> {
        let judge = METHOD.parse(params).unwrap();
        let series = Series::new(values, freq);
        judge.judge(&series, judge.first_judged(&series)..values.len(), &mut Memory::default())
    }

    #[test]
    fn four_weeks_are_compared_with_the_blocks_of_the_year_before() {
        let mut values = vec![1.0; 60];
        // Blocks of 4, 8 and 12 around the week 52 before the last.
        values[4..8].fill(2.0);
        values[8..12].fill(3.0);
        values[59] = 9.0;
        let outcome = judge(r#"{"b": 1, "m": 1, "alpha": 0.5}"#, &values, 52).unwrap();
        assert_eq!(outcome.from, 59);
        assert_eq!(outcome.expected, [8.0]);
        let bound = 8.0 + normal::quantile(0.75) * 4.0 * (4.0f64 / 3.0).sqrt();
        assert!((outcome.upperbound[0] - bound).abs() < 1e-12);
        assert_eq!(outcome.numbers("aggregate4"), Some(vec![12.0]));
        assert_eq!(outcome.judgements, [Judgement::Alarm]);
    }

    #[test]
    fn months_equal_blocks_and_missing_weeks() {
        assert!(judge("{}", &[1.0; 400], 12).unwrap_err().to_string().contains("weekly"));
        let mut values = vec![1.0; 60];
        let params = r#"{"b": 1, "m": 1}"#;
        let equal = judge(params, &values, 52).unwrap();
        assert_eq!(equal.judgements, [Judgement::CannotJudge(Reason::ZeroVariance)]);
        values[5] = f64::NAN;
        values[9] = 2.0;
        let default = judge(params, &values, 52).unwrap();
        assert_eq!((default.expected[0], default.judgements[0]), (4.5, Judgement::NoAlarm));
        let compat = judge(r#"{"b": 1, "m": 1, "mode": "compat"}"#, &values, 52).unwrap();
        assert_eq!(compat.judgements, [Judgement::CannotJudge(Reason::MissingInWindow { missing: 1 })]);
    }
}
