//! Runs a command, prints what it prints as it comes, and keeps the text for counting.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result};

/// What a command printed, both streams in the order of arrival, and whether it ended with 0.
pub struct Heard {
    /// Without colours.
    pub text: String,
    /// Exit status 0.
    pub success: bool,
}

/// Runs a command to its end.
///
/// A process that the command left behind may hold the pipes open for ever; so once the command
/// itself has ended, a short silence closes the reading.
///
/// # Errors
/// When the command cannot be started.
pub fn run(command: &mut Command) -> Result<Heard> {
    let name = command.get_program().to_string_lossy().into_owned();
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("start {name}; is it installed?"))?;
    let (send, lines) = channel();
    if let Some(stream) = child.stdout.take() {
        forward(stream, false, send.clone());
    }
    if let Some(stream) = child.stderr.take() {
        forward(stream, true, send);
    }
    let mut text = String::new();
    let mut status = None;
    loop {
        match lines.recv_timeout(Duration::from_millis(if status.is_some() { 1000 } else { 100 })) {
            Ok(line) => keep(&line, &mut text),
            Err(RecvTimeoutError::Disconnected) => break,
            Err(RecvTimeoutError::Timeout) if status.is_some() => break,
            Err(RecvTimeoutError::Timeout) => {
                status = child.try_wait().with_context(|| format!("wait for {name}"))?;
            }
        }
    }
    drain(&lines, &mut text);
    let status = match status {
        Some(status) => status,
        None => child.wait().with_context(|| format!("wait for {name}"))?,
    };
    Ok(Heard { text, success: status.success() })
}

struct Line {
    bytes: Vec<u8>,
    is_stderr: bool,
}

fn forward(stream: impl Read + Send + 'static, is_stderr: bool, send: Sender<Line>) {
    thread::spawn(move || {
        let mut reader = BufReader::new(stream);
        loop {
            let mut bytes = Vec::new();
            match reader.read_until(b'\n', &mut bytes) {
                Ok(0) | Err(_) => return,
                Ok(_) => {
                    if send.send(Line { bytes, is_stderr }).is_err() {
                        return;
                    }
                }
            }
        }
    });
}

fn drain(lines: &Receiver<Line>, text: &mut String) {
    while let Ok(line) = lines.try_recv() {
        keep(&line, text);
    }
}

fn keep(line: &Line, text: &mut String) {
    // A closed terminal must not end the run.
    let _ = if line.is_stderr {
        std::io::stderr().write_all(&line.bytes)
    } else {
        let mut out = std::io::stdout().lock();
        out.write_all(&line.bytes).and_then(|()| out.flush())
    };
    text.push_str(&without_colours(&String::from_utf8_lossy(&line.bytes)));
}

/// Cuts terminal colour sequences (`ESC [ … letter`).
fn without_colours(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c != '\u{1b}' {
            plain.push(c);
        } else if chars.next() == Some('[') {
            for c in chars.by_ref() {
                if c.is_ascii_alphabetic() {
                    break;
                }
            }
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_both_streams_and_the_verdict() {
        let heard = run(Command::new("sh").args(["-c", "echo out; echo err >&2; exit 3"])).unwrap();
        assert!(heard.text.contains("out\n") && heard.text.contains("err\n"), "{}", heard.text);
        assert!(!heard.success);
    }

    #[test]
    fn a_process_left_behind_does_not_hold_the_run() {
        let heard = run(Command::new("sh").args(["-c", "sleep 20 & echo done"])).unwrap();
        assert!(heard.success);
        assert_eq!(heard.text, "done\n");
    }

    #[test]
    fn colours_are_cut() {
        assert_eq!(without_colours("\u{1b}[32;1mok\u{1b}[0m 3"), "ok 3");
    }
}
