//! OutbreakP: whether a series has begun to rise, whatever its level.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::chart::{add_numbers, again, from_its_beginning, rows};
use super::{Judge, Memory, Method, Mode, within};
use crate::explain::{Explanation, VERSION};
use crate::judge::{Judgement, Reason};
use crate::num::saddle::half_deviance;
use crate::outcome::{Cells, Column, NA, Outcome, Refusal};
use crate::param::{self, ParamError, require};
use crate::series::Series;

/// The method `outbreakP`.
pub(crate) static METHOD: Method = Method {
    name: "outbreakP",
    doc: "\
Whether counts have begun to rise, without a word on their level: the likelihood of the best fit that never falls to \
that of a constant, over the whole history (Frisén, Andersson and Schiöler, Statistics in Medicine 28, 2009). An alarm \
when that ratio, the score, is over `k`; then the history begins anew. The bound is the largest count that is no alarm.

| parameter | meaning |
|---|---|
| `k` | the threshold of the ratio; default 100 |
| `maxUpperboundCases` | the largest count that the search for the bound tries; default 100000 |
| `ret` | `cases` or `value`: what the reference returns as its bound; both are always there |
| `reset` | whether the history begins anew after an alarm, those before the first point judged among them; by default it does, and in `compat` not |
| `mode` | `default` or `compat`: in `compat` `statistic` is a product that may leave the range of numbers on the way, `cases_to_alarm` is sought from the count that was seen, and nothing is judged after a missing value; by default missing values are left out |

Nothing else makes the ratio small again once there was an outbreak: without `reset` cut the series after it.",
    example: r#"{"k": 100}"#,
    read: |json| Ok(Box::new(param::read::<OutbreakP>(json)?.checked()?)),
};

/// The parameters, named as in R surveillance.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq)]
#[serde(deny_unknown_fields, default)]
struct OutbreakP {
    k: f64,
    #[serde(rename = "maxUpperboundCases")]
    max_cases: f64,
    ret: Ret,
    reset: Option<bool>,
    mode: Mode,
}

/// What the reference returns as its bound.
#[derive(Serialize, Deserialize, Clone, Copy, Debug, Default, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub(super) enum Ret {
    #[default]
    Cases,
    Value,
}

impl Default for OutbreakP {
    fn default() -> Self {
        Self { k: 100.0, max_cases: 1e5, ret: Ret::Cases, reset: None, mode: Mode::Default }
    }
}

/// Neighbouring points of the same level in the fit that never falls.
#[derive(Clone, Copy, Debug)]
struct Block {
    sum: f64,
    count: f64,
}

/// The fit that never falls, and whether a missing value has spoilt it.
#[derive(Default)]
struct Fit {
    blocks: Vec<Block>,
    lost: bool,
}

impl Fit {
    fn load(memory: &Memory) -> Self {
        let mut fit = Self { lost: memory.0.first() == Some(&1.0), ..Self::default() };
        for block in memory.0.get(1..).unwrap_or_default().chunks_exact(2) {
            fit.blocks.push(Block { sum: block[0], count: block[1] });
        }
        fit
    }

    fn save(&self, memory: &mut Memory) {
        memory.0.clear();
        memory.0.push(f64::from(u8::from(self.lost)));
        memory.0.extend(self.blocks.iter().flat_map(|b| [b.sum, b.count]));
    }

    /// All values summed, and how many there are. Summed from the blocks, so that a fit that was kept and read back
    /// gives the same.
    fn total(&self) -> (f64, f64) {
        self.blocks.iter().fold((0.0, 0.0), |(sum, count), b| (sum + b.sum, count + b.count))
    }

    /// How many blocks stay, and the last one, once a value is added.
    fn with(&self, value: f64) -> (usize, Block) {
        let (mut keep, mut sum, mut count) = (self.blocks.len(), value, 1.0);
        while let Some(last) = keep.checked_sub(1).map(|at| self.blocks[at]) {
            if sum / count > last.sum / last.count {
                break;
            }
            sum += last.sum;
            count += last.count;
            keep -= 1;
        }
        (keep, Block { sum, count })
    }

    /// The logarithm of the likelihood ratio once a value is added. As the deviations from the mean sum up to nothing it
    /// is a sum of halved deviances, none of them below 0, so that large counts leave nothing of rounding in it.
    fn ratio_with(&self, value: f64) -> f64 {
        let (sum, count) = self.total();
        let mean = (sum + value) / (count + 1.0);
        if mean <= 0.0 {
            return 0.0;
        }
        let (keep, last) = self.with(value);
        let part = |block: &Block| {
            let level = block.sum / block.count;
            block.count * if level > 0.0 { half_deviance(level, mean) } else { mean }
        };
        self.blocks[..keep].iter().chain([&last]).map(part).sum()
    }

    fn push(&mut self, value: f64) {
        let (keep, block) = self.with(value);
        self.blocks.truncate(keep);
        self.blocks.push(block);
    }
}

/// How far the reference is followed in its search; R itself gives up before.
const MOST_STEPS: usize = 20_000;

