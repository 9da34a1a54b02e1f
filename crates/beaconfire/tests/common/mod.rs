//! Running the built program, and a place for files.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What a run gave.
pub(crate) struct Run {
    /// The exit status.
    pub(crate) code: i32,
    /// stdout.
    pub(crate) out: String,
    /// stderr.
    pub(crate) err: String,
}

/// The program with these arguments, not yet started.
pub(crate) fn program(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_beaconfire"));
    command.args(args).env_remove("BEACONFIRE_CRASH_AT").env_remove("BEACONFIRE_LOG");
    command
}

/// Runs the program with nothing on stdin.
pub(crate) fn beaconfire(args: &[&str]) -> Run {
    beaconfire_with(args, b"")
}

/// Runs the program with these bytes on stdin.
pub(crate) fn beaconfire_with(args: &[&str], stdin: &[u8]) -> Run {
    let mut command = program(args);
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    // A program that reads nothing may have closed it already.
    let _ = child.stdin.take().expect("piped").write_all(stdin);
    let output = child.wait_with_output().expect("it ends");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
    Run { code: output.status.code().expect("no signal"), out: text(output.stdout), err: text(output.stderr) }
}

/// A folder that is gone after the test.
pub(crate) fn fixture_folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a folder")
}

/// The repository's root.
#[allow(dead_code, reason = "not every test file needs it")]
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}
