//! What falls due without anybody acting.

use super::{Context, Facts};
use crate::incident::{Deadline, Disposition, Incident};
use crate::record::Fact;
use crate::span::minutes;
use crate::warning::Work;

impl Context<'_> {
    /// Everything due at or before now: escalations, reviews, lapsed approvals and warnings.
    pub(super) fn tick(&self) -> Facts {
        self.river_only()?;
        let live = || self.state.incidents.values().filter(|incident| incident.is_live());
        let escalated = live().filter_map(|incident| self.escalate(incident));
        // A changed configuration may ask for decisions that it did not ask for before.
        let armed = live().filter_map(|incident| self.review(incident).or_else(|| self.arm(incident, None)));
        let warnings = self.state.warnings.values().flat_map(|warning| {
            let lapsed = warning.in_force().filter(|m| m.stamp.expires <= self.now);
            let void = match &warning.work {
                Work::Approved { approval, .. } => approval.lapses <= self.now,
                _ => false,
            };
            let why = "the approval lapsed before it was issued".to_owned();
            let lapsed = lapsed.map(|_| Fact::Lapsed { warning: warning.id.clone() });
            lapsed.into_iter().chain(void.then(|| Fact::Voided { warning: warning.id.clone(), why }))
        });
        Ok(escalated.chain(armed).chain(warnings).collect())
    }

    /// One step up the ladder. The next one is counted from the deadline, not from today, so that
    /// a late tick lengthens nothing.
    fn escalate(&self, incident: &Incident) -> Option<Fact> {
        let Deadline { at, escalations, next } = incident.deadline.as_ref()?;
        let due = (*next)?;
        if due > self.now {
            return None;
        }
        let ladder = self.decide_rule(incident.pack.as_ref()).escalate_minutes;
        let step = usize::try_from(*escalations).ok()?;
        let next = ladder.get(step).map(|after| super::place::add(*at, minutes(*after)));
        Some(Fact::Escalated { incident: incident.id.clone(), due, step: escalations + 1, next })
    }

    /// A review time re-arms what was declined.
    fn review(&self, incident: &Incident) -> Option<Fact> {
        let Disposition::Declined { review_at, .. } = &incident.disposition else { return None };
        if incident.deadline.is_some() || *review_at > self.now {
            return None;
        }
        let within = self.decide_rule(incident.pack.as_ref()).within_minutes;
        let deadline = super::place::add(*review_at, minutes(within)).max(self.now);
        Some(Fact::Armed {
            incident: incident.id.clone(),
            deadline,
            next: Some(deadline),
            why: "the review time has come".to_owned(),
        })
    }
}
