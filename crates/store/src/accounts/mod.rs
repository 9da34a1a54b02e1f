//! Operators' accounts, their sessions, and tokens of programs.
//!
//! The journal knows an operator only by the pseudonymous id made here. Passwords are kept as
//! argon2id; of every token only the SHA-256. Times are the host's clock, in whole seconds, handed
//! in by the caller.

use std::path::Path;
use std::sync::Mutex;

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, OptionalExtension, Row, Transaction, TransactionBehavior};

use crate::durable;
use crate::encode::{base64url, hex};
use crate::error::StoreError;
use crate::hash::{random, sha256};
use crate::sqlite::{fault, locked, open, schema};

mod once;
mod password;
mod session;
mod token;

pub use session::{Session, SessionLimits, SignInError};
pub use token::{ApiToken, NewToken};

use password::hash_password;

/// The shortest and longest password, in bytes.
pub const PASSWORD_BYTES: std::ops::RangeInclusive<usize> = 12..=1024;

/// An operator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Pseudonymous: `op-` and eight hexadecimal digits.
    pub id: String,
    /// What is typed to sign in; lowercase.
    pub login: String,
    /// How the console calls the operator.
    pub name: String,
    /// What the operator may do, in core's words; sorted.
    pub roles: Vec<String>,
    /// Whether signing in is refused.
    pub disabled: bool,
}

/// An account to be made.
#[derive(Clone, Copy)]
pub struct NewAccount<'a> {
    /// Its pseudonym where it must be the same every time, as in an exercise; otherwise random.
    pub id: Option<&'a str>,
    /// 1 to 128 bytes without white space; letters A to Z are taken as lowercase.
    pub login: &'a str,
    /// 1 to 256 bytes.
    pub name: &'a str,
    /// [`PASSWORD_BYTES`] long.
    pub password: &'a str,
    /// Words without white space.
    pub roles: &'a [&'a str],
}

impl std::fmt::Debug for NewAccount<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewAccount").field("login", &self.login).finish_non_exhaustive()
    }
}

/// The accounts' file. All methods may be called from several threads; those that look at a
/// password take some tens of milliseconds and 19 MiB.
#[derive(Debug)]
pub struct Accounts {
    conn: Mutex<Connection>,
    file: String,
    limits: SessionLimits,
}

impl Accounts {
    /// Opens the file, or makes it.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let conn = open(path, schema::ACCOUNTS)?;
        let limits = SessionLimits::default();
        Ok(Self { conn: Mutex::new(conn), file: path.display().to_string(), limits })
    }

    /// Sets other time-outs for sessions.
    pub fn with_limits(mut self, limits: SessionLimits) -> Self {
        self.limits = limits;
        self
    }

    /// Makes an account.
    pub fn create_account(&self, new: &NewAccount<'_>) -> Result<Account, StoreError> {
        let prepared = Prepared::new(new)?;
        self.write(|transaction| prepared.insert(transaction))
    }

    /// All accounts, by login.
    pub fn accounts(&self) -> Result<Vec<Account>, StoreError> {
        locked(&self.conn)
            .prepare_cached("SELECT * FROM account ORDER BY login")
            .and_then(|mut rows| rows.query_map([], read_account)?.collect())
            .map_err(fault(&self.file))
    }

    /// One account by its id.
    pub fn account(&self, id: &str) -> Result<Option<Account>, StoreError> {
        find_account(&locked(&self.conn), id).map_err(fault(&self.file))
    }

    /// Disables or enables an account; disabling ends its sessions. False where it is unknown.
    pub fn set_disabled(&self, id: &str, disabled: bool) -> Result<bool, StoreError> {
        self.write(|transaction| {
            if disabled {
                end_sessions(transaction, id)?;
            }
            let sql = "UPDATE account SET disabled = ?2 WHERE id = ?1";
            Ok(Ok(transaction.execute(sql, (id, disabled))? == 1))
        })
    }

    /// Gives an account other roles. False where it is unknown.
    pub fn set_roles(&self, id: &str, roles: &[&str]) -> Result<bool, StoreError> {
        let roles = join_words("a role", roles)?;
        self.write(|transaction| {
            let sql = "UPDATE account SET roles = ?2 WHERE id = ?1";
            Ok(Ok(transaction.execute(sql, (id, &roles))? == 1))
        })
    }

    /// Gives an account another password and ends its sessions. False where it is unknown.
    pub fn set_password(&self, id: &str, password: &str) -> Result<bool, StoreError> {
        let hash = hash_password(password)?;
        self.write(|transaction| {
            end_sessions(transaction, id)?;
            let sql = "UPDATE account SET password = ?2 WHERE id = ?1";
            Ok(Ok(transaction.execute(sql, (id, &hash))? == 1))
        })
    }

    /// Runs `change` in a durable transaction; what it refuses is rolled back.
    fn write<T, E: From<StoreError>>(
        &self,
        change: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<Result<T, E>>,
    ) -> Result<T, E> {
        let fault = fault(&self.file);
        let mut conn = locked(&self.conn);
        let transaction = conn.transaction_with_behavior(TransactionBehavior::Immediate).map_err(&fault)?;
        let answer = change(&transaction).map_err(&fault)??;
        durable::commit(transaction).map_err(&fault)?;
        Ok(answer)
    }
}

