//! The book of messages: who is known, through whom, and who acts on whom.
//!
//! What is kept only ever grows, and what stands in force is computed from it: that is why no order of arrival
//! matters. A message named before it came has an empty entry that waits for it.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use jiff::Timestamp;

use super::content::Content;
use super::standing::{End, State};
use super::{LifeEvent, Name, Part, Place, Poll, Seen, Trust, Vanish, VanishChange};
use crate::{Alert, MsgType, Status};

/// Everything taken so far, and how it stands at any time. Time is a parameter everywhere.
///
/// A book grows with what it is given. Where that is too much, begin a new one from the messages that are kept.
#[derive(Clone, Debug)]
pub struct Book {
    trust: Trust,
    pub(super) nodes: Vec<Node>,
    index: HashMap<(Status, Name), usize>,
    /// The names under which something came, as opposed to those that were only referred to.
    known: BTreeSet<(Status, Name)>,
    /// Which acts name what, and which of those take effect.
    named: HashSet<(usize, usize)>,
    heeded: HashSet<(usize, usize, Act)>,
    polls: BTreeMap<String, Vanish<Name>>,
}

/// What an act does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Act {
    Update,
    Cancel,
}

/// One name under one status.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub(super) name: Name,
    pub(super) status: Status,
    pub(super) variants: BTreeMap<Arc<Content>, Copies>,
    /// Acts that name it, heeded or not.
    namers: Vec<usize>,
    /// How many of the messages that it names to act on are known.
    pub(super) found: usize,
    /// Acts on it that are heeded.
    pub(super) updates: Vec<usize>,
    pub(super) cancels: Vec<usize>,
    /// The first of each, of those that come after it.
    pub(super) first_update: Option<usize>,
    pub(super) first_cancel: Option<usize>,
}

/// Through whom one content came.
#[derive(Clone, Debug, Default)]
pub(super) struct Copies {
    pub(super) trusted: bool,
    /// By source, when it first came.
    pub(super) sources: BTreeMap<String, Timestamp>,
}

impl Book {
    /// An empty book under these rules, which hold as long as the book does.
    pub fn new(trust: Trust) -> Book {
        Book {
            trust,
            nodes: Vec::new(),
            index: HashMap::new(),
            known: BTreeSet::new(),
            named: HashSet::new(),
            heeded: HashSet::new(),
            polls: BTreeMap::new(),
        }
    }

    /// The rules it was made with.
    pub fn trust(&self) -> &Trust {
        &self.trust
    }

    /// Takes a copy of a message, and says what it changed. A copy that is known changes nothing.
    pub fn take(&mut self, alert: &Alert, via: &Seen) -> Vec<LifeEvent> {
        let id = self.entry(alert.status, Name::of(alert));
        let content = Arc::new(Content::of(alert));
        let mut events = Vec::new();
        if !self.is_news(id, &content, via) {
            return events;
        }
        let before = self.remarks_of(id);
        let was = (self.nodes[id].is_known(), self.nodes[id].is_trusted_update());
        self.add(id, &content, via, &mut events);
        if content.acts() {
            self.act(id, &content, &via.source, &mut events);
        }
        if was != (true, self.nodes[id].is_trusted_update()) {
            // Acts that came before it.
            self.choose(id);
        }
        let node = &self.nodes[id];
        let name = node.name.clone();
        if !was.0 {
            let states = node.states(self);
            tell(&name, &vec![State::Active; states.len()], &states, &node.merged(), &mut events);
        }
        let news = self.remarks_of(id).into_iter().filter(|remark| !before.contains(remark));
        events.extend(news.map(|remark| LifeEvent::Remarked { name: name.clone(), remark }));
        events
    }

    /// Hears which messages a source lists. Nothing comes of it where the source's rule has no policy for what
    /// vanishes.
    pub fn poll(&mut self, source: &str, poll: &Poll<Name>) -> Vec<LifeEvent> {
        let Some(policy) = self.trust.rule(source).vanish.clone() else { return Vec::new() };
        let list = self.polls.entry(source.to_owned()).or_insert_with(|| Vanish::new(policy));
        let changes = list.hear(poll);
        let source = || source.to_owned();
        let known =
            |name: &Name| Status::ALL.iter().any(|status| self.known.contains(&(*status, name.clone())));
        let events = changes.into_iter().map(|change| match change {
            VanishChange::Vanished { key, polls } => {
                LifeEvent::Vanished { name: key, source: source(), polls }
            }
            VanishChange::Unknown { key, why } => LifeEvent::Unsure { name: key, source: source(), why },
            VanishChange::Back { key } => LifeEvent::Back { name: key, source: source() },
        });
        let about = |event: &LifeEvent| match event {
            LifeEvent::Vanished { name, .. }
            | LifeEvent::Unsure { name, .. }
            | LifeEvent::Back { name, .. } => known(name),
            _ => false,
        };
        events.filter(about).collect()
    }

