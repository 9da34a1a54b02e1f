//! Asking a source: one request, conditional, bounded in time, size and redirects.
//!
//! [`Poller::poll`] asks once; when to ask again is [`Backoff`]'s answer. The body is counted while it
//! arrives, after decompression, so that neither a huge body nor one that expands is ever held.

mod address;
mod backoff;
mod local;

pub use address::{Address, AddressError};
pub use backoff::Backoff;

use reqwest::header::{self, HeaderMap, HeaderValue};
use reqwest::redirect;
use std::time::Duration;

/// Redirects followed, all of the same scheme.
const MAX_REDIRECTS: usize = 5;
/// The longest pause that a server can ask for.
const MAX_RETRY_AFTER: Duration = Duration::from_secs(24 * 3600);

/// What to ask for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Where.
    pub address: Address,
    /// The validator of the answer that we have, from [`Outcome::Body`].
    pub etag: Option<String>,
    /// As `etag`, where the server has no other.
    pub last_modified: Option<String>,
    /// Bytes of the body, after decompression.
    pub max_bytes: usize,
    /// For the whole of the answer.
    pub time_out: Duration,
}

impl Request {
    /// An unconditional request within 30 s.
    #[must_use]
    pub fn new(address: Address, max_bytes: usize) -> Self {
        Self { address, etag: None, last_modified: None, max_bytes, time_out: Duration::from_secs(30) }
    }
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// An answer.
    Body {
        /// The body, decompressed.
        bytes: Vec<u8>,
        /// Its media type.
        content_type: Option<String>,
        /// Give it back in the next [`Request`].
        etag: Option<String>,
        /// Give it back in the next [`Request`].
        last_modified: Option<String>,
    },
    /// It is as it was.
    NotModified,
    /// The source refuses us, or has nothing at this address: 400 to 499 but 408, 425 and 429.
    Refused {
        /// The HTTP status.
        status: u16,
    },
    /// No answer, or one that says to come again.
    Failed {
        /// Why, continuing "failed to".
        words: String,
        /// How long the server asks us to wait, at most a day.
        retry_after: Option<Duration>,
    },
    /// The body is larger than the limit; nothing of it was kept.
    TooLarge {
        /// The limit.
        limit: usize,
    },
}

/// Asks sources.
#[derive(Clone, Debug)]
pub struct Poller {
    client: reqwest::Client,
}

