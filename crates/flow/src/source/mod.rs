//! Sources: where items come from, one file a kind.
//!
//! A kind turns foreign bytes into [`Parsed`]; it knows neither address nor clock. [`poll`] fetches,
//! [`watch`] judges how a source stands, [`recording`] plays stored answers. [`KINDS`] is the one
//! list of what can be configured: a new kind is one file and one line there.

mod cap;
mod cisa_kev;
mod config;
mod error;
mod follow;
mod json;
mod listing;
mod newest;
mod options;
mod parsed;
pub mod poll;
pub mod recording;
pub mod series;
mod series_csv;
mod series_ndjson;
mod signature;
mod time;
mod usgs_nwis;
mod usgs_quake;
mod vanish;
pub mod watch;

pub use config::{ConfigError, SourceConfig};
pub use error::ParseError;
pub use follow::{Followed, LinkTo};
pub use options::Options;
pub use parsed::{AlertItem, Parsed};
pub use signature::SignatureUse;
pub(crate) use signature::{Judged, MAX_TOLD, judge};
pub(crate) use vanish::{Leaving, Left};

/// A kind of source: what it reads, how it is configured, and the code.
#[derive(Debug)]
pub struct Kind {
    /// Its name in the configuration, such as `usgs-quake`.
    pub name: &'static str,
    /// What it is, in a few words.
    pub title: &'static str,
    /// The reference text, in Markdown.
    pub doc: &'static str,
    /// One `[[source]]` in TOML.
    pub example: &'static str,
    /// Turns one answer into what it says.
    ///
    /// # Errors
    /// If nothing in the bytes can be used; single entries that cannot be read are
    /// [`Parsed::problems`] instead.
    pub parse: fn(&Options, &[u8]) -> Result<Parsed, ParseError>,
    /// Whether [`Parsed::links`] are documents of the same kind that have to be fetched.
    pub follows_links: bool,
}

/// Every kind of source, by name.
pub static KINDS: &[&Kind] = &[
    &cap::KIND,
    &cisa_kev::KIND,
    &series_csv::KIND,
    &series_ndjson::KIND,
    &usgs_nwis::KIND,
    &usgs_quake::KIND,
];

/// The kind of that name.
#[must_use]
pub fn kind(name: &str) -> Option<&'static Kind> {
    KINDS.iter().find(|kind| kind.name == name).copied()
}

/// Reads `bytes` as an answer of a source of that kind, with default options.
///
/// # Errors
/// If the kind is not known, or nothing in the bytes can be used.
pub fn parse(kind_name: &str, bytes: &[u8]) -> Result<Parsed, ParseError> {
    let kind = kind(kind_name).ok_or_else(|| ParseError::UnknownKind {
        name: kind_name.chars().take(60).collect(),
        known: KINDS.iter().map(|kind| kind.name).collect::<Vec<_>>().join(", "),
    })?;
    (kind.parse)(&Options::default(), bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_sorted_documented_and_their_examples_are_configurations_of_them() {
        assert!(KINDS.windows(2).all(|two| two[0].name < two[1].name), "sort the list by name");
        for kind in KINDS {
            assert!(kind.doc.len() > 100 && !kind.title.is_empty(), "{}: document it", kind.name);
            let config = SourceConfig::list(kind.example)
                .unwrap_or_else(|error| panic!("{}: failed to {error}", kind.name));
            assert_eq!(config.len(), 1, "{}: one [[source]]", kind.name);
            assert_eq!(config[0].kind, kind.name);
        }
    }

    #[test]
    fn an_unknown_kind_is_told_the_known_ones() {
        let error = parse("usgs-quakes", b"{}").unwrap_err().to_string();
        assert!(error.contains("usgs-quake,") || error.ends_with("usgs-quake"), "{error}");
    }

    #[test]
    fn no_kind_takes_an_empty_body() {
        for kind in KINDS {
            for body in [&b""[..], b" ", b"\xef\xbb\xbf", b"<html><body>503</body></html>", b"\0\0"] {
                assert!((kind.parse)(&Options::default(), body).is_err(), "{} {body:?}", kind.name);
            }
        }
    }

    #[test]
    fn a_body_over_the_limit_is_refused_by_every_kind() {
        let options = Options { max_bytes: 10, ..Options::default() };
        for kind in KINDS {
            let error = (kind.parse)(&options, b"0123456789a").unwrap_err();
            assert!(matches!(error, ParseError::TooLarge { limit: 10, .. }), "{}: {error}", kind.name);
        }
    }
}
