//! A machine with any number of threads on which a block runs: a simulation, event by event.
//!
//! The scheduler is the real one, and so are its answers; the threads that ask it are not. Each has
//! a core for itself. What they share takes them one after another: the scheduler's counters, and
//! a key that several write.
//!
//! ```text
//! call scheduler ──► read … read ──► put … put ──► call scheduler: has run
//!       ▲   └──────► check ──► call scheduler: has been checked      │
//!       └────────────────────────────────────────────────────────────┘
//! ```

use super::{
    costs::Costs,
    memory::{Memory, Origin},
    trace::{Step, Trace},
};
use lumio_block_stm::simulation::{PATIENCE, SPOILED_SHARE, Scheduler, Task, Version};
use lumio_parallel::Counts;
use std::{
    cmp::{Ordering, Reverse},
    collections::BinaryHeap,
    mem,
};

/// A time in ns.
#[derive(Clone, Copy, PartialEq)]
struct Time(f64);

impl Eq for Time {}

impl PartialOrd for Time {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Time {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.total_cmp(&other.0)
    }
}

/// What a thread does at its next event.
enum Doing {
    /// Nothing, until another one changes something.
    Resting,
    /// It gets the scheduler's answer.
    Calling(Call),
    Reading {
        version: Version,
        began: f64,
        seen: Vec<Origin>,
    },
    Putting {
        version: Version,
        seen: Vec<Origin>,
        put: usize,
        anew: bool,
    },
    Checking(Version),
    /// It has an event just now, or has left.
    Gone,
}

enum Call {
    Next,
    Executed(Version, bool),
    Checked(Version, bool),
}

/// What the latest run of a transaction left.
#[derive(Clone, Default)]
struct Slot {
    seen: Vec<Origin>,
    has_run: bool,
    repeated: bool,
}

/// How a block went.
pub(super) struct Went {
    /// Until the last thread was done, and what was left was run in order, in ns.
    pub(super) work: f64,
    /// Of that, running in order what was left.
    pub(super) in_order: f64,
    /// Of all threads' time together, that in which they had nothing to do.
    pub(super) idle: f64,
    /// The same, in which they asked the scheduler, or waited to ask it.
    pub(super) calling: f64,
    pub(super) counts: Counts,
    pub(super) repeated: Vec<usize>,
}

pub(super) struct Machine<'a> {
    trace: &'a Trace,
    follows: &'a [Option<usize>],
    costs: &'a Costs,
    threads: usize,
    /// How much longer transactions take than in order.
    slowdown: f64,
    scheduler: Scheduler,
    memory: Memory,
    slots: Vec<Slot>,
    doing: Vec<Doing>,
    /// When each thread's next event is; of several at once the first to come.
    events: BinaryHeap<Reverse<(Time, usize, usize)>>,
    count: usize,
    scheduler_free: f64,
    key_free: Vec<f64>,
    busy: f64,
    calling: f64,
    end: f64,
    given_up: bool,
    counts: Counts,
}

impl<'a> Machine<'a> {
    pub(super) fn new(
        trace: &'a Trace,
        follows: &'a [Option<usize>],
        costs: &'a Costs,
        threads: usize,
        slowdown: f64,
    ) -> Self {
        Self {
            trace,
            follows,
            costs,
            threads,
            slowdown,
            scheduler: Scheduler::new(trace.steps.len()),
            memory: Memory::new(trace.keys),
            slots: vec![Slot::default(); trace.steps.len()],
            doing: (0..threads).map(|_| Doing::Resting).collect(),
            events: BinaryHeap::new(),
            count: 0,
            scheduler_free: 0.0,
            key_free: vec![0.0; trace.keys],
            busy: 0.0,
            calling: 0.0,
            end: 0.0,
            given_up: false,
            counts: Counts::default(),
        }
    }

