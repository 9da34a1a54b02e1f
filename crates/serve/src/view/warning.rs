//! A warning: what it says, where it stands, and what may be done with it.

use beaconfire_core::{
    Act, Actor, ChannelId, Command, Content, DraftFinding, Fact, Mode, Package, Role, Stamp, Standing, State,
    Warning, Work, confirm_phrase, decide, lint, render, render_alert, story,
};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::can::{Can, can};
use super::channel::{ChannelChoice, ChannelStatus, Destination, choices, destinations, statuses};
use super::draft::DraftView;
use super::{LineView, Seen};

/// A warning: the chain of messages about one incident, and the work on the next one.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WarningView {
    /// Its name.
    id: String,
    /// Its incident.
    incident: String,
    /// What commands must bear.
    version: u64,
    /// Where it stands: the work in hand, or how it stands to the public.
    state: WarningState,
    /// How it stands to the public, whatever is in hand.
    standing: StandingName,
    /// CAP msgType of what is in hand, or of the last message.
    msg_type: String,
    /// Who opened it.
    author: String,
    /// Who contributed since the last approval: none of them may approve.
    contributors: Vec<String>,
    /// What it says.
    draft: Option<DraftView>,
    /// What an approval covers, or covered.
    digest: Option<String>,
    /// The approval that stands.
    approval: Option<ApprovalView>,
    /// CAP identifier, fixed at submission.
    identifier: Option<String>,
    /// CAP identifier of the last message.
    sent_identifier: Option<String>,
    /// CAP sent of the last message.
    sent: Option<Timestamp>,
    /// CAP expires of the last message.
    expires: Option<Timestamp>,
    /// The info blocks as they go out.
    infos: Vec<InfoView>,
    /// Where what is submitted or approved goes.
    destinations: Vec<Destination>,
    /// What became of it in each channel.
    channels: Vec<ChannelStatus>,
    /// The channels that may be chosen.
    channels_available: Vec<ChannelChoice>,
    /// What each channel sends. Before the issue with the times of 1970, which the server stamps.
    renderings: Vec<RenderingView>,
    /// Both forms of the retraction, as what is in hand has them.
    retraction: Option<RetractionView>,
    /// Both forms as they were approved with the last message: what a retraction sends now.
    sent_retraction: Option<RetractionView>,
    /// Why the draft is one again, after it was submitted or approved.
    returned: Option<LineView>,
    /// What is wrong with the draft.
    findings: Vec<FindingView>,
    /// What happened to it, oldest first.
    history: Vec<LineView>,
    /// What may be done now, by who looks.
    can: Can,
    /// Why not.
    #[schema(value_type = std::collections::HashMap<String, String>)]
    why_not: super::can::WhyNot,
    /// What has to be typed to issue or to retract.
    confirm_phrase: &'static str,
    /// The same for each command.
    confirm: ConfirmView,
}

/// Where a warning stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum WarningState {
    /// Being written.
    Draft,
    /// Waiting for approval.
    Submitted,
    /// Waiting for issue.
    Approved,
    /// In force.
    Issued,
    /// In force, at least once updated.
    Updated,
    /// Ended by an All clear.
    Ended,
    /// Withdrawn.
    Cancelled,
    /// Its expiry passed with nobody acting.
    Lapsed,
}

/// How a warning stands to the public.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum StandingName {
    /// Nothing issued yet.
    Unissued,
    /// In force.
    Issued,
    /// In force, at least once updated.
    Updated,
    /// Ended by an All clear.
    Ended,
    /// Withdrawn.
    Cancelled,
    /// Its expiry passed with nobody acting.
    Lapsed,
}

/// An approval.
#[derive(Debug, Serialize, ToSchema)]
struct ApprovalView {
    account: String,
    role: &'static str,
    digest: String,
    at: Timestamp,
    expires_at: Timestamp,
}

