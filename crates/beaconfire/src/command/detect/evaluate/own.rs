//! What methods find of windows with the limits that they have by themselves, and what the Numenta Anomaly Benchmark
//! gives them for it.

use super::candidates::Asked;
use super::table::percent;
use anyhow::anyhow;
use beaconfire_detect::evaluate::candidate::Says;
use beaconfire_detect::evaluate::{Candidate, Labelled, Tally, false_episodes, nab, own_alarms};
use serde_json::{Value, json};
use std::fmt::Write as _;

/// All methods.
pub(super) struct Own {
    days: f64,
    rows: Vec<Row>,
}

struct Row {
    label: String,
    tally: Tally,
    /// False alarms, those of steps next to each other once.
    episodes: u64,
    /// The benchmark's score with these limits.
    nab: f64,
    /// The level of the method's own statistic that is best by the benchmark, and its score there. Charts whose
    /// statistic depends on their alarms have none.
    best: Option<(f64, f64)>,
}

impl Own {
    pub(super) fn of(
        asked: &[Asked],
        candidates: &[Candidate],
        series: &[Labelled],
        days: f64,
    ) -> anyhow::Result<Self> {
        let rows = asked.iter().zip(candidates).map(|(asked, candidate)| Row::of(asked, candidate, series));
        Ok(Self { days, rows: rows.collect::<anyhow::Result<_>>()? })
    }

    pub(super) fn table(&self) -> String {
        let mut out = format!(
            "own limits, {:.1} days judged\n{:<42}{:>12}{:>14}{:>10}{:>14}{:>9}{:>8}{:>10}{:>12}\n",
            self.days,
            "method",
            "windows hit",
            "false alarms",
            "a day",
            "steps false",
            "unjudged",
            "NAB",
            "NAB best",
            "at level"
        );
        for row in &self.rows {
            let tally = &row.tally;
            let (level, best) = match row.best {
                Some((level, best)) => (format!("{level:.3}"), format!("{best:.1}")),
                None => ("-".to_owned(), "-".to_owned()),
            };
            // Writing to a String cannot fail.
            let _ = writeln!(
                out,
                "{:<42}{:>12}{:>14}{:>10.2}{:>14}{:>9}{:>8.1}{best:>10}{level:>12}",
                row.label,
                format!("{} of {}", tally.found, tally.outbreaks),
                row.episodes,
                row.episodes as f64 / self.days,
                percent(tally.fpr()),
                percent(tally.unjudged as f64 / steps(tally) as f64),
                row.nab,
            );
        }
        out.push('\n');
        out
    }

    pub(super) fn json(&self) -> Value {
        let row = |row: &Row| {
            json!({
                "label": row.label, "windows": row.tally.outbreaks, "hit": row.tally.found,
                "false_alarms": row.episodes, "a_day": row.episodes as f64 / self.days, "tally": row.tally,
                "nab": row.nab, "nab_best": row.best.map(|best| best.1), "nab_level": row.best.map(|best| best.0),
            })
        };
        json!({"days": self.days, "rows": self.rows.iter().map(row).collect::<Vec<_>>()})
    }
}

impl Row {
    fn of(asked: &Asked, candidate: &Candidate, series: &[Labelled]) -> anyhow::Result<Self> {
        let mut params = asked.params.clone();
        // As it is set by itself a chart begins anew after an alarm.
        params.as_object_mut().map(|params| params.remove("reset"));
        let judge = asked
            .method
            .parse(&params.to_string())
            .map_err(|error| anyhow!("use the parameters of {}: {error}", asked.label))?;
        let alarms: Vec<Vec<f64>> = series.iter().map(|series| own_alarms(&*judge, series)).collect();
        let best = match &candidate.says {
            Says::Scores(score) => {
                let scores: Vec<Vec<f64>> = series.iter().map(score).collect();
                Some(nab::best(series, &scores, nab::STANDARD))
            }
            Says::Alarms { .. } => None,
        };
        let both = || series.iter().zip(&alarms);
        Ok(Self {
            label: asked.label.clone(),
            tally: both().map(|(series, said)| Tally::of(series, said)).sum(),
            episodes: both().map(|(series, said)| false_episodes(series, said)).sum(),
            nab: nab::of_alarms(series, &alarms, nab::STANDARD),
            best,
        })
    }
}

fn steps(tally: &Tally) -> u64 {
    tally.true_alarms + tally.false_alarms + tally.missed + tally.quiet
}
