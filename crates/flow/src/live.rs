//! The live river: one task a pulled source, and one that keeps time, delivers and reads back.

use crate::intake::IntakeError;
use crate::river::River;
use crate::setup::{Fetch, SourceSetup};
use crate::source::poll::{Address, Backoff, Outcome, Poller, Request};
use crate::source::watch::Heard;
use crate::sources::Answer;
use beaconfire_core::{ChannelId, SourceId};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::watch;
use tokio::task::JoinSet;

/// How often due things are looked for.
const BEAT: Duration = Duration::from_millis(250);
/// How often silence is looked for, and outlets are read back.
const LOOK_EVERY: Duration = Duration::from_secs(30);
/// The pause after a journal that could not be written.
const LOOK_AGAIN: Duration = Duration::from_secs(2);
/// How often detectors' states are kept.
const KEEP_EVERY: Duration = Duration::from_secs(300);
/// Linked documents that one answer may make us fetch.
const MAX_LINKS: usize = 2_000;

/// Runs until `stop` turns true. Every task goes on after an error: it is told in the log, and
/// what could not be done is tried again.
pub async fn run(river: Arc<River>, sources: &[SourceSetup], seed: u64, stop: watch::Receiver<bool>) {
    let mut tasks = JoinSet::new();
    for (number, source) in sources.iter().enumerate() {
        if let Fetch::Pull { url, every } = &source.fetch {
            match (Address::read(url), Poller::new()) {
                (Ok(address), Ok(poller)) => {
                    let request = Request::new(address, source.options.max_bytes);
                    let backoff = Backoff::new(*every, seed.wrapping_add(number as u64));
                    tasks.spawn(pull(river.clone(), source.id.clone(), poller, request, backoff));
                }
                (Err(error), _) => {
                    tracing::error!(source = %source.id, %error, "this source cannot be asked")
                }
                (_, Err(error)) => {
                    tracing::error!(source = %source.id, %error, "this source cannot be asked")
                }
            }
        }
    }
    // Each for itself: a dead channel keeps no other waiting.
    for channel in river.deliverer().channels().cloned().map(Some).chain([None]) {
        tasks.spawn(deliver(river.clone(), channel));
    }
    keep_time(&river, stop).await;
    tasks.shutdown().await;
}

/// Asks one source for ever, and fetches what it links to.
async fn pull(river: Arc<River>, id: SourceId, poller: Poller, mut request: Request, mut backoff: Backoff) {
    loop {
        let outcome = poller.poll(&request).await;
        let pause = match &outcome {
            Outcome::Failed { retry_after, .. } => backoff.after_failure(*retry_after),
            Outcome::Refused { .. } | Outcome::TooLarge { .. } => backoff.after_failure(None),
            Outcome::Body { .. } | Outcome::NotModified => backoff.after_answer(),
        };
        if let Err(error) = heard(&river, &id, &poller, &mut request, outcome).await {
            tracing::error!(source = %id, %error, "what the source said could not be kept; it is asked again");
            // The validators must not hide from us what was not kept.
            (request.etag, request.last_modified) = (None, None);
        }
        tokio::time::sleep(pause).await;
    }
}

async fn heard(
    river: &River,
    id: &SourceId,
    poller: &Poller,
    request: &mut Request,
    outcome: Outcome,
) -> Result<(), IntakeError> {
    let answer = match outcome {
        Outcome::Body { bytes, content_type, etag, last_modified } => {
            (request.etag, request.last_modified) = (etag, last_modified);
            Answer::Body { content_type: content_type.unwrap_or_default(), bytes }
        }
        Outcome::NotModified => Answer::Other(Heard::NotModified),
        Outcome::Refused { status } => Answer::Other(Heard::Refused { status }),
        Outcome::Failed { words, .. } => Answer::Other(Heard::Failed { words }),
        Outcome::TooLarge { limit } => Answer::Other(Heard::TooLarge { limit }),
    };
    let (links, left) = river.sources().hear_upto(id, answer, MAX_LINKS).await?;
    if left > 0 {
        // The same answer must come again whole, so that the rest is fetched.
        (request.etag, request.last_modified) = (None, None);
    }
    for link in links {
        let address = match request.address.follow(&link.href) {
            Ok(address) => address,
            Err(error) => {
                (request.etag, request.last_modified) = (None, None);
                river.sources().miss_linked(id, &link, &error.to_string()).await?;
                continue;
            }
        };
        let linked = Request::new(address, request.max_bytes);
        match poller.poll(&linked).await {
            Outcome::Body { bytes, content_type, .. } => {
                let content_type = content_type.unwrap_or_default();
                if !river.sources().hear_linked(id, &link, &content_type, bytes).await? {
                    (request.etag, request.last_modified) = (None, None);
                }
            }
            other => {
                // Asked again with the feed, because nothing of it was taken in.
                (request.etag, request.last_modified) = (None, None);
                river.sources().miss_linked(id, &link, &why(&other)).await?;
            }
        }
    }
    river.sources().keep(id).await
}

/// Why there is no body.
fn why(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Failed { words, .. } => words.clone(),
        Outcome::Refused { status } => format!("refused with HTTP {status}"),
        Outcome::TooLarge { limit } => format!("larger than {limit} bytes"),
        Outcome::Body { .. } | Outcome::NotModified => "no body came".to_owned(),
    }
}

/// Delivers whatever is queued for one channel, whenever something becomes durable, and tries again
/// what failed once the channel has rested; for none, drops what no channel takes any more.
async fn deliver(river: Arc<River>, channel: Option<ChannelId>) {
    let mut told = river.engine().subscribe();
    loop {
        match river.deliverer().round_on(channel.as_ref()).await {
            Ok(true) => continue,
            Ok(false) => {}
            Err(error) => {
                tracing::error!(%error, "delivery could not be journalled; it is tried again");
                tokio::time::sleep(LOOK_AGAIN).await;
            }
        }
        let rest = match &channel {
            Some(channel) => river.deliverer().rest(channel).await,
            None => None,
        };
        let wait = rest.map_or(LOOK_EVERY, |rest| rest.clamp(BEAT, LOOK_EVERY));
        // Falling behind or a closed engine means only: look again.
        let _ = tokio::time::timeout(wait, told.recv()).await;
    }
}

/// Timers, the clock, silence, read-back, checkpoints: until told to stop.
async fn keep_time(river: &River, mut stop: watch::Receiver<bool>) {
    let (mut looked, mut kept) = (Instant::now(), Instant::now());
    while !*stop.borrow() {
        let beat = async {
            river.engine().check_clock().await?;
            river.tick().await?;
            if looked.elapsed() >= LOOK_EVERY {
                looked = Instant::now();
                river.find_silent().await?;
                river.read_back().await?;
            }
            if kept.elapsed() >= KEEP_EVERY {
                kept = Instant::now();
                river.intake().keep_detectors().await?;
            }
            river.checkpoint_if_due().await?;
            Ok::<(), IntakeError>(())
        };
        if let Err(error) = beat.await {
            tracing::error!(%error, "what fell due could not be journalled; it is tried again");
        }
        tokio::select! {
            () = tokio::time::sleep(BEAT) => {}
            _ = stop.changed() => {}
        }
    }
}
