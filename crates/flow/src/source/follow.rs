//! Which of a feed's links are still to be followed: an entry that has not changed is not fetched
//! twice, one that cannot be fetched is told once and asked for again, and of very many the newest
//! come first and the others later.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// The address of a document that an answer points to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkTo {
    /// The address as written.
    pub href: String,
    /// When the feed says that it changed; where it does not say, it is fetched with every answer.
    pub changed: Option<Timestamp>,
}

/// What was followed of a feed's present links.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Followed {
    taken: BTreeMap<String, Timestamp>,
    failed: BTreeSet<String>,
    /// When links that are asked for again were asked for last, counted in answers.
    asked: BTreeMap<String, u64>,
    answers: u64,
}

impl Followed {
    /// The links that are new or changed, at most `most`: the newest of those never asked for, then
    /// those that were not asked for the longest. Beside them how many wait for a later answer.
    /// Those that the feed no longer has are forgotten.
    pub fn todo(&mut self, links: Vec<LinkTo>, most: usize) -> (Vec<LinkTo>, u64) {
        self.answers += 1;
        let listed: BTreeSet<&str> = links.iter().map(|link| link.href.as_str()).collect();
        self.taken.retain(|href, _| listed.contains(href.as_str()));
        self.failed.retain(|href| listed.contains(href.as_str()));
        self.asked.retain(|href, _| listed.contains(href.as_str()));
        let is_known = |link: &LinkTo| link.changed.is_some_and(|at| self.taken.get(&link.href) == Some(&at));
        let todo: Vec<LinkTo> = links.into_iter().filter(|link| !is_known(link)).collect();
        let mut order: Vec<usize> = (0..todo.len()).collect();
        order.sort_by_key(|at| (self.asked.get(&todo[*at].href), Reverse(todo[*at].changed)));
        let later: BTreeSet<usize> = order.split_off(most.min(order.len())).into_iter().collect();
        let waits = |at: &&usize| self.waits(&todo[**at].href);
        let waiting = later.iter().filter(waits).count() as u64;
        let now = todo.into_iter().enumerate().filter(|(at, _)| !later.contains(at));
        (now.map(|(_, link)| link).collect(), waiting)
    }

    /// Whether a link was never fetched; what never says when it changed is fetched again and again,
    /// and does not wait meanwhile.
    fn waits(&self, href: &str) -> bool {
        self.failed.contains(href) || !self.asked.contains_key(href)
    }

    /// The document was fetched, and taken in or told as unreadable.
    pub fn took(&mut self, link: &LinkTo) {
        self.failed.remove(&link.href);
        match link.changed {
            Some(at) => {
                self.asked.remove(&link.href);
                self.taken.insert(link.href.clone(), at);
            }
            None => {
                self.asked.insert(link.href.clone(), self.answers);
            }
        }
    }

    /// The document could not be fetched; true where that was not said before.
    pub fn failed(&mut self, link: &LinkTo) -> bool {
        self.asked.insert(link.href.clone(), self.answers);
        self.failed.insert(link.href.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn link(href: &str, changed: Option<i64>) -> LinkTo {
        LinkTo { href: href.to_owned(), changed: changed.and_then(|at| Timestamp::from_second(at).ok()) }
    }

    fn todo(followed: &mut Followed, links: Vec<LinkTo>) -> Vec<LinkTo> {
        followed.todo(links, usize::MAX).0
    }

    /// What is fetched answer by answer, and how many wait then.
    fn fetched(feed: &[LinkTo], most: usize, answers: usize) -> Vec<(Vec<String>, u64)> {
        let mut followed = Followed::default();
        let mut all = Vec::new();
        for _ in 0..answers {
            let (now, waiting) = followed.todo(feed.to_vec(), most);
            now.iter().for_each(|link| followed.took(link));
            all.push((now.into_iter().map(|link| link.href).collect(), waiting));
        }
        all
    }

    #[test]
    fn of_thousands_the_newest_come_first_and_all_come() {
        let feed: Vec<LinkTo> = (0..5_000).map(|n| link(&format!("{n:04}"), Some(n))).collect();
        let rounds = fetched(&feed, 2_000, 4);
        assert_eq!(rounds.iter().map(|(now, _)| now.len()).collect::<Vec<_>>(), [2_000, 2_000, 1_000, 0]);
        assert_eq!(rounds.iter().map(|(_, waiting)| *waiting).collect::<Vec<_>>(), [3_000, 1_000, 0, 0]);
        assert_eq!(rounds[0].0.first().map(String::as_str), Some("3000"), "in the feed's order");
        let mut all: Vec<&String> = rounds.iter().flat_map(|(now, _)| now).collect();
        all.sort();
        all.dedup();
        assert_eq!(all.len(), 5_000);
    }

    #[test]
    fn links_without_a_time_take_turns_and_wait_only_until_the_first() {
        let feed: Vec<LinkTo> = (0..3).map(|n| link(&n.to_string(), None)).collect();
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let expected = [(&["0", "1"][..], 1), (&["0", "2"], 0), (&["0", "1"], 0)];
        assert_eq!(fetched(&feed, 2, 3), expected.map(|(now, waiting)| (names(now), waiting)));
    }

    #[test]
    fn what_fails_keeps_nothing_else_waiting_and_is_not_forgotten() {
        let mut followed = Followed::default();
        let feed = || vec![link("a", Some(1)), link("b", Some(2)), link("c", Some(3))];
        let (now, waiting) = followed.todo(feed(), 1);
        assert_eq!((now, waiting), (vec![link("c", Some(3))], 2));
        followed.failed(&link("c", Some(3)));
        for (next, left) in [("b", 2), ("a", 1), ("c", 0)] {
            let (now, waiting) = followed.todo(feed(), 1);
            assert_eq!((now[0].href.as_str(), waiting), (next, left));
            followed.took(&now[0]);
        }
    }

    #[test]
    fn what_was_taken_is_fetched_again_only_when_it_changed() {
        let mut followed = Followed::default();
        let feed = || vec![link("a", Some(1)), link("b", Some(1)), link("c", None)];
        assert_eq!(todo(&mut followed, feed()), feed());
        feed().iter().for_each(|link| followed.took(link));
        assert_eq!(todo(&mut followed, feed()), [link("c", None)], "it does not say when it changed");
        assert_eq!(todo(&mut followed, vec![link("a", Some(2)), link("b", Some(1))]), [link("a", Some(2))]);
        assert_eq!(todo(&mut followed, Vec::new()), []);
        assert_eq!(todo(&mut followed, feed()), feed(), "what was not listed in between is forgotten");
    }

    #[test]
    fn what_cannot_be_fetched_is_told_once_and_asked_for_again() {
        let mut followed = Followed::default();
        let feed = || vec![link("a", Some(1))];
        assert_eq!(todo(&mut followed, feed()), feed());
        assert!(followed.failed(&feed()[0]));
        assert_eq!(todo(&mut followed, feed()), feed());
        assert!(!followed.failed(&feed()[0]));
        followed.took(&feed()[0]);
        assert!(followed.failed(&feed()[0]), "it was back in between");
    }
}
