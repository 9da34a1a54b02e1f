//! Random moves, made into commands by looking at the state: plausible ones (the next step of a
//! warning, by somebody who may) and implausible ones (stale, by the wrong account, about nothing).

use super::run::Machine;
use super::world::{ACCOUNTS, OURS, SENDERS, SOURCES};
use beaconfire_cap::Scope;
use beaconfire_core::guard::{Held, clear};
use beaconfire_core::{
    Act, Actor, AlertKey, Command, Content, Event, Found, Health, InboundAlert, InboundInfo, Incident,
    IncidentId, JobKey, LinkKind, Role, Rules, Signal, SignalKind, Standing, State, Step, Trouble, Warning,
    WarningId, Work, assess::circle, confirm_phrase, lint, sha256_hex, time_phrase,
};
use beaconfire_geo::{Area, Exposure, Point};
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use std::collections::BTreeSet;

/// One move: how long after the one before, and what.
#[derive(Clone, Debug)]
pub(crate) struct Move {
    /// Seconds since the move before; negative where the caller's clock goes back.
    pub(crate) wait: i64,
    pub(crate) what: What,
}

/// Who moves.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Who {
    /// Somebody who holds the role that is needed.
    Fit(u8),
    /// Anybody.
    Any(u8),
    /// The river, or, for what the river does, an operator.
    Wrong,
}

#[derive(Clone, Debug)]
pub(crate) enum What {
    Event { id: u8, revision: i64, magnitude: f64, place: u8, exposure: Exposure, lag: i64, who: Who },
    Signal { series: u8, pack: u8, lost: bool, lag: i64, likelihood: u8, exposure: Exposure, score: f64 },
    EndSignals { series: u8, pack: u8 },
    Alert(AlertSpec),
    Drawn(u8),
    Again { nth: u8, source: u8, other_bytes: bool },
    Vanished { nth: u8, source: u8 },
    Echo { nth: u8, how: u8, source: u8 },
    Release { nth: u8, admit: bool, exposure: Exposure, who: Who },
    Incident { nth: u8, other: u8, act: u8, stale: bool, who: Who },
    Warning { nth: u8, act: u8, with: u8, stale: bool, fresh: bool, who: Who },
    Advance { nth: u8, with: u8 },
    Job { nth: u8, act: u8 },
    Outlet { nth: u8, dead: bool },
    Clock { off: i64, synchronised: bool },
    ConfirmTime { right: bool, who: Who },
    Source { nth: u8, trouble: u8 },
    Item { nth: u8, source: u8 },
    Roles { nth: u8, to: u8, who: Who },
    Rules { turn: u8, who: Who },
    Tick,
    Open { same: bool },
}

/// An alert of another issuer.
#[derive(Clone, Debug)]
pub(crate) struct AlertSpec {
    sender: u8,
    source: u8,
    status: &'static str,
    msg_type: &'static str,
    refs: Vec<u8>,
    own: bool,
    event: &'static str,
    severity: &'static str,
    lag: i64,
    lasts: Option<i64>,
    place: u8,
    coded: bool,
    marked: bool,
    over: bool,
    held_back: bool,
    exposure: Exposure,
}

pub(crate) fn moves() -> impl Strategy<Value = Move> {
    let wait = prop_oneof![
        14 => 0i64..240,
        2 => 240i64..3_600,
        1 => 3_600i64..60_000,
        1 => -7_200i64..0,
    ];
    (wait, what()).prop_map(|(wait, what)| Move { wait, what })
}

fn who() -> impl Strategy<Value = Who> {
    prop_oneof![
        6 => any::<u8>().prop_map(Who::Fit),
        2 => any::<u8>().prop_map(Who::Any),
        1 => Just(Who::Wrong),
    ]
}

fn exposure() -> impl Strategy<Value = Exposure> {
    prop_oneof![
        Just(Exposure::Unknown),
        (0u64..20_000, 0u64..20_000, 1u32..9).prop_map(|(min, more, places)| Exposure::Range {
            min,
            max: min + more,
            places
        }),
    ]
}

