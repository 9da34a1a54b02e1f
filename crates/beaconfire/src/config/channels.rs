//! `[[channel]]`: where warnings go, checked against its kind and the mode.

use super::Reader;
use super::format::{ChannelKind, ChannelTable};
use beaconfire_core::{ChannelId, ChannelRule, Form};
use beaconfire_flow::{ChannelSetup, Target};
use std::collections::BTreeSet;

impl Reader {
    /// All channels, in the order of the file.
    pub(super) fn load_channels(&mut self) -> (Vec<ChannelSetup>, Vec<ChannelRule>) {
        let (mut setups, mut rules, mut ids) = (Vec::new(), Vec::new(), BTreeSet::new());
        for (at, table) in self.file.channel.clone().iter().enumerate() {
            self.check_channel(at, table);
            if !ids.insert(table.id.clone()) {
                self.wrong(
                    &format!("channel[{at}].id"),
                    "another channel has this name: choose a different one",
                );
            }
            let id = ChannelId(table.id.clone());
            setups.push(ChannelSetup { id: id.clone(), target: self.target(at, table) });
            rules.push(ChannelRule {
                id,
                kind: table.kind.word().to_owned(),
                form: Form::Cap,
                mode: table.mode.into(),
                public: table.public,
                read_back_minutes: table.read_back_minutes,
            });
        }
        self.check_reach();
        (setups, rules)
    }

    fn check_channel(&mut self, at: usize, table: &ChannelTable) {
        self.refuse_test(table.mode, &format!("channel[{at}].mode"));
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if table.id.is_empty() || table.id.len() > 60 || !table.id.chars().all(plain) {
            let message = "write the id in lower-case letters, digits and hyphens, at most 60";
            self.wrong(&format!("channel[{at}].id"), message);
        }
        if table.read_back_minutes.is_some_and(|minutes| !(1..=1_440).contains(&minutes)) {
            self.wrong(&format!("channel[{at}].read_back_minutes"), "write 1 to 1440 minutes (a day)");
        }
        if table.read_back_minutes.is_some() && table.kind != ChannelKind::Feed {
            let message = format!(
                "what a {} received cannot be fetched, so it stays unverified: take this line out",
                table.kind.word()
            );
            self.wrong(&format!("channel[{at}].read_back_minutes"), message);
        }
        for (key, set, wanted) in [
            ("url", table.url.is_some(), table.kind == ChannelKind::Webhook),
            ("dir", table.dir.is_some(), table.kind == ChannelKind::File),
        ] {
            if set && !wanted {
                let message = format!("a {} has no {key}: take this line out", table.kind.word());
                self.wrong(&format!("channel[{at}].{key}"), message);
            }
        }
    }

    fn target(&mut self, at: usize, table: &ChannelTable) -> Target {
        match (table.kind, &table.url, &table.dir) {
            (ChannelKind::Webhook, Some(url), _) if is_http(url) => return Target::Webhook(url.clone()),
            (ChannelKind::Webhook, ..) => {
                let message = "a webhook needs an address: write `url = \"https://…\"`";
                self.wrong(&format!("channel[{at}].url"), message);
            }
            (ChannelKind::File, _, Some(dir)) => return Target::File(self.folder.join(dir)),
            (ChannelKind::File, ..) => {
                self.wrong(&format!("channel[{at}]"), "a file channel needs a folder: write `dir = \"…\"`");
            }
            (ChannelKind::Feed, ..) => {}
        }
        Target::Feed
    }

    /// A server that can reach nobody is a mistake; two feeds would be one and the same.
    fn check_reach(&mut self) {
        let (mode, channels) = (self.file.mode, self.file.channel.clone());
        if !channels.iter().any(|channel| channel.mode == mode) {
            let message =
                "no channel works in this mode, so that nothing could be sent: add a [[channel]] with it";
            self.wrong("mode", message);
        }
        let mut feeds =
            channels.iter().enumerate().filter(|(_, c)| c.kind == ChannelKind::Feed && c.mode == mode);
        if let (Some(_), Some((second, _))) = (feeds.next(), feeds.next()) {
            self.wrong(
                &format!("channel[{second}].kind"),
                "there is one public feed for each mode: take one out",
            );
        }
    }
}

fn is_http(url: &str) -> bool {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    rest.is_some_and(|host| !host.is_empty() && !host.starts_with('/') && !url.contains(char::is_whitespace))
}
