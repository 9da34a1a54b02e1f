//! `beaconfire journal`: proves the chain, tells an incident's story, exports records.

use super::{Answer, print};
use anyhow::{Context as _, bail};
use beaconfire_core::record;
use beaconfire_core::story::Teller;
use beaconfire_core::{IncidentId, JobKey, Record};
use beaconfire_store::journal::Verifier;
use beaconfire_store::{ITEMS_FILE, ItemId, Items, JOURNAL_FILE, JournalBackend as _, SqliteJournal};
use std::path::{Path, PathBuf};

/// Proves the journal, tells the story of an incident, exports the records; also while a server uses the folder.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:
  beaconfire journal verify --data /var/lib/beaconfire")]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Recomputes the chain and holds it against head, checkpoints and items; says what was checked.
    #[command(after_help = "\
Exit status: 0 all that was looked at holds; 1 something does not; 2 it could not be looked at.

Example:
  beaconfire journal verify --data DIR --key 5f3c…")]
    Verify {
        /// The data folder.
        #[arg(long, value_name = "DIR")]
        data: PathBuf,
        /// A public key that must have signed the checkpoints, hexadecimal; may be given several times.
        #[arg(long = "key", value_name = "HEX", value_parser = parse_key)]
        keys: Vec<Vec<u8>>,
    },
    /// Tells in plain words what was observed, who decided what and when, and what each outlet answered and held.
    #[command(after_help = "\
Without an incident it lists them all.

Example:
  beaconfire journal show inc-1a2b3c4d5e --data DIR")]
    Show {
        /// The incident's id.
        incident: Option<String>,
        /// The data folder.
        #[arg(long, value_name = "DIR")]
        data: PathBuf,
    },
    /// Writes every record as one JSON object a line.
    #[command(after_help = "\
Example:
  beaconfire journal export --data DIR > journal.ndjson")]
    Export {
        /// The data folder.
        #[arg(long, value_name = "DIR")]
        data: PathBuf,
    },
}

impl Args {
    pub(super) fn run(self) -> anyhow::Result<Answer> {
        match self.command {
            Command::Verify { data, keys } => verify(&data, &keys),
            Command::Show { incident: Some(incident), data } => show(&data, &incident.into()),
            Command::Show { incident: None, data } => list(&data),
            Command::Export { data } => export(&data),
        }
    }
}

/// A raw Ed25519 public key in hexadecimal.
pub(super) fn parse_key(text: &str) -> Result<Vec<u8>, String> {
    beaconfire_store::parse_hex32(text)
        .map(|key| key.to_vec())
        .ok_or_else(|| "write the 64 hexadecimal digits of an Ed25519 public key".to_owned())
}

fn open(data: &Path) -> anyhow::Result<SqliteJournal> {
    let path = data.join(JOURNAL_FILE);
    if !path.is_file() {
        bail!("find a journal in {}: check --data", data.display());
    }
    Ok(SqliteJournal::open_read_only(&path)?)
}

/// The state that a data folder's journal folds to.
pub(super) fn state(data: &Path) -> anyhow::Result<beaconfire_core::State> {
    Ok(fold(&open(data)?, |_, _| Ok(()))?.state().clone())
}

fn items(data: &Path) -> anyhow::Result<Option<Items>> {
    let path = data.join(ITEMS_FILE);
    Ok(if path.is_file() { Some(Items::open_read_only(&path)?) } else { None })
}

fn verify(data: &Path, keys: &[Vec<u8>]) -> anyhow::Result<Answer> {
    let journal = open(data)?;
    let items = items(data)?;
    let mut verifier = Verifier::new(&journal).keys(keys).references(|kept| {
        // A record that cannot be understood is found below; here it cites nothing.
        record::decode(&kept.kind, kept.version, &kept.body).map(|record| cited(&record)).unwrap_or_default()
    });
    if let Some(items) = &items {
        verifier = verifier.items(items);
    }
    let verdict = verifier.run()?;
    print(&format!("journal {}, marked {}\n{verdict}", data.display(), journal.mode().as_str()))?;
    let mut holds = verdict.holds();
    if verdict.broken.is_none() {
        match fold(&journal, |_, _| Ok(())) {
            Ok(teller) => print(&format!(
                "the state folds: {} incidents, {} warnings, {} deliveries\n",
                teller.state().incidents.len(),
                teller.state().warnings.len(),
                teller.state().jobs.len()
            ))?,
            Err(error) => {
                print(&format!("THE STATE DOES NOT FOLD: {error:#}\n"))?;
                holds = false;
            }
        }
    }
    if items.is_none() {
        print("there are no items beside it: original bytes were not checked\n")?;
    }
    Ok(Answer::from_bool(holds))
}