fn what() -> impl Strategy<Value = What> {
    let n = any::<u8>;
    let lag = || prop_oneof![4 => 0i64..600, 2 => 600i64..40_000, 1 => -4_000i64..0, 1 => 40_000i64..400_000];
    prop_oneof![
        8 => (0u8..2, 0i64..4, 3.0f64..8.0, n(), exposure(), lag(), who()).prop_map(
            |(id, revision, magnitude, place, exposure, lag, who)| What::Event { id, revision, magnitude, place, exposure, lag, who }),
        5 => (0u8..4, 0u8..3, any::<bool>(), lag(), 1u8..=4, exposure(),
              prop::sample::select(vec![1.0, 2.5, f64::INFINITY, f64::NAN])).prop_map(
            |(series, pack, lost, lag, likelihood, exposure, score)| What::Signal { series, pack, lost, lag, likelihood, exposure, score }),
        2 => (0u8..4, 0u8..3).prop_map(|(series, pack)| What::EndSignals { series, pack }),
        20 => alert().prop_map(What::Alert),
        2 => n().prop_map(What::Drawn),
        2 => (n(), n(), any::<bool>()).prop_map(|(nth, source, other_bytes)| What::Again { nth, source, other_bytes }),
        2 => (n(), n()).prop_map(|(nth, source)| What::Vanished { nth, source }),
        2 => (n(), 0u8..4, n()).prop_map(|(nth, how, source)| What::Echo { nth, how, source }),
        2 => (n(), any::<bool>(), exposure(), who()).prop_map(
            |(nth, admit, exposure, who)| What::Release { nth, admit, exposure, who }),
        14 => (n(), n(), n(), prop::bool::weighted(0.15), who()).prop_map(
            |(nth, other, act, stale, who)| What::Incident { nth, other, act, stale, who }),
        7 => (n(), n(), n(), prop::bool::weighted(0.15), prop::bool::weighted(0.9), who()).prop_map(
            |(nth, act, with, stale, fresh, who)| What::Warning { nth, act, with, stale, fresh, who }),
        60 => (n(), n()).prop_map(|(nth, with)| What::Advance { nth, with }),
        8 => (n(), n()).prop_map(|(nth, act)| What::Job { nth, act }),
        5 => (n(), any::<bool>()).prop_map(|(nth, dead)| What::Outlet { nth, dead }),
        2 => (prop::sample::select(vec![-90_000i64, -31, -11, 0, 5, 12, 31, 4_000]), any::<bool>()).prop_map(
            |(off, synchronised)| What::Clock { off, synchronised }),
        2 => (prop::bool::weighted(0.8), who()).prop_map(|(right, who)| What::ConfirmTime { right, who }),
        1 => (n(), n()).prop_map(|(nth, trouble)| What::Source { nth, trouble }),
        2 => (0u8..6, n()).prop_map(|(nth, source)| What::Item { nth, source }),
        2 => (n(), n(), who()).prop_map(|(nth, to, who)| What::Roles { nth, to, who }),
        2 => (n(), who()).prop_map(|(turn, who)| What::Rules { turn, who }),
        4 => Just(What::Tick),
        1 => any::<bool>().prop_map(|same| What::Open { same }),
    ]
}

fn alert() -> impl Strategy<Value = AlertSpec> {
    let pick = |of: &'static [&'static str]| prop::sample::select(of);
    (
        (
            prop::sample::select(vec![0u8, 0, 0, 1, 2]),
            prop::sample::select(vec![2u8, 2, 3, 4]),
            pick(&["Actual", "Actual", "Actual", "Actual", "Exercise", "Test", "Draft"]),
            pick(&["Alert", "Alert", "Alert", "Update", "Update", "Cancel", "Ack"]),
            prop::collection::vec(any::<u8>(), 1..3),
            prop::bool::weighted(0.8),
        ),
        (
            pick(&["Flood Warning", "Landslide Watch", "Earthquake", "Volcanic Ash"]),
            pick(&["Extreme", "Severe", "Moderate", "Minor", "Unknown"]),
            prop_oneof![3 => 0i64..1_500, 2 => 1_500i64..30_000, 1 => -3_000i64..0],
            prop::option::weighted(0.8, 5i64..600),
            any::<u8>(),
        ),
        (
            prop::bool::weighted(0.1),
            prop::bool::weighted(0.2),
            prop::bool::weighted(0.1),
            prop::bool::weighted(0.15),
            exposure(),
        ),
    )
        .prop_map(|(a, b, c)| {
            let (sender, source, status, msg_type, refs, own) = a;
            let (event, severity, lag, lasts, place) = b;
            let (coded, marked, over, held_back, exposure) = c;
            AlertSpec {
                sender,
                source,
                status,
                msg_type,
                refs,
                own,
                event,
                severity,
                lag,
                lasts,
                place,
                coded,
                marked,
                over,
                held_back,
                exposure,
            }
        })
}

