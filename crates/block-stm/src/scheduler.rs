//! Who does what next: a collaborative scheduler.
//!
//! Two counters run over the block: one for first runs, and behind it one for checks, which does not
//! pass a transaction that has not run. A run that does not hold sets the second one back, so that
//! whoever comes after is checked again. The first one is never set back: who finds that a
//! transaction has to wait leaves it with the one that it waits for, and whoever ends that one goes
//! on with it.

use crate::{
    memory::Version,
    sync::{AtomicBool, AtomicUsize, Mutex, Ordering},
};
use std::ops::{Deref, Range};

/// Most transactions that a thread checks at a time.
const CHECKS: usize = if cfg!(feature = "model") { 2 } else { 8 };

/// What a thread is to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Task {
    /// To run a transaction.
    Run(Version),
    /// To check what these transactions have read, one after another.
    Check(Range<usize>),
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
    /// How often the checks were set back.
    set_back: Counter,
    /// Threads that check.
    checking: Counter,
    done: AtomicBool,
    places: Vec<Place>,
    /// Transactions that have waited and need not any more, which nobody has gone on with.
    woken: Mutex<Vec<usize>>,
    woken_count: Counter,
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
    /// Whether it is executed, as its status says.
    is_executed: AtomicBool,
    /// Those that wait for it.
    waiting: Mutex<Vec<usize>>,
}

impl Place {
    fn is_executed(&self) -> bool {
        self.is_executed.load(Ordering::SeqCst)
    }
}

