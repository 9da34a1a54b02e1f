//! The state: the fold of the journal.

use crate::actor::Role;
use crate::id::{
    AccountId, ChannelId, IncidentId, ItemId, PackId, SignalId, SourceId, WarningId, sha256_hex,
};
use crate::incident::{Incident, MemberId};
use crate::index::Index;
use crate::job::{Job, JobKey, Progress, ReadBack};
use crate::level::Level;
use crate::mode::Mode;
use crate::observe::{AlertKey, InboundAlert};
use crate::record::{Fact, Fate, Record};
use crate::rules::Rules;
use crate::signal::Signal;
use crate::source_state::SourceState;
use crate::warning::{Warning, Work};
use jiff::Timestamp;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Everything that decisions depend on. Folding the same records gives the same state, whole or
/// in parts (invariant 1).
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct State {
    /// What this journal is for; none before its first record.
    pub mode: Option<Mode>,
    /// The exercise's id.
    pub exercise: Option<String>,
    /// River time: the newest record's. It never goes back (invariant 2).
    pub river_time: Timestamp,
    /// What is configured.
    pub rules: Arc<Rules>,
    /// Operators' roles; an account that is disabled is not here.
    pub roles: BTreeMap<AccountId, BTreeSet<Role>>,
    /// By how many seconds river time and a synchronised host clock differ, while they do.
    pub clock_apart: Option<i64>,
    /// Sources that have been heard of.
    pub sources: BTreeMap<SourceId, SourceState>,
    /// Items taken in, by source.
    pub items: BTreeMap<SourceId, u64>,
    /// The items' names, so that each is taken in once.
    #[serde(serialize_with = "as_count")]
    pub taken: BTreeSet<ItemId>,
    /// The newest notes on each source, oldest first.
    pub notes: BTreeMap<SourceId, Vec<Note>>,
    /// Signals.
    pub signals: BTreeMap<SignalId, KeptSignal>,
    /// Other issuers' alerts.
    #[serde(serialize_with = "as_pairs")]
    pub alerts: BTreeMap<AlertKey, KeptAlert>,
    /// Incidents.
    pub incidents: BTreeMap<IncidentId, Incident>,
    /// Warnings.
    pub warnings: BTreeMap<WarningId, Warning>,
    /// Jobs of delivery.
    pub jobs: BTreeMap<JobKey, Job>,
    /// What of ours came back through others: (source, our identifier).
    pub seen_elsewhere: BTreeSet<(SourceId, String)>,
    /// Outlets that do not answer, and what they said last.
    pub outlet_alarms: BTreeMap<ChannelId, String>,
    /// Identifiers given so far: the next one's number.
    pub identified: u64,
    /// Read-backs judged so far.
    pub read_backs: u64,
    /// Follows from the rest.
    #[serde(skip)]
    pub(crate) index: Index,
}

/// A signal and what became of it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct KeptSignal {
    /// The signal.
    pub signal: Signal,
    /// When its cause ended.
    pub ended: Option<Timestamp>,
    /// Whether it was too old to open an incident.
    pub history: bool,
}

/// Another issuer's alert and how it stands.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct KeptAlert {
    /// The alert.
    pub alert: InboundAlert,
    /// River time at which it was taken in.
    pub at: Timestamp,
    /// What became of it: on arrival, or after an officer looked at it.
    pub fate: Fate,
    /// What an officer said of it, where it was held.
    pub judged: Option<Judged>,
    /// Whether a later message of its sender acts on it no more: superseded or withdrawn.
    pub gone: bool,
}

/// An officer's word on an alert that was held.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Judged {
    /// Who.
    pub by: AccountId,
    /// When.
    pub at: Timestamp,
    /// Whether it was let in.
    pub admit: bool,
    /// Why, as typed.
    pub reason: String,
}

/// A finding on a source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Note {
    /// When.
    pub at: Timestamp,
    /// In words.
    pub words: String,
}

/// The names follow from the journal; how many there are is enough to tell two states apart.
fn as_count<S: serde::Serializer>(taken: &BTreeSet<ItemId>, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_u64(taken.len() as u64)
}

/// JSON has only text keys: a map with others is written as a list of pairs.
fn as_pairs<S: serde::Serializer>(map: &BTreeMap<AlertKey, KeptAlert>, to: S) -> Result<S::Ok, S::Error> {
    to.collect_seq(map)
}

impl Default for State {
    fn default() -> Self {
        Self {
            mode: None,
            exercise: None,
            river_time: Timestamp::MIN,
            rules: Arc::default(),
            roles: BTreeMap::new(),
            clock_apart: None,
            sources: BTreeMap::new(),
            items: BTreeMap::new(),
            taken: BTreeSet::new(),
            notes: BTreeMap::new(),
            signals: BTreeMap::new(),
            alerts: BTreeMap::new(),
            incidents: BTreeMap::new(),
            warnings: BTreeMap::new(),
            jobs: BTreeMap::new(),
            seen_elsewhere: BTreeSet::new(),
            outlet_alarms: BTreeMap::new(),
            identified: 0,
            read_backs: 0,
            index: Index::default(),
        }
    }
}

