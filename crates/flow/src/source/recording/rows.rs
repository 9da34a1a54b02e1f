//! A track of numbers: a CSV cut into one answer a step.

use super::{Played, RecordingError};
use crate::source::time;
use jiff::{SignedDuration, Timestamp};
use std::path::Path;

/// How rows become answers.
pub(super) struct Cut {
    /// Rows before it are history, released at it.
    pub(super) start: Timestamp,
    /// The rows of one step make one answer.
    pub(super) step: SignedDuration,
    /// From the last row's time to the answer.
    pub(super) latency: SignedDuration,
}

pub(super) fn read(
    path: &Path,
    source: &str,
    bytes: &[u8],
    cut: &Cut,
) -> Result<Vec<Played>, RecordingError> {
    let wrong = |line: usize, problem: &str| RecordingError::Line {
        path: path.to_owned(),
        line: line + 1,
        problem: problem.to_owned(),
    };
    let text = std::str::from_utf8(bytes).map_err(|error| wrong(0, &error.to_string()))?;
    let mut lines = text.lines().enumerate();
    let header = lines.next().map(|(_, line)| line.trim_start_matches('\u{feff}')).unwrap_or_default();
    let column = header.split(',').position(|name| name.trim() == "time");
    let column =
        column.ok_or_else(|| wrong(0, "it has no column `time`; name the columns in the first line"))?;
    let mut answers: Vec<Answer<'_>> = Vec::new();
    let mut before = Timestamp::MIN;
    for (number, line) in lines {
        if line.trim().is_empty() {
            continue;
        }
        let at = line.split(',').nth(column).and_then(|text| time::parse(text.trim()));
        let at = at.ok_or_else(|| wrong(number, time::TIME_MEND))?;
        if at < before {
            return Err(wrong(number, "its time is before that of the line above; sort the file"));
        }
        before = at;
        let step = cut.step_of(at);
        match answers.last_mut() {
            Some(answer) if answer.step == step => {
                answer.newest = at;
                answer.rows.push(line);
            }
            _ => answers.push(Answer { step, newest: at, rows: vec![line] }),
        }
    }
    Ok(answers.into_iter().map(|answer| answer.played(source, header, cut)).collect())
}

impl Cut {
    /// The number of a row's step; all of history is one step before the first.
    fn step_of(&self, at: Timestamp) -> i128 {
        let since = at.as_nanosecond() - self.start.as_nanosecond();
        if since < 0 { -1 } else { since / self.step.as_nanos() }
    }
}

struct Answer<'t> {
    step: i128,
    newest: Timestamp,
    rows: Vec<&'t str>,
}

impl Answer<'_> {
    fn played(self, source: &str, header: &str, cut: &Cut) -> Played {
        let at = match self.step {
            -1 => cut.start,
            _ => self.newest.saturating_add(cut.latency).unwrap_or(Timestamp::MAX),
        };
        let mut body = format!("{header}\n");
        for row in self.rows {
            body.push_str(row);
            body.push('\n');
        }
        Played {
            at,
            source: source.to_owned(),
            status: 200,
            content_type: Some("text/csv".to_owned()),
            body: body.into_bytes(),
            url: None,
        }
    }
}
