//! What comes out: CSV on stdout, or a file.

use super::number::shortest;
use super::{print, quoted};
use anyhow::Context as _;
use beaconfire_detect::Judgement;
use std::path::{Path, PathBuf};

/// What was said of one point.
#[derive(Clone, Debug)]
pub(super) struct Answer {
    pub(super) series: String,
    /// The time as it was written.
    pub(super) t: String,
    /// Observed, expected, upperbound, score; NA where there is none.
    pub(super) numbers: [f64; 4],
    /// None where it cannot be judged.
    pub(super) alarm: Option<bool>,
    /// Why it cannot be judged; else empty.
    pub(super) reason: String,
}

impl Answer {
    pub(super) fn new(series: &str, t: &str, numbers: [f64; 4], judgement: Judgement) -> Self {
        let (alarm, reason) = match judgement {
            Judgement::Alarm => (Some(true), String::new()),
            Judgement::NoAlarm => (Some(false), String::new()),
            Judgement::CannotJudge(reason) => (None, reason.to_string()),
        };
        Self { series: series.to_owned(), t: t.to_owned(), numbers, alarm, reason }
    }

    fn line(&self) -> String {
        let numbers = self.numbers.map(shortest).join(",");
        let alarm = match self.alarm {
            Some(true) => "1",
            Some(false) => "0",
            None => "NA",
        };
        format!("{},{},{numbers},{alarm},{}\n", quoted(&self.series), quoted(&self.t), quoted(&self.reason))
    }
}

/// Where answers go.
pub(super) enum Answers {
    /// CSV on stdout, as they come.
    Stdout,
    /// CSV in a file.
    Csv(PathBuf, String),
    /// Parquet in a file, written at the end.
    #[cfg(feature = "parquet")]
    Parquet(PathBuf, Vec<Answer>),
}

/// The names of the columns.
const HEADER: &str = "series,t,observed,expected,upperbound,score,alarm,reason\n";

impl Answers {
    /// To stdout, or to a file of the form that its name says.
    pub(super) fn to(out: Option<&Path>) -> anyhow::Result<Self> {
        let Some(path) = out else {
            print(HEADER)?;
            return Ok(Self::Stdout);
        };
        if super::table::is_parquet(path) {
            #[cfg(feature = "parquet")]
            return Ok(Self::Parquet(path.to_owned(), Vec::new()));
            #[cfg(not(feature = "parquet"))]
            anyhow::bail!(
                "write {}: this program was built without Parquet; {}",
                path.display(),
                super::table::WITH_PARQUET
            );
        }
        Ok(Self::Csv(path.to_owned(), HEADER.to_owned()))
    }

    /// Takes the answers of a series.
    pub(super) fn take(&mut self, answers: Vec<Answer>) -> anyhow::Result<()> {
        match self {
            Self::Stdout => print(&answers.iter().map(Answer::line).collect::<String>()),
            Self::Csv(_, text) => {
                answers.iter().for_each(|answer| text.push_str(&answer.line()));
                Ok(())
            }
            #[cfg(feature = "parquet")]
            Self::Parquet(_, all) => {
                all.extend(answers);
                Ok(())
            }
        }
    }

    /// Writes what is to be written at the end.
    pub(super) fn finish(self) -> anyhow::Result<()> {
        match self {
            Self::Stdout => Ok(()),
            Self::Csv(path, text) => {
                std::fs::write(&path, text).with_context(|| format!("write {}", path.display()))
            }
            #[cfg(feature = "parquet")]
            Self::Parquet(path, all) => super::parquet::write(&path, &all),
        }
    }
}
