//! What operators decide about incidents: accept, decline, close, merge, split, link.

use super::{Context, Facts, fresh, reasoned};
use crate::actor::Role;
use crate::id::IncidentId;
use crate::incident::{Incident, LinkKind, MemberId};
use crate::record::Fact;
use crate::refusal::Refusal;
use jiff::Timestamp;

const DECIDERS: [Role; 1] = [Role::Officer];

impl<'a> Context<'a> {
    pub(super) fn incident(&self, id: &IncidentId) -> Result<&'a Incident, Refusal> {
        self.state.incidents.get(id).ok_or_else(|| Refusal::unknown("incident", id))
    }

    /// The incident, if it still takes part in anything and was seen as it is.
    pub(super) fn live(&self, id: &IncidentId, version: u64) -> Result<&'a Incident, Refusal> {
        let incident = self.incident(id)?;
        if let Some(into) = &incident.merged_into {
            return Err(Refusal::new(
                "merged",
                format!("it was merged into {into}"),
                format!("decide on {into}"),
            ));
        }
        if !incident.is_live() {
            return Err(Refusal::new("closed", "the incident is closed", "open a new one by a new signal"));
        }
        fresh(version, incident.version)?;
        Ok(incident)
    }

    pub(super) fn accept(&self, id: &IncidentId, version: u64) -> Facts {
        self.require(&DECIDERS, "accept an incident")?;
        self.live(id, version)?;
        Ok(vec![Fact::Accepted { incident: id.clone() }])
    }

    pub(super) fn decline(&self, id: &IncidentId, version: u64, reason: &str, review_at: Timestamp) -> Facts {
        self.require(&DECIDERS, "decline an incident")?;
        self.live(id, version)?;
        reasoned(reason)?;
        if review_at <= self.now {
            return Err(Refusal::new(
                "review_at",
                "the review must lie ahead",
                format!("choose a time after {}", self.now.strftime("%Y-%m-%d %H:%M UTC")),
            ));
        }
        let reason = reason.trim().to_owned();
        Ok(vec![Fact::Declined { incident: id.clone(), reason, review_at }])
    }

    pub(super) fn close(&self, id: &IncidentId, version: u64, reason: &str) -> Facts {
        self.require(&DECIDERS, "close an incident")?;
        let incident = self.live(id, version)?;
        reasoned(reason)?;
        let in_force = incident.warnings.iter().find(|warning| {
            self.state.warnings.get(warning).is_some_and(|warning| warning.in_force().is_some())
        });
        if let Some(warning) = in_force {
            return Err(Refusal::new(
                "in_force",
                format!("its warning {warning} is in force"),
                "end the warning first: All clear, or Cancel",
            ));
        }
        Ok(vec![Fact::Closed { incident: id.clone(), reason: reason.trim().to_owned() }])
    }

    /// Warnings never merge: each keeps its own chain.
    pub(super) fn merge(&self, id: &IncidentId, version: u64, into: &IncidentId) -> Facts {
        self.require(&DECIDERS, "merge incidents")?;
        let incident = self.live(id, version)?;
        let target = self.incident(into)?;
        self.live(into, target.version)?;
        if id == into {
            return Err(Refusal::new("same", "an incident cannot join itself", "choose another one"));
        }
        if !incident.warnings.is_empty() {
            return Err(Refusal::new(
                "has_warnings",
                "an incident with warnings of its own cannot be merged: warnings never merge",
                "merge the other one into it, or link the two",
            ));
        }
        let mut facts = vec![Fact::Merged { incident: id.clone(), into: into.clone() }];
        let mut after = target.clone();
        after.members.extend(incident.members.iter().cloned());
        after.first_signal_at = after.first_signal_at.min(incident.first_signal_at);
        after.deadline = after.deadline.or_else(|| incident.deadline.clone());
        let new = incident.standing().max_by_key(|member| member.level);
        facts.extend(self.arm(&after, new));
        Ok(facts)
    }

    pub(super) fn split(&self, id: &IncidentId, version: u64, members: &[MemberId]) -> Facts {
        self.require(&DECIDERS, "split an incident")?;
        let incident = self.live(id, version)?;
        let (gone, kept): (Vec<_>, Vec<_>) =
            incident.members.iter().partition(|member| members.contains(&member.id));
        let Some(first) = gone.iter().min_by_key(|member| member.at) else {
            return Err(Refusal::new("members", "nothing would be moved", "choose members of it"));
        };
        if kept.is_empty() {
            return Err(Refusal::new("members", "nothing would be left", "leave at least one member"));
        }
        let into = Incident::id_for(&format!("{id} split"), &first.id);
        if self.state.incidents.contains_key(&into) {
            return Err(Refusal::new("again", "these members were split off before", "merge them instead"));
        }
        let after = Incident {
            id: into.clone(),
            first_signal_at: first.at,
            members: gone.iter().map(|member| (*member).clone()).collect(),
            deadline: None,
            decided_level: None,
            decided_km2: None,
            disposition: crate::incident::Disposition::Open,
            ..incident.clone()
        };
        let ids = gone.iter().map(|member| member.id.clone()).collect();
        let mut facts = vec![
            Fact::Split { incident: id.clone(), into: into.clone(), members: ids },
            Fact::Linked {
                incident: into.clone(),
                to: id.clone(),
                kind: LinkKind::Related,
                why: "split off by an operator".to_owned(),
            },
        ];
        facts.extend(self.arm(&after, None));
        Ok(facts)
    }

    pub(super) fn link(
        &self,
        id: &IncidentId,
        version: u64,
        to: &IncidentId,
        kind: LinkKind,
        why: &str,
    ) -> Facts {
        self.require(&[Role::Officer, Role::Author], "link incidents")?;
        let incident = self.live(id, version)?;
        self.incident(to)?;
        reasoned(why)?;
        if id == to {
            return Err(Refusal::new("same", "an incident cannot be linked to itself", "choose another"));
        }
        if incident.links.iter().any(|link| &link.to == to && link.kind == kind) {
            return Ok(Vec::new());
        }
        let why = why.trim().to_owned();
        Ok(vec![Fact::Linked { incident: id.clone(), to: to.clone(), kind, why }])
    }
}
