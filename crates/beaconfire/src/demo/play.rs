//! Plays the recording into a river, and moves river time.

use super::folder::Folder;
use super::plan;
use super::site::Site;
use anyhow::{Context, Result};
use beaconfire_core::SourceId;
use beaconfire_flow::source::recording::{Played, Recording};
use beaconfire_flow::{Answer, PlayedClock, River};
use beaconfire_store::Items;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Silence is looked for at full multiples of this.
const LOOK: SignedDuration = SignedDuration::from_mins(5);
/// How long an interactive demo skips at the start, so that something happens within seconds.
const SKIP: SignedDuration = SignedDuration::from_secs(200);
/// The position's name in the store.
const CURSOR: &str = "recording:demo";

/// A recording and the river that it flows into.
pub(super) struct Player {
    river: Arc<River>,
    clock: Arc<PlayedClock>,
    recording: Recording,
    title: String,
    end: Timestamp,
    folder: PathBuf,
    items: Arc<Items>,
    place: Mutex<Place>,
    patience: Duration,
}

/// How far the recording has been played.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Place {
    next: usize,
    looked: Option<Timestamp>,
    at: Option<Timestamp>,
    judged: u64,
    sources: serde_json::Value,
}

impl Player {
    /// Opens samples, configuration and data folder; goes on where the folder stopped.
    pub(super) async fn start(folder: &Folder, site: &Site, headless: bool) -> Result<Self> {
        let recording = Recording::open(&folder.samples.join("demo")).context("open the recording")?;
        let (start, end) = (recording.start(), recording.end());
        let title = recording.title().to_owned();
        let setup = plan::setup(&folder.samples, &folder.data, &site.url(), &site.sink)?;
        let clock = Arc::new(PlayedClock::new(start));
        let river = Arc::new(River::start(setup, clock.clone()).await?);
        let items = river.stores().items.clone();
        let mut place: Place = match items.cursor(CURSOR)? {
            Some(bytes) => serde_json::from_slice(&bytes).context("read the recording's position")?,
            None => Place::default(),
        };
        clock.advance(river.engine().now().max(place.at.unwrap_or(start)));
        // Every look before now has been done: river time stops at each of them.
        let now = river.engine().now();
        if now > start {
            place.looked = place.looked.max(Some(last_look(now)));
        }
        river.intake().judge_upto(place.judged).await?;
        if !place.sources.is_null() {
            river.sources().restore(place.sources.clone());
        }
        let folder = folder.data.clone();
        Ok(Self {
            river,
            clock,
            recording,
            title,
            end,
            folder,
            items,
            place: Mutex::new(place),
            patience: if headless { PATIENCE } else { Duration::ZERO },
        })
    }

    /// The river.
    pub(super) fn river(&self) -> &River {
        &self.river
    }

    /// The river, to be shared.
    pub(super) fn river_arc(&self) -> Arc<River> {
        Arc::clone(&self.river)
    }

    /// The recording's title.
    pub(super) fn title(&self) -> &str {
        &self.title
    }

    /// The data folder.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Whether everything recorded has been played.
    pub(super) fn is_over(&self) -> bool {
        let next = self.place().next;
        next >= self.recording.len() && self.river.engine().now() >= self.end
    }

    /// The next time at which something is to be done; none when nothing is left.
    pub(super) fn next(&self, deed: Option<Timestamp>, until_idle: bool) -> Option<Timestamp> {
        let now = self.river.engine().now();
        let place = self.place().clone();
        let recorded = self.recording.iter().nth(place.next).map(|played| played.at);
        let over = self.is_over();
        let looking = (!over).then(|| next_look(place.looked.unwrap_or(now)));
        let due = self.river.engine().read(|state| state.next_due());
        let end = (!over).then_some(self.end);
        // Once all is played, only what was sent and not yet read back is waited for.
        let waiting = if over && until_idle { self.read_back_due() } else { due };
        [recorded, looking, waiting, deed, end].into_iter().flatten().min().map(|at| at.max(now))
    }

    fn read_back_due(&self) -> Option<Timestamp> {
        self.river.engine().read(|state| {
            let jobs = state.jobs.values().filter_map(|job| match job.read_back {
                beaconfire_core::ReadBack::Pending { due } => Some(due),
                _ => None,
            });
            jobs.min()
        })
    }

    /// Moves river time to `at` and does what is due there.
    pub(super) async fn advance(&self, at: Timestamp, speed: Option<f64>) -> Result<()> {
        if let Some(speed) = speed {
            wait(at.duration_since(self.river.engine().now()), speed).await;
        }
        self.clock.advance(at);
        while let Some(played) = self.due() {
            self.play(&played).await?;
        }
        self.look().await?;
        self.settle().await
    }

    /// Everything that is due at river time now: timers, deliveries, read-backs.
    pub(super) async fn settle(&self) -> Result<()> {
        self.river.tick().await?;
        self.deliver().await?;
        self.river.read_back().await?;
        self.river.checkpoint_if_due().await?;
        Ok(())
    }

