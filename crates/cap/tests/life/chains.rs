//! Long chains: each message costs about the same, however many there are. A quadratic book does not finish.

use beaconfire_cap::Alert;
use beaconfire_cap::life::{Book, Trust};

use super::build::{alert, at, update, via, word};

const LONG: usize = 100_000;
const WIDE: usize = 20_000;

fn check(alerts: impl Iterator<Item = Alert>, all: usize, in_force: usize) {
    let mut book = Book::new(Trust::everybody());
    for alert in alerts {
        book.take(&alert, &via("any"));
    }
    let standing = book.state_at(at(1));
    assert_eq!(standing.len(), all);
    assert_eq!(standing.iter().filter(|standing| word(&standing.state) == "active").count(), in_force);
}

#[test]
fn a_chain_from_either_end() {
    let link = |n: usize| {
        let before = n.checked_sub(1).map(|before| alert(&format!("m{before}"), before as i64));
        update(&format!("m{n}"), n as i64, &before.iter().collect::<Vec<_>>())
    };
    check((0..LONG).map(link), LONG, 1);
    check((0..WIDE).rev().map(link), WIDE, 1);
}

#[test]
fn many_updates_of_one_alert_in_either_order() {
    let first = alert("first", 0);
    let fork = |n: usize| if n == 0 { first.clone() } else { update(&format!("m{n}"), n as i64, &[&first]) };
    check((0..WIDE).map(fork), WIDE, WIDE - 1);
    check((0..WIDE).rev().map(fork), WIDE, WIDE - 1);
}

#[test]
fn one_identifier_used_again_and_again() {
    check((0..WIDE).map(|n| alert("same", n as i64)), WIDE, WIDE);
}
