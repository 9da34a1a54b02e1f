//! The configuration: `beaconfire.toml` and the files that it names, read and checked whole before anything starts.

mod anchors;
mod channels;
mod format;
mod geocodes;
mod keys;
mod mistake;
mod packs;
mod places;
mod settings;
mod sources;
mod span;
mod stations;

pub(crate) use format::schema;
pub(crate) use geocodes::{built_in, read_table};
pub(crate) use keys::signer;
pub(crate) use mistake::{Mistake, Mistakes};
pub(crate) use packs::{find as find_packs, read as read_pack};

use beaconfire_core::Rules;
use beaconfire_core::pack::locate;
use beaconfire_flow::{ChannelSetup, Setup, SourceSetup};
use beaconfire_geo::geocode::Registry;
use beaconfire_store::Signer;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A configuration that was read and checked whole: nothing in it can fail any more but the machine.
#[derive(Debug)]
pub(crate) struct Plan {
    /// Live, test or exercise.
    pub(crate) mode: beaconfire_core::Mode,
    /// The exercise's id.
    pub(crate) exercise: Option<String>,
    /// The folder of the state.
    pub(crate) data: PathBuf,
    /// The address to listen at.
    pub(crate) listen: SocketAddr,
    /// Where the public reaches it.
    pub(crate) public_url: String,
    /// Further host names.
    pub(crate) hosts: Vec<String>,
    /// Whether the host's clock is synchronised; none where the host is to be asked.
    pub(crate) clock_synchronised: Option<bool>,
    /// Proxies in front, which are believed.
    pub(crate) trusted_proxies: Vec<IpAddr>,
    /// The file of the key that signs checkpoints.
    pub(crate) checkpoint_key: PathBuf,
    /// What decisions look at.
    pub(crate) rules: Rules,
    /// The index of places.
    pub(crate) places: Vec<u8>,
    /// What geocodes stand for.
    pub(crate) geocodes: Arc<Registry<'static>>,
    /// Sources, in the order of the rules.
    pub(crate) sources: Vec<SourceSetup>,
    /// Channels, in the order of the rules.
    pub(crate) channels: Vec<ChannelSetup>,
    /// What is allowed and yet looks like a mistake.
    pub(crate) warnings: Vec<String>,
}

impl Plan {
    /// Reads and checks a configuration and every file that it names.
    ///
    /// # Errors
    /// All mistakes found, each with its place.
    pub(crate) fn load(path: &Path) -> Result<Self, Mistakes> {
        let reader = Reader::open(path).map_err(|mistake| Mistakes(vec![mistake]))?;
        reader.plan()
    }

    /// The same where a recording is played: its sources may be `recorded`.
    ///
    /// # Errors
    /// All mistakes found, each with its place.
    pub(crate) fn load_played(path: &Path) -> Result<Self, Mistakes> {
        let reader = Reader::open(path).map_err(|mistake| Mistakes(vec![mistake]))?;
        Reader { plays: true, ..reader }.plan()
    }

    /// What the river is started with.
    pub(crate) fn setup(&self, signer: Arc<dyn Signer>) -> Setup {
        Setup {
            mode: self.mode,
            exercise: self.exercise.clone(),
            data: self.data.clone(),
            rules: self.rules.clone(),
            places: self.places.clone(),
            geocodes: self.geocodes.clone(),
            sources: self.sources.clone(),
            channels: self.channels.clone(),
            signer,
            public_url: self.public_url.clone(),
        }
    }
}

/// The file being read, and what was found wrong so far.
struct Reader {
    path: PathBuf,
    folder: PathBuf,
    text: Arc<str>,
    file: format::File,
    mistakes: Vec<Mistake>,
    warnings: Vec<String>,
    /// Whether somebody plays recordings.
    plays: bool,
}

/// The largest configuration file that is read, bytes.
const MAX_BYTES: u64 = 16 << 20;

/// Reads a text file of bounded size.
fn read_text(path: &Path) -> Result<Arc<str>, Mistake> {
    let fail = |why: String| {
        Mistake::about(path, format!("the file cannot be read ({why}): check its name and rights"))
    };
    let size = std::fs::metadata(path).map_err(|error| fail(error.to_string()))?.len();
    if size > MAX_BYTES {
        return Err(fail(format!("it has {size} bytes and the limit is {MAX_BYTES}")));
    }
    std::fs::read_to_string(path).map(Into::into).map_err(|error| fail(error.to_string()))
}

/// Reads TOML into a type; the mistake has its place.
fn read_toml<T: serde::de::DeserializeOwned>(path: &Path, text: &Arc<str>) -> Result<T, Mistake> {
    toml::from_str(text)
        .map_err(|error| Mistake::at(path, text, error.span().unwrap_or(0..0), error.message().to_owned()))
}

impl Reader {
    fn open(path: &Path) -> Result<Self, Mistake> {
        let text = read_text(path)?;
        let file = read_toml(path, &text)?;
        let folder = path.parent().map(Path::to_owned).unwrap_or_default();
        let (path, mistakes, warnings) = (path.to_owned(), Vec::new(), Vec::new());
        Ok(Self { path, folder, text, file, mistakes, warnings, plays: false })
    }

    fn plan(mut self) -> Result<Plan, Mistakes> {
        let listen = self.check_settings();
        let packs = self.load_packs();
        let places = self.load_places();
        let geocodes = Arc::new(self.load_geocodes());
        let (sources, source_rules, stations) = self.load_sources();
        let (channels, channel_rules) = self.load_channels();
        self.compare_packs_with_sources(&packs);
        let file = &self.file;
        let plan = Plan {
            mode: file.mode.into(),
            exercise: file.exercise.clone(),
            data: self.folder.join(&file.data),
            listen,
            public_url: file.public_url.clone(),
            hosts: file.hosts.clone(),
            clock_synchronised: file.clock_synchronised,
            trusted_proxies: file.trusted_proxies.clone(),
            checkpoint_key: self.folder.join(&file.keys.checkpoint),
            rules: Rules {
                authority: self.authority(),
                packs,
                sources: source_rules,
                channels: channel_rules,
                stations,
            },
            places,
            geocodes,
            sources,
            channels,
            warnings: self.warnings,
        };
        if self.mistakes.is_empty() { Ok(plan) } else { Err(Mistakes(self.mistakes)) }
    }

    /// Notes a mistake at a value of the file.
    fn wrong(&mut self, path: &str, message: impl Into<String>) {
        let span = locate(&self.text, path);
        self.mistakes.push(Mistake::at(&self.path, &self.text, span, message));
    }
}

#[cfg(test)]
mod tests;
