//! The scripted roles of a headless demo: an author, an approver, and an officer's decisions.
//!
//! What they do follows from the state and river time alone, so that a demo that is killed and
//! started again goes on as if nothing had happened.

use super::people::People;
use beaconfire_core::{
    Act, Actor, Command, Disposition, Fate, Incident, Mode, State, Warning, Work, confirm_phrase, propose,
};
use beaconfire_geo::Area;
use jiff::{SignedDuration, Timestamp};

/// River time that a scripted person takes for one step.
const STEP: SignedDuration = SignedDuration::from_mins(1);
/// The hazard whose warnings are withdrawn as errors; the others end with an All clear.
const MISTAKEN: &str = "vulnerability";
/// The hazard that is declined at first, and reviewed.
const DECLINED: &str = "vulnerability";
/// The hazard on which nobody decides until it is escalated.
const LEFT: &str = "foodborne";

/// Something that a scripted person does from `at` on.
pub(super) struct Deed {
    /// From when on.
    pub(super) at: Timestamp,
    /// What.
    pub(super) command: Command,
    /// Who.
    pub(super) actor: Actor,
}

/// What is to be done next, soonest first; `over` says that the recording has ended, so that what
/// is still in force is ended too.
pub(super) fn next(state: &State, people: &People, over: bool) -> Option<Deed> {
    let incidents = state
        .incidents
        .values()
        .filter(|i| i.is_live())
        .flat_map(|incident| decide_incident(state, incident, people, over));
    let warnings = state
        .warnings
        .values()
        .filter_map(|warning| write(state, warning, people).or_else(|| end(state, warning, people, over)));
    let held = state.alerts.values().filter_map(|kept| match &kept.fate {
        Fate::Held { .. } => Some(Deed {
            at: kept.alert.sent + STEP * 10,
            command: Command::ReleaseAlert {
                alert: kept.alert.key(),
                admit: false,
                reason: "confirmed by telephone: a drill".to_owned(),
                exposure: beaconfire_geo::Exposure::Unknown,
            },
            actor: Actor::operator(&people.approver.id),
        }),
        _ => None,
    });
    incidents.chain(warnings).chain(held).min_by_key(|deed| deed.at)
}

fn decide_incident(state: &State, incident: &Incident, people: &People, over: bool) -> Option<Deed> {
    let officer = Actor::operator(&people.approver.id);
    let (id, version) = (incident.id.clone(), incident.version);
    if let Some(deadline) = &incident.deadline {
        let first = incident.decided_level.is_none();
        if incident.hazard == DECLINED && first && !over {
            let at = incident.touched + STEP * 2;
            let review_at = at + SignedDuration::from_hours(6);
            let reason = "no system of ours runs it; asked the hospitals".to_owned();
            let command = Command::Decline { incident: id, version, reason, review_at };
            return Some(Deed { at, command, actor: officer });
        }
        // The neglected one waits for its first escalation.
        let at = if incident.hazard == LEFT && first && deadline.escalations == 0 && !over {
            return None;
        } else {
            incident.touched + STEP
        };
        return Some(Deed { at, command: Command::Accept { incident: id, version }, actor: officer });
    }
    let Disposition::Accepted { at: accepted, .. } = &incident.disposition else { return None };
    let author = Actor::operator(&people.author.id);
    if over || incident.pack.is_none() || incident.level().is_none() {
        return None;
    }
    let at = incident.touched.max(*accepted) + STEP;
    let past = |w: &&Warning| idle(w) && w.in_force().is_none() && !w.chain.is_empty();
    let warning = incident.warnings.last().and_then(|id| state.warnings.get(id));
    match warning.filter(|warning| !past(warning)) {
        // None yet, or the last one ended before something new was accepted.
        None if warning.is_none_or(|w| w.touched < *accepted) => {
            Some(Deed { at, command: Command::Draft { incident: id, version }, actor: author })
        }
        // Something new was accepted since the last message: an update.
        Some(warning) if idle(warning) && warning.in_force().is_some_and(|m| m.stamp.sent < *accepted) => {
            let command = Command::OpenUpdate { warning: warning.id.clone(), version: warning.version };
            Some(Deed { at, command, actor: author })
        }
        _ => None,
    }
}

fn idle(warning: &Warning) -> bool {
    matches!(warning.work, Work::None)
}

/// The next step of writing: bring the content up to date, submit, approve, issue.
fn write(state: &State, warning: &Warning, people: &People) -> Option<Deed> {
    let at = warning.touched + STEP;
    let (id, version) = (warning.id.clone(), warning.version);
    let author = Actor::operator(&people.author.id);
    let (command, actor) = match &warning.work {
        Work::None => return None,
        Work::Draft { content, channels, rings, .. } => {
            let incident = state.incidents.get(&warning.incident)?;
            match improved(state, incident, content) {
                Some(content) => {
                    let (channels, rings) = (channels.clone(), *rings);
                    (Command::Edit { warning: id, version, content, channels, rings }, author)
                }
                None => (Command::Submit { warning: id, version }, author),
            }
        }
        Work::Submitted { digest, .. } => {
            let digest = digest.clone();
            (Command::Approve { warning: id, version, digest }, Actor::fresh(&people.approver.id))
        }
        Work::Approved { .. } => {
            let confirm = confirm_phrase(Mode::Exercise).to_owned();
            (Command::Issue { warning: id, version, confirm }, Actor::operator(&people.author.id))
        }
    };
    Some(Deed { at, command, actor })
}

/// The content as the pack proposes it now, where that differs; an area that nobody can draw
/// becomes the whole jurisdiction.
fn improved(
    state: &State,
    incident: &Incident,
    content: &beaconfire_core::Content,
) -> Option<beaconfire_core::Content> {
    let pack = state.rules.pack(incident.pack.as_ref()?)?;
    let mut proposed = if incident.level().is_some() {
        propose(incident, pack, &state.rules, Mode::Exercise).ok()?
    } else {
        content.clone()
    };
    if matches!(proposed.area, Area::Unresolved(_)) || proposed.area.is_empty() {
        proposed.area = Area::WholeJurisdiction;
    }
    if proposed.area_words.trim().is_empty() {
        proposed.area_words.clone_from(&state.rules.authority.jurisdiction);
    }
    (&proposed != content).then_some(proposed)
}

/// Ends what is in force once its cause is over, or the recording.
fn end(state: &State, warning: &Warning, people: &People, over: bool) -> Option<Deed> {
    let message = warning.in_force()?;
    let incident = state.incidents.get(&warning.incident)?;
    if !(over || incident.level().is_none()) || !idle(warning) {
        return None;
    }
    let mistaken = incident.hazard == MISTAKEN;
    let (form, reason) = if mistaken {
        (Act::Cancel, "the vendor withdrew the advisory")
    } else {
        (Act::AllClear, "the danger is over by all that we know")
    };
    Some(Deed {
        at: warning.touched.max(incident.touched) + STEP * 5,
        command: Command::Retract {
            warning: warning.id.clone(),
            version: warning.version,
            form,
            reason: reason.to_owned(),
            confirm: confirm_phrase(message.package.mode).to_owned(),
        },
        actor: Actor::operator(&people.approver.id),
    })
}
