//! Accounts, sessions and tokens with a clock of the test's own.

use super::*;

const PASSWORD: &str = "correct horse battery";

fn held(folder: &tempfile::TempDir) -> Accounts {
    Accounts::open(&folder.path().join("accounts.sqlite")).unwrap()
}

fn new<'a>(login: &'a str) -> NewAccount<'a> {
    NewAccount { id: None, login, name: "Duty Officer", password: PASSWORD, roles: &["author", "approver"] }
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + second).unwrap()
}

const HOUR: i64 = 3600;

#[test]
fn the_first_account_needs_the_set_up_token_and_it_works_once() {
    let folder = tempfile::tempdir().unwrap();
    let accounts = held(&folder);
    let day = SignedDuration::from_hours(24);
    let stale = accounts.create_setup_token(at(0), day).unwrap();
    let token = accounts.create_setup_token(at(0), day).unwrap();
    let refused = |token: &str, now| {
        let answer = accounts.create_first_account(token, &new("anna"), now);
        assert_eq!(answer.unwrap_err(), SignInError::Refused);
    };
    refused("guess", at(1));
    refused(&stale, at(1));
    refused(&token, at(24 * HOUR));
    let anna = accounts.create_first_account(&token, &new("Anna"), at(1)).unwrap();
    assert!(anna.id.starts_with("op-") && anna.id.len() == 11, "{}", anna.id);
    assert_eq!((anna.login.as_str(), anna.roles.join(",")), ("anna", "approver,author".into()));
    refused(&token, at(2));
    assert!(accounts.create_setup_token(at(2), day).is_err());
    assert_eq!(accounts.accounts().unwrap(), std::slice::from_ref(&anna));
    let twin = accounts.create_account(&new("ANNA")).unwrap_err();
    assert_eq!(twin.to_string(), "keep an account with the login anna: there is one already");
}

#[test]
fn neither_tokens_nor_passwords_are_in_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let accounts = held(&folder);
    let setup = accounts.create_setup_token(at(0), SignedDuration::from_hours(1)).unwrap();
    let read = || {
        let mut all = std::fs::read(folder.path().join("accounts.sqlite")).unwrap();
        all.extend(std::fs::read(folder.path().join("accounts.sqlite-wal")).unwrap());
        all
    };
    let mut secrets = vec![setup.clone()];
    accounts.create_first_account(&setup, &new("anna"), at(0)).unwrap();
    secrets.push(accounts.sign_in("anna", PASSWORD, at(0)).unwrap().token);
    secrets.push(accounts.create_token("t", &["read"], at(0), at(9)).unwrap().secret);
    secrets.push(PASSWORD.to_owned());
    let all = read();
    for secret in secrets {
        assert!(!all.windows(secret.len()).any(|part| part == secret.as_bytes()), "{secret}");
    }
    assert!(all.windows(10).any(|part| part == b"$argon2id$"));
}

