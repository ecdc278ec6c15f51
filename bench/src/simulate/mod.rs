//! A simulation of more threads than this machine has: blocks on 4 to 32 threads, from the times
//! and from what the transactions read and write in real runs.
//!
//! `trace` records a block in order, and clocks one on two threads; `batched` puts its transactions
//! together as a plan does; `costs` measures, by `replay`, what the parallel machinery itself
//! takes; `machine` then lets as many threads as are asked for take turns at the real
//! scheduler, over a `memory` without values. What it leaves out: that cores share caches and the
//! bandwidth of the memory, and that a run that sees something stale may take another way.

mod batched;
mod clock;
mod costs;
mod machine;
mod memory;
mod record;
mod replay;
mod row;
mod run;
mod show;
mod step;
#[cfg(test)]
mod tests;
mod trace;

pub(crate) use run::{SimulateArgs, run};
