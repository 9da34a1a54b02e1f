//! How a source stands, judged from what was heard of it: silence is itself a finding.
//!
//! [`Watch`] is a state machine without clock and IO. Feed it every answer ([`Watch::hear`]) and the time
//! when nothing was heard ([`Watch::tick`]); it says what changed. It can be kept over a restart.
//!
//! Whatever is wrong makes the source *unknown*, never "no warnings": what it delivered stays, and what it
//! still delivers is taken in.

use super::Parsed;
use beaconfire_core::{Health, Trouble};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// Complete answers without alerts, one after the other, before an emptied feed is believed.
const AGREEING: u32 = 3;
/// Requests that fail, one after the other, before the source is unknown.
const FAILING: u32 = 2;
/// Cadences without a sign of life that make a silence.
const SILENT: i32 = 3;
/// How far ahead of our clock a source's own time may be.
const AHEAD: SignedDuration = SignedDuration::from_hours(1);

/// What is expected of a source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WatchRule {
    /// How often it says something, in seconds.
    pub expected_every_s: i64,
    /// Whether its data must advance: an identical answer is then no sign of life.
    pub must_advance: bool,
}

/// What was heard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    /// An answer that could be read.
    Answer(Summary),
    /// 304: it is as it was.
    NotModified,
    /// The source refuses us.
    Refused {
        /// The HTTP status.
        status: u16,
    },
    /// No answer.
    Failed {
        /// Why, continuing "failed to".
        words: String,
    },
    /// An answer larger than the limit.
    TooLarge {
        /// The limit, bytes.
        limit: usize,
    },
    /// An answer that cannot be read. Forget its validators: it must come again whole.
    Unreadable {
        /// Why, continuing "failed to".
        words: String,
    },
}

/// What of an answer matters here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// SHA-256 of the body, in hex.
    pub digest: String,
    /// The payload's own time.
    pub newest: Option<Timestamp>,
    /// Alerts, and links to alerts.
    pub alerts: u64,
    /// Entries over the limit.
    pub dropped: u64,
    /// Linked documents that are fetched with a later answer, because they are too many.
    pub waiting: u64,
    /// Entries that could not be read.
    pub unread: u64,
    /// The first problem.
    pub problem: Option<String>,
}

impl Summary {
    /// Of a parsed body.
    #[must_use]
    pub fn new(body: &[u8], parsed: &Parsed) -> Self {
        Self {
            digest: beaconfire_core::sha256_hex(body),
            newest: parsed.newest,
            alerts: (parsed.alerts.len() + parsed.links.len()) as u64,
            dropped: parsed.dropped,
            waiting: 0,
            unread: parsed.unread,
            problem: parsed.problems.first().cloned(),
        }
    }
}

/// What changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WatchFinding {
    /// The source stands otherwise than before.
    Health(Health),
    /// Worth writing down; the source stands as before.
    Note(String),
}

/// A source under watch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Watch {
    rule: WatchRule,
    /// The last sign of life, or the start.
    alive: Timestamp,
    /// What was last said about its health.
    health: Health,
    /// The last request's fate; none before the first answer.
    link: Link,
    failures: u32,
    silent: bool,
    truncated: Option<String>,
    /// The newest own time so far.
    high: Option<Timestamp>,
    /// The own time at which it stands since it went backwards.
    back_at: Option<Timestamp>,
    /// The last answer's body.
    digest: Option<String>,
    repeating: bool,
    /// Whether the last believed answer listed alerts.
    listed: bool,
    /// Complete answers without alerts since it listed some.
    emptied: Option<u32>,
    /// Whether the last answer could be read whole, and listed nothing.
    last_empty: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Link {
    Unheard,
    Good,
    Refused(String),
    Failing(String),
    Unreadable(String),
}

