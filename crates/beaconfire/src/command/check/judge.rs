//! What messages are held against beside the standard: profiles, crossing edges, anchors of signatures.

use super::line::Line;
use anyhow::{Context as _, bail};
use beaconfire_cap::profile::Profile;
use beaconfire_cap::sign::{Anchors, Validity};
use beaconfire_cap::{Alert, Finding, check_geometry};
use std::borrow::Cow;

/// Bytes of a rule pack or a bundle of certificates.
const MAX_BYTES: u64 = 4 << 20;

/// What was asked for.
pub(super) struct Judge {
    pub(super) profiles: Vec<Cow<'static, Profile>>,
    pub(super) anchors: Anchors,
    pub(super) validity: Validity,
}

impl Judge {
    /// Reads rule packs and certificates.
    pub(super) fn new(profiles: &[String], anchors: &[String]) -> anyhow::Result<Self> {
        let mut judge = Self { profiles: Vec::new(), anchors: Anchors::new(), validity: Validity::Archive };
        for asked in profiles {
            let profile = profile(asked)?;
            if judge.profiles.iter().any(|known| known.id() == profile.id()) {
                bail!("hold messages against {}: it is asked for twice; leave one out", profile.id());
            }
            judge.profiles.push(profile);
        }
        for asked in anchors {
            // A name of a file may hold an equals sign, the name of a sender may not hold a slash before it.
            let (sender, file) = match asked.split_once('=') {
                Some((sender, file)) if !sender.contains('/') => (Some(sender), file),
                _ => (None, asked.as_str()),
            };
            let pem = read(file)?;
            let added = judge.anchors.add_pem(sender, &pem);
            added.with_context(|| format!("use the certificates in {file}"))?;
        }
        Ok(judge)
    }

    /// What there is to say of an alert beyond the standard.
    pub(super) fn findings(&self, alert: &Alert) -> Vec<Finding> {
        let of_profiles = self.profiles.iter().flat_map(|profile| profile.check(alert));
        check_geometry(alert).into_iter().chain(of_profiles).collect()
    }

    /// Whether the answer to all that was asked is yes.
    pub(super) fn is_yes(&self, line: &Line) -> bool {
        let trusted = self.anchors.is_empty() || line.alerts == Some(0) || line.anchored;
        line.strict && line.conforms.values().all(|conforms| *conforms) && trusted
    }
}

fn profile(asked: &str) -> anyhow::Result<Cow<'static, Profile>> {
    if let Some(known) = Profile::named(asked) {
        return Ok(Cow::Borrowed(known));
    }
    if !asked.ends_with(".toml") {
        let known: Vec<&str> = Profile::built_in().iter().map(Profile::id).collect();
        bail!("find the profile {asked:?}: name one of {}, or a file that ends in .toml", known.join(", "));
    }
    let text = String::from_utf8(read(asked)?).with_context(|| format!("read {asked} as UTF-8"))?;
    let pack = Profile::parse(&text).map_err(|error| {
        anyhow::anyhow!("read the rule pack {asked}:{}:{}: {}", error.line, error.column, error.message)
    })?;
    if let Some(error) = pack.prove().first() {
        bail!("prove the examples of {asked}:{}:{}: {}", error.line, error.column, error.message);
    }
    Ok(Cow::Owned(pack))
}

fn read(file: &str) -> anyhow::Result<Vec<u8>> {
    use std::io::Read as _;
    let mut bytes = Vec::new();
    std::fs::File::open(file)
        .and_then(|file| file.take(MAX_BYTES + 1).read_to_end(&mut bytes))
        .with_context(|| format!("read {file}"))?;
    if bytes.len() as u64 > MAX_BYTES {
        bail!("read {file}: it has more than {} MiB; check that it is the right one", MAX_BYTES >> 20);
    }
    Ok(bytes)
}
