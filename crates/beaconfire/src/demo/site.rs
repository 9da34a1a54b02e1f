//! The demo's own server and webhook sink, on loopback ports.

use super::folder::Folder;
use anyhow::{Context, Result};
use beaconfire_core::ChannelId;
use beaconfire_flow::River;
use beaconfire_serve::{ServeConfig, Services, router, serve, sink};
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::PoisonError;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// Ports that are taken, before anything is served on them.
pub(super) struct Site {
    listener: Mutex<Option<TcpListener>>,
    /// The server's port.
    pub(super) port: u16,
    /// Where the webhook goes.
    pub(super) sink: String,
    stop: watch::Sender<bool>,
}

/// A running server.
pub(super) struct Server {
    /// Its port.
    pub(super) port: u16,
    stop: watch::Sender<bool>,
    task: JoinHandle<std::io::Result<()>>,
}

impl Site {
    /// Takes a port, and starts a sink of its own unless an address is given.
    pub(super) async fn bind(folder: &Folder, port: u16, sink: Option<String>) -> Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", port))
            .await
            .with_context(|| format!("listen on 127.0.0.1:{port}; choose another --port"))?;
        let port = listener.local_addr()?.port();
        let (stop, _) = watch::channel(false);
        let sink = match sink {
            Some(url) => url,
            None => start_sink(folder).await?,
        };
        Ok(Self { listener: Mutex::new(Some(listener)), port, sink, stop })
    }

    /// Where the public pages are.
    pub(super) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Serves the river.
    pub(super) async fn serve(&self, river: Arc<River>, title: &str) -> Result<Server> {
        let stores = river.stores().clone();
        let views = Arc::clone(&river);
        let services = Services {
            engine: river.engine().clone(),
            accounts: stores.accounts,
            observations: stores.observations,
            published: stores.published,
            intake: river.intake().clone(),
            sources: Arc::new(move || views.sources().views()),
            config: ServeConfig {
                version: env!("CARGO_PKG_VERSION").to_owned(),
                recording: Some(title.to_owned()),
                feed_channel: Some(ChannelId::from("public-feed")),
                public_url: self.url(),
                hosts: Vec::new(),
                trusted_proxies: Vec::new(),
            },
        };
        let listener =
            self.listener.lock().unwrap_or_else(PoisonError::into_inner).take().context("serve once only")?;
        let mut stopped = self.stop.subscribe();
        let task = tokio::spawn(serve(listener, router(services), async move {
            // An error means that the sender is gone: the same as a stop.
            let _ = stopped.wait_for(|stop| *stop).await;
        }));
        Ok(Server { port: self.port, stop: self.stop.clone(), task })
    }
}

impl Server {
    /// Stops and waits a moment for open connections.
    pub(super) async fn stop(self) {
        // Nobody listening means that it has stopped already.
        let _ = self.stop.send(true);
        let wait = std::time::Duration::from_secs(2);
        if tokio::time::timeout(wait, self.task).await.is_err() {
            tracing::debug!("open connections were cut at the end of the demo");
        }
    }
}

async fn start_sink(folder: &Folder) -> Result<String> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.context("listen for the demo's sink")?;
    let port = listener.local_addr()?.port();
    let log = folder.data.join("sink.ndjson");
    let router = sink::router(&log).with_context(|| format!("open the sink's log {}", log.display()))?;
    tokio::spawn(serve(listener, router, std::future::pending()));
    Ok(format!("http://127.0.0.1:{port}/hook"))
}
