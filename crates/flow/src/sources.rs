//! The sources together: each answer is watched, and what it holds is taken in.

use crate::engine::Engine;
use crate::intake::{Intake, IntakeError, blocking, lock};
use crate::river::{RiverError, Stores};
use crate::setup::{Setup, SourceSetup};
use crate::source::watch::{Heard, Summary, Watch, WatchFinding, WatchRule};
use crate::source::{Followed, Leaving, Left, LinkTo};
use beaconfire_core::{Actor, Command, Health, SourceId, Trouble, sha256_hex};
use beaconfire_store::Items;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

/// What a source answered, before it is parsed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// A body.
    Body {
        /// Its media type.
        content_type: String,
        /// Its bytes.
        bytes: Vec<u8>,
    },
    /// Anything else, already in the watch's terms.
    Other(Heard),
}

impl Answer {
    /// The answer that an HTTP status without a usable body stands for.
    #[must_use]
    pub fn of_status(status: u16) -> Self {
        Self::Other(match status {
            304 => Heard::NotModified,
            401 | 403 | 407 | 451 => Heard::Refused { status },
            _ => Heard::Failed { words: format!("get an answer (HTTP {status})") },
        })
    }
}

/// A finding on a source, as shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceNote {
    /// River time.
    pub at: Timestamp,
    /// In words.
    pub words: String,
}

/// A source, as shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceView {
    /// Its name.
    pub id: SourceId,
    /// Its kind.
    pub kind: String,
    /// Its title.
    pub title: String,
    /// One word: `healthy`, or why it is unknown.
    pub state: String,
    /// How it stands, in words.
    pub words: String,
    /// When something was last heard of it.
    pub last_item_at: Option<Timestamp>,
    /// How often it is expected to say something, seconds.
    pub expected_every_s: i64,
    /// Items taken in.
    pub items: u64,
    /// The newest findings, oldest first.
    pub findings: Vec<SourceNote>,
}

/// All sources under watch.
pub struct Sources {
    engine: Engine,
    intake: Intake,
    items: Arc<Items>,
    setups: Vec<SourceSetup>,
    kept: Mutex<BTreeMap<SourceId, Kept>>,
}

/// What is remembered of a source over a restart.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Kept {
    watch: Watch,
    heard: Option<Timestamp>,
    #[serde(default)]
    followed: Followed,
    #[serde(default)]
    leaving: Leaving,
}

impl Sources {
    pub(crate) fn start(
        engine: &Engine,
        intake: &Intake,
        stores: &Stores,
        setup: &Setup,
    ) -> Result<Self, RiverError> {
        let now = engine.now();
        let mut kept = BTreeMap::new();
        for source in &setup.sources {
            let position = stores.items.cursor(&cursor(&source.id))?;
            let before = position.and_then(|bytes| serde_json::from_slice::<Kept>(&bytes).ok());
            kept.insert(source.id.clone(), begin(source, before, now));
        }
        Ok(Self {
            engine: engine.clone(),
            intake: intake.clone(),
            items: stores.items.clone(),
            setups: setup.sources.clone(),
            kept: Mutex::new(kept),
        })
    }

    /// Takes an answer: what it holds becomes items and signals, and how the source stands is
    /// reported. Gives the links that are new or changed, to be fetched.
    ///
    /// # Errors
    /// A store or journal that cannot be written. An answer that cannot be read is no error: it is
    /// a finding on the source.
    pub async fn hear(&self, id: &SourceId, answer: Answer) -> Result<Vec<LinkTo>, IntakeError> {
        Ok(self.hear_upto(id, answer, usize::MAX).await?.0)
    }