/// One info block as it goes out.
#[derive(Debug, Serialize, ToSchema)]
struct InfoView {
    language: Option<String>,
    event: String,
    response_types: Vec<String>,
    urgency: String,
    severity: String,
    certainty: String,
    headline: Option<String>,
    description: Option<String>,
    instruction: Option<String>,
    area_words: String,
}

/// What one channel sends.
#[derive(Debug, Serialize, ToSchema)]
struct RenderingView {
    channel: String,
    form: &'static str,
    text: String,
    digest: String,
}

/// The retraction that is approved with the warning.
#[derive(Debug, Serialize, ToSchema)]
struct RetractionView {
    cancel: RetractionText,
    all_clear: RetractionText,
}

/// One form of it, in every language.
#[derive(Debug, Serialize, ToSchema)]
struct RetractionText {
    text: String,
}

/// A finding on a draft.
#[derive(Debug, Serialize, ToSchema)]
struct FindingView {
    /// `error` where it may not be submitted with it, else `warning`.
    severity: &'static str,
    path: String,
    message: String,
}

/// What has to be typed.
#[derive(Debug, Serialize, ToSchema)]
struct ConfirmView {
    issue: &'static str,
    cancel: &'static str,
    all_clear: &'static str,
}

impl WarningState {
    /// Where it stands: what is in hand comes first.
    pub(crate) fn of(warning: &Warning) -> Self {
        match (&warning.work, warning.standing()) {
            (Work::Draft { .. }, _) | (Work::None, Standing::Unissued) => Self::Draft,
            (Work::Submitted { .. }, _) => Self::Submitted,
            (Work::Approved { .. }, _) => Self::Approved,
            (Work::None, Standing::Issued) => Self::Issued,
            (Work::None, Standing::Updated) => Self::Updated,
            (Work::None, Standing::Ended) => Self::Ended,
            (Work::None, Standing::Cancelled) => Self::Cancelled,
            (Work::None, Standing::Lapsed) => Self::Lapsed,
        }
    }
}

impl WarningView {
    /// Everything about a warning.
    pub(crate) fn of(warning: &Warning, story: &[story::Line], state: &State, seen: Seen<'_>) -> Self {
        let work = InHand::of(warning, state, seen.now);
        let last = warning.chain.last();
        let (can, why_not) = can(warning, state, seen);
        let phrase = confirm_phrase(state.mode.unwrap_or(Mode::Exercise));
        let content = work.content;
        Self {
            id: warning.id.0.clone(),
            incident: warning.incident.0.clone(),
            version: warning.version,
            state: WarningState::of(warning),
            standing: standing(warning),
            msg_type: work.act.map(|act| act.msg_type().to_string()).unwrap_or_default(),
            author: warning.author.0.clone(),
            contributors: warning.contributors.iter().map(|id| id.0.clone()).collect(),
            draft: content
                .map(|content| DraftView::of(content, &work.channels, work.rings, &state.rules.authority)),
            digest: digest(warning),
            approval: approval(warning),
            identifier: work.fixed.then(|| work.package.as_ref().map(|p| p.identifier.clone())).flatten(),
            sent_identifier: last.map(|message| message.package.identifier.clone()),
            sent: last.map(|message| message.stamp.sent),
            expires: last.map(|message| message.stamp.expires),
            infos: work.package.as_ref().map(|p| infos(p, &work.stamp(p))).unwrap_or_default(),
            destinations: destinations(warning, state, seen),
            channels: statuses(warning, state, seen.now),
            channels_available: choices(state),
            renderings: work.renderings(warning, state),
            retraction: content.map(|content| retraction(content, state)),
            sent_retraction: last
                .filter(|message| !message.package.act.is_end())
                .map(|message| retraction(&message.package.content, state)),
            returned: returned(warning, story),
            findings: work.findings,
            history: history(warning, story).map(view).collect(),
            can,
            why_not,
            confirm_phrase: phrase,
            confirm: ConfirmView { issue: phrase, cancel: phrase, all_clear: phrase },
        }
    }
}

