//! One new week for many series: each is restored from what was saved of it, judged once, and saved again.

use beaconfire_detect::Judgement;
use beaconfire_detect::method::Memory;
use beaconfire_detect::series::Series;

use crate::clock::{cpu_seconds, peak_kib};
use crate::{FREQ, named, read_table};

/// What is saved of a series: the values that the next judgement looks back on, and what the method carries.
struct Saved {
    first: usize,
    values: Vec<f64>,
    memory: Memory,
}

pub(crate) fn run(args: &[String]) -> Result<String, String> {
    let [table, name, params, series] = args else {
        return Err("read the arguments: week TABLE METHOD PARAMETERS SERIES".to_owned());
    };
    let count: usize = series.parse().map_err(|_| format!("read `{series}` as a number"))?;
    let judge = named(name, params)?;
    let table = read_table(table)?;
    let mut saved = Vec::with_capacity(count);
    for values in table.iter().cycle().take(count) {
        let last = values.len() - 1;
        let first = judge.looks_back_to(last, FREQ);
        let mut memory = Memory::default();
        // The week before, so that a method that carries something has it.
        let before = Series { first: 0, ..Series::new(&values[..last], FREQ) };
        judge.judge(&before, last - 1..last, &mut memory).map_err(|refusal| refusal.to_string())?;
        saved.push(Saved { first, values: values[first..last].to_vec(), memory });
    }
    let begun = cpu_seconds()?;
    let mut alarms = 0;
    for (it, values) in saved.iter_mut().zip(table.iter().cycle()) {
        let index = values.len() - 1;
        it.values.push(values[index]);
        let tail = Series { first: it.first, ..Series::new(&it.values, FREQ) };
        let outcome =
            judge.judge(&tail, index..index + 1, &mut it.memory).map_err(|refusal| refusal.to_string())?;
        alarms += outcome.judgements.iter().filter(|judgement| **judgement == Judgement::Alarm).count();
        let next = judge.looks_back_to(index + 1, FREQ);
        it.values.drain(..next - it.first);
        it.first = next;
    }
    let seconds = cpu_seconds()? - begun;
    let held: usize = saved.iter().map(|it| 8 * (it.values.len() + it.memory.0.len())).sum();
    Ok(format!(
        r#"{{"points":{count},"seconds":{seconds:.9},"alarms":{alarms},"peak_kib":{},"held":{held}}}"#,
        peak_kib()?
    ))
}
