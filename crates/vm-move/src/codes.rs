//! Loaded code between transactions: as many sets as threads that run some at a time.
//!
//! What is kept was made from modules of one code epoch, which the state names, so it is never
//! stale.

#[cfg(feature = "std")]
mod idle;

#[cfg(feature = "std")]
pub(crate) use idle::CodePool;

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

/// Without threads and locks nothing is kept: a proof loads each module once a transaction.
#[cfg(not(feature = "std"))]
#[derive(Debug, Default)]
pub(crate) struct CodePool;

#[cfg(not(feature = "std"))]
impl CodePool {
    /// Lends a new set to `run`.
    pub(crate) fn with<T>(&self, run: impl FnOnce(&mut Loaded) -> T) -> T {
        run(&mut Loaded::default())
    }
}
