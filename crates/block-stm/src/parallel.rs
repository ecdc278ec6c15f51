//! One block: the threads' loop, and the end in order.

use crate::{
    Block, Counts, Outcome, Ran, Stopped, Values, View, Workers, Write,
    memory::{Memory, Parts, Version},
    scheduler::{Scheduler, Task},
    sync::{AtomicBool, AtomicUsize, Backoff, Mutex, Ordering},
    view::{Reads, holds, last},
};

/// Spoiled runs that every block is forgiven.
pub const PATIENCE: usize = 24;
/// Of so many spoiled runs for each run that a further thread could have done, it is too many.
pub const SPOILED_SHARE: usize = 3;

/// Runs a block on several threads.
///
/// # Errors
/// When the state cannot be read.
pub fn in_parallel<B: Block>(block: &B, workers: &dyn Workers) -> Result<Outcome<B>, B::Error> {
    let threads = workers.count();
    let follows = (0..block.len()).map(|transaction| block.follows(transaction));
    let follows: Vec<_> = follows.collect();
    if is_chain(&follows, threads) {
        return in_order(block);
    }
    let run = Run::new(block, threads);
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

/// Whether one thread is as quick: the hints, for each transaction the one that it follows, put so
/// much of a block in line that others would only wait.
pub fn is_chain(follows: &[Option<usize>], threads: usize) -> bool {
    let mut lengths: Vec<usize> = Vec::with_capacity(follows.len());
    for earlier in follows {
        let before = earlier.and_then(|earlier| lengths.get(earlier)).copied();
        lengths.push(before.unwrap_or_default().saturating_add(1));
    }
    let longest = lengths.into_iter().max().unwrap_or_default();
    // What threads cost is worth it from a quarter less.
    threads < 2 || longest.saturating_mul(4) > follows.len().saturating_mul(3)
}

/// What the latest run of a transaction left.
struct Slot<B: Block> {
    reads: Reads<B>,
    written: Vec<B::Key>,
    /// Those of the written keys to which something was added.
    added: Vec<B::Key>,
    /// None before the first run, and after one that was taken back.
    output: Option<B::Output>,
    /// A run of it was for nothing.
    repeated: bool,
}

pub(crate) struct Run<'b, B: Block> {
    block: &'b B,
    threads: usize,
    memory: Memory<B>,
    scheduler: Scheduler,
    slots: Vec<Mutex<Slot<B>>>,
    failed: Mutex<Option<B::Error>>,
    /// The rest is to be run in order.
    given_up: AtomicBool,
    parts: Parts,
    values: Mutex<Values<B>>,
    runs: AtomicUsize,
    checks: AtomicUsize,
    spoiled: AtomicUsize,
    waits: AtomicUsize,
}