impl Fit {
    /// The ratio as R has it, a product of one factor for each value; the fit holds those `before` and is to take `value`.
    /// With large counts a factor, or what was multiplied so far, may be over all numbers or 0.
    fn printed_with(&self, before: &[f64], value: f64) -> f64 {
        let (sum, count) = self.total();
        let mean = (sum + value) / (count + 1.0);
        let begun = before.len().checked_sub(count as usize);
        let Some(begun) = begun.filter(|_| mean > 0.0) else {
            return self.ratio_with(value).max(0.0).exp();
        };
        let (keep, last) = self.with(value);
        let mut left = before[begun..].iter().chain([&value]);
        let mut product = 1.0;
        for block in self.blocks[..keep].iter().chain([&last]) {
            let rise = block.sum / block.count / mean;
            for y in left.by_ref().take(block.count as usize) {
                product *= rise.powf(*y);
            }
        }
        product
    }

    /// Whether the reference's product is 0 before it comes to the last level, for `value` and so for every count up to
    /// `most`: the larger the count, the smaller what is multiplied before. No such count alarms.
    fn vanishes(&self, before: &[f64], value: f64, most: f64) -> bool {
        let (sum, count) = self.total();
        let mean = (sum + value) / (count + 1.0);
        let Some(begun) = before.len().checked_sub(count as usize).filter(|_| mean > 0.0) else {
            return false;
        };
        let (keep, _) = self.with(most);
        let mut left = before[begun..].iter();
        let mut product = 1.0;
        for block in &self.blocks[..keep] {
            let rise = block.sum / block.count / mean;
            left.by_ref().take(block.count as usize).for_each(|y| product *= rise.powf(*y));
        }
        product == 0.0
    }
}

impl OutbreakP {
    fn checked(self) -> Result<Self, ParamError> {
        require(self.k > 1.0 && self.k.is_finite(), "k", "must be above 1")?;
        let most = (0.0..=1e9).contains(&self.max_cases);
        require(most, "maxUpperboundCases", "must be from 0 to 1e9")?;
        Ok(self)
    }

    fn resets(&self) -> bool {
        self.reset.unwrap_or(self.mode == Mode::Default)
    }

    /// The smallest whole count that alarms. The ratio never falls as the count grows: its logarithm does by how far that
    /// of the last level lies over that of the mean.
    fn cases(&self, fit: &Fit) -> Option<f64> {
        let alarms = |count: f64| fit.ratio_with(count) > self.k.ln();
        let (mut low, mut high) = (0.0, self.max_cases.floor());
        if alarms(low) {
            return Some(low);
        }
        if !alarms(high) {
            return None;
        }
        while high - low > 1.0 {
            let middle = f64::midpoint(low, high).floor();
            if alarms(middle) { high = middle } else { low = middle }
        }
        Some(high)
    }

    /// The count that alarms as the reference finds it: one by one from the count that was seen, down while that alarms,
    /// and else up.
    fn reference_cases(&self, fit: &Fit, before: &[f64], seen: f64) -> Option<f64> {
        let alarms = |count: f64| fit.printed_with(before, count) > self.k;
        let printed = fit.printed_with(before, seen);
        if printed.is_nan() {
            return None;
        }
        let down = printed > self.k;
        // Where the ratio is in the range of numbers it never falls, and halves find the same.
        let part = seen - seen.floor();
        let usual = |step: f64| fit.ratio_with(part + step) > self.k.ln();
        let (mut low, mut high) = (-1.0, if down { seen.floor() } else { (self.max_cases - part).floor() });
        while high - low > 1.0 {
            let middle = f64::midpoint(low, high).floor();
            if usual(middle) { high = middle } else { low = middle }
        }
        let found = part + high;
        let sound = alarms(found) && (high < 1.0 || !alarms(found - 1.0));
        if sound && (down || found > seen) {
            return Some(found).filter(|_| high >= 1.0);
        }
        if !down && fit.vanishes(before, seen, self.max_cases) {
            return None;
        }
        let mut count = seen;
        for _ in 0..MOST_STEPS {
            count += if down { -1.0 } else { 1.0 };
            match alarms(count) {
                _ if count < 0.0 || (!down && count > self.max_cases) => return None,
                false if down => return Some(count + 1.0),
                true if !down => return Some(count),
                _ => {}
            }
        }
        None
    }

    /// Takes a value into the fit: the logarithm of the ratio and the judgement.
    fn step(&self, fit: &mut Fit, value: f64) -> (f64, Judgement) {
        if value.is_nan() || !value.is_finite() || value < 0.0 {
            fit.lost |= self.mode == Mode::Compat;
            let reason = if value.is_nan() { Reason::Missing } else { Reason::OutOfRange };
            return (NA, Judgement::CannotJudge(reason));
        }
        if fit.lost {
            return (NA, Judgement::CannotJudge(Reason::MissingInWindow { missing: 1 }));
        }
        let ratio = fit.ratio_with(value).max(0.0);
        fit.push(value);
        if ratio > self.k.ln() {
            if self.resets() {
                *fit = Fit::default();
            }
            return (ratio, Judgement::Alarm);
        }
        (ratio, Judgement::NoAlarm)
    }
}