    /// The list of a source whose rule has a policy for what vanishes, once it was polled.
    pub fn list(&self, source: &str) -> Option<&Vanish<Name>> {
        self.polls.get(source)
    }

    pub(super) fn find(&self, status: Status, name: &Name) -> Option<usize> {
        self.index.get(&(status, name.clone())).copied().filter(|id| self.nodes[*id].is_known())
    }

    /// Known messages, by status and name.
    pub(super) fn known(&self) -> impl Iterator<Item = usize> {
        self.known.iter().filter_map(|key| self.index.get(key).copied())
    }

    /// The next known message before and after a name that bears its sender and identifier.
    pub(super) fn neighbours(&self, status: Status, name: &Name) -> impl Iterator<Item = &Name> {
        let of = |sent| (status, Name { sent, ..name.clone() });
        let same = |found: &&(Status, Name)| {
            found.0 == status && found.1.sender == name.sender && found.1.identifier == name.identifier
        };
        let before = self.known.range(..of(name.sent)).next_back().filter(same);
        let after = self.known.range(of(name.sent)..).find(|found| found.1 != *name).filter(same);
        before.into_iter().chain(after).map(|(_, name)| name)
    }

    fn entry(&mut self, status: Status, name: Name) -> usize {
        let next = self.nodes.len();
        let id = *self.index.entry((status, name.clone())).or_insert(next);
        if id == next {
            self.nodes.push(Node::waiting(status, name));
        }
        id
    }

    /// Whether a copy says, or comes from, something new; the first time of a known one is kept.
    fn is_news(&mut self, id: usize, content: &Arc<Content>, via: &Seen) -> bool {
        let known = self.nodes[id].variants.get_mut(content);
        match known.and_then(|copies| copies.sources.get_mut(&via.source)) {
            Some(first) => {
                *first = via.received.min(*first);
                false
            }
            None => true,
        }
    }

    fn add(&mut self, id: usize, content: &Arc<Content>, via: &Seen, events: &mut Vec<LifeEvent>) {
        let trusted = self.trust.rule(&via.source).trusts(&self.nodes[id].name.sender);
        let node = &mut self.nodes[id];
        let name = node.name.clone();
        let (was_known, was_trusted) = (node.is_known(), node.variants.values().any(|copies| copies.trusted));
        let seen = node.variants.values().any(|copies| copies.sources.contains_key(&via.source));
        let copies = node.variants.entry(content.clone()).or_default();
        copies.trusted |= trusted;
        copies.sources.insert(via.source.clone(), via.received);
        if !was_known {
            events.push(LifeEvent::Taken { name: name.clone() });
            self.known.insert((self.nodes[id].status, name.clone()));
            for namer in std::mem::take(&mut self.nodes[id].namers) {
                self.nodes[namer].found += 1;
                if self.nodes[namer].found == 1 {
                    let of = name.clone();
                    events.push(LifeEvent::Found { name: self.nodes[namer].name.clone(), of });
                }
            }
        } else if !seen {
            events.push(LifeEvent::SeenAgain { name: name.clone(), source: via.source.clone() });
        }
        if trusted && !was_trusted && was_known {
            events.push(LifeEvent::Trusted { name: name.clone(), source: via.source.clone() });
        }
        if trusted && !was_trusted {
            events.extend(all_clear(&name, content));
        }
    }

    /// Lets a copy of an Update or Cancel act on what it names.
    fn act(&mut self, id: usize, content: &Content, source: &str, events: &mut Vec<LifeEvent>) {
        let (status, name) = (self.nodes[id].status, self.nodes[id].name.clone());
        let act = if content.msg_type == MsgType::Cancel { Act::Cancel } else { Act::Update };
        let says = act == Act::Cancel || !content.parts.is_empty();
        for reference in content.references.iter().filter(|reference| **reference != name) {
            let target = self.entry(status, reference.clone());
            if self.named.insert((id, target)) {
                if self.nodes[target].is_known() {
                    self.nodes[id].found += 1;
                } else {
                    self.nodes[target].namers.push(id);
                }
            }
            let may = says && self.trust.rule(source).may_act(&name.sender, &reference.sender);
            if may && self.heeded.insert((id, target, act)) {
                self.heed(id, target, act, events);
            }
        }
    }

