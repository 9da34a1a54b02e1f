//! The journal's beginning, configuration, roles, the clock, and sources' health.

use super::place::add;
use super::{Context, Facts};
use crate::actor::Role;
use crate::id::{AccountId, ItemId, SourceId};
use crate::mode::Mode;
use crate::record::Fact;
use crate::refusal::Refusal;
use crate::rules::Rules;
use crate::source_state::Health;
use crate::span::minutes;
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeSet;

/// River time and a synchronised host clock may differ by this much (invariant 2).
const CLOCKS_APART_SECONDS: i64 = 30;
/// A reading this far or further from what was expected is a jump.
const JUMP_SECONDS: i64 = 10;

/// What an officer types to confirm the time: river time to the minute, in UTC.
#[must_use]
pub fn time_phrase(now: Timestamp) -> String {
    now.strftime("%Y-%m-%d %H:%M").to_string()
}

impl Context<'_> {
    pub(super) fn open(&self, mode: Mode, exercise: Option<&String>) -> Facts {
        match self.state.mode {
            Some(kept) if kept == mode => Ok(Vec::new()),
            Some(kept) => Err(Refusal::new(
                "mode",
                format!("this journal is marked {} for good", kept.word()),
                format!("use another data folder for {}", mode.word()),
            )),
            None => {
                let exercise = (mode == Mode::Exercise)
                    .then(|| exercise.cloned().unwrap_or_else(|| "exercise".to_owned()));
                Ok(vec![Fact::Opened { mode, exercise }])
            }
        }
    }

    pub(super) fn load_rules(&self, rules: &Rules) -> Facts {
        if self.account().is_some() {
            self.require(&[Role::Admin], "load the configuration")?;
        }
        if *self.state.rules == *rules {
            return Ok(Vec::new());
        }
        let kept = serde_json::to_vec(rules).and_then(|bytes| serde_json::from_slice::<Rules>(&bytes));
        if let Err(error) = kept {
            return Err(Refusal::new(
                "rules",
                format!("the journal could not keep the configuration: {error}"),
                "write finite numbers only",
            ));
        }
        Ok(vec![Fact::RulesLoaded { rules: Box::new(rules.clone()) }])
    }

    pub(super) fn set_roles(&self, account: &AccountId, roles: &BTreeSet<Role>) -> Facts {
        if self.account().is_some() {
            self.require(&[Role::Admin], "set roles")?;
        }
        if self.state.roles.get(account).unwrap_or(&BTreeSet::new()) == roles {
            return Ok(Vec::new());
        }
        Ok(vec![Fact::RolesSet { account: account.clone(), roles: roles.clone() }])
    }

    /// A jump is recorded, never adopted: the caller goes on with `expected`. Another jump is doubted
    /// anew, so that what an officer is asked to compare is what the clocks say now.
    pub(super) fn read_clock(&self, reading: Timestamp, expected: Timestamp, synchronised: bool) -> Facts {
        self.river_only()?;
        let mut facts = Vec::new();
        let off = reading.as_second() - expected.as_second();
        if off.abs() >= JUMP_SECONDS {
            facts.push(Fact::ClockJumped { reading, expected });
        }
        let told = self.state.clock_apart.is_some_and(|apart| (apart - off).abs() < JUMP_SECONDS);
        if synchronised && off.abs() > CLOCKS_APART_SECONDS && !told {
            facts.push(Fact::ClockDoubted { apart_seconds: off });
        }
        Ok(facts)
    }

    /// What is typed is what a second clock says: river time, or the time of the host's clock.
    pub(super) fn confirm_time(&self, typed: &str) -> Facts {
        self.require(&[Role::Officer], "confirm the time")?;
        let Some(apart) = self.state.clock_apart else { return Ok(Vec::new()) };
        let host = add(self.now, SignedDuration::from_secs(apart));
        let typed = typed.trim();
        // The minute may end between typing and sending.
        let is_now =
            |time: Timestamp| [time, add(time, -minutes(1))].map(time_phrase).contains(&typed.to_owned());
        if !is_now(self.now) && !is_now(host) {
            let (river, host) = (time_phrase(self.now), time_phrase(host));
            return Err(Refusal::new(
                "time",
                "what was typed is neither river time nor the time of the host's clock",
                format!(
                    "look at a second clock; type {river} (UTC) if river time is right, {host} if the host's clock is"
                ),
            ));
        }
        Ok(vec![Fact::ClockConfirmed { typed: typed.to_owned() }])
    }

    pub(super) fn report_source(&self, source: &SourceId, health: &Health) -> Facts {
        self.river_only()?;
        if self.state.sources.get(source).is_some_and(|kept| same_health(&kept.health, health)) {
            return Ok(Vec::new());
        }
        Ok(vec![Fact::SourceChanged { source: source.clone(), health: health.clone() }])
    }

    pub(super) fn note_source(&self, source: &SourceId, words: &str) -> Facts {
        self.river_only()?;
        let told =
            self.state.notes.get(source).is_some_and(|notes| notes.iter().any(|note| note.words == words));
        if told {
            return Ok(Vec::new());
        }
        Ok(vec![Fact::SourceNoted { source: source.clone(), words: words.to_owned() }])
    }

    pub(super) fn take_item(&self, source: &SourceId, item: &ItemId, kind: &str, entries: u64) -> Facts {
        self.river_only()?;
        if self.state.taken.contains(item) {
            return Ok(Vec::new());
        }
        Ok(vec![Fact::ItemTaken {
            source: source.clone(),
            item: item.clone(),
            kind: kind.to_owned(),
            entries,
        }])
    }
}

/// The same cause is the same health: words that count seconds must not fill the journal.
fn same_health(kept: &Health, new: &Health) -> bool {
    match (kept, new) {
        (Health::Healthy, Health::Healthy) => true,
        (Health::Unknown { cause: a, .. }, Health::Unknown { cause: b, .. }) => a == b,
        _ => false,
    }
}
