//! Series of strata and of all their totals.

use crate::command::detect::table::{Cell, Column, Raw, Step, TIMES, Table};
use anyhow::{Context as _, anyhow, ensure};
use beaconfire_detect::hierarchy::{Node, Part, Tree};
use beaconfire_detect::outcome::NA;
use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::Arc;

/// A tree of series.
pub(super) struct Strata {
    pub(super) tree: Tree,
    /// One for each node of the tree, all of the same steps; the whole is the first.
    pub(super) series: Vec<Column>,
    pub(super) steps: Arc<Vec<Step>>,
    /// Every node after the one above it, and next to those beside it.
    pub(super) order: Vec<Node>,
}

/// Between the strata of one row while they are one name; no file has it.
const BETWEEN: char = '\u{1f}';
/// What is called so stands for all.
const WHOLE: &str = "all";
/// An empty stratum.
const UNKNOWN: &str = "unknown";

impl Strata {
    pub(super) fn read(path: &Path, strata: &[String], absent_is_zero: bool) -> anyhow::Result<Self> {
        let table = Table::read_as(path, |raw| joined(raw, strata))?;
        Self::of(&table, absent_is_zero).with_context(|| format!("use the strata of {}", path.display()))
    }

    fn of(leaves: &Table, absent_is_zero: bool) -> anyhow::Result<Self> {
        ensure!(!leaves.series.is_empty(), "there is no row: write one for each number");
        let mut steps: BTreeMap<i64, Step> = BTreeMap::new();
        for step in leaves.series.iter().flat_map(|column| column.steps.iter()) {
            steps.entry(step.time).or_insert_with(|| step.clone());
        }
        let places: HashMap<i64, usize> = steps.keys().enumerate().map(|(at, time)| (*time, at)).collect();
        let steps: Arc<Vec<Step>> = Arc::new(steps.into_values().collect());
        let mut nodes = Nodes::default();
        nodes.node("", None, WHOLE.to_owned(), Part::Known);
        let mut values = vec![vec![]];
        for column in &leaves.series {
            let leaf = nodes.path(&column.name);
            values.resize(nodes.above.len(), vec![]);
            values[leaf] = spread(column, &places, absent_is_zero);
        }
        let tree = Tree::new(&nodes.above).map_err(|error| anyhow!("make a tree: {error}"))?;
        for &node in tree.downwards().iter().rev() {
            if !tree.children(node).is_empty() {
                values[node] = total(tree.children(node).iter().map(|child| &values[*child]), steps.len());
            }
        }
        let series = nodes.names.into_iter().zip(values);
        let series = series.map(|(name, values)| Column { name, steps: steps.clone(), values }).collect();
        let mut order = Vec::with_capacity(tree.len());
        let mut waiting = vec![0];
        while let Some(node) = waiting.pop() {
            order.push(node);
            waiting.extend(tree.children(node).iter().rev());
        }
        Ok(Self { tree, series, steps, order })
    }
}

/// The rows with their strata joined to the name of a series.
fn joined(raw: Raw, strata: &[String]) -> anyhow::Result<Raw> {
    let find = |name: &str| raw.header.iter().position(|found| found == name);
    let strata: Vec<usize> = strata
        .iter()
        .map(|name| {
            find(name).with_context(|| {
                format!("find the stratum {name:?}: the header has {}", raw.header.join(", "))
            })
        })
        .collect::<anyhow::Result<_>>()?;
    let value = find("value").context("the header lacks `value`: name so the column of the numbers")?;
    let times: Vec<usize> = TIMES.iter().filter_map(|name| find(name)).collect();
    let mut header: Vec<String> = times.iter().map(|at| raw.header[*at].clone()).collect();
    header.extend(["series".to_owned(), "value".to_owned()]);
    let row = |row: &Vec<Cell>| {
        let stratum = |at: &usize| Some(row[*at].label()).filter(|name| name != "NA").unwrap_or_default();
        let path: Vec<String> = strata.iter().map(stratum).collect();
        let path = path.join(&BETWEEN.to_string());
        let times = times.iter().map(|at| row[*at].clone());
        times.chain([Cell::Text(path), row[value].clone()]).collect()
    };
    Ok(Raw { header, rows: raw.rows.iter().map(row).collect() })
}

/// The values of a leaf at all steps; rows of the same step are added up.
fn spread(column: &Column, places: &HashMap<i64, usize>, absent_is_zero: bool) -> Vec<f64> {
    let mut values: Vec<Option<f64>> = vec![None; places.len()];
    for (step, value) in column.steps.iter().zip(&column.values) {
        if let Some(place) = places.get(&step.time) {
            let sum = &mut values[*place];
            *sum = Some(sum.map_or(*value, |sum| sum + value));
        }
    }
    let absent = if absent_is_zero { 0.0 } else { NA };
    values.into_iter().map(|value| value.unwrap_or(absent)).collect()
}

/// A total is missing where one of its parts is.
fn total<'a>(parts: impl Iterator<Item = &'a Vec<f64>>, steps: usize) -> Vec<f64> {
    let mut sums = vec![0.0; steps];
    for part in parts {
        sums.iter_mut().zip(part).for_each(|(sum, value)| *sum += value);
    }
    sums
}

/// Nodes as they are met.
#[derive(Default)]
struct Nodes {
    by_path: HashMap<String, Node>,
    above: Vec<(Option<Node>, Part)>,
    names: Vec<String>,
}

impl Nodes {
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
        let (mut above, mut so_far, mut name) = (0, String::new(), String::new());
        for stratum in path.split(BETWEEN) {
            so_far.push(BETWEEN);
            so_far += stratum;
            let (word, part) =
                if stratum.is_empty() { (UNKNOWN, Part::Unknown) } else { (stratum, Part::Known) };
            name = if name.is_empty() { word.to_owned() } else { format!("{name}/{word}") };
            above = self.node(&so_far, Some(above), name.clone(), part);
        }
        above
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, strata: &[&str], absent_is_zero: bool) -> anyhow::Result<Strata> {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("in.csv");
        std::fs::write(&path, text).expect("written");
        let strata: Vec<String> = strata.iter().map(|name| (*name).to_owned()).collect();
        Strata::read(&path, &strata, absent_is_zero)
    }

    const ROWS: &str = "t,district,region,sex,value\n\
        1,A,N,f,1\n1,A,N,m,2\n1,B,N,f,4\n1,,N,f,8\n1,C,S,f,16\n1,,,f,32\n\
        2,A,N,f,1\n2,B,N,f,2\n2,,N,m,4\n2,,,f,8\n";

    #[test]
    fn totals_are_made_of_their_parts_and_unknown_is_one() {
        let strata = read(ROWS, &["region", "district"], true).expect("strata");
        let of = |name: &str| strata.series.iter().find(|s| s.name == name).expect(name).values.clone();
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
        let missing =
            |name: &str| strata.series.iter().find(|s| s.name == name).expect(name).values[1].is_nan();
        assert!(missing("all") && missing("S") && missing("S/C") && !missing("N"));
    }

    #[test]
    fn mistakes_are_told_with_the_mend() {
        let error =
            |text: &str, strata: &[&str]| format!("{:#}", read(text, strata, false).err().expect(text));
        assert!(error(ROWS, &["county"]).contains("the header has t, district"));
        assert!(error("t,a\n1,2\n", &["a"]).contains("lacks `value`"));
        assert!(error("a,value\n1,2\n", &["a"]).contains("none of t, time, timestamp, date"));
        assert!(error("t,a,value\n", &["a"]).contains("no row"));
    }
}
