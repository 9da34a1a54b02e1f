//! `--watch`: looks at feeds again and again, follows their links, and tells of each message once.

use super::judge::Judge;
use super::line::lines;
use super::{Answer, Format, tell};
use anyhow::Context as _;
use beaconfire_cap::sign::Validity;
use beaconfire_cap::{Entry, Limits, read};
use beaconfire_flow::source::poll::{Address, Outcome, Poller, Request};
use beaconfire_flow::source::{Followed, LinkTo};
use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::PathBuf;
use std::time::Duration;

/// Links of one answer that are fetched.
const MAX_LINKS: usize = 200;
/// Messages that are remembered; more than any feed holds.
const MAX_SEEN: usize = 200_000;

/// Watches addresses until so many looks are done, or for ever.
pub(super) fn run(
    addresses: &[PathBuf],
    every: Duration,
    looks: Option<u64>,
    format: Format,
    judge: &Judge,
) -> anyhow::Result<Answer> {
    let mut feeds = Vec::new();
    for address in addresses {
        let text = address.to_str().context("read the address: it is no UTF-8")?;
        feeds.push(Feed::new(Address::read(text)?));
    }
    crate::command::block_on(async {
        let poller = Poller::new()?;
        let mut all_yes = true;
        for look in 1_u64.. {
            for feed in &mut feeds {
                all_yes &= feed.look(&poller, format, judge).await?;
            }
            if looks == Some(look) {
                break;
            }
            tokio::time::sleep(every).await;
        }
        Ok(Answer::from_bool(all_yes))
    })
}

/// One feed, and what was told of it.
struct Feed {
    request: Request,
    followed: Followed,
    /// Hashes of the messages that were told.
    seen: HashSet<u64>,
}

impl Feed {
    fn new(address: Address) -> Self {
        let request = Request::new(address, Limits::default().max_bytes);
        Self { request, followed: Followed::default(), seen: HashSet::new() }
    }

    /// Looks once; whether the answer about everything new is yes.
    async fn look(&mut self, poller: &Poller, format: Format, judge: &Judge) -> anyhow::Result<bool> {
        let name = name(&self.request.address);
        let bytes = match poller.poll(&self.request).await {
            Outcome::NotModified => return Ok(true),
            Outcome::Body { bytes, etag, last_modified, .. } => {
                (self.request.etag, self.request.last_modified) = (etag, last_modified);
                bytes
            }
            other => {
                eprintln!("{name}: failed to {}", words(&other));
                return Ok(false);
            }
        };
        let mut all_yes = self.tell(&name, &bytes, format, judge)?;
        let links = read(&bytes, &Limits::default()).map(|document| links(&document.entries));
        let (todo, waiting) = self.followed.todo(links.unwrap_or_default(), MAX_LINKS);
        for link in todo {
            all_yes &= self.follow(poller, &link, format, judge).await?;
        }
        if waiting > 0 {
            eprintln!("{name}: {waiting} more links are fetched with the next looks");
        }
        Ok(all_yes)
    }

    async fn follow(
        &mut self,
        poller: &Poller,
        link: &LinkTo,
        format: Format,
        judge: &Judge,
    ) -> anyhow::Result<bool> {
        let address = match self.request.address.follow(&link.href) {
            Ok(address) => address,
            Err(error) => {
                self.followed.took(link);
                eprintln!("failed to {error}");
                return Ok(false);
            }
        };
        let name = name(&address);
        match poller.poll(&Request::new(address, Limits::default().max_bytes)).await {
            Outcome::Body { bytes, .. } => {
                self.followed.took(link);
                self.tell(&name, &bytes, format, judge)
            }
            other => {
                if self.followed.failed(link) {
                    eprintln!("{name}: failed to {}", words(&other));
                }
                Ok(false)
            }
        }
    }

    /// Tells of what is new in a document.
    fn tell(&mut self, name: &str, bytes: &[u8], format: Format, judge: &Judge) -> anyhow::Result<bool> {
        let live = Judge {
            profiles: judge.profiles.clone(),
            anchors: judge.anchors.clone(),
            validity: Validity::Live { received: jiff::Timestamp::now() },
        };
        let mut all_yes = true;
        for line in lines(name, bytes, &Limits::default(), &live) {
            let mut hasher = DefaultHasher::new();
            (name, &line.identifier, &line.sent, line.findings.len()).hash(&mut hasher);
            if self.seen.len() >= MAX_SEEN {
                self.seen.clear();
            }
            // A feed that lists its messages elsewhere has nothing to tell by itself.
            if line.alerts == Some(0) || !self.seen.insert(hasher.finish()) {
                continue;
            }
            all_yes &= live.is_yes(&line);
            tell(&line, bytes, format)?;
        }
        Ok(all_yes)
    }
}

/// Where the alerts of entries lie that hold none themselves.
fn links(entries: &[Entry]) -> Vec<LinkTo> {
    let is_cap = |link: &&beaconfire_cap::Link| {
        let kind = link.media_type.as_deref().unwrap_or_default();
        let path = link.href.split(['?', '#']).next().unwrap_or_default().to_ascii_lowercase();
        kind.starts_with("application/cap+xml")
            || (matches!(kind, "" | "application/xml" | "text/xml")
                && (path.ends_with(".xml") || path.ends_with(".cap")))
    };
    let of = |entry: &Entry| {
        let link = entry.links.iter().find(is_cap).or(entry.links.first())?;
        Some(LinkTo { href: link.href.clone(), changed: entry.updated.map(|time| time.instant()) })
    };
    entries.iter().filter_map(of).collect()
}

fn name(address: &Address) -> String {
    match address {
        Address::Http(url) => url.to_string(),
        Address::Path(path) => path.display().to_string(),
    }
}

fn words(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Refused { status } => format!("get it: the server refused with {status}; check the address"),
        Outcome::Failed { words, .. } => words.clone(),
        Outcome::TooLarge { limit } => format!("read it: it is larger than {limit} bytes"),
        Outcome::Body { .. } | Outcome::NotModified => "understand the answer".to_owned(),
    }
}