    /// Runs the block.
    pub(super) fn run(mut self) -> Went {
        self.wake(0.0);
        while let Some(Reverse((Time(now), _, thread))) = self.events.pop() {
            self.end = self.end.max(now);
            let doing = self.doing.get_mut(thread);
            let doing = doing.map(|doing| mem::replace(doing, Doing::Gone));
            match doing.unwrap_or(Doing::Gone) {
                Doing::Resting | Doing::Gone => {}
                Doing::Calling(call) => self.answer(thread, now, call),
                Doing::Reading {
                    version,
                    began,
                    seen,
                } => self.read(thread, now, version, began, seen),
                Doing::Putting {
                    version,
                    seen,
                    put,
                    anew,
                } => self.put(thread, now, version, seen, put, anew),
                Doing::Checking(version) => self.check(thread, now, version),
            }
            if self.scheduler.is_done() {
                self.wake(now);
            }
        }
        let parallel = self.end;
        let idle = parallel * self.threads as f64 - self.busy;
        let settled = self.settle();
        let repeated = self.slots.iter().enumerate();
        let repeated = repeated.filter(|(_, slot)| slot.repeated);
        Went {
            work: parallel + settled,
            in_order: settled,
            idle: idle.max(0.0),
            calling: self.calling,
            repeated: repeated.map(|(transaction, _)| transaction).collect(),
            counts: self.counts,
        }
    }

    /// Lets a thread do something until a time.
    fn until(&mut self, thread: usize, from: f64, to: f64, doing: Doing) {
        self.busy += to - from;
        if let Some(slot) = self.doing.get_mut(thread) {
            *slot = doing;
        }
        self.events.push(Reverse((Time(to), self.count, thread)));
        self.count += 1;
    }

    /// Lets those that rest ask again.
    fn wake(&mut self, now: f64) {
        for thread in 0..self.threads {
            if let Some(Doing::Resting) = self.doing.get(thread) {
                self.call(thread, now, Call::Next);
            }
        }
    }

    fn call(&mut self, thread: usize, now: f64, call: Call) {
        let begins = now.max(self.scheduler_free);
        let (shared, alone) = (self.costs.shared_call, self.costs.call);
        let ends = match self.threads {
            1 => begins + alone,
            _ => {
                self.scheduler_free = begins + shared;
                begins + shared.max(alone)
            }
        };
        self.calling += ends - now;
        self.until(thread, now, ends, Doing::Calling(call));
    }

    fn answer(&mut self, thread: usize, now: f64, call: Call) {
        if self.scheduler.is_done() {
            return;
        }
        let changes = !matches!(call, Call::Next);
        let task = match call {
            Call::Next => self.scheduler.next(),
            Call::Executed(version, anew) => self.scheduler.executed(version, anew),
            Call::Checked(version, taken_back) => self.scheduler.checked(version, taken_back),
        };
        if changes {
            self.wake(now);
        }
        match task {
            Some(Task::Run(version)) => self.begin(thread, now, version),
            Some(Task::Check(version)) => {
                let reads = self.slots.get(version.transaction());
                let reads = reads.map_or(0, |slot| slot.seen.len()) as f64;
                let ends = now + reads * self.costs.check;
                self.until(thread, now, ends, Doing::Checking(version));
            }
            None if self.scheduler.is_done() => {}
            None if changes || self.scheduler.has_next() => self.call(thread, now, Call::Next),
            None => {
                if let Some(doing) = self.doing.get_mut(thread) {
                    *doing = Doing::Resting;
                }
            }
        }
    }

    fn begin(&mut self, thread: usize, now: f64, version: Version) {
        let transaction = version.transaction();
        if version.run == 0
            && let Some(earlier) = self.follows.get(transaction).copied().flatten()
            && earlier < transaction
            && self.scheduler.wait_for(transaction, earlier)
        {
            self.wake(now);
            self.call(thread, now, Call::Next);
            return;
        }
        self.counts.runs += 1;
        self.read_on(thread, now, version, now, Vec::new());
    }

