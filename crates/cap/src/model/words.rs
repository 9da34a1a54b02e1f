//! The closed vocabularies of CAP, spelled as CAP 1.2 spells them.

use std::fmt;
use std::str::FromStr;

/// A word that is not in a vocabulary.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("read {text:?} as {what}: use one of {allowed}")]
pub struct UnknownWord {
    /// The element, such as `status`.
    pub what: &'static str,
    /// The word, cut after 40 characters.
    pub text: String,
    /// The vocabulary.
    pub allowed: &'static str,
}

macro_rules! words {
    ($(#[$doc:meta])* $name:ident, $what:literal: $($(#[$word_doc:meta])* $word:ident = $text:literal,)+) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $($(#[$word_doc])* $word,)+
        }

        impl $name {
            /// All words, in the order of the schema.
            pub const ALL: &'static [$name] = &[$($name::$word),+];

            /// The word as it is written.
            pub fn as_str(self) -> &'static str {
                match self {
                    $($name::$word => $text,)+
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl FromStr for $name {
            type Err = UnknownWord;

            fn from_str(text: &str) -> Result<$name, UnknownWord> {
                match text {
                    $($text => Ok($name::$word),)+
                    _ => Err(UnknownWord {
                        what: $what,
                        text: text.chars().take(40).collect(),
                        allowed: concat!($($text, " "),+).trim_ascii_end(),
                    }),
                }
            }
        }

        impl Word for $name {
            const ALL: &'static [$name] = $name::ALL;
        }
    };
}

/// What the reader needs of a vocabulary.
pub(crate) trait Word: Copy + fmt::Display + FromStr<Err = UnknownWord> + 'static {
    /// All words.
    const ALL: &'static [Self];
}

words! {
    /// How to handle the message.
    Status, "status":
    /// Everybody concerned should act.
    Actual = "Actual",
    /// Only the participants named in `note` should act.
    Exercise = "Exercise",
    /// Supports the network itself.
    System = "System",
    /// A technical test; to be disregarded.
    Test = "Test",
    /// A draft; not actionable.
    Draft = "Draft",
}

words! {
    /// What the message does.
    MsgType, "msgType":
    /// New information.
    Alert = "Alert",
    /// Updates and supersedes the referenced messages.
    Update = "Update",
    /// Cancels the referenced messages.
    Cancel = "Cancel",
    /// Acknowledges the referenced messages.
    Ack = "Ack",
    /// Rejects the referenced messages; `note` says why.
    Error = "Error",
}

words! {
    /// Who may see the message.
    Scope, "scope":
    /// Everybody.
    Public = "Public",
    /// Users under the rule in `restriction`.
    Restricted = "Restricted",
    /// The receivers in `addresses`.
    Private = "Private",
}

words! {
    /// The kind of event.
    Category, "category":
    /// Geophysical, landslide included.
    Geo = "Geo",
    /// Meteorological, flood included.
    Met = "Met",
    /// General emergency and public safety.
    Safety = "Safety",
    /// Law enforcement, military, homeland and local or private security.
    Security = "Security",
    /// Rescue and recovery.
    Rescue = "Rescue",
    /// Fire suppression and rescue.
    Fire = "Fire",
    /// Medical and public health.
    Health = "Health",
    /// Pollution and other environmental.
    Env = "Env",
    /// Public and private transportation.
    Transport = "Transport",
    /// Utility, telecommunication, other infrastructure.
    Infra = "Infra",
    /// Chemical, biological, radiological, nuclear or high-yield explosive threat or attack.
    Cbrne = "CBRNE",
    /// Other events.
    Other = "Other",
}

words! {
    /// What people should do.
    ResponseType, "responseType":
    /// Take shelter in place.
    Shelter = "Shelter",
    /// Move away.
    Evacuate = "Evacuate",
    /// Make preparations.
    Prepare = "Prepare",
    /// Execute a planned activity.
    Execute = "Execute",
    /// Avoid the event.
    Avoid = "Avoid",
    /// Attend to information sources.
    Monitor = "Monitor",
    /// Evaluate the information; not for public warnings.
    Assess = "Assess",
    /// The event no longer threatens.
    AllClear = "AllClear",
    /// No action recommended.
    None = "None",
}

words! {
    /// How soon to act.
    Urgency, "urgency":
    /// At once.
    Immediate = "Immediate",
    /// Soon, within the next hour.
    Expected = "Expected",
    /// In the near future.
    Future = "Future",
    /// No longer needed.
    Past = "Past",
    /// Not known.
    Unknown = "Unknown",
}

words! {
    /// How bad it is.
    Severity, "severity":
    /// Extraordinary threat to life or property.
    Extreme = "Extreme",
    /// Significant threat.
    Severe = "Severe",
    /// Possible threat.
    Moderate = "Moderate",
    /// Minimal to no known threat.
    Minor = "Minor",
    /// Not known.
    Unknown = "Unknown",
}

words! {
    /// How sure it is.
    Certainty, "certainty":
    /// Occurred or ongoing.
    Observed = "Observed",
    /// More than about half probable; also `Very Likely` of CAP 1.0.
    Likely = "Likely",
    /// Up to about half probable.
    Possible = "Possible",
    /// Not expected to occur.
    Unlikely = "Unlikely",
    /// Not known.
    Unknown = "Unknown",
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_reads_back() {
        for word in Category::ALL {
            assert_eq!(word.as_str().parse(), Ok(*word));
        }
        assert_eq!(Category::ALL.len(), 12);
        assert_eq!(ResponseType::ALL.len(), 9);
    }

    #[test]
    fn an_unknown_word_is_told_the_vocabulary() {
        let error = "actual".parse::<Status>().unwrap_err();
        assert_eq!(error.allowed, "Actual Exercise System Test Draft");
    }
}
