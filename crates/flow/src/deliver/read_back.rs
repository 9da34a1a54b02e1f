//! Reading back: the public address is fetched as a consumer does, and compared (invariant 19).

use crate::engine::{CommandError, Engine};
use beaconfire_core::{Actor, ChannelId, Command, Found, JobKey, Progress, ReadBack, sha256_hex};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// The largest feed and message that are read back.
const MAX_BYTES: usize = 64 << 20;
const TIMEOUT: Duration = Duration::from_secs(20);
/// Fetches before a failure counts, and the pause between them.
const ATTEMPTS: u32 = 3;
const PAUSE: Duration = Duration::from_millis(500);

/// Reads back feeds.
pub struct Reader {
    engine: Engine,
    client: reqwest::Client,
    /// Public addresses without a slash at the end, by channel.
    feeds: BTreeMap<ChannelId, String>,
}

/// A job to be looked for, with the digest that was issued.
struct Wanted {
    key: JobKey,
    digest: String,
}

impl Reader {
    /// A reader of these feeds.
    #[must_use]
    pub fn new(engine: Engine, client: reqwest::Client, feeds: BTreeMap<ChannelId, String>) -> Self {
        Self { engine, client, feeds }
    }

    /// Reads back every feed that has something to be found, and reports what was found.
    ///
    /// # Errors
    /// A journal that cannot be written.
    pub async fn round(&self) -> Result<(), CommandError> {
        for (channel, url) in &self.feeds {
            let wanted = self.wanted(channel, self.engine.now());
            if wanted.is_empty() {
                continue;
            }
            let listed = patiently(|| self.listed(url)).await;
            for job in wanted {
                let found = match &listed {
                    Ok(listed) => self.look(url, listed, &job).await,
                    Err(words) => {
                        tracing::warn!(%channel, words, "the feed could not be read back");
                        Found::Nothing
                    }
                };
                let command = Command::ReportReadBack { job: job.key, found };
                self.engine.command(command, Actor::River).await?;
            }
        }
        Ok(())
    }

    /// What was sent on a channel and is not yet found as approved: what has been waited for long
    /// enough, and what was missed or wrong before.
    fn wanted(&self, channel: &ChannelId, now: Timestamp) -> Vec<Wanted> {
        self.engine.read(|state| {
            let jobs = state.jobs.iter().filter(|(key, job)| {
                let open = match &job.read_back {
                    ReadBack::Pending { due } => *due <= now,
                    ReadBack::Absent { .. } | ReadBack::Different { .. } => true,
                    ReadBack::Unverified | ReadBack::Matches { .. } | ReadBack::Late { .. } => false,
                };
                &key.channel == channel && open
            });
            jobs.filter_map(|(key, job)| match &job.progress {
                Progress::Sent { digest, .. } => Some(Wanted { key: key.clone(), digest: digest.clone() }),
                Progress::Queued | Progress::Dropped { .. } => None,
            })
            .collect()
        })
    }

    /// The identifiers that the feed lists.
    async fn listed(&self, url: &str) -> Result<BTreeSet<String>, String> {
        let bytes = self.fetch(&format!("{url}/feed/atom.xml")).await?.ok_or("there is no feed")?;
        let document = beaconfire_cap::read(&bytes, &beaconfire_cap::Limits::default())
            .map_err(|error| error.to_string())?;
        Ok(document.entries.into_iter().filter_map(|entry| entry.id).collect())
    }

    async fn look(&self, url: &str, listed: &BTreeSet<String>, job: &Wanted) -> Found {
        if !listed.contains(&job.key.message) {
            return Found::Nothing;
        }
        let address = message_url(url, &job.key.message);
        match patiently(|| self.fetch(&address)).await {
            Ok(Some(bytes)) if sha256_hex(&bytes) == job.digest => Found::Same,
            Ok(Some(_)) => Found::Other("the bytes are not those that were issued".to_owned()),
            Ok(None) => Found::Other("the feed lists it, but it cannot be fetched".to_owned()),
            Err(words) => Found::Other(words),
        }
    }

    /// The bytes at an address; none for 404.
    async fn fetch(&self, url: &str) -> Result<Option<Vec<u8>>, String> {
        let request = self.client.get(url).timeout(TIMEOUT);
        let mut answer = request.send().await.map_err(|error| error.to_string())?;
        if answer.status().as_u16() == 404 {
            return Ok(None);
        }
        if !answer.status().is_success() {
            return Err(format!("{url} answers {}", answer.status()));
        }
        let mut bytes = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(|error| error.to_string())? {
            if bytes.len() + chunk.len() > MAX_BYTES {
                return Err(format!("{url} is larger than {MAX_BYTES} bytes"));
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok(Some(bytes))
    }
}

/// Tries a fetch again before its failure counts: one lost connection is no absent warning.
async fn patiently<T, F: Future<Output = Result<T, String>>>(fetch: impl Fn() -> F) -> Result<T, String> {
    for _ in 1..ATTEMPTS {
        if let Ok(fetched) = fetch().await {
            return Ok(fetched);
        }
        tokio::time::sleep(PAUSE).await;
    }
    fetch().await
}

/// Where the feed has one message.
fn message_url(url: &str, identifier: &str) -> String {
    let mut name = String::new();
    for byte in identifier.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'-' | b'_' | b':' => {
                name.push(char::from(byte))
            }
            _ => name.push_str(&format!("%{byte:02X}")),
        }
    }
    format!("{url}/feed/cap/{name}.xml")
}
