#![doc = include_str!("../README.md")]
//!
//! # Map of the crate
//!
//! * [`model`]: the types of one alert, shared by all versions; re-exported here.
//! * [`time`](mod@time): instants with the offset that was written.
//! * [`read()`]: foreign bytes to [`Document`]; repairs what it can, and says so in [`Finding`]s.
//! * [`check()`]: the rules of the standard on a model.
//! * [`write()`]: a model to canonical CAP 1.2.
//! * [`life`]: many messages, and what of them stands at a time.
//!
//! Nothing here does IO, reads a clock or knows another crate of the project.

pub mod life;
pub mod model;
pub mod time;

mod check;
mod finding;
mod limits;
mod read;
mod write;

pub use check::check;
pub use finding::{Finding, FindingSeverity};
pub use limits::Limits;
pub use model::*;
pub use read::{Document, DocumentKind, Entry, Foreign, Link, Message, ReadError, Rejected, Version, read};
pub use time::{CapTime, CapTimeError};
pub use write::write;
