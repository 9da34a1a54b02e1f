//! How messages stand at a time.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::book::{Act, Book, Node};
use super::content::Content;
use super::judge::{Verdict, judge};
use super::{Clear, Name, Part, Place, Presence, Remark, Seen};
use crate::{MsgType, Status};

/// The state of a part, or of a message that says nothing of its own.
///
/// An act is for good: where an Update is cancelled, what it had superseded does not come back, and an Update of
/// a message that was cancelled is a warning of its own. An issuer who errs warns anew.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "a variant's own line says what its fields hold")]
pub enum State {
    /// In force.
    Active,
    /// `by` took its place. Of the places that are `left`, `by` certainly says no more.
    Superseded { by: Name, left: Vec<Place> },
    /// It is over.
    Ended { how: End },
    /// Withdrawn.
    Cancelled { by: Name },
    /// Its time is over.
    Expired { at: Timestamp },
    /// Of an Update or Cancel that says nothing of its own: what it names is not known yet.
    Orphan,
    /// Of an Update through no source trusted for its sender: it has no effect.
    Unheeded,
    /// Of a message that only does something to others, or answers them.
    Acted,
}

/// How a part ended.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "a variant's own line says what its fields hold")]
pub enum End {
    /// `by`, which may be the message itself, says that it is over.
    Cleared { by: Name, how: Clear },
    /// The Update `by` warns of other places.
    Dropped { by: Name },
    /// It left the list of this source, which gives no other sign.
    Vanished { source: String, at: Timestamp },
}

/// A message and how it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Standing {
    /// Its name.
    pub name: Name,
    /// Its status: messages act on those of their own status alone.
    pub status: Status,
    /// Whether it is an Update or Cancel none of whose referenced messages is known. An orphan Update warns all
    /// the same: its onset was missed, not its danger.
    pub orphan: bool,
    /// What it says, and how that stands. Empty for a Cancel, Ack or Error, and for an Alert without info.
    pub parts: Vec<(Part, State)>,
    /// The state of the whole: active if any part is, else of the parts' states the first in the order of
    /// [`State`].
    pub state: State,
    /// Where it was seen, by source, each with the first time.
    pub seen: Vec<Seen>,
    /// Of the sources that list it or did: how it stands there.
    pub lists: Vec<(String, Presence)>,
    /// What is to be said of it.
    pub remarks: Vec<Remark>,
    /// The Updates that stand side by side in its place: more than one is a fork, and each of them warns.
    pub forks: Vec<Name>,
}

impl Standing {
    /// Whether it warns of something at that time.
    pub fn is_active(&self) -> bool {
        self.state == State::Active
    }
}

impl Book {
    /// How a message stands at a time.
    pub fn standing(&self, status: Status, name: &Name, now: Timestamp) -> Option<Standing> {
        self.find(status, name).map(|id| self.stands(id, now))
    }

    /// How everything stands at a time, by status and name.
    ///
    /// All that is known acts, also what was sent after `now`: an issuer's clock that is ahead must not hold a
    /// Cancel up. Time only makes parts expire.
    pub fn state_at(&self, now: Timestamp) -> Vec<Standing> {
        self.known().map(|id| self.stands(id, now)).collect()
    }

    /// The messages of status Actual that warn of something at a time, by name.
    pub fn in_force(&self, now: Timestamp) -> Vec<Standing> {
        let actual = self.known().filter(|id| self.nodes[*id].status == Status::Actual);
        actual.map(|id| self.stands(id, now)).filter(Standing::is_active).collect()
    }

    /// When the next part expires; `None` if none will without something new.
    pub fn next_expiry(&self, now: Timestamp) -> Option<Timestamp> {
        let active = self.known().flat_map(|id| {
            let node = &self.nodes[id];
            let states = node.states(self).into_iter().zip(node.merged());
            let active = states.filter(|(state, _)| *state == State::Active);
            active.filter_map(|(_, (part, _))| node.expiry(part, self)).collect::<Vec<_>>()
        });
        active.filter(|at| *at > now).min()
    }

