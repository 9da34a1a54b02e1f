//! Who acts: the river itself, or an operator by pseudonym.

use crate::id::AccountId;
use serde::{Deserialize, Serialize};

/// What an account may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Drafts, edits and submits warnings.
    Author,
    /// Approves what others wrote.
    Approver,
    /// Accepts, declines, issues, retracts; the officer on duty.
    Officer,
    /// Keeps accounts and configuration; decides no warning by this role alone.
    Admin,
}

impl Role {
    /// All roles.
    pub const ALL: [Self; 4] = [Self::Author, Self::Approver, Self::Officer, Self::Admin];

    /// The role's word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Author => "author",
            Self::Approver => "approver",
            Self::Officer => "officer",
            Self::Admin => "admin",
        }
    }
}

impl std::str::FromStr for Role {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|role| role.word() == text)
            .ok_or_else(|| format!("{text:?} is no role: write author, approver, officer or admin"))
    }
}

/// Who gives a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actor {
    /// A stage of the river: intake, detectors, timers, delivery.
    River,
    /// A signed-in operator. What the account may do is read from the state, never from here.
    Operator {
        /// The pseudonym.
        account: AccountId,
        /// Whether the operator proved who they are again just now (password re-entered); the
        /// host's clock judged that.
        fresh: bool,
    },
}

impl Actor {
    /// An operator with an ordinary session.
    #[must_use]
    pub fn operator(account: &AccountId) -> Self {
        Self::Operator { account: account.clone(), fresh: false }
    }

    /// An operator who has just proved who they are.
    #[must_use]
    pub fn fresh(account: &AccountId) -> Self {
        Self::Operator { account: account.clone(), fresh: true }
    }
}
