//! Proves a journal: recomputes the chain from its beginning and holds it against the head row,
//! the signed checkpoints and the items.
//!
//! What it finds: any changed byte of a record, a record removed, inserted or out of order, a
//! journal cut off at its end (the head row and every checkpoint beyond the cut still know the
//! longer one). Whoever can rewrite the whole file and holds no signing key cannot forge a
//! checkpoint; one who also deletes the checkpoints is found by comparing with a head that was
//! kept elsewhere, such as in a backup's manifest.

use std::collections::HashMap;
use std::fmt;

use super::chain::stored_hash;
use super::{Checkpoint, Head, JournalBackend, Record, checkpoint_message, genesis};
use crate::encode::hex;
use crate::error::StoreError;
use crate::items::{Item, ItemId, Items};
use crate::signer::signature_holds;

const PAGE: usize = 512;

/// The first place where the chain does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Break {
    /// The record at which it shows.
    pub seq: u64,
    /// What was found, in words.
    pub what: String,
}

/// What became of the items.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ItemsVerdict {
    /// Held, and their bytes have their hash.
    pub held: u64,
    /// Erased by policy, hash held.
    pub erased: u64,
    /// What is wrong, in words.
    pub wrong: Vec<String>,
}

/// The answer of [`verify`]. Shows itself as words for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// Records that hold, from the first on.
    pub records: u64,
    /// The last of them.
    pub head: Head,
    /// Checkpoints whose signature and place hold.
    pub checkpoints: u64,
    /// Whether every signature was held against a given key, and not only against its own.
    pub anchored: bool,
    /// The first broken record.
    pub broken: Option<Break>,
    /// What else is wrong: checkpoints, the head row, the file.
    pub wrong: Vec<String>,
    /// The items, where they were given.
    pub items: Option<ItemsVerdict>,
}

impl Verdict {
    /// Whether all that was looked at holds.
    pub fn holds(&self) -> bool {
        self.broken.is_none()
            && self.wrong.is_empty()
            && self.items.as_ref().is_none_or(|items| items.wrong.is_empty())
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.holds() {
            writeln!(f, "the chain holds: {} records, head {}", self.records, hex(&self.head.hash))?;
        } else {
            writeln!(f, "THE CHAIN IS BROKEN")?;
        }
        if let Some(broken) = &self.broken {
            writeln!(f, "record {}: {}", broken.seq, broken.what)?;
            writeln!(f, "{} records before it hold", self.records)?;
        }
        for line in &self.wrong {
            writeln!(f, "{line}")?;
        }
        let keys = if self.anchored { "by a given key" } else { "by a key of its own, none was given" };
        match self.checkpoints {
            0 => writeln!(f, "no checkpoint was signed, so a cut at the end shows only in the head row")?,
            count => writeln!(f, "{count} checkpoints hold, signed {keys}")?,
        }
        let Some(items) = &self.items else { return Ok(()) };
        writeln!(f, "{} items held, {} erased by policy, hash held", items.held, items.erased)?;
        items.wrong.iter().try_for_each(|line| writeln!(f, "{line}"))
    }
}

/// Proves a journal, with its items where they are given, against these Ed25519 public keys. With
/// no keys a signature is held against the key it carries, which proves integrity only.
pub fn verify(
    journal: &dyn JournalBackend,
    items: Option<&Items>,
    keys: &[Vec<u8>],
) -> Result<Verdict, StoreError> {
    let mut verifier = Verifier::new(journal).keys(keys);
    verifier.items = items;
    verifier.run()
}

type References<'a> = Box<dyn Fn(&Record) -> Vec<ItemId> + 'a>;

/// [`verify`] with everything that can be set.
pub struct Verifier<'a> {
    journal: &'a dyn JournalBackend,
    items: Option<&'a Items>,
    keys: Vec<Vec<u8>>,
    references: Option<References<'a>>,
}

impl fmt::Debug for Verifier<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verifier").field("keys", &self.keys.len()).finish_non_exhaustive()
    }
}

impl<'a> Verifier<'a> {
    /// Will prove this journal.
    pub fn new(journal: &'a dyn JournalBackend) -> Self {
        Self { journal, items: None, keys: Vec::new(), references: None }
    }

    /// Also proves these items.
    pub fn items(mut self, items: &'a Items) -> Self {
        self.items = Some(items);
        self
    }

    /// Holds signatures against these raw Ed25519 public keys.
    pub fn keys(mut self, keys: &[Vec<u8>]) -> Self {
        self.keys = keys.to_vec();
        self
    }

