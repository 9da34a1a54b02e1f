//! A machine that plays random games against `decide` and `apply`: random configurations, random
//! commands (plausible and not), and a look at every step.
#![allow(dead_code, unused_imports, reason = "each test file looks at its own part of the machine")]

pub(crate) mod commands;
pub(crate) mod model;
pub(crate) mod run;
pub(crate) mod world;

pub(crate) use run::{Seen, always, games};
