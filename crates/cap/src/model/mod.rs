//! One alert, as all versions of CAP mean it.
//!
//! Field order is the order of the CAP 1.2 schema. What is optional and empty is absent.

mod alert;
mod area;
mod info;
mod named;
mod words;

pub use alert::{Alert, Reference};
pub use area::{Area, Circle, Position};
pub use info::{Info, Resource};
pub use named::Named;
pub(crate) use words::Word;
pub use words::{Category, Certainty, MsgType, ResponseType, Scope, Severity, Status, UnknownWord, Urgency};
