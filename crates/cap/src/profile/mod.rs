//! Profiles of CAP as rule packs: data, not code.
//!
//! A profile narrows CAP for one system or country. Its rules are a text in TOML, the *pack*: each with its severity,
//! its clause, its words, its condition and its examples, which are its tests. Six packs are built in
//! ([`Profile::built_in`]); anybody can write another ([`Profile::parse`], [`Profile::prove`]).
//!
//! A profile never changes whether a message is strict CAP: it *conforms* or not, which is another verdict.
//!
//! ```
//! use beaconfire_cap::{Limits, profile::Profile, read_with};
//! let ipaws = Profile::named("ipaws").expect("a built-in pack");
//! let bytes = b"<alert xmlns='urn:oasis:names:tc:emergency:cap:1.2'>
//!   <identifier>a1</identifier><sender>met@example.org</sender><sent>2026-11-21T17:00:00-06:00</sent>
//!   <status>Actual</status><msgType>Alert</msgType><scope>Public</scope>
//! </alert>";
//! let document = read_with(bytes, &Limits::default(), &mut |alert| ipaws.check(alert))?;
//! let judged = &document.messages[0].judged;
//! assert!(document.messages[0].strict() && !Profile::conforms(judged));
//! assert!(judged.iter().any(|finding| finding.rule == "ipaws:code" && finding.line == 1));
//! # Ok::<(), beaconfire_cap::ReadError>(())
//! ```
//!
#![doc = include_str!("../../profiles/README.md")]

mod ask;
mod condition;
mod error;
mod example;
mod pack;
mod page;
mod pattern;
mod select;
mod table;

use std::fmt;
use std::sync::LazyLock;

pub use error::PackError;
pub use example::Example;
pub use page::page;

use condition::{Case, Condition, MAX_FAULTS};
use select::{Node, Path, Place, Value};

use crate::{Alert, Finding, FindingSeverity};

/// The built-in packs, in the order of the reference page.
const PACKS: [&str; 6] = [
    include_str!("../../profiles/ipaws.toml"),
    include_str!("../../profiles/cap-cp.toml"),
    include_str!("../../profiles/cap-au.toml"),
    include_str!("../../profiles/meteoalarm.toml"),
    include_str!("../../profiles/wmo.toml"),
    include_str!("../../profiles/google.toml"),
];

/// How to write a pack.
const LANGUAGE: &str = include_str!("../../profiles/README.md");

/// A rule pack.
#[derive(Clone)]
pub struct Profile {
    id: String,
    title: String,
    source: String,
    about: String,
    area: AreaSemantics,
    claim: Option<Condition>,
    /// The message that the examples change, and where it stands in the pack.
    base: Option<(String, usize)>,
    rules: Vec<Rule>,
    text: String,
}

/// What the parts of an `<area>` mean together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AreaSemantics {
    /// Polygons, circles and geocodes add up, as in CAP 1.2, section 3.2.4.
    Union,
    /// Polygons and circles are the area; geocodes only approximate it where both are there (CAP-CP, CAP-AU).
    ExactShape,
}

