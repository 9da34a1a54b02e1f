//! The numbered schema steps of each file. A released step never changes; a new one is added.

use crate::migrate::Step;

/// The journal's steps.
pub(crate) const JOURNAL: &[Step] = &[Step { number: 1, sql: include_str!("migrations/journal/001.sql") }];

/// The items' steps.
pub(crate) const ITEMS: &[Step] = &[Step { number: 1, sql: include_str!("migrations/items/001.sql") }];

/// The observations' steps.
pub(crate) const OBSERVATIONS: &[Step] =
    &[Step { number: 1, sql: include_str!("migrations/observations/001.sql") }];

/// The accounts' steps.
pub(crate) const ACCOUNTS: &[Step] = &[Step { number: 1, sql: include_str!("migrations/accounts/001.sql") }];
