//! Reports by the step of their event and their delay.

/// Counts of reports, by the step of the event and by how many steps later the report came.
#[derive(Clone, Debug, PartialEq)]
pub struct Triangle {
    steps: usize,
    delays: usize,
    /// Step after step, delay after delay.
    counts: Vec<f64>,
}

/// Why reports make no triangle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TriangleError {
    /// There are not steps times delays counts.
    #[error("{have} counts do not fill {steps} steps of {delays} delays")]
    Size {
        /// Counts given.
        have: usize,
        /// Steps.
        steps: usize,
        /// Delays.
        delays: usize,
    },
    /// A count is below 0, or no finite number.
    #[error("the count of step {step} at delay {delay} is no count")]
    Count {
        /// The step of the event, from 0.
        step: usize,
        /// The delay, from 0.
        delay: usize,
    },
    /// A report came before its event.
    #[error("a report of step {report} is of an event of step {event}, which is later")]
    Before {
        /// The step of the event.
        event: usize,
        /// The step of the report.
        report: usize,
    },
}

/// The most cells.
const MOST: usize = 50_000_000;

impl Triangle {
    /// From counts, step after step and delay after delay. Cells that lie in the future of the moment asked about are
    /// never looked at.
    ///
    /// # Errors
    /// [`TriangleError`].
    pub fn new(steps: usize, delays: usize, counts: Vec<f64>) -> Result<Self, TriangleError> {
        let cells = steps.checked_mul(delays).filter(|cells| *cells <= MOST && delays > 0);
        if cells != Some(counts.len()) {
            return Err(TriangleError::Size { have: counts.len(), steps, delays });
        }
        match counts.iter().position(|count| !(*count >= 0.0 && count.is_finite())) {
            Some(at) => Err(TriangleError::Count { step: at / delays, delay: at % delays }),
            None => Ok(Self { steps, delays, counts }),
        }
    }

    /// From single reports, by the steps of event and report. Those later than the last delay are counted at the last.
    ///
    /// # Errors
    /// [`TriangleError`].
    pub fn of_reports(
        steps: usize,
        delays: usize,
        reports: impl IntoIterator<Item = (usize, usize)>,
    ) -> Result<Self, TriangleError> {
        let cells = steps.checked_mul(delays).filter(|cells| *cells <= MOST && delays > 0);
        let cells = cells.ok_or(TriangleError::Size { have: 0, steps, delays })?;
        let mut counts = vec![0.0; cells];
        for (event, report) in reports {
            let delay = report.checked_sub(event).ok_or(TriangleError::Before { event, report })?;
            if event < steps {
                counts[event * delays + delay.min(delays - 1)] += 1.0;
            }
        }
        Ok(Self { steps, delays, counts })
    }

    /// How many steps there are.
    #[must_use]
    pub fn steps(&self) -> usize {
        self.steps
    }

    /// How many delays there are, 0 among them.
    #[must_use]
    pub fn delays(&self) -> usize {
        self.delays
    }

    /// The reports of a step by delay.
    #[must_use]
    pub fn row(&self, step: usize) -> &[f64] {
        &self.counts[step * self.delays..(step + 1) * self.delays]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reports_are_counted_where_they_belong() {
        let triangle = Triangle::of_reports(3, 2, [(0, 0), (0, 1), (0, 9), (2, 2), (7, 7)]).unwrap();
        assert_eq!(
            (triangle.row(0), triangle.row(1), triangle.row(2)),
            ([1.0, 2.0].as_slice(), [0.0, 0.0].as_slice(), [1.0, 0.0].as_slice())
        );
        assert_eq!(Triangle::of_reports(3, 2, [(2, 1)]), Err(TriangleError::Before { event: 2, report: 1 }));
        assert_eq!(Triangle::new(1, 2, vec![1.0, -1.0]), Err(TriangleError::Count { step: 0, delay: 1 }));
        assert!(Triangle::new(2, 2, vec![1.0]).is_err() && Triangle::new(usize::MAX, 2, vec![]).is_err());
    }
}
