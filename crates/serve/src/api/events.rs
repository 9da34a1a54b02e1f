//! Live events: what became durable, resumed by `Last-Event-ID`.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Sse;
use axum::response::sse::{Event, KeepAlive};
use beaconfire_flow::Change;
use beaconfire_store::Session;
use futures::Stream;
use jiff::Timestamp;
use serde::Serialize;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use utoipa::ToSchema;

use crate::auth::Operator;
use crate::blocking::blocking;
use crate::error::{Answer, ErrorBody, Problem};
use crate::services::App;

/// Changes that are sent again to one who resumes; who missed more reads everything again.
const MAX_RESUMED: usize = 1_000;
/// Events that wait for one slow reader.
const QUEUE: usize = 64;
/// How often it is looked whether the session still stands.
const LOOK_AGAIN: Duration = Duration::from_secs(20);
/// So that proxies and browsers know that the stream lives.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// Something that became durable; the event's id is `seq`.
#[derive(Serialize, ToSchema)]
pub(crate) struct ChangeView {
    /// Its place in the journal.
    seq: u64,
    /// The record's kind.
    kind: String,
    /// The incident that it is about.
    incident: Option<String>,
    /// The warning that it is about.
    warning: Option<String>,
    /// The source that it is about.
    source: Option<String>,
    /// River time.
    at: Timestamp,
}

/// Events `change` as they become durable; `resync` where a reader missed too much and has to read
/// everything again. A stream resumes after the event named by `Last-Event-ID`.
#[utoipa::path(get, path = "/api/v1/events", tag = "events",
    params(("Last-Event-ID" = Option<u64>, Header, description = "Resumes after this event")),
    responses((status = 200, body = ChangeView, content_type = "text/event-stream"), (status = 401, body = ErrorBody)))]
pub(crate) async fn stream(
    State(app): State<App>,
    operator: Operator,
    headers: HeaderMap,
) -> Answer<Sse<impl Stream<Item = Result<Event, Infallible>>>> {
    let room = app.streams.clone().try_acquire_owned();
    let room = room.map_err(|_| Problem::unavailable("too many streams are open"))?;
    let last = headers.get("last-event-id").and_then(|value| value.to_str().ok()?.parse().ok());
    // First listen, then look back: what comes in between is seen twice and not missed.
    let changes = app.services.engine.subscribe();
    let (sender, receiver) = mpsc::channel(QUEUE);
    tokio::spawn(async move {
        let mut teller = Teller { app, session: operator.0, sender, last };
        teller.tell(changes).await;
        drop(room);
    });
    let keep_alive = KeepAlive::new().interval(KEEP_ALIVE).text("still here");
    Ok(Sse::new(ReceiverStream::new(receiver)).keep_alive(keep_alive))
}

/// Tells one reader.
struct Teller {
    app: App,
    session: Session,
    sender: mpsc::Sender<Result<Event, Infallible>>,
    /// The last event that the reader has; none where it asked for none before.
    last: Option<u64>,
}

impl Teller {
    /// Until the reader is gone or its session has ended.
    async fn tell(&mut self, mut changes: Receiver<Change>) -> Option<()> {
        if self.last.is_some() {
            self.catch_up().await?;
        }
        let mut look = tokio::time::interval(LOOK_AGAIN);
        look.tick().await;
        loop {
            tokio::select! {
                change = changes.recv() => match change {
                    Ok(change) => self.send(&change).await?,
                    // Too slow: what was missed is kept for a while.
                    Err(RecvError::Lagged(_)) if self.last.is_some() => self.catch_up().await?,
                    Err(RecvError::Lagged(_)) => self.resync().await?,
                    Err(RecvError::Closed) => return None,
                },
                _ = look.tick() => self.still_signed_in().await?,
                () = self.sender.closed() => return None,
            }
        }
    }

    /// Sends what the reader missed, or tells it to read everything again.
    async fn catch_up(&mut self) -> Option<()> {
        let after = self.last.unwrap_or_default();
        let missed = self.app.services.engine.changes_after(after, MAX_RESUMED + 1);
        let whole = missed.first().is_none_or(|first| first.seq == after + 1);
        // An event that is still to come is of another journal.
        if !whole || after > self.app.services.engine.seq() || missed.len() > MAX_RESUMED {
            return self.resync().await;
        }
        for change in &missed {
            self.send(change).await?;
        }
        Some(())
    }

    async fn resync(&mut self) -> Option<()> {
        let seq = self.app.services.engine.seq();
        self.last = Some(seq);
        let event = Event::default().event("resync").id(seq.to_string()).data("{}");
        self.sender.send(Ok(event)).await.ok()
    }

    async fn send(&mut self, change: &Change) -> Option<()> {
        if self.last.is_some_and(|last| change.seq <= last) {
            return Some(());
        }
        self.last = Some(change.seq);
        let view = ChangeView {
            seq: change.seq,
            kind: change.kind.clone(),
            incident: change.incident.as_ref().map(|id| id.0.clone()),
            warning: change.warning.as_ref().map(|id| id.0.clone()),
            source: change.source.as_ref().map(|id| id.0.clone()),
            at: change.at,
        };
        let event = Event::default().event("change").id(change.seq.to_string());
        self.sender.send(Ok(event.json_data(view).ok()?)).await.ok()
    }

    async fn still_signed_in(&self) -> Option<()> {
        let (accounts, secret) = (self.app.services.accounts.clone(), self.session.token.clone());
        let session = blocking(move || accounts.session(&secret, Timestamp::now())).await.ok()?;
        session.map(drop)
    }
}