/// What is in hand, or else the last message.
struct InHand<'a> {
    act: Option<Act>,
    content: Option<&'a Content>,
    /// Where it shall go; of an issued message, where it went.
    channels: Vec<ChannelId>,
    rings: bool,
    package: Option<Package>,
    /// Whether the identifier is fixed.
    fixed: bool,
    /// The stamp of an issued message.
    stamp: Option<Stamp>,
    findings: Vec<FindingView>,
}

impl<'a> InHand<'a> {
    fn of(warning: &'a Warning, state: &State, now: Timestamp) -> Self {
        let of_package = |package: &'a Package, stamp: Option<&Stamp>| Self {
            act: Some(package.act),
            content: Some(&package.content),
            channels: package.channels.clone(),
            rings: package.rings,
            package: Some(package.clone()),
            fixed: true,
            stamp: stamp.cloned(),
            findings: Vec::new(),
        };
        match (&warning.work, warning.chain.last()) {
            (Work::Draft { act, content, rings, channels }, _) => {
                let (package, findings) = preview(warning, content, state, now);
                Self {
                    act: Some(*act),
                    content: Some(content),
                    channels: channels.clone(),
                    rings: *rings,
                    package,
                    fixed: false,
                    stamp: None,
                    findings,
                }
            }
            (Work::Submitted { package, .. } | Work::Approved { package, .. }, _) => {
                of_package(package, None)
            }
            (Work::None, Some(message)) => Self {
                channels: message.issued_digests.keys().cloned().collect(),
                ..of_package(&message.package, Some(&message.stamp))
            },
            (Work::None, None) => Self {
                act: None,
                content: None,
                channels: Vec::new(),
                rings: false,
                package: None,
                fixed: false,
                stamp: None,
                findings: Vec::new(),
            },
        }
    }

    fn stamp(&self, package: &Package) -> Stamp {
        self.stamp.clone().unwrap_or_else(|| Stamp::unstamped(package))
    }

    fn renderings(&self, warning: &Warning, state: &State) -> Vec<RenderingView> {
        let Some(package) = &self.package else { return Vec::new() };
        let stamp = self.stamp(package);
        let goes = |id: &&ChannelId| match self.stamp {
            Some(_) => self.channels.contains(id),
            None => !warning.dropped_channels.contains(id),
        };
        let channels = package.channels.iter().filter(goes);
        channels
            .filter_map(|channel| render(package, &stamp, channel, &state.rules).ok())
            .map(|rendering| RenderingView {
                channel: rendering.channel.0.clone(),
                form: match rendering.form {
                    beaconfire_core::Form::Cap => "cap",
                },
                digest: rendering.digest(),
                text: rendering.text,
            })
            .collect()
    }
}

/// What a draft would become if it were submitted now, and what is wrong with it: asked of the
/// core on behalf of anybody who may submit.
fn preview(
    warning: &Warning,
    content: &Content,
    state: &State,
    now: Timestamp,
) -> (Option<Package>, Vec<FindingView>) {
    let view = |finding: DraftFinding| FindingView {
        severity: if finding.blocks { "error" } else { "warning" },
        path: finding.path,
        message: finding.message,
    };
    let mut findings: Vec<_> = lint(content).into_iter().map(view).collect();
    let author = state.roles.iter().find(|(_, roles)| roles.contains(&Role::Author));
    let Some((author, _)) = author else { return (None, findings) };
    let command = Command::Submit { warning: warning.id.clone(), version: warning.version };
    match decide(state, &command, &Actor::operator(author), now) {
        Ok(records) => {
            let package = records.into_iter().find_map(|record| match record.fact {
                Fact::Submitted { package, .. } => Some(*package),
                _ => None,
            });
            (package, findings)
        }
        // What blocks by its content is in the list already.
        Err(refusal) if refusal.code == "content" => (None, findings),
        Err(refusal) => {
            let message = format!("{}: {}", refusal.message, refusal.mend);
            let path = refusal.code.to_owned();
            findings.insert(0, FindingView { severity: "error", path, message });
            (None, findings)
        }
    }
}

