//! Pushing: as fast as it goes, and at a steady pace while listening for signals.

use std::io::BufRead;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use super::http::Client;
use super::load::Load;
use super::server::{SOURCE, Server};

/// How long a signal may take before it counts as lost.
const PATIENCE: Duration = Duration::from_secs(10);

/// Pushes every round over some connections, each of which has its own batches of each round, and
/// answers observations a second. An answer of the server means durable and judged.
///
/// # Errors
/// When the server refuses a batch or takes in less than was sent.
pub fn as_fast_as_it_goes(server: &Server, load: &Load, rounds: u32, connections: u32) -> Result<f64> {
    let shares: Vec<Vec<(String, u64)>> =
        (0..connections).map(|c| share(load, rounds, c, connections)).collect();
    let total: u64 = shares.iter().flatten().map(|(_, lines)| lines).sum();
    let clients = shares.iter().map(|_| server.pusher()).collect::<Result<Vec<_>>>()?;
    let begun = Instant::now();
    thread::scope(|scope| {
        let pushing: Vec<_> = clients
            .into_iter()
            .zip(&shares)
            .map(|(mut client, bodies)| {
                scope.spawn(move || -> Result<()> {
                    for (body, lines) in bodies {
                        push(&mut client, body, *lines)?;
                    }
                    Ok(())
                })
            })
            .collect();
        for handle in pushing {
            handle.join().map_err(|_| anyhow::anyhow!("push: a connection's thread panicked"))??;
        }
        Ok::<_, anyhow::Error>(())
    })?;
    Ok(total as f64 / begun.elapsed().as_secs_f64())
}

/// Pushes at a steady pace, one series of each batch crossing its level, and answers how long each
/// of their signals took from the moment its batch was due.
///
/// # Errors
/// When the server refuses a batch, or a signal does not come.
pub fn paced(
    server: &Server,
    load: &Load,
    first_round: u32,
    rate: f64,
    seconds: u32,
) -> Result<Vec<Duration>> {
    let signals = listen(server)?;
    let mut client = server.pusher()?;
    let interval = Duration::from_secs_f64(f64::from(load.batch) / rate);
    let batches = (f64::from(seconds) / interval.as_secs_f64()) as u32;
    let a_round = load.series.div_ceil(load.batch.max(1));
    let mut due = Vec::new();
    let begun = Instant::now();
    for i in 0..batches {
        let Some(batch) = load.batches().nth((i % a_round) as usize) else { continue };
        // Another series in each round, so that every crossing is a new one.
        let crossing = batch.start + (i / a_round) % (batch.end - batch.start);
        let lines = u64::from(batch.end - batch.start);
        let body = load.body(batch, first_round + i / a_round, Some(crossing));
        let at = begun + interval * i;
        thread::sleep(at.saturating_duration_since(Instant::now()));
        push(&mut client, &body, lines)?;
        due.push(at);
    }
    let delay = |(n, due): (usize, Instant)| match signals.recv_timeout(PATIENCE) {
        Ok(came) => Ok(came.saturating_duration_since(due)),
        Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {
            Err(anyhow::anyhow!("hear signal {} of {batches}: it did not come", n + 1))
        }
    };
    due.into_iter().enumerate().map(delay).collect()
}

/// The value below which so many of a hundred lie; 100 for the greatest.
pub fn percentile(delays: &[Duration], percent: usize) -> Duration {
    let mut sorted = delays.to_vec();
    sorted.sort_unstable();
    let rank = (sorted.len() * percent).div_ceil(100).max(1);
    sorted.get(rank - 1).copied().unwrap_or_default()
}

/// The moments at which signals were heard, in their order.
fn listen(server: &Server) -> Result<Receiver<Instant>> {
    let mut stream = server.operator()?.listen("/api/v1/events")?;
    let (send, receive) = channel();
    thread::spawn(move || {
        let mut line = String::new();
        while stream.read_line(&mut line).is_ok_and(|bytes| bytes > 0) {
            if line.starts_with("data:")
                && line.contains("\"signal_raised\"")
                && send.send(Instant::now()).is_err()
            {
                return;
            }
            line.clear();
        }
    });
    Ok(receive)
}

fn share(load: &Load, rounds: u32, connection: u32, connections: u32) -> Vec<(String, u64)> {
    (0..rounds)
        .flat_map(|round| {
            let mine = load.batches().skip(connection as usize).step_by(connections as usize);
            mine.map(move |batch| {
                let lines = u64::from(batch.end - batch.start);
                (load.body(batch, round, None), lines)
            })
        })
        .collect()
}

fn push(client: &mut Client, body: &str, lines: u64) -> Result<()> {
    let path = format!("/api/v1/intake/{SOURCE}");
    let answer = client.send("POST", &path, "application/x-ndjson", body.as_bytes())?;
    ensure!(answer.status == 200, "push a batch: {} {}", answer.status, answer.body);
    let value: Value = serde_json::from_str(&answer.body).context("read the answer to a batch")?;
    ensure!(value["accepted"] == lines, "push {lines} observations: the server says {}", answer.body);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles() {
        let delays: Vec<Duration> = (1..=200).map(Duration::from_millis).collect();
        assert_eq!(percentile(&delays, 50), Duration::from_millis(100));
        assert_eq!(percentile(&delays, 99), Duration::from_millis(198));
        assert_eq!(percentile(&delays, 100), Duration::from_millis(200));
        assert_eq!(percentile(&[], 99), Duration::ZERO);
    }

    #[test]
    fn connections_share_all_batches() {
        let load = Load { series: 25, batch: 10, start: 0 };
        let lines: u64 = (0..2).flat_map(|c| share(&load, 3, c, 2)).map(|(_, lines)| lines).sum();
        assert_eq!(lines, 75);
    }
}
