//! Who is signed in, and what this process is for.

use beaconfire_core::{AccountId, Mode, Role, State, time_phrase};
use beaconfire_store::Session;
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::services::ServeConfig;

/// The session and the process.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SessionView {
    /// Whether somebody is signed in.
    signed_in: bool,
    /// The pseudonym in the journal.
    account: Option<String>,
    /// What was typed to sign in.
    login: Option<String>,
    /// What the account may do, as the journal says.
    roles: Option<Vec<&'static str>>,
    /// What every request that changes something must bear as `X-CSRF-Token`.
    csrf: Option<String>,
    /// `live`, `test` or `exercise`.
    mode: &'static str,
    /// The exercise's id.
    exercise_id: Option<String>,
    /// What is being played, in words.
    recording: Option<String>,
    /// River time now.
    river_time: Timestamp,
    /// How far the clocks are apart, while an officer has not confirmed the time.
    clock_apart: Option<ClockApart>,
    /// The program's version.
    version: String,
    /// The role that this host name is kept for.
    host_role: Option<&'static str>,
}

impl SessionView {
    /// What is shown to whom.
    pub(crate) fn of(
        session: Option<&Session>,
        state: &State,
        config: &ServeConfig,
        (now, host_role): (Timestamp, Option<&'static str>),
    ) -> Self {
        let roles = |session: &Session| {
            let held = state.roles.get(&AccountId(session.account.id.clone()));
            held.into_iter().flatten().map(|role: &Role| role.word()).collect()
        };
        Self {
            signed_in: session.is_some(),
            account: session.map(|session| session.account.id.clone()),
            login: session.map(|session| session.account.login.clone()),
            roles: session.map(roles),
            csrf: session.map(|session| session.csrf.clone()),
            mode: state.mode.unwrap_or(Mode::Exercise).word(),
            exercise_id: state.exercise.clone(),
            recording: config.recording.clone(),
            river_time: now,
            clock_apart: ClockApart::of(state, now),
            version: config.version.clone(),
            host_role,
        }
    }
}

/// River time and this machine's clock differ.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ClockApart {
    /// By how many seconds; above zero where the machine's clock is ahead.
    seconds: i64,
    /// What an officer types once a second clock agrees: river time to the minute, in UTC.
    phrase: String,
}

impl ClockApart {
    /// None while nothing is doubted.
    pub(crate) fn of(state: &State, now: Timestamp) -> Option<Self> {
        state.clock_apart.map(|seconds| Self { seconds, phrase: time_phrase(now) })
    }
}