    /// Which items a record cites, so that one that is neither held nor marked as erased is found.
    pub fn references(mut self, references: impl Fn(&Record) -> Vec<ItemId> + 'a) -> Self {
        self.references = Some(Box::new(references));
        self
    }

    /// Does it. An error means that it could not be looked at, not that it is broken.
    pub fn run(self) -> Result<Verdict, StoreError> {
        let start = genesis(self.journal.mode(), &self.journal.journal_id());
        let mut verdict = Verdict {
            records: 0,
            head: Head { seq: 0, hash: start },
            checkpoints: 0,
            anchored: !self.keys.is_empty(),
            broken: None,
            wrong: Vec::new(),
            items: self.items.map(|_| ItemsVerdict::default()),
        };
        let checkpoints = self.read_checkpoints(&mut verdict)?;
        check_checkpoints(&mut verdict, &checkpoints);
        let mut versions = HashMap::new();
        // A running writer may append between the last page and the reading of the head row.
        loop {
            let before = verdict.records;
            self.walk_records(&mut verdict, &checkpoints, &mut versions)?;
            if verdict.broken.is_some() || self.head_reached(&mut verdict, before)? {
                break;
            }
        }
        check_cut(&mut verdict, &checkpoints);
        self.check_items(&mut verdict)?;
        match self.journal.integrity() {
            Ok(found) => verdict.wrong.extend(found.into_iter().map(|line| format!("file: {line}"))),
            Err(StoreError::Damaged { reason, .. }) => verdict.wrong.push(format!("file: {reason}")),
            Err(error) => return Err(error),
        }
        Ok(verdict)
    }

    /// Checks signatures; those that hold, by place.
    fn read_checkpoints(&self, verdict: &mut Verdict) -> Result<HashMap<u64, Vec<Checkpoint>>, StoreError> {
        let found = match self.journal.checkpoints() {
            Err(StoreError::Damaged { reason, .. }) => {
                verdict.wrong.push(format!("the checkpoints cannot be read: {reason}"));
                Vec::new()
            }
            other => other?,
        };
        let mut by_seq: HashMap<u64, Vec<Checkpoint>> = HashMap::new();
        for checkpoint in found {
            let Checkpoint { seq, hash, at, public_key, signature } = &checkpoint;
            let message = checkpoint_message(&self.journal.journal_id(), *seq, hash, *at);
            if !self.keys.is_empty() && !self.keys.contains(public_key) {
                verdict.wrong.push(format!(
                    "the checkpoint at record {seq} is signed by the key {}, which is none of the given",
                    hex(public_key)
                ));
            } else if signature_holds(public_key, &message, signature) {
                by_seq.entry(*seq).or_default().push(checkpoint);
            } else {
                verdict.wrong.push(format!("the signature of the checkpoint at record {seq} is broken"));
            }
        }
        Ok(by_seq)
    }

    fn walk_records(
        &self,
        verdict: &mut Verdict,
        checkpoints: &HashMap<u64, Vec<Checkpoint>>,
        versions: &mut HashMap<String, u64>,
    ) -> Result<(), StoreError> {
        loop {
            let next = verdict.head.seq + 1;
            let page = match self.page(next) {
                Err(StoreError::Damaged { reason, .. }) => {
                    verdict.broken = Some(Break { seq: next, what: format!("it cannot be read ({reason})") });
                    return Ok(());
                }
                other => other?,
            };
            if page.is_empty() {
                return Ok(());
            }
            for record in page {
                if let Some(what) = fault_of(&record, &verdict.head, versions) {
                    verdict.broken = Some(Break { seq: verdict.head.seq + 1, what });
                    return Ok(());
                }
                verdict.head = Head { seq: record.seq, hash: record.hash };
                verdict.records += 1;
                check_checkpoints(verdict, checkpoints);
                self.check_references(verdict, &record)?;
                if let Some(subject) = record.subject {
                    versions.insert(subject, record.subject_version);
                }
            }
        }
    }

    /// The next records; where a page cannot be read, one alone, so that the break is named exactly.
    fn page(&self, from: u64) -> Result<Vec<Record>, StoreError> {
        match self.journal.read(from, PAGE) {
            Err(StoreError::Damaged { .. }) => self.journal.read(from, 1),
            other => other,
        }
    }

    fn check_references(&self, verdict: &mut Verdict, record: &Record) -> Result<(), StoreError> {
        let (Some(items), Some(references)) = (self.items, &self.references) else { return Ok(()) };
        for id in references(record) {
            let known = items.item(&id)?.is_some();
            if let (false, Some(found)) = (known, &mut verdict.items) {
                let line = format!(
                    "record {} cites item {id}, which is neither held nor marked as erased",
                    record.seq
                );
                found.wrong.push(line);
            }
        }
        Ok(())
    }

