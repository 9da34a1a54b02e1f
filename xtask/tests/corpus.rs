//! Replays the minimised fuzz corpora through the fuzz targets, so that what fuzzing once reached is
//! reached in every ordinary run.

#[expect(unreachable_pub, reason = "public for the fuzz targets, which are another crate")]
#[path = "../../fuzz/src/lib.rs"]
mod targets;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use xtask::house;

const MOST_BYTES: u64 = 1 << 20;

#[test]
fn every_corpus_replays() {
    for (name, target) in targets::TARGETS {
        let files = corpus(name);
        assert!(!files.is_empty(), "fuzz/corpus/{name} is empty: put a minimised corpus there");
        for file in files {
            // The name of the input is what one needs when the target panics.
            eprintln!("{}", file.display());
            target(&std::fs::read(&file).unwrap());
        }
    }
}

#[test]
fn every_corpus_is_at_most_a_megabyte() {
    for (name, _) in targets::TARGETS {
        let bytes: u64 = corpus(name).iter().map(|f| f.metadata().unwrap().len()).sum();
        assert!(bytes <= MOST_BYTES, "fuzz/corpus/{name} has {bytes} bytes: minimise it (cargo fuzz cmin)");
    }
}

#[test]
fn targets_files_and_manifest_name_the_same() {
    let listed: BTreeSet<String> = targets::TARGETS.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(stems("fuzz_targets"), listed, "fuzz/fuzz_targets/ and TARGETS in fuzz/src/lib.rs differ");
    assert_eq!(stems("corpus"), listed, "fuzz/corpus/ and TARGETS in fuzz/src/lib.rs differ");
    let manifest = std::fs::read_to_string(house::root().join("fuzz/Cargo.toml")).unwrap();
    for name in listed {
        assert!(manifest.contains(&format!("\nname = \"{name}\"\n")), "fuzz/Cargo.toml has no bin `{name}`");
    }
}

#[test]
fn every_source_kind_has_a_target() {
    for kind in beaconfire_flow::source::KINDS {
        let name = format!("flow_{}", kind.name.replace('-', "_"));
        let is_listed = targets::TARGETS.iter().any(|(target, _)| *target == name);
        assert!(is_listed, "the source kind {} reads foreign bytes: add a fuzz target {name}", kind.name);
    }
}

fn corpus(name: &str) -> Vec<PathBuf> {
    files_of(&house::root().join("fuzz/corpus").join(name))
}

fn stems(folder: &str) -> BTreeSet<String> {
    let files = files_of(&house::root().join("fuzz").join(folder));
    files.iter().map(|f| f.file_stem().expect("a file has a name").to_string_lossy().into_owned()).collect()
}

fn files_of(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut files: Vec<PathBuf> =
        entries.map(|entry| entry.expect("the folder can be read").path()).collect();
    files.sort();
    files
}
