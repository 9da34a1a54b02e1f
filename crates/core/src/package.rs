//! What is approved: content, identifier, references, channels, and the retraction in both forms,
//! under one digest that covers every rendering of every channel (invariants 12 and 13).

use crate::draft::Content;
use crate::id::{ChannelId, sha256_hex};
use crate::mode::Mode;
use crate::observe::AlertKey;
use crate::render::{Stamp, render};
use crate::rules::{Authority, Rules};
use beaconfire_geo::Area;
use serde::{Deserialize, Serialize};

/// What a message does to its chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    /// The first message.
    Alert,
    /// Supersedes the one before.
    Update,
    /// The danger is over: an Update with responseType AllClear.
    AllClear,
    /// The warning was an error: withdrawn.
    Cancel,
}

impl Act {
    /// The CAP msgType.
    #[must_use]
    pub fn msg_type(self) -> beaconfire_cap::MsgType {
        match self {
            Self::Alert => beaconfire_cap::MsgType::Alert,
            Self::Update | Self::AllClear => beaconfire_cap::MsgType::Update,
            Self::Cancel => beaconfire_cap::MsgType::Cancel,
        }
    }

    /// Whether it ends the chain.
    #[must_use]
    pub fn is_end(self) -> bool {
        matches!(self, Self::AllClear | Self::Cancel)
    }
}

/// One message fixed at submission, but for the times that the server stamps at issue.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Package {
    /// Mode at submission; a package never changes it.
    pub mode: Mode,
    /// The exercise's id, for CAP `note`.
    pub exercise: Option<String>,
    /// CAP identifier, fixed at submission.
    pub identifier: String,
    /// What it does.
    pub act: Act,
    /// Whether phones shall ring, or take it quietly (invariant 18).
    pub rings: bool,
    /// The unexpired messages that it acts on.
    pub references: Vec<AlertKey>,
    /// What it says.
    pub content: Content,
    /// What this Update leaves outside its area: told that it ended for them (invariant 18).
    #[serde(default)]
    pub left: Option<Area>,
    /// The same in words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub left_words: String,
    /// Who warns, as at submission.
    pub authority: Authority,
    /// Where it goes.
    pub channels: Vec<ChannelId>,
    /// The identifiers of the Cancel and the All clear that are approved with it.
    pub retraction: Option<RetractionIds>,
}

/// The identifiers of the ready retraction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RetractionIds {
    /// Error: Cancel.
    pub cancel: String,
    /// Danger over: Update with AllClear.
    pub all_clear: String,
}

impl Package {
    /// The retraction of this message in one form, as it was approved; its only reference is this
    /// message as stamped. `None` for messages that are retractions themselves.
    #[must_use]
    pub fn retraction(&self, act: Act, sent: jiff::Timestamp) -> Option<Self> {
        let ids = self.retraction.as_ref()?;
        let mut content = self.content.clone();
        for text in &mut content.texts {
            text.headline = if act == Act::Cancel { text.cancel.clone() } else { text.all_clear.clone() };
            text.description = text.headline.clone();
            text.instruction = String::new();
        }
        if act == Act::AllClear {
            content.response_types = vec![beaconfire_cap::ResponseType::AllClear];
            content.urgency = beaconfire_cap::Urgency::Past;
            content.severity = beaconfire_cap::Severity::Minor;
        }
        Some(Self {
            identifier: if act == Act::Cancel { ids.cancel.clone() } else { ids.all_clear.clone() },
            act,
            rings: true,
            references: vec![AlertKey {
                sender: self.authority.sender.clone(),
                identifier: self.identifier.clone(),
                sent,
            }],
            content,
            left: None,
            left_words: String::new(),
            retraction: None,
            ..self.clone()
        })
    }

    /// The digest that an approval covers: the package and every rendering of every channel, and
    /// the same of both retractions, with [`Stamp::unstamped`] times.
    ///
    /// # Errors
    /// The findings of a rendering that CAP does not allow.
    pub fn digest(&self, rules: &Rules) -> Result<String, Vec<String>> {
        let mut text = serde_json::to_string(self)
            .expect("a package holds only strings, numbers and lists, which JSON can write");
        let stamp = Stamp::unstamped(self);
        let both = [Act::Cancel, Act::AllClear];
        let retractions: Vec<_> = both.iter().filter_map(|act| self.retraction(*act, stamp.sent)).collect();
        for package in std::iter::once(self).chain(&retractions) {
            for channel in &package.channels {
                let rendered = render(package, &Stamp::unstamped(package), channel, rules)?;
                text.push('\n');
                text.push_str(&sha256_hex(rendered.text.as_bytes()));
            }
        }
        Ok(sha256_hex(text.as_bytes()))
    }
}
