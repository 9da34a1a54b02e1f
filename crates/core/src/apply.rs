//! `apply(state, record)`: pure, deterministic, total. What a record names and the state does not
//! know is left alone: a record is never rewritten, and folding never fails.

use crate::id::AccountId;
use crate::incident::{Deadline, Disposition, Incident, Link, Member};
use crate::job::{Job, JobKey, Progress, ReadBack};
use crate::observe::AlertKey;
use crate::package::Package;
use crate::record::{Fact, Fate, Record};
use crate::source_state::SourceState;
use crate::state::{Judged, KeptAlert, KeptSignal, Note, State};
use crate::warning::{Approval, Message, Warning, Work};
use jiff::Timestamp;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Notes kept of each source.
const KEPT_NOTES: usize = 20;

/// Puts one record onto the state.
pub fn apply(state: &mut State, record: &Record) {
    state.river_time = state.river_time.max(record.at);
    let subject = state.subject(&record.fact);
    apply_fact(state, record);
    if let Some(incident) = subject.and_then(|id| state.incidents.get_mut(&id)) {
        incident.version += 1;
        incident.touched = record.at;
    }
}

fn apply_fact(state: &mut State, record: &Record) {
    match &record.fact {
        Fact::Opened { mode, exercise } => {
            state.mode = Some(*mode);
            state.exercise.clone_from(exercise);
        }
        Fact::RulesLoaded { rules } => state.rules = Arc::new(rules.as_ref().clone()),
        Fact::RolesSet { account, roles } if roles.is_empty() => {
            state.roles.remove(account);
        }
        Fact::RolesSet { account, roles } => {
            state.roles.insert(account.clone(), roles.clone());
        }
        Fact::ClockDoubted { apart_seconds } => state.clock_apart = Some(*apart_seconds),
        Fact::ClockConfirmed { .. } => state.clock_apart = None,
        Fact::SourceChanged { source, health } => {
            let kept = SourceState { health: health.clone(), since: record.at };
            state.sources.insert(source.clone(), kept);
        }
        Fact::ItemTaken { source, item, .. } => {
            if state.taken.insert(item.clone()) {
                *state.items.entry(source.clone()).or_default() += 1;
            }
        }
        Fact::SignalRaised { id, signal, history } => {
            let kept = KeptSignal { signal: signal.clone(), ended: None, history: *history };
            state.signals.entry(id.clone()).or_insert(kept);
            state.index.raised(id, signal);
        }
        Fact::SignalEnded { id, at } => {
            if let Some(kept) = state.signals.get_mut(id) {
                kept.ended = Some(*at);
            }
        }
        Fact::AlertTaken { alert, fate } => take_alert(state, record.at, alert, fate),
        Fact::AlertReleased { alert, admit, reason } => {
            let judged = Judged { by: who(record), at: record.at, admit: *admit, reason: reason.clone() };
            release_alert(state, alert, judged);
        }
        Fact::SeenElsewhere { source, message, .. } => {
            state.seen_elsewhere.insert((source.clone(), message.clone()));
        }
        Fact::SourceNoted { source, words } => {
            let notes = state.notes.entry(source.clone()).or_default();
            notes.push(Note { at: record.at, words: words.clone() });
            if notes.len() > KEPT_NOTES {
                notes.remove(0);
            }
        }
        Fact::ClockJumped { .. } | Fact::AreaLeft { .. } => {}
        fact if apply_incident(state, record, fact) => {}
        fact if apply_warning(state, record, fact) => {}
        fact => apply_job(state, record.at, fact),
    }
}

fn take_alert(state: &mut State, at: Timestamp, alert: &crate::observe::InboundAlert, fate: &Fate) {
    if let Fate::Acted { on } = fate {
        acted(state, on);
    }
    let gone = match state.alerts.get(&alert.key()) {
        // What had no effect may come again through a source that is trusted.
        Some(kept) if !matches!(kept.fate, Fate::NoEffect { .. }) => return,
        kept => kept.is_some_and(|kept| kept.gone),
    };
    let kept = KeptAlert { alert: alert.clone(), at, fate: fate.clone(), judged: None, gone };
    state.alerts.insert(alert.key(), kept);
}