/// The command that a move is now, and who gives it; nothing where there is nothing to move.
pub(crate) fn resolve(machine: &mut Machine, what: &What) -> Option<(Command, Actor)> {
    let state = &machine.state;
    let now = machine.now;
    Some(match what {
        What::Event { id, revision, magnitude, place, exposure, lag, who } => {
            let event = Event {
                id: format!("e{id}"),
                kind: "earthquake".to_owned(),
                time: back(now, *lag),
                updated: Timestamp::from_second(1_700_000_000 + revision * 60).expect("in range"),
                title: format!("M {magnitude:.1}"),
                point: point(*place),
                numbers: std::iter::once(("magnitude".to_owned(), *magnitude)).collect(),
                words: std::iter::once(("place".to_owned(), format!("place {}", place % 4))).collect(),
            };
            let item = sha256_hex(format!("{event:?}").as_bytes()).into();
            let exposures = vec![*exposure; 3];
            (Command::TakeEvent { source: SOURCES[0].into(), item, event, exposures }, river(*who))
        }
        What::Signal { series, pack, lost, lag, likelihood, exposure, score } => {
            let (likelihood, finding) = (Step::new(*likelihood)?, (*series, *pack, *lost, *score));
            let signal = signal(state, finding, likelihood, back(now, *lag))?;
            (Command::RaiseSignal { signal, exposure: *exposure }, Actor::River)
        }
        What::EndSignals { series, pack } => {
            let (series, pack) = (usize::from(*series), usize::from(*pack));
            let end = Command::EndSignals {
                pack: state.rules.packs.get(pack)?.name.clone(),
                rule: "stage".to_owned(),
                source: SOURCES[1].into(),
                subject: format!("g{series}"),
                at: now,
            };
            (end, Actor::River)
        }
        What::Alert(spec) => {
            let alert = spec.alert(machine);
            if spec.held_back {
                machine.drawer.push(alert);
                return None;
            }
            (Command::TakeAlert { alert, exposure: spec.exposure }, Actor::River)
        }
        What::Drawn(nth) => {
            if machine.drawer.is_empty() {
                return None;
            }
            let at = usize::from(*nth) % machine.drawer.len();
            let alert = machine.drawer.remove(at);
            (Command::TakeAlert { alert, exposure: Exposure::Unknown }, Actor::River)
        }
        What::Again { nth, source, other_bytes } => {
            let mut alert = {
                let idle = |kept: &&beaconfire_core::KeptAlert| {
                    nth.is_multiple_of(3) || matches!(kept.fate, beaconfire_core::Fate::NoEffect { .. })
                };
                nth_of(state.alerts.values().filter(idle), *nth)?.alert.clone()
            };
            alert.source = SOURCES[2 + usize::from(source % 3)].into();
            if *other_bytes {
                alert.item = sha256_hex(alert.item.0.as_bytes()).into();
            }
            (Command::TakeAlert { alert, exposure: Exposure::Unknown }, Actor::River)
        }
        What::Vanished { nth, source } => {
            let alert = nth_of(state.alerts.values(), *nth)?.alert.key();
            let source = SOURCES[2 + usize::from(source % 3)].into();
            (Command::EndVanished { source, alert, polls: 3 }, Actor::River)
        }
        What::Echo { nth, how, source } => {
            let alert = echo(machine, *nth, *how, *source)?;
            (Command::TakeAlert { alert, exposure: Exposure::Unknown }, Actor::River)
        }
        What::Release { nth, admit, exposure, who } => {
            let held = |kept: &&beaconfire_core::KeptAlert| {
                matches!(kept.fate, beaconfire_core::Fate::Held { .. }) || nth.is_multiple_of(5)
            };
            let alert = nth_of(state.alerts.values().filter(held), *nth)?.alert.key();
            let release = Command::ReleaseAlert {
                alert,
                admit: *admit,
                reason: "looked at it".into(),
                exposure: *exposure,
            };
            (release, actor(state, *who, Role::Officer, true))
        }
        What::Incident { nth, other, act, stale, who } => {
            (on_incident(machine, *nth, *other, *act, *stale), actor(state, *who, Role::Officer, true))
        }
        What::Warning { nth, act, with, stale, fresh, who } => {
            let (command, role) = on_warning(state, *nth, *act, *with, *stale);
            (command, actor(state, *who, role, *fresh))
        }
        What::Advance { nth, with } => advance(state, *nth, *with)?,
        What::Job { nth, act } => (on_job(state, *nth, *act, now)?, Actor::River),
        What::Outlet { nth, dead } => {
            let channel = nth_of(own_channels(state).into_iter(), *nth)?;
            let alarm = dead.then(|| "does not answer".to_owned());
            (Command::ReportOutlet { channel, alarm }, Actor::River)
        }
        What::Clock { off, synchronised } => {
            let reading = back(now, -off);
            (Command::ReadClock { reading, expected: now, synchronised: *synchronised }, Actor::River)
        }
        What::ConfirmTime { right, who } => {
            let at = now.max(state.river_time);
            let minute_ago = SignedDuration::from_mins(i64::from(at.as_second() % 2 == 0));
            let typed = if *right { time_phrase(at - minute_ago) } else { "noon".to_owned() };
            (Command::ConfirmTime { typed }, actor(state, *who, Role::Officer, true))
        }
        What::Source { nth, trouble } => {
            let source = SOURCES[usize::from(*nth) % SOURCES.len()].into();
            let words = format!("for {nth} s");
            let health = match trouble % 4 {
                0 => Health::Healthy,
                1 => Health::Unknown { cause: Trouble::Silent, words },
                2 => Health::Unknown { cause: Trouble::Failing, words },
                _ => return Some((Command::NoteSource { source, words }, Actor::River)),
            };
            (Command::ReportSource { source, health }, Actor::River)
        }
        What::Item { nth, source } => {
            let take = Command::TakeItem {
                source: SOURCES[usize::from(*source) % SOURCES.len()].into(),
                item: sha256_hex(&[*nth]).into(),
                kind: "alert".to_owned(),
                entries: 1,
            };
            (take, Actor::River)
        }
        What::Roles { nth, to, who } => {
            let account = ACCOUNTS[usize::from(*nth) % 7].into();
            let usual = super::world::roles().into_iter().find(|(id, _)| id == &account);
            let roles = match to % 8 {
                0 => BTreeSet::new(),
                1 => Role::ALL.into_iter().collect(),
                _ => usual.map(|(_, roles)| roles).unwrap_or_default(),
            };
            (Command::SetRoles { account, roles }, actor(state, *who, Role::Admin, false))
        }
        What::Rules { turn, who } => {
            let rules = turned(&machine.world.rules, *turn);
            (Command::LoadRules(Box::new(rules)), actor(state, *who, Role::Admin, false))
        }
        What::Tick => (Command::Tick, Actor::River),
        What::Open { same } => {
            let other = if machine.world.mode == beaconfire_core::Mode::Live {
                beaconfire_core::Mode::Exercise
            } else {
                beaconfire_core::Mode::Live
            };
            let mode = if *same { machine.world.mode } else { other };
            (Command::Open { mode, exercise: Some("another".to_owned()) }, Actor::River)
        }
    })
}

