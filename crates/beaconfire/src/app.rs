//! The server as a whole: store, river and HTTP, started together and ended together.

use crate::config::{Plan, signer};
use anyhow::{Context as _, bail};
use beaconfire_core::{AccountId, Actor, Command, Role};
use beaconfire_flow::{HostClock, Machine, River, SourceSetup, live};
use beaconfire_serve::{ServeConfig, Services, router, serve};
use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::watch;

/// How often accounts made or disabled beside the server are looked for.
const ACCOUNTS_EVERY: Duration = Duration::from_secs(30);

/// How long the token holds that is printed where there is no account.
const SETUP_VALID: jiff::SignedDuration = jiff::SignedDuration::from_hours(1);

/// The server.
pub(crate) struct App;

/// A started server.
pub(crate) struct Handle {
    config: PathBuf,
    plan: Plan,
    river: Arc<River>,
    listener: TcpListener,
    address: SocketAddr,
}

impl App {
    /// Takes the address and the data folder, and starts the river; nothing is served or asked yet.
    ///
    /// # Errors
    /// An address, key or folder that cannot be used.
    pub(crate) async fn start(config: &Path, plan: Plan) -> anyhow::Result<Handle> {
        let listener = TcpListener::bind(plan.listen)
            .await
            .with_context(|| format!("listen at {}; choose another address", plan.listen))?;
        let address = listener.local_addr().context("read the address")?;
        let signer = signer(&plan.checkpoint_key)?;
        let clock = Arc::new(HostClock::new(Machine::new(plan.clock_synchronised)));
        let river = Arc::new(River::start(plan.setup(signer), clock).await?);
        let handle = Handle { config: config.to_owned(), plan, river, listener, address };
        handle.river.intake().judge_pending().await.context("judge what was taken in before")?;
        take_in_accounts(&handle.river).await?;
        if handle.river.stores().accounts.accounts()?.is_empty() {
            let accounts = &handle.river.stores().accounts;
            let token = accounts.create_setup_token(jiff::Timestamp::now(), SETUP_VALID)?;
            let at = set_up_at(address, &handle.plan.public_url);
            eprintln!(
                "beaconfire: there is no account yet: make the first one within an hour at {at}/set-up?token={token}"
            );
        }
        Ok(handle)
    }
}

/// Where a browser reaches the set-up page: this machine's own name where it is listened at, since
/// the server answers to no bare address of a network.
fn set_up_at(address: SocketAddr, public_url: &str) -> String {
    match address.ip() {
        ip if ip.is_loopback() => format!("http://{address}"),
        ip if ip.is_unspecified() => format!("http://localhost:{}", address.port()),
        _ => public_url.to_owned(),
    }
}

impl Handle {
    /// Where it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves, asks and delivers until told to stop, then ends cleanly.
    ///
    /// # Errors
    /// A listener or a journal that cannot be used any more.
    pub(crate) async fn run(self) -> anyhow::Result<()> {
        let (stop, stopped) = watch::channel(false);
        let sources: Vec<SourceSetup> = self.plan.sources.clone();
        let (river, told) = (self.river.clone(), stopped.clone());
        let seed = std::process::id().into();
        let asking = tokio::spawn(async move { live::run(river, &sources, seed, told).await });
        let keeping = tokio::spawn(keep(self.config.clone(), self.plan.sources.clone(), self.river.clone()));
        let mut told = stopped;
        let closing = async move {
            // A sender that is gone means the same as a stop.
            let _ = told.wait_for(|stop| *stop).await;
        };
        let stop = Arc::new(stop);
        let stopper = Arc::clone(&stop);
        let signalled = tokio::spawn(async move {
            stop_signal().await;
            stopper.send_replace(true);
        });
        let router = router(services(&self.plan, &self.river));
        let served = serve(self.listener, router, closing).await.context("serve");
        keeping.abort();
        signalled.abort();
        // The river ends with the server, also where that failed.
        stop.send_replace(true);
        asking.await.context("end the sources")?;
        self.river.rest().await.context("end cleanly")?;
        served
    }
}