/// An Update or Cancel that is let in acts as if it had come undisputed.
fn release_alert(state: &mut State, key: &AlertKey, judged: Judged) {
    let Some(kept) = state.alerts.get(key) else { return };
    let fate = match kept.alert.msg_type.as_str() {
        _ if !judged.admit => Fate::NoEffect { why: judged.reason.clone() },
        "Update" | "Cancel" => {
            let known = |key: &&AlertKey| state.alerts.contains_key(key);
            Fate::Acted { on: kept.alert.references.iter().filter(known).cloned().collect() }
        }
        _ => Fate::Admitted,
    };
    if let Fate::Acted { on } = &fate {
        acted(state, on);
    }
    if let Some(kept) = state.alerts.get_mut(key) {
        kept.fate = fate;
        kept.judged = Some(judged);
    }
}

fn acted(state: &mut State, on: &[AlertKey]) {
    for key in on {
        if let Some(kept) = state.alerts.get_mut(key) {
            kept.gone = true;
        }
    }
}

/// Facts about incidents; false where the fact is about something else.
fn apply_incident(state: &mut State, record: &Record, fact: &Fact) -> bool {
    match fact {
        Fact::IncidentOpened { incident, pack, hazard, title, zone, late, member } => {
            let opened = Incident {
                id: incident.clone(),
                version: 0,
                pack: pack.clone(),
                hazard: hazard.clone(),
                title: title.clone(),
                zone: zone.clone(),
                first_signal_at: member.at,
                newest_at: member.at,
                late: *late,
                core: member.area.clone(),
                members: vec![member.clone()],
                links: Vec::new(),
                disposition: Disposition::Open,
                deadline: None,
                decided_level: None,
                decided_km2: None,
                warnings: BTreeSet::new(),
                touched: record.at,
                merged_into: None,
            };
            let kept = state.incidents.entry(incident.clone()).or_insert(opened);
            state.index.took_members(kept);
        }
        Fact::MemberJoined { incident, member, .. } => {
            if let Some(kept) = state.incidents.get_mut(incident) {
                join(kept, member.clone());
                state.index.joined(kept, &member.id);
            }
        }
        Fact::MemberSuperseded { incident, member, .. } => {
            if let Some(kept) = state.incidents.get_mut(incident) {
                kept.members.iter_mut().filter(|m| &m.id == member).for_each(|m| m.superseded = true);
            }
        }
        Fact::Linked { incident, to, kind, why } => {
            let both = [(incident, to, *kind), (to, incident, kind.reversed())];
            for (from, to, kind) in both {
                let link = Link { to: to.clone(), kind, why: why.clone() };
                if let Some(kept) = state.incidents.get_mut(from)
                    && !kept.links.contains(&link)
                {
                    kept.links.push(link);
                }
            }
        }
        Fact::Merged { incident, into } => merge(state, incident, into),
        Fact::Split { incident, into, members } => split(state, incident, into, members),
        Fact::Armed { incident, deadline, next, .. } => {
            if let Some(kept) = state.incidents.get_mut(incident) {
                run_clock(kept, Deadline { at: *deadline, escalations: 0, next: *next });
            }
        }
        Fact::Escalated { incident, step, next, .. } => {
            if let Some(deadline) = state.incidents.get_mut(incident).and_then(|kept| kept.deadline.as_mut())
            {
                deadline.escalations = *step;
                deadline.next = *next;
            }
        }
        Fact::Accepted { incident } => {
            let to = Disposition::Accepted { by: who(record), at: record.at };
            decide(state, incident, to);
        }
        Fact::Declined { incident, reason, review_at } => {
            let to = Disposition::Declined {
                by: who(record),
                at: record.at,
                reason: reason.clone(),
                review_at: *review_at,
            };
            decide(state, incident, to);
        }
        Fact::Closed { incident, reason } => {
            let to = Disposition::Closed { by: who(record), at: record.at, reason: reason.clone() };
            decide(state, incident, to);
        }
        _ => return false,
    }
    true
}

/// Nothing lengthens a running deadline: the earlier one holds.
fn run_clock(incident: &mut Incident, deadline: Deadline) {
    if incident.deadline.as_ref().is_none_or(|running| deadline.at < running.at) {
        incident.deadline = Some(deadline);
    }
}

fn who(record: &Record) -> AccountId {
    record.by.clone().unwrap_or_else(|| AccountId("river".to_owned()))
}

