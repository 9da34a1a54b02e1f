//! Remembers whether an alarm stands, and turns judgements into changes of state.

use serde::{Deserialize, Serialize};

use crate::judge::Change;

/// Whether an alarm stands, and whether the series is known.
#[derive(Serialize, Deserialize, Clone, Copy, Debug, Default, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Latch {
    /// No alarm.
    #[default]
    Off,
    /// Alarm.
    On,
    /// Unknown since a moment without an alarm that mattered all the same.
    LostOff,
    /// Unknown since a moment of alarm.
    LostOn,
}

impl Latch {
    /// Whether an alarm stands, also while the series is unknown.
    pub(crate) fn stands(self) -> bool {
        matches!(self, Self::On | Self::LostOn)
    }

    /// Whether the series is unknown, and that matters.
    pub(crate) fn is_lost(self) -> bool {
        matches!(self, Self::LostOff | Self::LostOn)
    }

    /// There is an alarm.
    pub(crate) fn set(&mut self) -> Option<Change> {
        let change = (*self != Self::On).then_some(Change::On);
        *self = Self::On;
        change
    }

    /// There is none.
    pub(crate) fn clear(&mut self) -> Option<Change> {
        let change = (*self != Self::Off).then_some(Change::Off);
        *self = Self::Off;
        change
    }

    /// The series is unknown; `matters` says whether that is news though no alarm stands.
    pub(crate) fn lose(&mut self, matters: bool) -> Option<Change> {
        *self = match *self {
            Self::On => Self::LostOn,
            Self::Off if matters => Self::LostOff,
            _ => return None,
        };
        Some(Change::Lost)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_change_is_told_once() {
        let mut latch = Latch::default();
        assert_eq!((latch.clear(), latch.lose(false)), (None, None));
        assert_eq!((latch.set(), latch.set()), (Some(Change::On), None));
        assert_eq!((latch.lose(false), latch.lose(true)), (Some(Change::Lost), None));
        assert!(latch.stands());
        assert_eq!((latch.set(), latch.clear(), latch.clear()), (Some(Change::On), Some(Change::Off), None));
        assert_eq!((latch.lose(true), latch.stands()), (Some(Change::Lost), false));
        assert!(latch.is_lost());
        assert_eq!(latch.clear(), Some(Change::Off));
    }
}
