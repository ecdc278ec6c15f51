//! Loaded code between transactions: one set for each thread that runs one at a time.
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
    idle: std::sync::Mutex<alloc::vec::Vec<Loaded>>,
}

#[cfg(feature = "std")]
impl CodePool {
    /// Lends a set to `run`.
    pub(crate) fn with<T>(&self, run: impl FnOnce(&mut Loaded) -> T) -> T {
        let mut loaded = self.idle().pop().unwrap_or_default();
        let result = run(&mut loaded);
        loaded.is_relied_on = false;
        self.idle().push(loaded);
        result
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, alloc::vec::Vec<Loaded>> {
        // A poisoned lock only means that a borrower died, and its set with it.
        let idle = self.idle.lock();
        idle.unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// Without threads and locks nothing is kept: a proof loads each module once a transaction.
#[cfg(not(feature = "std"))]
impl CodePool {
    /// Lends a new set to `run`.
    pub(crate) fn with<T>(&self, run: impl FnOnce(&mut Loaded) -> T) -> T {
        run(&mut Loaded::default())
    }
}
