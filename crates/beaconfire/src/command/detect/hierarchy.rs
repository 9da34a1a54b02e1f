//! `beaconfire detect hierarchy`: a method over strata and their totals, under one budget of false discoveries.

mod path;
mod rows;
mod strata;

use super::call::{Call, Input};
use super::number::shortest;
use super::side_by_side::{cores, in_order};
use super::table::Column;
use super::{Answer, pair, print, quoted};
use anyhow::{anyhow, bail, ensure};
use beaconfire_detect::Judgement;
use beaconfire_detect::hierarchy::fdr::Dependence;
use beaconfire_detect::hierarchy::{Node, Screened, Verdict, screen};
use beaconfire_detect::method::Memory;
use beaconfire_detect::outcome::{NA, Outcome};
use serde_json::Value;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use strata::Strata;

/// Judges strata and all their totals, and says which alarms stand when a stated share of them may be false.
///
/// The file has a row for each number: a column `t` (whole numbers), `time` (RFC 3339, or dates) or `date`, a column
/// `value`, and one for each stratum, such as region and district. Rows of the same strata and time are added up, and
/// every total is made from them. An empty stratum, NA or the word unknown is the unknown part of what is above it; no
/// stratum is called all. With --pvalue there is no method: the file has a p value for each series and time, those of
/// totals too.
#[derive(Debug, clap::Args)]
#[command(
    override_usage = "beaconfire detect hierarchy [OPTIONS] --strata <NAMES> <METHOD> <IN.csv>
       beaconfire detect hierarchy [OPTIONS] --pvalue <COLUMN> <IN.csv>",
    after_help = "\
The method must give a p value: farringtonFlexible, onset, alert_ewma, alert_regression, alert_switch. Series under the
same one are a family; each is tested at budget / 2.88 (Yekutieli 2008), from the top down, and only under a series that
is unusual itself or cannot be judged: so of all alarms, on all levels together, no more than the budget is false on
average. Out comes CSV: series (its strata with slashes between, the widest first, as N/A; all for the whole; a slash
within a name is \\/), t, observed, expected, upperbound, p, adjusted (the p value among its family), alarm (1 where it
stands, 0, or NA), reason.

Ready p values come by rows of their own, for any of the series. The row of a total has the word all in the columns of
the strata that it is over: N,all is the region N, all,all the whole. Or the file has a column series as it is written
here, so that what this command says can be read again, by another budget: leave out --strata then. A series without a
p value cannot be judged, and what lies under it is looked at all the same.

Examples:
  beaconfire detect hierarchy onset --strata region,district cases.csv
  beaconfire detect hierarchy farringtonFlexible -p b=3 -p noPeriods=10 --strata region,district,serotype \\
    --budget 0.05 --last 4 --absent-is-zero cases.csv
  beaconfire detect hierarchy onset -p populationOffset=true --population people --left-out pandemic.json \\
    --strata region,district cases.csv
  beaconfire detect hierarchy --pvalue p --strata region,district p.csv
  beaconfire detect hierarchy onset --strata region,district cases.csv |
    beaconfire detect hierarchy --pvalue p --budget 0.01 -"
)]
pub(super) struct Args {
    /// The method. With --pvalue there is none, and the file stands here.
    #[arg(value_name = "METHOD")]
    first: PathBuf,
    /// One of its parameters. May be given several times.
    #[arg(short = 'p', value_name = "NAME=VALUE", value_parser = pair)]
    param: Vec<(String, Value)>,
    /// The columns of the strata, the widest first.
    #[arg(long, value_name = "NAMES", value_delimiter = ',', required_unless_present = "pvalue")]
    strata: Vec<String>,
    /// The column of ready p values, instead of a method. Empty and NA are missing.
    #[arg(long, value_name = "COLUMN", conflicts_with_all = ["param", "population", "left_out", "absent_is_zero", "freq"])]
    pvalue: Option<String>,
    /// The column of the population at risk, which adds up over rows and strata as the values do: missing where it is
    /// missing in one part, so write 0 for an unknown stratum that has no people of its own. A step without a row has no
    /// known population.
    #[arg(long, value_name = "COLUMN")]
    population: Option<String>,
    /// What no value is compared with, in all strata and totals, as a JSON object: stretches such as a pandemic year, and
    /// breaks such as a vaccine; `beaconfire detect --help` says how.
    #[arg(long, value_name = "FILE")]
    left_out: Option<PathBuf>,
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
    #[arg(value_name = "IN.csv", required_unless_present = "pvalue")]
    input: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Together {
    Rising,
    Any,
}

/// The names under which methods give p values.
const P: [&str; 2] = ["pvalue", "p.value"];

/// What is said of one series.
enum Said {
    Judged(Outcome),
    /// Why the method says nothing.
    Refused(String),
    /// The file has its p value.
    Ready,
}

impl Args {
    pub(super) fn run(self) -> anyhow::Result<Answer> {
        ensure!(self.budget > 0.0 && self.budget < 1.0, "use --budget: it must be above 0 and below 1");
        let (strata, said) = match (&self.pvalue, &self.input) {
            (None, Some(input)) => self.judge_all(&self.first.to_string_lossy(), input)?,
            (Some(pvalue), None) => {
                let strata = Strata::ready(&self.first, &self.strata, pvalue)?;
                let said = strata.series.iter().map(|_| Said::Ready).collect();
                (strata, said)
            }
            _ => {
                bail!("take either a method or --pvalue: where p values are ready there is nothing to judge")
            }
        };
        print("series,t,observed,expected,upperbound,p,adjusted,alarm,reason\n")?;
        let steps = strata.steps.len();
        for step in steps.saturating_sub(self.last.get())..steps {
            let p = |(said, column): (&Said, &Column)| match said {
                Said::Ready => column.values[step],
                judged => at(judged, step, p_of),
            };
            let p: Vec<f64> = said.iter().zip(&strata.series).map(p).collect();
            let dependence = match self.together {
                Together::Rising => Dependence::Positive,
                Together::Any => Dependence::Any,
            };
            let screened = screen(&strata.tree, &p, self.budget, dependence);
            print(&self.lines(&strata, &said, &p, &screened, step))?;
        }
        Ok(Answer::Yes)
    }

