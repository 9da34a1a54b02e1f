//! Series of strata and of all their totals.

use super::path::{UNKNOWN, WHOLE, strata_of, written};
use super::rows::{Rows, Source};
use crate::command::detect::table::{Column, Step, Table};
use anyhow::{Context as _, anyhow, bail, ensure};
use beaconfire_detect::hierarchy::{Node, Part, Tree, totals};
use beaconfire_detect::outcome::NA;
use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::Arc;

/// A tree of series.
#[derive(Debug)]
pub(super) struct Strata {
    pub(super) tree: Tree,
    /// One for each node of the tree, all of the same steps; the whole is the first. What is read as p values is one.
    pub(super) series: Vec<Column>,
    /// The population of each, where there is one.
    pub(super) people: Option<Vec<Column>>,
    pub(super) steps: Arc<Vec<Step>>,
    /// Every node after the one above it, and next to those beside it.
    pub(super) order: Vec<Node>,
}

impl Strata {
    /// Counts of strata, with their population where a column is named; every total is made of its parts.
    pub(super) fn counts(
        path: &Path,
        strata: &[String],
        population: Option<&str>,
        absent_is_zero: bool,
    ) -> anyhow::Result<Self> {
        let rows = Rows::read(path, &Source { strata, value: "value", population, totals: false })?;
        let at = || format!("use the strata of {}", path.display());
        let (mut read, places) = Frame::of(&rows.values).with_context(at)?;
        let absent = if absent_is_zero { 0.0 } else { NA };
        let values = read.laid(&rows.values, |column| Ok(spread(column, &places, absent)))?;
        let people = rows.population.as_ref();
        let people = people.map(|people| read.laid(people, |column| Ok(spread(column, &places, NA))));
        read.tree(values, people.transpose()?, true).with_context(at)
    }

    /// Ready p values of strata and totals, each as its row says.
    pub(super) fn ready(path: &Path, strata: &[String], pvalue: &str) -> anyhow::Result<Self> {
        let rows = Rows::read(path, &Source { strata, value: pvalue, population: None, totals: true })?;
        let at = || format!("use the p values of {}", path.display());
        let (mut read, places) = Frame::of(&rows.values).with_context(at)?;
        let values = read.laid(&rows.values, |column| alone(column, &places)).with_context(at)?;
        read.tree(values, None, false).with_context(at)
    }
}

/// The values of a leaf at all steps; rows of the same step are added up.
fn spread(column: &Column, places: &Places, absent: f64) -> Vec<f64> {
    let mut values: Vec<Option<f64>> = vec![None; places.len()];
    for (step, value) in column.steps.iter().zip(&column.values) {
        if let Some(place) = places.get(&step.time) {
            let sum = &mut values[*place];
            *sum = Some(sum.map_or(*value, |sum| sum + value));
        }
    }
    values.into_iter().map(|value| value.unwrap_or(absent)).collect()
}

/// The p values of a series at all steps: one at most for each.
fn alone(column: &Column, places: &Places) -> anyhow::Result<Vec<f64>> {
    let mut values: Vec<Option<f64>> = vec![None; places.len()];
    for (step, p) in column.steps.iter().zip(&column.values) {
        let at = || format!("{} at {}", written(&strata_of(&column.name)), step.label);
        ensure!(
            p.is_nan() || (0.0..=1.0).contains(p),
            "{}: {p} is no p value; write one from 0 to 1, or NA",
            at()
        );
        let place = places.get(&step.time).context("every step has its place")?;
        if values[*place].replace(*p).is_some() {
            bail!("{}: there is a second row; leave one p value for each series and time", at());
        }
    }
    Ok(values.into_iter().map(|p| p.unwrap_or(NA)).collect())
}

/// Where each step stands among all.
type Places = HashMap<i64, usize>;

/// Steps of all series, and nodes as they are met.
#[derive(Default)]
struct Frame {
    steps: Arc<Vec<Step>>,
    by_path: HashMap<String, Node>,
    above: Vec<(Option<Node>, Part)>,
    names: Vec<String>,
}

impl Frame {
    fn of(leaves: &Table) -> anyhow::Result<(Self, Places)> {
        ensure!(!leaves.series.is_empty(), "there is no row: write one for each number");
        let mut steps: BTreeMap<i64, Step> = BTreeMap::new();
        for step in leaves.series.iter().flat_map(|column| column.steps.iter()) {
            steps.entry(step.time).or_insert_with(|| step.clone());
        }
        let places = steps.keys().enumerate().map(|(at, time)| (*time, at)).collect();
        let mut frame = Self { steps: Arc::new(steps.into_values().collect()), ..Self::default() };
        frame.node("", None, WHOLE.to_owned(), Part::Known);
        Ok((frame, places))
    }