impl Watch {
    /// A source that is watched from `now` on and has not been heard.
    #[must_use]
    pub fn new(rule: WatchRule, now: Timestamp) -> Self {
        let words = "nothing was heard of it yet".to_owned();
        Self {
            rule,
            alive: now,
            health: Health::Unknown { cause: Trouble::Unheard, words },
            link: Link::Unheard,
            failures: 0,
            silent: false,
            truncated: None,
            high: None,
            back_at: None,
            digest: None,
            repeating: false,
            listed: false,
            emptied: None,
            last_empty: false,
        }
    }

    /// How it stands.
    #[must_use]
    pub fn health(&self) -> &Health {
        &self.health
    }

    /// Takes a changed configuration, as after a restart.
    pub fn set_rule(&mut self, rule: WatchRule) {
        self.rule = rule;
    }

    /// When it becomes silent if nothing more is heard: call [`tick`](Self::tick) then. The end of time
    /// if it is silent already.
    #[must_use]
    pub fn next_check(&self) -> Timestamp {
        if self.silent {
            return Timestamp::MAX;
        }
        let cadence = SignedDuration::from_secs(self.rule.expected_every_s);
        self.alive.saturating_add(cadence.saturating_mul(SILENT)).unwrap_or(Timestamp::MAX)
    }

    /// Time has passed.
    pub fn tick(&mut self, now: Timestamp) -> Vec<WatchFinding> {
        self.silent |= now >= self.next_check();
        self.say(Vec::new())
    }

    /// Something was heard.
    pub fn hear(&mut self, heard: Heard, now: Timestamp) -> Vec<WatchFinding> {
        let mut notes = Vec::new();
        match heard {
            Heard::Answer(summary) => self.answer(summary, now, &mut notes),
            Heard::NotModified => self.unchanged(now),
            Heard::Refused { status } => {
                self.link = Link::Refused(format!("the source refuses us (HTTP {status}); ask who runs it"));
            }
            Heard::Failed { words } => {
                self.failures += 1;
                let words = format!("failed to {words}");
                if self.failures >= FAILING {
                    self.link = Link::Failing(format!("{words}; {} times in a row", self.failures));
                } else {
                    notes.push(words);
                }
            }
            Heard::TooLarge { limit } => {
                self.link =
                    Link::Unreadable(format!("its answer is larger than {limit} bytes; raise max_bytes"));
            }
            Heard::Unreadable { words } => self.link = Link::Unreadable(format!("failed to {words}")),
        }
        self.silent |= now >= self.next_check();
        self.say(notes)
    }

    fn answer(&mut self, summary: Summary, now: Timestamp, notes: &mut Vec<String>) {
        self.reached();
        let same = self.digest.as_ref() == Some(&summary.digest);
        if same && !self.repeating {
            notes.push("the same answer came again".to_owned());
        }
        self.repeating = same;
        if !same && let Some(problem) = &summary.problem {
            notes.push(match summary.unread {
                0 | 1 => problem.clone(),
                unread => format!("{unread} entries could not be read, the first: {problem}"),
            });
        }
        self.digest = Some(summary.digest);
        self.truncated = match (summary.dropped, summary.waiting) {
            (0, 0) => None,
            (0, waiting) => Some(format!(
                "{waiting} linked documents are not fetched yet; the newest were, the others follow"
            )),
            (dropped, _) => {
                Some(format!("{dropped} entries over the limit were left out; raise max_entries"))
            }
        };
        let complete = summary.dropped == 0 && summary.unread == 0;
        self.last_empty = complete && summary.alerts == 0;
        self.count_alerts(summary.alerts, complete, notes);
        // What an emptied feed says of its own time is believed as little as its emptiness.
        let advanced = self.emptied.is_none() && self.own_time(summary.newest, now, notes);
        let new = !same && (advanced || summary.newest.is_none());
        if new || !self.rule.must_advance {
            self.is_alive(now);
        }
    }

