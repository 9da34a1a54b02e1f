//! Where to look things up without walking the whole state. It follows from the state, so neither
//! the journal nor the digest has it.

use crate::id::{IncidentId, PackId, SignalId, SourceId};
use crate::incident::{Incident, MemberId};
use crate::signal::Signal;
use std::collections::{BTreeMap, BTreeSet};

/// Signals by what they are about, incidents by what they hold and by their hazard.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Index {
    /// In the order source, series or event, pack.
    signals: BTreeMap<(SourceId, String, PackId), BTreeSet<SignalId>>,
    /// The incident that holds each member; never one that was merged into another.
    holders: BTreeMap<MemberId, IncidentId>,
    /// Live incidents of each hazard.
    live: BTreeMap<String, BTreeSet<IncidentId>>,
}

impl Index {
    /// A signal was raised.
    pub(crate) fn raised(&mut self, id: &SignalId, signal: &Signal) {
        let about = (signal.source.clone(), signal.subject.clone(), signal.pack.clone());
        self.signals.entry(about).or_default().insert(id.clone());
    }

    /// An incident was opened, or members came to it from another.
    pub(crate) fn took_members(&mut self, incident: &Incident) {
        for member in &incident.members {
            self.joined(incident, &member.id);
        }
        self.decided(incident);
    }

    /// One more member.
    pub(crate) fn joined(&mut self, incident: &Incident, member: &MemberId) {
        if incident.merged_into.is_none() {
            self.holders.insert(member.clone(), incident.id.clone());
        }
    }

    /// An incident may be live now or no longer.
    pub(crate) fn decided(&mut self, incident: &Incident) {
        if incident.is_live() {
            self.live.entry(incident.hazard.clone()).or_default().insert(incident.id.clone());
        } else if let Some(live) = self.live.get_mut(&incident.hazard) {
            live.remove(&incident.id);
        }
    }

    /// The incident that holds a member.
    pub(crate) fn holder(&self, member: &MemberId) -> Option<&IncidentId> {
        self.holders.get(member)
    }

    /// Live incidents of a hazard, by name.
    pub(crate) fn live(&self, hazard: &str) -> impl Iterator<Item = &IncidentId> {
        self.live.get(hazard).into_iter().flatten()
    }

    /// A pack's signals about one series or event of a source, by name.
    pub(crate) fn signals(
        &self,
        source: &SourceId,
        subject: &str,
        pack: &PackId,
    ) -> impl Iterator<Item = &SignalId> {
        self.signals.get(&(source.clone(), subject.to_owned(), pack.clone())).into_iter().flatten()
    }

    /// All packs' signals about one series or event of a source.
    pub(crate) fn signals_of_all_packs<'a>(
        &'a self,
        source: &'a SourceId,
        subject: &'a str,
    ) -> impl Iterator<Item = &'a SignalId> {
        let from = (source.clone(), subject.to_owned(), PackId(String::new()));
        self.signals
            .range(from..)
            .take_while(move |((s, about, _), _)| s == source && about == subject)
            .flat_map(|(_, ids)| ids)
    }
}