    fn step(&self, transaction: usize) -> Option<&'a Step> {
        self.trace.steps.get(transaction)
    }

    /// Goes on to a run's next read, or to its end.
    fn read_on(
        &mut self,
        thread: usize,
        now: f64,
        version: Version,
        began: f64,
        seen: Vec<Origin>,
    ) {
        let Some(step) = self.step(version.transaction()) else {
            return;
        };
        let at = step.reads.get(seen.len()).map_or(1.0, |(_, at)| *at);
        let then = (began + at * self.whole(step)).max(now);
        let doing = Doing::Reading {
            version,
            began,
            seen,
        };
        self.until(thread, now, then, doing);
    }

    /// How long a transaction runs.
    fn whole(&self, step: &Step) -> f64 {
        let reads = step.reads.len() as f64 * self.costs.read;
        (step.nanos * self.slowdown + reads + self.costs.transaction).max(1.0)
    }

    fn read(
        &mut self,
        thread: usize,
        now: f64,
        version: Version,
        began: f64,
        mut seen: Vec<Origin>,
    ) {
        let transaction = version.transaction();
        let Some(step) = self.step(transaction) else {
            return;
        };
        let Some((key, _)) = step.reads.get(seen.len()) else {
            self.put(thread, now, version, seen, 0, false);
            return;
        };
        match self.memory.find(*key, transaction) {
            Ok(origin) => {
                seen.push(origin);
                self.read_on(thread, now, version, began, seen);
            }
            Err(earlier) => {
                self.counts.waits += 1;
                self.repeat(transaction);
                if self.scheduler.wait_for(transaction, earlier) {
                    self.wake(now);
                    self.call(thread, now, Call::Next);
                } else if !self.scheduler.is_done() {
                    self.counts.runs += 1;
                    self.read_on(thread, now, version, now, Vec::new());
                }
            }
        }
    }

    /// Puts down what was waited for, and goes on to the next key.
    fn put(
        &mut self,
        thread: usize,
        now: f64,
        version: Version,
        seen: Vec<Origin>,
        put: usize,
        mut anew: bool,
    ) {
        let transaction = version.transaction();
        let Some(step) = self.step(transaction) else {
            return;
        };
        let before = put.checked_sub(1).and_then(|put| step.writes.get(put));
        if let Some((key, adds)) = before {
            anew |= self.memory.put(version, *key, *adds);
        }
        let Some((key, adds)) = step.writes.get(put) else {
            if let Some(slot) = self.slots.get_mut(transaction) {
                slot.seen = seen;
                slot.has_run = true;
            }
            self.call(thread, now, Call::Executed(version, anew));
            return;
        };
        let mut ends = now + self.costs.put;
        // What is added is kept with its transaction.
        if let Some(free) = self.key_free.get_mut(*key).filter(|_| !adds) {
            ends = now.max(*free) + self.costs.put;
            *free = ends;
        }
        let doing = Doing::Putting {
            version,
            seen,
            put: put + 1,
            anew,
        };
        self.until(thread, now, ends, doing);
    }

    fn check(&mut self, thread: usize, now: f64, version: Version) {
        self.counts.checks += 1;
        let transaction = version.transaction();
        let held = self.holds(transaction);
        let taken_back = !held && self.scheduler.try_take_back(version);
        if taken_back {
            self.counts.spoiled += 1;
            self.repeat(transaction);
            if let Some(slot) = self.slots.get_mut(transaction) {
                slot.has_run = false;
            }
            let writes = self.step(transaction).map(|step| &step.writes);
            for (key, _) in writes.into_iter().flatten() {
                self.memory.mark_estimate(transaction, *key);
            }
        }
        self.call(thread, now, Call::Checked(version, taken_back));
    }

    fn holds(&self, transaction: usize) -> bool {
        let (Some(step), Some(slot)) = (self.step(transaction), self.slots.get(transaction)) else {
            return false;
        };
        let mut reads = step.reads.iter().zip(&slot.seen);
        reads.all(|((key, _), seen)| self.memory.find(*key, transaction).as_ref() == Ok(seen))
    }

    /// A run was for nothing; and when too many were, the rest is given up.
    fn repeat(&mut self, transaction: usize) {
        if let Some(slot) = self.slots.get_mut(transaction) {
            slot.repeated = true;
        }
        let in_vain = self.counts.spoiled + self.counts.waits;
        let allowed = self.scheduler.begun() * self.threads.saturating_sub(1) / SPOILED_SHARE;
        if in_vain > allowed + PATIENCE {
            self.scheduler.give_up();
            self.given_up = true;
        }
    }

    /// Runs in order what has not run or does not hold. Gives the time.
    fn settle(&mut self) -> f64 {
        if !self.given_up {
            return 0.0;
        }
        let mut took = 0.0;
        for (transaction, step) in self.trace.steps.iter().enumerate() {
            took += step.reads.len() as f64 * self.costs.check;
            let has_run = self.slots.get(transaction).is_some_and(|it| it.has_run);
            if has_run && self.holds(transaction) {
                continue;
            }
            self.counts.in_order += 1;
            self.counts.runs += 1;
            took += self.whole(step) + step.writes.len() as f64 * self.costs.put;
            let version = Version::new(transaction, u32::MAX);
            for (key, adds) in &step.writes {
                self.memory.put(version, *key, *adds);
            }
        }
        took
    }
}