/// A configuration changed in one thing.
fn turned(rules: &Rules, turn: u8) -> Rules {
    let mut rules = rules.clone();
    match turn % 8 {
        0 => rules.channels.retain(|channel| !channel.id.0.ends_with("sms")),
        1 => rules.channels.iter_mut().for_each(|channel| channel.public = true),
        2 => rules.packs.iter_mut().for_each(|pack| pack.decide.from = beaconfire_core::Level::Minor),
        3 => "Town and County".clone_into(&mut rules.authority.name),
        4 => rules.packs[0].join.max_growth = f64::INFINITY,
        5 => rules.packs[0].decide.within_minutes = 1,
        _ => {}
    }
    rules
}

impl AlertSpec {
    fn alert(&self, machine: &mut Machine) -> InboundAlert {
        machine.fresh += 1;
        let sender = SENDERS[usize::from(self.sender)].to_owned();
        let sent = back(machine.now, self.lag);
        let acts = matches!(self.msg_type, "Update" | "Cancel" | "Ack");
        let info = InboundInfo {
            language: "en-US".to_owned(),
            event: self.event.to_owned(),
            headline: format!("{} of {sender}, number {}", self.event, machine.fresh),
            urgency: "Expected".to_owned(),
            severity: self.severity.to_owned(),
            certainty: "Likely".to_owned(),
            response_types: if self.over { vec!["AllClear".to_owned()] } else { Vec::new() },
            event_codes: if self.coded { vec![("SAME".to_owned(), "RMT".to_owned())] } else { Vec::new() },
            expires: self.lasts.map(|minutes| back(sent, -60 * minutes)),
            area_words: format!("place {}", self.place % 4),
            area: area(self.place),
            unresolved: self.over.then(|| "a geocode".to_owned()),
            marked_as_drill: self.marked,
        };
        InboundAlert {
            zone: None,
            source: SOURCES[usize::from(self.source)].into(),
            item: sha256_hex(format!("{self:?} {}", machine.fresh).as_bytes()).into(),
            identifier: format!("A{}", machine.fresh),
            references: if acts { self.references(machine, &sender) } else { Vec::new() },
            sender,
            sent,
            status: self.status.to_owned(),
            msg_type: self.msg_type.to_owned(),
            scope: "Public".to_owned(),
            infos: if self.msg_type == "Cancel" { Vec::new() } else { vec![info] },
            findings: Vec::new(),
        }
    }

