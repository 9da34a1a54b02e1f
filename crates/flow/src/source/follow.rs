//! Which of a feed's links are still to be followed: an entry that has not changed is not fetched
//! twice, and one that cannot be fetched is told once and asked for again.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
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
pub struct Followed {
    taken: BTreeMap<String, Timestamp>,
    failed: BTreeSet<String>,
}

impl Followed {
    /// The links that are new or changed; those that the feed no longer has are forgotten.
    pub fn todo(&mut self, links: Vec<LinkTo>) -> Vec<LinkTo> {
        let listed: BTreeSet<&str> = links.iter().map(|link| link.href.as_str()).collect();
        self.taken.retain(|href, _| listed.contains(href.as_str()));
        self.failed.retain(|href| listed.contains(href.as_str()));
        let is_known = |link: &LinkTo| link.changed.is_some_and(|at| self.taken.get(&link.href) == Some(&at));
        links.into_iter().filter(|link| !is_known(link)).collect()
    }

    /// The document was fetched, and taken in or told as unreadable.
    pub fn took(&mut self, link: &LinkTo) {
        self.failed.remove(&link.href);
        if let Some(at) = link.changed {
            self.taken.insert(link.href.clone(), at);
        }
    }

    /// The document could not be fetched; true where that was not said before.
    pub fn failed(&mut self, link: &LinkTo) -> bool {
        self.failed.insert(link.href.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn link(href: &str, changed: Option<i64>) -> LinkTo {
        LinkTo { href: href.to_owned(), changed: changed.and_then(|at| Timestamp::from_second(at).ok()) }
    }

    #[test]
    fn what_was_taken_is_fetched_again_only_when_it_changed() {
        let mut followed = Followed::default();
        let feed = || vec![link("a", Some(1)), link("b", Some(1)), link("c", None)];
        assert_eq!(followed.todo(feed()), feed());
        feed().iter().for_each(|link| followed.took(link));
        assert_eq!(followed.todo(feed()), [link("c", None)], "it does not say when it changed");
        assert_eq!(followed.todo(vec![link("a", Some(2)), link("b", Some(1))]), [link("a", Some(2))]);
        assert_eq!(followed.todo(Vec::new()), []);
        assert_eq!(followed.todo(feed()), feed(), "what was not listed in between is forgotten");
    }

    #[test]
    fn what_cannot_be_fetched_is_told_once_and_asked_for_again() {
        let mut followed = Followed::default();
        let feed = || vec![link("a", Some(1))];
        assert_eq!(followed.todo(feed()), feed());
        assert!(followed.failed(&feed()[0]));
        assert_eq!(followed.todo(feed()), feed());
        assert!(!followed.failed(&feed()[0]));
        followed.took(&feed()[0]);
        assert!(followed.failed(&feed()[0]), "it was back in between");
    }
}
