//! Checks of everything that is neither source nor channel, pack nor place.

use super::Reader;
use super::format::ModeWord;
use beaconfire_core::Authority;
use std::net::SocketAddr;

impl Reader {
    /// Checks mode, addresses and authority; the address to listen at.
    pub(super) fn check_settings(&mut self) -> SocketAddr {
        self.check_mode();
        self.check_public_url();
        self.check_authority();
        let listen = self.file.listen.parse();
        if listen.is_err() {
            self.wrong("listen", "this is no address: write one such as \"127.0.0.1:8080\" or \"[::]:8080\"");
        }
        for at in 0..self.file.hosts.len() {
            let host = &self.file.hosts[at];
            if host.is_empty() || host.contains(['/', ':', ' ']) {
                self.wrong(&format!("hosts[{at}]"), "write a bare host name, without scheme, port or path");
            }
        }
        listen.unwrap_or(SocketAddr::from(([127, 0, 0, 1], 8080)))
    }

    /// The authority as decisions see it.
    pub(super) fn authority(&self) -> Authority {
        let table = &self.file.authority;
        Authority {
            sender: table.sender.clone(),
            name: table.name.clone(),
            identifier_prefix: table.identifier_prefix.clone(),
            web: table.web.clone(),
            contact: table.contact.clone(),
            zone: table.zone.clone(),
            jurisdiction: table.jurisdiction.clone(),
            approval_hours: table.approval_hours,
        }
    }

    fn check_mode(&mut self) {
        self.refuse_test(self.file.mode, "mode");
        let named = self.file.exercise.as_deref().is_some_and(|id| !id.trim().is_empty());
        match (self.file.mode, named) {
            (ModeWord::Exercise, false) => {
                self.wrong(
                    "mode",
                    "an exercise needs a name: write `exercise = \"…\"`; every message bears it",
                );
            }
            (ModeWord::Live | ModeWord::Test, true) => {
                self.wrong(
                    "exercise",
                    "only mode = \"exercise\" has an exercise: take this line out or set the mode",
                );
            }
            _ => {}
        }
    }

    /// The outlets' own test class needs a role, a window and an approval of its own (invariant 20);
    /// until it has them it is not offered.
    pub(super) fn refuse_test(&mut self, mode: ModeWord, path: &str) {
        if mode == ModeWord::Test {
            self.wrong(path, "test mode is not offered yet: use exercise");
        }
    }

    fn check_public_url(&mut self) {
        let url = &self.file.public_url;
        let (http, https) = (url.starts_with("http://"), url.starts_with("https://"));
        let host = url.split_once("://").map_or("", |(_, rest)| rest);
        if !(http || https) || host.is_empty() || host.starts_with('/') || url.contains(char::is_whitespace) {
            self.wrong("public_url", "write an address such as \"https://warn.example\"");
        } else if url.ends_with('/') {
            self.wrong("public_url", "take the slash off the end: paths are put behind it");
        } else if http && self.file.mode == ModeWord::Live && !is_loopback(host) {
            self.warnings.push(format!(
                "public_url {url} is not encrypted: readers cannot tell whether a warning was changed on the way"
            ));
        }
    }

    fn check_authority(&mut self) {
        let table = self.file.authority.clone();
        let code = |text: &str| !text.is_empty() && !text.contains([' ', ',', '<', '&']);
        if !code(&table.sender) {
            self.wrong(
                "authority.sender",
                "CAP forbids empty names, spaces, commas, < and & here (CAP 1.2, 3.2.1)",
            );
        }
        if !code(&table.identifier_prefix) {
            let message = "CAP forbids empty identifiers, spaces, commas, < and & here (CAP 1.2, 3.2.1)";
            self.wrong("authority.identifier_prefix", message);
        }
        for (name, text) in [("name", &table.name), ("jurisdiction", &table.jurisdiction)] {
            if text.trim().is_empty() {
                self.wrong(&format!("authority.{name}"), "write it in words: the public reads it");
            }
        }
        let known = jiff::tz::db().is_definitively_empty() || jiff::tz::TimeZone::get(&table.zone).is_ok();
        if !known {
            self.wrong("authority.zone", "no such time zone: write an IANA name such as \"Europe/Berlin\"");
        }
        if !(1..=168).contains(&table.approval_hours) {
            self.wrong("authority.approval_hours", "write 1 to 168 hours (a week)");
        }
    }
}

fn is_loopback(host: &str) -> bool {
    ["127.", "localhost", "[::1]"].iter().any(|name| host.starts_with(name))
}
