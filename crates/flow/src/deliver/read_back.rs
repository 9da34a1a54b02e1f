//! Reading back: the public address is fetched as a consumer does, and compared (invariant 19).

use crate::engine::{CommandError, Engine};
use beaconfire_core::{Actor, ChannelId, Command, Found, Job, JobKey, Progress, ReadBack, State, sha256_hex};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// The largest feed and message that are read back.
const MAX_BYTES: usize = 64 << 20;
const TIMEOUT: Duration = Duration::from_secs(20);
/// Fetches before a look counts as failed, and the pause between them.
const ATTEMPTS: u32 = 3;
const PAUSE: Duration = Duration::from_millis(500);
/// The pause after an outlet that could not be asked.
const REST: Duration = Duration::from_secs(20);
/// How long it is looked for what was missed: no feed need keep it longer.
const LOOK_FOR: SignedDuration = SignedDuration::from_hours(24);
/// How a feed says that an entry is no longer in force (RFC 5829).
const SUCCESSOR: &str = "successor-version";

/// Reads back feeds.
pub struct Reader {
    engine: Engine,
    consumer: Consumer,
    /// Public addresses without a slash at the end, by channel.
    feeds: BTreeMap<ChannelId, String>,
    /// When outlets that could not be asked are asked again.
    resting: Mutex<BTreeMap<ChannelId, Instant>>,
}

/// A job to be looked for.
struct Wanted {
    key: JobKey,
    /// What was issued.
    digest: String,
    /// Earlier messages of its chain, which it took the place of.
    ended: Vec<String>,
}

impl Reader {
    /// A reader of these feeds.
    #[must_use]
    pub fn new(engine: Engine, client: reqwest::Client, feeds: BTreeMap<ChannelId, String>) -> Self {
        Self { engine, consumer: Consumer { client, pause: PAUSE }, feeds, resting: Mutex::default() }
    }

    /// Reads back every feed that has something to be found, and reports what was found.
    ///
    /// # Errors
    /// A journal that cannot be written.
    pub async fn round(&self) -> Result<(), CommandError> {
        for (channel, url) in &self.feeds {
            let now = self.engine.now();
            let wanted = self.engine.read(|state| wanted(state, channel, now));
            if wanted.is_empty() || self.rests(channel) {
                continue;
            }
            let feed = self.consumer.feed(url).await;
            for job in wanted {
                let found = self.consumer.look(url, &feed, &job).await;
                if let Found::Unreachable(words) = &found {
                    tracing::warn!(%channel, words, "the feed cannot be read back; it is tried again");
                    self.rest(channel);
                }
                let command = Command::ReportReadBack { job: job.key, found };
                self.engine.command(command, Actor::River).await?;
            }
        }
        Ok(())
    }

    fn rests(&self, channel: &ChannelId) -> bool {
        let resting = self.resting.lock().unwrap_or_else(PoisonError::into_inner);
        resting.get(channel).is_some_and(|until| Instant::now() < *until)
    }

    fn rest(&self, channel: &ChannelId) {
        let mut resting = self.resting.lock().unwrap_or_else(PoisonError::into_inner);
        resting.insert(channel.clone(), Instant::now() + REST);
    }
}

/// What was sent on a channel and is not yet found as approved: what has been waited for long
/// enough, and what could not be fetched, was missed or wrong at an earlier look.
fn wanted(state: &State, channel: &ChannelId, now: Timestamp) -> Vec<Wanted> {
    let rule = state.rules.channel(channel);
    let Some(minutes) = rule.and_then(|rule| rule.read_back_minutes) else { return Vec::new() };
    let wait = SignedDuration::from_mins(minutes);
    let is_open = |job: &Job, sent: Timestamp| match &job.read_back {
        ReadBack::Pending { due } => *due <= now,
        ReadBack::Unverified | ReadBack::Absent { .. } | ReadBack::Different { .. } => {
            (wait..wait + LOOK_FOR).contains(&now.duration_since(sent))
        }
        ReadBack::Matches { .. } | ReadBack::Late { .. } => false,
    };
    let jobs = state.jobs.iter().filter(|(key, _)| &key.channel == channel);
    jobs.filter_map(|(key, job)| match &job.progress {
        Progress::Sent { at, digest } if is_open(job, *at) => {
            let chain = state.warnings.get(&job.warning).map_or(&[][..], |warning| &warning.chain);
            let ended = chain.iter().take(job.index).map(|message| message.package.identifier.clone());
            Some(Wanted { key: key.clone(), digest: digest.clone(), ended: ended.collect() })
        }
        _ => None,
    })
    .collect()
}

/// Fetches as any reader of the feed does.
struct Consumer {
    client: reqwest::Client,
    pause: Duration,
}

/// The entries of a feed, by identifier: whether each is said to be superseded.
type Listed = BTreeMap<String, bool>;

impl Consumer {
    /// What the feed lists; nothing where there is no feed.
    async fn feed(&self, url: &str) -> Result<Listed, String> {
        let address = format!("{url}/feed/atom.xml");
        self.patiently(|| async {
            let Some(bytes) = self.fetch(&address).await? else { return Ok(Listed::new()) };
            let document = beaconfire_cap::read(&bytes, &beaconfire_cap::Limits::default())
                .map_err(|error| format!("{address} cannot be read: {error}"))?;
            let entry = |entry: beaconfire_cap::Entry| {
                let over = entry.links.iter().any(|link| link.rel.as_deref() == Some(SUCCESSOR));
                Some((entry.id?, over))
            };
            Ok(document.entries.into_iter().filter_map(entry).collect())
        })
        .await
    }

