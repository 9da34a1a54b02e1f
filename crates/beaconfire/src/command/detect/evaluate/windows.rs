//! Measurements with windows in which something was wrong, as the Numenta Anomaly Benchmark has them, and what methods
//! with their own limits find of them.

use super::candidates::Asked;
use crate::command::detect::call::{instants, steps_of_seconds};
use crate::command::detect::table::{Column, Table, seconds};
use anyhow::{Context as _, ensure};
use beaconfire_detect::evaluate::Labelled;
use std::collections::HashMap;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// From and until, both within, by the name of a file or a series.
type Windows = HashMap<String, Vec<[String; 2]>>;

/// The benchmark leaves the first 15 % of a series to learn from, of its first 5000 steps at most.
const LEARNING: usize = 750;

/// The series of the files with their windows, and how many days are judged.
pub(super) fn read(
    path: &Path,
    inputs: &[PathBuf],
    from: Option<usize>,
) -> anyhow::Result<(Vec<Labelled>, f64)> {
    let text = std::fs::read_to_string(path).with_context(|| format!("read {}", path.display()))?;
    let windows: Windows = serde_json::from_str(&text).with_context(|| {
        format!(
            "read {}: write {{\"FILE.csv\": [[\"2014-10-30 15:30:00\", \"2014-11-03 22:30:00\"]]}}",
            path.display()
        )
    })?;
    let (mut all, mut days) = (Vec::new(), 0.0);
    for input in inputs {
        let table = Table::read(input)?;
        for column in &table.series {
            let windows = of(&windows, input, column, table.series.len())
                .with_context(|| format!("use the windows of {}", path.display()))?;
            let (series, judged_days) = labelled(column, windows, from, all.len() as u32)
                .with_context(|| format!("use {} of {}", column.name, input.display()))?;
            days += judged_days;
            all.push(series);
        }
    }
    ensure!(!all.is_empty(), "find a series in the files: each has a column of times and others of values");
    Ok((all, days))
}

/// The windows of a column: by its name, or by its file's, with or without a folder, where it is the only one.
fn of<'w>(
    windows: &'w Windows,
    input: &Path,
    column: &Column,
    columns: usize,
) -> anyhow::Result<&'w [[String; 2]]> {
    let file = input.file_name().unwrap_or_default();
    let by_file = || {
        let name = |key: &&String| Path::new(key.as_str()).file_name() == Some(file);
        if columns == 1 { windows.keys().find(name).map(|key| &windows[key]) } else { None }
    };
    let found = by_file().or_else(|| windows.get(&column.name));
    found.map(Vec::as_slice).with_context(|| {
        format!(
            "find {} or {}: write its windows under one of these names, [] where it has none",
            file.display(),
            column.name
        )
    })
}

fn labelled(
    column: &Column,
    windows: &[[String; 2]],
    from: Option<usize>,
    group: u32,
) -> anyhow::Result<(Labelled, f64)> {
    let times: Vec<i64> = column.steps.iter().map(|step| step.time).collect();
    ensure!(times.is_sorted(), "its times are not in order: sort its rows");
    let mut outbreaks: Vec<Range<usize>> = Vec::new();
    for [first, last] in windows {
        let time = |text: &String| {
            seconds(text).with_context(|| format!("{text:?} is no time; write it as {WRITTEN}"))
        };
        let (first_at, last_at) = (time(first)?, time(last)?);
        let steps = times.partition_point(|at| *at < first_at)..times.partition_point(|at| *at <= last_at);
        ensure!(!steps.is_empty(), "no step lies from {first} to {last}: correct the window, or its file");
        outbreaks.push(steps);
    }
    let end = times.len();
    let learning = (end * 15 / 100).min(LEARNING);
    let start = from.map_or(learning, |from| from.saturating_sub(1)).min(end);
    let freq = steps_of_seconds(&times);
    let step = 365 * 86_400 / i64::from(freq);
    let finite = |value: &f64| if value.is_finite() { *value } else { f64::NAN };
    let series = Labelled {
        values: column.values.iter().map(finite).collect(),
        outbreaks,
        judged: start..end,
        freq,
        group,
        dates: None,
        times: instants(&column.steps),
    };
    let days = (end - start) as f64 * step as f64 / 86_400.0;
    Ok((series, days))
}

const WRITTEN: &str = "2014-10-30 15:30:00";

/// Says of onset that its values are measurements, where nothing else is asked for: so they are, whatever their steps.
pub(super) fn measured(asked: &mut Asked) {
    if asked.method.name == "onset"
        && let Some(params) = asked.params.as_object_mut()
    {
        params.entry("values").or_insert_with(|| "measurements".into());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::detect::table::Step;
    use std::sync::Arc;

    fn column(n: usize) -> Column {
        let step =
            |at: usize| Step { label: at.to_string(), time: at as i64 * 600, day: None, instant: true };
        let steps = Arc::new((0..n).map(step).collect());
        Column { name: "a".to_owned(), steps, values: vec![1.5; n] }
    }

    fn window(first: &str, last: &str) -> [String; 2] {
        [first.to_owned(), last.to_owned()]
    }

    #[test]
    fn a_window_holds_the_steps_between_its_ends_and_both() {
        let windows = [window("1970-01-01 01:00:00.000000", "1970-01-01 01:59:59")];
        let window_of_an_hour = 6..12;
        let (series, days) = labelled(&column(288), &windows, None, 0).expect("sound");
        assert_eq!(series.outbreaks, [window_of_an_hour]);
        assert_eq!((series.judged, series.freq), (43..288, 52_560));
        assert_eq!(series.times.map(|times| times[287]), Some(287 * 600));
        assert!((days - 245.0 / 144.0).abs() < 1e-12);
    }

    #[test]
    fn what_does_not_fit_is_told() {
        for (one, words) in
            [(window("soon", "later"), "is no time"), (window("2030-01-01", "2030-01-02"), "no step")]
        {
            let error = labelled(&column(9), &[one], None, 0).expect_err(words);
            assert!(format!("{error:#}").contains(words), "{error:#}");
        }
    }
}