impl State {
    /// Folds records onto the beginning.
    #[must_use]
    pub fn fold<'a>(records: impl IntoIterator<Item = &'a Record>) -> Self {
        let mut state = Self::default();
        for record in records {
            crate::apply::apply(&mut state, record);
        }
        state
    }

    /// SHA-256 of the state, hex: equal states have equal digests. There is no wall time, attempt,
    /// session or secret in it.
    #[must_use]
    pub fn digest(&self) -> String {
        let text = serde_json::to_vec(self)
            .expect("a state holds only what JSON can write: finite numbers and string keys");
        sha256_hex(&text)
    }

    /// The incident that a fact is about: the subject of its optimistic version.
    #[must_use]
    pub fn subject(&self, fact: &Fact) -> Option<IncidentId> {
        let of_warning = |id: &WarningId| self.warnings.get(id).map(|w| w.incident.clone());
        let of_job = |key: &JobKey| self.jobs.get(key).map(|job| job.incident.clone());
        match fact {
            Fact::IncidentOpened { incident, .. }
            | Fact::MemberJoined { incident, .. }
            | Fact::MemberSuperseded { incident, .. }
            | Fact::Linked { incident, .. }
            | Fact::Merged { incident, .. }
            | Fact::Split { incident, .. }
            | Fact::Armed { incident, .. }
            | Fact::Escalated { incident, .. }
            | Fact::Accepted { incident }
            | Fact::Declined { incident, .. }
            | Fact::Closed { incident, .. }
            | Fact::Drafted { incident, .. } => Some(incident.clone()),
            Fact::Edited { warning, .. }
            | Fact::Submitted { warning, .. }
            | Fact::Approved { warning, .. }
            | Fact::Voided { warning, .. }
            | Fact::ChannelDropped { warning, .. }
            | Fact::Issued { warning, .. }
            | Fact::Lapsed { warning }
            | Fact::Queued { warning, .. }
            | Fact::AreaLeft { warning, .. } => of_warning(warning),
            Fact::Delivered { job, .. } | Fact::Dropped { job, .. } | Fact::ReadBackJudged { job, .. } => {
                of_job(job)
            }
            Fact::AlertReleased { alert, admit: true, .. } => self.let_in(alert),
            _ => None,
        }
    }

    /// The incident that an alert is a member of, or one of the messages that it acts on.
    fn let_in(&self, alert: &AlertKey) -> Option<IncidentId> {
        let named = self.alerts.get(alert).map_or(&[][..], |kept| &kept.alert.references);
        let mut keys = std::iter::once(alert).chain(named);
        keys.find_map(|key| self.holder(&MemberId::Alert(key.clone()))).map(|holder| holder.id.clone())
    }

    /// The warning that a fact is about.
    #[must_use]
    pub fn warning_of(&self, fact: &Fact) -> Option<WarningId> {
        match fact {
            Fact::Drafted { warning, .. }
            | Fact::Edited { warning, .. }
            | Fact::Submitted { warning, .. }
            | Fact::Approved { warning, .. }
            | Fact::Voided { warning, .. }
            | Fact::ChannelDropped { warning, .. }
            | Fact::Issued { warning, .. }
            | Fact::Lapsed { warning }
            | Fact::Queued { warning, .. }
            | Fact::AreaLeft { warning, .. } => Some(warning.clone()),
            Fact::Delivered { job, .. } | Fact::Dropped { job, .. } | Fact::ReadBackJudged { job, .. } => {
                self.jobs.get(job).map(|job| job.warning.clone())
            }
            _ => None,
        }
    }

    /// The next river time at which something falls due without anybody acting: an escalation, a
    /// review, an expiry, an approval's end, a read-back.
    #[must_use]
    pub fn next_due(&self) -> Option<Timestamp> {
        let incidents = self.incidents.values().filter(|i| i.is_live()).flat_map(|incident| {
            let review = match &incident.disposition {
                crate::incident::Disposition::Declined { review_at, .. } if incident.deadline.is_none() => {
                    Some(*review_at)
                }
                _ => None,
            };
            incident.deadline.as_ref().and_then(|d| d.next).into_iter().chain(review)
        });
        let warnings = self.warnings.values().flat_map(|warning| {
            let lapses = match &warning.work {
                Work::Approved { approval, .. } => Some(approval.lapses),
                _ => None,
            };
            warning.in_force().map(|m| m.stamp.expires).into_iter().chain(lapses)
        });
        let jobs = self.jobs.values().filter_map(|job| match (&job.progress, &job.read_back) {
            (Progress::Sent { .. }, ReadBack::Pending { due }) => Some(*due),
            _ => None,
        });
        incidents.chain(warnings).chain(jobs).min()
    }

    /// The incident that holds a member; never one that was merged into another.
    #[must_use]
    pub fn holder(&self, member: &MemberId) -> Option<&Incident> {
        self.incidents.get(self.index.holder(member)?)
    }

    /// The live incidents of a hazard, by name.
    pub fn live_of(&self, hazard: &str) -> impl Iterator<Item = &Incident> {
        self.index.live(hazard).filter_map(|id| self.incidents.get(id))
    }

    /// A pack's signals about one series or event of a source, by name.
    pub fn signals_about(
        &self,
        source: &SourceId,
        subject: &str,
        pack: &PackId,
    ) -> impl Iterator<Item = (&SignalId, &KeptSignal)> {
        self.index.signals(source, subject, pack).filter_map(|id| self.signals.get_key_value(id))
    }

    /// All packs' signals about one series or event of a source.
    pub fn signals_of_all_packs<'a>(
        &'a self,
        source: &'a SourceId,
        subject: &'a str,
    ) -> impl Iterator<Item = (&'a SignalId, &'a KeptSignal)> {
        self.index.signals_of_all_packs(source, subject).filter_map(|id| self.signals.get_key_value(id))
    }

    /// Whether an account holds a role now.
    #[must_use]
    pub fn holds(&self, account: &AccountId, role: Role) -> bool {
        self.roles.get(account).is_some_and(|roles| roles.contains(&role))
    }

    /// The highest level of any live incident; none where nothing is known to stand. It says
    /// nothing about sources that are unknown: show those beside it (invariant 4).
    #[must_use]
    pub fn top_level(&self) -> Option<Level> {
        self.incidents.values().filter(|i| i.is_live()).filter_map(Incident::level).max()
    }
}