fn join(incident: &mut Incident, member: Member) {
    if incident.members.iter().any(|kept| kept.id == member.id) {
        return;
    }
    // An earlier beginning that is learnt later makes the incident older, never younger.
    incident.first_signal_at = incident.first_signal_at.min(member.at);
    incident.newest_at = incident.newest_at.max(member.at);
    incident.members.push(Member { seen: false, ..member });
}

fn decide(state: &mut State, id: &crate::id::IncidentId, to: Disposition) {
    if let Some(incident) = state.incidents.get_mut(id) {
        incident.decided_level = incident.level();
        incident.decided_km2 = incident.area().km2();
        incident.disposition = to;
        incident.deadline = None;
        incident.members.iter_mut().for_each(|member| member.seen = true);
        state.index.decided(incident);
    }
}

fn merge(state: &mut State, from: &crate::id::IncidentId, into: &crate::id::IncidentId) {
    let Some((began, deadline, members)) = state.incidents.get_mut(from).map(|incident| {
        incident.merged_into = Some(into.clone());
        state.index.decided(incident);
        (incident.first_signal_at, incident.deadline.take(), incident.members.clone())
    }) else {
        return;
    };
    if let Some(target) = state.incidents.get_mut(into) {
        // Whoever looked at the target has not seen these members.
        target.version += 1;
        target.first_signal_at = target.first_signal_at.min(began);
        if let Some(deadline) = deadline {
            run_clock(target, deadline);
        }
        members.into_iter().for_each(|member| join(target, member));
        state.index.took_members(target);
    }
}

fn split(
    state: &mut State,
    from: &crate::id::IncidentId,
    into: &crate::id::IncidentId,
    members: &[crate::incident::MemberId],
) {
    let Some(source) = state.incidents.get_mut(from) else { return };
    let (gone, kept) = source.members.drain(..).partition::<Vec<_>, _>(|member| members.contains(&member.id));
    source.members = kept;
    let Some(first) = gone.iter().min_by_key(|member| member.at).cloned() else { return };
    let opened = Incident {
        id: into.clone(),
        version: 0,
        title: first.words.clone(),
        first_signal_at: first.at,
        newest_at: gone.iter().map(|member| member.at).max().unwrap_or(first.at),
        core: first.area.clone(),
        members: gone,
        links: Vec::new(),
        disposition: Disposition::Open,
        deadline: None,
        decided_level: None,
        decided_km2: None,
        warnings: BTreeSet::new(),
        ..source.clone()
    };
    let kept = state.incidents.entry(into.clone()).or_insert(opened);
    state.index.took_members(kept);
}

/// Facts about warnings; false where the fact is about something else.
fn apply_warning(state: &mut State, record: &Record, fact: &Fact) -> bool {
    let id = match fact {
        Fact::Drafted { warning, .. }
        | Fact::Edited { warning, .. }
        | Fact::Submitted { warning, .. }
        | Fact::Approved { warning, .. }
        | Fact::Voided { warning, .. }
        | Fact::ChannelDropped { warning, .. }
        | Fact::Issued { warning, .. }
        | Fact::Lapsed { warning } => warning.clone(),
        _ => return false,
    };
    if let Fact::Drafted { incident, .. } = fact {
        let opened = Warning {
            id: id.clone(),
            incident: incident.clone(),
            version: 0,
            touched: record.at,
            author: who(record),
            contributors: BTreeSet::new(),
            work: Work::None,
            chain: Vec::new(),
            dropped_channels: BTreeSet::new(),
        };
        state.warnings.entry(id.clone()).or_insert(opened);
        if let Some(kept) = state.incidents.get_mut(incident) {
            kept.warnings.insert(id.clone());
        }
    }
    if let Fact::Submitted { package, .. } = fact {
        // The message and both forms of its retraction each took a number.
        state.identified += 1 + 2 * u64::from(package.retraction.is_some());
    }
    if let Some(warning) = state.warnings.get_mut(&id) {
        warning.version += 1;
        warning.touched = record.at;
        advance(warning, record, fact);
    }
    true
}