fn standing(warning: &Warning) -> StandingName {
    match warning.standing() {
        Standing::Unissued => StandingName::Unissued,
        Standing::Issued => StandingName::Issued,
        Standing::Updated => StandingName::Updated,
        Standing::Ended => StandingName::Ended,
        Standing::Cancelled => StandingName::Cancelled,
        Standing::Lapsed => StandingName::Lapsed,
    }
}

fn digest(warning: &Warning) -> Option<String> {
    match &warning.work {
        Work::Draft { .. } => None,
        Work::Submitted { digest, .. } => Some(digest.clone()),
        Work::Approved { approval, .. } => Some(approval.digest.clone()),
        Work::None => warning.chain.last().map(|message| message.approved_digest.clone()),
    }
}

fn approval(warning: &Warning) -> Option<ApprovalView> {
    let Work::Approved { approval, .. } = &warning.work else { return None };
    Some(ApprovalView {
        account: approval.by.0.clone(),
        role: Role::Approver.word(),
        digest: approval.digest.clone(),
        at: approval.at,
        expires_at: approval.lapses,
    })
}

fn infos(package: &Package, stamp: &Stamp) -> Vec<InfoView> {
    let Ok(alert) = render_alert(package, stamp) else { return Vec::new() };
    let words = |areas: &[beaconfire_cap::Area]| {
        areas.iter().map(|area| area.description.as_str()).collect::<Vec<_>>().join("; ")
    };
    alert
        .infos
        .into_iter()
        .map(|info| InfoView {
            area_words: words(&info.areas),
            language: info.language,
            event: info.event,
            response_types: info.response_types.iter().map(ToString::to_string).collect(),
            urgency: info.urgency.to_string(),
            severity: info.severity.to_string(),
            certainty: info.certainty.to_string(),
            headline: info.headline,
            description: info.description,
            instruction: info.instruction,
        })
        .collect()
}

fn retraction(content: &Content, state: &State) -> RetractionView {
    let mode = state.mode.unwrap_or(Mode::Exercise);
    let text = |pick: fn(&beaconfire_core::Text) -> &String| RetractionText {
        text: content.texts.iter().map(|text| mode.marked(pick(text))).collect::<Vec<_>>().join("\n"),
    };
    RetractionView { cancel: text(|text| &text.cancel), all_clear: text(|text| &text.all_clear) }
}

/// The lines of the incident's story that name the warning or one of its messages.
fn history<'a>(
    warning: &Warning,
    story: &'a [story::Line],
) -> impl DoubleEndedIterator<Item = &'a story::Line> {
    let prefix = format!("{}: ", warning.id);
    let names = move |words: &str| {
        words.starts_with(&prefix)
            || warning
                .chain
                .iter()
                .any(|message| words.split([' ', ',']).any(|word| word == message.package.identifier))
    };
    story.iter().filter(move |line| names(&line.words))
}

/// What made a submission or an approval void, as long as nothing was submitted again.
fn returned(warning: &Warning, story: &[story::Line]) -> Option<LineView> {
    let Work::Draft { .. } = &warning.work else { return None };
    let last =
        history(warning, story).rev().find(|line| matches!(line.kind, "submitted" | "voided" | "drafted"));
    last.filter(|line| line.kind == "voided").map(|line| {
        let words = line.words.strip_prefix(&format!("{}: ", warning.id)).unwrap_or(&line.words);
        LineView { at: line.at, words: words.to_owned() }
    })
}

fn view(line: &story::Line) -> LineView {
    LineView { at: line.at, words: line.words.clone() }
}