impl Scheduler {
    /// For so many transactions.
    pub fn new(transactions: usize) -> Self {
        Self {
            next_run: Counter::default(),
            next_check: Counter::default(),
            set_back: Counter::default(),
            checking: Counter::default(),
            done: AtomicBool::new(transactions == 0),
            places: (0..transactions).map(|_| Place::default()).collect(),
            woken: Mutex::default(),
            woken_count: Counter::default(),
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

    /// How far the checks have come.
    pub fn checked_so_far(&self) -> usize {
        self.next_check.load(Ordering::Relaxed)
    }

    /// A task, if there is one just now.
    pub fn next(&self) -> Option<Task> {
        let woken = self.next_woken().map(Task::Run);
        let check = || self.next_to_check().map(Task::Check);
        let task = woken
            .or_else(check)
            .or_else(|| self.next_to_run().map(Task::Run));
        if task.is_none() {
            self.look_whether_done();
        }
        task
    }

    /// Whether it is worth asking for a task: there is one, or the block may be done.
    pub fn is_worth_asking(&self) -> bool {
        let check = self.next_check.load(Ordering::SeqCst);
        self.woken_count.load(Ordering::SeqCst) > 0
            || self.next_run.load(Ordering::SeqCst) < self.places.len()
            || self.places.get(check).is_none_or(Place::is_executed)
    }

    fn next_woken(&self) -> Option<Version> {
        if self.woken_count.load(Ordering::SeqCst) == 0 {
            return None;
        }
        let transaction = self.woken.lock().pop()?;
        self.woken_count.fetch_sub(1, Ordering::SeqCst);
        self.begin(transaction)
    }

    fn next_to_check(&self) -> Option<Range<usize>> {
        let first = self.next_check.load(Ordering::SeqCst);
        let places = self.places.get(first..).unwrap_or_default();
        let executed = places.iter().take(CHECKS);
        let count = executed.take_while(|place| place.is_executed()).count();
        if count == 0 {
            return None;
        }
        // Before they are claimed: the block is not done as long as somebody checks.
        self.checking.fetch_add(1, Ordering::SeqCst);
        let end = first.saturating_add(count);
        let claimed =
            self.next_check
                .compare_exchange(first, end, Ordering::SeqCst, Ordering::SeqCst);
        if claimed.is_err() {
            self.checking.fetch_sub(1, Ordering::SeqCst);
            return None;
        }
        Some(first..end)
    }

    fn next_to_run(&self) -> Option<Version> {
        if self.next_run.load(Ordering::SeqCst) >= self.places.len() {
            return None;
        }
        self.begin(self.next_run.fetch_add(1, Ordering::SeqCst))
    }

    /// Begins a transaction's run unless another thread has.
    fn begin(&self, transaction: usize) -> Option<Version> {
        let mut status = self.places.get(transaction)?.status.lock();
        if status.stage != Stage::Ready {
            return None;
        }
        status.stage = Stage::Executing;
        Some(Version::new(transaction, status.run))
    }

    fn look_whether_done(&self) {
        let set_back = self.set_back.load(Ordering::SeqCst);
        if self.next_check.load(Ordering::SeqCst) >= self.places.len()
            && self.checking.load(Ordering::SeqCst) == 0
            && self.set_back.load(Ordering::SeqCst) == set_back
        {
            self.done.store(true, Ordering::SeqCst);
        }
    }

    /// Lets a transaction and those after it be checked again.
    fn set_back(&self, to: usize) {
        self.next_check.fetch_min(to, Ordering::SeqCst);
        self.set_back.fetch_add(1, Ordering::SeqCst);
    }

    /// Ends a run's task until an earlier transaction has run. False when that has by now.
    pub fn wait_for(&self, transaction: usize, earlier: usize) -> bool {
        let places = (self.places.get(earlier), self.places.get(transaction));
        let (Some(theirs), Some(ours)) = places else {
            return false;
        };
        if theirs.is_executed() {
            return false;
        }
        // Held while looking, so that the other one cannot end in between.
        let mut waiting = theirs.waiting.lock();
        if theirs.status.lock().stage == Stage::Executed {
            return false;
        }
        ours.status.lock().stage = Stage::Aborting;
        waiting.push(transaction);
        true
    }

    /// Ends a run. The caller may get the run of a transaction that has waited for it.
    pub fn executed(&self, version: Version) -> Option<Task> {
        let transaction = version.transaction();
        let place = self.places.get(transaction)?;
        let waiting = {
            let mut waiting = place.waiting.lock();
            let mut status = place.status.lock();
            status.stage = Stage::Executed;
            place.is_executed.store(true, Ordering::SeqCst);
            std::mem::take(&mut *waiting)
        };
        // Before the first run nobody after it was checked.
        if version.run > 0 && self.next_check.load(Ordering::SeqCst) > transaction {
            self.set_back(transaction);
        }
        waiting.iter().for_each(|later| self.ready_again(*later));
        let mut waiting = waiting.into_iter();
        let first = waiting.next()?;
        if waiting.len() > 0 {
            self.woken_count.fetch_add(waiting.len(), Ordering::SeqCst);
            self.woken.lock().extend(waiting);
        }
        self.begin(first).map(Task::Run)
    }

    /// The run of a transaction that is to be checked. Without one, the transaction will be
    /// checked later, and those after it too.
    pub fn to_check(&self, transaction: usize) -> Option<Version> {
        let status = self.places.get(transaction)?.status.lock();
        if status.stage == Stage::Executed {
            return Some(Version::new(transaction, status.run));
        }
        drop(status);
        self.set_back(transaction);
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
            place.is_executed.store(false, Ordering::SeqCst);
        }
        first
    }

    /// Ends checks. A transaction whose run was taken back runs again, and those after it are
    /// checked again.
    pub fn checked(&self, taken_back: Option<Version>) -> Option<Task> {
        let again = taken_back.and_then(|version| {
            let transaction = version.transaction();
            self.set_back(transaction);
            self.ready_again(transaction);
            self.begin(transaction)
        });
        self.checking.fetch_sub(1, Ordering::SeqCst);
        again.map(Task::Run)
    }

    fn ready_again(&self, transaction: usize) {
        if let Some(place) = self.places.get(transaction) {
            let mut status = place.status.lock();
            status.run = status.run.saturating_add(1);
            status.stage = Stage::Ready;
        }
    }
}
