//! The story of an incident in plain words: what was observed, by which rule, who decided what and
//! when, what each outlet answered and held.

use crate::id::IncidentId;
use crate::incident::{LinkKind, Member, MemberId};
use crate::job::{Found, ReadBack};
use crate::observe::{AlertKey, InboundAlert};
use crate::package::Act;
use crate::record::{self, Fact, Fate, Record};
use crate::state::State;
use jiff::Timestamp;

/// One line of a story.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// River time.
    pub at: Timestamp,
    /// The kind of the record that it tells.
    pub kind: &'static str,
    /// What happened.
    pub words: String,
}

/// One record as a line, with the incident that it is about; none for what belongs to no incident.
/// `state` is the state after the record, or any later one.
#[must_use]
pub fn line(state: &State, record: &Record) -> Option<(IncidentId, Line)> {
    let incident = state.subject(&record.fact).or_else(|| ended(state, &record.fact))?;
    let words = words(state, record)?;
    Some((incident, Line { at: record.at, kind: record::kind(&record.fact), words }))
}

/// The incident that another issuer's all clear is about.
fn ended(state: &State, fact: &Fact) -> Option<IncidentId> {
    let on = all_clear(fact)?.1;
    let holder = on.iter().find_map(|key| state.holder(&MemberId::Alert(key.clone())));
    holder.map(|incident| incident.id.clone())
}

/// An alert that acts by saying that it is over, and what it acts on.
fn all_clear(fact: &Fact) -> Option<(&InboundAlert, &[AlertKey])> {
    match fact {
        Fact::AlertTaken { alert, fate: Fate::Acted { on } }
            if alert.says_over() && alert.msg_type == "Update" =>
        {
            Some((alert, on))
        }
        _ => None,
    }
}

/// Folds records and keeps their lines.
#[derive(Debug, Default)]
pub struct Teller {
    state: State,
    lines: Vec<(IncidentId, Line)>,
}

impl Teller {
    /// Hears the next record.
    pub fn hear(&mut self, record: &Record) {
        crate::apply::apply(&mut self.state, record);
        self.lines.extend(line(&self.state, record));
    }

    /// The story of one incident, and of what was merged into it.
    #[must_use]
    pub fn story(&self, incident: &IncidentId) -> Vec<Line> {
        let into = |id: &IncidentId| {
            self.state.incidents.get(id).and_then(|i| i.merged_into.as_ref()) == Some(incident)
        };
        self.lines.iter().filter(|(id, _)| id == incident || into(id)).map(|(_, l)| l.clone()).collect()
    }

    /// The state so far.
    #[must_use]
    pub fn state(&self) -> &State {
        &self.state
    }
}

/// One record in words; none for what belongs to no incident.
fn words(state: &State, record: &Record) -> Option<String> {
    let by = record.by.as_ref().map_or("the river", |id| id.as_str());
    Some(match &record.fact {
        Fact::IncidentOpened { hazard, late, member, .. } => {
            format!("opened as {hazard}{} by {}", if *late { " (late)" } else { "" }, describe(state, member))
        }
        Fact::MemberJoined { member, confidence, .. } => {
            format!("joined with confidence {confidence:.2} by {}", describe(state, member))
        }
        Fact::MemberSuperseded { member, why, .. } => {
            format!("no longer counts: {} ({why})", name(state, member))
        }
        Fact::Linked { to, kind, why, .. } => format!("linked: {} {to}: {why}", link_words(*kind)),
        fact @ Fact::AlertTaken { .. } => {
            let (alert, on) = all_clear(fact)?;
            let headline = alert.infos.first().map_or("", |info| info.headline.as_str());
            let count = on.len();
            format!(
                "all clear by {} of {} for {count} earlier message{}: {headline}",
                alert.identifier,
                alert.sender,
                if count == 1 { "" } else { "s" }
            )
        }
        Fact::AlertReleased { alert, reason, .. } => {
            format!("alert {} of {} let in by {by}: {reason}", alert.identifier, alert.sender)
        }
        Fact::Merged { into, .. } => format!("merged into {into} by {by}"),
        Fact::Split { into, members, .. } => {
            let count = members.len();
            format!("{count} member{} split off into {into} by {by}", if count == 1 { "" } else { "s" })
        }
        Fact::Armed { deadline, why, .. } => format!("a decision is due by {}: {why}", when(*deadline)),
        Fact::Escalated { due, step, .. } => {
            format!("undecided at {}: escalated, step {step}", when(*due))
        }
        Fact::Accepted { .. } => format!("accepted by {by}"),
        Fact::Declined { reason, review_at, .. } => {
            format!("no warning for now, decided by {by}: {reason}; review at {}", when(*review_at))
        }
        Fact::Closed { reason, .. } => format!("closed by {by}: {reason}"),
        Fact::Drafted { warning, act, .. } => format!("{warning}: {} drafted by {by}", act_word(*act)),
        Fact::Edited { warning, .. } => format!("{warning}: changed by {by}"),
        Fact::Submitted { warning, package, digest } => {
            format!("{warning}: submitted by {by} as {}, digest {}", package.identifier, short(digest))
        }
        Fact::Approved { warning, digest, lapses, .. } => {
            format!("{warning}: approved by {by}, digest {}, holds until {}", short(digest), when(*lapses))
        }
        Fact::Voided { warning, why } => {
            format!("{warning}: approval or submission voided by {by}: {why}")
        }
        Fact::ChannelDropped { warning, channel, why } => {
            format!("{warning}: channel {channel} dropped by {by}: {why}")
        }
        Fact::Issued { warning, package, stamp, approved_digest, issued_digests, reason } => format!(
            "{warning}: {} {} issued by {by}, sent {}, expires {}, approved digest {}, to {}{}",
            act_word(package.act),
            package.identifier,
            when(stamp.sent),
            when(stamp.expires),
            short(approved_digest),
            issued_digests
                .iter()
                .map(|(channel, digest)| format!("{channel} ({})", short(digest)))
                .collect::<Vec<_>>()
                .join(", "),
            reason.as_ref().map(|why| format!("; withdrawn because {why}")).unwrap_or_default()
        ),
        Fact::Lapsed { warning } => format!("{warning}: its expiry passed with nobody acting"),
        Fact::Queued { job, .. } => format!("queued for {}: {}", job.channel, job.message),
        Fact::Delivered { job, digest } => {
            format!("{} took {} (bytes {})", job.channel, job.message, short(digest))
        }
        Fact::Dropped { job, why } => format!("not sent to {}: {} ({why})", job.channel, job.message),
        Fact::ReadBackJudged { job, found, verdict } => {
            let words = verdict_words(verdict);
            let why = if let Found::Unreachable(why) = found { format!(" ({why})") } else { String::new() };
            format!("read back from {}: {} {words}{why}", job.channel, job.message)
        }
        Fact::AreaLeft { warning, .. } => {
            format!("{warning}: places outside the new area are told that it ended for them")
        }
        _ => return None,
    })
}

