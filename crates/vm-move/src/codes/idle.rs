//! Sets of loaded code that nobody uses at the moment: on shelves, so that each thread finds the set
//! that its core has in its caches.

use alloc::{boxed::Box, vec::Vec};
use std::sync::{
    Mutex, MutexGuard, PoisonError,
    atomic::{AtomicUsize, Ordering},
};

use super::Loaded;

/// Each thread has a shelf of its own, or shares it with few.
const SHELVES: usize = 16;

/// Sets of loaded code that nobody uses at the moment.
#[derive(Debug, Default)]
pub(crate) struct CodePool([Shelf; SHELVES]);

/// On cache lines of its own: other threads use the others.
#[derive(Debug, Default)]
#[repr(align(128))]
struct Shelf(Mutex<Sets>);

/// Boxed, because each run takes one out and puts it back.
type Sets = Vec<Box<Loaded>>;

impl Shelf {
    fn sets(&self) -> MutexGuard<'_, Sets> {
        // A poisoned lock only means that a borrower died, and its set with it.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl CodePool {
    /// Lends a set to `run`: the last one of this thread, else any idle one, so that there are
    /// hardly more than were ever used at once.
    pub(crate) fn with<T>(&self, run: impl FnOnce(&mut Loaded) -> T) -> T {
        let own = own_shelf();
        let (before, from) = self.0.split_at(own);
        let mut shelves = from.iter().chain(before);
        let idle = shelves.find_map(|shelf| shelf.sets().pop());
        let mut loaded = idle.unwrap_or_default();
        let result = run(&mut loaded);
        loaded.is_relied_on = false;
        if let Some(shelf) = self.0.get(own) {
            shelf.sets().push(loaded);
        }
        result
    }
}

/// The place of this thread's shelf.
fn own_shelf() -> usize {
    static THREADS: AtomicUsize = AtomicUsize::new(0);
    std::thread_local! {
        static OWN: usize = THREADS.fetch_add(1, Ordering::Relaxed) % SHELVES;
    }
    OWN.with(|own| *own)
}

#[cfg(test)]
mod tests {
    use super::{CodePool, own_shelf};
    use std::{sync::Barrier, thread};

    /// Where a thread's set is.
    fn place(pool: &CodePool) -> usize {
        pool.with(|loaded| std::ptr::from_mut(loaded).addr())
    }

    #[test]
    fn each_thread_gets_its_own_set_again() {
        let (pool, barrier) = (CodePool::default(), Barrier::new(2));
        let run = || {
            let first = pool.with(|loaded| {
                barrier.wait();
                std::ptr::from_mut(loaded).addr()
            });
            barrier.wait();
            (first, own_shelf(), (0..100).all(|_| place(&pool) == first))
        };
        let [(one, shelf, again), (other, other_shelf, other_again)] = thread::scope(|scope| {
            [scope.spawn(run), scope.spawn(run)].map(|thread| thread.join().unwrap_or_default())
        });
        assert_ne!(one, other);
        assert!(shelf == other_shelf || again && other_again);
        // And who has none gets one of theirs.
        assert!([one, other].contains(&place(&pool)));
        let sets = pool.0.iter().map(|shelf| shelf.sets().len());
        assert_eq!(sets.sum::<usize>(), 2);
    }
}
