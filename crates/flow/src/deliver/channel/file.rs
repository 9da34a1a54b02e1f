//! One file a message in a folder: for sirens, printers and programs that watch a folder.

use super::{Channel, Kind, SendError, Sending, Sent};
use beaconfire_core::guard::Cleared;
use beaconfire_store::{Published, Publishing};

pub(super) static KIND: Kind = Kind {
    name: "file",
    doc: "\
Writes each CAP message as one file into a folder, whole or not at all, for programs that watch it.

A file holds the exact CAP bytes that were approved; its name is the SHA-256 of the message's identifier.",
    example: r#"[[channel]]
id = "outbox"
kind = "file"
mode = "exercise"
public = false
dir = "/var/lib/beaconfire/outbox"
"#,
};

/// A folder of files.
pub struct File {
    channel: String,
    folder: Published,
}

impl File {
    /// A channel that writes into `folder`.
    #[must_use]
    pub fn new(channel: &str, folder: Published) -> Self {
        Self { channel: channel.to_owned(), folder }
    }
}

impl Channel for File {
    fn send<'a>(&'a self, cleared: &'a Cleared) -> Sending<'a> {
        let (channel, folder) = (self.channel.clone(), self.folder.clone());
        let (message, bytes) = (cleared.key().message.clone(), cleared.bytes().to_vec());
        Box::pin(async move {
            match tokio::task::spawn_blocking(move || folder.put(&channel, &message, &bytes)).await {
                Ok(Ok(Publishing::New)) => Ok(Sent { answer: "written".to_owned(), digest: None }),
                Ok(Ok(Publishing::Known)) => {
                    Ok(Sent { answer: "was written already".to_owned(), digest: None })
                }
                Ok(Err(error)) => Err(SendError(error.to_string())),
                Err(error) => Err(SendError(error.to_string())),
            }
        })
    }
}