    fn node(&mut self, path: &str, above: Option<Node>, name: String, part: Part) -> Node {
        if let Some(node) = self.by_path.get(path) {
            return *node;
        }
        let node = self.above.len();
        self.by_path.insert(path.to_owned(), node);
        self.above.push((above, part));
        self.names.push(name);
        node
    }

    /// The node of a row's strata, and those above it where they are new.
    fn path(&mut self, path: &str) -> Node {
        let strata = strata_of(path);
        let (mut above, mut end) = (0, 0);
        for (at, stratum) in strata.iter().enumerate() {
            end += 1 + if *stratum == UNKNOWN { 0 } else { stratum.len() };
            let part = if *stratum == UNKNOWN { Part::Unknown } else { Part::Known };
            above = self.node(&path[..end], Some(above), written(&strata[..=at]), part);
        }
        above
    }

    /// The values of every node met so far; none for those without rows.
    fn laid(
        &mut self,
        leaves: &Table,
        values: impl Fn(&Column) -> anyhow::Result<Vec<f64>>,
    ) -> anyhow::Result<Vec<Vec<f64>>> {
        let mut all = vec![];
        for column in &leaves.series {
            let leaf = self.path(&column.name);
            all.resize(self.above.len(), vec![NA; self.steps.len()]);
            all[leaf] = values(column)?;
        }
        Ok(all)
    }