    /// The same with at most `most` links, the newest first. Beside them how many are left for the
    /// next answer, which is to be asked for whole; until they are fetched the source is unknown.
    ///
    /// # Errors
    /// As [`Self::hear`].
    pub async fn hear_upto(
        &self,
        id: &SourceId,
        answer: Answer,
        most: usize,
    ) -> Result<(Vec<LinkTo>, u64), IntakeError> {
        let mut links = Vec::new();
        let mut heard = match answer {
            Answer::Other(heard) => heard,
            Answer::Body { content_type, bytes } => {
                let digest = sha256_hex(&bytes);
                match self.intake.take(id, &content_type, bytes).await {
                    Ok(mut parsed) => {
                        if self.vanish_after(id).is_some() {
                            self.with(id, |kept| kept.leaving.answered(&parsed));
                        }
                        let summary = Summary { digest, ..Summary::new(&[], &parsed) };
                        links = std::mem::take(&mut parsed.links);
                        Heard::Answer(summary)
                    }
                    Err(IntakeError::Parse(error)) => Heard::Unreadable { words: error.to_string() },
                    Err(error) => return Err(error),
                }
            }
        };
        let now = self.engine.now();
        let judged_by = self.vanish_after(id);
        let (findings, links, left, gone) = self.with(id, |kept| {
            kept.heard = Some(now);
            let mut left = 0;
            let says_what_it_lists = matches!(heard, Heard::Answer(_) | Heard::NotModified);
            if let Heard::Answer(summary) = &mut heard {
                (links, left) = kept.followed.todo(links, most);
                summary.waiting = left;
            }
            let findings = kept.watch.hear(heard, now);
            let healthy = says_what_it_lists && *kept.watch.health() == Health::Healthy;
            let gone = judged_by.map(|polls| kept.leaving.judge(polls, now, healthy)).unwrap_or_default();
            (findings, links, left, gone)
        });
        self.report(id, findings).await?;
        self.report_left(id, gone).await?;
        Ok((links, left))
    }

    /// Takes a document that a feed pointed to; false where it cannot be read, which may be no more
    /// than a page in its place, so that it is to be fetched again.
    ///
    /// # Errors
    /// As [`Self::hear`].
    pub async fn hear_linked(
        &self,
        id: &SourceId,
        link: &LinkTo,
        content_type: &str,
        bytes: Vec<u8>,
    ) -> Result<bool, IntakeError> {
        match self.intake.take(id, content_type, bytes).await {
            Ok(parsed) => {
                let judged = self.vanish_after(id).is_some();
                self.with(id, |kept| {
                    kept.followed.took(link);
                    if judged {
                        kept.leaving.read(&link.href, &parsed);
                    }
                });
                Ok(true)
            }
            Err(IntakeError::Parse(error)) => {
                self.miss_linked(id, link, &error.to_string()).await?;
                Ok(false)
            }
            Err(error) => Err(error),
        }
    }

    /// A document that a feed pointed to could not be had: a finding, the first time.
    ///
    /// # Errors
    /// A journal that cannot be written.
    pub async fn miss_linked(&self, id: &SourceId, link: &LinkTo, why: &str) -> Result<(), IntakeError> {
        if !self.with(id, |kept| kept.followed.failed(link)) {
            return Ok(());
        }
        let words = format!("{:?} cannot be had: {why}; it is asked for again", cut(&link.href));
        self.report(id, vec![WatchFinding::Note(words)]).await
    }

    /// Whoever pushed to a source made it heard.
    async fn heard_push(&self, id: &SourceId) -> Result<(), IntakeError> {
        let now = self.engine.now();
        let healthy = self.with(id, |kept| {
            kept.heard = Some(now);
            let summary = Summary {
                digest: now.to_string(),
                newest: None,
                alerts: 0,
                dropped: 0,
                waiting: 0,
                unread: 0,
                problem: None,
            };
            kept.watch.hear(Heard::Answer(summary), now)
        });
        self.report(id, healthy).await
    }

    /// Sources that have been silent for too long.
    ///
    /// # Errors
    /// A journal that cannot be written.
    pub async fn find_silent(&self) -> Result<(), IntakeError> {
        let now = self.engine.now();
        for setup in &self.setups {
            let heard = self.with(&setup.id, |kept| kept.heard);
            if self.intake.last_push(&setup.id) > heard {
                self.heard_push(&setup.id).await?;
            }
            let findings = self.with(&setup.id, |kept| {
                if kept.watch.next_check() <= now { kept.watch.tick(now) } else { Vec::new() }
            });
            self.report(&setup.id, findings).await?;
        }
        Ok(())
    }

    /// What is remembered of all sources, to be kept with a recording's position.
    #[must_use]
    pub fn save(&self) -> serde_json::Value {
        serde_json::to_value(&*lock(&self.kept)).unwrap_or_default()
    }

    /// Goes on from what was remembered.
    pub fn restore(&self, saved: serde_json::Value) {
        let saved: BTreeMap<SourceId, Kept> = serde_json::from_value(saved).unwrap_or_default();
        let now = self.engine.now();
        let mut kept = lock(&self.kept);
        for setup in &self.setups {
            kept.insert(setup.id.clone(), begin(setup, saved.get(&setup.id).cloned(), now));
        }
    }

