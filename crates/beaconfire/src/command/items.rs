//! `beaconfire items`: the original bytes beside the journal, erased by policy.

use super::{Answer, journal, print};
use anyhow::{Context as _, bail};
use beaconfire_core::{Fate, MemberId, State};
use beaconfire_store::{ITEMS_FILE, ItemId, Items};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Erases original bytes by policy; the journal keeps their hashes, and its chain holds.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:
  beaconfire items erase --data /var/lib/beaconfire --older-than 90d --reason \"kept for 90 days\"")]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Erases the bytes of items for good, also while a server uses the folder; prints how many.
    #[command(after_help = "\
What an incident that is not closed or a warning in force rests on is kept, and so are alerts that wait for an officer.
Age counts from the time of intake. Backups made before still hold the bytes.

Exit status: 0 done; 1 a named item is unknown, or is kept; 2 it could not be done.

Example:
  beaconfire items erase --data DIR --older-than 90d --reason \"kept for 90 days\"")]
    Erase {
        /// The SHA-256 of an item's bytes, as `journal export` shows it; may be given several times.
        #[arg(value_name = "ITEM", value_parser = parse_item)]
        items: Vec<ItemId>,
        /// The data folder.
        #[arg(long, value_name = "DIR")]
        data: PathBuf,
        /// All items that were taken in longer ago, such as 90d.
        #[arg(long, value_name = "DAYS", value_parser = parse_age)]
        older_than: Option<SignedDuration>,
        /// The policy, in words: it stands beside the hash from now on.
        #[arg(long, value_name = "WORDS")]
        reason: String,
    },
}

/// Items looked at together.
const PAGE: usize = 1_000;

impl Args {
    pub(super) fn run(self) -> anyhow::Result<Answer> {
        let Command::Erase { items, data, older_than, reason } = self.command;
        let reason = reason.trim();
        if reason.chars().count() < 3 {
            bail!("erase without a reason: write the policy with --reason, in a few words");
        }
        if items.is_empty() && older_than.is_none() {
            bail!("erase nothing: name items, or say --older-than");
        }
        erase(&data, &items, older_than, reason)
    }
}

fn parse_item(text: &str) -> Result<ItemId, String> {
    ItemId::parse(text).ok_or_else(|| "write the 64 hexadecimal digits of an item's SHA-256".to_owned())
}

/// Whole days, such as `90d`.
fn parse_age(text: &str) -> Result<SignedDuration, String> {
    let days = text.trim().strip_suffix('d').and_then(|days| days.parse().ok());
    days.filter(|days: &u32| *days <= 36_500)
        .map(|days| SignedDuration::from_hours(24 * i64::from(days)))
        .ok_or_else(|| "write whole days such as 90d, at most 36500d".to_owned())
}

fn erase(
    data: &Path,
    named: &[ItemId],
    older_than: Option<SignedDuration>,
    reason: &str,
) -> anyhow::Result<Answer> {
    let state = journal::state(data)?;
    let path = data.join(ITEMS_FILE);
    if !path.is_file() {
        bail!("find items in {}: check --data", data.display());
    }
    let items = Items::open(&path)?;
    let needed = needed(&state);
    let mut unknown = 0_u64;
    let mut wanted: BTreeSet<ItemId> = BTreeSet::new();
    for id in named {
        match items.item(id)? {
            Some(_) => drop(wanted.insert(*id)),
            None => {
                unknown += 1;
                eprintln!("there is no item {id}; `beaconfire journal export` shows them");
            }
        }
    }
    if let Some(age) = older_than {
        let before = Timestamp::now().checked_sub(age).context("count back: say fewer days")?;
        wanted.extend(older(&items, before)?);
    }
    let (mut erased, mut kept) = (0_u64, 0_u64);
    for id in &wanted {
        if needed.contains(id) {
            kept += 1;
        } else if items.erase(id, reason)? {
            erased += 1;
        }
    }
    print(&format!("{erased}\n"))?;
    eprintln!("erased the bytes of {erased} items for good; the journal holds their hashes");
    if kept > 0 {
        eprintln!(
            "kept {kept}: incidents that are not closed, warnings in force or held alerts rest on them"
        );
    }
    let named_kept = named.iter().any(|id| needed.contains(id));
    Ok(Answer::from_bool(unknown == 0 && !named_kept))
}

/// Items that still have their bytes and were taken in before `before`.
fn older(items: &Items, before: Timestamp) -> anyhow::Result<Vec<ItemId>> {
    let (mut found, mut after) = (Vec::new(), 0);
    loop {
        let page = items.list(after, PAGE)?;
        let Some(last) = page.last() else { return Ok(found) };
        after = last.n;
        found
            .extend(page.iter().filter(|item| item.erased.is_none() && item.at < before).map(|item| item.id));
    }
}

/// What decisions that are still open rest on.
fn needed(state: &State) -> BTreeSet<ItemId> {
    let in_force = |id| state.warnings.get(id).is_some_and(|warning| warning.in_force().is_some());
    let open = state.incidents.values().filter(|i| i.is_live() || i.warnings.iter().any(in_force));
    let members = open.flat_map(|incident| &incident.members).filter_map(|member| match &member.id {
        MemberId::Alert(key) => state.alerts.get(key).map(|kept| &kept.alert.item),
        MemberId::Signal(id) => state.signals.get(id).and_then(|kept| kept.signal.item.as_ref()),
    });
    let held = state.alerts.values().filter(|kept| matches!(kept.fate, Fate::Held { .. }));
    let held = held.map(|kept| &kept.alert.item);
    members.chain(held).filter_map(|item| ItemId::parse(item.as_str())).collect()
}
