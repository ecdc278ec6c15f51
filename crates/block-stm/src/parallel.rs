//! One block: the threads' loop, and the end in order.

use crate::{
    Block, Counts, Outcome, Ran, Stopped, Values, View, Workers,
    memory::{Memory, Version},
    scheduler::{Scheduler, Task},
    slot::Slots,
    sums::Sums,
    sync::{AtomicBool, AtomicUsize, Backoff, Mutex, Ordering},
    view::{Reads, holds},
};
use std::{ops::Range, thread::panicking};

/// Spoiled runs that a long block is forgiven, and a short one.
const PATIENCE: usize = 24;
const LEAST_PATIENCE: usize = 4;
/// In between, one of so many transactions.
const PATIENCE_SHARE: usize = 8;

/// How many runs of a block may be spoiled, when so many of its transactions were checked.
///
/// A spoiled run keeps the checks of all later ones waiting while it is done again, and so takes
/// about its time. What threads can win at all is one part in `threads` less than everything; two
/// thirds of that may be spent. At the beginning each of them may have run ahead.
pub fn patience(transactions: usize, checked: usize, threads: usize) -> usize {
    let further = threads.saturating_sub(1).saturating_mul(2);
    let spent = checked.saturating_mul(further) / threads.saturating_mul(3).max(1);
    let forgiven = (transactions / PATIENCE_SHARE).clamp(LEAST_PATIENCE, PATIENCE);
    spent.saturating_add(forgiven.saturating_mul(threads) / 2)
}

/// Runs a block on several threads.
///
/// # Errors
/// When the state cannot be read.
pub fn in_parallel<B: Block>(block: &B, workers: &dyn Workers) -> Result<Outcome<B>, B::Error> {
    let run = Run::new(block, workers.count());
    workers.on_each(&|| run.work());
    run.finish()
}

/// Runs a block on this thread.
///
/// # Errors
/// When the state cannot be read.
pub fn in_order<B: Block>(block: &B) -> Result<Outcome<B>, B::Error> {
    let run = Run::new(block, 1);
    run.give_up();
    run.finish()
}

/// A block that several threads work on: each of them once, and then the one that has it.
pub struct Run<'b, B: Block> {
    block: &'b B,
    threads: usize,
    memory: Memory<B>,
    sums: Sums<'b, B>,
    scheduler: Scheduler,
    slots: Slots<B>,
    failed: Mutex<Option<B::Error>>,
    /// The rest is to be run in order.
    given_up: AtomicBool,
    /// Sums that a thread has added up.
    summed: AtomicUsize,
    /// What is in the sums after the block.
    totals: Mutex<Values<B>>,
    runs: AtomicUsize,
    checks: AtomicUsize,
    spoiled: AtomicUsize,
    waits: AtomicUsize,
}

/// A thread that panics lets the others go: what it was at, nobody else would end.
struct LetGo<'r, 'b, B: Block>(&'r Run<'b, B>);

impl<B: Block> Drop for LetGo<'_, '_, B> {
    fn drop(&mut self) {
        if panicking() {
            self.0.give_up();
        }
    }
}

impl<'b, B: Block> Run<'b, B> {
    /// For so many threads.
    pub fn new(block: &'b B, threads: usize) -> Self {
        let memory = Memory::new(block.len(), block.batch());
        Self {
            block,
            threads,
            sums: Sums::new(block, &memory),
            memory,
            scheduler: Scheduler::new(block.len()),
            slots: Slots::new(block.len()),
            failed: Mutex::new(None),
            given_up: AtomicBool::new(false),
            summed: AtomicUsize::new(0),
            totals: Mutex::default(),
            runs: AtomicUsize::new(0),
            checks: AtomicUsize::new(0),
            spoiled: AtomicUsize::new(0),
            waits: AtomicUsize::new(0),
        }
    }

    fn give_up(&self) {
        self.given_up.store(true, Ordering::SeqCst);
        self.scheduler.give_up();
    }

    fn has_given_up(&self) -> bool {
        self.given_up.load(Ordering::SeqCst)
    }

