//! How a block is divided among threads: into batches of neighbouring transactions.
//!
//! What a batch costs beyond running its transactions is nearly the same for one and for many. But
//! a batch follows whatever one of its transactions follows, so that larger ones wait for each
//! other more often.

use crate::hints::{Hints, Parties};
use smallvec::SmallVec;
use std::{cmp::Reverse, collections::BinaryHeap, num::NonZeroUsize, ops::Range};

/// Sizes of batches to choose from.
const SIZES: [usize; 5] = [16, 8, 4, 2, 1];
/// What a batch costs beyond running its transactions, in hundredths of what a transaction takes
/// that calls something, and of one that does not.
const OVERHEAD: usize = 30;
const OVERHEAD_OF_PLAIN: usize = 100;

/// Batches of a block, and what they follow.
#[derive(Clone, Debug)]
pub struct Plan {
    hints: Hints,
    /// Transactions of a batch; the last may have fewer.
    size: usize,
}

impl Plan {
    /// For so many threads; none if one is as quick. With `apart`, each transaction is a batch.
    pub(crate) fn new(hints: Hints, threads: usize, apart: bool) -> Option<Self> {
        let (transactions, threads) = (hints.len(), threads.max(1));
        let more = (OVERHEAD_OF_PLAIN - OVERHEAD).saturating_mul(hints.plain());
        let overhead = (more / transactions.max(1)).saturating_add(OVERHEAD);
        // In hundredths of a transaction's time, as all that follow.
        let each = |transactions: usize| {
            let run = transactions.saturating_mul(100);
            run.saturating_add(overhead)
        };
        // Of batches that differ, the last one is waited for.
        let last = |size: usize| each(size.min(transactions)) / 2;
        let mut best = (usize::MAX, 1);
        for size in SIZES {
            // What is no quicker even without a thread that waits need not be looked through.
            let batches = transactions.div_ceil(size);
            let least = transactions.saturating_mul(100);
            let least = least.saturating_add(overhead.saturating_mul(batches)) / threads;
            if (apart && size > 1) || least.saturating_add(last(size)) >= best.0 {
                continue;
            }
            let time = time_of(&hints, size, threads, each);
            best = best.min((time.saturating_add(last(size)), size));
        }
        let (time, size) = best;
        let in_order = transactions.saturating_mul(100);
        (time < in_order).then_some(Self { hints, size })
    }

    /// Batches of so many transactions, whatever would be quickest.
    pub fn of_size(parties: &Parties, size: NonZeroUsize) -> Self {
        Self {
            hints: parties.hints(),
            size: size.get(),
        }
    }

    /// How many batches there are.
    pub fn len(&self) -> usize {
        self.hints.len().div_ceil(self.size)
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many transactions a batch has, but for the last.
    pub const fn size(&self) -> usize {
        self.size
    }

    /// The places of a batch's transactions in the block.
    pub fn batch(&self, number: usize) -> Range<usize> {
        range(&self.hints, self.size, number)
    }

    /// The earlier batches that one probably depends on.
    pub fn follows(&self, number: usize) -> SmallVec<[usize; 8]> {
        let mut follows = SmallVec::new();
        for transaction in self.batch(number) {
            let earlier = self.hints.of(transaction).iter();
            for batch in earlier.map(|earlier| earlier / self.size) {
                if batch < number && !follows.contains(&batch) {
                    follows.push(batch);
                }
            }
        }
        follows
    }
}

fn range(hints: &Hints, size: usize, batch: usize) -> Range<usize> {
    let begin = batch.saturating_mul(size).min(hints.len());
    begin..begin.saturating_add(size).min(hints.len())
}

/// When the last batch ends, if each is run by the thread that is free first, as soon as those are
/// done that it follows. Threads do better: meanwhile they run batches after it.
fn time_of(hints: &Hints, size: usize, threads: usize, each: impl Fn(usize) -> usize) -> usize {
    let batches = hints.len().div_ceil(size);
    let mut free: BinaryHeap<_> = (0..threads.min(batches)).map(|_| Reverse(0)).collect();
    let mut ends: Vec<usize> = Vec::with_capacity(batches);
    for batch in 0..batches {
        let transactions = range(hints, size, batch);
        let takes = each(transactions.len());
        let earlier = transactions.flat_map(|transaction| hints.of(transaction));
        // Its own end is not there yet.
        let before = earlier.filter_map(|earlier| ends.get(earlier / size).copied());
        let before = before.max().unwrap_or_default();
        if let Some(mut thread) = free.peek_mut() {
            let begins = thread.0.max(before);
            thread.0 = begins.saturating_add(takes);
            ends.push(thread.0);
        }
    }
    ends.into_iter().max().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::{Hints, Plan};

    fn hints(follows: impl IntoIterator<Item = Option<usize>>) -> Hints {
        let mut hints = Hints::default();
        for earlier in follows {
            hints.push(earlier);
        }
        hints
    }

    #[test]
    fn strangers_are_batched_and_each_is_in_one_batch() {
        let plan = Plan::new(hints((0..1_000).map(|_| None)), 2, false).unwrap();
        assert_eq!(plan.size(), 16);
        let all: Vec<_> = (0..plan.len())
            .flat_map(|batch| plan.batch(batch))
            .collect();
        assert_eq!(all, (0..1_000).collect::<Vec<_>>());
        assert!((0..plan.len()).all(|batch| plan.follows(batch).is_empty()));
    }

    #[test]
    fn many_threads_have_smaller_batches() {
        let plan = |threads| Plan::new(hints((0..1_000).map(|_| None)), threads, false).unwrap();
        assert!(plan(32).size() < plan(2).size());
    }

    #[test]
    fn lines_that_run_beside_each_other_are_not_batched() {
        // Four of them, in turn.
        let lines = (0..1_000_usize).map(|number| number.checked_sub(4));
        let plan = Plan::new(hints(lines), 4, false).unwrap();
        assert_eq!(plan.size(), 1);
        assert_eq!(plan.follows(9).as_slice(), [5]);
    }

    #[test]
    fn one_line_is_for_one_thread() {
        let line = || hints((0..1_000_usize).map(|number| number.checked_sub(1)));
        assert!(Plan::new(line(), 32, false).is_none());
        assert!(Plan::new(hints((0..1_000).map(|_| None)), 1, false).is_none());
    }

    #[test]
    fn a_batch_follows_what_its_transactions_follow() {
        let mut follows = vec![None; 1_000];
        follows[100] = Some(3);
        follows[101] = Some(99);
        let plan = Plan::new(hints(follows), 2, false).unwrap();
        assert_eq!(plan.size(), 16);
        assert_eq!(plan.follows(6).as_slice(), [0]);
    }
}
