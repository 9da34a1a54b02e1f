//! What may be done with a warning now, and why not: asked of the core itself, so that the words
//! are those of the refusal that would come.

use beaconfire_core::{Act, Actor, Command, Mode, State, Warning, Work, confirm_phrase, decide};
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

use super::Seen;

/// What may be done.
#[derive(Debug, Default, Serialize, ToSchema)]
pub(super) struct Can {
    edit: bool,
    submit: bool,
    approve: bool,
    send_back: bool,
    issue: bool,
    update: bool,
    retract: bool,
}

/// The reason of what is only asked about.
const ASKED: &str = "only asked";

/// Why something may not be done, by its name in [`Can`].
pub(super) type WhyNot = BTreeMap<&'static str, String>;

/// Asks the core for each command, without doing any.
pub(super) fn can(warning: &Warning, state: &State, seen: Seen<'_>) -> (Can, WhyNot) {
    let mut why_not = WhyNot::new();
    let Some(account) = seen.by else {
        for name in ["edit", "submit", "approve", "send_back", "issue", "update", "retract"] {
            why_not.insert(name, "a program may only look".to_owned());
        }
        return (Can::default(), why_not);
    };
    // The password is asked for when the approval is given, so it is no reason against it now.
    let actor = Actor::fresh(account);
    let mut ask = |name: &'static str, command: Command| match decide(state, &command, &actor, seen.now) {
        Ok(_) => true,
        Err(refusal) => {
            why_not.insert(name, refusal.message);
            false
        }
    };
    let (id, version) = (warning.id.clone(), warning.version);
    let confirm = confirm_phrase(state.mode.unwrap_or(Mode::Exercise)).to_owned();
    let can = Can {
        edit: ask("edit", edit(warning)),
        submit: ask("submit", Command::Submit { warning: id.clone(), version }),
        approve: ask("approve", Command::Approve { warning: id.clone(), version, digest: digest(warning) }),
        send_back: ask(
            "send_back",
            Command::SendBack { warning: id.clone(), version, reason: ASKED.to_owned() },
        ),
        issue: ask("issue", Command::Issue { warning: id.clone(), version, confirm: confirm.clone() }),
        update: ask("update", Command::OpenUpdate { warning: id.clone(), version }),
        retract: ask(
            "retract",
            Command::Retract { warning: id, version, form: Act::Cancel, reason: ASKED.to_owned(), confirm },
        ),
    };
    (can, why_not)
}

fn edit(warning: &Warning) -> Command {
    let (warning_id, version) = (warning.id.clone(), warning.version);
    match &warning.work {
        Work::Draft { content, channels, rings, .. } => Command::Edit {
            warning: warning_id,
            version,
            content: content.clone(),
            channels: channels.clone(),
            rings: *rings,
        },
        Work::Submitted { package, .. } | Work::Approved { package, .. } => Command::Edit {
            warning: warning_id,
            version,
            content: package.content.clone(),
            channels: package.channels.clone(),
            rings: package.rings,
        },
        // Refused whatever it holds; submitting is refused in the same words.
        Work::None => Command::Submit { warning: warning_id, version },
    }
}

fn digest(warning: &Warning) -> String {
    match &warning.work {
        Work::Submitted { digest, .. } => digest.clone(),
        _ => String::new(),
    }
}
