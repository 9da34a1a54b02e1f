//! A series of which it is known when there were outbreaks.

use std::ops::Range;

use crate::series::{Day, Series};

/// A series, the weeks to judge, and the outbreaks in it.
#[derive(Clone, Debug, PartialEq)]
pub struct Labelled {
    /// The values; not-a-number where one is missing.
    pub values: Vec<f64>,
    /// Each from its first step with a case to one past its last; in order of no importance, and they may overlap.
    pub outbreaks: Vec<Range<usize>>,
    /// The steps that are judged and counted. Outbreaks that begin before count neither as found nor as missed, and
    /// their steps not as false alarms.
    pub judged: Range<usize>,
    /// Steps in a year.
    pub freq: u32,
    /// Series of a group share a level where levels are set by group: the scenario, the disease.
    pub group: u32,
    /// The first day of each step, where known.
    pub dates: Option<Vec<Day>>,
    /// The instant of each step, Unix seconds, where steps are shorter than a day.
    pub times: Option<Vec<i64>>,
}

impl Labelled {
    /// From a series and labels of the same length: an outbreak is a longest run of steps with a label that is
    /// neither 0 nor missing. The shorter of the two decides where they end.
    #[must_use]
    pub fn from_labels(values: &[f64], labels: &[f64], judged: Range<usize>, freq: u32, group: u32) -> Self {
        let n = values.len().min(labels.len());
        let mut outbreaks: Vec<Range<usize>> = vec![];
        for (at, _) in labels[..n].iter().enumerate().filter(|(_, label)| !label.is_nan() && **label != 0.0) {
            match outbreaks.last_mut() {
                Some(run) if run.end == at => run.end = at + 1,
                _ => outbreaks.push(at..at + 1),
            }
        }
        let judged = judged.start.min(n)..judged.end.min(n);
        Self { values: values[..n].to_vec(), outbreaks, judged, freq, group, dates: None, times: None }
    }

    /// The series as methods take it.
    #[must_use]
    pub fn series(&self) -> Series<'_> {
        let (dates, times) = (self.dates.as_deref(), self.times.as_deref());
        Series { dates, times, ..Series::new(&self.values, self.freq) }
    }

    /// Whether the step lies in an outbreak.
    #[must_use]
    pub fn in_outbreak(&self, index: usize) -> bool {
        self.outbreaks.iter().any(|outbreak| outbreak.contains(&index))
    }

    /// The outbreaks to be found: those that begin in the judged steps, cut off at their end.
    pub fn to_find(&self) -> impl Iterator<Item = Range<usize>> {
        let begun = self.outbreaks.iter().filter(|outbreak| self.judged.contains(&outbreak.start));
        begun.map(|outbreak| outbreak.start..outbreak.end.min(self.judged.end))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_of_labels_are_outbreaks() {
        let labels = [0.0, 1.0, 3.0, 0.0, f64::NAN, 1.0, 1.0];
        let series = Labelled::from_labels(&[0.0; 7], &labels, 2..9, 52, 0);
        assert_eq!(series.outbreaks, [1..3, 5..7]);
        assert_eq!(series.judged, 2..7);
        assert_eq!(series.to_find().collect::<Vec<_>>(), vec![5..7]);
        assert!(series.in_outbreak(2) && !series.in_outbreak(4));
    }
}