    pub(super) fn stands(&self, id: usize, now: Timestamp) -> Standing {
        let node = &self.nodes[id];
        let states = node.states(self).into_iter().zip(node.merged());
        let parts: Vec<(Part, State)> = states
            .map(|(state, (part, _))| {
                let state = if state == State::Active { node.in_time(part, self, now) } else { state };
                (part.clone(), state)
            })
            .collect();
        Standing {
            name: node.name.clone(),
            status: node.status,
            orphan: node.is_orphan(),
            state: node.whole(&parts, self, now),
            parts,
            seen: node.seen(),
            lists: node.lists(self),
            remarks: self.remarks_of(id),
            forks: self.forks(id),
        }
    }

    /// What is to be said of a message, in a fixed order.
    pub(super) fn remarks_of(&self, id: usize) -> Vec<Remark> {
        let node = &self.nodes[id];
        let mut remarks = Vec::new();
        if node.is_orphan() {
            remarks.push(Remark::Orphan);
        }
        if node.variants.len() > 1 {
            remarks.push(Remark::Disputed);
        }
        let acts = || node.variants.iter().filter(|(content, _)| content.acts());
        if acts().next().is_some() && acts().all(|(_, copies)| !copies.trusted) {
            remarks.push(Remark::Untrusted);
        }
        if node.is_known() {
            let others = self.neighbours(node.status, &node.name);
            remarks.extend(others.map(|other| Remark::IdentifierReused { other: other.clone() }));
        }
        for content in node.variants.keys().filter(|content| content.msg_type != MsgType::Alert) {
            self.remark_on(node, content, &mut remarks);
        }
        remarks.sort();
        remarks.dedup();
        remarks
    }

    fn remark_on(&self, node: &Node, content: &Content, remarks: &mut Vec<Remark>) {
        if content.references.is_empty() {
            remarks.push(Remark::NamesNothing);
        }
        if content.msg_type == MsgType::Update && content.parts.is_empty() {
            remarks.push(Remark::SaysNothing);
        }
        for name in &content.references {
            let reference = name.clone();
            if *name == node.name {
                remarks.push(Remark::NamesItself);
                continue;
            }
            let found = self.find(node.status, name);
            if content.acts() && name.sender != node.name.sender && !self.is_delegated(node, content, name) {
                remarks.push(Remark::Foreign { reference: reference.clone() });
            }
            let Some(id) = found else {
                let other = Status::ALL.iter().find(|status| self.find(**status, name).is_some());
                remarks.extend(
                    other.map(|status| Remark::OtherStatus { reference: reference.clone(), status: *status }),
                );
                remarks.extend(
                    self.neighbours(node.status, name)
                        .filter(|known| **known != node.name)
                        .map(|known| Remark::Near { reference: reference.clone(), known: known.clone() }),
                );
                remarks.push(Remark::Missing { reference });
                continue;
            };
            let by = self.find(node.status, &node.name);
            if content.msg_type == MsgType::Update
                && by.is_some_and(|by| !self.comes_after(by, id, Act::Update))
            {
                remarks.push(Remark::NotEarlier { reference });
            }
        }
    }

    fn is_delegated(&self, node: &Node, content: &Content, name: &Name) -> bool {
        let copies = node.variants.get(content);
        copies.is_some_and(|copies| {
            let mut sources = copies.sources.keys();
            sources.any(|source| self.trust().rule(source).may_act(&node.name.sender, &name.sender))
        })
    }

    /// The Updates of a message that are neither superseded nor cancelled, where there are several.
    fn forks(&self, id: usize) -> Vec<Name> {
        let stands = |by: &&usize| {
            let node = &self.nodes[**by];
            node.first_update.is_none()
                && node.first_cancel.is_none()
                && self.comes_after(**by, id, Act::Update)
        };
        let mut forks: Vec<&Name> =
            self.nodes[id].updates.iter().filter(stands).map(|by| &self.nodes[*by].name).collect();
        forks.sort_by(|a, b| a.order().cmp(&b.order()));
        if forks.len() > 1 { forks.into_iter().cloned().collect() } else { Vec::new() }
    }
}