    /// Mostly messages of the same sender, newest first; also such as have not come yet.
    fn references(&self, machine: &Machine, sender: &str) -> Vec<AlertKey> {
        let kept = machine.state.alerts.keys().cloned();
        let drawer = machine.drawer.iter().map(InboundAlert::key);
        let mut known: Vec<AlertKey> =
            kept.chain(drawer).filter(|key| !self.own || key.sender == sender).collect();
        known.sort_by_key(|key| std::cmp::Reverse(key.sent));
        known.truncate(4);
        self.refs.iter().filter_map(|n| nth_of(known.iter().cloned(), *n)).collect()
    }
}

/// What is ours, as somebody else passes it on.
fn echo(machine: &Machine, nth: u8, how: u8, source: u8) -> Option<InboundAlert> {
    let messages = machine.state.warnings.values().flat_map(|warning| &warning.chain);
    let message = nth_of(messages, nth)?;
    let text = message.package.content.texts.first()?;
    let mode = message.package.mode;
    let ours = how == 0;
    let same = how == 2;
    let info = InboundInfo {
        language: "en-US".to_owned(),
        event: if same { mode.marked(&text.event) } else { "Flood passed on".to_owned() },
        headline: if same { mode.marked(&text.headline) } else { "passed on".to_owned() },
        urgency: "Immediate".to_owned(),
        severity: "Extreme".to_owned(),
        certainty: "Observed".to_owned(),
        response_types: Vec::new(),
        event_codes: Vec::new(),
        expires: Some(message.stamp.expires),
        area_words: message.package.content.area_words.clone(),
        area: message.package.content.area.clone(),
        unresolved: None,
        marked_as_drill: false,
    };
    Some(InboundAlert {
        zone: None,
        source: SOURCES[2 + usize::from(source % 3)].into(),
        item: sha256_hex(format!("{info:?} {how} {source}").as_bytes()).into(),
        identifier: if ours { message.package.identifier.clone() } else { format!("E{nth}-{how}") },
        sender: if ours { OURS.to_owned() } else { SENDERS[usize::from(how) % 3].to_owned() },
        sent: message.stamp.sent,
        status: "Actual".to_owned(),
        msg_type: if how == 1 { "Update" } else { "Alert" }.to_owned(),
        scope: "Public".to_owned(),
        references: if how == 1 || how == 3 { vec![message.key()] } else { Vec::new() },
        infos: vec![info],
        findings: Vec::new(),
    })
}

fn signal(
    state: &State,
    (series, pack, lost, score): (u8, u8, bool, f64),
    likelihood: Step,
    at: Timestamp,
) -> Option<Signal> {
    let pack = state.rules.packs.get(usize::from(pack))?;
    let center = Point::new(30.0 + 0.05 * f64::from(series), -95.0).ok()?;
    Some(Signal {
        pack: pack.name.clone(),
        pack_version: pack.version,
        rule: "stage".to_owned(),
        kind: if lost { SignalKind::Lost } else { SignalKind::Alarm },
        source: SOURCES[1].into(),
        subject: format!("g{series}"),
        at,
        observed: Some(4.25),
        expected: None,
        threshold: Some(3.0),
        score: Some(score),
        unit: "ft".to_owned(),
        likelihood,
        area: circle(center, 8.0),
        place: format!("gauge {series}"),
        words: format!("gauge {series} above 3 ft"),
        item: None,
        zone: None,
        revision: None,
    })
}