    /// Looks for one message, and whether what it superseded is still shown as in force.
    async fn look(&self, url: &str, feed: &Result<Listed, String>, job: &Wanted) -> Found {
        let listed = match feed {
            Ok(listed) => listed,
            Err(words) => return Found::Unreachable(words.clone()),
        };
        if !listed.contains_key(&job.key.message) {
            return Found::Nothing;
        }
        let address = message_url(url, &job.key.message);
        match self.patiently(|| self.fetch(&address)).await {
            Ok(Some(bytes)) if sha256_hex(&bytes) != job.digest => {
                Found::Other("the bytes are not those that were issued".to_owned())
            }
            Ok(Some(_)) => match job.ended.iter().find(|ended| listed.get(*ended) == Some(&false)) {
                Some(ended) => Found::Other(format!("{ended} is still shown as in force")),
                None => Found::Same,
            },
            Ok(None) => Found::Other("the feed lists it, but it is not there".to_owned()),
            Err(words) => Found::Unreachable(words),
        }
    }

    /// The bytes at an address; none where the server says that there is nothing.
    async fn fetch(&self, url: &str) -> Result<Option<Vec<u8>>, String> {
        let request = self.client.get(url).timeout(TIMEOUT);
        let mut answer = request.send().await.map_err(|error| error.to_string())?;
        if matches!(answer.status().as_u16(), 404 | 410) {
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

    /// Tries a fetch again before its failure counts: one lost connection is no lost warning.
    async fn patiently<T, F: Future<Output = Result<T, String>>>(
        &self,
        fetch: impl Fn() -> F,
    ) -> Result<T, String> {
        for _ in 1..ATTEMPTS {
            if let Ok(fetched) = fetch().await {
                return Ok(fetched);
            }
            tokio::time::sleep(self.pause).await;
        }
        fetch().await
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use axum::Router;
    use axum::http::StatusCode;
    use axum::routing::get;

    const MESSAGE: &str = "<alert/>";
    const FEED: &str = r#"<feed xmlns="http://www.w3.org/2005/Atom"><updated>2026-03-02T06:00:00Z</updated>
        <entry><id>two</id></entry><entry><id>one</id>OVER</entry></feed>"#;
    const OVER: &str = r#"<link rel="successor-version" href="two.xml"/>"#;

    /// What is found where the feed and the message are answered so.
    async fn found(feed: (u16, &str), message: (u16, &str)) -> Found {
        let answer = |(status, body): (u16, &str)| {
            let answer = (StatusCode::from_u16(status).expect("a status"), body.to_owned());
            get(move || async move { answer })
        };
        let router =
            Router::new().route("/feed/atom.xml", answer(feed)).route("/feed/cap/{name}", answer(message));
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let server = tokio::spawn(async move { axum::serve(listener, router).await });
        let found = look(&url).await;
        server.abort();
        found
    }

    async fn look(url: &str) -> Found {
        let client = reqwest::Client::builder().no_proxy().build().expect("a client");
        let consumer = Consumer { client, pause: Duration::ZERO };
        let job = Wanted {
            key: JobKey { message: "two".to_owned(), channel: "feed".into() },
            digest: sha256_hex(MESSAGE.as_bytes()),
            ended: vec!["one".to_owned()],
        };
        let feed = consumer.feed(url).await;
        consumer.look(url, &feed, &job).await
    }

    #[tokio::test]
    async fn the_issued_bytes_are_found_and_others_are_different() {
        let feed = FEED.replace("OVER", OVER);
        assert_eq!(found((200, &feed), (200, MESSAGE)).await, Found::Same);
        assert!(matches!(found((200, &feed), (200, "<alert />")).await, Found::Other(_)));
        assert!(matches!(found((200, &feed), (404, "")).await, Found::Other(_)));
        let empty = r#"<feed xmlns="http://www.w3.org/2005/Atom"/>"#;
        assert_eq!(found((200, empty), (200, MESSAGE)).await, Found::Nothing);
        assert_eq!(found((404, ""), (200, MESSAGE)).await, Found::Nothing);
    }

    #[tokio::test]
    async fn what_was_superseded_must_not_be_shown_as_in_force() {
        let gone = FEED.replace("<entry><id>one</id>OVER</entry>", "");
        assert_eq!(found((200, &gone), (200, MESSAGE)).await, Found::Same);
        let in_force = found((200, &FEED.replace("OVER", "")), (200, MESSAGE)).await;
        assert_eq!(in_force, Found::Other("one is still shown as in force".to_owned()));
    }

    #[tokio::test]
    async fn what_cannot_be_fetched_is_neither_absent_nor_different() {
        let feed = FEED.replace("OVER", OVER);
        for (feed, message) in [
            ((503, ""), (200, MESSAGE)),
            ((429, ""), (200, MESSAGE)),
            ((200, "<html>"), (200, MESSAGE)),
            ((200, feed.as_str()), (500, "")),
        ] {
            let found = found(feed, message).await;
            assert!(matches!(found, Found::Unreachable(_)), "{feed:?} {message:?}: {found:?}");
        }
        // Nobody listens at a port that was given back.
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        drop(listener);
        assert!(matches!(look(&url).await, Found::Unreachable(_)));
    }
}