    /// Keeps what is remembered of one source.
    ///
    /// # Errors
    /// A store that cannot be written.
    pub async fn keep(&self, id: &SourceId) -> Result<(), IntakeError> {
        let position = lock(&self.kept).get(id).and_then(|kept| serde_json::to_vec(kept).ok());
        let (items, name) = (self.items.clone(), cursor(id));
        blocking(move || items.set_cursor(&name, &position.unwrap_or_default())).await
    }

    /// How every source stands now.
    #[must_use]
    pub fn views(&self) -> Vec<SourceView> {
        let kept = lock(&self.kept).clone();
        self.engine.read(|state| {
            self.setups
                .iter()
                .map(|setup| {
                    let (state_word, words) = kept.get(&setup.id).map_or_else(
                        || ("unknown".to_owned(), "nothing was heard of it yet".to_owned()),
                        |kept| in_words(kept.watch.health()),
                    );
                    let notes = state.notes.get(&setup.id).into_iter().flatten();
                    SourceView {
                        id: setup.id.clone(),
                        kind: setup.kind.clone(),
                        title: setup.title.clone(),
                        state: state_word,
                        words,
                        last_item_at: kept.get(&setup.id).and_then(|kept| kept.heard),
                        expected_every_s: setup.expected_every_s,
                        items: state.items.get(&setup.id).copied().unwrap_or(0),
                        findings: notes
                            .map(|note| SourceNote { at: note.at, words: note.words.clone() })
                            .collect(),
                    }
                })
                .collect()
        })
    }

    fn with<R: Default>(&self, id: &SourceId, change: impl FnOnce(&mut Kept) -> R) -> R {
        lock(&self.kept).get_mut(id).map(change).unwrap_or_default()
    }

    async fn report(&self, id: &SourceId, findings: Vec<WatchFinding>) -> Result<(), IntakeError> {
        for finding in findings {
            let source = id.clone();
            let command = match finding {
                WatchFinding::Health(health) => Command::ReportSource { source, health },
                WatchFinding::Note(words) => Command::NoteSource { source, words },
            };
            self.engine.command(command, Actor::River).await?;
        }
        self.agree(id).await
    }

    /// After how many answers leaving the source's list ends an alert; none where it ends nothing.
    fn vanish_after(&self, id: &SourceId) -> Option<u32> {
        self.setups.iter().find(|setup| setup.id == *id)?.options.vanish_after_polls
    }

    async fn report_left(&self, id: &SourceId, left: Vec<Left>) -> Result<(), IntakeError> {
        for left in left {
            let source = id.clone();
            let command = match left {
                Left::Ended { alert, polls } => Command::EndVanished { source, alert, polls },
                Left::Note(words) => Command::NoteSource { source, words },
            };
            self.engine.command(command, Actor::River).await?;
        }
        self.with(id, |kept| kept.leaving.journalled());
        Ok(())
    }

    /// What the watch says of a source's health is what the journal says, also where a crash came
    /// between the two.
    async fn agree(&self, id: &SourceId) -> Result<(), IntakeError> {
        let health = lock(&self.kept).get(id).map(|kept| kept.watch.health().clone());
        let Some(health) = health else { return Ok(()) };
        let unheard = matches!(&health, Health::Unknown { cause: Trouble::Unheard, .. });
        let known = self.engine.read(|state| state.sources.get(id).map(|kept| kept.health.clone()));
        if known.as_ref() != Some(&health) && !unheard {
            let command = Command::ReportSource { source: id.clone(), health };
            self.engine.command(command, Actor::River).await?;
        }
        Ok(())
    }
}

fn begin(setup: &SourceSetup, before: Option<Kept>, now: Timestamp) -> Kept {
    let rule = WatchRule { expected_every_s: setup.expected_every_s, must_advance: setup.must_advance };
    match before {
        Some(mut kept) => {
            kept.watch.set_rule(rule);
            kept
        }
        None => Kept {
            watch: Watch::new(rule, now),
            heard: None,
            followed: Followed::default(),
            leaving: Leaving::default(),
        },
    }
}

/// An address as it can be shown.
fn cut(href: &str) -> String {
    href.chars().take(200).collect()
}

fn cursor(id: &SourceId) -> String {
    format!("watch:{id}")
}

fn in_words(health: &Health) -> (String, String) {
    match health {
        Health::Healthy => ("healthy".to_owned(), "answers as expected".to_owned()),
        Health::Unknown { cause, words } => (cause.word().to_owned(), words.clone()),
    }
}
