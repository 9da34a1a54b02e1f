//! Road (a) to issue: approval by people other than every contributor, checked again here
//! (invariants 11 and 12).

use super::{Context, Facts};
use crate::actor::Role;
use crate::id::{ChannelId, WarningId};
use crate::job::{JobKey, Progress};
use crate::mode::Mode;
use crate::package::{Act, Package};
use crate::record::Fact;
use crate::refusal::Refusal;
use crate::render::{Stamp, render};
use crate::warning::{Approval, Warning, Work};
use std::collections::{BTreeMap, BTreeSet};

/// What has to be typed to issue: it names who will hear.
#[must_use]
pub fn confirm_phrase(mode: Mode) -> &'static str {
    match mode {
        Mode::Live => "warn the public",
        Mode::Test => "send a public test",
        Mode::Exercise => "exercise only",
    }
}

impl Context<'_> {
    pub(super) fn issue(&self, id: &WarningId, version: u64, confirm: &str) -> Facts {
        self.require(&[Role::Officer], "issue a warning")?;
        let warning = self.warning(id, version)?;
        let Work::Approved { package, approval } = &warning.work else {
            return Err(Refusal::new(
                "not_approved",
                "it is not approved",
                "have it approved by somebody who did not contribute",
            ));
        };
        self.confirmed(package.mode, confirm)?;
        self.check_still_wanted(warning, package)?;
        self.check_approval(warning, package, approval)?;
        self.clock_is_sure()?;
        let channels: BTreeSet<ChannelId> = package
            .channels
            .iter()
            .filter(|channel| !warning.dropped_channels.contains(channel))
            .cloned()
            .collect();
        let mut facts = self.issue_package(warning, package, (&approval.digest, None), channels)?;
        if let Some(area) = &package.left {
            facts.push(Fact::AreaLeft { warning: id.clone(), area: area.clone() });
        }
        Ok(facts)
    }

    /// Between approval and issue the incident may have been closed, or what is updated may have
    /// lapsed.
    fn check_still_wanted(&self, warning: &Warning, package: &Package) -> Result<(), Refusal> {
        if !self.incident(&warning.incident)?.is_live() {
            return Err(Refusal::new(
                "closed",
                "the incident was closed or merged since",
                "send the warning back, and look at the incident",
            ));
        }
        if package.act == Act::Update && warning.in_force().is_none() {
            return Err(Refusal::new(
                "ended",
                "what it updates is no longer in force",
                "send it back, and draft a new warning on the incident",
            ));
        }
        Ok(())
    }

    pub(super) fn confirmed(&self, mode: Mode, confirm: &str) -> Result<(), Refusal> {
        let wanted = confirm_phrase(mode);
        if confirm.trim().to_lowercase() == wanted {
            return Ok(());
        }
        Err(Refusal::new("confirm", "the confirmation was not typed", format!("type: {wanted}")))
    }

    /// Nothing live while the clocks differ (invariant 2).
    pub(super) fn clock_is_sure(&self) -> Result<(), Refusal> {
        match (self.mode(), self.state.clock_apart) {
            (Mode::Live | Mode::Test, Some(seconds)) => Err(Refusal::new(
                "clock",
                format!("river time and the host's clock differ by {seconds} s"),
                "an officer must confirm the time first",
            )),
            _ => Ok(()),
        }
    }

    /// Roles and digest are checked again at issue; approvals lapse.
    fn check_approval(
        &self,
        warning: &Warning,
        package: &Package,
        approval: &Approval,
    ) -> Result<(), Refusal> {
        let refuse = |message: &str| Err(Refusal::new("approval", message, "have it approved anew"));
        if approval.lapses <= self.now {
            return refuse("the approval has lapsed");
        }
        if !self.state.holds(&approval.by, Role::Approver) {
            return refuse("who approved it no longer may");
        }
        if warning.contributors.contains(&approval.by) {
            return refuse("who approved it contributed to it");
        }
        if package.mode != self.mode() {
            return refuse("it was approved in another mode");
        }
        match package.digest(&self.state.rules) {
            Ok(digest) if digest == approval.digest => Ok(()),
            _ => refuse("a channel's rendering is no longer what was approved"),
        }
    }

    /// The records of one message leaving: the stamp, the digests, one job a channel; what of the
    /// chain was still waiting on those channels is dropped first, in words.
    pub(super) fn issue_package(
        &self,
        warning: &Warning,
        package: &Package,
        (approved_digest, reason): (&str, Option<&str>),
        channels: BTreeSet<ChannelId>,
    ) -> Facts {
        let stamp = Stamp::at(package, self.now);
        let mut issued_digests = BTreeMap::new();
        for channel in &channels {
            // One that is configured no more is told by the guard, never a refusal.
            if self.state.rules.channel(channel).is_none() {
                continue;
            }
            let rendering = render(package, &stamp, channel, &self.state.rules)
                .map_err(|findings| Refusal::new("not_cap", findings.join("; "), "draft it anew"))?;
            issued_digests.insert(channel.clone(), rendering.digest());
        }
        let waiting = self
            .state
            .jobs
            .iter()
            .filter(|(_, job)| job.warning == warning.id && matches!(job.progress, Progress::Queued));
        let mut facts: Vec<Fact> = waiting
            .map(|(key, _)| Fact::Dropped {
                job: key.clone(),
                why: format!("superseded by {} while it waited", package.identifier),
            })
            .collect();
        facts.push(Fact::Issued {
            warning: warning.id.clone(),
            package: Box::new(package.clone()),
            stamp,
            approved_digest: approved_digest.to_owned(),
            issued_digests,
            reason: reason.map(str::to_owned),
        });
        facts.extend(channels.into_iter().map(|channel| Fact::Queued {
            job: JobKey { message: package.identifier.clone(), channel },
            warning: warning.id.clone(),
        }));
        Ok(facts)
    }
}
