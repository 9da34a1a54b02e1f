//! Whom a reader believes: which source may bring whose Updates and Cancels, and who may act for whom.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};

use super::VanishPolicy;

/// A copy's way in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// The reader's own name for the feed, stream or aggregator that brought it.
    pub source: String,
    /// When it came.
    pub received: Timestamp,
}

/// Whose messages a source is trusted to bring unaltered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Senders {
    /// Nobody's: what it brings can be read, and acts on nothing.
    #[default]
    Nobody,
    /// Everybody's, as where each copy's signature is verified beforehand.
    Everybody,
    /// These CAP senders'.
    These(BTreeSet<String>),
}

/// What holds for one source.
#[derive(Clone, Debug, PartialEq)]
pub struct SourceRule {
    /// Whose Updates and Cancels take effect.
    pub trusted: Senders,
    /// Pairs of CAP senders: the first may act on the second's messages.
    pub delegations: BTreeSet<(String, String)>,
    /// How long after `sent` an alert without `expires` stands; `None` until it is acted on or vanishes.
    pub missing_expires: Option<SignedDuration>,
    /// Whether, and how, leaving the source's list ends an alert.
    pub vanish: Option<VanishPolicy>,
}

/// All sources' rules.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Trust {
    sources: BTreeMap<String, SourceRule>,
    others: SourceRule,
}

impl Default for SourceRule {
    /// Trusted for nobody; an alert without `expires` stands for 24 hours; leaving the list ends nothing.
    fn default() -> SourceRule {
        SourceRule {
            trusted: Senders::Nobody,
            delegations: BTreeSet::new(),
            missing_expires: Some(SignedDuration::from_hours(24)),
            vanish: None,
        }
    }
}

impl SourceRule {
    /// The default, but trusted for these senders.
    pub fn trusting<S: Into<String>>(senders: impl IntoIterator<Item = S>) -> SourceRule {
        let trusted = Senders::These(senders.into_iter().map(Into::into).collect());
        SourceRule { trusted, ..SourceRule::default() }
    }

    /// Whether it is trusted to bring this sender's messages.
    pub fn trusts(&self, sender: &str) -> bool {
        match &self.trusted {
            Senders::Nobody => false,
            Senders::Everybody => true,
            Senders::These(these) => these.contains(sender),
        }
    }

    /// Whether, through it, `sender` may act on a message of `whose`.
    pub(super) fn may_act(&self, sender: &str, whose: &str) -> bool {
        self.trusts(sender)
            && (sender == whose || self.delegations.iter().any(|(who, of)| who == sender && of == whose))
    }
}

impl Trust {
    /// No source is trusted; every one has the default rule.
    pub fn none() -> Trust {
        Trust::default()
    }

    /// Every source is trusted for every sender: each sender still acts on its own messages alone.
    pub fn everybody() -> Trust {
        let others = SourceRule { trusted: Senders::Everybody, ..SourceRule::default() };
        Trust { others, ..Trust::default() }
    }

    /// With this rule for one source.
    #[must_use]
    pub fn with(mut self, source: impl Into<String>, rule: SourceRule) -> Trust {
        self.sources.insert(source.into(), rule);
        self
    }

    /// The rule of a source.
    pub fn rule(&self, source: &str) -> &SourceRule {
        self.sources.get(source).unwrap_or(&self.others)
    }
}
