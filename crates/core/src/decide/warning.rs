//! A warning up to its approval: draft, edit, submit, approve, send back.

use super::{Context, Facts, fresh, reasoned};
use crate::actor::{Actor, Role};
use crate::draft::{Content, propose};
use crate::id::{ChannelId, IncidentId, WarningId};
use crate::lint::lint;
use crate::mode::Mode;
use crate::package::{Act, Package, RetractionIds};
use crate::record::Fact;
use crate::refusal::Refusal;
use crate::warning::{Standing, Warning, Work};

use std::collections::BTreeSet;

impl<'a> Context<'a> {
    pub(super) fn warning(&self, id: &WarningId, version: u64) -> Result<&'a Warning, Refusal> {
        let warning = self.state.warnings.get(id).ok_or_else(|| Refusal::unknown("warning", id))?;
        fresh(version, warning.version)?;
        Ok(warning)
    }

    pub(super) fn mode(&self) -> Mode {
        self.state.mode.unwrap_or(Mode::Exercise)
    }

    pub(super) fn draft(&self, id: &IncidentId, version: u64) -> Facts {
        self.require(&[Role::Author], "draft a warning")?;
        let incident = self.live(id, version)?;
        let in_hand = |warning: &&WarningId| {
            self.state.warnings.get(*warning).is_some_and(|w| w.standing() == Standing::Unissued)
        };
        if let Some(warning) = incident.warnings.iter().find(in_hand) {
            return Err(Refusal::new(
                "in_hand",
                format!("{warning} is being written already"),
                "go on with that one",
            ));
        }
        let pack = incident.pack.as_ref().and_then(|id| self.state.rules.pack(id));
        let pack = pack.ok_or_else(|| {
            Refusal::new(
                "no_pack",
                "no pack of ours has texts for this hazard",
                "merge it into an incident that has a pack, or add one",
            )
        })?;
        let content = propose(incident, pack, &self.state.rules, self.mode())
            .map_err(|error| Refusal::new("template", error.to_string(), "mend the pack's texts"))?;
        let number = incident.warnings.len() + 1;
        let warning = WarningId(format!("war-{}-{number}", id.0.trim_start_matches("inc-")));
        Ok(vec![Fact::Drafted {
            warning,
            incident: id.clone(),
            act: Act::Alert,
            content,
            channels: self.own_channels(),
            rings: true,
        }])
    }

    /// The channels of this mode: an exercise has its own (invariant 20).
    fn own_channels(&self) -> Vec<ChannelId> {
        let rules = self.state.rules.channels.iter();
        rules.filter(|rule| rule.mode == self.mode()).map(|rule| rule.id.clone()).collect()
    }

    pub(super) fn edit(
        &self,
        id: &WarningId,
        version: u64,
        content: &Content,
        channels: &[ChannelId],
        rings: bool,
    ) -> Facts {
        self.require(&[Role::Author], "change a draft")?;
        let warning = self.warning(id, version)?;
        let mut facts = Vec::new();
        match &warning.work {
            Work::None => return Err(nothing_in_hand()),
            Work::Draft { .. } => {}
            Work::Submitted { .. } | Work::Approved { .. } => facts.push(Fact::Voided {
                warning: id.clone(),
                why: "it was changed; what was approved is no longer what it says".to_owned(),
            }),
        }
        facts.push(Fact::Edited {
            warning: id.clone(),
            content: content.clone(),
            channels: channels.to_vec(),
            rings,
        });
        Ok(facts)
    }

    pub(super) fn submit(&self, id: &WarningId, version: u64) -> Facts {
        self.require(&[Role::Author], "submit a warning")?;
        let warning = self.warning(id, version)?;
        let Work::Draft { act, content, rings, channels } = &warning.work else {
            return Err(nothing_in_hand());
        };
        let package = self.package(warning, *act, content, *rings, channels)?;
        let digest = package.digest(&self.state.rules).map_err(|findings| {
            Refusal::new("not_cap", findings.join("; "), "mend the draft where it says")
        })?;
        Ok(vec![Fact::Submitted { warning: id.clone(), package: Box::new(package), digest }])
    }

    fn package(
        &self,
        warning: &Warning,
        act: Act,
        content: &Content,
        rings: bool,
        channels: &[ChannelId],
    ) -> Result<Package, Refusal> {
        let mut all: BTreeSet<ChannelId> = warning.used_channels();
        // One that is configured no more has nobody at the other end.
        all.retain(|channel| self.state.rules.channel(channel).is_some());
        all.extend(channels.iter().cloned());
        self.check_channels(&all, content)?;
        if let Some(finding) = lint(content).into_iter().find(|finding| finding.blocks) {
            return Err(Refusal::new("content", finding.message, "mend the draft where it says"));
        }
        let references = match warning.in_force() {
            Some(message) if act != Act::Alert => vec![message.key()],
            None if act != Act::Alert => {
                return Err(Refusal::new(
                    "ended",
                    "the warning is no longer in force",
                    "draft a new warning on the incident",
                ));
            }
            _ => Vec::new(),
        };
        let before = warning.in_force().map(|message| &message.package.content);
        let left = before.and_then(|before| before.area.left_by(&content.area));
        let left_words = before.filter(|_| left.is_some()).map(|before| self.left_words(before, content));
        Ok(Package {
            mode: self.mode(),
            exercise: self.state.exercise.clone(),
            identifier: self.identifier(0),
            act,
            rings,
            references,
            content: content.clone(),
            left,
            left_words: left_words.unwrap_or_default(),
            authority: self.state.rules.authority.clone(),
            channels: all.into_iter().collect(),
            retraction: Some(RetractionIds { cancel: self.identifier(1), all_clear: self.identifier(2) }),
        })
    }

    /// The places that an Update leaves outside, in words.
    fn left_words(&self, before: &Content, after: &Content) -> String {
        let jurisdiction = &self.state.rules.authority.jurisdiction;
        let named = |content: &'_ Content| match content.area_words.as_str() {
            "" => jurisdiction.clone(),
            words => words.to_owned(),
        };
        format!("{}, outside the new area: {} (no longer warned)", named(before), named(after))
    }

    /// Unique for all time: the prefix, river time at submission, and a running number.
    fn identifier(&self, offset: u64) -> String {
        let time = self.now.strftime("%Y.%-m.%-d.%-H.%-M.%-S");
        let prefix = &self.state.rules.authority.identifier_prefix;
        format!("{prefix}.{time}.{}", self.state.identified + 1 + offset)
    }

    fn check_channels(&self, channels: &BTreeSet<ChannelId>, content: &Content) -> Result<(), Refusal> {
        if channels.is_empty() {
            return Err(Refusal::new("channels", "it would go nowhere", "choose at least one channel"));
        }
        for id in channels {
            let rule = self.state.rules.channel(id).ok_or_else(|| Refusal::unknown("channel", id))?;
            if rule.mode != self.mode() {
                return Err(Refusal::new(
                    "mode",
                    format!("{id} is a {} channel, this is {}", rule.mode.word(), self.mode().word()),
                    "choose channels of this mode",
                ));
            }
            if rule.public && content.scope != beaconfire_cap::Scope::Public {
                return Err(Refusal::new(
                    "scope",
                    format!("{id} is public, the scope is {}", content.scope),
                    "take the channel out, or make the scope Public",
                ));
            }
        }
        Ok(())
    }

    pub(super) fn approve(&self, id: &WarningId, version: u64, digest: &str) -> Facts {
        let account = self.require(&[Role::Approver], "approve")?;
        let warning = self.warning(id, version)?;
        let Work::Submitted { digest: submitted, .. } = &warning.work else {
            return Err(Refusal::new("not_submitted", "nothing waits for approval", "look at it again"));
        };
        if warning.contributors.contains(account) {
            return Err(Refusal::new(
                "own_approval",
                "you contributed to this warning, so you cannot approve it",
                "ask somebody who did not write, change or submit it",
            ));
        }
        if !matches!(self.actor, Actor::Operator { fresh: true, .. }) {
            return Err(Refusal::new(
                "authenticate",
                "an approval needs your password again",
                "type it beside the approval",
            ));
        }
        if digest != submitted {
            return Err(Refusal::new(
                "digest",
                "what you saw is not what was submitted",
                "look at it as it is now, then approve",
            ));
        }
        let hours = crate::span::hours(self.state.rules.authority.approval_hours.max(1));
        Ok(vec![Fact::Approved {
            warning: id.clone(),
            digest: digest.to_owned(),
            role: Role::Approver,
            lapses: super::place::add(self.now, hours),
        }])
    }

    pub(super) fn send_back(&self, id: &WarningId, version: u64, reason: &str) -> Facts {
        self.require(&[Role::Approver, Role::Author], "send a warning back")?;
        let warning = self.warning(id, version)?;
        reasoned(reason)?;
        match warning.work {
            Work::Submitted { .. } | Work::Approved { .. } => {
                Ok(vec![Fact::Voided { warning: id.clone(), why: reason.trim().to_owned() }])
            }
            Work::None | Work::Draft { .. } => Err(nothing_in_hand()),
        }
    }

    /// Dropping a dead channel does not void an approval (invariant 12): only one that has an
    /// alarm counts as dead, and never the last.
    pub(super) fn drop_channel(&self, id: &WarningId, version: u64, channel: &ChannelId) -> Facts {
        self.require(&[Role::Officer], "drop a channel")?;
        let warning = self.warning(id, version)?;
        let package = match &warning.work {
            Work::Submitted { package, .. } | Work::Approved { package, .. } => package,
            Work::None | Work::Draft { .. } => return Err(nothing_in_hand()),
        };
        if !package.channels.contains(channel) || warning.dropped_channels.contains(channel) {
            return Err(Refusal::new(
                "elsewhere",
                format!("this warning does not go to {channel}"),
                "look at where it goes as it is now",
            ));
        }
        let Some(alarm) = self.state.outlet_alarms.get(channel) else {
            return Err(Refusal::new(
                "alive",
                format!("{channel} is not known to be dead"),
                "leave it: delivery is tried until it answers",
            ));
        };
        if warning.used_channels().contains(channel) {
            return Err(Refusal::new(
                "used",
                format!("an earlier message of this warning may stand on {channel}"),
                "leave it: what changes or ends that message has to follow it there",
            ));
        }
        let left = package.channels.iter().filter(|c| !warning.dropped_channels.contains(c)).count();
        if left < 2 {
            return Err(Refusal::new("channels", "no channel would be left", "keep at least one"));
        }
        let why = format!("dead: {alarm}");
        Ok(vec![Fact::ChannelDropped { warning: id.clone(), channel: channel.clone(), why }])
    }

    pub(super) fn open_update(&self, id: &WarningId, version: u64) -> Facts {
        self.require(&[Role::Author], "update a warning")?;
        let warning = self.warning(id, version)?;
        let Some(message) = warning.in_force() else {
            return Err(Refusal::new(
                "not_in_force",
                "the warning is not in force",
                "draft a new warning on the incident",
            ));
        };
        if !matches!(warning.work, Work::None) {
            return Err(Refusal::new("in_hand", "an update is being written", "go on with that one"));
        }
        Ok(vec![Fact::Drafted {
            warning: id.clone(),
            incident: warning.incident.clone(),
            act: Act::Update,
            content: message.package.content.clone(),
            channels: message.package.channels.clone(),
            rings: true,
        }])
    }
}

pub(super) fn nothing_in_hand() -> Refusal {
    Refusal::new("no_draft", "there is no draft in that state", "look at the warning again")
}
