//! The methods of Farrington: a count against a log-linear model of the same time of earlier years.
//!
//! A point's past is laid out by [`baseline`] and the [`calendar`], taken up as [`rows`], fitted to by [`model`], with
//! [`reference_fit`] or [`profile_fit`], and turned into a bound by [`threshold`].

mod baseline;
mod calendar;
mod explained;
mod fit;
pub(super) mod flexible;
mod growth;
mod limit;
mod logs;
mod model;
pub(super) mod original;
mod profile_fit;
mod reference_fit;
pub(super) mod rnssp;
mod rows;
mod threshold;