    fn judge_all(&self, method: &str, input: &Path) -> anyhow::Result<(Strata, Vec<Said>)> {
        let mut call = Call::read(method, self.param.iter().cloned().collect())?;
        if let Some(path) = &self.left_out {
            call = call.leaving_out(path)?;
        }
        let strata = Strata::counts(input, &self.strata, self.population.as_deref(), self.absent_is_zero)?;
        let people = |node: usize| strata.people.as_ref().map(|people| &people[node]);
        let columns: Vec<_> =
            strata.series.iter().enumerate().map(|(node, column)| (column, people(node))).collect();
        let mut said: Vec<Said> = Vec::with_capacity(columns.len());
        let work = |&(column, people): &_| self.judged(method, &call, column, people);
        in_order(&columns, self.jobs.unwrap_or_else(cores), work, |_, one| {
            said.push(one?);
            anyhow::Ok(())
        })?;
        if said.iter().all(|one| matches!(one, Said::Refused(_)))
            && let Some(Said::Refused(words)) = said.first()
        {
            bail!("judge the whole, or any stratum: {words}");
        }
        Ok((strata, said))
    }

    fn judged(
        &self,
        method: &str,
        call: &Call,
        column: &Column,
        people: Option<&Column>,
    ) -> anyhow::Result<Said> {
        let input = Input::new(column, people, self.freq)?;
        let series = input.series();
        let range = call.range(&series).map(|range| {
            let from = range.end.saturating_sub(self.last.get()).max(range.start);
            from..range.end
        });
        let outcome = range.and_then(|range| call.judge.judge(&series, range, &mut Memory::default()));
        let outcome = match outcome {
            Ok(outcome) => outcome,
            Err(refusal) => return Ok(Said::Refused(refusal.to_string())),
        };
        if P.iter().all(|name| outcome.numbers(name).is_none()) {
            return Err(anyhow!(
                "take {method} for this: it gives no p value; take farringtonFlexible, onset, alert_ewma, \
                 alert_regression or alert_switch"
            ));
        }
        Ok(Said::Judged(outcome))
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
            let observed = if matches!(said[node], Said::Ready) { NA } else { column.values[step] };
            let numbers = [
                observed,
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
        Verdict::Unknown => (NA, "NA", unknown(strata, said, node, step)),
    }
}

/// Why a series has no p value.
fn unknown(strata: &Strata, said: &[Said], node: Node, step: usize) -> String {
    let Said::Judged(outcome) = &said[node] else {
        return match &said[node] {
            Said::Refused(words) => words.clone(),
            _ => "it has no p value here".to_owned(),
        };
    };
    let judgement = step.checked_sub(outcome.from).and_then(|at| outcome.judgements.get(at));
    let reason = match judgement {
        Some(Judgement::CannotJudge(reason)) => reason.to_string(),
        Some(_) => "the method gives no p value here".to_owned(),
        None => "too few steps before it".to_owned(),
    };
    let no_people = strata.people.as_ref().is_some_and(|people| people[node].values[step].is_nan());
    if no_people { format!("{reason}; its population is not known here") } else { reason }
}

/// Something of a step; NA where there is nothing.
fn at(said: &Said, step: usize, take: impl Fn(&Outcome, usize) -> f64) -> f64 {
    let Said::Judged(outcome) = said else { return NA };
    step.checked_sub(outcome.from).filter(|at| *at < outcome.len()).map_or(NA, |at| take(outcome, at))
}

fn p_of(outcome: &Outcome, at: usize) -> f64 {
    if matches!(outcome.judgements[at], Judgement::CannotJudge(_)) {
        return NA;
    }
    let p = P.iter().find_map(|name| outcome.numbers(name));
    p.and_then(|p| p.get(at).copied()).filter(|p| (0.0..=1.0).contains(p)).unwrap_or(NA)
}
