//! One detector or method over the series of one table.

use super::answers::{Answer as Row, Answers};
use super::call::{Call, Input};
use super::clusters;
use super::side_by_side::in_order;
use super::table::{Column, Step, Table, date_of};
use super::{Answer, Args, print};
use anyhow::{Context as _, anyhow, bail};
use beaconfire_detect::method::{Memory, method};
use beaconfire_detect::outcome::{NA, Outcome, is_na};
use beaconfire_detect::picture::{Picture, svg};
use beaconfire_detect::{AnyParams, Detector as _, Judgement, Sample};
use indicatif::ProgressBar;
use serde_json::{Value, json};
use std::path::Path;

pub(super) fn run(args: &Args) -> anyhow::Result<Answer> {
    let (Some(name), Some(input)) = (&args.method, &args.input) else {
        bail!("run a detector: name it and the file");
    };
    let params = args.parameters()?;
    if name == "stcd" {
        args.refuse_method_options(name)?;
        print(&clusters::run(input, params, &clusters::COLUMNS.map(str::to_owned))?)?;
        return Ok(Answer::Yes);
    }
    let Some(kind) = beaconfire_detect::kind(name).filter(|_| method(name).is_none()) else {
        let mut call = Call::read(name, params)?;
        if let Some(path) = &args.left_out {
            call = call.leaving_out(path)?;
        }
        return methods(args, name, &call, &Table::read(input)?);
    };
    let params = kind
        .parse(&Value::Object(params).to_string())
        .map_err(|error| anyhow!("use the parameters: {error}"))?;
    args.refuse_method_options(name)?;
    let table = Table::read(input)?;
    let mut answers = Answers::to(args.out.as_deref())?;
    let chosen = args.chosen(&table)?;
    let progress = progress(chosen.len());
    in_order(
        &chosen,
        args.jobs(),
        |column| stream(&params, column),
        |_, said| {
            progress.inc(1);
            answers.take(said)
        },
    )?;
    progress.finish_and_clear();
    answers.finish()?;
    Ok(Answer::Yes)
}

/// A detector of the river over one series, sample by sample.
fn stream(params: &AnyParams, column: &Column) -> Vec<Row> {
    let mut detector = params.start();
    let steps = column.steps.iter().zip(&column.values);
    let said = steps.map(|(step, value)| {
        let value = (!is_na(*value)).then_some(*value);
        let said = detector.push(Sample { time: step.time, value, suspect: false });
        let numbers = [value, said.expected, said.threshold, said.score].map(|number| number.unwrap_or(NA));
        Row::new(&column.name, &step.label, numbers, said.judgement)
    });
    said.collect()
}

fn methods(args: &Args, name: &str, call: &Call, table: &Table) -> anyhow::Result<Answer> {
    let population = args.population.as_deref().map(Table::read).transpose()?;
    let chosen = args.chosen(table)?;
    if args.plot.is_some() && chosen.len() != 1 {
        bail!("draw one series: there are {}; choose with --series", chosen.len());
    }
    let mut answers = if args.explain { None } else { Some(Answers::to(args.out.as_deref())?) };
    let progress = progress(chosen.len());
    let work = |column: &&Column| one(args, name, call, column, population.as_ref());
    in_order(&chosen, args.jobs(), work, |column, said| {
        progress.inc(1);
        let Told { said, refused } = said?;
        if let Some(words) = refused {
            progress.suspend(|| eprintln!("{}: {words}", column.name));
        }
        match (said, &mut answers) {
            (Said::Rows(rows), Some(answers)) => answers.take(rows),
            (Said::Rows(_), None) => Ok(()),
            (Said::Explained(text), _) => print(&text),
        }
    })?;
    progress.finish_and_clear();
    answers.map_or(Ok(()), Answers::finish)?;
    Ok(Answer::Yes)
}

/// What came of one series.
struct Told {
    said: Said,
    /// Why nothing can be said of it.
    refused: Option<String>,
}

enum Said {
    Rows(Vec<Row>),
    Explained(String),
}

