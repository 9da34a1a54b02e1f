//! Tokens that work once: the first account, and a sign-in without a password.

use jiff::{SignedDuration, Timestamp};
use rusqlite::{OptionalExtension, Transaction};

use super::session::start_session;
use super::{Account, Accounts, NewAccount, Prepared, Session, SignInError, find_account, later, new_secret};
use crate::error::StoreError;
use crate::hash::sha256;

impl Accounts {
    /// A token with which the first account can be made, once, until `valid` has passed. A new one
    /// replaces any before. Refused where there is an account.
    pub fn create_setup_token(&self, now: Timestamp, valid: SignedDuration) -> Result<String, StoreError> {
        let (token, hash) = new_secret("setup_")?;
        self.write(|transaction| {
            if has_account(transaction)? {
                let reason = "there is an account already; let an administrator make further ones";
                return Ok(Err(StoreError::invalid("a set-up token", reason)));
            }
            transaction.execute("DELETE FROM one_time_token WHERE account IS NULL", [])?;
            let sql = "INSERT INTO one_time_token VALUES (?1, NULL, ?2)";
            transaction.execute(sql, (hash, later(now, valid)))?;
            Ok(Ok(()))
        })?;
        Ok(token)
    }

    /// Makes the first account; uses the token up.
    pub fn create_first_account(
        &self,
        token: &str,
        new: &NewAccount<'_>,
        now: Timestamp,
    ) -> Result<Account, SignInError> {
        let prepared = Prepared::new(new)?;
        self.write(|transaction| {
            let used = use_up(transaction, token, now)?;
            if used != Some(None) || has_account(transaction)? {
                return Ok(Err(SignInError::Refused));
            }
            Ok(prepared.insert(transaction)?.map_err(SignInError::from))
        })
    }

    /// A token that signs an account in, once, until `valid` has passed.
    pub fn create_sign_in_token(
        &self,
        account: &str,
        now: Timestamp,
        valid: SignedDuration,
    ) -> Result<String, StoreError> {
        let (token, hash) = new_secret("once_")?;
        self.write(|transaction| {
            if find_account(transaction, account)?.is_none() {
                return Ok(Err(StoreError::invalid("a sign-in token", "there is no such account")));
            }
            let sql = "INSERT INTO one_time_token VALUES (?1, ?2, ?3)";
            transaction.execute(sql, (hash, account, later(now, valid)))?;
            Ok(Ok(()))
        })?;
        Ok(token)
    }

    /// Signs in with such a token; uses it up. The session counts as not confirmed by a password.
    pub fn sign_in_once(&self, token: &str, now: Timestamp) -> Result<Session, SignInError> {
        let limits = self.limits;
        self.write(|transaction| {
            let account = match use_up(transaction, token, now)? {
                Some(Some(id)) => find_account(transaction, &id)?,
                _ => None,
            };
            match account {
                Some(account) if !account.disabled => start_session(transaction, account, limits, now, false),
                _ => Ok(Err(SignInError::Refused)),
            }
        })
    }
}

/// Removes a token; what it was for, `None` where it is unknown or too old.
fn use_up(
    transaction: &Transaction<'_>,
    token: &str,
    now: Timestamp,
) -> rusqlite::Result<Option<Option<String>>> {
    transaction.execute("DELETE FROM one_time_token WHERE expires <= ?1", [now.as_second()])?;
    transaction
        .query_row(
            "DELETE FROM one_time_token WHERE hash = ?1 RETURNING account",
            [sha256(token.as_bytes())],
            |row| row.get(0),
        )
        .optional()
}

fn has_account(transaction: &Transaction<'_>) -> rusqlite::Result<bool> {
    transaction.prepare("SELECT 1 FROM account")?.exists([])
}
