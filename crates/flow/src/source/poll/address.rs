//! Addresses of sources, and of what they link to.

use reqwest::Url;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::path::{Component, Path, PathBuf};

/// Where a source is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    /// `http:` or `https:`.
    Http(Url),
    /// A local file or folder.
    Path(PathBuf),
}

/// Why an address cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// Neither HTTP nor a path.
    #[error("use the address {0:?}: write http:, https:, file: or a path")]
    Scheme(String),
    /// Not an address at all.
    #[error("read the address {address:?}: {reason}")]
    Form {
        /// The address.
        address: String,
        /// What is wrong.
        reason: String,
    },
    /// A link that leads where a source must not lead us.
    #[error("follow the link {link:?}: {reason}")]
    Link {
        /// The link.
        link: String,
        /// The rule it breaks.
        reason: &'static str,
    },
}

impl Address {
    /// Reads an address as it stands in a configuration.
    ///
    /// # Errors
    /// If it is neither HTTP nor a path.
    pub fn read(text: &str) -> Result<Self, AddressError> {
        let scheme = text.split_once(':').map(|(scheme, _)| scheme.to_ascii_lowercase());
        match scheme.as_deref() {
            Some("http" | "https") => url(text).map(Self::Http),
            Some("file") => {
                let path = url(text)?.to_file_path();
                path.map(Self::Path).map_err(|()| AddressError::Scheme(text.to_owned()))
            }
            Some(scheme) if scheme.len() > 1 && text.contains("://") => {
                Err(AddressError::Scheme(text.to_owned()))
            }
            _ if text.is_empty() => Err(AddressError::Scheme(text.to_owned())),
            _ => Ok(Self::Path(PathBuf::from(text))),
        }
    }

    /// The address of a document that this one links to.
    ///
    /// # Errors
    /// If the link leaves the scheme, leads from a public address to one of this machine or its network, or
    /// out of a local folder: what a feed says must not make us ask our own neighbours.
    pub fn follow(&self, link: &str) -> Result<Self, AddressError> {
        let refuse = |reason| AddressError::Link { link: link.chars().take(200).collect(), reason };
        match self {
            Self::Http(base) => {
                let to = base.join(link).map_err(|_| refuse("it is no address"))?;
                if to.scheme() != base.scheme() {
                    return Err(refuse("it leads to another scheme than its feed"));
                }
                if is_private(&to) && !is_private(base) {
                    return Err(refuse("it leads from a public address to a private one"));
                }
                Ok(Self::Http(to))
            }
            Self::Path(base) => {
                let plain = Path::new(link).components().all(|part| matches!(part, Component::Normal(_)));
                if !plain || link.contains(':') {
                    return Err(refuse("it leads out of its folder"));
                }
                let folder = if base.is_dir() { base } else { base.parent().unwrap_or(base) };
                Ok(Self::Path(folder.join(link)))
            }
        }
    }
}

impl std::fmt::Display for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Http(url) => url.fmt(f),
            Self::Path(path) => path.display().fmt(f),
        }
    }
}

fn url(text: &str) -> Result<Url, AddressError> {
    Url::parse(text).map_err(|error| AddressError::Form {
        address: text.chars().take(200).collect(),
        reason: error.to_string(),
    })
}

/// Whether a redirect leads from a public address to one of this machine or its network.
pub(super) fn leads_inside(from: &[Url], to: &Url) -> bool {
    is_private(to) && !from.iter().all(is_private)
}

/// Whether the host is named as one of this machine or a private network.
fn is_private(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    match bare.parse() {
        Ok(IpAddr::V4(ip)) => private_v4(ip),
        Ok(IpAddr::V6(ip)) => private_v6(ip),
        Err(_) => host == "localhost" || host.ends_with(".localhost") || !host.contains('.'),
    }
}

fn private_v4(ip: Ipv4Addr) -> bool {
    let shared = ip.octets()[0] == 100 && (64..128).contains(&ip.octets()[1]);
    ip.is_private() || ip.is_loopback() || ip.is_link_local() || ip.is_unspecified() || shared
}

fn private_v6(ip: Ipv6Addr) -> bool {
    let mapped = ip.to_ipv4_mapped().is_some_and(private_v4);
    ip.is_loopback() || ip.is_unspecified() || ip.is_unique_local() || ip.is_unicast_link_local() || mapped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_http_or_paths() {
        assert!(matches!(Address::read("HTTPS://a.example/x"), Ok(Address::Http(_))));
        assert_eq!(Address::read("file:///var/feeds"), Ok(Address::Path("/var/feeds".into())));
        assert_eq!(Address::read("feeds/a.xml"), Ok(Address::Path("feeds/a.xml".into())));
        for bad in ["ftp://a.example", "gopher://x", "", "https://"] {
            assert!(Address::read(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_link_stays_in_its_scheme_and_never_leads_inside() {
        let feed = Address::read("https://a.example/feed/atom").unwrap();
        assert_eq!(feed.follow("1.xml").unwrap().to_string(), "https://a.example/feed/1.xml");
        assert_eq!(feed.follow("https://b.example/1").unwrap().to_string(), "https://b.example/1");
        for bad in [
            "http://a.example/1",
            "file:///etc/passwd",
            "https://127.0.0.1/1",
            "https://10.1.2.3/1",
            "https://[::1]/1",
            "https://[::ffff:10.0.0.1]/",
            "https://169.254.169.254/latest",
            "https://localhost/1",
            "https://intranet/1",
        ] {
            assert!(feed.follow(bad).is_err(), "{bad}");
        }
        let inside = Address::read("http://127.0.0.1:8080/feed").unwrap();
        assert!(inside.follow("http://127.0.0.1:8080/1.xml").is_ok());
        let folder = Address::Path(std::env::temp_dir());
        assert!(folder.follow("1.xml").is_ok());
        for bad in ["../1.xml", "/etc/passwd", "https://a.example/1.xml"] {
            assert!(folder.follow(bad).is_err(), "{bad}");
        }
    }
}
