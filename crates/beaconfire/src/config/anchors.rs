//! Whose signatures on alerts a source believes: the PEM files of its `anchors`.

use super::Reader;
use super::format::{AnchorEntry, SourceTable};
use beaconfire_cap::sign::Anchors;
use beaconfire_flow::source::SignatureUse;
use std::path::Path;

/// The largest PEM file that is read, bytes: some thousand certificates.
const MAX_BYTES: u64 = 4 << 20;

impl Reader {
    /// The anchors of the source at this place of the list.
    pub(super) fn load_anchors(&mut self, at: usize, table: &SourceTable) -> Anchors {
        let mut anchors = Anchors::new();
        for (n, entry) in table.anchors.iter().enumerate() {
            let (sender, file) = match entry {
                AnchorEntry::Any(file) => (None, file),
                AnchorEntry::One(one) => (Some(one.sender.as_str()), &one.file),
            };
            let read = read_pem(&self.folder.join(file))
                .and_then(|pem| anchors.add_pem(sender, &pem).map_err(|error| format!("failed to {error}")));
            if let Err(why) = read {
                let message = format!("{}: {why}; paths are relative to this file", file.display());
                self.wrong(&format!("source[{at}].anchors[{n}]"), message);
            }
        }
        let signature = table.options.signature;
        if table.anchors.is_empty() && signature == SignatureUse::Demand {
            let message = "no signature can be anchored, so that every alert would be refused: name the certificates that \
                           are believed in `anchors = [\"authority.pem\"]`, or take `note`";
            self.wrong(&format!("source[{at}].options.signature"), message);
        }
        if !table.anchors.is_empty() && signature == SignatureUse::Ignore {
            let message = "signatures are not looked at, so anchors do nothing: set \
                           `options = { signature = \"demand\" }` or \"note\", for kind \"cap\", or take them out";
            self.wrong(&format!("source[{at}].anchors"), message);
        }
        anchors
    }
}

fn read_pem(path: &Path) -> Result<Vec<u8>, String> {
    let fail =
        |error: std::io::Error| format!("the file cannot be read ({error}): check its name and rights");
    let size = std::fs::metadata(path).map_err(fail)?.len();
    if size > MAX_BYTES {
        return Err(format!("it has {size} bytes and the limit is {MAX_BYTES}"));
    }
    std::fs::read(path).map_err(fail)
}