/// Until SIGTERM or Ctrl-C.
pub(crate) async fn stop_signal() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = tokio::signal::ctrl_c() => {}
            }
            return;
        }
    }
    // Without a handler the process ends by the signal itself.
    let _ = tokio::signal::ctrl_c().await;
}

fn services(plan: &Plan, river: &Arc<River>) -> Services {
    let stores = river.stores().clone();
    let views = Arc::clone(river);
    let feed = plan.rules.channels.iter().find(|channel| channel.kind == "feed" && channel.mode == plan.mode);
    Services {
        engine: river.engine().clone(),
        accounts: stores.accounts,
        observations: stores.observations,
        published: stores.published,
        intake: river.intake().clone(),
        sources: Arc::new(move || views.sources().views()),
        config: ServeConfig {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            recording: None,
            feed_channel: feed.map(|channel| channel.id.clone()),
            public_url: plan.public_url.clone(),
            hosts: plan.hosts.clone(),
            trusted_proxies: plan.trusted_proxies.clone(),
        },
    }
}

/// Takes in accounts now and then, and reloads at SIGHUP.
async fn keep(config: PathBuf, sources: Vec<SourceSetup>, river: Arc<River>) {
    let mut hangup = Hangup::new();
    loop {
        tokio::select! {
            () = tokio::time::sleep(ACCOUNTS_EVERY) => {}
            () = hangup.next() => match reload(&config, &sources, &river).await {
                Ok(()) => eprintln!("beaconfire: reloaded {}", config.display()),
                Err(error) => eprintln!("beaconfire: nothing was reloaded: failed to {error:#}"),
            },
        }
        if let Err(error) = take_in_accounts(&river).await {
            tracing::error!(%error, "accounts could not be taken in; it is tried again");
        }
    }
}

/// Reads the whole configuration again and takes its rules, all of them or none.
async fn reload(config: &Path, sources: &[SourceSetup], river: &River) -> anyhow::Result<()> {
    let path = config.to_owned();
    let plan =
        tokio::task::spawn_blocking(move || Plan::load(&path)).await?.context("use the configuration")?;
    let ids = |setups: &[SourceSetup]| setups.iter().map(|setup| format!("{setup:?}")).collect::<Vec<_>>();
    if ids(&plan.sources) != ids(sources) {
        bail!("reload: the sources differ from those that were started with; restart to change them");
    }
    let loaded = Command::LoadRules(Box::new(plan.rules));
    river.engine().command(loaded, Actor::River).await?;
    river.intake().load_geocodes(plan.geocodes);
    river.intake().load_rules(river.engine().read(|state| state.rules.clone())).await;
    Ok(())
}

/// Brings the journal's roles up to date with the accounts.
async fn take_in_accounts(river: &River) -> anyhow::Result<()> {
    let accounts = Arc::clone(&river.stores().accounts);
    let accounts = tokio::task::spawn_blocking(move || accounts.accounts()).await??;
    for account in accounts {
        let roles: BTreeSet<Role> = if account.disabled {
            BTreeSet::new()
        } else {
            account.roles.iter().filter_map(|role| role.parse().ok()).collect()
        };
        let id = AccountId(account.id);
        let known = river.engine().read(|state| state.roles.get(&id).cloned().unwrap_or_default());
        if known != roles {
            river.engine().command(Command::SetRoles { account: id, roles }, Actor::River).await?;
        }
    }
    Ok(())
}

/// SIGHUP, where there is such a thing.
struct Hangup {
    #[cfg(unix)]
    signal: Option<tokio::signal::unix::Signal>,
}

impl Hangup {
    fn new() -> Self {
        #[cfg(unix)]
        {
            let signal = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::hangup()).ok();
            Self { signal }
        }
        #[cfg(not(unix))]
        Self {}
    }

    async fn next(&mut self) {
        #[cfg(unix)]
        if let Some(signal) = &mut self.signal
            && signal.recv().await.is_some()
        {
            return;
        }
        std::future::pending().await
    }
}
