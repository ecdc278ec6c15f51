//! Loaded code between transactions: as many sets as threads that run some at a time.
//!
//! What is kept was made from modules of one code epoch, which the state names, so it is never
//! stale.

use lumio_move_engine::code::Code;

use crate::derived::Derived;

/// What one thread has at hand.
#[derive(Debug, Default)]
pub(crate) struct Loaded {
    pub(crate) code: Code,
    pub(crate) derived: Derived,
    /// Whether somebody has found something in the code and will come back to it.
    pub(crate) is_relied_on: bool,
}

/// Sets of loaded code that nobody uses at the moment.
#[derive(Debug, Default)]
pub(crate) struct CodePool {
    #[cfg(feature = "std")]
    idle: [Shelf; SHELVES],
}

/// Places for idle sets. Each thread has one of its own, or shares it with few, so that it finds the
/// set that its core has in its caches.
#[cfg(feature = "std")]
const SHELVES: usize = 16;

/// On cache lines of its own: other threads use the others.
#[cfg(feature = "std")]
#[derive(Debug, Default)]
#[repr(align(128))]
struct Shelf(std::sync::Mutex<alloc::vec::Vec<alloc::boxed::Box<Loaded>>>);

#[cfg(feature = "std")]
impl Shelf {
    fn idle(&self) -> std::sync::MutexGuard<'_, alloc::vec::Vec<alloc::boxed::Box<Loaded>>> {
        // A poisoned lock only means that a borrower died, and its set with it.
        let idle = self.0.lock();
        idle.unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

#[cfg(feature = "std")]
impl CodePool {
    /// Lends a set to `run`: the last one of this thread, else any idle one, so that there are no
    /// more than were ever used at once.
    pub(crate) fn with<T>(&self, run: impl FnOnce(&mut Loaded) -> T) -> T {
        let own = own_shelf();
        let (before, from) = self.idle.split_at(own);
        let mut shelves = from.iter().chain(before);
        let idle = shelves.find_map(|shelf| shelf.idle().pop());
        let mut loaded = idle.unwrap_or_default();
        let result = run(&mut loaded);
        loaded.is_relied_on = false;
        if let Some(shelf) = self.idle.get(own) {
            shelf.idle().push(loaded);
        }
        result
    }
}

/// The place of this thread's sets.
#[cfg(feature = "std")]
fn own_shelf() -> usize {
    use std::sync::atomic::{AtomicUsize, Ordering};

    static THREADS: AtomicUsize = AtomicUsize::new(0);
    std::thread_local! {
        static OWN: usize = THREADS.fetch_add(1, Ordering::Relaxed) % SHELVES;
    }
    OWN.with(|own| *own)
}

/// Without threads and locks nothing is kept: a proof loads each module once a transaction.
#[cfg(not(feature = "std"))]
impl CodePool {
    /// Lends a new set to `run`.
    pub(crate) fn with<T>(&self, run: impl FnOnce(&mut Loaded) -> T) -> T {
        run(&mut Loaded::default())
    }
}