fn on_incident(machine: &Machine, nth: u8, other: u8, act: u8, stale: bool) -> Command {
    let state = &machine.state;
    let live = || state.incidents.values().filter(|incident| incident.is_live() || nth.is_multiple_of(7));
    // Merging needs one without warnings, and closing is refused on one that is warned of.
    let wanted = |incident: &&Incident| match act % 12 {
        7 | 8 => incident.warnings.is_empty(),
        6 => nth.is_multiple_of(2) || !incident.warnings.is_empty(),
        _ => true,
    };
    let found: Option<&Incident> = nth_of(live().filter(wanted), nth);
    let incident = found.map_or_else(|| IncidentId::from("inc-nothing"), |incident| incident.id.clone());
    let version = found.map_or(1, |incident| incident.version).wrapping_sub(u64::from(stale));
    let to = nth_of(live(), other).map_or_else(|| "inc-nothing".into(), |incident| incident.id.clone());
    let reason = if other.is_multiple_of(11) { " " } else { "as the duty plan says" }.to_owned();
    match act % 12 {
        0..=2 => Command::Accept { incident, version },
        3..=5 => {
            let review_at = back(machine.now, if other.is_multiple_of(9) { 60 } else { -1_800 });
            Command::Decline { incident, version, reason, review_at }
        }
        6 => Command::Close { incident, version, reason },
        7 | 8 => Command::Merge { incident, version, into: to },
        9 | 10 => {
            let members = found.map(|incident| incident.members.iter().map(|member| member.id.clone()));
            let members = members.into_iter().flatten().skip(usize::from(other % 2)).step_by(2).collect();
            Command::Split { incident, version, members }
        }
        _ => Command::Link { incident, version, to, kind: LinkKind::Related, why: reason },
    }
}

fn on_warning(state: &State, nth: u8, act: u8, with: u8, stale: bool) -> (Command, Role) {
    let found: Option<&Warning> = nth_of(state.warnings.values(), nth);
    let warning = found.map_or_else(|| WarningId::from("war-nothing"), |warning| warning.id.clone());
    let version = found.map_or(1, |warning| warning.version).wrapping_sub(u64::from(stale));
    let reason = if with.is_multiple_of(11) { " " } else { "not right yet" }.to_owned();
    let confirm = confirm_of(state, with.is_multiple_of(7));
    match act % 12 {
        0 => {
            let incident = nth_of(state.incidents.values(), nth);
            let version = incident.map_or(1, |incident| incident.version).wrapping_sub(u64::from(stale));
            let incident = incident.map_or_else(|| "inc-nothing".into(), |incident| incident.id.clone());
            (Command::Draft { incident, version }, Role::Author)
        }
        1..=3 => (edit(state, found, &warning, version, with), Role::Author),
        4 => (Command::Submit { warning, version }, Role::Author),
        5 => {
            let digest = match found.map(|warning| &warning.work) {
                Some(Work::Submitted { digest, .. }) if !with.is_multiple_of(5) => digest.clone(),
                _ => "something else".to_owned(),
            };
            (Command::Approve { warning, version, digest }, Role::Approver)
        }
        6 => (Command::SendBack { warning, version, reason }, Role::Approver),
        7 | 8 => {
            let dead = state.outlet_alarms.keys().cloned().chain(own_channels(state));
            let channel = nth_of(dead.collect::<Vec<_>>().into_iter(), with).unwrap_or_else(|| "none".into());
            (Command::DropChannel { warning, version, channel }, Role::Officer)
        }
        9 => (Command::Issue { warning, version, confirm }, Role::Officer),
        10 => (Command::OpenUpdate { warning, version }, Role::Author),
        _ => {
            let form = [Act::Cancel, Act::AllClear, Act::Update][usize::from(with % 3)];
            (Command::Retract { warning, version, form, reason, confirm }, Role::Officer)
        }
    }
}

fn confirm_of(state: &State, wrong: bool) -> String {
    let phrase = state.mode.map(confirm_phrase).unwrap_or_default();
    if wrong { "yes".to_owned() } else { phrase.to_owned() }
}