    fn heed(&mut self, id: usize, target: usize, act: Act, events: &mut Vec<LifeEvent>) {
        let node = &mut self.nodes[target];
        match act {
            Act::Update => node.updates.push(id),
            Act::Cancel => node.cancels.push(id),
        }
        let first = if act == Act::Update { node.first_update } else { node.first_cancel };
        let is_first = self.comes_after(id, target, act)
            && first.is_none_or(|first| self.nodes[id].name.order() < self.nodes[first].name.order());
        if !is_first {
            return;
        }
        let before = self.nodes[target].states(self);
        match act {
            Act::Update => self.nodes[target].first_update = Some(id),
            Act::Cancel => self.nodes[target].first_cancel = Some(id),
        }
        let node = &self.nodes[target];
        tell(&node.name, &before, &node.states(self), &node.merged(), events);
    }

    /// Finds the first acts on a message anew: whether an Update of the same second comes after it depends on
    /// what it is.
    fn choose(&mut self, id: usize) {
        let first = |acts: &[usize], act| {
            let after = acts.iter().copied().filter(|by| self.comes_after(*by, id, act));
            after.min_by(|a, b| self.nodes[*a].name.order().cmp(&self.nodes[*b].name.order()))
        };
        let node = &self.nodes[id];
        let (update, cancel) = (first(&node.updates, Act::Update), first(&node.cancels, Act::Cancel));
        self.nodes[id].first_update = update;
        self.nodes[id].first_cancel = cancel;
    }

    /// Whether an act can act on a message: a Cancel on any; an Update, which would itself be standing then,
    /// only on what was there before it.
    pub(super) fn comes_after(&self, by: usize, id: usize, act: Act) -> bool {
        let (by, node) = (&self.nodes[by].name, &self.nodes[id]);
        act == Act::Cancel
            || by.sent > node.name.sent
            || (by.sent == node.name.sent && (!node.is_trusted_update() || by.order() > node.name.order()))
    }
}

impl Node {
    fn waiting(status: Status, name: Name) -> Node {
        Node {
            name,
            status,
            variants: BTreeMap::new(),
            namers: Vec::new(),
            found: 0,
            updates: Vec::new(),
            cancels: Vec::new(),
            first_update: None,
            first_cancel: None,
        }
    }

    pub(super) fn is_known(&self) -> bool {
        !self.variants.is_empty()
    }

    fn is_trusted_update(&self) -> bool {
        self.variants.iter().any(|(content, copies)| copies.trusted && content.msg_type == MsgType::Update)
    }
}

fn all_clear(name: &Name, content: &Content) -> Option<LifeEvent> {
    let clear = content.parts.iter().filter(|part| content.warns() && part.clear.is_some());
    let places: Vec<Place> = clear.map(Part::place).collect();
    let event =
        || LifeEvent::AllClear { by: name.clone(), of: content.references.clone(), places: places.clone() };
    (!places.is_empty()).then(event)
}

/// What became of a message's parts, as events: one of each kind and cause.
fn tell(
    name: &Name,
    before: &[State],
    after: &[State],
    parts: &[(&Part, bool)],
    events: &mut Vec<LifeEvent>,
) {
    let mut told: Vec<LifeEvent> = Vec::new();
    let mut left: BTreeMap<&Name, Vec<Place>> = BTreeMap::new();
    for (at, state) in after.iter().enumerate().filter(|(at, state)| before.get(*at) != Some(*state)) {
        let name = name.clone();
        let event = match state {
            State::Cancelled { by } => LifeEvent::Cancelled { name, by: by.clone() },
            State::Superseded { by, left: places } => {
                if !places.is_empty() {
                    left.entry(by).or_default().extend(places.iter().cloned());
                }
                LifeEvent::Superseded { name, by: by.clone() }
            }
            State::Ended { how: End::Dropped { by } } => {
                left.entry(by).or_default().extend(parts.get(at).map(|(part, _)| part.place()));
                continue;
            }
            State::Ended { how: End::Cleared { by, how } } if *by != name => {
                LifeEvent::Ended { name, by: by.clone(), how: *how }
            }
            _ => continue,
        };
        if !told.contains(&event) {
            told.push(event);
        }
    }
    events.extend(told);
    events.extend(left.into_iter().map(|(by, places)| LifeEvent::EndedHere {
        name: name.clone(),
        by: by.clone(),
        places,
    }));
}
