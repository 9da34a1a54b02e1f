//! HTTP: the API, live events, public pages and the console's files.
//!
//! | what | who may | where |
//! |---|---|---|
//! | API | operators with a session; programs with a token look, or push | [`router()`], `api/` |
//! | live events | operators | `api/events.rs` |
//! | public feed | anybody: published messages and nothing else | `feed/` |
//! | console | anybody: it shows nothing without a session | `pages.rs`, [`console`] |
//! | health, numbers | anybody: counts, never names | `health.rs`, `metrics.rs` |
//! | a webhook's receiving end | who is told its address | [`sink`] |
//!
//! Nothing is decided here: commands go to the engine, and what may be done is asked of the core.
//! The host's clock is read for sessions, tokens and limits alone.

mod api;
mod auth;
mod blocking;
mod body;
pub mod console;
mod cookie;
mod dress;
mod error;
mod feed;
mod headers;
mod health;
mod host;
mod limit;
mod listen;
mod metrics;
mod pages;
mod router;
mod services;
pub mod sink;
mod view;

pub use error::{ErrorBody, ErrorWords};
pub use listen::serve;
pub use router::{openapi, router};
pub use services::{ServeConfig, Services, SourceList};
