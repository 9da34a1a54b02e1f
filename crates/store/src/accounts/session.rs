//! Sessions of operators: signing in and out, time-outs, renewed authentication.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, OptionalExtension, Transaction};

use super::password::password_holds;
use super::{Account, Accounts, end_sessions, find_account, instant, later, new_secret};
use crate::error::StoreError;
use crate::hash::sha256;
use crate::sqlite::{fault, locked};

/// How often a session in use is noted, in seconds; each note is a durable write.
const NOTE_EVERY: i64 = 60;
/// Failed sign-ins of one login that cost nothing.
const FREE_FAILURES: u32 = 4;
/// The longest wait after a failure, in seconds: long for a guesser, bearable for the operator
/// whose login somebody else is trying.
const LONGEST_WAIT: i64 = 30;
/// Failures are forgotten after this many seconds.
const FORGET_AFTER: i64 = 86_400;

/// When sessions end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionLimits {
    /// After so long without use.
    pub idle: SignedDuration,
    /// After so long in any case.
    pub absolute: SignedDuration,
}

impl Default for SessionLimits {
    /// Two hours idle, a long shift of thirteen in any case.
    fn default() -> Self {
        Self { idle: SignedDuration::from_hours(2), absolute: SignedDuration::from_hours(13) }
    }
}

/// A signed-in operator.
#[derive(Clone, PartialEq, Eq)]
pub struct Session {
    /// The secret that the browser holds; only its hash is kept.
    pub token: String,
    /// Who.
    pub account: Account,
    /// The secret that forms must carry; hold it with [`Session::csrf_holds`].
    pub csrf: String,
    /// Since when.
    pub signed_in_at: Timestamp,
    /// When the password was last typed; `None` after a one-time token.
    pub confirmed_at: Option<Timestamp>,
    /// When it ends if it is not used.
    pub expires: Timestamp,
}

impl Session {
    /// Whether a form carried this session's secret.
    pub fn csrf_holds(&self, carried: &str) -> bool {
        verify_slices_are_equal(self.csrf.as_bytes(), carried.as_bytes()).is_ok()
    }
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session")
            .field("account", &self.account.id)
            .field("expires", &self.expires)
            .finish_non_exhaustive()
    }
}