    fn fail(&self, error: B::Error) {
        self.failed.lock().get_or_insert(error);
        self.give_up();
    }

    /// What each thread does. It returns when there is nothing left to do.
    pub fn work(&self) {
        let _others = LetGo(self);
        let mut task: Option<Task> = None;
        let mut backoff = Backoff::default();
        // Apart, and added up at the end: all threads would write to one counter.
        let mut checks = 0_usize;
        let mut ran = Vec::with_capacity(self.block.len() / self.threads.max(1));
        while !self.scheduler.is_done() {
            task = match task.take().or_else(|| self.scheduler.next()) {
                Some(Task::Run(version)) => self.execute(version, &mut ran),
                Some(Task::Check(transactions)) => {
                    checks = checks.saturating_add(transactions.len());
                    let taken_back = self.check(transactions);
                    self.scheduler.checked(taken_back)
                }
                None => {
                    backoff.wait();
                    continue;
                }
            };
            backoff = Backoff::default();
        }
        self.runs.fetch_add(ran.len(), Ordering::Relaxed);
        self.checks.fetch_add(checks, Ordering::Relaxed);
        if !self.has_given_up() {
            self.collect_sums();
            // Who has taken the memory frees it with less trouble than others.
            ran.into_iter().for_each(|it| self.slots.forget(it));
        }
    }

    fn execute(&self, version: Version, ran_here: &mut Vec<usize>) -> Option<Task> {
        let transaction = version.transaction();
        let mut follows = self.block.follows(transaction);
        if follows
            .any(|earlier| earlier < transaction && self.scheduler.wait_for(transaction, earlier))
        {
            return None;
        }
        loop {
            ran_here.push(transaction);
            let view = View::new(self.block, &self.memory, &self.sums, transaction);
            match self.block.run(transaction, &view) {
                Ok(ran) => {
                    self.keep(version, view.into_reads(), ran);
                    return self.scheduler.executed(version);
                }
                Err(Stopped::Waits(earlier)) => {
                    self.waits.fetch_add(1, Ordering::Relaxed);
                    self.mark_repeated(transaction);
                    self.look_at_patience();
                    if self.scheduler.wait_for(transaction, earlier) {
                        return None;
                    }
                    if self.scheduler.is_done() {
                        return None;
                    }
                }
                Err(Stopped::NeedsOrder) => {
                    self.give_up();
                    return None;
                }
                Err(Stopped::Failed(error)) => {
                    self.fail(error);
                    return None;
                }
            }
        }
    }

    fn mark_repeated(&self, transaction: usize) {
        if let Some(slot) = self.slots.get(transaction) {
            slot.lock().repeated = true;
        }
    }

    /// Puts down what a run left.
    fn keep(&self, version: Version, reads: Reads<B>, ran: Ran<B>) {
        let transaction = version.transaction();
        let Some(slot) = self.slots.get(transaction) else {
            return;
        };
        let mut slot = slot.lock();
        slot.reads = reads;
        slot.output = Some(ran.output);
        self.sums.put(transaction, ran.added);
        self.memory.put(version, ran.writes);
    }

    /// Checks transactions one after another, up to the first that does not hold. Gives that one,
    /// if it is this thread that has taken it back.
    fn check(&self, mut transactions: Range<usize>) -> Option<Version> {
        transactions.find_map(|transaction| {
            let Some(version) = self.scheduler.to_check(transaction) else {
                // Nor are those after it checked now.
                return Some(None);
            };
            let slot = self.slots.get(transaction)?;
            let mut slot = slot.lock();
            if holds(&self.memory, &self.sums, transaction, &slot.reads) {
                return None;
            }
            if !self.scheduler.try_take_back(version) {
                return Some(None);
            }
            self.spoiled.fetch_add(1, Ordering::Relaxed);
            self.look_at_patience();
            slot.output = None;
            slot.repeated = true;
            self.memory.mark_estimate(transaction);
            self.sums.mark_estimate(transaction);
            Some(Some(version))
        })?
    }

