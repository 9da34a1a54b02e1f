//! The nouns and invariants of Beaconfire: [`decide`] and [`apply`], without IO and without a clock.
//!
//! `decide(state, command, actor, now)` gives records or a refusal; `apply(state, record)` folds a
//! record into the state. Both are pure, so the journal alone tells everything that happened.

mod actor;
mod apply;
pub mod area;
pub mod assess;
mod cap_text;
mod command;
mod decide;
mod draft;
pub mod guard;
mod id;
mod incident;
mod index;
mod job;
mod level;
mod lint;
mod mode;
mod observe;
pub mod pack;
mod package;
mod persons;
pub mod record;
mod refusal;
mod render;
mod rules;
mod signal;
mod source_state;
mod span;
mod state;
pub mod story;
mod warning;

pub use actor::{Actor, Role};
pub use apply::apply;
pub use command::Command;
pub use decide::{LATE_AFTER_MINUTES, confirm_phrase, decide, time_phrase};
pub use draft::{Content, Facts, ProposeError, Text, propose};
pub use id::{AccountId, ChannelId, IncidentId, ItemId, PackId, SignalId, SourceId, WarningId, sha256_hex};
pub use incident::{Deadline, Disposition, Incident, Link, LinkKind, Member, MemberId};
pub use job::{Found, Job, JobKey, Progress, ReadBack};
pub use level::{Level, Matrix, Step};
pub use lint::{DraftFinding, lint};
pub use mode::{EXERCISE_MARK, Mode};
pub use observe::{AlertKey, Event, InboundAlert, InboundInfo, Observation, Station};
pub use package::{Act, Package, RetractionIds};
pub use persons::is_about_a_person;
pub use record::{Fact, Fate, Record};
pub use refusal::Refusal;
pub use render::{Rendering, Stamp, alert as render_alert, cap_document, render};
pub use rules::{Authority, ChannelRule, Form, OTHER_HAZARD, Rules, SourceRule, StationRule};
pub use signal::{Signal, SignalKind};
pub use source_state::{Health, SourceState, Trouble};
pub use state::{Judged, KeptAlert, KeptSignal, Note, State};
pub use warning::{Approval, Message, Standing, Warning, Work};
