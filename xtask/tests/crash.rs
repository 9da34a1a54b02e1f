//! Whenever the program dies, a normal start ends as if it had not died: the same state, the same
//! totals, one key a message at the sink, a chain that verifies.

use xtask::crash::{self, Plan};
use xtask::house;

#[test]
fn a_crash_anywhere_changes_nothing() {
    let binary = house::debug_binary().unwrap();
    let report = crash::run(&binary, &Plan::default()).unwrap();
    let failed: Vec<&String> = report.rows.iter().filter(|row| row.contains(" FAILED ")).collect();
    assert!(failed.is_empty(), "{} of {} trials failed:\n{failed:#?}", report.failed, report.rows.len());
    assert_eq!(report.passed, 60);
}
