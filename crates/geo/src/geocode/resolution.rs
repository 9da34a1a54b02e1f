//! What a registry answers about a code.

use super::date::words;
use super::registry::Place;

/// What a code means at a time.
#[derive(Clone, Debug, PartialEq)]
pub enum Resolution {
    /// A place that is drawn.
    Place(Place),
    /// The code was given up before that time.
    Retired {
        /// Since which second.
        since: i64,
        /// The codes that followed it.
        successors: Vec<String>,
    },
    /// The code is only given from a later time on.
    NotYet {
        /// From which second.
        from: i64,
    },
    /// A table knows the code and does not say where it is.
    Undrawn,
    /// One table has several entries for the code that hold at that time.
    Ambiguous {
        /// The table's title.
        table: String,
    },
    /// The code stands for another one that does not lead to a place.
    Dangling {
        /// The other one, scheme and code.
        target: String,
        /// Why it leads nowhere.
        why: Box<Resolution>,
    },
    /// The code stands for more others than are looked up.
    TooMany,
    /// The value cannot be a code of that scheme; the words say what one looks like.
    Malformed(super::MeaningError),
    /// There are tables of the scheme, and none has the code.
    UnknownCode,
    /// There is no table of the scheme.
    UnknownScheme,
}

impl std::fmt::Display for Resolution {
    /// In words that follow on the code: "is retired since …".
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Place(place) if place.name.is_empty() => f.write_str("is a place without a name"),
            Self::Place(place) => write!(f, "is {}", place.name),
            Self::Retired { since, successors } if successors.is_empty() => {
                write!(f, "is retired since {}", words(*since))
            }
            Self::Retired { since, successors } => {
                let (shown, more) = successors.split_at(successors.len().min(8));
                write!(f, "is retired since {}, followed by {}", words(*since), shown.join(" "))?;
                if more.is_empty() { Ok(()) } else { write!(f, " and {} more", more.len()) }
            }
            Self::NotYet { from } => write!(f, "holds only from {} on", words(*from)),
            Self::Undrawn => f.write_str("is known, and no table says where it is"),
            Self::Ambiguous { table } => write!(f, "stands more than once in the table {table:?}"),
            Self::Dangling { target, why } => write!(f, "stands for {target}, which {why}"),
            Self::TooMany => f.write_str("stands for more codes than are looked up"),
            Self::Malformed(error) => write!(f, "is no such code: {error}"),
            Self::UnknownCode => f.write_str("is in no table of its scheme"),
            Self::UnknownScheme => f.write_str("is of a scheme without a table; import one"),
        }
    }
}
