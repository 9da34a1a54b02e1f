//! The methods that are raced: what each is called and told on either side, and how far ahead it is to be.

/// A race.
pub struct Race {
    /// What is printed.
    pub title: &'static str,
    /// Our method.
    pub method: &'static str,
    /// Its parameters.
    pub params: &'static str,
    /// R's function, of surveillance.
    pub function: &'static str,
    /// Its control, but the range, as R code.
    pub control: &'static str,
    /// How many series R takes on; all have 52 weeks to be judged.
    pub series: u32,
    /// R's CPU seconds a point over ours, at the least; none where it is there to be seen.
    pub bar: Option<f64>,
}

const FLEXIBLE: &str = "list(b=5, w=3, noPeriods=10, pastWeeksNotIncluded=26, thresholdMethod='nbPlugin', \
alpha=0.005, reweight=TRUE, pThresholdTrend=1, glmWarnings=FALSE)";
const FLEXIBLE_05: &str = "list(b=5, w=3, noPeriods=10, pastWeeksNotIncluded=26, thresholdMethod='nbPlugin', \
alpha=0.005, reweight=TRUE, pThresholdTrend=0.05, glmWarnings=FALSE)";

/// Every race; those next to each other with the same function and control share R's run.
pub const RACES: &[Race] = &[
    Race {
        title: "farringtonFlexible, default",
        method: "farringtonFlexible",
        params: r#"{"b":5,"w":3,"noPeriods":10,"pastWeeksNotIncluded":26,"thresholdMethod":"nbPlugin","alpha":0.005,"pThresholdTrend":1}"#,
        function: "farringtonFlexible",
        control: FLEXIBLE,
        series: 10,
        bar: Some(500.0),
    },
    Race {
        title: "farringtonFlexible, compat",
        method: "farringtonFlexible",
        params: r#"{"b":5,"w":3,"noPeriods":10,"pastWeeksNotIncluded":26,"thresholdMethod":"nbPlugin","alpha":0.005,"pThresholdTrend":1,"mode":"compat"}"#,
        function: "farringtonFlexible",
        control: FLEXIBLE,
        series: 10,
        bar: Some(150.0),
    },
    Race {
        title: "  trend at 0.05, default",
        method: "farringtonFlexible",
        params: r#"{"b":5,"w":3,"noPeriods":10,"pastWeeksNotIncluded":26,"thresholdMethod":"nbPlugin","alpha":0.005}"#,
        function: "farringtonFlexible",
        control: FLEXIBLE_05,
        series: 10,
        bar: None,
    },
    Race {
        title: "  trend at 0.05, compat",
        method: "farringtonFlexible",
        params: r#"{"b":5,"w":3,"noPeriods":10,"pastWeeksNotIncluded":26,"thresholdMethod":"nbPlugin","alpha":0.005,"mode":"compat"}"#,
        function: "farringtonFlexible",
        control: FLEXIBLE_05,
        series: 10,
        bar: None,
    },
    Race {
        title: "farrington, compat",
        method: "farrington",
        params: r#"{"b":5,"w":3,"alpha":0.01,"mode":"compat"}"#,
        function: "farrington",
        control: "list(b=5, w=3, alpha=0.01)",
        series: 20,
        bar: None,
    },
    Race {
        title: "glrpois, compat",
        method: "glrpois",
        params: r#"{"c.ARL":5,"mode":"compat"}"#,
        function: "glrpois",
        control: "list(c.ARL=5, S=1)",
        series: 100,
        bar: Some(200.0),
    },
    Race {
        title: "glrnb of a known shift, compat",
        method: "glrnb",
        params: r#"{"c.ARL":5,"alpha":0.2,"theta":0.6931471805599453,"mode":"compat"}"#,
        function: "glrnb",
        control: "list(mu0=list(S=1), c.ARL=5, alpha=0.2, theta=log(2))",
        series: 60,
        bar: Some(200.0),
    },
    Race {
        title: "glrnb, compat",
        method: "glrnb",
        params: r#"{"c.ARL":5,"alpha":0.2,"mode":"compat"}"#,
        function: "glrnb",
        control: "list(mu0=list(S=1), c.ARL=5, alpha=0.2)",
        series: 60,
        bar: Some(50.0),
    },
    Race {
        title: "  with its dispersion estimated",
        method: "glrnb",
        params: r#"{"c.ARL":5,"mode":"compat"}"#,
        function: "glrnb",
        control: "list(mu0=list(S=1), c.ARL=5)",
        series: 20,
        bar: Some(50.0),
    },
    Race {
        title: "earsC C1, compat",
        method: "earsC",
        params: r#"{"method":"C1","baseline":7,"alpha":0.001,"mode":"compat"}"#,
        function: "earsC",
        control: "list(method='C1', baseline=7, alpha=0.001)",
        series: 200,
        bar: Some(500.0),
    },
    Race {
        title: "earsC C3, compat",
        method: "earsC",
        params: r#"{"method":"C3","baseline":7,"alpha":0.025,"mode":"compat"}"#,
        function: "earsC",
        control: "list(method='C3', baseline=7, alpha=0.025)",
        series: 200,
        bar: Some(500.0),
    },
    Race {
        title: "rki, compat",
        method: "rki",
        params: r#"{"b":2,"w":4,"actY":false,"mode":"compat"}"#,
        function: "rki",
        control: "list(b=2, w=4, actY=FALSE)",
        series: 200,
        bar: Some(500.0),
    },
    Race {
        title: "bayes, compat",
        method: "bayes",
        params: r#"{"b":2,"w":4,"actY":false,"alpha":0.05,"mode":"compat"}"#,
        function: "bayes",
        control: "list(b=2, w=4, actY=FALSE, alpha=0.05)",
        series: 200,
        bar: Some(200.0),
    },
    Race {
        title: "outbreakP, compat",
        method: "outbreakP",
        params: r#"{"k":100,"mode":"compat"}"#,
        function: "outbreakP",
        control: "list(k=100, ret='value')",
        series: 20,
        bar: None,
    },
    Race {
        title: "cusum, compat",
        method: "cusum",
        params: r#"{"trans":"rossi","m":"glm","mode":"compat"}"#,
        function: "cusum",
        control: "list(k=1.04, h=2.26, m='glm', trans='rossi')",
        series: 100,
        bar: None,
    },
];