/// Signing in failed. The text continues "failed to …".
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SignInError {
    /// Login, password or token is wrong, or the account is disabled; which, is not told.
    #[error("sign in: the login or the password is wrong, or the token was used or is too old")]
    Refused,
    /// Too many failures before.
    #[error("sign in: too many failures; try again in {seconds} seconds")]
    Wait {
        /// How long to wait.
        seconds: u64,
    },
    /// The session is unknown or has ended.
    #[error("confirm the password: the session has ended; sign in again")]
    NoSession,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Accounts {
    /// Signs in with a password.
    pub fn sign_in(&self, login: &str, password: &str, now: Timestamp) -> Result<Session, SignInError> {
        let login = login.to_ascii_lowercase();
        let known = self.check_password(&login, password, now)?;
        let limits = self.limits;
        self.write(|transaction| match find_account(transaction, &known)? {
            Some(account) if !account.disabled => {
                forget_failures(transaction, &login, now)?;
                start_session(transaction, account, limits, now, true)
            }
            _ => Ok(Err(SignInError::Refused)),
        })
    }

    /// The session of a token; `None` where it is unknown, has ended or its account is disabled.
    pub fn session(&self, token: &str, now: Timestamp) -> Result<Option<Session>, StoreError> {
        let hash = sha256(token.as_bytes());
        let found =
            find_session(&locked(&self.conn), token, &hash, now, self.limits).map_err(fault(&self.file))?;
        let Some((session, seen_at)) = found else { return Ok(None) };
        if now.as_second() >= seen_at + NOTE_EVERY {
            self.write(|transaction| {
                let sql = "UPDATE session SET seen_at = ?2 WHERE hash = ?1";
                transaction.execute(sql, (hash, now.as_second()))?;
                Ok(Ok::<(), StoreError>(()))
            })?;
        }
        Ok(Some(session))
    }

    /// Confirms a session by its password, as an approval needs.
    pub fn reauthenticate(
        &self,
        token: &str,
        password: &str,
        now: Timestamp,
    ) -> Result<Session, SignInError> {
        let session = self.session(token, now)?.ok_or(SignInError::NoSession)?;
        self.check_password(&session.account.login, password, now)?;
        self.write(|transaction| {
            forget_failures(transaction, &session.account.login, now)?;
            let sql = "UPDATE session SET confirmed_at = ?2, seen_at = ?2 WHERE hash = ?1";
            let changed = transaction.execute(sql, (sha256(token.as_bytes()), now.as_second()))?;
            Ok(if changed == 1 { Ok(()) } else { Err(SignInError::NoSession) })
        })?;
        self.session(token, now)?.ok_or(SignInError::NoSession)
    }

    /// Ends a session; false where it is unknown.
    pub fn sign_out(&self, token: &str) -> Result<bool, StoreError> {
        self.write(|transaction| {
            let sql = "DELETE FROM session WHERE hash = ?1";
            Ok(Ok(transaction.execute(sql, [sha256(token.as_bytes())])? == 1))
        })
    }

    /// Ends all sessions of an account; how many there were.
    pub fn sign_out_everywhere(&self, account: &str) -> Result<usize, StoreError> {
        self.write(|transaction| Ok(Ok(end_sessions(transaction, account)?)))
    }

    /// Ends every session and one-time token, as after a restore.
    pub fn end_all_sessions(&self) -> Result<(), StoreError> {
        self.write(|transaction| {
            transaction.execute("DELETE FROM session", [])?;
            transaction.execute("DELETE FROM one_time_token", [])?;
            Ok(Ok(()))
        })
    }

    /// The id of the account with this login and password. The lock is not held while the password
    /// is looked at.
    fn check_password(&self, login: &str, password: &str, now: Timestamp) -> Result<String, SignInError> {
        let (wait, known) = {
            let conn = locked(&self.conn);
            let wait = wait_of(&conn, login, now).map_err(fault(&self.file))?;
            (wait, find_password(&conn, login).map_err(fault(&self.file))?)
        };
        if let Ok(seconds @ 1..) = u64::try_from(wait) {
            return Err(SignInError::Wait { seconds });
        }
        let hash = known.as_ref().map(|(_, hash)| hash.as_str());
        match (password_holds(password, hash), known) {
            (true, Some((id, _))) => Ok(id),
            _ => {
                self.write(|transaction| {
                    note_failure(transaction, login, now)?;
                    Ok(Ok::<(), StoreError>(()))
                })?;
                Err(SignInError::Refused)
            }
        }
    }
}

/// Writes a new session; those that have ended are swept out.
pub(super) fn start_session(
    transaction: &Transaction<'_>,
    account: Account,
    limits: SessionLimits,
    now: Timestamp,
    confirmed: bool,
) -> rusqlite::Result<Result<Session, SignInError>> {
    let secrets = new_secret("").and_then(|token| Ok((token, new_secret("")?)));
    let ((token, hash), (csrf, _)) = match secrets {
        Ok(secrets) => secrets,
        Err(error) => return Ok(Err(error.into())),
    };
    let (second, expires) = (now.as_second(), later(now, limits.absolute));
    transaction.execute("DELETE FROM session WHERE expires <= ?1", [second])?;
    transaction.execute(
        "INSERT INTO session VALUES (?1, ?2, ?3, ?4, ?5, ?4, ?6)",
        (hash, &account.id, &csrf, second, confirmed.then_some(second), expires),
    )?;
    Ok(Ok(Session {
        token,
        account,
        csrf,
        signed_in_at: instant(second),
        confirmed_at: confirmed.then(|| instant(second)),
        expires: instant(expires.min(later(now, limits.idle))),
    }))
}

/// A session that has not ended, and when it was last noted as in use.
fn find_session(
    conn: &Connection,
    token: &str,
    hash: &[u8; 32],
    now: Timestamp,
    limits: SessionLimits,
) -> rusqlite::Result<Option<(Session, i64)>> {
    type Found = (String, String, i64, Option<i64>, i64, i64);
    let found: Option<Found> = conn
        .prepare_cached(
            "SELECT account, csrf, signed_in_at, confirmed_at, seen_at, expires
             FROM session WHERE hash = ?1",
        )?
        .query_row([hash], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?, row.get(5)?))
        })
        .optional()?;
    let Some((id, csrf, signed_in_at, confirmed_at, seen_at, absolute)) = found else {
        return Ok(None);
    };
    let idle_end = seen_at.saturating_add(limits.idle.as_secs());
    if now.as_second() >= absolute.min(idle_end) {
        return Ok(None);
    }
    let Some(account) = find_account(conn, &id)?.filter(|account| !account.disabled) else {
        return Ok(None);
    };
    let session = Session {
        token: token.to_owned(),
        account,
        csrf,
        signed_in_at: instant(signed_in_at),
        confirmed_at: confirmed_at.map(instant),
        expires: instant(absolute.min(later(now, limits.idle))),
    };
    Ok(Some((session, seen_at)))
}

fn find_password(conn: &Connection, login: &str) -> rusqlite::Result<Option<(String, String)>> {
    conn.prepare_cached("SELECT id, password FROM account WHERE login = ?1 AND disabled = 0")?
        .query_row([login], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()
}

/// How many seconds this login must still wait.
fn wait_of(conn: &Connection, login: &str, now: Timestamp) -> rusqlite::Result<i64> {
    let failed: Option<(u32, i64)> = conn
        .prepare_cached("SELECT count, last FROM failure WHERE login = ?1")?
        .query_row([sha256(login.as_bytes())], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let Some((count, last)) = failed else { return Ok(0) };
    let Some(over) = count.checked_sub(FREE_FAILURES + 1) else { return Ok(0) };
    let wait = (1i64 << over.min(10)).min(LONGEST_WAIT);
    // A clock that was set back must not lock anybody out.
    Ok((last + wait - now.as_second()).min(wait))
}

// The login is hashed, because people type passwords there.
fn note_failure(tx: &Transaction<'_>, login: &str, now: Timestamp) -> rusqlite::Result<()> {
    tx.execute("DELETE FROM failure WHERE last < ?1", [now.as_second() - FORGET_AFTER])?;
    tx.execute(
        "INSERT INTO failure VALUES (?1, 1, ?2)
         ON CONFLICT DO UPDATE SET count = count + 1, last = excluded.last",
        (sha256(login.as_bytes()), now.as_second()),
    )?;
    Ok(())
}

fn forget_failures(tx: &Transaction<'_>, login: &str, now: Timestamp) -> rusqlite::Result<()> {
    tx.execute("DELETE FROM failure WHERE login = ?1", [sha256(login.as_bytes())])?;
    tx.execute("DELETE FROM failure WHERE last < ?1", [now.as_second() - FORGET_AFTER])?;
    Ok(())
}
