//! `beaconfire account`: operators' accounts, from the server's own machine.

use super::Answer;
use anyhow::{Context as _, bail};
use beaconfire_core::Role;
use beaconfire_store::{ACCOUNTS_FILE, Account, Accounts, NewAccount};
use jiff::{SignedDuration, Timestamp};
use std::io::Read as _;
use std::path::{Path, PathBuf};

/// Makes, lists and disables operators' accounts.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:
  beaconfire account list --data /var/lib/beaconfire")]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Makes an account; the password is read from stdin.
    #[command(after_help = "\
Example:
  beaconfire account create --data DIR --login ana --name \"Ana B.\" --role author < password.txt")]
    Create {
        /// The data folder.
        #[arg(long, value_name = "DIR")]
        data: PathBuf,
        /// What is typed to sign in.
        #[arg(long)]
        login: String,
        /// How the console calls the operator.
        #[arg(long)]
        name: String,
        /// author, approver, officer or admin; may be given several times.
        #[arg(long = "role", value_name = "ROLE", required = true)]
        roles: Vec<Role>,
    },
    /// Lists accounts: id, login, roles, state. Tab-separated.
    #[command(after_help = "\
Example:
  beaconfire account list --data DIR")]
    List {
        /// The data folder.
        #[arg(long, value_name = "DIR")]
        data: PathBuf,
    },
    /// Disables an account and ends its sessions.
    #[command(after_help = "\
Example:
  beaconfire account disable op-1a2b3c4d --data DIR")]
    Disable {
        /// The account's id or login.
        account: String,
        /// The data folder.
        #[arg(long, value_name = "DIR")]
        data: PathBuf,
    },
    /// Prints a token that signs an operator in once, within an hour: open /sign-in?token=… on the server.
    #[command(after_help = "\
The session counts as not confirmed by a password: approvals still ask for it.

Example:
  beaconfire account sign-in ana --data DIR")]
    SignIn {
        /// The account's id or login.
        account: String,
        /// The data folder.
        #[arg(long, value_name = "DIR")]
        data: PathBuf,
    },
    /// Prints a token with which the first account can be made, once, within an hour: open /set-up?token=… on the
    /// server; refused where there is an account.
    #[command(after_help = "\
Example:
  beaconfire account setup-token --data DIR")]
    SetupToken {
        /// The data folder.
        #[arg(long, value_name = "DIR")]
        data: PathBuf,
    },
}

/// How long a one-time token holds.
const VALID: SignedDuration = SignedDuration::from_hours(1);
/// The longest password that is read, bytes.
const MAX_PASSWORD: u64 = 4096;

impl Args {
    pub(super) fn run(self) -> anyhow::Result<Answer> {
        match self.command {
            Command::Create { data, login, name, roles } => create(&data, &login, &name, &roles),
            Command::List { data } => list(&data),
            Command::Disable { account, data } => disable(&data, &account),
            Command::SignIn { account, data } => sign_in(&data, &account),
            Command::SetupToken { data } => {
                let token = open(&data)?.create_setup_token(Timestamp::now(), VALID)?;
                super::print(&format!("{token}\n"))?;
                eprintln!("open /set-up?token={token} on the server within an hour");
                Ok(Answer::Yes)
            }
        }
    }
}

/// The accounts of a data folder that is there.
pub(super) fn open(data: &Path) -> anyhow::Result<Accounts> {
    if !data.is_dir() {
        bail!("find the data folder {}: check --data", data.display());
    }
    Ok(Accounts::open(&data.join(ACCOUNTS_FILE))?)
}

fn create(data: &Path, login: &str, name: &str, roles: &[Role]) -> anyhow::Result<Answer> {
    let accounts = open(data)?;
    let mut password = String::new();
    std::io::stdin()
        .take(MAX_PASSWORD)
        .read_to_string(&mut password)
        .context("read the password from stdin; it must be UTF-8")?;
    let roles: Vec<&str> = roles.iter().map(|role| role.word()).collect();
    let password = password.trim_end_matches(['\r', '\n']);
    let account = accounts.create_account(&NewAccount { id: None, login, name, password, roles: &roles })?;
    super::print(&format!("{}\n", account.id))?;
    eprintln!("made the account {} with the roles {}", account.login, account.roles.join(", "));
    eprintln!("a running server takes it in within a minute, or at once with SIGHUP");
    Ok(Answer::Yes)
}

fn list(data: &Path) -> anyhow::Result<Answer> {
    for account in open(data)?.accounts()? {
        let state = if account.disabled { "disabled" } else { "active" };
        super::print(&format!("{}\t{}\t{}\t{state}\n", account.id, account.login, account.roles.join(",")))?;
    }
    Ok(Answer::Yes)
}

fn disable(data: &Path, wanted: &str) -> anyhow::Result<Answer> {
    let accounts = open(data)?;
    let Some(account) = find(&accounts, wanted)? else { return Ok(Answer::No) };
    accounts.set_disabled(&account.id, true)?;
    eprintln!("disabled {} ({}) and ended its sessions", account.login, account.id);
    Ok(Answer::Yes)
}

fn sign_in(data: &Path, wanted: &str) -> anyhow::Result<Answer> {
    let accounts = open(data)?;
    let Some(account) = find(&accounts, wanted)? else { return Ok(Answer::No) };
    let token = accounts.create_sign_in_token(&account.id, Timestamp::now(), VALID)?;
    super::print(&format!("{token}\n"))?;
    Ok(Answer::Yes)
}

/// The account of an id or login; says so where there is none.
fn find(accounts: &Accounts, wanted: &str) -> anyhow::Result<Option<Account>> {
    let found = accounts.accounts()?.into_iter().find(|a| a.id == wanted || a.login == wanted);
    if found.is_none() {
        eprintln!("there is no account {wanted}; `beaconfire account list` shows them");
    }
    Ok(found)
}
