//! Published messages as they were read: a message never changes, so each is read from disk once.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry::Vacant;
use std::sync::{Arc, Mutex, PoisonError};

use beaconfire_store::{Published, StoreError};

use super::entry::{Entry, read_entry};

/// What was read so far, by file; what is not public or cannot be read is remembered as nothing.
#[derive(Default)]
pub(crate) struct Kept(Mutex<BTreeMap<String, Option<Arc<Entry>>>>);

impl Kept {
    /// All public messages of a channel.
    pub(super) fn entries(
        &self,
        published: &Published,
        channel: &str,
    ) -> Result<Vec<Arc<Entry>>, StoreError> {
        let names = published.names(channel)?;
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|name, _| names.contains(name));
        for name in names {
            if let Vacant(place) = kept.entry(name) {
                let entry = published.read(channel, place.key())?.and_then(read_entry);
                place.insert(entry.map(Arc::new));
            }
        }
        Ok(kept.values().flatten().cloned().collect())
    }
}