/// A change of a draft: mostly into something that can be submitted.
fn edit(state: &State, found: Option<&Warning>, id: &WarningId, version: u64, with: u8) -> Command {
    let own = own_channels(state);
    let mut content = found.and_then(content_of).unwrap_or_else(|| nothing_to_say(state));
    let (mut channels, rings) = (own.clone(), with.is_multiple_of(2));
    content.area = area(with % 40);
    content.area_words = format!("place {}", with % 4);
    content.expires_after_minutes = 5 + 3 * i64::from(with);
    content.scope = Scope::Public;
    match with % 13 {
        0 => content.area = Area::default(),
        1 => content.expires_after_minutes = i64::MAX,
        2 => content.texts.iter_mut().for_each(|text| text.headline = "{{ place }}".to_owned()),
        3 | 4 => {
            content.scope = if with.is_multiple_of(2) { Scope::Restricted } else { Scope::Private };
            content.restriction = Some("agencies".to_owned());
            content.addresses = vec!["agency@example".to_owned()];
            channels.retain(|channel| channel.0.ends_with("agencies"));
        }
        5 => {
            content.scope = Scope::Restricted;
            content.restriction = Some("agencies".to_owned());
        }
        6 => channels = vec!["live-feed".into(), "exercise-feed".into(), "none".into()],
        7 => channels.truncate(1),
        // Far away: what was warned of before is left outside.
        10 | 12 => content.area = Point::new(31.0, -94.0).map_or(Area::default(), |far| circle(far, 9.0)),
        8 => channels.clear(),
        _ => {}
    }
    Command::Edit { warning: id.clone(), version, content, channels, rings }
}

fn content_of(warning: &Warning) -> Option<Content> {
    match &warning.work {
        Work::Draft { content, .. } => Some(content.clone()),
        Work::Submitted { package, .. } | Work::Approved { package, .. } => Some(package.content.clone()),
        Work::None => warning.chain.last().map(|message| message.package.content.clone()),
    }
}

fn nothing_to_say(state: &State) -> Content {
    let texts = Vec::new();
    let known = state.warnings.values().find_map(content_of);
    known.unwrap_or(Content {
        texts,
        categories: Vec::new(),
        response_types: Vec::new(),
        urgency: beaconfire_cap::Urgency::Unknown,
        severity: beaconfire_cap::Severity::Unknown,
        certainty: beaconfire_cap::Certainty::Unknown,
        event_code: None,
        area: Area::default(),
        area_words: String::new(),
        expires_after_minutes: 60,
        scope: Scope::Public,
        restriction: None,
        addresses: Vec::new(),
    })
}

/// The next step that the duty plan would take on some incident or warning.
fn advance(state: &State, nth: u8, with: u8) -> Option<(Command, Actor)> {
    let unwritten = |incident: &&Incident| {
        let in_hand =
            |id| state.warnings.get(id).is_some_and(|w: &Warning| w.standing() == Standing::Unissued);
        let has_pack = incident.pack.is_some();
        incident.is_live()
            && has_pack
            && incident.warnings.len() < 2
            && !incident.warnings.iter().any(in_hand)
    };
    let incidents: Vec<&Incident> = state.incidents.values().filter(unwritten).collect();
    // What is in hand comes before what is new.
    let warnings: Vec<&Warning> = state.warnings.values().collect();
    if !warnings.is_empty() && (incidents.is_empty() || !with.is_multiple_of(4)) {
        return next_step(state, nth_of(warnings.into_iter(), nth)?, with);
    }
    let incident = nth_of(incidents.into_iter(), nth)?;
    let draft = Command::Draft { incident: incident.id.clone(), version: incident.version };
    Some((draft, actor(state, Who::Fit(with), Role::Author, false)))
}

fn next_step(state: &State, warning: &Warning, with: u8) -> Option<(Command, Actor)> {
    let (id, version) = (warning.id.clone(), warning.version);
    let fit = |role| actor(state, Who::Fit(with), role, true);
    Some(match &warning.work {
        Work::None if with.is_multiple_of(3) => {
            let form = if with.is_multiple_of(2) { Act::Cancel } else { Act::AllClear };
            let (reason, confirm) = ("it is over".to_owned(), confirm_of(state, false));
            (Command::Retract { warning: id, version, form, reason, confirm }, fit(Role::Officer))
        }
        Work::None => (Command::OpenUpdate { warning: id, version }, fit(Role::Author)),
        Work::Draft { content, act, .. }
            if with.is_multiple_of(if *act == Act::Update { 2 } else { 5 })
                || lint(content).iter().any(|f| f.blocks) =>
        {
            (edit(state, Some(warning), &id, version, with), fit(Role::Author))
        }
        Work::Draft { .. } => (Command::Submit { warning: id, version }, fit(Role::Author)),
        Work::Submitted { digest, .. } => {
            if with.is_multiple_of(8) {
                // Somebody tries to approve what they wrote.
                let by = nth_of(warning.contributors.iter(), with)?;
                return Some((
                    Command::Approve { warning: id, version, digest: digest.clone() },
                    Actor::fresh(by),
                ));
            }
            let others = state
                .roles
                .keys()
                .filter(|who| state.holds(who, Role::Approver) && !warning.contributors.contains(*who));
            let by = nth_of(others, with)?;
            (Command::Approve { warning: id, version, digest: digest.clone() }, Actor::fresh(by))
        }
        Work::Approved { .. } if state.clock_apart.is_some() && !with.is_multiple_of(3) => {
            let typed = state.river_time.strftime("%Y-%m-%d %H:%M").to_string();
            (Command::ConfirmTime { typed }, fit(Role::Officer))
        }
        Work::Approved { .. } if with.is_multiple_of(5) && !state.outlet_alarms.is_empty() => {
            let channel = nth_of(state.outlet_alarms.keys().cloned(), with)?;
            (Command::DropChannel { warning: id, version, channel }, fit(Role::Officer))
        }
        Work::Approved { .. } => {
            let confirm = confirm_of(state, false);
            (Command::Issue { warning: id, version, confirm }, fit(Role::Officer))
        }
    })
}

