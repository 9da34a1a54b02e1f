//! The operators' console: the files that the build script embedded, found by path.
//!
//! Without the Cargo feature `console` there are none, and [`NOT_BUILT`] says so in words.

/// One embedded file, ready to be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asset {
    /// The path it is asked for by, with a leading slash.
    pub path: &'static str,
    /// Its bytes, uncompressed.
    pub bytes: &'static [u8],
    /// The value of `Content-Type`.
    pub content_type: &'static str,
    /// The value of `ETag`, quotes included.
    pub etag: &'static str,
    /// Whether the name changes with the content, so that it may be cached for good
    /// (`Cache-Control: public, max-age=31536000, immutable`); all else is `no-cache`.
    pub immutable: bool,
}

/// What `/` answers where the console was left out of the build.
pub const NOT_BUILT: &str = "This Beaconfire was built without the operators' console. The HTTP API is under /api/v1, \
                             the public feed at /feed/atom.xml. Build with the feature `console` to have it here.\n";

/// The `Content-Security-Policy` the console is written for: everything is a file of this server, the map's
/// worker included; only styles may be inline, because the map and the charts set them.
pub const CONTENT_SECURITY_POLICY: &str = "default-src 'self'; worker-src 'self' blob:; img-src 'self' data: blob:; \
                                           style-src 'self' 'unsafe-inline'; object-src 'none'; base-uri 'none'; \
                                           form-action 'self'; frame-ancestors 'none'";

/// The first path segments that the console routes itself; each answers with its index page.
const ROUTES: [&str; 8] = ["", "sign-in", "set-up", "incidents", "alerts", "sources", "journal", "check"];

/// The console's answer to a GET of `path` (no query): an embedded file, the index page for the console's own
/// routes, or nothing.
pub fn asset(path: &str) -> Option<Asset> {
    let wanted = if is_route(path) { "/index.html" } else { path };
    FILES.iter().find(|file| file.path == wanted).copied()
}

fn is_route(path: &str) -> bool {
    let first = path.strip_prefix('/').unwrap_or(path).split('/').next().unwrap_or_default();
    ROUTES.contains(&first)
}

include!(concat!(env!("OUT_DIR"), "/console_files.rs"));

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn routes_are_told_from_files() {
        for route in [
            "/",
            "/sign-in",
            "/incidents",
            "/incidents/in-1/warnings/wa-1",
            "/sources",
            "/journal",
            "/set-up",
            "/alerts",
            "/check",
        ] {
            assert!(is_route(route), "{route}");
        }
        for other in ["/assets/index.js", "/api/v1/incidents", "/feed/atom.xml", "/incidentsx"] {
            assert!(!is_route(other), "{other}");
        }
    }

    #[test]
    fn unknown_paths_have_no_asset() {
        assert_eq!(asset("/assets/no-such-file.js"), None);
        assert_eq!(asset("/api/v1/incidents"), None);
    }

    #[cfg(feature = "console")]
    #[test]
    fn every_route_answers_with_the_index_and_every_file_with_itself() {
        let index = asset("/").expect("the index page is embedded");
        assert_eq!(asset("/incidents/in-1"), Some(index));
        assert!(index.content_type.starts_with("text/html") && !index.immutable);
        for file in FILES {
            assert_eq!(asset(file.path).map(|found| found.etag), Some(file.etag));
            assert_ne!(file.content_type, "application/octet-stream", "{}", file.path);
            assert!(!file.bytes.is_empty(), "{}", file.path);
        }
    }

    #[cfg(feature = "console")]
    #[test]
    fn the_index_names_only_embedded_files() {
        let index = asset("/").expect("the index page is embedded");
        let text = std::str::from_utf8(index.bytes).expect("the index page is UTF-8");
        let mut seen = 0;
        for (at, _) in text.match_indices("\"/assets/") {
            let rest = &text[at + 1..];
            let path = &rest[..rest.find('"').expect("the attribute is closed")];
            assert!(asset(path).is_some(), "{path}");
            seen += 1;
        }
        assert!(seen >= 2, "script and style are linked");
    }
}
