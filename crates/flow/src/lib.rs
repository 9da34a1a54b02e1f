//! The river: sources, observing, detecting, deciding, delivering, reading back.

mod clock;
pub mod deliver;
mod engine;
mod intake;
pub mod live;
pub mod observe;
mod river;
mod setup;
pub mod source;
mod sources;

pub use clock::{Clock, Host, HostClock, Jump, Machine, PlayedClock};
pub use engine::{Change, CommandError, Engine, StartError};
pub use intake::{Intake, IntakeError, IntakeReport};
pub use river::{River, RiverError, Stores};
pub use setup::{ChannelSetup, Fetch, Setup, SourceSetup, Target};
pub use sources::{Answer, SourceNote, SourceView, Sources};