impl Judge for OutbreakP {
    fn looks_back_to(&self, index: usize, _: u32) -> usize {
        // Of what the reference multiplies, each value has a factor.
        if self.mode == Mode::Compat { 0 } else { index }
    }

    fn first_judged(&self, series: &Series<'_>) -> usize {
        series.first
    }

    fn judge(
        &self,
        series: &Series<'_>,
        range: Range<usize>,
        memory: &mut Memory,
    ) -> Result<Outcome, Refusal> {
        within(series, &range)?;
        let mut fit = Fit::load(memory);
        if memory.0.is_empty() {
            from_its_beginning(series)?;
            for index in 0..range.start {
                self.step(&mut fit, series.value(index));
            }
        }
        let mut outcome = Outcome::with_capacity(range.start, range.len());
        let (mut needed, mut statistic) = (Vec::with_capacity(range.len()), Vec::with_capacity(range.len()));
        for index in range {
            let value = series.value(index);
            let before = &series.values[..index - series.first];
            let compat = self.mode == Mode::Compat && !fit.lost && value >= 0.0;
            let (cases, printed) = match () {
                () if fit.lost => (None, NA),
                () if compat => (self.reference_cases(&fit, before, value), fit.printed_with(before, value)),
                () => (self.cases(&fit), NA),
            };
            let (sum, count) = fit.total();
            let level = if count > 0.0 { sum / count } else { NA };
            let (ratio, mut judgement) = self.step(&mut fit, value);
            let score = if ratio.is_nan() { NA } else { ratio.exp().min(1e300) };
            if compat && !ratio.is_nan() {
                // Where the ratio is over all numbers, or some factor of it, the reference prints what then comes out.
                judgement = match printed {
                    p if p.is_nan() => Judgement::CannotJudge(Reason::Undefined),
                    p if p > self.k => Judgement::Alarm,
                    _ => Judgement::NoAlarm,
                };
            }
            statistic.push(if compat { printed } else { score });
            let bound = cases.map_or(NA, |cases| if cases >= 1.0 { cases - 1.0 } else { NA });
            outcome.push(level, bound, score, judgement);
            needed.push(cases.unwrap_or(NA));
        }
        outcome.extra = vec![
            Column { name: "statistic", cells: Cells::Numbers(statistic) },
            Column { name: "cases_to_alarm", cells: Cells::Numbers(needed) },
        ];
        fit.save(memory);
        Ok(outcome)
    }

    fn explain(&self, series: &Series<'_>, from: usize, index: usize) -> Result<Explanation, Refusal> {
        let mut memory = Memory::default();
        if index > from {
            memory = again(self, series, from, index - 1)?.1;
        }
        let outcome = self.judge(series, index..index + 1, &mut memory.clone())?;
        let past = Fit::load(&memory);
        let count = past.total().1;
        let begun = index - (count as usize).min(index);
        let mut because =
            vec![format!("the history compared with holds {count} points since the last alarm")];
        if let Some(last) = past.blocks.last() {
            because.push(format!("the fit that never falls stood at {} before", last.sum / last.count));
        }
        let mut explanation = Explanation {
            method: METHOD.name,
            mode: self.mode,
            version: VERSION,
            index,
            baseline: rows(series, begun..index),
            numbers: vec![("k", self.k)],
            because,
        };
        add_numbers(&mut explanation, &outcome, &["expected", "upperbound", "statistic", "cases_to_alarm"]);
        Ok(explanation)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::method::method;

    fn run(params: &str, values: &[f64]) -> Outcome {
        let judge = method("outbreakP").unwrap().parse(params).unwrap();
        judge.judge(&Series::new(values, 52), 0..values.len(), &mut Memory::default()).unwrap()
    }

    #[test]
    fn the_ratio_by_hand() {
        // Levels 1.5, 1.5, 6 against 3: (0.5)^3 2^6 = 8.
        let outcome = run(r#"{"k": 100}"#, &[2.0, 1.0, 6.0]);
        assert!((outcome.score[2] - 8.0).abs() < 1e-12, "{:?}", outcome.score);
        assert_eq!(outcome.score[1], 1.0);
        let needed = outcome.numbers("cases_to_alarm").unwrap()[2];
        let over = run(r#"{"k": 100}"#, &[2.0, 1.0, needed]);
        let under = run(r#"{"k": 100}"#, &[2.0, 1.0, needed - 1.0]);
        assert_eq!((over.judgements[2], under.judgements[2]), (Judgement::Alarm, Judgement::NoAlarm));
    }

    #[test]
    fn after_an_alarm_the_history_begins_anew() {
        let values = [1.0, 1.0, 20.0, 1.0, 1.0];
        let outcome = run("{}", &values);
        assert_eq!(outcome.numbers("alarm").unwrap(), [0.0, 0.0, 1.0, 0.0, 0.0]);
        let latched = run(r#"{"reset": false}"#, &values);
        assert_eq!(latched.numbers("alarm").unwrap(), [0.0, 0.0, 1.0, 1.0, 1.0]);
    }
}
