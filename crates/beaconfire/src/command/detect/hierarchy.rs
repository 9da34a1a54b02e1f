//! `beaconfire detect hierarchy`: a method over strata and their totals, under one budget of false discoveries.

mod strata;

use super::call::{Call, Input};
use super::number::shortest;
use super::side_by_side::{cores, in_order};
use super::{Answer, pair, print, quoted};
use anyhow::{anyhow, bail, ensure};
use beaconfire_detect::Judgement;
use beaconfire_detect::hierarchy::fdr::Dependence;
use beaconfire_detect::hierarchy::{Node, Screened, Verdict, screen};
use beaconfire_detect::method::Memory;
use beaconfire_detect::outcome::{NA, Outcome};
use serde_json::Value;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use strata::Strata;

/// Judges strata and all their totals, and says which alarms stand when a stated share of them may be false.
///
/// The file has a row for each number: a column `t` (whole numbers), `time` (RFC 3339, or dates) or `date`, a column
/// `value`, and one for each stratum, such as region and district. Rows of the same strata and time are added up, and
/// every total is made from them. An empty stratum, or NA, is the unknown part of
/// what is above it.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
The method must give a p value: farringtonFlexible, onset, alert_ewma, alert_regression, alert_switch. Series under the
same one are a family; each is tested at budget / 2.88 (Yekutieli 2008), from the top down, and only under a series that
is unusual itself or cannot be judged: so of all alarms, on all levels together, no more than the budget is false on
average. Out comes CSV: series (its strata, all for the whole), t, observed, expected, upperbound, p, adjusted (the p
value among its family), alarm (1 where it stands, 0, or NA), reason.

Examples:
  beaconfire detect hierarchy onset --strata region,district cases.csv
  beaconfire detect hierarchy farringtonFlexible -p b=3 -p noPeriods=10 --strata region,district,serotype \\
    --budget 0.05 --last 4 --absent-is-zero cases.csv")]
pub(super) struct Args {
    /// The method.
    method: String,
    /// One of its parameters. May be given several times.
    #[arg(short = 'p', value_name = "NAME=VALUE", value_parser = pair)]
    param: Vec<(String, Value)>,
    /// The columns of the strata, the widest first.
    #[arg(long, value_name = "NAMES", value_delimiter = ',', required = true)]
    strata: Vec<String>,
    /// The share of all alarms that may be false.
    #[arg(long, value_name = "SHARE", default_value_t = 0.1)]
    budget: f64,
    /// How the series hang together: not, or rising together; or in any way, which is dearer.
    #[arg(long, value_enum, default_value_t = Together::Rising)]
    together: Together,
    /// How many of the last steps are judged, each for itself.
    #[arg(long, value_name = "N", default_value_t = NonZeroUsize::MIN)]
    last: NonZeroUsize,
    /// A stratum without a row at a step had none then; it is missing otherwise, and so are its totals.
    #[arg(long)]
    absent_is_zero: bool,
    /// Only what stands.
    #[arg(long)]
    alarms: bool,
    /// Steps in a year; told from the dates where there are any, else 52.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=8784))]
    freq: Option<u32>,
    /// How many series are judged at a time; as many as there are cores where it is not said.
    #[arg(long, value_name = "N")]
    jobs: Option<NonZeroUsize>,
    /// The file; - for stdin.
    #[arg(value_name = "IN.csv")]
    input: PathBuf,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Together {
    Rising,
    Any,
}

/// The names under which methods give p values.
const P: [&str; 2] = ["pvalue", "p.value"];

/// What a method says of one series, or why nothing.
type Said = Result<Outcome, String>;

impl Args {
    pub(super) fn run(self) -> anyhow::Result<Answer> {
        ensure!(self.budget > 0.0 && self.budget < 1.0, "use --budget: it must be above 0 and below 1");
        let call = Call::read(&self.method, self.param.iter().cloned().collect())?;
        let strata = Strata::read(&self.input, &self.strata, self.absent_is_zero)?;
        let mut said: Vec<Said> = Vec::with_capacity(strata.series.len());
        let work = |column: &_| self.judged(&call, column);
        in_order(&strata.series, self.jobs.unwrap_or_else(cores), work, |_, one| {
            said.push(one?);
            anyhow::Ok(())
        })?;
        if said.iter().all(Result::is_err)
            && let Some(Err(words)) = said.first()
        {
            bail!("judge the whole, or any stratum: {words}");
        }
        print("series,t,observed,expected,upperbound,p,adjusted,alarm,reason\n")?;
        let steps = strata.steps.len();
        for step in steps.saturating_sub(self.last.get())..steps {
            let p: Vec<f64> = said.iter().map(|one| at(one, step, p_of)).collect();
            let dependence = match self.together {
                Together::Rising => Dependence::Positive,
                Together::Any => Dependence::Any,
            };
            let screened = screen(&strata.tree, &p, self.budget, dependence);
            print(&self.lines(&strata, &said, &p, &screened, step))?;
        }
        Ok(Answer::Yes)
    }

