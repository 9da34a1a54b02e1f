//! Generated files are committed and up to date.

use xtask::{bless, house};

#[test]
fn generated_files_are_up_to_date() {
    let binary = house::debug_binary().unwrap();
    let mut stale = Vec::new();
    for (what, file) in bless::ARTEFACTS {
        let new = bless::generate(&binary, what).unwrap();
        let old = std::fs::read_to_string(house::root().join(file)).unwrap_or_default();
        if old != new {
            let line = old.lines().zip(new.lines()).take_while(|(a, b)| a == b).count() + 1;
            stale.push(format!("{file}:{line}: differs from `beaconfire generate {what}`"));
        }
    }
    assert!(stale.is_empty(), "run `cargo xtask bless` and look at what changed:\n{}", stale.join("\n"));
}