/// The items that a record rests on.
fn cited(record: &Record) -> Vec<ItemId> {
    use beaconfire_core::Fact;
    let item = match &record.fact {
        Fact::ItemTaken { item, .. } | Fact::SeenElsewhere { item, .. } => Some(item),
        Fact::SignalRaised { signal, .. } => signal.item.as_ref(),
        Fact::AlertTaken { alert, .. } => Some(&alert.item),
        _ => None,
    };
    item.and_then(|item| ItemId::parse(item.as_str())).into_iter().collect()
}

/// Records read at a time.
const PAGE: usize = 512;

/// Folds all records; `each` sees every one as it is kept.
fn fold(
    journal: &SqliteJournal,
    mut each: impl FnMut(&beaconfire_store::Record, &Record) -> anyhow::Result<()>,
) -> anyhow::Result<Teller> {
    let mut teller = Teller::default();
    let mut next = 1;
    loop {
        let page = journal.read(next, PAGE)?;
        let Some(last) = page.last() else { return Ok(teller) };
        next = last.seq + 1;
        for kept in &page {
            let record = record::decode(&kept.kind, kept.version, &kept.body)
                .with_context(|| format!("understand record {}", kept.seq))?;
            each(kept, &record)?;
            teller.hear(&record);
        }
    }
}

fn list(data: &Path) -> anyhow::Result<Answer> {
    let teller = fold(&open(data)?, |_, _| Ok(()))?;
    for incident in teller.state().incidents.values() {
        let level = incident.level().map_or("ended", |level| level.word());
        let (id, hazard, title) = (&incident.id, &incident.hazard, &incident.title);
        print(&format!("{id}\t{}\t{hazard}\t{level}\t{title}\n", incident.first_signal_at))?;
    }
    Ok(Answer::Yes)
}

fn show(data: &Path, incident: &IncidentId) -> anyhow::Result<Answer> {
    let teller = fold(&open(data)?, |_, _| Ok(()))?;
    let Some(found) = teller.state().incidents.get(incident) else {
        eprintln!("there is no incident {incident}; `beaconfire journal show --data DIR` lists them");
        return Ok(Answer::No);
    };
    print(&format!("{incident}: {} ({}, {})\n", found.title, found.hazard, found.zone))?;
    for line in teller.story(incident) {
        print(&format!("{}  {}\n", line.at, line.words))?;
    }
    let jobs: Vec<&JobKey> =
        teller.state().jobs.iter().filter(|(_, job)| &job.incident == incident).map(|(key, _)| key).collect();
    let Some(items) = items(data)? else { return Ok(Answer::Yes) };
    if !jobs.is_empty() {
        print("\nwhat the outlets answered\n")?;
    }
    let with_receipts = jobs.into_iter().map(|key| Ok((items.receipts(&key.to_string())?, key)));
    let mut answered: Vec<(Vec<_>, &JobKey)> = with_receipts.collect::<anyhow::Result<_>>()?;
    answered.sort_by_key(|(receipts, _)| receipts.first().map(|receipt| receipt.at));
    for (receipts, key) in answered {
        print(&format!("{} to {}\n", key.message, key.channel))?;
        for receipt in receipts {
            let answer = String::from_utf8_lossy(&receipt.answer);
            let answer: String = answer.chars().take(200).collect();
            let answer = if answer.is_empty() { answer } else { format!(": {answer}") };
            print(&format!("  {}  attempt {}: {}{answer}\n", receipt.at, receipt.attempt, receipt.words))?;
        }
    }
    Ok(Answer::Yes)
}

fn export(data: &Path) -> anyhow::Result<Answer> {
    fold(&open(data)?, |kept, record| {
        let line = serde_json::json!({
            "seq": kept.seq,
            "at": kept.at,
            "kind": kept.kind,
            "version": kept.version,
            "subject": kept.subject,
            "subject_version": kept.subject_version,
            "record": record,
            "prev": beaconfire_store::hex(&kept.prev),
            "hash": beaconfire_store::hex(&kept.hash),
        });
        print(&format!("{line}\n"))
    })?;
    Ok(Answer::Yes)
}
