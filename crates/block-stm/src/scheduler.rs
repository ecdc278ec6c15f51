//! Who does what next: the paper's collaborative scheduler.
//!
//! Two counters run over the block, one for runs and one for checks. A thread takes the lower one,
//! and whatever makes an earlier transaction's run or check necessary again sets a counter back.

use crate::{
    memory::Version,
    sync::{AtomicBool, AtomicUsize, Mutex, Ordering},
};
use std::ops::Deref;

/// What a thread is to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Task {
    /// To run a transaction.
    Run(Version),
    /// To check what a run has read.
    Check(Version),
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Stage {
    #[default]
    Ready,
    Executing,
    Executed,
    /// It waits for another one, or its writes are being marked as estimates.
    Aborting,
}

#[derive(Debug, Default)]
struct Status {
    run: u32,
    stage: Stage,
}

/// Who does what next.
#[derive(Debug)]
pub struct Scheduler {
    next_run: Counter,
    next_check: Counter,
    /// How often a counter was set back.
    set_back: Counter,
    /// Tasks under way.
    active: Counter,
    done: AtomicBool,
    places: Vec<Place>,
}

/// On a cache line of its own: all threads write to it.
#[derive(Debug, Default)]
#[repr(align(64))]
struct Counter(AtomicUsize);

impl Deref for Counter {
    type Target = AtomicUsize;

    fn deref(&self) -> &AtomicUsize {
        &self.0
    }
}

/// A transaction, on a cache line of its own: its neighbours run on other threads.
#[derive(Debug, Default)]
#[repr(align(64))]
struct Place {
    status: Mutex<Status>,
    /// Those that wait for it.
    waiting: Mutex<Vec<usize>>,
}

impl Scheduler {
    /// For so many transactions.
    pub fn new(transactions: usize) -> Self {
        Self {
            next_run: Counter::default(),
            next_check: Counter::default(),
            set_back: Counter::default(),
            active: Counter::default(),
            done: AtomicBool::new(transactions == 0),
            places: (0..transactions).map(|_| Place::default()).collect(),
        }
    }

    /// Whether every transaction has run and holds, or the rest was given up.
    pub fn is_done(&self) -> bool {
        self.done.load(Ordering::SeqCst)
    }

    /// Gives out no more tasks.
    pub fn give_up(&self) {
        self.done.store(true, Ordering::SeqCst);
    }

    /// How far the first runs have come.
    pub fn begun(&self) -> usize {
        self.next_run.load(Ordering::Relaxed).min(self.places.len())
    }

    /// A task, if there is one just now.
    pub fn next(&self) -> Option<Task> {
        if self.next_check.load(Ordering::SeqCst) < self.next_run.load(Ordering::SeqCst) {
            self.next_to_check().map(Task::Check)
        } else {
            self.next_to_run().map(Task::Run)
        }
    }

    /// Whether a counter is not at its end, so that to ask again may give a task though nothing
    /// else has happened.
    pub fn has_next(&self) -> bool {
        let end = self.places.len();
        self.next_run.load(Ordering::SeqCst) < end || self.next_check.load(Ordering::SeqCst) < end
    }

    fn next_to_run(&self) -> Option<Version> {
        let transaction = self.claim(&self.next_run)?;
        self.begin(transaction)
    }

    fn next_to_check(&self) -> Option<Version> {
        let transaction = self.claim(&self.next_check)?;
        if let Some(place) = self.places.get(transaction) {
            let status = place.status.lock();
            if status.stage == Stage::Executed {
                return Some(Version::new(transaction, status.run));
            }
        }
        self.finished();
        None
    }

    /// Counts on. While its task lasts, the block is not done.
    fn claim(&self, counter: &AtomicUsize) -> Option<usize> {
        if counter.load(Ordering::SeqCst) >= self.places.len() {
            self.look_whether_done();
            return None;
        }
        self.active.fetch_add(1, Ordering::SeqCst);
        Some(counter.fetch_add(1, Ordering::SeqCst))
    }

    /// Begins a transaction's run unless another thread has. Ends the task otherwise.
    fn begin(&self, transaction: usize) -> Option<Version> {
        if let Some(place) = self.places.get(transaction) {
            let mut status = place.status.lock();
            if status.stage == Stage::Ready {
                status.stage = Stage::Executing;
                return Some(Version::new(transaction, status.run));
            }
        }
        self.finished();
        None
    }

    fn look_whether_done(&self) {
        let set_back = self.set_back.load(Ordering::SeqCst);
        let end = self.places.len();
        if self.next_run.load(Ordering::SeqCst) >= end
            && self.next_check.load(Ordering::SeqCst) >= end
            && self.active.load(Ordering::SeqCst) == 0
            && self.set_back.load(Ordering::SeqCst) == set_back
        {
            self.done.store(true, Ordering::SeqCst);
        }
    }

    fn finished(&self) {
        self.active.fetch_sub(1, Ordering::SeqCst);
    }

    fn set_back(&self, counter: &AtomicUsize, to: usize) {
        counter.fetch_min(to, Ordering::SeqCst);
        self.set_back.fetch_add(1, Ordering::SeqCst);
    }

    /// Ends a run's task until an earlier transaction has run. False when that has by now.
    pub fn wait_for(&self, transaction: usize, earlier: usize) -> bool {
        let places = (self.places.get(earlier), self.places.get(transaction));
        let (Some(theirs), Some(ours)) = places else {
            return false;
        };
        {
            // Held while looking, so that the other one cannot end in between.
            let mut waiting = theirs.waiting.lock();
            if theirs.status.lock().stage == Stage::Executed {
                return false;
            }
            ours.status.lock().stage = Stage::Aborting;
            waiting.push(transaction);
        }
        self.finished();
        true
    }

    /// Ends a run. `anew` when it wrote where its transaction had not: later ones that were
    /// checked before must be checked again. The caller may get its check as the next task.
    pub fn executed(&self, version: Version, anew: bool) -> Option<Task> {
        let transaction = version.transaction();
        if let Some(place) = self.places.get(transaction) {
            place.status.lock().stage = Stage::Executed;
            let waiting = std::mem::take(&mut *place.waiting.lock());
            for later in &waiting {
                self.ready_again(*later);
            }
            if let Some(first) = waiting.iter().min() {
                self.set_back(&self.next_run, *first);
            }
        }
        if self.next_check.load(Ordering::SeqCst) > transaction {
            if !anew {
                return Some(Task::Check(version));
            }
            self.set_back(&self.next_check, transaction);
        }
        self.finished();
        None
    }

    /// Whether this thread may take back a run that does not hold: the first to ask.
    pub fn try_take_back(&self, version: Version) -> bool {
        let Some(place) = self.places.get(version.transaction()) else {
            return false;
        };
        let mut status = place.status.lock();
        let first = status.stage == Stage::Executed && status.run == version.run;
        if first {
            status.stage = Stage::Aborting;
        }
        first
    }

    /// Ends a check. A transaction whose run was taken back runs again, at once if it may.
    pub fn checked(&self, version: Version, taken_back: bool) -> Option<Task> {
        let transaction = version.transaction();
        if taken_back {
            self.ready_again(transaction);
            self.set_back(&self.next_check, transaction.saturating_add(1));
            if self.next_run.load(Ordering::SeqCst) > transaction {
                return self.begin(transaction).map(Task::Run);
            }
        }
        self.finished();
        None
    }

    fn ready_again(&self, transaction: usize) {
        if let Some(place) = self.places.get(transaction) {
            let mut status = place.status.lock();
            status.run = status.run.saturating_add(1);
            status.stage = Stage::Ready;
        }
    }
}
