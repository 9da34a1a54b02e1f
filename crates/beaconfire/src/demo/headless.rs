//! The headless demo: the same river, scripted roles, as fast as it goes.

use super::Wanted;
use super::folder::Folder;
use super::people::People;
use super::play::Player;
use super::script;
use anyhow::{Context, Result, bail};
use beaconfire_core::{Progress, State};
use beaconfire_flow::CommandError;
use beaconfire_store::{JournalBackend, SqliteJournal, durable, hex};
use jiff::Timestamp;

/// Deeds in a row without river time moving: more means that the script runs in a circle.
const MAX_DEEDS: u32 = 10_000;

/// Plays to the end, with the scripted roles acting in between.
pub(super) async fn run(player: &Player, people: &People, wanted: &Wanted) -> Result<()> {
    // What a crash cut short is finished first, at the time at which it was begun.
    player.advance(player.river().engine().now(), None).await?;
    loop {
        act(player, people).await?;
        let deed = player
            .river()
            .engine()
            .read(|state| script::next(state, people, player.is_over()).map(|deed| deed.at));
        match player.next(deed, wanted.until_idle) {
            Some(at) => player.advance(at, wanted.speed).await?,
            None => return Ok(()),
        }
    }
}

/// Everything that a scripted person does by now.
async fn act(player: &Player, people: &People) -> Result<()> {
    let engine = player.river().engine();
    for _ in 0..MAX_DEEDS {
        let now = engine.now();
        let deed = engine.read(|state| script::next(state, people, player.is_over()));
        let Some(deed) = deed.filter(|deed| deed.at <= now) else { return Ok(()) };
        let words = format!("{:?}", deed.command);
        match engine.command(deed.command, deed.actor).await {
            Ok(_) => player.settle().await?,
            Err(CommandError::Refused(refusal)) => {
                bail!("the script was refused: {refusal} ({})", words.chars().take(300).collect::<String>())
            }
            Err(error) => return Err(error).context("act by the script"),
        }
    }
    bail!("the script goes round in a circle: mend src/demo/script.rs")
}

/// The counts of the whole data folder, one JSON object on the last line where asked for.
pub(super) fn report(player: &Player, folder: &Folder, json: bool) -> Result<()> {
    let engine = player.river().engine();
    let head = SqliteJournal::open_read_only(&folder.data.join(beaconfire_store::JOURNAL_FILE))?.head()?;
    let counts = engine.read(|state| {
        serde_json::json!({
            "items": state.items.values().sum::<u64>(),
            "signals": state.signals.len(),
            "incidents": state.incidents.len(),
            "warnings": state.warnings.len(),
            "deliveries": delivered(state),
            "read_backs": state.read_backs,
            "journal_head": hex(&head.hash),
            "state": state.digest(),
            "durable_writes": durable::count(),
            "river_time": river_time(state.river_time),
        })
    });
    if json {
        println!("{counts}");
    } else {
        eprintln!("{counts:#}");
    }
    Ok(())
}

fn delivered(state: &State) -> usize {
    state.jobs.values().filter(|job| matches!(job.progress, Progress::Sent { .. })).count()
}

fn river_time(at: Timestamp) -> String {
    at.to_string()
}
