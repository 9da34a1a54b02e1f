//! Work on many things by all cores, its results taken in the order of the things.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

/// How many threads work where nothing else is asked for.
pub(super) fn cores() -> NonZeroUsize {
    thread::available_parallelism().unwrap_or(NonZeroUsize::MIN)
}

/// How far the work may run ahead of the taking, for each thread: what is done and waits is held in memory.
const AHEAD: usize = 16;

/// Results that wait to be taken.
struct Done<R> {
    waiting: BTreeMap<usize, R>,
    taken: usize,
    /// Nothing more is taken, or a thread broke off.
    over: bool,
}

struct Desk<R> {
    done: Mutex<Done<R>>,
    moved: Condvar,
}

impl<R> Desk<R> {
    fn done(&self) -> MutexGuard<'_, Done<R>> {
        self.done.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait<'a>(&self, done: MutexGuard<'a, Done<R>>) -> MutexGuard<'a, Done<R>> {
        self.moved.wait(done).unwrap_or_else(PoisonError::into_inner)
    }

    fn close(&self) {
        self.done().over = true;
        self.moved.notify_all();
    }

    /// Lays a result down where it is not too far ahead; false where nothing more is wanted.
    fn lay(&self, at: usize, result: R, ahead: usize) -> bool {
        let mut done = self.done();
        while !done.over && at >= done.taken + ahead {
            done = self.wait(done);
        }
        if done.over {
            return false;
        }
        done.waiting.insert(at, result);
        self.moved.notify_all();
        true
    }

    /// The result of this place; none where a thread broke off.
    fn take(&self, at: usize) -> Option<R> {
        let mut done = self.done();
        loop {
            if let Some(result) = done.waiting.remove(&at) {
                done.taken = at + 1;
                self.moved.notify_all();
                return Some(result);
            }
            if done.over {
                return None;
            }
            done = self.wait(done);
        }
    }
}

/// Closes the desk when a thread is left in any way but by running out of work.
struct OnDuty<'a, R> {
    desk: &'a Desk<R>,
    finished: bool,
}

impl<R> Drop for OnDuty<'_, R> {
    fn drop(&mut self) {
        if !self.finished {
            self.desk.close();
        }
    }
}

/// Works on every item by so many threads, and gives the results to `take` in the order of the items, on this thread.
///
/// # Errors
/// The first that `take` gives; then no more is worked on.
pub(super) fn in_order<T: Sync, R: Send, E>(
    items: &[T],
    jobs: NonZeroUsize,
    work: impl Fn(&T) -> R + Sync,
    mut take: impl FnMut(&T, R) -> Result<(), E>,
) -> Result<(), E> {
    let jobs = jobs.get().min(items.len());
    if jobs <= 1 {
        return items.iter().try_for_each(|item| take(item, work(item)));
    }
    let desk = Desk {
        done: Mutex::new(Done { waiting: BTreeMap::new(), taken: 0, over: false }),
        moved: Condvar::new(),
    };
    let next = AtomicUsize::new(0);
    thread::scope(|scope| {
        for _ in 0..jobs {
            scope.spawn(|| {
                let mut duty = OnDuty { desk: &desk, finished: false };
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    let wanted = items.get(at).is_some_and(|item| desk.lay(at, work(item), AHEAD * jobs));
                    if !wanted {
                        duty.finished = true;
                        return;
                    }
                }
            });
        }
        // So that nobody waits where `take` is left by a panic.
        let _closing = OnDuty { desk: &desk, finished: false };
        for (at, item) in items.iter().enumerate() {
            // Where a thread broke off, the scope passes its panic on.
            let Some(result) = desk.take(at) else { break };
            take(item, result)?;
        }
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn threads(jobs: usize) -> NonZeroUsize {
        NonZeroUsize::new(jobs).expect("some")
    }

    #[test]
    fn results_come_in_order_though_the_first_are_slow() {
        let items: Vec<usize> = (0..500).collect();
        for jobs in [1, 2, 7] {
            let mut got = Vec::new();
            let work = |item: &usize| {
                if item.is_multiple_of(50) {
                    thread::sleep(std::time::Duration::from_millis(3));
                }
                item * item
            };
            let taken = in_order(&items, threads(jobs), work, |item, result| {
                got.push((*item, result));
                Ok::<(), ()>(())
            });
            assert_eq!(taken, Ok(()));
            assert!(got.iter().enumerate().all(|(at, (item, result))| *item == at && *result == at * at));
            assert_eq!(got.len(), items.len());
        }
    }

    #[test]
    fn an_error_ends_the_work() {
        let items: Vec<usize> = (0..10_000).collect();
        let worked = AtomicUsize::new(0);
        let work = |item: &usize| {
            worked.fetch_add(1, Ordering::Relaxed);
            *item
        };
        let take = |_: &usize, result| if result == 3 { Err(result) } else { Ok(()) };
        assert_eq!(in_order(&items, threads(4), work, take), Err(3));
        assert!(worked.load(Ordering::Relaxed) < 200);
    }

    #[test]
    #[should_panic(expected = "a scoped thread panicked")]
    fn a_panic_is_passed_on_and_nobody_waits_for_ever() {
        let work = |item: &usize| assert!(*item != 40, "broke off");
        let _ = in_order(&(0..100).collect::<Vec<_>>(), threads(3), work, |_, ()| Ok::<(), ()>(()));
    }
}
