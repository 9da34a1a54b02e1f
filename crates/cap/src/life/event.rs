//! What changed, and what is to be said of a message.

use super::{Clear, Name, Place, Why};
use crate::Status;

/// What a newly taken copy, or a newly heard poll, changed. Told once; how things stand is asked of the
/// [`Book`](super::Book).
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "a variant's own line says what its fields hold")]
pub enum LifeEvent {
    /// A message was not known before.
    Taken { name: Name },
    /// A known message came through another source too.
    SeenAgain { name: Name, source: String },
    /// A message came through a source trusted for its sender for the first time: what it does takes effect.
    Trusted { name: Name, source: String },
    /// `by` took the place of a message, or of parts of it.
    Superseded { name: Name, by: Name },
    /// The Update `by` leaves these places out, or says that it is over there: those who are there have to be
    /// told that it ended for them.
    EndedHere { name: Name, by: Name, places: Vec<Place> },
    /// Parts of a message ended because `by` says that it is over.
    Ended { name: Name, by: Name, how: Clear },
    /// A message says that a danger is over: at these places, about these messages, known or not.
    AllClear { by: Name, of: Vec<Name>, places: Vec<Place> },
    /// A message was withdrawn.
    Cancelled { name: Name, by: Name },
    /// An orphan found the first of the messages that it names.
    Found { name: Name, of: Name },
    /// A message left the list of a source for good.
    Vanished { name: Name, source: String, polls: u32 },
    /// Whether a message still is on the list of a source cannot be told.
    Unsure { name: Name, source: String, why: Why },
    /// A message is listed again after it had vanished or could not be told.
    Back { name: Name, source: String },
    /// Something is to be said of a message.
    Remarked { name: Name, remark: Remark },
}

/// Something to be said of a message; a function of what is known, whatever the order.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "a variant's own line says what its fields hold")]
pub enum Remark {
    /// An Update or Cancel none of whose referenced messages is known.
    Orphan,
    /// An Update, Cancel, Ack or Error that names no message.
    NamesNothing,
    /// An Update without info: it says nothing that could take a place.
    SaysNothing,
    /// It names itself.
    NamesItself,
    /// An Update that names a message sent after it, or in the same second with a greater name: it supersedes
    /// what was there, so it cannot supersede that. Messages that name each other end here.
    NotEarlier { reference: Name },
    /// The referenced message is not known.
    Missing { reference: Name },
    /// The referenced message is not known, but one of this sender and identifier with another `sent` is:
    /// nearly the same name is not the same.
    Near { reference: Name, known: Name },
    /// The referenced message is known under this status, which this message's cannot act on.
    OtherStatus { reference: Name, status: Status },
    /// No source that brought it is trusted for its sender: it acts on nothing.
    Untrusted,
    /// The referenced message is another sender's, and no delegation lets this one act on it.
    Foreign { reference: Name },
    /// Copies under one name say different things. Those that came through a source trusted for the sender
    /// count, or all where none did.
    Disputed,
    /// The sender used the identifier for another message too; an identifier is unique for all time.
    IdentifierReused { other: Name },
}