    /// Holds where the walk ended against the head row; false where there is more to walk.
    fn head_reached(&self, verdict: &mut Verdict, before: u64) -> Result<bool, StoreError> {
        let head = match self.journal.head() {
            Err(StoreError::Damaged { reason, .. }) => {
                verdict.wrong.push(format!("the head row cannot be read: {reason}"));
                return Ok(true);
            }
            other => other?,
        };
        if head.seq > verdict.head.seq {
            if verdict.records > before {
                return Ok(false);
            }
            verdict.broken = Some(Break {
                seq: verdict.head.seq + 1,
                what: format!(
                    "it is missing, but the head row knows records up to {}: the end was cut off",
                    head.seq
                ),
            });
        } else if head != verdict.head {
            verdict.wrong.push(format!(
                "the head row says record {} with hash {}, the chain ends at record {} with hash {}",
                head.seq,
                hex(&head.hash),
                verdict.head.seq,
                hex(&verdict.head.hash)
            ));
        }
        Ok(true)
    }

    fn check_items(&self, verdict: &mut Verdict) -> Result<(), StoreError> {
        let (Some(items), Some(found)) = (self.items, &mut verdict.items) else { return Ok(()) };
        let mut after = 0;
        loop {
            let page = match items.list(after, PAGE) {
                Err(StoreError::Damaged { reason, .. }) => {
                    found.wrong.push(format!("the items cannot be read: {reason}"));
                    return Ok(());
                }
                other => other?,
            };
            let Some(last) = page.last() else { return Ok(()) };
            after = last.n;
            for item in &page {
                check_item(items, item, found)?;
            }
        }
    }
}

fn check_item(items: &Items, item: &Item, found: &mut ItemsVerdict) -> Result<(), StoreError> {
    let bytes = match items.get(&item.id) {
        Err(StoreError::Damaged { reason, .. }) => {
            found.wrong.push(format!("item {} cannot be read: {reason}", item.id));
            return Ok(());
        }
        other => other?,
    };
    match (bytes, &item.erased) {
        (None, Some(_)) => found.erased += 1,
        (Some(bytes), None) if ItemId::of(&bytes) == item.id => found.held += 1,
        (Some(_), None) => {
            found.wrong.push(format!("item {}: its bytes have another hash", item.id));
        }
        // Erased since the page was read.
        (None, None) if items.item(&item.id)?.is_some_and(|now| now.erased.is_some()) => {
            found.erased += 1;
        }
        (None, None) => found.wrong.push(format!("item {}: its bytes are missing", item.id)),
        (Some(_), Some(_)) => {
            found.wrong.push(format!("item {}: marked as erased, but its bytes are there", item.id));
        }
    }
    Ok(())
}

/// What is wrong with the record that comes after `head`.
fn fault_of(record: &Record, head: &Head, versions: &HashMap<String, u64>) -> Option<String> {
    if record.seq != head.seq + 1 {
        return Some(format!("it is missing; the next is record {}", record.seq));
    }
    if record.prev != head.hash {
        return Some(format!("it does not follow on the record before, whose hash is {}", hex(&head.hash)));
    }
    let computed = stored_hash(record);
    if computed != record.hash {
        let says = hex(&record.hash);
        return Some(format!("its content has the hash {}, it says {says}", hex(&computed)));
    }
    let subject = record.subject.as_ref()?;
    let (last, version) = (versions.get(subject).copied().unwrap_or(0), record.subject_version);
    (version != last + 1).then(|| format!("it is version {version} of {subject}, after version {last}"))
}

/// Holds the checkpoints at the place just reached against the chain.
fn check_checkpoints(verdict: &mut Verdict, checkpoints: &HashMap<u64, Vec<Checkpoint>>) {
    for checkpoint in checkpoints.get(&verdict.head.seq).into_iter().flatten() {
        if checkpoint.hash == verdict.head.hash {
            verdict.checkpoints += 1;
        } else {
            verdict.wrong.push(format!(
                "the signed checkpoint at record {} knows another hash: the records up to it were rewritten",
                checkpoint.seq
            ));
        }
    }
}

/// Checkpoints beyond the end know that there was more.
fn check_cut(verdict: &mut Verdict, checkpoints: &HashMap<u64, Vec<Checkpoint>>) {
    let last = checkpoints.keys().copied().max().unwrap_or(0);
    if verdict.broken.is_none() && last > verdict.head.seq {
        let what =
            format!("it is missing, but a signed checkpoint knows records up to {last}: the end was cut off");
        verdict.broken = Some(Break { seq: verdict.head.seq + 1, what });
    }
}