impl Profile {
    /// The packs that come with the crate: `ipaws`, `cap-cp`, `cap-au`, `meteoalarm`, `wmo`, `google`.
    pub fn built_in() -> &'static [Profile] {
        static BUILT_IN: LazyLock<Vec<Profile>> = LazyLock::new(|| {
            let packs = PACKS.iter().map(|text| Profile::parse(text));
            packs.collect::<Result<_, _>>().expect("a test reads every built-in pack")
        });
        &BUILT_IN
    }

    /// A built-in pack by its id.
    pub fn named(id: &str) -> Option<&'static Profile> {
        Profile::built_in().iter().find(|profile| profile.id == id)
    }

    /// Reads a pack, of at most 256 KiB and 500 rules.
    ///
    /// # Errors
    /// The first mistake in it, with its place and its mend.
    pub fn parse(text: &str) -> Result<Profile, PackError> {
        pack::parse(text)
    }

    /// Tries every example: the base message and all changes of it must be strict CAP, the base must conform, a good
    /// example must break no rule, a bad one its own rule and no other. Gives what is not so.
    pub fn prove(&self) -> Vec<PackError> {
        example::prove(self, &self.text)
    }

    /// Its name, such as `ipaws`; the rules of its findings begin with it.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Its name for people.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// The document that its rules come from.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Its rules.
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// How readers under this profile take polygons, circles and geocodes together.
    pub fn area_semantics(&self) -> AreaSemantics {
        self.area
    }

    /// Whether the message says that it follows this profile, or bears its marks; never for a profile without any.
    pub fn claimed_by(&self, alert: &Alert) -> bool {
        let case = Case { alert, earlier: &[] };
        self.claim.as_ref().is_some_and(|claim| claim.holds(case, Node::Alert(alert), Place::default()))
    }

    /// Checks a message by itself. Findings bear rules such as `ipaws:expires` and no line; see
    /// [`read_with`](crate::read_with) for lines. Rules on the chain of messages are silent here.
    pub fn check(&self, alert: &Alert) -> Vec<Finding> {
        self.check_chain(alert, &[])
    }

    /// Checks a message together with the earlier messages of its chain, in any order; what is not earlier, of
    /// another sender or expired among them asks for nothing.
    pub fn check_chain(&self, alert: &Alert, earlier: &[&Alert]) -> Vec<Finding> {
        let case = Case { alert, earlier };
        self.rules.iter().flat_map(|rule| rule.check(&self.id, case)).collect()
    }

    /// The verdict on the findings of a profile: none is an error.
    pub fn conforms(findings: &[Finding]) -> bool {
        findings.iter().all(|finding| finding.severity != FindingSeverity::Error)
    }
}

impl fmt::Debug for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Profile").field("id", &self.id).field("rules", &self.rules.len()).finish()
    }
}

/// One rule of a pack.
#[derive(Clone, Debug)]
pub struct Rule {
    id: String,
    severity: FindingSeverity,
    clause: String,
    words: String,
    when: Option<Condition>,
    /// The elements it is about; `None` for the alert.
    each: Option<Path>,
    filter: Option<Condition>,
    need: Condition,
    good: Vec<Example>,
    bad: Vec<Example>,
}

impl Rule {
    /// Its name within the pack.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// How much its findings weigh.
    pub fn severity(&self) -> FindingSeverity {
        self.severity
    }

    /// Where it comes from.
    pub fn clause(&self) -> &str {
        &self.clause
    }

    /// What is wrong where it speaks, and the mend.
    pub fn words(&self) -> &str {
        &self.words
    }

    /// Whether it speaks only in [`Profile::check_chain`].
    pub fn needs_chain(&self) -> bool {
        self.need.needs_earlier()
    }

    /// Its examples: those it takes and those it refuses.
    pub fn examples(&self) -> (&[Example], &[Example]) {
        (&self.good, &self.bad)
    }

    /// The findings on one message, at most 100.
    fn check(&self, profile: &str, case: Case<'_>) -> Vec<Finding> {
        let root = (Node::Alert(case.alert), Place::default());
        if self.when.as_ref().is_some_and(|when| !when.holds(case, root.0, root.1)) {
            return Vec::new();
        }
        let nodes = match &self.each {
            None => vec![root],
            Some(each) => {
                let found = each.select(case.alert, root.0, root.1).into_iter();
                found
                    .filter_map(|(place, value)| match value {
                        Value::Node(node) => Some((node, place)),
                        _ => None,
                    })
                    .collect()
            }
        };
        let mut findings = Vec::new();
        for (node, place) in nodes {
            if self.filter.as_ref().is_some_and(|filter| !filter.holds(case, node, place)) {
                continue;
            }
            for fault in self.need.faults(case, node, place) {
                if findings.len() == MAX_FAULTS {
                    return findings;
                }
                let message = match fault.found {
                    Some(found) => format!("{} (found {found:?})", self.words),
                    None => self.words.clone(),
                };
                findings.push(Finding {
                    rule: format!("{profile}:{}", self.id).into(),
                    severity: self.severity,
                    path: fault.place.to_string(),
                    line: 0,
                    column: 0,
                    message,
                });
            }
        }
        findings
    }
}
