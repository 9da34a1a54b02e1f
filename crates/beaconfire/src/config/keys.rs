//! Private keys: files that their owner alone may read.

use anyhow::{Context as _, bail};
use beaconfire_store::{Ed25519Signer, Signer};
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

/// The key that signs the journal's checkpoints; made where the file is missing, which is said on stderr.
///
/// # Errors
/// A file that others may read, or that is no key.
pub(crate) fn signer(path: &Path) -> anyhow::Result<Arc<dyn Signer>> {
    if !path.exists() {
        make(path)?;
    }
    check_mode(path)?;
    let der = std::fs::read(path).with_context(|| format!("read the key file {}", path.display()))?;
    let signer =
        Ed25519Signer::from_pkcs8(&der).with_context(|| format!("use the key file {}", path.display()))?;
    Ok(Arc::new(signer))
}

fn make(path: &Path) -> anyhow::Result<()> {
    let at = || format!("make the key file {}", path.display());
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).with_context(at)?;
    }
    let der = Ed25519Signer::generate_pkcs8().with_context(at)?;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path).with_context(at)?;
    file.write_all(&der).and_then(|()| file.sync_all()).with_context(at)?;
    let public = Ed25519Signer::from_pkcs8(&der).with_context(at)?.public_key();
    eprintln!("made a new key for the journal's checkpoints: {}", path.display());
    eprintln!(
        "keep its public key elsewhere, `journal verify --key` proves with it: {}",
        beaconfire_store::hex(&public)
    );
    Ok(())
}

/// Refuses a key that others on the machine may read.
fn check_mode(path: &Path) -> anyhow::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let metadata =
            std::fs::metadata(path).with_context(|| format!("read the key file {}", path.display()))?;
        let mode = metadata.permissions().mode() & 0o777;
        if mode & 0o077 != 0 {
            bail!("use the key file {0}: others may read it (mode {mode:o}); chmod 600 {0}", path.display());
        }
    }
    Ok(())
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn a_key_is_made_once_for_its_owner_alone_and_refused_when_others_may_read_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("keys/checkpoint.pk8");
        let first = signer(&path).expect("made").public_key();
        assert_eq!(signer(&path).expect("read").public_key(), first);
        let mode =
            |bits| std::fs::set_permissions(&path, std::fs::Permissions::from_mode(bits)).expect("set");
        assert_eq!(std::fs::metadata(&path).expect("there").permissions().mode() & 0o777, 0o600);
        mode(0o640);
        let refused = signer(&path).err().expect("refused").to_string();
        assert!(refused.contains("chmod 600"), "{refused}");
        mode(0o600);
        std::fs::write(&path, b"no key").expect("written");
        assert!(signer(&path).is_err());
    }
}
