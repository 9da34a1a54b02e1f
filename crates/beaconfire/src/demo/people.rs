//! The demo's operators: invented roles with a password and a one-time sign-in each.

use anyhow::{Context, Result};
use beaconfire_core::{AccountId, Actor, Command, Role};
use beaconfire_flow::River;
use beaconfire_store::{Accounts, NewAccount};
use jiff::{SignedDuration, Timestamp};

/// One operator.
pub(super) struct Operator {
    /// The pseudonym: the same for the same seed.
    pub(super) id: AccountId,
    /// The login, which is also the host name's first label.
    pub(super) login: &'static str,
    /// The password: for the demo alone, made of the seed.
    pub(super) password: String,
    roles: &'static [Role],
}

/// Two people who can do everything together and nothing alone.
pub(super) struct People {
    /// Writes, submits, issues.
    pub(super) author: Operator,
    /// Approves, decides, issues.
    pub(super) approver: Operator,
}

impl People {
    /// The operators of a seed, with their accounts made where they are missing.
    pub(super) async fn settle(river: &River, seed: u64) -> Result<Self> {
        let people = Self {
            author: operator("author", &[Role::Author, Role::Officer], seed),
            approver: operator("approver", &[Role::Approver, Role::Officer], seed),
        };
        for operator in people.all() {
            make_account(&river.stores().accounts, operator)?;
            let roles = operator.roles.iter().copied().collect();
            let command = Command::SetRoles { account: operator.id.clone(), roles };
            river.engine().command(command, Actor::River).await?;
        }
        Ok(people)
    }

    /// Both.
    pub(super) fn all(&self) -> [&Operator; 2] {
        [&self.author, &self.approver]
    }

    /// One line a role: an address that signs in once, and the password for approvals.
    pub(super) fn sign_ins(&self, accounts: &Accounts, port: u16) -> Result<Vec<String>> {
        let mut lines = Vec::new();
        for operator in self.all() {
            let valid = SignedDuration::from_hours(12);
            let token = accounts
                .create_sign_in_token(operator.id.as_str(), Timestamp::now(), valid)
                .context("make a one-time sign-in")?;
            let login = operator.login;
            lines.push(format!(
                "{login:<9} http://{login}.localhost:{port}/sign-in?token={token}  password {}",
                operator.password
            ));
        }
        Ok(lines)
    }
}

fn operator(login: &'static str, roles: &'static [Role], seed: u64) -> Operator {
    let digest = |what: &str| beaconfire_core::sha256_hex(format!("{what} {login} {seed}").as_bytes());
    Operator {
        id: AccountId(format!("op-{}", &digest("id")[..8])),
        login,
        password: format!("{login}-{}", &digest("password")[..8]),
        roles,
    }
}

fn make_account(accounts: &Accounts, operator: &Operator) -> Result<()> {
    if accounts.account(operator.id.as_str())?.is_some() {
        return Ok(());
    }
    let roles: Vec<&str> = operator.roles.iter().map(|role| role.word()).collect();
    let new = NewAccount {
        id: Some(operator.id.as_str()),
        login: operator.login,
        name: operator.login,
        password: &operator.password,
        roles: &roles,
    };
    accounts.create_account(&new).context("make the demo's accounts")?;
    Ok(())
}
