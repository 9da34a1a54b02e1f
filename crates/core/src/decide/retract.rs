//! The retraction that was approved with the warning, in both forms, by one authorised person
//! (invariant 13).

use super::{Context, Facts, reasoned};
use crate::actor::Role;
use crate::id::WarningId;
use crate::package::Act;
use crate::record::Fact;
use crate::refusal::Refusal;
use crate::warning::Work;

impl Context<'_> {
    pub(super) fn retract(
        &self,
        id: &WarningId,
        version: u64,
        form: Act,
        reason: &str,
        confirm: &str,
    ) -> Facts {
        self.require(&[Role::Officer], "retract a warning")?;
        let warning = self.warning(id, version)?;
        reasoned(reason)?;
        // An expired one may still be seen for a day, so its retraction stands (invariant 13).
        let last = warning.chain.last().filter(|message| !message.package.act.is_end());
        let Some(last) = last else {
            return Err(Refusal::new(
                "not_in_force",
                "there is nothing out there to retract",
                "look at the warning's history",
            ));
        };
        if !form.is_end() {
            return Err(Refusal::new("form", "a retraction is Cancel or All clear", "choose one"));
        }
        self.confirmed(last.package.mode, confirm)?;
        self.clock_is_sure()?;
        let package = last.package.retraction(form, last.stamp.sent).ok_or_else(|| {
            Refusal::new("form", "the message has no retraction", "issue an Update instead")
        })?;
        let mut facts = Vec::new();
        if matches!(warning.work, Work::Submitted { .. } | Work::Approved { .. }) {
            let why = format!("the warning was retracted: {}", reason.trim());
            facts.push(Fact::Voided { warning: id.clone(), why });
        }
        facts.extend(self.issue_package(
            warning,
            &package,
            (&last.approved_digest, Some(reason.trim())),
            warning.used_channels(),
        )?);
        Ok(facts)
    }
}