#[cfg(unix)]
#[test]
fn the_file_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let _accounts = held(&folder);
    for name in ["accounts.sqlite", "accounts.sqlite-wal"] {
        let mode = std::fs::metadata(folder.path().join(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
}

#[test]
fn a_session_ends_idle_in_any_case_and_by_signing_out() {
    let folder = tempfile::tempdir().unwrap();
    let accounts = held(&folder);
    accounts.create_account(&new("anna")).unwrap();
    let session = accounts.sign_in("Anna", PASSWORD, at(0)).unwrap();
    assert_eq!(session.expires, at(2 * HOUR));
    let alive = |second| accounts.session(&session.token, at(second)).unwrap().is_some();
    assert!(alive(2 * HOUR - 1));
    assert!(alive(4 * HOUR - 2), "use puts the idle end off");
    assert!(!alive(6 * HOUR), "two hours idle");
    for hour in 4..=12 {
        assert!(alive(hour * HOUR + HOUR / 2), "{hour}");
    }
    assert!(!alive(13 * HOUR), "however much it is used");
    assert!(accounts.session("guess", at(0)).unwrap().is_none());

    let second = accounts.sign_in("anna", PASSWORD, at(0)).unwrap();
    assert_ne!(second.token, session.token);
    assert!(accounts.sign_out(&second.token).unwrap());
    assert!(!accounts.sign_out(&second.token).unwrap());
    assert!(accounts.session(&second.token, at(1)).unwrap().is_none());
}

#[test]
fn disabling_or_a_new_password_ends_the_sessions() {
    let folder = tempfile::tempdir().unwrap();
    let accounts = held(&folder);
    let id = accounts.create_account(&new("anna")).unwrap().id;
    let session = accounts.sign_in("anna", PASSWORD, at(0)).unwrap();
    assert!(accounts.set_disabled(&id, true).unwrap());
    assert!(accounts.session(&session.token, at(1)).unwrap().is_none());
    assert_eq!(accounts.sign_in("anna", PASSWORD, at(1)).unwrap_err(), SignInError::Refused);
    accounts.set_disabled(&id, false).unwrap();
    assert!(accounts.session(&session.token, at(1)).unwrap().is_none());
    let session = accounts.sign_in("anna", PASSWORD, at(2)).unwrap();
    accounts.set_roles(&id, &["viewer"]).unwrap();
    let now = accounts.session(&session.token, at(3)).unwrap().unwrap();
    assert_eq!(now.account.roles, ["viewer"], "roles are read anew each time");
    accounts.set_password(&id, "another long password").unwrap();
    assert!(accounts.session(&session.token, at(3)).unwrap().is_none());
    assert!(accounts.sign_in("anna", "another long password", at(4)).is_ok());
    assert!(!accounts.set_disabled("op-00000000", true).unwrap());
}

#[test]
fn a_password_is_confirmed_anew_for_an_approval() {
    let folder = tempfile::tempdir().unwrap();
    let accounts = held(&folder);
    let id = accounts.create_account(&new("anna")).unwrap().id;
    let token = accounts.create_sign_in_token(&id, at(0), SignedDuration::from_mins(5)).unwrap();
    let session = accounts.sign_in_once(&token, at(1)).unwrap();
    assert_eq!(session.confirmed_at, None);
    assert_eq!(accounts.sign_in_once(&token, at(1)).unwrap_err(), SignInError::Refused);
    assert_eq!(
        accounts.reauthenticate(&session.token, "wrong password", at(9)).unwrap_err(),
        SignInError::Refused
    );
    let confirmed = accounts.reauthenticate(&session.token, PASSWORD, at(10)).unwrap();
    assert_eq!(confirmed.confirmed_at, Some(at(10)));
    assert!(confirmed.csrf_holds(&session.csrf) && !confirmed.csrf_holds("guess"));
    assert_eq!(accounts.reauthenticate("guess", PASSWORD, at(10)).unwrap_err(), SignInError::NoSession);
    let late = accounts.create_sign_in_token(&id, at(0), SignedDuration::from_mins(5)).unwrap();
    assert_eq!(accounts.sign_in_once(&late, at(300)).unwrap_err(), SignInError::Refused);
}

#[test]
fn failures_make_a_login_wait_and_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let accounts = held(&folder);
    accounts.create_account(&new("anna")).unwrap();
    accounts.create_account(&new("bert")).unwrap();
    for _ in 0..=4 {
        let refused = accounts.sign_in("anna", "wrong password", at(0)).unwrap_err();
        assert_eq!(refused, SignInError::Refused);
    }
    let wait = accounts.sign_in("anna", PASSWORD, at(0)).unwrap_err();
    assert_eq!(wait, SignInError::Wait { seconds: 1 });
    assert!(accounts.sign_in("bert", PASSWORD, at(0)).is_ok());
    assert!(accounts.sign_in("anna", "wrong password", at(1)).is_err());
    let wait = accounts.sign_in("anna", PASSWORD, at(1)).unwrap_err();
    assert_eq!(wait, SignInError::Wait { seconds: 2 });
    let set_back = accounts.sign_in("anna", PASSWORD, at(-9000)).unwrap_err();
    assert_eq!(set_back, SignInError::Wait { seconds: 2 });
    assert!(accounts.sign_in("anna", PASSWORD, at(3)).is_ok(), "and then it is forgotten");
    assert_eq!(accounts.sign_in("anna", "wrong password", at(3)), Err(SignInError::Refused));
    assert!(accounts.sign_in("anna", PASSWORD, at(3)).is_ok());
    let unknown = accounts.sign_in("nobody", PASSWORD, at(0)).unwrap_err();
    assert_eq!(unknown, SignInError::Refused);
}

#[test]
fn a_token_allows_its_scopes_until_it_ends_or_is_revoked() {
    let folder = tempfile::tempdir().unwrap();
    let accounts = held(&folder);
    let made = accounts.create_token("gauge pusher", &["intake:usgs"], at(0), at(100)).unwrap();
    let allowed =
        |scope: &str, second| accounts.check_token(&made.secret, scope, at(second)).unwrap().is_some();
    assert!(allowed("intake:usgs", 0) && allowed("intake:usgs", 99));
    assert!(!allowed("intake:usgs", 100) && !allowed("intake:other", 0) && !allowed("", 0));
    assert!(accounts.check_token("bf_guess", "intake:usgs", at(0)).unwrap().is_none());
    assert!(accounts.revoke_token(&made.token.id, at(50)).unwrap());
    assert!(!accounts.revoke_token(&made.token.id, at(51)).unwrap());
    assert!(!allowed("intake:usgs", 60));
    let [kept] = accounts.tokens().unwrap().try_into().unwrap();
    assert_eq!(kept, ApiToken { revoked: Some(at(50)), ..made.token });
    assert!(accounts.create_token("x", &[], at(0), at(1)).is_err());
    assert!(accounts.create_token("x", &["two words"], at(0), at(1)).is_err());
}

#[test]
fn what_cannot_be_an_account_is_refused_in_words() {
    let folder = tempfile::tempdir().unwrap();
    let accounts = held(&folder);
    let good = new("anna");
    let bad = [
        NewAccount { login: "", ..good },
        NewAccount { login: "an na", ..good },
        NewAccount { name: " ", ..good },
        NewAccount { password: "short", ..good },
        NewAccount { roles: &["a b"], ..good },
    ];
    for one in bad {
        assert!(matches!(accounts.create_account(&one), Err(StoreError::Invalid { .. })));
    }
    assert_eq!(accounts.accounts().unwrap(), []);
}
