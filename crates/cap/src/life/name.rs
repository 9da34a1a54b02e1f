//! What a message is called: the triple of CAP 1.2, section 3.2.1 `references`.

use std::fmt;

use jiff::Timestamp;

use crate::{Alert, Reference};

/// A message's name: sender, identifier and sent, the last as an instant, so that a reference written with
/// another offset still names it. An identifier that is used again with another `sent` is another message.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name {
    /// CAP sender.
    pub sender: String,
    /// CAP identifier.
    pub identifier: String,
    /// CAP sent, as an instant.
    pub sent: Timestamp,
}

impl Name {
    /// Of a message.
    pub fn of(alert: &Alert) -> Name {
        Name {
            sender: alert.sender.clone(),
            identifier: alert.identifier.clone(),
            sent: alert.sent.instant(),
        }
    }

    /// The order in which messages of one instant act: any fixed one, so that none acts in a circle.
    pub(super) fn order(&self) -> (Timestamp, &str, &str) {
        (self.sent, &self.identifier, &self.sender)
    }
}

impl From<&Reference> for Name {
    fn from(reference: &Reference) -> Name {
        Name {
            sender: reference.sender.clone(),
            identifier: reference.identifier.clone(),
            sent: reference.sent.instant(),
        }
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{},{},{}", self.sender, self.identifier, self.sent)
    }
}
