//! A warning: the life-cycle chain of our CAP messages about one incident.

use crate::draft::Content;
use crate::id::{AccountId, ChannelId, IncidentId, WarningId};
use crate::observe::AlertKey;
use crate::package::{Act, Package};
use crate::render::Stamp;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Where the work on the next message of a chain stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Work {
    /// Nothing in hand.
    None,
    /// Being written.
    Draft {
        /// What it does.
        act: Act,
        /// What it says so far.
        content: Content,
        /// Whether phones shall ring.
        rings: bool,
        /// Where it shall go.
        channels: Vec<ChannelId>,
    },
    /// Identifier fixed, waiting for approval.
    Submitted {
        /// What is to be approved.
        package: Box<Package>,
        /// Its digest.
        digest: String,
    },
    /// Approved, waiting for issue.
    Approved {
        /// What was approved.
        package: Box<Package>,
        /// The approval.
        approval: Approval,
    },
}

/// A journalled approval.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approval {
    /// Who.
    pub by: AccountId,
    /// The digest that it covers.
    pub digest: String,
    /// When.
    pub at: Timestamp,
    /// When it lapses.
    pub lapses: Timestamp,
}

/// One issued message of the chain.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Message {
    /// What was issued.
    pub package: Package,
    /// The times it bears.
    pub stamp: Stamp,
    /// Who issued it.
    pub by: AccountId,
    /// The digest that was approved.
    pub approved_digest: String,
    /// SHA-256 of each channel's stamped bytes: what left must equal it.
    pub issued_digests: BTreeMap<ChannelId, String>,
    /// Whether its expiry has passed.
    pub expired: bool,
}

impl Message {
    /// The message's name.
    #[must_use]
    pub fn key(&self) -> AlertKey {
        AlertKey {
            sender: self.package.authority.sender.clone(),
            identifier: self.package.identifier.clone(),
            sent: self.stamp.sent,
        }
    }
}

/// How a chain stands to the public.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Nothing issued yet.
    Unissued,
    /// In force.
    Issued,
    /// In force, at least once updated.
    Updated,
    /// Ended by an All clear.
    Ended,
    /// Withdrawn by a Cancel.
    Cancelled,
    /// Its expiry passed with nobody acting.
    Lapsed,
}

/// A warning.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Warning {
    /// Its name.
    pub id: WarningId,
    /// Its incident.
    pub incident: IncidentId,
    /// Optimistic version: the number of records about it.
    pub version: u64,
    /// When the last record about it was made.
    pub touched: Timestamp,
    /// Who opened the draft.
    pub author: AccountId,
    /// Everybody who contributed since the last approval: none of them may approve.
    pub contributors: BTreeSet<AccountId>,
    /// Work in hand.
    pub work: Work,
    /// What was issued, oldest first.
    pub chain: Vec<Message>,
    /// Channels dropped because they were dead; an approval survives that (invariant 12).
    pub dropped_channels: BTreeSet<ChannelId>,
}

impl Warning {
    /// How it stands to the public.
    #[must_use]
    pub fn standing(&self) -> Standing {
        match self.chain.last() {
            None => Standing::Unissued,
            Some(last) => match last.package.act {
                Act::Cancel => Standing::Cancelled,
                Act::AllClear => Standing::Ended,
                _ if last.expired => Standing::Lapsed,
                Act::Alert => Standing::Issued,
                Act::Update => Standing::Updated,
            },
        }
    }

    /// The message in force, if any.
    #[must_use]
    pub fn in_force(&self) -> Option<&Message> {
        let last = self.chain.last()?;
        (!last.package.act.is_end() && !last.expired).then_some(last)
    }

    /// Every channel that the chain has used.
    #[must_use]
    pub fn used_channels(&self) -> BTreeSet<ChannelId> {
        self.chain.iter().flat_map(|message| message.issued_digests.keys().cloned()).collect()
    }
}
