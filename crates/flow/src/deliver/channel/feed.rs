//! The public Atom feed: a message is published when it lies, durable, where the feed reads.

use super::{Channel, Kind, SendError, Sending, Sent};
use beaconfire_core::guard::Cleared;
use beaconfire_store::{Published, Publishing};

pub(super) static KIND: Kind = Kind {
    name: "feed",
    doc: "\
Publishes CAP messages in this server's own Atom feed, `/feed/atom.xml`, each under `/feed/cap/…`.

Superseded, ended and cancelled messages stay for at least 24 hours. The feed is read back as a consumer reads it.",
    example: r#"[[channel]]
id = "public-feed"
kind = "feed"
mode = "exercise"
public = true
read_back_minutes = 5
"#,
};

/// The feed of one channel.
pub struct Feed {
    channel: String,
    published: Published,
}

impl Feed {
    /// The feed over a folder of published messages.
    #[must_use]
    pub fn new(channel: &str, published: Published) -> Self {
        Self { channel: channel.to_owned(), published }
    }
}

impl Channel for Feed {
    fn send<'a>(&'a self, cleared: &'a Cleared) -> Sending<'a> {
        let (channel, published) = (self.channel.clone(), self.published.clone());
        let (message, bytes) = (cleared.key().message.clone(), cleared.bytes().to_vec());
        Box::pin(async move {
            let put = tokio::task::spawn_blocking(move || published.put(&channel, &message, &bytes));
            match put.await {
                Ok(Ok(Publishing::New)) => Ok(Sent { answer: "published".to_owned(), digest: None }),
                Ok(Ok(Publishing::Known)) => {
                    Ok(Sent { answer: "was published already".to_owned(), digest: None })
                }
                Ok(Err(error)) => Err(SendError(error.to_string())),
                Err(error) => Err(SendError(error.to_string())),
            }
        })
    }
}
