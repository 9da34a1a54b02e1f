//! `beaconfire demo`: the whole program on recorded data, in exercise mode, on a loopback port.

mod folder;
mod headless;
mod people;
mod plan;
mod play;
mod script;
mod site;

use anyhow::{Context, Result};
use folder::Folder;
use people::People;
use play::Player;
use site::Site;
use std::path::PathBuf;
use std::sync::Arc;

/// What was asked for.
#[derive(Clone, Debug)]
pub(crate) struct Wanted {
    /// Scripted roles act; no browser.
    pub(crate) headless: bool,
    /// End when nothing is left to do.
    pub(crate) until_idle: bool,
    /// Print one JSON object at the end.
    pub(crate) json: bool,
    /// The data folder; a fresh temporary one where absent.
    pub(crate) data: Option<PathBuf>,
    /// River seconds a second; none for as fast as it goes.
    pub(crate) speed: Option<f64>,
    /// Makes accounts and passwords the same every time.
    pub(crate) seed: u64,
    /// Where the webhook goes; a sink of its own where absent.
    pub(crate) sink: Option<String>,
    /// The port; any free one for 0.
    pub(crate) port: u16,
}

/// Runs the demo until it is idle or interrupted.
///
/// # Errors
/// A folder, port or recording that cannot be used; the text says the mend.
pub(crate) async fn run(wanted: Wanted) -> Result<()> {
    let folder = Folder::open(wanted.data.as_deref())?;
    let site = Site::bind(&folder, wanted.port, wanted.sink.clone()).await?;
    let player = Player::start(&folder, &site, wanted.headless).await?;
    let people = People::settle(player.river(), wanted.seed).await?;
    let server = site.serve(player.river_arc(), player.title()).await?;
    if wanted.headless {
        headless::run(&player, &people, &wanted).await?;
    } else {
        interactive(&player, &people, &wanted, server.port).await?;
    }
    player.river().rest().await.context("end cleanly")?;
    headless::report(&player, &folder, wanted.json)?;
    server.stop().await;
    Ok(())
}

/// People act in their browsers while the recording plays.
async fn interactive(player: &Player, people: &People, wanted: &Wanted, port: u16) -> Result<()> {
    let accounts = Arc::clone(&player.river().stores().accounts);
    println!("Beaconfire demo: {}", player.title());
    println!("EXERCISE: recorded data, nothing leaves this machine.\n");
    println!("open      http://localhost:{port}/");
    for line in people.sign_ins(&accounts, port)? {
        println!("{line}");
    }
    println!("feed      http://localhost:{port}/feed/atom.xml");
    println!("data      {}", player.folder().display());
    println!("\nEach role has its own host name, so two tabs are two people. Ctrl-C ends the demo.");
    let speed = wanted.speed.unwrap_or(DEFAULT_SPEED);
    tokio::select! {
        played = player.play_live(speed, wanted.until_idle) => played,
        _ = tokio::signal::ctrl_c() => Ok(()),
    }
}

/// River seconds a second: the first earthquake comes within seconds, and a quarter of an hour
/// takes a minute and a half to decide in.
const DEFAULT_SPEED: f64 = 10.0;