fn on_job(state: &State, nth: u8, act: u8, now: Timestamp) -> Option<Command> {
    // The newest jobs are at the end: most things happen to them.
    let (job, kept) = nth_of(state.jobs.iter().rev(), nth % 8)?;
    let job: JobKey = job.clone();
    Some(match act % 10 {
        0..=3 => match clear(state, &job, now.max(state.river_time)) {
            Ok(cleared) => Command::ReportDelivered {
                job,
                digest: cleared.digest().to_owned(),
                answered: (act % 2 == 1).then(|| cleared.digest().to_uppercase()),
            },
            Err(Held::Never(why)) => Command::ReportDropped { job, why },
            Err(Held::After(_) | Held::Done) if kept.progress != beaconfire_core::Progress::Queued => {
                Command::ReportReadBack { job, found: Found::Same }
            }
            Err(_) => return None,
        },
        4 => Command::ReportReadBack { job, found: Found::Same },
        5 => Command::ReportReadBack { job, found: Found::Nothing },
        6 => Command::ReportReadBack { job, found: Found::Other("a shorter text".to_owned()) },
        7 => Command::ReportReadBack { job, found: Found::Unreachable("refused".to_owned()) },
        8 => Command::ReportReadBack { job, found: Found::Digest("00".to_owned()) },
        _ => Command::ReportDelivered {
            job: JobKey { message: "nothing".to_owned(), channel: "none".into() },
            digest: String::new(),
            answered: None,
        },
    })
}

fn own_channels(state: &State) -> Vec<beaconfire_core::ChannelId> {
    let own = state.rules.channels.iter().filter(|channel| Some(channel.mode) == state.mode);
    own.map(|channel| channel.id.clone()).collect()
}

fn actor(state: &State, who: Who, role: Role, fresh: bool) -> Actor {
    let account = match who {
        Who::Fit(n) => nth_of(state.roles.keys().filter(|id| state.holds(id, role)).cloned(), n),
        Who::Any(n) => Some(ACCOUNTS[usize::from(n) % ACCOUNTS.len()].into()),
        Who::Wrong => return Actor::River,
    };
    let account = account.unwrap_or_else(|| ACCOUNTS[0].into());
    Actor::Operator { account, fresh }
}

fn river(who: Who) -> Actor {
    match who {
        Who::Wrong => Actor::fresh(&ACCOUNTS[4].into()),
        _ => Actor::River,
    }
}

fn point(place: u8) -> Option<Point> {
    Point::new(30.0 + 0.06 * f64::from(place % 4), -95.0 + 0.06 * f64::from(place / 4 % 4)).ok()
}

fn area(place: u8) -> Area {
    match (place % 16, point(place)) {
        (15, _) => Area::WholeJurisdiction,
        (14, _) => Area::Unresolved("a code that nobody knows".to_owned()),
        (_, Some(center)) => circle(center, 4.0 + f64::from(place % 5)),
        (_, None) => Area::default(),
    }
}

/// `seconds` before `at`; after it where they are negative.
pub(crate) fn back(at: Timestamp, seconds: i64) -> Timestamp {
    at.checked_sub(SignedDuration::from_secs(seconds)).expect("games last days, not ages")
}

fn nth_of<T>(items: impl Iterator<Item = T>, nth: u8) -> Option<T> {
    let mut all: Vec<T> = items.collect();
    if all.is_empty() {
        return None;
    }
    let at = usize::from(nth) % all.len();
    Some(all.swap_remove(at))
}