    fn unchanged(&mut self, now: Timestamp) {
        if self.digest.is_none() {
            // Nothing is known yet that could be unchanged; still somebody answers.
            self.failures = 0;
            return;
        }
        if matches!(self.link, Link::Unreadable(_)) {
            // What could not be read is as it was.
            return;
        }
        self.reached();
        if self.last_empty {
            self.agree(&mut Vec::new());
        }
        if !self.rule.must_advance {
            self.is_alive(now);
        }
    }

    fn reached(&mut self) {
        self.failures = 0;
        self.link = Link::Good;
    }

    fn is_alive(&mut self, now: Timestamp) {
        self.alive = self.alive.max(now);
        self.silent = false;
    }

    /// Follows the payload's own time; `true` if it is newer than ever.
    fn own_time(&mut self, newest: Option<Timestamp>, now: Timestamp, notes: &mut Vec<String>) -> bool {
        let Some(newest) = newest else {
            return false;
        };
        if newest > now.saturating_add(AHEAD).unwrap_or(Timestamp::MAX) {
            notes.push(format!("its own time, {newest}, lies ahead of ours; it is not gone by"));
            return false;
        }
        let Some(high) = self.high else {
            self.high = Some(newest);
            return true;
        };
        if newest < high {
            self.back_at = Some(newest);
            return false;
        }
        self.back_at = None;
        self.high = Some(newest);
        newest > high
    }

    fn count_alerts(&mut self, alerts: u64, complete: bool, notes: &mut Vec<String>) {
        if alerts > 0 {
            self.listed = true;
            self.emptied = None;
        } else if self.listed || self.emptied.is_some() {
            self.listed = false;
            self.emptied.get_or_insert(0);
            if complete {
                self.agree(notes);
            }
        }
    }

    /// One more complete answer without alerts.
    fn agree(&mut self, notes: &mut Vec<String>) {
        let Some(agreeing) = &mut self.emptied else {
            return;
        };
        *agreeing += 1;
        if *agreeing >= AGREEING {
            self.emptied = None;
            notes.push(format!("{AGREEING} answers agree that it lists no alert"));
        }
    }

    /// The health as it is now, if it is another than was said, after the notes.
    fn say(&mut self, notes: Vec<String>) -> Vec<WatchFinding> {
        let mut findings: Vec<WatchFinding> = notes.into_iter().map(WatchFinding::Note).collect();
        let health = self.judge();
        let cause = |health: &Health| match health {
            Health::Healthy => None,
            Health::Unknown { cause, .. } => Some(*cause),
        };
        if cause(&health) != cause(&self.health) {
            self.health = health.clone();
            findings.push(WatchFinding::Health(health));
        }
        findings
    }

    /// The gravest of what is wrong.
    fn judge(&self) -> Health {
        let unknown = |cause, words: &str| Health::Unknown { cause, words: words.to_owned() };
        match &self.link {
            Link::Refused(words) => return unknown(Trouble::Refused, words),
            Link::Unreadable(words) => return unknown(Trouble::Unreadable, words),
            Link::Failing(words) => return unknown(Trouble::Failing, words),
            Link::Unheard if !self.silent => return unknown(Trouble::Unheard, "nothing was heard of it yet"),
            Link::Unheard | Link::Good => {}
        }
        if let Some(words) = &self.truncated {
            return unknown(Trouble::Truncated, words);
        }
        if let (Some(back), Some(high)) = (self.back_at, self.high) {
            return unknown(Trouble::Backwards, &format!("its own time went back from {high} to {back}"));
        }
        if self.emptied.is_some() {
            let words = format!("it listed alerts and lists none; {AGREEING} complete answers have to agree");
            return unknown(Trouble::Emptied, &words);
        }
        if self.silent {
            let what = if self.rule.must_advance { "nothing new" } else { "nothing" };
            let words = format!("{what} since {}, {} s are expected", self.alive, self.rule.expected_every_s);
            return unknown(Trouble::Silent, &words);
        }
        Health::Healthy
    }
}

#[cfg(test)]
mod tests;
