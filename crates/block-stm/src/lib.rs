//! Runs the transactions of a block on several threads, with the result of running them in order.
//!
//! The published Block-STM algorithm (Gelashvili and others, 2022). Every transaction runs
//! speculatively over a memory that keeps each key's value by the transaction that wrote it. What
//! it read is checked once the transactions before it have run; where that has changed, it runs
//! again.
//!
//! ```text
//! ready ──► executing ──► executed ──► checked: stays, while nobody before it writes anew
//!   ▲           │             │
//!   └── waits ◄─┘             └── no longer holds: its writes become estimates ──► ready
//! ```
//!
//! Beyond the paper:
//!
//! - **Adding commutes.** To add to a key that the block names ([`Block::sums`]) neither reads nor
//!   conflicts, so that fees that all go to one account do not put a block in line.
//! - **Patience ends.** A block whose transactions keep spoiling each other is finished in order,
//!   on one thread, over the same memory: what still holds is kept.
//! - **Hints.** A transaction that is known to follow others is not run before them.
//! - **Checks come in order.** They do not pass a transaction that has not run, so that each one is
//!   checked once where nothing is spoiled.
//! - **Who waits is gone on with** by whoever ends the transaction that it waits for.
//!
//! Knows no virtual machine: keys, values and what a transaction comes to are the caller's
//! ([`Block`]).
//!
//! **Invariant:** an outcome is a function of the block, and neither of the number of threads nor
//! of their timing.

mod block;
mod index;
mod memory;
mod parallel;
mod scheduler;
mod slot;
mod sums;
mod sync;
mod view;
mod workers;
mod writes;

pub use block::{Added, Block, Counts, Outcome, Ran, Stopped, Values};
pub use parallel::{Run, in_order, in_parallel};
pub use sums::Sum;
pub use sync::Backoff;
pub use view::View;
pub use workers::{Scoped, Workers};
pub use writes::{KeyHash, Writes};

/// What decides who runs what, for simulations of more threads than a machine has.
pub mod simulation {
    pub use crate::{
        memory::Version,
        parallel::patience,
        scheduler::{Scheduler, Task},
    };
}
