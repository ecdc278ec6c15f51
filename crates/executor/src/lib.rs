//! One transaction, one block: pure functions of a state and a block.
//!
//! The sequencer, a block import, `eth_call`, a trace and a fault proof all
//! come through here. Reads nothing but the [`StateView`](lumio_state::StateView)
//! it is given, writes nothing, knows neither a database nor a mempool.
#![no_std]

extern crate alloc;

mod block;
mod fees;
mod transaction;

pub use block::{BlockError, BlockOutcome};
pub use fees::{FeeParameters, next_base_fee};
pub use lumio_vm_bus::{BlockContext, Fault};
pub use lumio_vm_evm::{Invalid, OpSpecId, Rules, SpecId};
pub use transaction::{ExecuteError, Executed};

use lumio_vm_bus::{Absent, Vms};
use lumio_vm_evm::Evm;

/// What sets one chain apart from another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChainSpec {
    /// The chain id of EIP-155.
    pub chain_id: u64,
    /// The EVM's rules.
    pub rules: Rules,
}

/// The virtual machines of a chain, ready to run. Holds no state, only caches
/// keyed by content; cheap to clone, and to share between threads.
#[derive(Clone, Debug)]
pub struct Executor {
    spec: ChainSpec,
    evm: Evm,
}

impl Executor {
    /// The machines of a chain.
    pub fn new(spec: ChainSpec) -> Self {
        Self {
            spec,
            evm: Evm::new(spec.rules),
        }
    }

    /// The same with another EVM: other checks for a simulation, or another
    /// source of block hashes.
    #[must_use]
    pub fn with_evm(self, evm: Evm) -> Self {
        Self { evm, ..self }
    }

    /// The chain.
    pub const fn spec(&self) -> ChainSpec {
        self.spec
    }

    /// The EVM.
    pub const fn evm(&self) -> &Evm {
        &self.evm
    }

    /// All VMs, for a [`Bus`](lumio_vm_bus::Bus).
    pub fn vms(&self) -> Vms<'_> {
        Vms {
            evm: &self.evm,
            move_vm: &Absent,
            svm: &Absent,
        }
    }
}
