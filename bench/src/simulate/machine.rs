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

mod work;

use super::{
    costs::Costs,
    memory::{Memory, Origin},
    step::Step,
};
use lumio_block_stm::simulation::{Scheduler, Task, Version};
use lumio_parallel::Counts;
use std::{
    cmp::{Ordering, Reverse},
    collections::BinaryHeap,
    mem,
    ops::Range,
};

/// Numbers of steps.
pub(super) type Follows = Vec<usize>;

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
    },
    /// Checks from the first of a range to its last.
    Checking(Range<usize>),
    /// It has an event just now, or has left.
    Gone,
}

enum Call {
    Next,
    Executed(Version),
    Checked(Option<Version>),
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
    steps: &'a [Step],
    /// Which earlier steps each probably depends on.
    follows: &'a [Follows],
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
        (steps, keys): (&'a [Step], usize),
        follows: &'a [Follows],
        costs: &'a Costs,
        threads: usize,
        slowdown: f64,
    ) -> Self {
        Self {
            steps,
            follows,
            costs,
            threads,
            slowdown,
            scheduler: Scheduler::new(steps.len()),
            memory: Memory::new(keys),
            slots: vec![Slot::default(); steps.len()],
            doing: (0..threads).map(|_| Doing::Resting).collect(),
            events: BinaryHeap::new(),
            count: 0,
            scheduler_free: 0.0,
            key_free: vec![0.0; keys],
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
                Doing::Putting { version, seen, put } => self.put(thread, now, version, seen, put),
                Doing::Checking(transactions) => self.check(thread, now, transactions),
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
        if !self.scheduler.is_worth_asking() {
            return;
        }
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
            Call::Executed(version) => self.scheduler.executed(version),
            Call::Checked(taken_back) => self.scheduler.checked(taken_back),
        };
        if changes {
            self.wake(now);
        }
        match task {
            Some(Task::Run(version)) => self.begin(thread, now, version),
            Some(Task::Check(transactions)) => self.check_on(thread, now, transactions),
            None if self.scheduler.is_done() => {}
            None if changes => self.call(thread, now, Call::Next),
            None => {
                if let Some(doing) = self.doing.get_mut(thread) {
                    *doing = Doing::Resting;
                }
            }
        }
    }
}