    fn tree(
        self,
        mut values: Vec<Vec<f64>>,
        mut people: Option<Vec<Vec<f64>>>,
        add_up: bool,
    ) -> anyhow::Result<Strata> {
        let tree = Tree::new(&self.above).map_err(|error| anyhow!("make a tree: {error}"))?;
        if add_up {
            totals(&tree, &mut values);
            if let Some(people) = &mut people {
                totals(&tree, people);
            }
        }
        let columns = |values: Vec<Vec<f64>>| {
            let named = self.names.iter().cloned().zip(values);
            named.map(|(name, values)| Column { name, steps: self.steps.clone(), values }).collect()
        };
        let mut order = Vec::with_capacity(tree.len());
        let mut waiting = vec![0];
        while let Some(node) = waiting.pop() {
            order.push(node);
            waiting.extend(tree.children(node).iter().rev());
        }
        let (series, people) = (columns(values), people.map(columns));
        Ok(Strata { tree, series, people, steps: self.steps.clone(), order })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with<T>(text: &str, strata: &[&str], read: impl Fn(&Path, &[String]) -> T) -> T {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("in.csv");
        std::fs::write(&path, text).expect("written");
        let strata: Vec<String> = strata.iter().map(|name| (*name).to_owned()).collect();
        read(&path, &strata)
    }

    fn read(text: &str, strata: &[&str], absent_is_zero: bool) -> anyhow::Result<Strata> {
        with(text, strata, |path, strata| Strata::counts(path, strata, None, absent_is_zero))
    }

    fn ready(text: &str, strata: &[&str]) -> anyhow::Result<Strata> {
        with(text, strata, |path, strata| Strata::ready(path, strata, "p"))
    }

    fn values(columns: &[Column], name: &str) -> Vec<f64> {
        columns.iter().find(|column| column.name == name).expect(name).values.clone()
    }

    const ROWS: &str = "t,district,region,sex,value\n\
        1,A,N,f,1\n1,A,N,m,2\n1,B,N,f,4\n1,,N,f,8\n1,C,S,f,16\n1,,,f,32\n\
        2,A,N,f,1\n2,B,N,f,2\n2,,N,m,4\n2,,,f,8\n";

    #[test]
    fn totals_are_made_of_their_parts_and_unknown_is_one() {
        let strata = read(ROWS, &["region", "district"], true).expect("strata");
        let of = |name: &str| values(&strata.series, name);
        assert_eq!((of("all"), of("N"), of("N/A")), (vec![63.0, 15.0], vec![15.0, 7.0], vec![3.0, 1.0]));
        assert_eq!(
            (of("N/unknown"), of("unknown"), of("S/C")),
            (vec![8.0, 4.0], vec![32.0, 8.0], vec![16.0, 0.0])
        );
        let names: Vec<&str> = strata.order.iter().map(|node| strata.series[*node].name.as_str()).collect();
        let wanted = ["all", "N", "N/A", "N/B", "N/unknown", "S", "S/C", "unknown", "unknown/unknown"];
        assert_eq!(names, wanted);
    }

    #[test]
    fn missing_is_not_zero_unless_it_is_said_so() {
        let strata = read(ROWS, &["region", "district"], false).expect("strata");
        let missing = |name: &str| values(&strata.series, name)[1].is_nan();
        assert!(missing("all") && missing("S") && missing("S/C") && !missing("N"));
    }

    #[test]
    fn the_population_adds_up_and_what_is_unknown_of_it_stays_so() {
        let rows = "t,region,district,value,people\n1,N,A,1,100\n1,N,A,1,50\n1,N,B,2,200\n1,S,C,3,NA\n1,S,D,0,9\n\
            2,N,A,1,100\n2,N,B,2,\n2,S,C,3,30\n";
        let read = |people| {
            with(rows, &["region", "district"], |path, strata| Strata::counts(path, strata, people, true))
        };
        let strata = read(Some("people")).expect("strata");
        let people = strata.people.expect("a population");
        let of = |name: &str| values(&people, name);
        assert_eq!((of("N")[0], of("N/A")[0], of("S/D")[0]), (350.0, 150.0, 9.0));
        assert!(of("S")[0].is_nan() && of("all")[0].is_nan() && of("N")[1].is_nan());
        // Without a row there are no cases where it is said so; nobody said how many people there are.
        assert_eq!(values(&strata.series, "S/D")[1], 0.0);
        assert!(of("S/D")[1].is_nan());
        assert!(read(None).expect("strata").people.is_none());
        assert!(format!("{:#}", read(Some("pop")).expect_err("none")).contains("the header has t, region"));
    }

    #[test]
    fn ready_p_values_stand_where_their_rows_say() {
        let rows =
            "t,region,district,p\n1,all,all,0.1\n1,N,all,0.2\n1,N,A/B,0.3\n1,N,,0.4\n1,S,C,NA\n2,S,C,1e-3\n";
        let strata = ready(rows, &["region", "district"]).expect("strata");
        let names: Vec<&str> = strata.order.iter().map(|node| strata.series[*node].name.as_str()).collect();
        assert_eq!(names, ["all", "N", "N/A\\/B", "N/unknown", "S", "S/C"]);
        let of = |name: &str| values(&strata.series, name);
        assert_eq!((of("all")[0], of("N")[0], of("N/A\\/B")[0], of("S/C")[1]), (0.1, 0.2, 0.3, 1e-3));
        assert!(of("S")[0].is_nan() && of("all")[1].is_nan() && of("S/C")[0].is_nan());
        // The same by names as they come out.
        let again = "series,t,p\nall,1,0.1\nN,1,0.2\nN/A\\/B,1,0.3\nN/unknown,1,0.4\nS/C,1,NA\nS/C,2,1e-3\n";
        let again = ready(again, &[]).expect("strata");
        assert_eq!(again.tree, strata.tree);
        let bits = |strata: &Strata| -> Vec<u64> {
            strata.series.iter().flat_map(|column| column.values.iter().map(|p| p.to_bits())).collect()
        };
        assert_eq!(bits(&again), bits(&strata));
    }

    #[test]
    fn mistakes_are_told_with_the_mend() {
        let error = |text: &str, strata: &[&str]| format!("{:#}", read(text, strata, false).expect_err(text));
        assert!(error(ROWS, &["county"]).contains("the header has t, district"));
        assert!(error("t,a\n1,2\n", &["a"]).contains("lacks `value`"));
        assert!(error("a,value\n1,2\n", &["a"]).contains("none of t, time, timestamp, date"));
        assert!(error("t,a,value\n", &["a"]).contains("no row"));
        let total = error("t,region,district,value\n1,N,A,1\n1,N,all,2\n", &["region", "district"]);
        assert!(total.contains("line 3: leave out this row"), "{total}");
        let error = |text: &str, strata: &[&str]| format!("{:#}", ready(text, strata).expect_err(text));
        assert!(error("t,a,p\n1,x,1.5\n", &["a"]).contains("x at 1: 1.5 is no p value"));
        assert!(error("t,a,p\n1,x,0.5\n1,x,0.4\n", &["a"]).contains("x at 1: there is a second row"));
        assert!(error("t,a,b,p\n1,all,x,0.5\n", &["a", "b"]).contains("line 2: write all in all columns"));
        assert!(error("t,a,value\n1,x,1\n", &["a"]).contains("find the column \"p\""));
        assert!(error("t,a,p\n1,x,1\n", &[]).contains("--strata"));
    }
}