impl Node {
    /// The copies that count: those through a source trusted for the sender, or all where none is.
    pub(super) fn counting(&self) -> impl Iterator<Item = (&Content, &super::book::Copies)> {
        let any = self.variants.values().any(|copies| copies.trusted);
        self.variants
            .iter()
            .filter(move |(_, copies)| copies.trusted || !any)
            .map(|(c, copies)| (&**c, copies))
    }

    /// What it says, each part once however many copies say it, and whether it is heeded.
    pub(super) fn merged(&self) -> Vec<(&Part, bool)> {
        let mut warning = self.counting().filter(|(content, _)| content.warns());
        if let (1, Some((content, copies))) = (self.variants.len(), warning.next()) {
            let heeded = copies.trusted || !content.acts();
            return content.parts.iter().map(|part| (part, heeded)).collect();
        }
        let mut parts = BTreeMap::new();
        for (content, copies) in self.counting().filter(|(content, _)| content.warns()) {
            let heeded = copies.trusted || !content.acts();
            for part in &content.parts {
                let kept = parts.entry(part.key()).or_insert((part, heeded));
                // Where copies differ over whether it is over, it is not.
                if part.clear.is_none() {
                    *kept = (part, kept.1 || heeded);
                }
            }
        }
        parts.into_values().collect()
    }

    /// The parts' states as far as time has no say; what only time can end is active.
    pub(super) fn states(&self, book: &Book) -> Vec<State> {
        let parts = self.merged();
        if let Some(by) = self.first_cancel {
            let by = &book.nodes[by].name;
            return parts.iter().map(|_| State::Cancelled { by: by.clone() }).collect();
        }
        let own = |(part, heeded): &(&Part, bool)| match part.clear {
            _ if !heeded => State::Unheeded,
            Some(how) => State::Ended { how: End::Cleared { by: self.name.clone(), how } },
            None => State::Active,
        };
        let Some(update) = self.first_update.map(|by| &book.nodes[by]) else {
            return parts.iter().map(own).collect();
        };
        let by = || update.name.clone();
        let old: Vec<&Part> = parts.iter().map(|(part, _)| *part).collect();
        let new: Vec<&Part> =
            update.merged().into_iter().filter(|(_, heeded)| *heeded).map(|(part, _)| part).collect();
        let verdicts = judge(&old, &new).into_iter().zip(&parts);
        verdicts
            .map(|(verdict, part)| match (own(part), verdict) {
                // It had ended by itself, or never counted.
                (own @ (State::Ended { .. } | State::Unheeded), _) => own,
                (_, Verdict::GoesOn(left)) => State::Superseded { by: by(), left },
                (_, Verdict::Cleared(how)) => State::Ended { how: End::Cleared { by: by(), how } },
                (_, Verdict::Dropped) => State::Ended { how: End::Dropped { by: by() } },
            })
            .collect()
    }

    pub(super) fn in_time(&self, part: &Part, book: &Book, now: Timestamp) -> State {
        if let Some((source, at)) = self.vanished(part, book) {
            return State::Ended { how: End::Vanished { source, at } };
        }
        match self.expiry(part, book) {
            Some(at) if at <= now => State::Expired { at },
            _ => State::Active,
        }
    }

    pub(super) fn expiry(&self, part: &Part, book: &Book) -> Option<Timestamp> {
        part.expires().or_else(|| self.patience(book))
    }

