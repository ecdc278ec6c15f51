//! Calls, gas estimates and traces on top of any state, without keeping
//! anything. They run the same executor as blocks do, with fewer checks where
//! Ethereum's API asks for that.

mod call;
mod error;
mod estimate;
mod overrides;
mod request;
mod simulate;
mod trace;

pub use call::CallOutcome;
pub use error::{SimulateError, revert_reason};
pub use overrides::{Overrides, apply_state_overrides};
pub use simulate::{SimulateOptions, SimulatedCall, SimulatedCalls};

use lumio_executor::{BlockContext, Executor};
use lumio_state::StateView;

/// Gas that a simulation may use at the most, whatever the block allows.
pub const GAS_CAP: u64 = 50_000_000;

/// Where a simulation starts: a state, and the block that it runs in.
#[derive(Clone, Copy)]
#[allow(missing_debug_implementations, reason = "a view need not be printable")]
pub struct Base<'a> {
    /// The state before.
    pub view: &'a dyn StateView,
    /// The block around it.
    pub block: &'a BlockContext,
}

/// Runs things without keeping them. Shares the executor's caches.
#[derive(Clone, Debug)]
pub struct Simulator {
    executor: Executor,
}

impl Simulator {
    /// A simulator of the executor's chain.
    pub fn new(executor: Executor) -> Self {
        Self { executor }
    }
}