/// Judges one series; draws it where that is asked for.
fn one(
    args: &Args,
    name: &str,
    call: &Call,
    column: &Column,
    population: Option<&Table>,
) -> anyhow::Result<Told> {
    let people = population.map(|table| {
        table
            .named(&column.name)
            .with_context(|| format!("find the population of {:?}: no column has its name", column.name))
    });
    let input = Input::new(column, people.transpose()?, args.freq)?;
    let outcome = judged(call, &input);
    let refused = outcome.as_ref().err().cloned();
    if args.explain {
        return Ok(Told { said: Said::Explained(explained(call, column, &input, outcome)?), refused });
    }
    if let (Some(path), Ok(outcome)) = (&args.plot, &outcome) {
        draw(path, name, call, column, &input, outcome)?;
    }
    Ok(Told { said: Said::Rows(rows(column, outcome)), refused })
}

/// A bar on a terminal's stderr while many series are judged.
fn progress(series: usize) -> ProgressBar {
    if series < 100 { ProgressBar::hidden() } else { ProgressBar::new(series as u64) }
}

/// What the method says of the series, or in words why it says nothing of it.
fn judged(call: &Call, input: &Input) -> Result<Outcome, String> {
    let series = input.series();
    let said = call.range(&series).and_then(|range| call.judge.judge(&series, range, &mut Memory::default()));
    said.map_err(|refusal| refusal.to_string())
}

/// A series that cannot be judged at all has its rows too, with the reason.
fn rows(column: &Column, outcome: Result<Outcome, String>) -> Vec<Row> {
    let label = |index: usize| column.steps[index].label.as_str();
    match outcome {
        Ok(outcome) => {
            let row = |(at, judgement): (usize, &Judgement)| {
                let index = outcome.from + at;
                let numbers =
                    [column.values[index], outcome.expected[at], outcome.upperbound[at], outcome.score[at]];
                Row::new(&column.name, label(index), numbers, *judgement)
            };
            outcome.judgements.iter().enumerate().map(row).collect()
        }
        Err(reason) => {
            let row = |(index, value): (usize, &f64)| Row {
                series: column.name.clone(),
                t: label(index).to_owned(),
                numbers: [*value, NA, NA, NA],
                alarm: None,
                reason: reason.clone(),
            };
            column.values.iter().enumerate().map(row).collect()
        }
    }
}

/// One JSON object for each alarm.
fn explained(
    call: &Call,
    column: &Column,
    input: &Input,
    outcome: Result<Outcome, String>,
) -> anyhow::Result<String> {
    let series = input.series();
    let Ok(outcome) = outcome else { return Ok(String::new()) };
    let mut out = String::new();
    for (at, judgement) in outcome.judgements.iter().enumerate() {
        if *judgement != Judgement::Alarm {
            continue;
        }
        let index = outcome.from + at;
        let explanation = call
            .judge
            .explain(&series, outcome.from, index)
            .map_err(|refusal| anyhow!("explain {} at {}: {refusal}", column.name, index + 1))?;
        let object = json!({
            "series": column.name,
            "t": column.steps[index].label,
            "observed": column.values[index],
            "expected": outcome.expected[at],
            "upperbound": outcome.upperbound[at],
            "score": outcome.score[at],
            "explanation": explanation,
        });
        out.push_str(&format!("{object}\n"));
    }
    Ok(out)
}

fn draw(
    path: &Path,
    name: &str,
    call: &Call,
    column: &Column,
    input: &Input,
    outcome: &Outcome,
) -> anyhow::Result<()> {
    let series = input.series();
    let last = outcome.from + outcome.len().saturating_sub(1);
    // What counted less in the last baseline stands grey in the picture.
    let baseline =
        call.judge.explain(&series, outcome.from, last).map(|told| told.baseline).unwrap_or_default();
    let outliers: Vec<usize> = baseline.iter().filter(|row| row.weight < 0.5).map(|row| row.index).collect();
    let label =
        |step: &Step| step.day.and_then(date_of).map_or_else(|| step.label.clone(), |date| date.to_string());
    let labels: Vec<String> = column.steps.iter().map(label).collect();
    let title = format!("{}: {name}", column.name);
    let picture = Picture { title: &title, series: &series, outcome, labels: &labels, outliers: &outliers };
    std::fs::write(path, svg(&picture)).with_context(|| format!("write {}", path.display()))
}