impl<'b, B: Block> Run<'b, B> {
    pub(crate) fn new(block: &'b B, threads: usize) -> Self {
        let slot = || Slot {
            reads: Vec::new(),
            written: Vec::new(),
            added: Vec::new(),
            output: None,
            repeated: false,
        };
        Self {
            block,
            threads,
            memory: Memory::new(),
            scheduler: Scheduler::new(block.len()),
            slots: (0..block.len()).map(|_| Mutex::new(slot())).collect(),
            failed: Mutex::new(None),
            given_up: AtomicBool::new(false),
            parts: Parts::default(),
            values: Mutex::default(),
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

    /// What each thread does.
    pub(crate) fn work(&self) {
        let mut task = None;
        let mut backoff = Backoff::default();
        while !self.scheduler.is_done() {
            task = match task.or_else(|| self.scheduler.next()) {
                Some(Task::Run(version)) => self.execute(version),
                Some(Task::Check(version)) => self.check(version),
                None => {
                    backoff.wait();
                    continue;
                }
            };
            backoff = Backoff::default();
        }
        if !self.has_given_up() {
            self.collect();
        }
    }

    fn execute(&self, version: Version) -> Option<Task> {
        let transaction = version.transaction;
        if version.run == 0
            && let Some(earlier) = self.block.follows(transaction)
            && earlier < transaction
            && self.scheduler.wait_for(transaction, earlier)
        {
            return None;
        }
        loop {
            self.runs.fetch_add(1, Ordering::Relaxed);
            let view = View::new(self.block, &self.memory, transaction);
            match self.block.run(transaction, &view) {
                Ok(ran) => {
                    let anew = self.keep(version, view.into_reads(), ran);
                    return self.scheduler.executed(version, anew);
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

    /// Puts down what a run left. Tells whether it wrote where its transaction had not.
    fn keep(&self, version: Version, reads: Reads<B>, ran: Ran<B>) -> bool {
        let Some(slot) = self.slots.get(version.transaction) else {
            return false;
        };
        let mut slot = slot.lock();
        let mut written = Vec::with_capacity(ran.writes.len());
        let mut added = Vec::new();
        let mut anew = false;
        for (key, write) in ran.writes {
            written.push(key.clone());
            if let Write::Add(_) = write {
                added.push(key.clone());
            }
            anew |= self.memory.put(version, key, write);
        }
        for key in &slot.written {
            if !written.contains(key) {
                self.memory.remove(version.transaction, key);
            }
        }
        *slot = Slot {
            reads,
            written,
            added,
            output: Some(ran.output),
            repeated: slot.repeated,
        };
        anew
    }

    fn check(&self, version: Version) -> Option<Task> {
        self.checks.fetch_add(1, Ordering::Relaxed);
        let Some(slot) = self.slots.get(version.transaction) else {
            return self.scheduler.checked(version, false);
        };
        let mut slot = slot.lock();
        let held = holds(self.block, &self.memory, version.transaction, &slot.reads);
        let taken_back = !held && self.scheduler.try_take_back(version);
        if taken_back {
            self.spoiled.fetch_add(1, Ordering::Relaxed);
            self.look_at_patience();
            slot.output = None;
            slot.repeated = true;
            for key in &slot.written {
                self.memory.mark_estimate(version.transaction, key);
            }
        }
        drop(slot);
        self.scheduler.checked(version, taken_back)
    }

    /// Gives up when too much of the work was for nothing.
    fn look_at_patience(&self) {
        let spoiled = self.spoiled.load(Ordering::Relaxed);
        let spoiled = spoiled.saturating_add(self.waits.load(Ordering::Relaxed));
        let further = self.threads.saturating_sub(1);
        let allowed = self.scheduler.begun().saturating_mul(further) / SPOILED_SHARE;
        if spoiled > allowed.saturating_add(PATIENCE) {
            self.give_up();
        }
    }

    /// Takes values out of the memory, part by part, beside the other threads.
    fn collect(&self) {
        while let Some(found) = self.parts.next().and_then(|part| self.memory.take(part)) {
            let mut values = Vec::with_capacity(found.len());
            for (key, found) in found {
                match last(self.block, &key, found) {
                    Ok(Some(value)) => values.push((key, value)),
                    Ok(None) => {}
                    Err(error) => {
                        self.failed.lock().get_or_insert(error);
                        return;
                    }
                }
            }
            self.values.lock().append(&mut values);
        }
    }

    /// Runs in order what has not run or does not hold.
    fn settle(&self) -> Result<usize, B::Error> {
        let mut ran_here = 0_usize;
        for (transaction, slot) in self.slots.iter().enumerate() {
            let holds = {
                let slot = slot.lock();
                slot.output.is_some() && holds(self.block, &self.memory, transaction, &slot.reads)
            };
            if !holds {
                ran_here = ran_here.saturating_add(1);
                self.run_settled(transaction)?;
            }
            self.replace_sums(transaction, &slot.lock().added)?;
        }
        Ok(ran_here)
    }

    fn run_settled(&self, transaction: usize) -> Result<(), B::Error> {
        self.runs.fetch_add(1, Ordering::Relaxed);
        let view = View::settled(self.block, &self.memory, transaction);
        match self.block.run(transaction, &view) {
            Ok(ran) => {
                let version = Version {
                    transaction,
                    run: u32::MAX,
                };
                self.keep(version, Vec::new(), ran);
                Ok(())
            }
            Err(Stopped::Failed(error)) => Err(error),
            Err(Stopped::Waits(_) | Stopped::NeedsOrder) => {
                unreachable!("a view with nothing unsettled before it stops no read")
            }
        }
    }

    /// Puts sums in the place of what a settled transaction added, so that later ones need not
    /// add all of it up, each for itself.
    fn replace_sums(&self, transaction: usize, added: &[B::Key]) -> Result<(), B::Error> {
        for key in added {
            let found = self.memory.find(key, transaction.saturating_add(1));
            if let Some(sum) = last(self.block, key, found)? {
                self.memory.replace_sum(transaction, key, sum);
            }
        }
        Ok(())
    }

    fn finish(self) -> Result<Outcome<B>, B::Error> {
        let mut in_order = 0;
        if self.has_given_up() && self.failed.lock().is_none() {
            in_order = self.settle()?;
            self.collect();
        }
        if let Some(error) = self.failed.into_inner() {
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
        let mut outputs = Vec::with_capacity(self.slots.len());
        let mut repeated = Vec::new();
        for (transaction, slot) in self.slots.into_iter().enumerate() {
            let slot = slot.into_inner();
            outputs.extend(slot.output);
            if slot.repeated {
                repeated.push(transaction);
            }
        }
        Ok(Outcome {
            outputs,
            writes: self.values.into_inner(),
            counts,
            repeated,
        })
    }
}
