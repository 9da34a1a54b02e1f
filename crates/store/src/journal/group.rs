//! Many submitters, one writer: whatever is waiting goes into one durable transaction.
//!
//! A disk makes a few hundred writes durable a second, however small. The writer thread takes all
//! submissions that wait, in order, appends them in one transaction, and answers each when the
//! disk has it. A conflict fails its own submission alone.

use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, sync_channel};
use std::thread::JoinHandle;

use super::{AppendError, JournalBackend, NewRecord, Outcome};
use crate::error::StoreError;

/// Submissions that may wait before the next submitter has to.
const QUEUE: usize = 1024;
/// Records and bytes after which a transaction takes no further submission.
const GROUP_RECORDS: usize = 4096;
const GROUP_BYTES: usize = 16 << 20;

/// One transaction that the disk has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Durable {
    /// Place of the transaction's first record.
    pub first_seq: u64,
    /// Place of its last record.
    pub last_seq: u64,
    /// The journal's head hash after it.
    pub head: [u8; 32],
    /// How many submissions it holds.
    pub submissions: usize,
}

type Answer = Box<dyn FnOnce(Outcome) + Send>;
type Work = Box<dyn FnOnce(&mut dyn JournalBackend) + Send>;

enum Job {
    Append(Vec<NewRecord>, Answer),
    Work(Work),
}

struct Waiting {
    records: Vec<NewRecord>,
    answer: Answer,
}

/// The writer thread and the way to it. Share it in an `Arc`; dropping it ends the thread after
/// everything submitted is written.
#[derive(Debug)]
pub struct GroupCommit {
    sender: Option<SyncSender<Job>>,
    thread: Option<JoinHandle<Box<dyn JournalBackend>>>,
}

impl GroupCommit {
    /// Starts the writer. `on_durable` is told of each transaction, on the writer's thread, before
    /// the submitters are answered; it must be quick, must not submit and
    /// must not panic; nor may any `answer` or `work` below.
    pub fn start(
        journal: Box<dyn JournalBackend>,
        on_durable: impl FnMut(&Durable) + Send + 'static,
    ) -> Result<Self, StoreError> {
        let (sender, receiver) = sync_channel(QUEUE);
        let thread = std::thread::Builder::new()
            .name("journal".to_owned())
            .spawn(move || write_all(journal, &receiver, on_durable))
            .map_err(|error| StoreError::io("the journal's writer thread", error))?;
        Ok(Self { sender: Some(sender), thread: Some(thread) })
    }

    /// Appends and waits until it is durable. Submissions of one caller keep their order.
    pub fn submit(&self, records: Vec<NewRecord>) -> Outcome {
        let (answer, answered) = sync_channel(1);
        self.submit_then(records, move |outcome| {
            // A submitter that is gone needs no answer.
            let _ = answer.send(outcome);
        });
        answered.recv().unwrap_or(Err(AppendError::Closed))
    }

    /// Appends, and calls `answer` on the writer's thread when it is durable or refused. Waits
    /// only while the queue is full.
    pub fn submit_then(&self, records: Vec<NewRecord>, answer: impl FnOnce(Outcome) + Send + 'static) {
        self.send(Job::Append(records, Box::new(answer)));
    }

    /// Runs `work` on the journal, after everything submitted before and before everything after.
    /// `None` when the writer has ended.
    pub fn with_journal<R: Send + 'static>(
        &self,
        work: impl FnOnce(&mut dyn JournalBackend) -> R + Send + 'static,
    ) -> Option<R> {
        let (answer, answered) = sync_channel(1);
        self.send(Job::Work(Box::new(move |journal| {
            let _ = answer.send(work(journal));
        })));
        answered.recv().ok()
    }

    /// Writes what waits, ends the thread and gives the journal back.
    pub fn close(mut self) -> Option<Box<dyn JournalBackend>> {
        self.sender = None;
        self.thread.take()?.join().ok()
    }

    fn send(&self, job: Job) {
        let unsent = match &self.sender {
            Some(sender) => sender.send(job).map_err(|error| error.0),
            None => Err(job),
        };
        if let Err(Job::Append(_, answer)) = unsent {
            answer(Err(AppendError::Closed));
        }
    }
}

impl Drop for GroupCommit {
    fn drop(&mut self) {
        self.sender = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn write_all(
    mut journal: Box<dyn JournalBackend>,
    receiver: &Receiver<Job>,
    mut on_durable: impl FnMut(&Durable),
) -> Box<dyn JournalBackend> {
    while let Ok(first) = receiver.recv() {
        let mut next = Some(first);
        while let Some(job) = next.take() {
            match job {
                Job::Work(work) => work(journal.as_mut()),
                Job::Append(records, answer) => {
                    let (group, left) = gather(Waiting { records, answer }, receiver);
                    write_group(journal.as_mut(), group, &mut on_durable);
                    next = left;
                }
            }
        }
    }
    journal
}

/// Takes what waits, up to the limits; also gives back the first job that does not belong.
fn gather(first: Waiting, receiver: &Receiver<Job>) -> (Vec<Waiting>, Option<Job>) {
    let mut records = first.records.len();
    let mut bytes = size(&first.records);
    let mut group = vec![first];
    while records < GROUP_RECORDS && bytes < GROUP_BYTES {
        match receiver.try_recv() {
            Ok(Job::Append(more, answer)) => {
                records += more.len();
                bytes += size(&more);
                group.push(Waiting { records: more, answer });
            }
            Ok(other) => return (group, Some(other)),
            Err(TryRecvError::Empty | TryRecvError::Disconnected) => break,
        }
    }
    (group, None)
}

fn size(records: &[NewRecord]) -> usize {
    records.iter().map(|record| record.body.len()).sum()
}

fn write_group(journal: &mut dyn JournalBackend, group: Vec<Waiting>, on_durable: &mut impl FnMut(&Durable)) {
    let submissions: Vec<&[NewRecord]> = group.iter().map(|waiting| waiting.records.as_slice()).collect();
    let outcomes = journal.append_groups(&submissions);
    let kept: Vec<_> = outcomes.iter().filter_map(|outcome| outcome.as_ref().ok()).collect();
    if let (Some(first), Some(last)) = (kept.first(), kept.last()) {
        on_durable(&Durable {
            first_seq: first.first_seq,
            last_seq: last.last_seq,
            head: last.head,
            submissions: kept.len(),
        });
    }
    for (waiting, outcome) in group.into_iter().zip(outcomes) {
        (waiting.answer)(outcome);
    }
}
