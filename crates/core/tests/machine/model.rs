//! The reference: what a state must say, recomputed from the list of records with sets and maxima.

use beaconfire_core::{AccountId, Fact, IncidentId, JobKey, Level, MemberId, Record, WarningId};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

/// One member as the records tell it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Told {
    pub(crate) level: Level,
    pub(crate) at: Timestamp,
    pub(crate) place: String,
    pub(crate) superseded: bool,
    /// Whether somebody decided while it was there.
    pub(crate) seen: bool,
}

/// What the records tell.
#[derive(Default)]
pub(crate) struct Model {
    pub(crate) members: BTreeMap<IncidentId, BTreeMap<MemberId, Told>>,
    /// The earliest beginning ever told of each incident.
    pub(crate) began: BTreeMap<IncidentId, Timestamp>,
    /// Who contributed to each warning since its last message was issued.
    pub(crate) contributors: BTreeMap<WarningId, BTreeSet<AccountId>>,
    /// Every job ever queued, as often as it was.
    pub(crate) queued: Vec<JobKey>,
    pub(crate) items: BTreeSet<beaconfire_core::ItemId>,
    pub(crate) incident_of: BTreeMap<WarningId, IncidentId>,
}

impl Model {
    pub(crate) fn of(records: &[Record]) -> Self {
        let mut model = Self::default();
        records.iter().for_each(|record| model.hear(record));
        model
    }

    /// The level of an incident: the maximum over what nothing superseded.
    pub(crate) fn level(&self, incident: &IncidentId) -> Option<Level> {
        self.members.get(incident)?.values().filter(|m| !m.superseded).map(|m| m.level).max()
    }

    /// The same for each place.
    pub(crate) fn levels(&self, incident: &IncidentId) -> BTreeMap<String, Level> {
        let members = self.members.get(incident).into_iter().flat_map(BTreeMap::values);
        let mut levels: BTreeMap<String, Level> = BTreeMap::new();
        for member in members.filter(|member| !member.superseded) {
            let level = levels.entry(member.place.clone()).or_insert(member.level);
            *level = member.level.max(*level);
        }
        levels
    }

    fn hear(&mut self, record: &Record) {
        match &record.fact {
            Fact::IncidentOpened { incident, member, .. } | Fact::MemberJoined { incident, member, .. } => {
                let told = Told {
                    level: member.level,
                    at: member.at,
                    place: member.place.clone(),
                    superseded: false,
                    seen: false,
                };
                self.put(incident, member.id.clone(), told);
            }
            Fact::MemberSuperseded { incident, member, .. } => {
                if let Some(told) = self.members.get_mut(incident).and_then(|all| all.get_mut(member)) {
                    told.superseded = true;
                }
            }
            Fact::Merged { incident, into } => {
                let moved = self.members.get(incident).cloned().unwrap_or_default();
                for (id, told) in moved {
                    self.put(into, id, Told { seen: false, ..told });
                }
            }
            Fact::Split { incident, into, members } => {
                let Some(from) = self.members.get_mut(incident) else { return };
                let moved: Vec<_> = members.iter().filter_map(|id| from.remove_entry(id)).collect();
                for (id, told) in moved {
                    self.put(into, id, told);
                }
            }
            Fact::Accepted { incident } | Fact::Declined { incident, .. } | Fact::Closed { incident, .. } => {
                let members = self.members.get_mut(incident).into_iter().flat_map(BTreeMap::values_mut);
                members.for_each(|told| told.seen = true);
            }
            Fact::Drafted { warning, incident, .. } => {
                self.incident_of.insert(warning.clone(), incident.clone());
                self.contributed(warning, record);
            }
            Fact::Edited { warning, .. } | Fact::Submitted { warning, .. } => {
                self.contributed(warning, record)
            }
            Fact::Issued { warning, .. } => {
                self.contributors.remove(warning);
            }
            Fact::Queued { job, .. } => self.queued.push(job.clone()),
            Fact::ItemTaken { item, .. } => {
                self.items.insert(item.clone());
            }
            _ => {}
        }
    }

    fn put(&mut self, incident: &IncidentId, id: MemberId, told: Told) {
        let began = self.began.entry(incident.clone()).or_insert(told.at);
        *began = told.at.min(*began);
        self.members.entry(incident.clone()).or_default().entry(id).or_insert(told);
    }

    fn contributed(&mut self, warning: &WarningId, record: &Record) {
        self.contributors.entry(warning.clone()).or_default().extend(record.by.clone());
    }
}