/// Why there can be no HTTP client.
#[derive(Debug, thiserror::Error)]
#[error("set up the HTTP client: {0}; check the machine's certificates and TLS settings")]
pub struct PollerError(#[from] reqwest::Error);

impl Poller {
    /// A client for all sources.
    ///
    /// # Errors
    /// If TLS cannot be set up.
    pub fn new() -> Result<Self, PollerError> {
        let same_scheme = redirect::Policy::custom(|attempt| {
            let from = attempt.previous().last().map(|url| url.scheme().to_owned());
            if attempt.previous().len() > MAX_REDIRECTS {
                attempt.error(format!("more than {MAX_REDIRECTS} redirects"))
            } else if from.as_deref() != Some(attempt.url().scheme()) {
                attempt.error("a redirect to another scheme; set the new address in the configuration")
            } else if address::leads_inside(attempt.previous(), attempt.url()) {
                attempt.error("a redirect from a public address to a private one")
            } else {
                attempt.follow()
            }
        });
        let client = reqwest::Client::builder()
            .user_agent(concat!("beaconfire/", env!("CARGO_PKG_VERSION")))
            .redirect(same_scheme)
            .connect_timeout(Duration::from_secs(10))
            .referer(false)
            .build()?;
        Ok(Self { client })
    }

    /// Asks once. Never fails otherwise than by an [`Outcome`].
    pub async fn poll(&self, request: &Request) -> Outcome {
        let answer = async {
            match &request.address {
                Address::Http(url) => self.http(url.as_str(), request).await,
                Address::Path(path) => local::poll(path, request).await,
            }
        };
        tokio::time::timeout(request.time_out, answer).await.unwrap_or_else(|_| Outcome::Failed {
            words: format!("hear the whole answer within {} s", request.time_out.as_secs_f64()),
            retry_after: None,
        })
    }

    async fn http(&self, url: &str, request: &Request) -> Outcome {
        let asked = self.client.get(url).headers(conditions(request)).send().await;
        let mut answer = match asked {
            Ok(answer) => answer,
            Err(error) => return failed(&error),
        };
        let status = answer.status().as_u16();
        match status {
            200 | 203 => {}
            304 => return Outcome::NotModified,
            408 | 425 | 429 | 500.. | 0..=399 => {
                return Outcome::Failed {
                    words: format!("get an answer: the server said {status}"),
                    retry_after: retry_after(answer.headers()),
                };
            }
            _ => return Outcome::Refused { status },
        }
        let [content_type, etag, last_modified] = [header::CONTENT_TYPE, header::ETAG, header::LAST_MODIFIED]
            .map(|name| {
                let value = answer.headers().get(name)?.to_str().ok()?;
                (value.len() <= 500).then(|| value.to_owned())
            });
        // reqwest removes the length of what it decompresses, so this is of the body as it will be.
        let limit = request.max_bytes;
        if answer.content_length().is_some_and(|length| length > limit as u64) {
            return Outcome::TooLarge { limit };
        }
        let mut bytes = Vec::new();
        loop {
            match answer.chunk().await {
                Ok(Some(chunk)) if bytes.len() + chunk.len() > limit => return Outcome::TooLarge { limit },
                Ok(Some(chunk)) => bytes.extend_from_slice(&chunk),
                Ok(None) => return Outcome::Body { bytes, content_type, etag, last_modified },
                Err(error) => return failed(&error),
            }
        }
    }
}

/// The headers of a conditional request.
fn conditions(request: &Request) -> HeaderMap {
    let mut headers = HeaderMap::new();
    let validators =
        [(header::IF_NONE_MATCH, &request.etag), (header::IF_MODIFIED_SINCE, &request.last_modified)];
    for (name, value) in validators {
        if let Some(value) = value.as_ref().and_then(|value| HeaderValue::from_str(value).ok()) {
            headers.insert(name, value);
        }
    }
    headers
}

fn failed(error: &reqwest::Error) -> Outcome {
    // The chain's last link says what happened; the first only that something did.
    let mut cause: &dyn std::error::Error = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    let what = match error {
        error if error.is_redirect() => "follow the redirect",
        error if error.is_timeout() => "reach the server in time",
        error if error.is_connect() => "connect",
        _ => "read the answer",
    };
    let cause: String = cause.to_string().chars().take(300).collect();
    Outcome::Failed { words: format!("{what}: {cause}"), retry_after: None }
}

/// `Retry-After` in seconds; its other form, a date, is read against the answer's own `Date`.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse::<u64>() {
        return Some(Duration::from_secs(seconds).min(MAX_RETRY_AFTER));
    }
    let moment = |text: &str| jiff::fmt::rfc2822::parse(text).ok().map(|zoned| zoned.timestamp());
    let until = moment(text)?;
    let now = moment(headers.get(header::DATE)?.to_str().ok()?.trim())?;
    let wait = u64::try_from(until.as_second().saturating_sub(now.as_second())).unwrap_or(0);
    Some(Duration::from_secs(wait).min(MAX_RETRY_AFTER))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retry_after_is_read_in_both_forms() {
        let headers = |pairs: &[(header::HeaderName, &str)]| -> HeaderMap {
            pairs.iter().map(|(name, value)| (name.clone(), HeaderValue::from_str(value).unwrap())).collect()
        };
        let wait = |pairs: &[(header::HeaderName, &str)]| retry_after(&headers(pairs)).map(|d| d.as_secs());
        assert_eq!(wait(&[(header::RETRY_AFTER, "120")]), Some(120));
        assert_eq!(wait(&[(header::RETRY_AFTER, "99999999999")]), Some(86_400));
        let date = (header::DATE, "Sat, 21 Nov 2026 17:00:00 GMT");
        assert_eq!(wait(&[(header::RETRY_AFTER, "Sat, 21 Nov 2026 17:01:00 GMT"), date.clone()]), Some(60));
        assert_eq!(wait(&[(header::RETRY_AFTER, "Sat, 21 Nov 2026 16:00:00 GMT"), date]), Some(0));
        assert_eq!(wait(&[(header::RETRY_AFTER, "soon")]), None);
        assert_eq!(wait(&[]), None);
    }
}
