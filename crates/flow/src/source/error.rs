//! Why nothing of an answer can be used.

/// Why nothing of an answer can be used. The text continues "failed to".
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ParseError {
    /// No such kind of source.
    #[error("find a source kind {name:?}: use one of {known}")]
    UnknownKind {
        /// The name.
        name: String,
        /// All names.
        known: String,
    },
    /// More bytes than the limit.
    #[error("take {bytes} bytes: the source's max_bytes is {limit}; raise it or ask the source for less")]
    TooLarge {
        /// How many came.
        bytes: usize,
        /// The limit.
        limit: usize,
    },
    /// Not UTF-8 text.
    #[error("read the text: byte {at} is not UTF-8; check the source's encoding")]
    Encoding {
        /// Where, from 0.
        at: usize,
    },
    /// JSON nested deeper than any feed.
    #[error("read line {line}: more than {limit} arrays and objects are open; check the address")]
    TooDeep {
        /// Line, from 1.
        line: u64,
        /// The limit.
        limit: usize,
    },
    /// Not well-formed JSON.
    #[error("read JSON at line {line}, column {column}: {reason}")]
    Json {
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
        /// What is wrong there.
        reason: String,
    },
    /// Well-formed, but another format.
    #[error("find {wanted}: {found}; check the address and the kind of the source")]
    NotThis {
        /// What the kind reads.
        wanted: &'static str,
        /// What there is instead.
        found: String,
    },
    /// There are entries, and not one can be read.
    #[error("read any of {entries} entries: {first}")]
    NothingReadable {
        /// How many there are.
        entries: u64,
        /// What is wrong with the first.
        first: String,
    },
    /// No CAP.
    #[error(transparent)]
    Cap(#[from] beaconfire_cap::ReadError),
}