    /// Delivers all that can leave. River time stands still meanwhile, so that a busy machine
    /// changes nothing; an outlet that stays dead is given up on, and tried again later.
    async fn deliver(&self) -> Result<()> {
        let begun = Instant::now();
        while self.river.deliver().await? || (self.is_waiting() && begun.elapsed() < self.patience) {
            if self.is_waiting() {
                tokio::time::sleep(PAUSE).await;
            }
        }
        Ok(())
    }

    /// Whether anything is queued on an outlet.
    fn is_waiting(&self) -> bool {
        let queued = |job: &beaconfire_core::Job| job.progress == beaconfire_core::Progress::Queued;
        self.river.engine().read(|state| state.jobs.values().any(queued))
    }

    /// Plays in the pace of the host's clock times `speed`.
    pub(super) async fn play_live(&self, speed: f64, until_idle: bool) -> Result<()> {
        let engine = self.river.engine();
        let first = engine.now().max(self.recording_start() + SKIP);
        while let Some(at) = self.next(None, true).filter(|at| *at <= first) {
            self.advance(at, None).await?;
            if engine.now() >= first {
                break;
            }
        }
        let (begun, from) = (Instant::now(), engine.now().max(first));
        loop {
            let passed = SignedDuration::from_secs_f64(begun.elapsed().as_secs_f64() * speed);
            let now = from.saturating_add(passed).unwrap_or(Timestamp::MAX);
            match self.next(None, until_idle) {
                Some(at) if at <= now => self.advance(at, None).await?,
                next => {
                    self.clock.advance(now);
                    self.settle().await?;
                    if next.is_none() && until_idle {
                        return Ok(());
                    }
                    tokio::time::sleep(BEAT).await;
                }
            }
        }
    }

    fn recording_start(&self) -> Timestamp {
        self.recording.start()
    }

    fn due(&self) -> Option<Played> {
        let next = self.place().next;
        let now = self.river.engine().now();
        self.recording.iter().nth(next).filter(|played| played.at <= now).cloned()
    }

    async fn play(&self, played: &Played) -> Result<()> {
        let id = SourceId::from(played.source.as_str());
        if played.url.is_none() {
            let answer = match played.status {
                200 => Answer::Body {
                    content_type: played.content_type.clone().unwrap_or_default(),
                    bytes: played.body.clone(),
                },
                status => Answer::of_status(status),
            };
            let links = self.river.sources().hear(&id, answer).await?;
            for link in links {
                if let Some(document) = self.document(&link.href) {
                    let media = document.content_type.clone().unwrap_or_default();
                    self.river.sources().hear_linked(&id, &link, &media, document.body.clone()).await?;
                }
            }
        }
        let judged = self.river.intake().judged().await;
        self.keep(|place| {
            place.next += 1;
            place.judged = judged;
        })
    }

    /// The recorded answer for a linked address, as it was by now.
    fn document(&self, url: &str) -> Option<&Played> {
        self.recording.document(url, self.river.engine().now())
    }

    /// Looks for silence where the time for it has come.
    async fn look(&self) -> Result<()> {
        let now = self.river.engine().now();
        let looked = self.place().looked;
        if looked.is_none_or(|looked| next_look(looked) <= now) {
            self.river.find_silent().await?;
            self.place().looked = Some(now);
        }
        Ok(())
    }

    fn keep(&self, change: impl FnOnce(&mut Place)) -> Result<()> {
        let position = {
            let mut place = self.place();
            change(&mut place);
            place.at = Some(self.river.engine().now());
            place.sources = self.river.sources().save();
            serde_json::to_vec(&*place)?
        };
        self.items.set_cursor(CURSOR, &position).context("keep the recording's position")
    }

    fn place(&self) -> MutexGuard<'_, Place> {
        self.place.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How long a headless demo waits for an outlet, in the host's time.
const PATIENCE: Duration = Duration::from_secs(60);
/// Between two rounds of delivery.
const PAUSE: Duration = Duration::from_millis(20);
/// How often an interactive demo looks at the clock.
const BEAT: Duration = Duration::from_millis(100);

/// The first full multiple of [`LOOK`] after `at`.
fn next_look(at: Timestamp) -> Timestamp {
    let step = LOOK.as_secs();
    let next = (at.as_second().div_euclid(step) + 1) * step;
    Timestamp::from_second(next).unwrap_or(Timestamp::MAX)
}

/// The last full multiple of [`LOOK`] before `at`.
fn last_look(at: Timestamp) -> Timestamp {
    let step = LOOK.as_secs();
    let last = (at.as_second() - 1).div_euclid(step) * step;
    Timestamp::from_second(last).unwrap_or(at)
}

async fn wait(span: SignedDuration, speed: f64) {
    let seconds = span.as_secs_f64() / speed;
    if seconds > 0.0 && seconds.is_finite() {
        tokio::time::sleep(Duration::from_secs_f64(seconds)).await;
    }
}