    /// Gives up when too much of the work was for nothing.
    fn look_at_patience(&self) {
        let spoiled = self.spoiled.load(Ordering::Relaxed);
        let spoiled = spoiled.saturating_add(self.waits.load(Ordering::Relaxed));
        let checked = self.scheduler.checked_so_far();
        if spoiled > patience(self.block.len(), checked, self.threads) {
            self.give_up();
        }
    }

    /// Adds sums up, one by one beside the other threads.
    fn collect_sums(&self) {
        while let Some(sum) = self.sums.at(self.summed.fetch_add(1, Ordering::Relaxed)) {
            match self.sums.after(&self.memory, sum) {
                Ok(value) => {
                    let key = self.sums.key(sum).map(|(_, key)| key.clone());
                    self.totals.lock().extend(key.zip(value));
                }
                Err(error) => self.fail(error),
            }
        }
    }

    /// Runs in order what has not run or does not hold.
    fn settle(&self) -> Result<usize, B::Error> {
        let mut ran_here = 0_usize;
        for (transaction, slot) in self.slots.iter().enumerate() {
            let holds = {
                let slot = slot.lock();
                slot.output.is_some() && holds(&self.memory, &self.sums, transaction, &slot.reads)
            };
            if !holds {
                ran_here = ran_here.saturating_add(1);
                self.run_settled(transaction)?;
            }
            self.replace_sums(transaction)?;
        }
        Ok(ran_here)
    }

    fn run_settled(&self, transaction: usize) -> Result<(), B::Error> {
        self.runs.fetch_add(1, Ordering::Relaxed);
        let view = View::new(self.block, &self.memory, &self.sums, transaction).settled();
        let ran = settled(self.block.run(transaction, &view))?;
        self.keep(Version::new(transaction, u32::MAX), Vec::new(), ran);
        Ok(())
    }

    /// Writes down the sums to which a settled transaction added, so that later ones need not
    /// add all of it up, each for itself.
    fn replace_sums(&self, transaction: usize) -> Result<(), B::Error> {
        let next = transaction.saturating_add(1);
        for sum in self.sums.added_by(transaction) {
            if let Some((hash, key)) = self.sums.key(sum) {
                let value = settled(self.sums.value(&self.memory, sum, next))?;
                self.memory.put_one(transaction, hash, key, value);
            }
        }
        Ok(())
    }

    /// What came of it, once no thread works on it any more.
    ///
    /// # Errors
    /// When the state could not be read.
    pub fn finish(self) -> Result<Outcome<B>, B::Error> {
        let mut in_order = 0;
        if self.has_given_up() && self.failed.lock().is_none() {
            in_order = self.settle()?;
            self.collect_sums();
        }
        if let Some(error) = self.failed.lock().take() {
            return Err(error);
        }
        let count = |counter: &AtomicUsize| counter.load(Ordering::Relaxed);
        let counts = Counts {
            runs: count(&self.runs),
            checks: count(&self.checks),
            spoiled: count(&self.spoiled),
            waits: count(&self.waits),
            in_order,
        };
        let mut writes: Vec<_> = self.memory.into_values().collect();
        writes.push(self.totals.into_inner());
        let mut outputs = Vec::with_capacity(self.block.len());
        let mut repeated = Vec::new();
        for (transaction, slot) in self.slots.into_iter().enumerate() {
            outputs.extend(slot.output);
            if slot.repeated {
                repeated.push(transaction);
            }
        }
        Ok(Outcome {
            outputs,
            writes,
            counts,
            repeated,
        })
    }
}

/// What comes of reading where nothing before is unsettled.
fn settled<B: Block, R>(read: Result<R, Stopped<B>>) -> Result<R, B::Error> {
    match read {
        Ok(value) => Ok(value),
        Err(Stopped::Failed(error)) => Err(error),
        Err(Stopped::Waits(_) | Stopped::NeedsOrder) => {
            unreachable!("a view with nothing unsettled before it stops no read")
        }
    }
}
