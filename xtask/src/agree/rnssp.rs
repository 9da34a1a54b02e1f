//! Records of the functions of Rnssp, and the checkout of it that answers them.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use super::series::{Dataset, ONLY_RNSSP};
use crate::dice::Dice;

const PEER: &str = include_str!("rnssp.R");

/// The functions with the columns of their answers.
const FUNCTIONS: &[(&str, &[&str])] = &[
    ("alert_ewma", &["date", "count", "baseline_expected", "test_statistic", "p.value", "alert"]),
    (
        "alert_regression",
        &["date", "count", "baseline_expected", "test_statistic", "p.value", "sigma", "alert"],
    ),
    (
        "alert_switch",
        &["date", "count", "baseline_expected", "test_statistic", "p.value", "alert", "detector"],
    ),
    (
        "alert_farrington",
        &["date", "count", "predicted", "time_coefficient", "upper", "alert_score", "alert"],
    ),
    ("alert_nbinom", &["date", "count", "split", "estimate", "threshold", "alarm", "time_term"]),
    ("alert_serfling", &["date", "count", "estimate", "threshold", "split", "epidemic_period", "alarm"]),
];

/// So many records.
pub fn records(dice: &mut Dice, datasets: &[Dataset], count: usize) -> Vec<Value> {
    let daily: Vec<&Dataset> = datasets.iter().filter(|data| data.name.starts_with(ONLY_RNSSP)).collect();
    let weekly: Vec<&Dataset> =
        datasets.iter().filter(|data| data.dated && data.freq == 52 && data.rows < 500).collect();
    let mut records = Vec::new();
    for at in 0..count {
        let (name, columns) = dice.pick(FUNCTIONS);
        let days = matches!(name, "alert_ewma" | "alert_regression" | "alert_switch");
        let from = if days { &daily } else { &weekly };
        if from.is_empty() {
            continue;
        }
        let data = dice.pick(from);
        // What is said of equal counts is rounding, and R stops at missing ones.
        let usual = |series: &&String| series.as_str() != "steady" && !series.ends_with("gaps");
        let series: Vec<&String> = data.series.iter().filter(usual).collect();
        records.push(json!({
            "id": format!("r-{at:05}"), "dataset": data.name, "series": dice.pick(&series), "detector": name,
            "control": control(dice, name), "columns": columns,
        }));
    }
    records
}

fn control(dice: &mut Dice, name: &str) -> Value {
    match name {
        "alert_farrington" => json!({
            "B": 4, "g": dice.pick(&[27, 27, 10]), "w": dice.pick(&[3, 3, 1, 2, 4]), "p": dice.pick(&[10, 10, 5, 3]),
            "method": dice.pick(&["original", "modified"]),
        }),
        "alert_nbinom" => json!({"baseline_end": end(dice), "include_time": dice.happens(0.5)}),
        "alert_serfling" => json!({"baseline_end": end(dice)}),
        _ => {
            let mut control =
                json!({"B": dice.pick(&[28, 28, 14, 21, 35]), "g": dice.pick(&[2, 2, 0, 1, 5])});
            if name != "alert_regression" {
                control["w1"] = json!(dice.pick(&[0.4, 0.3, 0.5]));
                control["w2"] = json!(dice.pick(&[0.9, 0.8, 0.95]));
            }
            control
        }
    }
}

/// A day of 2010 or 2011, when all weekly series have begun.
fn end(dice: &mut Dice) -> String {
    format!("{}-{:02}-{:02}", 2010 + dice.whole(0, 1), dice.whole(1, 12), dice.whole(1, 28))
}

/// Has the checkout answer the manifest: one file a record in `out`.
///
/// # Errors
/// Without R and the packages that it needs, or when the folder is no checkout of Rnssp.
pub fn run(checkout: &Path, folder: &Path, manifest: &Path, out: &Path) -> Result<()> {
    ensure!(checkout.join("R/alert_ewma.R").is_file(), "find R/alert_ewma.R in {}", checkout.display());
    let script = folder.join("rnssp.R");
    fs::write(&script, PEER).context("write rnssp.R")?;
    let mut command = Command::new("Rscript");
    command.arg(&script).arg(manifest).arg(out).arg(checkout).stdout(Stdio::null());
    let said = command.output().context("start Rscript")?;
    ensure!(
        said.status.success(),
        "run Rnssp (it needs r-cran-dplyr, -tidyr, -purrr, -lubridate, -rlang, -tibble, -data.table, -cli): {}",
        String::from_utf8_lossy(&said.stderr).trim()
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn daily_functions_get_daily_series_and_weekly_ones_weekly() {
        let data = |name: &str, freq| Dataset {
            name: name.into(),
            freq,
            dated: true,
            people: false,
            rows: 400,
            series: vec!["few".into(), "steady".into()],
            about: json!({}),
        };
        let both = [data("rnssp_days", 365), data("weeks_dated", 52)];
        let drawn = records(&mut Dice(1), &both, 60);
        assert_eq!(drawn.len(), 60);
        for record in drawn {
            let daily = record["control"]["w1"].is_number();
            assert!(!daily || record["dataset"] == "rnssp_days", "{record}");
            assert_eq!(record["series"], "few");
        }
    }
}