/// A new account after the slow work, ready to be written.
struct Prepared<'a> {
    new: NewAccount<'a>,
    login: String,
    roles: String,
    password: String,
}

impl<'a> Prepared<'a> {
    fn new(new: &NewAccount<'a>) -> Result<Self, StoreError> {
        let login = new.login.to_ascii_lowercase();
        if !is_word(&login, 128) {
            let reason = "its login has not 1 to 128 bytes, or has white space";
            return Err(StoreError::invalid("an account", reason));
        }
        if new.name.trim().is_empty() || new.name.len() > 256 {
            return Err(StoreError::invalid("an account", "its name has not 1 to 256 bytes"));
        }
        let roles = join_words("a role", new.roles)?;
        Ok(Self { new: *new, login, roles, password: hash_password(new.password)? })
    }

    fn insert(&self, transaction: &Transaction<'_>) -> rusqlite::Result<Result<Account, StoreError>> {
        let taken = transaction.prepare("SELECT 1 FROM account WHERE login = ?1")?.exists([&self.login])?;
        if taken {
            let what = format!("an account with the login {}", self.login);
            return Ok(Err(StoreError::invalid(what, "there is one already")));
        }
        let id = loop {
            if let Some(id) = self.new.id {
                break id.to_owned();
            }
            let id = match random::<4>() {
                Ok(bytes) => format!("op-{}", hex(&bytes)),
                Err(error) => return Ok(Err(error)),
            };
            if find_account(transaction, &id)?.is_none() {
                break id;
            }
        };
        transaction.execute(
            "INSERT INTO account (id, login, name, password, roles) VALUES (?1, ?2, ?3, ?4, ?5)",
            (&id, &self.login, self.new.name, &self.password, &self.roles),
        )?;
        let (login, name) = (self.login.clone(), self.new.name.to_owned());
        Ok(Ok(Account { id, login, name, roles: split_words(&self.roles), disabled: false }))
    }
}

fn find_account(conn: &Connection, id: &str) -> rusqlite::Result<Option<Account>> {
    conn.prepare_cached("SELECT * FROM account WHERE id = ?1")?.query_row([id], read_account).optional()
}

fn read_account(row: &Row<'_>) -> rusqlite::Result<Account> {
    Ok(Account {
        id: row.get("id")?,
        login: row.get("login")?,
        name: row.get("name")?,
        roles: split_words(&row.get::<_, String>("roles")?),
        disabled: row.get("disabled")?,
    })
}

fn end_sessions(transaction: &Transaction<'_>, account: &str) -> rusqlite::Result<usize> {
    transaction.execute("DELETE FROM one_time_token WHERE account = ?1", [account])?;
    transaction.execute("DELETE FROM session WHERE account = ?1", [account])
}

/// 32 random bytes as text, and the hash that is kept of them.
fn new_secret(prefix: &str) -> Result<(String, [u8; 32]), StoreError> {
    let secret = format!("{prefix}{}", base64url(&random::<32>()?));
    let hash = sha256(secret.as_bytes());
    Ok((secret, hash))
}

fn is_word(text: &str, limit: usize) -> bool {
    let plain = |c: char| !c.is_whitespace() && !c.is_control();
    !text.is_empty() && text.len() <= limit && text.chars().all(plain)
}

fn join_words(what: &str, words: &[&str]) -> Result<String, StoreError> {
    if let Some(word) = words.iter().find(|word| !is_word(word, 128)) {
        let reason = "it has not 1 to 128 bytes, or has white space";
        return Err(StoreError::invalid(format!("{what} {word:?}"), reason));
    }
    let mut words = words.to_vec();
    words.sort_unstable();
    words.dedup();
    Ok(words.join(" "))
}

fn split_words(words: &str) -> Vec<String> {
    words.split_whitespace().map(str::to_owned).collect()
}

fn instant(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap_or(Timestamp::MAX)
}

/// `now` and then some, in seconds; stops at the end of time.
fn later(now: Timestamp, by: SignedDuration) -> i64 {
    now.as_second().saturating_add(by.as_secs())
}

#[cfg(test)]
mod tests;
