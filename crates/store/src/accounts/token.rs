//! Tokens of programs: each has scopes such as `read` or `intake:SOURCE`, ends, and can be revoked.

use jiff::Timestamp;
use rusqlite::{OptionalExtension, Row};

use super::{Accounts, instant, is_word, join_words, new_secret, split_words};
use crate::encode::hex;
use crate::error::StoreError;
use crate::hash::{random, sha256};
use crate::sqlite::{fault, locked};

/// What is kept of a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiToken {
    /// `tok-` and eight hexadecimal digits.
    pub id: String,
    /// What it is for, for people.
    pub name: String,
    /// What it allows; sorted.
    pub scopes: Vec<String>,
    /// Since when.
    pub created: Timestamp,
    /// Until when.
    pub expires: Timestamp,
    /// When it was revoked, if it was.
    pub revoked: Option<Timestamp>,
}

/// A token just made. The secret cannot be had again.
#[derive(Clone, PartialEq, Eq)]
pub struct NewToken {
    /// What is kept.
    pub token: ApiToken,
    /// `bf_` and 43 characters, for the program.
    pub secret: String,
}

impl std::fmt::Debug for NewToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewToken").field("token", &self.token).finish_non_exhaustive()
    }
}

impl Accounts {
    /// Makes a token with these scopes (words without white space, at least one).
    pub fn create_token(
        &self,
        name: &str,
        scopes: &[&str],
        now: Timestamp,
        expires: Timestamp,
    ) -> Result<NewToken, StoreError> {
        if scopes.is_empty() || name.trim().is_empty() || name.len() > 256 {
            let reason = "it has no scope, or its name has not 1 to 256 bytes";
            return Err(StoreError::invalid("a token", reason));
        }
        let scopes = join_words("a scope", scopes)?;
        let (secret, hash) = new_secret("bf_")?;
        let id = format!("tok-{}", hex(&random::<4>()?));
        let (created, ends) = (now.as_second(), expires.as_second());
        self.write(|transaction| {
            let sql = "INSERT INTO api_token VALUES (?1, ?2, ?3, ?4, ?5, ?6, NULL)";
            transaction.execute(sql, (&id, hash, name, &scopes, created, ends))?;
            Ok(Ok::<(), StoreError>(()))
        })?;
        let token = ApiToken {
            id,
            name: name.to_owned(),
            scopes: split_words(&scopes),
            created: instant(created),
            expires: instant(ends),
            revoked: None,
        };
        Ok(NewToken { token, secret })
    }

    /// The token of a secret, if it stands and has this scope.
    pub fn check_token(
        &self,
        secret: &str,
        scope: &str,
        now: Timestamp,
    ) -> Result<Option<ApiToken>, StoreError> {
        let found: Option<ApiToken> = locked(&self.conn)
            .prepare_cached("SELECT * FROM api_token WHERE hash = ?1")
            .and_then(|mut rows| rows.query_row([sha256(secret.as_bytes())], read_token).optional())
            .map_err(fault(&self.file))?;
        Ok(found.filter(|token| {
            let allowed = is_word(scope, 128) && token.scopes.iter().any(|held| held == scope);
            allowed && token.revoked.is_none() && now < token.expires
        }))
    }

    /// Revokes a token for good; false where it is unknown or was revoked before.
    pub fn revoke_token(&self, id: &str, now: Timestamp) -> Result<bool, StoreError> {
        self.write(|transaction| {
            let sql = "UPDATE api_token SET revoked = ?2 WHERE id = ?1 AND revoked IS NULL";
            Ok(Ok(transaction.execute(sql, (id, now.as_second()))? == 1))
        })
    }

    /// All tokens, oldest first, ended and revoked ones too.
    pub fn tokens(&self) -> Result<Vec<ApiToken>, StoreError> {
        locked(&self.conn)
            .prepare_cached("SELECT * FROM api_token ORDER BY created, id")
            .and_then(|mut rows| rows.query_map([], read_token)?.collect())
            .map_err(fault(&self.file))
    }
}

fn read_token(row: &Row<'_>) -> rusqlite::Result<ApiToken> {
    Ok(ApiToken {
        id: row.get("id")?,
        name: row.get("name")?,
        scopes: split_words(&row.get::<_, String>("scopes")?),
        created: instant(row.get("created")?),
        expires: instant(row.get("expires")?),
        revoked: row.get::<_, Option<i64>>("revoked")?.map(instant),
    })
}
