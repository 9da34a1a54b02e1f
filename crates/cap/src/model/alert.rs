//! The message as a whole.

use super::{Info, MsgType, Scope, Status};
use crate::CapTime;

/// One CAP message. CAP 1.2, section 3.2.1.
#[derive(Clone, Debug, PartialEq)]
pub struct Alert {
    /// Unique per sender for all time; no white space, comma, `<` or `&`.
    pub identifier: String,
    /// Who issues it; same characters as the identifier.
    pub sender: String,
    /// When it was issued.
    pub sent: CapTime,
    /// Real, exercise or test.
    pub status: Status,
    /// What it does to earlier messages.
    pub msg_type: MsgType,
    /// The operator or device behind it.
    pub source: Option<String>,
    /// Who may see it.
    pub scope: Scope,
    /// The rule for [`Scope::Restricted`].
    pub restriction: Option<String>,
    /// Receivers for [`Scope::Private`]; an item may hold spaces but no double quote.
    pub addresses: Vec<String>,
    /// Codes for special handling, such as profile names.
    pub codes: Vec<String>,
    /// Words on the message itself, such as the exercise's id or the reason of an Error.
    pub note: Option<String>,
    /// The messages that an Update, Cancel, Ack or Error acts on.
    pub references: Vec<Reference>,
    /// Names of the incidents it belongs to; an item may hold spaces but no double quote.
    pub incidents: Vec<String>,
    /// The content, usually one a language.
    pub infos: Vec<Info>,
}

/// The full name of another message.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Reference {
    /// Its sender.
    pub sender: String,
    /// Its identifier.
    pub identifier: String,
    /// When it was sent.
    pub sent: CapTime,
}
