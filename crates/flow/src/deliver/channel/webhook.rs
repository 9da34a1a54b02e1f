//! An HTTP POST of the CAP message, with its key: the receiver acts once on a key.

use super::{Channel, Kind, SendError, Sending, Sent};
use beaconfire_core::guard::Cleared;
use serde::Deserialize;
use std::time::Duration;

pub(super) static KIND: Kind = Kind {
    name: "webhook",
    doc: "\
Posts each CAP message (`application/cap+xml`) to an address, with the headers `Beaconfire-Key` (one per message and \
channel, for ever), `Beaconfire-Digest` (SHA-256 of the body) and `Beaconfire-Mode`.

Any 2xx answer means that it was taken. A JSON answer with `digest`, the SHA-256 (hex) of the bytes that were taken, \
verifies it; without one it stays unverified. The same key may come again with the same bytes: act once. Try it with \
`beaconfire sink`.",
    example: r#"[[channel]]
id = "county-sirens"
kind = "webhook"
mode = "exercise"
public = false
url = "http://127.0.0.1:9000/hook"
"#,
};

/// Longest wait for an answer.
const TIMEOUT: Duration = Duration::from_secs(10);
/// Bytes of an answer that are kept.
const KEPT_ANSWER: usize = 2000;

/// What of an answer is understood.
#[derive(Deserialize)]
struct Receipt {
    digest: Option<String>,
}

/// An address to post to.
pub struct Webhook {
    client: reqwest::Client,
    url: String,
}

impl Webhook {
    /// A channel that posts to `url`.
    #[must_use]
    pub fn new(client: reqwest::Client, url: &str) -> Self {
        Self { client, url: url.to_owned() }
    }

    async fn post(&self, cleared: &Cleared) -> Result<Sent, SendError> {
        let failed = |error: reqwest::Error| SendError(format!("{} does not answer: {error}", self.url));
        let mut answer = self
            .client
            .post(&self.url)
            .timeout(TIMEOUT)
            .header("content-type", "application/cap+xml")
            .header("beaconfire-key", cleared.key().to_string())
            .header("beaconfire-digest", cleared.digest())
            .header("beaconfire-mode", cleared.mode().word())
            .body(cleared.bytes().to_vec())
            .send()
            .await
            .map_err(failed)?;
        let status = answer.status();
        let mut body = Vec::new();
        while body.len() < KEPT_ANSWER
            && let Some(chunk) = answer.chunk().await.map_err(failed)?
        {
            body.extend_from_slice(&chunk);
        }
        body.truncate(KEPT_ANSWER);
        let words = format!("{status} {}", String::from_utf8_lossy(&body).trim());
        if !status.is_success() {
            return Err(SendError(words));
        }
        let digest = serde_json::from_slice::<Receipt>(&body).ok().and_then(|receipt| receipt.digest);
        Ok(Sent { answer: words, digest })
    }
}

impl Channel for Webhook {
    fn send<'a>(&'a self, cleared: &'a Cleared) -> Sending<'a> {
        Box::pin(self.post(cleared))
    }
}