    fn judged(&self, call: &Call, column: &super::table::Column) -> anyhow::Result<Said> {
        let input = Input::new(column, None, self.freq)?;
        let series = input.series();
        let range = call.range(&series).map(|range| {
            let from = range.end.saturating_sub(self.last.get()).max(range.start);
            from..range.end
        });
        let outcome = range.and_then(|range| call.judge.judge(&series, range, &mut Memory::default()));
        let outcome = match outcome {
            Ok(outcome) => outcome,
            Err(refusal) => return Ok(Err(refusal.to_string())),
        };
        if P.iter().all(|name| outcome.numbers(name).is_none()) {
            return Err(anyhow!(
                "take {} for this: it gives no p value; take farringtonFlexible, onset, alert_ewma, \
                 alert_regression or alert_switch",
                self.method
            ));
        }
        Ok(Ok(outcome))
    }

    /// The rows of one step.
    fn lines(&self, strata: &Strata, said: &[Said], p: &[f64], screened: &Screened, step: usize) -> String {
        let mut out = String::new();
        for &node in &strata.order {
            let (adjusted, alarm, reason) = told(strata, said, screened, node, step);
            if self.alarms && alarm != "1" {
                continue;
            }
            let column = &strata.series[node];
            let of = |take: fn(&Outcome, usize) -> f64| at(&said[node], step, take);
            let numbers = [
                column.values[step],
                of(|outcome, at| outcome.expected[at]),
                of(|outcome, at| outcome.upperbound[at]),
                p[node],
                adjusted,
            ];
            let numbers = numbers.map(shortest).join(",");
            let (name, label) = (quoted(&column.name), quoted(&strata.steps[step].label));
            out += &format!("{name},{label},{numbers},{alarm},{}\n", quoted(&reason));
        }
        out
    }
}

/// The adjusted p value of a series, whether its alarm stands, and why it was not judged.
fn told(
    strata: &Strata,
    said: &[Said],
    screened: &Screened,
    node: Node,
    step: usize,
) -> (f64, &'static str, String) {
    match screened.verdicts[node] {
        Verdict::Discovery(adjusted) => (adjusted, "1", String::new()),
        Verdict::Usual(adjusted) => (adjusted, "0", String::new()),
        Verdict::NotLookedAt => {
            let above = strata.tree.parent(node).map_or("", |above| strata.series[above].name.as_str());
            let usual = matches!(
                strata.tree.parent(node).map(|above| screened.verdicts[above]),
                Some(Verdict::Usual(_))
            );
            let why = if usual { "is not unusual" } else { "was not looked at" };
            (NA, "NA", format!("not looked at: {above} {why}"))
        }
        Verdict::Unknown => {
            let reason = match &said[node] {
                Err(words) => words.clone(),
                Ok(outcome) => match step.checked_sub(outcome.from).and_then(|at| outcome.judgements.get(at))
                {
                    Some(Judgement::CannotJudge(reason)) => reason.to_string(),
                    Some(_) => "the method gives no p value here".to_owned(),
                    None => "too few steps before it".to_owned(),
                },
            };
            (NA, "NA", reason)
        }
    }
}

/// Something of a step; NA where there is nothing.
fn at(said: &Said, step: usize, take: impl Fn(&Outcome, usize) -> f64) -> f64 {
    let Ok(outcome) = said else { return NA };
    step.checked_sub(outcome.from).filter(|at| *at < outcome.len()).map_or(NA, |at| take(outcome, at))
}

fn p_of(outcome: &Outcome, at: usize) -> f64 {
    if matches!(outcome.judgements[at], Judgement::CannotJudge(_)) {
        return NA;
    }
    let p = P.iter().find_map(|name| outcome.numbers(name));
    p.and_then(|p| p.get(at).copied()).filter(|p| (0.0..=1.0).contains(p)).unwrap_or(NA)
}
