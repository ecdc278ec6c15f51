//! The EVM behind the seam: revm with op-revm's rules, over the one journal of
//! all VMs, so that its nested frames and other VMs' calls revert together.
//!
//! [`Evm::transact`] runs a whole Ethereum transaction; as a
//! [`Vm`](lumio_vm_bus::Vm), it runs a call that another VM makes. Knows no
//! block beyond its context, and no database.
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

mod account;
mod call;
mod checks;
mod codes;
mod context;
mod cross_vm;
mod database;
mod evm;
mod halt;
mod instructions;
mod invalid;
mod journal;
mod l1_fees;
mod load;
mod machine;
#[cfg(feature = "trace")]
mod mirror;
mod precompiles;
mod queue;
mod rules;
#[cfg(feature = "trace")]
mod trace;
mod transact;
mod transaction;
mod workspace;

pub use call::SYSTEM_CALL_GAS;
pub use checks::Checks;
pub use codes::CodeCache;
pub use context::{EthContext, OpContext};
pub use database::{BlockHashes, DbFault, HostDb};
pub use evm::Evm;
pub use invalid::Invalid;
pub use journal::EvmJournal;
pub use l1_fees::FEE_RECIPIENTS;
pub use lumio_vm_bus::CROSS_VM_ADDRESS;
pub use op_revm::OpSpecId;
pub use precompiles::Gateway;
pub use revm::primitives::hardfork::SpecId;
pub use rules::Rules;
#[cfg(feature = "trace")]
pub use trace::{Shared, ViewDb, Watch, Watched, inspected_state};
pub use transact::{TransactError, Transacted};
pub use transaction::{EvmTransaction, evm_transaction};