fn describe(state: &State, member: &Member) -> String {
    let level = format!("level {:?} {}", member.level.word(), member.level.sign());
    let people = match &member.exposure {
        beaconfire_geo::Exposure::Unknown => "exposure unknown".to_owned(),
        beaconfire_geo::Exposure::Range { min, max, .. } => format!("{min} to {max} people exposed"),
    };
    let place = if member.place.is_empty() { String::new() } else { format!(", {}", member.place) };
    format!("{}: {}{place}; {level}, {people}", name(state, &member.id), member.words)
}

fn name(state: &State, member: &MemberId) -> String {
    match member {
        MemberId::Alert(key) => format!("alert {} of {}", key.identifier, key.sender),
        MemberId::Signal(id) => match state.signals.get(id) {
            None => format!("signal {id}"),
            Some(kept) => {
                let signal = &kept.signal;
                let number = |label: &str, value: Option<f64>| {
                    value.map(|v| format!(", {label} {v} {}", signal.unit)).unwrap_or_default()
                };
                format!(
                    "signal {id} of {} {} by rule {}/{} version {}{}{}{}",
                    signal.source,
                    signal.subject,
                    signal.pack,
                    signal.rule,
                    signal.pack_version,
                    number("observed", signal.observed),
                    number("expected", signal.expected),
                    number("threshold", signal.threshold),
                )
            }
        },
    }
}

fn link_words(kind: LinkKind) -> &'static str {
    match kind {
        LinkKind::Related => "related to",
        LinkKind::Cause => "caused by",
        LinkKind::Cascade => "sets off",
    }
}

fn act_word(act: Act) -> &'static str {
    match act {
        Act::Alert => "alert",
        Act::Update => "update",
        Act::AllClear => "all clear",
        Act::Cancel => "cancel",
    }
}

fn verdict_words(verdict: &ReadBack) -> String {
    match verdict {
        ReadBack::Unverified => "cannot be verified".to_owned(),
        ReadBack::Pending { due } => format!("is pending until {}", when(*due)),
        ReadBack::Matches { at } => format!("matches what was approved ({})", when(*at)),
        ReadBack::Late { at } => format!("matches, but late ({})", when(*at)),
        ReadBack::Absent { at } => format!("is absent ({})", when(*at)),
        ReadBack::Different { at, what } => format!("is different: {what} ({})", when(*at)),
    }
}

/// To the minute, in UTC: the reader has the place's own time beside the line.
fn when(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M UTC").to_string()
}

fn short(digest: &str) -> &str {
    digest.get(..12).unwrap_or(digest)
}

/// What became of an alert, in words.
#[must_use]
pub fn fate_words(fate: &Fate) -> String {
    match fate {
        Fate::Admitted => "taken in".to_owned(),
        Fate::Acted { on } => format!("acts on {} earlier message(s)", on.len()),
        Fate::NotActual => "status is not Actual: recorded only".to_owned(),
        Fate::Held { why } => format!("held for an officer: {why}"),
        Fate::NoEffect { why } => format!("no effect: {why}"),
        Fate::History => "expired before it came: history only".to_owned(),
    }
}
