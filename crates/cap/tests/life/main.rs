//! The life cycle: any order gives the same end, and what users of other readers ran into.

mod build;
mod chains;
mod properties;
mod reference;
mod troubles;
mod vanishing;
