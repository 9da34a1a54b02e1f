//! `decide(state, command, actor, now) -> records | refusal`: pure and deterministic.

mod alert;
mod incident;
mod issue;
mod outlet;
mod place;
mod retract;
mod signal;
mod system;
mod timer;
mod warning;

pub use alert::LATE_AFTER_MINUTES;
pub use issue::confirm_phrase;
pub use system::time_phrase;

use crate::actor::{Actor, Role};
use crate::command::Command;
use crate::id::AccountId;
use crate::record::{Fact, Record};
use crate::refusal::Refusal;
use crate::state::State;
use jiff::Timestamp;

/// Decides a command. What it gives is to be appended to the journal and applied, all of it or
/// none. `now` earlier than river time counts as river time (invariant 2).
///
/// # Errors
/// A refusal, in words, with the mend; nothing has happened then.
pub fn decide(
    state: &State,
    command: &Command,
    actor: &Actor,
    now: Timestamp,
) -> Result<Vec<Record>, Refusal> {
    let context = Context { state, actor, now: now.max(state.river_time) };
    let facts = context.facts(command)?;
    let by = context.account().cloned();
    Ok(facts.into_iter().map(|fact| Record { at: context.now, by: by.clone(), fact }).collect())
}

/// What every decision looks at.
struct Context<'a> {
    state: &'a State,
    actor: &'a Actor,
    now: Timestamp,
}

type Facts = Result<Vec<Fact>, Refusal>;

impl<'a> Context<'a> {
    fn facts(&self, command: &Command) -> Facts {
        if let Command::Open { mode, exercise } = command {
            return self.open(*mode, exercise.as_ref());
        }
        if self.state.mode.is_none() {
            return Err(Refusal::new("not_open", "the journal is not open", "open it first"));
        }
        match command {
            Command::Open { .. } => Ok(Vec::new()),
            Command::LoadRules(rules) => self.load_rules(rules),
            Command::SetRoles { account, roles } => self.set_roles(account, roles),
            Command::ReadClock { reading, expected, synchronised } => {
                self.read_clock(*reading, *expected, *synchronised)
            }
            Command::ConfirmTime { typed } => self.confirm_time(typed),
            Command::Tick => self.tick(),
            Command::ReportSource { source, health } => self.report_source(source, health),
            Command::NoteSource { source, words } => self.note_source(source, words),
            Command::TakeItem { source, item, kind, entries } => self.take_item(source, item, kind, *entries),
            Command::TakeEvent { source, item, event, exposures } => {
                self.take_event(source, item, event, exposures)
            }
            Command::TakeAlert { alert, exposure } => self.take_alert(alert, exposure),
            Command::ReleaseAlert { alert, admit, reason, exposure } => {
                self.release_alert(alert, *admit, reason, exposure)
            }
            Command::EndVanished { source, alert, polls } => self.end_vanished(source, alert, *polls),
            Command::RaiseSignal { signal, exposure } => self.raise_signal(signal, exposure),
            Command::EndSignals { pack, rule, source, subject, at } => {
                self.end_signals((pack, rule, source, subject), *at)
            }
            Command::Accept { incident, version } => self.accept(incident, *version),
            Command::Decline { incident, version, reason, review_at } => {
                self.decline(incident, *version, reason, *review_at)
            }
            Command::Close { incident, version, reason } => self.close(incident, *version, reason),
            Command::Merge { incident, version, into } => self.merge(incident, *version, into),
            Command::Split { incident, version, members } => self.split(incident, *version, members),
            Command::Link { incident, version, to, kind, why } => {
                self.link(incident, *version, to, *kind, why)
            }
            Command::Draft { incident, version } => self.draft(incident, *version),
            Command::Edit { warning, version, content, channels, rings } => {
                self.edit(warning, *version, content, channels, *rings)
            }
            Command::Submit { warning, version } => self.submit(warning, *version),
            Command::Approve { warning, version, digest } => self.approve(warning, *version, digest),
            Command::SendBack { warning, version, reason } => self.send_back(warning, *version, reason),
            Command::DropChannel { warning, version, channel } => {
                self.drop_channel(warning, *version, channel)
            }
            Command::Issue { warning, version, confirm } => self.issue(warning, *version, confirm),
            Command::OpenUpdate { warning, version } => self.open_update(warning, *version),
            Command::Retract { warning, version, form, reason, confirm } => {
                self.retract(warning, *version, *form, reason, confirm)
            }
            Command::ReportDelivered { job, digest, answered } => {
                self.report_delivered(job, digest, answered.as_deref())
            }
            Command::ReportDropped { job, why } => self.report_dropped(job, why),
            Command::ReportOutlet { channel, alarm } => self.report_outlet(channel, alarm.as_ref()),
            Command::ReportReadBack { job, found } => self.report_read_back(job, found),
        }
    }

    fn account(&self) -> Option<&'a AccountId> {
        match self.actor {
            Actor::River => None,
            Actor::Operator { account, .. } => Some(account),
        }
    }

    /// The acting account, if it holds one of the roles now.
    fn require(&self, roles: &[Role], what: &str) -> Result<&'a AccountId, Refusal> {
        let words = roles.iter().map(|role| role.word()).collect::<Vec<_>>().join(" or ");
        let refusal = || {
            Refusal::new(
                "role",
                format!("only an {words} may {what}"),
                "sign in with an account that has the role, or ask an admin for it",
            )
        };
        let account = self.account().ok_or_else(refusal)?;
        if roles.iter().any(|role| self.state.holds(account, *role)) { Ok(account) } else { Err(refusal()) }
    }

    /// Refuses an operator; the river's own commands need no role.
    fn river_only(&self) -> Result<(), Refusal> {
        match self.actor {
            Actor::River => Ok(()),
            Actor::Operator { .. } => Err(Refusal::new(
                "river_only",
                "this is reported by the river itself, never by hand",
                "use the commands of the console",
            )),
        }
    }
}

/// Refuses a command that was given on an older version than today's.
fn fresh(seen: u64, today: u64) -> Result<(), Refusal> {
    if seen == today {
        return Ok(());
    }
    Err(Refusal::new(
        "stale",
        "somebody or something changed it since you looked",
        "look at it as it is now, then decide again",
    ))
}

/// Refuses a reason that says nothing.
fn reasoned(reason: &str) -> Result<(), Refusal> {
    if reason.trim().chars().count() >= 3 {
        return Ok(());
    }
    Err(Refusal::new("reason", "a reason is needed", "write why, in a few words"))
}