    /// When what has no `expires` does expire: by the longest patience of the sources that count.
    fn patience(&self, book: &Book) -> Option<Timestamp> {
        let ends = self.counting_sources(book).into_iter().map(|source| {
            let patience = book.trust().rule(source).missing_expires?;
            Some(self.name.sent.saturating_add(patience).unwrap_or(Timestamp::MAX))
        });
        ends.collect::<Option<Vec<_>>>()?.into_iter().max()
    }

    /// The sources trusted for the sender that brought it, or all where none is.
    fn counting_sources(&self, book: &Book) -> BTreeSet<&String> {
        let all: BTreeSet<&String> = self.counting().flat_map(|(_, copies)| copies.sources.keys()).collect();
        let trusts = |source: &&String| book.trust().rule(source).trusts(&self.name.sender);
        let trusted: BTreeSet<&String> = all.iter().copied().filter(trusts).collect();
        if trusted.is_empty() { all } else { trusted }
    }

    /// Whether a part ended by leaving the lists: of every source that is judged so, trusted for the sender and
    /// known to have listed it.
    fn vanished(&self, part: &Part, book: &Book) -> Option<(String, Timestamp)> {
        let mut first: Option<(String, Timestamp)> = None;
        for source in self.counting_sources(book) {
            let rule = book.trust().rule(source);
            let Some(policy) = rule.vanish.as_ref().filter(|_| rule.trusts(&self.name.sender)) else {
                continue;
            };
            if policy.only_without_expires && part.expires().is_some() {
                return None;
            }
            match book.list(source).and_then(|list| list.presence(&self.name)) {
                Some(Presence::Vanished { at, .. }) => {
                    if first.as_ref().is_none_or(|(_, known)| at > *known) {
                        first = Some((source.clone(), at));
                    }
                }
                _ => return None,
            }
        }
        first
    }

    fn is_orphan(&self) -> bool {
        self.found == 0 && self.counting().any(|(content, _)| content.acts())
    }

    fn whole(&self, parts: &[(Part, State)], book: &Book, now: Timestamp) -> State {
        let rank = |state: &State| match state {
            State::Active => 0,
            State::Superseded { .. } => 1,
            State::Ended { .. } => 2,
            State::Cancelled { .. } => 3,
            State::Expired { .. } => 4,
            State::Orphan => 5,
            State::Unheeded => 6,
            State::Acted => 7,
        };
        let of_parts = parts.iter().map(|(_, state)| state).min_by_key(|state| rank(state));
        of_parts.cloned().unwrap_or_else(|| self.bare(book, now))
    }

    /// The state of a message without parts. An Alert without info warns of what it does not say.
    fn bare(&self, book: &Book, now: Timestamp) -> State {
        let name = |id: usize| book.nodes[id].name.clone();
        if self.counting().any(|(content, _)| content.msg_type == MsgType::Alert) {
            return match (self.first_cancel, self.first_update, self.patience(book)) {
                (Some(by), _, _) => State::Cancelled { by: name(by) },
                (_, Some(by), _) => State::Superseded { by: name(by), left: Vec::new() },
                (_, _, Some(at)) if at <= now => State::Expired { at },
                _ => State::Active,
            };
        }
        match () {
            () if self.counting().all(|(content, copies)| content.acts() && !copies.trusted) => {
                State::Unheeded
            }
            () if self.is_orphan() => State::Orphan,
            () => State::Acted,
        }
    }

    fn seen(&self) -> Vec<Seen> {
        let mut first: BTreeMap<&String, Timestamp> = BTreeMap::new();
        for (source, at) in self.variants.values().flat_map(|copies| &copies.sources) {
            let kept = first.entry(source).or_insert(*at);
            *kept = at.min(kept).to_owned();
        }
        first.into_iter().map(|(source, received)| Seen { source: source.clone(), received }).collect()
    }

    fn lists(&self, book: &Book) -> Vec<(String, Presence)> {
        let of = |source: &String| Some((source.clone(), book.list(source)?.presence(&self.name)?));
        self.seen().iter().filter_map(|seen| of(&seen.source)).collect()
    }
}
