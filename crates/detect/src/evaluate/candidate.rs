//! Anything that is to be compared: what it says of every judged step, and how its alarms are made rarer.

use serde_json::Value;

use super::labelled::Labelled;
use crate::method::{Judge, Memory, Method};
use crate::outcome::{NA, Outcome, alarm};
use crate::param::ParamError;

/// Something with a name that says of every judged step of a series how unusual it is.
pub struct Candidate {
    /// How it is called in tables.
    pub label: String,
    /// What it says.
    pub says: Says,
}

/// A number for every judged step, not-a-number where it cannot judge.
pub type Scores = dyn Fn(&Labelled) -> Vec<f64> + Send + Sync;
/// 1 or 0 for every judged step, not-a-number where it cannot judge, at a level.
pub type Alarms = dyn Fn(&Labelled, f64) -> Vec<f64> + Send + Sync;

/// What a candidate says.
pub enum Says {
    /// The higher, the more unusual; an alarm is whatever is over a level.
    Scores(Box<Scores>),
    /// Alarms that become rarer as a level grows, where the statistic depends on its own alarms: charts that start
    /// afresh.
    Alarms {
        /// The alarms at a level.
        at: Box<Alarms>,
        /// The lowest level to try, above 0.
        from: f64,
        /// The highest.
        to: f64,
    },
}

/// Which of the things that a method says is its score.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum By {
    /// Its score.
    Score,
    /// Its score without the sign: far below is as unusual as far above.
    Size,
    /// A column in which small is unusual, such as `pvalue`; the score is minus its logarithm.
    Small(&'static str),
    /// Another column in which large is unusual.
    Large(&'static str),
    /// Its own alarms, which become rarer as this parameter grows from one number to the other.
    Parameter(&'static str, f64, f64),
    /// Its own alarms, which become rarer as this parameter, a probability, falls from 1/2 to 1e-12: `alpha`.
    Probability(&'static str),
}

impl Candidate {
    /// A method with these parameters.
    ///
    /// # Errors
    /// [`ParamError`] where the method refuses the parameters.
    pub fn of_method(
        label: &str,
        method: &'static Method,
        params: &Value,
        by: By,
    ) -> Result<Self, ParamError> {
        let judge = method.parse(&params.to_string())?;
        let says = match by {
            By::Parameter(name, from, to) => dial(method, params, (from, to), move |level| (name, level)),
            By::Probability(name) => dial(method, params, (2.0, 1e12), move |level| (name, level.recip())),
            _ => Says::Scores(Box::new(move |series| run(&*judge, series, |outcome| column(outcome, by)))),
        };
        Ok(Self { label: label.to_owned(), says })
    }
}

/// The alarms of a method at a level that sets one of its parameters; none where it refuses that.
fn dial(
    method: &'static Method,
    params: &Value,
    (from, to): (f64, f64),
    set: impl Fn(f64) -> (&'static str, f64) + Send + Sync + 'static,
) -> Says {
    let params = params.clone();
    let at = move |series: &Labelled, level: f64| {
        let mut params = params.clone();
        let (name, value) = set(level);
        params[name] = value.into();
        match method.parse(&params.to_string()) {
            Ok(judge) => own_alarms(&*judge, series),
            Err(_) => vec![NA; series.judged.len()],
        }
    };
    Says::Alarms { at: Box::new(at), from, to }
}

/// The alarms of a method as it is set: 1 or 0 for every judged step, not-a-number where it cannot judge.
#[must_use]
pub fn own_alarms(judge: &dyn Judge, series: &Labelled) -> Vec<f64> {
    run(judge, series, |outcome| outcome.judgements.iter().map(|judgement| alarm(*judgement)).collect())
}

/// What a method says of the judged steps; not-a-number from the first one on where it has too little before it.
fn run(judge: &dyn Judge, series: &Labelled, take: impl Fn(&Outcome) -> Vec<f64>) -> Vec<f64> {
    let held = series.series();
    let from = judge.first_judged(&held).clamp(series.judged.start, series.judged.end);
    let mut said = vec![NA; from - series.judged.start];
    if from < series.judged.end
        && let Ok(outcome) = judge.judge(&held, from..series.judged.end, &mut Memory::default())
    {
        said.extend(take(&outcome));
    }
    said.resize(series.judged.len(), NA);
    said
}

fn column(outcome: &Outcome, by: By) -> Vec<f64> {
    match by {
        By::Score | By::Parameter(..) | By::Probability(_) => outcome.score.clone(),
        By::Size => outcome.score.iter().map(|score| score.abs()).collect(),
        By::Large(name) => outcome.numbers(name).unwrap_or_else(|| vec![NA; outcome.len()]),
        By::Small(name) => {
            let small = outcome.numbers(name).unwrap_or_else(|| vec![NA; outcome.len()]);
            small.into_iter().map(|p| -p.ln()).collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::method::method;

    fn flat_with_a_peak() -> Labelled {
        let mut values = vec![2.0; 120];
        values[110] = 30.0;
        Labelled { values, outbreaks: vec![], judged: 20..120, freq: 52, group: 0, dates: None, times: None }
    }

    #[test]
    fn a_method_scores_the_steps_it_can_judge() {
        let rki = method("rki").unwrap();
        let params = serde_json::json!({"b": 1, "w": 2});
        let Says::Scores(score) = Candidate::of_method("rki", rki, &params, By::Score).unwrap().says else {
            panic!("rki has scores");
        };
        let said = score(&flat_with_a_peak());
        assert_eq!(said.len(), 100);
        assert!(said[..34].iter().all(|s| s.is_nan()) && said[34..].iter().all(|s| s.is_finite()));
        assert!(said[90] > 4.0 && said[89] < 1.0);
    }

    #[test]
    fn alarms_become_rarer_as_a_probability_falls() {
        let bayes = method("bayes").unwrap();
        let params = serde_json::json!({"b": 0, "w": 6, "actY": true});
        let by = By::Probability("alpha");
        let Says::Alarms { at, .. } = Candidate::of_method("bayes", bayes, &params, by).unwrap().says else {
            panic!("a dial has alarms");
        };
        let alarms = |level| at(&flat_with_a_peak(), level).iter().filter(|alarm| **alarm > 0.0).count();
        assert!(alarms(2.0) >= alarms(100.0));
        assert_eq!((alarms(1e4), alarms(1e12)), (1, 1));
    }

    #[test]
    fn refused_parameters_are_told() {
        let rki = method("rki").unwrap();
        assert!(Candidate::of_method("rki", rki, &serde_json::json!({"b": 99}), By::Score).is_err());
    }
}
