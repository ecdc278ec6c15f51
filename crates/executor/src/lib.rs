//! One transaction, one block: pure functions of a state and a block.
//!
//! The sequencer, a block import, `eth_call`, a trace and a fault proof all
//! come through here. Reads nothing but the [`StateView`]
//! it is given, writes nothing, knows neither a database nor a mempool.
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

mod block;
mod fees;
mod moving;
#[cfg(feature = "std")]
mod solana;
mod supply;
mod transaction;

pub use block::{BlockError, BlockOutcome};
pub use fees::{FeeParameters, next_base_fee};
use lumio_vm_bus::{Absent, Vms};
pub use lumio_vm_bus::{BlockContext, Fault};
pub use lumio_vm_evm::{Invalid, OpSpecId, Rules, SpecId};
pub use lumio_vm_move::{MoveRefusal, MoveTransactError};
#[cfg(feature = "std")]
pub use lumio_vm_svm::{Bid as SolanaBid, SvmTransactError, SvmTransacted, SvmVm};
pub use moving::Onlooker;
pub use supply::{BalanceChange, SupplyError};
pub use transaction::{ExecuteError, Executed};

use alloc::{sync::Arc, vec::Vec};
use alloy_primitives::Address;
use lumio_state::{AccountRecord, Journal, StateView};
use lumio_vm_evm::Evm;
use lumio_vm_move::MoveVm;

/// What sets one chain apart from another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChainSpec {
    /// The chain id of EIP-155.
    pub chain_id: u64,
    /// The EVM's rules.
    pub rules: Rules,
    /// The chain as Move counts chains; none if it has no Move.
    pub move_chain_id: Option<u8>,
    /// Whether it has the Solana VM. A build without `std` cannot run such a chain's Solana
    /// programs.
    pub has_svm: bool,
}

/// The virtual machines of a chain, ready to run. Holds no state, only caches
/// keyed by content; cheap to clone, and to share between threads.
#[derive(Clone, Debug)]
pub struct Executor {
    spec: ChainSpec,
    evm: Evm,
    move_vm: Option<MoveVm>,
    /// Accounts whose fees may be told apart.
    deferred: Arc<[Address]>,
    #[cfg(feature = "std")]
    svm: Option<Result<SvmVm, Fault>>,
}

impl Executor {
    /// The machines of a chain.
    pub fn new(spec: ChainSpec) -> Self {
        Self {
            spec,
            evm: Evm::new(spec.rules),
            move_vm: spec.move_chain_id.map(MoveVm::new),
            deferred: Arc::default(),
            #[cfg(feature = "std")]
            svm: spec.has_svm.then(SvmVm::new),
        }
    }

    /// The same with another EVM: other checks for a simulation, or another
    /// source of block hashes.
    #[must_use]
    pub fn with_evm(self, evm: Evm) -> Self {
        Self { evm, ..self }
    }

    /// The same for one block, but fees for an account that a transaction does not otherwise look
    /// at are told apart from its writes ([`Executed::credits`]): so transactions that pay the same
    /// account do not depend on each other. Has no effect under rules that keep empty accounts.
    ///
    /// # Errors
    /// When the state before the block cannot be read.
    pub fn deferring_credits(
        &self,
        view: &dyn StateView,
        block: &BlockContext,
    ) -> Result<Self, Fault> {
        let mut deferred = Vec::new();
        if self.spec.rules.clears_empty_accounts() {
            for owner in fees::recipients(block) {
                // One that is there and empty is cleared when it is touched.
                let is_there_empty = view.record(owner)? == Some(AccountRecord::default());
                if !is_there_empty && !deferred.contains(&owner) {
                    deferred.push(owner);
                }
            }
        }
        Ok(Self {
            deferred: deferred.into(),
            ..self.clone()
        })
    }

    /// The accounts whose fees are told apart.
    pub fn deferred(&self) -> &[Address] {
        &self.deferred
    }

    /// A journal for a transaction.
    fn journal<'v>(&'v self, view: &'v dyn StateView) -> Journal<'v> {
        Journal::new(view).deferring_credits(&self.deferred)
    }

    /// The chain.
    pub const fn spec(&self) -> ChainSpec {
        self.spec
    }

    /// The EVM.
    pub const fn evm(&self) -> &Evm {
        &self.evm
    }

    /// The Move VM, if the chain has it.
    pub const fn move_vm(&self) -> Option<&MoveVm> {
        self.move_vm.as_ref()
    }

    /// All VMs, for a [`Bus`](lumio_vm_bus::Bus).
    pub fn vms(&self) -> Vms<'_> {
        Vms {
            evm: &self.evm,
            move_vm: match &self.move_vm {
                Some(vm) => vm,
                None => &Absent,
            },
            #[cfg(feature = "std")]
            svm: match &self.svm {
                Some(Ok(vm)) => vm,
                Some(Err(_)) | None => &Absent,
            },
            #[cfg(not(feature = "std"))]
            svm: &Absent,
        }
    }

    /// The Solana VM, if the chain has it.
    ///
    /// # Errors
    /// When the parts of its runtime do not fit each other: a bug.
    #[cfg(feature = "std")]
    pub fn svm(&self) -> Result<Option<&SvmVm>, Fault> {
        match &self.svm {
            Some(vm) => vm.as_ref().map(Some).map_err(Clone::clone),
            None => Ok(None),
        }
    }
}
