//! The river: store, engine, intake, delivery and read-back, started together on one data folder.

use crate::clock::Clock;
use crate::deliver::channel::{Channel, Feed, File, Webhook};
use crate::deliver::{Deliverer, Reader};
use crate::engine::{CommandError, Engine, StartError};
use crate::intake::{self, Inner, Intake, IntakeError, Judging};
use crate::observe::{Bank, Exposures};
use crate::setup::{Setup, Target};
use crate::sources::Sources;
use beaconfire_core::{Actor, ChannelId, Command, Mode};
use beaconfire_geo::places::PlacesError;
use beaconfire_store::{
    ACCOUNTS_FILE, Accounts, FolderLock, ITEMS_FILE, Items, JOURNAL_FILE, LockError, OBSERVATIONS_FILE,
    Observations, PUBLISHED_FOLDER, Published, SqliteJournal, StoreError,
};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

/// Why a river could not start.
#[derive(Debug, thiserror::Error)]
pub enum RiverError {
    /// The data folder could not be made.
    #[error("make the data folder {0}: {1}; choose a folder that can be written")]
    Folder(String, std::io::Error),
    /// Another process has the data folder.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The journal could not be folded.
    #[error(transparent)]
    Start(#[from] StartError),
    /// The index of places is broken.
    #[error(transparent)]
    Places(#[from] PlacesError),
    /// The first commands were refused.
    #[error(transparent)]
    Command(#[from] CommandError),
    /// What was never judged could not be judged.
    #[error(transparent)]
    Intake(#[from] IntakeError),
    /// The detectors' saved states are not understood.
    #[error("read the detectors' saved states: {0}; move observations.sqlite away to begin anew")]
    Detectors(serde_json::Error),
    /// No HTTP client could be made.
    #[error("make an HTTP client: {0}")]
    Client(reqwest::Error),
}

/// What is kept, for those who serve it.
#[derive(Clone)]
pub struct Stores {
    /// Original bytes and receipts.
    pub items: Arc<Items>,
    /// Numbers.
    pub observations: Arc<Observations>,
    /// Operators.
    pub accounts: Arc<Accounts>,
    /// What the public feed holds.
    pub published: Published,
}

/// A started river.
pub struct River {
    engine: Engine,
    intake: Intake,
    stores: Stores,
    sources: Sources,
    deliverer: Deliverer,
    reader: Reader,
    checkpointed: tokio::sync::Mutex<u64>,
    _lock: FolderLock,
}

impl River {
    /// Opens the data folder, folds the journal, loads the rules and restores the detectors. What
    /// is durable and was never judged waits for [`Intake::judge_pending`] or the next intake.
    ///
    /// # Errors
    /// A folder, file or configuration that cannot be used; the text says which and the mend.
    pub async fn start(setup: Setup, clock: Arc<dyn Clock>) -> Result<Self, RiverError> {
        std::fs::create_dir_all(&setup.data)
            .map_err(|error| RiverError::Folder(setup.data.display().to_string(), error))?;
        let lock = FolderLock::take(&setup.data)?;
        let mark = match setup.mode {
            Mode::Live | Mode::Test => beaconfire_store::Mode::Live,
            Mode::Exercise => beaconfire_store::Mode::Exercise,
        };
        let journal = SqliteJournal::open(&setup.data.join(JOURNAL_FILE), mark)?;
        let stores = Stores {
            items: Arc::new(Items::open(&setup.data.join(ITEMS_FILE))?),
            observations: Arc::new(Observations::open(&setup.data.join(OBSERVATIONS_FILE))?),
            accounts: Arc::new(Accounts::open(&setup.data.join(ACCOUNTS_FILE))?),
            published: Published::open(&setup.data.join(PUBLISHED_FOLDER))?,
        };
        let engine = Engine::start(journal, clock, setup.signer.clone())?;
        let open = Command::Open { mode: setup.mode, exercise: setup.exercise.clone() };
        engine.command(open, Actor::River).await?;
        engine.command(Command::LoadRules(Box::new(setup.rules.clone())), Actor::River).await?;
        let client = client().map_err(RiverError::Client)?;
        let intake = start_intake(&engine, &stores, &setup)?;
        let seed = std::process::id().into();
        let channels = channels(&setup, &stores, &client)?;
        let feeds = feeds(&setup);
        let deliverer = Deliverer::new(engine.clone(), stores.items.clone(), channels, seed);
        deliverer.refill(&feeds.keys().cloned().collect()).await;
        Ok(Self {
            deliverer,
            reader: Reader::new(engine.clone(), client, feeds),
            sources: Sources::start(&engine, &intake, &stores, &setup)?,
            checkpointed: tokio::sync::Mutex::new(engine.seq()),
            engine,
            intake,
            stores,
            _lock: lock,
        })
    }

    /// The engine.
    #[must_use]
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// The way in for pushed numbers.
    #[must_use]
    pub fn intake(&self) -> &Intake {
        &self.intake
    }

    /// What is kept.
    #[must_use]
    pub fn stores(&self) -> &Stores {
        &self.stores
    }

    /// The sources and how they stand.
    #[must_use]
    pub fn sources(&self) -> &Sources {
        &self.sources
    }

    /// What falls due at river time now: escalations, reviews, expiries.
    ///
    /// # Errors
    /// A journal that cannot be written.
    pub async fn tick(&self) -> Result<(), CommandError> {
        let now = self.engine.now();
        if self.engine.read(|state| state.next_due().is_some_and(|due| due <= now)) {
            self.engine.command(Command::Tick, Actor::River).await?;
        }
        Ok(())
    }

    /// Series and sources that have fallen silent up to now.
    ///
    /// # Errors
    /// A journal that cannot be written.
    pub async fn find_silent(&self) -> Result<(), IntakeError> {
        self.intake.find_silent().await?;
        self.sources.find_silent().await
    }

    /// Tries everything that waits to be sent, one thing after the other; true where something moved.
    ///
    /// # Errors
    /// A journal that cannot be written.
    pub async fn deliver(&self) -> Result<bool, CommandError> {
        self.deliverer.round().await
    }

    /// The ways out, for whoever serves each by itself.
    pub(crate) fn deliverer(&self) -> &Deliverer {
        &self.deliverer
    }

    /// Reads back what is due.
    ///
    /// # Errors
    /// A journal that cannot be written.
    pub async fn read_back(&self) -> Result<(), CommandError> {
        self.reader.round().await
    }

    /// Signs the journal's head where enough was written.
    ///
    /// # Errors
    /// A journal that cannot be written.
    pub async fn checkpoint_if_due(&self) -> Result<(), CommandError> {
        let mut last = self.checkpointed.lock().await;
        self.engine.checkpoint_if_due(&mut last).await
    }

    /// Keeps the detectors' states and signs the journal's head: a clean end.
    ///
    /// # Errors
    /// A store that cannot be written.
    pub async fn rest(&self) -> Result<(), IntakeError> {
        self.intake.keep_detectors().await?;
        Ok(self.engine.checkpoint().await?)
    }
}

/// One client for all: no redirects to elsewhere are followed when posting.
fn client() -> Result<reqwest::Client, reqwest::Error> {
    reqwest::Client::builder()
        .user_agent(concat!("beaconfire/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(std::time::Duration::from_secs(5))
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .build()
}

fn start_intake(engine: &Engine, stores: &Stores, setup: &Setup) -> Result<Intake, RiverError> {
    let mut bank = Bank::default();
    bank.load(engine.read(|state| state.rules.clone()));
    let mut judged = 0;
    if let Some((upto, bytes)) = stores.observations.load_checkpoint()? {
        let saved: crate::observe::Saved = serde_json::from_slice(&bytes).map_err(RiverError::Detectors)?;
        bank.restore(&saved, |series| Some(intake::name(&stores.observations, series)));
        judged = upto;
    }
    Ok(Intake {
        inner: Arc::new(Inner {
            engine: engine.clone(),
            items: stores.items.clone(),
            observations: stores.observations.clone(),
            exposures: Exposures::new(setup.places.clone())?,
            geocodes: Mutex::new(setup.geocodes.clone()),
            sources: setup.sources.iter().map(|s| (s.id.clone(), s.clone())).collect(),
            pushed: Mutex::default(),
            judge: tokio::sync::Mutex::new(Judging { bank: Arc::new(Mutex::new(bank)), judged }),
        }),
    })
}

fn channels(
    setup: &Setup,
    stores: &Stores,
    client: &reqwest::Client,
) -> Result<BTreeMap<ChannelId, Arc<dyn Channel>>, RiverError> {
    let mut channels: BTreeMap<ChannelId, Arc<dyn Channel>> = BTreeMap::new();
    for channel in &setup.channels {
        let name = channel.id.as_str();
        let made: Arc<dyn Channel> = match &channel.target {
            Target::Feed => Arc::new(Feed::new(name, stores.published.clone())),
            Target::File(folder) => Arc::new(File::new(name, Published::open(folder)?)),
            Target::Webhook(url) => Arc::new(Webhook::new(client.clone(), url)),
        };
        channels.insert(channel.id.clone(), made);
    }
    Ok(channels)
}

/// The public addresses of the feeds that are read back.
fn feeds(setup: &Setup) -> BTreeMap<ChannelId, String> {
    let feeds = setup.channels.iter().filter(|channel| channel.target == Target::Feed);
    feeds.map(|channel| (channel.id.clone(), setup.public_url.clone())).collect()
}
