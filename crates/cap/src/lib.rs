#![doc = include_str!("../README.md")]
//!
//! # Map of the crate
//!
//! * [`model`]: the types of one alert, shared by all versions; re-exported here.
//! * [`time`](mod@time): instants with the offset that was written.
//! * [`read()`]: foreign bytes to [`Document`]; repairs what it can, and says so in [`Finding`]s.
//! * [`check()`]: the rules of the standard on a model; [`check_geometry`] looks for crossing edges.
//! * [`rule`]: the list of the rules, with examples.
//! * [`write()`]: a model to canonical CAP 1.2.
//! * [`profile`](mod@profile): rule packs of profiles such as IPAWS and CAP-CP, as data (feature `profile`, on by
//!   default).
//! * `sign` (feature `sign`, on by default): XML signatures, verified and made.
//! * [`to_1_2`]: an earlier version to CAP 1.2; [`fix()`]: a message mended, with what changed.
//! * [`to_json`], [`to_geojson`]: a model to other forms, which [`read()`] takes back.
//! * [`life`]: many messages, and what of them stands at a time.
//!
//! Nothing here does IO, reads a clock or knows another crate of the project.

pub mod life;
pub mod model;
#[cfg(feature = "profile")]
pub mod profile;
pub mod rule;
#[cfg(feature = "sign")]
pub mod sign;
pub mod time;

mod change;
mod check;
mod convert;
mod finding;
mod fix;
mod form;
mod limits;
mod read;
mod write;

pub use change::{Change, ChangeKind};
pub use check::{check, check_geometry};
pub use convert::{Converted, to_1_2};
pub use finding::{Finding, FindingSeverity};
pub use fix::{Fixed, fix};
pub use form::{to_geojson, to_json};
pub use limits::Limits;
pub use model::*;
pub use read::{
    Document, DocumentKind, Entry, Foreign, Link, Message, ReadError, Rejected, Version, read, read_with,
    text,
};
pub use time::{CapTime, CapTimeError};
pub use write::{WriteOptions, Written, write, write_with};
