//! What a thread does between two calls of the scheduler: it reads, puts down what it wrote, and
//! checks.

use super::{Call, Doing, Machine};
use crate::simulate::{memory::Origin, step::Step};
use lumio_block_stm::simulation::{Version, patience};
use std::ops::Range;

impl<'a> Machine<'a> {
    pub(super) fn begin(&mut self, thread: usize, now: f64, version: Version) {
        let transaction = version.transaction();
        let mut follows = self.follows.get(transaction).into_iter().flatten();
        if follows.any(|earlier| self.scheduler.wait_for(transaction, *earlier)) {
            self.wake(now);
            self.call(thread, now, Call::Next);
            return;
        }
        self.counts.runs += 1;
        self.read_on(thread, now, version, now, Vec::new());
    }

    fn step(&self, transaction: usize) -> Option<&'a Step> {
        self.steps.get(transaction)
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
        (step.nanos * self.slowdown + reads + self.costs.batch).max(1.0)
    }

    pub(super) fn read(
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
            self.put(thread, now, version, seen, 0);
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
    pub(super) fn put(
        &mut self,
        thread: usize,
        now: f64,
        version: Version,
        seen: Vec<Origin>,
        put: usize,
    ) {
        let transaction = version.transaction();
        let Some(step) = self.step(transaction) else {
            return;
        };
        let before = put.checked_sub(1).and_then(|put| step.writes.get(put));
        if let Some((key, adds)) = before {
            self.memory.put(version, *key, *adds);
        }
        let Some((key, adds)) = step.writes.get(put) else {
            if let Some(slot) = self.slots.get_mut(transaction) {
                slot.seen = seen;
                slot.has_run = true;
            }
            self.call(thread, now, Call::Executed(version));
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
        };
        self.until(thread, now, ends, doing);
    }

    /// Goes on to the check of the first of these transactions, or to the end of the checks.
    pub(super) fn check_on(&mut self, thread: usize, now: f64, transactions: Range<usize>) {
        if transactions.is_empty() {
            self.call(thread, now, Call::Checked(None));
            return;
        }
        let reads = self.slots.get(transactions.start);
        let reads = reads.map_or(0, |slot| slot.seen.len()) as f64;
        let ends = now + reads * self.costs.check;
        self.until(thread, now, ends, Doing::Checking(transactions));
    }

    /// Checks the first of these transactions, and goes on to the others if it holds.
    pub(super) fn check(&mut self, thread: usize, now: f64, mut transactions: Range<usize>) {
        let Some(transaction) = transactions.next() else {
            return;
        };
        self.counts.checks += 1;
        let Some(version) = self.scheduler.to_check(transaction) else {
            self.call(thread, now, Call::Checked(None));
            return;
        };
        if self.holds(transaction) {
            self.check_on(thread, now, transactions);
            return;
        }
        let taken_back = self.scheduler.try_take_back(version);
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
        self.call(thread, now, Call::Checked(taken_back.then_some(version)));
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
        if in_vain
            > patience(
                self.steps.len(),
                self.scheduler.checked_so_far(),
                self.threads,
            )
        {
            self.scheduler.give_up();
            self.given_up = true;
        }
    }

    /// Runs in order what has not run or does not hold. Gives the time.
    pub(super) fn settle(&mut self) -> f64 {
        if !self.given_up {
            return 0.0;
        }
        let mut took = 0.0;
        for (transaction, step) in self.steps.iter().enumerate() {
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