fn advance(warning: &mut Warning, record: &Record, fact: &Fact) {
    match fact {
        Fact::Drafted { act, content, channels, rings, .. } => {
            warning.contributors.insert(who(record));
            warning.work = Work::Draft {
                act: *act,
                content: content.clone(),
                rings: *rings,
                channels: channels.clone(),
            };
        }
        Fact::Edited { content, channels, rings, .. } => {
            warning.contributors.insert(who(record));
            if let Work::Draft { content: c, channels: ch, rings: r, .. } = &mut warning.work {
                (*c, *ch, *r) = (content.clone(), channels.clone(), *rings);
            }
        }
        Fact::Submitted { package, digest, .. } => {
            warning.contributors.insert(who(record));
            warning.work = Work::Submitted { package: package.clone(), digest: digest.clone() };
            // What is approved next goes wherever it says, until a channel is dropped again.
            warning.dropped_channels.clear();
        }
        Fact::Approved { digest, lapses, .. } => {
            if let Work::Submitted { package, .. } = &warning.work {
                let approval =
                    Approval { by: who(record), digest: digest.clone(), at: record.at, lapses: *lapses };
                warning.work = Work::Approved { package: package.clone(), approval };
            }
        }
        Fact::Voided { .. } => reopen(warning),
        Fact::ChannelDropped { channel, .. } => {
            warning.dropped_channels.insert(channel.clone());
        }
        Fact::Issued { package, stamp, approved_digest, issued_digests, .. } => {
            warning.chain.push(Message {
                package: package.as_ref().clone(),
                stamp: stamp.clone(),
                by: who(record),
                approved_digest: approved_digest.clone(),
                issued_digests: issued_digests.clone(),
                expired: false,
            });
            warning.work = Work::None;
            warning.contributors.clear();
            warning.dropped_channels.clear();
        }
        Fact::Lapsed { .. } => {
            if let Some(message) = warning.chain.last_mut() {
                message.expired = true;
            }
        }
        _ => {}
    }
}

/// Back to the draft that was submitted; whoever contributed stays a contributor.
fn reopen(warning: &mut Warning) {
    let package: &Package = match &warning.work {
        Work::Submitted { package, .. } | Work::Approved { package, .. } => package,
        Work::None | Work::Draft { .. } => return,
    };
    warning.work = Work::Draft {
        act: package.act,
        content: package.content.clone(),
        rings: package.rings,
        channels: package.channels.clone(),
    };
}

fn apply_job(state: &mut State, at: Timestamp, fact: &Fact) {
    match fact {
        Fact::Queued { job, warning } => queue(state, job, warning),
        Fact::Delivered { job, digest } => {
            let due = read_back_due(state, job, at);
            if let Some(kept) = state.jobs.get_mut(job) {
                kept.progress = Progress::Sent { at, digest: digest.clone() };
                if let Some(due) = due {
                    kept.read_back = ReadBack::Pending { due };
                }
            }
        }
        Fact::Dropped { job, why } => {
            if let Some(kept) = state.jobs.get_mut(job) {
                kept.progress = Progress::Dropped { why: why.clone() };
            }
        }
        Fact::OutletChanged { channel, alarm: Some(words) } => {
            state.outlet_alarms.insert(channel.clone(), words.clone());
        }
        Fact::OutletChanged { channel, alarm: None } => {
            state.outlet_alarms.remove(channel);
        }
        Fact::ReadBackJudged { job, verdict, .. } => {
            state.read_backs += 1;
            if let Some(kept) = state.jobs.get_mut(job) {
                kept.read_back = verdict.clone();
            }
        }
        _ => {}
    }
}

fn queue(state: &mut State, key: &JobKey, id: &crate::id::WarningId) {
    let Some(warning) = state.warnings.get(id) else { return };
    let found = warning.chain.iter().rposition(|m| m.package.identifier == key.message);
    let Some(index) = found else { return };
    let job = Job {
        warning: id.clone(),
        incident: warning.incident.clone(),
        index,
        act: warning.chain[index].package.act,
        progress: Progress::Queued,
        read_back: ReadBack::Unverified,
    };
    state.jobs.entry(key.clone()).or_insert(job);
}

fn read_back_due(state: &State, key: &JobKey, at: Timestamp) -> Option<Timestamp> {
    let minutes = state.rules.channel(&key.channel)?.read_back_minutes?;
    at.checked_add(crate::span::minutes(minutes)).ok()
}
