//! Namespaces, and the prefixes that stand for them.

use crate::read::Version;

/// More namespace declarations in force at once than any real document has.
const MAX_NAMESPACES: usize = 256;

/// What a namespace means to this crate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::read) enum Ns {
    /// A version of CAP.
    Cap(Version),
    /// Misspelt, but meant as CAP.
    CapLike,
    /// Atom, RSS or EDXL-DE.
    Feed,
    /// XML signatures.
    Signature,
    /// What instances say to schema validators.
    SchemaInstance,
    /// No namespace, or a prefix that nobody declared.
    Absent,
    /// Any other.
    Other,
}

impl Ns {
    pub(super) fn of(uri: &str) -> Ns {
        match uri {
            "urn:oasis:names:tc:emergency:cap:1.2" => Ns::Cap(Version::V1_2),
            "urn:oasis:names:tc:emergency:cap:1.1" => Ns::Cap(Version::V1_1),
            "http://www.incident.com/cap/1.0" => Ns::Cap(Version::V1_0),
            "http://www.w3.org/2000/09/xmldsig#" => Ns::Signature,
            "http://www.w3.org/2001/XMLSchema-instance" => Ns::SchemaInstance,
            "" => Ns::Absent,
            "http://www.w3.org/2005/Atom" | "http://purl.org/rss/1.0/" => Ns::Feed,
            _ => {
                let lower = uri.to_ascii_lowercase();
                if lower.contains("emergency:cap") || lower.contains("incident.com/cap") {
                    Ns::CapLike
                } else if lower.contains("emergency:edxl:de") {
                    Ns::Feed
                } else {
                    Ns::Other
                }
            }
        }
    }
}

/// The declarations in force.
#[derive(Default)]
pub(super) struct Bindings<'a>(Vec<Binding<'a>>);

struct Binding<'a> {
    prefix: &'a str,
    ns: Ns,
    depth: usize,
}

/// There are as many declarations as are taken.
#[derive(Debug, thiserror::Error)]
#[error("more than {MAX_NAMESPACES} namespaces are declared")]
pub(super) struct TooMany;

impl<'a> Bindings<'a> {
    /// Declares a prefix, or the namespace of names without one, on the element at a depth.
    pub(super) fn declare(&mut self, prefix: &'a str, ns: Ns, depth: usize) -> Result<(), TooMany> {
        if self.0.len() == MAX_NAMESPACES {
            return Err(TooMany);
        }
        self.0.push(Binding { prefix, ns, depth });
        Ok(())
    }

    /// Forgets what the element at a depth declared.
    #[inline]
    pub(super) fn leave(&mut self, depth: usize) {
        while self.0.last().is_some_and(|b| b.depth == depth) {
            self.0.pop();
        }
    }

    /// What a prefix means now.
    #[inline]
    pub(super) fn resolve(&self, prefix: &str) -> Ns {
        // Prefixes are short or nothing: a loop takes less time than a call.
        let is_it = |b: &&Binding<'_>| b.prefix.len() == prefix.len() && b.prefix.bytes().eq(prefix.bytes());
        self.0.iter().rev().find(is_it).map_or(Ns::Absent, |b| b.ns)
    }
}
