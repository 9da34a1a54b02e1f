//! What the server is given, and what every request shares.

use std::net::IpAddr;
use std::sync::Arc;

use beaconfire_core::ChannelId;
use beaconfire_flow::{Engine, Intake, SourceView};
use beaconfire_store::{Accounts, Observations, Published};
use tokio::sync::Semaphore;

use crate::feed;
use crate::limit::Limits;
use crate::metrics::Metrics;

/// Live event streams at the same time, over all operators; each holds a connection.
const MAX_STREAMS: usize = 512;
/// Pushed bodies in memory at the same time.
const MAX_INTAKES: usize = 8;
/// Documents that are checked at the same time.
const MAX_CHECKS: usize = 2;

/// How every source stands now.
pub type SourceList = Arc<dyn Fn() -> Vec<SourceView> + Send + Sync>;

/// What the server stands on. Everything is shared and may be used from several threads.
#[derive(Clone)]
pub struct Services {
    /// Reads the state and takes commands.
    pub engine: Engine,
    /// Operators, sessions, tokens of programs.
    pub accounts: Arc<Accounts>,
    /// Series of numbers.
    pub observations: Arc<Observations>,
    /// What the public feed holds: nothing else is ever shown without signing in.
    pub published: Published,
    /// Takes pushed measurements.
    pub intake: Intake,
    /// How the sources stand.
    pub sources: SourceList,
    /// Settings.
    pub config: ServeConfig,
}

/// Settings of the server.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServeConfig {
    /// The program's version, as the console shows it.
    pub version: String,
    /// What is being played, in words; none where the river is real.
    pub recording: Option<String>,
    /// The channel whose messages the public feed shows; none for no feed.
    pub feed_channel: Option<ChannelId>,
    /// Where the public reaches this server, such as `https://warn.example`; no slash at the end.
    pub public_url: String,
    /// Further host names (without port) that this server answers to, beside the loopback names
    /// and the host of `public_url`.
    pub hosts: Vec<String>,
    /// Addresses of the proxies in front: what they write into `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpAddr>,
}

/// What every request shares.
#[derive(Clone)]
pub(crate) struct App(Arc<Shared>);

/// The content of [`App`].
pub(crate) struct Shared {
    pub(crate) services: Services,
    pub(crate) limits: Limits,
    pub(crate) metrics: Metrics,
    pub(crate) feed: feed::Kept,
    pub(crate) streams: Arc<Semaphore>,
    pub(crate) intakes: Arc<Semaphore>,
    pub(crate) checks: Arc<Semaphore>,
}

impl App {
    pub(crate) fn new(services: Services) -> Self {
        Self(Arc::new(Shared {
            services,
            limits: Limits::default(),
            metrics: Metrics::new(),
            feed: feed::Kept::default(),
            streams: Arc::new(Semaphore::new(MAX_STREAMS)),
            intakes: Arc::new(Semaphore::new(MAX_INTAKES)),
            checks: Arc::new(Semaphore::new(MAX_CHECKS)),
        }))
    }
}

impl std::ops::Deref for App {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}
